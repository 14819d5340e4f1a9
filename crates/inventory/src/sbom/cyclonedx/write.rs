//! Writes an inventory as a CycloneDX document.

use model::{Inventory, OperatingSystem, Package};
use serde::{Serialize, Serializer, ser::Error as _};

use crate::sbom::{
    Listed, Names, Subject, SubjectKind, licenses,
    names::Name,
    properties::{self, Shown},
    subject::{Uuid, date},
};

/// The versions that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Version {
    V1_4,
    V1_5,
    #[default]
    V1_6,
}

impl Version {
    /// As `specVersion` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_4 => "1.4",
            Self::V1_5 => "1.5",
            Self::V1_6 => "1.6",
        }
    }
}

/// The reference of what the document is about.
const ROOT: &str = "subject";

/// The reference of the operating system.
pub const SYSTEM_REF: &str = "operating-system";

/// A document, made while it is written: what it takes beside the inventory is one component.
///
/// The same inventory and subject give the same serial number.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    pub inventory: &'a Inventory,
    /// Those of `inventory`.
    pub names: &'a Names,
    pub subject: &'a Subject,
    pub version: Version,
    /// What is said of the subject beside its component: names and values.
    pub about: &'a [(&'static str, String)],
}

impl<'a> Document<'a> {
    /// The document with `vulnerabilities`, a list of what the schema calls so.
    pub fn with_vulnerabilities(self, vulnerabilities: impl Serialize) -> impl Serialize {
        WithVulnerabilities {
            document: self,
            vulnerabilities: Some(vulnerabilities),
        }
    }

    fn root(self) -> impl Serialize {
        Root {
            bom_ref: ROOT,
            name: &self.subject.name,
            properties: Listed(move || properties::of_subject(self.inventory)),
            kind: match self.subject.kind {
                SubjectKind::Image => "container",
                SubjectKind::Host => "device",
                SubjectKind::Files => "file",
            },
            version: self.subject.digest.as_deref(),
        }
    }

    fn packages(self) -> impl Iterator<Item = impl Serialize> + use<'a> {
        let packages = self.inventory.packages.iter().zip(self.names.iter());
        packages.map(move |(package, name)| component(package, name, self.version))
    }

    fn serial(self) -> serde_json::Result<String> {
        let mut uuid = Uuid::default();
        uuid.add(&self.root())?;
        uuid.add(&self.version.name())?;
        if let Some(os) = &self.inventory.os {
            uuid.add(&system(os))?;
        }
        for package in self.packages() {
            uuid.add(&package)?;
        }
        Ok(format!("urn:uuid:{}", uuid.finish()))
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = WithVulnerabilities::<()> {
            document: *self,
            vulnerabilities: None,
        };
        whole.serialize(serializer)
    }
}

struct WithVulnerabilities<'a, V> {
    document: Document<'a>,
    vulnerabilities: Option<V>,
}

impl<V: Serialize> Serialize for WithVulnerabilities<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = self.document;
        let release = env!("CARGO_PKG_VERSION");
        let tool = Tool {
            name: "lynkeus",
            kind: None,
            vendor: None,
            version: release,
        };
        // Version 1.5 made tools components.
        let tools = if document.version < Version::V1_5 {
            Tools::List([Tool {
                vendor: Some("Lynkeus"),
                ..tool
            }])
        } else {
            Tools::Object {
                components: [Tool {
                    kind: Some("application"),
                    ..tool
                }],
            }
        };
        let serial = document.serial().map_err(S::Error::custom)?;
        Outermost {
            schema: Shown(format_args!(
                "http://cyclonedx.org/schema/bom-{}.schema.json",
                document.version.name()
            )),
            bom_format: "CycloneDX",
            components: Components(document),
            metadata: Metadata {
                component: document.root(),
                properties: document.about.iter().map(About::of).collect(),
                timestamp: date(document.subject.created),
                tools,
            },
            serial_number: serial,
            spec_version: document.version.name(),
            version: 1,
            vulnerabilities: self.vulnerabilities.as_ref(),
        }
        .serialize(serializer)
    }
}

// Members are in the order of their names: it has been so from the first release.

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outermost<'a, S, R, V> {
    #[serde(rename = "$schema")]
    schema: S,
    bom_format: &'static str,
    components: Components<'a>,
    metadata: Metadata<'a, R>,
    serial_number: String,
    spec_version: &'static str,
    version: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    vulnerabilities: Option<V>,
}

#[derive(Serialize)]
struct Metadata<'a, R> {
    component: R,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<About<'a>>,
    timestamp: String,
    tools: Tools,
}

#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> About<'a> {
    fn of((name, value): &'a (&'static str, String)) -> Self {
        Self { name, value }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Tools {
    List([Tool; 1]),
    Object { components: [Tool; 1] },
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'static str>,
    version: &'static str,
}

#[derive(Serialize)]
struct Root<'a, P> {
    #[serde(rename = "bom-ref")]
    bom_ref: &'static str,
    name: &'a str,
    properties: P,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
}

/// The system, then the packages.
struct Components<'a>(Document<'a>);

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let system = self.0.inventory.os.iter().map(system).map(Either::System);
        serializer.collect_seq(system.chain(self.0.packages().map(Either::Package)))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Either<A, B> {
    System(A),
    Package(B),
}

#[derive(Serialize)]
struct System<'a, P> {
    #[serde(rename = "bom-ref")]
    bom_ref: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpe: Option<&'a str>,
    description: &'a str,
    name: &'a str,
    properties: P,
    #[serde(rename = "type")]
    kind: &'static str,
    version: &'a str,
}

fn system(os: &OperatingSystem) -> impl Serialize {
    System {
        bom_ref: SYSTEM_REF,
        cpe: os.cpe.as_deref().filter(|cpe| cpe.starts_with("cpe:2.3:")),
        description: &os.pretty_name,
        name: &os.id,
        properties: Listed(|| properties::of_system(os)),
        kind: "operating-system",
        version: &os.version_id,
    }
}

#[derive(Serialize)]
struct Component<'a, E, P> {
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence<E>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<Choice<'a>>,
    name: &'a str,
    properties: P,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Evidence<E> {
    occurrences: E,
}

#[derive(Serialize)]
struct Occurrence<'a> {
    location: &'a str,
}

fn component<'a>(
    package: &'a Package,
    name: &'a Name,
    version: Version,
) -> impl Serialize + use<'a> {
    let (group, short) = match package.purl_type.as_str() {
        "maven" => split(&package.name, ':'),
        "npm" | "composer" => split(&package.name, '/'),
        _ => (None, package.name.as_str()),
    };
    let occurrences = Listed(|| {
        let places = package.locations.iter();
        places.map(|place| Occurrence {
            location: &place.path,
        })
    });
    Component {
        bom_ref: name.bom_ref(),
        evidence: (version >= Version::V1_5).then_some(Evidence { occurrences }),
        group,
        licenses: choices(&package.licenses),
        name: short,
        properties: Listed(move || properties::of_package(package, name)),
        purl: name.purl(),
        kind: "library",
        version: &package.version,
    }
}

fn split(name: &str, separator: char) -> (Option<&str>, &str) {
    match name.split_once(separator) {
        Some((group, name)) => (Some(group), name),
        None => (None, name),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Choice<'a> {
    Expression(&'a str),
    License(License<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum License<'a> {
    Id(&'a str),
    Name(&'a str),
}

/// Licences by id or name; an expression may only stand alone.
fn choices(all: &[String]) -> Vec<Choice<'_>> {
    let all: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|license| !license.is_empty())
        .collect();
    if let [one] = all.as_slice()
        && !licenses::is_id(one)
        && licenses::is_expression(one)
    {
        return vec![Choice::Expression(one)];
    }
    let choice = |license| {
        Choice::License(if licenses::is_id(license) {
            License::Id(license)
        } else {
            License::Name(license)
        })
    };
    all.into_iter().map(choice).collect()
}
