//! Inputs of real operations against the constraint table.

use super::{Outside, input};
use crate::{
    errors::{Error, Reason},
    operation::OPERATIONS,
    shape::Shape,
    wire::shapes::SHAPES,
};

fn validated(
    operation: &str,
    body: &str,
    query: &[(&str, &str)],
) -> Result<String, (Reason, String)> {
    let operation = OPERATIONS.iter().find(|o| o.name == operation).unwrap();
    let own = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let outside = Outside {
        path: own(&[("resourceArn", "arn:aws:inspector2:us-east-1:1:x/y")]),
        query: own(query),
    };
    match input(operation, body.as_bytes(), &outside) {
        Ok(value) => Ok(value.to_string()),
        Err(Error::Validation {
            message, reason, ..
        }) => Err((reason, message)),
        Err(other) => panic!("{other:?}"),
    }
}

fn check(operation: &str, body: &str, expected: &str) {
    let (reason, message) = validated(operation, body, &[]).unwrap_err();
    assert_eq!(reason, Reason::FieldValidationFailed, "{body}");
    assert_eq!(message, expected, "{body}");
}

fn check_unreadable(operation: &str, body: &str, expected: &str) {
    let (reason, message) = validated(operation, body, &[]).unwrap_err();
    assert_eq!(reason, Reason::CannotParse, "{body}");
    assert!(message.contains(expected), "{message}");
}

#[test]
fn violations_are_said_as_aws_says_them() {
    let one = "1 validation error detected: ";
    let rows = [
        (
            "ListFindings",
            r#"{"maxResults":101}"#,
            "Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
        ),
        (
            "ListFindings",
            r#"{"maxResults":0}"#,
            "Value at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "Enable",
            "{}",
            "Value at 'resourceTypes' failed to satisfy constraint: Member must not be null",
        ),
        (
            "Enable",
            r#"{"resourceTypes":["EC2","VAX"]}"#,
            "Value at 'resourceTypes' failed to satisfy constraint: Member must satisfy constraint: \
             [Member must satisfy enum value set: [EC2, ECR, LAMBDA, LAMBDA_CODE, CODE_REPOSITORY, AMI, MACHINE_IMAGE]]",
        ),
        (
            "Enable",
            r#"{"resourceTypes":["EC2"],"accountIds":["12345678901"]}"#,
            r"Value at 'accountIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 12, Member must have length greater than or equal to 12, Member must satisfy regular expression pattern: \d{12}]",
        ),
        (
            "ListFindings",
            r#"{"filterCriteria":{"severity":[{"comparison":"EQUALS","value":""}]}}"#,
            "Value at 'filterCriteria.severity.1.member.value' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            "ListFindings",
            r#"{"filterCriteria":{"severity":[]}}"#,
            "Value at 'filterCriteria.severity' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            "TagResource",
            r#"{"tags":{"":"v"}}"#,
            "Value at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
        ),
        (
            "ListFindingAggregations",
            r#"{"aggregationType":"AMI","aggregationRequest":{}}"#,
            "Value at 'aggregationRequest' failed to satisfy constraint: Exactly one member must be set",
        ),
    ];
    for (operation, body, expected) in rows {
        check(operation, body, &format!("{one}{expected}"));
    }
    check(
        "ListFindings",
        r#"{"maxResults":101,"sortCriteria":{"field":"SEVERITY"}}"#,
        "2 validation errors detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100; \
         Value at 'sortCriteria.sortOrder' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn wrong_types_are_unreadable() {
    let rows = [
        ("ListFindings", "[", "not JSON"),
        ("ListFindings", "[]", "not a JSON object"),
        (
            "ListFindings",
            r#"{"maxResults":"5"}"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "ListFindings",
            r#"{"maxResults":5.5}"#,
            "NUMBER_VALUE can not be converted to an Integer",
        ),
        (
            "ListFindings",
            r#"{"maxResults":[5]}"#,
            "Start of list found where not expected.",
        ),
        (
            "ListFindings",
            r#"{"nextToken":true}"#,
            "TRUE_VALUE can not be converted to a String",
        ),
        (
            "ListFindings",
            r#"{"filterCriteria":"x"}"#,
            "Expected structure or map",
        ),
        (
            "ListFindings",
            r#"{"filterCriteria":{"severity":{}}}"#,
            "Start of structure or map found",
        ),
    ];
    for (operation, body, expected) in rows {
        check_unreadable(operation, body, expected);
    }
    let deep = "[".repeat(100_000);
    check_unreadable("ScanSbom", &deep, "recursion limit");
}

#[test]
fn what_the_model_allows_passes() {
    let rows = [
        ("ListFindings", "", "{}"),
        (
            "ListFindings",
            r#"{"later":1,"nextToken":null}"#,
            r#"{"later":1,"nextToken":null}"#,
        ),
        (
            "BatchGetFindingDetails",
            r#"{"findingArns":["arn:aws:inspector2:us-east-1:123456789012:finding/0123456789abcdef0123456789abcdef"]}"#,
            r#"{"findingArns":["arn:aws:inspector2:us-east-1:123456789012:finding/0123456789abcdef0123456789abcdef"]}"#,
        ),
        (
            "ScanSbom",
            r#"{"sbom":{"any":[1]}}"#,
            r#"{"sbom":{"any":[1]}}"#,
        ),
    ];
    for (operation, body, expected) in rows {
        assert_eq!(validated(operation, body, &[]).unwrap(), expected);
    }
    let query = [("tagKeys", "a"), ("tagKeys", "b.c"), ("other", "d")];
    let read = validated("UntagResource", "", &query).unwrap();
    assert_eq!(
        read,
        r#"{"resourceArn":"arn:aws:inspector2:us-east-1:1:x/y","tagKeys":["a","b.c"]}"#
    );
    let read = validated("ListCodeSecurityIntegrations", "{}", &[("maxResults", "7")]).unwrap();
    assert_eq!(read, r#"{"maxResults":7}"#);
    let (_, message) = validated(
        "ListCodeSecurityIntegrations",
        "{}",
        &[("maxResults", "101")],
    )
    .unwrap_err();
    assert!(message.ends_with("less than or equal to 100"), "{message}");
}

#[test]
fn a_hostile_list_is_cut_short() {
    let items = vec![r#"{"comparison":"X","value":""}"#; 50_000].join(",");
    let body = format!(r#"{{"filterCriteria":{{"severity":[{items}]}}}}"#);
    let (_, message) = validated("ListFindings", &body, &[]).unwrap_err();
    assert!(
        message.starts_with("10 validation errors detected"),
        "{message}"
    );
}

/// Every pattern compiles, matches what its own text describes, and refuses what differs.
#[test]
fn patterns_mean_what_aws_means() {
    let rows = [
        ("AccountId", "123456789012", "１23456789012"),
        ("TagKey", "team", "aws:team"),
        ("VulnId", "CVE-2024-1234", "xCVE-2024-1234"),
        ("Path", "/opt/app-1/lib.d", "relative/path"),
        ("Path", r"C:\Program Files\x", r"C:\"),
        ("TimeOfDay", "09:30", "24:00"),
        (
            "ReportId",
            "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
            "0a1b2c3d",
        ),
        ("ConnectorName", "größe-1", "a b"),
    ];
    let pattern = |name: &str| {
        let found = SHAPES.iter().find(|(shape, _)| *shape == name);
        match found {
            Some((_, Shape::String(_, _, Some(pattern)))) => *pattern,
            other => panic!("{name}: {other:?}"),
        }
    };
    for (name, good, bad) in rows {
        assert!(pattern(name).matches(good), "{name} {good}");
        assert!(!pattern(name).matches(bad), "{name} {bad}");
    }
    let mut count = 0;
    for (name, shape) in SHAPES {
        if let Shape::String(_, _, Some(pattern)) = shape {
            assert!(pattern.compiles(), "{name}: {}", pattern.text);
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}
