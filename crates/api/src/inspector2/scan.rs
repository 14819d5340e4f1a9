//! The scan API: a bill of materials in, the same with vulnerabilities out.

use crate::{
    errors::Error,
    registry::Context,
    state::State,
    wire::scan::{OutputFormat, ScanSbomRequest, ScanSbomResponse},
};

pub(super) fn sbom(
    context: &Context<'_, State>,
    input: ScanSbomRequest,
) -> Result<ScanSbomResponse, Error> {
    let format = input.output_format.unwrap_or(OutputFormat::CycloneDx15);
    let advisories = &context.state.advisories;
    let sbom = advisories.scan(&input.sbom, format, context.now)?;
    Ok(ScanSbomResponse { sbom: Some(sbom) })
}
