//! Scans that a client asks for: one resource is evaluated once more.

use crate::{
    Row, Scope, StoreError, Tx, Value,
    jobs::{self, NewJob},
};

/// The kind of the job that does a scan; its subject is the scan's id.
pub const JOB: &str = "scan-on-demand";

/// Somebody waits for it.
const PRIORITY: i64 = 5;

/// How long a scan is remembered, in milliseconds (Inspector user guide, "On-demand scans": 30
/// days).
pub const REMEMBERED: i64 = 30 * 24 * 3_600_000;

/// A scan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDemandScan {
    pub id: String,
    pub scope: Scope,
    pub resource_id: String,
    /// An `OnDemandScanStatus`.
    pub status: String,
    /// An `OnDemandScanStatusReason`.
    pub reason: Option<String>,
    /// Milliseconds since 1970.
    pub started_at: i64,
    /// Milliseconds since 1970.
    pub completed_at: Option<i64>,
}

const COLUMNS: &str = "id, account, region, resource_id, status, reason, started_at, completed_at";

/// What became of a wish for a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// It will be done.
    New,
    /// The same client token asked for the same before: this scan.
    Known(String),
    /// The client token belongs to a scan of another resource.
    TokenTaken,
    /// One of the resource runs.
    Running(String),
}

/// Notes a scan and has it done.
pub fn start(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, resource): (&str, &str),
    token: Option<&str>,
    now: i64,
) -> Result<Started, StoreError> {
    let added = tx.execute(
        "INSERT INTO on_demand_scans (id, account, region, resource_id, status, token, started_at) \
         VALUES (?1, ?2, ?3, ?4, 'IN_PROGRESS', ?5, ?6) ON CONFLICT DO NOTHING",
        &[
            id.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            resource.into(),
            token.into(),
            now.into(),
        ],
    )?;
    if added > 0 {
        let job = NewJob {
            kind: JOB,
            subject: id,
            payload: "",
            place: None,
            priority: PRIORITY,
            run_at: now,
        };
        jobs::enqueue(tx, scope, &job, now)?;
        return Ok(Started::New);
    }
    let row = tx.first(
        "SELECT id, resource_id, token FROM on_demand_scans WHERE account = ?1 AND region = ?2 \
         AND (token = ?3 OR (resource_id = ?4 AND status = 'IN_PROGRESS')) \
         ORDER BY CASE WHEN token = ?3 THEN 0 ELSE 1 END LIMIT 1",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            token.unwrap_or_default().into(),
            resource.into(),
        ],
    )?;
    let Some(row) = row else {
        return Err(StoreError::Corrupt {
            what: "a scan on demand",
            reason: format!("what is in the way of {id} is not there"),
        });
    };
    let (known, of) = (row.text(0)?.to_owned(), row.text(1)?);
    let by_token = token.is_some() && row.optional_text(2)? == token;
    Ok(match (by_token, of == resource) {
        (true, true) => Started::Known(known),
        (true, false) => Started::TokenTaken,
        (false, _) => Started::Running(known),
    })
}

/// Which scans of a resource are listed, newest first.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub resource: &'a str,
    /// Not older than this, milliseconds since 1970.
    pub since: i64,
    /// Start and id of the last one that was listed.
    pub after: Option<(i64, &'a str)>,
    pub limit: usize,
}

/// The scans of a resource, newest first.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: Wanted<'_>,
) -> Result<Vec<OnDemandScan>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM on_demand_scans WHERE account = ?1 AND region = ?2 \
         AND resource_id = ?3 AND started_at >= ?4 AND (started_at, id) < (?5, ?6) \
         ORDER BY started_at DESC, id DESC LIMIT ?7"
    );
    let (at, id) = wanted.after.unwrap_or((i64::MAX, ""));
    let rows = tx.query(
        &sql,
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            wanted.resource.into(),
            wanted.since.into(),
            at.into(),
            id.into(),
            i64::try_from(wanted.limit).unwrap_or(i64::MAX).into(),
        ],
    )?;
    rows.iter().map(read).collect()
}

/// A scan by its id and resource.
pub fn get(
    tx: &mut Tx<'_>,
    scope: &Scope,
    resource: &str,
    id: &str,
) -> Result<Option<OnDemandScan>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM on_demand_scans WHERE id = ?1 AND account = ?2 AND region = ?3 \
         AND resource_id = ?4"
    );
    let parameters = [
        id.into(),
        Value::from(&scope.account),
        Value::from(&scope.region),
        resource.into(),
    ];
    let row = tx.first(&sql, &parameters)?;
    row.map(|row| read(&row)).transpose()
}

/// The scan of a job, if it is still to be done.
pub fn in_progress(tx: &mut Tx<'_>, id: &str) -> Result<Option<OnDemandScan>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM on_demand_scans WHERE id = ?1 AND status = 'IN_PROGRESS'");
    let row = tx.first(&sql, &[id.into()])?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<OnDemandScan, StoreError> {
    Ok(OnDemandScan {
        id: row.text(0)?.to_owned(),
        scope: Scope::new(row.text(1)?, row.text(2)?),
        resource_id: row.text(3)?.to_owned(),
        status: row.text(4)?.to_owned(),
        reason: row.optional_text(5)?.map(str::to_owned),
        started_at: row.int(6)?,
        completed_at: row.optional_int(7)?,
    })
}

/// Ends a scan: it was done, or failed for a reason of `OnDemandScanStatusReason`.
pub fn end(tx: &mut Tx<'_>, id: &str, failure: Option<&str>, now: i64) -> Result<bool, StoreError> {
    let status = if failure.is_some() {
        "FAILED"
    } else {
        "SUCCESSFUL"
    };
    let ended = tx.execute(
        "UPDATE on_demand_scans SET status = ?2, reason = ?3, completed_at = ?4 \
         WHERE id = ?1 AND status = 'IN_PROGRESS'",
        &[id.into(), status.into(), failure.into(), now.into()],
    )?;
    Ok(ended > 0)
}

/// Fails scans whose job was given up.
pub fn give_up(tx: &mut Tx<'_>, now: i64) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE on_demand_scans SET status = 'FAILED', reason = 'INTERNAL_ERROR', \
         completed_at = ?2 WHERE status = 'IN_PROGRESS' AND id IN (SELECT subject FROM jobs \
         WHERE kind = ?1 AND parked_at IS NOT NULL)",
        &[JOB.into(), now.into()],
    )
}

/// Fails scans that run since before a moment, and forgets old ones.
pub fn time_out(tx: &mut Tx<'_>, before: i64, now: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE on_demand_scans SET status = 'FAILED', reason = 'INTERNAL_ERROR', \
         completed_at = ?2 WHERE status = 'IN_PROGRESS' AND started_at < ?1",
        &[before.into(), now.into()],
    )?;
    tx.execute(
        "DELETE FROM on_demand_scans WHERE status <> 'IN_PROGRESS' AND started_at < ?1",
        &[(now - REMEMBERED).into()],
    )?;
    Ok(())
}
