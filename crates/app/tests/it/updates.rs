//! The service follows a mirror directory as it changes, and says when it cannot.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::{
    scan::{feeds, output, script, tool},
    up::Running,
};

#[test]
fn a_changed_mirror_changes_exactly_the_affected_findings() {
    let (Some(python), Some(feeds)) = (tool("bin/python3"), feeds()) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let mirror = data.path().join("mirror");
    let told = |address: &str| {
        output(
            Command::new(&python)
                .arg(script("updates.py"))
                .arg(address)
                .arg(data.path())
                .arg(env!("CARGO_BIN_EXE_lynkeus"))
                .arg(feeds.join("osv/crates.io/all.zip"))
                .arg(&mirror),
            &[],
        )
    };
    // Without a mirror the script makes one.
    assert_eq!(told("-"), "");
    let child = Command::new(env!("CARGO_BIN_EXE_lynkeus"))
        .arg("--data-dir")
        .arg(data.path())
        .args([
            "up",
            "--listen",
            "127.0.0.1:0",
            "--no-host",
            "--update-from",
        ])
        .arg(&mirror)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let out = running.0.stdout.take().unwrap();
    let mut lines = BufReader::new(out).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let address = first.strip_prefix("Lynkeus listens at ").unwrap();
    let told = told(address);
    assert!(told.starts_with("followed within"), "{told}");
}
