//! Shapes of accounts, generated from the service model by `cargo xtask wire`.

use super::shared::Status;
use crate::closed::wire_enum;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub account_id: String,
    pub resource_status: ResourceStatus,
    pub status: Status,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountState {
    pub account_id: String,
    pub resource_state: ResourceState,
    pub state: State,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetAccountStatusRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetAccountStatusResponse {
    pub accounts: Vec<AccountState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_accounts: Option<Vec<FailedAccount>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisableRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_types: Option<Vec<ResourceScanType>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisableResponse {
    pub accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_accounts: Option<Vec<FailedAccount>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnableRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    pub resource_types: Vec<ResourceScanType>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnableResponse {
    pub accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_accounts: Option<Vec<FailedAccount>>,
}

wire_enum! { ErrorCode {
AlreadyEnabled = "ALREADY_ENABLED",
EnableInProgress = "ENABLE_IN_PROGRESS",
DisableInProgress = "DISABLE_IN_PROGRESS",
SuspendInProgress = "SUSPEND_IN_PROGRESS",
ResourceNotFound = "RESOURCE_NOT_FOUND",
AccessDenied = "ACCESS_DENIED",
InternalError = "INTERNAL_ERROR",
SsmUnavailable = "SSM_UNAVAILABLE",
SsmThrottled = "SSM_THROTTLED",
EventbridgeUnavailable = "EVENTBRIDGE_UNAVAILABLE",
EventbridgeThrottled = "EVENTBRIDGE_THROTTLED",
ResourceScanNotDisabled = "RESOURCE_SCAN_NOT_DISABLED",
DisassociateAllMembers = "DISASSOCIATE_ALL_MEMBERS",
AccountIsIsolated = "ACCOUNT_IS_ISOLATED",
Ec2SsmResourceDataSyncLimitExceeded = "EC2_SSM_RESOURCE_DATA_SYNC_LIMIT_EXCEEDED",
Ec2SsmAssociationVersionLimitExceeded = "EC2_SSM_ASSOCIATION_VERSION_LIMIT_EXCEEDED",
BlockedByOrganizationPolicy = "BLOCKED_BY_ORGANIZATION_POLICY",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedAccount {
    pub account_id: String,
    pub error_code: ErrorCode,
    pub error_message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_status: Option<ResourceStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListAccountPermissionsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListAccountPermissionsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub permissions: Vec<Permission>,
}

wire_enum! { Operation {
EnableScanning = "ENABLE_SCANNING",
DisableScanning = "DISABLE_SCANNING",
EnableRepository = "ENABLE_REPOSITORY",
DisableRepository = "DISABLE_REPOSITORY",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    pub operation: Operation,
    pub service: Service,
}

wire_enum! { ResourceScanType {
Ec2 = "EC2",
Ecr = "ECR",
Lambda = "LAMBDA",
LambdaCode = "LAMBDA_CODE",
CodeRepository = "CODE_REPOSITORY",
Ami = "AMI",
MachineImage = "MACHINE_IMAGE",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository: Option<State>,
    pub ec2: State,
    pub ecr: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda: Option<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_code: Option<State>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository: Option<Status>,
    pub ec2: Status,
    pub ecr: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_code: Option<Status>,
}

wire_enum! { Service {
Ec2 = "EC2",
Ecr = "ECR",
Lambda = "LAMBDA",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    pub error_code: ErrorCode,
    pub error_message: String,
    pub status: Status,
}
