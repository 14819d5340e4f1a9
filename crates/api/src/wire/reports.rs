//! Shapes of reports, generated from the service model by `cargo xtask wire`.

use super::shared::FilterCriteria;
use crate::closed::wire_enum;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelFindingsReportRequest {
    pub report_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelFindingsReportResponse {
    pub report_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelSbomExportRequest {
    pub report_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelSbomExportResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateFindingsReportRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<FilterCriteria>,
    pub report_format: ReportFormat,
    pub s3_destination: Destination,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateFindingsReportResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSbomExportRequest {
    pub report_format: SbomReportFormat,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_filter_criteria: Option<ResourceFilterCriteria>,
    pub s3_destination: Destination,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSbomExportResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    pub bucket_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_bucket_owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_prefix: Option<String>,
    pub kms_key_arn: String,
}

wire_enum! { ExternalReportStatus {
Succeeded = "SUCCEEDED",
InProgress = "IN_PROGRESS",
Cancelled = "CANCELLED",
Failed = "FAILED",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetFindingsReportStatusRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetFindingsReportStatusResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ReportingErrorCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<FilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ExternalReportStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetSbomExportRequest {
    pub report_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetSbomExportResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ReportingErrorCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<ResourceFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<SbomReportFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_destination: Option<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ExternalReportStatus>,
}

wire_enum! { ReportFormat {
Csv = "CSV",
Json = "JSON",
} }

wire_enum! { ReportingErrorCode {
InternalError = "INTERNAL_ERROR",
InvalidPermissions = "INVALID_PERMISSIONS",
NoFindingsFound = "NO_FINDINGS_FOUND",
BucketNotFound = "BUCKET_NOT_FOUND",
IncompatibleBucketRegion = "INCOMPATIBLE_BUCKET_REGION",
MalformedKmsKey = "MALFORMED_KMS_KEY",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_container_image_tags: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_container_registry_name: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_container_repository_name: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_account_id: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_org_id: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_provider_region: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_name: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_runtime: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_serverless_function_tags: Option<Vec<ResourceMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_vm_instance_tags: Option<Vec<ResourceMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_instance_tags: Option<Vec<ResourceMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_image_tags: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecr_repository_name: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_name: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_tags: Option<Vec<ResourceMapFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Vec<ResourceStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<Vec<ResourceStringFilter>>,
}

wire_enum! { ResourceMapComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceMapFilter {
    pub comparison: ResourceMapComparison,
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

wire_enum! { ResourceStringComparison {
Equals = "EQUALS",
NotEquals = "NOT_EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceStringFilter {
    pub comparison: ResourceStringComparison,
    pub value: String,
}

wire_enum! { SbomReportFormat {
Cyclonedx14 = "CYCLONEDX_1_4",
Spdx23 = "SPDX_2_3",
} }
