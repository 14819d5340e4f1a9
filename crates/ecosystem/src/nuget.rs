//! NuGet packages: dependency files of built programs and of the .NET runtime, and lock files.
//!
//! Installed is what a `*.deps.json` says of files that stand beside it; the runtime's own is
//! `shared/FRAMEWORK/VERSION/FRAMEWORK.deps.json`. `packages.lock.json`, `packages.config` and
//! `obj/project.assets.json` belong to a project's sources and declare.

use model::PurlType;

use crate::{Ecosystem, Extractor, FileInfo, version};

mod deps;
mod project;

/// Packages of nuget.org.
pub static NUGET: Ecosystem = Ecosystem {
    purl_type: PurlType::new("nuget"),
    title: "NuGet packages",
    osv_name: Some("NuGet"),
    normalize_name: str::to_lowercase,
    scheme: &version::nuget::NUGET,
    extractors: &[
        Extractor {
            name: "nuget/deps-json",
            version: 1,
            wants: |file| file.path.ends_with(".deps.json"),
            magic: &[],
            extract: deps::extract,
        },
        Extractor {
            name: "nuget/packages-lock",
            version: 1,
            wants: is_packages_lock,
            magic: &[],
            extract: project::extract_lock,
        },
        Extractor {
            name: "nuget/project-assets",
            version: 1,
            wants: |file| file.path.ends_with("obj/project.assets.json"),
            magic: &[],
            extract: project::extract_assets,
        },
        Extractor {
            name: "nuget/packages-config",
            version: 1,
            wants: |file| file.is_named("packages.config"),
            magic: &[],
            extract: project::extract_config,
        },
    ],
};

/// Largest JSON file that is read, in bytes.
const LIMIT: u64 = 32 << 20;

/// A project with a name of its own has `packages.PROJECT.lock.json` (NuGet documentation,
/// "Locking dependencies").
fn is_packages_lock(file: &FileInfo<'_>) -> bool {
    file.path.ends_with(".lock.json") && file.file_name().starts_with("packages.")
}

/// Splits `NAME/VERSION`.
fn split_library(key: &str) -> Option<(&str, &str)> {
    key.split_once('/')
}

#[cfg(test)]
mod tests;
