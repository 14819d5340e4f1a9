//! The service follows a mirror directory as it changes, and says when it cannot.

use std::process::Command;

use crate::{
    scan::{feeds, output, script, tool},
    service::start,
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
    let running = start(data.path(), |command| {
        command.arg("--update-from").arg(&mirror);
    });
    let told = told(&running.address);
    assert!(told.starts_with("followed within"), "{told}");
}
