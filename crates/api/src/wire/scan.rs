//! Shapes of scan, generated from the service model by `cargo xtask wire`.

use crate::closed::wire_enum;
use serde::{Deserialize, Serialize};
use serde_json::Value as Document;
wire_enum! { OutputFormat {
CycloneDx15 = "CYCLONE_DX_1_5",
Inspector = "INSPECTOR",
InspectorAlt = "INSPECTOR_ALT",
} }

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanSbomRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<OutputFormat>,
    pub sbom: Document,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanSbomResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbom: Option<Document>,
}
