//! Which scans are on: Enable, Disable, their status and permissions.
//!
//! A change is made before its answer, so that no client has to wait for it (`ENABLING` and
//! `DISABLING` never occur).

use std::collections::BTreeMap;

use store::{Scope, StoreError, Tx, accounts};

use crate::{
    errors::Error,
    registry::Context,
    state::{State, scope},
    wire::{
        self, Account, AccountState, BatchGetAccountStatusRequest, BatchGetAccountStatusResponse,
        DisableRequest, DisableResponse, EnableRequest, EnableResponse, ErrorCode, FailedAccount,
        ListAccountPermissionsRequest, ListAccountPermissionsResponse, Operation, Permission,
        ResourceScanType, ResourceState, ResourceStatus, Service, Status,
    },
};

/// Every kind of scan by its one name.
const TYPES: [ResourceScanType; 6] = [
    ResourceScanType::Ec2,
    ResourceScanType::Ecr,
    ResourceScanType::Lambda,
    ResourceScanType::LambdaCode,
    ResourceScanType::CodeRepository,
    ResourceScanType::Ami,
];

/// The name under which a kind of scan is kept: machine images have two on the wire.
fn kept(kind: ResourceScanType) -> &'static str {
    match kind {
        ResourceScanType::MachineImage => ResourceScanType::Ami.as_str(),
        other => other.as_str(),
    }
}

/// What is on in an account and Region.
struct Statuses(BTreeMap<String, Status>);

impl Statuses {
    fn read(tx: &mut Tx<'_>, scope: &Scope) -> Result<Self, StoreError> {
        let states = accounts::scan_states(tx, scope)?.into_iter();
        let status = |enabled| {
            if enabled {
                Status::Enabled
            } else {
                Status::Disabled
            }
        };
        Ok(Self(
            states
                .map(|state| (state.scan_type, status(state.enabled)))
                .collect(),
        ))
    }

    fn of(&self, kind: ResourceScanType) -> Status {
        let status = self.0.get(kind.as_str()).copied();
        status.unwrap_or(Status::Disabled)
    }

    fn account(&self) -> Status {
        if TYPES.iter().any(|kind| self.of(*kind) == Status::Enabled) {
            Status::Enabled
        } else {
            Status::Disabled
        }
    }

    fn resources(&self) -> ResourceStatus {
        ResourceStatus {
            ami: Some(self.of(ResourceScanType::Ami)),
            code_repository: Some(self.of(ResourceScanType::CodeRepository)),
            ec2: self.of(ResourceScanType::Ec2),
            ecr: self.of(ResourceScanType::Ecr),
            lambda: Some(self.of(ResourceScanType::Lambda)),
            lambda_code: Some(self.of(ResourceScanType::LambdaCode)),
        }
    }
}

/// The accounts that are meant, none for the caller's own; those of others are refused.
fn accounts_of(
    context: &Context<'_, State>,
    asked: Option<Vec<String>>,
) -> (bool, Vec<FailedAccount>) {
    let own = &context.caller.account;
    let asked = asked.unwrap_or_default();
    let others = asked.iter().filter(|account| *account != own);
    let failed: Vec<FailedAccount> = others
        .map(|account| FailedAccount {
            account_id: account.clone(),
            error_code: ErrorCode::AccessDenied,
            error_message: format!("Account {own} may not act for account {account}."),
            resource_status: None,
            status: None,
        })
        .collect();
    (asked.is_empty() || asked.contains(own), failed)
}

/// Switches kinds of scans and answers with what is on then.
fn switch(
    context: &Context<'_, State>,
    kinds: &[ResourceScanType],
    enabled: bool,
) -> Result<Account, Error> {
    let scope = scope(context.caller);
    let now = context.now.as_millisecond();
    let statuses = context.state.engine.write(|tx| {
        for kind in kinds {
            accounts::set_scan(tx, &scope, kept(*kind), enabled, now)?;
        }
        Statuses::read(tx, &scope)
    })?;
    Ok(Account {
        account_id: scope.account,
        resource_status: statuses.resources(),
        status: statuses.account(),
    })
}

pub(super) fn enable(
    context: &Context<'_, State>,
    input: EnableRequest,
) -> Result<EnableResponse, Error> {
    let (own, failed) = accounts_of(context, input.account_ids);
    let mut accounts = Vec::new();
    if own {
        accounts.push(switch(context, &input.resource_types, true)?);
    }
    Ok(EnableResponse {
        accounts,
        failed_accounts: Some(failed),
    })
}

pub(super) fn disable(
    context: &Context<'_, State>,
    input: DisableRequest,
) -> Result<DisableResponse, Error> {
    let (own, failed) = accounts_of(context, input.account_ids);
    let mut accounts = Vec::new();
    let kinds = input.resource_types.unwrap_or_default();
    let kinds = if kinds.is_empty() { &TYPES[..] } else { &kinds };
    if own {
        accounts.push(switch(context, kinds, false)?);
    }
    Ok(DisableResponse {
        accounts,
        failed_accounts: Some(failed),
    })
}

/// A state without trouble. The model demands an error code and a message where there is no
/// error, so the message says that.
fn state(status: Status) -> wire::State {
    wire::State {
        error_code: ErrorCode::AlreadyEnabled,
        error_message: "There is no error.".to_owned(),
        status,
    }
}

pub(super) fn status(
    context: &Context<'_, State>,
    input: BatchGetAccountStatusRequest,
) -> Result<BatchGetAccountStatusResponse, Error> {
    let (own, failed) = accounts_of(context, input.account_ids);
    let scope = scope(context.caller);
    let mut accounts = Vec::new();
    if own {
        let statuses = context.state.engine.read(|tx| Statuses::read(tx, &scope))?;
        let of = |kind| state(statuses.of(kind));
        accounts.push(AccountState {
            account_id: scope.account,
            resource_state: ResourceState {
                ami: Some(of(ResourceScanType::Ami)),
                code_repository: Some(of(ResourceScanType::CodeRepository)),
                ec2: of(ResourceScanType::Ec2),
                ecr: of(ResourceScanType::Ecr),
                lambda: Some(of(ResourceScanType::Lambda)),
                lambda_code: Some(of(ResourceScanType::LambdaCode)),
            },
            state: state(statuses.account()),
        });
    }
    Ok(BatchGetAccountStatusResponse {
        accounts,
        failed_accounts: Some(failed),
    })
}

pub(super) fn permissions(
    _: &Context<'_, State>,
    input: ListAccountPermissionsRequest,
) -> Result<ListAccountPermissionsResponse, Error> {
    let all = [
        (Service::Ec2, Operation::EnableScanning),
        (Service::Ec2, Operation::DisableScanning),
        (Service::Ecr, Operation::EnableScanning),
        (Service::Ecr, Operation::DisableScanning),
        (Service::Ecr, Operation::EnableRepository),
        (Service::Ecr, Operation::DisableRepository),
        (Service::Lambda, Operation::EnableScanning),
        (Service::Lambda, Operation::DisableScanning),
    ];
    let asked = input.service;
    let permissions = all.into_iter();
    let permissions = permissions.filter(|(service, _)| asked.is_none_or(|one| one == *service));
    Ok(ListAccountPermissionsResponse {
        next_token: None,
        permissions: permissions
            .map(|(service, operation)| Permission { operation, service })
            .collect(),
    })
}
