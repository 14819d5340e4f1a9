//! Crates and Python packages: Trivy's findings from the same advisories, differences decided in
//! `docs/decisions/0003-matching-differences.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::scan::{database, feeds, output, same, scan, script, skip, tool};

const CRATES: &str = "osv/crates.io/all.zip";
const PYPI: &str = "osv/PyPI/all.zip";
const METADATA: &str = r#"{"Version":2,"NextUpdate":"2100-01-01T00:00:00Z",
    "UpdatedAt":"2026-01-01T00:00:00Z","DownloadedAt":"2026-01-01T00:00:00Z"}"#;

/// The program that writes Trivy's database, compiled once; none (with a note) without Go.
fn writer() -> Option<PathBuf> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let path = tools.join("trivydb");
    if path.exists() {
        return Some(path);
    }
    let go = [tools.join("bin/go"), PathBuf::from("go")];
    let runs = |go: &&PathBuf| Command::new(go).arg("version").output().is_ok();
    let Some(go) = go.iter().find(runs) else {
        skip("Go is not here");
        return None;
    };
    output(
        Command::new(go)
            .args(["build", "-o"])
            .arg(fs::canonicalize(tools).ok()?.join("trivydb"))
            .arg(".")
            .current_dir(script("trivydb")),
        &[],
    );
    Some(path)
}

fn finding(name: &Value, version: &Value, advisory: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    format!("{} {} {}", word(name), word(version), word(advisory))
}

/// What Trivy finds in a directory.
fn theirs(trivy: &Path, mode: &str, cache: &Path, target: &Path) -> BTreeSet<String> {
    let text = output(
        Command::new(trivy)
            .args([mode, "--quiet", "--skip-db-update", "--offline-scan"])
            .args(["--scanners", "vuln", "--format", "json", "--cache-dir"])
            .arg(cache)
            .arg(target)
            .env("HOME", cache),
        &[],
    );
    let report: Value = serde_json::from_str(&text).unwrap();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    list(&report["Results"])
        .iter()
        .flat_map(|result| list(&result["Vulnerabilities"]))
        .map(|v| {
            let name = v["PkgName"].as_str().unwrap();
            // Trivy shows a distribution's name as its metadata writes it (PEP 503, "Normalized
            // Names"); crates tell `-` from `_`.
            let name = match mode {
                "rootfs" => name.to_lowercase().replace(['_', '.'], "-"),
                _ => name.to_owned(),
            };
            finding(&name.into(), &v["InstalledVersion"], &v["VulnerabilityID"])
        })
        .collect()
}

#[test]
fn findings_are_those_of_trivy() {
    let Some(feeds) = feeds() else { return };
    let (Some(python), Some(trivy)) = (tool("bin/python"), tool("bin/trivy")) else {
        return;
    };
    let Some(writer) = writer() else { return };
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    for name in ["tree", "crates", "cache/db"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    let rows = output(
        Command::new(&python).arg(script("trivy.py")).args([
            feeds.join(CRATES),
            feeds.join(PYPI),
            at("tree"),
        ]),
        &[],
    );
    fs::write(at("rows"), rows).unwrap();
    output(
        Command::new(writer)
            .arg(at("cache/db/trivy.db"))
            .stdin(Stdio::from(fs::File::open(at("rows")).unwrap())),
        &[],
    );
    fs::write(at("cache/db/metadata.json"), METADATA).unwrap();
    output(
        Command::new(&python)
            .arg(script("crates_io.py"))
            .arg(feeds.join(CRATES))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock"))
            .arg(at("crates")),
        &[],
    );
    let database = database(&feeds, &[CRATES, PYPI], directory.path());
    let Some(installed) = tool("old-packages") else {
        return;
    };
    let targets = [
        ("fs", at("crates/project"), 1000),
        ("rootfs", at("tree"), 1000),
        // A real lock file of 481 crates, and 51 packages that pip installed.
        ("fs", script("old-crates"), 50),
        ("rootfs", installed, 100),
    ];
    for (mode, target, least) in targets {
        let theirs = theirs(&trivy, mode, &at("cache"), &target);
        let ours = scan(&target, &database, |_, m| {
            finding(&m["name"], &m["version"], &m["advisory"])
        });
        println!("{mode}: ours {}, Trivy's {}", ours.len(), theirs.len());
        assert!(ours.len() > least, "{mode}: {}", ours.len());
        same(&ours, &theirs);
    }
}
