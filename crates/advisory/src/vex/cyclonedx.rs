//! The `vulnerabilities` of a `CycloneDX` document with an analysis
//! (<https://cyclonedx.org/docs/1.6/json/#vulnerabilities>).

use std::collections::HashMap;

use model::{VexProduct, VexStatement, VexStatus};
use serde_json::Value;

use super::{Statements, filled};
use crate::feeds::date;

pub(super) fn read(path: &str, document: &Value, read: &mut Statements) {
    let purls = purls(document);
    let metadata = document.get("metadata").unwrap_or(&Value::Null);
    let author = ["manufacturer", "manufacture", "supplier"]
        .into_iter()
        .find_map(|key| metadata.get(key))
        .map(|who| text(who, "name"))
        .or_else(|| metadata.pointer("/authors/0").map(|who| text(who, "name")))
        .unwrap_or_default();
    for (number, vulnerability) in list(document, "vulnerabilities").iter().enumerate() {
        let place = format!("{path}: vulnerability {}", number + 1);
        // A vulnerability without an analysis is a finding, not a statement about one.
        let Some(analysis) = vulnerability.get("analysis") else {
            continue;
        };
        let status = match text(analysis, "state") {
            "not_affected" | "false_positive" => VexStatus::NotAffected,
            "exploitable" => VexStatus::Affected,
            "resolved" | "resolved_with_pedigree" => VexStatus::Fixed,
            "in_triage" => VexStatus::UnderInvestigation,
            other => {
                read.problem(&place, &format!("{other} is not a state of an analysis"));
                continue;
            }
        };
        let mut ids = vec![text(vulnerability, "id").to_owned()];
        ids.extend(
            list(vulnerability, "references")
                .iter()
                .map(|reference| text(reference, "id").to_owned()),
        );
        let responses: Vec<&str> = list(analysis, "response")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        read.keep(VexStatement {
            vulnerabilities: ids,
            products: list(vulnerability, "affects")
                .iter()
                .map(|affects| VexProduct {
                    identifiers: identifiers(text(affects, "ref"), &purls),
                    subcomponents: Vec::new(),
                })
                .collect(),
            status,
            justification: filled(text(analysis, "justification")),
            impact: filled(text(analysis, "detail")),
            action: filled(text(vulnerability, "recommendation"))
                .or_else(|| filled(&responses.join(", "))),
            timestamp: [
                text(analysis, "lastUpdated"),
                text(vulnerability, "updated"),
                text(metadata, "timestamp"),
            ]
            .into_iter()
            .find_map(date::parse),
            author: author.to_owned(),
            document: text(document, "serialNumber").to_owned(),
            place,
        });
    }
}

/// The purl of each component by its `bom-ref`.
fn purls(document: &Value) -> HashMap<&str, &str> {
    let mut purls = HashMap::new();
    let mut open: Vec<&Value> = list(document, "components").iter().collect();
    open.extend(document.pointer("/metadata/component"));
    while let Some(component) = open.pop() {
        let (reference, purl) = (text(component, "bom-ref"), text(component, "purl"));
        if !reference.is_empty() && !purl.is_empty() {
            purls.insert(reference, purl);
        }
        open.extend(list(component, "components"));
    }
    purls
}

/// A reference is a `bom-ref` of this document, or a BOM-Link to one of another
/// (`urn:cdx:serial/version#bom-ref`), which is a purl in practice.
fn identifiers(reference: &str, purls: &HashMap<&str, &str>) -> Vec<String> {
    let element = match reference.strip_prefix("urn:cdx:") {
        Some(link) => link
            .split_once('#')
            .map_or(reference, |(_, element)| element),
        None => reference,
    };
    let mut names = vec![reference.to_owned()];
    if element != reference {
        names.push(element.to_owned());
    }
    if let Some(purl) = purls.get(element) {
        names.push((*purl).to_owned());
    }
    names.retain(|name| !name.is_empty());
    names.dedup();
    names
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}
