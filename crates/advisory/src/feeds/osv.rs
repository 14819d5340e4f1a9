//! The Open Source Vulnerability format, schema 1.7 (<https://ossf.github.io/osv-schema/>).

use std::collections::{HashMap, HashSet};

use model::{Advisory, Affected, Cvss, FixState, Problem, Severity, VendorSeverity};
use serde::Deserialize;
use serde_json::Value;

use super::{date, severity};
use crate::{Document, Item, text};

mod publishers;
mod range;
#[cfg(test)]
mod tests;

pub use publishers::{
    ALMALINUX, BITNAMI, GHSA, GO_VULNDB, HASKELL, JULIA, NODEJS_SECURITY_WG, OSSF_MALICIOUS, OSV,
    OSV_ALPINE, OSV_CHAINGUARD, OSV_DEBIAN, OSV_REDHAT, OSV_SUSE, OSV_UBUNTU, OSV_WOLFI, PYPA, R,
    RETIREJS, ROCKY, RUSTSEC, VICTIMS,
};

/// Largest record, in bytes: those of the Linux kernel have some 5 MB.
const LIMIT: u64 = 64 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    id: String,
    modified: Option<String>,
    published: Option<String>,
    withdrawn: Option<String>,
    aliases: Option<Vec<String>>,
    related: Option<Vec<String>>,
    upstream: Option<Vec<String>>,
    summary: Option<String>,
    details: Option<String>,
    severity: Option<Vec<Score>>,
    affected: Option<Vec<AffectedPackage>>,
    references: Option<Vec<Reference>>,
    database_specific: Option<Specific>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Score {
    r#type: String,
    score: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference {
    url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AffectedPackage {
    package: Option<Package>,
    severity: Option<Vec<Score>>,
    ranges: Option<Vec<range::OsvRange>>,
    versions: Option<Vec<String>>,
    ecosystem_specific: Option<Specific>,
    database_specific: Option<Specific>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Package {
    ecosystem: String,
    name: String,
}

/// Those keys of the publishers' own objects that are facts here. Each publisher is free in
/// their types, so they are looked at one by one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Specific {
    severity: Option<Value>,
    urgency: Option<Value>,
    cwe_ids: Option<Value>,
    cwes: Option<Value>,
    informational: Option<Value>,
    derived_from: Option<Value>,
    last_known_affected_version_range: Option<Value>,
}

/// Reads one record.
pub fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    // SUSE's archive has a list of its records, `all.json`; repositories have other files too.
    match document.path.strip_suffix(".json") {
        Some(stem) if !stem.ends_with("/all") => {}
        _ => return,
    }
    let bytes = match document.bytes(LIMIT) {
        Ok(bytes) => bytes,
        Err(problem) => return emit(Item::Problem(problem)),
    };
    match serde_json::from_slice::<Record>(&bytes) {
        Ok(record) if record.id.is_empty() => {
            emit(Item::Problem(Problem::new(document.path, "no id")));
        }
        Ok(record) => {
            let place = format!("{}: {}", document.path, record.id);
            let mut problem = |what: String| emit(Item::Problem(Problem::new(&place, what)));
            if let Some(advisory) = advisory(record, &mut problem) {
                emit(Item::Advisory(Box::new(advisory)));
            }
        }
        Err(error) => emit(Item::Problem(Problem::new(
            document.path,
            format!("not an OSV record: {error}"),
        ))),
    }
}

/// The advisory of a record, none if it is about no vulnerability at all.
fn advisory(record: Record, problem: &mut dyn FnMut(String)) -> Option<Advisory> {
    let specific = record.database_specific.unwrap_or_default();
    let publisher = publishers::of(&record.id, specific.derived_from.as_ref());
    let names = Names::new(
        &record.id,
        record.aliases.unwrap_or_default(),
        record.upstream.unwrap_or_default(),
        record.related.unwrap_or_default(),
    );
    // Errata that fix bugs or add packages and name no vulnerability.
    if names.covers.is_empty() && publishers::is_bug_fix(&record.id) {
        return None;
    }
    let title = record.summary.as_deref().and_then(text::title);
    let mut advisory = Advisory {
        feed: publisher.feed.to_owned(),
        aliases: names.aliases,
        covers: names.covers,
        severity: severity_word(&specific).or_else(|| title.as_deref().and_then(title_severity)),
        title,
        details: record.details.as_deref().and_then(text::details),
        published: record.published.as_deref().and_then(date::parse),
        modified: record.modified.as_deref().and_then(date::parse),
        withdrawn: record.withdrawn.as_deref().and_then(date::parse),
        cwes: cwes(&specific),
        references: urls(record.references.unwrap_or_default()),
        id: record.id,
        ..Advisory::default()
    };
    let mut scores = Scores {
        source: publisher.assessor,
        advisory: &mut advisory,
    };
    scores.add(record.severity.unwrap_or_default());
    let statements = record.affected.unwrap_or_default().into_iter();
    let statements = statements
        .filter_map(|package| package_statement(package, &mut scores, problem))
        .collect();
    advisory.affected = merged(statements);
    informational(&mut advisory);
    Some(advisory)
}

/// Lets an advisory be informational as a whole if every package's word says so: `RustSec` has
/// the word with the package, and it decides how the advisory is shown.
fn informational(advisory: &mut Advisory) {
    let is_informational = |package: &Affected| {
        let word = package.severity.as_ref();
        word.is_some_and(|word| word.severity == Severity::Informational)
    };
    if advisory.severity.is_none() && advisory.affected.iter().all(is_informational) {
        let words = advisory.affected.iter_mut();
        advisory.severity = words.filter_map(|package| package.severity.take()).last();
    }
}

/// The vectors and words of severities, wherever the record has them.
struct Scores<'a> {
    source: &'static str,
    advisory: &'a mut Advisory,
}

impl Scores<'_> {
    fn add(&mut self, scores: Vec<Score>) {
        for Score { r#type, score } in scores {
            if r#type.starts_with("CVSS_") {
                let cvss = Cvss {
                    source: self.source.to_owned(),
                    vector: score,
                };
                if !cvss.vector.is_empty() && !self.advisory.cvss.contains(&cvss) {
                    self.advisory.cvss.push(cvss);
                }
            } else if self.advisory.severity.is_none() {
                // `Ubuntu`: the word of Ubuntu's CVE priority.
                self.advisory.severity = severity::vendor(&score);
            }
        }
    }
}

fn package_statement(
    affected: AffectedPackage,
    scores: &mut Scores<'_>,
    problem: &mut dyn FnMut(String),
) -> Option<Affected> {
    scores.add(affected.severity.unwrap_or_default());
    let database = affected.database_specific.unwrap_or_default();
    for cwe in cwes(&database) {
        if !scores.advisory.cwes.contains(&cwe) {
            scores.advisory.cwes.push(cwe);
        }
    }
    // Without a package there are only git commits.
    let package = affected.package?;
    if package.name.is_empty() || package.ecosystem.is_empty() {
        problem("an affected package without name or ecosystem".to_owned());
        return None;
    }
    let ecosystem = ecosystem::by_namespace(&package.ecosystem);
    let specific = affected.ecosystem_specific.unwrap_or_default();
    let mut statement = Affected {
        name: ecosystem.map_or_else(
            || package.name.clone(),
            |ecosystem| (ecosystem.normalize_name)(&package.name),
        ),
        namespace: namespace(package.ecosystem),
        versions: affected.versions.unwrap_or_default(),
        severity: severity_word(&specific).or_else(|| severity_word(&database)),
        ..Affected::default()
    };
    let last_known = database.last_known_affected_version_range;
    for osv_range in affected.ranges.unwrap_or_default() {
        let scheme = ecosystem.map(|ecosystem| ecosystem.scheme);
        range::intervals(osv_range, scheme, &mut statement.ranges);
    }
    if let Some(last_known) = last_known.as_ref().and_then(Value::as_str)
        && range::close_open(&mut statement.ranges, last_known)
    {
        statement.fix = FixState::NotFixed;
    }
    if statement.ranges.is_empty() && statement.versions.is_empty() {
        return None;
    }
    Some(statement)
}

/// The namespace under which systems are looked up: Debian's old releases are numbered `6.0`
/// there and `6` here.
fn namespace(ecosystem: String) -> String {
    let old = ecosystem.strip_prefix("Debian:");
    match old.and_then(|release| release.strip_suffix(".0")) {
        Some(major) if major != "3" => format!("Debian:{major}"),
        _ => ecosystem,
    }
}

/// One statement for each package: GitHub writes one for each interval.
fn merged(statements: Vec<Affected>) -> Vec<Affected> {
    let mut merged: Vec<Affected> = Vec::new();
    let mut places: HashMap<_, usize> = HashMap::new();
    for new in statements {
        let (namespace, name) = (new.namespace.clone(), new.name.clone());
        let key = (namespace, name, new.fix, new.severity.clone());
        let place = *places.entry(key).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(old) => {
                old.ranges.extend(new.ranges);
                old.versions.extend(new.versions);
            }
            None => merged.push(new),
        }
    }
    for statement in &mut merged {
        let (mut ranges, mut versions) = (HashSet::new(), HashSet::new());
        statement
            .ranges
            .retain(|range| ranges.insert(range.clone()));
        statement
            .versions
            .retain(|version| versions.insert(version.clone()));
    }
    merged
}

/// What else the vulnerability is called, and which ones a bulletin is about.
struct Names {
    aliases: Vec<String>,
    covers: Vec<String>,
}

impl Names {
    /// `upstream` names what the record was derived from: the same vulnerability if it is one
    /// (`UBUNTU-CVE-…`, `JLSEC-…`), those covered if they are several or the record is an
    /// errata (schema 1.7, "upstream field"). `related` counts only for errata: AlmaLinux lists
    /// the CVEs there.
    fn new(id: &str, aliases: Vec<String>, upstream: Vec<String>, related: Vec<String>) -> Self {
        let mut names = Self {
            aliases: Vec::new(),
            covers: Vec::new(),
        };
        let is_cve = |name: &String| name.starts_with("CVE-");
        if publishers::is_bulletin(id) {
            let (cves, others): (Vec<_>, Vec<_>) = aliases
                .into_iter()
                .chain(upstream)
                .chain(related)
                .partition(is_cve);
            names.covers = distinct(cves, id);
            let others = others
                .into_iter()
                .filter(|name| !publishers::is_bulletin(name));
            names.aliases = distinct(others, id);
            return names;
        }
        let upstream = distinct(upstream, id);
        if upstream.iter().filter(|name| is_cve(name)).count() > 1 {
            names.covers = upstream.into_iter().filter(is_cve).collect();
            names.aliases = distinct(aliases, id);
        } else {
            names.aliases = distinct(aliases.into_iter().chain(upstream), id);
        }
        names
    }
}

fn distinct(names: impl IntoIterator<Item = String>, own: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    names
        .into_iter()
        .filter(|name| !name.is_empty() && name != own && seen.insert(name.clone()))
        .collect()
}

fn urls(references: Vec<Reference>) -> Vec<String> {
    distinct(references.into_iter().map(|reference| reference.url), "")
}

/// CWE ids as strings (GitHub) or as objects with a `cweId` (records made from them).
fn cwes(specific: &Specific) -> Vec<String> {
    let lists = [&specific.cwe_ids, &specific.cwes];
    let ids = lists
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten();
    distinct(
        ids.filter_map(|id| id.as_str().or_else(|| id.get("cweId")?.as_str()))
            .map(str::to_owned),
        "",
    )
}

/// The word in a publisher's own object: GitHub's and Bitnami's `severity`, Debian's `urgency`,
/// `RustSec`'s `informational` (its advisories about crates that are merely unmaintained or
/// unsound, which `cargo audit` shows as warnings).
fn severity_word(specific: &Specific) -> Option<VendorSeverity> {
    let informational = specific.informational.as_ref().and_then(Value::as_str);
    if let Some(word) = informational.filter(|word| !word.is_empty()) {
        return Some(VendorSeverity {
            word: word.to_owned(),
            severity: Severity::Informational,
        });
    }
    let word = specific.severity.as_ref().or(specific.urgency.as_ref())?;
    severity::vendor(word.as_str()?)
}

/// The word before the colon in titles of the Red Hat family: `Important: kernel update`.
fn title_severity(title: &str) -> Option<VendorSeverity> {
    let (word, _) = title.split_once(": ")?;
    ["Critical", "Important", "Moderate", "Low"]
        .contains(&word)
        .then(|| severity::vendor(word))
        .flatten()
}
