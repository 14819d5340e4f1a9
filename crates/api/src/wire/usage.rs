//! Shapes of usage, generated from the service model by `cargo xtask wire`.

use crate::closed::wire_enum;
use crate::scalar::Epoch;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetFreeTrialInfoRequest {
    pub account_ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetFreeTrialInfoResponse {
    pub accounts: Vec<FreeTrialAccountInfo>,
    pub failed_accounts: Vec<FreeTrialInfoError>,
}

wire_enum! { CloudProvider {
Aws = "AWS",
Azure = "AZURE",
Gcp = "GCP",
NotApplicable = "NOT_APPLICABLE",
} }

wire_enum! { Currency {
Usd = "USD",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FreeTrialAccountInfo {
    pub account_id: String,
    pub free_trial_info: Vec<FreeTrialInfo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FreeTrialInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<CloudProvider>,
    pub end: Epoch,
    pub start: Epoch,
    pub status: FreeTrialStatus,
    pub r#type: FreeTrialType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FreeTrialInfoError {
    pub account_id: String,
    pub code: FreeTrialInfoErrorCode,
    pub message: String,
}

wire_enum! { FreeTrialInfoErrorCode {
AccessDenied = "ACCESS_DENIED",
InternalError = "INTERNAL_ERROR",
} }

wire_enum! { FreeTrialStatus {
Active = "ACTIVE",
Inactive = "INACTIVE",
} }

wire_enum! { FreeTrialType {
Ec2 = "EC2",
Ecr = "ECR",
Lambda = "LAMBDA",
LambdaCode = "LAMBDA_CODE",
CodeRepository = "CODE_REPOSITORY",
Vm = "VM",
ContainerImage = "CONTAINER_IMAGE",
ServerlessFunction = "SERVERLESS_FUNCTION",
MachineImage = "MACHINE_IMAGE",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListUsageTotalsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListUsageTotalsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<Vec<UsageTotal>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<CloudProvider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_monthly_cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<UsageType>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageTotal {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Vec<Usage>>,
}

wire_enum! { UsageType {
Ec2InstanceHours = "EC2_INSTANCE_HOURS",
EcrInitialScan = "ECR_INITIAL_SCAN",
EcrRescan = "ECR_RESCAN",
LambdaFunctionHours = "LAMBDA_FUNCTION_HOURS",
LambdaFunctionCodeHours = "LAMBDA_FUNCTION_CODE_HOURS",
CodeRepositorySast = "CODE_REPOSITORY_SAST",
CodeRepositoryIac = "CODE_REPOSITORY_IAC",
CodeRepositorySca = "CODE_REPOSITORY_SCA",
Ec2AgentlessInstanceHours = "EC2_AGENTLESS_INSTANCE_HOURS",
AzureContainerImageInitialScan = "AZURE_CONTAINER_IMAGE_INITIAL_SCAN",
AzureContainerImageRescan = "AZURE_CONTAINER_IMAGE_RESCAN",
AzureVmAgentBasedInstanceHours = "AZURE_VM_AGENT_BASED_INSTANCE_HOURS",
AzureServerlessFunctionHours = "AZURE_SERVERLESS_FUNCTION_HOURS",
Ec2AmiHours = "EC2_AMI_HOURS",
Ec2AmiOneShotScan = "EC2_AMI_ONE_SHOT_SCAN",
GcpVmAgentBasedInstanceHours = "GCP_VM_AGENT_BASED_INSTANCE_HOURS",
GcpCloudRunHours = "GCP_CLOUD_RUN_HOURS",
GcpContainerImageInitialScan = "GCP_CONTAINER_IMAGE_INITIAL_SCAN",
GcpContainerImageRescan = "GCP_CONTAINER_IMAGE_RESCAN",
} }
