//! `go.mod` (Go Modules Reference, "go.mod files"): requirements as declared.
//!
//! The `go` and `toolchain` lines are no evidence: they give the least version that may build
//! the module, not the one that did. `go.sum` is none either: it also has modules that were
//! looked at and not chosen.

use std::collections::BTreeMap;

use model::{Evidence, Package, Problem};

use super::{PURL_TYPE, is_directory};
use crate::{Extracted, FileInfo, Input};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// Not those in the module cache or a vendor folder, which declare what others need.
pub(super) fn is_go_mod(file: &FileInfo<'_>) -> bool {
    file.file_name() == "go.mod"
        && !file.path.contains("pkg/mod/")
        && !file
            .path
            .split('/')
            .any(|part| part == "vendor" || part == "testdata")
}

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    let mut required = Vec::new();
    let mut replaced = BTreeMap::new();
    let mut block = "";
    for (number, line) in text.lines().enumerate() {
        let (line, comment) = line.split_once("//").unwrap_or((line, ""));
        let words: Vec<_> = line.split_whitespace().collect();
        let (verb, arguments) = match words.as_slice() {
            [] => continue,
            [")"] => {
                block = "";
                continue;
            }
            [verb, "("] => {
                block = verb;
                continue;
            }
            arguments if !block.is_empty() => (block, arguments),
            [verb, arguments @ ..] => (*verb, arguments),
        };
        let arguments: Vec<_> = arguments
            .iter()
            .map(|a| a.trim_matches(['"', '`']))
            .collect();
        match (verb, arguments.as_slice()) {
            ("require", [path, version]) => {
                required.push((
                    (*path).to_owned(),
                    (*version).to_owned(),
                    comment.trim().starts_with("indirect"),
                ));
            }
            ("replace", [old, "=>", new @ ..]) => {
                replaced.insert(((*old).to_owned(), None), owned(new));
            }
            ("replace", [old, version, "=>", new @ ..]) => {
                replaced.insert(((*old).to_owned(), Some((*version).to_owned())), owned(new));
            }
            ("require" | "replace", _) => extracted.note(input.file.path, || {
                let place = format!("{}:{}", input.file.path, number + 1);
                Problem::new(place, format!("{verb} line is not understood"))
            }),
            _ => {}
        }
    }
    extracted.packages = required
        .into_iter()
        .filter_map(|(path, version, indirect)| {
            let replacement = replaced
                .get(&(path.clone(), Some(version.clone())))
                .or_else(|| replaced.get(&(path.clone(), None)));
            declared((path, version), replacement, indirect)
        })
        .collect();
    extracted
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The package of a requirement; none if a directory stands in for it.
fn declared(
    (path, version): (String, String),
    replacement: Option<&Vec<String>>,
    indirect: bool,
) -> Option<Package> {
    let mut package = match replacement.map(Vec::as_slice) {
        None => Package::new(PURL_TYPE, path, version),
        Some([directory, ..]) if is_directory(directory) => return None,
        Some([new, new_version]) => {
            let mut package = Package::new(PURL_TYPE, new, new_version);
            let old = format!("{path}@{version}");
            package.properties.push(("replaces".to_owned(), old));
            package
        }
        Some(_) => return None,
    };
    package.evidence = Evidence::Declared;
    if indirect {
        package
            .properties
            .insert(0, ("indirect".to_owned(), "true".to_owned()));
    }
    Some(package)
}
