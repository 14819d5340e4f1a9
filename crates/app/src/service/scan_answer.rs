//! What `ScanSbom` answers (Inspector user guide, "Amazon Inspector Scan API"): a bill of materials
//! with the scanner's properties, or Inspector's own format.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context as _, Result};
use findings::{AffectedPackage, VectorScore, Vulnerability, cvss::CvssVersion};
use inventory::sbom::{Names, cyclonedx::Version};
use model::Severity;
use serde_json::{Map, Value, json};

use crate::{
    output::{cyclonedx, set},
    report::Report,
};

const NAMESPACE: &str = "amazon:inspector:sbom_scanner:";

/// The words that vulnerabilities are counted by; `other` is all that is less or not known.
const COUNTED: [&str; 5] = ["critical", "high", "medium", "low", "other"];

/// The bill of materials as CycloneDX 1.5 with the scanner's properties.
pub(super) fn cyclonedx(report: &Report) -> Result<Value> {
    let mut out = Vec::new();
    cyclonedx::write(report, Version::V1_5, &mut out).context("write the bill of materials")?;
    let mut document: Value = serde_json::from_slice(&out).context("read it again")?;
    let names = Names::of(&report.inventory);
    let known = active(report).map(|one| (one.id.as_str(), one)).collect();
    decorate(&mut document, &known, &names);
    let affected: BTreeSet<String> = active(report)
        .flat_map(|one| &one.packages)
        .filter_map(|one| names.bom_ref(one.package))
        .collect();
    for component in list(&mut document, "components") {
        let told = component.get("bom-ref").and_then(Value::as_str);
        let is_affected = told.is_some_and(|own| affected.contains(own));
        let is_library = component.get("type").is_some_and(|kind| kind == "library");
        if is_library && component.get("purl").is_none() {
            add(component, "warning", "Component skipped: no purl provided.");
        } else if is_library && !is_affected {
            add(
                component,
                "info",
                "Component scanned: no vulnerabilities found.",
            );
        }
    }
    if let Some(metadata) = document.get_mut("metadata") {
        for (word, count) in counts(report) {
            add(
                metadata,
                &format!("{word}_vulnerabilities"),
                &count.to_string(),
            );
        }
    }
    Ok(document)
}

/// Those that count: nothing suppresses them.
fn active(report: &Report) -> impl Iterator<Item = &Vulnerability> {
    report.vulnerabilities.iter().filter(|one| one.is_active())
}

fn list<'a>(object: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    let list = object.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten()
}

/// Adds a property of the scanner.
fn add(object: &mut Value, name: &str, value: &str) {
    let property = json!({"name": format!("{NAMESPACE}{name}"), "value": value});
    match object.get_mut("properties").and_then(Value::as_array_mut) {
        Some(properties) => properties.push(property),
        None => set(object, "properties", json!([property])),
    }
}

fn decorate(document: &mut Value, known: &HashMap<&str, &Vulnerability>, names: &Names) {
    for (number, entry) in list(document, "vulnerabilities").enumerate() {
        set(entry, "bom-ref", json!(format!("vuln-{}", number + 1)));
        if entry.get("analysis").is_none() {
            set(entry, "analysis", json!({"state": "in_triage"}));
        }
        let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
        let Some(vulnerability) = known.get(id) else {
            continue;
        };
        for (name, value) in intelligence(vulnerability) {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            add(entry, name, &text);
        }
        for package in &vulnerability.packages {
            let own = names.bom_ref(package.package);
            if let (Some(own), Some(fixed)) = (own, &package.fixed_version) {
                add(entry, &format!("fixed_version:{own}"), fixed);
            }
        }
        let rated = vulnerability.epss.map(|epss| {
            json!({"source": {"name": "EPSS"}, "score": epss.score, "severity": "none",
                   "method": "other"})
        });
        let ratings = entry.get_mut("ratings").and_then(Value::as_array_mut);
        if let (Some(ratings), Some(rated)) = (ratings, rated) {
            ratings.push(rated);
        }
    }
}

/// What is known of exploits, by the names that both formats use.
fn intelligence(vulnerability: &Vulnerability) -> Vec<(&'static str, Value)> {
    let mut told = Vec::new();
    if vulnerability.exploit_known {
        told.push(("exploit_available", json!(true)));
    }
    if let Some(kev) = &vulnerability.kev {
        told.push(("exploit_last_seen_in_public", json!(kev.date_added)));
        told.push(("cisa_kev_date_added", json!(kev.date_added)));
        told.extend(
            kev.due_date
                .iter()
                .map(|due| ("cisa_kev_date_due", json!(due))),
        );
    }
    told
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Informational | Severity::Untriaged => "other",
    }
}

fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts: BTreeMap<_, _> = COUNTED.into_iter().map(|word| (word, 0)).collect();
    for one in active(report) {
        *counts.entry(word(one.severity)).or_default() += 1;
    }
    counts
}

/// Inspector's own format.
pub(super) fn inspector(report: &Report) -> Value {
    let vulnerabilities: Vec<Value> = active(report).map(|one| entry(report, one)).collect();
    let packages = report.inventory.packages.iter();
    let skipped = packages.filter(|package| package.version.is_empty());
    let messages = skipped.map(
        |package| json!({"name": package.name, "info": "Component skipped: no version provided."}),
    );
    json!({
        "messages": messages.collect::<Vec<_>>(),
        "vulnerability_count": counts(report),
        "vulnerabilities": vulnerabilities,
    })
}

fn entry(report: &Report, one: &Vulnerability) -> Value {
    let source = crate::output::address(&one.id).map(|(name, _)| name);
    let mut properties: Map<String, Value> = intelligence(one)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let cwes = one.cwes.iter();
    let cwes = cwes.filter_map(|cwe| cwe.strip_prefix("CWE-")?.parse::<u32>().ok());
    properties.insert("cwes".to_owned(), cwes.collect());
    properties.insert("cvss".to_owned(), one.cvss.iter().map(score).collect());
    if let Some(epss) = one.epss {
        properties.insert("epss".to_owned(), json!(epss.score));
    }
    let affects = one
        .packages
        .iter()
        .filter_map(|package| affected(report, package));
    let mut told = json!({
        "id": one.id,
        "severity": word(one.severity),
        "source": source.unwrap_or("Lynkeus"),
        "related": one.aliases,
        "references": one.references,
        "properties": properties,
        "affects": affects.collect::<Vec<_>>(),
    });
    let description = one.details.clone().or_else(|| one.title.clone());
    for (name, value) in [
        ("description", description),
        ("created", one.published.map(|time| time.to_string())),
        ("updated", one.modified.map(|time| time.to_string())),
    ] {
        if let Some(value) = value {
            set(&mut told, name, json!(value));
        }
    }
    told
}

fn score(score: &VectorScore) -> Value {
    let version = match score.version {
        CvssVersion::V2 => "cvss2",
        CvssVersion::V30 | CvssVersion::V31 => "cvss3",
        CvssVersion::V4 => "cvss4",
    };
    json!({
        "source": score.source,
        "severity": word(Severity::of_score(score.base)),
        format!("{version}_base_score"): score.base,
        format!("{version}_base_vector"): score.vector,
    })
}

fn affected(report: &Report, affected: &AffectedPackage) -> Option<Value> {
    let inventory = &report.inventory;
    let package = inventory.packages.get(affected.package)?;
    let purl = ecosystem::purl::to_purl(package, inventory.os.as_ref());
    let mut told = json!({"installed_version": purl.unwrap_or_else(|| package.version.clone())});
    if let Some(fixed) = &affected.fixed_version {
        set(&mut told, "fixed_version", json!(fixed));
    }
    if let Some(location) = package.locations.first() {
        set(&mut told, "path", json!(location.path));
    }
    Some(told)
}
