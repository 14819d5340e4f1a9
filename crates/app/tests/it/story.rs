//! Months of a service with real packages: what opens, closes, reopens, hides and is deleted.

use std::process::Command;

use crate::{
    scan::{output, script, skip, tool},
    service::start,
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
    let running = start(data.path(), |command| {
        command
            .args(["--update-every", "off", "--store", store])
            .env("LYNKEUS_TEST_CLOCK", &clock);
    });
    let told = output(
        Command::new(python)
            .arg(script("story.py"))
            .args([&running.address, &running.link])
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
