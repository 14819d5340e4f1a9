//! Lists findings page by page, so that one who pages while they change sees each once.
//!
//! Without an order pages follow the ids, which never change. With one, pages are continued as of
//! the [`Moment`] of the first: findings that did not change since are read in their order, and
//! those that did are put where they stood, as their history tells. What was created since is left
//! out. Filters are asked of findings as they are.

pub(crate) mod condition;
mod moment;
mod order;
mod rows;

use std::cmp::Ordering;

use findings::criteria::{Comparison, Conditions, Criteria, Field, TextCondition};
pub use moment::Moment;
pub use order::{Sort, SortField};
pub use rows::{Listed, by_ids, facts_of};
use serde::{Deserialize, Serialize};

use self::{
    condition::{Parameters, condition},
    order::Key,
};
use crate::{Row, Scope, StoreError, Tx, Value, digest::digest};

/// Which findings are listed, in which order.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    pub criteria: &'a Criteria,
    pub sort: Option<Sort>,
}

/// Where the next page begins; it belongs to one query of one scope.
///
/// It says nothing secret, but whoever hands it out must seal it: what it says is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    query: Vec<u8>,
    moment: Option<Moment>,
    position: Position,
}

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Position {
    /// Among rows with a key, the columns of the order.
    Keyed(Vec<Part>),
    /// Among rows without, the id; none before the first.
    Absent(Option<String>),
}

/// A value in a cursor. Numbers are kept by their bits: decimal digits may lose some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Int(i64),
    Real(u64),
    Text(String),
}

/// One page.
#[derive(Debug)]
pub struct Page {
    pub findings: Vec<Listed>,
    /// None if this was the last.
    pub next: Option<Cursor>,
}

/// The active findings with the highest risk ranks, the highest first.
pub fn riskiest(tx: &mut Tx<'_>, scope: &Scope, most: usize) -> Result<Vec<Listed>, StoreError> {
    let rows = tx.query(
        "SELECT f.id FROM findings f WHERE f.account = ?1 AND f.region = ?2 \
         AND f.status = 'ACTIVE' ORDER BY f.risk DESC, f.id DESC LIMIT ?3",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            i64::try_from(most).unwrap_or(i64::MAX).into(),
        ],
    )?;
    let ids = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
    let ids = ids.collect::<Result<Vec<_>, StoreError>>()?;
    by_ids(tx, scope, &ids)
}

/// One page of the findings that a query is about.
///
/// # Errors
///
/// When the store fails, and [`StoreError::Cursor`] if the cursor is of another query.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    query: Query<'_>,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page, StoreError> {
    let digest = query_digest(scope, query);
    if cursor.is_some_and(|cursor| cursor.query != digest) {
        return Err(StoreError::Cursor);
    }
    let (ids, next) = tx.by_index(|tx| page_of_ids(tx, scope, query, cursor, size))?;
    Ok(Page {
        findings: by_ids(tx, scope, &ids)?,
        next: next.map(|(moment, position)| Cursor {
            query: digest,
            moment,
            position,
        }),
    })
}

/// How many findings satisfy the criteria.
pub fn count(tx: &mut Tx<'_>, scope: &Scope, criteria: &Criteria) -> Result<i64, StoreError> {
    let mut parameters = Parameters::default();
    let condition = condition(scope, criteria, &mut parameters);
    let sql = format!("SELECT COUNT(*) FROM findings f WHERE {condition}");
    let row = tx.first(&sql, &parameters.0)?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Like [`count`], but stops at `most`: who only shows a number need not wait for a great one.
pub fn count_up_to(
    tx: &mut Tx<'_>,
    scope: &Scope,
    criteria: &Criteria,
    most: i64,
) -> Result<i64, StoreError> {
    let mut parameters = Parameters::default();
    let condition = condition(scope, criteria, &mut parameters);
    let limit = parameters.add(most);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM findings f WHERE {condition} LIMIT {limit}) c"
    );
    let row = tx.first(&sql, &parameters.0)?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn query_digest(scope: &Scope, query: Query<'_>) -> Vec<u8> {
    let sort = query.sort.map_or("", |sort| sort.field.name());
    let direction = query
        .sort
        .map_or("", |sort| if sort.descending { "D" } else { "A" });
    let criteria = query.criteria.to_json().to_string();
    digest([&scope.account, &scope.region, sort, direction, &criteria])
}

type Next = Option<(Option<Moment>, Position)>;

fn page_of_ids(
    tx: &mut Tx<'_>,
    scope: &Scope,
    query: Query<'_>,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<(Vec<String>, Next), StoreError> {
    let listing = Listing::new(tx, scope, query)?;
    let moment = match (cursor, listing.key) {
        (Some(cursor), _) => cursor.moment.clone(),
        (None, Key::Kept(..) | Key::Epss) => Some(Moment::now(tx)?),
        (None, Key::Same | Key::Fixed(_)) => None,
    };
    // What changed since can only be before later pages.
    let since = cursor.and(moment.as_ref());
    let limit = size + 1;
    let (mut rows, mut absent_from) = match cursor.map(|cursor| &cursor.position) {
        None => (listing.keyed(tx, since, None, limit)?, 0),
        Some(Position::Keyed(last)) => (listing.keyed(tx, since, Some(last), limit)?, 0),
        Some(Position::Absent(_)) => (Vec::new(), 0),
    };
    if rows.len() < limit && listing.may_be_absent() {
        absent_from = rows.len();
        let last = match cursor.map(|cursor| &cursor.position) {
            Some(Position::Absent(last)) => last.as_deref(),
            _ => None,
        };
        let absent = listing.absent(tx, since, last, limit - rows.len())?;
        rows.extend(absent.into_iter().map(|id| vec![Value::Text(id)]));
    } else {
        absent_from = absent_from.max(rows.len());
    }
    let more = rows.len() > size;
    rows.truncate(size);
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        match row.last() {
            Some(Value::Text(id)) => ids.push(id.clone()),
            _ => return Err(StoreError::Cursor),
        }
    }
    if !more {
        return Ok((ids, None));
    }
    let position = if rows.len() > absent_from {
        Position::Absent(ids.last().cloned())
    } else {
        let last = rows.last().map_or(&[][..], Vec::as_slice);
        Position::Keyed(last.iter().map(Part::of).collect::<Result<_, _>>()?)
    };
    Ok((ids, Some((moment, position))))
}

impl Part {
    fn of(value: &Value) -> Result<Self, StoreError> {
        match value {
            Value::Int(value) => Ok(Self::Int(*value)),
            Value::Real(value) => Ok(Self::Real(value.to_bits())),
            Value::Text(value) => Ok(Self::Text(value.clone())),
            Value::Null | Value::Blob(_) => Err(StoreError::Cursor),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Int(value) => Value::Int(*value),
            Self::Real(bits) => Value::Real(f64::from_bits(*bits)),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

/// A query taken apart.
struct Listing<'a> {
    scope: &'a Scope,
    criteria: &'a Criteria,
    key: Key,
    descending: bool,
    /// Whether few findings satisfy the criteria.
    few: bool,
    embedded: bool,
}

/// One source of rows: findings as they are, or as they were.
struct Source<'a> {
    from: &'a str,
    /// The columns of the order, the last is the finding's id.
    columns: Vec<&'a str>,
    condition: String,
}

impl<'a> Listing<'a> {
    fn new(tx: &mut Tx<'_>, scope: &'a Scope, query: Query<'a>) -> Result<Self, StoreError> {
        let most = if tx.is_postgres() { FEW_KNOWN } else { FEW };
        Ok(Self {
            scope,
            criteria: query.criteria,
            key: query.sort.map_or(Key::Same, |sort| sort.field.key()),
            descending: query.sort.is_some_and(|sort| sort.descending),
            embedded: !tx.is_postgres(),
            few: is_selective(query.criteria)
                && count_up_to(tx, scope, query.criteria, most)? < most,
        })
    }

    /// Vulnerabilities in the order of their EPSS scores with their findings, or few findings.
    ///
    /// On SQLite a cross join keeps this order of the tables, and it must be told that a
    /// vulnerability has fewer findings than a severity.
    fn by_epss(&self) -> &'static str {
        match (self.few, self.embedded) {
            (true, _) => "findings f CROSS JOIN vulnerabilities v",
            (false, true) => {
                "vulnerabilities v CROSS JOIN findings f INDEXED BY findings_by_vulnerability"
            }
            (false, false) => "vulnerabilities v CROSS JOIN findings f",
        }
    }

    fn may_be_absent(&self) -> bool {
        !matches!(self.key, Key::Same)
    }

    /// The rows that have a key, after the last ones of the page before.
    fn keyed(
        &self,
        tx: &mut Tx<'_>,
        since: Option<&Moment>,
        last: Option<&Vec<Part>>,
        limit: usize,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut rows = Vec::new();
        for source in self.sources(since, true) {
            self.read(tx, &source, last, limit, &mut rows)?;
        }
        rows.sort_by(|a, b| {
            let order = compare(a, b);
            if self.descending {
                order.reverse()
            } else {
                order
            }
        });
        rows.truncate(limit);
        Ok(rows)
    }

    /// The ids of the rows that have no key, after the last one.
    fn absent(
        &self,
        tx: &mut Tx<'_>,
        since: Option<&Moment>,
        last: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let last = last.map(|id| vec![Part::Text(id.to_owned())]);
        let mut rows = Vec::new();
        for mut source in self.sources(since, false) {
            source.columns.drain(..source.columns.len() - 1);
            self.read(tx, &source, last.as_ref(), limit, &mut rows)?;
        }
        let mut ids: Vec<String> = rows
            .into_iter()
            .flatten()
            .filter_map(|value| match value {
                Value::Text(id) => Some(id),
                _ => None,
            })
            .collect();
        ids.sort();
        if self.descending {
            ids.reverse();
        }
        ids.truncate(limit);
        Ok(ids)
    }

    fn sources(&self, since: Option<&Moment>, keyed: bool) -> Vec<Source<'static>> {
        let there = if keyed { "IS NOT NULL" } else { "IS NULL" };
        match self.key {
            Key::Same => vec![Source {
                from: "findings f",
                columns: vec!["f.id"],
                condition: String::new(),
            }],
            Key::Fixed("f.vulnerability") => vec![Source {
                // The index is by vulnerability first.
                from: "findings f",
                columns: vec!["f.vulnerability", "f.account", "f.region", "f.id"],
                condition: format!(" AND f.vulnerability {there}"),
            }],
            Key::Fixed(expression) => vec![Source {
                from: "findings f",
                columns: vec![expression, "f.id"],
                condition: format!(" AND {expression} {there}"),
            }],
            Key::Kept(now, then) => kept(now, then, there, since),
            Key::Epss => epss(keyed, self.by_epss(), since),
        }
    }

    fn read(
        &self,
        tx: &mut Tx<'_>,
        source: &Source<'_>,
        last: Option<&Vec<Part>>,
        limit: usize,
        rows: &mut Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        let mut parameters = Parameters::default();
        let condition = condition(self.scope, self.criteria, &mut parameters);
        // Few findings are sorted faster than all are walked in the order of an index, which the
        // engines would do; no index has these expressions.
        let place = |column: &&str| {
            if self.few {
                format!("COALESCE({column}, NULL)")
            } else {
                (*column).to_owned()
            }
        };
        let places: Vec<String> = source.columns.iter().map(place).collect();
        let columns = places.join(", ");
        let mut after = String::new();
        if let Some(last) = last {
            let last: Vec<String> = last
                .iter()
                .map(|part| parameters.add(part.value()))
                .collect();
            let than = if self.descending { "<" } else { ">" };
            after = format!(" AND ({columns}) {than} ({})", last.join(", "));
        }
        let direction = if self.descending { " DESC" } else { "" };
        let order: Vec<String> = places.iter().map(|c| format!("{c}{direction}")).collect();
        let limit = parameters.add(i64::try_from(limit).unwrap_or(i64::MAX));
        let sql = format!(
            "SELECT {columns} FROM {} WHERE {condition}{}{after} ORDER BY {} LIMIT {limit}",
            source.from,
            source.condition,
            order.join(", "),
        );
        tx.each(&sql, &parameters.0, |Row(values)| {
            rows.push(values);
            Ok(())
        })
    }
}

/// Findings that SQLite sorts in a few milliseconds.
const FEW: i64 = 5_000;

/// The same for PostgreSQL, which knows how often values are and sorts more by itself.
const FEW_KNOWN: i64 = 1_000;

/// Whether the criteria ask for values that an index finds, so that counting a few is cheap.
fn is_selective(criteria: &Criteria) -> bool {
    let wanted = |c: &TextCondition| c.comparison != Comparison::NotEquals;
    criteria.members.iter().any(|(member, conditions)| {
        let has_index = matches!(
            member.field,
            Field::ResourceId
                | Field::OfResource
                | Field::OfFinding
                | Field::Title
                | Field::Vulnerability
                | Field::LastObserved
                | Field::Packages
                | Field::Tags
        );
        has_index
            && match conditions {
                Conditions::Text(list) => list.iter().any(wanted),
                _ => true,
            }
    })
}

/// Findings that did not change since, and those that did by their history: its first row since
/// tells how the finding was, unless it tells that it was created.
fn kept(
    now: &'static str,
    then: &'static str,
    there: &str,
    since: Option<&Moment>,
) -> Vec<Source<'static>> {
    let unchanged = since.map_or_else(String::new, |since| {
        format!(" AND NOT {}", since.after("f.version"))
    });
    let mut sources = vec![Source {
        from: "findings f",
        columns: vec![now, "f.id"],
        condition: format!(" AND {now} {there}{unchanged}"),
    }];
    if let Some(since) = since {
        sources.push(Source {
            from: "finding_history h JOIN findings f ON f.id = h.finding",
            columns: vec![then, "h.finding"],
            condition: format!(
                " AND {then} {there} AND h.account = ?1 AND h.region = ?2 \
                 AND {} AND h.status <> '' AND NOT EXISTS (SELECT 1 FROM finding_history e \
                 WHERE e.finding = h.finding AND e.id < h.id AND {})",
                since.after("h.version"),
                since.after("e.version"),
            ),
        });
    }
    sources
}

/// By the EPSS score as it is, or as it was if it changed since. A score that changed twice since
/// is not where it was: they change once a day.
fn epss(keyed: bool, from: &'static str, since: Option<&Moment>) -> Vec<Source<'static>> {
    let changed = since.map_or_else(|| "1 = 0".to_owned(), |since| since.after("v.epss_version"));
    if !keyed {
        return vec![Source {
            from: "findings f LEFT JOIN vulnerabilities v ON v.id = f.vulnerability",
            columns: vec!["f.id"],
            condition: format!(
                " AND (v.id IS NULL OR (NOT {changed} AND v.epss IS NULL) \
                 OR ({changed} AND v.epss_before IS NULL))"
            ),
        }];
    }
    let mut sources = vec![Source {
        from,
        columns: vec!["v.epss", "v.id", "f.id"],
        condition: format!(" AND f.vulnerability = v.id AND v.epss IS NOT NULL AND NOT {changed}"),
    }];
    if since.is_some() {
        sources.push(Source {
            from,
            columns: vec!["v.epss_before", "v.id", "f.id"],
            condition: format!(
                " AND f.vulnerability = v.id AND v.epss_before IS NOT NULL AND {changed}"
            ),
        });
    }
    sources
}

/// The order of the databases: numbers, then text by its bytes.
fn compare(a: &[Value], b: &[Value]) -> Ordering {
    let mut orders = a.iter().zip(b).map(|(a, b)| match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Real(a), Value::Real(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
    });
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
