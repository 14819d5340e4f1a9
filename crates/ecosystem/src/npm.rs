//! npm packages: installed `package.json` files, and the lock files of npm, yarn, pnpm and bun.
//!
//! Installed is a package whose own `package.json` stands in a `node_modules` directory, or in a
//! directory that release archives name after package and version. A lock file declares; one
//! inside `node_modules` is part of a published package and is not read, and neither is
//! `node_modules/.package-lock.json`, which repeats what stands beside it. The project's own
//! parts (root, workspaces, links) come from no registry and are not packages of it.

use model::PurlType;
use serde::Deserialize;

use crate::lenient::{Licenses, Object, Text, json_object, json_value};
use crate::listing::Listing;
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

mod bun;
mod package_lock;
mod pnpm;
mod yarn;

/// npm's registry.
pub static NPM: Ecosystem = Ecosystem {
    purl_type: PurlType::new("npm"),
    title: "npm packages",
    osv_name: Some("npm"),
    normalize_name: str::to_owned,
    scheme: &version::npm::NPM,
    extractors: &[
        Extractor {
            name: "npm/package-json",
            version: 1,
            wants: is_package_json,
            magic: &[],
            extract: extract_package_json,
        },
        Extractor {
            name: "npm/package-lock",
            version: 1,
            wants: |file| is_lock(file, &["package-lock.json", "npm-shrinkwrap.json"]),
            magic: &[],
            extract: package_lock::extract,
        },
        Extractor {
            name: "npm/yarn-lock",
            version: 1,
            wants: |file| is_lock(file, &["yarn.lock"]),
            magic: &[],
            extract: yarn::extract,
        },
        Extractor {
            name: "npm/pnpm-lock",
            version: 1,
            wants: |file| is_lock(file, &["pnpm-lock.yaml"]),
            magic: &[],
            extract: pnpm::extract,
        },
        Extractor {
            name: "npm/bun-lock",
            version: 1,
            wants: |file| is_lock(file, &["bun.lock"]),
            magic: &[],
            extract: bun::extract,
        },
    ],
};

/// Largest `package.json` that is read, in bytes.
const PACKAGE_JSON_LIMIT: u64 = 4 << 20;

/// Largest lock file that is read, in bytes.
const LOCK_LIMIT: u64 = 32 << 20;

fn is_package_json(file: &FileInfo<'_>) -> bool {
    file.path.strip_suffix("/package.json").is_some_and(|dir| {
        is_module_directory(dir) || (!is_in_node_modules(dir) && is_named_after_version(dir))
    })
}

fn is_lock(file: &FileInfo<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| file.is_named(name)) && !is_in_node_modules(file.path)
}

fn is_in_node_modules(path: &str) -> bool {
    path.starts_with("node_modules/") || path.contains("/node_modules/")
}

/// Whether a directory is `node_modules/NAME` or `node_modules/@SCOPE/NAME`.
fn is_module_directory(directory: &str) -> bool {
    let mut components = directory.rsplit('/');
    let name = components.next().unwrap_or_default();
    let parent = components.next().unwrap_or_default();
    parent == "node_modules" && !name.starts_with(['.', '@'])
        || parent.starts_with('@') && components.next() == Some("node_modules")
}

/// Whether the last component of a directory can hold a version. What it holds is compared when
/// the file has been read.
fn is_named_after_version(directory: &str) -> bool {
    let last = directory.rsplit('/').next().unwrap_or(directory);
    last.contains('.') && last.contains(|c: char| c.is_ascii_digit())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PackageJson {
    name: Text,
    version: Text,
    license: Licenses,
    licenses: Licenses,
}

fn extract_package_json(input: &mut Input<'_>) -> Extracted {
    let path = input.file.path;
    let mut listing = Listing::installed(&NPM, path);
    let package = match input.bytes(PACKAGE_JSON_LIMIT).map(|b| package_json(&b)) {
        Ok(Ok(package)) => package,
        Ok(Err(what)) => {
            listing.problem_with(|| what);
            return listing.finish();
        }
        Err(problem) => return Extracted::problem(problem),
    };
    // A directory without a name and version is no published package: test data, or a
    // `{"type": "module"}` marker.
    if let (Some(name), Some(version)) = (package.name.as_str(), package.version.as_str())
        && !name.is_empty()
        && !version.is_empty()
    {
        let directory = path.strip_suffix("/package.json").unwrap_or(path);
        if is_module_directory(directory) || is_named(directory, name, version) {
            let mut licenses = package.license.0;
            licenses.extend(package.licenses.0);
            listing.add_licensed(name, version, &licenses);
        }
    }
    listing.finish()
}

/// JSON allows a member twice and npm then takes the last one, where a derived reader refuses.
fn package_json(bytes: &[u8]) -> Result<PackageJson, String> {
    json_object(bytes).or_else(|error| {
        let value: serde_json::Value = json_value(bytes)?;
        match serde_json::from_value(value) {
            Ok(Object(Some(package))) => Ok(package),
            Ok(Object(None)) | Err(_) => Err(error),
        }
    })
}

/// Whether a directory is called `NAME-VERSION`, `NAME-vVERSION` (release archives, as that of
/// yarn in the images of Node.js) or `NAME/VERSION` (the cache of corepack).
fn is_named(directory: &str, name: &str, version: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let (parent, last) = directory.rsplit_once('/').unwrap_or(("", directory));
    if last == version {
        return parent.rsplit('/').next() == Some(name);
    }
    last.strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| rest.strip_prefix('v').unwrap_or(rest) == version)
}

/// A version of the registry, as opposed to a URL, a path or a range.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['/', ':', ' '])
}

/// Splits `NAME@REST`; the first character of a name may itself be `@`.
fn split_spec(spec: &str) -> Option<(&str, &str)> {
    let scope = usize::from(spec.starts_with('@'));
    let at = spec.get(scope..)?.find('@')? + scope;
    Some((spec.get(..at)?, spec.get(at + 1..)?))
}

#[cfg(test)]
mod tests;
