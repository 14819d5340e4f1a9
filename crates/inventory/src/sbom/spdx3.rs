//! SPDX 3.0 documents as JSON-LD.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    component::{Collector, Component, Role},
    json::{self, Json},
    licenses,
};

/// Reads the packages of a document.
pub(super) fn read(bytes: &[u8], collector: &mut Collector) {
    let mut graph = Graph::default();
    let ended = json::members(bytes, |key| key == "@graph", &mut |_, element| {
        graph.take(&element, collector);
    });
    collector.ended(ended);
    for mut package in graph.packages {
        let licenses = graph.declared.get(&package.id).into_iter().flatten();
        package.licenses = licenses
            .filter_map(|id| graph.expressions.get(id))
            .flat_map(|expression| licenses::conjuncts(expression))
            .collect();
        package.is_root = graph.roots.contains(&package.id);
        collector.add(package);
    }
}

/// What was seen of the graph; its elements refer to each other in any order.
#[derive(Debug, Default)]
struct Graph {
    packages: Vec<Component>,
    roots: BTreeSet<String>,
    /// Licence expressions by id.
    expressions: BTreeMap<String, String>,
    /// Ids of the licences that packages declare.
    declared: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn take(&mut self, element: &Json, collector: &mut Collector) {
        let text = |key| element.text_of(key).unwrap_or_default().to_owned();
        match element.text_of("type").or(element.text_of("@type")) {
            Some("CreationInfo") => collector.version = text("specVersion"),
            Some("software_Package") => self.packages.push(package(element)),
            Some("software_Sbom") => self.roots.extend(texts(element.get("rootElement"))),
            Some("simplelicensing_LicenseExpression") => {
                let expression = text("simplelicensing_licenseExpression");
                self.expressions.insert(text("spdxId"), expression);
            }
            Some("expandedlicensing_ListedLicense") => {
                let id = text("spdxId");
                let license = id.rsplit('/').next().unwrap_or_default().to_owned();
                self.expressions.insert(id, license);
            }
            Some("Relationship")
                if element.text_of("relationshipType") == Some("hasDeclaredLicense") =>
            {
                let to = texts(element.get("to"));
                self.declared.entry(text("from")).or_default().extend(to);
            }
            _ => {}
        }
    }
}

/// A text or a list of texts.
fn texts(value: &Json) -> Vec<String> {
    let own = value.text().into_iter();
    own.chain(value.list().iter().filter_map(Json::text))
        .map(str::to_owned)
        .collect()
}

fn package(element: &Json) -> Component {
    let text = |key| element.text_of(key).unwrap_or_default().to_owned();
    let identifiers = element.get("externalIdentifier").list();
    let identifier = |kinds: &[&str]| {
        let found = identifiers.iter().find(|identifier| {
            let kind = identifier.text_of("externalIdentifierType");
            kind.is_some_and(|kind| kinds.contains(&kind))
        });
        found?.text_of("identifier").map(str::to_owned)
    };
    let purl = element
        .text_of("software_packageUrl")
        .map(str::to_owned)
        .or_else(|| identifier(&["packageUrl", "packageURL", "purl"]));
    let version = text("software_packageVersion");
    Component {
        role: Role::of(&text("software_primaryPurpose"), purl.as_deref(), &version),
        id: text("spdxId"),
        name: text("name"),
        description: element.text_of("description").map(str::to_owned),
        cpe: identifier(&["cpe23", "cpe22"]),
        version,
        purl,
        ..Component::default()
    }
}
