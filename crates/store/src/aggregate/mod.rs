//! Counts of active findings by group.

mod kinds;
mod request;

use std::collections::BTreeMap;

use findings::{
    criteria::{Field, TextCondition, texts_hold},
    identity::partition,
    resource::Resource,
};
pub use kinds::Kind;
pub use request::{Request, SortBy};
use serde::{Deserialize, Serialize};

use self::kinds::Plan;
use crate::{
    Row, Scope, StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
    listing::condition::{Parameters, column, condition, of_resource},
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
    /// Resources that have such findings.
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
        groups.push(group(row, plan.keys.len())?);
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

const COUNTS: &str = "COUNT(*) AS total, \
                      COUNT(CASE WHEN g.severity = 5 THEN 1 END) AS critical, \
                      COUNT(CASE WHEN g.severity = 4 THEN 1 END) AS high, \
                      COUNT(CASE WHEN g.severity = 3 THEN 1 END) AS medium, \
                      COUNT(CASE WHEN g.severity = 2 THEN 1 END) AS low, \
                      COUNT(CASE WHEN g.severity = 1 THEN 1 END) AS informational, \
                      COUNT(CASE WHEN g.severity = 0 THEN 1 END) AS untriaged, \
                      COUNT(CASE WHEN g.kind = 'NETWORK_REACHABILITY' THEN 1 END) AS network, \
                      COUNT(CASE WHEN g.exploit_available = 'YES' THEN 1 END) AS exploits, \
                      COUNT(CASE WHEN g.fix_available = 'YES' THEN 1 END) AS fixes, \
                      COUNT(DISTINCT g.resource) AS resources, MIN(g.resource) AS resource";

/// The same of rows that hold counts.
const SUMS: &str = "CAST(SUM(g.total) AS BIGINT) AS total, \
                    CAST(SUM(g.critical) AS BIGINT) AS critical, \
                    CAST(SUM(g.high) AS BIGINT) AS high, \
                    CAST(SUM(g.medium) AS BIGINT) AS medium, \
                    CAST(SUM(g.low) AS BIGINT) AS low, \
                    CAST(SUM(g.informational) AS BIGINT) AS informational, \
                    CAST(SUM(g.untriaged) AS BIGINT) AS untriaged, \
                    CAST(SUM(CASE WHEN g.kind = 'NETWORK_REACHABILITY' THEN g.total ELSE 0 END) \
                    AS BIGINT) AS network, \
                    CAST(SUM(g.exploits) AS BIGINT) AS exploits, \
                    CAST(SUM(g.fixes) AS BIGINT) AS fixes, \
                    COUNT(DISTINCT g.resource) AS resources, MIN(g.resource) AS resource";

/// What is counted: findings, or the counts that are kept for each resource.
struct Counted {
    table: &'static str,
    is_active: &'static str,
    columns: &'static str,
    counts: &'static str,
}

const FINDINGS: Counted = Counted {
    table: "findings",
    is_active: "f.status = 'ACTIVE'",
    columns: "f.severity, f.kind, f.exploit_available, f.fix_available, f.resource",
    counts: COUNTS,
};

const RESOURCES: Counted = Counted {
    table: "resource_counts",
    is_active: "f.total > 0",
    columns: "f.kind, f.resource, f.total, f.critical, f.high, f.medium, f.low, f.informational, \
              f.untriaged, f.exploits, f.fixes",
    counts: SUMS,
};

/// The kept counts if groups and conditions are by what a resource is and the type of finding.
fn counted(plan: &Plan, request: &Request) -> &'static Counted {
    let kept = |field| {
        matches!(
            field,
            Field::Account
                | Field::Region
                | Field::FindingType
                | Field::ResourceType
                | Field::ResourceId
                | Field::OfResource
                | Field::Tags
        )
    };
    let mut members = request.criteria.members.iter();
    if plan.by_resource && members.all(|(member, _)| kept(member.field)) {
        &RESOURCES
    } else {
        &FINDINGS
    }
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
    let mut terms = vec![
        condition(scope, &request.criteria, &mut to),
        counted.is_active.to_owned(),
    ];
    if !plan.only.is_empty() {
        terms.push(plan.only.to_owned());
    }
    for (number, conditions) in &request.keys {
        if let Some(key) = plan.keys.get(*number) {
            terms.push(column(key, conditions, &mut to));
        }
    }
    for (name, conditions) in &request.of_resource {
        terms.push(of_resource(name, conditions, &mut to));
    }
    let numbered = plan.keys.iter().enumerate();
    let selected: Vec<String> = numbered.map(|(n, key)| format!("{key} AS k{n}")).collect();
    let keys: Vec<String> = (0..plan.keys.len()).map(|n| format!("k{n}")).collect();
    let keys = keys.join(", ");
    // A finding counts once for a package of which it has several.
    let id = if plan.repeats { "DISTINCT f.id, " } else { "" };
    let inner = format!(
        "SELECT {id}{}, {} FROM {} f {} WHERE {}",
        selected.join(", "),
        counted.columns,
        counted.table,
        plan.join,
        terms.join(" AND "),
    );
    let amount = request.sort_by.column();
    let mut after = String::new();
    if let Some(cursor) = cursor {
        let than = if request.descending { "<" } else { ">" };
        let place = to.add(cursor.amount);
        let places: Vec<String> = cursor.keys.iter().map(|key| to.add(key)).collect();
        after = format!(
            " WHERE {amount} {than} {place} OR ({amount} = {place} AND ({keys}) > ({}))",
            places.join(", ")
        );
    }
    let direction = if request.descending { " DESC" } else { "" };
    let limit = to.add(i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT * FROM (SELECT {keys}, {} FROM ({inner}) g GROUP BY {keys}) c{after} \
         ORDER BY {amount}{direction}, {keys} LIMIT {limit}",
        counted.counts
    );
    (sql, to)
}

fn group(row: &Row, keys: usize) -> Result<Group, StoreError> {
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
        resources: count(10)?,
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
