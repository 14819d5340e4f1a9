//! What the generator knows beyond the model.

/// Patterns that the service itself cannot be using: `ResourceId` has none for `ami-…`, which
/// `StartOnDemandScan` needs. Their lengths still hold.
pub(super) const LENIENT: &[&str] = &["ResourceId"];

/// Enum values that the model lacks and clients need: lists of scan types hold up to six, the model
/// has five and no name for machine images, which `AutoEnable` and `FreeTrialType` have. They are
/// accepted and must not be sent.
pub(super) const ACCEPTED: &[(&str, &str)] = &[
    ("ResourceScanType", "AMI"),
    ("ResourceScanType", "MACHINE_IMAGE"),
];

/// File of an operation by the first segment of its path.
const FILES: &[(&str, &str)] = &[
    ("accountpermissions", "accounts"),
    ("cis", "cis"),
    ("cissession", "cis"),
    ("cluster", "coverage"),
    ("codesecurity", "code_security"),
    ("codesnippet", "findings"),
    ("configuration", "configuration"),
    ("connector", "connectors"),
    ("connectorscanconfiguration", "connectors"),
    ("connectorscanconfigurations", "connectors"),
    ("coverage", "coverage"),
    ("delegatedadminaccounts", "organization"),
    ("disable", "accounts"),
    ("ec2deepinspectionconfiguration", "configuration"),
    ("ec2deepinspectionstatus", "configuration"),
    ("enable", "accounts"),
    ("encryptionkey", "configuration"),
    ("filters", "filters"),
    ("findings", "findings"),
    ("freetrialinfo", "usage"),
    ("members", "organization"),
    ("ondemand", "on_demand"),
    ("organizationconfiguration", "organization"),
    ("reporting", "reports"),
    ("sbomexport", "reports"),
    ("scan", "scan"),
    ("status", "accounts"),
    ("tags", "tags"),
    ("usage", "usage"),
    ("vulnerabilities", "findings"),
];

/// The file that holds an operation's shapes.
pub(super) fn file(uri: &str) -> Option<&'static str> {
    let first = uri.split('/').nth(1)?;
    FILES
        .iter()
        .find(|(segment, _)| *segment == first)
        .map(|(_, file)| *file)
}

/// A pattern in the syntax of the `regex` crate, and a prefix that it refuses.
///
/// AWS matches whole values, with ASCII classes. The crate has no look-ahead; the only one in the
/// model is a refused prefix.
pub(super) fn pattern(aws: &str) -> (String, Option<String>) {
    let refused = aws
        .strip_prefix("(?!")
        .and_then(|rest| rest.split_once(')'));
    let (body, refused) = match refused {
        Some((prefix, rest)) => (rest, Some(prefix.to_owned())),
        None => (aws, None),
    };
    let mut translated = String::from("^(?:");
    let mut class = false;
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '[' => class = true,
            ']' => class = false,
            '\\' => {
                match (chars.next(), class) {
                    (Some('d'), true) => translated.push_str("0-9"),
                    (Some('d'), false) => translated.push_str("[0-9]"),
                    (Some('w'), true) => translated.push_str("A-Za-z0-9_"),
                    (Some('w'), false) => translated.push_str("[A-Za-z0-9_]"),
                    (Some('b'), false) => translated.push_str(r"(?-u:\b)"),
                    (Some(other), _) => translated.extend(['\\', other]),
                    (None, _) => translated.push('\\'),
                }
                continue;
            }
            _ => {}
        }
        translated.push(c);
    }
    translated.push_str(")$");
    (translated, refused)
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn patterns_are_anchored_and_ascii() {
        let rows = [
            (r"\d{12}|SELF", r"^(?:[0-9]{12}|SELF)$", None),
            (r"[-\w]+\b", r"^(?:[-A-Za-z0-9_]+(?-u:\b))$", None),
            ("(?!aws:)[a-z]+", "^(?:[a-z]+)$", Some("aws:")),
        ];
        for (aws, expected, refused) in rows {
            assert_eq!(
                pattern(aws),
                (expected.to_owned(), refused.map(str::to_owned))
            );
        }
    }
}
