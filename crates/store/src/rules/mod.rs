//! Filters: saved views, and suppression rules with their effect on findings.

mod apply;
mod preview;

use std::{collections::BTreeMap, sync::Arc};

pub use apply::{apply, expire, reading};
use findings::{
    criteria::{Criteria, Subject},
    finding::FixAvailable,
    identity::partition,
    resource::ResourceType,
};
pub use preview::{Preview, hiding, preview};

use crate::{
    Row, Scope, StoreError, Tx, Value, accounts,
    digest::digest,
    listing::condition::Parameters,
    records::{decode, encode},
    tags,
    vex::{self, Statements},
};

/// The most suppression rules of an account in a Region (Amazon Inspector quotas).
pub const MOST_RULES: i64 = 500;

/// What a filter does (service model, `FilterAction`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is a saved view.
    None,
    /// It hides what it matches.
    Suppress,
}

impl Action {
    /// The upper-case name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Suppress => "SUPPRESS",
        }
    }

    /// The action with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::None, Self::Suppress]
            .into_iter()
            .find(|action| action.name() == name)
    }
}

/// What the owner says of a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    pub name: String,
    pub action: Action,
    pub criteria: Criteria,
    pub description: Option<String>,
    pub reason: Option<String>,
    /// Milliseconds since 1970 from which a rule does not hold; beyond Inspector.
    pub expires_at: Option<i64>,
    /// A rule holds only while there is no fix; beyond Inspector.
    pub until_fixed: bool,
}

/// A filter as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// 16 lower-case hexadecimal digits, the last part of its ARN.
    pub id: String,
    pub definition: Definition,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
    pub tags: BTreeMap<String, String>,
}

/// A suppression rule that holds now.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub id: String,
    pub criteria: Criteria,
    pub until_fixed: bool,
}

impl Rule {
    /// Whether the rule hides the finding.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        let waits = !self.until_fixed || subject.finding.observed.fix == Some(FixAvailable::No);
        waits && self.criteria.suppresses(subject)
    }
}

/// The condition that a rule which holds only while there is no fix adds to its criteria.
const fn only_unfixed(until_fixed: bool) -> &'static str {
    if until_fixed {
        " AND f.fix_available = 'NO'"
    } else {
        ""
    }
}

/// Why a filter cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a filter with this name exists")]
    NameTaken,
    #[error("there are 500 suppression rules, which is the most")]
    TooManyRules,
    #[error("there is no such filter")]
    NotFound,
}

/// The ARN of a filter of this account.
pub fn arn(scope: &Scope, id: &str) -> String {
    arn_prefix(scope) + id
}

/// The id in an ARN, if it is of a filter of this account.
pub fn id_of<'a>(scope: &Scope, arn: &'a str) -> Option<&'a str> {
    let id = arn.strip_prefix(&arn_prefix(scope))?;
    let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (id.len() == 16 && id.bytes().all(hexadecimal)).then_some(id)
}

fn arn_prefix(scope: &Scope) -> String {
    let Scope { account, region } = scope;
    let partition = partition(region);
    format!("arn:{partition}:inspector2:{region}:{account}:owner/{account}/filter/")
}

const COLUMNS: &str = "id, name, action, criteria, description, reason, created_at, updated_at, \
                       expires_at, until_fixed";

/// Creates a filter; a suppression rule takes effect on the findings that exist. Returns its id.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    definition: &Definition,
    tags: &BTreeMap<String, String>,
    now: i64,
) -> Result<String, StoreError> {
    tx.hold_exclusively(scope)?;
    if definition.action == Action::Suppress {
        check_room(tx, scope)?;
    }
    let id = new_id(tx, scope, &definition.name)?;
    let written = write(
        tx,
        scope,
        &id,
        definition,
        "INSERT INTO filters (id, account, region, name, action, criteria, description, reason, \
         expires_at, until_fixed, created_at, updated_at) VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11) \
         ON CONFLICT (account, region, name) DO NOTHING",
        now,
    )?;
    if written == 0 {
        return Err(Refusal::NameTaken.into());
    }
    tags::put(tx, scope, &arn(scope, &id), tags)?;
    if definition.action == Action::Suppress {
        apply(tx, scope, &id, now)?;
    }
    Ok(id)
}

/// Replaces what is said of a filter; a suppression rule takes effect on the findings that exist.
pub fn update(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    definition: &Definition,
    now: i64,
) -> Result<(), StoreError> {
    tx.hold_exclusively(scope)?;
    let before = get(tx, scope, id)?.ok_or(Refusal::NotFound)?.definition;
    if definition.action == Action::Suppress && before.action == Action::None {
        check_room(tx, scope)?;
    }
    let other = tx.first(
        "SELECT id FROM filters WHERE account = ?1 AND region = ?2 AND name = ?3 AND id <> ?4",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            Value::from(&definition.name),
            id.into(),
        ],
    )?;
    if other.is_some() {
        return Err(Refusal::NameTaken.into());
    }
    write(
        tx,
        scope,
        id,
        definition,
        "UPDATE filters SET name = ?4, action = ?5, criteria = ?6, description = ?7, \
         reason = ?8, expires_at = ?9, until_fixed = ?10, updated_at = ?11 \
         WHERE id = ?1 AND account = ?2 AND region = ?3",
        now,
    )?;
    let effect = |d: &Definition| (d.action, d.criteria.clone(), d.expires_at, d.until_fixed);
    if effect(&before) != effect(definition) {
        apply(tx, scope, id, now)?;
    }
    Ok(())
}

/// Deletes a filter; findings that no other rule matches are active again.
pub fn delete(tx: &mut Tx<'_>, scope: &Scope, id: &str, now: i64) -> Result<(), StoreError> {
    tx.hold_exclusively(scope)?;
    let deleted = tx.execute(
        "DELETE FROM filters WHERE id = ?1 AND account = ?2 AND region = ?3",
        &[
            id.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
        ],
    )?;
    if deleted == 0 {
        return Err(Refusal::NotFound.into());
    }
    tags::remove_all(tx, scope, &arn(scope, id))?;
    apply(tx, scope, id, now)?;
    Ok(())
}

fn write(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    definition: &Definition,
    sql: &str,
    now: i64,
) -> Result<u64, StoreError> {
    let criteria = encode("criteria", &definition.criteria.to_json())?;
    tx.execute(
        sql,
        &[
            id.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            Value::from(&definition.name),
            definition.action.name().into(),
            criteria.into(),
            definition.description.as_ref().into(),
            definition.reason.as_ref().into(),
            definition.expires_at.into(),
            definition.until_fixed.into(),
            now.into(),
        ],
    )
}

fn check_room(tx: &mut Tx<'_>, scope: &Scope) -> Result<(), StoreError> {
    let row = tx.first(
        "SELECT COUNT(*) FROM filters WHERE account = ?1 AND region = ?2 AND action = 'SUPPRESS'",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    let rules = row.map_or(Ok(0), |row| row.int(0))?;
    if rules >= MOST_RULES {
        return Err(Refusal::TooManyRules.into());
    }
    Ok(())
}

/// A name may be used again after its filter is deleted, a transaction's number never is.
fn new_id(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> Result<String, StoreError> {
    use std::fmt::Write as _;

    let version = tx.version()?.to_string();
    let hash = digest([&scope.account, &scope.region, name, &version]);
    let mut id = String::with_capacity(16);
    for byte in hash.iter().take(8) {
        write!(id, "{byte:02x}").map_err(|error| StoreError::Corrupt {
            what: "a filter's id",
            reason: error.to_string(),
        })?;
    }
    Ok(id)
}

/// One filter.
pub fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> Result<Option<Filter>, StoreError> {
    let wanted = Wanted {
        ids: Some(&[id.to_owned()]),
        ..Wanted::default()
    };
    Ok(list(tx, scope, wanted)?.pop())
}

/// Which filters are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub ids: Option<&'a [String]>,
    pub action: Option<Action>,
    /// Only those whose id is greater; pages follow the ids.
    pub after: Option<&'a str>,
    /// The most that are listed.
    pub limit: Option<usize>,
}

/// Filters of the account, by id.
pub fn list(tx: &mut Tx<'_>, scope: &Scope, wanted: Wanted<'_>) -> Result<Vec<Filter>, StoreError> {
    let mut to = Parameters::default();
    let mut sql = format!(
        "SELECT {COLUMNS} FROM filters WHERE account = {} AND region = {}",
        to.add(&scope.account),
        to.add(&scope.region)
    );
    if let Some(ids) = wanted.ids {
        let places: Vec<String> = ids.iter().map(|id| to.add(id)).collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        sql += &[" AND id IN (", &places.join(", "), ")"].concat();
    }
    if let Some(action) = wanted.action {
        sql += &[" AND action = ", &to.add(action.name())].concat();
    }
    if let Some(after) = wanted.after {
        sql += &[" AND id > ", &to.add(after)].concat();
    }
    sql += " ORDER BY id";
    if let Some(limit) = wanted.limit {
        sql += &[" LIMIT ", &to.add(i64::try_from(limit).unwrap_or(i64::MAX))].concat();
    }
    let rows = tx.query(&sql, &to.0)?;
    let mut filters = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut filter = filter(row)?;
        filter.tags = tags::list(tx, scope, &arn(scope, &filter.id))?;
        filters.push(filter);
    }
    Ok(filters)
}

fn filter(row: &Row) -> Result<Filter, StoreError> {
    let action = row.text(2)?;
    let owned = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_owned));
    Ok(Filter {
        id: row.text(0)?.to_owned(),
        definition: Definition {
            name: row.text(1)?.to_owned(),
            action: Action::parse(action)
                .ok_or_else(|| corrupt(format!("there is no action `{action}`")))?,
            criteria: criteria(row.text(3)?)?,
            description: owned(4)?,
            reason: owned(5)?,
            expires_at: row.optional_int(8)?,
            until_fixed: row.flag(9)?,
        },
        created_at: row.int(6)?,
        updated_at: row.int(7)?,
        tags: BTreeMap::new(),
    })
}

fn criteria(text: &str) -> Result<Criteria, StoreError> {
    let json = decode("criteria", text)?;
    Criteria::from_json(&json).map_err(|error| corrupt(error.to_string()))
}

fn corrupt(reason: String) -> StoreError {
    StoreError::Corrupt {
        what: "a filter",
        reason,
    }
}

/// The rules of some scopes, read once for each and held until the transaction ends.
#[derive(Debug, Default)]
pub struct Rules {
    holding: BTreeMap<Scope, Vec<Rule>>,
    off: BTreeMap<Scope, Vec<&'static str>>,
    vex: BTreeMap<Scope, Arc<Statements>>,
}

impl Rules {
    /// The suppression rules of the scope that hold at `now` (milliseconds since 1970). They do
    /// not change until the transaction ends.
    pub fn of(&mut self, tx: &mut Tx<'_>, scope: &Scope, now: i64) -> Result<&[Rule], StoreError> {
        if !self.holding.contains_key(scope) {
            tx.hold(scope)?;
            let rules = holding(tx, scope, now)?;
            self.holding.insert(scope.clone(), rules);
        }
        Ok(self.holding.get(scope).map_or(&[], Vec::as_slice))
    }

    /// What the VEX documents of the scope say. They do not change until the transaction ends.
    pub fn vex(&mut self, tx: &mut Tx<'_>, scope: &Scope) -> Result<Arc<Statements>, StoreError> {
        if let Some(known) = self.vex.get(scope) {
            return Ok(Arc::clone(known));
        }
        tx.hold(scope)?;
        let statements = Arc::new(vex::statements(tx, scope)?);
        self.vex.insert(scope.clone(), Arc::clone(&statements));
        Ok(statements)
    }

    /// Whether scans of resources of this type are switched off in the scope.
    pub fn is_off(
        &mut self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        kind: ResourceType,
    ) -> Result<bool, StoreError> {
        if !self.off.contains_key(scope) {
            let off = accounts::switched_off(tx, scope)?;
            self.off.insert(scope.clone(), off);
        }
        let off = self.off.get(scope);
        Ok(off.is_some_and(|off| off.contains(&kind.name())))
    }
}

fn holding(tx: &mut Tx<'_>, scope: &Scope, now: i64) -> Result<Vec<Rule>, StoreError> {
    let rows = tx.query(
        "SELECT id, criteria, until_fixed FROM filters WHERE account = ?1 AND region = ?2 \
         AND action = 'SUPPRESS' AND (expires_at IS NULL OR expires_at > ?3) ORDER BY id",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            now.into(),
        ],
    )?;
    let rule = |row: &Row| {
        Ok(Rule {
            id: row.text(0)?.to_owned(),
            criteria: criteria(row.text(1)?)?,
            until_fixed: row.flag(2)?,
        })
    };
    rows.iter().map(rule).collect()
}
