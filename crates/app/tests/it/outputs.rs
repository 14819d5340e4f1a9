//! Every output is valid by its format's own schema or validator, and says what was found.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::root;
use crate::scan::{output, script, tool};

/// Runs the command in `directory` and returns what it prints.
fn lynkeus(directory: &Path, arguments: &[&str]) -> String {
    output(
        Command::new(env!("CARGO_BIN_EXE_lynkeus"))
            .args(["--data-dir", "data"])
            .args(arguments)
            .current_dir(directory),
        &[],
    )
}

/// A statement that the second vulnerability affects nothing in the target.
fn vex() -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex/1",
        "author": "Somebody",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": [{
            "vulnerability": {"name": "CVE-2099-0002"},
            "products": [{"@id": "root"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_present",
        }],
    })
}

#[test]
fn every_output_is_valid() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(_) = root::make(directory) else {
        return;
    };
    let Some(python) = tool("bin/python3") else {
        return;
    };
    root::database(directory);
    fs::write(directory.join("vex.json"), vex().to_string()).unwrap();
    let scan = |format| {
        [
            "scan",
            "root",
            "--db",
            "advisories.lkdb",
            "--vex",
            "vex.json",
            "--output",
            format,
        ]
    };
    let rows = [
        ("cyclonedx 1.6", &scan("cyclonedx")[..]),
        ("spdx", &scan("spdx")),
        ("sarif", &scan("sarif")),
        ("html", &scan("html")),
        ("cyclonedx 1.4", &["sbom", "root", "--spec-version", "1.4"]),
        ("cyclonedx 1.5", &["sbom", "root", "--spec-version", "1.5"]),
        ("cyclonedx 1.6", &["sbom", "root"]),
        ("spdx", &["sbom", "root", "--output", "spdx"]),
    ];
    let check = &|number: usize, kind: &str, arguments: &[&str]| {
        // The SPDX tools go by the name.
        let path = directory.join(format!("{number}.spdx.json"));
        fs::write(&path, lynkeus(directory, arguments)).unwrap();
        let mut command = Command::new(&python);
        output(command.arg(script("validate.py")).arg(kind).arg(&path), &[]);
    };
    // Each validator takes seconds to read its schema.
    std::thread::scope(|threads| {
        for (number, (kind, arguments)) in rows.into_iter().enumerate() {
            threads.spawn(move || check(number, kind, arguments));
        }
    });
}

#[test]
fn vulnerabilities_are_said_in_cyclonedx_and_spdx() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(_) = root::make(directory) else {
        return;
    };
    root::database(directory);
    fs::write(directory.join("vex.json"), vex().to_string()).unwrap();
    let read = |format| -> Value {
        let arguments = [
            "scan",
            "root",
            "--db",
            "advisories.lkdb",
            "--vex",
            "vex.json",
            "--output",
        ];
        let text = lynkeus(directory, &[&arguments[..], &[format]].concat());
        serde_json::from_str(&text).unwrap()
    };
    let document = read("cyclonedx");
    let entry = |id: &str| {
        let entries = document["vulnerabilities"].as_array().unwrap();
        let of_id: Vec<&Value> = entries.iter().filter(|e| e["id"] == id).collect();
        assert_eq!(of_id.len(), 1, "{id}");
        of_id[0]
    };
    let bash = entry("CVE-2099-0001");
    assert_eq!(bash["ratings"][0]["score"], 9.8);
    assert_eq!(bash["ratings"][0]["method"], "CVSSv31");
    assert_eq!(bash["recommendation"], "upgrade bash to 99:1");
    assert_eq!(bash["cwes"], json!([79]));
    let affected = bash["affects"][0]["ref"].as_str().unwrap();
    let components = document["components"].as_array().unwrap();
    assert!(
        components
            .iter()
            .any(|c| c["bom-ref"] == affected && c["name"] == "bash")
    );
    assert_eq!(bash.get("analysis"), None);
    assert_eq!(entry("CVE-2099-0002")["analysis"]["state"], "not_affected");
    let jinja = entry("GHSA-aaaa-bbbb-cccc");
    assert_eq!(jinja["affects"][0]["ref"], "pkg:pypi/jinja2@2.10");

    let document = read("spdx");
    let packages = document["packages"].as_array().unwrap();
    let security = |name: &str| {
        let of_name = packages.iter().find(|p| p["name"] == name).unwrap();
        let references = of_name["externalRefs"].as_array().unwrap();
        references
            .iter()
            .filter(|r| r["referenceCategory"] == "SECURITY")
            .count()
    };
    assert_eq!(security("bash"), 1);
    assert_eq!(security("grep"), 0, "what VEX suppresses is not said");
}
