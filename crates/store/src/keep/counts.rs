//! How many active findings each resource and each layer has, kept with the findings
//! (`docs/decisions/counted-findings.md`).

use std::collections::{BTreeMap, BTreeSet};

use findings::{
    finding::{Finding, FixAvailable, State},
    lifecycle::Change,
};

use super::{Changed, groups, severity_rank};
use crate::{
    Scope, StoreError, Tx, Value,
    engine::{MOST_KEYS, kept, list_of},
};

/// All, by severity from untriaged to critical, with a known exploit, with a fix.
type Counts = [i64; 9];

const COLUMNS: [&str; 9] = [
    "total",
    "untriaged",
    "informational",
    "low",
    "medium",
    "high",
    "critical",
    "exploits",
    "fixes",
];

/// Moves the counts by what changed; the changes say what is stored now and was before.
pub(super) fn move_by(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<(), StoreError> {
    of_resources(tx, changed)?;
    of_layers(tx, changed)?;
    groups::move_by(tx, changed)
}

/// What is active before and after a change, with what it adds to a count.
pub(super) fn sides(change: &Change) -> impl Iterator<Item = (&Finding, i64)> {
    let sides = [(change.before.as_ref(), -1), (Some(&change.finding), 1)];
    sides.into_iter().filter_map(|(finding, sign)| {
        let finding = finding.filter(|finding| finding.state == State::Active)?;
        Some((finding, sign))
    })
}

fn of_resources(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<(), StoreError> {
    let mut moves = BTreeMap::new();
    for one in changed {
        for change in one.changes {
            for (finding, sign) in sides(change) {
                let key = (one.resource.number, finding.observed.kind.name());
                let (_, counts) = moves.entry(key).or_insert((one, Counts::default()));
                add(counts, finding, sign);
            }
        }
    }
    let rows = moves.into_iter().map(|((number, kind), (one, counts))| {
        let key = vec![
            Value::from(&one.scope.account),
            Value::from(&one.scope.region),
            one.resource.resource.kind.name().into(),
            number.into(),
            kind.into(),
            Value::from(&one.resource.resource.id),
        ];
        (key, counts)
    });
    upsert(
        tx,
        "resource_counts",
        "account, region, resource_type, resource, kind",
        "resource_id",
        rows,
    )
}

fn of_layers(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<(), StoreError> {
    let mut moves = BTreeMap::new();
    for one in changed {
        for change in one.changes {
            for (finding, sign) in sides(change) {
                let packages = finding.observed.packages().iter();
                let layers = packages.filter_map(|p| p.layer.as_deref().map(kept));
                for layer in layers.collect::<BTreeSet<_>>() {
                    let key = (one.resource.number, layer);
                    let (_, counts) = moves.entry(key).or_insert((one, Counts::default()));
                    add(counts, finding, sign);
                }
            }
        }
    }
    let mut fewer: BTreeMap<&Scope, Vec<Value>> = BTreeMap::new();
    for ((number, _), (one, counts)) in &moves {
        if counts.first().is_some_and(|total| *total < 0) {
            let of = fewer.entry(one.scope).or_default();
            of.push(Value::Int(*number));
        }
    }
    let rows = moves.into_iter().map(|((number, layer), (one, counts))| {
        let key = vec![
            Value::from(&one.scope.account),
            Value::from(&one.scope.region),
            number.into(),
            Value::from(&layer),
            one.resource.resource.kind.name().into(),
            Value::from(&one.resource.resource.id),
        ];
        (key, counts)
    });
    upsert(
        tx,
        "layer_counts",
        "account, region, resource, layer",
        "resource_type, resource_id",
        rows,
    )?;
    for (scope, resources) in fewer {
        forget_layers(tx, scope, &resources)?;
    }
    Ok(())
}

/// Deletes the rows of layers that have no active finding any more.
fn forget_layers(tx: &mut Tx<'_>, scope: &Scope, resources: &[Value]) -> Result<(), StoreError> {
    for chunk in resources.chunks(MOST_KEYS) {
        let sql = format!(
            "DELETE FROM layer_counts WHERE account = ?1 AND region = ?2 AND resource IN ({}) \
             AND total = 0",
            list_of(3, chunk.len())
        );
        let mut parameters = vec![Value::from(&scope.account), Value::from(&scope.region)];
        parameters.extend_from_slice(chunk);
        tx.execute(&sql, &parameters)?;
    }
    Ok(())
}

/// Adds to the rows of a table with these columns as its key and others beside them; each row is
/// given with the values of both.
fn upsert(
    tx: &mut Tx<'_>,
    table: &str,
    key: &str,
    beside: &str,
    rows: impl Iterator<Item = (Vec<Value>, Counts)>,
) -> Result<(), StoreError> {
    let moved = rows.filter(|(_, counts)| *counts != Counts::default());
    let rows: Vec<Vec<Value>> = moved
        .map(|(mut row, counts)| {
            row.extend(counts.map(Value::Int));
            row
        })
        .collect();
    let added = COLUMNS.map(|name| format!("{name} = {table}.{name} + excluded.{name}"));
    tx.insert_many(
        &format!(
            "INSERT INTO {table} ({key}, {beside}, {})",
            COLUMNS.join(", ")
        ),
        &rows,
        &format!("ON CONFLICT ({key}) DO UPDATE SET {}", added.join(", ")),
    )?;
    Ok(())
}

fn add(counts: &mut Counts, finding: &Finding, sign: i64) {
    for place in places(finding).into_iter().flatten() {
        if let Some(count) = counts.get_mut(place) {
            *count += sign;
        }
    }
}

/// Where an active finding counts.
fn places(finding: &Finding) -> [Option<usize>; 4] {
    let observed = &finding.observed;
    let severity = usize::try_from(severity_rank(observed.severity)).unwrap_or(0);
    [
        Some(0),
        Some(1 + severity),
        (observed.exploit_available == Some(true)).then_some(7),
        (observed.fix == Some(FixAvailable::Yes)).then_some(8),
    ]
}
