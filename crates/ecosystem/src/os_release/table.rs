//! The table of distributions.

use model::OperatingSystem;

use super::end_of_life::{
    ALMA, ALPINE, AMAZON, AZURE, CENTOS, CENTOS_STREAM, DEBIAN, FEDORA, LEAP, MARINER, ORACLE,
    PHOTON, RHEL, ROCKY, SLES, UBUNTU,
};
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
