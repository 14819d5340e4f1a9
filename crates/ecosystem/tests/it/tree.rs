//! Runs extractors over real directories.
#![expect(clippy::unwrap_used, reason = "only tests call it")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use lynkeus_ecosystem::{Ecosystem, Extracted, FileInfo};
use model::Evidence;

use crate::extraction::extract;
use crate::tool;

/// Distinct names and versions.
pub(crate) type Names = BTreeSet<(String, String)>;

/// What a file of a tree said, by the file's path from the root of the tree.
pub(crate) type Found = Vec<(String, Extracted)>;

/// Everything that `ecosystem` reads below `root`; symbolic links are not followed.
pub(crate) fn extract_tree(ecosystem: &Ecosystem, root: &Path) -> Found {
    let mut found = Found::new();
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            let file = entry.path();
            let path = file.strip_prefix(root).unwrap().to_str().unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                directories.push(file);
            } else if kind.is_file() && is_wanted(ecosystem, path) {
                let content = std::fs::read(&file).unwrap();
                let extracted = extract(ecosystem, path, &content);
                for package in &extracted.packages {
                    let key = (ecosystem.scheme.key)(&package.version);
                    assert!(key.is_some(), "{path}: {package:?}");
                }
                found.push((path.to_owned(), extracted));
            }
        }
    }
    found
}

fn is_wanted(ecosystem: &Ecosystem, path: &str) -> bool {
    let file = FileInfo {
        path,
        size: 1,
        mode: 0o644,
    };
    ecosystem.extractors.iter().any(|e| (e.wants)(&file))
}

/// The packages of one kind of evidence from files that `keep` accepts, none of which may have
/// a problem.
pub(crate) fn names(found: &Found, evidence: Evidence, keep: fn(&str) -> bool) -> Names {
    let kept = found.iter().filter(|(path, _)| keep(path));
    let mut names = Names::new();
    for (path, extracted) in kept {
        assert_eq!(extracted.problems, [], "{path}");
        for package in extracted.packages.iter().filter(|p| p.evidence == evidence) {
            names.insert((package.name.clone(), package.version.clone()));
        }
    }
    names
}

/// What a program prints when it runs in `directory`.
pub(crate) fn output(program: &str, arguments: &[&str], directory: &Path) -> Option<String> {
    tool::output(Command::new(program).args(arguments).current_dir(directory))
}

/// A directory that `make` fills once and later runs find again; a new content needs a new
/// `name`.
pub(crate) fn cached(name: &str, make: impl FnOnce(&Path) -> Option<()>) -> Option<PathBuf> {
    let done = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if !done.is_dir() {
        let new = tool::directory(&format!("{name}.{}", std::process::id()));
        make(&new)?;
        // A test running beside this one may have been first.
        if std::fs::rename(&new, &done).is_err() {
            std::fs::remove_dir_all(&new).unwrap();
        }
    }
    Some(done)
}
