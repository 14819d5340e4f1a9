//! `package-lock.json` and `npm-shrinkwrap.json`, lock file versions 1 to 3.
//!
//! Format: npm documentation, `package-lock.json`, "File Format".

use serde::Deserialize;

use super::{LOCK_LIMIT, NPM, is_version, split_spec};
use crate::lenient::{Licenses, Members, Object, Text, json};
use crate::listing::Listing;
use crate::{Extracted, Input};

#[derive(Deserialize, Default)]
#[serde(default)]
struct PackageLock {
    packages: Members<Object<Entry>>,
    dependencies: Members<Object<Dependency>>,
}

/// A directory of the tree, in versions 2 and 3.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    name: Text,
    version: Text,
    license: Licenses,
    link: serde::de::IgnoredAny,
}

/// A package and what is nested below it, in version 1.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Dependency {
    version: Text,
    dependencies: Members<Object<Self>>,
}

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let lock: PackageLock = match json(input, LOCK_LIMIT) {
        Ok(lock) => lock,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NPM, input.file.path);
    for (path, Object(entry)) in &lock.packages.0 {
        let Some(entry) = entry else {
            listing.problem_with(|| format!("the entry {path:?} is not an object"));
            continue;
        };
        add_entry(&mut listing, path, entry);
    }
    // Version 2 repeats the tree in the form of version 1 for older clients.
    if lock.packages.0.is_empty() {
        add_dependencies(&mut listing, &lock.dependencies);
    }
    listing.finish()
}

/// Adds a directory of the tree. The root, workspaces and targets of links stand outside
/// `node_modules`; a link has no version.
fn add_entry(listing: &mut Listing<'_>, path: &str, entry: &Entry) {
    let Some((_, directory)) = path.rsplit_once("node_modules/") else {
        return;
    };
    let name = entry.name.as_str().unwrap_or(directory);
    if let Some(version) = entry.version.as_str() {
        listing.add_licensed(name, version, &entry.license.0);
    }
}

fn add_dependencies(listing: &mut Listing<'_>, dependencies: &Members<Object<Dependency>>) {
    for (name, Object(dependency)) in &dependencies.0 {
        let Some(dependency) = dependency else {
            listing.problem_with(|| format!("the dependency {name:?} is not an object"));
            continue;
        };
        match dependency.version.as_str() {
            // `npm:NAME@VERSION` stands for a package installed under another name.
            Some(version) if version.starts_with("npm:") => {
                if let Some((name, version)) = version.strip_prefix("npm:").and_then(split_spec) {
                    listing.add(name, version);
                }
            }
            Some(version) if is_version(version) => {
                listing.add(name, version);
            }
            Some(_) | None => {}
        }
        add_dependencies(listing, &dependency.dependencies);
    }
}
