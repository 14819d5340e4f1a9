//! Lock files: `Pipfile.lock`, `poetry.lock`, `uv.lock`, `pdm.lock` and `pylock.toml`.

use model::Problem;
use serde::Deserialize;

use super::PYPI;
use crate::lenient::{List, Members, Object, Text, json};
use crate::listing::Listing;
use crate::{Extracted, Input};

/// Largest JSON lock file that is read, in bytes.
const JSON_LIMIT: u64 = 32 << 20;

/// Largest TOML lock file that is read, in bytes. The reader holds the whole document, in up to
/// 60 times as much memory; lock files of large projects have 2 MB.
const TOML_LIMIT: u64 = 8 << 20;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Pin {
    version: Text,
}

/// Sections (`default`, `develop`, custom categories) of packages; a package without a version
/// comes from a repository or a directory.
pub(super) fn extract_pipfile(input: &mut Input<'_>) -> Extracted {
    let sections: Members<Members<Object<Pin>>> = match json(input, JSON_LIMIT) {
        Ok(sections) => sections,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&PYPI, input.file.path);
    for (section, Members(packages)) in &sections.0 {
        if section == "_meta" {
            continue;
        }
        for (name, Object(pin)) in packages {
            let version = pin.as_ref().and_then(|pin| pin.version.as_str());
            if let Some(version) = version.and_then(|v| v.strip_prefix("==")) {
                listing.add(name, version.trim_start_matches('='));
            }
        }
    }
    listing.finish()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TomlLock {
    /// Poetry, uv and pdm.
    package: List<Object<Entry>>,
    /// `pylock.toml` (PEP 751).
    packages: List<Object<Entry>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    name: Text,
    version: Text,
    source: Object<Source>,
    /// `pylock.toml` and pdm: the package is a local directory.
    directory: Object<serde::de::IgnoredAny>,
    path: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Source {
    /// Poetry: `directory`, `file`, `git`, `url`, `legacy`.
    r#type: Text,
    /// uv: the key says the kind.
    editable: Text,
    r#virtual: Text,
    directory: Text,
}

impl Entry {
    fn is_local(&self) -> bool {
        let local = |source: &Source| {
            source.r#type.as_str() == Some("directory")
                || [&source.editable, &source.r#virtual, &source.directory]
                    .iter()
                    .any(|path| path.as_str().is_some())
        };
        self.source.0.as_ref().is_some_and(local)
            || self.directory.0.is_some()
            || self.path.as_str().is_some()
    }
}

pub(super) fn extract_toml(input: &mut Input<'_>) -> Extracted {
    let place = input.file.path;
    let text = match input.text(TOML_LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let lock: TomlLock = match toml::from_str(&text) {
        Ok(lock) => lock,
        Err(error) => {
            let line = error.span().map_or(0, |span| {
                let before = text.as_bytes().iter().take(span.start);
                before.filter(|&&b| b == b'\n').count() + 1
            });
            let what = format!("not the expected TOML: {} at line {line}", error.message());
            return Extracted::problem(Problem::new(place, what));
        }
    };
    let mut listing = Listing::declared(&PYPI, place);
    for Object(entry) in lock.package.0.into_iter().chain(lock.packages.0) {
        let entry = entry.unwrap_or_default();
        if entry.is_local() {
            continue;
        }
        match (entry.name.as_str(), entry.version.as_str()) {
            (Some(name), Some(version)) => {
                listing.add(name, version);
            }
            // PEP 751 leaves the version out where only the source's own build can tell it.
            (Some(_), None) => {}
            (None, _) => listing.problem_with(|| "a package has no name".to_owned()),
        }
    }
    listing.finish()
}
