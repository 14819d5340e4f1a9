//! SPDX 2.2 and 2.3 documents as JSON.

mod write;

use super::{
    component::{Collector, Component, Role},
    json::{self, Json},
    licenses,
    properties::{OWN, TRIVY},
};

pub use write::{Document, SecurityReference};

/// The id of every document.
pub(super) const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// Reads the packages of a document.
pub(super) fn read(bytes: &[u8], collector: &mut Collector) {
    let wanted = |key: &str| {
        matches!(
            key,
            "spdxVersion"
                | "packages"
                | "hasExtractedLicensingInfos"
                | "documentDescribes"
                | "relationships"
        )
    };
    let ended = json::members(bytes, wanted, &mut |key, value| match key {
        "spdxVersion" => {
            let text = value.text().unwrap_or_default();
            text.trim_start_matches("SPDX-")
                .clone_into(&mut collector.version);
        }
        "packages" => collector.add(package(&value).component()),
        "hasExtractedLicensingInfos" => license_name(&value, collector),
        "documentDescribes" => collector.described.extend(value.text().map(str::to_owned)),
        _ => relationship(&value, collector),
    });
    collector.ended(ended);
}

/// What a package says, in JSON or as tags.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purpose: String,
    pub(super) declared: String,
    pub(super) concluded: String,
    pub(super) source_info: String,
    pub(super) purl: Option<String>,
    pub(super) cpe: Option<String>,
    pub(super) description: Option<String>,
    /// Of annotations.
    pub(super) comments: Vec<String>,
}

impl Fields {
    /// Takes an external reference by its type (SPDX 2.3, annex F).
    pub(super) fn reference(&mut self, kind: &str, locator: &str) {
        let field = match kind {
            "purl" => &mut self.purl,
            "cpe22Type" | "cpe23Type" => &mut self.cpe,
            _ => return,
        };
        field.get_or_insert_with(|| locator.to_owned());
    }

    pub(super) fn component(self) -> Component {
        let is_system = self.purpose.is_empty() && self.id.contains("OperatingSystem");
        let role = Role::of(&self.purpose, self.purl.as_deref(), &self.version);
        let stated = |license: &&String| !matches!(license.as_str(), "" | "NOASSERTION" | "NONE");
        let license = [&self.declared, &self.concluded].into_iter().find(stated);
        Component {
            // SPDX 2.2 has no purposes.
            role: if is_system { Role::System } else { role },
            licenses: license.map_or_else(Vec::new, |text| licenses::conjuncts(text)),
            properties: self.comments.iter().filter_map(|c| property(c)).collect(),
            paths: paths(&self.source_info),
            source: source(&self.source_info),
            id: self.id,
            name: self.name,
            version: self.version,
            purl: self.purl,
            cpe: self.cpe,
            description: self.description,
            is_root: false,
        }
    }
}

/// A property as this program or Trivy writes it into a comment.
fn property(comment: &str) -> Option<(String, String)> {
    if comment.starts_with(OWN) {
        let (name, value) = comment.split_once('=')?;
        return Some((name.to_owned(), value.to_owned()));
    }
    let (name, value) = comment.split_once(": ")?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then(|| (format!("{TRIVY}{name}"), value.to_owned()))
}

/// Paths in what Syft writes: `acquired package info from DPKG DB: /var/lib/dpkg/status, …`.
fn paths(source_info: &str) -> Vec<String> {
    let paths = source_info
        .strip_prefix("acquired package info from ")
        .and_then(|rest| rest.split_once(": "));
    paths.map_or_else(Vec::new, |(_, paths)| {
        paths.split(", ").map(str::to_owned).collect()
    })
}

/// The source package in what Trivy writes: `built package from: glibc 2.36-9+deb12u4`.
fn source(source_info: &str) -> Option<(String, String)> {
    let rest = source_info.strip_prefix("built package from: ")?;
    let (name, version) = rest.rsplit_once(' ')?;
    Some((name.to_owned(), version.to_owned()))
}

fn package(value: &Json) -> Fields {
    let text = |key| value.text_of(key).unwrap_or_default().to_owned();
    let comments = value.get("annotations").list().iter();
    let mut fields = Fields {
        id: text("SPDXID"),
        name: text("name"),
        version: text("versionInfo"),
        purpose: text("primaryPackagePurpose"),
        declared: text("licenseDeclared"),
        concluded: text("licenseConcluded"),
        source_info: text("sourceInfo"),
        description: value.text_of("description").map(str::to_owned),
        comments: comments
            .filter_map(|annotation| annotation.text_of("comment").map(str::to_owned))
            .collect(),
        ..Fields::default()
    };
    for reference in value.get("externalRefs").list() {
        fields.reference(
            reference.text_of("referenceType").unwrap_or_default(),
            reference.text_of("referenceLocator").unwrap_or_default(),
        );
    }
    fields
}

fn license_name(value: &Json, collector: &mut Collector) {
    let name = value.text_of("name").filter(|name| *name != "NOASSERTION");
    let name = name.or_else(|| value.text_of("extractedText"));
    if let (Some(id), Some(name)) = (value.text_of("licenseId"), name) {
        collector
            .license_names
            .insert(id.to_owned(), name.to_owned());
    }
}

fn relationship(value: &Json, collector: &mut Collector) {
    let text = |key| value.text_of(key).unwrap_or_default();
    let (from, to) = (text("spdxElementId"), text("relatedSpdxElement"));
    match text("relationshipType") {
        "DESCRIBES" if from == DOCUMENT => collector.described.insert(to.to_owned()),
        "DESCRIBED_BY" if to == DOCUMENT => collector.described.insert(from.to_owned()),
        _ => false,
    };
}
