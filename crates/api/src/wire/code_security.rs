//! Shapes of code security, generated from the service model by `cargo xtask wire`.

use std::collections::BTreeMap;

use super::shared::{ContinuousIntegrationScanEvent, RuleSetCategory};
use crate::closed::wire_enum;
use crate::scalar::{Epoch, Secret};
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociateConfigurationRequest {
    pub resource: CodeSecurityResource,
    pub scan_configuration_arn: String,
}

wire_enum! { AssociationResultStatusCode {
InternalError = "INTERNAL_ERROR",
AccessDenied = "ACCESS_DENIED",
ScanConfigurationNotFound = "SCAN_CONFIGURATION_NOT_FOUND",
InvalidInput = "INVALID_INPUT",
ResourceNotFound = "RESOURCE_NOT_FOUND",
QuotaExceeded = "QUOTA_EXCEEDED",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAssociateCodeSecurityScanConfigurationRequest {
    pub associate_configuration_requests: Vec<AssociateConfigurationRequest>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAssociateCodeSecurityScanConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_associations: Option<Vec<FailedAssociationResult>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successful_associations: Option<Vec<SuccessfulAssociationResult>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchDisassociateCodeSecurityScanConfigurationRequest {
    pub disassociate_configuration_requests: Vec<DisassociateConfigurationRequest>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchDisassociateCodeSecurityScanConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_associations: Option<Vec<FailedAssociationResult>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successful_associations: Option<Vec<SuccessfulAssociationResult>>,
}

wire_enum! { CodeScanStatus {
InProgress = "IN_PROGRESS",
Successful = "SUCCESSFUL",
Failed = "FAILED",
Skipped = "SKIPPED",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSecurityIntegrationSummary {
    pub created_on: Epoch,
    pub integration_arn: String,
    pub last_update_on: Epoch,
    pub name: String,
    pub status: IntegrationStatus,
    pub status_reason: String,
    pub r#type: IntegrationType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSecurityIntegrationVpcConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_connections_host_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_groups: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<Secret>,
    pub vpc_endpoint_id: String,
    pub vpc_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CodeSecurityResource {
    ProjectId(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSecurityScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous_integration_scan_configuration: Option<ContinuousIntegrationScanConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub periodic_scan_configuration: Option<PeriodicScanConfiguration>,
    pub rule_set_categories: Vec<RuleSetCategory>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSecurityScanConfigurationAssociationSummary {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<CodeSecurityResource>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSecurityScanConfigurationSummary {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous_integration_scan_supported_events: Option<Vec<ContinuousIntegrationScanEvent>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_expression: Option<String>,
    pub name: String,
    pub owner_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub periodic_scan_frequency: Option<PeriodicScanFrequency>,
    pub rule_set_categories: Vec<RuleSetCategory>,
    pub scan_configuration_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_settings: Option<ScopeSettings>,
}

wire_enum! { ConfigurationLevel {
Organization = "ORGANIZATION",
Account = "ACCOUNT",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContinuousIntegrationScanConfiguration {
    pub supported_events: Vec<ContinuousIntegrationScanEvent>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCodeSecurityIntegrationRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<CreateIntegrationDetail>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    pub r#type: IntegrationType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCodeSecurityIntegrationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<Secret>,
    pub integration_arn: String,
    pub status: IntegrationStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCodeSecurityScanConfigurationRequest {
    pub configuration: CodeSecurityScanConfiguration,
    pub level: ConfigurationLevel,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_settings: Option<ScopeSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCodeSecurityScanConfigurationResponse {
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateGitHubEnterpriseIntegrationDetail {
    pub instance_url: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_configuration: Option<CodeSecurityIntegrationVpcConfiguration>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateGitLabSelfManagedIntegrationDetail {
    pub access_token: Secret,
    pub instance_url: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_configuration: Option<CodeSecurityIntegrationVpcConfiguration>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CreateIntegrationDetail {
    GithubEnterprise(CreateGitHubEnterpriseIntegrationDetail),
    GitlabSelfManaged(CreateGitLabSelfManagedIntegrationDetail),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteCodeSecurityIntegrationRequest {
    pub integration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteCodeSecurityIntegrationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_arn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteCodeSecurityScanConfigurationRequest {
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteCodeSecurityScanConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisassociateConfigurationRequest {
    pub resource: CodeSecurityResource,
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedAssociationResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<CodeSecurityResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<AssociationResultStatusCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCodeSecurityIntegrationRequest {
    pub integration_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCodeSecurityIntegrationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<Secret>,
    pub created_on: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_url: Option<Secret>,
    pub integration_arn: String,
    pub last_update_on: Epoch,
    pub name: String,
    pub status: IntegrationStatus,
    pub status_reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    pub r#type: IntegrationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_configuration: Option<CodeSecurityIntegrationVpcConfiguration>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCodeSecurityScanConfigurationRequest {
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCodeSecurityScanConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<CodeSecurityScanConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<ConfigurationLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_settings: Option<ScopeSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCodeSecurityScanRequest {
    pub resource: CodeSecurityResource,
    pub scan_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCodeSecurityScanResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_commit_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<CodeSecurityResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CodeScanStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Epoch>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitHubEnterpriseServerAppRegistrationDetail {
    pub manifest_code: Secret,
}

wire_enum! { IntegrationStatus {
Pending = "PENDING",
InProgress = "IN_PROGRESS",
Active = "ACTIVE",
Inactive = "INACTIVE",
Disabling = "DISABLING",
EstablishingConnectionInProgress = "ESTABLISHING_CONNECTION_IN_PROGRESS",
EstablishingConnectionCompleted = "ESTABLISHING_CONNECTION_COMPLETED",
EstablishingConnectionFailed = "ESTABLISHING_CONNECTION_FAILED",
PendingManifestCode = "PENDING_MANIFEST_CODE",
DeleteInProgress = "DELETE_IN_PROGRESS",
DeleteFailed = "DELETE_FAILED",
} }

wire_enum! { IntegrationType {
GitlabSelfManaged = "GITLAB_SELF_MANAGED",
Github = "GITHUB",
GithubEnterpriseServer = "GITHUB_ENTERPRISE_SERVER",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeSecurityIntegrationsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeSecurityIntegrationsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrations: Option<Vec<CodeSecurityIntegrationSummary>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeSecurityScanConfigurationAssociationsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeSecurityScanConfigurationAssociationsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associations: Option<Vec<CodeSecurityScanConfigurationAssociationSummary>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeSecurityScanConfigurationsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeSecurityScanConfigurationsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configurations: Option<Vec<CodeSecurityScanConfigurationSummary>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodicScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<PeriodicScanFrequency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_expression: Option<String>,
}

wire_enum! { PeriodicScanFrequency {
Weekly = "WEEKLY",
Monthly = "MONTHLY",
Never = "NEVER",
} }

wire_enum! { ProjectSelectionScope {
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_selection_scope: Option<ProjectSelectionScope>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartCodeSecurityScanRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    pub resource: CodeSecurityResource,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartCodeSecurityScanResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CodeScanStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuccessfulAssociationResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<CodeSecurityResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCodeSecurityIntegrationRequest {
    pub details: UpdateIntegrationDetails,
    pub integration_arn: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCodeSecurityIntegrationResponse {
    pub integration_arn: String,
    pub status: IntegrationStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCodeSecurityScanConfigurationRequest {
    pub configuration: CodeSecurityScanConfiguration,
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCodeSecurityScanConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGitHubEnterpriseServerAppInstallationDetail {
    pub code: Secret,
    pub installation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_token: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UpdateGitHubEnterpriseServerIntegrationDetail {
    AppInstallation(UpdateGitHubEnterpriseServerAppInstallationDetail),
    AppRegistration(GitHubEnterpriseServerAppRegistrationDetail),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGitHubIntegrationDetail {
    pub code: Secret,
    pub installation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_token: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGitLabSelfManagedIntegrationDetail {
    pub auth_code: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_token: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UpdateIntegrationDetails {
    Github(UpdateGitHubIntegrationDetail),
    GithubEnterpriseServer(UpdateGitHubEnterpriseServerIntegrationDetail),
    GitlabSelfManaged(UpdateGitLabSelfManagedIntegrationDetail),
}
