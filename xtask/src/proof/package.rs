//! Packages as tools name them, in one normal form (`docs/decisions/0004-inventory-differences.md`, class 3).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// A package in normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    /// The purl's type.
    pub(super) kind: String,
    /// Name with namespace, but for distributions' packages.
    pub(super) name: String,
    pub(super) version: String,
}

/// Where a package was found, and how.
#[derive(Debug, Default, Clone)]
pub(super) struct Found {
    pub(super) paths: BTreeSet<String>,
    /// All of its evidence only declares it.
    pub(super) is_declared: bool,
    /// A distribution's package owns its evidence.
    pub(super) is_owned: bool,
    /// The version that Go wrote into a program, where the inventory has another.
    pub(super) stamped: Option<String>,
    /// Every entry is that of the project itself in its own lock file, as Syft reads it.
    pub(super) is_project: bool,
}

pub(super) type Listing = BTreeMap<Package, Found>;

impl Package {
    pub(super) fn new(kind: &str, name: &str, version: &str) -> Self {
        let name = match kind {
            // PEP 503, "Normalized Names".
            "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
            "golang" => name.to_lowercase(),
            _ => name.to_owned(),
        };
        let version = match kind {
            "golang" if name == "stdlib" => version.trim_start_matches("go"),
            _ => version,
        };
        let version = match kind {
            // A main module without a version has this or none.
            "golang" if version == "(devel)" => "",
            "golang" => version.trim_start_matches('v'),
            // Epoch 0 is the same as none.
            "rpm" | "deb" => version.strip_prefix("0:").unwrap_or(version),
            _ => version,
        };
        Self {
            kind: kind.to_owned(),
            name,
            version: version.to_owned(),
        }
    }

    fn from_purl(purl: &str) -> Option<Self> {
        let (purl, within) = purl.split_once('#').unwrap_or((purl, ""));
        let (path, qualifiers) = purl.split_once('?').unwrap_or((purl, ""));
        let (kind, rest) = path.strip_prefix("pkg:")?.split_once('/')?;
        let (name, version) = rest.rsplit_once('@').unwrap_or((rest, ""));
        let (name, mut version) = (decoded(name), decoded(version));
        let name = match (kind, within) {
            // Some write the last part of a module's path as a path within its repository.
            ("golang", within) if !within.is_empty() => format!("{name}/{within}"),
            _ => name,
        };
        let mut name = name.as_str();
        if matches!(kind, "deb" | "rpm" | "apk") {
            name = name.rsplit('/').next()?;
            // Some write the epoch into the version, some beside it.
            let epoch = qualifiers.split('&').find_map(|q| q.strip_prefix("epoch="));
            if let Some(epoch) = epoch.filter(|_| !version.contains(':')) {
                version = format!("{epoch}:{version}");
            }
        }
        Some(Self::new(kind, name, &version))
    }
}

/// Undoes the percent-encoding of purls.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.as_bytes());
        let code = after.get(..2).map(|hex| u8::from_str_radix(hex, 16));
        if let Some(Ok(byte)) = code {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The packages of a CycloneDX document. Paths are those of occurrences or, in Trivy's, of the
/// property that holds one.
pub(super) fn cyclonedx(document: &str) -> Result<Listing> {
    let document: Value = serde_json::from_str(document).context("the document is no JSON")?;
    let components = document.get("components").and_then(Value::as_array);
    let mut listing = Listing::new();
    for component in components.into_iter().flatten() {
        let purl = component.get("purl").and_then(Value::as_str);
        let Some(package) = purl.and_then(Package::from_purl) else {
            continue;
        };
        let is_declared = |property: &Value| {
            let text = |key: &str| property.get(key).and_then(Value::as_str);
            text("name") == Some("lynkeus:evidence") && text("value") == Some("declared")
        };
        let properties = component.get("properties").and_then(Value::as_array);
        let properties = properties.map_or(&[][..], Vec::as_slice);
        let is_declared = properties.iter().any(is_declared);
        // The same package has a component for what is installed and one for what declares it.
        let found = listing.entry(package).or_insert_with(|| Found {
            is_declared,
            ..Found::default()
        });
        found.is_declared &= is_declared;
        let texts = |list: Option<&Value>, key: &str| -> Vec<String> {
            let list = list.and_then(Value::as_array).into_iter().flatten();
            list.filter_map(|item| Some(item.get(key)?.as_str()?.to_owned()))
                .collect()
        };
        let occurrences = component.get("evidence").and_then(|e| e.get("occurrences"));
        found.paths.extend(texts(occurrences, "location"));
        for property in properties {
            let text = |key: &str| property.get(key).and_then(Value::as_str);
            let (Some(name), Some(value)) = (text("name"), text("value")) else {
                continue;
            };
            if name == "aquasecurity:trivy:FilePath" {
                found.paths.insert(value.to_owned());
            }
            found.is_owned |= name == "lynkeus:ownedBy";
            if name == "lynkeus:property:stamped" {
                found.stamped = Some(value.trim_start_matches('v').to_owned());
            }
        }
    }
    Ok(listing)
}

/// The packages of Syft's own JSON, which says more than its CycloneDX.
pub(super) fn syft(document: &str) -> Result<Listing> {
    let document: Value = serde_json::from_str(document).context("the document is no JSON")?;
    let artifacts = document.get("artifacts").and_then(Value::as_array);
    let mut listing = Listing::new();
    for artifact in artifacts.into_iter().flatten() {
        let text = |key: &str| artifact.get(key).and_then(Value::as_str);
        let Some(package) = text("purl").and_then(Package::from_purl) else {
            continue;
        };
        // Cargo writes a source for everything but the crates of the project itself.
        let source = artifact.get("metadata").and_then(|m| m.get("source"));
        let is_project = text("metadataType") == Some("rust-cargo-lock-entry")
            && source.and_then(Value::as_str) == Some("");
        let found = listing.entry(package).or_insert_with(|| Found {
            is_project: true,
            ..Found::default()
        });
        found.is_project &= is_project;
        let locations = artifact.get("locations").and_then(Value::as_array);
        for location in locations.into_iter().flatten() {
            let evidence = location.get("annotations").and_then(|a| a.get("evidence"));
            if evidence.and_then(Value::as_str) == Some("primary")
                && let Some(path) = location.get("accessPath").and_then(Value::as_str)
            {
                // It separates an archive from a member with a colon.
                let path = path.trim_start_matches('/').replace(':', "!/");
                found.paths.insert(path);
            }
        }
    }
    Ok(listing)
}
