//! How much was scanned, by account, Region, kind of usage and day.

use crate::{Scope, StoreError, Tx, Value};

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// How long usage is looked back at (Inspector user guide, "Monitoring usage": 30 days).
pub const WINDOW_DAYS: i64 = 30;

/// Usage of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    /// A `UsageType`.
    pub usage_type: String,
    /// Hours, or scans.
    pub amount: f64,
}

/// Adds to the usage of a day.
pub fn add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    usage_type: &str,
    amount: f64,
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO usage_hours (account, region, usage_type, day, amount) \
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (account, region, usage_type, day) \
         DO UPDATE SET amount = usage_hours.amount + excluded.amount",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            usage_type.into(),
            (now / DAY).into(),
            Value::Real(amount),
        ],
    )?;
    Ok(())
}

/// Adds some hours for every resource of a type that is covered at the moment, in every account.
///
/// Resources that are gone or not scanned cost nothing (Inspector pricing: stopped and excluded
/// instances are not counted).
pub fn add_covered_hours(
    tx: &mut Tx<'_>,
    resource_type: &str,
    usage_type: &str,
    hours: f64,
    now: i64,
) -> Result<(), StoreError> {
    let rows = tx.query(
        "SELECT r.account, r.region, COUNT(*) FROM coverage c JOIN resources r \
         ON r.id = c.resource WHERE c.scan_type = 'PACKAGE' AND c.status = 'ACTIVE' \
         AND r.resource_type = ?1 AND r.gone_at IS NULL GROUP BY r.account, r.region",
        &[resource_type.into()],
    )?;
    for row in rows {
        let scope = Scope::new(row.text(0)?, row.text(1)?);
        let count = i32::try_from(row.int(2)?).unwrap_or(i32::MAX);
        add(tx, &scope, usage_type, f64::from(count) * hours, now)?;
    }
    Ok(())
}

/// The usage of the last 30 days, by kind.
pub fn totals(tx: &mut Tx<'_>, scope: &Scope, now: i64) -> Result<Vec<Used>, StoreError> {
    let rows = tx.query(
        "SELECT usage_type, SUM(amount) FROM usage_hours WHERE account = ?1 AND region = ?2 \
         AND day > ?3 GROUP BY usage_type ORDER BY usage_type",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            (now / DAY - WINDOW_DAYS).into(),
        ],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Used {
                usage_type: row.text(0)?.to_owned(),
                amount: row.optional_real(1)?.unwrap_or(0.0),
            })
        })
        .collect()
}
