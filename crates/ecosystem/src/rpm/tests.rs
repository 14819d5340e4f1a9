//! Rows for rpm's databases and manifests. `testdata/rpm` says where the databases come from.

use super::RPM;
use crate::check::check_extract;

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

#[test]
fn a_log_with_transactions_is_a_problem() {
    let mut log = [0; 32 + 24 + 512];
    log[..4].copy_from_slice(&[0x37, 0x7f, 0x06, 0x82]);
    log[16..24].copy_from_slice(b"saltsalt");
    log[40..48].copy_from_slice(b"saltsalt");
    let mut old = log;
    old[40] = b'S';
    check_extract(
        &RPM,
        "var/lib/rpm/rpmdb.sqlite-wal",
        &[
            (
                "a frame of this use",
                &log,
                &[
                    "! var/lib/rpm/rpmdb.sqlite-wal: holds transactions that may be missing in \
                     rpmdb.sqlite: packages that were installed or removed last may be wrong \
                     (opening the database with rpm writes them back)",
                ],
            ),
            ("a frame of an earlier use", &old, &[]),
            ("no frame", &log[..32], &[]),
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
