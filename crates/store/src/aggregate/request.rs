//! A request for an aggregation, from the JSON of the service model's `AggregationRequest`.

use findings::criteria::{Conditions, Criteria, CriteriaError, TextCondition};
use serde_json::{Map, Value, json};

use super::kinds::{Kind, Target};

/// What groups are sorted by; groups with as many come in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    Critical,
    High,
    All,
    NetworkFindings,
    AffectedImages,
    AffectedInstances,
}

impl SortBy {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Critical, "CRITICAL"),
        (Self::High, "HIGH"),
        (Self::All, "ALL"),
        (Self::NetworkFindings, "NETWORK_FINDINGS"),
        (Self::AffectedImages, "AFFECTED_IMAGES"),
        (Self::AffectedInstances, "AFFECTED_INSTANCES"),
    ];

    fn parse(name: &str) -> Option<Self> {
        let mut names = Self::NAMES.iter();
        names.find_map(|(sort, known)| (*known == name).then_some(*sort))
    }

    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::All => "total",
            Self::NetworkFindings => "network",
            Self::AffectedImages | Self::AffectedInstances => "resources",
        }
    }
}

/// Which findings are grouped how. Only active ones are counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub kind: Kind,
    /// Conditions on findings.
    pub criteria: Criteria,
    /// Conditions on columns of the group, by their number.
    pub keys: Vec<(usize, Vec<TextCondition>)>,
    /// Conditions on properties of the resource that no criteria name.
    pub of_resource: Vec<(&'static str, Vec<TextCondition>)>,
    pub partitions: Vec<TextCondition>,
    /// None if the scan sources asked for are not among them.
    pub of_instances: bool,
    pub sort_by: SortBy,
    pub descending: bool,
    /// Whether nobody asks of how many resources a group is: more is answered by kept counts then.
    pub without_resources: bool,
}

impl Request {
    /// All groups of a kind, those with the most findings first.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            criteria: Criteria::default(),
            keys: Vec::new(),
            of_resource: Vec::new(),
            partitions: Vec::new(),
            of_instances: true,
            sort_by: SortBy::All,
            descending: true,
            without_resources: false,
        }
    }

    /// Whether the answer says of how many resources a group is.
    pub(super) fn tells_resources(&self) -> bool {
        let sorts = matches!(
            self.sort_by,
            SortBy::AffectedImages | SortBy::AffectedInstances
        );
        sorts || !self.without_resources
    }

    /// Reads the member of the union that belongs to the kind.
    ///
    /// # Errors
    ///
    /// When a member is not known or not of its type.
    pub fn from_json(kind: Kind, request: &Value) -> Result<Self, CriteriaError> {
        let Value::Object(members) = request else {
            return wrong(kind.member(), "an object was expected");
        };
        let mut parsed = Self::new(kind);
        let mut criteria = Map::new();
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "sortOrder" => parsed.descending = direction(value)?,
                "sortBy" => parsed.sort_by = sort_by(value)?,
                _ => parsed.filter(name, value, &mut criteria)?,
            }
        }
        parsed.criteria = Criteria::from_json(&Value::Object(criteria))?;
        Ok(parsed)
    }

    fn filter(
        &mut self,
        name: &str,
        value: &Value,
        criteria: &mut Map<String, Value>,
    ) -> Result<(), CriteriaError> {
        let filters = self.kind.plan().map_or(&[][..], |plan| plan.filters);
        let target = filters.iter().find(|(known, _)| *known == name);
        let Some((_, target)) = target else {
            return wrong(name, "there is no such member");
        };
        match target {
            Target::Member(member) => {
                renamed(name, member, value)?;
                criteria.insert((*member).to_owned(), value.clone());
            }
            Target::Value(member) => {
                let equals = json!([{ "comparison": "EQUALS", "value": value }]);
                renamed(name, member, &equals)?;
                criteria.insert((*member).to_owned(), equals);
            }
            Target::Key(column) => self.keys.push((*column, texts(name, value)?)),
            Target::OfResource(property) => {
                self.of_resource.push((*property, texts(name, value)?));
            }
            Target::Partition => self.partitions = texts(name, value)?,
            Target::ScanSource => {
                let Value::Array(sources) = value else {
                    return wrong(name, "a list was expected");
                };
                self.of_instances = sources.iter().any(|source| source == "INSTANCE_SCAN");
            }
        }
        Ok(())
    }
}

/// Reads conditions under a member's name, with errors under the name they were given.
fn renamed(name: &str, member: &str, value: &Value) -> Result<Criteria, CriteriaError> {
    Criteria::from_json(&json!({ member: value })).map_err(|error| CriteriaError {
        path: error.path.replacen(member, name, 1),
        message: error.message,
    })
}

fn texts(name: &str, value: &Value) -> Result<Vec<TextCondition>, CriteriaError> {
    let criteria = renamed(name, "title", value)?;
    match criteria.members.into_iter().next() {
        Some((_, Conditions::Text(conditions))) => Ok(conditions),
        _ => wrong(name, "comparisons were expected"),
    }
}

fn direction(value: &Value) -> Result<bool, CriteriaError> {
    match value.as_str() {
        Some("ASC") => Ok(false),
        Some("DESC") => Ok(true),
        _ => wrong("sortOrder", "ASC or DESC was expected"),
    }
}

fn sort_by(value: &Value) -> Result<SortBy, CriteriaError> {
    match value.as_str().and_then(SortBy::parse) {
        Some(sort) => Ok(sort),
        None => wrong("sortBy", "there is no such order"),
    }
}

fn wrong<T>(path: &str, message: &str) -> Result<T, CriteriaError> {
    Err(CriteriaError {
        path: path.to_owned(),
        message: message.to_owned(),
    })
}
