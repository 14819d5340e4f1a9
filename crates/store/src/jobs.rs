//! The work queue: claimed with a lease, tried again with back-off, parked when it is poison.

use crate::{Scope, StoreError, Tx, Value};

/// How often a job is tried before it is parked.
pub const MOST_ATTEMPTS: i64 = 8;

/// The kind of the job that evaluates what waits ([`crate::pending`]).
pub const EVALUATE: &str = "evaluate";

/// A job that a worker holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    /// What it is about; there is one waiting job of a kind about a subject.
    pub subject: String,
    pub scope: Scope,
    pub payload: String,
    pub attempts: i64,
}

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob<'a> {
    pub kind: &'a str,
    pub subject: &'a str,
    pub payload: &'a str,
    /// Lower runs first.
    pub priority: i64,
    /// Not before, milliseconds since 1970.
    pub run_at: i64,
}

/// Puts a job into the queue. One of the same kind and subject that waits is replaced, and one
/// that runs will run again, since what it is about has changed since it began.
pub fn enqueue(
    tx: &mut Tx<'_>,
    scope: &Scope,
    job: &NewJob<'_>,
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (kind, subject, account, region, priority, payload, run_at, attempts, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8) \
         ON CONFLICT (kind, subject) DO UPDATE SET payload = excluded.payload, \
         priority = excluded.priority, run_at = excluded.run_at, attempts = 0, worker = NULL, \
         lease_until = NULL, failure = NULL, parked_at = NULL",
        &[
            job.kind.into(),
            job.subject.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            job.priority.into(),
            job.payload.into(),
            job.run_at.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Puts a job into the queue unless one of its kind and subject waits, runs or is parked.
pub fn enqueue_once(
    tx: &mut Tx<'_>,
    scope: &Scope,
    job: &NewJob<'_>,
    now: i64,
) -> Result<(), StoreError> {
    let known = tx.first(
        "SELECT id FROM jobs WHERE kind = ?1 AND subject = ?2",
        &[job.kind.into(), job.subject.into()],
    )?;
    if known.is_some() {
        return Ok(());
    }
    enqueue(tx, scope, job, now)
}

/// Takes the most urgent job that nobody holds.
///
/// Among jobs of one priority those of accounts with fewer running jobs come first, so that no
/// account keeps the others waiting.
pub fn claim(
    tx: &mut Tx<'_>,
    worker: &str,
    now: i64,
    lease: i64,
) -> Result<Option<Job>, StoreError> {
    let sql = format!(
        "SELECT id, kind, subject, account, region, payload, attempts FROM jobs \
         WHERE parked_at IS NULL AND run_at <= ?1 AND (lease_until IS NULL OR lease_until < ?1) \
         ORDER BY priority, (SELECT COUNT(*) FROM jobs held WHERE held.account = jobs.account \
         AND held.lease_until >= ?1), run_at, id LIMIT 1{}",
        tx.for_update_skip_locked()
    );
    let Some(row) = tx.first(&sql, &[now.into()])? else {
        return Ok(None);
    };
    let job = Job {
        id: row.int(0)?,
        kind: row.text(1)?.to_owned(),
        subject: row.text(2)?.to_owned(),
        scope: Scope::new(row.text(3)?, row.text(4)?),
        payload: row.text(5)?.to_owned(),
        attempts: row.int(6)? + 1,
    };
    tx.execute(
        "UPDATE jobs SET worker = ?2, lease_until = ?3, attempts = attempts + 1 WHERE id = ?1",
        &[job.id.into(), worker.into(), (now + lease).into()],
    )?;
    Ok(Some(job))
}

/// Extends a lease; false if the job is no longer this worker's.
pub fn heartbeat(tx: &mut Tx<'_>, job: &Job, worker: &str, until: i64) -> Result<bool, StoreError> {
    let held = tx.execute(
        "UPDATE jobs SET lease_until = ?3 WHERE id = ?1 AND worker = ?2",
        &[job.id.into(), worker.into(), until.into()],
    )?;
    Ok(held > 0)
}

/// Removes a job that is done, in the transaction that did it; false if it is no longer this
/// worker's, and then the transaction must not be committed.
pub fn finish(tx: &mut Tx<'_>, job: &Job, worker: &str) -> Result<bool, StoreError> {
    let held = tx.execute(
        "DELETE FROM jobs WHERE id = ?1 AND worker = ?2",
        &[job.id.into(), worker.into()],
    )?;
    Ok(held > 0)
}

/// Puts a job that failed back for later, or parks it when it has failed too often.
pub fn fail(
    tx: &mut Tx<'_>,
    job: &Job,
    worker: &str,
    reason: &str,
    now: i64,
) -> Result<(), StoreError> {
    let parked = (job.attempts >= MOST_ATTEMPTS).then_some(now);
    // 2, 4, 8, … seconds, at most ten minutes.
    let pause = (1_000_i64 << job.attempts.clamp(1, 10)).min(600_000);
    tx.execute(
        "UPDATE jobs SET worker = NULL, lease_until = NULL, failure = ?3, run_at = ?4, \
         parked_at = ?5 WHERE id = ?1 AND worker = ?2",
        &[
            job.id.into(),
            worker.into(),
            reason.into(),
            (now + pause).into(),
            parked.into(),
        ],
    )?;
    Ok(())
}

/// How many jobs wait, how many are held and how many are parked; and since when the oldest that
/// could run has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueState {
    pub waiting: i64,
    pub held: i64,
    pub parked: i64,
    pub oldest: Option<i64>,
}

/// The state of the queue.
pub fn state(tx: &mut Tx<'_>, now: i64) -> Result<QueueState, StoreError> {
    let row = tx.first(
        "SELECT COUNT(CASE WHEN parked_at IS NULL AND (lease_until IS NULL OR lease_until < ?1) \
         THEN 1 END), COUNT(CASE WHEN lease_until >= ?1 THEN 1 END), \
         COUNT(CASE WHEN parked_at IS NOT NULL THEN 1 END), \
         MIN(CASE WHEN parked_at IS NULL AND run_at <= ?1 AND \
         (lease_until IS NULL OR lease_until < ?1) THEN run_at END) FROM jobs",
        &[now.into()],
    )?;
    let Some(row) = row else {
        return Ok(QueueState::default());
    };
    Ok(QueueState {
        waiting: row.int(0)?,
        held: row.int(1)?,
        parked: row.int(2)?,
        oldest: row.optional_int(3)?,
    })
}
