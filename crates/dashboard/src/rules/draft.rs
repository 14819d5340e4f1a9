//! A rule as its form says it.

use findings::criteria::Criteria;
use model::Timestamp;
use serde_json::{Map, Value};
use store::{
    keep::timestamp,
    rules::{Action, Definition, Filter as Rule},
};

use super::takes_several;
use crate::{
    filter::{Filter, Parameter},
    forms,
};

/// The most characters of a name, and of a description or reason (service model, `FilterName`,
/// `FilterDescription`, `FilterReason`).
const LONGEST_NAME: usize = 128;
const LONGEST_TEXT: usize = 512;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What the form holds, right or wrong.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) reason: String,
    pub(super) description: String,
    pub(super) filter: Filter,
    /// Conditions that no field of the form can say, as JSON.
    pub(super) more: String,
    /// The last day, `YYYY-MM-DD`.
    pub(super) until: String,
    /// A moment within a day, which the form cannot say: kept unless the day is changed.
    pub(super) expires: String,
    pub(super) until_fixed: bool,
}

impl Draft {
    /// A new rule with the conditions of an address.
    pub(super) fn of_address(query: &[(String, String)]) -> Self {
        let filter = Filter::read(query);
        // In the form a comma parts values, so one that has a comma goes elsewhere.
        let (filter, more) = match filter.criteria(&Map::new()) {
            Ok(criteria) => said(&criteria),
            Err(_) => (filter, String::new()),
        };
        Self {
            filter,
            more,
            ..Self::default()
        }
    }

    pub(super) fn of_form(form: &[(String, String)]) -> Self {
        let text = |name| {
            forms::first(form, name)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let mut pairs = Vec::new();
        for (name, value) in form {
            let several = Parameter::named(name).is_some_and(|p| takes_several(p.kind));
            if several {
                let values = value.split(',').map(|value| value.trim().to_owned());
                pairs.extend(values.map(|value| (name.clone(), value)));
            } else {
                pairs.push((name.clone(), value.clone()));
            }
        }
        Self {
            name: text("name"),
            reason: text("reason"),
            description: text("description"),
            filter: Filter::read(&pairs),
            more: text("more"),
            until: text("last-day"),
            expires: text("expires"),
            until_fixed: forms::first(form, "until-fixed").is_some(),
        }
    }

    pub(super) fn of_rule(rule: &Rule) -> Self {
        let definition = &rule.definition;
        let (filter, more) = said(&definition.criteria);
        let expires = definition.expires_at;
        Self {
            name: definition.name.clone(),
            reason: definition.reason.clone().unwrap_or_default(),
            description: definition.description.clone().unwrap_or_default(),
            filter,
            more,
            until: expires.map(last_day).unwrap_or_default(),
            expires: expires.map(|at| at.to_string()).unwrap_or_default(),
            until_fixed: definition.until_fixed,
        }
    }

    /// The criteria.
    ///
    /// # Errors
    ///
    /// What is wrong, in words for who filled the form.
    pub(super) fn criteria(&self) -> Result<Criteria, String> {
        let mut more = Map::new();
        if !self.more.is_empty() {
            match serde_json::from_str(&self.more) {
                Ok(Value::Object(members)) => more = members,
                Ok(_) => return Err("More conditions: expected a JSON object.".to_owned()),
                Err(error) => return Err(format!("More conditions are no JSON: {error}.")),
            }
        }
        let criteria = self.filter.criteria(&more)?;
        if criteria.members.is_empty() {
            return Err("Say which findings: without a condition a rule hides all.".to_owned());
        }
        Ok(criteria)
    }

    /// Milliseconds since 1970 from which the rule does not hold.
    fn expires_at(&self) -> Result<Option<i64>, String> {
        if self.until.is_empty() {
            return Ok(None);
        }
        let kept: Option<i64> = self.expires.parse().ok();
        if let Some(kept) = kept.filter(|kept| last_day(*kept) == self.until) {
            return Ok(Some(kept));
        }
        let day: Option<Timestamp> = format!("{}T00:00:00Z", self.until).parse().ok();
        let day = day.ok_or_else(|| {
            format!(
                "Last day: expected a day as 2026-01-31, not “{}”.",
                self.until
            )
        })?;
        Ok(Some(day.as_millisecond() + DAY))
    }

    /// The whole definition.
    ///
    /// # Errors
    ///
    /// What is wrong, in words for who filled the form.
    pub(super) fn definition(&self) -> Result<Definition, String> {
        let criteria = self.criteria()?;
        let text = |text: &str, label: &str| {
            if text.chars().count() > LONGEST_TEXT {
                return Err(format!("{label}: at most {LONGEST_TEXT} characters."));
            }
            Ok((!text.is_empty()).then(|| text.to_owned()))
        };
        if self.name.is_empty() || self.name.chars().count() > LONGEST_NAME {
            return Err(format!("Name: 1 to {LONGEST_NAME} characters."));
        }
        Ok(Definition {
            name: self.name.clone(),
            action: Action::Suppress,
            criteria,
            description: text(&self.description, "Description")?,
            reason: text(&self.reason, "Reason")?,
            expires_at: self.expires_at()?,
            until_fixed: self.until_fixed,
        })
    }
}

/// Criteria as fields of the form, and as JSON what no field can say.
fn said(criteria: &Criteria) -> (Filter, String) {
    let (filter, more) = Filter::of(criteria);
    let more = if more.is_empty() {
        String::new()
    } else {
        serde_json::to_string_pretty(&Value::Object(more)).unwrap_or_default()
    };
    (filter, more)
}

/// The last whole or begun day before a rule expires.
fn last_day(expires: i64) -> String {
    timestamp(expires - 1).strftime("%Y-%m-%d").to_string()
}
