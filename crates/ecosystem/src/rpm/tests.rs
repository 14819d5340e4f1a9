//! Rows for rpm's databases and manifests. `testdata/rpm` says where the databases come from.

use std::io::Cursor;

use super::{LOGGED, RPM};
use crate::check::check_extract;
use crate::{FileInfo, Input};

const DATABASES: &[(&str, &[u8])] = &[
    (
        "var/lib/rpm/rpmdb.sqlite",
        include_bytes!("../../testdata/rpm/rpmdb.sqlite"),
    ),
    (
        "var/lib/rpm/Packages",
        include_bytes!("../../testdata/rpm/Packages"),
    ),
    (
        "usr/lib/sysimage/rpm/Packages.db",
        include_bytes!("../../testdata/rpm/Packages.db"),
    ),
];

#[test]
fn every_format_holds_the_same_headers() {
    for (path, database) in DATABASES {
        let mut lines = vec![
            "alpha 2:1.2.3-4.el9 arch=noarch source=alpha@2:1.2.3-4.el9 \
             module=alpha:18:8080020230001:abcdef:x86_64 license=MIT AND BSD-3-Clause \
             vendor=Example Vendor",
            "alpha-devel 2:1.2.3-4.el9 arch=noarch source=alpha@2:1.2.3-4.el9 \
             module=alpha:18:8080020230001:abcdef:x86_64 license=MIT AND BSD-3-Clause \
             vendor=Example Vendor",
            "owns alpha: usr/share/alpha/one usr/share/alpha/two",
            "owns alpha-devel: usr/include/alpha.h",
        ];
        if *path == "var/lib/rpm/Packages" {
            // A hash has an order of its own.
            lines.swap(0, 1);
            lines.swap(2, 3);
        }
        check_extract(&RPM, path, &[("three headers", database, &lines)]);
    }
}

#[test]
fn what_is_no_database_is_a_problem() {
    for (path, kind) in [
        ("var/lib/rpm/rpmdb.sqlite", "SQLite"),
        ("var/lib/rpm/Packages", "Berkeley DB"),
        ("var/lib/rpm/Packages.db", "NDB"),
    ] {
        let wrong = format!(
            "! {path}: is not a{} {kind} database",
            if kind == "NDB" { "n" } else { "" }
        );
        let empty = format!("! {path}: cannot be read at byte 0: failed to fill whole buffer");
        check_extract(
            &RPM,
            path,
            &[("zeros", &[0; 8192], &[&wrong]), ("empty", b"", &[&empty])],
        );
    }
}

const DATABASE: &[u8] = include_bytes!("../../testdata/rpm/logged.sqlite");
const LOG: &[u8] = include_bytes!("../../testdata/rpm/logged.sqlite-wal");

fn logged(database: &[u8], log: &[u8]) -> Vec<String> {
    let file = FileInfo {
        path: "var/lib/rpm/rpmdb.sqlite",
        size: database.len() as u64,
        mode: 0o644,
    };
    let content = &mut Cursor::new(database);
    let extracted = (LOGGED.extract)(&mut Input { file, content }, &mut Cursor::new(log));
    let packages = extracted.packages.iter().map(|p| p.name.clone());
    let problems = extracted.problems.iter().map(|p| format!("! {}", p.what));
    packages.chain(problems).collect()
}

#[test]
fn a_log_counts_up_to_its_last_commit() {
    assert_eq!(logged(DATABASE, &[]), ["alpha", "alpha-devel"]);
    assert_eq!(logged(DATABASE, LOG), ["alpha", "beta-1"]);
    // A byte of the second transaction, then of the first: they were never written to the end.
    let mut changed = LOG.to_vec();
    let frames = (LOG.len() - 32) / 536;
    let commits = (0..frames).filter(|n| changed[32 + n * 536 + 7] != 0);
    let commits: Vec<_> = commits.collect();
    changed[32 + commits[1] * 536 + 100] ^= 1;
    assert_eq!(
        logged(DATABASE, &changed),
        ["alpha", "alpha-devel", "beta-1"]
    );
    changed[32 + commits[0] * 536 + 100] ^= 1;
    assert_eq!(logged(DATABASE, &changed), ["alpha", "alpha-devel"]);
    // Frames of an earlier use of the file have other salts than its header.
    let mut old = LOG.to_vec();
    old[16] ^= 1;
    assert_eq!(logged(DATABASE, &old), ["alpha", "alpha-devel"]);
    assert_eq!(
        logged(
            DATABASE,
            b"no log, and longer than a header and a frame without its page"
        ),
        [
            "alpha",
            "alpha-devel",
            "! the write-ahead log is not a write-ahead log of SQLite"
        ]
    );
}

/// A page far away would make the list of used pages as long as half a gigabyte.
#[test]
fn a_log_that_claims_many_pages_costs_no_memory() {
    let mut log = LOG[..32 + 536].to_vec();
    log[32..36].copy_from_slice(&u32::MAX.to_be_bytes());
    log[36..40].copy_from_slice(&u32::MAX.to_be_bytes());
    mend(&mut log);
    let mut content = Cursor::new(log);
    let log = crate::rpmdb::wal::Log::open(&mut content).unwrap();
    assert_eq!(log.map(|log| log.count(17)), Some(18));
}

#[test]
fn damaged_logs_are_survived() {
    for (name, samples) in [
        ("ecosystem/log", LOG),
        ("ecosystem/logged database", DATABASE),
    ] {
        let target = damage::Target {
            name,
            samples: &[samples],
            tokens: &[],
            cases: 300,
        };
        target.check(|bytes| {
            if name == "ecosystem/log" {
                let mut mended = bytes.to_vec();
                mend(&mut mended);
                (logged(DATABASE, bytes), logged(DATABASE, &mended))
            } else {
                (logged(bytes, LOG), Vec::new())
            }
        });
    }
}

/// Gives every frame the checksum and the salts that it should have.
fn mend(log: &mut [u8]) {
    let size = 24
        + log
            .get(10..12)
            .map_or(0, |b| usize::from(u16::from_be_bytes([b[0], b[1]])));
    let sum = |from: (u32, u32), bytes: &[u8]| {
        let word = |b: &[u8]| u32::from_le_bytes(b.try_into().unwrap());
        bytes.chunks_exact(8).fold(from, |(a, b), words| {
            let a = a.wrapping_add(word(&words[..4])).wrapping_add(b);
            (a, b.wrapping_add(word(&words[4..])).wrapping_add(a))
        })
    };
    if log.len() < 32 || size <= 24 {
        return;
    }
    let mut running = sum((0, 0), &log[..24]);
    let put = |place: &mut [u8], (a, b): (u32, u32)| {
        place[..4].copy_from_slice(&a.to_be_bytes());
        place[4..8].copy_from_slice(&b.to_be_bytes());
    };
    put(&mut log[24..32], running);
    let (header, frames) = log.split_at_mut(32);
    for frame in frames.chunks_exact_mut(size) {
        frame[8..16].copy_from_slice(&header[16..24]);
        running = sum(sum(running, &frame[..8]), &frame[24..]);
        put(&mut frame[16..24], running);
    }
}

#[test]
fn a_log_without_its_database_is_a_problem() {
    check_extract(
        &RPM,
        "var/lib/rpm/rpmdb.sqlite-wal",
        &[
            (
                "transactions",
                LOG,
                &[
                    "! var/lib/rpm/rpmdb.sqlite-wal: holds transactions of a database that is not \
                   beside it: packages that were installed or removed last may be wrong",
                ],
            ),
            ("no frame", &LOG[..32], &[]),
        ],
    );
}

#[test]
fn distroless_images_have_a_manifest() {
    check_extract(
        &RPM,
        "var/lib/rpmmanifest/container-manifest-2",
        &[(
            "lines of rpm --query",
            b"glibc\t2.35-6.cm2\t1\t1\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\t\
              glibc-2.35-6.cm2.src.rpm\n\
              bind-libs\t9.16-1.cm2\t1\t1\tMicrosoft Corporation\t(none)\t1\tx86_64\t32\t\
              bind-9.16-1.cm2.src.rpm\n\
              gpg-pubkey\t1-2\t1\t1\t(none)\t(none)\t0\t(none)\t0\t(none)\n\nodd\n",
            &[
                "glibc 2.35-6.cm2 arch=x86_64 source=glibc@2.35-6.cm2 vendor=Microsoft Corporation",
                "bind-libs 32:9.16-1.cm2 arch=x86_64 source=bind@32:9.16-1.cm2 \
                 vendor=Microsoft Corporation",
                "! var/lib/rpmmanifest/container-manifest-2:5: a line has no name and version",
            ],
        )],
    );
}

#[test]
fn bottlerocket_has_an_inventory() {
    check_extract(
        &RPM,
        "x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json",
        &[(
            "one good, one bad",
            br#"{"Content": [{"Name": "kernel-6.1", "Publisher": "Bottlerocket",
                    "InstalledTime": "2024-01-01T00:00:00Z", "ApplicationType": "Unspecified",
                    "Architecture": "x86_64", "Url": "", "Version": "6.1.66", "Release": "1.1.br1",
                    "Epoch": "(none)", "Summary": ""}, {"Name": "x"}]}"#,
            &[
                "kernel-6.1 6.1.66-1.1.br1 arch=x86_64 source=kernel-6.1@6.1.66-1.1.br1 \
                     vendor=Bottlerocket",
                "! x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/\
                     application-inventory.json: Content[1]: missing field `Version`",
            ],
        )],
    );
}
