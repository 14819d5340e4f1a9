//! Counts of active findings by group.

mod counted;
mod kinds;
mod request;

use std::collections::BTreeMap;

use findings::{
    criteria::{TextCondition, texts_hold},
    identity::partition,
    resource::Resource,
};
pub use kinds::Kind;
pub use request::{Request, SortBy};
use serde::{Deserialize, Serialize};

use self::{counted::counted, kinds::Plan};
use crate::{
    Row, Scope, StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
    listing::condition::{Parameters, column, condition, of_resource, suppression},
    records::decode,
};

/// Findings by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeverityCounts {
    pub all: i64,
    pub critical: i64,
    pub high: i64,
    pub medium: i64,
    pub low: i64,
    pub informational: i64,
    pub untriaged: i64,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What names it: the finding type; the package; title and vulnerability (empty if none); the
    /// repository; the AMI; the resource id; repository, resource id and layer; the account;
    /// function, resource id and layer.
    pub keys: Vec<String>,
    pub severities: SeverityCounts,
    /// Findings about the network.
    pub network: i64,
    /// Findings for which an exploit is known.
    pub exploit_available: i64,
    /// Findings for all packages of which there is a fix.
    pub fix_available: i64,
    /// Resources that have such findings; 0 if the request does without.
    pub resources: i64,
    /// The resource, if the group is of one.
    pub resource: Option<Resource>,
}

/// The last group of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    amount: i64,
    keys: Vec<String>,
}

/// One page.
#[derive(Debug)]
pub struct Page {
    pub groups: Vec<Group>,
    /// None if this was the last.
    pub next: Option<Cursor>,
}

/// One page of the groups of the scope's active findings; none if the scope's account does not
/// satisfy `accounts`.
pub fn aggregate(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &Request,
    accounts: &[TextCondition],
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page, StoreError> {
    let none = Page {
        groups: Vec::new(),
        next: None,
    };
    let Some(plan) = request.kind.plan() else {
        return Ok(none);
    };
    let partition = partition(&scope.region);
    if !request.of_instances
        || !texts_hold(accounts, &[&scope.account])
        || !texts_hold(&request.partitions, &[partition])
        || cursor.is_some_and(|cursor| cursor.keys.len() != plan.keys.len())
    {
        return Ok(none);
    }
    let (sql, parameters) = statement(scope, plan, request, cursor, size + 1);
    let rows = tx.query(&sql, &parameters.0)?;
    let more = rows.len() > size;
    let mut groups = Vec::with_capacity(rows.len());
    let mut numbers = Vec::with_capacity(rows.len());
    for row in rows.iter().take(size) {
        groups.push(group(row, plan.keys.len(), request)?);
        numbers.push(row.int(plan.keys.len() + 11)?);
    }
    let next = groups.last().filter(|_| more).map(|group| Cursor {
        amount: amount(group, request.sort_by),
        keys: group.keys.clone(),
    });
    if plan.of_resource {
        let resources = resources(tx, &numbers)?;
        for (group, number) in groups.iter_mut().zip(&numbers) {
            group.resource = resources.get(number).cloned();
        }
    }
    Ok(Page { groups, next })
}

fn statement(
    scope: &Scope,
    plan: &Plan,
    request: &Request,
    cursor: Option<&Cursor>,
    limit: usize,
) -> (String, Parameters) {
    let counted = counted(plan, request);
    let mut to = Parameters::default();
    // Only active findings are counted: for conditions, all are.
    let mut terms = vec![if counted.is_kept() {
        suppression(scope, &request.criteria, &mut to)
    } else {
        condition(scope, &request.criteria, &mut to)
    }];
    terms.push(counted.is_active.to_owned());
    terms.push(plan.only.to_owned());
    let names = counted.keys(plan);
    for (number, conditions) in &request.keys {
        if let Some(key) = names.get(*number) {
            terms.push(column(key, conditions, &mut to));
        }
    }
    for (name, conditions) in &request.of_resource {
        terms.push(of_resource(name, conditions, &mut to));
    }
    terms.retain(|term| !term.is_empty());
    let numbered = names.iter().enumerate();
    let selected: Vec<String> = numbered.map(|(n, key)| format!("{key} AS k{n}")).collect();
    let keys: Vec<String> = (0..names.len()).map(|n| format!("k{n}")).collect();
    let keys = keys.join(", ");
    let groups = counted.groups(plan, &selected, &keys, &terms.join(" AND "));
    let amount = request.sort_by.column();
    let mut after = String::new();
    if let Some(cursor) = cursor {
        let than = if request.descending { "<" } else { ">" };
        let place = to.add(cursor.amount);
        let places: Vec<String> = cursor.keys.iter().map(|key| to.add(key)).collect();
        after = format!(
            " AND ({amount} {than} {place} OR ({amount} = {place} AND ({keys}) > ({})))",
            places.join(", ")
        );
    }
    let direction = if request.descending { " DESC" } else { "" };
    let limit = to.add(i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT * FROM ({groups}) c WHERE total > 0{after} \
         ORDER BY {amount}{direction}, {keys} LIMIT {limit}"
    );
    (sql, to)
}

fn group(row: &Row, keys: usize, request: &Request) -> Result<Group, StoreError> {
    let count = |column: usize| row.int(keys + column);
    let names = (0..keys).map(|column| Ok(row.text(column)?.to_owned()));
    Ok(Group {
        keys: names.collect::<Result<_, StoreError>>()?,
        severities: SeverityCounts {
            all: count(0)?,
            critical: count(1)?,
            high: count(2)?,
            medium: count(3)?,
            low: count(4)?,
            informational: count(5)?,
            untriaged: count(6)?,
        },
        network: count(7)?,
        exploit_available: count(8)?,
        fix_available: count(9)?,
        resources: if request.tells_resources() {
            count(10)?
        } else {
            0
        },
        resource: None,
    })
}

fn amount(group: &Group, by: SortBy) -> i64 {
    match by {
        SortBy::Critical => group.severities.critical,
        SortBy::High => group.severities.high,
        SortBy::All => group.severities.all,
        SortBy::NetworkFindings => group.network,
        SortBy::AffectedImages | SortBy::AffectedInstances => group.resources,
    }
}

fn resources(tx: &mut Tx<'_>, numbers: &[i64]) -> Result<BTreeMap<i64, Resource>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in numbers.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT id, body FROM resources WHERE id IN ({})",
            list_of(1, chunk.len())
        );
        let parameters: Vec<Value> = chunk.iter().map(|number| Value::Int(*number)).collect();
        tx.each(&sql, &parameters, |row| {
            found.insert(row.int(0)?, decode("a resource", row.text(1)?)?);
            Ok(())
        })?;
    }
    Ok(found)
}
