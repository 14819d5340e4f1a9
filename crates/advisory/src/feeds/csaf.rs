//! CSAF 2.0: Red Hat's and SUSE's documents, one for each vulnerability (VEX) and one for each
//! bulletin.
//!
//! A VEX document says of every product whether the vulnerability affects it; a bulletin says
//! which versions have the fixes of several vulnerabilities.
//! <https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html>

use std::collections::HashMap;

use model::{Advisory, Cvss, FixState, Problem};

use self::document::{Csaf, Header, Products, Resolved, Vulnerability};
use super::rpm::{End, SOURCE, Statement, Statements};
use super::{cve, date, severity};
use crate::{Document, Feed, Item, precedence, text};

pub(crate) mod document;
pub(crate) mod redhat;
mod suse;

/// Red Hat's VEX documents: what Red Hat says of each CVE, fixed or not.
pub static REDHAT_VEX: Feed = Feed {
    name: "redhat-vex",
    publisher: "Red Hat Product Security",
    license: "CC-BY-4.0",
    version: 1,
    urls: &["https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt"],
    files: &[
        "redhat/**/*csaf*.tar*",
        "redhat/**/*vex*.tar*",
        "redhat/**/*.json*",
    ],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, &REDHAT, Kind::Vex, &REDHAT_VEX, emit),
};

/// Red Hat's bulletins.
pub static REDHAT_ADVISORIES: Feed = Feed {
    name: "redhat-csaf",
    publisher: "Red Hat Product Security",
    license: "CC-BY-4.0",
    version: 1,
    urls: &["https://security.access.redhat.com/data/csaf/v2/advisories/archive_latest.txt"],
    files: &[
        "redhat/**/*csaf*.tar*",
        "redhat/**/*vex*.tar*",
        "redhat/**/*.json*",
    ],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &REDHAT, Kind::Bulletin, &REDHAT_ADVISORIES, emit),
};

/// SUSE's VEX documents.
pub static SUSE_VEX: Feed = Feed {
    name: "suse-vex",
    publisher: "SUSE Product Security Team",
    license: "CC-BY-4.0",
    version: 1,
    urls: &["https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2"],
    files: &["suse/**/csaf-vex*.tar*", "suse/**/cve-*.json*"],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, &SUSE, Kind::Vex, &SUSE_VEX, emit),
};

/// SUSE's bulletins.
pub static SUSE_ADVISORIES: Feed = Feed {
    name: "suse-csaf",
    publisher: "SUSE Product Security Team",
    license: "CC-BY-4.0",
    version: 1,
    urls: &["https://ftp.suse.com/pub/projects/security/csaf.tar.bz2"],
    files: &["suse/**/csaf.tar*", "suse/**/*suse-*.json*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &SUSE, Kind::Bulletin, &SUSE_ADVISORIES, emit),
};

/// Largest document that is read, in bytes.
const LIMIT: u64 = 256 << 20;

/// How one publisher names its products.
struct Publisher {
    /// Source of its CVSS assessments.
    assessor: &'static str,
    package: fn(&Resolved<'_>) -> Named,
}

static REDHAT: Publisher = Publisher {
    assessor: "REDHAT_CVE",
    package: redhat::package,
};

static SUSE: Publisher = Publisher {
    assessor: "SUSE",
    package: suse::package,
};

/// What a product turned out to be.
enum Named {
    Package(Package),
    /// No package of an operating system: a container image, a Java library, a product.
    Other,
    /// It breaks the publisher's own rules.
    Invalid(String),
}

#[derive(Default)]
struct Package {
    name: String,
    version: Option<String>,
    /// Empty if the statement is about every architecture.
    arch: String,
    module: Option<String>,
    namespaces: Vec<String>,
    /// CPE of the product, empty if the namespace says it all.
    platform: String,
}

/// The document in `document`, or why it is none.
pub(crate) fn read(document: &mut Document<'_>) -> Result<Csaf, Problem> {
    let bytes = document.bytes(LIMIT)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(document.path, format!("is not CSAF: {error}")))
}

/// What a document is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One vulnerability and every product.
    Vex,
    /// One release of packages and the vulnerabilities they fix.
    Bulletin,
}

/// The kind of document that a file holds, by its name: both publishers call a VEX document
/// `cve-2024-1234.json` and a bulletin `rhsa-2024_1234.json`. None for the signatures, digests
/// and lists of changes that lie beside them.
fn kind(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next()?.to_ascii_lowercase();
    let (stem, suffix) = name.split_once(".json")?;
    if !["", ".gz", ".xz", ".zst", ".bz2"].contains(&suffix) {
        return None;
    }
    if stem.starts_with("cve-") {
        return Some(Kind::Vex);
    }
    ["rhsa-", "rhba-", "rhea-", "suse-", "opensuse-"]
        .iter()
        .any(|prefix| stem.starts_with(prefix))
        .then_some(Kind::Bulletin)
}

fn parse(
    document: &mut Document<'_>,
    publisher: &Publisher,
    wanted: Kind,
    feed: &Feed,
    emit: &mut dyn FnMut(Item),
) {
    if kind(document.path) != Some(wanted) {
        return;
    }
    let csaf = match read(document) {
        Ok(csaf) => csaf,
        Err(problem) => return emit(Item::Problem(problem)),
    };
    let products = Products::new(csaf.product_tree);
    let mut reader = Reader {
        path: document.path,
        products: &products,
        publisher,
        emit,
    };
    match wanted {
        Kind::Vex => {
            for vulnerability in &csaf.vulnerabilities {
                reader.vex(&csaf.document, vulnerability, feed);
            }
        }
        Kind::Bulletin => reader.bulletin(&csaf.document, &csaf.vulnerabilities, feed),
    }
}

struct Reader<'a> {
    path: &'a str,
    products: &'a Products,
    publisher: &'a Publisher,
    emit: &'a mut dyn FnMut(Item),
}

impl Reader<'_> {
    fn vex(&mut self, header: &Header, vulnerability: &Vulnerability, feed: &Feed) {
        if !cve::is_cve(&vulnerability.cve) {
            return self.problem("a vulnerability has no CVE id");
        }
        let (word, words) = impacts(header, vulnerability);
        let remediations = remediations(vulnerability);
        let mut statements = Statements::default();
        for (status, products) in &vulnerability.product_status {
            for id in products {
                let Some(package) = self.package(id) else {
                    continue;
                };
                let fix = remediations.get(id.as_str()).copied();
                let Some((end, fix)) = meaning(status, package.version.as_deref(), fix) else {
                    continue;
                };
                // Where versions are fixed, the binary packages are listed beside their source.
                if package.arch == SOURCE && matches!(end, End::Fixed(_)) {
                    continue;
                }
                let severity = words
                    .get(id.as_str())
                    .filter(|own| !own.eq_ignore_ascii_case(&word))
                    .map(|own| (*own).to_owned());
                package.state(&mut statements, &end, fix, severity.as_ref());
            }
        }
        if statements.is_empty() {
            return;
        }
        let mut advisory = advisory(header, feed, statements);
        advisory.id.clone_from(&vulnerability.cve);
        advisory.severity = severity::vendor(&word);
        advisory.title = text::title(&vulnerability.title).or(advisory.title);
        advisory.details = vulnerability
            .notes
            .iter()
            .find(|note| note.category == "description")
            .and_then(|note| text::details(&note.text));
        if let Some(released) = date::parse(&vulnerability.release_date) {
            advisory.published = Some(released);
        }
        advisory.cvss = scores(vulnerability, self.publisher.assessor);
        advisory.cwes = vulnerability.cwe.iter().map(|cwe| cwe.id.clone()).collect();
        advisory
            .references
            .extend(vulnerability.references.iter().map(|r| r.url.clone()));
        (self.emit)(Item::Advisory(Box::new(advisory)));
    }

    /// One advisory for each set of vulnerabilities that the same packages fix.
    fn bulletin(&mut self, header: &Header, vulnerabilities: &[Vulnerability], feed: &Feed) {
        let mut groups: Vec<(Statements, Vec<String>)> = Vec::new();
        for vulnerability in vulnerabilities {
            if !cve::is_cve(&vulnerability.cve) {
                self.problem("a vulnerability has no CVE id");
                continue;
            }
            let mut statements = Statements::default();
            for (status, products) in &vulnerability.product_status {
                for id in products {
                    if !matches!(status.as_str(), "fixed" | "first_fixed" | "recommended") {
                        continue;
                    }
                    let Some(package) = self.package(id) else {
                        continue;
                    };
                    let Some(version) = package.version.clone() else {
                        continue;
                    };
                    if package.arch != SOURCE {
                        let end = End::Fixed(version);
                        package.state(&mut statements, &end, FixState::FromRanges, None);
                    }
                }
            }
            if statements.is_empty() {
                continue;
            }
            match groups.iter_mut().find(|(same, _)| *same == statements) {
                Some((_, covered)) => covered.push(vulnerability.cve.clone()),
                None => groups.push((statements, vec![vulnerability.cve.clone()])),
            }
        }
        for (statements, covers) in groups {
            let mut advisory = advisory(header, feed, statements);
            advisory.covers = covers;
            (self.emit)(Item::Advisory(Box::new(advisory)));
        }
    }

    /// The package that a product is; none if it is none, after a problem where that is wrong.
    fn package(&mut self, id: &str) -> Option<Package> {
        let Some(resolved) = self.products.resolve(id) else {
            self.problem(&format!("product {id} is not in the product tree"));
            return None;
        };
        match (self.publisher.package)(&resolved) {
            Named::Package(package) => Some(package),
            Named::Other => None,
            Named::Invalid(what) => {
                self.problem(&format!("product {id}: {what}"));
                None
            }
        }
    }

    fn problem(&mut self, what: &str) {
        (self.emit)(Item::Problem(Problem::new(self.path, what)));
    }
}

impl Package {
    fn state(
        &self,
        statements: &mut Statements,
        end: &End,
        fix: FixState,
        severity: Option<&String>,
    ) {
        for namespace in &self.namespaces {
            let statement = Statement {
                namespace: namespace.clone(),
                name: self.name.clone(),
                module: self.module.clone(),
                introduced: None,
                end: end.clone(),
                fix,
                severity: severity.cloned(),
            };
            statements.add(statement, &self.arch, &self.platform);
        }
    }
}

fn advisory(header: &Header, feed: &Feed, statements: Statements) -> Advisory {
    Advisory {
        id: header.tracking.id.clone(),
        feed: feed.name.to_owned(),
        title: text::title(&header.title),
        published: date::parse(&header.tracking.initial_release_date),
        modified: date::parse(&header.tracking.current_release_date),
        severity: severity::vendor(&header.aggregate_severity.text),
        references: header.references.iter().map(|r| r.url.clone()).collect(),
        affected: statements.affected(),
        ..Advisory::default()
    }
}

/// What a product status (CSAF 2.0 §3.2.3.9) says of a package with or without a version; none
/// if it says nothing of the package's versions as a whole.
fn meaning(status: &str, version: Option<&str>, fix: Option<FixState>) -> Option<(End, FixState)> {
    let open = || match version {
        Some(version) => End::LastAffected(version.to_owned()),
        None => End::Open,
    };
    match status {
        "fixed" | "first_fixed" | "recommended" => {
            Some((End::Fixed(version?.to_owned()), FixState::FromRanges))
        }
        "known_affected" | "last_affected" => Some((open(), fix.unwrap_or(FixState::NotFixed))),
        "under_investigation" => Some((open(), FixState::UnderInvestigation)),
        // A version that is not affected says nothing of the others.
        "known_not_affected" if version.is_none() => Some((End::Open, FixState::NotAffected)),
        _ => None,
    }
}

/// What the remediations (CSAF 2.0 §3.2.3.12) say of a fix, by product. The words are those of
/// Red Hat's documents; of several for one product the most final counts.
fn remediations(vulnerability: &Vulnerability) -> HashMap<&str, FixState> {
    let mut states: HashMap<&str, FixState> = HashMap::new();
    for remediation in &vulnerability.remediations {
        let details = remediation.details.to_ascii_lowercase();
        let state = match (remediation.category.as_str(), details.as_str()) {
            ("no_fix_planned", "out of support scope") => FixState::EndOfLife,
            ("no_fix_planned", _) | ("none_available", "will not fix") => FixState::WillNotFix,
            ("none_available", "fix deferred") => FixState::Deferred,
            ("none_available", "under investigation") => FixState::UnderInvestigation,
            ("none_available", _) => FixState::NotFixed,
            _ => continue,
        };
        for id in &remediation.product_ids {
            let known = states.entry(id).or_insert(state);
            if (finality(*known)) < finality(state) {
                *known = state;
            }
        }
    }
    states
}

fn finality(state: FixState) -> u8 {
    match state {
        FixState::EndOfLife => 3,
        FixState::WillNotFix => 2,
        FixState::Deferred => 1,
        FixState::FromRanges
        | FixState::NotFixed
        | FixState::UnderInvestigation
        | FixState::NotAffected => 0,
    }
}

/// The severity word of a vulnerability, and those of single products.
fn impacts<'a>(
    header: &Header,
    vulnerability: &'a Vulnerability,
) -> (String, HashMap<&'a str, &'a str>) {
    let mut words = HashMap::new();
    let mut general = header.aggregate_severity.text.clone();
    for threat in vulnerability
        .threats
        .iter()
        .filter(|t| t.category == "impact")
    {
        if general.is_empty() {
            general.clone_from(&threat.details);
        }
        for id in &threat.product_ids {
            words.insert(id.as_str(), threat.details.as_str());
        }
    }
    (general, words)
}

/// Each CVSS vector once.
fn scores(vulnerability: &Vulnerability, source: &str) -> Vec<Cvss> {
    let mut scores: Vec<Cvss> = Vec::new();
    for score in &vulnerability.scores {
        for vector in [&score.v4, &score.v3, &score.v2].into_iter().flatten() {
            let known = scores.iter().any(|known| known.vector == vector.vector);
            if !known && !vector.vector.is_empty() {
                scores.push(Cvss {
                    source: source.to_owned(),
                    vector: vector.vector.clone(),
                });
            }
        }
    }
    scores
}

#[cfg(test)]
mod tests;
