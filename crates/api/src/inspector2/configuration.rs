//! How resources are scanned: the configuration of an account, deep inspection, encryption keys.

use serde::{Deserialize, Serialize};
use store::{Scope, StoreError, Tx, settings};

use super::resources::epoch;
use crate::{
    errors::Error,
    registry::Context,
    state::{State, scope},
    wire::{
        AmiConfiguration, AmiConfigurationState, AmiConfigurationStatus,
        BatchGetMemberEc2DeepInspectionStatusRequest,
        BatchGetMemberEc2DeepInspectionStatusResponse,
        BatchUpdateMemberEc2DeepInspectionStatusRequest,
        BatchUpdateMemberEc2DeepInspectionStatusResponse, Ec2Configuration, Ec2ConfigurationState,
        Ec2DeepInspectionStatus, Ec2ScanMode, Ec2ScanModeState, Ec2ScanModeStatus,
        EcrConfiguration, EcrConfigurationState, EcrPullDateRescanDuration, EcrPullDateRescanMode,
        EcrRescanDuration, EcrRescanDurationState, EcrRescanDurationStatus,
        FailedMemberAccountEc2DeepInspectionStatusState, GetConfigurationRequest,
        GetConfigurationResponse, GetEc2DeepInspectionConfigurationRequest,
        GetEc2DeepInspectionConfigurationResponse, GetEncryptionKeyRequest,
        GetEncryptionKeyResponse, MemberAccountEc2DeepInspectionStatusState,
        ResetEncryptionKeyRequest, ResetEncryptionKeyResponse, ResourceType, ScanType,
        UpdateConfigurationRequest, UpdateConfigurationResponse,
        UpdateEc2DeepInspectionConfigurationRequest, UpdateEc2DeepInspectionConfigurationResponse,
        UpdateEncryptionKeyRequest, UpdateEncryptionKeyResponse,
        UpdateOrgEc2DeepInspectionConfigurationRequest,
        UpdateOrgEc2DeepInspectionConfigurationResponse, VMScannerState, VMScannerStatus,
    },
};

const CONFIGURATION: &str = "configuration";
const DEEP_INSPECTION: &str = "deep-inspection";

/// What was configured, each part with its time in milliseconds since 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Configuration {
    ami: Option<(AmiConfiguration, i64)>,
    ec2: Option<(Ec2Configuration, i64)>,
    ecr: Option<(EcrConfiguration, i64)>,
}

/// Deep inspection of an account; it is on until it is switched off.
#[derive(Debug, Default, Serialize, Deserialize)]
struct DeepInspection {
    off: bool,
    own_paths: Vec<String>,
    organization_paths: Vec<String>,
}

fn read<T: for<'a> Deserialize<'a> + Default>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &'static str,
) -> Result<T, StoreError> {
    let Some(text) = settings::get(tx, scope, name)? else {
        return Ok(T::default());
    };
    serde_json::from_str(&text).map_err(|error| corrupt(name, &error))
}

/// Changes a setting in one transaction and returns what it is then.
fn change<T: for<'a> Deserialize<'a> + Default + Serialize>(
    context: &Context<'_, State>,
    name: &'static str,
    edit: impl Fn(&mut T),
) -> Result<T, Error> {
    let scope = scope(context.caller);
    let changed = context.state.engine.write(|tx| {
        let mut value: T = read(tx, &scope, name)?;
        edit(&mut value);
        let text = serde_json::to_string(&value).map_err(|error| corrupt(name, &error))?;
        settings::set(tx, &scope, name, &text)?;
        Ok(value)
    })?;
    Ok(changed)
}

fn corrupt(what: &'static str, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        what,
        reason: error.to_string(),
    }
}

/// Another account's configuration is its own: there are no members yet.
fn only_own(context: &Context<'_, State>, account: Option<&str>) -> Result<(), Error> {
    match account {
        Some(account) if account != context.caller.account => Err(Error::AccessDenied(format!(
            "Account {} is not a delegated administrator of account {account}.",
            context.caller.account
        ))),
        _ => Ok(()),
    }
}

pub(super) fn get(
    context: &Context<'_, State>,
    input: GetConfigurationRequest,
) -> Result<GetConfigurationResponse, Error> {
    only_own(context, input.account_id.as_deref())?;
    let scope = scope(context.caller);
    let engine = &context.state.engine;
    let kept: Configuration = engine.read(|tx| read(tx, &scope, CONFIGURATION))?;
    let ecr = kept.ecr.as_ref();
    let ec2 = kept.ec2.as_ref();
    let scanner = ec2.is_some_and(|(ec2, _)| ec2.activate_v_m_scanner == Some(true));
    Ok(GetConfigurationResponse {
        ami_configuration: kept.ami.map(|(ami, at)| AmiConfigurationState {
            created_within: ami.created_within,
            last_launched_within: ami.last_launched_within,
            scan_mode_configuration: Some(ami.scan_mode_configuration),
            status: Some(AmiConfigurationStatus::Success),
            updated_at: Some(epoch(at)),
        }),
        ec2_configuration: Some(Ec2ConfigurationState {
            scan_mode_state: Some(Ec2ScanModeState {
                scan_mode: Some(ec2.map_or(Ec2ScanMode::Ec2Hybrid, |(ec2, _)| ec2.scan_mode)),
                scan_mode_status: Some(Ec2ScanModeStatus::Success),
            }),
            vm_scanner_state: Some(VMScannerState {
                activated: Some(scanner),
                activated_at: ec2.filter(|_| scanner).map(|(_, at)| epoch(*at)),
                status: Some(VMScannerStatus::Success),
            }),
        }),
        ecr_configuration: Some(EcrConfigurationState {
            rescan_duration_state: Some(EcrRescanDurationState {
                pull_date_rescan_duration: Some(
                    ecr.and_then(|(ecr, _)| ecr.pull_date_rescan_duration)
                        .unwrap_or(EcrPullDateRescanDuration::Days14),
                ),
                pull_date_rescan_mode: Some(
                    ecr.and_then(|(ecr, _)| ecr.pull_date_rescan_mode)
                        .unwrap_or(EcrPullDateRescanMode::LastInUseAt),
                ),
                rescan_duration: Some(
                    ecr.map_or(EcrRescanDuration::Days14, |(ecr, _)| ecr.rescan_duration),
                ),
                status: Some(EcrRescanDurationStatus::Success),
                updated_at: ecr.map(|(_, at)| epoch(*at)),
            }),
        }),
    })
}

pub(super) fn update(
    context: &Context<'_, State>,
    input: UpdateConfigurationRequest,
) -> Result<UpdateConfigurationResponse, Error> {
    only_own(context, input.account_id.as_deref())?;
    if input.update_configuration_inheritance.is_some() {
        return Err(Error::invalid(
            "Only the configuration of a member account can be inherited",
        ));
    }
    let at = context.now.as_millisecond();
    change(context, CONFIGURATION, |kept: &mut Configuration| {
        if let Some(ami) = &input.ami_configuration {
            kept.ami = Some((ami.clone(), at));
        }
        if let Some(mut ec2) = input.ec2_configuration.clone() {
            let before = kept.ec2.as_ref();
            ec2.activate_v_m_scanner = ec2
                .activate_v_m_scanner
                .or_else(|| before.and_then(|(ec2, _)| ec2.activate_v_m_scanner));
            kept.ec2 = Some((ec2, at));
        }
        if let Some(mut ecr) = input.ecr_configuration.clone() {
            let before = kept.ecr.as_ref().map(|(ecr, _)| ecr);
            ecr.pull_date_rescan_duration = ecr
                .pull_date_rescan_duration
                .or_else(|| before.and_then(|ecr| ecr.pull_date_rescan_duration));
            ecr.pull_date_rescan_mode = ecr
                .pull_date_rescan_mode
                .or_else(|| before.and_then(|ecr| ecr.pull_date_rescan_mode));
            kept.ecr = Some((ecr, at));
        }
    })?;
    Ok(UpdateConfigurationResponse {})
}

impl DeepInspection {
    fn status(&self) -> Ec2DeepInspectionStatus {
        if self.off {
            Ec2DeepInspectionStatus::Deactivated
        } else {
            Ec2DeepInspectionStatus::Activated
        }
    }
}

pub(super) fn get_deep_inspection(
    context: &Context<'_, State>,
    _: GetEc2DeepInspectionConfigurationRequest,
) -> Result<GetEc2DeepInspectionConfigurationResponse, Error> {
    let scope = scope(context.caller);
    let engine = &context.state.engine;
    let kept: DeepInspection = engine.read(|tx| read(tx, &scope, DEEP_INSPECTION))?;
    Ok(GetEc2DeepInspectionConfigurationResponse {
        error_message: None,
        status: Some(kept.status()),
        org_package_paths: Some(kept.organization_paths),
        package_paths: Some(kept.own_paths),
    })
}

pub(super) fn update_deep_inspection(
    context: &Context<'_, State>,
    input: UpdateEc2DeepInspectionConfigurationRequest,
) -> Result<UpdateEc2DeepInspectionConfigurationResponse, Error> {
    let kept = change(context, DEEP_INSPECTION, |kept: &mut DeepInspection| {
        if let Some(activate) = input.activate_deep_inspection {
            kept.off = !activate;
        }
        if let Some(paths) = &input.package_paths {
            kept.own_paths.clone_from(paths);
        }
    })?;
    Ok(UpdateEc2DeepInspectionConfigurationResponse {
        error_message: None,
        status: Some(kept.status()),
        org_package_paths: Some(kept.organization_paths),
        package_paths: Some(kept.own_paths),
    })
}

pub(super) fn update_organization_deep_inspection(
    context: &Context<'_, State>,
    input: UpdateOrgEc2DeepInspectionConfigurationRequest,
) -> Result<UpdateOrgEc2DeepInspectionConfigurationResponse, Error> {
    change(context, DEEP_INSPECTION, |kept: &mut DeepInspection| {
        kept.organization_paths.clone_from(&input.org_package_paths);
    })?;
    Ok(UpdateOrgEc2DeepInspectionConfigurationResponse {})
}

pub(super) fn deep_inspection_of_members(
    context: &Context<'_, State>,
    input: BatchGetMemberEc2DeepInspectionStatusRequest,
) -> Result<BatchGetMemberEc2DeepInspectionStatusResponse, Error> {
    let scope = scope(context.caller);
    let engine = &context.state.engine;
    let kept: DeepInspection = engine.read(|tx| read(tx, &scope, DEEP_INSPECTION))?;
    let asked = input.account_ids.unwrap_or_default();
    let (own, others): (Vec<String>, Vec<String>) = asked
        .into_iter()
        .partition(|account| *account == scope.account);
    let own = own.into_iter();
    let others = others.into_iter();
    Ok(BatchGetMemberEc2DeepInspectionStatusResponse {
        account_ids: Some(
            own.map(|account_id| MemberAccountEc2DeepInspectionStatusState {
                account_id,
                error_message: None,
                status: Some(kept.status()),
            })
            .collect(),
        ),
        failed_account_ids: Some(others.map(not_a_member).collect()),
    })
}

/// The caller's own account is the only one it may switch: there are no members yet.
pub(super) fn update_deep_inspection_of_members(
    context: &Context<'_, State>,
    input: BatchUpdateMemberEc2DeepInspectionStatusRequest,
) -> Result<BatchUpdateMemberEc2DeepInspectionStatusResponse, Error> {
    let own = &context.caller.account;
    let (mut changed, mut failed) = (Vec::new(), Vec::new());
    for asked in input.account_ids {
        if asked.account_id != *own {
            failed.push(not_a_member(asked.account_id));
            continue;
        }
        let kept = change(context, DEEP_INSPECTION, |kept: &mut DeepInspection| {
            kept.off = !asked.activate_deep_inspection;
        })?;
        changed.push(MemberAccountEc2DeepInspectionStatusState {
            account_id: asked.account_id,
            error_message: None,
            status: Some(kept.status()),
        });
    }
    Ok(BatchUpdateMemberEc2DeepInspectionStatusResponse {
        account_ids: Some(changed),
        failed_account_ids: Some(failed),
    })
}

fn not_a_member(account_id: String) -> FailedMemberAccountEc2DeepInspectionStatusState {
    FailedMemberAccountEc2DeepInspectionStatusState {
        error_message: Some(format!("Account {account_id} is not a member.")),
        account_id,
        ec2_scan_status: None,
    }
}

/// The setting that names the key for code of a type of resource: only what code is kept of has a
/// key.
fn key_setting(scan_type: ScanType, resource_type: ResourceType) -> Result<String, Error> {
    let (scan, resource) = (scan_type.as_str(), resource_type.as_str());
    if scan_type != ScanType::Code {
        let message = format!("There are no encryption keys for {scan} scans, only for CODE");
        return Err(Error::invalid_field("scanType", message));
    }
    let has_code = [
        ResourceType::AwsLambdaFunction,
        ResourceType::CodeRepository,
    ];
    if !has_code.contains(&resource_type) {
        let message = format!(
            "There are no encryption keys for {resource}, only for AWS_LAMBDA_FUNCTION and \
             CODE_REPOSITORY"
        );
        return Err(Error::invalid_field("resourceType", message));
    }
    Ok(format!("encryption-key {scan} {resource}"))
}

pub(super) fn get_encryption_key(
    context: &Context<'_, State>,
    input: GetEncryptionKeyRequest,
) -> Result<GetEncryptionKeyResponse, Error> {
    let scope = scope(context.caller);
    let name = key_setting(input.scan_type, input.resource_type)?;
    let engine = &context.state.engine;
    let key = engine.read(|tx| settings::get(tx, &scope, &name))?;
    let kms_key_id = key.ok_or_else(|| {
        Error::NotFound("No customer managed key is set: the service's own is used".to_owned())
    })?;
    Ok(GetEncryptionKeyResponse { kms_key_id })
}

pub(super) fn update_encryption_key(
    context: &Context<'_, State>,
    input: UpdateEncryptionKeyRequest,
) -> Result<UpdateEncryptionKeyResponse, Error> {
    let scope = scope(context.caller);
    let name = key_setting(input.scan_type, input.resource_type)?;
    let engine = &context.state.engine;
    engine.write(|tx| settings::set(tx, &scope, &name, &input.kms_key_id))?;
    Ok(UpdateEncryptionKeyResponse {})
}

pub(super) fn reset_encryption_key(
    context: &Context<'_, State>,
    input: ResetEncryptionKeyRequest,
) -> Result<ResetEncryptionKeyResponse, Error> {
    let scope = scope(context.caller);
    let name = key_setting(input.scan_type, input.resource_type)?;
    let engine = &context.state.engine;
    engine.write(|tx| settings::remove(tx, &scope, &name))?;
    Ok(ResetEncryptionKeyResponse {})
}
