//! The table of distributions and their dates.

use model::OperatingSystem;

use super::{Distribution, MatchBy};

/// Every distribution whose packages have advisories.
///
/// Namespaces are those of OSV where OSV has the distribution
/// (<https://ossf.github.io/osv-schema/#defined-ecosystems>), and are made alike where it has not:
///
/// | system | namespaces |
/// |---|---|
/// | Debian | `Debian:12`; testing by codename, `Debian:sid` if a system has neither number nor a known codename |
/// | Ubuntu | `Ubuntu:22.04:LTS`, `Ubuntu:24.10`; fixes that need a subscription: `Ubuntu:Pro:18.04:LTS` |
/// | Alpine | `Alpine:v3.19`, `Alpine:edge` |
/// | Wolfi, Chainguard, MinimOS, Echo | `Wolfi`, `Chainguard`, `MinimOS`, `Echo`: rolling, no release |
/// | Red Hat Enterprise Linux, CentOS | `Red Hat:9`: the major release of the system; which product, repository or module stream is meant stands in the qualifiers (`platforms` holds CPE prefixes), not in the namespace as OSV has it |
/// | AlmaLinux | `AlmaLinux:9` |
/// | Rocky Linux | `Rocky Linux:9` |
/// | Oracle Linux | `Oracle Linux:9` (not in OSV) |
/// | Fedora | `Fedora:43` (not in OSV) |
/// | Amazon Linux | `Amazon Linux:1`, `:2`, `:2022`, `:2023` (not in OSV); extras repositories included |
/// | SUSE Linux Enterprise Server, Desktop, for SAP, HPC | `SUSE:Linux Enterprise Server 15 SP5`, `SUSE:Linux Enterprise Server 16.0`: one namespace per service pack; every module, extension and LTSS product of that service pack belongs to it |
/// | SLE Micro, SL Micro | `SUSE:Linux Enterprise Micro 5.5`, `SUSE:Linux Micro 6.0` |
/// | openSUSE | `openSUSE:Leap 15.6`, `openSUSE:Leap Micro 5.5`, `openSUSE:Tumbleweed` |
/// | Azure Linux, CBL-Mariner | `Azure Linux:3`, `CBL-Mariner:2.0` (Mariner is not in OSV) |
/// | Photon OS | `Photon OS:5.0` (not in OSV) |
/// | Bottlerocket | `Bottlerocket` (not in OSV) |
/// | Arch Linux | `Arch Linux` (not in OSV) |
pub static DISTRIBUTIONS: &[Distribution] = &[
    Distribution {
        id: "debian",
        title: "Debian",
        purl_type: "deb",
        osv_name: "Debian",
        match_by: MatchBy::Source,
        release: debian_release,
        end_of_life: DEBIAN,
    },
    Distribution {
        id: "ubuntu",
        title: "Ubuntu",
        purl_type: "deb",
        osv_name: "Ubuntu",
        match_by: MatchBy::Source,
        release: ubuntu_release,
        end_of_life: UBUNTU,
    },
    Distribution {
        id: "echo",
        title: "Echo",
        purl_type: "deb",
        osv_name: "Echo",
        match_by: MatchBy::Source,
        release: ROLLING,
        end_of_life: &[],
    },
    Distribution {
        id: "alpine",
        title: "Alpine Linux",
        purl_type: "apk",
        osv_name: "Alpine",
        match_by: MatchBy::Source,
        release: alpine_release,
        end_of_life: ALPINE,
    },
    Distribution {
        id: "wolfi",
        title: "Wolfi",
        purl_type: "apk",
        osv_name: "Wolfi",
        match_by: MatchBy::Source,
        release: ROLLING,
        end_of_life: &[],
    },
    Distribution {
        id: "chainguard",
        title: "Chainguard",
        purl_type: "apk",
        osv_name: "Chainguard",
        match_by: MatchBy::Source,
        release: ROLLING,
        end_of_life: &[],
    },
    Distribution {
        id: "minimos",
        title: "MinimOS",
        purl_type: "apk",
        osv_name: "MinimOS",
        match_by: MatchBy::Source,
        release: ROLLING,
        end_of_life: &[],
    },
    Distribution {
        id: "rhel",
        title: "Red Hat Enterprise Linux",
        purl_type: "rpm",
        osv_name: "Red Hat",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: RHEL,
    },
    // CentOS Linux rebuilt Red Hat's source packages without changing their versions, and had no
    // advisories of its own (https://www.centos.org/centos-linux/).
    Distribution {
        id: "centos",
        title: "CentOS Linux",
        purl_type: "rpm",
        osv_name: "Red Hat",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: CENTOS,
    },
    // CentOS Stream is the branch from which the next minor release of RHEL is cut, with the same
    // package numbering; its packages are at or ahead of Red Hat's.
    Distribution {
        id: "centos-stream",
        title: "CentOS Stream",
        purl_type: "rpm",
        osv_name: "Red Hat",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: CENTOS_STREAM,
    },
    Distribution {
        id: "almalinux",
        title: "AlmaLinux",
        purl_type: "rpm",
        osv_name: "AlmaLinux",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: ALMA,
    },
    Distribution {
        id: "rocky",
        title: "Rocky Linux",
        purl_type: "rpm",
        osv_name: "Rocky Linux",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: ROCKY,
    },
    Distribution {
        id: "ol",
        title: "Oracle Linux",
        purl_type: "rpm",
        osv_name: "Oracle Linux",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: ORACLE,
    },
    Distribution {
        id: "fedora",
        title: "Fedora Linux",
        purl_type: "rpm",
        osv_name: "Fedora",
        match_by: MatchBy::Binary,
        release: major,
        end_of_life: FEDORA,
    },
    Distribution {
        id: "amzn",
        title: "Amazon Linux",
        purl_type: "rpm",
        osv_name: "Amazon Linux",
        match_by: MatchBy::Binary,
        release: amazon_release,
        end_of_life: AMAZON,
    },
    Distribution {
        id: "sles",
        title: "SUSE Linux Enterprise Server",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: sles_release,
        end_of_life: SLES,
    },
    // These products install the same packages as the server, from the same modules.
    Distribution {
        id: "sles_sap",
        title: "SUSE Linux Enterprise Server for SAP Applications",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: sles_release,
        end_of_life: SLES,
    },
    Distribution {
        id: "sled",
        title: "SUSE Linux Enterprise Desktop",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: sles_release,
        end_of_life: SLES,
    },
    Distribution {
        id: "sle_hpc",
        title: "SUSE Linux Enterprise High Performance Computing",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: sles_release,
        end_of_life: SLES,
    },
    Distribution {
        id: "sle-micro",
        title: "SUSE Linux Enterprise Micro",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: |os| named("Linux Enterprise Micro", os),
        end_of_life: &[],
    },
    Distribution {
        id: "suse-microos",
        title: "SUSE Linux Enterprise Micro",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: |os| named("Linux Enterprise Micro", os),
        end_of_life: &[],
    },
    Distribution {
        id: "sl-micro",
        title: "SUSE Linux Micro",
        purl_type: "rpm",
        osv_name: "SUSE",
        match_by: MatchBy::Binary,
        release: |os| named("Linux Micro", os),
        end_of_life: &[],
    },
    Distribution {
        id: "opensuse-leap",
        title: "openSUSE Leap",
        purl_type: "rpm",
        osv_name: "openSUSE",
        match_by: MatchBy::Binary,
        release: |os| named("Leap", os),
        end_of_life: LEAP,
    },
    Distribution {
        id: "opensuse-leap-micro",
        title: "openSUSE Leap Micro",
        purl_type: "rpm",
        osv_name: "openSUSE",
        match_by: MatchBy::Binary,
        release: |os| named("Leap Micro", os),
        end_of_life: &[],
    },
    Distribution {
        id: "opensuse-tumbleweed",
        title: "openSUSE Tumbleweed",
        purl_type: "rpm",
        osv_name: "openSUSE",
        match_by: MatchBy::Binary,
        release: |_| Some("Tumbleweed".to_owned()),
        end_of_life: &[],
    },
    // Microsoft's OVAL and CSAF name source packages.
    Distribution {
        id: "azurelinux",
        title: "Azure Linux",
        purl_type: "rpm",
        osv_name: "Azure Linux",
        match_by: MatchBy::Source,
        release: major,
        end_of_life: AZURE,
    },
    Distribution {
        id: "mariner",
        title: "CBL-Mariner",
        purl_type: "rpm",
        osv_name: "CBL-Mariner",
        match_by: MatchBy::Source,
        release: major_minor,
        end_of_life: MARINER,
    },
    // Photon's CVE metadata names source packages.
    Distribution {
        id: "photon",
        title: "Photon OS",
        purl_type: "rpm",
        osv_name: "Photon OS",
        match_by: MatchBy::Source,
        release: major_minor,
        end_of_life: PHOTON,
    },
    Distribution {
        id: "bottlerocket",
        title: "Bottlerocket",
        purl_type: "rpm",
        osv_name: "Bottlerocket",
        match_by: MatchBy::Binary,
        release: ROLLING,
        end_of_life: &[],
    },
    Distribution {
        id: "arch",
        title: "Arch Linux",
        purl_type: "alpm",
        osv_name: "Arch Linux",
        match_by: MatchBy::Binary,
        release: ROLLING,
        end_of_life: &[],
    },
];

/// For systems without releases.
const ROLLING: fn(&OperatingSystem) -> Option<String> = |_| Some(String::new());

/// `9.4` to `9`.
fn major(os: &OperatingSystem) -> Option<String> {
    let major = os.version_id.split('.').next()?;
    is_number(major).then(|| major.to_owned())
}

/// `5.0` and `5.0.20240101` to `5.0`.
fn major_minor(os: &OperatingSystem) -> Option<String> {
    let mut parts = os.version_id.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    (is_number(major) && is_number(minor)).then(|| format!("{major}.{minor}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn named(product: &str, os: &OperatingSystem) -> Option<String> {
    Some(format!("{product} {}", major_minor(os)?))
}

/// A release that is not out yet carries its codename but no number.
fn debian_release(os: &OperatingSystem) -> Option<String> {
    if !os.version_id.is_empty() {
        return major(os);
    }
    let number = match os.codename.as_deref() {
        Some("bullseye") => "11",
        Some("bookworm") => "12",
        Some("trixie") => "13",
        Some("forky") => "14",
        Some("duke") => "15",
        _ => "sid",
    };
    Some(number.to_owned())
}

/// Long-term support releases are those of April in even years.
fn ubuntu_release(os: &OperatingSystem) -> Option<String> {
    let release = major_minor(os)?;
    let (year, month) = release.split_once('.')?;
    let even = year.bytes().last().is_some_and(|b| b % 2 == 0);
    Some(if even && month == "04" {
        format!("{release}:LTS")
    } else {
        release
    })
}

/// Edge counts up to the next release with an `_alpha` date; release candidates with `_rc`.
fn alpine_release(os: &OperatingSystem) -> Option<String> {
    if os.version_id.contains("_alpha")
        || os.version_id == "edge"
        || os.pretty_name.ends_with(" edge")
    {
        return Some("edge".to_owned());
    }
    let version = os.version_id.split('_').next()?;
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    (is_number(major) && is_number(minor)).then(|| format!("v{major}.{minor}"))
}

/// The first generation was numbered by year and month, the later ones by generation or year.
fn amazon_release(os: &OperatingSystem) -> Option<String> {
    let release = major(os)?;
    let year: u32 = release.parse().ok()?;
    Some(match year {
        2010..=2018 => "1".to_owned(),
        _ => release,
    })
}

/// `15.5` to `Linux Enterprise Server 15 SP5`; from 16 on minor releases replace service packs.
fn sles_release(os: &OperatingSystem) -> Option<String> {
    let major = major(os)?;
    let minor = os.version_id.split('.').nth(1).unwrap_or("0");
    if !is_number(minor) {
        return None;
    }
    Some(match (major.parse::<u32>().ok()?, minor) {
        (16.., _) => format!("Linux Enterprise Server {major}.{minor}"),
        (_, "0") => format!("Linux Enterprise Server {major}"),
        _ => format!("Linux Enterprise Server {major} SP{minor}"),
    })
}

/// End of Debian LTS, which is free to every user (distro-info-data 0.58+deb12u7, `debian.csv`,
/// column `eol-lts`; <https://wiki.debian.org/LTS>).
const DEBIAN: &[(&str, &str)] = &[
    ("4", "2010-02-15"),
    ("5", "2012-02-06"),
    ("6", "2016-02-29"),
    ("7", "2018-05-31"),
    ("8", "2020-06-30"),
    ("9", "2022-06-30"),
    ("10", "2024-06-30"),
    ("11", "2026-08-31"),
    ("12", "2028-06-30"),
    ("13", "2030-06-30"),
];

/// End of standard security maintenance (distro-info-data 0.58+deb12u7, `ubuntu.csv`, column
/// `eol`); Ubuntu Pro is an extension that needs a subscription.
const UBUNTU: &[(&str, &str)] = &[
    ("12.04:LTS", "2017-04-28"),
    ("12.10", "2014-05-16"),
    ("13.04", "2014-01-27"),
    ("13.10", "2014-07-17"),
    ("14.04:LTS", "2019-04-25"),
    ("14.10", "2015-07-23"),
    ("15.04", "2016-02-04"),
    ("15.10", "2016-07-28"),
    ("16.04:LTS", "2021-04-30"),
    ("16.10", "2017-07-20"),
    ("17.04", "2018-01-13"),
    ("17.10", "2018-07-19"),
    ("18.04:LTS", "2023-05-31"),
    ("18.10", "2019-07-18"),
    ("19.04", "2020-01-23"),
    ("19.10", "2020-07-17"),
    ("20.04:LTS", "2025-05-29"),
    ("20.10", "2021-07-22"),
    ("21.04", "2022-01-20"),
    ("21.10", "2022-07-14"),
    ("22.04:LTS", "2027-06-01"),
    ("22.10", "2023-07-20"),
    ("23.04", "2024-01-25"),
    ("23.10", "2024-07-11"),
    ("24.04:LTS", "2029-05-31"),
    ("24.10", "2025-07-10"),
    ("25.04", "2026-01-15"),
    ("25.10", "2026-07-09"),
    ("26.04:LTS", "2031-05-29"),
    ("26.10", "2027-07-15"),
];

/// End of support of each branch (<https://alpinelinux.org/releases/>).
const ALPINE: &[(&str, &str)] = &[
    ("v3.0", "2016-05-01"),
    ("v3.1", "2016-11-01"),
    ("v3.2", "2017-05-01"),
    ("v3.3", "2017-11-01"),
    ("v3.4", "2018-05-01"),
    ("v3.5", "2018-11-01"),
    ("v3.6", "2019-05-01"),
    ("v3.7", "2019-11-01"),
    ("v3.8", "2020-05-01"),
    ("v3.9", "2020-11-01"),
    ("v3.10", "2021-05-01"),
    ("v3.11", "2021-11-01"),
    ("v3.12", "2022-05-01"),
    ("v3.13", "2022-11-01"),
    ("v3.14", "2023-05-01"),
    ("v3.15", "2023-11-01"),
    ("v3.16", "2024-05-23"),
    ("v3.17", "2024-11-22"),
    ("v3.18", "2025-05-09"),
    ("v3.19", "2025-11-01"),
    ("v3.20", "2026-04-01"),
    ("v3.21", "2026-11-01"),
    ("v3.22", "2027-05-01"),
    ("v3.23", "2027-11-01"),
];

/// End of maintenance support; the extended life cycle is an add-on
/// (<https://access.redhat.com/support/policy/updates/errata>).
const RHEL: &[(&str, &str)] = &[
    ("4", "2012-02-29"),
    ("5", "2017-03-31"),
    ("6", "2020-11-30"),
    ("7", "2024-06-30"),
    ("8", "2029-05-31"),
    ("9", "2032-05-31"),
    ("10", "2035-05-31"),
];

/// <https://wiki.centos.org/About/Product>; CentOS Linux 8 ended early.
const CENTOS: &[(&str, &str)] = &[
    ("5", "2017-03-31"),
    ("6", "2020-11-30"),
    ("7", "2024-06-30"),
    ("8", "2021-12-31"),
];

/// <https://www.centos.org/cl-vs-cs/>: until the RHEL of the same number leaves full support.
const CENTOS_STREAM: &[(&str, &str)] = &[
    ("8", "2024-05-31"),
    ("9", "2027-05-31"),
    ("10", "2030-01-01"),
];

/// End of security support (<https://wiki.almalinux.org/release-notes/>).
const ALMA: &[(&str, &str)] = &[
    ("8", "2029-03-01"),
    ("9", "2032-05-31"),
    ("10", "2035-05-31"),
];

/// <https://wiki.rockylinux.org/rocky/version/>.
const ROCKY: &[(&str, &str)] = &[
    ("8", "2029-05-31"),
    ("9", "2032-05-31"),
    ("10", "2035-05-31"),
];

/// End of premier support; Oracle gives the month, so its last day
/// (<https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf>).
const ORACLE: &[(&str, &str)] = &[
    ("5", "2017-06-30"),
    ("6", "2021-03-31"),
    ("7", "2024-12-31"),
    ("8", "2029-07-31"),
    ("9", "2032-06-30"),
    ("10", "2035-06-30"),
];

/// <https://docs.fedoraproject.org/en-US/releases/eol/>; supported ones from the schedules at
/// <https://fedorapeople.org/groups/schedule/>.
const FEDORA: &[(&str, &str)] = &[
    ("20", "2015-06-23"),
    ("21", "2015-12-01"),
    ("22", "2016-07-19"),
    ("23", "2016-12-20"),
    ("24", "2017-08-08"),
    ("25", "2017-12-12"),
    ("26", "2018-05-29"),
    ("27", "2018-11-30"),
    ("28", "2019-05-28"),
    ("29", "2019-11-26"),
    ("30", "2020-05-26"),
    ("31", "2020-11-24"),
    ("32", "2021-05-25"),
    ("33", "2021-11-30"),
    ("34", "2022-06-07"),
    ("35", "2022-12-13"),
    ("36", "2023-05-16"),
    ("37", "2023-12-05"),
    ("38", "2024-05-21"),
    ("39", "2024-11-26"),
    ("40", "2025-05-13"),
    ("41", "2025-12-15"),
    ("42", "2026-05-13"),
    ("43", "2026-12-09"),
];

/// The first generation's maintenance support
/// (<https://aws.amazon.com/blogs/aws/update-on-amazon-linux-ami-end-of-life/>), the others'
/// support (<https://aws.amazon.com/amazon-linux-2/faqs/>,
/// <https://aws.amazon.com/linux/amazon-linux-2023/faqs/>). 2022 was a preview of 2023.
const AMAZON: &[(&str, &str)] = &[
    ("1", "2023-12-31"),
    ("2", "2026-06-30"),
    ("2022", "2023-03-15"),
    ("2023", "2029-06-30"),
];

/// End of general support; long-term service pack support is an extension
/// (<https://www.suse.com/lifecycle>).
const SLES: &[(&str, &str)] = &[
    ("Linux Enterprise Server 11", "2010-12-31"),
    ("Linux Enterprise Server 11 SP1", "2012-08-31"),
    ("Linux Enterprise Server 11 SP2", "2014-01-31"),
    ("Linux Enterprise Server 11 SP3", "2016-01-31"),
    ("Linux Enterprise Server 11 SP4", "2019-03-31"),
    ("Linux Enterprise Server 12", "2016-06-30"),
    ("Linux Enterprise Server 12 SP1", "2017-05-31"),
    ("Linux Enterprise Server 12 SP2", "2018-03-31"),
    ("Linux Enterprise Server 12 SP3", "2019-06-30"),
    ("Linux Enterprise Server 12 SP4", "2020-06-30"),
    ("Linux Enterprise Server 12 SP5", "2024-10-31"),
    ("Linux Enterprise Server 15", "2019-12-31"),
    ("Linux Enterprise Server 15 SP1", "2021-01-31"),
    ("Linux Enterprise Server 15 SP2", "2021-12-31"),
    ("Linux Enterprise Server 15 SP3", "2022-12-31"),
    ("Linux Enterprise Server 15 SP4", "2023-12-31"),
    ("Linux Enterprise Server 15 SP5", "2024-12-31"),
    ("Linux Enterprise Server 15 SP6", "2025-12-31"),
    ("Linux Enterprise Server 15 SP7", "2031-07-31"),
    ("Linux Enterprise Server 16.0", "2027-11-30"),
];

/// <https://en.opensuse.org/Lifetime>.
const LEAP: &[(&str, &str)] = &[
    ("Leap 42.1", "2017-05-17"),
    ("Leap 42.2", "2018-01-26"),
    ("Leap 42.3", "2019-07-01"),
    ("Leap 15.0", "2019-12-03"),
    ("Leap 15.1", "2021-02-02"),
    ("Leap 15.2", "2022-01-04"),
    ("Leap 15.3", "2022-12-31"),
    ("Leap 15.4", "2023-12-07"),
    ("Leap 15.5", "2024-12-31"),
    ("Leap 15.6", "2026-04-30"),
    ("Leap 16.0", "2027-10-31"),
];

/// <https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle>.
const AZURE: &[(&str, &str)] = &[("3", "2027-08-31")];

/// Same source as Azure Linux, under its former name.
const MARINER: &[(&str, &str)] = &[("1.0", "2023-08-31"), ("2.0", "2025-07-31")];

/// <https://github.com/vmware/photon/wiki> and the dates that endoflife.date gives for it.
const PHOTON: &[(&str, &str)] = &[
    ("1.0", "2022-02-28"),
    ("2.0", "2022-12-01"),
    ("3.0", "2025-10-02"),
    ("4.0", "2027-10-11"),
];
