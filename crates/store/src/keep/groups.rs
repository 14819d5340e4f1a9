//! How many active findings each title and each package has, over all resources, kept with the
//! findings (`docs/decisions/counted-findings.md`).
//!
//! One advisory changes one group of thousands of resources. On PostgreSQL the transactions that
//! evaluate them would wait for each other's row: each notes what it adds in rows of its own,
//! readers add them up, and [`fold_counts`] puts them away.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use findings::finding::{Finding, FixAvailable};

use super::{Changed, counts::sides, severity_rank};
use crate::{
    Row, StoreError, Tx, Value,
    engine::{MOST_KEYS, kept, list_of},
};

pub(crate) const TITLE: &str = "TITLE";
pub(crate) const PACKAGE: &str = "PACKAGE";

/// The severity in rows that say how many resources a group has.
const OF_RESOURCES: i64 = -1;

/// What a row of `group_counts` counts; what a finding does not have is an empty text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group<'a> {
    account: &'a str,
    region: &'a str,
    counted_by: &'static str,
    name: Cow<'a, str>,
    vulnerability: Cow<'a, str>,
    resource_type: &'static str,
    kind: &'static str,
    severity: i64,
    fix: &'static str,
    exploit: &'static str,
}

const COLUMNS: &str = "account, region, counted_by, name, vulnerability, resource_type, kind, \
                       severity, fix_available, exploit_available";

impl Group<'_> {
    fn row(&self, amount: i64) -> Vec<Value> {
        vec![
            self.account.into(),
            self.region.into(),
            self.counted_by.into(),
            Value::from(&self.name),
            Value::from(&self.vulnerability),
            self.resource_type.into(),
            self.kind.into(),
            self.severity.into(),
            self.fix.into(),
            self.exploit.into(),
            amount.into(),
        ]
    }
}

/// A row of `resource_groups`: a group of which one resource may have several findings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Member<'a> {
    resource: i64,
    counted_by: Cow<'a, str>,
    kind: Cow<'a, str>,
    name: Cow<'a, str>,
}

impl Member<'_> {
    fn row(&self, amount: i64) -> Vec<Value> {
        vec![
            self.resource.into(),
            Value::from(&self.counted_by),
            Value::from(&self.kind),
            Value::from(&self.name),
            amount.into(),
        ]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| row.text(column).map(|text| Cow::Owned(text.to_owned()));
        Ok(Self {
            resource: row.int(0)?,
            counted_by: text(1)?,
            kind: text(2)?,
            name: text(3)?,
        })
    }
}

/// How much is added to what.
#[derive(Debug, Default)]
struct Moves<'a> {
    groups: BTreeMap<Group<'a>, i64>,
    members: BTreeMap<Member<'a>, (Group<'a>, i64)>,
}

impl<'a> Moves<'a> {
    /// Notes a finding, active before or after a change.
    ///
    /// A resource has at most one finding of a vulnerability that is not closed, since that is its
    /// key (`findings::observe`): titles with a vulnerability have as many resources as findings.
    fn note(&mut self, one: &Changed<'a>, finding: &'a Finding, sign: i64) {
        let observed = &finding.observed;
        let title = Group {
            account: &one.scope.account,
            region: &one.scope.region,
            counted_by: TITLE,
            name: kept(&observed.title),
            vulnerability: kept(observed.vulnerability().unwrap_or_default()),
            resource_type: one.resource.resource.kind.name(),
            kind: observed.kind.name(),
            severity: severity_rank(observed.severity),
            fix: observed.fix.map_or("", FixAvailable::name),
            exploit: observed.exploit_name().unwrap_or_default(),
        };
        if title.vulnerability.is_empty() {
            self.note_member(one, &title, sign);
        }
        let packages = observed.packages().iter().map(|p| kept(&p.name));
        for name in packages.collect::<BTreeSet<_>>() {
            let package = Group {
                counted_by: PACKAGE,
                name,
                vulnerability: "".into(),
                ..title.clone()
            };
            self.note_member(one, &package, sign);
            *self.groups.entry(package).or_default() += sign;
        }
        *self.groups.entry(title).or_default() += sign;
    }

    fn note_member(&mut self, one: &Changed<'a>, group: &Group<'a>, sign: i64) {
        let member = Member {
            resource: one.resource.number,
            counted_by: group.counted_by.into(),
            kind: group.kind.into(),
            name: group.name.clone(),
        };
        let (_, amount) = self.members.entry(member).or_insert_with(|| {
            let resources = Group {
                severity: OF_RESOURCES,
                fix: "",
                exploit: "",
                ..group.clone()
            };
            (resources, 0)
        });
        *amount += sign;
    }

    /// Moves how many findings resources have of groups, and notes where a resource has the first
    /// or none any more.
    fn write_members(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let moved = self.members.iter().filter(|(_, (_, amount))| *amount != 0);
        let rows: Vec<Vec<Value>> = moved
            .map(|(member, (_, amount))| member.row(*amount))
            .collect();
        let mut empty = BTreeSet::new();
        let (members, groups) = (&self.members, &mut self.groups);
        tx.insert_returning(
            "INSERT INTO resource_groups (resource, counted_by, kind, name, total)",
            &rows,
            "ON CONFLICT (resource, counted_by, kind, name) DO UPDATE SET \
             total = resource_groups.total + excluded.total \
             RETURNING resource, counted_by, kind, name, total",
            |row| {
                let member = Member::read(&row)?;
                let now = row.int(4)?;
                let moved = members.get(&member).ok_or_else(|| StoreError::Corrupt {
                    what: "a count",
                    reason: format!("{member:?} was stored under another name"),
                })?;
                let (group, amount) = moved;
                let more = i64::from(now > 0) - i64::from(now - amount > 0);
                if more != 0 {
                    *groups.entry(group.clone()).or_default() += more;
                }
                if now == 0 {
                    empty.insert(member.resource);
                }
                Ok(())
            },
        )?;
        let empty: Vec<Value> = empty.into_iter().map(Value::Int).collect();
        for chunk in empty.chunks(MOST_KEYS) {
            let list = list_of(1, chunk.len());
            let sql =
                format!("DELETE FROM resource_groups WHERE resource IN ({list}) AND total = 0");
            tx.execute(&sql, chunk)?;
        }
        Ok(())
    }
}

/// Moves the counts by what changed; the changes say what is stored now and was before.
pub(super) fn move_by(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<(), StoreError> {
    let mut moves = Moves::default();
    for one in changed {
        for change in one.changes {
            for (finding, sign) in sides(change) {
                moves.note(one, finding, sign);
            }
        }
    }
    moves.write_members(tx)?;
    let moved = moves.groups.iter().filter(|(_, amount)| **amount != 0);
    let rows: Vec<Vec<Value>> = moved.map(|(group, amount)| group.row(*amount)).collect();
    let (table, added) = if tx.is_postgres() {
        ("group_changes", String::new())
    } else {
        ("group_counts", added())
    };
    let head = format!("INSERT INTO {table} ({COLUMNS}, amount)");
    tx.insert_many(&head, &rows, &added)?;
    if !tx.is_postgres() && moves.groups.values().any(|amount| *amount < 0) {
        forget_empty(tx)?;
    }
    Ok(())
}

/// What adds to rows of `group_counts` that are there.
fn added() -> String {
    format!("ON CONFLICT ({COLUMNS}) DO UPDATE SET amount = group_counts.amount + excluded.amount")
}

/// Deletes the rows that count nothing any more.
fn forget_empty(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM group_counts WHERE amount = 0", &[])?;
    Ok(())
}

/// The number of the advisory lock of whoever adds notes to the counts.
const FOLD_LOCK: i64 = 0x4c79_6e6c;

/// Adds what transactions noted to the counts and deletes the notes, the oldest first; says how
/// many there were, at most `limit`.
///
/// One process does it at a time; the others find nothing to do, and on SQLite, where transactions
/// note nothing, there is none. What is counted is the same before, meanwhile and after, also if it
/// dies.
pub fn fold_counts(tx: &mut Tx<'_>, limit: i64) -> Result<u64, StoreError> {
    if !tx.is_postgres() || !tx.hold_alone(FOLD_LOCK)? {
        return Ok(0);
    }
    let sql = format!(
        "WITH noted AS (DELETE FROM group_changes WHERE id IN \
         (SELECT id FROM group_changes ORDER BY id LIMIT ?1) RETURNING {COLUMNS}, amount), \
         added AS (INSERT INTO group_counts ({COLUMNS}, amount) \
         SELECT {COLUMNS}, CAST(SUM(amount) AS BIGINT) FROM noted GROUP BY {COLUMNS} \
         HAVING SUM(amount) <> 0 {}) \
         SELECT COUNT(*) FROM noted",
        added()
    );
    let noted = tx.first(&sql, &[limit.into()])?;
    let noted = noted.map_or(Ok(0), |row| row.int(0))?;
    if noted > 0 {
        forget_empty(tx)?;
    }
    Ok(noted.unsigned_abs())
}
