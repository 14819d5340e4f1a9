//! Months of a service with real packages: what opens, closes, reopens, hides and is deleted.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::{
    scan::{output, script, skip, tool},
    up::Running,
};

fn live(store: &str) {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let madison = Command::new("apt-cache")
        .args(["madison", "libssl3"])
        .output();
    if !madison.is_ok_and(|madison| !madison.stdout.is_empty()) {
        skip("apt knows no packages: run `apt-get update` on Debian 12");
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let clock = data.path().join("clock");
    std::fs::write(&clock, "0").unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_lynkeus"))
        .arg("--data-dir")
        .arg(data.path())
        .args([
            "up",
            "--listen",
            "127.0.0.1:0",
            "--no-host",
            "--update-every",
            "off",
        ])
        .args(["--store", store])
        .env("LYNKEUS_TEST_CLOCK", &clock)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let out = running.0.stdout.take().unwrap();
    let mut lines = BufReader::new(out).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let address = first.strip_prefix("Lynkeus listens at ").unwrap();
    let link = lines
        .find_map(|line| Some(line.strip_prefix("dashboard: ")?.to_owned()))
        .unwrap();
    let told = output(
        Command::new(python)
            .arg(script("story.py"))
            .args([address, link.split_once(' ').unwrap().0])
            .arg(data.path())
            .arg(env!("CARGO_BIN_EXE_lynkeus"))
            .arg(&clock)
            .env("LYNKEUS_TEST_CLOCK", &clock),
        &[],
    );
    assert!(told.ends_with("lived\n"), "{told}");
}

#[test]
fn months_pass_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("store.db");
    live(&format!("sqlite:{}", path.display()));
    assert!(path.exists());
}

#[test]
fn months_pass_on_postgresql() {
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    assert!(address.starts_with("postgres"));
    live(&address);
}
