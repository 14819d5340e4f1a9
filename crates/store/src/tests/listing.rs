//! Listing: SQL agrees with Rust, orders are orders, and paging while findings change.

use std::collections::{BTreeMap, BTreeSet};

use findings::{criteria::Criteria, finding::State};

use super::random::{self, Random};
use crate::{
    Engine, Scope,
    keep::severity_rank,
    listing::{self, Listed, Query, Sort, SortField},
    testing::each_engine,
};

fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

/// All rows of a query, in pages of a size.
fn pages(engine: &Engine, query: Query<'_>, size: usize) -> Vec<Listed> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = engine.read(|tx| listing::list(tx, &scope(), query, cursor.as_ref(), size));
        let page = page.expect("list");
        assert!(page.findings.len() <= size);
        all.extend(page.findings);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return all,
        }
    }
}

fn everything(engine: &Engine) -> Vec<Listed> {
    let criteria = Criteria::default();
    let query = Query {
        criteria: &criteria,
        sort: None,
    };
    pages(engine, query, 1000)
}

fn filled(engine: &Engine, seed: u64) -> Random {
    let mut random = Random(seed);
    engine
        .write(|tx| {
            random = Random(seed);
            random::fill(tx, &mut random, &Scope::new("210987654321", "eu-west-1"), 2)?;
            random::fill(tx, &mut random, &scope(), 12)
        })
        .expect("fill");
    random
}

#[test]
fn sql_and_rust_agree_on_criteria() {
    each_engine(|_, engine| {
        let mut random = filled(engine, 7);
        let population = everything(engine);
        assert!(population.len() > 60, "{}", population.len());
        let attributes: Vec<_> = population.iter().map(|l| l.resource.attributes()).collect();
        let mut matched = 0;
        for case in 0..600 {
            let criteria = random::criteria(&mut random, &scope(), &population);
            let expected: Vec<&str> = population
                .iter()
                .zip(&attributes)
                .filter(|(l, attributes)| criteria.matches(&l.subject(&scope(), attributes)))
                .map(|(l, _)| l.finding.id.as_str())
                .collect();
            let query = Query {
                criteria: &criteria,
                sort: None,
            };
            let found = pages(engine, query, 40);
            let found: Vec<&str> = found.iter().map(|l| l.finding.id.as_str()).collect();
            let json = criteria.to_json();
            assert_eq!(found, expected, "case {case}: {json}");
            let count = engine.read(|tx| listing::count(tx, &scope(), &criteria));
            assert_eq!(
                count.expect("count"),
                i64::try_from(expected.len()).expect("few")
            );
            matched += usize::from(!expected.is_empty() && expected.len() < population.len());
        }
        assert!(matched > 200, "only {matched} criteria told findings apart");
    });
}

/// What a finding is sorted by, such that text order is the order.
fn key(listed: &Listed, field: SortField) -> Option<String> {
    let finding = &listed.finding;
    let observed = &finding.observed;
    let attribute = |name: &'static str| {
        let attributes = listed.resource.attributes();
        attributes
            .into_iter()
            .find_map(|attribute| match attribute {
                findings::resource::Attribute::Text(n, text) if n == name => Some(text),
                findings::resource::Attribute::Number(n, number) if n == name => {
                    Some(format!("{number:020}"))
                }
                _ => None,
            })
    };
    match field {
        SortField::AwsAccountId => Some(String::new()),
        SortField::FindingType => Some(observed.kind.name().to_owned()),
        SortField::Severity => Some(severity_rank(observed.severity).to_string()),
        SortField::FirstObservedAt => Some(finding.first_observed.to_string()),
        SortField::LastObservedAt => Some(finding.last_observed.to_string()),
        SortField::FindingStatus => Some(finding.state.name().to_owned()),
        SortField::ResourceType => Some(listed.resource.kind.name().to_owned()),
        SortField::EcrImagePushedAt => attribute("ecrImagePushedAt"),
        SortField::EcrImageRepositoryName => attribute("ecrImageRepositoryName"),
        SortField::EcrImageRegistry => attribute("ecrImageRegistry"),
        SortField::NetworkProtocol => match &observed.details {
            findings::finding::Details::Network(network) => Some(network.protocol.clone()),
            findings::finding::Details::Package(_) => None,
        },
        SortField::ComponentType => observed.component_type().map(str::to_owned),
        SortField::VulnerabilityId => observed.vulnerability().map(str::to_owned),
        SortField::VulnerabilitySource => observed.source().map(str::to_owned),
        SortField::InspectorScore => observed.score.as_ref().map(|s| format!("{:08.3}", s.value)),
        SortField::VendorSeverity => observed.vendor_severity.clone(),
        SortField::EpssScore => listed.epss.map(|epss| {
            let vulnerability = observed.vulnerability().unwrap_or_default();
            format!("{epss:08.5} {vulnerability}")
        }),
        SortField::Risk => {
            let rank = findings::risk::rank(&observed.risk, listed.epss);
            Some(format!("{rank:03}"))
        }
    }
}

#[test]
fn every_order_is_one_and_loses_nothing() {
    each_engine(|_, engine| {
        filled(engine, 11);
        let population = everything(engine);
        let criteria = Criteria::default();
        for field in SortField::all() {
            for descending in [false, true] {
                let query = Query {
                    criteria: &criteria,
                    sort: Some(Sort { field, descending }),
                };
                let found = pages(engine, query, 17);
                let mut expected = population.clone();
                expected.sort_by(|a, b| {
                    let (x, y) = (key(a, field), key(b, field));
                    let ids = a.finding.id.cmp(&b.finding.id);
                    let order = match (&x, &y) {
                        (Some(x), Some(y)) => x.cmp(y).then(ids),
                        _ => ids,
                    };
                    let order = if descending { order.reverse() } else { order };
                    x.is_none().cmp(&y.is_none()).then(order)
                });
                let found: Vec<&str> = found.iter().map(|l| l.finding.id.as_str()).collect();
                let expected: Vec<&str> = expected.iter().map(|l| l.finding.id.as_str()).collect();
                assert_eq!(found, expected, "{} {descending}", field.name());
            }
        }
    });
}

#[test]
fn a_cursor_belongs_to_its_query() {
    each_engine(|_, engine| {
        filled(engine, 11);
        let criteria = Criteria::default();
        let query = |descending| Query {
            criteria: &criteria,
            sort: Some(Sort {
                field: SortField::Severity,
                descending,
            }),
        };
        let page = engine.read(|tx| listing::list(tx, &scope(), query(true), None, 3));
        let next = page.expect("list").next.expect("more");
        let text = serde_json::to_string(&next).expect("write");
        let next = serde_json::from_str(&text).expect("read");
        let other = engine.read(|tx| listing::list(tx, &scope(), query(false), Some(&next), 3));
        let refused = other.expect_err("another query");
        assert!(refused.to_string().contains("cursor"), "{refused}");
    });
}

/// Changes some resources: severities, scores, findings that come and go.
fn churn(engine: &Engine, random: &mut Random, number: usize, now: i64) {
    let resource = random::resource(&mut Random(number as u64), number);
    // Key 0 exists throughout on every resource; the others come and go.
    let seen: Vec<_> = (0..8)
        .filter(|key| *key < 3 || random.chance(60))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|key| random::observation(random, key))
        .collect();
    let rules: &[&str] = if random.chance(30) { &["rule"] } else { &[] };
    let facts: Vec<_> = (0..3).map(|key| random::facts(random, key)).collect();
    let with_facts = random.chance(5);
    engine
        .write(|tx| {
            if with_facts {
                crate::keep::put_facts(tx, &facts)?;
            }
            random::evaluate(tx, &scope(), &resource, &seen, rules, now)
        })
        .expect("churn");
}

#[test]
fn who_pages_while_findings_change_sees_each_once() {
    const RESOURCES: usize = 20;
    each_engine(|_, engine| {
        let mut random = Random(3);
        for number in 0..RESOURCES {
            churn(engine, &mut random, number, 1);
        }
        let open = Criteria::default();
        // The other fields never change.
        let fields = [
            SortField::AwsAccountId,
            SortField::Severity,
            SortField::LastObservedAt,
            SortField::FindingStatus,
            SortField::ComponentType,
            SortField::VulnerabilitySource,
            SortField::InspectorScore,
            SortField::VendorSeverity,
            SortField::EpssScore,
        ];
        for (round, field) in fields.into_iter().enumerate() {
            // EPSS scores change daily: only once while somebody pages.
            let epss = field == SortField::EpssScore;
            let descending = round % 2 == 0;
            let before: BTreeMap<String, State> = everything(engine)
                .into_iter()
                .map(|l| (l.finding.id.to_string(), l.finding.state))
                .collect();
            let seen = std::thread::scope(|threads| {
                let writers: Vec<_> = (0..2)
                    .map(|writer| {
                        let seed = random.next();
                        let now = 1_000 + i64::try_from(round).expect("few");
                        threads.spawn(move || {
                            let mut random = Random(seed);
                            // Each writer has its own resources: two do not race for a resource.
                            for _ in 0..if epss { 6 } else { 12 } {
                                let number = random.below(RESOURCES / 2) * 2 + writer;
                                churn(engine, &mut random, number, now);
                            }
                        })
                    })
                    .collect();
                let query = Query {
                    criteria: &open,
                    sort: Some(Sort { field, descending }),
                };
                let seen = pages(engine, query, 7);
                for writer in writers {
                    writer.join().expect("a writer");
                }
                seen
            });
            let mut count: BTreeMap<String, usize> = BTreeMap::new();
            for listed in &seen {
                *count.entry(listed.finding.id.to_string()).or_default() += 1;
            }
            let after: BTreeSet<String> = everything(engine)
                .into_iter()
                .map(|l| l.finding.id.to_string())
                .collect();
            for id in before.keys().filter(|id| after.contains(*id)) {
                let times = count.get(id).copied().unwrap_or(0);
                assert_eq!(times, 1, "{} {descending}: {id}", field.name());
            }
            assert!(count.values().all(|times| *times == 1));
        }
    });
}
