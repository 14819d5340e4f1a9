//! The API as its clients see it: botocore's signatures, boto3, the `aws` command.
#![cfg(test)]

mod clients;
mod service;
mod sigv4;

use std::path::{Path, PathBuf};

/// A program or file of `target/tools`, none (with a note) if it is not installed.
fn tool(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/tools/bin")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{name} is missing");
    println!("skipped: {name} is missing, run `cargo xtask setup`");
    None
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(name)
}
