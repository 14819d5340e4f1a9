//! `updateinfo.xml` of yum and dnf repositories: Amazon Linux, AlmaLinux, Rocky Linux, Oracle
//! Linux, Fedora, EPEL and Bottlerocket.
//!
//! The format has no specification of its own; the `updateinfo` reader of `createrepo_c` and the
//! published files are the reference. An update states, for each package and architecture, the
//! first version that has its fixes.

use std::collections::BTreeSet;

use model::{Advisory, FixState, Problem};

use super::rpm::{End, SOURCE, Statement, Statements, branch_start, evr, oracle_branch_start};
use super::{cve, date, severity};
use crate::xml::{self, Element, Next};
use crate::{Document, Feed, Item, precedence, text};

/// Amazon Linux 1, 2, 2022 and 2023 with the extras of 2 and the additional repositories.
pub static AMAZON: Feed = Feed {
    name: "amazon-updateinfo",
    publisher: "Amazon Linux Security Center",
    license: "LicenseRef-Amazon-Linux-updateinfo",
    version: 1,
    urls: &[
        "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list",
        "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list",
    ],
    files: &["amazon/**/*updateinfo*.xml*", "amazon/*updateinfo*.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &AMAZON, amazon, emit),
};

/// AlmaLinux's own repositories.
pub static ALMALINUX: Feed = Feed {
    name: "almalinux-updateinfo",
    publisher: "AlmaLinux OS Foundation",
    license: "LicenseRef-AlmaLinux-updateinfo",
    version: 1,
    urls: &[],
    files: &["almalinux/**/*updateinfo.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &ALMALINUX, almalinux, emit),
};

/// Rocky Linux's own repositories.
pub static ROCKY: Feed = Feed {
    name: "rocky-updateinfo",
    publisher: "Rocky Enterprise Software Foundation",
    license: "LicenseRef-Rocky-updateinfo",
    version: 1,
    urls: &[],
    files: &["rocky/**/*updateinfo.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &ROCKY, rocky, emit),
};

/// Oracle Linux's own repositories.
pub static ORACLE: Feed = Feed {
    name: "oracle-updateinfo",
    publisher: "Oracle Linux Security",
    license: "LicenseRef-Oracle-updateinfo",
    version: 1,
    urls: &[],
    files: &["oracle/**/*updateinfo*.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &ORACLE, oracle, emit),
};

/// Fedora's updates and EPEL.
pub static FEDORA: Feed = Feed {
    name: "fedora-updateinfo",
    publisher: "Fedora Project",
    license: "LicenseRef-Fedora-updateinfo",
    version: 1,
    urls: &[],
    files: &["fedora/**/*updateinfo.xml*", "epel/**/*updateinfo.xml*"],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &FEDORA, fedora, emit),
};

/// Bottlerocket's variants.
pub static BOTTLEROCKET: Feed = Feed {
    name: "bottlerocket-updateinfo",
    publisher: "Bottlerocket OS",
    license: "Apache-2.0 OR MIT",
    version: 1,
    urls: &["https://advisories.bottlerocket.aws/updateinfo.xml.gz"],
    files: &[
        "bottlerocket/**/updateinfo.xml*",
        "bottlerocket/updateinfo.xml*",
    ],
    precedence: precedence::BULLETIN,
    parse: |document, emit| parse(document, &BOTTLEROCKET, bottlerocket, emit),
};

/// What the place of a collection says: its namespaces, and the repository as a platform if the
/// packages are from one that is not part of every system.
struct Place {
    namespaces: Vec<String>,
    /// Empty for the system's own repositories.
    platform: String,
    /// What every version in the repository starts with; empty if they share nothing.
    branch: String,
}

impl Place {
    fn system(namespace: String) -> Self {
        Self {
            namespaces: vec![namespace],
            platform: String::new(),
            branch: String::new(),
        }
    }
}

/// The place of a collection, from the update's `<release>`, the collection's `short` and
/// `<name>`, and the path of the document.
type Locate = fn(&Collection<'_>) -> Option<Place>;

struct Collection<'a> {
    release: &'a str,
    short: &'a str,
    name: &'a str,
    path: &'a str,
}

fn parse(document: &mut Document<'_>, feed: &Feed, locate: Locate, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let mut xml = xml::Document::new(document.reader, "updates");
    loop {
        match xml.next(|name| name == "update", |name| name == "filename") {
            Next::Record(update) => read_update(&update, path, feed, locate, emit),
            Next::Oversized(what) => emit(Item::Problem(Problem::new(path, what))),
            Next::Broken(what) => return emit(Item::Cut(Problem::new(path, what))),
            Next::End => return,
        }
    }
}

fn read_update(
    update: &Element,
    path: &str,
    feed: &Feed,
    locate: Locate,
    emit: &mut dyn FnMut(Item),
) {
    let id = update.text_of("id");
    let mut problem = |what: &str| emit(Item::Problem(Problem::new(format!("{path}: {id}"), what)));
    let vulnerabilities = vulnerabilities(update);
    // Bug fixes and enhancements are updates too; they count if they name a vulnerability.
    if update.attribute("type") != "security" && vulnerabilities.is_empty() {
        return;
    }
    if !is_id(id) {
        return problem("the update's id is not an advisory id");
    }
    let release = update.text_of("release");
    let mut statements = Statements::default();
    for collection in update
        .all("pkglist")
        .flat_map(|list| list.all("collection"))
    {
        let place = locate(&Collection {
            release,
            short: collection.attribute("short"),
            name: collection.text_of("name"),
            path,
        });
        let Some(place) = place else {
            problem(&format!(
                "no release is known for collection {}",
                collection.attribute("short")
            ));
            continue;
        };
        let module = collection.child("module").map(|module| {
            format!(
                "{}:{}",
                module.attribute("name"),
                module.attribute("stream")
            )
        });
        for package in collection.all("package") {
            let (name, version) = (package.attribute("name"), package.attribute("version"));
            if name.is_empty() || version.is_empty() {
                problem("a package has no name or no version");
                continue;
            }
            if package.attribute("arch") == SOURCE {
                continue;
            }
            let (epoch, release) = (package.attribute("epoch"), package.attribute("release"));
            let fixed = evr(epoch, version, release);
            for namespace in &place.namespaces {
                let statement = Statement {
                    namespace: namespace.clone(),
                    name: name.to_owned(),
                    module: module.clone(),
                    introduced: branch_start(&fixed, &place.branch)
                        .or_else(|| oracle_branch_start(namespace, name, &fixed)),
                    end: End::Fixed(fixed.clone()),
                    fix: FixState::FromRanges,
                    severity: None,
                };
                statements.add(statement, package.attribute("arch"), &place.platform);
            }
        }
    }
    if statements.is_empty() {
        return problem("the update lists no packages");
    }
    emit(Item::Advisory(Box::new(advisory(
        update,
        id,
        feed,
        vulnerabilities,
        statements,
    ))));
}

fn advisory(
    update: &Element,
    id: &str,
    feed: &Feed,
    vulnerabilities: BTreeSet<String>,
    statements: Statements,
) -> Advisory {
    let date_of = |name| {
        update
            .child(name)
            .and_then(|element| date::parse(element.attribute("date")))
    };
    Advisory {
        id: id.to_owned(),
        feed: feed.name.to_owned(),
        covers: vulnerabilities.into_iter().collect(),
        title: text::title(update.text_of("title")),
        details: text::details(update.text_of("description")),
        published: date_of("issued"),
        modified: date_of("updated"),
        severity: severity::vendor(update.text_of("severity")),
        references: references(update)
            .map(|reference| reference.attribute("href").to_owned())
            .filter(|href| !href.is_empty())
            .collect(),
        affected: statements.affected(),
        ..Advisory::default()
    }
}

/// Letters, digits and `-:._`, at least one digit: `ALAS2-2018-939`, `RLSA-2022:1234`,
/// `FEDORA-2024-deafa21e1d`, `GHSA-mgxf-pj6m-9494`.
fn is_id(id: &str) -> bool {
    id.len() <= 128
        && id.bytes().any(|b| b.is_ascii_digit())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-:._".contains(&b))
}

/// The CVE ids in references of type `cve` and, as Fedora's updates refer to bugs only, in the
/// titles of the others.
fn vulnerabilities(update: &Element) -> BTreeSet<String> {
    references(update)
        .flat_map(|reference| {
            let mut ids = cve::find_all(reference.attribute("id"));
            ids.extend(cve::find_all(reference.attribute("title")));
            ids
        })
        .collect()
}

fn references(update: &Element) -> impl Iterator<Item = &Element> {
    update
        .all("references")
        .flat_map(|list| list.all("reference"))
}

/// `amazon-linux-2---kernel-5.15` is the extra `kernel-5.15` of Amazon Linux 2, whose
/// repository is `amzn2extra-kernel-5.15` on a system; `amazon-linux-2023---nvidia` likewise
/// `amzn2023-nvidia`.
///
/// A package database does not say which repository a package came from, and the extras
/// `kernel-5.10` and `kernel-5.15` and the core repository all have a package `kernel`. But an
/// extra whose name ends with a version has only versions of that branch, so that a branch's
/// bulletins hold from its start.
fn amazon(collection: &Collection<'_>) -> Option<Place> {
    let (system, extra) = match collection.short.split_once("---") {
        Some((system, extra)) => (system, extra),
        None => (collection.short, ""),
    };
    let release = match system {
        "amazon-linux-ami" => "1",
        "amazon-linux-2" => "2",
        "amazon-linux-2022" => "2022",
        "amazon-linux-2023" => "2023",
        _ => return None,
    };
    let branch = extra.trim_start_matches(|c: char| !c.is_ascii_digit());
    let branch_is_version = branch.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    Some(Place {
        namespaces: vec![format!("Amazon Linux:{release}")],
        platform: match (extra, release) {
            ("", _) => String::new(),
            (extra, "2") => format!("amzn2extra-{extra}"),
            (extra, release) => format!("amzn{release}-{extra}"),
        },
        branch: if branch_is_version { branch } else { "" }.to_owned(),
    })
}

/// `almalinux-9-for-x86_64-appstream-rpms__9_default`, or `9` as the part of the path after
/// `almalinux`.
fn almalinux(collection: &Collection<'_>) -> Option<Place> {
    let release = collection
        .short
        .strip_prefix("almalinux-")
        .and_then(major)
        .or_else(|| after(collection.path, "almalinux"))?;
    Some(Place::system(format!("AlmaLinux:{release}")))
}

/// `Rocky Linux 9` in `<release>`, `rocky-linux-9-x86-64-baseos-rpms` as the collection, or the
/// part of the path after `rocky`.
fn rocky(collection: &Collection<'_>) -> Option<Place> {
    let release = collection
        .short
        .strip_prefix("rocky-linux-")
        .and_then(major)
        .or_else(|| {
            collection
                .release
                .strip_prefix("Rocky Linux ")
                .and_then(major)
        })
        .or_else(|| after(collection.path, "rocky"))?;
    Some(Place::system(format!("Rocky Linux:{release}")))
}

/// `Oracle Linux 8` in `<release>` or the collection's name, or `OL8` in the path.
fn oracle(collection: &Collection<'_>) -> Option<Place> {
    let release = [collection.release, collection.name]
        .into_iter()
        .find_map(|text| major(text.strip_prefix("Oracle Linux ")?))
        .or_else(|| {
            collection
                .path
                .split('/')
                .find_map(|part| major(part.strip_prefix("OL")?))
        })?;
    Some(Place::system(format!("Oracle Linux:{release}")))
}

/// `F43` (`F38M` for modules) as the collection or `Fedora 43` as its name.
///
/// EPEL (`EL-6`, `EPEL-9`; `Fedora EPEL 6`) is installed on top of Red Hat's system or one of
/// its rebuilds and never replaces their packages (EPEL policy, "Policies for EPEL packages"), so
/// that its statements hold in their namespaces.
fn fedora(collection: &Collection<'_>) -> Option<Place> {
    let epel = ["EPEL-", "EL-"]
        .into_iter()
        .find_map(|prefix| major(collection.short.strip_prefix(prefix)?))
        .or_else(|| collection.name.strip_prefix("Fedora EPEL ").and_then(major));
    if let Some(release) = epel {
        let namespaces = ["AlmaLinux", "Oracle Linux", "Red Hat", "Rocky Linux"]
            .map(|system| format!("{system}:{release}"));
        return Some(Place {
            namespaces: namespaces.to_vec(),
            platform: "epel".to_owned(),
            branch: String::new(),
        });
    }
    let release = collection
        .short
        .strip_prefix('F')
        .or_else(|| collection.name.strip_prefix("Fedora "))
        .and_then(major)?;
    Some(Place::system(format!("Fedora:{release}")))
}

fn bottlerocket(collection: &Collection<'_>) -> Option<Place> {
    (collection.short == "bottlerocket").then(|| Place::system("Bottlerocket".to_owned()))
}

/// The digits that `text` starts with.
fn major(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end).filter(|digits| !digits.is_empty())
}

/// The major release in the part of `path` that follows the part `system`.
fn after<'a>(path: &'a str, system: &str) -> Option<&'a str> {
    let mut parts = path.split('/');
    parts.find(|part| *part == system)?;
    major(parts.next()?)
}

#[cfg(test)]
mod tests;
