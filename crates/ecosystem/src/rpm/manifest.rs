//! Lists of packages in images that have no rpm database.

use model::{Package, Problem, SourcePackage};
use serde::Deserialize;

use crate::{Extracted, Extractor, FileInfo, Input};

use super::{RPM, evr, source};

/// Largest list that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// What Azure Linux and CBL-Mariner leave in distroless images.
pub(super) const CONTAINER_MANIFEST: Extractor = Extractor {
    name: "rpm/container-manifest",
    version: 1,
    wants: |file| file.path == "var/lib/rpmmanifest/container-manifest-2",
    magic: &[],
    extract: extract_manifest,
};

/// What Bottlerocket has instead of a database.
pub(super) const BOTTLEROCKET: Extractor = Extractor {
    name: "rpm/bottlerocket",
    version: 1,
    wants: is_inventory,
    magic: &[],
    extract: extract_inventory,
};

const INVENTORY: &str = "usr/share/bottlerocket/application-inventory.json";

fn is_inventory(file: &FileInfo<'_>) -> bool {
    file.path == INVENTORY
        || matches!(
            file.path.strip_suffix(INVENTORY),
            Some(
                "x86_64-bottlerocket-linux-gnu/sys-root/"
                    | "aarch64-bottlerocket-linux-gnu/sys-root/"
            )
        )
}

/// One package a line, the fields set apart by tabs: name, version-release, time of the
/// installation, time of the build, vendor, epoch, size, architecture, epoch again, source
/// package's file. Absent values are `(none)`, as `rpm --query` prints them.
fn extract_manifest(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    for (index, line) in text.lines().enumerate() {
        let mut fields = line.split('\t');
        let mut next = || fields.next().filter(|f| !f.is_empty() && *f != "(none)");
        let (name, version) = (next(), next());
        let (_installed, _built, vendor, _, _, arch, epoch) =
            (next(), next(), next(), next(), next(), next(), next());
        let source_file = next();
        if line.trim().is_empty() || name == Some("gpg-pubkey") {
            continue;
        }
        let parts = version.and_then(|version| version.rsplit_once('-'));
        let (Some(name), Some((version, release))) = (name, parts) else {
            extracted.note(input.file.path, || {
                let place = format!("{}:{}", input.file.path, index + 1);
                Problem::new(place, "a line has no name and version")
            });
            continue;
        };
        let epoch = epoch.and_then(|e| e.parse().ok()).filter(|e| *e != 0);
        let mut package = Package::new(RPM.purl_type.clone(), name, evr(epoch, version, release));
        package.arch = arch.map(str::to_owned);
        package.source = source_file.and_then(|file| source(file, epoch));
        if let Some(vendor) = vendor {
            package
                .properties
                .push(("vendor".to_owned(), vendor.to_owned()));
        }
        extracted.packages.push(package);
    }
    extracted
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inventory {
    content: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Application {
    name: String,
    #[serde(default)]
    publisher: Option<String>,
    version: String,
    release: String,
    #[serde(default)]
    epoch: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
}

/// `Content` lists the packages, in the shape of Systems Manager's `AWS:Application` inventory,
/// which Bottlerocket's own agent sends.
fn extract_inventory(input: &mut Input<'_>) -> Extracted {
    let bytes = match input.bytes(LIMIT) {
        Ok(bytes) => bytes,
        Err(problem) => return Extracted::problem(problem),
    };
    let inventory: Inventory = match serde_json::from_slice(&bytes) {
        Ok(inventory) => inventory,
        Err(error) => {
            return Extracted::problem(Problem::new(input.file.path, error.to_string()));
        }
    };
    let mut extracted = Extracted::default();
    for (index, value) in inventory.content.into_iter().enumerate() {
        match Application::deserialize(value) {
            Ok(application) => extracted.packages.push(application.package()),
            Err(error) => extracted.note(input.file.path, || {
                let place = format!("{}: Content[{index}]", input.file.path);
                Problem::new(place, error.to_string())
            }),
        }
    }
    extracted
}

impl Application {
    fn package(self) -> Package {
        let epoch = self
            .epoch
            .and_then(|epoch| epoch.parse().ok())
            .filter(|epoch| *epoch != 0);
        let version = evr(epoch, &self.version, &self.release);
        let mut package = Package::new(RPM.purl_type.clone(), self.name.as_str(), version.clone());
        package.arch = self.architecture;
        package.source = Some(SourcePackage {
            name: self.name,
            version,
        });
        if let Some(publisher) = self.publisher {
            package.properties.push(("vendor".to_owned(), publisher));
        }
        package
    }
}
