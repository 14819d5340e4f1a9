//! Resources of the store as findings show them: the AWS detail and its neutral twin.

use findings::{
    identity::partition,
    resource::{Function, Image, Instance, Resource, ResourceDetails, ResourceType},
};
use store::{Scope, keep::timestamp};

use crate::{
    closed::Closed as _,
    scalar::Epoch,
    wire::{self, Architecture, Provider, Runtime},
};

/// A moment of milliseconds since 1970.
pub(super) fn epoch(milliseconds: i64) -> Epoch {
    Epoch(timestamp(milliseconds))
}

/// A text that is not empty: the model allows no empty ones.
pub(super) fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A resource in its account and Region.
pub(super) fn resource(scope: &Scope, resource: &Resource) -> wire::Resource {
    wire::Resource {
        details: details(&resource.details),
        id: resource.id.clone(),
        partition: Some(partition(&scope.region).to_owned()),
        provider: Some(Provider::Aws),
        provider_account_id: Some(scope.account.clone()),
        provider_org_id: None,
        region: Some(scope.region.clone()),
        tags: (!resource.tags.is_empty()).then(|| resource.tags.clone()),
        r#type: kind(resource.kind),
    }
}

/// The type on the wire. Machine images have no type of their own there.
fn kind(kind: ResourceType) -> wire::ResourceType {
    match kind {
        ResourceType::AwsEc2Instance | ResourceType::MachineImage => {
            wire::ResourceType::AwsEc2Instance
        }
        ResourceType::AwsEcrContainerImage => wire::ResourceType::AwsEcrContainerImage,
        ResourceType::AwsEcrRepository => wire::ResourceType::AwsEcrRepository,
        ResourceType::AwsLambdaFunction => wire::ResourceType::AwsLambdaFunction,
        ResourceType::CodeRepository => wire::ResourceType::CodeRepository,
    }
}

fn details(details: &ResourceDetails) -> Option<wire::ResourceDetails> {
    let mut shown = wire::ResourceDetails::default();
    match details {
        ResourceDetails::Instance(instance) => {
            shown.aws_ec2_instance = Some(ec2(instance));
            shown.vm = Some(vm(instance));
        }
        ResourceDetails::Image(image) => {
            shown.aws_ecr_container_image = Some(ecr(image));
            shown.image = Some(neutral_image(image));
        }
        ResourceDetails::Function(function) => {
            shown.aws_lambda_function = Some(lambda(function));
            shown.serverless_function = Some(serverless(function));
        }
        ResourceDetails::None => return None,
    }
    Some(shown)
}

fn ec2(instance: &Instance) -> wire::AwsEc2InstanceDetails {
    wire::AwsEc2InstanceDetails {
        iam_instance_profile_arn: instance.instance_profile.clone(),
        image_id: instance.image_id.clone(),
        ip_v4_addresses: Some(instance.ipv4.clone()),
        ip_v6_addresses: Some(instance.ipv6.clone()),
        key_name: instance.key_name.clone(),
        launched_at: instance.launched_at.map(epoch),
        platform: instance.platform.clone(),
        subnet_id: instance.subnet.clone(),
        r#type: instance.instance_type.clone(),
        vpc_id: instance.vpc.clone(),
    }
}

fn vm(instance: &Instance) -> wire::Vm {
    wire::Vm {
        execution_role: instance.instance_profile.clone(),
        ip_v4_addresses: Some(instance.ipv4.clone()),
        ip_v6_addresses: Some(instance.ipv6.clone()),
        key_name: instance.key_name.clone(),
        launched_at: instance.launched_at.map(epoch),
        network_id: instance.vpc.clone(),
        platform: instance.platform.clone(),
        security_group_ids: None,
        subnet_ids: instance.subnet.clone().map(|subnet| vec![subnet]),
        r#type: instance.instance_type.clone(),
        vm_image_reference: instance.image_id.clone(),
        vm_name: instance.hostname.clone(),
    }
}

fn ecr(image: &Image) -> wire::AwsEcrContainerImageDetails {
    wire::AwsEcrContainerImageDetails {
        architecture: image.architecture.clone(),
        author: image.author.clone(),
        image_hash: image.digest.clone(),
        image_tags: Some(image.tags.clone()),
        in_use_count: image.in_use_count,
        last_in_use_at: image.last_in_use_at.map(epoch),
        platform: image.platform.clone(),
        pushed_at: image.pushed_at.map(epoch),
        registry: image.registry.clone(),
        repository_name: image.repository.clone(),
    }
}

fn neutral_image(image: &Image) -> wire::Image {
    wire::Image {
        architecture: image.architecture.clone(),
        author: image.author.clone(),
        image_digest: Some(image.digest.clone()),
        image_tags: Some(image.tags.clone()),
        in_use_count: image.in_use_count,
        last_in_use_at: image.last_in_use_at.map(epoch),
        platform: image.platform.clone(),
        pushed_at: image.pushed_at.map(epoch),
        registry: Some(image.registry.clone()),
        repository_name: Some(image.repository.clone()),
    }
}

fn architectures(function: &Function) -> Option<Vec<Architecture>> {
    let first = function.architectures.first();
    first
        .and_then(|name| Architecture::parse(name))
        .map(|one| vec![one])
}

fn lambda(function: &Function) -> wire::AwsLambdaFunctionDetails {
    wire::AwsLambdaFunctionDetails {
        architectures: architectures(function),
        code_sha256: function.code_sha256.clone(),
        execution_role_arn: function.role.clone(),
        function_name: function.name.clone(),
        last_modified_at: function.modified_at.map(epoch),
        layers: (!function.layers.is_empty()).then(|| function.layers.clone()),
        package_type: package_type(function),
        runtime: Runtime::parse(&function.runtime).unwrap_or(Runtime::Unsupported),
        version: function.version.clone(),
        vpc_config: None,
    }
}

fn package_type(function: &Function) -> Option<wire::PackageType> {
    let name = function.package_type.as_deref()?;
    wire::PackageType::parse(name)
}

fn serverless(function: &Function) -> wire::ServerlessFunction {
    wire::ServerlessFunction {
        architectures: architectures(function),
        code_digest: filled(&function.code_sha256),
        execution_role: filled(&function.role),
        last_modified_at: function.modified_at.map(epoch),
        layers: (!function.layers.is_empty()).then(|| function.layers.clone()),
        network_id: None,
        package_type: package_type(function),
        runtime: filled(&function.runtime),
        security_group_ids: None,
        serverless_function_name: filled(&function.name),
        subnet_ids: None,
        version: filled(&function.version),
    }
}
