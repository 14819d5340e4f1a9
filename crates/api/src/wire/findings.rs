//! Shapes of findings, generated from the service model by `cargo xtask wire`.

use std::collections::BTreeMap;

use super::shared::{
    DateFilter, FilterCriteria, MapFilter, NumberFilter, Provider, ResourceType, Runtime,
    RuntimeReachability, RuntimeReachabilityReason, StringFilter,
};
use crate::closed::wire_enum;
use crate::scalar::Epoch;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_type: Option<AggregationFindingType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<AggregationResourceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<AccountSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { AccountSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

wire_enum! { AggregationFindingType {
NetworkReachability = "NETWORK_REACHABILITY",
PackageVulnerability = "PACKAGE_VULNERABILITY",
CodeVulnerability = "CODE_VULNERABILITY",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AggregationRequest {
    AccountAggregation(AccountAggregation),
    AmiAggregation(AmiAggregation),
    AwsEcrContainerAggregation(AwsEcrContainerAggregation),
    CodeRepositoryAggregation(CodeRepositoryAggregation),
    ContainerImageAggregation(ContainerImageAggregation),
    Ec2InstanceAggregation(Ec2InstanceAggregation),
    FindingTypeAggregation(FindingTypeAggregation),
    ImageLayerAggregation(ImageLayerAggregation),
    LambdaFunctionAggregation(LambdaFunctionAggregation),
    LambdaLayerAggregation(LambdaLayerAggregation),
    PackageAggregation(PackageAggregation),
    RepositoryAggregation(RepositoryAggregation),
    ServerlessFunctionAggregation(ServerlessFunctionAggregation),
    TitleAggregation(TitleAggregation),
    VmInstanceAggregation(VmInstanceAggregation),
}

wire_enum! { AggregationResourceType {
AwsEc2Instance = "AWS_EC2_INSTANCE",
AwsEcrContainerImage = "AWS_ECR_CONTAINER_IMAGE",
AwsLambdaFunction = "AWS_LAMBDA_FUNCTION",
CodeRepository = "CODE_REPOSITORY",
MicrosoftComputeVirtualMachines = "Microsoft.Compute/virtualMachines",
MicrosoftContainerRegistryRegistryContainerImage = "Microsoft.ContainerRegistry/registry/containerImage",
MicrosoftWebSites = "Microsoft.Web/sites",
CloudfunctionsGoogleapisComFunction = "cloudfunctions.googleapis.com/Function",
ComputeGoogleapisComInstance = "compute.googleapis.com/Instance",
ArtifactregistryGoogleapisComDockerImage = "artifactregistry.googleapis.com/DockerImage",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AggregationResponse {
    AccountAggregation(AccountAggregationResponse),
    AmiAggregation(AmiAggregationResponse),
    AwsEcrContainerAggregation(AwsEcrContainerAggregationResponse),
    CodeRepositoryAggregation(CodeRepositoryAggregationResponse),
    ContainerImageAggregation(ContainerImageAggregationResponse),
    Ec2InstanceAggregation(Ec2InstanceAggregationResponse),
    FindingTypeAggregation(FindingTypeAggregationResponse),
    ImageLayerAggregation(ImageLayerAggregationResponse),
    LambdaFunctionAggregation(LambdaFunctionAggregationResponse),
    LambdaLayerAggregation(LambdaLayerAggregationResponse),
    PackageAggregation(PackageAggregationResponse),
    RepositoryAggregation(RepositoryAggregationResponse),
    ServerlessFunctionAggregation(ServerlessFunctionAggregationResponse),
    TitleAggregation(TitleAggregationResponse),
    VmInstanceAggregation(VmInstanceAggregationResponse),
}

wire_enum! { AggregationType {
FindingType = "FINDING_TYPE",
Package = "PACKAGE",
Title = "TITLE",
Repository = "REPOSITORY",
Ami = "AMI",
AwsEc2Instance = "AWS_EC2_INSTANCE",
AwsEcrContainer = "AWS_ECR_CONTAINER",
ImageLayer = "IMAGE_LAYER",
Account = "ACCOUNT",
AwsLambdaFunction = "AWS_LAMBDA_FUNCTION",
LambdaLayer = "LAMBDA_LAYER",
CodeRepository = "CODE_REPOSITORY",
VmInstance = "VM_INSTANCE",
ContainerImage = "CONTAINER_IMAGE",
ServerlessFunction = "SERVERLESS_FUNCTION",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amis: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_sources: Option<Vec<ScanSource>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<AmiSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmiAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected_instances: Option<i64>,
    pub ami: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_source: Option<ScanSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { AmiSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
AffectedInstances = "AFFECTED_INSTANCES",
} }

wire_enum! { Architecture {
X8664 = "X86_64",
Arm64 = "ARM64",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AtigData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttps: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEc2InstanceDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam_instance_profile_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_v4_addresses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_v6_addresses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launched_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEcrContainerAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architectures: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_shas: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<Vec<NumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<AwsEcrContainerSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEcrContainerAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_sha: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsEcrContainerImageDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    pub image_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_at: Option<Epoch>,
    pub registry: String,
    pub repository_name: String,
}

wire_enum! { AwsEcrContainerSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsLambdaFunctionDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architectures: Option<Vec<Architecture>>,
    pub code_sha256: String,
    pub execution_role_arn: String,
    pub function_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_type: Option<PackageType>,
    pub runtime: Runtime,
    pub version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<LambdaVpcConfig>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetCodeSnippetRequest {
    pub finding_arns: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetCodeSnippetResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_snippet_results: Option<Vec<CodeSnippetResult>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<CodeSnippetError>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetFindingDetailsRequest {
    pub finding_arns: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchGetFindingDetailsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FindingDetailsError>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_details: Option<Vec<FindingDetail>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisaData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_added: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_due: Option<Epoch>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeFilePath {
    pub end_line: i64,
    pub file_name: String,
    pub file_path: String,
    pub start_line: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeLine {
    pub content: String,
    pub line_number: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRepositoryAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_names: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_types: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<CodeRepositorySortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRepositoryAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available_active_findings_count: Option<i64>,
    pub project_names: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRepositoryDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_type: Option<CodeRepositoryProviderType>,
}

wire_enum! { CodeRepositoryProviderType {
Github = "GITHUB",
GitlabSelfManaged = "GITLAB_SELF_MANAGED",
} }

wire_enum! { CodeRepositorySortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSnippetError {
    pub error_code: CodeSnippetErrorCode,
    pub error_message: String,
    pub finding_arn: String,
}

wire_enum! { CodeSnippetErrorCode {
InternalError = "INTERNAL_ERROR",
AccessDenied = "ACCESS_DENIED",
CodeSnippetNotFound = "CODE_SNIPPET_NOT_FOUND",
InvalidInput = "INVALID_INPUT",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSnippetResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_snippet: Option<Vec<CodeLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_line: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggested_fixes: Option<Vec<SuggestedFix>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeVulnerabilityDetails {
    pub cwes: Vec<String>,
    pub detector_id: String,
    pub detector_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detector_tags: Option<Vec<String>>,
    pub file_path: CodeFilePath,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_lambda_layer_arn: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerImageAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architectures: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partitions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_providers: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_regions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_digests: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<Vec<NumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registries: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<ContainerImageSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerImageAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { ContainerImageSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cvss2 {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring_vector: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cvss3 {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring_vector: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cvss4 {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring_vector: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CvssScore {
    pub base_score: f64,
    pub scoring_vector: String,
    pub source: String,
    pub version: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CvssScoreAdjustment {
    pub metric: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CvssScoreDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjustments: Option<Vec<CvssScoreAdjustment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss_source: Option<String>,
    pub score: f64,
    pub score_source: String,
    pub scoring_vector: String,
    pub version: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2InstanceAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amis: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_tags: Option<Vec<MapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_systems: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<Ec2InstanceSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2InstanceAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<String>,
    pub instance_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_findings: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { Ec2InstanceSortBy {
NetworkFindings = "NETWORK_FINDINGS",
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Epss {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EpssDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

wire_enum! { ExploitAvailable {
Yes = "YES",
No = "NO",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExploitObserved {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Epoch>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExploitabilityDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_known_exploit_at: Option<Epoch>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub aws_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_vulnerability_details: Option<CodeVulnerabilityDetails>,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss: Option<EpssDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available: Option<ExploitAvailable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploitability_details: Option<ExploitabilityDetails>,
    pub finding_arn: String,
    pub first_observed_at: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available: Option<FixAvailable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspector_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspector_score_details: Option<InspectorScoreDetails>,
    pub last_observed_at: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_reachability_details: Option<NetworkReachabilityDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_vulnerability_details: Option<PackageVulnerabilityDetails>,
    pub remediation: Remediation,
    pub resources: Vec<Resource>,
    pub severity: Severity,
    pub status: FindingStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub r#type: FindingType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Epoch>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingDetail {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cisa_data: Option<CisaData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidences: Option<Vec<Evidence>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_observed: Option<ExploitObserved>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_score: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttps: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingDetailsError {
    pub error_code: FindingDetailsErrorCode,
    pub error_message: String,
    pub finding_arn: String,
}

wire_enum! { FindingDetailsErrorCode {
InternalError = "INTERNAL_ERROR",
AccessDenied = "ACCESS_DENIED",
FindingDetailsNotFound = "FINDING_DETAILS_NOT_FOUND",
InvalidInput = "INVALID_INPUT",
} }

wire_enum! { FindingStatus {
Active = "ACTIVE",
Suppressed = "SUPPRESSED",
Closed = "CLOSED",
} }

wire_enum! { FindingType {
NetworkReachability = "NETWORK_REACHABILITY",
PackageVulnerability = "PACKAGE_VULNERABILITY",
CodeVulnerability = "CODE_VULNERABILITY",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingTypeAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_type: Option<AggregationFindingType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<AggregationResourceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<FindingTypeSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingTypeAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { FindingTypeSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

wire_enum! { FixAvailable {
Yes = "YES",
No = "NO",
Partial = "PARTIAL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_in_use_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageLayerAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partitions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_providers: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_regions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer_hashes: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<ImageLayerSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageLayerAggregationResponse {
    pub account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    pub layer_hash: String,
    pub repository: String,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { ImageLayerSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorScoreDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjusted_cvss: Option<CvssScoreDetails>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaFunctionAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_names: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_tags: Option<Vec<MapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtimes: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<LambdaFunctionSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaFunctionAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<Epoch>,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { LambdaFunctionSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaLayerAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_names: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer_arns: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<LambdaLayerSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaLayerAggregationResponse {
    pub account_id: String,
    pub function_name: String,
    pub layer_arn: String,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { LambdaLayerSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaVpcConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListFindingAggregationsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation_request: Option<AggregationRequest>,
    pub aggregation_type: AggregationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListFindingAggregationsResponse {
    pub aggregation_type: AggregationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responses: Option<Vec<AggregationResponse>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListFindingsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<FilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_criteria: Option<SortCriteria>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListFindingsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Finding>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineImageDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<Architecture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_public: Option<bool>,
    pub machine_image_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_device_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtualization_type: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkPath {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
}

wire_enum! { NetworkProtocol {
Tcp = "TCP",
Udp = "UDP",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkReachabilityDetails {
    pub network_path: NetworkPath,
    pub open_port_range: PortRange,
    pub protocol: NetworkProtocol,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_names: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<PackageSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    pub package_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { PackageManager {
Bundler = "BUNDLER",
Cargo = "CARGO",
Composer = "COMPOSER",
Npm = "NPM",
Nuget = "NUGET",
Pipenv = "PIPENV",
Poetry = "POETRY",
Yarn = "YARN",
Gobinary = "GOBINARY",
Gomod = "GOMOD",
Jar = "JAR",
Os = "OS",
Pip = "PIP",
Pythonpkg = "PYTHONPKG",
Nodepkg = "NODEPKG",
Pom = "POM",
Gemspec = "GEMSPEC",
DotnetCore = "DOTNET_CORE",
} }

wire_enum! { PackageSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

wire_enum! { PackageType {
Image = "IMAGE",
Zip = "ZIP",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageVulnerabilityDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss: Option<Vec<CvssScore>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related_vulnerabilities: Option<Vec<String>>,
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_created_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_updated_at: Option<Epoch>,
    pub vulnerability_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerable_packages: Option<Vec<VulnerablePackage>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortRange {
    pub begin: i64,
    pub end: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    #[serde(rename = "Url")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remediation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<Recommendation>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<RepositorySortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected_images: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    pub repository: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
}

wire_enum! { RepositorySortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
AffectedImages = "AFFECTED_IMAGES",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<ResourceDetails>,
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    pub r#type: ResourceType,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_ec2_instance: Option<AwsEc2InstanceDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_ecr_container_image: Option<AwsEcrContainerImageDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_lambda_function: Option<AwsLambdaFunctionDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository: Option<CodeRepositoryDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image: Option<MachineImageDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_function: Option<ServerlessFunction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm: Option<Vm>,
}

wire_enum! { ScanSource {
InstanceScan = "INSTANCE_SCAN",
MachineImageScan = "MACHINE_IMAGE_SCAN",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchVulnerabilitiesFilterCriteria {
    pub vulnerability_ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchVulnerabilitiesRequest {
    pub filter_criteria: SearchVulnerabilitiesFilterCriteria,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchVulnerabilitiesResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub vulnerabilities: Vec<Vulnerability>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerlessFunction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architectures: Option<Vec<Architecture>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_type: Option<PackageType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_function_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerlessFunctionAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partitions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_providers: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_regions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_names: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_tags: Option<Vec<MapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtimes: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<ServerlessFunctionSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerlessFunctionAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<Epoch>,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

wire_enum! { ServerlessFunctionSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

wire_enum! { Severity {
Informational = "INFORMATIONAL",
Low = "LOW",
Medium = "MEDIUM",
High = "HIGH",
Critical = "CRITICAL",
Untriaged = "UNTRIAGED",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeverityCounts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub informational: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untriaged: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SortCriteria {
    pub field: SortField,
    pub sort_order: SortOrder,
}

wire_enum! { SortField {
AwsAccountId = "AWS_ACCOUNT_ID",
FindingType = "FINDING_TYPE",
Severity = "SEVERITY",
FirstObservedAt = "FIRST_OBSERVED_AT",
LastObservedAt = "LAST_OBSERVED_AT",
FindingStatus = "FINDING_STATUS",
ResourceType = "RESOURCE_TYPE",
EcrImagePushedAt = "ECR_IMAGE_PUSHED_AT",
EcrImageRepositoryName = "ECR_IMAGE_REPOSITORY_NAME",
EcrImageRegistry = "ECR_IMAGE_REGISTRY",
NetworkProtocol = "NETWORK_PROTOCOL",
ComponentType = "COMPONENT_TYPE",
VulnerabilityId = "VULNERABILITY_ID",
VulnerabilitySource = "VULNERABILITY_SOURCE",
InspectorScore = "INSPECTOR_SCORE",
VendorSeverity = "VENDOR_SEVERITY",
EpssScore = "EPSS_SCORE",
} }

wire_enum! { SortOrder {
Asc = "ASC",
Desc = "DESC",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_arn: Option<String>,
    pub component_id: String,
    pub component_type: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestedFix {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TitleAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_type: Option<AggregationFindingType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<AggregationResourceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<TitleSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub titles: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerability_ids: Option<Vec<StringFilter>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TitleAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerability_id: Option<String>,
}

wire_enum! { TitleSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_v4_addresses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_v6_addresses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launched_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_image_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VmInstanceAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partitions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_providers: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_regions: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_tags: Option<Vec<MapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_systems: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<VmInstanceSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<SortOrder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_image_references: Option<Vec<StringFilter>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VmInstanceAggregationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Provider>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available_active_findings_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_findings: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<String>,
    pub resource_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_counts: Option<SeverityCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vm_image_reference: Option<String>,
}

wire_enum! { VmInstanceSortBy {
Critical = "CRITICAL",
High = "HIGH",
All = "ALL",
NetworkFindings = "NETWORK_FINDINGS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vulnerability {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub atig_data: Option<AtigData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cisa_data: Option<CisaData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss2: Option<Cvss2>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss3: Option<Cvss3>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss4: Option<Cvss4>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection_platforms: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss: Option<Epss>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_observed: Option<ExploitObserved>,
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related_vulnerabilities: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<VulnerabilitySource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_created_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_updated_at: Option<Epoch>,
}

wire_enum! { VulnerabilitySource {
Nvd = "NVD",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VulnerablePackage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_in_version: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<PackageManager>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_reachability: Option<RuntimeReachability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_reachability_reason: Option<RuntimeReachabilityReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_lambda_layer_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_layer_hash: Option<String>,
    pub version: String,
}
