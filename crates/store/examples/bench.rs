//! Fills a store with findings, measures queries and checks their plans:
//! `bench ADDRESS [FINDINGS]`.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::cast_possible_wrap,
    reason = "a measurement that fails must stop and say so"
)]

use std::{collections::BTreeMap, fs, time::Instant};

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
        vex: Vec::new(),
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
                let mut all = Vec::with_capacity(chunk.len());
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
                    all.push((stored, changes));
                }
                let changed = all.iter().map(|(resource, changes)| keep::Changed {
                    scope,
                    resource,
                    changes,
                });
                keep::save_all(tx, &changed.collect::<Vec<_>>())?;
                Ok(all.iter().map(|(_, changes)| changes.len()).sum::<usize>())
            })
            .expect("fill");
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "filled: {written} findings, {:.0}/s",
        written as f64 / seconds
    );
}

/// Findings that are written one by one on PostgreSQL, the others are copies of them: what is
/// measured is reading.
const MOST_WRITTEN: usize = 100_000;

fn text(row: &store::Row, column: usize) -> String {
    row.text(column).expect("text").to_owned()
}

/// Copies rows of a table `times` times, with other values in some columns; `COPY` in them is the
/// number of the copy.
fn copy(tx: &mut store::Tx<'_>, table: &str, changed: &[(&str, &str)], times: i64) {
    let sql = "SELECT column_name FROM information_schema.columns \
               WHERE CAST(table_name AS TEXT) = ?1 ORDER BY ordinal_position";
    let rows = tx.query(sql, &[table.into()]).expect("columns");
    let names: Vec<String> = rows.iter().map(|row| text(row, 0)).collect();
    let values = names.iter().map(|name| {
        let changed = changed.iter().find(|(known, _)| known == name);
        changed.map_or(name.as_str(), |(_, value)| value)
    });
    let values = values.collect::<Vec<_>>().join(", ");
    // What is read does not grow with the copies.
    let mut run = |sql: &str| tx.batch(sql).expect("copy");
    run(&format!(
        "CREATE TEMPORARY TABLE original AS SELECT * FROM {table}"
    ));
    for number in 1..=times {
        run(&format!(
            "INSERT INTO {table} ({}) SELECT {} FROM original",
            names.join(", "),
            values.replace("COPY", &number.to_string())
        ));
    }
    run("DROP TABLE original");
}

/// Copies everything `times` times, without indexes meanwhile.
fn multiply(engine: &Engine, times: i64) {
    let started = Instant::now();
    let indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' \
                   AND indexdef NOT LIKE 'CREATE UNIQUE%' AND (tablename LIKE 'finding%' \
                   OR tablename LIKE 'resource%')";
    let rows = engine.read(|tx| tx.query(indexes, &[])).expect("indexes");
    while engine
        .write(|tx| keep::fold_counts(tx, 100_000))
        .expect("fold")
        > 0
    {}
    let copied = engine.write(|tx| {
        // What is copied agrees with itself, and indexes are built in memory.
        tx.batch(
            "SET LOCAL session_replication_role = replica; \
             SET LOCAL maintenance_work_mem = '1GB'",
        )?;
        for row in &rows {
            tx.batch(&format!("DROP INDEX {}", text(row, 0)))?;
        }
        let count = tx.first("SELECT MAX(id) FROM resources", &[])?;
        let count = count.expect("a row").int(0)?;
        let number = format!("{count} * COPY + ");
        let moved = |name: &str| format!("{number}{name}");
        let (id, resource) = (moved("id"), moved("resource"));
        let suffixed = ("resource_id", "resource_id || '-COPY'");
        let resource = ("resource", resource.as_str());
        let finding = ("finding", "md5(finding || 'COPY')");
        copy(tx, "resources", &[("id", &id), suffixed], times);
        copy(tx, "resource_attributes", &[resource], times);
        copy(tx, "resource_counts", &[resource, suffixed], times);
        copy(tx, "resource_groups", &[resource], times);
        copy(tx, "layer_counts", &[resource, suffixed], times);
        let of_finding = [("id", "md5(id || 'COPY')"), resource, suffixed];
        copy(tx, "findings", &of_finding, times);
        copy(tx, "finding_packages", &[finding], times);
        copy(tx, "finding_lists", &[finding], times);
        tx.execute(
            "UPDATE group_counts SET amount = amount * ?1",
            &[(times + 1).into()],
        )?;
        let copied = started.elapsed().as_secs_f64();
        for row in &rows {
            tx.batch(&text(row, 1))?;
        }
        Ok(copied)
    });
    println!(
        "copied {times} times in {:.0} s, with indexes in {:.0} s",
        copied.expect("copy"),
        started.elapsed().as_secs_f64()
    );
}

/// Lets the database look at what was written, and on PostgreSQL note what every reader sees, as
/// it does by itself in time.
fn analyze(engine: &Engine, address: &str) {
    if engine.is_embedded() {
        engine.write(|tx| tx.batch("ANALYZE")).expect("analyze");
        return;
    }
    let client = postgres::Client::connect(address, postgres::NoTls);
    let vacuumed = client.expect("connect").batch_execute("VACUUM ANALYZE");
    vacuumed.expect("vacuum");
}

/// What the store takes on disk, in bytes, without the log of what is written ahead.
fn size(engine: &Engine) -> i64 {
    let sql = if engine.is_embedded() {
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    } else {
        "SELECT pg_database_size(current_database())"
    };
    let row = engine.read(|tx| tx.first(sql, &[])).expect("size");
    row.expect("a row").int(0).expect("a number")
}

/// What is measured.
struct Bench {
    engine: Engine,
    /// Files that say how long this thread and the server's process were on a processor; what
    /// PostgreSQL's parallel workers do is not in it.
    clocks: Vec<String>,
    scope: Scope,
    failed: Vec<String>,
}

/// The times of this thread, and of the process that serves its connection.
fn clocks(engine: &Engine) -> Vec<String> {
    let mut clocks = vec!["/proc/thread-self/schedstat".to_owned()];
    if !engine.is_embedded() {
        let row = engine.read(|tx| tx.first("SELECT pg_backend_pid()", &[]));
        let server = row.expect("select").expect("a row").int(0);
        clocks.push(format!("/proc/{}/schedstat", server.expect("a number")));
    }
    clocks
}

impl Bench {
    /// Milliseconds on a processor (Linux, `Documentation/scheduler/sched-stats.rst`); those of a
    /// server on another machine are not seen.
    fn on_processor(&self) -> f64 {
        let read = |path: &String| {
            let text = fs::read_to_string(path).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        };
        self.clocks.iter().filter_map(read).sum::<f64>() / 1e6
    }

    /// Runs a query and prints the median and the slowest; notes if it reads all findings.
    fn measure(
        &mut self,
        name: &str,
        may_scan: bool,
        mut run: impl FnMut(&mut store::Tx<'_>, &Scope) -> Result<usize, store::StoreError>,
    ) {
        let (mut times, mut works) = (Vec::new(), Vec::new());
        let (mut rows, mut rounds) = (0, ROUNDS);
        while times.len() < rounds {
            let (started, worked) = (Instant::now(), self.on_processor());
            let found = self.engine.read(|tx| run(tx, &self.scope));
            rows = found.expect("query");
            let time = started.elapsed().as_secs_f64() * 1_000.0;
            // What takes seconds needs no thirty rounds.
            if time > 1_000.0 {
                rounds = 5;
            }
            times.push(time);
            works.push(self.on_processor() - worked);
        }
        let at = |times: &mut Vec<f64>, share: usize| {
            times.sort_by(f64::total_cmp);
            times[(times.len() - 1) * share / 100]
        };
        let explained = self.engine.read(|tx| tx.explain(|tx| run(tx, &self.scope)));
        let (_, explained) = explained.expect("explain");
        let scans = explained.iter().find(|one| one.scans("findings", "f"));
        let plan = match scans {
            Some(_) => "all findings",
            None => "index",
        };
        if let Some(scan) = scans.filter(|_| !may_scan) {
            self.failed.push(format!(
                "{name}: {}\n{}",
                scan.statement,
                scan.plan.join("\n")
            ));
        }
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {rows} | {plan} |",
            at(&mut times, 50),
            at(&mut times, 99),
            at(&mut works, 50),
            at(&mut works, 99),
        );
    }

    fn list(&mut self, name: &str, criteria: &Value, sort: Option<(SortField, bool)>, page: usize) {
        let criteria = Criteria::from_json(criteria).expect("criteria");
        let sort = sort.map(|(field, descending)| Sort { field, descending });
        let query = Query {
            criteria: &criteria,
            sort,
        };
        let mut cursor = None;
        for _ in 1..page {
            let read = self
                .engine
                .read(|tx| listing::list(tx, &self.scope, query, cursor.as_ref(), 100));
            cursor = read.expect("list").next;
        }
        self.measure(name, false, |tx, scope| {
            let page = listing::list(tx, scope, query, cursor.as_ref(), 100)?;
            Ok(page.findings.len())
        });
    }
}

fn is(value: &str) -> Value {
    json!([{"comparison": "EQUALS", "value": value}])
}

/// Filters of clients and of the dashboard.
fn filters(bench: &mut Bench) {
    let urgent = json!({"severity": is("CRITICAL"), "findingStatus": is("ACTIVE")});
    let prefix = json!([{"comparison": "PREFIX", "value": "CVE-2020-1"}]);
    let package = json!([{"name": {"comparison": "EQUALS", "value": "lib7"}}]);
    let tag = json!([{"comparison": "EQUALS", "key": "team", "value": "7"}]);
    let week = json!([{"startInclusive": 1_700_100_000, "endInclusive": 1_700_600_000}]);
    for (name, criteria) in [
        ("critical and active", urgent.clone()),
        (
            "one vulnerability",
            json!({"vulnerabilityId": is(&vulnerability(7))}),
        ),
        ("one resource", json!({"resourceId": is(&resource(10).id)})),
        (
            "one repository",
            json!({"ecrImageRepositoryName": is("team-7/service-7")}),
        ),
        ("title prefix", json!({"title": prefix})),
        ("package name", json!({"vulnerablePackages": package})),
        ("tag", json!({"resourceTags": tag})),
        ("last observed in six days", json!({"lastObservedAt": week})),
    ] {
        bench.list(name, &criteria, None, 1);
    }
    bench.list("critical and active, page 100", &urgent, None, 100);
}

/// Orders of clients and of the dashboard.
fn orders(bench: &mut Bench) {
    let active = json!({"findingStatus": is("ACTIVE")});
    let urgent = json!({"severity": is("CRITICAL"), "findingStatus": is("ACTIVE")});
    for (name, field) in [
        ("by score", SortField::InspectorScore),
        ("by EPSS", SortField::EpssScore),
        ("by severity", SortField::Severity),
        ("by last observation", SortField::LastObservedAt),
    ] {
        let sort = Some((field, true));
        bench.list(&format!("active {name}"), &active, sort, 1);
        bench.list(&format!("critical and active {name}"), &urgent, sort, 1);
    }
    let sort = Some((SortField::Severity, true));
    bench.list("active by severity, page 100", &active, sort, 100);
}

fn aggregations(bench: &mut Bench) {
    for kind in [
        aggregate::Kind::FindingType,
        aggregate::Kind::Account,
        aggregate::Kind::Title,
        aggregate::Kind::Package,
        aggregate::Kind::AwsEcrContainer,
        aggregate::Kind::AwsEc2Instance,
        aggregate::Kind::Repository,
        aggregate::Kind::Ami,
        aggregate::Kind::ImageLayer,
    ] {
        let request = aggregate::Request::new(kind);
        bench.measure(kind.name(), true, |tx, scope| {
            let page = aggregate::aggregate(tx, scope, &request, &[], None, 100)?;
            Ok(page.groups.len())
        });
    }
    let all = Criteria::default();
    bench.measure("count of all", true, |tx, scope| {
        listing::count(tx, scope, &all).map(|count| usize::try_from(count).unwrap_or(0))
    });
    bench.measure("count by status and severity", true, |tx, _| {
        keep::count_by_status(tx).map(|counts| counts.len())
    });
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().expect("an address");
    let wanted = arguments
        .next()
        .map_or(1_000_000, |n| n.parse().expect("a number"));
    let engine = store::open(&address).expect("open");
    let scope = Scope::new("123456789012", "eu-west-1");
    let count = |engine: &Engine| {
        let count = engine.read(|tx| listing::count(tx, &scope, &Criteria::default()));
        count.expect("count")
    };
    if count(&engine) == 0 {
        let written = if engine.is_embedded() {
            wanted
        } else {
            wanted.min(MOST_WRITTEN)
        };
        fill(&engine, &scope, written / EACH);
    }
    // Two observations of a resource may be of one vulnerability: there are a few less.
    let there = usize::try_from(count(&engine)).expect("a count");
    let times = (wanted + there / 2) / there;
    if !engine.is_embedded() && times > 1 {
        multiply(&engine, i64::try_from(times).expect("few") - 1);
    }
    analyze(&engine, &address);
    let megabytes = size(&engine) / 1_000_000;
    println!("{} findings, {megabytes} MB", count(&engine));
    println!(
        "| query | p50 ms | p99 ms | on a processor p50 ms | p99 ms | rows | reads |\n\
         |---|---:|---:|---:|---:|---:|---|"
    );
    let mut bench = Bench {
        clocks: clocks(&engine),
        engine,
        scope,
        failed: Vec::new(),
    };
    filters(&mut bench);
    orders(&mut bench);
    aggregations(&mut bench);
    assert_eq!(bench.failed, [""; 0], "queries that read all findings");
}
