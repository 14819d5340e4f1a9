//! Finds the operating-system package that owns a language package's evidence file.
//!
//! This is the one place that decides [`model::Package::owned_by`]; matching passes over owned
//! packages because the distribution patches them in place and speaks for them in its own
//! advisories.

use std::collections::HashMap;

use super::state::{File, State};
use crate::extractors::is_system;
use crate::path;
use crate::walk::ByHash;

/// Most names that are tried for one file.
const MAX_NAMES: usize = 64;

/// Sets the owner of every language package whose evidence file a package database lists.
pub(super) fn attribute(state: &State, files: &mut [File]) {
    let mut names: Vec<String> = Vec::new();
    let mut owners: ByHash<usize> = ByHash::default();
    for owned in files.iter_mut().flat_map(|f| f.scanned.owned.drain(..)) {
        for hash in owned.paths {
            owners.entry(hash).or_insert(names.len());
        }
        names.push(owned.package);
    }
    if owners.is_empty() {
        return;
    }
    let mut links: HashMap<String, Vec<&str>> = HashMap::new();
    for (link, target) in state.directory_symlinks() {
        links.entry(target).or_default().push(link);
    }
    for file in files.iter_mut() {
        let is_language = |p: &&mut model::Package| !is_system(p.purl_type.as_str());
        let mut packages = file
            .scanned
            .packages
            .iter_mut()
            .filter(is_language)
            .peekable();
        if packages.peek().is_none() {
            continue;
        }
        let Some(owner) = owner(&file.scanned.path, &owners, &links) else {
            continue;
        };
        for package in packages {
            package.owned_by = names.get(owner).cloned();
        }
    }
}

/// The owner of a path under any name that leads to it.
///
/// Databases write paths as packages ship them: `/lib/x` where the merged `/usr` makes it
/// `/usr/lib/x`. They are kept as hashes, so it is the file's names that are derived.
fn owner(path: &str, owners: &ByHash<usize>, links: &HashMap<String, Vec<&str>>) -> Option<usize> {
    let mut names = vec![path.to_owned()];
    let mut next = 0;
    while let Some(name) = names.get(next).cloned() {
        next += 1;
        if let Some(&owner) = owners.get(&path::hash(&name)) {
            return Some(owner);
        }
        let mut above = path::split(&name).0;
        loop {
            for link in links.get(above).into_iter().flatten() {
                let rest = name.get(above.len()..).unwrap_or_default();
                let alias = path::join(link, rest.trim_start_matches('/'));
                if names.len() < MAX_NAMES && !names.contains(&alias) {
                    names.push(alias);
                }
            }
            if above.is_empty() {
                break;
            }
            above = path::split(above).0;
        }
    }
    None
}
