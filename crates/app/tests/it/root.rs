//! A small real system for the command to read: this host's dpkg database and a Python package.

use std::fs;
use std::path::{Path, PathBuf};

use advisory::Item;
use advisory::database::{BuildOptions, Builder};
use model::{
    Advisory, Affected, Cvss, Facts, Range, RangeEnd, Severity, Timestamp, VendorSeverity,
};

use crate::scan::skip;

const OS_RELEASE: &str = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n\
    VERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nHOME_URL=\"https://www.debian.org/\"\n";
const METADATA: &str = "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.10\n\
    License: BSD <3-clause> & others\n\n";

/// Makes the root in `directory`; none (with a note) on a host without dpkg.
pub(crate) fn make(directory: &Path) -> Option<PathBuf> {
    let status = Path::new("/var/lib/dpkg/status");
    if !status.exists() {
        skip("this host has no dpkg database");
        return None;
    }
    let root = directory.join("root");
    let put = |path: &str, content: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    put("etc/os-release", OS_RELEASE.as_bytes());
    // By this Trivy tells Debian.
    put("etc/debian_version", b"12.5\n");
    put(
        "var/lib/dpkg/status",
        some(&fs::read_to_string(status).unwrap()).as_bytes(),
    );
    let metadata = "srv/venv/lib/python3.11/site-packages/Jinja2-2.10.dist-info/METADATA";
    put(metadata, METADATA.as_bytes());
    Some(root)
}

/// The first packages and those that the database is about: validators take long over a thousand.
fn some(status: &str) -> String {
    let is_wanted = |paragraph: &str| {
        ["Package: bash\n", "Package: grep\n"]
            .iter()
            .any(|name| paragraph.starts_with(name))
    };
    let paragraphs = status.split_inclusive("\n\n").enumerate();
    paragraphs
        .filter(|(index, paragraph)| *index < 150 || is_wanted(paragraph))
        .map(|(_, paragraph)| paragraph)
        .collect()
}

/// A database in which the sources of bash and grep and the Python package are affected, the
/// first with a fix.
pub(crate) fn database(directory: &Path) -> PathBuf {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for (id, feed, namespace, name, fixed) in [
        (
            "CVE-2099-0001",
            "debian-tracker",
            "Debian:12",
            "bash",
            Some("99:1"),
        ),
        ("CVE-2099-0002", "debian-tracker", "Debian:12", "grep", None),
        (
            "GHSA-aaaa-bbbb-cccc",
            "osv",
            "PyPI",
            "jinja2",
            Some("2.10.1"),
        ),
    ] {
        builder.add(Item::Advisory(Box::new(Advisory {
            id: id.to_owned(),
            feed: feed.to_owned(),
            title: Some("Wrong <b>& \"dangerous\"</b>".to_owned()),
            severity: Some(VendorSeverity {
                word: "important".to_owned(),
                severity: Severity::High,
            }),
            references: vec![
                "https://example.org/a?b=c&d=é".to_owned(),
                "https://example.org/advisory".to_owned(),
            ],
            affected: vec![Affected {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                ranges: vec![Range {
                    introduced: None,
                    end: fixed.map_or(RangeEnd::Open, |v| RangeEnd::Fixed(v.to_owned())),
                }],
                ..Affected::default()
            }],
            ..Advisory::default()
        })));
    }
    for (id, vector) in [
        (
            "CVE-2099-0001",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ),
        (
            "CVE-2099-0002",
            "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N",
        ),
    ] {
        builder.add(Item::Facts(Box::new(Facts {
            id: id.to_owned(),
            feed: "nvd".to_owned(),
            published: Some("2099-01-02T03:04:05.678Z".parse().unwrap()),
            cvss: vec![Cvss {
                source: "NVD".to_owned(),
                vector: vector.to_owned(),
            }],
            cwes: vec!["CWE-79".to_owned(), "NVD-CWE-noinfo".to_owned()],
            ..Facts::default()
        })));
    }
    let path = directory.join("advisories.lkdb");
    fs::write(&path, builder.finish().unwrap()).unwrap();
    path
}
