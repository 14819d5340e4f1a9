//! Which kinds of scans are switched on in an account and Region.

use crate::{
    Scope, StoreError, Tx, Value,
    jobs::{self, NewJob},
};

/// The priority of the job by which findings follow.
const PRIORITY: i64 = 10;

/// Kinds of scans, each with the type of the resources that it covers.
pub const RESOURCES_OF: [(&str, &str); 3] = [
    ("EC2", "AWS_EC2_INSTANCE"),
    ("ECR", "AWS_ECR_CONTAINER_IMAGE"),
    ("LAMBDA", "AWS_LAMBDA_FUNCTION"),
];

/// A kind of scan that was switched on at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanState {
    /// A `ResourceScanType`.
    pub scan_type: String,
    pub enabled: bool,
    /// Milliseconds since 1970.
    pub changed_at: i64,
    /// When it was first switched on, milliseconds since 1970.
    pub trial_from: Option<i64>,
}

/// The kinds of scans that were ever switched on or off.
pub fn scan_states(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<ScanState>, StoreError> {
    let rows = tx.query(
        "SELECT scan_type, status, changed_at, trial_from FROM scan_states \
         WHERE account = ?1 AND region = ?2 ORDER BY scan_type",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(ScanState {
                scan_type: row.text(0)?.to_owned(),
                enabled: row.text(1)? == "ENABLED",
                changed_at: row.int(2)?,
                trial_from: row.optional_int(3)?,
            })
        })
        .collect()
}

/// The types of resources whose scans are switched off.
pub fn switched_off(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<&'static str>, StoreError> {
    let states = scan_states(tx, scope)?;
    let off = |scan: &str| states.iter().any(|s| s.scan_type == scan && !s.enabled);
    let known = RESOURCES_OF.into_iter();
    Ok(known
        .filter(|(scan, _)| off(scan))
        .map(|(_, kind)| kind)
        .collect())
}

/// Switches a kind of scan on or off; what is so already stays as it is. The findings follow by a
/// job.
pub fn set_scan(
    tx: &mut Tx<'_>,
    scope: &Scope,
    scan_type: &str,
    enabled: bool,
    now: i64,
) -> Result<(), StoreError> {
    let changed = tx.execute(
        "INSERT INTO scan_states (account, region, scan_type, status, changed_at, trial_from) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (account, region, scan_type) DO UPDATE SET \
         status = excluded.status, changed_at = excluded.changed_at, \
         trial_from = COALESCE(scan_states.trial_from, excluded.trial_from) \
         WHERE scan_states.status <> excluded.status",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            scan_type.into(),
            if enabled { "ENABLED" } else { "DISABLED" }.into(),
            now.into(),
            enabled.then_some(now).into(),
        ],
    )?;
    if changed > 0 {
        let job = NewJob {
            kind: jobs::SWITCHED,
            subject: &format!("{} {}", scope.account, scope.region),
            payload: "",
            priority: PRIORITY,
            place: None,
            run_at: now,
        };
        jobs::enqueue(tx, scope, &job, now)?;
    }
    Ok(())
}
