//! SARIF 2.1.0 for code-scanning views (OASIS standard, with GitHub's `security-severity`).

use std::io::{self, Write};

use ecosystem::purl::to_purl;
use findings::{AffectedPackage, Suppression, Vulnerability};
use inventory::sbom::Listed;
use model::Severity;
use serde::Serialize;
use serde_json::{Value, json};

use super::{bare_address, pretty_json, set};
use crate::report::Report;

/// Writes one run with a rule for each vulnerability and a result for each affected package.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let vulnerabilities = &report.vulnerabilities;
    let run = Run {
        column_kind: "unicodeCodePoints",
        invocations: [json!({
            "executionSuccessful": report.inventory.complete,
            "endTimeUtc": report.scanned.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "toolExecutionNotifications": report.inventory.problems.iter().map(|problem| {
                json!({"level": "warning", "message": {"text": problem.to_string()}})
            }).collect::<Vec<_>>(),
        })],
        results: Listed(|| {
            let indexed = vulnerabilities.iter().enumerate();
            indexed.flat_map(|(index, v)| {
                let packages = v.packages.iter();
                packages.filter_map(move |p| result(report, index, v, p))
            })
        }),
        tool: Tool {
            driver: Driver {
                name: "Lynkeus",
                rules: Listed(|| vulnerabilities.iter().map(rule)),
                version: env!("CARGO_PKG_VERSION"),
            },
        },
    };
    let document = Document {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        runs: [run],
        version: "2.1.0",
    };
    pretty_json(out, &document)
}

#[derive(Serialize)]
struct Document<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [R; 1],
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R, T> {
    column_kind: &'static str,
    invocations: [Value; 1],
    results: R,
    tool: T,
}

#[derive(Serialize)]
struct Tool<R> {
    driver: Driver<R>,
}

#[derive(Serialize)]
struct Driver<R> {
    name: &'static str,
    rules: R,
    version: &'static str,
}

fn rule(vulnerability: &Vulnerability) -> Value {
    let title = vulnerability.title.as_deref().unwrap_or(&vulnerability.id);
    let mut rule = json!({
        "id": vulnerability.id,
        "shortDescription": {"text": title},
        "fullDescription": {
            "text": vulnerability.details.as_deref().unwrap_or(title),
        },
        "help": {"text": vulnerability.severity_reason},
        "defaultConfiguration": {"level": level(vulnerability.severity)},
        "properties": {
            "tags": ["security", "vulnerability"],
            "precision": "very-high",
        },
    });
    let score = vulnerability.score.as_ref().map_or_else(
        || {
            match vulnerability.severity {
                Severity::Critical => "9.0",
                Severity::High => "7.0",
                Severity::Medium => "4.0",
                Severity::Low => "0.1",
                Severity::Informational | Severity::Untriaged => "0.0",
            }
            .to_owned()
        },
        |score| format!("{:.1}", score.value),
    );
    if let Some(properties) = rule.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("security-severity".to_owned(), score.into());
    }
    let references = &vulnerability.references;
    if let Some(reference) = references.iter().find_map(|r| bare_address(r)) {
        set(&mut rule, "helpUri", json!(reference));
    }
    rule
}

fn result(
    report: &Report,
    index: usize,
    vulnerability: &Vulnerability,
    affected: &AffectedPackage,
) -> Option<Value> {
    let package = report.inventory.packages.get(affected.package)?;
    let purl = to_purl(package, report.inventory.os.as_ref());
    let fixed = affected.fixed_version.as_ref().map_or_else(
        || "no fixed version is known".to_owned(),
        |fixed| format!("fixed in {fixed}"),
    );
    let reasons = affected.matches.iter().map(|m| {
        format!(
            "{} ({}): affected {}",
            m.advisory.id, m.advisory.feed, m.reason.range
        )
    });
    let text = format!(
        "{} {} is affected by {}: {fixed}. {}",
        package.name,
        package.version,
        vulnerability.id,
        reasons.collect::<Vec<_>>().join("; "),
    );
    let path = package
        .locations
        .first()
        .map_or("", |location| location.path.as_str());
    let file = path.split("!/").next().unwrap_or(path);
    Some(json!({
        "ruleId": vulnerability.id,
        "ruleIndex": index,
        "level": level(vulnerability.severity),
        "message": {"text": text},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(file), "uriBaseId": "ROOT"},
                "region": {"startLine": 1},
            },
            "logicalLocations": [{
                "fullyQualifiedName": purl.as_deref().unwrap_or(&package.name),
                "kind": "package",
            }],
        }],
        "partialFingerprints": {
            "package/v1": format!("{}|{}", vulnerability.id, purl.as_deref().unwrap_or_default()),
        },
        "suppressions": affected.suppressed.iter().map(suppression).collect::<Vec<_>>(),
    }))
}

fn suppression(suppression: &Suppression) -> Value {
    json!({
        "kind": "external",
        "status": "accepted",
        "justification": format!("{}: {}", suppression.place, suppression.reason),
    })
}

/// A path as a relative URI reference (RFC 3986 §3.3).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                uri.push(char::from(byte));
            }
            other => {
                uri.push('%');
                let digits = [other >> 4, other & 15].map(|digit| {
                    char::from_digit(u32::from(digit), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase()
                });
                uri.extend(digits);
            }
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational | Severity::Untriaged => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("usr/lib/a b#c/é.jar"), "usr/lib/a%20b%23c/%C3%A9.jar");
    }
}
