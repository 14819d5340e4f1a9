//! Shapes of coverage, generated from the service model by `cargo xtask wire`.

use std::collections::BTreeMap;

use super::shared::{ContinuousIntegrationScanEvent, Provider, RuleSetCategory, Runtime, ScanType};
use crate::closed::wire_enum;
use crate::scalar::Epoch;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEcsMetadataDetails {
    pub details_group: String,
    pub task_definition_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEksMetadataDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_info_list: Option<Vec<AwsEksWorkloadInfo>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEksWorkloadInfo {
    pub name: String,
    pub r#type: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterDetails {
    pub cluster_metadata: ClusterMetadata,
    pub last_in_use: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running_unit_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_unit_count: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterForImageFilterCriteria {
    pub resource_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterInformation {
    pub cluster_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_details: Option<Vec<ClusterDetails>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClusterMetadata {
    AwsEcsMetadataDetails(AwsEcsMetadataDetails),
    AwsEksMetadataDetails(AwsEksMetadataDetails),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRepositoryMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scanned_commit_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_scan: Option<CodeRepositoryOnDemandScan>,
    pub project_name: String,
    pub provider_type: String,
    pub provider_type_visibility: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration: Option<ProjectCodeSecurityScanConfiguration>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRepositoryOnDemandScan {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scan_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scanned_commit_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status: Option<ScanStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerImageMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pulled_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Epoch>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRegistryMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRepositoryMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_frequency: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_key: Option<GroupKey>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverageDateFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_inclusive: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_inclusive: Option<Epoch>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverageFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_container_image_tags: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_container_registry_name: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_container_repository_name: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_account_id: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_org_id: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_region: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_name: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_runtime: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_tags: Option<Vec<CoverageMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_vm_instance_tags: Option<Vec<CoverageMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository_project_name: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository_provider_type: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository_provider_type_visibility: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_instance_tags: Option<Vec<CoverageMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_in_use_count: Option<Vec<CoverageNumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_last_in_use_at: Option<Vec<CoverageDateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_tags: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_repository_name: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pulled_at: Option<Vec<CoverageDateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_name: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_runtime: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_tags: Option<Vec<CoverageMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scanned_at: Option<Vec<CoverageDateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scanned_commit_id: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image_tags: Option<Vec<CoverageMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_mode: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status_code: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status_reason: Option<Vec<CoverageStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_type: Option<Vec<CoverageStringFilter>>,
}

wire_enum! { CoverageMapComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverageMapFilter {
    pub comparison: CoverageMapComparison,
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverageNumberFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_inclusive: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_inclusive: Option<i64>,
}

wire_enum! { CoverageResourceType {
AwsEc2Instance = "AWS_EC2_INSTANCE",
AwsEcrContainerImage = "AWS_ECR_CONTAINER_IMAGE",
AwsEcrRepository = "AWS_ECR_REPOSITORY",
AwsLambdaFunction = "AWS_LAMBDA_FUNCTION",
CodeRepository = "CODE_REPOSITORY",
MicrosoftComputeVirtualMachines = "Microsoft.Compute/virtualMachines",
MicrosoftContainerRegistryRegistryContainerImage = "Microsoft.ContainerRegistry/registry/containerImage",
MicrosoftContainerRegistryRegistryContainerRepository = "Microsoft.ContainerRegistry/registry/containerRepository",
MicrosoftWebSites = "Microsoft.Web/sites",
MicrosoftContainerRegistryRegistries = "Microsoft.ContainerRegistry/registries",
MachineImage = "MACHINE_IMAGE",
CloudfunctionsGoogleapisComFunction = "cloudfunctions.googleapis.com/Function",
ComputeGoogleapisComInstance = "compute.googleapis.com/Instance",
ArtifactregistryGoogleapisComRepository = "artifactregistry.googleapis.com/Repository",
ArtifactregistryGoogleapisComDockerImage = "artifactregistry.googleapis.com/DockerImage",
} }

wire_enum! { CoverageStringComparison {
Equals = "EQUALS",
NotEquals = "NOT_EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverageStringFilter {
    pub comparison: CoverageStringComparison,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoveredResource {
    pub account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scanned_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_region: Option<String>,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_metadata: Option<ResourceScanMetadata>,
    pub resource_type: CoverageResourceType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_mode: Option<ScanMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status: Option<ScanStatus>,
    pub scan_type: ScanType,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<Ec2Platform>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

wire_enum! { Ec2Platform {
Windows = "WINDOWS",
Linux = "LINUX",
Unknown = "UNKNOWN",
Macos = "MACOS",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcrContainerImageMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pulled_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcrRepositoryMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_frequency: Option<EcrScanFrequency>,
}

wire_enum! { EcrScanFrequency {
Manual = "MANUAL",
ScanOnPush = "SCAN_ON_PUSH",
ContinuousScan = "CONTINUOUS_SCAN",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetClustersForImageRequest {
    pub filter: ClusterForImageFilterCriteria,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetClustersForImageResponse {
    pub cluster: Vec<ClusterInformation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

wire_enum! { GroupKey {
ScanStatusCode = "SCAN_STATUS_CODE",
ScanStatusReason = "SCAN_STATUS_REASON",
AccountId = "ACCOUNT_ID",
ResourceType = "RESOURCE_TYPE",
EcrRepositoryName = "ECR_REPOSITORY_NAME",
Provider = "PROVIDER",
ProviderAccountId = "PROVIDER_ACCOUNT_ID",
ProviderRegion = "PROVIDER_REGION",
ProviderOrgId = "PROVIDER_ORG_ID",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaFunctionMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<Runtime>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCoverageRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<CoverageFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCoverageResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered_resources: Option<Vec<CoveredResource>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCoverageStatisticsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<CoverageFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_by: Option<GroupKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCoverageStatisticsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_by_group: Option<Vec<Counts>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub total_counts: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineImageMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<MachineImagePlatform>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

wire_enum! { MachineImagePlatform {
Windows = "WINDOWS",
Linux = "LINUX",
Unknown = "UNKNOWN",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectCodeSecurityScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous_integration_scan_configurations:
        Option<Vec<ProjectContinuousIntegrationScanConfiguration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub periodic_scan_configurations: Option<Vec<ProjectPeriodicScanConfiguration>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectContinuousIntegrationScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set_categories: Option<Vec<RuleSetCategory>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_event: Option<ContinuousIntegrationScanEvent>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectPeriodicScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set_categories: Option<Vec<RuleSetCategory>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceScanMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository: Option<CodeRepositoryMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_image: Option<ContainerImageMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_registry: Option<ContainerRegistryMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_repository: Option<ContainerRepositoryMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2: Option<Ec2Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image: Option<EcrContainerImageMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_repository: Option<EcrRepositoryMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function: Option<LambdaFunctionMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image: Option<MachineImageMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_function: Option<ServerlessFunctionMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_instance: Option<VmInstanceMetadata>,
}

wire_enum! { ScanMode {
Ec2SsmAgentBased = "EC2_SSM_AGENT_BASED",
Ec2Agentless = "EC2_AGENTLESS",
Ec2InspectorAgentBased = "EC2_INSPECTOR_AGENT_BASED",
VmInspectorAgentBased = "VM_INSPECTOR_AGENT_BASED",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanStatus {
    pub reason: ScanStatusReason,
    pub status_code: ScanStatusCode,
}

wire_enum! { ScanStatusCode {
Active = "ACTIVE",
Inactive = "INACTIVE",
} }

wire_enum! { ScanStatusReason {
PendingInitialScan = "PENDING_INITIAL_SCAN",
AccessDenied = "ACCESS_DENIED",
InternalError = "INTERNAL_ERROR",
UnmanagedEc2Instance = "UNMANAGED_EC2_INSTANCE",
UnsupportedOs = "UNSUPPORTED_OS",
ScanEligibilityExpired = "SCAN_ELIGIBILITY_EXPIRED",
ResourceTerminated = "RESOURCE_TERMINATED",
Successful = "SUCCESSFUL",
NoResourcesFound = "NO_RESOURCES_FOUND",
ImageSizeExceeded = "IMAGE_SIZE_EXCEEDED",
ScanFrequencyManual = "SCAN_FREQUENCY_MANUAL",
ScanFrequencyScanOnPush = "SCAN_FREQUENCY_SCAN_ON_PUSH",
Ec2InstanceStopped = "EC2_INSTANCE_STOPPED",
PendingDisable = "PENDING_DISABLE",
NoInventory = "NO_INVENTORY",
StaleInventory = "STALE_INVENTORY",
ExcludedByTag = "EXCLUDED_BY_TAG",
UnsupportedRuntime = "UNSUPPORTED_RUNTIME",
UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
UnsupportedConfigFile = "UNSUPPORTED_CONFIG_FILE",
DeepInspectionPackageCollectionLimitExceeded = "DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED",
DeepInspectionDailySsmInventoryLimitExceeded = "DEEP_INSPECTION_DAILY_SSM_INVENTORY_LIMIT_EXCEEDED",
DeepInspectionCollectionTimeLimitExceeded = "DEEP_INSPECTION_COLLECTION_TIME_LIMIT_EXCEEDED",
DeepInspectionNoInventory = "DEEP_INSPECTION_NO_INVENTORY",
AgentlessInstanceStorageLimitExceeded = "AGENTLESS_INSTANCE_STORAGE_LIMIT_EXCEEDED",
AgentlessInstanceCollectionTimeLimitExceeded = "AGENTLESS_INSTANCE_COLLECTION_TIME_LIMIT_EXCEEDED",
PendingRevivalScan = "PENDING_REVIVAL_SCAN",
IntegrationConnectionLost = "INTEGRATION_CONNECTION_LOST",
AccessDeniedToEncryptionKey = "ACCESS_DENIED_TO_ENCRYPTION_KEY",
UnsupportedLanguage = "UNSUPPORTED_LANGUAGE",
NoScanConfigurationAssociated = "NO_SCAN_CONFIGURATION_ASSOCIATED",
ScanInProgress = "SCAN_IN_PROGRESS",
ImageArchived = "IMAGE_ARCHIVED",
UnsupportedCodeArtifacts = "UNSUPPORTED_CODE_ARTIFACTS",
ResourceUnmanaged = "RESOURCE_UNMANAGED",
ResourceStopped = "RESOURCE_STOPPED",
ExtractionCollectionTimeLimitExceeded = "EXTRACTION_COLLECTION_TIME_LIMIT_EXCEEDED",
StorageLimitExceeded = "STORAGE_LIMIT_EXCEEDED",
InvalidArtifact = "INVALID_ARTIFACT",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerlessFunctionMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_function_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VmInstanceMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inventory_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<VmPlatform>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_image_reference: Option<String>,
}

wire_enum! { VmPlatform {
Windows = "WINDOWS",
Linux = "LINUX",
Unknown = "UNKNOWN",
} }
