//! Compares the findings on Debian systems with what `dpkg` says of the tracker's versions.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::{
    USAGE,
    references::printed,
    targets::{self, TARGETS},
};
use crate::workspace::Workspace;

/// Debian 12 without its suites of security and other updates: the state of the last point
/// release, which is behind the tracker.
const SYSTEMS: [&str; 2] = ["debian-minbase", "debian-services"];
/// Where the tracker's document lies in a mirror, and in the feeds of the tests.
const TRACKER: &str = "debian/tracker-json-bookworm-from-changelogs-2026-11-22.json";
/// The recomputation that the tests use too.
const PAIRS: &str = "crates/app/tests/it/debian.py";

/// Prints how many pairs of source package and vulnerability each system has; fails if Lynkeus
/// has one more or one less.
pub(super) fn prove(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (tracker, is_fresh) = parse(arguments)?;
    workspace.cargo(&["build", "--quiet", "-p", "lynkeus"])?;
    let lynkeus = workspace.root.join("target/debug/lynkeus");
    let scratch = workspace.root.join("target/proof/tracker");
    let mirror = scratch.join("mirror/debian");
    fs::create_dir_all(&mirror)?;
    fs::copy(&tracker, mirror.join("tracker.json"))
        .with_context(|| tracker.display().to_string())?;
    let database = scratch.join("advisories.lkdb");
    let mut build = Command::new(&lynkeus);
    build.args(["db", "build"]).arg(scratch.join("mirror"));
    build.args(["--feeds", "debian-tracker", "--output"]);
    printed(build.arg(&database).arg("--data-dir").arg(&scratch))?;
    println!("| System | Source packages | Pairs by dpkg | Pairs by Lynkeus | Only one |");
    println!("|---|---:|---:|---:|---:|");
    let mut differences = 0;
    for target in TARGETS.iter().filter(|t| SYSTEMS.contains(&t.name)) {
        let directory = targets::make(workspace, target, is_fresh)?;
        let root = directory.join("root");
        let mut scan = Command::new(&lynkeus);
        scan.args(["scan", "--output", "json", "--no-cache", "--db"]);
        scan.arg(&database).arg("--data-dir").arg(&scratch);
        let (sources, ours) = pairs(&printed(scan.arg(&root))?)?;
        let status = root.join("var/lib/dpkg/status");
        let mut recompute = Command::new("python3");
        recompute.arg(workspace.root.join(PAIRS)).arg(status);
        let printed = printed(recompute.arg(&tracker))?;
        let theirs: BTreeSet<String> = printed.lines().map(str::to_owned).collect();
        let only: Vec<&String> = ours.symmetric_difference(&theirs).collect();
        println!(
            "| {} | {sources} | {} | {} | {} |",
            target.name,
            theirs.len(),
            ours.len(),
            only.len()
        );
        for pair in &only {
            let sign = if ours.contains(*pair) { '+' } else { '-' };
            eprintln!("  {sign} {pair}");
        }
        ensure!(!theirs.is_empty(), "no pair on {}", target.name);
        differences += only.len();
    }
    ensure!(differences == 0, "{differences} pairs of only one side");
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(PathBuf, bool)> {
    let feeds = std::env::var_os("LYNKEUS_FEEDS").map(|feeds| Path::new(&feeds).join(TRACKER));
    let (mut tracker, mut is_fresh) = (feeds, false);
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--rebuild" => is_fresh = true,
            "--tracker" => tracker = Some(arguments.next().context(USAGE)?.into()),
            _ => bail!(USAGE),
        }
    }
    let tracker =
        tracker.context("neither --tracker nor LYNKEUS_FEEDS says where the tracker is")?;
    Ok((tracker, is_fresh))
}

/// How many source packages a report names, and its pairs: `source version vulnerability`.
fn pairs(report: &str) -> Result<(usize, BTreeSet<String>)> {
    let report: Value = serde_json::from_str(report)?;
    ensure!(
        report.get("complete").and_then(Value::as_bool) == Some(true),
        "not everything was read: {:?}",
        report.get("problems")
    );
    let list = |value: &Value, key: &str| {
        let list = value.get(key).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let text = |value: &Value, key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.map(str::to_owned).with_context(|| format!("no {key}"))
    };
    let (mut sources, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for vulnerability in list(&report, "vulnerabilities") {
        let id = text(&vulnerability, "id")?;
        for package in list(&vulnerability, "packages") {
            for matched in list(&package, "matches") {
                let (name, version) = (text(&matched, "name")?, text(&matched, "version")?);
                pairs.insert(format!("{name} {version} {id}"));
                sources.insert(name);
            }
        }
    }
    Ok((sources.len(), pairs))
}
