//! The free trial of each kind of scan.

use jiff::SignedDuration;
use store::{Scope, accounts};

use super::resources::epoch;
use crate::{
    closed::Closed as _,
    errors::Error,
    registry::Context,
    scalar::Epoch,
    state::{State, scope},
    wire::{
        BatchGetFreeTrialInfoRequest, BatchGetFreeTrialInfoResponse, CloudProvider,
        FreeTrialAccountInfo, FreeTrialInfo, FreeTrialInfoError, FreeTrialInfoErrorCode,
        FreeTrialStatus, FreeTrialType,
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
