//! Shapes of cis, generated from the service model by `cargo xtask wire`.

use std::collections::BTreeMap;

use crate::closed::wire_enum;
use crate::scalar::{Blob, Epoch};
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisCheckAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<CisSecurityLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_counts: Option<StatusCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisDateFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_scan_start_time: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_scan_start_time: Option<Epoch>,
}

wire_enum! { CisFindingStatus {
Passed = "PASSED",
Failed = "FAILED",
Skipped = "SKIPPED",
} }

wire_enum! { CisFindingStatusComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisFindingStatusFilter {
    pub comparison: CisFindingStatusComparison,
    pub value: CisFindingStatus,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisNumberFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_inclusive: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_inclusive: Option<i64>,
}

wire_enum! { CisReportFormat {
Pdf = "PDF",
Csv = "CSV",
} }

wire_enum! { CisReportStatus {
Succeeded = "SUCCEEDED",
Failed = "FAILED",
InProgress = "IN_PROGRESS",
} }

wire_enum! { CisResultStatus {
Passed = "PASSED",
Failed = "FAILED",
Skipped = "SKIPPED",
} }

wire_enum! { CisResultStatusComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisResultStatusFilter {
    pub comparison: CisResultStatusComparison,
    pub value: CisResultStatus,
}

wire_enum! { CisRuleStatus {
Failed = "FAILED",
Passed = "PASSED",
NotEvaluated = "NOT_EVALUATED",
Informational = "INFORMATIONAL",
Unknown = "UNKNOWN",
NotApplicable = "NOT_APPLICABLE",
Error = "ERROR",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScan {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_checks: Option<i64>,
    pub scan_arn: String,
    pub scan_configuration_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_date: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_level: Option<CisSecurityLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CisScanStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<CisTargets>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_checks: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScanConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    pub scan_configuration_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_level: Option<CisSecurityLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<CisTargets>,
}

wire_enum! { CisScanConfigurationsSortBy {
ScanName = "SCAN_NAME",
ScanConfigurationArn = "SCAN_CONFIGURATION_ARN",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScanResultDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<CisSecurityLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CisFindingStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScanResultDetailsFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_arn_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_status_filters: Option<Vec<CisFindingStatusFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_level_filters: Option<Vec<CisSecurityLevelFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_filters: Option<Vec<CisStringFilter>>,
}

wire_enum! { CisScanResultDetailsSortBy {
CheckId = "CHECK_ID",
Status = "STATUS",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScanResultsAggregatedByChecksFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_resources_filters: Option<Vec<CisNumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_level_filters: Option<Vec<CisSecurityLevelFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_filters: Option<Vec<CisStringFilter>>,
}

wire_enum! { CisScanResultsAggregatedByChecksSortBy {
CheckId = "CHECK_ID",
Title = "TITLE",
Platform = "PLATFORM",
FailedCounts = "FAILED_COUNTS",
SecurityLevel = "SECURITY_LEVEL",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScanResultsAggregatedByTargetResourceFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_checks_filters: Option<Vec<CisNumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_filters: Option<Vec<CisResultStatusFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_tag_filters: Option<Vec<TagFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_status_filters: Option<Vec<CisTargetStatusFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_status_reason_filters: Option<Vec<CisTargetStatusReasonFilter>>,
}

wire_enum! { CisScanResultsAggregatedByTargetResourceSortBy {
ResourceId = "RESOURCE_ID",
FailedCounts = "FAILED_COUNTS",
AccountId = "ACCOUNT_ID",
Platform = "PLATFORM",
TargetStatus = "TARGET_STATUS",
TargetStatusReason = "TARGET_STATUS_REASON",
} }

wire_enum! { CisScanStatus {
Failed = "FAILED",
Completed = "COMPLETED",
Cancelled = "CANCELLED",
InProgress = "IN_PROGRESS",
} }

wire_enum! { CisScanStatusComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisScanStatusFilter {
    pub comparison: CisScanStatusComparison,
    pub value: CisScanStatus,
}

wire_enum! { CisSecurityLevel {
Level1 = "LEVEL_1",
Level2 = "LEVEL_2",
} }

wire_enum! { CisSecurityLevelComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisSecurityLevelFilter {
    pub comparison: CisSecurityLevelComparison,
    pub value: CisSecurityLevel,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisSessionMessage {
    pub cis_rule_details: Blob,
    pub rule_id: String,
    pub status: CisRuleStatus,
}

wire_enum! { CisSortOrder {
Asc = "ASC",
Desc = "DESC",
} }

wire_enum! { CisStringComparison {
Equals = "EQUALS",
Prefix = "PREFIX",
NotEquals = "NOT_EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisStringFilter {
    pub comparison: CisStringComparison,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisTargetResourceAggregation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_counts: Option<StatusCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_tags: Option<BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_status: Option<CisTargetStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_status_reason: Option<CisTargetStatusReason>,
}

wire_enum! { CisTargetStatus {
TimedOut = "TIMED_OUT",
Cancelled = "CANCELLED",
Completed = "COMPLETED",
} }

wire_enum! { CisTargetStatusComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisTargetStatusFilter {
    pub comparison: CisTargetStatusComparison,
    pub value: CisTargetStatus,
}

wire_enum! { CisTargetStatusReason {
ScanInProgress = "SCAN_IN_PROGRESS",
UnsupportedOs = "UNSUPPORTED_OS",
SsmUnmanaged = "SSM_UNMANAGED",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisTargetStatusReasonFilter {
    pub comparison: CisTargetStatusComparison,
    pub value: CisTargetStatusReason,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CisTargets {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_tags: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputePlatform {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCisScanConfigurationRequest {
    pub scan_name: String,
    pub schedule: Schedule,
    pub security_level: CisSecurityLevel,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    pub targets: CreateCisTargets,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCisScanConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCisTargets {
    pub account_ids: Vec<String>,
    pub target_resource_tags: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DailySchedule {
    pub start_time: Time,
}

wire_enum! { Day {
Sun = "SUN",
Mon = "MON",
Tue = "TUE",
Wed = "WED",
Thu = "THU",
Fri = "FRI",
Sat = "SAT",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteCisScanConfigurationRequest {
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteCisScanConfigurationResponse {
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCisScanReportRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_format: Option<CisReportFormat>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_accounts: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCisScanReportResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CisReportStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCisScanResultDetailsRequest {
    pub account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<CisScanResultDetailsFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<CisScanResultDetailsSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<CisSortOrder>,
    pub target_resource_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCisScanResultDetailsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_result_details: Option<Vec<CisScanResultDetails>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanConfigurationsFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_name_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_tag_filters: Option<Vec<TagFilter>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanConfigurationsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<ListCisScanConfigurationsFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<CisScanConfigurationsSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<CisSortOrder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanConfigurationsResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configurations: Option<Vec<CisScanConfiguration>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanResultsAggregatedByChecksRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<CisScanResultsAggregatedByChecksFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<CisScanResultsAggregatedByChecksSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<CisSortOrder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanResultsAggregatedByChecksResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_aggregations: Option<Vec<CisCheckAggregation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanResultsAggregatedByTargetResourceRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<CisScanResultsAggregatedByTargetResourceFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub scan_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<CisScanResultsAggregatedByTargetResourceSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<CisSortOrder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScanResultsAggregatedByTargetResourceResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_aggregations: Option<Vec<CisTargetResourceAggregation>>,
}

wire_enum! { ListCisScansDetailLevel {
Organization = "ORGANIZATION",
Member = "MEMBER",
} }

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScansFilterCriteria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_checks_filters: Option<Vec<CisNumberFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_arn_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_at_filters: Option<Vec<CisDateFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_configuration_arn_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_name_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status_filters: Option<Vec<CisScanStatusFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_by_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_account_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_id_filters: Option<Vec<CisStringFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_tag_filters: Option<Vec<TagFilter>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScansRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail_level: Option<ListCisScansDetailLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<ListCisScansFilterCriteria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<ListCisScansSortBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<CisSortOrder>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCisScansResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scans: Option<Vec<CisScan>>,
}

wire_enum! { ListCisScansSortBy {
Status = "STATUS",
ScheduledBy = "SCHEDULED_BY",
ScanStartDate = "SCAN_START_DATE",
FailedChecks = "FAILED_CHECKS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonthlySchedule {
    pub day: Day,
    pub start_time: Time,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OneTimeSchedule {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Schedule {
    Daily(DailySchedule),
    Monthly(MonthlySchedule),
    OneTime(OneTimeSchedule),
    Weekly(WeeklySchedule),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendCisSessionHealthRequest {
    pub scan_job_id: String,
    pub session_token: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SendCisSessionHealthResponse {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendCisSessionTelemetryRequest {
    pub messages: Vec<CisSessionMessage>,
    pub scan_job_id: String,
    pub session_token: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SendCisSessionTelemetryResponse {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartCisSessionMessage {
    pub session_token: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartCisSessionRequest {
    pub message: StartCisSessionMessage,
    pub scan_job_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StartCisSessionResponse {}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusCounts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StopCisMessageProgress {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub informational_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_evaluated_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successful_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_checks: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_checks: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StopCisSessionMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub benchmark_profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub benchmark_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_platform: Option<ComputePlatform>,
    pub progress: StopCisMessageProgress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub status: StopCisSessionStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StopCisSessionRequest {
    pub message: StopCisSessionMessage,
    pub scan_job_id: String,
    pub session_token: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StopCisSessionResponse {}

wire_enum! { StopCisSessionStatus {
Success = "SUCCESS",
Failed = "FAILED",
Interrupted = "INTERRUPTED",
UnsupportedOs = "UNSUPPORTED_OS",
} }

wire_enum! { TagComparison {
Equals = "EQUALS",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagFilter {
    pub comparison: TagComparison,
    pub key: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Time {
    pub time_of_day: String,
    pub timezone: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCisScanConfigurationRequest {
    pub scan_configuration_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_level: Option<CisSecurityLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<UpdateCisTargets>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCisScanConfigurationResponse {
    pub scan_configuration_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCisTargets {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_resource_tags: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WeeklySchedule {
    pub days: Vec<Day>,
    pub start_time: Time,
}
