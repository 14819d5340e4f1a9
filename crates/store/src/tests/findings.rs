//! Findings through a life: created, closed, reopened, suppressed, deleted.

use std::collections::BTreeMap;

use findings::{
    finding::{
        Details, Finding, FindingType, Observation, PackageDetails, State, VulnerablePackage,
    },
    lifecycle::{ChangeKind, Coverage, Evaluation, reconcile},
    resource::{Instance, Resource, ResourceDetails, ResourceType},
};
use model::Severity;

use crate::{Engine, Scope, expiry, keep, resources, testing::each_engine};

const DAY: i64 = 24 * 3_600 * 1_000;

pub(super) fn host() -> Resource {
    Resource {
        kind: ResourceType::AwsEc2Instance,
        id: "i-0123456789abcdef0".to_owned(),
        tags: BTreeMap::from([("team".to_owned(), "blue".to_owned())]),
        details: ResourceDetails::Instance(Instance {
            vpc: Some("vpc-1".to_owned()),
            ..Instance::default()
        }),
    }
}

pub(super) fn observation(key: &str, severity: Severity) -> Observation {
    Observation {
        key: key.to_owned(),
        kind: FindingType::PackageVulnerability,
        title: format!("{key} - openssl"),
        severity,
        severity_reason: "a test".to_owned(),
        score: None,
        risk: Vec::new(),
        vex: Vec::new(),
        fix: None,
        exploit_available: Some(false),
        vendor_severity: None,
        details: Details::Package(PackageDetails {
            vulnerability: key.to_owned(),
            packages: vec![VulnerablePackage {
                purl_type: "deb".to_owned(),
                name: "openssl".to_owned(),
                version: "1:3.0-1".to_owned(),
                arch: None,
                path: None,
                layer: None,
                of_system: true,
                fixed_version: None,
                fix_state: "not fixed".to_owned(),
                matches: Vec::new(),
            }],
        }),
    }
}

/// Evaluates the host at a day and says what changed.
pub(super) fn evaluate(
    engine: &Engine,
    day: i64,
    seen: &[Observation],
    complete: bool,
    rules: &[&str],
) -> Vec<String> {
    let scope = Scope::new("123456789012", "eu-west-1");
    let now = day * DAY;
    let changes = engine.write(|tx| {
        let stored = resources::put(tx, &scope, &host(), now)?;
        let current =
            keep::of_resource(tx, stored.number, FindingType::PackageVulnerability, None)?;
        let matching = |_: &Finding| rules.iter().map(|rule| (*rule).to_owned()).collect();
        let coverage = if complete {
            Coverage::Complete(&[FindingType::PackageVulnerability])
        } else {
            Coverage::Partial
        };
        let evaluation = Evaluation {
            account: &scope.account,
            region: &scope.region,
            resource: &stored.resource.id,
            coverage,
            now: keep::timestamp(now),
            rules: &matching,
        };
        let changes = reconcile(current, seen.to_vec(), &evaluation);
        keep::save(tx, &scope, &stored, &changes)?;
        Ok(changes)
    });
    changes
        .expect("evaluate")
        .iter()
        .map(|change| {
            let fields = match &change.kind {
                ChangeKind::Changed(fields) => format!(" {}", fields.join(",")),
                _ => String::new(),
            };
            format!(
                "{} {}{fields}",
                change.finding.observed.key,
                change.kind.name()
            )
        })
        .collect()
}

fn kept(engine: &Engine) -> Vec<(String, String, State)> {
    let rows = engine.read(|tx| keep::of_resource(tx, 1, FindingType::PackageVulnerability, None));
    let mut rows: Vec<_> = rows
        .expect("read")
        .into_iter()
        .map(|f| (f.id.to_string(), f.observed.key, f.state))
        .collect();
    rows.sort();
    rows
}

#[test]
fn a_finding_lives() {
    each_engine(|_, engine| {
        let a = observation("CVE-1", Severity::High);
        let b = observation("CVE-2", Severity::Low);
        let both = [a.clone(), b.clone()];
        assert_eq!(
            evaluate(engine, 1, &both, true, &[]),
            ["CVE-1 CREATED", "CVE-2 CREATED"]
        );
        let first = kept(engine);
        assert!(evaluate(engine, 2, &both, true, &[]).is_empty());
        assert!(
            evaluate(engine, 3, &[], false, &[]).is_empty(),
            "a partial scan closes nothing"
        );
        let only_b = [b.clone()];
        assert_eq!(evaluate(engine, 4, &only_b, true, &[]), ["CVE-1 CLOSED"]);
        assert!(evaluate(engine, 5, &only_b, true, &[]).is_empty());
        assert_eq!(evaluate(engine, 6, &both, true, &[]), ["CVE-1 REOPENED"]);
        assert_eq!(kept(engine), first, "the same ids in the same states");
        let mut worse = a.clone();
        worse.severity = Severity::Critical;
        let changed = [worse.clone(), b.clone()];
        assert_eq!(
            evaluate(engine, 7, &changed, true, &[]),
            ["CVE-1 CHANGED severity"]
        );
        assert_eq!(
            evaluate(engine, 8, &changed, true, &["rule"]),
            ["CVE-1 SUPPRESSED", "CVE-2 SUPPRESSED"]
        );
        assert_eq!(
            evaluate(engine, 9, &only_b, true, &["rule"]),
            ["CVE-1 CLOSED"]
        );
        assert_eq!(evaluate(engine, 10, &only_b, true, &[]), ["CVE-2 RELEASED"]);
        // Closed on day 9: after the seventh day it is a new finding.
        assert_eq!(evaluate(engine, 17, &changed, true, &[]), ["CVE-1 CREATED"]);
        assert_eq!(kept(engine).len(), 3);
        let expire = |day: i64| {
            engine
                .write(|tx| expiry::expire(tx, day * DAY, 100, expiry::Retention::default()))
                .expect("expire")
        };
        assert_eq!(expire(38), 0);
        assert_eq!(expire(39), 1, "thirty days after it was closed");
        assert_eq!(kept(engine).len(), 2);
    });
}

#[test]
fn every_change_has_its_event_and_history() {
    each_engine(|_, engine| {
        let a = [observation("CVE-1", Severity::High)];
        evaluate(engine, 1, &a, true, &[]);
        evaluate(engine, 2, &[], true, &[]);
        let read = |sql: &str| -> Vec<String> {
            let rows = engine.read(|tx| tx.query(sql, &[])).expect("select");
            rows.iter()
                .map(|row| row.text(0).expect("text").to_owned())
                .collect()
        };
        assert_eq!(
            read("SELECT kind FROM outbox ORDER BY id"),
            ["CREATED", "CLOSED"]
        );
        assert_eq!(
            read("SELECT status FROM finding_history ORDER BY id"),
            ["", "ACTIVE"]
        );
        assert_eq!(read("SELECT name FROM finding_packages"), ["openssl"]);
    });
}
