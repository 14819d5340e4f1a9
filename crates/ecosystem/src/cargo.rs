//! Rust crates: `Cargo.lock`, and the list that `cargo auditable` puts into executables.

use std::io::Read;

use flate2::read::ZlibDecoder;
use model::{Evidence, Package, Problem, PurlType};
use serde::Deserialize;

use crate::executable::{Regions, read_at};
use crate::{Content, Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Crates of crates.io and other registries. Those in executables are read by the extractor
/// of [`crate::executable`].
pub static CARGO: Ecosystem = Ecosystem {
    purl_type: PURL_TYPE,
    title: "Rust crates",
    osv_name: Some("crates.io"),
    normalize_name: str::to_owned,
    scheme: &version::semver::SEMVER,
    extractors: &[Extractor {
        name: "cargo/lock",
        version: 1,
        wants: is_lock,
        magic: &[],
        extract: extract_lock,
    }],
};

const PURL_TYPE: PurlType = PurlType::new("cargo");

/// Largest lock file that is read, in bytes.
const LOCK: u64 = 64 << 20;
/// Largest compressed and largest decompressed list in an executable, in bytes. The tool's own
/// reader takes at most 8 MiB.
const COMPRESSED: u64 = 4 << 20;
const LIST: u64 = 16 << 20;

/// Not those that cargo unpacks with a dependency's source, which say what its author had.
fn is_lock(file: &FileInfo<'_>) -> bool {
    file.file_name() == "Cargo.lock" && !file.path.contains("registry/src/")
}

/// Reads a lock file of any version (1 to 4).
///
/// Cargo writes it itself and always in the same form, one key to a line, so no general TOML
/// reader is needed. Packages without a source are members of the workspace or lie in a
/// directory: that is the reader's own code, not a release of a registry, and is left out.
fn extract_lock(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LOCK) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    let mut entry = Entry::default();
    let mut inside = false;
    let lines = text.lines().chain(["[end]"]);
    for (number, line) in lines.enumerate() {
        if line.starts_with('[') {
            if inside {
                match std::mem::take(&mut entry).package() {
                    Ok(package) => extracted.packages.extend(package),
                    Err(what) => {
                        let place = format!("{}:{number}", input.file.path);
                        extracted.note(input.file.path, || Problem::new(place, what));
                    }
                }
            }
            inside = line.trim_end() == "[[package]]";
        } else if let Some((key, value)) = line.split_once(" = ") {
            let text = value.trim_end().strip_prefix('"');
            let value = text.and_then(|v| v.strip_suffix('"')).map(str::to_owned);
            match key {
                "name" => entry.name = value,
                "version" => entry.version = value,
                "source" => entry.source = value,
                _ => {}
            }
        }
    }
    extracted
}

/// A `[[package]]` table.
#[derive(Default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    source: Option<String>,
}

impl Entry {
    /// The package, none if it has no source.
    fn package(self) -> Result<Option<Package>, String> {
        let name = self.name.ok_or("a package has no name")?;
        let version = self
            .version
            .ok_or_else(|| format!("{name} has no version"))?;
        let Some(source) = self.source else {
            return Ok(None);
        };
        let mut package = Package::new(PURL_TYPE, name, version);
        package.evidence = Evidence::Declared;
        if !is_crates_io(&source) {
            package.properties.push(("source".to_owned(), source));
        }
        Ok(Some(package))
    }
}

/// Whether a source is crates.io, through its git or its sparse index.
fn is_crates_io(source: &str) -> bool {
    matches!(
        source,
        "registry+https://github.com/rust-lang/crates.io-index"
            | "sparse+https://index.crates.io/"
            | "registry+sparse+https://index.crates.io/"
    )
}

/// The list of `cargo auditable`, as its JSON schema describes it.
#[derive(Deserialize)]
struct Auditable {
    packages: Vec<AuditablePackage>,
}

#[derive(Deserialize)]
struct AuditablePackage {
    name: String,
    version: String,
    source: String,
    #[serde(default)]
    kind: Kind,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Build,
    #[default]
    #[serde(other)]
    Runtime,
}

/// The crates linked into a program, none if it does not list them.
///
/// Left out are local crates, as in a lock file, and crates that only ran during the build.
pub(crate) fn read_auditable(
    content: &mut dyn Content,
    program: &Regions,
) -> Option<Result<Vec<Package>, String>> {
    let region = program.auditable?;
    let compressed = read_at(content, region.offset, region.size.min(COMPRESSED)).ok()?;
    let mut list = Vec::new();
    let inflated = ZlibDecoder::new(compressed.as_slice())
        .take(LIST)
        .read_to_end(&mut list);
    if let Err(error) = inflated {
        return Some(Err(format!("list of crates cannot be inflated: {error}")));
    }
    let packages = match serde_json::from_slice::<Auditable>(&list) {
        Ok(list) => list.packages,
        Err(error) => return Some(Err(format!("list of crates is not understood: {error}"))),
    };
    let linked = packages
        .into_iter()
        .filter(|p| p.source != "local" && p.kind == Kind::Runtime)
        .map(|listed| {
            let mut package = Package::new(PURL_TYPE, listed.name, listed.version);
            if listed.source != "crates.io" {
                package
                    .properties
                    .push(("source".to_owned(), listed.source));
            }
            package
        });
    Some(Ok(linked.collect()))
}

#[cfg(test)]
pub(crate) mod tests;
