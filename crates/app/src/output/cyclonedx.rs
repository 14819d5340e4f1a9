//! CycloneDX with vulnerabilities (ECMA-424, "Vulnerability").

use std::io::{self, Write};

use findings::{
    AffectedPackage, Match, SuppressionSource, VectorScore, Vulnerability, cvss::CvssVersion,
};
use inventory::sbom::{
    Listed, Names,
    cyclonedx::{self, SYSTEM_REF, Version},
};
use model::Severity;
use serde_json::{Value, json};

use super::{address, bare_address, fix_words, pretty_json, set};
use crate::report::Report;

/// Writes the bill of materials and, about it, every vulnerability.
pub(crate) fn write(report: &Report, version: Version, out: &mut dyn Write) -> io::Result<()> {
    let inventory = &report.inventory;
    let subject = report.target.subject(report.scanned);
    let names = Names::of(inventory);
    let vulnerabilities = Listed(|| {
        let vulnerabilities = report.vulnerabilities.iter();
        vulnerabilities.flat_map(|vulnerability| entries(report, vulnerability, &names))
    });
    let document = cyclonedx::Document {
        inventory,
        names: &names,
        subject: &subject,
        version,
        about: &[],
    };
    pretty_json(out, &document.with_vulnerabilities(vulnerabilities))
}

/// One entry for the packages that count and one for those that are suppressed, since an entry
/// has a single analysis.
fn entries(report: &Report, vulnerability: &Vulnerability, names: &Names) -> Vec<Value> {
    if vulnerability.packages.is_empty() {
        let mut entry = entry(vulnerability);
        if report.inventory.os.is_some() {
            set(&mut entry, "affects", json!([{"ref": SYSTEM_REF}]));
        }
        return vec![entry];
    }
    let (suppressed, active): (Vec<_>, Vec<_>) = vulnerability
        .packages
        .iter()
        .partition(|package| !package.suppressed.is_empty());
    [active, suppressed]
        .into_iter()
        .filter(|packages| !packages.is_empty())
        .map(|packages| {
            let mut entry = entry(vulnerability);
            set(
                &mut entry,
                "affects",
                packages
                    .iter()
                    .filter_map(|p| Some(json!({"ref": names.bom_ref(p.package)?})))
                    .collect(),
            );
            set(
                &mut entry,
                "recommendation",
                json!(recommendation(report, &packages)),
            );
            if let Some(analysis) = analysis(&packages) {
                set(&mut entry, "analysis", analysis);
            }
            entry
        })
        .collect()
}

fn entry(vulnerability: &Vulnerability) -> Value {
    let matches = || vulnerability.packages.iter().flat_map(|p| &p.matches);
    let source = if let Some((name, url)) = address(&vulnerability.id) {
        json!({"name": name, "url": url})
    } else {
        let feed = matches().next().map(|m| m.advisory.feed.as_str());
        json!({"name": feed.unwrap_or("Lynkeus")})
    };
    let mut entry = json!({
        "id": vulnerability.id,
        "source": source,
        "references": references(vulnerability),
        "ratings": ratings(vulnerability),
        "cwes": cwes(&vulnerability.cwes),
        "advisories": advisories(vulnerability, matches()),
        "properties": properties(vulnerability),
    });
    for (key, value) in [
        ("description", vulnerability.title.clone()),
        ("detail", vulnerability.details.clone()),
        ("published", vulnerability.published.map(|t| t.to_string())),
        ("updated", vulnerability.modified.map(|t| t.to_string())),
    ] {
        if let Some(value) = value {
            set(&mut entry, key, json!(value));
        }
    }
    entry
}

/// The aliases, each with who gave it.
fn references(vulnerability: &Vulnerability) -> Vec<Value> {
    let reference = |id: &String| {
        let source = match address(id) {
            Some((name, url)) => json!({"name": name, "url": url}),
            None => json!({}),
        };
        json!({"id": id, "source": source})
    };
    vulnerability.aliases.iter().map(reference).collect()
}

/// The verdict first, then every other assessment.
fn ratings(vulnerability: &Vulnerability) -> Vec<Value> {
    let chosen = vulnerability.score.as_ref();
    let verdict = match chosen {
        Some(score) => json!({
            "source": {"name": score.source},
            "score": score.value,
            "severity": severity(vulnerability.severity),
            "method": method(score.version),
            "vector": score.vector,
            "justification": vulnerability.severity_reason,
        }),
        None => json!({
            "severity": severity(vulnerability.severity),
            "method": "other",
            "justification": vulnerability.severity_reason,
        }),
    };
    let is_other = |one: &&VectorScore| {
        chosen.is_none_or(|score| score.source != one.source || score.vector != one.vector)
    };
    let others = vulnerability.cvss.iter().filter(is_other).map(|one| {
        json!({
            "source": {"name": one.source},
            "score": one.base,
            "severity": severity(Severity::of_score(one.base)),
            "method": method(one.version),
            "vector": one.vector,
        })
    });
    std::iter::once(verdict).chain(others).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Informational => "info",
        Severity::Untriaged => "unknown",
    }
}

fn method(version: CvssVersion) -> &'static str {
    match version {
        CvssVersion::V2 => "CVSSv2",
        CvssVersion::V30 => "CVSSv3",
        CvssVersion::V31 => "CVSSv31",
        CvssVersion::V4 => "CVSSv4",
    }
}

/// `CWE-79` as 79.
fn cwes(cwes: &[String]) -> Vec<u32> {
    cwes.iter()
        .filter_map(|cwe| cwe.strip_prefix("CWE-")?.parse().ok())
        .filter(|number| *number > 0)
        .collect()
}

fn advisories<'a>(
    vulnerability: &Vulnerability,
    matches: impl Iterator<Item = &'a Match>,
) -> Vec<Value> {
    let mut advisories: Vec<(Option<&str>, String)> = matches
        .filter_map(|m| {
            let (_, url) = address(&m.advisory.id)?;
            Some((Some(m.advisory.id.as_str()), url))
        })
        .collect();
    let references = vulnerability.references.iter();
    advisories.extend(references.filter_map(|url| Some((None, bare_address(url)?.to_owned()))));
    // One of a title goes before one without.
    advisories.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    advisories.dedup_by(|later, first| later.1 == first.1);
    let advisory = |(title, url): (Option<&str>, String)| match title {
        Some(title) => json!({"title": title, "url": url}),
        None => json!({"url": url}),
    };
    advisories.into_iter().map(advisory).collect()
}

/// What ends it, package by package.
fn recommendation(report: &Report, packages: &[&AffectedPackage]) -> String {
    let mut lines: Vec<String> = packages
        .iter()
        .filter_map(|affected| {
            let package = report.inventory.packages.get(affected.package)?;
            Some(match &affected.fixed_version {
                Some(fixed) => format!("upgrade {} to {fixed}", package.name),
                None => format!("{}: {}", package.name, fix_words(affected)),
            })
        })
        .collect();
    lines.dedup();
    lines.join("; ")
}

/// The analysis of packages that are suppressed. An ignore rule decides about findings and says
/// nothing about exploitability, so it gives no state.
fn analysis(packages: &[&AffectedPackage]) -> Option<Value> {
    let suppression = packages
        .iter()
        .find_map(|package| package.suppressed.first())?;
    let detail = format!("{}: {}", suppression.place, suppression.reason);
    Some(match suppression.source {
        SuppressionSource::Idle => json!({
            "state": "not_affected", "justification": "code_not_reachable", "detail": suppression.reason,
        }),
        SuppressionSource::IgnoreFile => json!({"detail": detail}),
        SuppressionSource::Vex if suppression.reason.starts_with("fixed") => {
            json!({"state": "resolved", "detail": detail})
        }
        SuppressionSource::Vex => json!({"state": "not_affected", "detail": detail}),
    })
}

fn properties(vulnerability: &Vulnerability) -> Vec<Value> {
    let property =
        |name: &str, value: String| json!({"name": format!("lynkeus:{name}"), "value": value});
    let mut properties = Vec::new();
    if let Some(epss) = vulnerability.epss {
        properties.push(property("epss:score", epss.score.to_string()));
        properties.push(property("epss:percentile", epss.percentile.to_string()));
    }
    if let Some(kev) = &vulnerability.kev {
        properties.push(property("kev:dateAdded", kev.date_added.clone()));
    }
    if vulnerability.exploit_known {
        properties.push(property("exploitKnown", "true".to_owned()));
    }
    properties
}
