//! Writes an inventory as a CycloneDX document.

use std::collections::HashMap;

use ecosystem::purl::to_purl;
use model::{Inventory, OperatingSystem, Package};
use serde_json::{Map, Value, json};

use crate::sbom::{
    Subject, SubjectKind, licenses, properties,
    subject::{date, set, uuid},
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

/// Writes a document; the same inventory and subject give the same serial number.
pub fn write(inventory: &Inventory, subject: &Subject, version: Version) -> Value {
    let refs = bom_refs(inventory);
    let mut components: Vec<Value> = inventory.os.iter().map(system).collect();
    let packages = inventory.packages.iter().zip(&refs);
    components
        .extend(packages.map(|(package, bom_ref)| component(package, bom_ref, inventory, version)));
    let root = root(inventory, subject);
    let serial = uuid(&[&root, &Value::from(version.name())], &components);
    json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{}.schema.json", version.name()),
        "bomFormat": "CycloneDX",
        "specVersion": version.name(),
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": {
            "timestamp": date(subject.created),
            "tools": tools(version),
            "component": root,
        },
        "components": components,
    })
}

/// The reference of each package of the inventory in a document: its purl, numbered where several
/// have the same.
pub fn bom_refs(inventory: &Inventory) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let os = inventory.os.as_ref();
    let reference = |package: &Package| {
        let purl = to_purl(package, os).unwrap_or_else(|| {
            format!("{}:{}@{}", package.purl_type, package.name, package.version)
        });
        let count = seen.entry(purl.clone()).or_default();
        *count += 1;
        match *count {
            1 => purl,
            number => format!("{purl}#{number}"),
        }
    };
    inventory.packages.iter().map(reference).collect()
}

/// The tool that makes the document. Version 1.5 made tools components.
fn tools(version: Version) -> Value {
    let release = env!("CARGO_PKG_VERSION");
    if version < Version::V1_5 {
        return json!([{"vendor": "Lynkeus", "name": "lynkeus", "version": release}]);
    }
    json!({"components": [{"type": "application", "name": "lynkeus", "version": release}]})
}

fn root(inventory: &Inventory, subject: &Subject) -> Value {
    let mut root = json!({
        "type": match subject.kind {
            SubjectKind::Image => "container",
            SubjectKind::Host => "device",
            SubjectKind::Files => "file",
        },
        "bom-ref": ROOT,
        "name": subject.name,
        "properties": listed(properties::of_subject(inventory)),
    });
    if let Some(digest) = &subject.digest {
        set(&mut root, "version", json!(digest));
    }
    root
}

fn system(os: &OperatingSystem) -> Value {
    let mut component = json!({
        "type": "operating-system",
        "bom-ref": SYSTEM_REF,
        "name": os.id,
        "version": os.version_id,
        "description": os.pretty_name,
        "properties": listed(properties::of_system(os)),
    });
    if let Some(cpe) = os.cpe.as_ref().filter(|cpe| cpe.starts_with("cpe:2.3:")) {
        set(&mut component, "cpe", json!(cpe));
    }
    component
}

fn component(package: &Package, bom_ref: &str, inventory: &Inventory, version: Version) -> Value {
    let purl = properties::purl(package, inventory.os.as_ref());
    let (group, name) = match package.purl_type.as_str() {
        "maven" => split(&package.name, ':'),
        "npm" | "composer" => split(&package.name, '/'),
        _ => (None, package.name.as_str()),
    };
    let mut component = json!({
        "type": "library",
        "bom-ref": bom_ref,
        "name": name,
        "version": package.version,
        "properties": listed(properties::of_package(package, purl.as_deref())),
    });
    if let Some(group) = group {
        set(&mut component, "group", json!(group));
    }
    if let Some(purl) = purl {
        set(&mut component, "purl", json!(purl));
    }
    let licenses = choices(&package.licenses);
    if !licenses.is_empty() {
        set(&mut component, "licenses", json!(licenses));
    }
    if version >= Version::V1_5 {
        let places = package.locations.iter();
        let occurrences: Vec<Value> = places.map(|l| json!({"location": l.path})).collect();
        set(
            &mut component,
            "evidence",
            json!({"occurrences": occurrences}),
        );
    }
    component
}

fn split(name: &str, separator: char) -> (Option<&str>, &str) {
    match name.split_once(separator) {
        Some((group, name)) => (Some(group), name),
        None => (None, name),
    }
}

/// Licences by id or name; an expression may only stand alone.
fn choices(all: &[String]) -> Vec<Value> {
    let all: Vec<&String> = all.iter().filter(|license| !license.is_empty()).collect();
    if let [one] = all.as_slice()
        && !licenses::is_id(one)
        && licenses::is_expression(one)
    {
        return vec![json!({"expression": one})];
    }
    let choice = |license: &&String| {
        let key = if licenses::is_id(license) {
            "id"
        } else {
            "name"
        };
        json!({"license": {key: license}})
    };
    all.iter().map(choice).collect()
}

fn listed(properties: Vec<(String, String)>) -> Value {
    let property = |(name, value): (String, String)| {
        let mut object = Map::new();
        object.insert("name".to_owned(), Value::from(name));
        object.insert("value".to_owned(), Value::from(value));
        Value::Object(object)
    };
    properties.into_iter().map(property).collect()
}
