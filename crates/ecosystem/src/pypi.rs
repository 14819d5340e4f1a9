//! Python packages: metadata of installed distributions, requirement files and lock files.
//!
//! Installed is a distribution whose own metadata was seen: `*.dist-info/METADATA` (PEP 427),
//! `*.egg-info` and eggs (setuptools). Conda's `conda-meta/*.json` is not read: its names are
//! conda's, which PyPI's advisories do not know, and the Python distributions it installs have
//! their `dist-info` beside it. Requirement and lock files declare, unless they lie inside an
//! installed package, whose authors they served; the project itself, found there as a local
//! directory, is not a package of the index.

use model::PurlType;

use crate::{Ecosystem, Extractor, FileInfo, version};

mod egg;
mod lock;
mod metadata;
mod requirements;

/// The Python Package Index.
pub static PYPI: Ecosystem = Ecosystem {
    purl_type: PurlType::new("pypi"),
    title: "Python packages",
    osv_name: Some("PyPI"),
    normalize_name,
    scheme: &version::pep440::PEP440,
    extractors: &[
        Extractor {
            name: "pypi/metadata",
            version: 1,
            wants: is_metadata,
            magic: &[],
            extract: metadata::extract,
        },
        Extractor {
            name: "pypi/egg",
            version: 1,
            wants: |file| file.path.strip_suffix(".egg").is_some(),
            magic: &[b"PK\x03\x04"],
            extract: egg::extract,
        },
        Extractor {
            name: "pypi/requirements",
            version: 1,
            wants: is_requirements,
            magic: &[],
            extract: requirements::extract,
        },
        Extractor {
            name: "pypi/pipfile-lock",
            version: 1,
            wants: |file| file.is_named("Pipfile.lock") && !is_in_package(file.path),
            magic: &[],
            extract: lock::extract_pipfile,
        },
        Extractor {
            name: "pypi/toml-lock",
            version: 1,
            wants: is_toml_lock,
            magic: &[],
            extract: lock::extract_toml,
        },
    ],
};

/// Lower case with each run of `-`, `_` and `.` as one `-` (PEP 503, "Normalized Names").
fn normalize_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        if !matches!(c, '-' | '_' | '.') {
            normal.push(c.to_ascii_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    normal
}

fn is_metadata(file: &FileInfo<'_>) -> bool {
    let path = file.path;
    match path.as_bytes().last() {
        Some(b'A') => path.ends_with(".dist-info/METADATA"),
        Some(b'O') => {
            path.ends_with(".egg-info/PKG-INFO") || path.ends_with(".egg/EGG-INFO/PKG-INFO")
        }
        Some(b'o') => path.ends_with(".egg-info"),
        _ => false,
    }
}

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`, and any text file in a
/// directory `requirements`.
fn is_requirements(file: &FileInfo<'_>) -> bool {
    let Some(stem) = file.path.strip_suffix(".txt") else {
        return false;
    };
    let (directory, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    (name.starts_with("requirements")
        || name.ends_with("requirements")
        || directory.rsplit('/').next() == Some("requirements"))
        && !is_in_package(directory)
}

fn is_in_package(path: &str) -> bool {
    path.contains("/site-packages/") || path.contains("/dist-packages/")
}

/// `pylock.NAME.toml` is allowed beside `pylock.toml` (Python packaging specifications, "pylock.toml").
fn is_toml_lock(file: &FileInfo<'_>) -> bool {
    let path = file.path;
    if path.strip_suffix(".lock").is_none() && path.strip_suffix(".toml").is_none() {
        return false;
    }
    let name = file.file_name();
    let is_lock = matches!(name, "poetry.lock" | "uv.lock" | "pdm.lock")
        || name
            .strip_prefix("pylock.")
            .is_some_and(|rest| rest == "toml" || rest.strip_suffix(".toml").is_some());
    is_lock && !is_in_package(file.path)
}

#[cfg(test)]
mod tests;
