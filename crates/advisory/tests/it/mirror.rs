//! Finds the mirror of real feeds and imports files of it.

use std::fs::File;
use std::path::{Path, PathBuf};

use lynkeus_advisory::{Imported, Item, Limits, feeds_for, import};
use model::{Advisory, Facts};

/// What a file of the mirror held.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) imported: Imported,
    pub(crate) advisories: Vec<Advisory>,
    pub(crate) facts: Vec<Facts>,
}

/// The directory with the feeds: `LYNKEUS_FEEDS`, or `shared/feeds` beside the repository.
pub(crate) fn feeds() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let named = std::env::var("LYNKEUS_FEEDS").ok().map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds");
    let root = named.unwrap_or(beside);
    if root.is_dir() {
        return Some(root);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "no feeds at {}",
        root.display()
    );
    #[expect(clippy::print_stdout, reason = "says why nothing is checked")]
    {
        println!("skipped: no feeds at {}", root.display());
    }
    None
}

/// Imports a file by the first feed that reads it.
pub(crate) fn read(root: &Path, path: &str) -> Read {
    let feed = feeds_for(path)
        .next()
        .unwrap_or_else(|| panic!("no feed reads {path}"));
    let mut file = File::open(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut advisories = Vec::new();
    let mut facts = Vec::new();
    let imported = import(
        feed,
        path,
        &mut file,
        &Limits::DEFAULT,
        &mut |item| match item {
            Item::Advisory(advisory) => advisories.push(*advisory),
            Item::Facts(fact) => facts.push(*fact),
            Item::Problem(problem) | Item::Cut(problem) => panic!("the sink got {problem}"),
        },
    );
    assert_eq!(imported.advisories, advisories.len() as u64, "{path}");
    assert_eq!(imported.facts, facts.len() as u64, "{path}");
    Read {
        imported,
        advisories,
        facts,
    }
}

/// The paths of the files below `directory`, sorted.
pub(crate) fn files(root: &Path, directory: &str) -> Vec<String> {
    let entries =
        std::fs::read_dir(root.join(directory)).unwrap_or_else(|e| panic!("{directory}: {e}"));
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.unwrap_or_else(|e| panic!("{directory}: {e}"));
        let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(root, &path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
