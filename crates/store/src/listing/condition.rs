//! Filter criteria as conditions in SQL; the meaning is `Criteria::matches`, and tests hold the two
//! together.

use findings::{
    criteria::{
        Comparison, Conditions, Criteria, DateRange, Field, Member, NumberRange, PackageCondition,
        PortRange, TagCondition, TextCondition, texts_hold,
    },
    finding::{FindingType, State},
    identity::finding_arn_prefix,
    resource::ResourceType,
};
use model::Severity;

use crate::{Scope, Value, keep::severity_rank, resources::tag_attribute};

/// A condition that always or never holds.
const ALWAYS: &str = "1 = 1";
const NEVER: &str = "1 = 0";

/// The values of a statement's parameters, numbered as they are added.
#[derive(Debug, Default)]
pub(crate) struct Parameters(pub(crate) Vec<Value>);

impl Parameters {
    /// Adds a value and gives its placeholder.
    pub(crate) fn add(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }

    fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.add(value)).collect();
        places.join(", ")
    }
}

/// Where a value of a row `f` of `coverage` and its resource `r` is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Text(&'static str),
    /// Milliseconds since 1970.
    Date(&'static str),
    Attribute(&'static str),
    AttributeNumber(&'static str),
    AttributeDate(&'static str),
    /// The tags of resources of a type.
    Tags(&'static str),
}

/// The condition on the rows `f` of `coverage` and `r` of `resources` that they are the scope's
/// and satisfy the conditions.
pub(crate) fn covered(
    scope: &Scope,
    members: &[(Place, Conditions)],
    to: &mut Parameters,
) -> String {
    let mut terms = vec![
        format!("f.account = {}", to.add(&scope.account)),
        format!("f.region = {}", to.add(&scope.region)),
    ];
    for (place, conditions) in members {
        terms.push(match (place, conditions) {
            (Place::Text(name), Conditions::Text(list)) => column(name, list, to),
            (Place::Attribute(name), Conditions::Text(list)) => of_resource(name, list, to),
            (Place::Date(name), Conditions::Date(ranges)) => moments(name, ranges, to),
            (Place::AttributeDate(name), Conditions::Date(ranges)) => {
                attribute_moments(name, ranges, to)
            }
            (Place::AttributeNumber(name), Conditions::Number(ranges)) => {
                attribute_numbers(name, ranges, to)
            }
            (Place::Tags(kind), Conditions::Tags(list)) => {
                let tagged = any(list.iter().map(|one| tag(one, to)));
                format!("(r.resource_type = {} AND {tagged})", to.add(*kind))
            }
            _ => NEVER.to_owned(),
        });
    }
    terms.join(" AND ")
}

/// The condition on the row `f` of `findings` that it is the scope's and satisfies the criteria.
pub(crate) fn condition(scope: &Scope, criteria: &Criteria, to: &mut Parameters) -> String {
    members(scope, &criteria.members, to)
}

/// Like [`condition`], as of a suppression rule: the finding counts as active.
pub(crate) fn suppression(scope: &Scope, criteria: &Criteria, to: &mut Parameters) -> String {
    let mut left = criteria.members.clone();
    let mut active = true;
    left.retain(|(member, conditions)| {
        let status = member.field == Field::Status;
        if let (true, Conditions::Text(list)) = (status, conditions) {
            active &= texts_hold(list, &[State::Active.name()]);
        }
        !status
    });
    let terms = members(scope, &left, to);
    all(vec![terms, constant(active)])
}

fn members(
    scope: &Scope,
    members: &[(&'static Member, Conditions)],
    to: &mut Parameters,
) -> String {
    let mut terms = vec![
        format!("f.account = {}", to.add(&scope.account)),
        format!("f.region = {}", to.add(&scope.region)),
    ];
    for (member, conditions) in members {
        terms.push(match conditions {
            Conditions::Text(list) => texts(scope, member, list, to),
            Conditions::Number(list) => numbers(member, list, to),
            Conditions::Date(list) => dates(member, list, to),
            Conditions::Tags(list) => any(list.iter().map(|one| tag(one, to))),
            Conditions::Ports(list) => any(list.iter().map(|one| ports(*one, to))),
            Conditions::Packages(list) => {
                let packages = any(list.iter().map(|one| package(one, to)));
                // Told that each comes once, PostgreSQL reads no more of them than it needs.
                format!(
                    "f.id IN (SELECT DISTINCT p.finding FROM finding_packages p WHERE {packages})"
                )
            }
        });
    }
    terms.retain(|term| term != ALWAYS);
    terms.join(" AND ")
}

/// One of the terms; all stay, since SQLite refuses values that no term names.
fn any(terms: impl Iterator<Item = String>) -> String {
    let terms: Vec<String> = terms.collect();
    match terms.as_slice() {
        [] => NEVER.to_owned(),
        [one] => one.clone(),
        _ => format!("({})", terms.join(" OR ")),
    }
}

/// All of the terms.
fn all(terms: Vec<String>) -> String {
    let terms: Vec<String> = terms.into_iter().filter(|term| term != ALWAYS).collect();
    match terms.as_slice() {
        [] => ALWAYS.to_owned(),
        [one] => one.clone(),
        _ => format!("({})", terms.join(" AND ")),
    }
}

fn constant(holds: bool) -> String {
    if holds { ALWAYS } else { NEVER }.to_owned()
}

fn texts(
    scope: &Scope,
    member: &Member,
    conditions: &[TextCondition],
    to: &mut Parameters,
) -> String {
    let named = |name: &str| texts_hold(conditions, &[name]);
    match member.field {
        Field::Account => constant(named(&scope.account)),
        Field::Region => constant(named(&scope.region)),
        Field::FindingArn => arn(scope, conditions, to),
        Field::FindingType => one_of(
            "f.kind",
            FindingType::ALL
                .map(FindingType::name)
                .into_iter()
                .filter(|name| named(name)),
            to,
        ),
        Field::Status => one_of(
            "f.status",
            State::ALL
                .map(State::name)
                .into_iter()
                .filter(|name| named(name)),
            to,
        ),
        Field::Severity => one_of(
            "f.severity",
            Severity::ALL
                .into_iter()
                .filter(|s| named(s.name()))
                .map(severity_rank),
            to,
        ),
        Field::ResourceType => one_of(
            "f.resource_type",
            ResourceType::ALL
                .map(ResourceType::name)
                .into_iter()
                .filter(|name| named(name)),
            to,
        ),
        Field::Title => column("f.title", conditions, to),
        // Ids of resources are long and their findings many: only the resources have an index.
        Field::ResourceId => format!(
            "f.resource IN (SELECT r.id FROM resources r WHERE r.account = {} AND r.region = {} \
             AND {})",
            to.add(&scope.account),
            to.add(&scope.region),
            column("r.resource_id", conditions, to)
        ),
        Field::Vulnerability => column("f.vulnerability", conditions, to),
        Field::Source => column("f.source", conditions, to),
        Field::VendorSeverity => column("f.vendor_severity", conditions, to),
        Field::FixAvailable => column("f.fix_available", conditions, to),
        Field::ExploitAvailable => column("f.exploit_available", conditions, to),
        Field::Protocol => column("f.protocol", conditions, to),
        Field::Related => related(conditions, to),
        Field::OfFinding => list(&Listed::OF_FINDING, member.name, conditions, to),
        Field::OfResource => of_resource(member.name, conditions, to),
        Field::FirstObserved
        | Field::LastObserved
        | Field::Updated
        | Field::Score
        | Field::Epss
        | Field::Ports
        | Field::Packages
        | Field::Tags => constant(texts_hold(conditions, &[])),
    }
}

/// A column of few values, those of which that satisfy the conditions.
fn one_of<V: Into<Value>>(
    name: &str,
    values: impl Iterator<Item = V>,
    to: &mut Parameters,
) -> String {
    let places = to.list(values);
    match places.as_str() {
        "" => NEVER.to_owned(),
        one if !one.contains(',') => format!("{name} = {one}"),
        _ => format!("{name} IN ({places})"),
    }
}

/// The conditions of a column, which may be NULL.
pub(crate) fn column(name: &str, conditions: &[TextCondition], to: &mut Parameters) -> String {
    let wanted = wanted(name, conditions, to);
    let excluded: Vec<_> = excluded(conditions).collect();
    if excluded.is_empty() {
        return wanted;
    }
    let places = to.list(excluded);
    let excluded = format!("({name} IS NULL OR {name} NOT IN ({places}))");
    all(vec![wanted, excluded])
}

/// One of `EQUALS` and `PREFIX`, if there are any.
fn wanted(name: &str, conditions: &[TextCondition], to: &mut Parameters) -> String {
    let equal: Vec<&String> = conditions
        .iter()
        .filter(|c| c.comparison == Comparison::Equals)
        .map(|c| &c.value)
        .collect();
    let prefixes: Vec<&String> = conditions
        .iter()
        .filter(|c| c.comparison == Comparison::Prefix)
        .map(|c| &c.value)
        .collect();
    if equal.is_empty() && prefixes.is_empty() {
        return ALWAYS.to_owned();
    }
    let mut terms = Vec::new();
    if !equal.is_empty() {
        terms.push(one_of(name, equal.into_iter(), to));
    }
    terms.extend(prefixes.into_iter().map(|text| prefix(name, text, to)));
    any(terms.into_iter())
}

fn excluded(conditions: &[TextCondition]) -> impl Iterator<Item = &String> {
    conditions
        .iter()
        .filter(|c| c.comparison == Comparison::NotEquals)
        .map(|c| &c.value)
}

/// A range of texts, which an index answers; `LIKE` would fold case on one engine and read `%`.
fn prefix(name: &str, text: &str, to: &mut Parameters) -> String {
    let from = to.add(text);
    match successor(text) {
        Some(end) => format!("({name} >= {from} AND {name} < {})", to.add(end)),
        None => format!("{name} >= {from}"),
    }
}

/// The least text after all that begin with this one; UTF-8 is ordered as its code points are.
fn successor(text: &str) -> Option<String> {
    let mut end = text.to_owned();
    while let Some(last) = end.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn arn(scope: &Scope, conditions: &[TextCondition], to: &mut Parameters) -> String {
    let base = finding_arn_prefix(&scope.account, &scope.region);
    let mut alternatives = Vec::new();
    let mut terms = Vec::new();
    for condition in conditions {
        let id = condition.value.strip_prefix(&base);
        match (condition.comparison, id) {
            (Comparison::Equals, Some(id)) => alternatives.push(format!("f.id = {}", to.add(id))),
            (Comparison::Equals, None) => alternatives.push(NEVER.to_owned()),
            (Comparison::Prefix, Some("")) => alternatives.push(ALWAYS.to_owned()),
            (Comparison::Prefix, Some(id)) => alternatives.push(prefix("f.id", id, to)),
            (Comparison::Prefix, None) => {
                alternatives.push(constant(base.starts_with(&condition.value)));
            }
            (Comparison::NotEquals, Some(id)) => terms.push(format!("f.id <> {}", to.add(id))),
            (Comparison::NotEquals, None) => {}
        }
    }
    if !alternatives.is_empty() {
        terms.push(any(alternatives.into_iter()));
    }
    all(terms)
}

/// A table with named values of a finding or its resource.
struct Listed {
    /// Column of the finding that its rows point to, and the table's column for it.
    key: (&'static str, &'static str),
    table: &'static str,
}

impl Listed {
    const OF_FINDING: Self = Self {
        key: ("f.id", "l.finding"),
        table: "finding_lists",
    };
    const OF_RESOURCE: Self = Self {
        key: ("f.resource", "l.resource"),
        table: "resource_attributes",
    };

    /// Some row with this name satisfies the term.
    fn some(&self, name: &str, term: &str) -> String {
        let (own, column) = self.key;
        let table = self.table;
        format!("{own} IN (SELECT {column} FROM {table} l WHERE l.name = {name} AND {term})")
    }

    /// No row with this name has one of the values.
    fn none(&self, name: &str, values: &str) -> String {
        let (own, column) = self.key;
        let table = self.table;
        format!(
            "NOT EXISTS (SELECT 1 FROM {table} l WHERE {column} = {own} AND l.name = {name} \
             AND l.value IN ({values}))"
        )
    }
}

fn list(listed: &Listed, name: &str, conditions: &[TextCondition], to: &mut Parameters) -> String {
    let name = to.add(name);
    let mut terms = Vec::new();
    let wanted = wanted("l.value", conditions, to);
    if wanted != ALWAYS {
        terms.push(listed.some(&name, &wanted));
    }
    let values = to.list(excluded(conditions));
    if !values.is_empty() {
        terms.push(listed.none(&name, &values));
    }
    all(terms)
}

/// The conditions of a text property of the finding's resource.
pub(crate) fn of_resource(name: &str, conditions: &[TextCondition], to: &mut Parameters) -> String {
    list(&Listed::OF_RESOURCE, name, conditions, to)
}

fn related(conditions: &[TextCondition], to: &mut Parameters) -> String {
    let advisory = to.add("advisory");
    let mut terms = Vec::new();
    let alias = wanted("a.alias", conditions, to);
    if alias != ALWAYS {
        let own = wanted("l.value", conditions, to);
        let own = Listed::OF_FINDING.some(&advisory, &own);
        terms.push(format!(
            "(f.vulnerability IN (SELECT a.vulnerability FROM vulnerability_aliases a \
             WHERE {alias}) OR {own})"
        ));
    }
    let values = to.list(excluded(conditions));
    if !values.is_empty() {
        terms.push(Listed::OF_FINDING.none(&advisory, &values));
        terms.push(format!(
            "NOT EXISTS (SELECT 1 FROM vulnerability_aliases a \
             WHERE a.vulnerability = f.vulnerability AND a.alias IN ({values}))"
        ));
    }
    all(terms)
}

/// A number that is there and between two ends.
fn between(name: &str, lower: Option<Value>, upper: Option<Value>, to: &mut Parameters) -> String {
    let lower = lower.map(|value| format!("{name} >= {}", to.add(value)));
    let upper = upper.map(|value| format!("{name} <= {}", to.add(value)));
    match (lower, upper) {
        (None, None) => format!("{name} IS NOT NULL"),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(lower), Some(upper)) => format!("({lower} AND {upper})"),
    }
}

fn real(name: &str, range: &NumberRange, to: &mut Parameters) -> String {
    let (lower, upper) = (range.lower.map(Value::Real), range.upper.map(Value::Real));
    between(name, lower, upper, to)
}

fn numbers(member: &Member, ranges: &[NumberRange], to: &mut Parameters) -> String {
    let mut of = |name: &str| any(ranges.iter().map(|range| real(name, range, to)));
    match member.field {
        Field::Score => of("f.score"),
        Field::Epss => {
            let epss = of("v.epss");
            format!("f.vulnerability IN (SELECT v.id FROM vulnerabilities v WHERE {epss})")
        }
        _ => attribute_numbers(member.name, ranges, to),
    }
}

fn attribute_numbers(name: &str, ranges: &[NumberRange], to: &mut Parameters) -> String {
    let number = any(ranges.iter().map(|range| real("l.number", range, to)));
    Listed::OF_RESOURCE.some(&to.add(name), &number)
}

fn dates(member: &Member, ranges: &[DateRange], to: &mut Parameters) -> String {
    match member.field {
        Field::FirstObserved => moments("f.first_observed_at", ranges, to),
        Field::LastObserved => moments("f.last_observed_at", ranges, to),
        Field::Updated => moments("f.updated_at", ranges, to),
        _ => attribute_moments(member.name, ranges, to),
    }
}

fn moments(name: &str, ranges: &[DateRange], to: &mut Parameters) -> String {
    any(ranges.iter().map(|range| {
        between(
            name,
            range.start.map(Value::Int),
            range.end.map(Value::Int),
            to,
        )
    }))
}

fn attribute_moments(name: &str, ranges: &[DateRange], to: &mut Parameters) -> String {
    let term = any(ranges.iter().map(|range| {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        let real = |end: Option<i64>| end.map(|end| Value::Real(end as f64));
        between("l.number", real(range.start), real(range.end), to)
    }));
    Listed::OF_RESOURCE.some(&to.add(name), &term)
}

fn tag(tag: &TagCondition, to: &mut Parameters) -> String {
    let name = to.add(tag_attribute(&tag.key));
    let term = match &tag.value {
        Some(value) => format!("l.value = {}", to.add(value)),
        None => ALWAYS.to_owned(),
    };
    Listed::OF_RESOURCE.some(&name, &term)
}

fn ports(range: PortRange, to: &mut Parameters) -> String {
    let mut terms = vec!["f.port_begin IS NOT NULL".to_owned()];
    if let Some(begin) = range.begin {
        terms.push(format!("f.port_end >= {}", to.add(i64::from(begin))));
    }
    if let Some(end) = range.end {
        terms.push(format!("f.port_begin <= {}", to.add(i64::from(end))));
    }
    all(terms)
}

fn package(condition: &PackageCondition, to: &mut Parameters) -> String {
    let mut terms = Vec::new();
    for (name, text) in condition.texts() {
        let Some(text) = text.map(std::slice::from_ref) else {
            continue;
        };
        let place = match name {
            "name" => "p.name",
            "version" => "p.version",
            "release" => "p.release",
            "architecture" => "p.arch",
            "sourceLayerHash" => "p.layer",
            "filePath" => "p.path",
            _ => {
                terms.push(constant(texts_hold(text, &[])));
                continue;
            }
        };
        terms.push(column(place, text, to));
    }
    if let Some(range) = &condition.epoch {
        let range = between(
            "p.epoch",
            range.lower.map(|lower| whole(lower.ceil())),
            range.upper.map(|upper| whole(upper.floor())),
            to,
        );
        terms.push(range);
    }
    all(terms)
}

/// An end for a column of whole numbers; beyond those that it holds is the last.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn whole(number: f64) -> Value {
    Value::Int(number as i64)
}
