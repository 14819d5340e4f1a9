//! What was tried too often: reports and scans fail, and coverage says what is not scanned and why.

use anyhow::Result;
use store::{
    Scope, StoreError, Tx, jobs, networks, on_demand, reports,
    resources::{self, Covered},
    rules::Rules,
};

use super::{
    host,
    worker::{HOST, NETWORK, SCAN_MODE, Service},
};
use crate::clock;

/// Tells of every job that was given up, whoever held it when its process died.
pub(super) fn tell(tx: &mut Tx<'_>, now: i64) -> Result<(), StoreError> {
    reports::give_up(tx, now)?;
    on_demand::give_up(tx, now)?;
    networks::give_up(tx, NETWORK)?;
    Ok(())
}

/// Tells of this machine's inventory, if its job was given up.
pub(super) fn tell_of_host(service: &Service) -> Result<()> {
    let Some(scope) = &service.watched else {
        return Ok(());
    };
    let identity = host::identity()?;
    let why = service
        .engine
        .read(|tx| jobs::given_up(tx, HOST, &identity))?;
    why.map_or(Ok(()), |why| host_failed(service, scope, &why))
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
