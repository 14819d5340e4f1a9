//! A finding: what was observed on one resource, with its state and history.
//!
//! These records are what the store keeps, so they say how they are written; what a client sees is
//! the API's business.

use std::collections::BTreeSet;

use model::{Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{identity::FindingId, reach::Explained};

/// Which kind of weakness a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FindingType {
    PackageVulnerability,
    NetworkReachability,
    CodeVulnerability,
}

impl FindingType {
    pub const ALL: [Self; 3] = [
        Self::PackageVulnerability,
        Self::NetworkReachability,
        Self::CodeVulnerability,
    ];

    /// The upper-case name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PackageVulnerability => "PACKAGE_VULNERABILITY",
            Self::NetworkReachability => "NETWORK_REACHABILITY",
            Self::CodeVulnerability => "CODE_VULNERABILITY",
        }
    }

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a finding is in its life (Inspector user guide, "Findings").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    Active,
    /// A suppression rule hides it; it is evaluated all the same.
    Suppressed,
    /// The last complete evaluation did not see it any more.
    Closed,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Active, Self::Suppressed, Self::Closed];

    /// The upper-case name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suppressed => "SUPPRESSED",
            Self::Closed => "CLOSED",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Whether a fixed version exists for the affected packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FixAvailable {
    Yes,
    No,
    /// For some of them.
    Partial,
}

impl FixAvailable {
    /// The upper-case name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "YES",
            Self::No => "NO",
            Self::Partial => "PARTIAL",
        }
    }
}

/// Why a finding was closed; it decides how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClosedBecause {
    /// A complete evaluation did not see it.
    Remediated,
    /// The resource was deleted, terminated, archived, or is no longer eligible.
    ResourceGone,
    /// Scanning of this kind was switched off.
    Disabled,
}

/// What one evaluation of a resource says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Tells this finding from the others of its resource and type.
    pub key: String,
    pub kind: FindingType,
    pub title: String,
    #[serde(with = "severity")]
    pub severity: Severity,
    /// How the severity came about, one sentence.
    pub severity_reason: String,
    pub score: Option<InspectorScore>,
    /// The steps of the risk rank but for the one of the EPSS score, which changes daily.
    #[serde(default)]
    pub risk: Vec<RiskStep>,
    /// What VEX documents say of its packages that takes them out.
    #[serde(default)]
    pub vex: Vec<VexReason>,
    pub fix: Option<FixAvailable>,
    pub exploit_available: Option<bool>,
    /// The vendor's own word.
    pub vendor_severity: Option<String>,
    pub details: Details,
}

impl Observation {
    /// The vulnerability, if it is about one.
    pub fn vulnerability(&self) -> Option<&str> {
        match &self.details {
            Details::Package(details) => Some(&details.vulnerability),
            Details::Network(_) => None,
        }
    }

    /// The affected packages, if it is about packages.
    pub fn packages(&self) -> &[VulnerablePackage] {
        match &self.details {
            Details::Package(details) => &details.packages,
            Details::Network(_) => &[],
        }
    }

    /// The rules that VEX documents are for this finding: they hide it if they take out each of
    /// its packages.
    pub fn vex_rules(&self) -> BTreeSet<String> {
        let packages = self.packages().len();
        let is_out = |package| self.vex.iter().any(|reason| reason.package == package);
        if packages == 0 || !(0..packages).all(is_out) {
            return BTreeSet::new();
        }
        let documents = self.vex.iter();
        documents.map(|reason| vex_rule(&reason.document)).collect()
    }

    /// Who published what it is based on, in the words of `vulnerabilitySource`: the feed of the
    /// first matching advisory.
    pub fn source(&self) -> Option<&str> {
        let mut matches = self.packages().iter().flat_map(|p| &p.matches);
        matches.next().map(|m| source_word(&m.feed))
    }

    /// `YES` or `NO`, as on the wire, if anything is known of exploits.
    pub fn exploit_name(&self) -> Option<&'static str> {
        self.exploit_available
            .map(|known| if known { "YES" } else { "NO" })
    }

    /// What searches find it by beside single values, each with its name: the components of a
    /// path (`componentId`, `componentType`), and as `advisory` the advisories that matched under
    /// another id than the vulnerability's.
    pub fn lists(&self) -> BTreeSet<(&'static str, &str)> {
        match &self.details {
            Details::Package(details) => {
                let matches = details.packages.iter().flat_map(|p| &p.matches);
                matches
                    .filter(|m| m.advisory != details.vulnerability)
                    .map(|m| ("advisory", m.advisory.as_str()))
                    .collect()
            }
            Details::Network(network) => {
                let steps = network.steps.iter();
                steps
                    .flat_map(|step| {
                        [
                            ("componentId", step.id.as_str()),
                            ("componentType", step.kind.as_str()),
                        ]
                    })
                    .collect()
            }
        }
    }

    /// The type of the component at which a path begins.
    pub fn component_type(&self) -> Option<&str> {
        match &self.details {
            Details::Package(_) => None,
            Details::Network(network) => network.steps.first().map(|step| step.kind.as_str()),
        }
    }
}

/// Inspector's word for the publisher of a feed; feeds that Inspector does not have keep their
/// own name in its style.
fn source_word(feed: &str) -> &str {
    const WORDS: [(&str, &str); 31] = [
        ("nvd", "NVD"),
        ("cve-list", "CVE"),
        ("debian-tracker", "DEBIAN_CVE"),
        ("debian-oval", "DEBIAN_CVE"),
        ("osv-debian", "DEBIAN_CVE"),
        ("ubuntu-oval", "UBUNTU_CVE"),
        ("osv-ubuntu", "UBUNTU_CVE"),
        ("ubuntu-vex", "UBUNTU_CVE"),
        ("ubuntu-vex-not-affected", "UBUNTU_CVE"),
        ("redhat-vex", "REDHAT_CVE"),
        ("redhat-csaf", "REDHAT_CVE"),
        ("redhat-oval", "REDHAT_CVE"),
        ("osv-redhat", "REDHAT_CVE"),
        ("amazon-updateinfo", "AMAZON_CVE"),
        ("bottlerocket-updateinfo", "AMAZON_CVE"),
        ("alpine-secdb", "ALPINE_CVE"),
        ("osv-alpine", "ALPINE_CVE"),
        ("wolfi-secdb", "WOLFI_CVE"),
        ("chainguard-secdb", "CHAINGUARD_CVE"),
        ("osv-chainguard", "CHAINGUARD_CVE"),
        ("minimos-secdb", "MINIMOS_CVE"),
        ("suse-vex", "SUSE_CVE"),
        ("suse-csaf", "SUSE_CVE"),
        ("suse-oval", "SUSE_CVE"),
        ("osv-suse", "SUSE_CVE"),
        ("oracle-oval", "ORACLE_CVE"),
        ("oracle-updateinfo", "ORACLE_CVE"),
        ("rocky-updateinfo", "ROCKY_CVE"),
        ("osv-rocky", "ROCKY_CVE"),
        ("fedora-updateinfo", "FEDORA_CVE"),
        ("osv-ghsa", "GITHUB"),
    ];
    let mut words = WORDS.iter();
    words
        .find_map(|(name, word)| (*name == feed).then_some(*word))
        .unwrap_or(feed)
}

/// What the finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    Package(PackageDetails),
    Network(NetworkDetails),
}

/// A vulnerability of packages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackageDetails {
    /// CVE if there is one, else GHSA, else the feed's own id.
    pub vulnerability: String,
    pub packages: Vec<VulnerablePackage>,
}

/// One affected package with what explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VulnerablePackage {
    pub purl_type: String,
    pub name: String,
    /// As the ecosystem writes it, epoch and release included.
    pub version: String,
    pub arch: Option<String>,
    /// Path of the evidence without a leading slash.
    pub path: Option<String>,
    /// Digest of the layer as stored.
    pub layer: Option<String>,
    /// Whether the operating system's package manager installed it.
    pub of_system: bool,
    pub fixed_version: Option<String>,
    /// What the publisher says of a fix, in lower case: `fixed`, `not fixed`, `will not fix`, ….
    pub fix_state: String,
    pub matches: Vec<PackageMatch>,
}

/// A version taken apart as Inspector shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionParts<'a> {
    /// 0 if there is none.
    pub epoch: i64,
    pub version: &'a str,
    pub release: Option<&'a str>,
}

impl VulnerablePackage {
    /// The architecture in Inspector's words: `X86_64`, `ARM64`, `ALL`, `NOARCH`; others as the
    /// ecosystem writes them.
    pub fn architecture(&self) -> Option<&str> {
        let arch = self.arch.as_deref()?;
        Some(match arch {
            "amd64" | "x86_64" => "X86_64",
            "arm64" | "aarch64" => "ARM64",
            "all" => "ALL",
            "noarch" => "NOARCH",
            other => other,
        })
    }

    /// Epoch, version and release of a system's package (`epoch:version-release`); of others the
    /// whole is the version.
    pub fn version_parts(&self) -> VersionParts<'_> {
        let whole = VersionParts {
            epoch: 0,
            version: &self.version,
            release: None,
        };
        if !matches!(self.purl_type.as_str(), "deb" | "rpm" | "apk" | "alpm") {
            return whole;
        }
        let (epoch, rest) = match self.version.split_once(':') {
            Some((epoch, rest)) => match epoch.parse() {
                Ok(epoch) => (epoch, rest),
                Err(_) => (0, self.version.as_str()),
            },
            None => (0, self.version.as_str()),
        };
        match rest.rsplit_once('-') {
            Some((version, release)) => VersionParts {
                epoch,
                version,
                release: Some(release),
            },
            None => VersionParts {
                epoch,
                version: rest,
                release: None,
            },
        }
    }
}

/// One advisory that matched a package, with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageMatch {
    pub advisory: String,
    pub feed: String,
    /// Namespace, name and version that were looked up.
    pub namespace: String,
    pub name: String,
    pub version: String,
    pub via_source: bool,
    /// Name of the version order.
    pub scheme: String,
    /// The range that holds the version, in the advisory's words.
    pub range: String,
    pub fixed_version: Option<String>,
}

/// An open path to an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDetails {
    /// `TCP` or `UDP`.
    pub protocol: String,
    pub port_begin: u16,
    pub port_end: u16,
    /// From the edge to the instance.
    pub steps: Vec<PathStep>,
    pub description: String,
    /// What explains it beyond the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<Box<Explained>>,
}

/// One component of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathStep {
    pub id: String,
    /// `CloudFormation` type name: `AWS::EC2::InternetGateway`.
    pub kind: String,
    pub arn: Option<String>,
}

/// The score of a finding in its environment, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InspectorScore {
    /// 0.0 to 10.0.
    pub value: f64,
    pub vector: String,
    /// `2.0`, `3.0`, `3.1`.
    pub version: String,
    /// Who made the base assessment.
    pub source: String,
    pub base: f64,
    pub base_vector: String,
    pub adjustments: Vec<Adjustment>,
}

/// One metric that the environment changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    pub metric: String,
    pub reason: String,
}

/// A statement of a VEX document that takes a package out of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexReason {
    /// The id of the document in the store.
    pub document: String,
    /// Index of the package in the finding.
    pub package: usize,
    /// Status, who says it, and why.
    pub reason: String,
    /// The statement in its document.
    pub place: String,
}

/// The id of the rule that a VEX document is.
pub fn vex_rule(document: &str) -> String {
    format!("vex:{document}")
}

/// One step of a risk rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskStep {
    pub points: i64,
    pub reason: String,
}

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub id: FindingId,
    pub observed: Observation,
    pub state: State,
    /// Ids of the suppression rules that match it, sorted.
    pub rules: Vec<String>,
    pub first_observed: Timestamp,
    /// When it was last evaluated and had changed.
    pub last_observed: Timestamp,
    /// When anything of it was last written.
    pub updated: Timestamp,
    pub closed: Option<Closed>,
}

/// When and why a finding was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    pub at: Timestamp,
    pub because: ClosedBecause,
}

/// What is known of a vulnerability, shared by all its findings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VulnerabilityFacts {
    pub id: String,
    pub aliases: Vec<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Milliseconds since 1970.
    pub published: Option<i64>,
    /// Milliseconds since 1970.
    pub modified: Option<i64>,
    pub cvss: Vec<Assessment>,
    pub cwes: Vec<String>,
    pub references: Vec<String>,
    pub kev: Option<KnownExploited>,
    pub ssvc: Option<Decision>,
    pub exploit_known: bool,
}

/// One CVSS assessment with its base score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    pub source: String,
    pub version: String,
    pub vector: String,
    pub base: f64,
}

/// An entry of CISA's Known Exploited Vulnerabilities catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownExploited {
    /// `YYYY-MM-DD`.
    pub added: String,
    /// `YYYY-MM-DD`.
    pub due: Option<String>,
    pub ransomware: bool,
    pub action: Option<String>,
}

/// CISA's Stakeholder-Specific Vulnerability Categorization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub exploitation: String,
    pub automatable: String,
    pub technical_impact: String,
}

/// Severities by their upper-case names.
mod severity {
    use model::Severity;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature serde's `with` asks for"
    )]
    pub(super) fn serialize<S: Serializer>(
        severity: &Severity,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(severity.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Severity, D::Error> {
        let name = String::deserialize(deserializer)?;
        Severity::parse(&name).ok_or_else(|| D::Error::custom(format!("no severity `{name}`")))
    }
}
