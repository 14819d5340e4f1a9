//! NuGet's order against the `NuGet.Versioning` of nuget.exe, which Mono runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lynkeus_ecosystem::version::nuget::NUGET;
use serde::Deserialize;

use super::neighbours::Pieces;
use super::oracle::{check, check_pairs, program};
use crate::tool;

/// Where `cargo xtask setup` puts npm's package `nuget-exe`.
const NUGET_EXE: &str = "../../target/tools/nuget/node_modules/nuget-exe/nuget-5.8.0.exe";

/// The program that compares, compiled beside a copy of nuget.exe.
fn judge(name: &str) -> Option<Command> {
    let nuget = Path::new(env!("CARGO_MANIFEST_DIR")).join(NUGET_EXE);
    if !nuget.exists() {
        tool::missing("npm's nuget-exe, which `cargo xtask setup` installs");
        return None;
    }
    let directory = tool::directory(name);
    // The assembly is called NuGet, and Mono looks for it under that name.
    let library = directory.join("NuGet.exe");
    fs::copy(nuget, &library).unwrap();
    let order = directory.join("order.exe");
    let flag = |flag: &str, path: &Path| format!("{flag}{}", path.display());
    tool::output(
        Command::new("mcs")
            .arg(flag("-r:", &library))
            .arg(flag("-out:", &order))
            .arg(program("nuget.cs")),
    )?;
    let mut command = Command::new("mono");
    command.arg(order);
    Some(command)
}

/// Caught when planted: labels told apart by case; a fourth number that is read and dropped.
#[test]
fn nuget_as_nuget() {
    let Some(mut judge) = judge("nuget-neighbours") else {
        return;
    };
    let pieces = Pieces {
        first: &[
            "1",
            "1.0",
            "0.0.0",
            "1.2.3",
            "1.2.3.4",
            "1.0.0-",
            "1.0.0-a",
            "1.0.0.0-RC",
            "01.02",
            "2147483647.0",
            "1.0.0-1",
        ],
        more: &[
            "0",
            "1",
            "9",
            "10",
            "01",
            "00",
            ".0",
            ".1",
            ".01",
            "-",
            "a",
            "A",
            "B",
            "rc",
            "RC",
            ".a",
            ".A",
            "-beta",
            "-rc.1",
            "-rc.10",
            "-0",
            "+b",
            "+B.01",
            "+-",
            " ",
            ".",
            "é",
            "2147483648",
        ],
        most: 2,
    };
    check(&NUGET, &pieces, 20_000, &mut judge);
}

#[derive(Deserialize)]
struct Record {
    affected: Vec<Affected>,
}

#[derive(Deserialize)]
struct Affected {
    package: Package,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

#[derive(Deserialize)]
struct Range {
    events: Vec<BTreeMap<String, String>>,
}

/// The directory with the feeds: `LYNKEUS_FEEDS`, or `shared/feeds` beside the repository.
fn feeds() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let named = std::env::var("LYNKEUS_FEEDS").ok().map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds");
    let root = named.unwrap_or(beside);
    if root.is_dir() {
        return Some(root);
    }
    tool::missing(&format!("feeds at {}", root.display()));
    None
}

/// The versions that GitHub's advisories name, each with every other of its package.
#[test]
fn published_versions_as_nuget() {
    let (Some(root), Some(mut judge)) = (feeds(), judge("nuget-published")) else {
        return;
    };
    let archive = root.join("osv-samples-ghsa/NuGet/all.zip");
    let Some(text) = tool::output(Command::new("unzip").arg("-p").arg(archive)) else {
        return;
    };
    let mut packages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in serde_json::Deserializer::from_str(&text).into_iter::<Record>() {
        for affected in record.unwrap().affected {
            let versions = packages.entry(affected.package.name).or_default();
            versions.extend(affected.versions);
            let events = affected.ranges.into_iter().flat_map(|range| range.events);
            versions.extend(events.flat_map(BTreeMap::into_values));
        }
    }
    let pairs: Vec<Vec<String>> = packages
        .values()
        .flat_map(|versions| {
            let with_each = |a: &String| -> Vec<_> {
                let pair = |b: &String| vec![a.clone(), b.clone()];
                versions.iter().map(pair).collect()
            };
            versions.iter().flat_map(with_each).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(check_pairs(&NUGET, &pairs, &mut judge), 0);
    assert!(pairs.len() > 1000, "only {} pairs", pairs.len());
}
