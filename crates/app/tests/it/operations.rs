//! Every operation with every input, asked by `boto3`, the `aws` command and the command line.

use std::{fs, net::TcpListener, process::Command};

use crate::{
    scan::{output, script, tool},
    service::{CRITICALS, VARIED, database, start_with},
    up::story_with,
};

fn all_operations(store: &str) {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let running = start_with(data.path(), store, &CRITICALS);
    let checker = script("../../../api/tests/it");
    let told = output(
        Command::new(python)
            .arg(script("operations.py"))
            .arg(&running.address)
            .arg(data.path())
            .arg(env!("CARGO_BIN_EXE_lynkeus"))
            .env("PYTHONPATH", checker)
            .env("NOT_OFFERED", include_str!("../../../api/not-offered.txt"))
            .env("STORE", store),
        &[],
    );
    drop(running);
    println!("{told}");
    assert!(told.ends_with(" 0 violations\n"), "{told}");
}

#[test]
fn reports_go_to_the_buckets_of_a_store() {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("advisories.lkdb"), database(&CRITICALS)).unwrap();
    let told = output(
        Command::new(python)
            .arg(script("exports.py"))
            .arg(env!("CARGO_BIN_EXE_lynkeus"))
            .arg(data.path())
            .arg(free_ports().to_string()),
        &[],
    );
    assert!(told.ends_with("put\n"), "{told}");
}

/// The first of two ports in a row at which nobody listens.
fn free_ports() -> u16 {
    loop {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = first.local_addr().unwrap().port();
        let second = port
            .checked_add(1)
            .map(|next| TcpListener::bind(("127.0.0.1", next)));
        if let Some(Ok(_)) = second {
            return port;
        }
    }
}

#[test]
fn every_operation_answers_as_the_model_says_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    let store = data.path().join("store.db");
    all_operations(&format!("sqlite:{}", store.display()));
    assert!(store.exists());
}

#[test]
fn every_operation_answers_as_the_model_says_on_postgresql() {
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    assert!(address.starts_with("postgres"));
    all_operations(&address);
}

#[test]
fn filters_and_counts_are_what_the_whole_list_says_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    let store = data.path().join("store.db");
    let address = format!("sqlite:{}", store.display());
    story_with(&address, "criteria.py", &[], &VARIED);
    assert!(store.exists());
}

#[test]
fn filters_and_counts_are_what_the_whole_list_says_on_postgresql() {
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    assert!(address.starts_with("postgres"));
    story_with(&address, "criteria.py", &[], &VARIED);
}
