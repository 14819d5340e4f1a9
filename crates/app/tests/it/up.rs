//! The whole service as a process, asked by `boto3` with every answer checked.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use advisory::database::{BuildOptions, Builder};
use advisory::feed::Item;
use model::{Advisory, Affected, Cvss, Epss, Facts, Range, RangeEnd, Timestamp};

use crate::scan::{output, script, tool};

/// Advisories of Debian, each `id source-package fixed-version`.
const ADVISORIES: [(&str, &str, &str); 3] = [
    ("CVE-2024-0001", "openssl", "3.0.15-1"),
    ("CVE-2024-0002", "openssl", "3.0.16-1"),
    ("CVE-2024-0003", "zlib", "1:1.2.13.dfsg-2"),
];

pub(crate) fn database() -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for (id, name, fixed) in ADVISORIES {
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
            epss: Some(Epss {
                score: 0.25,
                percentile: 0.5,
            }),
            ..Facts::default()
        })));
    }
    builder.finish().unwrap()
}

/// A service that is stopped when the test ends, however it ends.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A service that listens, with the address at which it does.
pub(crate) fn start(
    data: &Path,
    store: &str,
    advisories: &[u8],
    environment: &[(&str, &str)],
) -> (Running, String) {
    let file = data.join("advisories.lkdb");
    fs::write(&file, advisories).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_lynkeus"))
        .arg("--data-dir")
        .arg(data)
        .args(["up", "--listen", "127.0.0.1:0", "--no-host"])
        .args(["--store", store])
        .arg("--db")
        .arg(&file)
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let out = running.0.stdout.take().unwrap();
    let mut lines = BufReader::new(out).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.strip_prefix("Lynkeus listens at ").unwrap();
    (running, address.to_owned())
}

/// Tells a story to a service on a store.
pub(crate) fn story(store: &str, script_name: &str, more: &[&std::ffi::OsStr]) {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let (mut running, address) = start(data.path(), store, &database(), &[]);
    let told = output(
        Command::new(python)
            .arg(script(script_name))
            .arg(&address)
            .arg(data.path())
            .arg(env!("CARGO_BIN_EXE_lynkeus"))
            .args(more),
        &[],
    );
    assert!(told.ends_with("told\n"), "{told}");
    // The service ends in order when it is asked to.
    let id = running.0.id().to_string();
    output(Command::new("kill").args(["-TERM", &id]), &[]);
    let ended = running.0.wait().unwrap();
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
    let output = Command::new(env!("CARGO_BIN_EXE_lynkeus"))
        .arg("--data-dir")
        .arg(data)
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
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = Running(child);
    let out = first.0.stdout.take().unwrap();
    let line = BufReader::new(out).lines().next().unwrap().unwrap();
    assert!(line.starts_with("Lynkeus listens at"), "{line}");
    let said = refused(data.path(), &["--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("lynkeus.db") && said.contains("another process"),
        "{said}"
    );
}
