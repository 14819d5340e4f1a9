//! What leaves the service closes its findings: kinds of scans that are switched off, resources
//! that are gone. What is switched on again is evaluated.

use anyhow::Result;
use findings::finding::ClosedBecause;
use findings::resource::ResourceType;
use model::Timestamp;
use store::{
    Engine, Scope, accounts, exposure, leaving, pending,
    resources::{self, Covered},
};

/// Resources whose findings are closed in one transaction.
const RESOURCES: i64 = 100;

/// Makes the findings of a scope agree with which kinds of scans are on.
pub(crate) fn agree(engine: &Engine, scope: &Scope, now: Timestamp) -> Result<()> {
    let at = now.as_millisecond();
    for (scan, kind) in accounts::RESOURCES_OF {
        let states = engine.read(|tx| accounts::scan_states(tx, scope))?;
        let state = states.iter().find(|state| state.scan_type == scan);
        match state.map(|state| state.enabled) {
            Some(false) => switch_off(engine, scope, kind, now)?,
            Some(true) => engine.write(|tx| {
                leaving::cover_again(tx, scope, kind)?;
                pending::add_by_scope(tx, scope, kind)?;
                exposure::evaluate_soon(tx, at)
            })?,
            None => {}
        }
    }
    Ok(())
}

fn switch_off(engine: &Engine, scope: &Scope, kind: &str, now: Timestamp) -> Result<()> {
    let mut after = 0;
    loop {
        let last = engine.write(|tx| {
            let numbers = leaving::covered(tx, scope, kind, after, RESOURCES)?;
            for number in &numbers {
                leaving::close(tx, *number, ClosedBecause::Disabled, now)?;
                leaving::uncover(tx, *number)?;
            }
            Ok(numbers.last().copied())
        })?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Closes the findings of a resource that is gone; none if there is no such resource, else how
/// many findings that closed.
pub(crate) fn gone(
    engine: &Engine,
    scope: &Scope,
    kind: ResourceType,
    id: &str,
    now: Timestamp,
) -> Result<Option<usize>> {
    let at = now.as_millisecond();
    let closed = engine.write(|tx| {
        let Some(found) = resources::find(tx, scope, kind.name(), id)? else {
            return Ok(None);
        };
        let closed = leaving::close(tx, found.number, ClosedBecause::ResourceGone, now)?;
        resources::set_gone(tx, found.number, at)?;
        let covered = Covered {
            scan_type: "PACKAGE",
            active: false,
            reason: "RESOURCE_TERMINATED",
            detail: None,
            scan_mode: None,
            scanned_at: None,
        };
        resources::set_coverage(tx, scope, found.number, &covered)?;
        Ok(Some(closed))
    })?;
    Ok(closed)
}
