//! The work queue: claimed with a lease, tried again with back-off, parked when it is poison.

use crate::{Row, Scope, StoreError, Tx, Value};

/// How often a job is tried before it is parked.
pub const MOST_ATTEMPTS: i64 = 8;

/// The kind of the job that evaluates what waits ([`crate::pending`]).
pub const EVALUATE: &str = "evaluate";

/// How often workers may die with a job before it is parked. A service that is restarted often is
/// no fault of the job that runs, but one that ends the process each time must not do so for ever.
pub const MOST_DEATHS: i64 = 50;

/// The kind of the job that makes findings agree with which scans are on.
pub const SWITCHED: &str = "switched";

/// How long a job that is due periodically stays parked, in milliseconds: an hour.
const PARKED: i64 = 3_600_000;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewJob<'a> {
    pub kind: &'a str,
    pub subject: &'a str,
    pub payload: &'a str,
    /// Where it can be done; none is everywhere.
    pub place: Option<&'a str>,
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
    insert(
        tx,
        scope,
        job,
        now,
        "ON CONFLICT (kind, subject) DO UPDATE SET payload = excluded.payload, \
         place = excluded.place, priority = excluded.priority, run_at = excluded.run_at, \
         attempts = 0, deaths = 0, worker = NULL, lease_until = NULL, failure = NULL, \
         parked_at = NULL",
    )?;
    Ok(())
}

/// Puts a job into the queue unless one of its kind and subject waits or runs; says whether it did.
/// One that is parked is tried again after an hour.
pub fn enqueue_once(
    tx: &mut Tx<'_>,
    scope: &Scope,
    job: &NewJob<'_>,
    now: i64,
) -> Result<bool, StoreError> {
    let again = format!(
        "ON CONFLICT (kind, subject) DO UPDATE SET attempts = 0, deaths = 0, parked_at = NULL, \
         run_at = excluded.run_at WHERE jobs.parked_at < excluded.run_at - {PARKED}"
    );
    Ok(insert(tx, scope, job, now, &again)? > 0)
}

fn insert(
    tx: &mut Tx<'_>,
    scope: &Scope,
    job: &NewJob<'_>,
    now: i64,
    conflict: &str,
) -> Result<u64, StoreError> {
    let sql = format!(
        "INSERT INTO jobs (kind, subject, account, region, priority, payload, run_at, place, \
         attempts, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9) {conflict}"
    );
    tx.execute(
        &sql,
        &[
            job.kind.into(),
            job.subject.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            job.priority.into(),
            job.payload.into(),
            job.run_at.into(),
            job.place.into(),
            now.into(),
        ],
    )
}

/// Puts a job into the queue if `every` milliseconds passed since any process last did; says
/// whether it did.
pub fn enqueue_due(
    tx: &mut Tx<'_>,
    scope: &Scope,
    job: &NewJob<'_>,
    every: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let name = [job.kind, job.subject].join("/");
    let due = tx.execute(
        "INSERT INTO schedules (name, due_at) VALUES (?1, ?2) ON CONFLICT (name) \
         DO UPDATE SET due_at = excluded.due_at WHERE schedules.due_at <= ?3",
        &[name.into(), (now + every).into(), now.into()],
    )?;
    Ok(due > 0 && enqueue_once(tx, scope, job, now)?)
}

/// Takes the most urgent job that nobody holds and that can be done in one of these places.
///
/// Among jobs of one priority those of accounts with fewer running jobs come first, and among
/// those the account whose job was taken longest ago, so that no account keeps the others waiting.
/// A job whose workers died each time they had it is poison like one that fails.
pub fn claim(
    tx: &mut Tx<'_>,
    worker: &str,
    places: &[String],
    now: i64,
    lease: i64,
) -> Result<Option<Job>, StoreError> {
    while let Some(row) = next(tx, places, now)? {
        let job = Job {
            id: row.int(0)?,
            kind: row.text(1)?.to_owned(),
            subject: row.text(2)?.to_owned(),
            scope: Scope::new(row.text(3)?, row.text(4)?),
            payload: row.text(5)?.to_owned(),
            attempts: row.int(6)? + i64::from(!row.flag(8)?),
        };
        // Whoever had it is dead.
        let deaths = row.int(7)? + i64::from(row.flag(8)?);
        if deaths >= MOST_DEATHS {
            tx.execute(
                "UPDATE jobs SET worker = NULL, lease_until = NULL, parked_at = ?2, \
                 deaths = deaths + 1, failure = COALESCE(failure || '; ', '') || 'its worker died' WHERE id = ?1",
                &[job.id.into(), now.into()],
            )?;
            continue;
        }
        tx.execute(
            "UPDATE jobs SET worker = ?2, lease_until = ?3, attempts = ?4, deaths = ?5 \
             WHERE id = ?1",
            &[
                job.id.into(),
                worker.into(),
                (now + lease).into(),
                job.attempts.into(),
                deaths.into(),
            ],
        )?;
        tx.execute(
            "INSERT INTO account_turns (account, taken_at) VALUES (?1, ?2) \
             ON CONFLICT (account) DO UPDATE SET taken_at = excluded.taken_at",
            &[Value::from(&job.scope.account), now.into()],
        )?;
        return Ok(Some(job));
    }
    Ok(None)
}

fn next(tx: &mut Tx<'_>, places: &[String], now: i64) -> Result<Option<Row>, StoreError> {
    let mut parameters = vec![Value::Int(now)];
    parameters.extend(places.iter().map(Value::from));
    let here = match places.len() {
        0 => String::new(),
        count => format!(" OR place IN ({})", crate::engine::list_of(2, count)),
    };
    let sql = format!(
        "SELECT id, kind, subject, account, region, payload, attempts, deaths, \
         CASE WHEN worker IS NULL THEN 0 ELSE 1 END FROM jobs \
         WHERE parked_at IS NULL AND run_at <= ?1 AND (lease_until IS NULL OR lease_until < ?1) \
         AND (place IS NULL{here}) \
         ORDER BY priority, (SELECT COUNT(*) FROM jobs held WHERE held.account = jobs.account \
         AND held.lease_until >= ?1), COALESCE((SELECT t.taken_at FROM account_turns t \
         WHERE t.account = jobs.account), 0), run_at, id LIMIT 1{}",
        tx.for_update_skip_locked()
    );
    tx.first(&sql, &parameters)
}

/// Extends a lease; false if the job is no longer this worker's.
pub fn heartbeat(tx: &mut Tx<'_>, job: &Job, worker: &str, until: i64) -> Result<bool, StoreError> {
    let held = tx.execute(
        "UPDATE jobs SET lease_until = ?3 WHERE id = ?1 AND worker = ?2",
        &[job.id.into(), worker.into(), until.into()],
    )?;
    Ok(held > 0)
}

/// Removes a job that is done; false if it is no longer this worker's, and then whoever has it
/// now does it again, or it waits since what it is about has changed.
pub fn finish(tx: &mut Tx<'_>, job: &Job, worker: &str) -> Result<bool, StoreError> {
    let held = tx.execute(
        "DELETE FROM jobs WHERE id = ?1 AND worker = ?2",
        &[job.id.into(), worker.into()],
    )?;
    Ok(held > 0)
}

/// Puts a job that failed back for later, or parks it when it has failed too often; says whether
/// it is parked.
pub fn fail(
    tx: &mut Tx<'_>,
    job: &Job,
    worker: &str,
    reason: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let parked = (job.attempts >= MOST_ATTEMPTS).then_some(now);
    // 2, 4, 8, … seconds, at most ten minutes.
    let pause = (1_000_i64 << job.attempts.clamp(1, 10)).min(600_000);
    let held = tx.execute(
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
    Ok(held > 0 && parked.is_some())
}

/// Frees the jobs of workers that are known to be dead: all, where one process has the database
/// to itself.
pub fn release_all(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE jobs SET worker = NULL, lease_until = NULL, deaths = deaths + 1, \
         attempts = attempts - 1 WHERE worker IS NOT NULL",
        &[],
    )
}

/// Removes jobs of a kind about other subjects, since what they were about is over; a worker that
/// holds one finds out when it has finished.
pub fn supersede(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM jobs WHERE kind = ?1 AND subject <> ?2",
        &[kind.into(), subject.into()],
    )
}

/// Removes jobs that wait for a place where nobody worked since `before`.
pub fn forget_places(tx: &mut Tx<'_>, before: i64) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM jobs WHERE place IS NOT NULL AND run_at < ?1 AND lease_until IS NULL",
        &[before.into()],
    )
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

impl QueueState {
    /// Both queues together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            held: self.held + other.held,
            parked: self.parked + other.parked,
            oldest: self.oldest.into_iter().chain(other.oldest).min(),
        }
    }
}

/// The state of the queue.
pub fn state(tx: &mut Tx<'_>, now: i64) -> Result<QueueState, StoreError> {
    let kinds = state_by_kind(tx, now)?.into_iter();
    Ok(kinds.fold(QueueState::default(), |sum, (_, one)| sum.and(one)))
}

/// The state of the queue for each kind of job that is in it.
pub fn state_by_kind(tx: &mut Tx<'_>, now: i64) -> Result<Vec<(String, QueueState)>, StoreError> {
    let rows = tx.query(
        "SELECT kind, \
         COUNT(CASE WHEN parked_at IS NULL AND (lease_until IS NULL OR lease_until < ?1) \
         THEN 1 END), COUNT(CASE WHEN lease_until >= ?1 THEN 1 END), \
         COUNT(CASE WHEN parked_at IS NOT NULL THEN 1 END), \
         MIN(CASE WHEN parked_at IS NULL AND run_at <= ?1 AND \
         (lease_until IS NULL OR lease_until < ?1) THEN run_at END) FROM jobs \
         GROUP BY kind ORDER BY kind",
        &[now.into()],
    )?;
    let state = |row: &Row| {
        let state = QueueState {
            waiting: row.int(1)?,
            held: row.int(2)?,
            parked: row.int(3)?,
            oldest: row.optional_int(4)?,
        };
        Ok((row.text(0)?.to_owned(), state))
    };
    rows.iter().map(state).collect()
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    pub kind: String,
    pub subject: String,
    /// What went wrong the last time.
    pub failure: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// What went wrong with a job, if it was given up.
pub fn given_up(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<Option<String>, StoreError> {
    let row = tx.first(
        "SELECT failure FROM jobs WHERE kind = ?1 AND subject = ?2 AND parked_at IS NOT NULL",
        &[kind.into(), subject.into()],
    )?;
    row.map(|row| Ok(row.optional_text(0)?.unwrap_or_default().to_owned()))
        .transpose()
}

/// Jobs of the account, or of none, that were given up, the latest first.
pub fn parked(tx: &mut Tx<'_>, scope: &Scope, most: i64) -> Result<Vec<Parked>, StoreError> {
    let rows = tx.query(
        "SELECT kind, subject, failure, parked_at FROM jobs WHERE parked_at IS NOT NULL \
         AND ((account = ?1 AND region = ?2) OR account = '') ORDER BY parked_at DESC, id LIMIT ?3",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            most.into(),
        ],
    )?;
    let parked = |row: &Row| {
        Ok(Parked {
            kind: row.text(0)?.to_owned(),
            subject: row.text(1)?.to_owned(),
            failure: row.optional_text(2)?.unwrap_or_default().to_owned(),
            at: row.int(3)?,
        })
    };
    rows.iter().map(parked).collect()
}
