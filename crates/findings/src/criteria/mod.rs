//! Filter criteria: which findings they hold for.
//!
//! Entries of one member are alternatives, members must all hold, and every `NOT_EQUALS` must hold
//! (API reference, `FilterCriteria`). The store says the same in SQL; a test proves them equal.

mod conditions;
mod json;
mod members;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use conditions::{
    Comparison, Conditions, DateRange, NumberRange, PackageCondition, PortRange, TagCondition,
    TextCondition, texts_hold,
};
pub use json::CriteriaError;
pub use members::{Field, Kind, MEMBERS, Member};

use crate::{
    finding::{Details, Finding, FixAvailable, State},
    identity::finding_arn,
    resource::{Attribute, Resource},
};

/// Conditions on some of the members, in the order they were given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Criteria {
    pub members: Vec<(&'static Member, Conditions)>,
}

/// What criteria are asked about: a finding with what else is known of it.
#[derive(Debug)]
pub struct Subject<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub finding: &'a Finding,
    pub resource: &'a Resource,
    /// [`Resource::attributes`] of the resource.
    pub attributes: &'a [Attribute],
    /// Aliases of the vulnerability.
    pub aliases: &'a [String],
    /// Probability of exploitation within 30 days, 0 to 1.
    pub epss: Option<f64>,
}

impl Criteria {
    /// Whether they hold for the finding as it is.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        self.members
            .iter()
            .all(|(member, conditions)| subject.holds(member, conditions, subject.finding.state))
    }

    /// Whether they hold as a suppression rule: the finding counts as active, since the rule's own
    /// effect must not end it.
    pub fn suppresses(&self, subject: &Subject<'_>) -> bool {
        self.members
            .iter()
            .all(|(member, conditions)| subject.holds(member, conditions, State::Active))
    }

    /// Whether any member reads this field.
    pub fn reads(&self, field: Field) -> bool {
        self.members.iter().any(|(member, _)| member.field == field)
    }
}

impl Subject<'_> {
    fn holds(&self, member: &Member, conditions: &Conditions, state: State) -> bool {
        match conditions {
            Conditions::Text(conditions) => {
                let values = self.texts(member, state);
                let values: Vec<&str> = values.iter().map(Cow::as_ref).collect();
                texts_hold(conditions, &values)
            }
            Conditions::Number(ranges) => {
                let value = self.number(member);
                ranges.iter().any(|range| range.holds(value))
            }
            Conditions::Date(ranges) => {
                let value = self.date(member);
                ranges.iter().any(|range| range.holds(value))
            }
            Conditions::Tags(tags) => tags.iter().any(|tag| {
                let value = self.resource.tags.get(&tag.key);
                value.is_some_and(|value| tag.value.as_ref().is_none_or(|wanted| wanted == value))
            }),
            Conditions::Ports(ranges) => {
                let ports = match &self.finding.observed.details {
                    Details::Network(network) => Some((network.port_begin, network.port_end)),
                    Details::Package(_) => None,
                };
                ranges.iter().any(|range| range.holds(ports))
            }
            Conditions::Packages(conditions) => {
                let packages = self.finding.observed.packages();
                conditions
                    .iter()
                    .any(|condition| packages.iter().any(|package| condition.holds(package)))
            }
        }
    }

    /// The texts that conditions of the member are asked about.
    pub fn values(&self, member: &Member) -> Vec<Cow<'_, str>> {
        self.texts(member, self.finding.state)
    }

    fn texts(&self, member: &Member, state: State) -> Vec<Cow<'_, str>> {
        let observed = &self.finding.observed;
        let one = match member.field {
            Field::FindingArn => {
                let arn = finding_arn(self.account, self.region, &self.finding.id);
                return vec![Cow::Owned(arn)];
            }
            Field::Account => Some(self.account),
            Field::Region => Some(self.region),
            Field::FindingType => Some(observed.kind.name()),
            Field::Severity => Some(observed.severity.name()),
            Field::Status => Some(state.name()),
            Field::Title => Some(observed.title.as_str()),
            Field::ResourceType => Some(self.resource.kind.name()),
            Field::ResourceId => Some(self.resource.id.as_str()),
            Field::Vulnerability => observed.vulnerability(),
            Field::Source => observed.source(),
            Field::VendorSeverity => observed.vendor_severity.as_deref(),
            Field::FixAvailable => observed.fix.map(FixAvailable::name),
            Field::ExploitAvailable => observed.exploit_name(),
            Field::Protocol => match &observed.details {
                Details::Network(network) => Some(network.protocol.as_str()),
                Details::Package(_) => None,
            },
            Field::Related => {
                let aliases = self.aliases.iter().map(String::as_str);
                let own = observed.lists().into_iter();
                let own = own.filter_map(|(name, id)| (name == "advisory").then_some(id));
                return aliases.chain(own).map(Cow::Borrowed).collect();
            }
            Field::OfFinding => {
                let own = observed.lists().into_iter();
                let own = own.filter_map(|(name, text)| (name == member.name).then_some(text));
                return own.map(Cow::Borrowed).collect();
            }
            Field::OfResource => {
                let texts = self
                    .attributes
                    .iter()
                    .filter_map(|attribute| match attribute {
                        Attribute::Text(name, text) if *name == member.name => Some(text.as_str()),
                        _ => None,
                    });
                return texts.map(Cow::Borrowed).collect();
            }
            Field::FirstObserved
            | Field::LastObserved
            | Field::Updated
            | Field::Score
            | Field::Epss
            | Field::Ports
            | Field::Packages
            | Field::Tags => None,
        };
        one.map(Cow::Borrowed).into_iter().collect()
    }

    fn number(&self, member: &Member) -> Option<f64> {
        match member.field {
            Field::Score => self.finding.observed.score.as_ref().map(|s| s.value),
            Field::Epss => self.epss,
            #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
            _ => self.attribute(member).map(|number| number as f64),
        }
    }

    fn date(&self, member: &Member) -> Option<i64> {
        let moment = match member.field {
            Field::FirstObserved => self.finding.first_observed,
            Field::LastObserved => self.finding.last_observed,
            Field::Updated => self.finding.updated,
            _ => return self.attribute(member),
        };
        Some(moment.as_millisecond())
    }

    fn attribute(&self, member: &Member) -> Option<i64> {
        self.attributes
            .iter()
            .find_map(|attribute| match attribute {
                Attribute::Number(name, number) if *name == member.name => Some(*number),
                _ => None,
            })
    }
}
