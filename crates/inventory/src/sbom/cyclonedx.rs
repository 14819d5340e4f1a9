//! CycloneDX documents as JSON (ECMA-424, versions 1.2 to 1.7).

mod write;

use super::{
    component::{Collector, Component, Role},
    json::{self, Json},
};

pub use write::{Document, SYSTEM_REF, Version};

/// Deepest nesting of components; the JSON reader has its own limit, which is lower.
const MAX_DEPTH: usize = 128;

/// Reads the components of a document, those within others included.
pub(super) fn read(bytes: &[u8], collector: &mut Collector) {
    let wanted = |key: &str| matches!(key, "specVersion" | "metadata" | "components");
    let ended = json::members(bytes, wanted, &mut |key, value| match key {
        "specVersion" => collector.version = text(&value),
        "metadata" => metadata(&value, collector),
        _ => add(&value, collector, MAX_DEPTH),
    });
    collector.ended(ended);
}

/// What the document is about, with its properties and the document's own.
fn metadata(metadata: &Json, collector: &mut Collector) {
    let subject = metadata.get("component");
    let mut root = component(subject);
    root.is_root = true;
    root.properties.extend(properties(metadata));
    collector.add(root);
    for part in subject.get("components").list() {
        add(part, collector, MAX_DEPTH);
    }
}

fn add(value: &Json, collector: &mut Collector, depth: usize) {
    if depth == 0 {
        return;
    }
    collector.add(component(value));
    for part in value.get("components").list() {
        add(part, collector, depth - 1);
    }
}

fn component(value: &Json) -> Component {
    let text = |key| value.text_of(key).map(str::to_owned);
    let purl = text("purl");
    let version = text("version").unwrap_or_default();
    let kind = value.text_of("type").unwrap_or("container");
    let occurrences = value.get("evidence").get("occurrences").list();
    Component {
        role: Role::of(kind, purl.as_deref(), &version),
        name: text("name").unwrap_or_default(),
        description: text("description"),
        cpe: text("cpe"),
        licenses: value
            .get("licenses")
            .list()
            .iter()
            .filter_map(license)
            .collect(),
        properties: properties(value).collect(),
        paths: occurrences
            .iter()
            .filter_map(|o| o.text_of("location").map(str::to_owned))
            .collect(),
        version,
        purl,
        ..Component::default()
    }
}

fn text(value: &Json) -> String {
    value.text().unwrap_or_default().to_owned()
}

fn properties(value: &Json) -> impl Iterator<Item = (String, String)> {
    value
        .get("properties")
        .list()
        .iter()
        .filter_map(|property| {
            let name = property.text_of("name")?;
            let value = property.text_of("value").unwrap_or_default();
            Some((name.to_owned(), value.to_owned()))
        })
}

/// A licence by id, by name, or as an expression.
fn license(choice: &Json) -> Option<String> {
    let license = choice.get("license");
    let text = choice
        .text_of("expression")
        .or_else(|| license.text_of("id"))
        .or_else(|| license.text_of("name"))?;
    Some(text.to_owned())
}
