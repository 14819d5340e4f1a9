//! Writes an inventory as an SPDX 2.3 document.

use std::collections::BTreeMap;

use model::{Inventory, OperatingSystem, Package};
use serde_json::{Value, json};

use super::DOCUMENT;
use crate::sbom::{
    Subject, SubjectKind, licenses, properties,
    subject::{date, digest, set, uuid},
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

/// Writes a document; the same inventory and subject give the same namespace.
pub fn write(inventory: &Inventory, subject: &Subject, security: &[SecurityReference]) -> Value {
    let mut writer = Writer {
        annotator: concat!("Tool: lynkeus-", env!("CARGO_PKG_VERSION")),
        created: date(subject.created),
        extracted: BTreeMap::new(),
    };
    let mut references: BTreeMap<usize, Vec<&SecurityReference>> = BTreeMap::new();
    for reference in security {
        references
            .entry(reference.package)
            .or_default()
            .push(reference);
    }
    let mut packages = vec![writer.root(inventory, subject)];
    packages.extend(inventory.os.iter().map(|os| writer.system(os)));
    for (index, package) in inventory.packages.iter().enumerate() {
        let security = references.remove(&index).unwrap_or_default();
        packages.push(writer.package(index, package, inventory, &security));
    }
    let extracted: Vec<Value> = writer.extracted.iter().map(extracted).collect();
    let serial = uuid(&[], &packages);
    let relationships = relationships(&packages);
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": subject.name,
        "documentNamespace": format!("https://lynkeus.invalid/spdx/{serial}"),
        "creationInfo": {
            "created": writer.created,
            "creators": [writer.annotator],
        },
        "documentDescribes": [ROOT],
        "packages": packages,
        "hasExtractedLicensingInfos": extracted,
        "relationships": relationships,
    })
}

fn relationships(packages: &[Value]) -> Vec<Value> {
    let relationship = |from: &str, kind: &str, to: Option<&Value>| {
        json!({
            "spdxElementId": from,
            "relationshipType": kind,
            "relatedSpdxElement": to,
        })
    };
    let describes = relationship(DOCUMENT, "DESCRIBES", Some(&Value::from(ROOT)));
    let parts = packages.iter().skip(1);
    let contains = parts.map(|part| relationship(ROOT, "CONTAINS", part.get("SPDXID")));
    std::iter::once(describes).chain(contains).collect()
}

fn extracted((id, text): (&String, &String)) -> Value {
    json!({"licenseId": id, "extractedText": text, "name": text})
}

struct Writer {
    annotator: &'static str,
    created: String,
    /// Licences that are not on SPDX's list, by their id in this document.
    extracted: BTreeMap<String, String>,
}

impl Writer {
    /// What every package must say.
    fn element(&self, id: &str, name: &str, purpose: &str, facts: Vec<(String, String)>) -> Value {
        let annotation = |(name, value): (String, String)| {
            json!({
                "annotator": self.annotator,
                "annotationDate": self.created,
                "annotationType": "OTHER",
                "comment": format!("{name}={value}"),
            })
        };
        json!({
            "SPDXID": id,
            "name": name,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "NOASSERTION",
            "copyrightText": "NOASSERTION",
            "primaryPackagePurpose": purpose,
            "annotations": facts.into_iter().map(annotation).collect::<Vec<_>>(),
        })
    }

    fn root(&self, inventory: &Inventory, subject: &Subject) -> Value {
        let purpose = match subject.kind {
            SubjectKind::Image => "CONTAINER",
            SubjectKind::Host => "DEVICE",
            SubjectKind::Files => "FILE",
        };
        let facts = properties::of_subject(inventory);
        let mut root = self.element(ROOT, &subject.name, purpose, facts);
        if let Some(digest) = &subject.digest {
            set(&mut root, "versionInfo", json!(digest));
        }
        root
    }

    fn system(&self, os: &OperatingSystem) -> Value {
        let facts = properties::of_system(os);
        let mut system = self.element(SYSTEM, &os.id, "OPERATING-SYSTEM", facts);
        if !os.version_id.is_empty() {
            set(&mut system, "versionInfo", json!(os.version_id));
        }
        if !os.pretty_name.is_empty() {
            set(&mut system, "description", json!(os.pretty_name));
        }
        system
    }

    fn package(
        &mut self,
        index: usize,
        package: &Package,
        inventory: &Inventory,
        security: &[&SecurityReference],
    ) -> Value {
        let purl = properties::purl(package, inventory.os.as_ref());
        let facts = properties::of_package(package, purl.as_deref());
        let id = format!("SPDXRef-Package-{}-{index}", package.purl_type);
        let mut value = self.element(&id, &package.name, "LIBRARY", facts);
        if !package.version.is_empty() {
            set(&mut value, "versionInfo", json!(package.version));
        }
        if let Some(source) = &package.source {
            let words = format!("built package from: {} {}", source.name, source.version);
            set(&mut value, "sourceInfo", json!(words));
        }
        set(
            &mut value,
            "licenseDeclared",
            json!(self.declared(&package.licenses)),
        );
        let purl = purl.map(|purl| {
            json!({
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": purl,
            })
        });
        let advisories = security.iter().map(|reference| {
            json!({
                "referenceCategory": "SECURITY",
                "referenceType": "advisory",
                "referenceLocator": reference.url,
                "comment": reference.comment,
            })
        });
        set(
            &mut value,
            "externalRefs",
            purl.into_iter().chain(advisories).collect(),
        );
        value
    }

    /// The expression that all of the licences hold.
    fn declared(&mut self, all: &[String]) -> String {
        let all: Vec<&String> = all.iter().filter(|license| !license.is_empty()).collect();
        let is_alone = all.len() == 1;
        let terms: Vec<String> = all
            .into_iter()
            .map(|license| {
                if licenses::is_id(license) {
                    license.clone()
                } else if licenses::is_expression(license) {
                    let stays = is_alone && licenses::conjuncts(license).len() == 1;
                    if stays {
                        license.clone()
                    } else {
                        format!("({license})")
                    }
                } else {
                    self.extract(license)
                }
            })
            .collect();
        match terms.as_slice() {
            [] => "NOASSERTION".to_owned(),
            terms => terms.join(" AND "),
        }
    }

    fn extract(&mut self, license: &str) -> String {
        let id = format!("LicenseRef-{}", digest(license.as_bytes(), 8));
        self.extracted.insert(id.clone(), license.to_owned());
        id
    }
}
