//! How many active findings each resource has, kept with the findings
//! (`docs/decisions/counted-findings.md`).

use std::collections::BTreeMap;

use findings::{
    finding::{Finding, FixAvailable, State},
    lifecycle::Change,
};

use super::{Changed, severity_rank};
use crate::{StoreError, Tx, Value};

/// All, by severity from untriaged to critical, with a known exploit, with a fix.
type Counts = [i64; 9];

const INSERT: &str = "INSERT INTO resource_counts (account, region, resource_type, resource, kind, \
                      resource_id, total, untriaged, informational, low, medium, high, critical, \
                      exploits, fixes)";

const ADD: &str = "ON CONFLICT (account, region, resource_type, resource, kind) DO UPDATE SET \
                   total = resource_counts.total + excluded.total, \
                   untriaged = resource_counts.untriaged + excluded.untriaged, \
                   informational = resource_counts.informational + excluded.informational, \
                   low = resource_counts.low + excluded.low, \
                   medium = resource_counts.medium + excluded.medium, \
                   high = resource_counts.high + excluded.high, \
                   critical = resource_counts.critical + excluded.critical, \
                   exploits = resource_counts.exploits + excluded.exploits, \
                   fixes = resource_counts.fixes + excluded.fixes";

/// Moves the counts by what changed; the changes say what is stored now and was before.
pub(super) fn move_by(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<(), StoreError> {
    let mut moves = BTreeMap::new();
    for one in changed {
        for change in one.changes {
            let kind = change.finding.observed.kind.name();
            let (_, counts) = moves
                .entry((one.resource.number, kind))
                .or_insert((one, Counts::default()));
            add(counts, change);
        }
    }
    let moved = moves
        .into_iter()
        .filter(|(_, (_, counts))| *counts != Counts::default());
    let rows: Vec<Vec<Value>> = moved
        .map(|((number, kind), (one, counts))| {
            let mut row = vec![
                Value::from(&one.scope.account),
                Value::from(&one.scope.region),
                one.resource.resource.kind.name().into(),
                number.into(),
                kind.into(),
                Value::from(&one.resource.resource.id),
            ];
            row.extend(counts.map(Value::Int));
            row
        })
        .collect();
    tx.insert_many(INSERT, &rows, ADD)?;
    Ok(())
}

fn add(counts: &mut Counts, change: &Change) {
    let sides = [(change.before.as_ref(), -1), (Some(&change.finding), 1)];
    for (finding, sign) in sides {
        let Some(finding) = finding.filter(|finding| finding.state == State::Active) else {
            continue;
        };
        for place in places(finding).into_iter().flatten() {
            if let Some(count) = counts.get_mut(place) {
                *count += sign;
            }
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
