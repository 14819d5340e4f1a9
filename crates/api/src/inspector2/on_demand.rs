//! Scans on demand: what is known of a resource is evaluated once more.

use store::on_demand::{self, OnDemandScan as Kept, REMEMBERED, Started, Wanted};

use super::findings::page;
use crate::{
    closed::Closed as _,
    errors::Error,
    registry::Context,
    scalar::Iso,
    state::{State, scope},
    wire::{
        GetOnDemandScanStatusRequest, GetOnDemandScanStatusResponse, ListOnDemandScansRequest,
        ListOnDemandScansResponse, OnDemandResourceType, OnDemandScan, OnDemandScanStatus,
        OnDemandScanStatusReason, StartOnDemandScanRequest, StartOnDemandScanResponse,
    },
};

/// The most scans in an answer (service model).
const PAGE: usize = 100;

pub(super) fn start(
    context: &Context<'_, State>,
    input: StartOnDemandScanRequest,
) -> Result<StartOnDemandScanResponse, Error> {
    let scope = scope(context.caller);
    let resource = input.resource_id;
    let id: String = context.request_id.split('-').collect();
    let now = context.now.as_millisecond();
    let token = input.client_token.as_deref();
    let started = context.state.engine.write(|tx| {
        if store::resources::evaluable(tx, &scope, &resource)?.is_none() {
            return Ok(None);
        }
        on_demand::start(tx, &scope, (&id, &resource), token, now).map(Some)
    })?;
    let conflict = |message: String| Error::Conflict {
        message,
        resource_id: resource.clone(),
        resource_type: OnDemandResourceType::Ami.as_str().to_owned(),
    };
    match started {
        // An image of another account and one that is not there are not told apart.
        None => Err(Error::AccessDenied(format!(
            "Account {} has no inventory of a resource {resource}",
            scope.account
        ))),
        Some(Started::New) => Ok(StartOnDemandScanResponse { scan_id: id }),
        Some(Started::Known(scan_id)) => Ok(StartOnDemandScanResponse { scan_id }),
        Some(Started::TokenTaken) => Err(conflict(
            "The client token was used for the scan of another resource".to_owned(),
        )),
        Some(Started::Running(scan)) => Err(conflict(format!(
            "The scan {scan} of this resource is in progress"
        ))),
    }
}

/// How old a scan may be to be told of.
fn since(context: &Context<'_, State>) -> i64 {
    context.now.as_millisecond() - REMEMBERED
}

pub(super) fn status(
    context: &Context<'_, State>,
    input: GetOnDemandScanStatusRequest,
) -> Result<GetOnDemandScanStatusResponse, Error> {
    let scope = scope(context.caller);
    let engine = &context.state.engine;
    let found = engine.read(|tx| on_demand::get(tx, &scope, &input.resource_id, &input.scan_id))?;
    let found = found.filter(|scan| scan.started_at >= since(context));
    let scan = found
        .map(shown)
        .ok_or_else(|| Error::NotFound("There is no such scan of this resource".to_owned()))?;
    Ok(GetOnDemandScanStatusResponse {
        completed_at: scan.completed_at,
        resource_id: scan.resource_id,
        resource_type: scan.resource_type,
        scan_id: scan.scan_id,
        scan_status: scan.scan_status,
        scan_status_reason: scan.scan_status_reason,
        started_at: scan.started_at,
    })
}

fn shown(scan: Kept) -> OnDemandScan {
    let iso = |milliseconds| Iso(store::keep::timestamp(milliseconds));
    OnDemandScan {
        completed_at: scan.completed_at.map(iso),
        resource_id: scan.resource_id,
        resource_type: OnDemandResourceType::Ami,
        scan_id: scan.id,
        scan_status: OnDemandScanStatus::parse(&scan.status).unwrap_or(OnDemandScanStatus::Failed),
        scan_status_reason: scan
            .reason
            .as_deref()
            .and_then(OnDemandScanStatusReason::parse),
        started_at: iso(scan.started_at),
    }
}

pub(super) fn list(
    context: &Context<'_, State>,
    input: ListOnDemandScansRequest,
) -> Result<ListOnDemandScansResponse, Error> {
    let scope = scope(context.caller);
    let after: Option<(i64, String)> = context.open(input.next_token.as_deref())?;
    let size = page(input.max_results, PAGE);
    let wanted = Wanted {
        resource: &input.resource_id,
        since: since(context),
        after: after.as_ref().map(|(at, id)| (*at, id.as_str())),
        limit: size + 1,
    };
    let engine = &context.state.engine;
    let mut found = engine.read(|tx| on_demand::list(tx, &scope, wanted))?;
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| more);
    let last = last.map(|scan| (scan.started_at, scan.id.clone()));
    Ok(ListOnDemandScansResponse {
        items: found.into_iter().map(shown).collect(),
        next_token: last.map(|last| context.seal(&last)).transpose()?,
    })
}
