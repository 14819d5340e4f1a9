//! Shapes of configuration, generated from the service model by `cargo xtask wire`.

use super::shared::{ResourceType, ScanType, Status};
use crate::closed::wire_enum;
use crate::scalar::Epoch;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_within: Option<AmiScanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_launched_within: Option<AmiScanDuration>,
    pub scan_mode_configuration: AmiScanModeConfiguration,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiConfigurationState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_within: Option<AmiScanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_launched_within: Option<AmiScanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_mode_configuration: Option<AmiScanModeConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<AmiConfigurationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Epoch>,
}

wire_enum! { AmiConfigurationStatus {
Success = "SUCCESS",
Pending = "PENDING",
Failed = "FAILED",
} }

wire_enum! { AmiScanDuration {
Days180 = "DAYS_180",
Days90 = "DAYS_90",
Days60 = "DAYS_60",
Days30 = "DAYS_30",
Days14 = "DAYS_14",
Days7 = "DAYS_7",
} }

wire_enum! { AmiScanMode {
ScanAll = "SCAN_ALL",
TargetScanning = "TARGET_SCANNING",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiScanModeConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_backup_dlm_amis: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_copied_amis: Option<bool>,
    pub scan_mode: AmiScanMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<AmiTagFilter>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiTagFilter {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetMemberEc2DeepInspectionStatusRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetMemberEc2DeepInspectionStatusResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<MemberAccountEc2DeepInspectionStatusState>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_account_ids: Option<Vec<FailedMemberAccountEc2DeepInspectionStatusState>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchUpdateMemberEc2DeepInspectionStatusRequest {
    pub account_ids: Vec<MemberAccountEc2DeepInspectionStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchUpdateMemberEc2DeepInspectionStatusResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<MemberAccountEc2DeepInspectionStatusState>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_account_ids: Option<Vec<FailedMemberAccountEc2DeepInspectionStatusState>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2Configuration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activate_v_m_scanner: Option<bool>,
    pub scan_mode: Ec2ScanMode,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2ConfigurationState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_mode_state: Option<Ec2ScanModeState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_scanner_state: Option<VMScannerState>,
}

wire_enum! { Ec2DeepInspectionStatus {
Activated = "ACTIVATED",
Deactivated = "DEACTIVATED",
Pending = "PENDING",
Failed = "FAILED",
} }

wire_enum! { Ec2ScanMode {
Ec2SsmAgentBased = "EC2_SSM_AGENT_BASED",
Ec2Hybrid = "EC2_HYBRID",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2ScanModeState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_mode: Option<Ec2ScanMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_mode_status: Option<Ec2ScanModeStatus>,
}

wire_enum! { Ec2ScanModeStatus {
Success = "SUCCESS",
Pending = "PENDING",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcrConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_date_rescan_duration: Option<EcrPullDateRescanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_date_rescan_mode: Option<EcrPullDateRescanMode>,
    pub rescan_duration: EcrRescanDuration,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcrConfigurationState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescan_duration_state: Option<EcrRescanDurationState>,
}

wire_enum! { EcrPullDateRescanDuration {
Days14 = "DAYS_14",
Days30 = "DAYS_30",
Days60 = "DAYS_60",
Days90 = "DAYS_90",
Days180 = "DAYS_180",
Days3 = "DAYS_3",
Days7 = "DAYS_7",
} }

wire_enum! { EcrPullDateRescanMode {
LastPullDate = "LAST_PULL_DATE",
LastInUseAt = "LAST_IN_USE_AT",
} }

wire_enum! { EcrRescanDuration {
Lifetime = "LIFETIME",
Days30 = "DAYS_30",
Days180 = "DAYS_180",
Days14 = "DAYS_14",
Days60 = "DAYS_60",
Days90 = "DAYS_90",
Days3 = "DAYS_3",
Days7 = "DAYS_7",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcrRescanDurationState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_date_rescan_duration: Option<EcrPullDateRescanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_date_rescan_mode: Option<EcrPullDateRescanMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescan_duration: Option<EcrRescanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<EcrRescanDurationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Epoch>,
}

wire_enum! { EcrRescanDurationStatus {
Success = "SUCCESS",
Pending = "PENDING",
Failed = "FAILED",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedMemberAccountEc2DeepInspectionStatusState {
    pub account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_scan_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetConfigurationRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_configuration: Option<AmiConfigurationState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_configuration: Option<Ec2ConfigurationState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_configuration: Option<EcrConfigurationState>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GetEc2DeepInspectionConfigurationRequest {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetEc2DeepInspectionConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_package_paths: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_paths: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Ec2DeepInspectionStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetEncryptionKeyRequest {
    pub resource_type: ResourceType,
    pub scan_type: ScanType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetEncryptionKeyResponse {
    pub kms_key_id: String,
}

wire_enum! { InheritanceMode {
InheritFromAdmin = "INHERIT_FROM_ADMIN",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberAccountEc2DeepInspectionStatus {
    pub account_id: String,
    pub activate_deep_inspection: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberAccountEc2DeepInspectionStatusState {
    pub account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Ec2DeepInspectionStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResetEncryptionKeyRequest {
    pub resource_type: ResourceType,
    pub scan_type: ScanType,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResetEncryptionKeyResponse {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateConfigurationInheritance {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_configuration: Option<InheritanceMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_configuration: Option<InheritanceMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_configuration: Option<InheritanceMode>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateConfigurationRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_configuration: Option<AmiConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_configuration: Option<Ec2Configuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_configuration: Option<EcrConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_configuration_inheritance: Option<UpdateConfigurationInheritance>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateConfigurationResponse {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateEc2DeepInspectionConfigurationRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activate_deep_inspection: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_paths: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateEc2DeepInspectionConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_package_paths: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_paths: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Ec2DeepInspectionStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateEncryptionKeyRequest {
    pub kms_key_id: String,
    pub resource_type: ResourceType,
    pub scan_type: ScanType,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateEncryptionKeyResponse {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateOrgEc2DeepInspectionConfigurationRequest {
    pub org_package_paths: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateOrgEc2DeepInspectionConfigurationResponse {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VMScannerState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<VMScannerStatus>,
}

wire_enum! { VMScannerStatus {
Success = "SUCCESS",
Pending = "PENDING",
Failed = "FAILED",
} }
