//! The members of filter criteria, each with its kind and where its value is found.

/// Which conditions a member takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Text,
    Date,
    Number,
    Map,
    Ports,
    Packages,
}

/// Where the values of a member are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The finding's ARN, which holds its account and Region.
    FindingArn,
    /// The account of the finding.
    Account,
    /// The Region of the finding.
    Region,
    FindingType,
    Severity,
    Status,
    Title,
    ResourceType,
    ResourceId,
    Vulnerability,
    /// Who published what the finding is based on.
    Source,
    VendorSeverity,
    /// Aliases of the vulnerability and ids of the advisories that matched.
    Related,
    FixAvailable,
    ExploitAvailable,
    Protocol,
    FirstObserved,
    LastObserved,
    Updated,
    Score,
    Epss,
    /// The range of an open port.
    Ports,
    /// The affected packages.
    Packages,
    /// The tags of the resource.
    Tags,
    /// A list of the finding, by the member's own name.
    OfFinding,
    /// A property of the resource, by the member's own name
    /// ([`Resource::attributes`](crate::resource::Resource::attributes)).
    OfResource,
}

/// One member of filter criteria.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    pub kind: Kind,
    pub field: Field,
}

impl Member {
    /// The member with this name on the wire.
    pub fn named(name: &str) -> Option<&'static Self> {
        MEMBERS.iter().find(|member| member.name == name)
    }
}

const fn member(name: &'static str, kind: Kind, field: Field) -> Member {
    Member { name, kind, field }
}

/// Every member, in the order of the service model (`FilterCriteria`).
pub const MEMBERS: [Member; 69] = [
    member("findingArn", Kind::Text, Field::FindingArn),
    member("awsAccountId", Kind::Text, Field::Account),
    member("findingType", Kind::Text, Field::FindingType),
    member("severity", Kind::Text, Field::Severity),
    member("firstObservedAt", Kind::Date, Field::FirstObserved),
    member("lastObservedAt", Kind::Date, Field::LastObserved),
    member("updatedAt", Kind::Date, Field::Updated),
    member("findingStatus", Kind::Text, Field::Status),
    member("title", Kind::Text, Field::Title),
    member("inspectorScore", Kind::Number, Field::Score),
    member("resourceType", Kind::Text, Field::ResourceType),
    member("resourceId", Kind::Text, Field::ResourceId),
    member("resourceTags", Kind::Map, Field::Tags),
    member("ec2InstanceImageId", Kind::Text, Field::OfResource),
    member("ec2InstanceVpcId", Kind::Text, Field::OfResource),
    member("ec2InstanceSubnetId", Kind::Text, Field::OfResource),
    member("ecrImagePushedAt", Kind::Date, Field::OfResource),
    member("ecrImageArchitecture", Kind::Text, Field::OfResource),
    member("ecrImageRegistry", Kind::Text, Field::OfResource),
    member("ecrImageRepositoryName", Kind::Text, Field::OfResource),
    member("ecrImageTags", Kind::Text, Field::OfResource),
    member("ecrImageHash", Kind::Text, Field::OfResource),
    member("ecrImageLastInUseAt", Kind::Date, Field::OfResource),
    member("ecrImageInUseCount", Kind::Number, Field::OfResource),
    member("portRange", Kind::Ports, Field::Ports),
    member("networkProtocol", Kind::Text, Field::Protocol),
    member("componentId", Kind::Text, Field::OfFinding),
    member("componentType", Kind::Text, Field::OfFinding),
    member("vulnerabilityId", Kind::Text, Field::Vulnerability),
    member("vulnerabilitySource", Kind::Text, Field::Source),
    member("vendorSeverity", Kind::Text, Field::VendorSeverity),
    member("vulnerablePackages", Kind::Packages, Field::Packages),
    member("relatedVulnerabilities", Kind::Text, Field::Related),
    member("fixAvailable", Kind::Text, Field::FixAvailable),
    member("lambdaFunctionName", Kind::Text, Field::OfResource),
    member("lambdaFunctionLayers", Kind::Text, Field::OfResource),
    member("lambdaFunctionRuntime", Kind::Text, Field::OfResource),
    member(
        "lambdaFunctionLastModifiedAt",
        Kind::Date,
        Field::OfResource,
    ),
    member(
        "lambdaFunctionExecutionRoleArn",
        Kind::Text,
        Field::OfResource,
    ),
    member("exploitAvailable", Kind::Text, Field::ExploitAvailable),
    member(
        "codeVulnerabilityDetectorName",
        Kind::Text,
        Field::OfFinding,
    ),
    member(
        "codeVulnerabilityDetectorTags",
        Kind::Text,
        Field::OfFinding,
    ),
    member("codeVulnerabilityFilePath", Kind::Text, Field::OfFinding),
    member("epssScore", Kind::Number, Field::Epss),
    member("codeRepositoryProjectName", Kind::Text, Field::OfResource),
    member("codeRepositoryProviderType", Kind::Text, Field::OfResource),
    member("machineImageId", Kind::Text, Field::OfResource),
    member("machineImageName", Kind::Text, Field::OfResource),
    member("machineImageOwnerAccountId", Kind::Text, Field::OfResource),
    member("machineImagePlatform", Kind::Text, Field::OfResource),
    member("cloudProvider", Kind::Text, Field::OfResource),
    member("cloudProviderRegion", Kind::Text, Field::Region),
    member("cloudProviderAccountId", Kind::Text, Field::Account),
    member("cloudProviderOrgId", Kind::Text, Field::OfResource),
    member("cloudVmImageReference", Kind::Text, Field::OfResource),
    member("cloudVmNetworkId", Kind::Text, Field::OfResource),
    member("cloudVmSubnetIds", Kind::Text, Field::OfResource),
    member("cloudImageRepositoryName", Kind::Text, Field::OfResource),
    member("cloudImageRegistry", Kind::Text, Field::OfResource),
    member("cloudImageDigest", Kind::Text, Field::OfResource),
    member("cloudImageTags", Kind::Text, Field::OfResource),
    member("cloudImageArchitecture", Kind::Text, Field::OfResource),
    member("cloudImagePushedAt", Kind::Date, Field::OfResource),
    member("cloudImageLastInUseAt", Kind::Date, Field::OfResource),
    member("cloudImageInUseCount", Kind::Number, Field::OfResource),
    member("cloudServerlessFunctionName", Kind::Text, Field::OfResource),
    member(
        "cloudServerlessFunctionRuntime",
        Kind::Text,
        Field::OfResource,
    ),
    member(
        "cloudServerlessFunctionExecutionRole",
        Kind::Text,
        Field::OfResource,
    ),
    member(
        "cloudServerlessFunctionLastModifiedAt",
        Kind::Date,
        Field::OfResource,
    ),
];
