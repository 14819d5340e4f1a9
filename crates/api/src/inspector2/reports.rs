//! Findings reports and exports of bills of materials: they are asked for here, and written by
//! workers.

use serde::{Serialize, de::DeserializeOwned};
use store::reports::{self, Kind, NewReport, Report, Status};

use super::{coverage, findings::criteria};
use crate::{
    closed::Closed as _,
    errors::Error,
    registry::Context,
    state::{State, scope},
    wire::{
        CancelFindingsReportRequest, CancelFindingsReportResponse, CancelSbomExportRequest,
        CancelSbomExportResponse, CreateFindingsReportRequest, CreateFindingsReportResponse,
        CreateSbomExportRequest, CreateSbomExportResponse, Destination, ExternalReportStatus,
        GetFindingsReportStatusRequest, GetFindingsReportStatusResponse, GetSbomExportRequest,
        GetSbomExportResponse, ReportingErrorCode, SbomReportFormat,
    },
};

/// Longest key of an object (Amazon S3 user guide, "Object key names"), less what is appended.
const LONGEST_PREFIX: usize = 512;

/// Asks for a report; the request's id becomes the report's, so that the log tells who asked.
fn create(
    context: &Context<'_, State>,
    kind: Kind,
    format: &str,
    destination: &Destination,
    criteria: &impl Serialize,
) -> Result<String, Error> {
    let prefix = destination.key_prefix.as_deref().unwrap_or_default();
    if prefix.len() > LONGEST_PREFIX {
        let message = format!("The key prefix has more than {LONGEST_PREFIX} bytes");
        return Err(Error::invalid_field("s3Destination.keyPrefix", message));
    }
    let report = NewReport {
        id: context.request_id,
        kind,
        format,
        destination: &text(destination)?,
        criteria: &text(criteria)?,
    };
    let now = context.now.as_millisecond();
    let scope = scope(context.caller);
    let engine = &context.state.engine;
    if engine.write(|tx| reports::create(tx, &scope, &report, now))? {
        return Ok(report.id.to_owned());
    }
    Err(Error::invalid(
        "Cannot have multiple reports in-progress: wait for the running one or cancel it",
    ))
}

fn text(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Internal(format!("write: {error}")))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("a report: {error}")))
}

fn not_found() -> Error {
    Error::NotFound("There is no such report".to_owned())
}

/// A report by its id, the latest without one.
fn find(context: &Context<'_, State>, kind: Kind, id: Option<&str>) -> Result<Report, Error> {
    let scope = scope(context.caller);
    let found = context.state.engine.read(|tx| match id {
        Some(id) => reports::get(tx, &scope, kind, id),
        None => reports::latest(tx, &scope, kind),
    })?;
    found.ok_or_else(not_found)
}

/// Cancels a report; one that was cancelled stays so.
fn cancel(context: &Context<'_, State>, kind: Kind, id: &str) -> Result<(), Error> {
    let now = context.now.as_millisecond();
    let scope = scope(context.caller);
    let status = context.state.engine.write(|tx| {
        let Some(report) = reports::get(tx, &scope, kind, id)? else {
            return Ok(None);
        };
        if reports::end(tx, id, Status::Cancelled, None, now)? {
            return Ok(Some(Status::Cancelled));
        }
        Ok(Some(report.status))
    })?;
    match status {
        None => Err(not_found()),
        Some(Status::Cancelled) => Ok(()),
        Some(status) => Err(Error::invalid(format!(
            "The report is not in progress: it is {}",
            status.name()
        ))),
    }
}

fn status(report: &Report) -> Option<ExternalReportStatus> {
    ExternalReportStatus::parse(report.status.name())
}

/// Why a report failed, in code and words.
fn failure(report: &Report) -> (Option<ReportingErrorCode>, Option<String>) {
    let Some(failure) = &report.failure else {
        return (None, None);
    };
    let code = ReportingErrorCode::parse(&failure.code);
    let message = Some(failure.message.clone()).filter(|message| !message.is_empty());
    (code.or(Some(ReportingErrorCode::InternalError)), message)
}

pub(super) fn create_of_findings(
    context: &Context<'_, State>,
    input: CreateFindingsReportRequest,
) -> Result<CreateFindingsReportResponse, Error> {
    // What cannot be understood is refused now, not when it is written.
    criteria(input.filter_criteria.as_ref())?;
    let asked = input.filter_criteria.unwrap_or_default();
    let format = input.report_format.as_str();
    let id = create(
        context,
        Kind::Findings,
        format,
        &input.s3_destination,
        &asked,
    )?;
    Ok(CreateFindingsReportResponse {
        report_id: Some(id),
    })
}

pub(super) fn status_of_findings(
    context: &Context<'_, State>,
    input: GetFindingsReportStatusRequest,
) -> Result<GetFindingsReportStatusResponse, Error> {
    let report = find(context, Kind::Findings, input.report_id.as_deref())?;
    let (error_code, error_message) = failure(&report);
    Ok(GetFindingsReportStatusResponse {
        destination: Some(parsed(&report.destination)?),
        error_code,
        error_message,
        filter_criteria: Some(parsed(&report.criteria)?),
        status: status(&report),
        report_id: Some(report.id),
    })
}

pub(super) fn cancel_of_findings(
    context: &Context<'_, State>,
    input: CancelFindingsReportRequest,
) -> Result<CancelFindingsReportResponse, Error> {
    cancel(context, Kind::Findings, &input.report_id)?;
    Ok(CancelFindingsReportResponse {
        report_id: input.report_id,
    })
}

pub(super) fn create_sbom(
    context: &Context<'_, State>,
    input: CreateSbomExportRequest,
) -> Result<CreateSbomExportResponse, Error> {
    let asked = input.resource_filter_criteria.unwrap_or_default();
    coverage::like(&asked, "resourceFilterCriteria")?;
    let format = input.report_format.as_str();
    let id = create(context, Kind::Sbom, format, &input.s3_destination, &asked)?;
    Ok(CreateSbomExportResponse {
        report_id: Some(id),
    })
}

pub(super) fn get_sbom(
    context: &Context<'_, State>,
    input: GetSbomExportRequest,
) -> Result<GetSbomExportResponse, Error> {
    let report = find(context, Kind::Sbom, Some(&input.report_id))?;
    let (error_code, error_message) = failure(&report);
    Ok(GetSbomExportResponse {
        error_code,
        error_message,
        filter_criteria: Some(parsed(&report.criteria)?),
        format: SbomReportFormat::parse(&report.format),
        s3_destination: Some(parsed(&report.destination)?),
        status: status(&report),
        report_id: Some(report.id),
    })
}

pub(super) fn cancel_sbom(
    context: &Context<'_, State>,
    input: CancelSbomExportRequest,
) -> Result<CancelSbomExportResponse, Error> {
    cancel(context, Kind::Sbom, &input.report_id)?;
    Ok(CancelSbomExportResponse {
        report_id: Some(input.report_id),
    })
}
