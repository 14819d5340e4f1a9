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

/// The database calls the severity of every package `important`, which means high.
#[test]
fn words_of_publishers_are_shown_where_they_differ() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(_) = root::make(directory) else {
        return;
    };
    root::database(directory);
    let run = |more: &[&str]| {
        let scan = ["scan", "root", "--db", "advisories.lkdb"];
        lynkeus(directory, &[&scan, more].concat())
    };
    let read = |format| -> Value { serde_json::from_str(&run(&["--output", format])).unwrap() };
    let (json, cyclonedx, sarif) = (read("json"), read("cyclonedx"), read("sarif"));
    let of = |list: &Value, id: &str| -> Value {
        let mut entries = list.as_array().unwrap().iter();
        entries.find(|entry| entry["id"] == id).unwrap().clone()
    };
    let (table, page) = (run(&[]), run(&["--output", "html"]));
    assert_eq!(
        page.matches("severity by debian-tracker: important")
            .count(),
        1
    );
    assert_eq!(page.matches("severity by").count(), 1);
    for (id, severity, score, reason) in [
        // Its CVSS 3 score decides, and the word says less.
        (
            "CVE-2099-0001",
            "critical",
            "9.8",
            "CVSS 3.1 base score 9.8 by NVD is CRITICAL",
        ),
        // CVSS 4 does not decide: the word does.
        (
            "CVE-2099-0002",
            "high",
            "7.0",
            "no CVSS 3 or 2 score; debian-tracker calls it important",
        ),
        (
            "GHSA-aaaa-bbbb-cccc",
            "high",
            "7.0",
            "no CVSS 3 or 2 score; osv calls it important",
        ),
    ] {
        let found = of(&json["vulnerabilities"], id);
        assert_eq!(found["severity"], severity.to_uppercase(), "{id}");
        assert_eq!(found["severityReason"], reason);
        let matched = &found["packages"][0]["matches"][0];
        let word = json!({"word": "important", "severity": "HIGH"});
        assert_eq!(matched["vendorSeverity"], word, "{id}");
        let rating = of(&cyclonedx["vulnerabilities"], id)["ratings"][0].clone();
        assert_eq!(rating["severity"], severity);
        assert_eq!(rating["justification"], reason);
        let rule = of(&sarif["runs"][0]["tool"]["driver"]["rules"], id);
        assert_eq!(rule["properties"]["security-severity"], score);
        assert_eq!(rule["help"]["text"], reason);
        let row = table.lines().find(|line| line.contains(id)).unwrap();
        assert_eq!(
            row.contains("debian-tracker: important"),
            score == "9.8",
            "{row}"
        );
        assert!(page.contains(reason), "{id}");
        let why = run(&["--explain", id]);
        assert!(
            why.contains("calls its severity important, which is HIGH"),
            "{why}"
        );
    }
}

#[test]
fn a_system_without_advisories_is_said_first() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some(root) = root::make(directory) else {
        return;
    };
    root::database(directory);
    // More trouble than a table shows.
    for number in 0..12 {
        let broken = root.join(format!("srv/{number}/package-lock.json"));
        fs::create_dir_all(broken.parent().unwrap()).unwrap();
        fs::write(broken, "{").unwrap();
    }
    let scan = [
        "scan",
        "root",
        "--db",
        "advisories.lkdb",
        "--fail-on",
        "low",
    ];
    let run = |expected: i32, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lynkeus"));
        command.args(["--data-dir", "data"]).args(scan).args(more);
        let output = command.current_dir(directory).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    for (name, id, version, what) in [
        (
            "Debian GNU/Linux 11",
            "debian",
            "11",
            "the advisory database holds nothing about Debian:11: its packages are not matched",
        ),
        (
            "Slackware 15.0",
            "slackware",
            "15.0",
            "no advisories are known for the packages of Slackware 15.0: only language packages \
             and binaries are matched",
        ),
    ] {
        let release = format!("PRETTY_NAME=\"{name}\"\nID={id}\nVERSION_ID=\"{version}\"\n");
        fs::write(root.join("etc/os-release"), release).unwrap();
        // The Python package is matched all the same.
        let document: Value = serde_json::from_str(&run(1, &["--output", "json"])).unwrap();
        let found = document["vulnerabilities"].as_array().unwrap().iter();
        let mut ids = found
            .map(|v| &v["id"])
            .filter(|id| **id != "IN-DISCONTINUED-001");
        assert_eq!(ids.next(), Some(&json!("GHSA-aaaa-bbbb-cccc")), "{name}");
        assert_eq!(ids.next(), None, "{name}");
        assert_eq!(document["problems"][0]["place"], "operating system");
        assert_eq!(document["problems"][0]["what"], what);
        assert!(document["packages"].as_array().unwrap().len() > 100);
        let table = run(1, &[]);
        assert!(
            table.contains(&format!("warning: operating system: {what}")),
            "{table}"
        );
    }
}
