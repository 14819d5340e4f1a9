//! Crates: the same findings as `cargo audit` from the same advisories.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::scan::{database, feeds, output, same, scan, script};

const OSV: &str = "osv/crates.io/all.zip";

/// Findings of `cargo audit`: vulnerabilities, and warnings, which are about informational
/// advisories.
fn theirs(report: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut put = |mark: &str, finding: &Value| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let package = &finding["package"];
        let (name, version) = (word(&package["name"]), word(&package["version"]));
        found.insert(format!(
            "{name} {version} {}{mark}",
            word(&finding["advisory"]["id"])
        ));
    };
    for finding in report["vulnerabilities"]["list"].as_array().unwrap() {
        put("", finding);
    }
    for warnings in report["warnings"].as_object().unwrap().values() {
        for warning in warnings.as_array().unwrap() {
            put(" informational", warning);
        }
    }
    found
}

#[test]
fn findings_are_those_of_cargo_audit() {
    let Some(feeds) = feeds() else { return };
    // It takes minutes to compile, so it is judge only where it is already there.
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let audit = tools.join("bin/cargo-audit");
    if !audit.exists() {
        println!("skipped: cargo-audit is not in target/tools");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    output(
        Command::new("python3")
            .arg(script("crates_io.py"))
            .arg(feeds.join(OSV))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock"))
            .arg(directory.path()),
        &[],
    );
    let database = database(&feeds, &[OSV], directory.path());
    // Made of every advisory's neighbours, and a real one of 481 crates.
    for (project, least) in [(at("project"), 1000), (script("old-crates"), 50)] {
        let report = output(
            Command::new(&audit)
                .args(["audit", "--no-fetch", "--json", "--db"])
                .arg(at("db"))
                .arg("--file")
                .arg(project.join("Cargo.lock"))
                .current_dir(at("work")),
            &[1],
        );
        let report: Value = serde_json::from_str(&report).unwrap();
        let theirs = theirs(&report);
        let ours = scan(&project, &database, |vulnerability, matched| {
            let word = |value: &Value| value.as_str().unwrap().to_owned();
            let (name, version) = (word(&matched["name"]), word(&matched["version"]));
            let mark = match &vulnerability["severity"] {
                severity if severity == "INFORMATIONAL" => " informational",
                _ => "",
            };
            format!("{name} {version} {}{mark}", word(&matched["advisory"]))
        });
        println!(
            "{} packages, {} findings",
            report["lockfile"]["dependency-count"],
            ours.len()
        );
        assert!(ours.len() > least, "{}", ours.len());
        same(&ours, &theirs);
    }
}
