//! Findings as rows: what reconciling reads, and what it writes with history and outbox.

mod counts;
mod facts;
pub(crate) mod groups;

use std::collections::{BTreeMap, BTreeSet};

pub use facts::{all_vulnerabilities, put_facts, set_epss};
use findings::{
    finding::{
        Closed, ClosedBecause, Details, Finding, FindingType, FixAvailable, Observation, State,
        VulnerablePackage,
    },
    identity::FindingId,
    lifecycle::{Change, ChangeKind, delete_at},
    risk,
};
pub use groups::fold_counts;
use model::{Severity, Timestamp};

use crate::{
    Row, Scope, StoreError, StoredResource, Tx, Value,
    engine::{MOST_KEYS, list_of},
    records::{decode, encode},
};

pub(crate) const COLUMNS: &str = "f.id, f.status, f.rules, f.first_observed_at, \
                                  f.last_observed_at, f.updated_at, f.closed_at, \
                                  f.closed_because, f.body";

/// The findings of a resource: all of a type, or those with one of these keys.
pub fn of_resource(
    tx: &mut Tx<'_>,
    resource: i64,
    kind: FindingType,
    keys: Option<&BTreeSet<String>>,
) -> Result<Vec<Finding>, StoreError> {
    let found = of_resources(tx, &[resource], kind, keys)?.remove(&resource);
    Ok(found.unwrap_or_default())
}

/// The findings of resources, by number: all of a type, or those with one of these keys.
pub fn of_resources(
    tx: &mut Tx<'_>,
    resources: &[i64],
    kind: FindingType,
    keys: Option<&BTreeSet<String>>,
) -> Result<BTreeMap<i64, Vec<Finding>>, StoreError> {
    let mut findings: BTreeMap<i64, Vec<Finding>> = BTreeMap::new();
    let mut read = |tx: &mut Tx<'_>, resources: &[i64], keys: Option<&[Value]>| {
        let mut parameters = vec![Value::from(kind.name())];
        parameters.extend(resources.iter().map(|number| Value::Int(*number)));
        let list = list_of(2, resources.len());
        let condition = keys.map_or_else(String::new, |keys| {
            format!(
                " AND f.ident IN ({})",
                list_of(parameters.len() + 1, keys.len())
            )
        });
        parameters.extend_from_slice(keys.unwrap_or_default());
        let sql = format!(
            "SELECT {COLUMNS}, f.resource FROM findings f \
             WHERE f.resource IN ({list}) AND f.kind = ?1{condition}"
        );
        tx.each(&sql, &parameters, |row| {
            let of = findings.entry(row.int(9)?).or_default();
            of.push(finding(&row)?);
            Ok(())
        })
    };
    let keys: Option<Vec<Value>> = keys.map(|keys| keys.iter().map(Value::from).collect());
    for resources in resources.chunks(MOST_KEYS) {
        match &keys {
            None => read(tx, resources, None)?,
            Some(keys) => {
                for keys in keys.chunks(MOST_KEYS) {
                    read(tx, resources, Some(keys))?;
                }
            }
        }
    }
    Ok(findings)
}

/// Reads the columns of [`COLUMNS`].
pub(crate) fn finding(row: &Row) -> Result<Finding, StoreError> {
    let unknown = |what: &str| StoreError::Corrupt {
        what: "a finding",
        reason: format!("`{what}` is not known"),
    };
    let id = row.text(0)?;
    let status = row.text(1)?;
    let observed: Observation = decode("a finding", row.text(8)?)?;
    let closed = match (row.optional_int(6)?, row.optional_text(7)?) {
        (Some(at), Some(because)) => Some(Closed {
            at: timestamp(at),
            because: closed_because(because).ok_or_else(|| unknown(because))?,
        }),
        _ => None,
    };
    Ok(Finding {
        id: FindingId::parse(id).ok_or_else(|| unknown(id))?,
        observed,
        state: State::parse(status).ok_or_else(|| unknown(status))?,
        rules: decode("rules", row.text(2)?)?,
        first_observed: timestamp(row.int(3)?),
        last_observed: timestamp(row.int(4)?),
        updated: timestamp(row.int(5)?),
        closed,
    })
}

/// A moment from milliseconds since 1970.
pub fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) const BECAUSE: [(ClosedBecause, &str); 3] = [
    (ClosedBecause::Remediated, "REMEDIATED"),
    (ClosedBecause::ResourceGone, "RESOURCE_GONE"),
    (ClosedBecause::Disabled, "DISABLED"),
];

fn closed_because(name: &str) -> Option<ClosedBecause> {
    let mut known = BECAUSE.iter();
    known.find_map(|(because, text)| (*text == name).then_some(*because))
}

fn because_name(because: ClosedBecause) -> &'static str {
    let mut known = BECAUSE.iter();
    known
        .find_map(|(known, text)| (*known == because).then_some(*text))
        .unwrap_or_default()
}

/// The rank by which severities are sorted, 0 for untriaged to 5 for critical.
pub fn severity_rank(severity: Severity) -> i64 {
    let rank = Severity::ALL.iter().position(|one| *one == severity);
    rank.and_then(|rank| i64::try_from(rank).ok()).unwrap_or(0)
}

/// The severity of a rank.
pub fn severity_of(rank: i64) -> Severity {
    let rank = usize::try_from(rank).ok();
    rank.and_then(|rank| Severity::ALL.get(rank).copied())
        .unwrap_or(Severity::Untriaged)
}

/// What changed of one resource's findings.
#[derive(Debug)]
pub struct Changed<'a> {
    pub scope: &'a Scope,
    pub resource: &'a StoredResource,
    pub changes: &'a [Change],
}

/// Writes changes of one resource's findings, each with its history and its event.
pub fn save(
    tx: &mut Tx<'_>,
    scope: &Scope,
    resource: &StoredResource,
    changes: &[Change],
) -> Result<(), StoreError> {
    let changed = Changed {
        scope,
        resource,
        changes,
    };
    save_all(tx, &[changed])
}

/// Writes changes of many resources' findings, each with its history and its event.
pub fn save_all(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<(), StoreError> {
    let changes = || changed.iter().flat_map(|one| one.changes);
    if changes().next().is_none() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(changes().count());
    let version = tx.version()?;
    let ids = changes().filter_map(|c| c.finding.observed.vulnerability());
    let epss = facts::epss_of(tx, ids)?;
    for one in changed {
        for change in one.changes {
            let observed = &change.finding.observed;
            let epss = observed
                .vulnerability()
                .and_then(|id| epss.get(id).copied());
            let mut row = finding_row(one.scope, one.resource, &change.finding, version)?;
            row.push(risk::rank(&observed.risk, epss).into());
            rows.push(row);
        }
    }
    tx.insert_many(INSERT, &rows, UPSERT)?;
    let all: Vec<&Change> = changes().collect();
    save_packages(tx, &all)?;
    save_rules(tx, &all)?;
    counts::move_by(tx, changed)?;
    save_history(tx, changed, version)
}

const INSERT: &str = "INSERT INTO findings (id, account, region, resource, resource_type, \
                      resource_id, kind, ident, status, severity, title, vulnerability, score, \
                      fix_available, exploit_available, vendor_severity, source, protocol, \
                      port_begin, port_end, component_type, version, rules, first_observed_at, last_observed_at, \
                      updated_at, closed_at, closed_because, delete_at, body, risk)";

const UPSERT: &str = "ON CONFLICT (id) DO UPDATE SET status = excluded.status, \
                      severity = excluded.severity, title = excluded.title, \
                      score = excluded.score, fix_available = excluded.fix_available, \
                      exploit_available = excluded.exploit_available, \
                      vendor_severity = excluded.vendor_severity, source = excluded.source, \
                      component_type = excluded.component_type, \
                      version = excluded.version, \
                      rules = excluded.rules, last_observed_at = excluded.last_observed_at, \
                      updated_at = excluded.updated_at, closed_at = excluded.closed_at, \
                      closed_because = excluded.closed_because, delete_at = excluded.delete_at, \
                      body = excluded.body, risk = excluded.risk";

fn finding_row(
    scope: &Scope,
    resource: &StoredResource,
    finding: &Finding,
    version: i64,
) -> Result<Vec<Value>, StoreError> {
    let observed = &finding.observed;
    let network = match &observed.details {
        Details::Network(network) => Some(network),
        Details::Package(_) => None,
    };
    let closed = finding.closed;
    Ok(vec![
        finding.id.as_str().into(),
        Value::from(&scope.account),
        Value::from(&scope.region),
        resource.number.into(),
        resource.resource.kind.name().into(),
        Value::from(&resource.resource.id),
        observed.kind.name().into(),
        Value::from(&observed.key),
        finding.state.name().into(),
        severity_rank(observed.severity).into(),
        Value::from(&observed.title),
        observed.vulnerability().into(),
        observed.score.as_ref().map(|score| score.value).into(),
        observed.fix.map(FixAvailable::name).into(),
        observed.exploit_name().into(),
        observed.vendor_severity.as_ref().into(),
        observed.source().into(),
        network.map(|network| &network.protocol).into(),
        network.map(|network| i64::from(network.port_begin)).into(),
        network.map(|network| i64::from(network.port_end)).into(),
        observed.component_type().into(),
        version.into(),
        encode("rules", &finding.rules)?.into(),
        finding.first_observed.as_millisecond().into(),
        finding.last_observed.as_millisecond().into(),
        finding.updated.as_millisecond().into(),
        closed.map(|closed| closed.at.as_millisecond()).into(),
        closed.map(|closed| because_name(closed.because)).into(),
        closed
            .map(|closed| delete_at(closed).as_millisecond())
            .into(),
        encode("a finding", observed)?.into(),
    ])
}

/// Packages and lists, by which findings are searched.
fn save_packages(tx: &mut Tx<'_>, changes: &[&Change]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let mut lists = Vec::new();
    let mut replaced = Vec::new();
    for change in changes {
        let observed = &change.finding.observed;
        let before = change
            .before
            .as_ref()
            .map(|before| &before.observed.details);
        if before == Some(&observed.details) {
            continue;
        }
        let id = change.finding.id.as_str();
        if before.is_some() {
            replaced.push(id.into());
        }
        for (position, package) in observed.packages().iter().enumerate() {
            rows.push(package_row(id, position, package));
        }
        let entries = observed.lists().into_iter();
        lists.extend(entries.map(|(name, value)| vec![id.into(), name.into(), value.into()]));
    }
    delete_of(tx, "finding_packages", &replaced)?;
    delete_of(tx, "finding_lists", &replaced)?;
    tx.insert_many(
        "INSERT INTO finding_lists (finding, name, value)",
        &lists,
        "ON CONFLICT DO NOTHING",
    )?;
    tx.insert_many(
        "INSERT INTO finding_packages \
         (finding, position, name, version, epoch, release, arch, layer, path)",
        &rows,
        "",
    )?;
    Ok(())
}

/// Deletes the rows of findings from a table of theirs.
fn delete_of(tx: &mut Tx<'_>, table: &str, findings: &[Value]) -> Result<(), StoreError> {
    for chunk in findings.chunks(MOST_KEYS) {
        let list = list_of(1, chunk.len());
        let sql = format!("DELETE FROM {table} WHERE finding IN ({list})");
        tx.execute(&sql, chunk)?;
    }
    Ok(())
}

fn package_row(id: &str, position: usize, package: &VulnerablePackage) -> Vec<Value> {
    let parts = package.version_parts();
    vec![
        id.into(),
        i64::try_from(position).unwrap_or(i64::MAX).into(),
        Value::from(&package.name),
        parts.version.into(),
        parts.epoch.into(),
        parts.release.into(),
        package.architecture().into(),
        package.layer.as_ref().into(),
        package.path.as_ref().into(),
    ]
}

fn save_rules(tx: &mut Tx<'_>, changes: &[&Change]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let mut replaced = Vec::new();
    for change in changes {
        let rules = &change.finding.rules;
        let before = change.before.as_ref().map(|b| &b.rules);
        if before.map_or(rules.is_empty(), |before| before == rules) {
            continue;
        }
        let id = change.finding.id.as_str();
        if before.is_some() {
            replaced.push(id.into());
        }
        rows.extend(rules.iter().map(|rule| vec![rule.into(), id.into()]));
    }
    delete_of(tx, "finding_rules", &replaced)?;
    tx.insert_many(
        "INSERT INTO finding_rules (rule, finding)",
        &rows,
        "ON CONFLICT DO NOTHING",
    )?;
    Ok(())
}

/// History keeps how a finding was before a change, so that a listing can be continued as of the
/// moment it began.
fn save_history(tx: &mut Tx<'_>, changed: &[Changed<'_>], version: i64) -> Result<(), StoreError> {
    let mut history = Vec::new();
    let mut events = Vec::new();
    let changes = changed
        .iter()
        .flat_map(|one| one.changes.iter().map(|change| (one.scope, change)));
    for (scope, change) in changes {
        let fields: &[&str] = match &change.kind {
            ChangeKind::Changed(fields) => fields,
            _ => &[],
        };
        let fields = encode("fields", &fields)?;
        let shown = change.before.as_ref().unwrap_or(&change.finding);
        let at = change.finding.updated.as_millisecond();
        let created = change.before.is_none();
        history.push(vec![
            change.finding.id.as_str().into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            at.into(),
            change.kind.name().into(),
            fields.as_str().into(),
            if created { "" } else { shown.state.name() }.into(),
            severity_rank(shown.observed.severity).into(),
            shown.last_observed.as_millisecond().into(),
            shown
                .observed
                .score
                .as_ref()
                .map(|score| score.value)
                .into(),
            shown.observed.vendor_severity.as_ref().into(),
            shown.observed.source().into(),
            shown.observed.component_type().into(),
            version.into(),
        ]);
        events.push(vec![
            Value::from(&scope.account),
            Value::from(&scope.region),
            at.into(),
            change.kind.name().into(),
            change.finding.id.as_str().into(),
            fields.into(),
        ]);
    }
    tx.insert_many(
        "INSERT INTO finding_history \
         (finding, account, region, at, kind, fields, status, severity, last_observed_at, score, \
         vendor_severity, source, component_type, version)",
        &history,
        "",
    )?;
    tx.insert_many(
        "INSERT INTO outbox (account, region, at, kind, subject, payload)",
        &events,
        "",
    )?;
    Ok(())
}

/// How many findings have each status and severity, in all accounts.
pub fn count_by_status(tx: &mut Tx<'_>) -> Result<Vec<(String, Severity, i64)>, StoreError> {
    let rows = tx.query(
        "SELECT status, severity, COUNT(*) FROM findings GROUP BY status, severity \
         ORDER BY status, severity",
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok((
                row.text(0)?.to_owned(),
                severity_of(row.int(1)?),
                row.int(2)?,
            ))
        })
        .collect()
}
