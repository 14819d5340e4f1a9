//! What is scanned, and how well: lists and counts of coverage.

use findings::{
    identity::partition,
    resource::{Resource, ResourceDetails, ResourceType},
};
use serde::Serialize;
use store::{
    Scope,
    coverage::{self, CoverageCriteria, Cursor},
};

use super::{
    findings::page,
    resources::{epoch, filled},
};
use crate::{
    closed::Closed as _,
    errors::Error,
    registry::Context,
    state::{State, scope},
    wire::{
        ContainerImageMetadata, ContainerRegistryMetadata, ContainerRepositoryMetadata, Counts,
        CoverageFilterCriteria, CoverageResourceType, CoveredResource, Ec2Metadata, Ec2Platform,
        EcrContainerImageMetadata, EcrRepositoryMetadata, LambdaFunctionMetadata,
        ListCoverageRequest, ListCoverageResponse, ListCoverageStatisticsRequest,
        ListCoverageStatisticsResponse, Provider, ResourceScanMetadata, Runtime, ScanMode,
        ScanStatus, ScanStatusCode, ScanStatusReason, ScanType, VmInstanceMetadata, VmPlatform,
    },
};

/// The most rows in an answer (service model).
const PAGE: usize = 200;

/// The most groups in an answer (service model).
const MOST_GROUPS: usize = 5;

pub(crate) fn criteria(
    criteria: Option<&CoverageFilterCriteria>,
) -> Result<CoverageCriteria, Error> {
    criteria.map_or_else(
        || Ok(CoverageCriteria::default()),
        |criteria| like(criteria, "filterCriteria"),
    )
}

/// Criteria whose members are among those of coverage, in the input member `place`.
pub(super) fn like(criteria: &impl Serialize, place: &str) -> Result<CoverageCriteria, Error> {
    let value = serde_json::to_value(criteria);
    let value = value.map_err(|error| Error::Internal(format!("write criteria: {error}")))?;
    CoverageCriteria::from_json(&value)
        .map_err(|error| Error::invalid_field(format!("{place}.{}", error.path), error.message))
}

pub(super) fn list(
    context: &Context<'_, State>,
    input: ListCoverageRequest,
) -> Result<ListCoverageResponse, Error> {
    let scope = scope(context.caller);
    let criteria = criteria(input.filter_criteria.as_ref())?;
    let cursor: Option<Cursor> = context.open(input.next_token.as_deref())?;
    let size = page(input.max_results, PAGE);
    let engine = &context.state.engine;
    let (rows, next) =
        engine.read(|tx| coverage::list(tx, &scope, &criteria, cursor.as_ref(), size))?;
    let rows = rows.iter().map(|row| covered(&scope, row));
    Ok(ListCoverageResponse {
        covered_resources: Some(rows.collect()),
        next_token: next.map(|next| context.seal(&next)).transpose()?,
    })
}

fn covered(scope: &Scope, row: &coverage::CoveredResource) -> CoveredResource {
    let status = ScanStatus {
        reason: ScanStatusReason::parse(&row.reason).unwrap_or(ScanStatusReason::InternalError),
        status_code: if row.active {
            ScanStatusCode::Active
        } else {
            ScanStatusCode::Inactive
        },
    };
    CoveredResource {
        account_id: scope.account.clone(),
        last_scanned_at: row.scanned_at.map(epoch),
        provider: Some(Provider::Aws),
        provider_account_id: Some(scope.account.clone()),
        provider_org_id: None,
        provider_partition: Some(partition(&scope.region).to_owned()),
        provider_region: Some(scope.region.clone()),
        resource_id: row.resource.id.clone(),
        resource_metadata: metadata(&row.resource),
        resource_type: kind(row.resource.kind),
        scan_mode: row.scan_mode.as_deref().and_then(ScanMode::parse),
        scan_status: Some(status),
        scan_type: ScanType::parse(&row.scan_type).unwrap_or(ScanType::Package),
    }
}

/// The type on the wire. Machine images have no type of their own there.
fn kind(kind: ResourceType) -> CoverageResourceType {
    CoverageResourceType::parse(kind.name()).unwrap_or(CoverageResourceType::AwsEc2Instance)
}

/// What is known of a resource: of an image also what is known of its repository.
fn metadata(resource: &Resource) -> Option<ResourceScanMetadata> {
    let mut shown = ResourceScanMetadata::default();
    match &resource.details {
        ResourceDetails::Instance(instance) => {
            // Only systems of Linux have inventories so far.
            let is_known = instance.platform.is_some();
            shown.ec2 = Some(Ec2Metadata {
                ami_id: instance.image_id.clone(),
                platform: Some(if is_known {
                    Ec2Platform::Linux
                } else {
                    Ec2Platform::Unknown
                }),
                tags: Some(resource.tags.clone()),
            });
            shown.vm_instance = Some(VmInstanceMetadata {
                inventory_hash: None,
                platform: Some(if is_known {
                    VmPlatform::Linux
                } else {
                    VmPlatform::Unknown
                }),
                tags: Some(resource.tags.clone()),
                vm_image_reference: instance.image_id.clone(),
            });
        }
        ResourceDetails::Image(image) => {
            shown.ecr_image = Some(EcrContainerImageMetadata {
                image_pulled_at: None,
                in_use_count: image.in_use_count,
                last_in_use_at: image.last_in_use_at.map(epoch),
                tags: Some(image.tags.clone()),
            });
            shown.ecr_repository = Some(EcrRepositoryMetadata {
                name: filled(&image.repository),
                scan_frequency: None,
            });
            shown.container_image = Some(ContainerImageMetadata {
                image_pulled_at: None,
                image_tags: Some(image.tags.clone()),
                in_use_count: image.in_use_count,
                last_in_use_at: image.last_in_use_at.map(epoch),
            });
            shown.container_registry = Some(ContainerRegistryMetadata {
                name: filled(&image.registry),
            });
            shown.container_repository = Some(ContainerRepositoryMetadata {
                name: filled(&image.repository),
                scan_frequency: None,
            });
        }
        ResourceDetails::Function(function) => {
            shown.lambda_function = Some(LambdaFunctionMetadata {
                function_name: filled(&function.name),
                function_tags: Some(resource.tags.clone()),
                layers: Some(function.layers.clone()),
                runtime: Runtime::parse(&function.runtime),
            });
        }
        ResourceDetails::None => return None,
    }
    Some(shown)
}

/// Groups follow each other by value; the model repeats the key that was asked for instead of it.
pub(super) fn statistics(
    context: &Context<'_, State>,
    input: ListCoverageStatisticsRequest,
) -> Result<ListCoverageStatisticsResponse, Error> {
    let scope = scope(context.caller);
    let criteria = criteria(input.filter_criteria.as_ref())?;
    let start: usize = context.open(input.next_token.as_deref())?.unwrap_or(0);
    let by = input.group_by;
    let (total_counts, groups) = context.state.engine.read(|tx| {
        let total = coverage::count(tx, &scope, &criteria)?;
        let groups = match by {
            Some(by) => coverage::counts_by(tx, &scope, &criteria, by.as_str())?,
            None => None,
        };
        Ok((total, groups.unwrap_or_default()))
    })?;
    let end = start.saturating_add(MOST_GROUPS);
    let counts: Vec<Counts> = groups
        .iter()
        .skip(start)
        .take(MOST_GROUPS)
        .map(|(_, count)| Counts {
            count: Some(*count),
            group_key: by,
        })
        .collect();
    let more = end < groups.len();
    Ok(ListCoverageStatisticsResponse {
        counts_by_group: (!counts.is_empty()).then_some(counts),
        next_token: more.then(|| context.seal(&end)).transpose()?,
        total_counts,
    })
}
