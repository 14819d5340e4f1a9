//! The orders in which findings are listed.

/// What findings are sorted by (service model, `SortField`), and the risk rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortField {
    AwsAccountId,
    FindingType,
    Severity,
    FirstObservedAt,
    LastObservedAt,
    FindingStatus,
    ResourceType,
    EcrImagePushedAt,
    EcrImageRepositoryName,
    EcrImageRegistry,
    NetworkProtocol,
    ComponentType,
    VulnerabilityId,
    VulnerabilitySource,
    InspectorScore,
    VendorSeverity,
    EpssScore,
    /// As it is at each page, not as it was at the first.
    Risk,
}

/// Where a sort key is, now and as it was.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    /// All rows of a scope share it.
    Same,
    /// Nothing changes it while a finding exists.
    Fixed(&'static str),
    /// A column of the finding, and of its history.
    Kept(&'static str, &'static str),
    /// The EPSS score of the vulnerability.
    Epss,
}

/// A subquery gives the one value of an image's attribute.
macro_rules! attribute {
    ($column:literal, $name:literal) => {
        concat!(
            "(SELECT MIN(a.",
            $column,
            ") FROM resource_attributes a WHERE a.resource = f.resource AND a.name = '",
            $name,
            "')"
        )
    };
}

/// Each field with its name on the wire and its key.
const FIELDS: [(SortField, &str, Key); 18] = [
    (SortField::AwsAccountId, "AWS_ACCOUNT_ID", Key::Same),
    (SortField::FindingType, "FINDING_TYPE", Key::Fixed("f.kind")),
    (
        SortField::Severity,
        "SEVERITY",
        Key::Kept("f.severity", "h.severity"),
    ),
    (
        SortField::FirstObservedAt,
        "FIRST_OBSERVED_AT",
        Key::Fixed("f.first_observed_at"),
    ),
    (
        SortField::LastObservedAt,
        "LAST_OBSERVED_AT",
        Key::Kept("f.last_observed_at", "h.last_observed_at"),
    ),
    (
        SortField::FindingStatus,
        "FINDING_STATUS",
        Key::Kept("f.status", "h.status"),
    ),
    (
        SortField::ResourceType,
        "RESOURCE_TYPE",
        Key::Fixed("f.resource_type"),
    ),
    (
        SortField::EcrImagePushedAt,
        "ECR_IMAGE_PUSHED_AT",
        Key::Fixed(attribute!("number", "ecrImagePushedAt")),
    ),
    (
        SortField::EcrImageRepositoryName,
        "ECR_IMAGE_REPOSITORY_NAME",
        Key::Fixed(attribute!("value", "ecrImageRepositoryName")),
    ),
    (
        SortField::EcrImageRegistry,
        "ECR_IMAGE_REGISTRY",
        Key::Fixed(attribute!("value", "ecrImageRegistry")),
    ),
    (
        SortField::NetworkProtocol,
        "NETWORK_PROTOCOL",
        Key::Fixed("f.protocol"),
    ),
    (
        SortField::ComponentType,
        "COMPONENT_TYPE",
        Key::Kept("f.component_type", "h.component_type"),
    ),
    (
        SortField::VulnerabilityId,
        "VULNERABILITY_ID",
        Key::Fixed("f.vulnerability"),
    ),
    (
        SortField::VulnerabilitySource,
        "VULNERABILITY_SOURCE",
        Key::Kept("f.source", "h.source"),
    ),
    (
        SortField::InspectorScore,
        "INSPECTOR_SCORE",
        Key::Kept("f.score", "h.score"),
    ),
    (
        SortField::VendorSeverity,
        "VENDOR_SEVERITY",
        Key::Kept("f.vendor_severity", "h.vendor_severity"),
    ),
    (SortField::EpssScore, "EPSS_SCORE", Key::Epss),
    (SortField::Risk, "RISK", Key::Fixed("f.risk")),
];

impl SortField {
    /// Every field, in the order of the service model; the risk rank, which it lacks, is the last.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.iter().map(|(field, ..)| *field)
    }

    fn row(self) -> (&'static str, Key) {
        let mut fields = FIELDS.iter();
        fields
            .find_map(|(field, name, key)| (*field == self).then_some((*name, *key)))
            .unwrap_or(("", Key::Same))
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The field with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|field| field.name() == name)
    }

    pub(super) fn key(self) -> Key {
        self.row().1
    }
}

/// An order; findings that have no value of the field come last in both directions, and ties are
/// broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub field: SortField,
    pub descending: bool,
}
