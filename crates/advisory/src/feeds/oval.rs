//! OVAL 5 definitions: Red Hat, Oracle Linux, SUSE, AlmaLinux, Azure Linux, CBL-Mariner and
//! Debian.

use std::collections::BTreeSet;

use model::{Advisory, Cvss, FixState, Problem};

use self::document::{Criteria, Definition, Found, Tests};
use super::rpm::{End, Statement, Statements, normal_evr, oracle_branch_start};
use super::{date, severity};
use crate::xml::{self, Next};
use crate::{Document, Feed, Item, precedence, text};

mod document;

/// Red Hat's definitions of patches and of vulnerabilities without one.
pub static REDHAT: Feed = Feed {
    name: "redhat-oval",
    publisher: "Red Hat Product Security",
    license: "CC-BY-4.0",
    version: 1,
    urls: &[],
    files: &["redhat/**/*.oval.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &REDHAT, &RED_HAT_SYSTEMS, emit),
};

/// Oracle Linux's bulletins.
pub static ORACLE: Feed = Feed {
    name: "oracle-oval",
    publisher: "Oracle Linux Security",
    license: "LicenseRef-Oracle-OVAL",
    version: 1,
    urls: &["https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2"],
    files: &["oracle/**/com.oracle.elsa-*.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &ORACLE, &ORACLE_SYSTEMS, emit),
};

/// SUSE's definitions.
pub static SUSE: Feed = Feed {
    name: "suse-oval",
    publisher: "SUSE Product Security Team",
    license: "CC-BY-4.0",
    version: 1,
    urls: &["https://ftp.suse.com/pub/projects/security/oval/"],
    files: &["suse/**/suse.linux.*.xml*", "suse/**/opensuse.*.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &SUSE, &SUSE_SYSTEMS, emit),
};

/// AlmaLinux's bulletins.
pub static ALMALINUX: Feed = Feed {
    name: "almalinux-oval",
    publisher: "AlmaLinux OS Foundation",
    license: "MIT",
    version: 1,
    urls: &["https://security.almalinux.org/oval/org.almalinux.alsa-9.xml.bz2"],
    files: &["almalinux/**/org.almalinux.alsa-*.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &ALMALINUX, &ALMALINUX_SYSTEMS, emit),
};

/// Microsoft's definitions for Azure Linux and CBL-Mariner, by source package.
pub static AZURE_LINUX: Feed = Feed {
    name: "azurelinux-oval",
    publisher: "Microsoft",
    license: "MIT",
    version: 1,
    urls: &[
        "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml",
        "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/cbl-mariner-2.0-oval.xml",
    ],
    files: &["azurelinux/**/*-oval.xml*"],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, &AZURE_LINUX, &AZURE_SYSTEMS, emit),
};

/// Debian's definitions, made from its tracker.
pub static DEBIAN: Feed = Feed {
    name: "debian-oval",
    publisher: "Debian Security Team",
    license: "LicenseRef-Debian-OVAL",
    version: 1,
    urls: &[],
    files: &["debian/**/oval-definitions-*.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &DEBIAN, &DEBIAN_SYSTEMS, emit),
};

/// How one publisher names its systems.
struct Systems {
    /// The namespace of a system that a criterion's comment or a platform names, or that the
    /// path of the document names.
    namespace: fn(&str) -> Option<String>,
    /// Whether the path says which system it is, as the criteria do not.
    by_path: bool,
    /// Whether statements hold only for the products of the list of CPEs.
    by_cpe: bool,
    /// Source of its CVSS assessments.
    assessor: &'static str,
}

static RED_HAT_SYSTEMS: Systems = Systems {
    namespace: |text| numbered(text, "Red Hat Enterprise Linux ", "Red Hat"),
    by_path: false,
    by_cpe: true,
    assessor: "REDHAT_CVE",
};

static ORACLE_SYSTEMS: Systems = Systems {
    namespace: |text| numbered(text, "Oracle Linux ", "Oracle Linux"),
    by_path: false,
    by_cpe: false,
    assessor: "ORACLE",
};

static SUSE_SYSTEMS: Systems = Systems {
    namespace: super::suse::namespace,
    by_path: false,
    by_cpe: false,
    assessor: "SUSE",
};

static ALMALINUX_SYSTEMS: Systems = Systems {
    namespace: |text| numbered(text, "AlmaLinux ", "AlmaLinux"),
    by_path: false,
    by_cpe: false,
    assessor: "ALMALINUX",
};

/// The files are named `azurelinux-3.0-oval.xml` and `cbl-mariner-1.0-oval.xml`.
static AZURE_SYSTEMS: Systems = Systems {
    namespace: |path| {
        let name = path.rsplit('/').next()?;
        if let Some(release) = name.strip_prefix("azurelinux-") {
            return Some(format!("Azure Linux:{}", release.split('.').next()?));
        }
        let release = name.strip_prefix("cbl-mariner-")?;
        Some(format!("CBL-Mariner:{}", release.split('-').next()?))
    },
    by_path: true,
    by_cpe: false,
    assessor: "MICROSOFT",
};

static DEBIAN_SYSTEMS: Systems = Systems {
    namespace: |text| numbered(text, "Debian ", "Debian"),
    by_path: false,
    by_cpe: false,
    assessor: "DEBIAN",
};

/// `Oracle Linux 8` as `Oracle Linux:8`.
fn numbered(text: &str, prefix: &str, system: &str) -> Option<String> {
    let release = text.strip_prefix(prefix)?;
    let release = release.split(' ').next()?;
    (!release.is_empty() && release.bytes().all(|b| b.is_ascii_digit()))
        .then(|| format!("{system}:{release}"))
}

fn parse(document: &mut Document<'_>, feed: &Feed, systems: &Systems, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let mut report = |what: String, cut: bool| {
        let problem = Problem::new(path, what);
        emit(if cut {
            Item::Cut(problem)
        } else {
            Item::Problem(problem)
        });
    };
    let mut xml = xml::Document::new(document.reader, "oval_definitions");
    let mut tests = Tests::default();
    let mut definitions = Vec::new();
    loop {
        match xml.next(is_record, |name| name == "description") {
            Next::Record(element) if element.name == "definition" => {
                match tests.definition(&element) {
                    Some(definition) => definitions.push(definition),
                    None => report(
                        format!("{} has no criteria", element.attribute("id")),
                        false,
                    ),
                }
            }
            Next::Record(element) => tests.keep(&element),
            Next::Oversized(what) => report(what, false),
            Next::Broken(what) => {
                report(what, true);
                break;
            }
            Next::End => break,
        }
    }
    for definition in definitions {
        let mut walk = Walk {
            tests: &tests,
            systems,
            definition: &definition,
            statements: Statements::default(),
            missing: BTreeSet::new(),
        };
        let mut context = Context::default();
        if systems.by_path {
            context.namespaces.extend((systems.namespace)(path));
        }
        walk.node(&definition.criteria, &context);
        let (statements, missing) = (walk.statements, walk.missing);
        for comment in missing {
            let place = format!("{path}: {}", definition.id);
            let what = format!("the test of `{comment}` is not in the document");
            emit(Item::Problem(Problem::new(place, what)));
        }
        if !statements.is_empty() {
            let advisory = advisory(definition, feed, systems, statements);
            emit(Item::Advisory(Box::new(advisory)));
        }
    }
}

fn is_record(name: &str) -> bool {
    name == "definition"
        || name.ends_with("_test")
        || name.ends_with("info_object")
        || name.ends_with("info_state")
}

fn advisory(
    definition: Definition,
    feed: &Feed,
    systems: &Systems,
    statements: Statements,
) -> Advisory {
    // A definition of one vulnerability is that vulnerability's statement; others are bulletins,
    // which Debian names at the beginning of the title only.
    let named = definition.bulletin.or_else(|| {
        let word = definition.title.split([' ', ':']).next()?;
        let id = word.starts_with("DSA-") || word.starts_with("DLA-");
        id.then(|| word.to_owned())
    });
    let (id, covers) = match (named, definition.cves.as_slice()) {
        (None, [cve]) => (cve.clone(), Vec::new()),
        (named, cves) => (named.unwrap_or(definition.id), cves.to_vec()),
    };
    let mut cwes = Vec::new();
    let mut cvss: Vec<Cvss> = Vec::new();
    if covers.len() < 2 {
        cwes = definition.cwes;
        cwes.dedup();
        for vector in definition.vectors {
            let vector = vector.split_once('/').map_or("", |(_, vector)| vector);
            if !cvss.iter().any(|known| known.vector == vector) {
                cvss.push(Cvss {
                    source: systems.assessor.to_owned(),
                    vector: vector.to_owned(),
                });
            }
        }
    }
    Advisory {
        id,
        feed: feed.name.to_owned(),
        covers,
        title: text::title(&definition.title),
        published: date::parse(&definition.issued),
        modified: date::parse(&definition.updated),
        severity: severity::vendor(&definition.severity),
        cvss,
        cwes,
        references: definition.references,
        affected: statements.affected(),
        ..Advisory::default()
    }
}

/// What the criteria around a package demand.
#[derive(Debug, Clone, Default)]
struct Context {
    namespaces: BTreeSet<String>,
    arch: Option<String>,
    module: Option<String>,
    /// Whether some system is demanded that has no namespace.
    elsewhere: bool,
}

/// What a criterion demands.
enum Leaf<'a> {
    System(Option<String>),
    Arch(&'a str),
    Module(&'a str),
    Package(Found<'a>),
    /// The package is said not to be affected.
    Unaffected(&'a str),
    /// Says nothing that a package database can answer, or nothing about versions.
    Other,
}

struct Walk<'a> {
    tests: &'a Tests,
    systems: &'a Systems,
    definition: &'a Definition,
    statements: Statements,
    /// Comments of criteria whose test is missing.
    missing: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    /// States what is said of the packages below a node.
    ///
    /// Every publisher writes its criteria as systems, architecture and module stream around
    /// packages, never as one package on condition of another, so that each package can be
    /// stated with what surrounds it.
    fn node(&mut self, node: &'a Criteria, context: &Context) {
        match node {
            Criteria::And(parts) => {
                let mut inner = context.clone();
                for part in parts {
                    self.gather(part, &mut inner);
                }
                for part in parts {
                    self.node(part, &inner);
                }
            }
            Criteria::Or(parts) => {
                for part in parts {
                    self.node(part, context);
                }
            }
            Criteria::Test { number, comment } => match self.leaf(*number, comment) {
                Leaf::Package(found) => self.package(&found, comment, context),
                Leaf::Unaffected(name) => {
                    self.state(name, &End::Open, FixState::NotAffected, "", context);
                }
                Leaf::System(_) | Leaf::Arch(_) | Leaf::Module(_) | Leaf::Other => {}
            },
        }
    }

    /// Adds what a part of a conjunction demands, if it is a condition without packages.
    fn gather(&mut self, part: &'a Criteria, context: &mut Context) {
        match part {
            Criteria::Test { number, comment } => match self.leaf(*number, comment) {
                Leaf::System(Some(namespace)) => {
                    context.namespaces.insert(namespace);
                }
                Leaf::System(None) => context.elsewhere = true,
                Leaf::Arch(arch) => context.arch = Some(arch.to_owned()),
                Leaf::Module(module) => context.module = Some(module.to_owned()),
                Leaf::Package(_) | Leaf::Unaffected(_) | Leaf::Other => {}
            },
            Criteria::Or(parts) => {
                for part in parts {
                    if matches!(part, Criteria::Test { .. }) {
                        self.gather(part, context);
                    }
                }
            }
            Criteria::And(_) => {}
        }
    }

    fn leaf(&mut self, number: u32, comment: &'a str) -> Leaf<'a> {
        if comment.contains(" is signed with ") || comment.ends_with(" must be installed") {
            return Leaf::Other;
        }
        if let Some(module) = comment
            .strip_prefix("Module ")
            .and_then(|rest| rest.strip_suffix(" is enabled"))
        {
            return Leaf::Module(module);
        }
        if let Some((_, arch)) = comment.split_once(" arch is ") {
            return Leaf::Arch(arch);
        }
        let system = comment.strip_suffix(" is installed");
        if let Some(system) = system {
            let namespace = (self.systems.namespace)(system);
            let listed = self.definition.platforms.iter().any(|name| name == system);
            if namespace.is_some() || listed {
                return Leaf::System(namespace);
            }
        }
        if let Some(name) = comment.strip_suffix(" is not affected") {
            return Leaf::Unaffected(name);
        }
        let Some(found) = self.tests.find(number) else {
            self.missing.insert(comment.to_owned());
            return Leaf::Other;
        };
        if found.is_package && found.name.ends_with("-release") && found.state.evr.is_none() {
            return Leaf::System(None);
        }
        if !found.is_package || found.none_exist || found.state.signature || found.name.is_empty() {
            return Leaf::Other;
        }
        Leaf::Package(found)
    }

    fn package(&mut self, found: &Found<'_>, comment: &str, context: &Context) {
        // Red Hat lists packages that are not affected in definitions of their own, which are
        // never true; Microsoft says of some ranges that the vulnerability "either no longer is
        // or was never applicable".
        if self.definition.id.contains(".unaffected:")
            || self.definition.patchable == "Not Applicable"
        {
            return self.state(found.name, &End::Open, FixState::NotAffected, "", context);
        }
        let unpatched = match self.definition.resolution.as_str() {
            "Will not fix" => FixState::WillNotFix,
            "Out of support scope" => FixState::EndOfLife,
            "Fix deferred" => FixState::Deferred,
            "Under investigation" => FixState::UnderInvestigation,
            _ => FixState::NotFixed,
        };
        let (end, fix) = match &found.state.evr {
            None => match &found.state.version {
                Some(_) => return,
                None => (End::Open, unpatched),
            },
            Some((operation, evr)) => {
                let version = normal_evr(evr).to_owned();
                match operation.as_str() {
                    "less than" => (End::Fixed(version), FixState::FromRanges),
                    "less than or equal" => (End::LastAffected(version), unpatched),
                    "greater than" | "greater than or equal" => (End::Open, unpatched),
                    _ => {
                        self.missing.insert(comment.to_owned());
                        return;
                    }
                }
            }
        };
        let arches = found.state.arch.trim_matches(['(', ')', '^', '$']);
        if context.arch.is_some() || arches.is_empty() || arches == ".*" {
            return self.state(found.name, &end, fix, "", context);
        }
        for arch in arches.split('|') {
            self.state(found.name, &end, fix, arch, context);
        }
    }

    fn state(&mut self, name: &str, end: &End, fix: FixState, arch: &str, context: &Context) {
        let arch = context.arch.as_deref().unwrap_or(arch);
        let platforms = if self.systems.by_cpe {
            products(&self.definition.cpes)
        } else {
            BTreeSet::new()
        };
        for namespace in &context.namespaces {
            let introduced = match end {
                End::Fixed(version) => oracle_branch_start(namespace, name, version),
                End::LastAffected(_) | End::Open => None,
            };
            let statement = Statement {
                namespace: namespace.clone(),
                name: name.to_owned(),
                module: context.module.clone(),
                introduced,
                end: end.clone(),
                fix,
                severity: None,
            };
            if platforms.is_empty() {
                self.statements.add(statement, arch, "");
                continue;
            }
            for platform in &platforms {
                self.statements.add(statement.clone(), arch, platform);
            }
        }
    }
}

/// CPEs without edition, which divide a system into repositories: `cpe:/a:redhat:enterprise_linux:9`.
fn products(cpes: &[String]) -> BTreeSet<String> {
    cpes.iter()
        .map(|cpe| cpe.split(':').take(5).collect::<Vec<_>>().join(":"))
        .collect()
}

#[cfg(test)]
mod tests;
