//! Ubuntu's `OpenVEX` documents: one for each CVE, one for each security notice.
//!
//! The form is that of `OpenVEX` 0.2.0 (<https://github.com/openvex/spec>); what each state of the
//! security team's tracker becomes in it stands in the Ubuntu security documentation, "VEX data",
//! section "Understanding VEX data". Documents of 2025 have their header in an object of its own,
//! `metadata`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use ecosystem::os_release;
use model::{Advisory, Affected, FixState, OperatingSystem, Problem, Range, RangeEnd};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::purl::Purl;
use super::{date, severity};
use crate::feed::precedence;
use crate::{Document, Feed, Item, text};

#[cfg(test)]
mod tests;

/// What is affected in every release, by source package, and the security notices.
///
/// OSV's records of Ubuntu say the same with one form for "not fixed yet", "will not be fixed",
/// "postponed" and "not looked at yet". Where both speak of a vulnerability, source package and
/// release they are one finding: its severity and fix are OSV's, and the decision is this feed's.
/// Where one says that a version is affected and the other not, it is.
///
/// `fixed` in the document of a CVE says nothing here: the version beside it is the newest of the
/// release, not the one that has the fix (CVE-2024-6387 names `openssh` 1:8.9p1-3ubuntu0.17 in
/// jammy; USN-6859-1 fixed it in 1:8.9p1-3ubuntu0.10). The versions in notices have the fix.
pub static UBUNTU_VEX: Feed = Feed {
    name: "ubuntu-vex",
    publisher: "Ubuntu Security Team",
    license: "CC-BY-SA-4.0",
    version: 1,
    urls: &["https://security-metadata.canonical.com/vex/vex-all.tar.xz"],
    files: &["ubuntu/**/vex-all.tar*", "ubuntu/vex/**/*.json"],
    precedence: precedence::BULLETIN,
    parse,
};

/// What is not affected, from the same documents.
///
/// It counts before all that OSV and notices say of the same vulnerability, source package and
/// release: OSV cannot say it, and has written packages that never were affected as fixed
/// (UBUNTU-CVE-2024-51988 of 2025-06-02).
pub static UBUNTU_VEX_NOT_AFFECTED: Feed = Feed {
    name: "ubuntu-vex-not-affected",
    publisher: "Ubuntu Security Team",
    license: "CC-BY-SA-4.0",
    version: 1,
    urls: &[],
    files: &[],
    precedence: precedence::TRACKER,
    parse,
};

/// Largest document, in bytes: those of the Linux kernel name every binary of every flavour.
const LIMIT: u64 = 256 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vex<'a> {
    #[serde(borrow)]
    metadata: Option<Header<'a>>,
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    statements: Option<Vec<Statement<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Header<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Statement<'a> {
    #[serde(borrow)]
    vulnerability: Vulnerability<'a>,
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    products: Sources,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    status_notes: Cow<'a, str>,
    #[serde(borrow, rename = "action_statement")]
    action: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
    aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Product<'a> {
    #[serde(borrow, rename = "@id")]
    id: Cow<'a, str>,
}

/// The source packages among the products. Every statement repeats what it says of a source
/// package for each of its binaries and architectures.
#[derive(Debug, Default)]
struct Sources(Vec<String>);

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Sources;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of products")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut products: A) -> Result<Sources, A::Error> {
                let mut sources = Vec::new();
                while let Some(product) = products.next_element::<Product<'de>>()? {
                    if product.id.contains("arch=source") {
                        sources.push(product.id.into_owned());
                    }
                }
                Ok(Sources(sources))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    // Repositories have other files too.
    if document.path.strip_suffix(".json").is_none() {
        return;
    }
    let bytes = match document.bytes(LIMIT) {
        Ok(bytes) => bytes,
        Err(problem) => return emit(Item::Problem(problem)),
    };
    let path = document.path;
    let mut problem = |place: &str, what: String| emit(Item::Problem(Problem::new(place, what)));
    let vex: Vex<'_> = match serde_json::from_slice(&bytes) {
        Ok(vex) => vex,
        Err(error) => return problem(path, format!("not an OpenVEX document: {error}")),
    };
    let Some(statements) = vex.statements else {
        return problem(path, "no statements".to_owned());
    };
    let header = vex.metadata.unwrap_or_default();
    let modified = date::parse(&header.timestamp).or_else(|| date::parse(&vex.timestamp));
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    for (number, statement) in statements.into_iter().enumerate() {
        let place = format!("{path}: statement {}", number + 1);
        let mut problem = |what: String| problem(&place, what);
        let name = statement.vulnerability.name.as_ref();
        if name.is_empty() {
            problem("a vulnerability without a name".to_owned());
            continue;
        }
        if !records.contains_key(name) {
            records.insert(name.to_owned(), Record::new(&statement));
        }
        if let Some(record) = records.get_mut(name) {
            record.add(&statement, &mut problem);
        }
    }
    for (_, record) in records {
        for mut advisory in record.advisories() {
            advisory.modified = modified;
            emit(Item::Advisory(Box::new(advisory)));
        }
    }
}

/// What the statements of a document say of one vulnerability.
struct Record {
    advisory: Advisory,
    is_notice: bool,
    /// Namespace, name and version of what was stated, so that it is stated once.
    stated: HashSet<(String, String, String, FixState)>,
}

impl Record {
    fn new(statement: &Statement<'_>) -> Self {
        let vulnerability = &statement.vulnerability;
        let name = vulnerability.name.as_ref();
        let is_notice = name.starts_with("USN-") || name.starts_with("LSN-");
        // The aliases of a vulnerability are pages about it; those of a notice are the CVEs that
        // it is about.
        let (pages, names): (Vec<_>, Vec<_>) = vulnerability
            .aliases
            .iter()
            .filter(|alias| !alias.is_empty() && *alias != name)
            .cloned()
            .partition(|alias| alias.contains("://"));
        let (covers, aliases) = if is_notice {
            names.into_iter().partition(|name| name.starts_with("CVE-"))
        } else {
            (Vec::new(), names)
        };
        Self {
            advisory: Advisory {
                id: name.to_owned(),
                feed: UBUNTU_VEX.name.to_owned(),
                aliases,
                covers,
                details: text::details(&vulnerability.description),
                published: date::parse(&statement.timestamp),
                references: pages,
                ..Advisory::default()
            },
            is_notice,
            stated: HashSet::new(),
        }
    }

    /// One advisory for what is affected, and one for what is not; none of them without a package.
    ///
    /// One namespace holds several products that are sold. If a package is affected in one of
    /// them, it is not taken for unaffected because of another.
    fn advisories(self) -> impl Iterator<Item = Advisory> {
        let mut affected = self.advisory;
        let (mut not_affected, open): (Vec<_>, Vec<_>) = affected
            .affected
            .drain(..)
            .partition(|one| one.fix == FixState::NotAffected);
        let stated: HashSet<(&str, &str)> = open
            .iter()
            .map(|one| (one.namespace.as_str(), one.name.as_str()))
            .collect();
        not_affected.retain(|one| !stated.contains(&(one.namespace.as_str(), one.name.as_str())));
        let not_affected = Advisory {
            feed: UBUNTU_VEX_NOT_AFFECTED.name.to_owned(),
            affected: not_affected,
            ..affected.clone()
        };
        affected.affected = open;
        [affected, not_affected]
            .into_iter()
            .filter(|advisory| !advisory.affected.is_empty())
    }

    fn add(&mut self, statement: &Statement<'_>, problem: &mut dyn FnMut(String)) {
        if self.advisory.severity.is_none() {
            self.advisory.severity = priority(&statement.status_notes).and_then(severity::vendor);
        }
        let fix = match statement.status.as_ref() {
            "fixed" if self.is_notice => FixState::FromRanges,
            "fixed" => return,
            "not_affected" => FixState::NotAffected,
            "affected" => decision(&statement.action),
            "under_investigation" if statement.status_notes.contains("deferred") => {
                FixState::Deferred
            }
            "under_investigation" => FixState::UnderInvestigation,
            other => return problem(format!("`{other}` is not a status")),
        };
        let mut unknown = HashSet::new();
        for source in &statement.products.0 {
            let Some(purl) = Purl::parse(source).filter(|purl| purl.kind == "deb") else {
                problem(format!("{source} is not the purl of a package"));
                continue;
            };
            let distro = purl.qualifier("distro");
            let Some(namespace) = namespace(distro) else {
                if unknown.insert(distro.to_owned()) {
                    problem(format!("`{distro}` is no release of Ubuntu that is known"));
                }
                continue;
            };
            self.state(namespace, purl, fix, problem);
        }
    }

    fn state(
        &mut self,
        namespace: String,
        purl: Purl,
        fix: FixState,
        problem: &mut dyn FnMut(String),
    ) {
        let end = match fix {
            FixState::NotAffected => None,
            FixState::FromRanges if purl.version.is_empty() => {
                return problem(format!(
                    "{namespace}: {}: fixed without a version",
                    purl.name
                ));
            }
            FixState::FromRanges => Some(RangeEnd::Fixed(purl.version.clone())),
            FixState::NotFixed
            | FixState::WillNotFix
            | FixState::Deferred
            | FixState::EndOfLife
            | FixState::UnderInvestigation => Some(RangeEnd::Open),
        };
        let version = match &end {
            Some(RangeEnd::Fixed(version)) => version.clone(),
            _ => String::new(),
        };
        if !(self.stated).insert((namespace.clone(), purl.name.clone(), version, fix)) {
            return;
        }
        let introduced = None;
        self.advisory.affected.push(Affected {
            namespace,
            name: purl.name,
            ranges: end
                .map(|end| Range { introduced, end })
                .into_iter()
                .collect(),
            fix,
            ..Affected::default()
        });
    }
}

/// What is done about an affected package, by the sentence that the documents begin it with.
fn decision(action: &str) -> FixState {
    if action.contains("decided to not fix") {
        FixState::WillNotFix
    } else if action.contains("no longer supported") {
        FixState::EndOfLife
    } else {
        FixState::NotFixed
    }
}

/// Ubuntu's priority: `Ubuntu Security Team classified this CVE as of Medium priority.`
fn priority(notes: &str) -> Option<&str> {
    let (_, rest) = notes.split_once("classified this CVE as of ")?;
    let (word, _) = rest.split_once(" priority")?;
    word.bytes()
        .all(|b| b.is_ascii_alphabetic())
        .then_some(word)
}

/// The namespace in which OSV has the packages of a purl's `distro`: `jammy`,
/// `esm-infra/jammy`, `trusty/esm`, `fips-updates/jammy`.
///
/// The products that are sold, and builds other than the release's own, are told apart as OSV's
/// records of Ubuntu do (OSV schema, "Defined Ecosystems", Ubuntu).
fn namespace(distro: &str) -> Option<String> {
    let (product, codename) = match distro.split_once('/') {
        None => ("", distro),
        // The tracker's name of what is `esm-infra-legacy/trusty` elsewhere.
        Some((codename, "esm")) => ("esm", codename),
        Some((product, codename)) => (product, codename),
    };
    let (_, version) = CODENAMES.iter().find(|(name, _)| *name == codename)?;
    let system = OperatingSystem {
        id: "ubuntu".to_owned(),
        version_id: (*version).to_owned(),
        ..OperatingSystem::default()
    };
    let own = os_release::namespace(&system)?;
    let release = own.strip_prefix("Ubuntu:")?;
    Some(match product {
        "" => own,
        "esm" | "esm-infra" | "esm-apps" | "esm-infra-legacy" | "esm-apps-legacy" => {
            format!("Ubuntu:Pro:{release}")
        }
        "fips" => format!("Ubuntu:Pro:FIPS:{release}"),
        "fips-updates" => format!("Ubuntu:Pro:FIPS-updates:{release}"),
        "fips-preview" => format!("Ubuntu:Pro:FIPS-preview:{release}"),
        "realtime" => format!("Ubuntu:Pro:Realtime:{release}"),
        "bluefield" => format!("Ubuntu:Nvidia-BlueField:{release}"),
        _ => return None,
    })
}

/// Releases that the documents name, from the first that has any (distro-info-data
/// 0.58+deb12u7, `ubuntu.csv`, columns `series` and `version`).
const CODENAMES: &[(&str, &str)] = &[
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
    ("resolute", "26.04"),
    ("stonking", "26.10"),
];
