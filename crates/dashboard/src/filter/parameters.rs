//! The one table of parameters.

/// What a parameter's values look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of these words, each with the word of the API.
    Choice(&'static [(&'static str, &'static str)]),
    Text,
    Number,
    /// `YYYY-MM-DD`, in UTC.
    Day,
    /// `key` or `key=value`.
    Tag,
    /// A port, or two with a dash between.
    Port,
}

/// What a condition on a package reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Name,
    Version,
    Path,
}

impl Part {
    /// Each with its name on the wire.
    pub(super) const ALL: [(Self, &'static str); 3] = [
        (Self::Name, "name"),
        (Self::Version, "version"),
        (Self::Path, "filePath"),
    ];
}

/// What a parameter stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Alternatives of a member of the criteria.
    Member(&'static str),
    /// One end of the range of a member.
    Bound(&'static str, &'static str),
    Package(Part),
}

/// A parameter of the address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
    pub(super) target: Target,
}

impl Parameter {
    /// The parameter with this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        PARAMETERS.iter().find(|parameter| parameter.name == name)
    }
}

const fn of(
    name: &'static str,
    label: &'static str,
    kind: Kind,
    member: &'static str,
) -> Parameter {
    Parameter {
        name,
        label,
        kind,
        target: Target::Member(member),
    }
}

const fn end(
    name: &'static str,
    label: &'static str,
    kind: Kind,
    (member, bound): (&'static str, &'static str),
) -> Parameter {
    Parameter {
        name,
        label,
        kind,
        target: Target::Bound(member, bound),
    }
}

const fn package(name: &'static str, label: &'static str, part: Part) -> Parameter {
    Parameter {
        name,
        label,
        kind: Kind::Text,
        target: Target::Package(part),
    }
}

pub(super) const SEVERITIES: Kind = Kind::Choice(&[
    ("critical", "CRITICAL"),
    ("high", "HIGH"),
    ("medium", "MEDIUM"),
    ("low", "LOW"),
    ("informational", "INFORMATIONAL"),
    ("untriaged", "UNTRIAGED"),
]);

const TYPES: Kind = Kind::Choice(&[
    ("package", "PACKAGE_VULNERABILITY"),
    ("network", "NETWORK_REACHABILITY"),
    ("code", "CODE_VULNERABILITY"),
]);

const FIX: Kind = Kind::Choice(&[("yes", "YES"), ("partial", "PARTIAL"), ("no", "NO")]);

const EXPLOIT: Kind = Kind::Choice(&[("yes", "YES"), ("no", "NO")]);

const RESOURCE_TYPES: Kind = Kind::Choice(&[
    ("instance", "AWS_EC2_INSTANCE"),
    ("image", "AWS_ECR_CONTAINER_IMAGE"),
    ("function", "AWS_LAMBDA_FUNCTION"),
    ("code-repository", "CODE_REPOSITORY"),
]);

const PROTOCOLS: Kind = Kind::Choice(&[("tcp", "TCP"), ("udp", "UDP")]);

/// Every parameter, in the order in which they are offered.
pub(crate) static PARAMETERS: [Parameter; 28] = [
    of("severity", "Severity", SEVERITIES, "severity"),
    of(
        "vulnerability",
        "Vulnerability",
        Kind::Text,
        "vulnerabilityId",
    ),
    package("package", "Package", Part::Name),
    package("version", "Package version", Part::Version),
    package("path", "Package path", Part::Path),
    of("title", "Title", Kind::Text, "title"),
    of("fix", "Fix available", FIX, "fixAvailable"),
    of("exploit", "Exploit known", EXPLOIT, "exploitAvailable"),
    end(
        "min-score",
        "Score at least",
        Kind::Number,
        ("inspectorScore", "lowerInclusive"),
    ),
    end(
        "max-score",
        "Score at most",
        Kind::Number,
        ("inspectorScore", "upperInclusive"),
    ),
    end(
        "min-epss",
        "EPSS at least",
        Kind::Number,
        ("epssScore", "lowerInclusive"),
    ),
    end(
        "max-epss",
        "EPSS at most",
        Kind::Number,
        ("epssScore", "upperInclusive"),
    ),
    of("resource", "Resource", Kind::Text, "resourceId"),
    of(
        "resource-type",
        "Type of resource",
        RESOURCE_TYPES,
        "resourceType",
    ),
    of("tag", "Tag of the resource", Kind::Tag, "resourceTags"),
    of(
        "repository",
        "Repository",
        Kind::Text,
        "ecrImageRepositoryName",
    ),
    of("image-tag", "Image tag", Kind::Text, "ecrImageTags"),
    of("image", "Image digest", Kind::Text, "ecrImageHash"),
    of("function", "Function", Kind::Text, "lambdaFunctionName"),
    of("ami", "Machine image", Kind::Text, "ec2InstanceImageId"),
    of("vpc", "VPC", Kind::Text, "ec2InstanceVpcId"),
    of("type", "Kind of finding", TYPES, "findingType"),
    of("port", "Port", Kind::Port, "portRange"),
    of("protocol", "Protocol", PROTOCOLS, "networkProtocol"),
    of("source", "Published by", Kind::Text, "vulnerabilitySource"),
    of(
        "vendor-severity",
        "Vendor's severity",
        Kind::Text,
        "vendorSeverity",
    ),
    end(
        "since",
        "First seen from",
        Kind::Day,
        ("firstObservedAt", "startInclusive"),
    ),
    end(
        "until",
        "First seen until",
        Kind::Day,
        ("firstObservedAt", "endInclusive"),
    ),
];
