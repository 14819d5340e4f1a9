//! What a listing saw when it began, so that it can be continued as of then.

use serde::{Deserialize, Serialize};

use crate::{StoreError, Tx};

/// The transactions whose writes were seen: all before `next` but those that were running.
///
/// Clocks cannot tell this: a transaction may commit after one that began later. PostgreSQL says
/// it exactly (`pg_current_snapshot`); on SQLite there is one writer and nothing runs beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    next: i64,
    running: Vec<i64>,
}

impl Moment {
    /// What this transaction sees.
    pub(crate) fn now(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        if tx.is_postgres() {
            let row = tx.first("SELECT pg_current_snapshot()::text", &[])?;
            let text = row.as_ref().map(|row| row.text(0)).transpose()?;
            return text.and_then(Self::of_snapshot).ok_or(StoreError::Corrupt {
                what: "the snapshot",
                reason: "it is not of the form xmin:xmax:xip".to_owned(),
            });
        }
        let row = tx.first("SELECT number FROM versions", &[])?;
        let last = row.map_or(Ok(0), |row| row.int(0))?;
        Ok(Self {
            next: last + 1,
            running: Vec::new(),
        })
    }

    /// Reads `xmin:xmax:xip,xip` (PostgreSQL, "System Information Functions").
    fn of_snapshot(text: &str) -> Option<Self> {
        let mut parts = text.split(':').skip(1);
        let next = parts.next()?.parse().ok()?;
        let running = parts.next()?.split(',').filter(|part| !part.is_empty());
        let running = running.map(|part| part.parse().ok());
        Some(Self {
            next,
            running: running.collect::<Option<_>>()?,
        })
    }

    /// The condition that `column` is the number of a transaction that was not seen.
    ///
    /// The numbers are our own or the database's and stand in the text.
    pub(crate) fn after(&self, column: &str) -> String {
        let next = self.next;
        if self.running.is_empty() {
            return format!("{column} >= {next}");
        }
        let running: Vec<String> = self.running.iter().map(ToString::to_string).collect();
        format!(
            "({column} >= {next} OR {column} IN ({}))",
            running.join(", ")
        )
    }
}
