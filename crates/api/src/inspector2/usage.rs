//! The free trial of each kind of scan, and how much was scanned.

use jiff::SignedDuration;
use store::{Scope, accounts, usage};

use super::resources::epoch;
use crate::{
    closed::Closed as _,
    errors::Error,
    registry::Context,
    scalar::Epoch,
    state::{State, scope},
    wire::{
        BatchGetFreeTrialInfoRequest, BatchGetFreeTrialInfoResponse, CloudProvider, Currency,
        FreeTrialAccountInfo, FreeTrialInfo, FreeTrialInfoError, FreeTrialInfoErrorCode,
        FreeTrialStatus, FreeTrialType, ListUsageTotalsRequest, ListUsageTotalsResponse, Usage,
        UsageTotal, UsageType,
    },
};

/// How long Inspector's trials last (user guide, "Free trial"); here nothing is charged after it
/// either.
const TRIAL: SignedDuration = SignedDuration::from_hours(15 * 24);

pub(super) fn trials(
    context: &Context<'_, State>,
    input: BatchGetFreeTrialInfoRequest,
) -> Result<BatchGetFreeTrialInfoResponse, Error> {
    let scope = scope(context.caller);
    let (mut accounts, mut failed_accounts) = (Vec::new(), Vec::new());
    for account_id in input.account_ids {
        if account_id == scope.account {
            accounts.push(FreeTrialAccountInfo {
                account_id,
                free_trial_info: of_account(context, &scope)?,
            });
        } else {
            failed_accounts.push(FreeTrialInfoError {
                message: format!("Account {account_id} is another account."),
                account_id,
                code: FreeTrialInfoErrorCode::AccessDenied,
            });
        }
    }
    Ok(BatchGetFreeTrialInfoResponse {
        accounts,
        failed_accounts,
    })
}

fn of_account(context: &Context<'_, State>, scope: &Scope) -> Result<Vec<FreeTrialInfo>, Error> {
    let engine = &context.state.engine;
    let states = engine.read(|tx| accounts::scan_states(tx, scope))?;
    let mut trials = Vec::new();
    for state in states {
        let kind = match state.scan_type.as_str() {
            "AMI" => Some(FreeTrialType::MachineImage),
            name => FreeTrialType::parse(name),
        };
        let (Some(kind), Some(from)) = (kind, state.trial_from) else {
            continue;
        };
        let start = epoch(from);
        let end = start.0.checked_add(TRIAL);
        let end = end.unwrap_or(model::Timestamp::MAX);
        trials.push(FreeTrialInfo {
            cloud_provider: Some(CloudProvider::Aws),
            end: Epoch(end),
            start,
            status: if end > context.now {
                FreeTrialStatus::Active
            } else {
                FreeTrialStatus::Inactive
            },
            r#type: kind,
        });
    }
    Ok(trials)
}

/// The usage of the caller's account in the last 30 days. Nothing is charged for it.
pub(super) fn totals(
    context: &Context<'_, State>,
    input: ListUsageTotalsRequest,
) -> Result<ListUsageTotalsResponse, Error> {
    let scope = scope(context.caller);
    let asked = input.account_ids.as_deref();
    if asked.is_some_and(|asked| asked.iter().all(|id| !id.contains(&scope.account))) {
        return Ok(ListUsageTotalsResponse {
            next_token: None,
            totals: Some(Vec::new()),
        });
    }
    let now = context.now.as_millisecond();
    let engine = &context.state.engine;
    let used = engine.read(|tx| usage::totals(tx, &scope, now))?;
    let usage = used.into_iter().filter_map(|used| {
        Some(Usage {
            cloud_provider: Some(CloudProvider::Aws),
            currency: Some(Currency::Usd),
            estimated_monthly_cost: Some(0.0),
            total: Some(used.amount),
            r#type: Some(UsageType::parse(&used.usage_type)?),
        })
    });
    let total = UsageTotal {
        account_id: Some(scope.account.clone()),
        usage: Some(usage.collect()),
    };
    Ok(ListUsageTotalsResponse {
        next_token: None,
        totals: Some(vec![total]),
    })
}
