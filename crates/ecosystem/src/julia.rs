//! Julia packages, as a `Manifest.toml` resolves them.

use std::collections::BTreeMap;

use model::{Problem, PurlType};
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Packages of Julia's General registry.
pub static JULIA: Ecosystem = Ecosystem {
    purl_type: PurlType::new("julia"),
    title: "Julia packages",
    osv_name: Some("Julia"),
    normalize_name: str::to_owned,
    scheme: &version::semver::JULIA,
    extractors: &[Extractor {
        name: "julia/manifest",
        version: 1,
        wants: is_manifest,
        magic: &[],
        extract,
    }],
};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// `Manifest.toml`, `JuliaManifest.toml` and those for one Julia version, `Manifest-v1.11.toml`
/// (Pkg documentation, "Manifest.toml").
fn is_manifest(file: &FileInfo<'_>) -> bool {
    let name = file.file_name();
    let name = name.strip_prefix("Julia").unwrap_or(name);
    let stem = name.strip_suffix(".toml").unwrap_or_default();
    stem == "Manifest" || stem.starts_with("Manifest-v")
}

/// A package: several with one name are told apart by their `uuid`.
#[derive(Deserialize)]
struct Entry {
    uuid: Option<String>,
    /// Absent for the standard library, which has Julia's version.
    version: Option<String>,
    /// Set for a package in a directory of the project.
    path: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    deps: Option<BTreeMap<String, Vec<Entry>>>,
    manifest_format: Option<String>,
}

/// Format 2 has the packages under `deps`, format 1 at the top.
fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let packages = match toml::from_str::<Manifest>(&text) {
        Ok(manifest) if manifest.manifest_format.is_some() => Ok(manifest.deps),
        _ => toml::from_str(&text).map(Some),
    };
    let packages = match packages {
        Ok(packages) => packages.into_iter().flatten(),
        Err(error) => {
            let what = format!("not a manifest: {}", error.message());
            return Extracted::problem(Problem::new(input.file.path, what));
        }
    };
    let mut listing = Listing::declared(&JULIA, input.file.path);
    for (name, entries) in packages {
        for entry in entries.into_iter().filter(|e| e.path.is_none()) {
            let Some(package) = entry.version.and_then(|v| listing.add(&name, &v)) else {
                continue;
            };
            if package.properties.is_empty() {
                package
                    .properties
                    .extend(entry.uuid.map(|uuid| ("uuid".to_owned(), uuid)));
            }
        }
    }
    listing.finish()
}

#[cfg(test)]
mod tests {
    use super::JULIA;
    use crate::check::check_extract;

    #[test]
    fn both_formats_are_read() {
        check_extract(
            &JULIA,
            "app/Manifest.toml",
            &[
                (
                    "format 2",
                    b"julia_version = \"1.9.0\"\nmanifest_format = \"2.0\"\nproject_hash = \"00\"\n\n\
                      [[deps.Dates]]\ndeps = [\"Printf\"]\nuuid = \"ade2ca70\"\n\n\
                      [[deps.HTTP]]\ngit-tree-sha1 = \"00\"\nuuid = \"cd3eb016\"\nversion = \"1.9.1\"\n\
                      [deps.HTTP.extensions]\nX = \"Y\"\n\n\
                      [[deps.Mine]]\npath = \"lib\"\nuuid = \"0\"\nversion = \"0.1.0\"\n",
                    &["HTTP 1.9.1 declared uuid=cd3eb016"],
                ),
                (
                    "format 1",
                    b"[[FFMPEG_jll]]\nuuid = \"b22a6f82\"\nversion = \"4.3.1+0\"\n",
                    &["FFMPEG_jll 4.3.1+0 declared uuid=b22a6f82"],
                ),
            ],
        );
        check_extract(
            &JULIA,
            "Manifest.toml",
            &[(
                "not TOML",
                b"[[",
                &[
                    "! Manifest.toml: not a manifest: unquoted keys cannot be empty, \
                     expected letters, numbers, `-`, `_`",
                ],
            )],
        );
    }
}
