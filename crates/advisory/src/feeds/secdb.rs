//! The secdb of Alpine and of the distributions that took over its form.
//!
//! It lists for each package which version fixed which vulnerabilities; the version `0` means
//! that the package never was affected (<https://wiki.alpinelinux.org/wiki/Secdb>).

use std::collections::{BTreeMap, BTreeSet};

use model::{Advisory, Affected, FixState, Problem, Range, RangeEnd};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::cve;
use crate::feed::precedence;
use crate::{Document, Feed, Item, json};

/// Alpine Linux.
pub static ALPINE: Feed = Feed {
    name: "alpine-secdb",
    publisher: "Alpine Linux Security Database",
    license: "LicenseRef-Alpine-Secdb",
    version: 1,
    urls: &[
        "https://secdb.alpinelinux.org/v3.19/main.json",
        "https://secdb.alpinelinux.org/v3.19/community.json",
        "https://secdb.alpinelinux.org/v3.20/main.json",
        "https://secdb.alpinelinux.org/v3.20/community.json",
        "https://secdb.alpinelinux.org/v3.21/main.json",
        "https://secdb.alpinelinux.org/v3.21/community.json",
        "https://secdb.alpinelinux.org/v3.22/main.json",
        "https://secdb.alpinelinux.org/v3.22/community.json",
        "https://secdb.alpinelinux.org/v3.23/main.json",
        "https://secdb.alpinelinux.org/v3.23/community.json",
        "https://secdb.alpinelinux.org/edge/main.json",
        "https://secdb.alpinelinux.org/edge/community.json",
    ],
    files: &["alpine/*/main.json", "alpine/*/community.json"],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, ALPINE.name, emit),
};

/// Wolfi.
pub static WOLFI: Feed = Feed {
    name: "wolfi-secdb",
    publisher: "Wolfi Security Database",
    license: "LicenseRef-Wolfi-Secdb",
    version: 1,
    urls: &["https://packages.wolfi.dev/os/security.json"],
    files: &["wolfi/**/security.json"],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, WOLFI.name, emit),
};

/// Chainguard.
pub static CHAINGUARD: Feed = Feed {
    name: "chainguard-secdb",
    publisher: "Chainguard Security Database",
    license: "LicenseRef-Chainguard-Secdb",
    version: 1,
    urls: &["https://packages.cgr.dev/chainguard/security.json"],
    files: &["chainguard/**/security.json"],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, CHAINGUARD.name, emit),
};

/// MinimOS.
pub static MINIMOS: Feed = Feed {
    name: "minimos-secdb",
    publisher: "MinimOS Security Database",
    license: "LicenseRef-MinimOS-Secdb",
    version: 1,
    urls: &["https://packages.mini.dev/advisories/secdb/security.json"],
    files: &["minimos/**/security.json"],
    precedence: precedence::TRACKER,
    parse: |document, emit| parse(document, MINIMOS.name, emit),
};

/// Largest document, in bytes: Chainguard's has some 20 MB.
const LIMIT: u64 = 512 << 20;
/// Largest package, in bytes: kernels have thousands of entries.
const PACKAGE_LIMIT: usize = 16 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Header {
    distroversion: Option<String>,
    urlprefix: Option<String>,
    packages: Option<Packages>,
}

/// A branch without fixes has an empty text in place of the list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Packages {
    List(#[expect(dead_code, reason = "read again, package by package")] Vec<IgnoredAny>),
    Text(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    pkg: Package,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Package {
    name: String,
    secfixes: Option<BTreeMap<String, Value>>,
}

fn parse(document: &mut Document<'_>, feed: &'static str, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let bytes = match document.bytes(LIMIT) {
        Ok(bytes) => bytes,
        Err(problem) => return emit(Item::Cut(problem)),
    };
    // The namespace may stand behind the packages.
    let namespace = match serde_json::from_slice::<Header>(&bytes) {
        Ok(Header { packages: None, .. }) => Err("no packages".to_owned()),
        Ok(Header {
            packages: Some(Packages::Text(text)),
            ..
        }) if !text.is_empty() => Err(format!("`{text}` is no list of packages")),
        Ok(header) => namespace(&header).ok_or_else(|| {
            let prefix = header.urlprefix.unwrap_or_default();
            format!("no distribution has the packages of `{prefix}`")
        }),
        Err(error) => Err(error.to_string()),
    };
    let namespace = match namespace {
        Ok(namespace) => namespace,
        Err(what) => return emit(Item::Cut(Problem::new(path, what))),
    };
    let mut bytes = bytes.as_slice();
    let mut document = Document {
        path,
        reader: &mut bytes,
    };
    let read = json::list(
        &mut document,
        &["packages"],
        PACKAGE_LIMIT,
        &mut |element| {
            let element = match element {
                Ok(element) => element,
                Err(problem) => return emit(Item::Problem(problem)),
            };
            let place = element.place(path);
            match serde_json::from_slice::<Entry>(element.bytes) {
                Ok(entry) if entry.pkg.name.is_empty() => {
                    emit(Item::Problem(Problem::new(
                        place,
                        "a package without a name",
                    )));
                }
                Ok(entry) => {
                    let mut problem = |what| emit(Item::Problem(Problem::new(&place, what)));
                    let fixes = fixes(entry.pkg.secfixes.unwrap_or_default(), &mut problem);
                    for (id, fix) in fixes {
                        emit(Item::Advisory(Box::new(Advisory {
                            id,
                            feed: feed.to_owned(),
                            aliases: fix.aliases.into_iter().collect(),
                            affected: vec![statement(&namespace, &entry.pkg.name, fix.versions)],
                            ..Advisory::default()
                        })));
                    }
                }
                Err(error) => emit(Item::Problem(Problem::new(place, error.to_string()))),
            }
        },
    );
    match read {
        Ok(_) => {}
        Err(problem) => emit(Item::Cut(problem)),
    }
}

/// Alpine names its branch; the rolling distributions are told by where their packages lie.
fn namespace(header: &Header) -> Option<String> {
    if let Some(branch) = header.distroversion.as_deref().filter(|b| !b.is_empty()) {
        return Some(format!("Alpine:{branch}"));
    }
    let prefix = header.urlprefix.as_deref()?;
    [
        ("packages.wolfi.dev", "Wolfi"),
        ("packages.cgr.dev", "Chainguard"),
        ("mini.dev", "MinimOS"),
    ]
    .into_iter()
    .find(|(host, _)| prefix.contains(host))
    .map(|(_, namespace)| namespace.to_owned())
}

/// What the versions of a package say of one vulnerability.
#[derive(Default)]
struct Fix {
    versions: BTreeSet<String>,
    aliases: BTreeSet<String>,
}

/// The vulnerabilities of a package. A version without any has `null` or an empty text.
fn fixes(
    secfixes: BTreeMap<String, Value>,
    problem: &mut dyn FnMut(String),
) -> BTreeMap<String, Fix> {
    let mut fixes: BTreeMap<String, Fix> = BTreeMap::new();
    for (version, entries) in secfixes {
        let entries = match entries {
            Value::Null => continue,
            Value::Array(entries) => entries,
            entry => vec![entry],
        };
        for entry in entries {
            let Value::String(entry) = entry else {
                problem(format!("{version}: an entry that is no text"));
                continue;
            };
            let (ids, alias) = names(&entry);
            if ids.is_empty() && !entry.is_empty() {
                problem(format!("{version}: `{entry}` names no vulnerability"));
            }
            for id in ids {
                let fix = fixes.entry(id).or_default();
                fix.versions.insert(version.clone());
                fix.aliases.extend(alias.clone());
            }
        }
    }
    fixes
}

/// A vulnerability listed under two versions was fixed anew in the later one: both intervals
/// count, so that the later version ends it.
fn statement(namespace: &str, name: &str, versions: BTreeSet<String>) -> Affected {
    let ranges: Vec<_> = versions
        .into_iter()
        .filter(|version| version != "0")
        .map(|version| Range {
            introduced: None,
            end: RangeEnd::Fixed(version),
        })
        .collect();
    Affected {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        fix: if ranges.is_empty() {
            FixState::NotAffected
        } else {
            FixState::FromRanges
        },
        ranges,
        ..Affected::default()
    }
}

/// The vulnerabilities of an entry, and another name for it if it is one.
///
/// Maintainers write them by hand: several in one entry, `CVE_2019-2426`, `CVE 2018-16859`,
/// `CVE-2019-19451.patch`, `CVE-2017-17434-1`, remarks in parentheses. `XSA-273` is a bulletin
/// of Xen about several CVEs, so it is no alias of one of them, but it stands for itself where
/// there is no CVE.
fn names(entry: &str) -> (Vec<String>, Option<String>) {
    let text = entry.replace("CVE_", "CVE-").replace("CVE ", "CVE-");
    let cves: Vec<String> = cve::find_all(&text).into_iter().collect();
    let mut others = text.split_whitespace().filter(|word| {
        let (prefix, number) = word.split_once('-').unwrap_or_default();
        prefix != "CVE"
            && prefix.bytes().all(|b| b.is_ascii_alphabetic())
            && number.bytes().any(|b| b.is_ascii_digit())
            && number
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let other = others.next().map(str::to_owned);
    match cves.len() {
        0 => (other.into_iter().collect(), None),
        1 => (cves, other.filter(|name| !name.starts_with("XSA-"))),
        _ => (cves, None),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALPINE, WOLFI};
    use crate::check::check_feed;

    /// Entries of v3.11/main.json as of 2020-06-08 and of edge as of 2022.
    #[test]
    fn fixes_become_ranges() {
        check_feed(
            &ALPINE,
            "alpine/v3.11/main.json",
            br#"{"distroversion":"v3.11","reponame":"main","urlprefix":"http://dl-cdn.alpinelinux.org/alpine",
             "packages":[
              {"pkg":{"name":"apache2","secfixes":{"2.4.41-r0":["CVE-2019-9517","CVE-2019-10081"]}}},
              {"pkg":{"name":"xen","secfixes":{"0":["CVE-2020-29487 XSA-348"],
                 "4.11.1-r0":["CVE-2018-15469  XSA-268","CVE-2018-15471 (again)","CVE-????-?????  XSA-295","CVE-2017-17434-1","CVE_2019-2426 TALOS-2019-0844","CVE-2017-5753 CVE-2017-5715 XSA-254 XPTI","?"],
                 "4.12.0-r2":["CVE-2018-15471 XSA-270"],"4.13":null,"4.14":"","4.15":{}}}},
              {"pkg":{"name":"bad","secfixes":[]}},
              {"pkg":{"secfixes":{}}},
              {"pkg":{"name":"zlib","secfixes":{"1.2.11-r4":["CVE-2018-25032"]}}}]}"#,
            &[
                "CVE-2019-10081",
                "  Alpine:v3.11 apache2 <2.4.41-r0",
                "CVE-2019-9517",
                "  Alpine:v3.11 apache2 <2.4.41-r0",
                "! alpine/v3.11/main.json: byte 237: 4.11.1-r0: `?` names no vulnerability",
                "! alpine/v3.11/main.json: byte 237: 4.15: an entry that is no text",
                "CVE-2017-17434",
                "  Alpine:v3.11 xen <4.11.1-r0",
                "CVE-2017-5715",
                "  Alpine:v3.11 xen <4.11.1-r0",
                "CVE-2017-5753",
                "  Alpine:v3.11 xen <4.11.1-r0",
                "CVE-2018-15469",
                "  Alpine:v3.11 xen <4.11.1-r0",
                "CVE-2018-15471",
                "  Alpine:v3.11 xen <4.11.1-r0 <4.12.0-r2",
                "CVE-2019-2426 aliases=TALOS-2019-0844",
                "  Alpine:v3.11 xen <4.11.1-r0",
                "CVE-2020-29487",
                "  Alpine:v3.11 xen fix=NotAffected",
                "XSA-295",
                "  Alpine:v3.11 xen <4.11.1-r0",
                "! alpine/v3.11/main.json: byte 615: invalid type: sequence, expected a map at line 1 column 32",
                "! alpine/v3.11/main.json: byte 667: a package without a name",
                "CVE-2018-25032",
                "  Alpine:v3.11 zlib <1.2.11-r4",
            ],
        );
    }

    #[test]
    fn rolling_distributions_have_no_release() {
        check_feed(
            &WOLFI,
            "wolfi/security.json",
            br#"{"packages":[{"pkg":{"name":"aactl","secfixes":{"0":["CVE-2023-45283"],
              "0.4.12-r10":["CVE-2024-29902","GHSA-88jx-383q-w4qc"]}}}],
              "reponame":"os","urlprefix":"https://packages.wolfi.dev"}"#,
            &[
                "CVE-2023-45283",
                "  Wolfi aactl fix=NotAffected",
                "CVE-2024-29902",
                "  Wolfi aactl <0.4.12-r10",
                "GHSA-88jx-383q-w4qc",
                "  Wolfi aactl <0.4.12-r10",
            ],
        );
        check_feed(
            &WOLFI,
            "wolfi/security.json",
            br#"{"packages":[],"urlprefix":"https://example.org"}"#,
            &["! wolfi/security.json: no distribution has the packages of `https://example.org`"],
        );
    }
}
