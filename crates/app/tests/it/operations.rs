//! Every operation with every input, asked by `boto3`, the `aws` command and the command line.

use std::{fs, net::TcpListener, process::Command};

use advisory::database::{BuildOptions, Builder};
use advisory::feed::Item;
use model::{Advisory, Affected, Cvss, Epss, Facts, Kev, Range, RangeEnd, Timestamp};

use crate::{
    scan::{output, script, tool},
    up::start,
};

/// Advisories of Debian about which everything is known.
fn database() -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for (id, name, fixed) in [
        ("CVE-2024-0001", "openssl", "3.0.15-1"),
        ("CVE-2024-0002", "openssl", "3.0.16-1"),
        ("CVE-2024-0003", "zlib", "1:1.2.13.dfsg-2"),
    ] {
        builder.add(Item::Advisory(Box::new(Advisory {
            id: id.to_owned(),
            feed: "debian-tracker".to_owned(),
            affected: vec![Affected {
                namespace: "Debian:12".to_owned(),
                name: name.to_owned(),
                ranges: vec![Range {
                    introduced: None,
                    end: RangeEnd::Fixed(fixed.to_owned()),
                }],
                ..Affected::default()
            }],
            ..Advisory::default()
        })));
        builder.add(Item::Facts(Box::new(Facts {
            id: id.to_owned(),
            feed: "nvd".to_owned(),
            cvss: vec![Cvss {
                source: "NVD".to_owned(),
                vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
            }],
            cwes: vec!["CWE-79".to_owned()],
            references: vec!["https://example.org/advisory".to_owned()],
            epss: Some(Epss {
                score: 0.25,
                percentile: 0.5,
            }),
            kev: Some(Kev {
                date_added: "2024-02-03".to_owned(),
                due_date: Some("2024-03-04".to_owned()),
                ransomware: false,
                required_action: Some("Update.".to_owned()),
            }),
            ..Facts::default()
        })));
    }
    builder.finish().unwrap()
}

fn all_operations(store: &str) {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let (running, address) = start(data.path(), store, &database(), &[]);
    let checker = script("../../../api/tests/it");
    let told = output(
        Command::new(python)
            .arg(script("operations.py"))
            .arg(&address)
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
    fs::write(data.path().join("advisories.lkdb"), database()).unwrap();
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
