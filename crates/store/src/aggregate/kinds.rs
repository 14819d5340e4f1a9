//! The 15 aggregations: what each groups by, filters by and sorts by.

/// What findings are grouped by (service model, `AggregationType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    FindingType,
    Package,
    Title,
    Repository,
    Ami,
    AwsEc2Instance,
    AwsEcrContainer,
    ImageLayer,
    Account,
    AwsLambdaFunction,
    LambdaLayer,
    CodeRepository,
    VmInstance,
    ContainerImage,
    ServerlessFunction,
}

/// What a filter of a request is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The member of the finding criteria with this name.
    Member(&'static str),
    /// The same, given as one value instead of a list of comparisons.
    Value(&'static str),
    /// The column of the group with this number.
    Key(usize),
    /// A text property of the resource that no criteria name.
    OfResource(&'static str),
    /// The partition of the Region.
    Partition,
    /// A list of values, one of which findings of instances have.
    ScanSource,
}

/// Which counts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// None: findings are counted.
    No,
    /// Of each resource, by type of finding.
    Resources,
    Layers,
    Titles,
    Packages,
}

/// How one aggregation is read from the tables.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    /// The name of the type on the wire.
    pub(super) name: &'static str,
    /// The member of the union on the wire.
    pub(super) member: &'static str,
    /// The columns that name a group.
    pub(super) keys: &'static [&'static str],
    /// Joined to the finding `f`.
    pub(super) join: &'static str,
    /// A condition beyond those of the request.
    pub(super) only: &'static str,
    /// Whether a group is a resource, or at least of one.
    pub(super) of_resource: bool,
    /// The counts that are kept of such groups.
    pub(super) kept: Kept,
    /// Whether the join may give a finding twice.
    pub(super) repeats: bool,
    pub(super) filters: &'static [(&'static str, Target)],
}

const CLOUD: [(&str, Target); 5] = [
    ("cloudProviders", Target::Member("cloudProvider")),
    ("cloudPartitions", Target::Partition),
    ("cloudRegions", Target::Member("cloudProviderRegion")),
    ("cloudOrgIds", Target::Member("cloudProviderOrgId")),
    ("cloudAccountIds", Target::Member("cloudProviderAccountId")),
];

const TYPES: [(&str, Target); 2] = [
    ("findingType", Target::Value("findingType")),
    ("resourceType", Target::Value("resourceType")),
];

const INSTANCE: &str = "f.resource_type = 'AWS_EC2_INSTANCE'";
const IMAGE: &str = "f.resource_type = 'AWS_ECR_CONTAINER_IMAGE'";
const FUNCTION: &str = "f.resource_type = 'AWS_LAMBDA_FUNCTION'";
pub(super) const REPOSITORY: &str =
    "JOIN resource_attributes a ON a.resource = f.resource AND a.name = 'ecrImageRepositoryName'";

const RESOURCE: Plan = Plan {
    kind: Kind::Account,
    name: "",
    member: "",
    keys: &["f.resource_id"],
    join: "",
    only: "",
    of_resource: true,
    kept: Kept::Resources,
    repeats: false,
    filters: &[],
};

const GROUP: Plan = Plan {
    of_resource: false,
    ..RESOURCE
};

/// Every aggregation, in the order of the service model.
pub(super) const PLANS: [Plan; 15] = [
    Plan {
        kind: Kind::FindingType,
        name: "FINDING_TYPE",
        member: "findingTypeAggregation",
        keys: &["f.kind"],
        filters: &TYPES,
        ..GROUP
    },
    Plan {
        kind: Kind::Package,
        name: "PACKAGE",
        member: "packageAggregation",
        keys: &["p.name"],
        join: "JOIN finding_packages p ON p.finding = f.id",
        kept: Kept::Packages,
        repeats: true,
        filters: &[("packageNames", Target::Key(0))],
        ..GROUP
    },
    Plan {
        kind: Kind::Title,
        name: "TITLE",
        member: "titleAggregation",
        keys: &["f.title", "COALESCE(f.vulnerability, '')"],
        kept: Kept::Titles,
        filters: &[
            ("titles", Target::Member("title")),
            ("vulnerabilityIds", Target::Member("vulnerabilityId")),
            TYPES[0],
            TYPES[1],
        ],
        ..GROUP
    },
    Plan {
        kind: Kind::Repository,
        name: "REPOSITORY",
        member: "repositoryAggregation",
        keys: &["a.value"],
        join: REPOSITORY,
        filters: &[("repositories", Target::Key(0))],
        ..GROUP
    },
    Plan {
        kind: Kind::Ami,
        name: "AMI",
        member: "amiAggregation",
        keys: &["a.value"],
        join: "JOIN resource_attributes a ON a.resource = f.resource \
               AND a.name = 'ec2InstanceImageId'",
        filters: &[
            ("amis", Target::Key(0)),
            ("scanSources", Target::ScanSource),
        ],
        ..GROUP
    },
    Plan {
        kind: Kind::AwsEc2Instance,
        name: "AWS_EC2_INSTANCE",
        member: "ec2InstanceAggregation",
        only: INSTANCE,
        filters: &[
            ("amis", Target::Member("ec2InstanceImageId")),
            ("operatingSystems", Target::OfResource("operatingSystem")),
            ("instanceIds", Target::Member("resourceId")),
            ("instanceTags", Target::Member("resourceTags")),
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::AwsEcrContainer,
        name: "AWS_ECR_CONTAINER",
        member: "awsEcrContainerAggregation",
        only: IMAGE,
        filters: &[
            ("resourceIds", Target::Member("resourceId")),
            ("imageShas", Target::Member("ecrImageHash")),
            ("repositories", Target::Member("ecrImageRepositoryName")),
            ("architectures", Target::Member("ecrImageArchitecture")),
            ("imageTags", Target::Member("ecrImageTags")),
            ("lastInUseAt", Target::Member("ecrImageLastInUseAt")),
            ("inUseCount", Target::Member("ecrImageInUseCount")),
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::ImageLayer,
        name: "IMAGE_LAYER",
        member: "imageLayerAggregation",
        keys: &["a.value", "f.resource_id", "p.layer"],
        join: "JOIN finding_packages p ON p.finding = f.id AND p.layer IS NOT NULL \
               JOIN resource_attributes a ON a.resource = f.resource \
               AND a.name = 'ecrImageRepositoryName'",
        only: IMAGE,
        kept: Kept::Layers,
        repeats: true,
        filters: &[
            ("repositories", Target::Key(0)),
            ("resourceIds", Target::Key(1)),
            ("layerHashes", Target::Key(2)),
            CLOUD[0],
            CLOUD[1],
            CLOUD[2],
            CLOUD[3],
            CLOUD[4],
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::Account,
        name: "ACCOUNT",
        member: "accountAggregation",
        keys: &["f.account"],
        filters: &TYPES,
        ..GROUP
    },
    Plan {
        kind: Kind::AwsLambdaFunction,
        name: "AWS_LAMBDA_FUNCTION",
        member: "lambdaFunctionAggregation",
        only: FUNCTION,
        filters: &[
            ("resourceIds", Target::Member("resourceId")),
            ("functionNames", Target::Member("lambdaFunctionName")),
            ("runtimes", Target::Member("lambdaFunctionRuntime")),
            ("functionTags", Target::Member("resourceTags")),
        ],
        ..RESOURCE
    },
    // Which layer of a function a package is in is not known yet.
    Plan {
        kind: Kind::LambdaLayer,
        name: "LAMBDA_LAYER",
        member: "lambdaLayerAggregation",
        keys: &["a.value", "f.resource_id", "l.value"],
        join: "JOIN resource_attributes a ON a.resource = f.resource \
               AND a.name = 'lambdaFunctionName' \
               JOIN finding_lists l ON l.finding = f.id AND l.name = 'lambdaLayer'",
        only: FUNCTION,
        kept: Kept::No,
        repeats: true,
        filters: &[
            ("functionNames", Target::Key(0)),
            ("resourceIds", Target::Key(1)),
            ("layerArns", Target::Key(2)),
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::CodeRepository,
        name: "CODE_REPOSITORY",
        member: "codeRepositoryAggregation",
        only: "f.resource_type = 'CODE_REPOSITORY'",
        filters: &[
            ("projectNames", Target::Member("codeRepositoryProjectName")),
            (
                "providerTypes",
                Target::Member("codeRepositoryProviderType"),
            ),
            ("resourceIds", Target::Member("resourceId")),
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::VmInstance,
        name: "VM_INSTANCE",
        member: "vmInstanceAggregation",
        only: INSTANCE,
        filters: &[
            ("resourceIds", Target::Member("resourceId")),
            ("operatingSystems", Target::OfResource("operatingSystem")),
            ("instanceTags", Target::Member("resourceTags")),
            ("vmImageReferences", Target::Member("cloudVmImageReference")),
            CLOUD[0],
            CLOUD[1],
            CLOUD[2],
            CLOUD[3],
            CLOUD[4],
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::ContainerImage,
        name: "CONTAINER_IMAGE",
        member: "containerImageAggregation",
        only: IMAGE,
        filters: &[
            ("resourceIds", Target::Member("resourceId")),
            ("imageDigests", Target::Member("cloudImageDigest")),
            ("repositories", Target::Member("cloudImageRepositoryName")),
            ("registries", Target::Member("cloudImageRegistry")),
            ("architectures", Target::Member("cloudImageArchitecture")),
            ("imageTags", Target::Member("cloudImageTags")),
            ("lastInUseAt", Target::Member("cloudImageLastInUseAt")),
            ("inUseCount", Target::Member("cloudImageInUseCount")),
            CLOUD[0],
            CLOUD[1],
            CLOUD[2],
            CLOUD[3],
            CLOUD[4],
        ],
        ..RESOURCE
    },
    Plan {
        kind: Kind::ServerlessFunction,
        name: "SERVERLESS_FUNCTION",
        member: "serverlessFunctionAggregation",
        only: FUNCTION,
        filters: &[
            ("resourceIds", Target::Member("resourceId")),
            (
                "functionNames",
                Target::Member("cloudServerlessFunctionName"),
            ),
            ("runtimes", Target::Member("cloudServerlessFunctionRuntime")),
            ("functionTags", Target::Member("resourceTags")),
            CLOUD[0],
            CLOUD[1],
            CLOUD[2],
            CLOUD[3],
            CLOUD[4],
        ],
        ..RESOURCE
    },
];

impl Kind {
    /// Every aggregation, in the order of the service model.
    pub fn all() -> impl Iterator<Item = Self> {
        PLANS.iter().map(|plan| plan.kind)
    }

    /// The name of the type on the wire.
    pub fn name(self) -> &'static str {
        self.plan().map_or("", |plan| plan.name)
    }

    /// The name of the member of the request's and the response's union.
    pub fn member(self) -> &'static str {
        self.plan().map_or("", |plan| plan.member)
    }

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    pub(super) fn plan(self) -> Option<&'static Plan> {
        PLANS.iter().find(|plan| plan.kind == self)
    }
}
