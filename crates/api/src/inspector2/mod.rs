//! The handlers of Amazon Inspector's operations.
#![expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "every handler has the same signature"
)]

mod accounts;
mod aggregations;
mod configuration;
mod coverage;
mod filters;
mod findings;
mod on_demand;
mod render;
mod reports;
mod resources;
mod scan;
mod usage;

pub(crate) use coverage::criteria as coverage_criteria;
pub(crate) use findings::{criteria, page};
pub use render::{finding as shown, source_url};

use crate::{registry::Registry, state::State, wire::calls};

/// The one table of operations that are offered. The others stand in `not-offered.txt`.
#[must_use]
pub fn handlers() -> Registry<State> {
    Registry::new()
        .on(calls::BatchGetAccountStatus, accounts::status)
        .on(calls::BatchGetFindingDetails, findings::details)
        .on(calls::BatchGetFreeTrialInfo, usage::trials)
        .on(
            calls::BatchGetMemberEc2DeepInspectionStatus,
            configuration::deep_inspection_of_members,
        )
        .on(
            calls::BatchUpdateMemberEc2DeepInspectionStatus,
            configuration::update_deep_inspection_of_members,
        )
        .on(calls::CancelFindingsReport, reports::cancel_of_findings)
        .on(calls::CancelSbomExport, reports::cancel_sbom)
        .on(calls::CreateFilter, filters::create)
        .on(calls::CreateFindingsReport, reports::create_of_findings)
        .on(calls::CreateSbomExport, reports::create_sbom)
        .on(calls::DeleteFilter, filters::delete)
        .on(calls::Disable, accounts::disable)
        .on(calls::Enable, accounts::enable)
        .on(calls::GetConfiguration, configuration::get)
        .on(
            calls::GetEc2DeepInspectionConfiguration,
            configuration::get_deep_inspection,
        )
        .on(calls::GetEncryptionKey, configuration::get_encryption_key)
        .on(calls::GetFindingsReportStatus, reports::status_of_findings)
        .on(calls::GetOnDemandScanStatus, on_demand::status)
        .on(calls::GetSbomExport, reports::get_sbom)
        .on(calls::ListAccountPermissions, accounts::permissions)
        .on(calls::ListCoverage, coverage::list)
        .on(calls::ListCoverageStatistics, coverage::statistics)
        .on(calls::ListFilters, filters::list)
        .on(calls::ListFindingAggregations, aggregations::list)
        .on(calls::ListFindings, findings::list)
        .on(calls::ListOnDemandScans, on_demand::list)
        .on(calls::ListTagsForResource, filters::tags_of)
        .on(calls::ListUsageTotals, usage::totals)
        .on(
            calls::ResetEncryptionKey,
            configuration::reset_encryption_key,
        )
        .on(calls::ScanSbom, scan::sbom)
        .on(calls::SearchVulnerabilities, findings::search)
        .on(calls::StartOnDemandScan, on_demand::start)
        .on(calls::TagResource, filters::tag)
        .on(calls::UntagResource, filters::untag)
        .on(calls::UpdateConfiguration, configuration::update)
        .on(
            calls::UpdateEc2DeepInspectionConfiguration,
            configuration::update_deep_inspection,
        )
        .on(
            calls::UpdateEncryptionKey,
            configuration::update_encryption_key,
        )
        .on(calls::UpdateFilter, filters::update)
        .on(
            calls::UpdateOrgEc2DeepInspectionConfiguration,
            configuration::update_organization_deep_inspection,
        )
}

#[cfg(test)]
mod tests {
    use super::handlers;

    /// Lines of `not-offered.txt`. The list may only shrink: lower this with it.
    const MOST: usize = 46;

    #[test]
    fn what_is_not_offered_is_listed() {
        let listed: Vec<&str> = include_str!("../../not-offered.txt").lines().collect();
        assert_eq!(handlers().not_offered(), listed);
        assert!(listed.len() <= MOST);
    }
}
