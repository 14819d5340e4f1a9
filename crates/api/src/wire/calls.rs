//! One type per operation, with its input and output, generated from the service model by `cargo xtask wire`.

use crate::operation::Call;

#[derive(Clone, Copy, Debug)]
pub struct AssociateMember;

impl Call for AssociateMember {
    type Input = super::AssociateMemberRequest;
    type Output = super::AssociateMemberResponse;
    const INDEX: usize = 0;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchAssociateCodeSecurityScanConfiguration;

impl Call for BatchAssociateCodeSecurityScanConfiguration {
    type Input = super::BatchAssociateCodeSecurityScanConfigurationRequest;
    type Output = super::BatchAssociateCodeSecurityScanConfigurationResponse;
    const INDEX: usize = 1;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchDisassociateCodeSecurityScanConfiguration;

impl Call for BatchDisassociateCodeSecurityScanConfiguration {
    type Input = super::BatchDisassociateCodeSecurityScanConfigurationRequest;
    type Output = super::BatchDisassociateCodeSecurityScanConfigurationResponse;
    const INDEX: usize = 2;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchGetAccountStatus;

impl Call for BatchGetAccountStatus {
    type Input = super::BatchGetAccountStatusRequest;
    type Output = super::BatchGetAccountStatusResponse;
    const INDEX: usize = 3;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchGetCodeSnippet;

impl Call for BatchGetCodeSnippet {
    type Input = super::BatchGetCodeSnippetRequest;
    type Output = super::BatchGetCodeSnippetResponse;
    const INDEX: usize = 4;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchGetFindingDetails;

impl Call for BatchGetFindingDetails {
    type Input = super::BatchGetFindingDetailsRequest;
    type Output = super::BatchGetFindingDetailsResponse;
    const INDEX: usize = 5;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchGetFreeTrialInfo;

impl Call for BatchGetFreeTrialInfo {
    type Input = super::BatchGetFreeTrialInfoRequest;
    type Output = super::BatchGetFreeTrialInfoResponse;
    const INDEX: usize = 6;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchGetMemberEc2DeepInspectionStatus;

impl Call for BatchGetMemberEc2DeepInspectionStatus {
    type Input = super::BatchGetMemberEc2DeepInspectionStatusRequest;
    type Output = super::BatchGetMemberEc2DeepInspectionStatusResponse;
    const INDEX: usize = 7;
}

#[derive(Clone, Copy, Debug)]
pub struct BatchUpdateMemberEc2DeepInspectionStatus;

impl Call for BatchUpdateMemberEc2DeepInspectionStatus {
    type Input = super::BatchUpdateMemberEc2DeepInspectionStatusRequest;
    type Output = super::BatchUpdateMemberEc2DeepInspectionStatusResponse;
    const INDEX: usize = 8;
}

#[derive(Clone, Copy, Debug)]
pub struct CancelFindingsReport;

impl Call for CancelFindingsReport {
    type Input = super::CancelFindingsReportRequest;
    type Output = super::CancelFindingsReportResponse;
    const INDEX: usize = 9;
}

#[derive(Clone, Copy, Debug)]
pub struct CancelSbomExport;

impl Call for CancelSbomExport {
    type Input = super::CancelSbomExportRequest;
    type Output = super::CancelSbomExportResponse;
    const INDEX: usize = 10;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateCisScanConfiguration;

impl Call for CreateCisScanConfiguration {
    type Input = super::CreateCisScanConfigurationRequest;
    type Output = super::CreateCisScanConfigurationResponse;
    const INDEX: usize = 11;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateCodeSecurityIntegration;

impl Call for CreateCodeSecurityIntegration {
    type Input = super::CreateCodeSecurityIntegrationRequest;
    type Output = super::CreateCodeSecurityIntegrationResponse;
    const INDEX: usize = 12;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateCodeSecurityScanConfiguration;

impl Call for CreateCodeSecurityScanConfiguration {
    type Input = super::CreateCodeSecurityScanConfigurationRequest;
    type Output = super::CreateCodeSecurityScanConfigurationResponse;
    const INDEX: usize = 13;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateConnector;

impl Call for CreateConnector {
    type Input = super::CreateConnectorRequest;
    type Output = super::CreateConnectorResponse;
    const INDEX: usize = 14;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateFilter;

impl Call for CreateFilter {
    type Input = super::CreateFilterRequest;
    type Output = super::CreateFilterResponse;
    const INDEX: usize = 15;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateFindingsReport;

impl Call for CreateFindingsReport {
    type Input = super::CreateFindingsReportRequest;
    type Output = super::CreateFindingsReportResponse;
    const INDEX: usize = 16;
}

#[derive(Clone, Copy, Debug)]
pub struct CreateSbomExport;

impl Call for CreateSbomExport {
    type Input = super::CreateSbomExportRequest;
    type Output = super::CreateSbomExportResponse;
    const INDEX: usize = 17;
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteCisScanConfiguration;

impl Call for DeleteCisScanConfiguration {
    type Input = super::DeleteCisScanConfigurationRequest;
    type Output = super::DeleteCisScanConfigurationResponse;
    const INDEX: usize = 18;
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteCodeSecurityIntegration;

impl Call for DeleteCodeSecurityIntegration {
    type Input = super::DeleteCodeSecurityIntegrationRequest;
    type Output = super::DeleteCodeSecurityIntegrationResponse;
    const INDEX: usize = 19;
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteCodeSecurityScanConfiguration;

impl Call for DeleteCodeSecurityScanConfiguration {
    type Input = super::DeleteCodeSecurityScanConfigurationRequest;
    type Output = super::DeleteCodeSecurityScanConfigurationResponse;
    const INDEX: usize = 20;
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteConnector;

impl Call for DeleteConnector {
    type Input = super::DeleteConnectorRequest;
    type Output = super::DeleteConnectorResponse;
    const INDEX: usize = 21;
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteFilter;

impl Call for DeleteFilter {
    type Input = super::DeleteFilterRequest;
    type Output = super::DeleteFilterResponse;
    const INDEX: usize = 22;
}

#[derive(Clone, Copy, Debug)]
pub struct DescribeOrganizationConfiguration;

impl Call for DescribeOrganizationConfiguration {
    type Input = super::DescribeOrganizationConfigurationRequest;
    type Output = super::DescribeOrganizationConfigurationResponse;
    const INDEX: usize = 23;
}

#[derive(Clone, Copy, Debug)]
pub struct Disable;

impl Call for Disable {
    type Input = super::DisableRequest;
    type Output = super::DisableResponse;
    const INDEX: usize = 24;
}

#[derive(Clone, Copy, Debug)]
pub struct DisableDelegatedAdminAccount;

impl Call for DisableDelegatedAdminAccount {
    type Input = super::DisableDelegatedAdminAccountRequest;
    type Output = super::DisableDelegatedAdminAccountResponse;
    const INDEX: usize = 25;
}

#[derive(Clone, Copy, Debug)]
pub struct DisassociateMember;

impl Call for DisassociateMember {
    type Input = super::DisassociateMemberRequest;
    type Output = super::DisassociateMemberResponse;
    const INDEX: usize = 26;
}

#[derive(Clone, Copy, Debug)]
pub struct Enable;

impl Call for Enable {
    type Input = super::EnableRequest;
    type Output = super::EnableResponse;
    const INDEX: usize = 27;
}

#[derive(Clone, Copy, Debug)]
pub struct EnableDelegatedAdminAccount;

impl Call for EnableDelegatedAdminAccount {
    type Input = super::EnableDelegatedAdminAccountRequest;
    type Output = super::EnableDelegatedAdminAccountResponse;
    const INDEX: usize = 28;
}

#[derive(Clone, Copy, Debug)]
pub struct GetCisScanReport;

impl Call for GetCisScanReport {
    type Input = super::GetCisScanReportRequest;
    type Output = super::GetCisScanReportResponse;
    const INDEX: usize = 29;
}

#[derive(Clone, Copy, Debug)]
pub struct GetCisScanResultDetails;

impl Call for GetCisScanResultDetails {
    type Input = super::GetCisScanResultDetailsRequest;
    type Output = super::GetCisScanResultDetailsResponse;
    const INDEX: usize = 30;
}

#[derive(Clone, Copy, Debug)]
pub struct GetClustersForImage;

impl Call for GetClustersForImage {
    type Input = super::GetClustersForImageRequest;
    type Output = super::GetClustersForImageResponse;
    const INDEX: usize = 31;
}

#[derive(Clone, Copy, Debug)]
pub struct GetCodeSecurityIntegration;

impl Call for GetCodeSecurityIntegration {
    type Input = super::GetCodeSecurityIntegrationRequest;
    type Output = super::GetCodeSecurityIntegrationResponse;
    const INDEX: usize = 32;
}

#[derive(Clone, Copy, Debug)]
pub struct GetCodeSecurityScan;

impl Call for GetCodeSecurityScan {
    type Input = super::GetCodeSecurityScanRequest;
    type Output = super::GetCodeSecurityScanResponse;
    const INDEX: usize = 33;
}

#[derive(Clone, Copy, Debug)]
pub struct GetCodeSecurityScanConfiguration;

impl Call for GetCodeSecurityScanConfiguration {
    type Input = super::GetCodeSecurityScanConfigurationRequest;
    type Output = super::GetCodeSecurityScanConfigurationResponse;
    const INDEX: usize = 34;
}

#[derive(Clone, Copy, Debug)]
pub struct GetConfiguration;

impl Call for GetConfiguration {
    type Input = super::GetConfigurationRequest;
    type Output = super::GetConfigurationResponse;
    const INDEX: usize = 35;
}

#[derive(Clone, Copy, Debug)]
pub struct GetDelegatedAdminAccount;

impl Call for GetDelegatedAdminAccount {
    type Input = super::GetDelegatedAdminAccountRequest;
    type Output = super::GetDelegatedAdminAccountResponse;
    const INDEX: usize = 36;
}

#[derive(Clone, Copy, Debug)]
pub struct GetEc2DeepInspectionConfiguration;

impl Call for GetEc2DeepInspectionConfiguration {
    type Input = super::GetEc2DeepInspectionConfigurationRequest;
    type Output = super::GetEc2DeepInspectionConfigurationResponse;
    const INDEX: usize = 37;
}

#[derive(Clone, Copy, Debug)]
pub struct GetEncryptionKey;

impl Call for GetEncryptionKey {
    type Input = super::GetEncryptionKeyRequest;
    type Output = super::GetEncryptionKeyResponse;
    const INDEX: usize = 38;
}

#[derive(Clone, Copy, Debug)]
pub struct GetFindingsReportStatus;

impl Call for GetFindingsReportStatus {
    type Input = super::GetFindingsReportStatusRequest;
    type Output = super::GetFindingsReportStatusResponse;
    const INDEX: usize = 39;
}

#[derive(Clone, Copy, Debug)]
pub struct GetMember;

impl Call for GetMember {
    type Input = super::GetMemberRequest;
    type Output = super::GetMemberResponse;
    const INDEX: usize = 40;
}

#[derive(Clone, Copy, Debug)]
pub struct GetOnDemandScanStatus;

impl Call for GetOnDemandScanStatus {
    type Input = super::GetOnDemandScanStatusRequest;
    type Output = super::GetOnDemandScanStatusResponse;
    const INDEX: usize = 41;
}

#[derive(Clone, Copy, Debug)]
pub struct GetSbomExport;

impl Call for GetSbomExport {
    type Input = super::GetSbomExportRequest;
    type Output = super::GetSbomExportResponse;
    const INDEX: usize = 42;
}

#[derive(Clone, Copy, Debug)]
pub struct ListAccountPermissions;

impl Call for ListAccountPermissions {
    type Input = super::ListAccountPermissionsRequest;
    type Output = super::ListAccountPermissionsResponse;
    const INDEX: usize = 43;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCisScanConfigurations;

impl Call for ListCisScanConfigurations {
    type Input = super::ListCisScanConfigurationsRequest;
    type Output = super::ListCisScanConfigurationsResponse;
    const INDEX: usize = 44;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCisScanResultsAggregatedByChecks;

impl Call for ListCisScanResultsAggregatedByChecks {
    type Input = super::ListCisScanResultsAggregatedByChecksRequest;
    type Output = super::ListCisScanResultsAggregatedByChecksResponse;
    const INDEX: usize = 45;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCisScanResultsAggregatedByTargetResource;

impl Call for ListCisScanResultsAggregatedByTargetResource {
    type Input = super::ListCisScanResultsAggregatedByTargetResourceRequest;
    type Output = super::ListCisScanResultsAggregatedByTargetResourceResponse;
    const INDEX: usize = 46;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCisScans;

impl Call for ListCisScans {
    type Input = super::ListCisScansRequest;
    type Output = super::ListCisScansResponse;
    const INDEX: usize = 47;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCodeSecurityIntegrations;

impl Call for ListCodeSecurityIntegrations {
    type Input = super::ListCodeSecurityIntegrationsRequest;
    type Output = super::ListCodeSecurityIntegrationsResponse;
    const INDEX: usize = 48;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCodeSecurityScanConfigurationAssociations;

impl Call for ListCodeSecurityScanConfigurationAssociations {
    type Input = super::ListCodeSecurityScanConfigurationAssociationsRequest;
    type Output = super::ListCodeSecurityScanConfigurationAssociationsResponse;
    const INDEX: usize = 49;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCodeSecurityScanConfigurations;

impl Call for ListCodeSecurityScanConfigurations {
    type Input = super::ListCodeSecurityScanConfigurationsRequest;
    type Output = super::ListCodeSecurityScanConfigurationsResponse;
    const INDEX: usize = 50;
}

#[derive(Clone, Copy, Debug)]
pub struct ListConnectorScanConfigurations;

impl Call for ListConnectorScanConfigurations {
    type Input = super::ListConnectorScanConfigurationsRequest;
    type Output = super::ListConnectorScanConfigurationsResponse;
    const INDEX: usize = 51;
}

#[derive(Clone, Copy, Debug)]
pub struct ListConnectors;

impl Call for ListConnectors {
    type Input = super::ListConnectorsRequest;
    type Output = super::ListConnectorsResponse;
    const INDEX: usize = 52;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCoverage;

impl Call for ListCoverage {
    type Input = super::ListCoverageRequest;
    type Output = super::ListCoverageResponse;
    const INDEX: usize = 53;
}

#[derive(Clone, Copy, Debug)]
pub struct ListCoverageStatistics;

impl Call for ListCoverageStatistics {
    type Input = super::ListCoverageStatisticsRequest;
    type Output = super::ListCoverageStatisticsResponse;
    const INDEX: usize = 54;
}

#[derive(Clone, Copy, Debug)]
pub struct ListDelegatedAdminAccounts;

impl Call for ListDelegatedAdminAccounts {
    type Input = super::ListDelegatedAdminAccountsRequest;
    type Output = super::ListDelegatedAdminAccountsResponse;
    const INDEX: usize = 55;
}

#[derive(Clone, Copy, Debug)]
pub struct ListFilters;

impl Call for ListFilters {
    type Input = super::ListFiltersRequest;
    type Output = super::ListFiltersResponse;
    const INDEX: usize = 56;
}

#[derive(Clone, Copy, Debug)]
pub struct ListFindingAggregations;

impl Call for ListFindingAggregations {
    type Input = super::ListFindingAggregationsRequest;
    type Output = super::ListFindingAggregationsResponse;
    const INDEX: usize = 57;
}

#[derive(Clone, Copy, Debug)]
pub struct ListFindings;

impl Call for ListFindings {
    type Input = super::ListFindingsRequest;
    type Output = super::ListFindingsResponse;
    const INDEX: usize = 58;
}

#[derive(Clone, Copy, Debug)]
pub struct ListMembers;

impl Call for ListMembers {
    type Input = super::ListMembersRequest;
    type Output = super::ListMembersResponse;
    const INDEX: usize = 59;
}

#[derive(Clone, Copy, Debug)]
pub struct ListOnDemandScans;

impl Call for ListOnDemandScans {
    type Input = super::ListOnDemandScansRequest;
    type Output = super::ListOnDemandScansResponse;
    const INDEX: usize = 60;
}

#[derive(Clone, Copy, Debug)]
pub struct ListTagsForResource;

impl Call for ListTagsForResource {
    type Input = super::ListTagsForResourceRequest;
    type Output = super::ListTagsForResourceResponse;
    const INDEX: usize = 61;
}

#[derive(Clone, Copy, Debug)]
pub struct ListUsageTotals;

impl Call for ListUsageTotals {
    type Input = super::ListUsageTotalsRequest;
    type Output = super::ListUsageTotalsResponse;
    const INDEX: usize = 62;
}

#[derive(Clone, Copy, Debug)]
pub struct ResetEncryptionKey;

impl Call for ResetEncryptionKey {
    type Input = super::ResetEncryptionKeyRequest;
    type Output = super::ResetEncryptionKeyResponse;
    const INDEX: usize = 63;
}

#[derive(Clone, Copy, Debug)]
pub struct SearchVulnerabilities;

impl Call for SearchVulnerabilities {
    type Input = super::SearchVulnerabilitiesRequest;
    type Output = super::SearchVulnerabilitiesResponse;
    const INDEX: usize = 64;
}

#[derive(Clone, Copy, Debug)]
pub struct SendCisSessionHealth;

impl Call for SendCisSessionHealth {
    type Input = super::SendCisSessionHealthRequest;
    type Output = super::SendCisSessionHealthResponse;
    const INDEX: usize = 65;
}

#[derive(Clone, Copy, Debug)]
pub struct SendCisSessionTelemetry;

impl Call for SendCisSessionTelemetry {
    type Input = super::SendCisSessionTelemetryRequest;
    type Output = super::SendCisSessionTelemetryResponse;
    const INDEX: usize = 66;
}

#[derive(Clone, Copy, Debug)]
pub struct StartCisSession;

impl Call for StartCisSession {
    type Input = super::StartCisSessionRequest;
    type Output = super::StartCisSessionResponse;
    const INDEX: usize = 67;
}

#[derive(Clone, Copy, Debug)]
pub struct StartCodeSecurityScan;

impl Call for StartCodeSecurityScan {
    type Input = super::StartCodeSecurityScanRequest;
    type Output = super::StartCodeSecurityScanResponse;
    const INDEX: usize = 68;
}

#[derive(Clone, Copy, Debug)]
pub struct StartOnDemandScan;

impl Call for StartOnDemandScan {
    type Input = super::StartOnDemandScanRequest;
    type Output = super::StartOnDemandScanResponse;
    const INDEX: usize = 69;
}

#[derive(Clone, Copy, Debug)]
pub struct StopCisSession;

impl Call for StopCisSession {
    type Input = super::StopCisSessionRequest;
    type Output = super::StopCisSessionResponse;
    const INDEX: usize = 70;
}

#[derive(Clone, Copy, Debug)]
pub struct TagResource;

impl Call for TagResource {
    type Input = super::TagResourceRequest;
    type Output = super::TagResourceResponse;
    const INDEX: usize = 71;
}

#[derive(Clone, Copy, Debug)]
pub struct UntagResource;

impl Call for UntagResource {
    type Input = super::UntagResourceRequest;
    type Output = super::UntagResourceResponse;
    const INDEX: usize = 72;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateCisScanConfiguration;

impl Call for UpdateCisScanConfiguration {
    type Input = super::UpdateCisScanConfigurationRequest;
    type Output = super::UpdateCisScanConfigurationResponse;
    const INDEX: usize = 73;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateCodeSecurityIntegration;

impl Call for UpdateCodeSecurityIntegration {
    type Input = super::UpdateCodeSecurityIntegrationRequest;
    type Output = super::UpdateCodeSecurityIntegrationResponse;
    const INDEX: usize = 74;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateCodeSecurityScanConfiguration;

impl Call for UpdateCodeSecurityScanConfiguration {
    type Input = super::UpdateCodeSecurityScanConfigurationRequest;
    type Output = super::UpdateCodeSecurityScanConfigurationResponse;
    const INDEX: usize = 75;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateConfiguration;

impl Call for UpdateConfiguration {
    type Input = super::UpdateConfigurationRequest;
    type Output = super::UpdateConfigurationResponse;
    const INDEX: usize = 76;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateConnector;

impl Call for UpdateConnector {
    type Input = super::UpdateConnectorRequest;
    type Output = super::UpdateConnectorResponse;
    const INDEX: usize = 77;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateConnectorScanConfiguration;

impl Call for UpdateConnectorScanConfiguration {
    type Input = super::UpdateConnectorScanConfigurationRequest;
    type Output = super::UpdateConnectorScanConfigurationResponse;
    const INDEX: usize = 78;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateEc2DeepInspectionConfiguration;

impl Call for UpdateEc2DeepInspectionConfiguration {
    type Input = super::UpdateEc2DeepInspectionConfigurationRequest;
    type Output = super::UpdateEc2DeepInspectionConfigurationResponse;
    const INDEX: usize = 79;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateEncryptionKey;

impl Call for UpdateEncryptionKey {
    type Input = super::UpdateEncryptionKeyRequest;
    type Output = super::UpdateEncryptionKeyResponse;
    const INDEX: usize = 80;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateFilter;

impl Call for UpdateFilter {
    type Input = super::UpdateFilterRequest;
    type Output = super::UpdateFilterResponse;
    const INDEX: usize = 81;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateOrgEc2DeepInspectionConfiguration;

impl Call for UpdateOrgEc2DeepInspectionConfiguration {
    type Input = super::UpdateOrgEc2DeepInspectionConfigurationRequest;
    type Output = super::UpdateOrgEc2DeepInspectionConfigurationResponse;
    const INDEX: usize = 82;
}

#[derive(Clone, Copy, Debug)]
pub struct UpdateOrganizationConfiguration;

impl Call for UpdateOrganizationConfiguration {
    type Input = super::UpdateOrganizationConfigurationRequest;
    type Output = super::UpdateOrganizationConfigurationResponse;
    const INDEX: usize = 83;
}

#[derive(Clone, Copy, Debug)]
pub struct ScanSbom;

impl Call for ScanSbom {
    type Input = super::scan::ScanSbomRequest;
    type Output = super::scan::ScanSbomResponse;
    const INDEX: usize = 84;
}
