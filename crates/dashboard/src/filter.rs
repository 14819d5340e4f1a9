//! Which findings: parameters of an address that people can read, and the criteria they stand for.
//!
//! `severity=critical&package=openssl*` means the same as criteria of the API. What criteria say
//! beyond the parameters is kept as their JSON.

mod back;
mod parameters;

use findings::criteria::Criteria;
use model::Timestamp;
pub(crate) use parameters::{Kind, PARAMETERS, Parameter};
use parameters::{Part, Target};
use serde_json::{Map, Value, json};

/// Values of parameters, in the order they were given.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter(pub(crate) Vec<(&'static Parameter, String)>);

impl Filter {
    /// The parameters among the pairs.
    pub(crate) fn read(pairs: &[(String, String)]) -> Self {
        let known = pairs.iter().filter_map(|(name, value)| {
            let parameter = Parameter::named(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| (parameter, value.to_owned()))
        });
        let mut filter = Self::default();
        for pair in known {
            if !filter.0.contains(&pair) {
                filter.0.push(pair);
            }
        }
        filter
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs of an address.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let pairs = self.0.iter();
        pairs.map(|(parameter, value)| (parameter.name.to_owned(), value.clone()))
    }

    /// The values of one parameter.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.iter();
        pairs.filter_map(move |(p, value)| (p.name == name).then_some(value.as_str()))
    }

    /// The members of the criteria.
    ///
    /// # Errors
    ///
    /// What is wrong with a value, in words for who wrote it.
    pub(crate) fn members(&self) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        for (parameter, value) in &self.0 {
            let wrong = |what: &str| format!("{}: {what}, not “{value}”.", parameter.label);
            match parameter.target {
                Target::Member(member) => {
                    let entry = entry(parameter.kind, value).map_err(|what| wrong(&what))?;
                    push(&mut members, member, entry);
                }
                Target::Bound(member, bound) => {
                    let end = end(parameter.kind, bound, value).map_err(|what| wrong(&what))?;
                    bound_by(&mut members, member, bound, end);
                }
                Target::Package(_) => {}
            }
        }
        let packages = self.packages();
        if !packages.is_empty() {
            members.insert("vulnerablePackages".to_owned(), Value::Array(packages));
        }
        Ok(members)
    }

    /// Conditions on one and the same package: every name with every version and path.
    fn packages(&self) -> Vec<Value> {
        let mut packages = vec![Map::new()];
        for (part, name) in Part::ALL {
            let pairs = self.0.iter();
            let mut values = pairs
                .filter(|(p, _)| p.target == Target::Package(part))
                .map(|(_, value)| text(value))
                .peekable();
            if values.peek().is_none() {
                continue;
            }
            let values: Vec<Value> = values.collect();
            packages = packages
                .into_iter()
                .flat_map(|package| {
                    values.iter().map(move |value| {
                        let mut package = package.clone();
                        package.insert(name.to_owned(), value.clone());
                        package
                    })
                })
                .collect();
        }
        packages.retain(|package| !package.is_empty());
        packages.into_iter().map(Value::Object).collect()
    }

    /// The criteria, with members beside those of the parameters.
    pub(crate) fn criteria(&self, more: &Map<String, Value>) -> Result<Criteria, String> {
        let mut members = self.members()?;
        for (name, entries) in more {
            if members.insert(name.clone(), entries.clone()).is_some() {
                return Err(format!("{name} is given twice."));
            }
        }
        criteria_of(members)
    }
}

/// The criteria of members.
pub(crate) fn criteria_of(members: Map<String, Value>) -> Result<Criteria, String> {
    Criteria::from_json(&Value::Object(members)).map_err(|error| format!("{error}."))
}

fn push(members: &mut Map<String, Value>, member: &str, entry: Value) {
    let entries = members
        .entry(member)
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(entries) = entries {
        entries.push(entry);
    }
}

/// Puts an end into the one range of a member.
fn bound_by(members: &mut Map<String, Value>, member: &str, bound: &str, end: Value) {
    let entries = members.entry(member).or_insert_with(|| json!([{}]));
    if let Some(Value::Object(range)) = entries.get_mut(0) {
        range.insert(bound.to_owned(), end);
    }
}

/// `a`, `a*` for what begins with it, `!a` for everything else.
fn text(value: &str) -> Value {
    let (comparison, value) = match (value.strip_prefix('!'), value.strip_suffix('*')) {
        (Some(rest), _) if !rest.is_empty() => ("NOT_EQUALS", rest),
        (_, Some(rest)) if !rest.is_empty() => ("PREFIX", rest),
        _ => ("EQUALS", value),
    };
    json!({ "comparison": comparison, "value": value })
}

fn entry(kind: Kind, value: &str) -> Result<Value, String> {
    Ok(match kind {
        Kind::Choice(choices) => {
            let (comparison, word) = match value.strip_prefix('!') {
                Some(word) => ("NOT_EQUALS", word),
                None => ("EQUALS", value),
            };
            let found = choices.iter().find(|(known, _)| *known == word);
            let Some((_, wire)) = found else {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                return Err(format!("expected one of {}", words.join(", ")));
            };
            json!({ "comparison": comparison, "value": wire })
        }
        Kind::Tag => {
            let (key, value) = match value.split_once('=') {
                Some((key, value)) => (key, Some(value)),
                None => (value, None),
            };
            match value {
                Some(value) => json!({ "comparison": "EQUALS", "key": key, "value": value }),
                None => json!({ "comparison": "EQUALS", "key": key }),
            }
        }
        Kind::Port => {
            let (begin, end) = value.split_once('-').unwrap_or((value, value));
            let port = |text: &str| text.trim().parse::<u16>().ok();
            match (port(begin), port(end)) {
                (Some(begin), Some(end)) => {
                    json!({ "beginInclusive": begin, "endInclusive": end })
                }
                _ => return Err("expected a port or a range as 8000-8080".to_owned()),
            }
        }
        Kind::Text | Kind::Number | Kind::Day => text(value),
    })
}

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

fn end(kind: Kind, bound: &str, value: &str) -> Result<Value, String> {
    if kind != Kind::Day {
        let number: Option<f64> = value.replace(',', ".").parse().ok();
        let number = number.filter(|number| number.is_finite());
        return number
            .map(Value::from)
            .ok_or_else(|| "expected a number".to_owned());
    }
    let start: Option<Timestamp> = format!("{value}T00:00:00Z").parse().ok();
    let start = start.ok_or_else(|| "expected a day as 2026-01-31".to_owned())?;
    let mut milliseconds = start.as_millisecond();
    if bound == "endInclusive" {
        milliseconds += DAY - 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    let seconds = milliseconds as f64 / 1000.0;
    Ok(json!(seconds))
}

#[cfg(test)]
mod tests {
    use findings::criteria::Criteria;
    use serde_json::{Map, json};

    use super::Filter;
    use crate::forms;

    fn criteria(query: &str) -> Result<Criteria, String> {
        let filter = Filter::read(&forms::read(query));
        filter.criteria(&Map::new())
    }

    #[test]
    fn parameters_stand_for_criteria_and_come_back() {
        let equals = |value: &str| json!({ "comparison": "EQUALS", "value": value });
        let rows = [
            ("", json!({})),
            (
                "severity=critical&severity=high",
                json!({ "severity": [equals("CRITICAL"), equals("HIGH")] }),
            ),
            (
                "vulnerability=CVE-2024-1&title=CVE*&resource=!i-1",
                json!({
                    "vulnerabilityId": [equals("CVE-2024-1")],
                    "title": [{ "comparison": "PREFIX", "value": "CVE" }],
                    "resourceId": [{ "comparison": "NOT_EQUALS", "value": "i-1" }],
                }),
            ),
            (
                "package=a&package=b",
                json!({ "vulnerablePackages": [{ "name": equals("a") }, { "name": equals("b") }] }),
            ),
            (
                "package=a&path=usr*",
                json!({ "vulnerablePackages": [{
                    "name": equals("a"),
                    "filePath": { "comparison": "PREFIX", "value": "usr" },
                }] }),
            ),
            (
                "min-score=7&max-score=8.5&min-epss=0.1",
                json!({
                    "inspectorScore": [{ "lowerInclusive": 7.0, "upperInclusive": 8.5 }],
                    "epssScore": [{ "lowerInclusive": 0.1 }],
                }),
            ),
            (
                "since=1970-01-02&until=1970-01-02",
                json!({ "firstObservedAt": [
                    { "startInclusive": 86_400.0, "endInclusive": 172_799.999 }
                ] }),
            ),
            (
                "tag=team=blue&tag=x&port=22&port=80-90&fix=yes",
                json!({
                    "resourceTags": [
                        { "comparison": "EQUALS", "key": "team", "value": "blue" },
                        { "comparison": "EQUALS", "key": "x" },
                    ],
                    "portRange": [
                        { "beginInclusive": 22, "endInclusive": 22 },
                        { "beginInclusive": 80, "endInclusive": 90 },
                    ],
                    "fixAvailable": [equals("YES")],
                }),
            ),
        ];
        for (query, expected) in rows {
            let found = criteria(query).unwrap();
            let parsed = Criteria::from_json(&expected).unwrap();
            assert_eq!(found, parsed, "{query}");
            let (filter, more) = Filter::of(&parsed);
            assert_eq!(filter.criteria(&more).unwrap(), parsed, "{query}");
            assert!(more.is_empty(), "{query}: {more:?}");
            let mut wanted = forms::read(query);
            let mut pairs: Vec<_> = filter.pairs().collect();
            wanted.sort();
            pairs.sort();
            assert_eq!(pairs, wanted);
        }
    }

    #[test]
    fn what_no_parameter_says_is_kept() {
        let rows = [
            json!({ "componentId": [{ "comparison": "EQUALS", "value": "igw-1" }] }),
            json!({ "severity": [{ "comparison": "NOT_EQUALS", "value": "LOW" }] }),
            json!({ "title": [{ "comparison": "EQUALS", "value": "a*" }] }),
            json!({ "title": [{ "comparison": "EQUALS", "value": "a,b" }] }),
            json!({ "title": [{ "comparison": "EQUALS", "value": " a" }] }),
            json!({ "inspectorScore": [{ "lowerInclusive": 1.0 }, { "upperInclusive": 0.5 }] }),
            json!({ "inspectorScore": [{}] }),
            json!({ "firstObservedAt": [{ "startInclusive": 1.5 }] }),
            json!({ "vulnerablePackages": [
                { "name": { "comparison": "EQUALS", "value": "a" } },
                { "filePath": { "comparison": "EQUALS", "value": "b" } },
            ] }),
            json!({ "portRange": [{ "beginInclusive": 5 }] }),
            json!({ "resourceTags": [{ "comparison": "EQUALS", "key": "a=b" }] }),
        ];
        for criteria in rows {
            let parsed = Criteria::from_json(&criteria).unwrap();
            let (filter, more) = Filter::of(&parsed);
            assert!(filter.is_empty(), "{criteria}");
            assert_eq!(filter.criteria(&more).unwrap(), parsed);
        }
    }

    #[test]
    fn wrong_values_are_told() {
        let rows = [
            ("severity=bad", "Severity: expected one of"),
            ("min-score=x", "Score at least: expected a number"),
            ("since=2026-02-30", "First seen from: expected a day"),
            ("port=x", "Port: expected a port"),
        ];
        for (query, expected) in rows {
            let error = criteria(query).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
