//! Shapes of shared, generated from the service model by `cargo xtask wire`.

use crate::closed::wire_enum;
use crate::scalar::Epoch;
use serde::{Deserialize, Serialize};
wire_enum! { ContinuousIntegrationScanEvent {
PullRequest = "PULL_REQUEST",
Push = "PUSH",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DateFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_inclusive: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_inclusive: Option<Epoch>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_account_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_architecture: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_digest: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_in_use_count: Option<Vec<NumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_last_in_use_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_pushed_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_registry: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_repository_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_image_tags: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_account_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_org_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_region: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_execution_role: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_last_modified_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_runtime: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_vm_image_reference: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_vm_network_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_vm_subnet_ids: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository_project_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_repository_provider_type: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_vulnerability_detector_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_vulnerability_detector_tags: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_vulnerability_file_path: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_type: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_instance_image_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_instance_subnet_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_instance_vpc_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_architecture: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_hash: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_in_use_count: Option<Vec<NumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_last_in_use_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_pushed_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_registry: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_repository_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_tags: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss_score: Option<Vec<NumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_available: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_arn: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_status: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_type: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_observed_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_available: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspector_score: Option<Vec<NumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_execution_role_arn: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_last_modified_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_layers: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_runtime: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_observed_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image_name: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image_owner_account_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_image_platform: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_protocol: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_range: Option<Vec<PortRangeFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related_vulnerabilities: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_tags: Option<Vec<MapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Vec<DateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_severity: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerability_id: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerability_source: Option<Vec<StringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerable_packages: Option<Vec<PackageFilter>>,
}

wire_enum! { MapComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MapFilter {
    pub comparison: MapComparison,
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_inclusive: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_inclusive: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<StringFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<NumberFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_path: Option<StringFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<StringFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl_qualifier: Option<PurlQualifierFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<StringFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_reachability: Option<RuntimeReachabilityFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_reachability_reason: Option<RuntimeReachabilityReasonFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_lambda_layer_arn: Option<StringFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_layer_hash: Option<StringFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<StringFilter>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortRangeFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin_inclusive: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_inclusive: Option<i64>,
}

wire_enum! { Provider {
Aws = "AWS",
Azure = "AZURE",
Gcp = "GCP",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PurlQualifierFilter {
    pub comparison: MapComparison,
    pub key: PurlQualifierKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

wire_enum! { PurlQualifierKey {
Arch = "arch",
Collector = "collector",
DevDependency = "dev_dependency",
Distro = "distro",
Epoch = "epoch",
GoToolchain = "go_toolchain",
Hardened = "hardened",
Private = "private",
RustToolchain = "rust_toolchain",
Scope = "scope",
SkipChromiumDownload = "skip_chromium_download",
Source = "source",
Stream = "stream",
TransitiveDependency = "transitive_dependency",
Unresolved = "unresolved",
Vendor = "vendor",
} }

wire_enum! { ResourceType {
AwsEc2Instance = "AWS_EC2_INSTANCE",
AwsEcrContainerImage = "AWS_ECR_CONTAINER_IMAGE",
AwsEcrRepository = "AWS_ECR_REPOSITORY",
AwsLambdaFunction = "AWS_LAMBDA_FUNCTION",
CodeRepository = "CODE_REPOSITORY",
MicrosoftComputeVirtualMachines = "Microsoft.Compute/virtualMachines",
MicrosoftContainerRegistryRegistryContainerImage = "Microsoft.ContainerRegistry/registry/containerImage",
MicrosoftWebSites = "Microsoft.Web/sites",
MachineImage = "MACHINE_IMAGE",
CloudfunctionsGoogleapisComFunction = "cloudfunctions.googleapis.com/Function",
ComputeGoogleapisComInstance = "compute.googleapis.com/Instance",
ArtifactregistryGoogleapisComDockerImage = "artifactregistry.googleapis.com/DockerImage",
} }

wire_enum! { RuleSetCategory {
Sast = "SAST",
Iac = "IAC",
Sca = "SCA",
} }

wire_enum! { Runtime {
Nodejs = "NODEJS",
Nodejs12X = "NODEJS_12_X",
Nodejs14X = "NODEJS_14_X",
Nodejs16X = "NODEJS_16_X",
Java8 = "JAVA_8",
Java8Al2 = "JAVA_8_AL2",
Java11 = "JAVA_11",
Python37 = "PYTHON_3_7",
Python38 = "PYTHON_3_8",
Python39 = "PYTHON_3_9",
Unsupported = "UNSUPPORTED",
Nodejs18X = "NODEJS_18_X",
Go1X = "GO_1_X",
Java17 = "JAVA_17",
Python310 = "PYTHON_3_10",
Python311 = "PYTHON_3_11",
Dotnetcore31 = "DOTNETCORE_3_1",
Dotnet6 = "DOTNET_6",
Dotnet7 = "DOTNET_7",
Ruby27 = "RUBY_2_7",
Ruby32 = "RUBY_3_2",
Dotnet10 = "DOTNET_10",
Nodejs24X = "NODEJS_24_X",
Nodejs22X = "NODEJS_22_X",
Java21 = "JAVA_21",
Java25 = "JAVA_25",
Python312 = "PYTHON_3_12",
Python313 = "PYTHON_3_13",
Python314 = "PYTHON_3_14",
Ruby33 = "RUBY_3_3",
Dotnet8 = "DOTNET_8",
Nodejs20X = "NODEJS_20_X",
} }

wire_enum! { RuntimeReachability {
Reachable = "REACHABLE",
NotReachable = "NOT_REACHABLE",
Unknown = "UNKNOWN",
} }

wire_enum! { RuntimeReachabilityComparison {
Equals = "EQUALS",
NotEquals = "NOT_EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimeReachabilityFilter {
    pub comparison: RuntimeReachabilityComparison,
    pub value: RuntimeReachability,
}

wire_enum! { RuntimeReachabilityReason {
PackageInDockerfileWorkloadPath = "PACKAGE_IN_DOCKERFILE_WORKLOAD_PATH",
PackageNotInDockerfileWorkloadPath = "PACKAGE_NOT_IN_DOCKERFILE_WORKLOAD_PATH",
ProcessObservedInEc2Runtime = "PROCESS_OBSERVED_IN_EC2_RUNTIME",
ProcessNotObservedInEc2Runtime = "PROCESS_NOT_OBSERVED_IN_EC2_RUNTIME",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimeReachabilityReasonFilter {
    pub comparison: RuntimeReachabilityComparison,
    pub value: RuntimeReachabilityReason,
}

wire_enum! { ScanType {
Network = "NETWORK",
Package = "PACKAGE",
Code = "CODE",
} }

wire_enum! { Status {
Enabling = "ENABLING",
Enabled = "ENABLED",
Disabling = "DISABLING",
Disabled = "DISABLED",
Suspending = "SUSPENDING",
Suspended = "SUSPENDED",
} }

wire_enum! { StringComparison {
Equals = "EQUALS",
Prefix = "PREFIX",
NotEquals = "NOT_EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StringFilter {
    pub comparison: StringComparison,
    pub value: String,
}
