//! Shapes of on demand, generated from the service model by `cargo xtask wire`.

use crate::closed::wire_enum;
use crate::scalar::Iso;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetOnDemandScanStatusRequest {
    pub resource_id: String,
    pub resource_type: OnDemandResourceType,
    pub scan_id: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetOnDemandScanStatusResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Iso>,
    pub resource_id: String,
    pub resource_type: OnDemandResourceType,
    pub scan_id: String,
    pub scan_status: OnDemandScanStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status_reason: Option<OnDemandScanStatusReason>,
    pub started_at: Iso,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOnDemandScansRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    pub resource_id: String,
    pub resource_type: OnDemandResourceType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOnDemandScansResponse {
    pub items: Vec<OnDemandScan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

wire_enum! { OnDemandResourceType {
Ami = "AMI",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnDemandScan {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Iso>,
    pub resource_id: String,
    pub resource_type: OnDemandResourceType,
    pub scan_id: String,
    pub scan_status: OnDemandScanStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_status_reason: Option<OnDemandScanStatusReason>,
    pub started_at: Iso,
}

wire_enum! { OnDemandScanStatus {
InProgress = "IN_PROGRESS",
Successful = "SUCCESSFUL",
Failed = "FAILED",
} }

wire_enum! { OnDemandScanStatusReason {
AccessDenied = "ACCESS_DENIED",
InternalError = "INTERNAL_ERROR",
StorageLimitExceeded = "STORAGE_LIMIT_EXCEEDED",
ExtractionCollectionTimeLimitExceeded = "EXTRACTION_COLLECTION_TIME_LIMIT_EXCEEDED",
UnsupportedOs = "UNSUPPORTED_OS",
ResourceTerminated = "RESOURCE_TERMINATED",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartOnDemandScanRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    pub resource_id: String,
    pub resource_type: OnDemandResourceType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartOnDemandScanResponse {
    pub scan_id: String,
}
