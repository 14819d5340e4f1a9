//! Fills a SQLite store with findings and measures queries: `bench FILE [RESOURCES]`.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "a measurement that fails must stop and say so"
)]

use std::{collections::BTreeMap, time::Instant};

use findings::{
    criteria::Criteria,
    finding::{
        Details, Finding, FindingType, FixAvailable, InspectorScore, Observation, PackageDetails,
        PackageMatch, VulnerabilityFacts, VulnerablePackage,
    },
    lifecycle::{Coverage, Evaluation, reconcile},
    resource::{Image, Instance, Resource, ResourceDetails, ResourceType},
};
use lynkeus_store::{
    self as store, Engine, Scope, aggregate, keep,
    listing::{self, Query, Sort, SortField},
    resources,
};
use model::Severity;
use serde_json::{Value, json};

/// Findings of a resource, on average.
const EACH: usize = 20;
const VULNERABILITIES: usize = 20_000;
const NAMES: usize = 2_000;
const ROUNDS: usize = 30;

/// A number below `end`, the same for the same seed; low numbers are far more frequent.
fn skewed(seed: usize, end: usize) -> usize {
    let unit = uniform(seed, 1 << 20) as f64 / f64::from(1 << 20);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "below `end`"
    )]
    let number = (unit * unit * unit * end as f64) as usize;
    number.min(end - 1)
}

fn uniform(seed: usize, end: usize) -> usize {
    let mut z = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) % end as u64).unwrap_or(0)
}

fn vulnerability(number: usize) -> String {
    format!("CVE-{}-{number}", 2015 + number % 11)
}

fn resource(number: usize) -> Resource {
    let (kind, id, details) = if number.is_multiple_of(10) {
        let instance = Instance {
            image_id: Some(format!("ami-{}", number % 300)),
            vpc: Some(format!("vpc-{}", number % 50)),
            platform: Some("DEBIAN_12".to_owned()),
            ..Instance::default()
        };
        let id = format!("i-{number:017x}");
        (
            ResourceType::AwsEc2Instance,
            id,
            ResourceDetails::Instance(instance),
        )
    } else {
        let repository = format!("team-{}/service-{}", number % 40, number % 1_000);
        let image = Image {
            registry: "123456789012".to_owned(),
            digest: format!("sha256:{number:064x}"),
            tags: vec![format!("v{}", number % 20)],
            architecture: Some("amd64".to_owned()),
            pushed_at: Some(1_700_000_000_000 + number as i64),
            repository,
            ..Image::default()
        };
        let id = format!(
            "arn:aws:ecr:eu-west-1:123456789012:repository/{}/{}",
            image.repository, image.digest
        );
        (
            ResourceType::AwsEcrContainerImage,
            id,
            ResourceDetails::Image(image),
        )
    };
    let tags = BTreeMap::from([("team".to_owned(), format!("{}", number % 40))]);
    Resource {
        kind,
        id,
        tags,
        details,
    }
}

fn observation(resource: usize, nth: usize) -> Observation {
    let number = skewed(resource * 1_000 + nth, VULNERABILITIES);
    let id = vulnerability(number);
    let name = format!("lib{}", skewed(number, NAMES));
    let value = uniform(number, 100) as f64 / 10.0;
    Observation {
        key: id.clone(),
        kind: FindingType::PackageVulnerability,
        title: format!("{id} - {name}"),
        severity: Severity::of_score(value),
        severity_reason: "base score".to_owned(),
        risk: Vec::new(),
        score: Some(InspectorScore {
            value,
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N".to_owned(),
            version: "3.1".to_owned(),
            source: "NVD".to_owned(),
            base: value,
            base_vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N".to_owned(),
            adjustments: Vec::new(),
        }),
        fix: Some(if number.is_multiple_of(3) {
            FixAvailable::No
        } else {
            FixAvailable::Yes
        }),
        exploit_available: Some(number.is_multiple_of(20)),
        vendor_severity: Some("medium".to_owned()),
        details: Details::Package(PackageDetails {
            vulnerability: id.clone(),
            packages: vec![VulnerablePackage {
                purl_type: "deb".to_owned(),
                name: name.clone(),
                version: "1:3.0-1".to_owned(),
                arch: Some("amd64".to_owned()),
                path: Some("var/lib/dpkg/status".to_owned()),
                layer: Some(format!("sha256:{:064x}", resource % 100)),
                of_system: true,
                fixed_version: None,
                fix_state: "not fixed".to_owned(),
                matches: vec![PackageMatch {
                    advisory: id,
                    feed: "debian-tracker".to_owned(),
                    namespace: "Debian:12".to_owned(),
                    name,
                    version: "1:3.0-1".to_owned(),
                    via_source: true,
                    scheme: "deb".to_owned(),
                    range: "< 1:3.0-2".to_owned(),
                    fixed_version: None,
                }],
            }],
        }),
    }
}

fn fill(engine: &Engine, scope: &Scope, resources_wanted: usize) {
    let facts: Vec<_> = (0..VULNERABILITIES)
        .map(|number| {
            let facts = VulnerabilityFacts {
                id: vulnerability(number),
                ..VulnerabilityFacts::default()
            };
            (facts, Some(uniform(number, 1_000) as f64 / 1_000.0))
        })
        .collect();
    engine
        .write(|tx| keep::put_facts(tx, &facts))
        .expect("facts");
    let started = Instant::now();
    let mut written = 0;
    let numbers: Vec<usize> = (0..resources_wanted).collect();
    for chunk in numbers.chunks(500) {
        written += engine
            .write(|tx| {
                let mut written = 0;
                for number in chunk {
                    let now = 1_700_000_000_000 + *number as i64 * 60_000;
                    let stored = resources::put(tx, scope, &resource(*number), now)?;
                    let seen = (0..EACH).map(|nth| observation(*number, nth)).collect();
                    let evaluation = Evaluation {
                        account: &scope.account,
                        region: &scope.region,
                        resource: &stored.resource.id,
                        coverage: Coverage::Complete(&FindingType::ALL),
                        now: keep::timestamp(now),
                        rules: &|_: &Finding| Vec::new(),
                    };
                    let changes = reconcile(Vec::new(), seen, &evaluation);
                    written += changes.len();
                    keep::save(tx, scope, &stored, &changes)?;
                }
                Ok(written)
            })
            .expect("fill");
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "filled: {written} findings, {:.0}/s",
        written as f64 / seconds
    );
}

/// Runs a query and prints the median and the slowest.
fn measure(name: &str, mut run: impl FnMut(usize) -> usize) {
    let mut times = Vec::with_capacity(ROUNDS);
    let mut rows = 0;
    for round in 0..ROUNDS {
        let started = Instant::now();
        rows = run(round);
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| {
        times
            .get((times.len() - 1) * share / 100)
            .copied()
            .unwrap_or(0.0)
    };
    println!("| {name} | {:.1} | {:.1} | {rows} |", at(50), at(99));
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("a file");
    let wanted = arguments
        .next()
        .map_or(50_000, |n| n.parse().expect("a number"));
    let engine = store::open(&format!("sqlite:{file}")).expect("open");
    let scope = Scope::new("123456789012", "eu-west-1");
    let criteria = Criteria::default();
    if engine
        .read(|tx| listing::count(tx, &scope, &criteria))
        .expect("count")
        == 0
    {
        fill(&engine, &scope, wanted);
    }
    println!("| query | p50 ms | p99 ms | rows |\n|---|---:|---:|---:|");
    let list = |name: &str, criteria: Value, sort: Option<(SortField, bool)>| {
        let sort = sort.map(|(field, descending)| Sort { field, descending });
        let criteria = Criteria::from_json(&criteria).expect("criteria");
        measure(name, |_| {
            let query = Query {
                criteria: &criteria,
                sort,
            };
            let page = engine.read(|tx| listing::list(tx, &scope, query, None, 100));
            page.expect("list").findings.len()
        });
    };
    let is = |value: &str| json!([{"comparison": "EQUALS", "value": value}]);
    let starts = |value: &str| json!([{"comparison": "PREFIX", "value": value}]);
    let active = json!({"findingStatus": is("ACTIVE")});
    list(
        "severity and status",
        json!({"severity": is("CRITICAL"), "findingStatus": is("ACTIVE")}),
        None,
    );
    list(
        "vulnerability",
        json!({"vulnerabilityId": is(&vulnerability(7))}),
        None,
    );
    list(
        "resource",
        json!({"resourceId": is(&resource(10).id)}),
        None,
    );
    list("title prefix", json!({"title": starts("CVE-2020-1")}), None);
    list(
        "package name",
        json!({"vulnerablePackages": [{"name": {"comparison": "EQUALS", "value": "lib7"}}]}),
        None,
    );
    list(
        "tag",
        json!({"resourceTags": [{"comparison": "EQUALS", "key": "team", "value": "7"}]}),
        None,
    );
    for (name, field) in [
        ("by severity", SortField::Severity),
        ("by score", SortField::InspectorScore),
        ("by EPSS", SortField::EpssScore),
        ("by lastObservedAt", SortField::LastObservedAt),
    ] {
        list(name, active.clone(), Some((field, true)));
    }
    for kind in [
        aggregate::Kind::Account,
        aggregate::Kind::Title,
        aggregate::Kind::Package,
        aggregate::Kind::AwsEcrContainer,
        aggregate::Kind::Repository,
    ] {
        let request = aggregate::Request::new(kind);
        measure(kind.name(), |_| {
            let page = engine.read(|tx| aggregate::aggregate(tx, &scope, &request, &[], None, 100));
            page.expect("aggregate").groups.len()
        });
    }
}
