//! Closed findings whose time is over are deleted.

use findings::{finding::ClosedBecause, lifecycle::kept_for};

use crate::{StoreError, Tx, Value, keep::BECAUSE};

/// How long closed findings are kept, in seconds; by default as Inspector keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Those that a scan did not see any more.
    pub remediated: i64,
    /// Those whose resource is gone.
    pub gone: i64,
    /// Those of scans that were switched off.
    pub disabled: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            remediated: kept_for(ClosedBecause::Remediated),
            gone: kept_for(ClosedBecause::ResourceGone),
            disabled: kept_for(ClosedBecause::Disabled),
        }
    }
}

impl Retention {
    /// By how many milliseconds a finding is kept longer than Inspector would.
    fn longer(self, because: ClosedBecause) -> i64 {
        let kept = match because {
            ClosedBecause::Remediated => self.remediated,
            ClosedBecause::ResourceGone => self.gone,
            ClosedBecause::Disabled => self.disabled,
        };
        (kept - kept_for(because)) * 1000
    }
}

/// Deletes closed findings whose time is over, at most `limit`; says how many.
pub fn expire(
    tx: &mut Tx<'_>,
    now: i64,
    limit: i64,
    retention: Retention,
) -> Result<u64, StoreError> {
    let [remediated, gone, disabled] = BECAUSE.map(|(because, _)| retention.longer(because));
    let earliest = remediated.min(gone).min(disabled);
    let sql = format!(
        "SELECT id, account, region FROM findings WHERE delete_at <= ?1 AND delete_at + \
         CASE closed_because WHEN 'REMEDIATED' THEN CAST(?3 AS BIGINT) \
         WHEN 'RESOURCE_GONE' THEN CAST(?4 AS BIGINT) ELSE CAST(?5 AS BIGINT) END \
         <= ?6 ORDER BY delete_at LIMIT ?2{}",
        tx.for_update_skip_locked()
    );
    let parameters = [now - earliest, limit, remediated, gone, disabled, now];
    let rows = tx.query(&sql, &parameters.map(Value::Int))?;
    for row in &rows {
        let id = Value::from(row.text(0)?);
        tx.execute(
            "DELETE FROM findings WHERE id = ?1",
            std::slice::from_ref(&id),
        )?;
        tx.execute(
            "DELETE FROM finding_history WHERE finding = ?1",
            std::slice::from_ref(&id),
        )?;
        tx.execute(
            "INSERT INTO outbox (account, region, at, kind, subject, payload) \
             VALUES (?1, ?2, ?3, 'DELETED', ?4, '[]')",
            &[
                row.text(1)?.into(),
                row.text(2)?.into(),
                now.into(),
                id.clone(),
            ],
        )?;
    }
    Ok(rows.len() as u64)
}
