//! What a change of one suppression rule does to the findings that exist.

use std::collections::BTreeMap;

use findings::{
    criteria::Field,
    lifecycle::{Change, apply_rules},
};

use super::{Rule, holding, only_unfixed};
use crate::{
    Row, Scope, StoreError, StoredResource, Tx, Value, keep,
    listing::{
        self, Listed,
        condition::{Parameters, suppression},
    },
};

/// Findings that are decided at once; the memory of a change does not depend on how many it hides.
const CHUNK: i64 = 500;

/// Makes the findings of the scope agree with one rule as it is now; a rule that is gone, expired
/// or no rule matches nothing. Says how many findings changed.
///
/// SQL finds the findings that the rule matched and those that it may match; Rust decides.
pub fn apply(tx: &mut Tx<'_>, scope: &Scope, id: &str, now: i64) -> Result<u64, StoreError> {
    tx.hold_exclusively(scope)?;
    let rule = holding(tx, scope, now)?
        .into_iter()
        .find(|rule| rule.id == id);
    let mut changed = 0;
    let matched = "SELECT r.finding FROM finding_rules r JOIN findings f ON f.id = r.finding \
                   WHERE r.rule = ?1 AND f.status <> 'CLOSED' AND r.finding > ?2 \
                   ORDER BY r.finding LIMIT ?3";
    let parameters = [Value::from(id)];
    changed += decide_all(tx, scope, (id, rule.as_ref()), matched, &parameters, now)?;
    if let Some(rule) = &rule {
        let mut to = Parameters::default();
        let condition = suppression(scope, &rule.criteria, &mut to);
        let after = to.0.len() + 1;
        let sql = format!(
            "SELECT f.id FROM findings f WHERE {condition} AND f.status <> 'CLOSED'{} \
             AND f.id > ?{after} ORDER BY f.id LIMIT ?{}",
            only_unfixed(rule.until_fixed),
            after + 1,
        );
        changed += decide_all(tx, scope, (id, Some(rule)), &sql, &to.0, now)?;
    }
    Ok(changed)
}

/// Decides for every id that the statement gives; its last two parameters are the id after which
/// to go on, and how many.
fn decide_all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rule: (&str, Option<&Rule>),
    sql: &str,
    parameters: &[Value],
    now: i64,
) -> Result<u64, StoreError> {
    let mut changed = 0;
    let mut last = String::new();
    loop {
        let mut parameters = parameters.to_vec();
        parameters.extend([Value::from(&last), CHUNK.into()]);
        let rows = tx.query(sql, &parameters)?;
        let ids: Vec<String> = rows
            .iter()
            .map(|row| Ok(row.text(0)?.to_owned()))
            .collect::<Result<_, StoreError>>()?;
        let Some(end) = ids.last() else {
            return Ok(changed);
        };
        last.clone_from(end);
        let findings = listing::by_ids(tx, scope, &ids)?;
        changed += decide(tx, scope, rule, findings, now)?;
    }
}

fn decide(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, rule): (&str, Option<&Rule>),
    findings: Vec<Listed>,
    now: i64,
) -> Result<u64, StoreError> {
    let mut changes: BTreeMap<i64, (StoredResource, Vec<Change>)> = BTreeMap::new();
    for listed in findings {
        let attributes = listed.resource.attributes();
        let matches = rule.is_some_and(|rule| rule.matches(&listed.subject(scope, &attributes)));
        let mut rules = listed.finding.rules.clone();
        rules.retain(|one| one != id);
        if matches {
            rules.push(id.to_owned());
            rules.sort();
        }
        if let Some(change) = apply_rules(listed.finding, rules, keep::timestamp(now)) {
            let number = listed.resource_number;
            let entry = changes.entry(number).or_insert_with(|| {
                let resource = StoredResource {
                    number,
                    resource: listed.resource,
                    inventory: None,
                    gone_at: None,
                };
                (resource, Vec::new())
            });
            entry.1.push(change);
        }
    }
    let mut changed = 0;
    for (resource, changes) in changes.values() {
        keep::save(tx, scope, resource, changes)?;
        changed += changes.len() as u64;
    }
    Ok(changed)
}

/// The scopes and ids of rules that expired and still hide something; [`apply`] releases it.
pub fn expire(tx: &mut Tx<'_>, now: i64) -> Result<Vec<(Scope, String)>, StoreError> {
    let rows = tx.query(
        "SELECT account, region, id FROM filters WHERE expires_at <= ?1 AND EXISTS \
         (SELECT 1 FROM finding_rules r JOIN findings f ON f.id = r.finding \
         WHERE r.rule = filters.id AND f.status = 'SUPPRESSED') ORDER BY account, region, id",
        &[now.into()],
    )?;
    rows.iter().map(scoped).collect()
}

/// The scopes and ids of suppression rules that read a field which changes while no finding is
/// evaluated, such as the EPSS score: [`apply`] them when it did.
pub fn reading(tx: &mut Tx<'_>, field: Field) -> Result<Vec<(Scope, String)>, StoreError> {
    let rows = tx.query(
        "SELECT account, region, id, criteria FROM filters WHERE action = 'SUPPRESS' \
         ORDER BY account, region, id",
        &[],
    )?;
    let mut found = Vec::new();
    for row in &rows {
        if super::criteria(row.text(3)?)?.reads(field) {
            found.push(scoped(row)?);
        }
    }
    Ok(found)
}

fn scoped(row: &Row) -> Result<(Scope, String), StoreError> {
    Ok((
        Scope::new(row.text(0)?, row.text(1)?),
        row.text(2)?.to_owned(),
    ))
}
