//! Which vulnerabilities of which resources must be evaluated again.

use std::collections::{BTreeMap, BTreeSet};

use findings::platform::END_OF_LIFE_ID;

use crate::{
    Scope, StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
};

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

/// Notes that everything that advisories say of the resources of a type must be evaluated again.
pub fn add_by_scope(tx: &mut Tx<'_>, scope: &Scope, kind: &str) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO pending_evaluations (resource, vulnerability) \
         SELECT DISTINCT r.id, m.vulnerability FROM resources r \
         JOIN inventory_sets s ON s.inventory = r.inventory \
         JOIN set_packages p ON p.package_set = s.package_set \
         JOIN version_matches m ON m.version = p.version \
         WHERE r.account = ?1 AND r.region = ?2 AND r.resource_type = ?3 AND r.gone_at IS NULL \
         UNION SELECT r.id, ?4 FROM resources r \
         WHERE r.account = ?1 AND r.region = ?2 AND r.resource_type = ?3 \
         AND r.inventory IS NOT NULL AND r.gone_at IS NULL ON CONFLICT DO NOTHING",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            kind.into(),
            END_OF_LIFE_ID.into(),
        ],
    )
}

/// Notes that the end of a system must be evaluated on every resource that it runs on.
pub fn add_by_system(tx: &mut Tx<'_>, system: i64) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO pending_evaluations (resource, vulnerability) \
         SELECT DISTINCT r.id, ?2 FROM package_versions v \
         JOIN set_packages p ON p.version = v.id \
         JOIN inventory_sets s ON s.package_set = p.package_set \
         JOIN resources r ON r.inventory = s.inventory \
         WHERE v.system = ?1 AND r.gone_at IS NULL ON CONFLICT DO NOTHING",
        &[system.into(), END_OF_LIFE_ID.into()],
    )
}

/// Notes that every open finding of packages must be evaluated on every resource that a system
/// runs on.
pub fn add_findings_by_system(tx: &mut Tx<'_>, system: i64) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO pending_evaluations (resource, vulnerability) \
         SELECT DISTINCT f.resource, f.vulnerability FROM findings f \
         WHERE f.status <> 'CLOSED' AND f.vulnerability IS NOT NULL AND f.resource IN ( \
         SELECT r.id FROM package_versions v \
         JOIN set_packages p ON p.version = v.id \
         JOIN inventory_sets s ON s.package_set = p.package_set \
         JOIN resources r ON r.inventory = s.inventory \
         WHERE v.system = ?1 AND r.gone_at IS NULL) ON CONFLICT DO NOTHING",
        &[system.into()],
    )
}

/// Evaluations that a transaction took.
#[derive(Debug, Default)]
pub struct Taken {
    /// Vulnerabilities by resource.
    pub of: BTreeMap<i64, BTreeSet<String>>,
    /// The last resource that was looked at, none if there were no more.
    pub last: Option<i64>,
    /// Resources that another transaction holds; they are its to evaluate.
    pub held: usize,
}

/// Takes the evaluations of up to `limit` resources from number `from` on; they are this
/// transaction's to make, and their resources are locked until it ends.
pub fn take(tx: &mut Tx<'_>, from: i64, limit: i64) -> Result<Taken, StoreError> {
    let rows = tx.query(
        "SELECT DISTINCT resource FROM pending_evaluations WHERE resource >= ?1 \
         ORDER BY resource LIMIT ?2",
        &[from.into(), limit.into()],
    )?;
    let mut taken = Taken::default();
    let Some(last) = rows.last() else {
        return Ok(taken);
    };
    taken.last = Some(last.int(0)?);
    let numbers = rows.iter().map(|row| row.int(0).map(Value::Int));
    let mut numbers: Vec<Value> = numbers.collect::<Result<_, _>>()?;
    if tx.is_postgres() {
        let sql = format!(
            "SELECT id FROM resources WHERE id IN ({}) ORDER BY id FOR UPDATE SKIP LOCKED",
            list_of(1, numbers.len())
        );
        let free = tx.query(&sql, &numbers)?;
        taken.held = numbers.len() - free.len();
        let free = free.iter().map(|row| row.int(0).map(Value::Int));
        numbers = free.collect::<Result<_, _>>()?;
    }
    if numbers.is_empty() {
        return Ok(taken);
    }
    let sql = format!(
        "SELECT resource, vulnerability FROM pending_evaluations WHERE resource IN ({})",
        list_of(1, numbers.len())
    );
    tx.each(&sql, &numbers, |row| {
        let of = taken.of.entry(row.int(0)?).or_default();
        of.insert(row.text(1)?.to_owned());
        Ok(())
    })?;
    Ok(taken)
}

/// Removes evaluations that were made in this transaction: these vulnerabilities of these
/// resources.
pub fn done(
    tx: &mut Tx<'_>,
    resources: &[i64],
    vulnerabilities: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let ids: Vec<Value> = vulnerabilities.iter().map(Value::from).collect();
    for resources in resources.chunks(MOST_KEYS) {
        for ids in ids.chunks(MOST_KEYS) {
            let mut parameters: Vec<Value> = resources.iter().map(|r| Value::Int(*r)).collect();
            let sql = format!(
                "DELETE FROM pending_evaluations WHERE resource IN ({}) \
                 AND vulnerability IN ({})",
                list_of(1, parameters.len()),
                list_of(parameters.len() + 1, ids.len()),
            );
            parameters.extend_from_slice(ids);
            tx.execute(&sql, &parameters)?;
        }
    }
    Ok(())
}

/// How many evaluations wait.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let row = tx.first("SELECT COUNT(*) FROM pending_evaluations", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}
