//! The service's flow over advisory databases, on both engines.

use std::{collections::BTreeMap, path::Path};

use advisory::{
    database::{BuildOptions, Builder, Database},
    feed::Item,
};
use clap::Parser as _;
use findings::{
    criteria::Criteria,
    finding::{FindingType, State},
    resource::{Instance, Resource, ResourceDetails, ResourceType},
};
use model::{
    Advisory, Affected, Cvss, Epss, Facts, Inventory, OperatingSystem, Package, PurlType, Range,
    RangeEnd, SourcePackage, Timestamp,
};
use store::{
    Engine, Scope, keep,
    rules::{self, Action, Definition},
    testing::each_engine,
};

use super::{
    ingest::{Submission, ingest},
    rematch::{Rematched, rematch},
    rules::release_expired,
    worker::Service,
};
use crate::{
    cli::{Cli, Command},
    configuration::Configuration,
};

mod environment;

const DAY: i64 = 24 * 3_600;

/// A database of advisories, each `id package fixed-version`, and of facts, `id vector epss`.
pub(super) fn database(
    advisories: &[(&str, &str, &str)],
    facts: &[(&str, &str, f32)],
) -> Database<Vec<u8>> {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for (id, name, fixed) in advisories {
        builder.add(Item::Advisory(Box::new(Advisory {
            id: (*id).to_owned(),
            feed: "debian-tracker".to_owned(),
            affected: vec![Affected {
                namespace: "Debian:12".to_owned(),
                name: (*name).to_owned(),
                ranges: vec![Range {
                    introduced: None,
                    end: RangeEnd::Fixed((*fixed).to_owned()),
                }],
                ..Affected::default()
            }],
            ..Advisory::default()
        })));
    }
    for (id, vector, epss) in facts {
        builder.add(Item::Facts(Box::new(Facts {
            id: (*id).to_owned(),
            feed: "nvd".to_owned(),
            cvss: vec![Cvss {
                source: "NVD".to_owned(),
                vector: (*vector).to_owned(),
            }],
            epss: Some(Epss {
                score: *epss,
                percentile: 0.5,
            }),
            ..Facts::default()
        })));
    }
    Database::open(builder.finish().expect("build")).expect("open")
}

/// A service over a store and a data directory, which does not look at this machine.
pub(super) fn service(store: &str, data: &Path) -> Service {
    let data = data.to_str().expect("a path in UTF-8");
    let words = [
        "lynkeus",
        "--data-dir",
        data,
        "up",
        "--no-host",
        "--store",
        store,
    ];
    let cli = Cli::parse_from(words);
    let Command::Up(arguments) = &cli.command else {
        panic!("another command than up");
    };
    let configuration = Configuration::read(&cli, arguments).expect("a configuration");
    Service::open(&configuration).expect("open the service")
}

fn inventory(packages: &[(&str, &str, &str)]) -> Inventory {
    let package = |(name, source, version): &(&str, &str, &str)| {
        let mut package = Package::new(PurlType::new("deb"), *name, *version);
        package.source = Some(SourcePackage {
            name: (*source).to_owned(),
            version: (*version).to_owned(),
        });
        package
    };
    Inventory {
        os: Some(OperatingSystem {
            id: "debian".to_owned(),
            version_id: "12".to_owned(),
            pretty_name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            ..OperatingSystem::default()
        }),
        packages: packages.iter().map(package).collect(),
        complete: true,
        ..Inventory::default()
    }
}

fn host(id: &str) -> Resource {
    Resource {
        kind: ResourceType::AwsEc2Instance,
        id: id.to_owned(),
        tags: BTreeMap::new(),
        details: ResourceDetails::Instance(Instance::default()),
    }
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(day * DAY).expect("a day")
}

/// Submits a host's packages on a day and says what changed.
pub(super) fn submit(
    engine: &Engine,
    id: &str,
    packages: &[(&str, &str, &str)],
    database: &Database<Vec<u8>>,
    day: i64,
) -> String {
    let resource = host(id);
    let inventory = inventory(packages);
    let submission = Submission {
        resource: &resource,
        inventory: &inventory,
        declared: false,
        scan_mode: None,
    };
    let scope = Scope::new("123456789012", "eu-west-1");
    let changed = ingest(engine, &scope, &submission, database, at(day)).expect("ingest");
    let words: Vec<String> = changed
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    words.join(", ")
}

/// `title state` of every finding of the host with this number, sorted.
fn findings(engine: &Engine, number: i64) -> Vec<String> {
    let found = engine
        .read(|tx| keep::of_resource(tx, number, FindingType::PackageVulnerability, None))
        .expect("read");
    let mut words: Vec<String> = found
        .iter()
        .map(|f| format!("{} {}", f.observed.title, f.state.name()))
        .collect();
    words.sort();
    words
}

const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
const LOW: &str = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N";

#[test]
fn an_upgrade_closes_and_a_downgrade_reopens() {
    each_engine(|_, engine| {
        let database = database(
            &[("CVE-1", "openssl", "3.0.2"), ("CVE-2", "zlib", "1.3")],
            &[("CVE-1", HIGH, 0.1)],
        );
        let old = [
            ("libssl3", "openssl", "3.0.1"),
            ("openssl", "openssl", "3.0.1"),
            ("zlib1g", "zlib", "1.2"),
        ];
        assert_eq!(submit(engine, "i-1", &old, &database, 1), "CREATED 2");
        assert_eq!(
            findings(engine, 1),
            ["CVE-1 - libssl3, openssl ACTIVE", "CVE-2 - zlib1g ACTIVE"]
        );
        assert_eq!(submit(engine, "i-1", &old, &database, 2), "");
        let new = [
            ("libssl3", "openssl", "3.0.2"),
            ("openssl", "openssl", "3.0.2"),
            ("zlib1g", "zlib", "1.2"),
        ];
        assert_eq!(submit(engine, "i-1", &new, &database, 3), "CLOSED 1");
        assert_eq!(submit(engine, "i-1", &old, &database, 4), "REOPENED 1");
        assert_eq!(findings(engine, 1).len(), 2);
        let half = [
            ("libssl3", "openssl", "3.0.2"),
            ("openssl", "openssl", "3.0.1"),
            ("zlib1g", "zlib", "1.2"),
        ];
        assert_eq!(submit(engine, "i-1", &half, &database, 5), "CHANGED 1");
        assert_eq!(findings(engine, 1)[0], "CVE-1 - openssl ACTIVE");
    });
}

#[test]
fn a_new_generation_touches_what_it_changes_and_nothing_else() {
    each_engine(|_, engine| {
        let first = database(
            &[("CVE-1", "openssl", "3.0.2"), ("CVE-3", "bash", "6")],
            &[("CVE-1", HIGH, 0.1), ("CVE-3", LOW, 0.1)],
        );
        let ssl = [("openssl", "openssl", "3.0.1"), ("bash", "bash", "5")];
        let zlib = [("zlib1g", "zlib", "1.2"), ("bash", "bash", "5")];
        let none: Option<&Database<Vec<u8>>> = None;
        rematch(engine, none, &first, at(1)).expect("the first");
        assert_eq!(submit(engine, "i-1", &ssl, &first, 1), "CREATED 2");
        assert_eq!(submit(engine, "i-2", &zlib, &first, 1), "CREATED 1");

        // CVE-1 is withdrawn, CVE-2 is new, CVE-3 gets another score, and EPSS moves.
        let second = database(
            &[("CVE-2", "zlib", "1.3"), ("CVE-3", "bash", "6")],
            &[("CVE-1", HIGH, 0.9), ("CVE-3", HIGH, 0.9)],
        );
        let done = rematch(engine, Some(&first), &second, at(2)).expect("the second");
        let expected = Rematched {
            names: 2,
            versions: 2,
            pairs: 4,
            changes: 4,
        };
        assert_eq!(done, expected);
        assert_eq!(
            findings(engine, 1),
            ["CVE-1 - openssl CLOSED", "CVE-3 - bash ACTIVE"]
        );
        assert_eq!(
            findings(engine, 2),
            ["CVE-2 - zlib1g ACTIVE", "CVE-3 - bash ACTIVE"]
        );
        let again = rematch(engine, Some(&first), &second, at(2)).expect("again");
        assert_eq!(again.changes, 0, "the same generation again");

        // EPSS alone evaluates nothing.
        let third = database(
            &[("CVE-2", "zlib", "1.3"), ("CVE-3", "bash", "6")],
            &[("CVE-1", HIGH, 0.9), ("CVE-3", HIGH, 0.5)],
        );
        let done = rematch(engine, Some(&second), &third, at(3)).expect("the third");
        assert_eq!((done.pairs, done.changes), (0, 0));
        let row =
            engine.read(|tx| tx.first("SELECT epss FROM vulnerabilities WHERE id = 'CVE-3'", &[]));
        let row = row.expect("select").expect("a row");
        assert_eq!(row.optional_real(0).expect("a number"), Some(0.5));
    });
}

#[test]
fn a_process_with_an_old_database_may_not_write() {
    each_engine(|_, engine| {
        let old = database(&[("CVE-1", "openssl", "3.0.2")], &[]);
        let new = database(&[("CVE-1", "openssl", "3.0.3")], &[]);
        rematch(engine, None::<&Database<Vec<u8>>>, &new, at(1)).expect("rematch");
        let resource = host("i-1");
        let inventory = inventory(&[("openssl", "openssl", "3.0.1")]);
        let submission = Submission {
            resource: &resource,
            inventory: &inventory,
            declared: false,
            scan_mode: None,
        };
        let scope = Scope::new("123456789012", "eu-west-1");
        let refused = ingest(engine, &scope, &submission, &old, at(1)).expect_err("stale");
        assert!(refused.to_string().contains("another advisory database"));
        ingest(engine, &scope, &submission, &new, at(1)).expect("the new one");
    });
}

#[test]
fn a_partial_inventory_closes_nothing() {
    each_engine(|_, engine| {
        let database = database(&[("CVE-1", "openssl", "3.0.2")], &[]);
        submit(
            engine,
            "i-1",
            &[("openssl", "openssl", "3.0.1")],
            &database,
            1,
        );
        let resource = host("i-1");
        let partial = Inventory {
            complete: false,
            ..inventory(&[])
        };
        let submission = Submission {
            resource: &resource,
            inventory: &partial,
            declared: false,
            scan_mode: None,
        };
        let scope = Scope::new("123456789012", "eu-west-1");
        let changed = ingest(engine, &scope, &submission, &database, at(2)).expect("ingest");
        assert!(changed.is_empty());
        let kept = engine
            .read(|tx| keep::of_resource(tx, 1, FindingType::PackageVulnerability, None))
            .expect("read");
        assert_eq!(kept[0].state, State::Active);
    });
}

#[test]
fn a_rule_hides_findings_that_are_born_and_releases_them() {
    each_engine(|_, engine| {
        let database = database(
            &[("CVE-1", "openssl", "3.0.2"), ("CVE-2", "zlib", "1.3")],
            &[("CVE-1", HIGH, 0.5)],
        );
        let criteria = serde_json::json!({"epssScore": [{"upperInclusive": 0.6}]});
        let definition = Definition {
            name: "unlikely".to_owned(),
            action: Action::Suppress,
            criteria: Criteria::from_json(&criteria).expect("criteria"),
            description: None,
            reason: None,
            expires_at: Some(at(5).as_millisecond()),
            until_fixed: false,
        };
        let scope = Scope::new("123456789012", "eu-west-1");
        let none = BTreeMap::new();
        engine
            .write(|tx| rules::create(tx, &scope, &definition, &none, 0))
            .expect("create");
        let old = [("openssl", "openssl", "3.0.1"), ("zlib1g", "zlib", "1.2")];
        assert_eq!(submit(engine, "i-1", &old, &database, 1), "CREATED 2");
        let hidden = ["CVE-1 - openssl SUPPRESSED", "CVE-2 - zlib1g ACTIVE"];
        assert_eq!(findings(engine, 1), hidden);
        let release = |day| release_expired(engine, at(day)).expect("release");
        assert_eq!((release(4), release(5), release(6)), (0, 1, 0));
        let shown = ["CVE-1 - openssl ACTIVE", "CVE-2 - zlib1g ACTIVE"];
        assert_eq!(findings(engine, 1), shown);
    });
}
