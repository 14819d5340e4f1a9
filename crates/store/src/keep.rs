//! Findings as rows: what reconciling reads, and what it writes with history and outbox.

use std::collections::{BTreeMap, BTreeSet};

use findings::{
    finding::{
        Closed, ClosedBecause, Details, Finding, FindingType, FixAvailable, Observation, State,
        VulnerabilityFacts, VulnerablePackage,
    },
    identity::FindingId,
    lifecycle::{Change, ChangeKind, delete_at},
    risk,
};
use model::{Severity, Timestamp};

use crate::{
    Row, Scope, StoreError, StoredResource, Tx, Value,
    digest::digest,
    engine::list_of,
    records::{decode, encode},
};

const MOST_KEYS: usize = 500;

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
    let mut findings = Vec::new();
    let mut read = |tx: &mut Tx<'_>, condition: &str, keys: &[&String]| {
        let sql = format!(
            "SELECT {COLUMNS} FROM findings f WHERE f.resource = ?1 AND f.kind = ?2{condition}"
        );
        let mut parameters = vec![Value::Int(resource), kind.name().into()];
        parameters.extend(keys.iter().map(|key| Value::from(*key)));
        tx.each(&sql, &parameters, |row| {
            findings.push(finding(&row)?);
            Ok(())
        })
    };
    match keys {
        None => read(tx, "", &[])?,
        Some(keys) => {
            let keys: Vec<&String> = keys.iter().collect();
            for chunk in keys.chunks(MOST_KEYS) {
                let condition = format!(" AND f.ident IN ({})", list_of(3, chunk.len()));
                read(tx, &condition, chunk)?;
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

/// Writes changes of one resource's findings, each with its history and its event.
pub fn save(
    tx: &mut Tx<'_>,
    scope: &Scope,
    resource: &StoredResource,
    changes: &[Change],
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(changes.len());
    let version = tx.version()?;
    let ids = changes
        .iter()
        .filter_map(|c| c.finding.observed.vulnerability());
    let epss = epss_of(tx, ids)?;
    for change in changes {
        let observed = &change.finding.observed;
        let epss = observed
            .vulnerability()
            .and_then(|id| epss.get(id).copied());
        let mut row = finding_row(scope, resource, &change.finding, version)?;
        row.push(risk::rank(&observed.risk, epss).into());
        rows.push(row);
    }
    tx.insert_many(INSERT, &rows, UPSERT)?;
    save_packages(tx, changes)?;
    save_rules(tx, changes)?;
    save_history(tx, scope, changes, version)
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

/// The EPSS scores of these vulnerabilities, of those that have one.
fn epss_of<'a>(
    tx: &mut Tx<'_>,
    ids: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, f64>, StoreError> {
    let ids: BTreeSet<&str> = ids.collect();
    let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    let mut scores = BTreeMap::new();
    for chunk in ids.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT id, epss FROM vulnerabilities WHERE epss IS NOT NULL AND id IN ({})",
            list_of(1, chunk.len())
        );
        tx.each(&sql, chunk, |row| {
            if let Some(score) = row.optional_real(1)? {
                scores.insert(row.text(0)?.to_owned(), score);
            }
            Ok(())
        })?;
    }
    Ok(scores)
}

/// Moves the ranks of a vulnerability's findings with its EPSS score; most days that is nothing.
fn move_risk(
    tx: &mut Tx<'_>,
    id: &str,
    before: Option<f64>,
    after: Option<f64>,
) -> Result<(), StoreError> {
    let moved = risk::epss_points(after) - risk::epss_points(before);
    if moved != 0 {
        tx.execute(
            "UPDATE findings SET risk = risk + ?2 WHERE vulnerability = ?1",
            &[id.into(), moved.into()],
        )?;
    }
    Ok(())
}

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
fn save_packages(tx: &mut Tx<'_>, changes: &[Change]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let mut lists = Vec::new();
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
            tx.execute(
                "DELETE FROM finding_packages WHERE finding = ?1",
                &[id.into()],
            )?;
            tx.execute("DELETE FROM finding_lists WHERE finding = ?1", &[id.into()])?;
        }
        for (position, package) in observed.packages().iter().enumerate() {
            rows.push(package_row(id, position, package));
        }
        let entries = observed.lists().into_iter();
        lists.extend(entries.map(|(name, value)| vec![id.into(), name.into(), value.into()]));
    }
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

fn save_rules(tx: &mut Tx<'_>, changes: &[Change]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for change in changes {
        let rules = &change.finding.rules;
        let before = change.before.as_ref().map(|b| &b.rules);
        if before.map_or(rules.is_empty(), |before| before == rules) {
            continue;
        }
        let id = change.finding.id.as_str();
        tx.execute("DELETE FROM finding_rules WHERE finding = ?1", &[id.into()])?;
        rows.extend(rules.iter().map(|rule| vec![rule.into(), id.into()]));
    }
    tx.insert_many(
        "INSERT INTO finding_rules (rule, finding)",
        &rows,
        "ON CONFLICT DO NOTHING",
    )?;
    Ok(())
}

/// History keeps how a finding was before a change, so that a listing can be continued as of the
/// moment it began.
fn save_history(
    tx: &mut Tx<'_>,
    scope: &Scope,
    changes: &[Change],
    version: i64,
) -> Result<(), StoreError> {
    let mut history = Vec::with_capacity(changes.len());
    let mut events = Vec::with_capacity(changes.len());
    for change in changes {
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

/// Stores what is known of vulnerabilities.
///
/// Rows that say the same already are not even locked: one advisory concerns many resources, and
/// whoever evaluates them must not wait for each other.
pub fn put_facts(
    tx: &mut Tx<'_>,
    facts: &[(VulnerabilityFacts, Option<f64>)],
) -> Result<(), StoreError> {
    let known = known_facts(tx, facts)?;
    let mut rows = BTreeMap::new();
    let mut aliases = Vec::new();
    for (facts, epss) in facts {
        let body = encode("a vulnerability", facts)?;
        let hash = Value::Blob(digest([&body]));
        let epss = Value::from(*epss);
        let before = known.get(&facts.id);
        if before.is_some_and(|(known, score)| *known == hash && *score == epss) {
            continue;
        }
        if before.is_none_or(|(known, _)| *known != hash) {
            aliases.push((facts, before.is_some()));
        }
        let before = before.and_then(|(_, score)| real(score));
        move_risk(tx, &facts.id, before, real(&epss))?;
        rows.insert(
            &facts.id,
            vec![Value::from(&facts.id), epss, hash, body.into()],
        );
    }
    if rows.is_empty() {
        return Ok(());
    }
    let version = Value::Int(tx.version()?);
    // In the order of ids, so that two transactions do not wait for each other.
    let mut rows: Vec<Vec<Value>> = rows.into_values().collect();
    for row in &mut rows {
        row.push(version.clone());
    }
    tx.insert_many(
        "INSERT INTO vulnerabilities (id, epss, digest, body, epss_version)",
        &rows,
        "ON CONFLICT (id) DO UPDATE SET epss = excluded.epss, digest = excluded.digest, \
         body = excluded.body, epss_before = CASE \
         WHEN vulnerabilities.epss IS DISTINCT FROM excluded.epss THEN vulnerabilities.epss \
         ELSE vulnerabilities.epss_before END, epss_version = CASE \
         WHEN vulnerabilities.epss IS DISTINCT FROM excluded.epss THEN excluded.epss_version \
         ELSE vulnerabilities.epss_version END \
         WHERE vulnerabilities.digest <> excluded.digest \
         OR vulnerabilities.epss IS DISTINCT FROM excluded.epss",
    )?;
    put_aliases(tx, &aliases)
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Real(value) => Some(*value),
        _ => None,
    }
}

/// Digest and EPSS score by vulnerability.
type KnownFacts = BTreeMap<String, (Value, Value)>;

fn known_facts(
    tx: &mut Tx<'_>,
    facts: &[(VulnerabilityFacts, Option<f64>)],
) -> Result<KnownFacts, StoreError> {
    let mut known = BTreeMap::new();
    for chunk in facts.chunks(MOST_KEYS) {
        let ids: Vec<Value> = chunk.iter().map(|(facts, _)| (&facts.id).into()).collect();
        let sql = format!(
            "SELECT id, digest, epss FROM vulnerabilities WHERE id IN ({})",
            list_of(1, ids.len())
        );
        tx.each(&sql, &ids, |row| {
            let value = (row.value(1)?.clone(), row.value(2)?.clone());
            known.insert(row.text(0)?.to_owned(), value);
            Ok(())
        })?;
    }
    Ok(known)
}

/// Writes the aliases of vulnerabilities, each with whether it may have some already.
fn put_aliases(tx: &mut Tx<'_>, facts: &[(&VulnerabilityFacts, bool)]) -> Result<(), StoreError> {
    let mut aliases = BTreeSet::new();
    for (facts, known) in facts {
        if *known {
            tx.execute(
                "DELETE FROM vulnerability_aliases WHERE vulnerability = ?1",
                &[Value::from(&facts.id)],
            )?;
        }
        let own = facts.aliases.iter();
        aliases.extend(own.map(|alias| (&facts.id, alias)));
    }
    let aliases = aliases.into_iter();
    let aliases: Vec<Vec<Value>> = aliases
        .map(|(id, alias)| vec![id.into(), alias.into()])
        .collect();
    tx.insert_many(
        "INSERT INTO vulnerability_aliases (vulnerability, alias)",
        &aliases,
        "ON CONFLICT DO NOTHING",
    )?;
    Ok(())
}

/// The ids of all vulnerabilities that are known.
pub fn all_vulnerabilities(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let rows = tx.query("SELECT id FROM vulnerabilities ORDER BY id", &[])?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Sets the EPSS score of a vulnerability, if it is known here.
pub fn set_epss(tx: &mut Tx<'_>, id: &str, score: Option<f64>) -> Result<(), StoreError> {
    let changed = tx.first(
        "SELECT epss FROM vulnerabilities WHERE id = ?1 AND epss IS DISTINCT FROM ?2",
        &[id.into(), score.into()],
    )?;
    if let Some(row) = changed {
        move_risk(tx, id, row.optional_real(0)?, score)?;
        let version = tx.version()?;
        tx.execute(
            "UPDATE vulnerabilities SET epss_before = epss, epss = ?2, epss_version = ?3 \
             WHERE id = ?1",
            &[id.into(), score.into(), version.into()],
        )?;
    }
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
