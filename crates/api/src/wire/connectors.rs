//! Shapes of connectors, generated from the service model by `cargo xtask wire`.

use std::collections::BTreeMap;

use super::shared::StringFilter;
use crate::closed::wire_enum;
use crate::scalar::{Iso, Secret};
use serde::{Deserialize, Serialize};
wire_enum! { AwsConfigConnectorArnComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsConfigConnectorArnFilter {
    pub comparison: AwsConfigConnectorArnComparison,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureProviderDetailCreate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_install_v_m_scanner: Option<bool>,
    pub aws_config_connector_arn: String,
    pub azure_regions: Vec<String>,
    pub scope_configuration: AzureScopeConfigurationInput,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureProviderDetailUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_install_v_m_scanner: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_regions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_configuration: Option<AzureScopeConfigurationInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureScopeConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_image_scanning: Option<ScopeConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_scanning: Option<ScopeConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_scanning: Option<ScopeConfiguration>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureScopeConfigurationInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_image_scanning: Option<ScopeConfigurationInput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_scanning: Option<ScopeConfigurationInput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_scanning: Option<ScopeConfigurationInput>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connector {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_install_v_m_scanner: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_config_connector_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_regions: Option<Vec<String>>,
    pub connector_arn: String,
    pub created_at: Iso,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enablement_status: Option<EnablementStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enablement_status_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gcp_regions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gcp_scope_configuration: Option<GcpScopeConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<ConnectorHealth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub provider: ConnectorCloudProvider,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_configuration: Option<AzureScopeConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    pub updated_at: Iso,
}

wire_enum! { ConnectorArnComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorArnFilter {
    pub comparison: ConnectorArnComparison,
    pub value: String,
}

wire_enum! { ConnectorCloudProvider {
Azure = "AZURE",
Gcp = "GCP",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorContainerImageScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_duration: Option<ContainerImagePullDateRescanDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_duration: Option<ContainerImageRescanDuration>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_config_connector_arns: Option<Vec<AwsConfigConnectorArnFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_arns: Option<Vec<ConnectorArnFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_type: Option<Vec<ConnectorTypeFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Vec<ProviderFilter>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorHealth {
    pub connector_status: ConnectorHealthStatus,
    pub last_checked_at: Iso,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

wire_enum! { ConnectorHealthStatus {
Connected = "CONNECTED",
Degraded = "DEGRADED",
FailedToConnect = "FAILED_TO_CONNECT",
PendingAuthorization = "PENDING_AUTHORIZATION",
PendingConfiguration = "PENDING_CONFIGURATION",
Unknown = "UNKNOWN",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_image_scanning: Option<ConnectorContainerImageScanConfiguration>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorScanConfigurationItem {
    pub aws_config_connector_arn: String,
    pub connector_arns: Vec<String>,
    pub scan_configuration: ConnectorScanConfiguration,
}

wire_enum! { ConnectorType {
CustomerManaged = "CUSTOMER_MANAGED",
ServiceLinked = "SERVICE_LINKED",
} }

wire_enum! { ConnectorTypeComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorTypeFilter {
    pub comparison: ConnectorTypeComparison,
    pub value: ConnectorType,
}

wire_enum! { ContainerImagePullDateRescanDuration {
Days3 = "DAYS_3",
Days7 = "DAYS_7",
Days14 = "DAYS_14",
Days30 = "DAYS_30",
Days60 = "DAYS_60",
Days90 = "DAYS_90",
Days180 = "DAYS_180",
} }

wire_enum! { ContainerImageRescanDuration {
Lifetime = "LIFETIME",
Days3 = "DAYS_3",
Days7 = "DAYS_7",
Days30 = "DAYS_30",
Days180 = "DAYS_180",
Days14 = "DAYS_14",
Days60 = "DAYS_60",
Days90 = "DAYS_90",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateConnectorRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub name: String,
    pub provider: ConnectorCloudProvider,
    pub provider_detail: ProviderDetailCreate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateConnectorResponse {
    pub connector_arn: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteConnectorRequest {
    pub connector_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteConnectorResponse {}

wire_enum! { EnablementStatus {
Enabled = "ENABLED",
PendingEnablement = "PENDING_ENABLEMENT",
FailedToEnable = "FAILED_TO_ENABLE",
PendingUpdate = "PENDING_UPDATE",
FailedToUpdate = "FAILED_TO_UPDATE",
PendingDeletion = "PENDING_DELETION",
Deleted = "DELETED",
FailedToDelete = "FAILED_TO_DELETE",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GcpCapabilityScope {
    pub scope_type: ScopeType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ScopeState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GcpCapabilityScopeInput {
    pub scope_type: ScopeType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_values: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GcpProviderDetailCreate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_install_v_m_scanner: Option<bool>,
    pub aws_config_connector_arn: String,
    pub gcp_regions: Vec<String>,
    pub scope_configuration: GcpScopeConfigurationInput,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GcpProviderDetailUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_install_v_m_scanner: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gcp_regions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_configuration: Option<GcpScopeConfigurationInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GcpScopeConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_image_scanning: Option<GcpCapabilityScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_scanning: Option<GcpCapabilityScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_scanning: Option<GcpCapabilityScope>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GcpScopeConfigurationInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_image_scanning: Option<GcpCapabilityScopeInput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_scanning: Option<GcpCapabilityScopeInput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_scanning: Option<GcpCapabilityScopeInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListConnectorScanConfigurationsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_config_connector_arns: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListConnectorScanConfigurationsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<Secret>,
    pub scan_configurations: Vec<ConnectorScanConfigurationItem>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListConnectorsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<ConnectorFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListConnectorsResponse {
    pub items: Vec<Connector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<Secret>,
}

wire_enum! { ProviderComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProviderDetailCreate {
    Azure(AzureProviderDetailCreate),
    Gcp(GcpProviderDetailCreate),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProviderDetailUpdate {
    Azure(AzureProviderDetailUpdate),
    Gcp(GcpProviderDetailUpdate),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderFilter {
    pub comparison: ProviderComparison,
    pub value: ConnectorCloudProvider,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeConfiguration {
    pub scope_type: ScopeType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ScopeState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeConfigurationInput {
    pub scope_type: ScopeType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_values: Option<Vec<String>>,
}

wire_enum! { ScopeState {
Active = "ACTIVE",
Pending = "PENDING",
Error = "ERROR",
Disabled = "DISABLED",
} }

wire_enum! { ScopeType {
Tenant = "TENANT",
Subscription = "SUBSCRIPTION",
Organization = "ORGANIZATION",
Project = "PROJECT",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateConnectorRequest {
    pub connector_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_detail: Option<ProviderDetailUpdate>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateConnectorResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_arn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateConnectorScanConfigurationRequest {
    pub aws_config_connector_arn: String,
    pub scan_configuration: ConnectorScanConfiguration,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateConnectorScanConfigurationResponse {}
