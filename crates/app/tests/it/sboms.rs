//! Bills of materials by Syft, Trivy and Lynkeus itself, read again: the same packages and
//! vulnerabilities as a scan of the system they describe.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::root;
use crate::scan::{output, tool};

/// Name, version and source of every package, and every vulnerability with its package.
fn facts(report: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let packages = report["packages"].as_array().unwrap();
    let line = |p: &Value| {
        format!(
            "{} {} {} from {}",
            p["type"], p["name"], p["version"], p["source"]
        )
    };
    let mut found = BTreeSet::new();
    for vulnerability in report["vulnerabilities"].as_array().unwrap() {
        for package in vulnerability["packages"].as_array().unwrap() {
            found.insert(format!("{} {}", vulnerability["id"], package["name"]));
        }
    }
    (packages.iter().map(line).collect(), found)
}

/// The report on `target`, or on the document `input` at standard input.
fn scan(directory: &Path, target: &str, input: Option<&Path>) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynkeus"));
    command
        .args([
            "scan",
            target,
            "--db",
            "advisories.lkdb",
            "--output",
            "json",
        ])
        .args(["--data-dir", "data"])
        .current_dir(directory);
    if let Some(input) = input {
        command.stdin(File::open(input).unwrap());
    }
    serde_json::from_str(&output(&mut command, &[])).unwrap()
}

#[track_caller]
fn check(directory: &Path, documents: &[&str]) {
    let expected = facts(&scan(directory, "root", None));
    assert!(!expected.1.is_empty(), "something is affected");
    for name in documents {
        let report = scan(directory, name, None);
        assert_eq!(report["target"]["kind"], "sbom", "{name}");
        assert_eq!(report["problems"], Value::Array(Vec::new()), "{name}");
        let (packages, found) = facts(&report);
        let (missing, extra) = (
            expected.0.difference(&packages),
            packages.difference(&expected.0),
        );
        let difference: Vec<_> = missing
            .map(|p| format!("- {p}"))
            .chain(extra.map(|p| format!("+ {p}")))
            .collect();
        assert_eq!(difference, [""; 0], "{name}");
        assert_eq!(found, expected.1, "{name}");
        let piped = scan(directory, "-", Some(&directory.join(name)));
        assert_eq!(facts(&piped), expected, "{name} by standard input");
    }
}

#[test]
fn own_documents_are_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(_) = root::make(directory) else {
        return;
    };
    root::database(directory);
    for (name, arguments) in [
        ("own-1.4.json", &["--spec-version", "1.4"][..]),
        ("own-1.6.json", &[]),
        ("own.spdx.json", &["--output", "spdx"]),
    ] {
        output(
            Command::new(env!("CARGO_BIN_EXE_lynkeus"))
                .args(["sbom", "root", "--data-dir", "data", "--output-file", name])
                .args(arguments)
                .current_dir(directory),
            &[],
        );
    }
    check(
        directory,
        &["own-1.4.json", "own-1.6.json", "own.spdx.json"],
    );
}

#[test]
fn documents_of_syft_and_trivy_name_the_same_packages() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(_) = root::make(directory) else {
        return;
    };
    let (Some(syft), Some(trivy)) = (tool("bin/syft"), tool("bin/trivy")) else {
        return;
    };
    let (syft, trivy) = (
        fs::canonicalize(syft).unwrap(),
        fs::canonicalize(trivy).unwrap(),
    );
    root::database(directory);
    output(
        Command::new(syft)
            .args(["--quiet", "scan", "dir:root"])
            .args([
                "-o",
                "cyclonedx-json=syft.cdx.json",
                "-o",
                "cyclonedx-xml=syft.cdx.xml",
            ])
            .args([
                "-o",
                "spdx-json=syft.spdx.json",
                "-o",
                "spdx-tag-value=syft.spdx",
            ])
            .env("SYFT_CHECK_FOR_APP_UPDATE", "false")
            .env("HOME", directory)
            .current_dir(directory),
        &[],
    );
    for (format, name) in [
        ("cyclonedx", "trivy.cdx.json"),
        ("spdx-json", "trivy.spdx.json"),
        ("spdx", "trivy.spdx"),
    ] {
        output(
            Command::new(&trivy)
                .args(["rootfs", "--quiet", "--offline-scan", "--skip-db-update"])
                .args([
                    "--format",
                    format,
                    "--output",
                    name,
                    "--cache-dir",
                    "cache",
                    "root",
                ])
                .env("HOME", directory)
                .current_dir(directory),
            &[],
        );
    }
    check(
        directory,
        &[
            "syft.cdx.json",
            "syft.cdx.xml",
            "syft.spdx.json",
            "syft.spdx",
            "trivy.cdx.json",
            "trivy.spdx.json",
            "trivy.spdx",
        ],
    );
}
