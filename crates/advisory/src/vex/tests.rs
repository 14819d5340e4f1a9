//! One document of each format.

use std::io::Cursor;

use super::read;

fn check(document: &str, expected: &[&str]) {
    let read = read("v.json", &mut Cursor::new(document));
    let mut lines: Vec<String> = read
        .statements
        .iter()
        .map(|s| {
            let products: Vec<String> = s
                .products
                .iter()
                .map(|p| format!("{}[{}]", p.identifiers.join("="), p.subcomponents.join(" ")))
                .collect();
            format!(
                "{} {:?} {} why={} impact={} action={} at={} by={} in={}",
                s.vulnerabilities.join(","),
                s.status,
                products.join(" "),
                s.justification.as_deref().unwrap_or("-"),
                s.impact.as_deref().unwrap_or("-"),
                s.action.as_deref().unwrap_or("-"),
                s.timestamp.map(|t| t.to_string()).unwrap_or_default(),
                s.author,
                s.document,
            )
        })
        .collect();
    lines.extend(read.problems.iter().map(|p| format!("! {p}")));
    assert_eq!(lines, expected, "{document}");
}

/// The first document is the example of the specification 0.2.0, section "Example", with other
/// values; the second has the shape of 0.0.1.
#[test]
fn openvex() {
    check(
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://e.org/vex-1",
            "author": "Ann", "timestamp": "2023-01-08T18:02:03Z", "version": 1, "statements": [
            {"vulnerability": {"@id": "https://nvd/CVE-2014-123456", "name": "CVE-2014-123456",
                               "aliases": ["GHSA-1"]},
             "products": [{"@id": "pkg:oci/app@sha256:1", "identifiers": {"cpe23": "cpe:2.3:a:b"},
                           "subcomponents": [{"@id": "pkg:apk/alpine/zlib@1"}]}],
             "status": "not_affected", "justification": "vulnerable_code_not_present",
             "impact_statement": "removed"},
            {"vulnerability": {"name": "CVE-1"}, "products": [], "status": "fixed"},
            {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "p"}], "status": "fine"},
            {"vulnerability": 7, "status": "fixed"},
            {"vulnerability": {"name": "CVE-2"}, "products": [{"@id": "p"}], "status": "affected",
             "action_statement": "update", "timestamp": "2024-01-01T00:00:00Z"}]}"#,
        &[
            "CVE-2014-123456,GHSA-1 NotAffected \
             pkg:oci/app@sha256:1=cpe:2.3:a:b[pkg:apk/alpine/zlib@1] \
             why=vulnerable_code_not_present impact=removed action=- at=2023-01-08T18:02:03Z \
             by=Ann in=https://e.org/vex-1",
            "CVE-2 Affected p[] why=- impact=- action=update at=2024-01-01T00:00:00Z by=Ann \
             in=https://e.org/vex-1",
            "! v.json: statement 2: the statement names no product",
            "! v.json: statement 3: fine is not a status",
            "! v.json: statement 4: is not OpenVEX: data did not match any variant of untagged \
             enum Vulnerability",
        ],
    );
    check(
        r#"{"@context": "https://openvex.dev/ns", "@id": "x", "author": "A",
            "timestamp": "2023-01-08T18:02:03.6-06:00", "statements": [
            {"vulnerability": "CVE-2023-12345", "status": "under_investigation",
             "products": ["pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64", "pkg:apk/wolfi/git@2"],
             "subcomponents": ["pkg:golang/x@1"]}]}"#,
        &["CVE-2023-12345 UnderInvestigation \
             pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64[pkg:golang/x@1] \
             pkg:apk/wolfi/git@2[pkg:golang/x@1] why=- impact=- action=- \
             at=2023-01-09T00:02:03.6Z by=A in=x"],
    );
}

#[test]
fn csaf() {
    check(
        r#"{"document": {"category": "csaf_vex", "title": "t", "publisher": {"name": "Acme"},
              "tracking": {"id": "ACME-1", "current_release_date": "2022-03-03T11:00:00Z"}},
            "product_tree": {"branches": [{"category": "vendor", "name": "Acme", "branches": [
                {"category": "product_version", "name": "4.2", "product": {"product_id": "P",
                 "name": "ABC", "product_identification_helper": {"purl": "pkg:oci/abc"}}},
                {"category": "product_version", "name": "lib", "product": {"product_id": "L",
                 "name": "lib", "product_identification_helper": {"purl": "pkg:npm/lib"}}}]}],
              "relationships": [{"category": "default_component_of", "product_reference": "L",
                "relates_to_product_reference": "P",
                "full_product_name": {"product_id": "P:L", "name": "lib in ABC"}}]},
            "vulnerabilities": [{"cve": "CVE-2021-44228",
              "product_status": {"known_not_affected": ["P:L", "Q"], "fixed": ["P"]},
              "flags": [{"label": "component_not_present", "product_ids": ["P:L"]}],
              "remediations": [{"category": "vendor_fix", "details": "Update", "product_ids": ["P"]}],
              "threats": [{"category": "impact", "details": "no JNDI", "product_ids": ["P:L"]}]}]}"#,
        &[
            "CVE-2021-44228 NotAffected pkg:oci/abc[pkg:npm/lib] why=component_not_present \
             impact=no JNDI action=- at=2022-03-03T11:00:00Z by=Acme in=ACME-1",
            "CVE-2021-44228 Fixed pkg:oci/abc[] why=- impact=- action=Update \
             at=2022-03-03T11:00:00Z by=Acme in=ACME-1",
            "! v.json: vulnerability 1: product Q is not in the product tree",
        ],
    );
}

#[test]
fn cyclonedx() {
    check(
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:1",
            "metadata": {"timestamp": "2022-03-03T00:00:00Z", "supplier": {"name": "Acme"}},
            "components": [{"bom-ref": "a", "purl": "pkg:npm/a@1",
                            "components": [{"bom-ref": "b", "purl": "pkg:npm/b@1"}]}],
            "vulnerabilities": [
              {"id": "SNYK-1", "references": [{"id": "CVE-2020-25649"}],
               "analysis": {"state": "not_affected", "justification": "code_not_reachable",
                            "response": ["will_not_fix", "update"], "detail": "why"},
               "affects": [{"ref": "b"}, {"ref": "urn:cdx:u/1#pkg:npm/c@1"}]},
              {"id": "CVE-1", "affects": [{"ref": "a"}]},
              {"id": "CVE-2", "analysis": {"state": "odd"}, "affects": [{"ref": "a"}]}]}"#,
        &[
            "SNYK-1,CVE-2020-25649 NotAffected b=pkg:npm/b@1[] \
             urn:cdx:u/1#pkg:npm/c@1=pkg:npm/c@1[] why=code_not_reachable impact=why \
             action=will_not_fix, update at=2022-03-03T00:00:00Z by=Acme in=urn:uuid:1",
            "! v.json: vulnerability 3: odd is not a state of an analysis",
        ],
    );
}

#[test]
fn other_documents() {
    check(
        "{",
        &["! v.json: is not JSON: EOF while parsing an object at line 1 column 1"],
    );
    check(
        "[]",
        &["! v.json: is neither OpenVEX nor CSAF nor CycloneDX"],
    );
    check(
        r#"{"document": {}}"#,
        &["! v.json: is not CSAF: missing field `tracking`"],
    );
    check(
        r#"{"statements": 1}"#,
        &["! v.json: the statements are not a list"],
    );
}
