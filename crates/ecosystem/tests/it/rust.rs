//! `Cargo.lock` against `cargo metadata`, and the section of `cargo auditable`.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::{Compression, write::ZlibEncoder};
use lynkeus_ecosystem::cargo::CARGO;
use lynkeus_ecosystem::golang::GO;
use serde_json::Value;

use crate::extraction::{extract, names};
use crate::tool;

#[test]
fn the_lock_file_of_this_workspace_is_what_cargo_resolves() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Some(metadata) = tool::output(Command::new("cargo").current_dir(&workspace).args([
        "metadata",
        "--format-version=1",
        "--locked",
    ])) else {
        return;
    };
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut expected: Vec<_> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| !package["source"].is_null())
        .map(|p| {
            format!(
                "{} {}",
                p["name"].as_str().unwrap(),
                p["version"].as_str().unwrap()
            )
        })
        .collect();
    expected.sort();
    let lock = std::fs::read(workspace.join("Cargo.lock")).unwrap();
    let extracted = extract(&CARGO, "Cargo.lock", &lock);
    assert_eq!(extracted.problems, []);
    assert_eq!(names(&extracted.packages), expected);
    assert!(expected.len() > 50, "{}", expected.len());
}

/// Puts a list into this test's own program, as `cargo auditable` does.
#[test]
fn a_list_in_a_real_program_is_found() {
    let directory = tool::directory("rust");
    let list = r#"{"packages":[{"name":"app","version":"0.1.0","source":"local","root":true},
        {"name":"serde","version":"1.0.1","source":"crates.io"}]}"#;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(list.as_bytes()).unwrap();
    let section = directory.join("section");
    std::fs::write(&section, encoder.finish().unwrap()).unwrap();
    let program = directory.join("program");
    let copied = tool::output(
        Command::new("objcopy")
            .arg(format!("--add-section=.dep-v0={}", section.display()))
            .arg(std::env::current_exe().unwrap())
            .arg(&program),
    );
    if copied.is_none() {
        return;
    }
    let extracted = extract(&GO, "usr/bin/program", &std::fs::read(&program).unwrap());
    assert_eq!(extracted.problems, []);
    assert_eq!(names(&extracted.packages), ["serde 1.0.1"]);
}
