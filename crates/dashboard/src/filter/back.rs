//! From criteria back to parameters, as far as parameters can say the same.

use findings::criteria::{
    Comparison, Conditions, Criteria, DateRange, NumberRange, PackageCondition, TextCondition,
};
use serde_json::{Map, Value};
use store::keep::timestamp;

use super::{
    DAY, Filter, Kind, PARAMETERS, Parameter,
    parameters::{Part, Target},
};

impl Filter {
    /// The parameters that stand for the criteria, and the members that no parameter can say.
    pub(crate) fn of(criteria: &Criteria) -> (Self, Map<String, Value>) {
        let mut filter = Self::default();
        let mut more = Map::new();
        let json = criteria.to_json();
        for (member, conditions) in &criteria.members {
            if let Some(pairs) = pairs(member.name, conditions) {
                filter.0.extend(pairs);
            } else {
                let entries = json.get(member.name).cloned().unwrap_or_default();
                more.insert(member.name.to_owned(), entries);
            }
        }
        (filter, more)
    }
}

type Said = Vec<(&'static Parameter, String)>;

fn target(wanted: Target) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|p| p.target == wanted)
}

fn pairs(member: &'static str, conditions: &Conditions) -> Option<Said> {
    let parameter = || target(Target::Member(member));
    match conditions {
        Conditions::Text(list) => {
            let parameter = parameter()?;
            let say = |one: &TextCondition| Some((parameter, said(parameter.kind, one)?));
            list.iter().map(say).collect()
        }
        Conditions::Number(list) => match list.as_slice() {
            [NumberRange { lower, upper }] => ends(
                member,
                [
                    ("lowerInclusive", lower.map(|number| number.to_string())),
                    ("upperInclusive", upper.map(|number| number.to_string())),
                ],
            ),
            _ => None,
        },
        Conditions::Date(list) => match list.as_slice() {
            [DateRange { start, end }] => ends(
                member,
                [
                    ("startInclusive", whole_day(*start, 0)?),
                    ("endInclusive", whole_day(*end, DAY - 1)?),
                ],
            ),
            _ => None,
        },
        Conditions::Tags(list) => {
            let parameter = parameter()?;
            let say = |key: &str, value: Option<&str>| {
                let text = value.map_or_else(|| key.to_owned(), |value| format!("{key}={value}"));
                (!key.contains('=') && is_plain(&text)).then_some((parameter, text))
            };
            list.iter()
                .map(|tag| say(&tag.key, tag.value.as_deref()))
                .collect()
        }
        Conditions::Ports(list) => {
            let parameter = parameter()?;
            let say = |begin: Option<u16>, end: Option<u16>| {
                let (begin, end) = (begin?, end?);
                let text = if begin == end {
                    begin.to_string()
                } else {
                    format!("{begin}-{end}")
                };
                Some((parameter, text))
            };
            list.iter()
                .map(|range| say(range.begin, range.end))
                .collect()
        }
        Conditions::Packages(list) => packages(list),
    }
}

/// Whether a value stays the same in a form, where commas part values.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains([',', '\n', '\r'])
}

fn said(kind: Kind, condition: &TextCondition) -> Option<String> {
    let value = &condition.value;
    if let Kind::Choice(choices) = kind {
        let equal = condition.comparison == Comparison::Equals;
        let found = choices.iter().find(|(_, wire)| wire == value && equal)?;
        return Some(found.0.to_owned());
    }
    let marked = value.starts_with('!') || value.ends_with('*');
    if marked || !is_plain(value) {
        return None;
    }
    Some(match condition.comparison {
        Comparison::Equals => value.clone(),
        Comparison::Prefix => format!("{value}*"),
        Comparison::NotEquals => format!("!{value}"),
    })
}

/// The ends of a range that has at least one.
fn ends(member: &'static str, ends: [(&'static str, Option<String>); 2]) -> Option<Said> {
    let mut said = Said::new();
    for (bound, value) in ends {
        if let Some(value) = value {
            said.push((target(Target::Bound(member, bound))?, value));
        }
    }
    (!said.is_empty()).then_some(said)
}

/// The day of a moment that is `after` its midnight; no moment has no day, and any other moment
/// cannot be said.
#[expect(clippy::option_option, reason = "two ways of not being a day")]
fn whole_day(moment: Option<i64>, after: i64) -> Option<Option<String>> {
    let Some(moment) = moment else {
        return Some(None);
    };
    let is_whole = moment.rem_euclid(DAY) == after;
    is_whole.then(|| Some(timestamp(moment).strftime("%Y-%m-%d").to_string()))
}

fn packages(list: &[PackageCondition]) -> Option<Said> {
    let mut said = Said::new();
    for condition in list {
        let known = PackageCondition {
            name: condition.name.clone(),
            version: condition.version.clone(),
            path: condition.path.clone(),
            ..PackageCondition::default()
        };
        let several = condition.version.is_some() || condition.path.is_some();
        if known != *condition
            || known == PackageCondition::default()
            || (several && list.len() > 1)
        {
            return None;
        }
        for (part, name) in Part::ALL {
            let texts = condition.texts();
            let text = texts.iter().find(|(known, _)| *known == name)?.1;
            if let Some(text) = text {
                said.push((target(Target::Package(part))?, said_text(text)?));
            }
        }
    }
    Some(said)
}

fn said_text(text: &TextCondition) -> Option<String> {
    said(Kind::Text, text)
}
