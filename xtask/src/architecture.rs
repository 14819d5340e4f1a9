//! The dependencies between crates, and what the pure crates may not touch.

use std::{fs, path::Path};

use anyhow::Result;
use serde_json::Value;

use crate::workspace::Workspace;

/// Which of our crates each crate may depend on (`docs/ARCHITECTURE.md`, "The map").
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    // For tests alone: no crate depends on it otherwise.
    ("damage", &[]),
    ("ecosystem", &["model"]),
    ("inventory", &["model", "ecosystem"]),
    ("advisory", &["model", "ecosystem"]),
    ("detect", &["model", "ecosystem"]),
    ("findings", &["model"]),
    ("network", &["model"]),
    ("sources", &["model", "ecosystem", "inventory", "advisory"]),
    ("store", &["model", "findings"]),
    ("api", &["model", "findings", "store"]),
    ("dashboard", &["model", "findings", "store", "api"]),
    (
        "app",
        &[
            "model",
            "ecosystem",
            "inventory",
            "advisory",
            "detect",
            "findings",
            "network",
            "sources",
            "store",
            "api",
            "dashboard",
        ],
    ),
];

/// Crates without I/O, tasks, clock or environment.
const PURE: &[&str] = &[
    "model",
    "ecosystem",
    "inventory",
    "advisory",
    "detect",
    "findings",
    "network",
];

/// What a pure crate's sources may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "std::time::SystemTime",
    "std::time::Instant",
    "Timestamp::now",
    "tokio",
    "reqwest",
    "memmap2",
    "rayon",
];

/// Complaints about edges that are not in the table and about impure pure crates.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let packages = workspace.packages()?;
    let mut complaints = Vec::new();
    for package in packages.iter().filter(|p| p["source"].is_null()) {
        let name = package["name"].as_str().unwrap_or_default();
        if let Some(short) = name.strip_prefix("lynkeus-") {
            complaints.extend(edges(short, package));
        }
    }
    for file in workspace.files()? {
        complaints.extend(impurities(workspace, &file)?);
    }
    Ok(complaints)
}

fn edges(name: &str, package: &Value) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name) else {
        return vec![format!(
            "{name}: a new crate needs a decision record and a line in ALLOWED"
        )];
    };
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    dependencies
        .iter()
        .filter(|d| d["kind"].is_null())
        .filter_map(|d| d["name"].as_str()?.strip_prefix("lynkeus-"))
        .filter(|dependency| !allowed.contains(dependency))
        .map(|dependency| format!("{name} must not depend on {dependency}"))
        .collect()
}

fn impurities(workspace: &Workspace, file: &Path) -> Result<Vec<String>> {
    let pure = PURE
        .iter()
        .any(|name| file.starts_with(format!("crates/{name}/src")));
    let test = file.ends_with("tests.rs") || file.ends_with("check.rs");
    if !pure || test || file.extension().is_none_or(|e| e != "rs") {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(workspace.root.join(file))?;
    let body = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let found = IMPURE.iter().filter(|word| {
        body.lines()
            .any(|line| !line.trim_start().starts_with("//") && line.contains(**word))
    });
    Ok(found
        .map(|word| format!("{}: a pure crate names {word}", file.display()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::edges;

    #[test]
    fn a_stage_may_not_depend_on_a_stage() {
        let package = serde_json::json!({"dependencies": [
            {"name": "lynkeus-model", "kind": null},
            {"name": "lynkeus-advisory", "kind": null},
            {"name": "lynkeus-inventory", "kind": "dev"},
        ]});
        assert_eq!(
            edges("detect", &package),
            ["detect must not depend on advisory"]
        );
        assert!(
            edges("extra", &package)
                .iter()
                .any(|c| c.contains("decision record"))
        );
    }
}
