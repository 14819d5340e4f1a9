//! What happened to a finding, from its beginning.

use crate::{Row, Scope, StoreError, Tx, Value, records::decode};

/// One change of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since 1970.
    pub at: i64,
    /// The name of a [`ChangeKind`](findings::lifecycle::ChangeKind).
    pub kind: String,
    /// What changed, if the kind is `CHANGED`.
    pub fields: Vec<String>,
}

/// The changes of a finding of the scope, the oldest first, at most `most` of the newest.
pub fn of_finding(
    tx: &mut Tx<'_>,
    scope: &Scope,
    finding: &str,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let rows = tx.query(
        "SELECT at, kind, fields FROM finding_history \
         WHERE finding = ?1 AND account = ?2 AND region = ?3 ORDER BY id DESC LIMIT ?4",
        &[
            finding.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            i64::try_from(most).unwrap_or(i64::MAX).into(),
        ],
    )?;
    let event = |row: &Row| {
        Ok(Event {
            at: row.int(0)?,
            kind: row.text(1)?.to_owned(),
            fields: decode("fields", row.text(2)?)?,
        })
    };
    rows.iter().rev().map(event).collect()
}
