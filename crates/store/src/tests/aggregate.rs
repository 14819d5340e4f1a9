//! Aggregations: SQL agrees with counting in Rust.

use std::collections::{BTreeMap, BTreeSet};

use findings::{
    criteria::{Criteria, TextCondition, texts_hold},
    finding::{ClosedBecause, FindingType, FixAvailable, State},
    resource::{Attribute, ResourceType},
};
use model::Severity;
use serde_json::{Value, json};

use super::random::{self, Random};
use crate::{
    Engine, Row, Scope,
    aggregate::{Kind, Request, SeverityCounts, SortBy, aggregate},
    expiry::{self, Retention},
    keep, leaving,
    listing::{self, Listed, Query},
    resources,
    rules::{self, Action, Definition},
    testing::each_engine,
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
        assert_eq!(resources, counted.resources.len(), "{request:?} {keys:?}");
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
                check(engine, &request, &population);
            }
        }
    });
}

/// What is kept for each resource, and the same counted from the findings.
fn kept_and_counted(engine: &Engine) -> [Vec<Row>; 2] {
    let counted = "SELECT account, region, resource_type, resource, kind, resource_id, COUNT(*), \
                   COUNT(CASE WHEN severity = 5 THEN 1 END), \
                   COUNT(CASE WHEN severity = 4 THEN 1 END), \
                   COUNT(CASE WHEN severity = 3 THEN 1 END), \
                   COUNT(CASE WHEN severity = 2 THEN 1 END), \
                   COUNT(CASE WHEN severity = 1 THEN 1 END), \
                   COUNT(CASE WHEN severity = 0 THEN 1 END), \
                   COUNT(CASE WHEN exploit_available = 'YES' THEN 1 END), \
                   COUNT(CASE WHEN fix_available = 'YES' THEN 1 END) FROM findings \
                   WHERE status = 'ACTIVE' GROUP BY account, region, resource_type, resource, \
                   kind, resource_id ORDER BY resource, kind";
    let kept = "SELECT account, region, resource_type, resource, kind, resource_id, total, \
                critical, high, medium, low, informational, untriaged, exploits, fixes \
                FROM resource_counts WHERE total <> 0 ORDER BY resource, kind";
    [kept, counted].map(|sql| engine.read(|tx| tx.query(sql, &[])).expect("query"))
}

#[test]
fn kept_counts_are_those_of_the_findings() {
    each_engine(|_, engine| {
        let check = |case: &str| {
            let [kept, counted] = kept_and_counted(engine);
            assert_eq!(kept, counted, "{case}");
            counted
        };
        for seed in 30..36 {
            let mut random = Random(seed);
            let scope = &Scope::new("123456789012", format!("eu-west-{seed}"));
            let made = engine.write(|tx| random::fill(tx, &mut random, scope, 12));
            let first = check("filled");
            assert!(first.len() > 10, "something is active");
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
        }
    });
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
