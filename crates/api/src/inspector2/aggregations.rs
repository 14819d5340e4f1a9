//! Counts of active findings in groups: the 15 aggregations.

use findings::{
    criteria::{Conditions, Criteria, TextCondition},
    identity::partition,
    resource::{Function, Image, Instance, Resource, ResourceDetails},
};
use serde_json::{Map, Value};
use store::{
    Scope,
    aggregate::{self, Cursor, Group, Kind, Request},
};

use super::{
    findings::page,
    resources::{epoch, filled},
};
use crate::{
    errors::Error,
    registry::Context,
    state::{State, scope},
    wire::{
        AccountAggregationResponse, AggregationRequest, AggregationResponse,
        AmiAggregationResponse, AwsEcrContainerAggregationResponse,
        CodeRepositoryAggregationResponse, ContainerImageAggregationResponse,
        Ec2InstanceAggregationResponse, FindingTypeAggregationResponse,
        ImageLayerAggregationResponse, LambdaFunctionAggregationResponse,
        LambdaLayerAggregationResponse, ListFindingAggregationsRequest,
        ListFindingAggregationsResponse, PackageAggregationResponse, Provider,
        RepositoryAggregationResponse, ScanSource, ServerlessFunctionAggregationResponse,
        SeverityCounts, StringFilter, TitleAggregationResponse, VmInstanceAggregationResponse,
    },
};

/// The most groups in an answer (service model).
const PAGE: usize = 100;

pub(super) fn list(
    context: &Context<'_, State>,
    input: ListFindingAggregationsRequest,
) -> Result<ListFindingAggregationsResponse, Error> {
    let scope = scope(context.caller);
    let name = input.aggregation_type.as_str();
    let kind = Kind::parse(name)
        .ok_or_else(|| Error::Internal(format!("the aggregation {name} is not known")))?;
    let request = request(kind, input.aggregation_request.as_ref())?;
    let accounts = accounts(input.account_ids.as_deref())?;
    let cursor: Option<Cursor> = context.open(input.next_token.as_deref())?;
    let size = page(input.max_results, PAGE);
    let page = context
        .state
        .engine
        .read(|tx| aggregate::aggregate(tx, &scope, &request, &accounts, cursor.as_ref(), size))?;
    let groups = page.groups.iter();
    Ok(ListFindingAggregationsResponse {
        aggregation_type: input.aggregation_type,
        next_token: page.next.map(|next| context.seal(&next)).transpose()?,
        responses: Some(
            groups
                .map(|group| response(kind, &Place::new(&scope), group))
                .collect(),
        ),
    })
}

/// What is asked for; without a request, all groups of the kind.
fn request(kind: Kind, request: Option<&AggregationRequest>) -> Result<Request, Error> {
    let Some(request) = request else {
        return Ok(Request::new(kind));
    };
    let value = serde_json::to_value(request);
    let value = value.map_err(|error| Error::Internal(format!("write a request: {error}")))?;
    let Some(Value::Object(of_kind)) = value.get(kind.member()) else {
        let message = format!(
            "The aggregationRequest must have the member {} for the aggregation type {}",
            kind.member(),
            kind.name()
        );
        return Err(Error::invalid_field("aggregationRequest", message));
    };
    Request::from_json(kind, &Value::Object(of_kind.clone())).map_err(|error| {
        let path = format!("aggregationRequest.{}.{}", kind.member(), error.path);
        Error::invalid_field(path, error.message)
    })
}

fn accounts(filters: Option<&[StringFilter]>) -> Result<Vec<TextCondition>, Error> {
    let Some(filters) = filters else {
        return Ok(Vec::new());
    };
    let value = serde_json::to_value(filters);
    let value = value.map_err(|error| Error::Internal(format!("write filters: {error}")))?;
    let criteria = Map::from_iter([("awsAccountId".to_owned(), value)]);
    let criteria = Criteria::from_json(&Value::Object(criteria)).map_err(|error| {
        let path = error.path.replacen("awsAccountId", "accountIds", 1);
        Error::invalid_field(path, error.message)
    })?;
    Ok(match criteria.members.into_iter().next() {
        Some((_, Conditions::Text(conditions))) => conditions,
        _ => Vec::new(),
    })
}

/// Where all groups of an answer are.
struct Place<'a> {
    scope: &'a Scope,
    partition: &'static str,
}

impl<'a> Place<'a> {
    fn new(scope: &'a Scope) -> Self {
        Self {
            scope,
            partition: partition(&scope.region),
        }
    }

    fn account(&self) -> Option<String> {
        Some(self.scope.account.clone())
    }

    fn partition(&self) -> Option<String> {
        Some(self.partition.to_owned())
    }

    fn region(&self) -> Option<String> {
        Some(self.scope.region.clone())
    }
}

fn response(kind: Kind, place: &Place<'_>, group: &Group) -> AggregationResponse {
    match kind {
        Kind::FindingType => {
            AggregationResponse::FindingTypeAggregation(finding_type(place, group))
        }
        Kind::Package => AggregationResponse::PackageAggregation(PackageAggregationResponse {
            account_id: place.account(),
            package_name: key(group, 0),
            severity_counts: counts(group),
        }),
        Kind::Title => AggregationResponse::TitleAggregation(TitleAggregationResponse {
            account_id: place.account(),
            severity_counts: counts(group),
            title: key(group, 0),
            vulnerability_id: filled(&key(group, 1)),
        }),
        Kind::Repository => AggregationResponse::RepositoryAggregation(repository(place, group)),
        Kind::Ami => AggregationResponse::AmiAggregation(ami(place, group)),
        Kind::AwsEc2Instance => AggregationResponse::Ec2InstanceAggregation(ec2(place, group)),
        Kind::AwsEcrContainer => AggregationResponse::AwsEcrContainerAggregation(ecr(place, group)),
        Kind::ImageLayer => AggregationResponse::ImageLayerAggregation(layer(place, group)),
        Kind::Account => AggregationResponse::AccountAggregation(AccountAggregationResponse {
            account_id: Some(key(group, 0)),
            exploit_available_count: Some(group.exploit_available),
            fix_available_count: Some(group.fix_available),
            severity_counts: counts(group),
        }),
        Kind::AwsLambdaFunction => {
            AggregationResponse::LambdaFunctionAggregation(lambda(place, group))
        }
        Kind::LambdaLayer => {
            AggregationResponse::LambdaLayerAggregation(LambdaLayerAggregationResponse {
                account_id: place.scope.account.clone(),
                function_name: key(group, 0),
                layer_arn: key(group, 2),
                resource_id: key(group, 1),
                severity_counts: counts(group),
            })
        }
        Kind::CodeRepository => {
            AggregationResponse::CodeRepositoryAggregation(CodeRepositoryAggregationResponse {
                account_id: place.account(),
                exploit_available_active_findings_count: Some(group.exploit_available),
                fix_available_active_findings_count: Some(group.fix_available),
                project_names: key(group, 0),
                provider_type: None,
                resource_id: Some(key(group, 0)),
                severity_counts: counts(group),
            })
        }
        Kind::VmInstance => AggregationResponse::VmInstanceAggregation(vm(place, group)),
        Kind::ContainerImage => AggregationResponse::ContainerImageAggregation(image(place, group)),
        Kind::ServerlessFunction => {
            AggregationResponse::ServerlessFunctionAggregation(serverless(place, group))
        }
    }
}

fn key(group: &Group, number: usize) -> String {
    group.keys.get(number).cloned().unwrap_or_default()
}

fn counts(group: &Group) -> Option<SeverityCounts> {
    let severities = &group.severities;
    Some(SeverityCounts {
        all: Some(severities.all),
        critical: Some(severities.critical),
        high: Some(severities.high),
        informational: Some(severities.informational),
        low: Some(severities.low),
        medium: Some(severities.medium),
        untriaged: Some(severities.untriaged),
    })
}

fn instance_of(group: &Group) -> Option<(&Resource, &Instance)> {
    let resource = group.resource.as_ref()?;
    match &resource.details {
        ResourceDetails::Instance(instance) => Some((resource, instance)),
        _ => None,
    }
}

fn image_of(group: &Group) -> Option<&Image> {
    match &group.resource.as_ref()?.details {
        ResourceDetails::Image(image) => Some(image),
        _ => None,
    }
}

fn function_of(group: &Group) -> Option<(&Resource, &Function)> {
    let resource = group.resource.as_ref()?;
    match &resource.details {
        ResourceDetails::Function(function) => Some((resource, function)),
        _ => None,
    }
}

fn finding_type(place: &Place<'_>, group: &Group) -> FindingTypeAggregationResponse {
    FindingTypeAggregationResponse {
        account_id: place.account(),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws.as_str().to_owned()),
        cloud_region: place.region(),
        exploit_available_count: Some(group.exploit_available),
        fix_available_count: Some(group.fix_available),
        severity_counts: counts(group),
    }
}

fn repository(place: &Place<'_>, group: &Group) -> RepositoryAggregationResponse {
    RepositoryAggregationResponse {
        account_id: place.account(),
        affected_images: Some(group.resources),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws),
        cloud_region: place.region(),
        repository: key(group, 0),
        severity_counts: counts(group),
    }
}

fn ami(place: &Place<'_>, group: &Group) -> AmiAggregationResponse {
    AmiAggregationResponse {
        account_id: place.account(),
        affected_instances: Some(group.resources),
        ami: key(group, 0),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws),
        cloud_region: place.region(),
        scan_source: Some(ScanSource::InstanceScan),
        severity_counts: counts(group),
    }
}

fn ec2(place: &Place<'_>, group: &Group) -> Ec2InstanceAggregationResponse {
    let found = instance_of(group);
    Ec2InstanceAggregationResponse {
        account_id: place.account(),
        ami: found.and_then(|(_, instance)| instance.image_id.clone()),
        instance_id: key(group, 0),
        instance_tags: found.map(|(resource, _)| resource.tags.clone()),
        network_findings: Some(group.network),
        operating_system: found.and_then(|(_, instance)| instance.platform.clone()),
        severity_counts: counts(group),
    }
}

fn vm(place: &Place<'_>, group: &Group) -> VmInstanceAggregationResponse {
    let found = instance_of(group);
    VmInstanceAggregationResponse {
        account_id: place.account(),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws),
        cloud_region: place.region(),
        exploit_available_active_findings_count: Some(group.exploit_available),
        fix_available_active_findings_count: Some(group.fix_available),
        network_findings: Some(group.network),
        operating_system: found.and_then(|(_, instance)| instance.platform.clone()),
        resource_id: key(group, 0),
        severity_counts: counts(group),
        tags: found.map(|(resource, _)| resource.tags.clone()),
        vm_image_reference: found.and_then(|(_, instance)| instance.image_id.clone()),
    }
}

fn ecr(place: &Place<'_>, group: &Group) -> AwsEcrContainerAggregationResponse {
    let found = image_of(group);
    AwsEcrContainerAggregationResponse {
        account_id: place.account(),
        architecture: found.and_then(|image| image.architecture.clone()),
        image_sha: found.and_then(|image| filled(&image.digest)),
        image_tags: found.map(|image| image.tags.clone()),
        in_use_count: found.and_then(|image| image.in_use_count),
        last_in_use_at: found.and_then(|image| image.last_in_use_at.map(epoch)),
        repository: found.and_then(|image| filled(&image.repository)),
        resource_id: key(group, 0),
        severity_counts: counts(group),
    }
}

fn image(place: &Place<'_>, group: &Group) -> ContainerImageAggregationResponse {
    let found = image_of(group);
    ContainerImageAggregationResponse {
        account_id: place.account(),
        architecture: found.and_then(|image| image.architecture.clone()),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws),
        cloud_region: place.region(),
        exploit_available_active_findings_count: Some(group.exploit_available),
        fix_available_active_findings_count: Some(group.fix_available),
        image_digest: found.and_then(|image| filled(&image.digest)),
        image_tags: found.map(|image| image.tags.clone()),
        in_use_count: found.and_then(|image| image.in_use_count),
        last_in_use_at: found.and_then(|image| image.last_in_use_at.map(epoch)),
        registry: found.and_then(|image| filled(&image.registry)),
        repository: found.and_then(|image| filled(&image.repository)),
        resource_id: key(group, 0),
        severity_counts: counts(group),
    }
}

fn layer(place: &Place<'_>, group: &Group) -> ImageLayerAggregationResponse {
    ImageLayerAggregationResponse {
        account_id: place.scope.account.clone(),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws.as_str().to_owned()),
        cloud_region: place.region(),
        layer_hash: key(group, 2),
        repository: key(group, 0),
        resource_id: key(group, 1),
        severity_counts: counts(group),
    }
}

fn lambda(place: &Place<'_>, group: &Group) -> LambdaFunctionAggregationResponse {
    let found = function_of(group);
    LambdaFunctionAggregationResponse {
        account_id: place.account(),
        function_name: found.and_then(|(_, function)| filled(&function.name)),
        lambda_tags: found.map(|(resource, _)| resource.tags.clone()),
        last_modified_at: found.and_then(|(_, function)| function.modified_at.map(epoch)),
        resource_id: key(group, 0),
        runtime: found.and_then(|(_, function)| filled(&function.runtime)),
        severity_counts: counts(group),
    }
}

fn serverless(place: &Place<'_>, group: &Group) -> ServerlessFunctionAggregationResponse {
    let found = function_of(group);
    ServerlessFunctionAggregationResponse {
        account_id: place.account(),
        cloud_account_id: place.account(),
        cloud_org_id: None,
        cloud_partition: place.partition(),
        cloud_provider: Some(Provider::Aws),
        cloud_region: place.region(),
        exploit_available_active_findings_count: Some(group.exploit_available),
        fix_available_active_findings_count: Some(group.fix_available),
        function_name: found.and_then(|(_, function)| filled(&function.name)),
        last_modified_at: found.and_then(|(_, function)| function.modified_at.map(epoch)),
        resource_id: key(group, 0),
        runtime: found.and_then(|(_, function)| filled(&function.runtime)),
        severity_counts: counts(group),
        tags: found.map(|(resource, _)| resource.tags.clone()),
    }
}
