//! Suppression rules: what they hide and release, at once and on later evaluations.

use std::collections::BTreeMap;

use findings::criteria::Criteria;
use serde_json::json;

use super::random::{self, Random};
use crate::{
    Engine, Scope, StoreError,
    listing::{self, Listed, Query},
    rules::{self, Action, Definition, Refusal, Rules, Wanted},
    tags,
    testing::each_engine,
};

fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

fn definition(name: &str, criteria: &Criteria) -> Definition {
    Definition {
        name: name.to_owned(),
        action: Action::Suppress,
        criteria: criteria.clone(),
        description: None,
        reason: None,
        expires_at: None,
        until_fixed: false,
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Refusal {
    match result.expect_err("must be refused") {
        StoreError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

/// Every finding that is not closed is in the state, and has the rules, that Rust says.
fn check_states(engine: &Engine, now: i64, case: &str) -> usize {
    let criteria = Criteria::default();
    let query = Query {
        criteria: &criteria,
        sort: None,
    };
    let (page, rules) = engine
        .write(|tx| {
            let page = listing::list(tx, &scope(), query, None, 10_000)?;
            let rules = Rules::default().of(tx, &scope(), now)?.to_vec();
            Ok((page, rules))
        })
        .expect("read");
    let (scope, mut suppressed) = (scope(), 0);
    for listed in page.findings {
        if listed.finding.closed.is_some() {
            continue;
        }
        let attributes = listed.resource.attributes();
        let subject = listed.subject(&scope, &attributes);
        let expected: Vec<String> = rules
            .iter()
            .filter(|rule| rule.matches(&subject))
            .map(|rule| rule.id.clone())
            .collect();
        assert_eq!(listed.finding.rules, expected, "{case}");
        let state = if expected.is_empty() {
            "ACTIVE"
        } else {
            "SUPPRESSED"
        };
        assert_eq!(listed.finding.state.name(), state, "{case}");
        suppressed += usize::from(!expected.is_empty());
    }
    suppressed
}

/// Findings that no rule hides.
fn filled(engine: &Engine) -> (Random, Vec<Listed>) {
    let mut random = Random(5);
    engine
        .write(|tx| {
            random = Random(5);
            random::fill(tx, &mut random, &scope(), 10)?;
            tx.batch(
                "UPDATE findings SET status = 'ACTIVE', rules = '[]' WHERE status = 'SUPPRESSED'; \
                 DELETE FROM finding_rules",
            )
        })
        .expect("fill");
    let all = Criteria::default();
    let query = Query {
        criteria: &all,
        sort: None,
    };
    let page = engine.read(|tx| listing::list(tx, &scope(), query, None, 10_000));
    (random, page.expect("list").findings)
}

#[test]
fn rules_take_effect_at_once() {
    each_engine(|_, engine| {
        let (mut random, population) = filled(engine);
        let mut ids: Vec<String> = Vec::new();
        let mut most = 0;
        for step in 0..60 {
            let now = 10_000_000 + step;
            let mut wanted = definition(
                &format!("rule {step}"),
                &random::criteria(&mut random, &scope(), &population),
            );
            wanted.until_fixed = random.chance(30);
            wanted.expires_at = random.chance(20).then_some(now + 3);
            let case = format!("step {step}: {}", wanted.criteria.to_json());
            let old = Some(ids.len()).filter(|len| *len > 2 && random.chance(60));
            let old = old.map(|len| ids.swap_remove(random.below(len)));
            match old {
                None => {
                    let created = engine
                        .write(|tx| rules::create(tx, &scope(), &wanted, &BTreeMap::new(), now));
                    ids.push(created.expect("create"));
                }
                Some(id) if random.chance(50) => {
                    engine
                        .write(|tx| rules::update(tx, &scope(), &id, &wanted, now))
                        .expect("update");
                    ids.push(id);
                }
                Some(id) => engine
                    .write(|tx| rules::delete(tx, &scope(), &id, now))
                    .expect("delete"),
            }
            let expired = engine.read(|tx| rules::expire(tx, now)).expect("expire");
            for (scope, id) in expired {
                engine
                    .write(|tx| rules::apply(tx, &scope, &id, now))
                    .expect("apply");
            }
            most = most.max(check_states(engine, now, &case));
        }
        assert!(most > 20, "the rules hid at most {most}");
    });
}

#[test]
fn names_are_unique_and_rules_are_limited() {
    each_engine(|_, engine| {
        let criteria = json!({"title": [{"comparison": "EQUALS", "value": "x"}]});
        let criteria = Criteria::from_json(&criteria).expect("criteria");
        let none = BTreeMap::new();
        let create = |name: &str| {
            engine.write(|tx| rules::create(tx, &scope(), &definition(name, &criteria), &none, 1))
        };
        let first = create("a").expect("create");
        assert_eq!(refusal(create("a")), Refusal::NameTaken);
        let second = create("b").expect("create");
        let renamed =
            engine.write(|tx| rules::update(tx, &scope(), &second, &definition("a", &criteria), 2));
        assert_eq!(refusal(renamed), Refusal::NameTaken);
        engine
            .write(|tx| {
                for number in 0..498 {
                    let rule = definition(&format!("{number}"), &criteria);
                    rules::create(tx, &scope(), &rule, &none, 1)?;
                }
                Ok(())
            })
            .expect("create");
        assert_eq!(refusal(create("one more")), Refusal::TooManyRules);
        let mut view = definition("a view", &criteria);
        view.action = Action::None;
        let tags = BTreeMap::from([("team".to_owned(), "blue".to_owned())]);
        let view_id = engine.write(|tx| rules::create(tx, &scope(), &view, &tags, 1));
        let view_id = view_id.expect("views are not limited");
        let arn = rules::arn(&scope(), &view_id);
        assert_eq!(rules::id_of(&scope(), &arn), Some(view_id.as_str()));
        let wanted = Wanted {
            action: Some(Action::None),
            ..Wanted::default()
        };
        let views = engine
            .read(|tx| rules::list(tx, &scope(), wanted))
            .expect("list");
        assert_eq!(views.len(), 1);
        assert_eq!((&views[0].tags, &views[0].definition), (&tags, &view));
        let page = Wanted {
            after: Some(&first),
            limit: Some(2),
            ..Wanted::default()
        };
        let page = engine
            .read(|tx| rules::list(tx, &scope(), page))
            .expect("list");
        assert!(page.len() <= 2 && page.iter().all(|filter| filter.id > first));
        engine
            .write(|tx| rules::delete(tx, &scope(), &view_id, 3))
            .expect("delete");
        let left = engine
            .read(|tx| tags::list(tx, &scope(), &arn))
            .expect("tags");
        assert!(left.is_empty());
        let again = engine.write(|tx| rules::delete(tx, &scope(), &view_id, 3));
        assert_eq!(refusal(again), Refusal::NotFound);
        let other = Scope::new("210987654321", "eu-west-1");
        let foreign = engine.write(|tx| rules::delete(tx, &other, &first, 3));
        assert_eq!(refusal(foreign), Refusal::NotFound);
    });
}
