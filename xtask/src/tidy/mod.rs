//! House rules that a machine can check.

mod functions;
mod text;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Result;

use crate::workspace::Workspace;

/// Longest Rust file, tests included.
const FILE_LINES: usize = 600;

/// Directories whose files are generated: nobody reads them from end to end, so they may be long.
const GENERATED: &[&str] = &[crate::wire::DIRECTORY];

/// Names that say nothing of what a file holds.
const FORBIDDEN_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "misc", "manager", "prelude",
];

/// Complaints about the files of the workspace.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let mut bodies = BTreeMap::new();
    for file in workspace.files()? {
        let path = file.display().to_string();
        if file.ends_with("clippy.toml") && file.components().count() > 1 {
            complaints.push(format!("{path}: replaces the workspace's clippy.toml"));
        }
        let extension = file
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if !matches!(extension, "rs" | "md") {
            continue;
        }
        let text = fs::read_to_string(workspace.root.join(&file))?;
        if extension == "md" {
            complaints.extend(text::links(&workspace.root, &file, &text));
            continue;
        }
        let mut complain = |what: String| complaints.push(format!("{path}: {what}"));
        source(&file, &text).into_iter().for_each(&mut complain);
        // Integration tests of two crates cannot share code without a crate of their own.
        let bodies_of = if path.contains("/tests/") { "" } else { &text };
        for (line, hash) in functions::bodies(bodies_of) {
            if let Some(first) = bodies.insert(hash, format!("{path}:{line}")) {
                complaints.push(format!("{path}:{line}: the same function body as {first}"));
            }
        }
    }
    Ok(complaints)
}

/// Complaints about one Rust file.
fn source(file: &Path, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let stem = file
        .file_stem()
        .and_then(|s| s.to_str())
        .unwrap_or_default();
    if FORBIDDEN_NAMES.contains(&stem) {
        complaints.push(format!("a file may not be called {stem}"));
    }
    let lines = text.lines().count();
    let generated = GENERATED
        .iter()
        .any(|directory| file.starts_with(directory));
    if lines > FILE_LINES && !generated {
        complaints.push(format!("{lines} lines, more than {FILE_LINES}"));
    }
    let first = text.lines().next().unwrap_or_default();
    if !first.starts_with("//! ") {
        complaints.push("the first line must be `//! ` and a sentence".to_owned());
    }
    complaints.extend(text::comments(text));
    complaints.extend(functions::untested(text));
    complaints
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::source;

    #[test]
    fn planted_violations_are_found() {
        let rows = [
            (
                "crates/x/src/utils.rs",
                "//! A file.\n",
                "a file may not be called utils",
            ),
            (
                "crates/x/src/a.rs",
                "fn a() {}\n",
                "the first line must be `//! ` and a sentence",
            ),
            (
                "crates/x/src/a.rs",
                "//! A file.\n// -------- section\n",
                "line 2: a banner",
            ),
            (
                "crates/x/src/a.rs",
                "//! A file.\n#[test]\nfn nothing() {\n    run();\n}\n",
                "line 3: a test without an assertion",
            ),
        ];
        for (path, text, expected) in rows {
            let found = source(Path::new(path), text);
            assert!(found.iter().any(|c| c == expected), "{expected}: {found:?}");
        }
        assert!(source(Path::new("a.rs"), "//! A file.\n\nfn a() {}\n").is_empty());
    }
}
