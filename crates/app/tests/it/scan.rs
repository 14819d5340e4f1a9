//! Builds a database from real feeds and scans with the command itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use advisory::Limits;
use advisory::database::BuildOptions;
use model::Timestamp;
use serde_json::Value;
use sources::mirror::{Request, build};

/// Says why a test does nothing; where everything must run, that is a failure.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    println!("skipped: {why}");
}

/// The directory of real feeds, none (with a note) if it is not here.
pub(crate) fn feeds() -> Option<PathBuf> {
    let named = std::env::var_os("LYNKEUS_FEEDS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds");
    let root = named.unwrap_or(beside);
    if root.is_dir() {
        return Some(root);
    }
    skip(&format!("no feeds at {}", root.display()));
    None
}

/// A program or file of `target/tools`, none (with a note) if it is not installed.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let path = tools.join(path);
    if path.exists() {
        return Some(path);
    }
    skip(&format!(
        "{} is missing: run `cargo xtask setup`",
        path.display()
    ));
    None
}

/// A script beside these tests.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(name)
}

/// What a command prints; it must succeed, unless `codes` allows more.
pub(crate) fn output(command: &mut Command, codes: &[i32]) -> String {
    let output = command.output().unwrap();
    let code = output.status.code();
    assert!(
        code == Some(0) || code.is_some_and(|code| codes.contains(&code)),
        "{command:?}: {:?}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A database of some files of the feeds.
pub(crate) fn database(feeds: &Path, files: &[&str], directory: &Path) -> PathBuf {
    let mirror = directory.join("mirror");
    for file in files {
        let target = mirror.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(feeds.join(file), target).unwrap();
    }
    let request = Request {
        options: BuildOptions {
            prose: false,
            only_referenced: false,
            built: Timestamp::UNIX_EPOCH,
        },
        limits: Limits::DEFAULT,
        feeds: &[],
        exclude: &[],
        trouble: &BTreeMap::new(),
        before: &[],
        threads: 2,
        scratch: directory,
    };
    let built = build(&mirror, &request, &mut |_| {}).unwrap();
    assert_eq!(built.failures().count(), 0);
    let path = directory.join("advisories.lkdb");
    fs::write(&path, built.bytes.as_ref()).unwrap();
    path
}

/// Every match of a scan, one string each, as `show` makes it of vulnerability and match.
pub(crate) fn scan(
    target: &Path,
    database: &Path,
    show: impl Fn(&Value, &Value) -> String,
) -> BTreeSet<String> {
    let data = tempfile::tempdir().unwrap();
    let text = output(
        Command::new(env!("CARGO_BIN_EXE_lynkeus"))
            .args(["scan", "--declared", "--output", "json", "--db"])
            .arg(database)
            .arg("--data-dir")
            .arg(data.path())
            .arg(target)
            .current_dir(data.path()),
        &[],
    );
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["complete"], true, "{}", report["problems"]);
    let mut found = BTreeSet::new();
    for vulnerability in report["vulnerabilities"].as_array().unwrap() {
        for package in vulnerability["packages"].as_array().unwrap() {
            for matched in package["matches"].as_array().unwrap() {
                found.insert(show(vulnerability, matched));
            }
        }
    }
    found
}

/// Fails with what only one of the two has.
pub(crate) fn same(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) {
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        let lines: Vec<_> = a.difference(b).cloned().collect();
        let count = lines.len();
        let some: Vec<_> = lines.into_iter().take(25).collect();
        format!("{count}\n  {}", some.join("\n  "))
    };
    assert!(
        ours == theirs,
        "only ours: {}\nonly theirs: {}",
        only(ours, theirs),
        only(theirs, ours)
    );
}
