//! Who publishes which OSV records, and where.

use serde_json::Value;

use crate::Feed;
use crate::feed::precedence;

/// Who stands behind an id.
pub(super) struct Publisher {
    /// Beginning of the ids.
    prefix: &'static str,
    pub(super) feed: &'static str,
    /// Source of the record's CVSS vectors.
    pub(super) assessor: &'static str,
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    /// A record about one vulnerability.
    Vulnerability,
    /// An errata that may cover several.
    Bulletin,
    /// An errata that is about a vulnerability only if it names one.
    BugFix,
}

const fn row(prefix: &'static str, feed: &'static str, assessor: &'static str) -> Publisher {
    Publisher {
        prefix,
        feed,
        assessor,
        kind: Kind::Vulnerability,
    }
}

const fn bulletin(prefix: &'static str, feed: &'static str) -> Publisher {
    Publisher {
        prefix,
        feed,
        assessor: feed,
        kind: Kind::Bulletin,
    }
}

const fn bug_fix(prefix: &'static str, feed: &'static str) -> Publisher {
    Publisher {
        prefix,
        feed,
        assessor: feed,
        kind: Kind::BugFix,
    }
}

/// Prefixes of the schema's "id field", those of errata series beside them.
static PUBLISHERS: &[Publisher] = &[
    row("GHSA-", "ghsa", "GITHUB"),
    row("RUSTSEC-", "rustsec", "RUSTSEC"),
    row("PYSEC-", "pypa", "PYPA"),
    row("GO-", "go-vulndb", "GO"),
    row("MAL-", "ossf-malicious", "OSSF"),
    row("BIT-", "bitnami", "BITNAMI"),
    row("JLSEC-", "julia", "JULIA"),
    row("HSEC-", "haskell", "HASKELL"),
    row("RSEC-", "r", "R"),
    row("NSWG-", "nodejs-security-wg", "NODEJS"),
    row("VICTIMS-", "victims", "VICTIMS"),
    row("DEBIAN-CVE-", "osv-debian", "DEBIAN"),
    row("UBUNTU-CVE-", "osv-ubuntu", "UBUNTU"),
    row("ALPINE-CVE-", "osv-alpine", "ALPINE"),
    row("CGA-", "osv-chainguard", "CHAINGUARD"),
    bulletin("DSA-", "osv-debian"),
    bulletin("DLA-", "osv-debian"),
    bulletin("DTSA-", "osv-debian"),
    bulletin("USN-", "osv-ubuntu"),
    bulletin("LSN-", "osv-ubuntu"),
    bulletin("ALSA-", "almalinux"),
    bug_fix("ALBA-", "almalinux"),
    bug_fix("ALEA-", "almalinux"),
    bulletin("RLSA-", "rocky"),
    bulletin("RXSA-", "rocky"),
    bug_fix("RLBA-", "rocky"),
    bug_fix("RLEA-", "rocky"),
    bulletin("RHSA-", "osv-redhat"),
    bug_fix("RHBA-", "osv-redhat"),
    bug_fix("RHEA-", "osv-redhat"),
    bulletin("SUSE-", "osv-suse"),
    bulletin("openSUSE-", "osv-suse"),
    bulletin("MGASA-", "osv"),
    bulletin("OESA-", "osv"),
    bulletin("ELSA-", "osv"),
];

static UNKNOWN: Publisher = row("", "osv", "OSV");
static RETIRE: Publisher = row("", "retirejs", "RETIREJS");

fn by_prefix(id: &str) -> &'static Publisher {
    PUBLISHERS
        .iter()
        .find(|publisher| id.starts_with(publisher.prefix))
        .unwrap_or(&UNKNOWN)
}

/// The publisher of a record. Sets converted from another form say so: the records of
/// Retire.js carry GitHub's ids but not GitHub's ranges.
pub(super) fn of(id: &str, derived_from: Option<&Value>) -> &'static Publisher {
    let source = derived_from.and_then(Value::as_str).unwrap_or_default();
    if source.starts_with("RetireJS/") {
        &RETIRE
    } else {
        by_prefix(id)
    }
}

/// Whether the id is that of an errata, which may be about several vulnerabilities.
pub(super) fn is_bulletin(id: &str) -> bool {
    by_prefix(id).kind != Kind::Vulnerability
}

/// Whether the id is that of an errata in a series of bug fixes or enhancements.
pub(super) fn is_bug_fix(id: &str) -> bool {
    by_prefix(id).kind == Kind::BugFix
}

const fn feed(
    name: &'static str,
    publisher: &'static str,
    license: &'static str,
    precedence: u8,
    urls: &'static [&'static str],
    files: &'static [&'static str],
) -> Feed {
    Feed {
        name,
        publisher,
        license,
        version: 1,
        urls,
        files,
        precedence,
        parse: super::parse,
    }
}

/// Reviewed advisories of GitHub; those for other ecosystems come with their zips.
pub static GHSA: Feed = feed(
    "ghsa",
    "GitHub Advisory Database",
    "CC-BY-4.0",
    precedence::CURATED,
    &[
        "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/Maven/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/NuGet/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/Packagist/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/RubyGems/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/Pub/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/Hex/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/SwiftURL/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/GitHub%20Actions/all.zip",
    ],
    &[
        "osv/npm/all.zip",
        "osv/Maven/all.zip",
        "osv/NuGet/all.zip",
        "osv/Packagist/all.zip",
        "osv/RubyGems/all.zip",
        "osv/Pub/all.zip",
        "osv/Hex/all.zip",
        "osv/SwiftURL/all.zip",
        "osv/GitHub Actions/all.zip",
        "osv-samples-ghsa/*/all.zip",
        "ghsa/**",
    ],
);

/// Rust crates.
pub static RUSTSEC: Feed = feed(
    "rustsec",
    "RustSec Advisory Database",
    "CC0-1.0",
    precedence::ECOSYSTEM,
    &["https://osv-vulnerabilities.storage.googleapis.com/crates.io/all.zip"],
    &["osv/crates.io/all.zip"],
);

/// Python packages. Many of its ranges are generated; GitHub's count beside them.
pub static PYPA: Feed = feed(
    "pypa",
    "PyPA Advisory Database",
    "CC-BY-4.0",
    precedence::CURATED,
    &["https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"],
    &["osv/PyPI/all.zip"],
);

/// Go modules, the standard library and the toolchain.
pub static GO_VULNDB: Feed = feed(
    "go-vulndb",
    "Go Vulnerability Database",
    "CC-BY-4.0",
    precedence::ECOSYSTEM,
    &["https://osv-vulnerabilities.storage.googleapis.com/Go/all.zip"],
    &["osv/Go/all.zip"],
);

/// Errata of AlmaLinux.
pub static ALMALINUX: Feed = feed(
    "almalinux",
    "AlmaLinux OSV Database",
    "MIT",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip"],
    &["osv/AlmaLinux/all.zip"],
);

/// Errata of Rocky Linux.
pub static ROCKY: Feed = feed(
    "rocky",
    "Rocky Linux Errata",
    "BSD-3-Clause",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip"],
    &["osv/Rocky Linux/all.zip"],
);

/// Applications packaged by Bitnami.
pub static BITNAMI: Feed = feed(
    "bitnami",
    "Bitnami Vulnerability Database",
    "Apache-2.0",
    precedence::ECOSYSTEM,
    &["https://osv-vulnerabilities.storage.googleapis.com/Bitnami/all.zip"],
    &["osv/Bitnami/all.zip"],
);

/// Julia packages.
pub static JULIA: Feed = feed(
    "julia",
    "Julia Security Advisories",
    "CC-BY-4.0",
    precedence::ECOSYSTEM,
    &["https://osv-vulnerabilities.storage.googleapis.com/Julia/all.zip"],
    &["osv/Julia/all.zip"],
);

/// Haskell packages and the compiler.
pub static HASKELL: Feed = feed(
    "haskell",
    "Haskell Security Advisories",
    "CC0-1.0",
    precedence::ECOSYSTEM,
    &[
        "https://osv-vulnerabilities.storage.googleapis.com/Hackage/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/GHC/all.zip",
    ],
    &["osv/Hackage/all.zip", "osv/GHC/all.zip"],
);

/// R packages.
pub static R: Feed = feed(
    "r",
    "R Consortium Advisory Database",
    "Apache-2.0",
    precedence::ECOSYSTEM,
    &[
        "https://osv-vulnerabilities.storage.googleapis.com/CRAN/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/Bioconductor/all.zip",
    ],
    &["osv/CRAN/all.zip", "osv/Bioconductor/all.zip"],
);

/// Debian's advisories (DSA, DLA) and, from osv.dev, one record for each CVE.
pub static OSV_DEBIAN: Feed = feed(
    "osv-debian",
    "Debian Security Advisories",
    "LicenseRef-Debian-Security-Tracker",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Debian/all.zip"],
    &["osv/Debian/all.zip", "osv-derived/Debian/all.zip"],
);

/// Ubuntu's notices and CVEs.
pub static OSV_UBUNTU: Feed = feed(
    "osv-ubuntu",
    "Ubuntu Security Notices",
    "CC-BY-SA-4.0",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Ubuntu/all.zip"],
    &["osv/Ubuntu/all.zip"],
);

/// Alpine's database as osv.dev converts it.
pub static OSV_ALPINE: Feed = feed(
    "osv-alpine",
    "Alpine Security Database",
    "LicenseRef-Alpine-Secdb",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Alpine/all.zip"],
    &["osv/Alpine/all.zip"],
);

/// Packages of Wolfi; the records carry Chainguard's ids.
pub static OSV_WOLFI: Feed = feed(
    "osv-wolfi",
    "Wolfi Security Advisories",
    "CC-BY-NC-ND-4.0",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Wolfi/all.zip"],
    &["osv/Wolfi/all.zip"],
);

/// Packages of Chainguard.
pub static OSV_CHAINGUARD: Feed = feed(
    "osv-chainguard",
    "Chainguard Security Advisories",
    "CC-BY-NC-ND-4.0",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Chainguard/all.zip"],
    &["osv/Chainguard/all.zip"],
);

/// Errata of Red Hat.
pub static OSV_REDHAT: Feed = feed(
    "osv-redhat",
    "Red Hat Security Advisories",
    "CC-BY-4.0",
    precedence::BULLETIN,
    &["https://osv-vulnerabilities.storage.googleapis.com/Red%20Hat/all.zip"],
    &["osv/Red Hat/all.zip"],
);

/// Errata of SUSE and openSUSE.
pub static OSV_SUSE: Feed = feed(
    "osv-suse",
    "SUSE Security Updates",
    "CC-BY-4.0",
    precedence::BULLETIN,
    &[
        "https://osv-vulnerabilities.storage.googleapis.com/SUSE/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/openSUSE/all.zip",
    ],
    &["osv/SUSE/all.zip", "osv/openSUSE/all.zip"],
);

/// Packages published to do harm; its records come with each ecosystem's zip.
pub static OSSF_MALICIOUS: Feed = feed(
    "ossf-malicious",
    "OpenSSF Malicious Packages",
    "Apache-2.0",
    precedence::ECOSYSTEM,
    &[],
    &[],
);

/// npm packages until 2019, converted to OSV; the zip holds Retire.js records too.
pub static NODEJS_SECURITY_WG: Feed = feed(
    "nodejs-security-wg",
    "Node.js Security Working Group",
    "MIT",
    precedence::HISTORIC,
    &[],
    &["osv-derived/npm/all.zip"],
);

/// JavaScript libraries, converted to OSV.
pub static RETIREJS: Feed = feed(
    "retirejs",
    "Retire.js",
    "Apache-2.0",
    precedence::HISTORIC,
    &[],
    &[],
);

/// Maven artifacts until 2020, converted to OSV.
pub static VICTIMS: Feed = feed(
    "victims",
    "Victims CVE Database",
    "CC-BY-SA-4.0",
    precedence::HISTORIC,
    &[],
    &["osv-derived/Maven/all.zip"],
);

/// Records of publishers that have no feed of their own here.
pub static OSV: Feed = feed(
    "osv",
    "OSV contributors",
    "LicenseRef-OSV",
    precedence::CURATED,
    &[
        "https://osv-vulnerabilities.storage.googleapis.com/Mageia/all.zip",
        "https://osv-vulnerabilities.storage.googleapis.com/openEuler/all.zip",
    ],
    &["osv/Mageia/all.zip", "osv/openEuler/all.zip"],
);
