//! Criteria from and to the JSON of the service model's `FilterCriteria`.

use serde_json::{Map, Value, json};

use super::{
    Comparison, Conditions, Criteria, DateRange, Kind, Member, NumberRange, PackageCondition,
    PortRange, TagCondition, TextCondition,
};

/// The most entries of one member (service model).
const MOST_ENTRIES: usize = 10;

/// What is wrong with criteria, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriteriaError {
    /// `vulnerablePackages[0].name.comparison`.
    pub path: String,
    pub message: String,
}

impl std::fmt::Display for CriteriaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for CriteriaError {}

type Parsed<T> = Result<T, CriteriaError>;

fn wrong<T>(path: &str, message: impl Into<String>) -> Parsed<T> {
    Err(CriteriaError {
        path: path.to_owned(),
        message: message.into(),
    })
}

impl Criteria {
    /// Reads the JSON of a `FilterCriteria`.
    ///
    /// # Errors
    ///
    /// When a member is not known, has no entries or more than ten, or an entry is not of its kind.
    pub fn from_json(value: &Value) -> Result<Self, CriteriaError> {
        let members = object("filterCriteria", value)?;
        let mut criteria = Self::default();
        for (name, entries) in members.iter().filter(|(_, entries)| !entries.is_null()) {
            let Some(member) = Member::named(name) else {
                return wrong(name, "there is no such member");
            };
            criteria
                .members
                .push((member, conditions(member, entries)?));
        }
        Ok(criteria)
    }

    /// Writes the JSON of a `FilterCriteria`.
    pub fn to_json(&self) -> Value {
        let members = self.members.iter();
        let members =
            members.map(|(member, conditions)| (member.name.to_owned(), write(conditions)));
        Value::Object(members.collect())
    }
}

fn conditions(member: &Member, entries: &Value) -> Parsed<Conditions> {
    let name = member.name;
    Ok(match member.kind {
        Kind::Text => Conditions::Text(each(name, entries, text)?),
        Kind::Date => Conditions::Date(each(name, entries, date)?),
        Kind::Number => Conditions::Number(each(name, entries, number)?),
        Kind::Map => Conditions::Tags(each(name, entries, tag)?),
        Kind::Ports => Conditions::Ports(each(name, entries, ports)?),
        Kind::Packages => Conditions::Packages(each(name, entries, package)?),
    })
}

fn each<T>(name: &str, entries: &Value, read: fn(&str, &Value) -> Parsed<T>) -> Parsed<Vec<T>> {
    let Value::Array(entries) = entries else {
        return wrong(name, "a list was expected");
    };
    if entries.is_empty() || entries.len() > MOST_ENTRIES {
        return wrong(name, "a list of 1 to 10 entries was expected");
    }
    let entries = entries.iter().enumerate();
    entries
        .map(|(index, entry)| read(&format!("{name}[{index}]"), entry))
        .collect()
}

fn object<'a>(path: &str, value: &'a Value) -> Parsed<&'a Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        _ => wrong(path, "an object was expected"),
    }
}

/// The members of an entry, which has no others than these.
fn entry<'a>(path: &str, value: &'a Value, known: &[&str]) -> Parsed<&'a Map<String, Value>> {
    let members = object(path, value)?;
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        Some(other) => wrong(&format!("{path}.{other}"), "there is no such member"),
        None => Ok(members),
    }
}

fn string(
    path: &str,
    members: &Map<String, Value>,
    key: &str,
    (least, most): (usize, usize),
) -> Parsed<Option<String>> {
    let path = format!("{path}.{key}");
    match members.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (least..=most).contains(&text.chars().count()) => {
            Ok(Some(text.clone()))
        }
        Some(Value::String(_)) => {
            wrong(&path, format!("{least} to {most} characters were expected"))
        }
        Some(_) => wrong(&path, "a string was expected"),
    }
}

fn required(path: &str, key: &str, found: Option<String>) -> Parsed<String> {
    match found {
        Some(text) => Ok(text),
        None => wrong(&format!("{path}.{key}"), "this member is required"),
    }
}

fn text(path: &str, value: &Value) -> Parsed<TextCondition> {
    let members = entry(path, value, &["comparison", "value"])?;
    let comparison = string(path, members, "comparison", (0, 64))?;
    let comparison = required(path, "comparison", comparison)?;
    let Some(comparison) = Comparison::parse(&comparison) else {
        let message = "EQUALS, PREFIX or NOT_EQUALS was expected";
        return wrong(&format!("{path}.comparison"), message);
    };
    let value = string(path, members, "value", (1, 1024))?;
    Ok(TextCondition {
        comparison,
        value: required(path, "value", value)?,
    })
}

fn real(path: &str, members: &Map<String, Value>, key: &str) -> Parsed<Option<f64>> {
    match members.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => wrong(&format!("{path}.{key}"), "a number was expected"),
        },
    }
}

fn number(path: &str, value: &Value) -> Parsed<NumberRange> {
    let members = entry(path, value, &["lowerInclusive", "upperInclusive"])?;
    Ok(NumberRange {
        lower: real(path, members, "lowerInclusive")?,
        upper: real(path, members, "upperInclusive")?,
    })
}

fn date(path: &str, value: &Value) -> Parsed<DateRange> {
    let members = entry(path, value, &["startInclusive", "endInclusive"])?;
    Ok(DateRange {
        start: milliseconds(path, members, "startInclusive")?,
        end: milliseconds(path, members, "endInclusive")?,
    })
}

/// The wire has seconds since 1970, with a fraction.
fn milliseconds(path: &str, members: &Map<String, Value>, key: &str) -> Parsed<Option<i64>> {
    let Some(seconds) = real(path, members, key)? else {
        return Ok(None);
    };
    let milliseconds = (seconds * 1000.0).round();
    if !(-1e15..1e15).contains(&milliseconds) {
        return wrong(&format!("{path}.{key}"), "the timestamp is out of range");
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked above"
    )]
    let milliseconds = milliseconds as i64;
    Ok(Some(milliseconds))
}

fn tag(path: &str, value: &Value) -> Parsed<TagCondition> {
    let members = entry(path, value, &["comparison", "key", "value"])?;
    let comparison = string(path, members, "comparison", (0, 64))?;
    if required(path, "comparison", comparison)? != "EQUALS" {
        return wrong(&format!("{path}.comparison"), "EQUALS was expected");
    }
    let key = string(path, members, "key", (1, 128))?;
    Ok(TagCondition {
        key: required(path, "key", key)?,
        value: string(path, members, "value", (0, 256))?,
    })
}

fn ports(path: &str, value: &Value) -> Parsed<PortRange> {
    let members = entry(path, value, &["beginInclusive", "endInclusive"])?;
    let port = |key: &str| match members.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().and_then(|port| u16::try_from(port).ok()) {
            Some(port) => Ok(Some(port)),
            None => wrong(
                &format!("{path}.{key}"),
                "a port from 0 to 65535 was expected",
            ),
        },
    };
    Ok(PortRange {
        begin: port("beginInclusive")?,
        end: port("endInclusive")?,
    })
}

fn package(path: &str, value: &Value) -> Parsed<PackageCondition> {
    let mut condition = PackageCondition::default();
    for (name, entry) in object(path, value)? {
        let path = format!("{path}.{name}");
        if entry.is_null() {
            continue;
        }
        if name == "epoch" {
            condition.epoch = Some(number(&path, entry)?);
        } else if let Some(place) = condition.text_mut(name) {
            *place = Some(text(&path, entry)?);
        } else {
            return wrong(&path, "there is no such member");
        }
    }
    Ok(condition)
}

fn write(conditions: &Conditions) -> Value {
    match conditions {
        Conditions::Text(list) => list.iter().map(write_text).collect(),
        Conditions::Date(list) => list
            .iter()
            .map(|range| {
                given([
                    ("startInclusive", range.start.map(seconds)),
                    ("endInclusive", range.end.map(seconds)),
                ])
            })
            .collect(),
        Conditions::Number(list) => list.iter().map(write_number).collect(),
        Conditions::Tags(list) => list
            .iter()
            .map(|tag| {
                given([
                    ("comparison", Some(json!("EQUALS"))),
                    ("key", Some(json!(tag.key))),
                    ("value", tag.value.as_ref().map(|value| json!(value))),
                ])
            })
            .collect(),
        Conditions::Ports(list) => list
            .iter()
            .map(|range| {
                given([
                    ("beginInclusive", range.begin.map(Value::from)),
                    ("endInclusive", range.end.map(Value::from)),
                ])
            })
            .collect(),
        Conditions::Packages(list) => list.iter().map(write_package).collect(),
    }
}

fn given<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter();
    let members = members.filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(members.collect())
}

fn seconds(milliseconds: i64) -> Value {
    if milliseconds % 1000 == 0 {
        return json!(milliseconds / 1000);
    }
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    let seconds = milliseconds as f64 / 1000.0;
    json!(seconds)
}

fn write_text(condition: &TextCondition) -> Value {
    json!({ "comparison": condition.comparison.name(), "value": condition.value })
}

fn write_number(range: &NumberRange) -> Value {
    given([
        ("lowerInclusive", range.lower.map(Value::from)),
        ("upperInclusive", range.upper.map(Value::from)),
    ])
}

fn write_package(condition: &PackageCondition) -> Value {
    let texts = condition.texts().into_iter();
    let texts = texts.filter_map(|(name, text)| Some((name.to_owned(), write_text(text?))));
    let epoch = condition.epoch.as_ref();
    let epoch = epoch.map(|range| ("epoch".to_owned(), write_number(range)));
    Value::Object(texts.chain(epoch).collect())
}
