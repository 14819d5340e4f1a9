//! Writes an inventory as an SPDX 2.3 document.

use std::{collections::BTreeMap, fmt};

use model::{Inventory, OperatingSystem, Package};
use serde::{Serialize, Serializer, ser::Error as _};

use super::DOCUMENT;
use crate::sbom::{
    Listed, Names, Subject, SubjectKind, licenses,
    names::Name,
    properties::{self, Property, Shown},
    subject::{Uuid, date, digest},
};

/// Something about the security of a package, as an external reference (SPDX 2.3, annex K).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityReference {
    /// Index into the inventory's packages.
    pub package: usize,
    /// Address of the advisory or vulnerability.
    pub url: String,
    pub comment: String,
}

const ROOT: &str = "SPDXRef-Subject";
const SYSTEM: &str = "SPDXRef-OperatingSystem";
const ANNOTATOR: &str = concat!("Tool: lynkeus-", env!("CARGO_PKG_VERSION"));
/// What is said where nothing is known (SPDX 2.3 §7.13).
const UNKNOWN: &str = "NOASSERTION";

/// A document, made while it is written: what it takes beside the inventory is one package.
///
/// The same inventory and subject give the same namespace.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    pub inventory: &'a Inventory,
    /// Those of `inventory`.
    pub names: &'a Names,
    pub subject: &'a Subject,
    pub security: &'a [SecurityReference],
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut advisories: BTreeMap<usize, Vec<&SecurityReference>> = BTreeMap::new();
        for reference in self.security {
            let of_package = advisories.entry(reference.package).or_default();
            of_package.push(reference);
        }
        let writer = Writer {
            document: *self,
            created: date(self.subject.created),
            advisories,
        };
        let serial = writer.serial().map_err(S::Error::custom)?;
        Outermost {
            spdx_id: DOCUMENT,
            creation_info: CreationInfo {
                created: &writer.created,
                creators: [ANNOTATOR],
            },
            data_license: "CC0-1.0",
            document_describes: [ROOT],
            document_namespace: Shown(format_args!("https://lynkeus.invalid/spdx/{serial}")),
            has_extracted_licensing_infos: extracted(self.inventory),
            name: &self.subject.name,
            packages: Packages(&writer),
            relationships: Listed(|| relationships(self.inventory)),
            spdx_version: "SPDX-2.3",
        }
        .serialize(serializer)
    }
}

// Members are in the order of their names: it has been so from the first release.

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outermost<'a, N, R> {
    #[serde(rename = "SPDXID")]
    spdx_id: &'static str,
    creation_info: CreationInfo<'a>,
    data_license: &'static str,
    document_describes: [&'static str; 1],
    document_namespace: N,
    has_extracted_licensing_infos: Vec<Extracted<'a>>,
    name: &'a str,
    packages: Packages<'a>,
    relationships: R,
    spdx_version: &'static str,
}

#[derive(Serialize)]
struct CreationInfo<'a> {
    created: &'a str,
    creators: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "the fields are named as in the document"
)]
struct Extracted<'a> {
    extracted_text: &'a str,
    license_id: String,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "the fields are named as in the document"
)]
struct Relationship {
    related_spdx_element: Shown<Id>,
    relationship_type: &'static str,
    spdx_element_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Element<'a, A> {
    #[serde(rename = "SPDXID")]
    spdx_id: Shown<Id>,
    annotations: A,
    copyright_text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    download_location: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_refs: Option<Vec<ExternalReference<'a>>>,
    files_analyzed: bool,
    license_concluded: &'static str,
    license_declared: String,
    name: &'a str,
    primary_package_purpose: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "the fields are named as in the document"
)]
struct Annotation<'a> {
    annotation_date: &'a str,
    annotation_type: &'static str,
    annotator: &'static str,
    comment: Shown<Property<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalReference<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    reference_category: &'static str,
    reference_locator: &'a str,
    reference_type: &'static str,
}

/// The id of an element.
#[derive(Debug, Clone)]
enum Id {
    Fixed(&'static str),
    /// By purl type and place in the inventory.
    Package(model::PurlType, usize),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(id) => f.write_str(id),
            Self::Package(purl_type, index) => write!(f, "SPDXRef-Package-{purl_type}-{index}"),
        }
    }
}

fn id((index, package): (usize, &Package)) -> Shown<Id> {
    Shown(Id::Package(package.purl_type.clone(), index))
}

fn relationships(inventory: &Inventory) -> impl Iterator<Item = Relationship> {
    let describes = Relationship {
        related_spdx_element: Shown(Id::Fixed(ROOT)),
        relationship_type: "DESCRIBES",
        spdx_element_id: DOCUMENT,
    };
    let system = inventory.os.iter().map(|_| Shown(Id::Fixed(SYSTEM)));
    let parts = system.chain(inventory.packages.iter().enumerate().map(id));
    let contains = parts.map(|part| Relationship {
        related_spdx_element: part,
        relationship_type: "CONTAINS",
        spdx_element_id: ROOT,
    });
    std::iter::once(describes).chain(contains)
}

struct Writer<'a> {
    document: Document<'a>,
    created: String,
    advisories: BTreeMap<usize, Vec<&'a SecurityReference>>,
}

impl<'a> Writer<'a> {
    /// What every package must say.
    fn element<I: Iterator<Item = Property<'a>>>(
        &'a self,
        id: Shown<Id>,
        name: &'a str,
        purpose: &'static str,
        facts: impl Fn() -> I,
    ) -> Element<'a, impl Serialize> {
        let annotation = |fact| Annotation {
            annotation_date: &self.created,
            annotation_type: "OTHER",
            annotator: ANNOTATOR,
            comment: Shown(fact),
        };
        Element {
            spdx_id: id,
            annotations: Listed(move || facts().map(annotation)),
            copyright_text: UNKNOWN,
            description: None,
            download_location: UNKNOWN,
            external_refs: None,
            files_analyzed: false,
            license_concluded: UNKNOWN,
            license_declared: UNKNOWN.to_owned(),
            name,
            primary_package_purpose: purpose,
            source_info: None,
            version_info: None,
        }
    }

    fn root(&'a self) -> impl Serialize {
        let Document {
            inventory, subject, ..
        } = self.document;
        let purpose = match subject.kind {
            SubjectKind::Image => "CONTAINER",
            SubjectKind::Host => "DEVICE",
            SubjectKind::Files => "FILE",
        };
        let facts = move || properties::of_subject(inventory);
        Element {
            version_info: subject.digest.as_deref(),
            ..self.element(Shown(Id::Fixed(ROOT)), &subject.name, purpose, facts)
        }
    }

    fn system(&'a self, os: &'a OperatingSystem) -> impl Serialize {
        let facts = move || properties::of_system(os);
        let system = Shown(Id::Fixed(SYSTEM));
        Element {
            version_info: present(&os.version_id),
            description: present(&os.pretty_name),
            ..self.element(system, &os.id, "OPERATING-SYSTEM", facts)
        }
    }

    fn package(&'a self, index: usize, package: &'a Package, name: &'a Name) -> impl Serialize {
        let purl = name.purl().map(|purl| ExternalReference {
            comment: None,
            reference_category: "PACKAGE-MANAGER",
            reference_locator: purl,
            reference_type: "purl",
        });
        let advisories = self.advisories.get(&index).into_iter().flatten();
        let advisories = advisories.map(|advisory| ExternalReference {
            comment: Some(&advisory.comment),
            reference_category: "SECURITY",
            reference_locator: &advisory.url,
            reference_type: "advisory",
        });
        let source = package.source.as_ref();
        let source =
            source.map(|from| format!("built package from: {} {}", from.name, from.version));
        let facts = move || properties::of_package(package, name);
        Element {
            external_refs: Some(purl.into_iter().chain(advisories).collect()),
            license_declared: declared(&package.licenses),
            source_info: source,
            version_info: present(&package.version),
            ..self.element(id((index, package)), &package.name, "LIBRARY", facts)
        }
    }

    fn packages(&'a self) -> impl Iterator<Item = impl Serialize> {
        let Document {
            inventory, names, ..
        } = self.document;
        let packages = inventory.packages.iter().zip(names.iter()).enumerate();
        packages.map(|(index, (package, name))| self.package(index, package, name))
    }

    fn serial(&self) -> serde_json::Result<String> {
        let mut uuid = Uuid::default();
        uuid.add(&self.root())?;
        if let Some(os) = &self.document.inventory.os {
            uuid.add(&self.system(os))?;
        }
        for package in self.packages() {
            uuid.add(&package)?;
        }
        Ok(uuid.finish())
    }
}

/// What the document is about, the system, then the packages.
struct Packages<'a>(&'a Writer<'a>);

#[derive(Serialize)]
#[serde(untagged)]
enum Kind<R, S, P> {
    Root(R),
    System(S),
    Package(P),
}

impl Serialize for Packages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let root = std::iter::once(Kind::Root(self.0.root()));
        let systems = self.0.document.inventory.os.iter();
        let systems = systems.map(|os| Kind::System(self.0.system(os)));
        let packages = self.0.packages().map(Kind::Package);
        serializer.collect_seq(root.chain(systems).chain(packages))
    }
}

fn present(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Whether it can only stand in an expression by a reference to its text.
fn is_own_words(license: &str) -> bool {
    !license.is_empty() && !licenses::is_id(license) && !licenses::is_expression(license)
}

fn reference(license: &str) -> String {
    format!("LicenseRef-{}", digest(license.as_bytes(), 8))
}

/// Licences that are not on SPDX's list, in the order of their ids in the document.
fn extracted(inventory: &Inventory) -> Vec<Extracted<'_>> {
    let licenses = inventory.packages.iter().flat_map(|p| &p.licenses);
    let own = licenses.filter(|license| is_own_words(license));
    let by_id: BTreeMap<String, &str> = own.map(|text| (reference(text), &**text)).collect();
    let infos = by_id.into_iter().map(|(id, text)| Extracted {
        extracted_text: text,
        license_id: id,
        name: text,
    });
    infos.collect()
}

/// The expression that all of the licences hold.
fn declared(all: &[String]) -> String {
    let all: Vec<&String> = all.iter().filter(|license| !license.is_empty()).collect();
    let is_alone = all.len() == 1;
    let terms: Vec<String> = all
        .into_iter()
        .map(|license| {
            let stays = licenses::is_id(license)
                || licenses::is_expression(license)
                    && is_alone
                    && licenses::conjuncts(license).len() == 1;
            if stays {
                license.clone()
            } else if is_own_words(license) {
                reference(license)
            } else {
                format!("({license})")
            }
        })
        .collect();
    match terms.as_slice() {
        [] => UNKNOWN.to_owned(),
        terms => terms.join(" AND "),
    }
}
