//! What findings are about: hosts, container images, functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which kind of resource (service model, `ResourceType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResourceType {
    /// A machine. One that is not in EC2 has an id derived from its own identity.
    AwsEc2Instance,
    /// An image by its digest in a repository.
    AwsEcrContainerImage,
    AwsEcrRepository,
    AwsLambdaFunction,
    CodeRepository,
    MachineImage,
}

impl ResourceType {
    pub const ALL: [Self; 6] = [
        Self::AwsEc2Instance,
        Self::AwsEcrContainerImage,
        Self::AwsEcrRepository,
        Self::AwsLambdaFunction,
        Self::CodeRepository,
        Self::MachineImage,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwsEc2Instance => "AWS_EC2_INSTANCE",
            Self::AwsEcrContainerImage => "AWS_ECR_CONTAINER_IMAGE",
            Self::AwsEcrRepository => "AWS_ECR_REPOSITORY",
            Self::AwsLambdaFunction => "AWS_LAMBDA_FUNCTION",
            Self::CodeRepository => "CODE_REPOSITORY",
            Self::MachineImage => "MACHINE_IMAGE",
        }
    }

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A resource of an account. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    pub kind: ResourceType,
    /// `i-…`, or the ARN of an image, repository or function.
    pub id: String,
    pub tags: BTreeMap<String, String>,
    pub details: ResourceDetails,
}

/// What is known of a resource of its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceDetails {
    Instance(Instance),
    Image(Image),
    Function(Function),
    None,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Instance {
    pub instance_type: Option<String>,
    pub image_id: Option<String>,
    pub ipv4: Vec<String>,
    pub ipv6: Vec<String>,
    pub key_name: Option<String>,
    pub instance_profile: Option<String>,
    pub vpc: Option<String>,
    pub subnet: Option<String>,
    pub launched_at: Option<i64>,
    /// Name and version of the operating system, upper snake case: `DEBIAN_12`.
    pub platform: Option<String>,
    pub hostname: Option<String>,
}

impl Instance {
    /// Takes over what only a scan from inside tells: the operating system and its name.
    #[must_use]
    pub fn with_inside_of(mut self, other: &Self) -> Self {
        self.platform = self.platform.or_else(|| other.platform.clone());
        self.hostname = self.hostname.or_else(|| other.hostname.clone());
        self
    }

    /// Takes over what only the cloud tells: where it is, what it was made of, its addresses.
    #[must_use]
    pub fn with_outside_of(self, other: &Self) -> Self {
        Self {
            platform: self.platform.or_else(|| other.platform.clone()),
            hostname: self.hostname.or_else(|| other.hostname.clone()),
            ..other.clone()
        }
    }
}

/// A container image in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Image {
    pub repository: String,
    /// Account of an ECR registry, or host name of another.
    pub registry: String,
    /// `sha256:…`.
    pub digest: String,
    pub tags: Vec<String>,
    pub architecture: Option<String>,
    pub author: Option<String>,
    pub platform: Option<String>,
    pub pushed_at: Option<i64>,
    pub last_in_use_at: Option<i64>,
    pub in_use_count: Option<i64>,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Function {
    pub name: String,
    pub runtime: String,
    pub version: String,
    pub code_sha256: String,
    pub role: String,
    pub layers: Vec<String>,
    pub package_type: Option<String>,
    pub architectures: Vec<String>,
    pub modified_at: Option<i64>,
}

/// A searchable property of a resource, named as the finding filter that searches it.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    Text(&'static str, String),
    Number(&'static str, i64),
    /// A tag; filters name its key.
    Tag(String, String),
}

impl Resource {
    /// Every property that filters can search, but for the type and the id.
    pub fn attributes(&self) -> Vec<Attribute> {
        let mut list = Attributes(Vec::new());
        list.text("cloudProvider", Some("AWS"));
        match &self.details {
            ResourceDetails::Instance(instance) => list.instance(instance),
            ResourceDetails::Image(image) => list.image(image),
            ResourceDetails::Function(function) => list.function(function),
            ResourceDetails::None => {}
        }
        let tags = self.tags.iter();
        list.0
            .extend(tags.map(|(key, value)| Attribute::Tag(key.clone(), value.clone())));
        list.0
    }
}

struct Attributes(Vec<Attribute>);

impl Attributes {
    fn text<'a>(&mut self, name: &'static str, values: impl IntoIterator<Item = &'a str>) {
        let values = values.into_iter();
        self.0
            .extend(values.map(|value| Attribute::Text(name, value.to_owned())));
    }

    fn number(&mut self, name: &'static str, value: Option<i64>) {
        self.0
            .extend(value.map(|value| Attribute::Number(name, value)));
    }

    fn instance(&mut self, instance: &Instance) {
        self.text("ec2InstanceImageId", instance.image_id.as_deref());
        self.text("ec2InstanceVpcId", instance.vpc.as_deref());
        self.text("ec2InstanceSubnetId", instance.subnet.as_deref());
        self.text("cloudVmImageReference", instance.image_id.as_deref());
        self.text("cloudVmNetworkId", instance.vpc.as_deref());
        self.text("cloudVmSubnetIds", instance.subnet.as_deref());
        // No finding filter, but one of the aggregation by instance.
        self.text("operatingSystem", instance.platform.as_deref());
    }

    /// The neutral names of the multi-cloud filters are given the same values.
    fn image(&mut self, image: &Image) {
        let names: [(&'static str, &'static str, Option<&str>); 4] = [
            (
                "ecrImageArchitecture",
                "cloudImageArchitecture",
                image.architecture.as_deref(),
            ),
            (
                "ecrImageRegistry",
                "cloudImageRegistry",
                Some(&image.registry),
            ),
            (
                "ecrImageRepositoryName",
                "cloudImageRepositoryName",
                Some(&image.repository),
            ),
            ("ecrImageHash", "cloudImageDigest", Some(&image.digest)),
        ];
        for (own, neutral, value) in names {
            self.text(own, value);
            self.text(neutral, value);
        }
        self.text("ecrImageTags", image.tags.iter().map(String::as_str));
        self.text("cloudImageTags", image.tags.iter().map(String::as_str));
        let numbers = [
            ("ecrImagePushedAt", "cloudImagePushedAt", image.pushed_at),
            (
                "ecrImageLastInUseAt",
                "cloudImageLastInUseAt",
                image.last_in_use_at,
            ),
            (
                "ecrImageInUseCount",
                "cloudImageInUseCount",
                image.in_use_count,
            ),
        ];
        for (own, neutral, value) in numbers {
            self.number(own, value);
            self.number(neutral, value);
        }
    }

    fn function(&mut self, function: &Function) {
        self.text("lambdaFunctionName", [function.name.as_str()]);
        self.text("lambdaFunctionRuntime", [function.runtime.as_str()]);
        self.text("lambdaFunctionExecutionRoleArn", [function.role.as_str()]);
        self.text(
            "lambdaFunctionLayers",
            function.layers.iter().map(String::as_str),
        );
        self.text("cloudServerlessFunctionName", [function.name.as_str()]);
        self.text(
            "cloudServerlessFunctionRuntime",
            [function.runtime.as_str()],
        );
        self.text(
            "cloudServerlessFunctionExecutionRole",
            [function.role.as_str()],
        );
        self.number("lambdaFunctionLastModifiedAt", function.modified_at);
        self.number(
            "cloudServerlessFunctionLastModifiedAt",
            function.modified_at,
        );
    }
}
