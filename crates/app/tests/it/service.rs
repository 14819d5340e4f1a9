//! A running service for tests, and advisories of Debian about which everything is known.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use advisory::database::{BuildOptions, Builder};
use advisory::feed::Item;
use model::{Advisory, Affected, Cvss, Epss, Facts, Kev, Range, RangeEnd, Timestamp};

/// A vulnerability of a source package of Debian 12.
pub(crate) struct Known {
    pub(crate) id: &'static str,
    pub(crate) package: &'static str,
    /// None if there is no fix.
    pub(crate) fixed: Option<&'static str>,
    /// CVSS; none if nobody scored it.
    pub(crate) vector: Option<&'static str>,
    pub(crate) epss: Option<f32>,
    pub(crate) exploited: bool,
    pub(crate) aliases: &'static [&'static str],
}

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";
const LOW: &str = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L";

const USUAL: Known = Known {
    id: "",
    package: "openssl",
    fixed: None,
    vector: Some(CRITICAL),
    epss: Some(0.25),
    exploited: true,
    aliases: &[],
};

/// Three critical vulnerabilities with fixes.
pub(crate) const CRITICALS: [Known; 3] = [
    Known {
        id: "CVE-2024-0001",
        fixed: Some("3.0.15-1"),
        ..USUAL
    },
    Known {
        id: "CVE-2024-0002",
        fixed: Some("3.0.16-1"),
        ..USUAL
    },
    Known {
        id: "CVE-2024-0003",
        package: "zlib",
        fixed: Some("1:1.2.13.dfsg-2"),
        ..USUAL
    },
];

/// Vulnerabilities that differ in everything that is asked about.
pub(crate) const VARIED: [Known; 5] = [
    Known {
        id: "CVE-2024-0001",
        fixed: Some("3.0.15-1"),
        aliases: &["GHSA-aaaa-bbbb-cccc"],
        ..USUAL
    },
    Known {
        id: "CVE-2024-0002",
        vector: Some(LOW),
        epss: Some(0.01),
        exploited: false,
        ..USUAL
    },
    Known {
        id: "CVE-2024-0003",
        package: "zlib",
        fixed: Some("1:1.2.13.dfsg-2"),
        vector: Some(MEDIUM),
        epss: Some(0.5),
        exploited: false,
        ..USUAL
    },
    Known {
        id: "CVE-2023-0004",
        package: "bash",
        vector: None,
        epss: None,
        exploited: false,
        ..USUAL
    },
    Known {
        id: "DSA-0005",
        package: "curl",
        fixed: Some("7.88.1-10+deb12u9"),
        vector: Some(MEDIUM),
        epss: None,
        ..USUAL
    },
];

/// A database of these.
pub(crate) fn database(known: &[Known]) -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for one in known {
        let end = one
            .fixed
            .map_or(RangeEnd::Open, |fixed| RangeEnd::Fixed(fixed.to_owned()));
        builder.add(Item::Advisory(Box::new(Advisory {
            id: one.id.to_owned(),
            feed: "debian-tracker".to_owned(),
            aliases: one.aliases.iter().map(|&alias| alias.to_owned()).collect(),
            affected: vec![Affected {
                namespace: "Debian:12".to_owned(),
                name: one.package.to_owned(),
                ranges: vec![Range {
                    introduced: None,
                    end,
                }],
                ..Affected::default()
            }],
            ..Advisory::default()
        })));
        builder.add(Item::Facts(Box::new(facts(one))));
    }
    builder.finish().unwrap()
}

fn facts(one: &Known) -> Facts {
    let scored = one.vector.map(|vector| Cvss {
        source: "NVD".to_owned(),
        vector: vector.to_owned(),
    });
    Facts {
        id: one.id.to_owned(),
        feed: "nvd".to_owned(),
        cvss: scored.into_iter().collect(),
        cwes: vec!["CWE-79".to_owned()],
        references: vec!["https://example.org/advisory".to_owned()],
        epss: one.epss.map(|score| Epss {
            score,
            percentile: 0.5,
        }),
        kev: one.exploited.then(|| Kev {
            date_added: "2024-02-03".to_owned(),
            due_date: Some("2024-03-04".to_owned()),
            ransomware: false,
            required_action: Some("Update.".to_owned()),
        }),
        ..Facts::default()
    }
}

/// The program with its data in this directory.
pub(crate) fn lynkeus(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynkeus"));
    command.arg("--data-dir").arg(data);
    command
}

/// A service that is stopped when the test ends, however it ends.
pub(crate) struct Running {
    pub(crate) process: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// The link of the first sign-in to the dashboard.
    pub(crate) link: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Starts a service that does not scan this machine, and waits until it listens.
pub(crate) fn start(data: &Path, more: impl FnOnce(&mut Command)) -> Running {
    let mut command = lynkeus(data);
    command.args(["up", "--listen", "127.0.0.1:0", "--no-host"]);
    more(&mut command);
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = process.stdout.take().unwrap();
    let mut running = Running {
        process,
        address: String::new(),
        link: String::new(),
    };
    let mut lines = BufReader::new(out).lines().map(Result::unwrap);
    let mut told = |before: &str| {
        let told = lines.find_map(|line| Some(line.strip_prefix(before)?.to_owned()));
        told.unwrap_or_default()
    };
    running.address = told("Lynkeus listens at ");
    let link = told("dashboard: ");
    link.split(' ')
        .next()
        .unwrap_or_default()
        .clone_into(&mut running.link);
    assert!(running.address.starts_with("http"), "it does not start");
    running
}

/// The same with these advisories.
pub(crate) fn start_with(data: &Path, store: &str, advisories: &[Known]) -> Running {
    let file = data.join("advisories.lkdb");
    fs::write(&file, database(advisories)).unwrap();
    start(data, |command| {
        command.args(["--store", store]).arg("--db").arg(file);
    })
}
