//! Reports that are written in the background: findings reports and exports of bills of materials.

use crate::{
    Row, Scope, StoreError, Tx, Value,
    jobs::{self, NewJob},
};

/// The kind of the job that writes a report; its subject is the report's id.
pub const JOB: &str = "report";

/// After new advisories, before what is only done in time.
const PRIORITY: i64 = 30;

/// What a report is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Findings,
    Sbom,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Findings => "FINDINGS",
            Self::Sbom => "SBOM",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        [Self::Findings, Self::Sbom]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| corrupt(format!("no report is of the kind {name}")))
    }
}

/// Where a report is in its life (service model, `ExternalReportStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    InProgress,
    Succeeded,
    Cancelled,
    Failed,
}

impl Status {
    const ALL: [Self; 4] = [
        Self::InProgress,
        Self::Succeeded,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The upper-case name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or_else(|| corrupt(format!("no report has the status {name}")))
    }
}

/// Why a report failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A `ReportingErrorCode`.
    pub code: String,
    pub message: String,
}

/// A report as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport<'a> {
    /// A UUID.
    pub id: &'a str,
    pub kind: Kind,
    /// The format, in the words of the service model.
    pub format: &'a str,
    /// A `Destination` in JSON.
    pub destination: &'a str,
    /// Criteria in JSON, as they were asked for.
    pub criteria: &'a str,
}

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub id: String,
    pub scope: Scope,
    pub kind: Kind,
    pub format: String,
    pub status: Status,
    pub failure: Option<Failure>,
    pub destination: String,
    pub criteria: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

const COLUMNS: &str = "id, account, region, kind, format, status, error_code, error_message, \
                       destination, criteria, created_at";

fn corrupt(reason: String) -> StoreError {
    StoreError::Corrupt {
        what: "a report",
        reason,
    }
}

/// Notes a report and has it written; false if one of its kind is being written in the scope.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    report: &NewReport<'_>,
    now: i64,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO reports (id, account, region, kind, format, status, destination, criteria, \
         created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, 'IN_PROGRESS', ?6, ?7, ?8, ?8) \
         ON CONFLICT DO NOTHING",
        &[
            report.id.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            report.kind.name().into(),
            report.format.into(),
            report.destination.into(),
            report.criteria.into(),
            now.into(),
        ],
    )?;
    if added == 0 {
        return Ok(false);
    }
    let job = NewJob {
        kind: JOB,
        subject: report.id,
        payload: "",
        place: None,
        priority: PRIORITY,
        run_at: now,
    };
    jobs::enqueue(tx, scope, &job, now)?;
    Ok(true)
}

/// A report of the scope by its id.
pub fn get(
    tx: &mut Tx<'_>,
    scope: &Scope,
    kind: Kind,
    id: &str,
) -> Result<Option<Report>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM reports WHERE id = ?1 AND account = ?2 AND region = ?3 AND kind = ?4"
    );
    let parameters = [
        id.into(),
        Value::from(&scope.account),
        Value::from(&scope.region),
        kind.name().into(),
    ];
    let row = tx.first(&sql, &parameters)?;
    row.map(|row| read(&row)).transpose()
}

/// The report of the scope that is being written, else the newest.
pub fn latest(tx: &mut Tx<'_>, scope: &Scope, kind: Kind) -> Result<Option<Report>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM reports WHERE account = ?1 AND region = ?2 AND kind = ?3 \
         ORDER BY CASE status WHEN 'IN_PROGRESS' THEN 0 ELSE 1 END, created_at DESC, id LIMIT 1"
    );
    let parameters = [
        Value::from(&scope.account),
        Value::from(&scope.region),
        kind.name().into(),
    ];
    let row = tx.first(&sql, &parameters)?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<Report, StoreError> {
    let code = row.optional_text(6)?;
    let message = row.optional_text(7)?.unwrap_or_default();
    Ok(Report {
        id: row.text(0)?.to_owned(),
        scope: Scope::new(row.text(1)?, row.text(2)?),
        kind: Kind::parse(row.text(3)?)?,
        format: row.text(4)?.to_owned(),
        status: Status::parse(row.text(5)?)?,
        failure: code.map(|code| Failure {
            code: code.to_owned(),
            message: message.to_owned(),
        }),
        destination: row.text(8)?.to_owned(),
        criteria: row.text(9)?.to_owned(),
        created_at: row.int(10)?,
    })
}

/// The report of a job, if it is still to be written.
pub fn in_progress(tx: &mut Tx<'_>, id: &str) -> Result<Option<Report>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM reports WHERE id = ?1 AND status = 'IN_PROGRESS'");
    let row = tx.first(&sql, &[id.into()])?;
    row.map(|row| read(&row)).transpose()
}

/// Ends a report that is being written; false if it has ended meanwhile.
pub fn end(
    tx: &mut Tx<'_>,
    id: &str,
    status: Status,
    failure: Option<&Failure>,
    now: i64,
) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "UPDATE reports SET status = ?2, error_code = ?3, error_message = ?4, updated_at = ?5 \
         WHERE id = ?1 AND status = 'IN_PROGRESS'",
        &[
            id.into(),
            status.name().into(),
            failure.map(|failure| failure.code.as_str()).into(),
            failure.map(|failure| failure.message.as_str()).into(),
            now.into(),
        ],
    )?;
    Ok(ended > 0)
}

/// Fails reports whose job was given up.
pub fn give_up(tx: &mut Tx<'_>, now: i64) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE reports SET status = 'FAILED', error_code = 'INTERNAL_ERROR', \
         error_message = 'The server ended each time while it wrote the report', updated_at = ?2 \
         WHERE status = 'IN_PROGRESS' AND id IN (SELECT subject FROM jobs WHERE kind = ?1 \
         AND parked_at IS NOT NULL)",
        &[JOB.into(), now.into()],
    )
}

/// Fails every report that is in progress since before a moment.
pub fn time_out(tx: &mut Tx<'_>, before: i64, now: i64) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE reports SET status = 'FAILED', error_code = 'INTERNAL_ERROR', \
         error_message = 'The report was not finished in time', updated_at = ?2 \
         WHERE status = 'IN_PROGRESS' AND created_at < ?1",
        &[before.into(), now.into()],
    )
}
