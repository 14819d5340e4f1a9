//! Shapes of organization, generated from the service model by `cargo xtask wire`.

use crate::closed::wire_enum;
use crate::scalar::Epoch;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociateMemberRequest {
    pub account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociateMemberResponse {
    pub account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoEnable {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository: Option<bool>,
    pub ec2: bool,
    pub ecr: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_code: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegatedAdmin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship_status: Option<RelationshipStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegatedAdminAccount {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<DelegatedAdminStatus>,
}

wire_enum! { DelegatedAdminStatus {
Enabled = "ENABLED",
DisableInProgress = "DISABLE_IN_PROGRESS",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DescribeOrganizationConfigurationRequest {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeOrganizationConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_enable: Option<AutoEnable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_account_limit_reached: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisableDelegatedAdminAccountRequest {
    pub delegated_admin_account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisableDelegatedAdminAccountResponse {
    pub delegated_admin_account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisassociateMemberRequest {
    pub account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisassociateMemberResponse {
    pub account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnableDelegatedAdminAccountRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    pub delegated_admin_account_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnableDelegatedAdminAccountResponse {
    pub delegated_admin_account_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GetDelegatedAdminAccountRequest {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetDelegatedAdminAccountResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegated_admin: Option<DelegatedAdmin>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetMemberRequest {
    pub account_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetMemberResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<Member>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListDelegatedAdminAccountsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListDelegatedAdminAccountsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegated_admin_accounts: Option<Vec<DelegatedAdminAccount>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMembersRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_associated: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMembersResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<Member>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegated_admin_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship_status: Option<RelationshipStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Epoch>,
}

wire_enum! { RelationshipStatus {
Created = "CREATED",
Invited = "INVITED",
Disabled = "DISABLED",
Enabled = "ENABLED",
Removed = "REMOVED",
Resigned = "RESIGNED",
Deleted = "DELETED",
EmailVerificationInProgress = "EMAIL_VERIFICATION_IN_PROGRESS",
EmailVerificationFailed = "EMAIL_VERIFICATION_FAILED",
RegionDisabled = "REGION_DISABLED",
AccountSuspended = "ACCOUNT_SUSPENDED",
CannotCreateDetectorInOrgMaster = "CANNOT_CREATE_DETECTOR_IN_ORG_MASTER",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateOrganizationConfigurationRequest {
    pub auto_enable: AutoEnable,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateOrganizationConfigurationResponse {
    pub auto_enable: AutoEnable,
}
