//! The whole service as a process, asked by `boto3` with every answer checked.

use std::{fs, net::TcpListener, path::Path, process::Command};

use crate::{
    scan::{output, script, tool},
    service::{CRITICALS, Known, lynkeus, start, start_with},
};

/// Tells a story to a service on a store.
pub(crate) fn story(store: &str, script_name: &str, more: &[&std::ffi::OsStr]) {
    story_with(store, script_name, more, &CRITICALS);
}

/// Tells a story to a service on a store that knows these advisories.
pub(crate) fn story_with(
    store: &str,
    script_name: &str,
    more: &[&std::ffi::OsStr],
    advisories: &[Known],
) {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let mut running = start_with(data.path(), store, advisories);
    let told = output(
        Command::new(python)
            .arg(script(script_name))
            .arg(&running.address)
            .arg(data.path())
            .arg(env!("CARGO_BIN_EXE_lynkeus"))
            .args(more),
        &[],
    );
    assert!(told.ends_with("told\n"), "{told}");
    // The service ends in order when it is asked to.
    let id = running.process.id().to_string();
    output(Command::new("kill").args(["-TERM", &id]), &[]);
    let ended = running.process.wait().unwrap();
    assert!(ended.success(), "{ended}");
}

#[test]
fn boto3_uses_the_service_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", data.path().join("store.db").display());
    story(&store, "up.py", &[]);
    assert!(data.path().join("store.db").exists());
}

#[test]
fn boto3_uses_the_service_on_postgresql() {
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    assert!(address.starts_with("postgres"));
    story(&address, "up.py", &[]);
}

/// What a service that must not start says.
fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = lynkeus(data)
        .args(["up", "--no-host", "--update-every", "off"])
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[test]
fn what_keeps_the_service_from_starting_is_said() {
    let data = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(data.path(), &["--listen", &address]);
    assert!(
        said.contains(&format!("another program listens at {address}")),
        "{said}"
    );

    let nowhere = Path::new("/dev/null/lynkeus");
    let said = refused(nowhere, &["--listen", "127.0.0.1:0"]);
    assert!(said.contains("/dev/null/lynkeus cannot be used"), "{said}");

    let file = data.path().join("wrong.toml");
    fs::write(&file, "[update]\nevrey = \"1h\"\n").unwrap();
    let said = refused(data.path(), &["--config", &file.display().to_string()]);
    assert!(
        said.contains("wrong.toml") && said.contains("evrey"),
        "{said}"
    );

    let _first = start(data.path(), |command| {
        command.args(["--update-every", "off"]);
    });
    let said = refused(data.path(), &["--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("lynkeus.db") && said.contains("another process"),
        "{said}"
    );
}
