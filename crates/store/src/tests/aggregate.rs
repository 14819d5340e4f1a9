//! Aggregations: SQL agrees with counting in Rust.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
    thread,
    time::Duration,
};

use findings::{
    criteria::{Criteria, TextCondition, texts_hold},
    finding::{ClosedBecause, FindingType, FixAvailable, State},
    resource::{Attribute, ResourceType},
};
use model::Severity;
use serde_json::{Value, json};

use super::random::{self, Random};
use crate::{
    Engine, Row, Scope, StoreError, Tx,
    aggregate::{Kind, Request, SeverityCounts, SortBy, aggregate},
    expiry::{self, Retention},
    keep, leaving,
    listing::{self, Listed, Query},
    resources,
    rules::{self, Action, Definition},
    testing::{each_engine, postgres_database},
};

fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

/// The groups that a finding is in, by their names.
fn groups(kind: Kind, listed: &Listed) -> BTreeSet<Vec<String>> {
    let observed = &listed.finding.observed;
    let attributes = listed.resource.attributes();
    let text = |wanted: &str| {
        attributes.iter().find_map(|attribute| match attribute {
            Attribute::Text(name, text) if *name == wanted => Some(text.clone()),
            _ => None,
        })
    };
    let id = listed.resource.id.clone();
    let of = |kind| (listed.resource.kind == kind).then(|| vec![id.clone()]);
    let layers = || {
        let repository = text("ecrImageRepositoryName")?;
        let layers = observed.packages().iter().filter_map(|p| p.layer.clone());
        Some(
            layers
                .map(|layer| vec![repository.clone(), id.clone(), layer])
                .collect(),
        )
    };
    let one = match kind {
        Kind::FindingType => Some(vec![observed.kind.name().to_owned()]),
        Kind::Account => Some(vec![scope().account]),
        Kind::Title => Some(vec![
            observed.title.clone(),
            observed.vulnerability().unwrap_or_default().to_owned(),
        ]),
        Kind::Repository => text("ecrImageRepositoryName").map(|name| vec![name]),
        Kind::Ami => text("ec2InstanceImageId").map(|name| vec![name]),
        Kind::AwsEc2Instance | Kind::VmInstance => of(ResourceType::AwsEc2Instance),
        Kind::AwsEcrContainer | Kind::ContainerImage => of(ResourceType::AwsEcrContainerImage),
        Kind::AwsLambdaFunction | Kind::ServerlessFunction => of(ResourceType::AwsLambdaFunction),
        Kind::CodeRepository => of(ResourceType::CodeRepository),
        Kind::LambdaLayer => None,
        Kind::Package => {
            let names = observed.packages().iter().map(|p| vec![p.name.clone()]);
            return names.collect();
        }
        Kind::ImageLayer => return layers().unwrap_or_default(),
    };
    one.into_iter().collect()
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Counted {
    severities: SeverityCounts,
    network: i64,
    exploits: i64,
    fixes: i64,
    resources: BTreeSet<String>,
}

fn count(request: &Request, population: &[Listed]) -> BTreeMap<Vec<String>, Counted> {
    let scope = scope();
    let mut counted: BTreeMap<Vec<String>, Counted> = BTreeMap::new();
    let active = |listed: &&Listed| listed.finding.state == State::Active;
    for listed in population.iter().filter(active) {
        let attributes = listed.resource.attributes();
        let of_resource = request.of_resource.iter().all(|(wanted, conditions)| {
            let texts = attributes.iter().filter_map(|attribute| match attribute {
                Attribute::Text(name, text) if name == wanted => Some(text.as_str()),
                _ => None,
            });
            texts_hold(conditions, &texts.collect::<Vec<_>>())
        });
        if !of_resource
            || !request
                .criteria
                .matches(&listed.subject(&scope, &attributes))
        {
            continue;
        }
        for keys in groups(request.kind, listed) {
            let mut conditions = request.keys.iter();
            if !conditions.all(|(number, list)| texts_hold(list, &[&keys[*number]])) {
                continue;
            }
            let group = counted.entry(keys).or_default();
            let observed = &listed.finding.observed;
            group.severities.all += 1;
            *match observed.severity {
                Severity::Critical => &mut group.severities.critical,
                Severity::High => &mut group.severities.high,
                Severity::Medium => &mut group.severities.medium,
                Severity::Low => &mut group.severities.low,
                Severity::Informational => &mut group.severities.informational,
                Severity::Untriaged => &mut group.severities.untriaged,
            } += 1;
            group.network += i64::from(observed.kind == FindingType::NetworkReachability);
            group.exploits += i64::from(observed.exploit_available == Some(true));
            group.fixes += i64::from(observed.fix == Some(FixAvailable::Yes));
            group.resources.insert(listed.resource.id.clone());
        }
    }
    counted
}

/// Compares the pages of an aggregation with counting; says how many groups there are.
fn check(engine: &Engine, request: &Request, population: &[Listed]) -> usize {
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = engine.read(|tx| aggregate(tx, &scope(), request, &[], cursor.as_ref(), 7));
        let page = page.expect("aggregate");
        found.extend(page.groups);
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let counted = count(request, population);
    let amount = |counted: &Counted| match request.sort_by {
        SortBy::Critical => counted.severities.critical,
        SortBy::High => counted.severities.high,
        SortBy::All => counted.severities.all,
        SortBy::NetworkFindings => counted.network,
        SortBy::AffectedImages | SortBy::AffectedInstances => {
            i64::try_from(counted.resources.len()).expect("few")
        }
    };
    let mut expected: Vec<(&Vec<String>, &Counted)> = counted.iter().collect();
    expected.sort_by(|a, b| {
        let order = amount(a.1).cmp(&amount(b.1));
        let order = if request.descending {
            order.reverse()
        } else {
            order
        };
        order.then(a.0.cmp(b.0))
    });
    assert_eq!(found.len(), expected.len(), "{request:?}");
    for (group, (keys, counted)) in found.iter().zip(&expected) {
        assert_eq!(&group.keys, *keys, "{request:?}");
        assert_eq!(group.severities, counted.severities, "{request:?} {keys:?}");
        let of_group = (group.network, group.exploit_available, group.fix_available);
        assert_eq!(
            of_group,
            (counted.network, counted.exploits, counted.fixes),
            "{keys:?}"
        );
        let resources = usize::try_from(group.resources).expect("few");
        let told = if request.without_resources {
            0
        } else {
            counted.resources.len()
        };
        assert_eq!(resources, told, "{request:?} {keys:?}");
        if let Some(resource) = &group.resource {
            assert!(counted.resources.contains(&resource.id));
        }
    }
    expected.len()
}

fn filled(engine: &Engine) -> Vec<Listed> {
    engine
        .write(|tx| random::fill(tx, &mut Random(21), &scope(), 16))
        .expect("fill");
    let criteria = Criteria::default();
    let query = Query {
        criteria: &criteria,
        sort: None,
    };
    let page = engine.read(|tx| listing::list(tx, &scope(), query, None, 10_000));
    page.expect("list").findings
}

#[test]
fn counts_are_those_of_counting() {
    each_engine(|_, engine| {
        let population = filled(engine);
        let mut random = Random(4);
        for kind in Kind::all() {
            let groups = check(engine, &Request::new(kind), &population);
            let none = matches!(kind, Kind::LambdaLayer | Kind::CodeRepository);
            assert_eq!(groups == 0, none, "{}", kind.name());
            for _ in 0..8 {
                let mut request = Request::new(kind);
                request.sort_by = *random.pick(&[
                    SortBy::Critical,
                    SortBy::High,
                    SortBy::All,
                    SortBy::NetworkFindings,
                    SortBy::AffectedImages,
                ]);
                request.descending = random.chance(50);
                request.criteria = random::criteria(&mut random, &scope(), &population);
                if random.chance(50) {
                    request.sort_by = SortBy::All;
                    request.without_resources = true;
                }
                check(engine, &request, &population);
                if random.chance(10) {
                    engine.write(|tx| keep::fold_counts(tx, 100)).expect("fold");
                }
            }
        }
    });
}

/// Counts by severity and the like, of rows `f` of findings.
const COUNTS: &str = "COUNT(*), COUNT(CASE WHEN f.severity = 5 THEN 1 END), \
                      COUNT(CASE WHEN f.severity = 4 THEN 1 END), \
                      COUNT(CASE WHEN f.severity = 3 THEN 1 END), \
                      COUNT(CASE WHEN f.severity = 2 THEN 1 END), \
                      COUNT(CASE WHEN f.severity = 1 THEN 1 END), \
                      COUNT(CASE WHEN f.severity = 0 THEN 1 END), \
                      COUNT(CASE WHEN f.exploit_available = 'YES' THEN 1 END), \
                      COUNT(CASE WHEN f.fix_available = 'YES' THEN 1 END)";

const KEPT: &str = "total, critical, high, medium, low, informational, untriaged, exploits, fixes";

/// What is kept for each resource, layer and group, and the same counted from the findings.
pub(super) fn kept_and_counted(engine: &Engine) -> Vec<[Vec<Row>; 2]> {
    let packages = "(SELECT DISTINCT f.*, p.name FROM findings f \
                    JOIN finding_packages p ON p.finding = f.id)";
    let layers = "(SELECT DISTINCT f.*, p.layer FROM findings f \
                  JOIN finding_packages p ON p.finding = f.id AND p.layer IS NOT NULL)";
    let rows = "account, region, name, vulnerability, resource_type, kind, severity, \
                fix_available, exploit_available";
    let groups = |counted_by: &str, severity: &str| {
        format!(
            "SELECT {rows}, CAST(SUM(amount) AS BIGINT) FROM (SELECT * FROM group_counts \
             UNION ALL SELECT {columns} FROM group_changes) c WHERE counted_by = '{counted_by}' \
             AND severity {severity} GROUP BY {rows} HAVING SUM(amount) <> 0 ORDER BY {rows}",
            columns = "account, region, counted_by, name, vulnerability, resource_type, kind, \
                       severity, fix_available, exploit_available, amount"
        )
    };
    let of_findings = |from: &str, name: &str, vulnerability: &str| {
        let key = format!(
            "f.account, f.region, {name}, {vulnerability}, f.resource_type, f.kind, f.severity, \
             COALESCE(f.fix_available, ''), COALESCE(f.exploit_available, '')"
        );
        format!(
            "SELECT {key}, COUNT(*) FROM {from} f WHERE f.status = 'ACTIVE' \
             GROUP BY {key} ORDER BY {key}"
        )
    };
    let of_resources = |from: &str, name: &str| {
        let key = format!("f.account, f.region, {name}, '', f.resource_type, f.kind");
        format!(
            "SELECT {key}, CAST(-1 AS BIGINT), '', '', COUNT(DISTINCT f.resource) FROM {from} f \
             WHERE f.status = 'ACTIVE' AND (f.vulnerability IS NULL OR {name} <> f.title) \
             GROUP BY f.account, f.region, {name}, f.resource_type, f.kind \
             ORDER BY f.account, f.region, {name}, f.resource_type, f.kind"
        )
    };
    let compared = [
        (
            format!(
                "SELECT account, region, resource_type, resource, kind, resource_id, {KEPT} \
                 FROM resource_counts WHERE total <> 0 ORDER BY resource, kind"
            ),
            format!(
                "SELECT account, region, resource_type, resource, kind, resource_id, {COUNTS} \
                 FROM findings f WHERE status = 'ACTIVE' GROUP BY account, region, \
                 resource_type, resource, kind, resource_id ORDER BY resource, kind"
            ),
        ),
        (
            format!(
                "SELECT account, region, resource, layer, resource_type, resource_id, {KEPT} \
                 FROM layer_counts ORDER BY resource, layer"
            ),
            format!(
                "SELECT account, region, resource, layer, resource_type, resource_id, {COUNTS} \
                 FROM {layers} f WHERE status = 'ACTIVE' GROUP BY account, region, resource, \
                 layer, resource_type, resource_id ORDER BY resource, layer"
            ),
        ),
        (
            groups("TITLE", ">= 0"),
            of_findings("findings", "f.title", "COALESCE(f.vulnerability, '')"),
        ),
        (
            groups("PACKAGE", ">= 0"),
            of_findings(packages, "f.name", "SUBSTR(f.name, 1, 0)"),
        ),
        (groups("TITLE", "< 0"), of_resources("findings", "f.title")),
        (groups("PACKAGE", "< 0"), of_resources(packages, "f.name")),
    ];
    let read = |sql: &str| engine.read(|tx| tx.query(sql, &[])).expect("query");
    let both = compared.iter();
    both.map(|(kept, counted)| [read(kept), read(counted)])
        .collect()
}

#[test]
fn kept_counts_are_those_of_the_findings() {
    each_engine(|_, engine| {
        let check = |case: &str| {
            let mut all = Vec::new();
            for [kept, counted] in kept_and_counted(engine) {
                assert_eq!(kept, counted, "{case}");
                all.push(counted);
            }
            all
        };
        for seed in 30..36 {
            let mut random = Random(seed);
            let scope = &Scope::new("123456789012", format!("eu-west-{seed}"));
            let made = engine.write(|tx| random::fill(tx, &mut random, scope, 12));
            let first = check("filled");
            assert!(
                first.iter().all(|counted| counted.len() > 4),
                "something is active"
            );
            let definition = Definition {
                name: "critical".to_owned(),
                action: Action::Suppress,
                criteria: Criteria::from_json(&json!({"severity": [
                    {"comparison": "EQUALS", "value": "CRITICAL"},
                    {"comparison": "EQUALS", "value": "HIGH"},
                ]}))
                .expect("criteria"),
                description: None,
                reason: None,
                expires_at: None,
                until_fixed: false,
            };
            let none = BTreeMap::new();
            let id = engine.write(|tx| rules::create(tx, scope, &definition, &none, 3_000_000));
            assert_ne!(check("suppressed"), first);
            let id = id.expect("a rule");
            engine
                .write(|tx| rules::delete(tx, scope, &id, 3_000_001))
                .expect("delete");
            check("released");
            for (number, resource) in made.expect("fill").values().enumerate() {
                let kind = resource.kind.name();
                let stored = engine.read(|tx| resources::find(tx, scope, kind, &resource.id));
                let stored = stored.expect("find").expect("a resource");
                let now = keep::timestamp(4_000_000);
                if number.is_multiple_of(3) {
                    let gone = ClosedBecause::ResourceGone;
                    let closed = engine.write(|tx| leaving::close(tx, stored.number, gone, now));
                    closed.expect("close");
                }
            }
            check("closed");
            let later = i64::MAX / 2;
            engine
                .write(|tx| expiry::expire(tx, later, 1_000, Retention::default()))
                .expect("expire");
            check("deleted");
            // Less than there is, so that the next turn finds some of both.
            let folded = engine.write(|tx| keep::fold_counts(tx, 40));
            let expected = if engine.is_embedded() { 0 } else { 40 };
            assert_eq!(folded.expect("fold"), expected);
            check("folded");
        }
        while engine
            .write(|tx| keep::fold_counts(tx, 1_000))
            .expect("fold")
            > 0
        {}
        check("all folded");
        let empty = "SELECT COUNT(*) FROM group_counts WHERE amount = 0";
        let empty = engine.read(|tx| tx.first(empty, &[]));
        let empty = empty.expect("count").expect("a row").int(0);
        assert_eq!(empty.expect("a number"), 0, "rows that count nothing");
    });
}

/// Saves one finding of a title that all resources have.
fn save_one(tx: &mut Tx<'_>, number: usize) -> Result<(), StoreError> {
    let mut random = Random(7);
    let mut resource = random::resource(&mut random, number);
    resource.id = format!("resource-{number}");
    let seen = random::observation(&mut Random(9), 1);
    random::evaluate(tx, &scope(), &resource, &[seen], &[], 1_000)
}

#[test]
fn writers_of_one_title_do_not_wait_for_each_other() {
    let Some(address) = postgres_database() else {
        return;
    };
    let engine = crate::open(&address).expect("open");
    let (written, first) = mpsc::channel();
    let (done, second) = mpsc::channel();
    thread::scope(|threads| {
        let engine = &engine;
        let waiting = threads.spawn(move || {
            engine.write(|tx| {
                save_one(tx, 1)?;
                written.send(()).expect("the other waits");
                // What it wrote is not committed before the other has.
                Ok(second.recv_timeout(Duration::from_secs(20)).is_ok())
            })
        });
        first.recv().expect("the first has written");
        engine.write(|tx| save_one(tx, 2)).expect("the second");
        done.send(()).expect("the first waits");
        assert!(waiting.join().expect("no panic").expect("the first"));
    });
    let page = engine.read(|tx| aggregate(tx, &scope(), &Request::new(Kind::Title), &[], None, 9));
    let groups = page.expect("aggregate").groups;
    let counts: Vec<(i64, i64)> = groups
        .iter()
        .map(|group| (group.severities.all, group.resources))
        .collect();
    assert_eq!(counts, [(2, 2)]);
}

#[test]
fn requests_are_read_from_json() {
    each_engine(|_, engine| {
        let population = filled(engine);
        let check = |kind, request: Value, expected: bool| {
            let request = Request::from_json(kind, &request).expect("a request");
            assert_eq!(
                check(engine, &request, &population) > 0,
                expected,
                "{request:?}"
            );
        };
        let prefix = |value: &str| json!([{"comparison": "PREFIX", "value": value}]);
        check(
            Kind::Package,
            json!({"packageNames": prefix("a"), "sortBy": "CRITICAL"}),
            true,
        );
        check(
            Kind::Package,
            json!({"packageNames": prefix("none")}),
            false,
        );
        check(
            Kind::Title,
            json!({"titles": prefix("CVE-2024-1"), "sortOrder": "ASC"}),
            true,
        );
        check(
            Kind::Title,
            json!({"findingType": "NETWORK_REACHABILITY"}),
            true,
        );
        check(
            Kind::AwsEc2Instance,
            json!({"operatingSystems": prefix("DEBIAN")}),
            true,
        );
        check(
            Kind::AwsEc2Instance,
            json!({"operatingSystems": prefix("ALPINE")}),
            false,
        );
        check(
            Kind::ImageLayer,
            json!({"layerHashes": prefix("sha256:")}),
            true,
        );
        check(
            Kind::ContainerImage,
            json!({"cloudProviders": prefix("AWS")}),
            true,
        );
        check(
            Kind::AwsEcrContainer,
            json!({"inUseCount": [{"lowerInclusive": 1}]}),
            true,
        );
        let wrong = json!({"titles": [{"comparison": "LIKE", "value": "a"}]});
        let error = Request::from_json(Kind::Title, &wrong).expect_err("must be refused");
        assert_eq!(error.path, "titles[0].comparison");
        let unknown = Request::from_json(Kind::Title, &json!({"packageNames": prefix("a")}));
        assert_eq!(unknown.expect_err("must be refused").path, "packageNames");
        let others = [TextCondition {
            comparison: findings::criteria::Comparison::NotEquals,
            value: scope().account,
        }];
        let request = Request::new(Kind::Account);
        let none = engine.read(|tx| aggregate(tx, &scope(), &request, &others, None, 10));
        assert!(none.expect("aggregate").groups.is_empty());
    });
}
