//! What was tried too often: reports and scans fail, and coverage says what is not scanned and why.

use anyhow::Result;
use store::{
    Scope, jobs, networks, on_demand, reports,
    resources::{self, Covered},
    rules::Rules,
};

use super::{
    host,
    worker::{HOST, NETWORK, SCAN_MODE, Service},
};
use crate::clock;

/// Jobs that were given up are looked at up to this number, the latest first.
const MOST: i64 = 1_000;

/// Tells of every job that was given up, whoever held it when its process died.
pub(super) fn tell(service: &Service) -> Result<()> {
    let now = clock::milliseconds();
    service.engine.write(|tx| {
        reports::give_up(tx, now)?;
        on_demand::give_up(tx, now)?;
        networks::give_up(tx, NETWORK)
    })?;
    let Some(scope) = &service.watched else {
        return Ok(());
    };
    let identity = host::identity()?;
    let parked = service.engine.read(|tx| jobs::parked(tx, scope, MOST))?;
    let mut parked = parked.iter();
    match parked.find(|job| job.kind == HOST && job.subject == identity) {
        Some(job) => host_failed(service, scope, &job.failure),
        None => Ok(()),
    }
}

/// Says that the inventory of this machine could not be taken, until one is.
pub(super) fn host_failed(service: &Service, scope: &Scope, why: &str) -> Result<()> {
    let unknown = host::resource(&model::Inventory::default())?;
    let now = clock::milliseconds();
    service.engine.write(|tx| {
        if Rules::default().is_off(tx, scope, unknown.kind)? {
            return Ok(());
        }
        let known = resources::find(tx, scope, unknown.kind.name(), &unknown.id)?;
        let stored = match known {
            Some(stored) => stored,
            None => resources::put(tx, scope, &unknown, now)?,
        };
        let covered = Covered {
            scan_type: "PACKAGE",
            active: false,
            reason: "INTERNAL_ERROR",
            detail: Some(why),
            scan_mode: Some(SCAN_MODE),
            scanned_at: None,
        };
        resources::set_coverage(tx, scope, stored.number, &covered)
    })?;
    Ok(())
}
