//! Criteria from JSON and back; what they hold for is tested with the store, against its SQL.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Comparison::{self, Equals, NotEquals, Prefix},
    Criteria, MEMBERS, TextCondition, texts_hold,
};

#[test]
fn every_member_has_one_line() {
    let names: BTreeSet<_> = MEMBERS.iter().map(|member| member.name).collect();
    assert_eq!(names.len(), 69);
}

#[test]
fn json_comes_back() {
    let check = |criteria: Value| {
        let read = Criteria::from_json(&criteria).expect("criteria");
        assert_eq!(read.to_json(), criteria);
    };
    check(json!({}));
    check(json!({"severity": [{"comparison": "EQUALS", "value": "HIGH"}]}));
    check(json!({"epssScore": [{"lowerInclusive": 0.5}, {"upperInclusive": 0.1}]}));
    check(json!({"updatedAt": [{"startInclusive": 1_700_000_000, "endInclusive": 1.5}]}));
    check(json!({"resourceTags": [{"comparison": "EQUALS", "key": "a", "value": ""}]}));
    check(json!({"portRange": [{"beginInclusive": 0, "endInclusive": 65535}]}));
    check(json!({"vulnerablePackages": [{
        "name": {"comparison": "PREFIX", "value": "open"},
        "epoch": {"lowerInclusive": 1.0},
        "filePath": {"comparison": "NOT_EQUALS", "value": "usr/x"},
    }]}));
}

#[test]
fn errors_name_the_place() {
    let check = |criteria: Value, expected: &str| {
        let error = Criteria::from_json(&criteria).expect_err("must be refused");
        assert_eq!(error.to_string(), expected);
    };
    check(json!([]), "filterCriteria: an object was expected");
    check(json!({"x": []}), "x: there is no such member");
    check(
        json!({"title": []}),
        "title: a list of 1 to 10 entries was expected",
    );
    check(
        json!({"title": [{"comparison": "PREFIX", "value": "a"}, {"comparison": "LIKE", "value": "a"}]}),
        "title[1].comparison: EQUALS, PREFIX or NOT_EQUALS was expected",
    );
    check(
        json!({"title": [{"comparison": "PREFIX", "value": ""}]}),
        "title[0].value: 1 to 1024 characters were expected",
    );
    check(
        json!({"title": [{"comparison": "PREFIX"}]}),
        "title[0].value: this member is required",
    );
    check(
        json!({"vulnerablePackages": [{"name": {"comparison": 1, "value": "a"}}]}),
        "vulnerablePackages[0].name.comparison: a string was expected",
    );
    check(
        json!({"portRange": [{"beginInclusive": 70_000}]}),
        "portRange[0].beginInclusive: a port from 0 to 65535 was expected",
    );
    check(
        json!({"updatedAt": [{"startInclusive": 1e300}]}),
        "updatedAt[0].startInclusive: the timestamp is out of range",
    );
}

#[test]
fn exclusions_all_hold_and_the_rest_are_alternatives() {
    let check = |conditions: &[(Comparison, &str)], values: &[&str], expected: bool| {
        let conditions: Vec<_> = conditions
            .iter()
            .map(|(comparison, value)| TextCondition {
                comparison: *comparison,
                value: (*value).to_owned(),
            })
            .collect();
        assert_eq!(
            texts_hold(&conditions, values),
            expected,
            "{conditions:?} {values:?}"
        );
    };
    check(&[(Equals, "a"), (Equals, "b")], &["b"], true);
    check(&[(Equals, "a"), (Prefix, "b")], &["bc"], true);
    check(&[(Equals, "a")], &["A"], false);
    check(&[(Equals, "a")], &[], false);
    check(&[(NotEquals, "a")], &[], true);
    check(&[(NotEquals, "a"), (NotEquals, "b")], &["b"], false);
    check(&[(NotEquals, "a"), (NotEquals, "b")], &["c"], true);
    check(&[(Equals, "a"), (NotEquals, "b")], &["a", "b"], false);
    check(&[(Equals, "a"), (NotEquals, "b")], &["a", "c"], true);
}
