//! How inventories are written into the database.

use model::{
    Evidence, Inventory, Layer, Location, OperatingSystem, Package, Problem, PurlType,
    SourcePackage,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::StoreError;

/// Writes a record as JSON.
pub(crate) fn encode<T: Serialize>(what: &'static str, record: &T) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|error| corrupt(what, &error))
}

/// Reads a record that [`encode`] wrote.
pub(crate) fn decode<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt(what, &error))
}

fn corrupt(what: &'static str, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        what,
        reason: error.to_string(),
    }
}

/// What decides which advisories speak of a system's packages; what runs on it is not part of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SystemRecord {
    id: String,
    id_like: Vec<String>,
    version_id: String,
    codename: Option<String>,
    pretty_name: String,
    variant: Option<String>,
    cpe: Option<String>,
    arch: Option<String>,
}

impl From<&OperatingSystem> for SystemRecord {
    fn from(os: &OperatingSystem) -> Self {
        Self {
            id: os.id.clone(),
            id_like: os.id_like.clone(),
            version_id: os.version_id.clone(),
            codename: os.codename.clone(),
            pretty_name: os.pretty_name.clone(),
            variant: os.variant.clone(),
            cpe: os.cpe.clone(),
            arch: os.arch.clone(),
        }
    }
}

impl From<SystemRecord> for OperatingSystem {
    fn from(record: SystemRecord) -> Self {
        Self {
            id: record.id,
            id_like: record.id_like,
            version_id: record.version_id,
            codename: record.codename,
            pretty_name: record.pretty_name,
            variant: record.variant,
            cpe: record.cpe,
            arch: record.arch,
            running_kernel: None,
        }
    }
}

/// The rest of a distinct package version.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct VersionRecord {
    source: Option<(String, String)>,
    arch: Option<String>,
    module: Option<String>,
    declared: bool,
    owned_by: Option<String>,
    licenses: Vec<String>,
    properties: Vec<(String, String)>,
    /// Whether it is matched at all.
    pub(crate) matched: bool,
}

impl VersionRecord {
    pub(crate) fn new(package: &Package, matched: bool) -> Self {
        let source = package.source.as_ref();
        Self {
            source: source.map(|s| (s.name.clone(), s.version.clone())),
            arch: package.arch.clone(),
            module: package.module.clone(),
            declared: package.evidence == Evidence::Declared,
            owned_by: package.owned_by.clone(),
            licenses: package.licenses.clone(),
            properties: package.properties.clone(),
            matched,
        }
    }

    pub(crate) fn package(
        self,
        purl_type: &str,
        name: &str,
        version: &str,
        locations: Vec<Location>,
    ) -> Package {
        Package {
            purl_type: PurlType::from_string(purl_type.to_owned()),
            name: name.to_owned(),
            version: version.to_owned(),
            source: self
                .source
                .map(|(name, version)| SourcePackage { name, version }),
            arch: self.arch,
            module: self.module,
            evidence: if self.declared {
                Evidence::Declared
            } else {
                Evidence::Installed
            },
            licenses: self.licenses,
            locations,
            owned_by: self.owned_by,
            properties: self.properties,
        }
    }
}

/// What an inventory holds besides packages.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InventoryRecord {
    system: Option<SystemRecord>,
    running_kernel: Option<String>,
    layers: Vec<LayerRecord>,
    problems: Vec<(String, String)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LayerRecord {
    digest: Option<String>,
    diff_id: Option<String>,
    created_by: Option<String>,
}

impl From<&Inventory> for InventoryRecord {
    fn from(inventory: &Inventory) -> Self {
        let os = inventory.os.as_ref();
        Self {
            system: os.map(SystemRecord::from),
            running_kernel: os.and_then(|os| os.running_kernel.clone()),
            layers: inventory
                .layers
                .iter()
                .map(|layer| LayerRecord {
                    digest: layer.digest.clone(),
                    diff_id: layer.diff_id.clone(),
                    created_by: layer.created_by.clone(),
                })
                .collect(),
            problems: inventory
                .problems
                .iter()
                .map(|p| (p.place.clone(), p.what.clone()))
                .collect(),
        }
    }
}

impl InventoryRecord {
    /// The inventory without its packages.
    pub(crate) fn inventory(self, complete: bool) -> Inventory {
        let running_kernel = self.running_kernel;
        Inventory {
            os: self.system.map(|system| OperatingSystem {
                running_kernel,
                ..system.into()
            }),
            layers: self
                .layers
                .into_iter()
                .map(|layer| Layer {
                    digest: layer.digest,
                    diff_id: layer.diff_id,
                    created_by: layer.created_by,
                })
                .collect(),
            packages: Vec::new(),
            problems: self
                .problems
                .into_iter()
                .map(|(place, what)| Problem { place, what })
                .collect(),
            complete,
        }
    }
}
