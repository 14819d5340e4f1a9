//! Coverage: filtered, paged and counted.

use findings::resource::{Attribute, Resource, ResourceType};
use serde_json::{Value, json};

use super::random::{self, Random};
use crate::{
    Engine, Scope,
    coverage::{self, CoverageCriteria},
    resources::{self, Covered},
    testing::each_engine,
};

fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

fn cover(
    engine: &Engine,
    scope: &Scope,
    number: usize,
    scan_type: &str,
    scanned_at: Option<i64>,
) -> Resource {
    let resource = random::resource(&mut Random(number as u64 * 7), number);
    let active = number < 15;
    let covered = Covered {
        scan_type,
        active,
        reason: if active {
            "SUCCESSFUL"
        } else {
            "UNSUPPORTED_OS"
        },
        detail: None,
        scan_mode: None,
        scanned_at,
    };
    engine
        .write(|tx| {
            let stored = resources::put(tx, scope, &resource, 1)?;
            resources::set_coverage(tx, scope, stored.number, &covered)
        })
        .expect("cover");
    resource
}

/// Twenty resources, the first with two kinds of scan, and one of another account.
fn filled(engine: &Engine) -> Vec<Resource> {
    let made = (0..20).map(|number| {
        let at = i64::try_from(number).expect("few") * 1_000;
        cover(engine, &scope(), number, "PACKAGE", Some(at))
    });
    let made = made.collect();
    cover(engine, &scope(), 0, "NETWORK", None);
    let other = Scope::new("210987654321", "eu-west-1");
    cover(engine, &other, 0, "PACKAGE", Some(1));
    made
}

fn check(engine: &Engine, criteria: &Value, expected: usize) {
    let criteria = CoverageCriteria::from_json(criteria).expect("criteria");
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = engine
            .read(|tx| coverage::list(tx, &scope(), &criteria, cursor.as_ref(), 6))
            .expect("list");
        found.extend(page.0);
        match page.1 {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(found.len(), expected, "{criteria:?}");
    let count = engine.read(|tx| coverage::count(tx, &scope(), &criteria));
    assert_eq!(count.expect("count"), i64::try_from(expected).expect("few"));
}

fn of(member: &str, comparison: &str, value: &str) -> Value {
    json!({ member: [{"comparison": comparison, "value": value}] })
}

#[test]
fn coverage_is_filtered_and_paged() {
    each_engine(|_, engine| {
        let made = filled(engine);
        let check = |criteria: Value, expected| check(engine, &criteria, expected);
        check(json!({}), 21);
        check(of("scanType", "EQUALS", "NETWORK"), 1);
        check(of("scanType", "NOT_EQUALS", "NETWORK"), 20);
        check(of("scanStatusCode", "EQUALS", "INACTIVE"), 5);
        check(of("scanStatusReason", "NOT_EQUALS", "UNSUPPORTED_OS"), 16);
        check(of("accountId", "EQUALS", "210987654321"), 0);
        check(of("cloudProvider", "EQUALS", "AWS"), 21);
        check(of("resourceId", "EQUALS", &made[3].id), 1);
        check(of("scanMode", "NOT_EQUALS", "EC2_AGENTLESS"), 21);
        let seconds = json!({"lastScannedAt": [{"startInclusive": 5, "endInclusive": 7}]});
        check(seconds, 3);
        let rows = |wanted: &dyn Fn(&Resource) -> bool| {
            let matching = made
                .iter()
                .enumerate()
                .filter(|(_, resource)| wanted(resource));
            matching
                .map(|(index, _)| if index == 0 { 2 } else { 1 })
                .sum()
        };
        let in_use = Attribute::Number("ecrImageInUseCount", 3);
        let expected = rows(&|resource| resource.attributes().contains(&in_use));
        check(
            json!({"ecrImageInUseCount": [{"lowerInclusive": 1}]}),
            expected,
        );
        for key in ["a", "ab", "é"] {
            let instance = ResourceType::AwsEc2Instance;
            let expected = rows(&|r| r.kind == instance && r.tags.contains_key(key));
            let tag = json!({"ec2InstanceTags": [{"comparison": "EQUALS", "key": key}]});
            check(tag, expected);
        }
        let prefix = CoverageCriteria::from_json(&of("scanType", "PREFIX", "N"));
        assert_eq!(prefix.expect_err("must be refused").path, "scanType");
    });
}

#[test]
fn coverage_is_counted() {
    each_engine(|_, engine| {
        filled(engine);
        let all = CoverageCriteria::default();
        let by = |key: &str| {
            let counts = engine.read(|tx| coverage::counts_by(tx, &scope(), &all, key));
            counts.expect("count")
        };
        let expected = [("ACTIVE".to_owned(), 16), ("INACTIVE".to_owned(), 5)];
        assert_eq!(by("SCAN_STATUS_CODE").as_deref(), Some(&expected[..]));
        assert_eq!(
            by("PROVIDER").as_deref(),
            Some(&[("AWS".to_owned(), 21)][..])
        );
        assert_eq!(by("NO_SUCH_KEY"), None);
        for key in [
            "SCAN_STATUS_REASON",
            "ACCOUNT_ID",
            "RESOURCE_TYPE",
            "PROVIDER_REGION",
        ] {
            let counts = by(key).expect("a key");
            assert_eq!(
                counts.iter().map(|(_, count)| count).sum::<i64>(),
                21,
                "{key}"
            );
        }
    });
}
