//! A Debian system: exactly the pairs of source package and CVE that `dpkg` itself gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::scan::{database, feeds, output, same, scan, script, skip};

const TRACKER: &str = "debian/tracker-json-bookworm-from-changelogs-2026-11-22.json";

/// What is put after a fixed version to get one just below it, itself, or just above.
const NEIGHBOURS: [&str; 6] = ["~", "", "+b1", "~deb12u9", ".1", "+really"];

/// Versions tried of one source; each is compared with all its fixes, in a process of its own.
const PER_SOURCE: usize = 6;

/// Versions next to the fixed ones, by source: they show every mistake in the order.
fn neighbours(tracker: &Value) -> BTreeMap<String, Vec<String>> {
    let mut versions = BTreeMap::new();
    for (index, (source, vulnerabilities)) in tracker.as_object().unwrap().iter().enumerate() {
        let fixed: BTreeSet<&str> = vulnerabilities
            .as_object()
            .unwrap()
            .values()
            .filter_map(|v| v["releases"]["bookworm"]["fixed_version"].as_str())
            .filter(|version| *version != "0")
            .collect();
        let step = fixed.len().div_ceil(PER_SOURCE).max(1);
        let near = fixed.iter().step_by(step).enumerate();
        let near = near.map(|(number, version)| {
            let suffix = NEIGHBOURS[(index + number) % NEIGHBOURS.len()];
            match version.split_once(':') {
                // Without the epoch the version is older than every fix.
                Some((_, rest)) if number % 7 == 3 => rest.to_owned(),
                _ => format!("{version}{suffix}"),
            }
        });
        versions.insert(source.clone(), near.collect());
    }
    versions
}

/// The status of a system with one binary for each neighbour, half of which name their source.
fn status(versions: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::new();
    for (source, versions) in versions {
        for (number, version) in versions.iter().enumerate() {
            let (name, named) = if number % 2 == 0 {
                let named = format!("Source: {source} ({version})\nVersion: {version}+b3\n");
                (format!("lib{source}{number}"), named)
            } else {
                let named = format!("Source: {source}\nVersion: {version}\n");
                (format!("{source}-bin{number}"), named)
            };
            write!(
                text,
                "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n\
                 Maintainer: Nobody <nobody@example.org>\n{named}\
                 Description: a neighbour\n\n"
            )
            .unwrap();
        }
    }
    text
}

/// Checks a system with this status, and returns how many pairs it has.
fn check(status: &str, tracker: &Path, database: &Path) -> usize {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("etc")).unwrap();
    fs::create_dir_all(root.path().join("var/lib/dpkg")).unwrap();
    let release = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n\
                   PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
    fs::write(root.path().join("etc/os-release"), release).unwrap();
    let path = root.path().join("var/lib/dpkg/status");
    fs::write(&path, status).unwrap();

    let ours = scan(root.path(), database, |vulnerability, matched| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let (name, version) = (word(&matched["name"]), word(&matched["version"]));
        format!("{name} {version} {}", word(&vulnerability["id"]))
    });
    let text = output(
        Command::new("python3")
            .arg(script("debian.py"))
            .args([&path, tracker]),
        &[],
    );
    let theirs: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    same(&ours, &theirs);
    ours.len()
}

#[test]
fn pairs_are_those_of_dpkg() {
    let Some(feeds) = feeds() else { return };
    if !Path::new("/usr/bin/dpkg").exists() {
        return skip("dpkg is not here");
    }
    let directory = tempfile::tempdir().unwrap();
    let database = database(&feeds, &[TRACKER], directory.path());
    let path = feeds.join(TRACKER);
    let tracker: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();

    let near = neighbours(&tracker);
    let count = near.values().map(Vec::len).sum::<usize>();
    let pairs = check(&status(&near), &path, &database);
    println!("{count} neighbours of fixed versions: {pairs} pairs");
    assert!(count > 60 && pairs > 100, "{count}, {pairs}");

    // The system this runs on, if it is one: nothing made up.
    let own = fs::read_to_string("/etc/debian_version").unwrap_or_default();
    if own.starts_with("12") {
        let status = fs::read_to_string("/var/lib/dpkg/status").unwrap();
        let pairs = check(&status, &path, &database);
        println!("this system: {pairs} pairs");
    }
}
