//! Which vulnerabilities of which resources must be evaluated again.

use std::collections::{BTreeMap, BTreeSet};

use crate::{StoreError, Tx, Value};

/// Notes that the vulnerabilities must be evaluated again on every resource that holds the version.
///
/// Returns how many pairs of resource and vulnerability that added.
pub fn add_by_version(
    tx: &mut Tx<'_>,
    version: i64,
    vulnerabilities: &[String],
) -> Result<u64, StoreError> {
    let mut added = 0;
    for vulnerability in vulnerabilities {
        added += tx.execute(
            "INSERT INTO pending_evaluations (resource, vulnerability) \
             SELECT DISTINCT r.id, ?2 FROM set_packages p \
             JOIN inventory_sets s ON s.package_set = p.package_set \
             JOIN resources r ON r.inventory = s.inventory \
             WHERE p.version = ?1 AND r.gone_at IS NULL ON CONFLICT DO NOTHING",
            &[version.into(), Value::from(vulnerability)],
        )?;
    }
    Ok(added)
}

/// Notes that every finding about the vulnerability must be evaluated again.
pub fn add_by_vulnerability(tx: &mut Tx<'_>, vulnerability: &str) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO pending_evaluations (resource, vulnerability) \
         SELECT DISTINCT f.resource, f.vulnerability FROM findings f \
         JOIN resources r ON r.id = f.resource \
         WHERE f.vulnerability = ?1 AND f.status <> 'CLOSED' AND r.gone_at IS NULL \
         ON CONFLICT DO NOTHING",
        &[vulnerability.into()],
    )
}

/// Notes that every package finding of the resource must be evaluated again.
pub fn add_by_resource(tx: &mut Tx<'_>, resource: i64) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO pending_evaluations (resource, vulnerability) \
         SELECT DISTINCT f.resource, f.vulnerability FROM findings f \
         JOIN resources r ON r.id = f.resource \
         WHERE f.resource = ?1 AND f.vulnerability IS NOT NULL AND f.status <> 'CLOSED' \
         AND r.gone_at IS NULL ON CONFLICT DO NOTHING",
        &[resource.into()],
    )
}

/// Takes the evaluations of up to `limit` resources from number `from` on; they are this
/// transaction's to make.
pub fn take(
    tx: &mut Tx<'_>,
    from: i64,
    limit: i64,
) -> Result<BTreeMap<i64, BTreeSet<String>>, StoreError> {
    let numbers = tx.query(
        "SELECT DISTINCT resource FROM pending_evaluations WHERE resource >= ?1 \
         ORDER BY resource LIMIT ?2",
        &[from.into(), limit.into()],
    )?;
    let mut taken: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let bounds = numbers.first().zip(numbers.last());
    let Some((first, last)) = bounds else {
        return Ok(taken);
    };
    let between = [first.int(0)?.into(), last.int(0)?.into()];
    let sql = format!(
        "SELECT resource, vulnerability FROM pending_evaluations \
         WHERE resource BETWEEN ?1 AND ?2{}",
        tx.for_update_skip_locked()
    );
    tx.each(&sql, &between, |row| {
        taken
            .entry(row.int(0)?)
            .or_default()
            .insert(row.text(1)?.to_owned());
        Ok(())
    })?;
    Ok(taken)
}

/// Removes evaluations that were made in this transaction.
pub fn done(
    tx: &mut Tx<'_>,
    resource: i64,
    vulnerabilities: &BTreeSet<String>,
) -> Result<(), StoreError> {
    for vulnerability in vulnerabilities {
        tx.execute(
            "DELETE FROM pending_evaluations WHERE resource = ?1 AND vulnerability = ?2",
            &[resource.into(), Value::from(vulnerability)],
        )?;
    }
    Ok(())
}

/// How many evaluations wait.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let row = tx.first("SELECT COUNT(*) FROM pending_evaluations", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}
