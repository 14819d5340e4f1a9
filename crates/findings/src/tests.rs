//! Folding, severity and suppression on small cases.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    Cvss, Detection, Facts, FixState, Inventory, Layer, Location, MatchReason, Package, PurlType,
    Severity, VendorSeverity, VexProduct, VexStatement, VexStatus,
};

use crate::{
    AdvisorySummary, Matched, Status, Vulnerability,
    environment::{Environment, Follows},
    exposure::Exposure,
    fold::{Known, fold},
    observe::package_observation,
    remedy::upgrades,
    severity::derive,
    suppress::{IgnoreRule, ignore, matches},
    vex::{self, Identify},
};

fn advisory(feed: &str, vectors: &[(&str, &str)], word: Option<&str>) -> AdvisorySummary {
    AdvisorySummary {
        id: "A-1".to_owned(),
        feed: feed.to_owned(),
        title: None,
        severity: word.map(|word| VendorSeverity {
            word: word.to_owned(),
            severity: Severity::parse(word).unwrap_or(Severity::Untriaged),
        }),
        cvss: vectors
            .iter()
            .map(|(source, vector)| cvss(source, vector))
            .collect(),
        references: Vec::new(),
    }
}

fn cvss(source: &str, vector: &str) -> Cvss {
    Cvss {
        source: source.to_owned(),
        vector: vector.to_owned(),
    }
}

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const LOW: &str = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N";
const V2: &str = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
const V4: &str = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";

#[test]
fn severity_follows_the_first_source_in_order() {
    let nvd = [cvss("NVD", CRITICAL)];
    let rows: [(AdvisorySummary, &[Cvss], Severity, &str); 8] = [
        (
            advisory("redhat-vex", &[("REDHAT_CVE", LOW)], None),
            &nvd,
            Severity::Low,
            "REDHAT_CVE",
        ),
        (
            advisory("ghsa", &[("GITHUB", LOW)], None),
            &nvd,
            Severity::Critical,
            "NVD",
        ),
        (
            advisory("ghsa", &[("GITHUB", LOW)], None),
            &[],
            Severity::Low,
            "GITHUB",
        ),
        (
            advisory("go", &[], None),
            &[cvss("NVD", V2)],
            Severity::High,
            "CVSS 2.0",
        ),
        (
            advisory("go", &[("GO", V4)], None),
            &[],
            Severity::Untriaged,
            "no score",
        ),
        (
            advisory("osv", &[("X", V4)], Some("HIGH")),
            &[],
            Severity::High,
            "calls it HIGH",
        ),
        (
            advisory("rustsec", &[("RUSTSEC", CRITICAL)], Some("INFORMATIONAL")),
            &[],
            Severity::Informational,
            "calls it INFORMATIONAL",
        ),
        (
            advisory("rustsec", &[("RUSTSEC", CRITICAL)], Some("INFORMATIONAL")),
            &[cvss("NVD", LOW)],
            Severity::Low,
            "NVD",
        ),
    ];
    for (advisory, facts, severity, reason) in rows {
        let derived = derive(&[&advisory], &words(&advisory), facts);
        assert_eq!(derived.severity, severity, "{}", derived.reason);
        assert!(derived.reason.contains(reason), "{}", derived.reason);
    }
}

fn words(advisory: &AdvisorySummary) -> Vec<(&str, &VendorSeverity)> {
    let word = advisory.severity.as_ref();
    word.map(|word| (advisory.feed.as_str(), word))
        .into_iter()
        .collect()
}

fn folded(packages: &[(&str, &str)], rows: &[(usize, u32, Option<&str>)]) -> Case {
    let inventory = Inventory {
        packages: packages
            .iter()
            .map(|(name, version)| Package::new(PurlType::new("pypi"), *name, *version))
            .collect(),
        ..Inventory::default()
    };
    let summary = Arc::new(advisory("pypa", &[], None));
    let matched: Vec<_> = rows
        .iter()
        .map(|(package, vulnerability, fixed)| Matched {
            detection: Detection {
                package: *package,
                advisory: *vulnerability,
                fixed_version: fixed.map(str::to_owned),
                fix: FixState::NotFixed,
                severity: None,
                reason: MatchReason {
                    namespace: "PyPI".to_owned(),
                    name: String::new(),
                    version: String::new(),
                    via_source: false,
                    scheme: "PEP 440",
                    range: String::new(),
                },
            },
            advisory: Arc::clone(&summary),
            vulnerabilities: vec![*vulnerability],
        })
        .collect();
    let known: BTreeMap<_, _> = rows
        .iter()
        .map(|(_, number, _)| {
            let facts = Facts {
                id: format!("CVE-{number}"),
                ..Facts::default()
            };
            (
                *number,
                Known {
                    facts,
                    aliases: vec![format!("PYSEC-{number}")],
                },
            )
        })
        .collect();
    let vulnerabilities = fold(&inventory, &matched, &known, &|_, a, b| a.cmp(b));
    Case {
        inventory,
        vulnerabilities,
    }
}

struct Case {
    inventory: Inventory,
    vulnerabilities: Vec<Vulnerability>,
}

#[test]
fn packages_of_one_vulnerability_fold_and_the_best_upgrade_is_named() {
    let case = folded(
        &[("a", "1"), ("b", "1")],
        &[
            (0, 1, Some("2")),
            (0, 1, Some("3")),
            (0, 2, Some("2")),
            (1, 3, None),
            (1, 1, Some("4")),
        ],
    );
    let ids: Vec<_> = case.vulnerabilities.iter().map(|v| v.id.as_str()).collect();
    assert_eq!(ids, ["CVE-1", "CVE-2", "CVE-3"]);
    let first = &case.vulnerabilities[0];
    assert_eq!(first.packages.len(), 2);
    assert_eq!(first.packages[0].fixed_version.as_deref(), Some("3"));
    assert!(!case.vulnerabilities[2].is_fixable());
    let best = upgrades(&case.inventory, &case.vulnerabilities, &|_, a, b| a.cmp(b));
    assert_eq!(best.len(), 1, "only CVE-2 ends by one upgrade");
    assert_eq!(
        (best[0].name.as_str(), best[0].to.as_str(), best[0].total()),
        ("a", "2", 1)
    );
}

#[test]
fn what_is_too_long_for_a_digest_is_no_layer() {
    let mut case = folded(&[("a", "1")], &[(0, 1, None)]);
    case.inventory.packages[0].locations.push(Location {
        path: "a".to_owned(),
        layer: Some(0),
    });
    let environment = Environment {
        exposure: &Exposure::default(),
        follows: Follows::default(),
    };
    for (length, kept) in [(135, true), (200, true), (201, false), (100_000, false)] {
        case.inventory.layers = vec![Layer {
            diff_id: Some("f".repeat(length)),
            ..Layer::default()
        }];
        let observed = package_observation(
            &case.vulnerabilities[0],
            &case.inventory,
            &environment,
            &|_| false,
        );
        assert_eq!(observed.packages()[0].layer.is_some(), kept, "{length}");
    }
}

#[test]
fn an_ignore_rule_suppresses_until_it_expires() {
    let rule = IgnoreRule {
        id: Some("pysec-1".to_owned()),
        package: Some("a*".to_owned()),
        until: Some("2026-06-30".to_owned()),
        reason: "not reachable".to_owned(),
        ..IgnoreRule::default()
    };
    for (today, status) in [
        ("2026-06-30", Status::Suppressed),
        ("2026-07-01", Status::Active),
    ] {
        let mut case = folded(&[("abc", "1")], &[(0, 1, None)]);
        ignore(
            &mut case.vulnerabilities,
            &case.inventory,
            std::slice::from_ref(&rule),
            today,
        );
        assert_eq!(case.vulnerabilities[0].status, status, "{today}");
    }
}

#[test]
fn a_star_stands_for_any_characters() {
    for (pattern, text, expected) in [
        ("CVE-2024-*", "cve-2024-1", true),
        ("*ssl*", "libopenssl3", true),
        ("a*b*c", "a-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("ab*ba", "aba", false),
        ("abc", "abcd", false),
        ("*", "", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}

/// Packages are named by their bare names, the target by `image`.
struct Names;

impl Identify for Names {
    fn is_package(&self, identifier: &str, package: &Package) -> bool {
        identifier == package.name
    }

    fn is_target(&self, identifier: &str) -> bool {
        identifier == "image"
    }
}

#[test]
fn the_newest_vex_statement_that_applies_decides() {
    let statement = |time: &str, status, products: &[(&str, &[&str])]| VexStatement {
        vulnerabilities: vec!["PYSEC-1".to_owned()],
        products: products
            .iter()
            .map(|(product, parts)| VexProduct {
                identifiers: vec![(*product).to_owned()],
                subcomponents: parts.iter().map(|p| (*p).to_owned()).collect(),
            })
            .collect(),
        status,
        justification: Some("vulnerable_code_not_present".to_owned()),
        impact: None,
        action: None,
        timestamp: Some(format!("{time}T00:00:00Z").parse().unwrap()),
        author: "us".to_owned(),
        document: "d".to_owned(),
        place: "vex.json: statement 1".to_owned(),
    };
    let not = VexStatus::NotAffected;
    let rows = [
        (
            "the package",
            vec![statement("2026-01-01", not, &[("a", &[])])],
            [true, false],
        ),
        (
            "the whole image",
            vec![statement("2026-01-01", not, &[("image", &[])])],
            [true, true],
        ),
        (
            "a part",
            vec![statement("2026-01-01", not, &[("image", &["b"])])],
            [false, true],
        ),
        (
            "another image",
            vec![statement("2026-01-01", not, &[("x", &["b"])])],
            [false, false],
        ),
        (
            "newer says affected",
            vec![
                statement("2026-02-01", VexStatus::Affected, &[("a", &[])]),
                statement("2026-01-01", not, &[("image", &[])]),
            ],
            [false, true],
        ),
    ];
    for (what, statements, expected) in rows {
        let mut case = folded(&[("a", "1"), ("b", "1")], &[(0, 1, None), (1, 1, None)]);
        vex::apply(
            &mut case.vulnerabilities,
            &case.inventory,
            &statements,
            &Names,
        );
        let vulnerability = &case.vulnerabilities[0];
        let suppressed: Vec<_> = vulnerability
            .packages
            .iter()
            .map(|p| !p.suppressed.is_empty())
            .collect();
        assert_eq!(suppressed, expected, "{what}");
        assert_eq!(
            vulnerability.is_active(),
            expected != [true, true],
            "{what}"
        );
    }
}
