//! Rows for dpkg's files.

use model::SourcePackage;

use super::{DEB, advisory_source};
use crate::check::check_extract;

#[test]
fn status_paragraphs_become_packages() {
    check_extract(
        &DEB,
        "var/lib/dpkg/status",
        &[
            (
                "binary rebuilt from another source",
                b"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n\
                  Source: glibc (2.36-9)\nVersion: 2.36-9+b1\n",
                &["libc6 2.36-9+b1 arch=amd64 source=glibc@2.36-9"],
            ),
            (
                "source of another name, same version",
                b"Package: bsdutils\nStatus: install ok installed\nSource: util-linux\n\
                  Version: 1:2.38.1-5\nArchitecture: amd64\n",
                &["bsdutils 1:2.38.1-5 arch=amd64 source=util-linux@1:2.38.1-5"],
            ),
            (
                "an epoch of zero is no epoch",
                b"Package: a\nStatus: install ok installed\nVersion: 0:1.0-1\n",
                &["a 1.0-1 source=a@1.0-1"],
            ),
            (
                "continuation lines are no fields, field names have no case",
                b"PACKAGE: a\nstatus: install ok installed\nversion: 1\nDescription: first\n \
                  Version: 2\n\tSource: b\n .\nMaintainer: A <a@example.org>\n",
                &["a 1 source=a@1 maintainer=A <a@example.org>"],
            ),
            (
                "removed but configured",
                b"Package: old\nStatus: deinstall ok config-files\nVersion: 1\n\n\
                  Package: never\nStatus: unknown ok not-installed\n",
                &[],
            ),
            (
                "held, to be removed, half way",
                b"Package: a\nStatus: hold ok installed\nVersion: 1\n\n\n\
                  Package: b\nStatus: deinstall ok installed\nVersion: 2\n \n\
                  Package: c\nStatus: install reinstreq half-installed\nVersion: 3\n\n\
                  Package: d\nStatus: install ok triggers-awaited\nVersion: 4\n\n",
                &[
                    "a 1 source=a@1",
                    "b 2 source=b@2",
                    "c 3 source=c@3 status=half-installed",
                    "d 4 source=d@4 status=triggers-awaited",
                ],
            ),
            (
                "one bad paragraph loses nothing else",
                b"Package: odd\nStatus: install ok installed\n\nVersion: 1\n\nno field at all\n\n\
                  Package: a\nStatus: install ok installed\nVersion: 1\n",
                &[
                    "a 1 source=a@1",
                    "! var/lib/dpkg/status: odd has no Version field",
                    "! var/lib/dpkg/status: a paragraph has no Package field",
                    "! var/lib/dpkg/status: a paragraph has no Package field",
                ],
            ),
            ("empty", b"", &[]),
        ],
    );
}

#[test]
fn distroless_images_have_a_file_per_package() {
    check_extract(
        &DEB,
        "var/lib/dpkg/status.d/tzdata",
        &[(
            "no Status field",
            b"Package: tzdata\nArchitecture: all\nVersion: 2024a-0+deb12u1\n",
            &["tzdata 2024a-0+deb12u1 arch=all source=tzdata@2024a-0+deb12u1"],
        )],
    );
    check_extract(
        &DEB,
        "var/lib/dpkg/status.d/tzdata.md5sums",
        &[(
            "digests",
            b"d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n\
              d41d8cd98f00b204e9800998ecf8427e  ./usr/share/doc/tzdata/a file\n\nodd\n",
            &["owns tzdata: usr/share/zoneinfo/UTC usr/share/doc/tzdata/a file"],
        )],
    );
}

#[test]
fn lists_say_who_owns_a_file() {
    check_extract(
        &DEB,
        "var/lib/dpkg/info/libc6:amd64.list",
        &[
            (
                "directories are left out",
                b"/.\n/lib\n/lib/x\n/lib/x/libc.so.6\n/lib/x/libc.so.6.1\n/usr/share/doc/libc6\n",
                &["owns libc6: lib/x/libc.so.6 lib/x/libc.so.6.1 usr/share/doc/libc6"],
            ),
            ("nothing", b"/.\n", &[]),
        ],
    );
}

#[test]
fn signed_kernels_go_by_the_kernel_s_source() {
    for (name, version, expected) in [
        ("linux-signed-amd64", "6.1.76+1", "linux 6.1.76-1"),
        ("linux-signed", "5.15.0-91.101", "linux 5.15.0-91.101"),
        (
            "linux-signed-hwe-6.5",
            "6.5.0-14.14~22.04.1",
            "linux-hwe-6.5 6.5.0-14.14~22.04.1",
        ),
        ("openssl", "3.0.11-1", "openssl 3.0.11-1"),
    ] {
        let source = SourcePackage {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        let found = advisory_source(&source);
        assert_eq!(format!("{} {}", found.name, found.version), expected);
    }
}
