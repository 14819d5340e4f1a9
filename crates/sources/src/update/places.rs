//! Which file of a mirror directory holds what a URL serves.

use advisory::Feed;

use crate::http::HttpError;

/// URLs whose own names would not tell their feed, or two of which have the same name.
static NAMED: &[(&str, &str)] = &[
    (
        "https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip",
        "cve5/cvelistV5-main.zip",
    ),
    (
        "https://github.com/cisagov/vulnrichment/archive/refs/heads/develop.zip",
        "cve5/vulnrichment-develop.zip",
    ),
    (
        "https://security-tracker.debian.org/tracker/data/json",
        "debian/tracker.json",
    ),
];

/// URLs that serve the name of the newest file instead of the file.
static POINTERS: &[Pointer] = &[
    Pointer {
        url: "https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt",
        kind: Kind::Name,
        path: "redhat/csaf_vex.tar.zst",
    },
    Pointer {
        url: "https://security.access.redhat.com/data/csaf/v2/advisories/archive_latest.txt",
        kind: Kind::Name,
        path: "redhat/csaf_advisories.tar.zst",
    },
    Pointer {
        url: "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list",
        kind: Kind::Repository,
        path: "amazon/updateinfo_2023.xml.gz",
    },
    Pointer {
        url: "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list",
        kind: Kind::Repository,
        path: "amazon/updateinfo_2.xml.gz",
    },
];

/// A URL that leads to a file elsewhere.
#[derive(Debug)]
pub(super) struct Pointer {
    url: &'static str,
    kind: Kind,
    /// Where the file lies in a mirror.
    pub(super) path: &'static str,
}

#[derive(Debug)]
enum Kind {
    /// The answer is the name of a file beside it.
    Name,
    /// The answer is the address of an rpm repository (yum.conf(5), `mirrorlist`), whose
    /// `repomd.xml` names the file of type `updateinfo`.
    Repository,
}

impl Pointer {
    /// The URL of the file itself.
    pub(super) fn follow(
        &self,
        url: &str,
        get: impl Fn(&str) -> Result<Vec<u8>, HttpError>,
    ) -> Result<String, HttpError> {
        let first = String::from_utf8_lossy(&get(url)?).into_owned();
        let first = first.lines().next().unwrap_or_default().trim();
        let no_name = |url: &str| HttpError::Other {
            url: url.to_owned(),
            what: "does not name a file".to_owned(),
        };
        match self.kind {
            Kind::Name => {
                let is_plain = !first.is_empty()
                    && first
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
                let directory = url.rsplit_once('/').map(|(directory, _)| directory);
                match directory.filter(|_| is_plain) {
                    Some(directory) => Ok(format!("{directory}/{first}")),
                    None => Err(no_name(url)),
                }
            }
            Kind::Repository => {
                if !first.starts_with("https://") {
                    return Err(no_name(url));
                }
                let base = first.trim_end_matches('/');
                let index = format!("{base}/repodata/repomd.xml");
                let text = get(&index)?;
                let text = String::from_utf8_lossy(&text);
                match updateinfo(&text) {
                    Some(href) => Ok(format!("{base}/{href}")),
                    None => Err(no_name(&index)),
                }
            }
        }
    }
}

/// Where `repomd.xml` says the updateinfo is.
fn updateinfo(repomd: &str) -> Option<&str> {
    let (_, data) = repomd.split_once("<data type=\"updateinfo\"")?;
    let (data, _) = data.split_once("</data>")?;
    let (_, href) = data.split_once("<location")?.1.split_once("href=\"")?;
    let (href, _) = href.split_once('"')?;
    let is_below = !href.starts_with('/') && !href.contains("..") && !href.contains(':');
    is_below.then_some(href)
}

/// The pointer behind a URL, if it is one.
pub(super) fn pointer(url: &str) -> Option<&'static Pointer> {
    POINTERS.iter().find(|pointer| pointer.url == url)
}

/// The path in a mirror of what a URL of a feed serves: under the feed's own directory, with the
/// URL's last components as far as its feed reads such a file.
pub fn place(feed: &Feed, url: &str) -> Option<String> {
    if let Some((_, path)) = NAMED.iter().find(|(named, _)| *named == url) {
        return Some((*path).to_owned());
    }
    let (_, path) = url.split_once("://")?.1.split_once('/')?;
    let path = decoded(path)?;
    let components: Vec<&str> = path.split('/').collect();
    if components.iter().any(|c| matches!(*c, "" | "." | "..")) {
        return None;
    }
    for pattern in feed.files {
        let root = pattern.split('/').next().unwrap_or_default();
        for count in [2, 1, 3, 4] {
            let Some(start) = components.len().checked_sub(count) else {
                continue;
            };
            let tail = components.get(start..).unwrap_or_default().join("/");
            let path = format!("{root}/{tail}");
            if feed.reads(&path) {
                return Some(path);
            }
        }
    }
    None
}

/// Undoes percent-encoding (RFC 3986, section 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encodes the spaces and other odd characters of a path.
pub(super) fn encoded(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(crate::registry::encoded).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Pointer, place, pointer, updateinfo};

    #[test]
    fn every_url_of_every_feed_has_its_own_place() {
        let mut places = BTreeMap::new();
        for feed in advisory::FEEDS {
            for url in feed.urls.iter().filter(|url| !url.ends_with('/')) {
                let path = match pointer(url) {
                    Some(Pointer { path, .. }) => Some((*path).to_owned()),
                    None => place(feed, url),
                };
                let path = path.unwrap_or_else(|| panic!("{}: {url}", feed.name));
                assert!(feed.reads(&path), "{}: {url}: {path}", feed.name);
                let other = places.insert(path.clone(), url);
                let is_alone = other.is_none_or(|other| other == url);
                assert!(is_alone, "{path} is both {url} and {other:?}");
            }
        }
        assert!(places.len() > 80, "{}", places.len());
    }

    #[test]
    fn repositories_name_their_updateinfo() {
        let repomd = r#"<repomd><data type="primary"><location href="repodata/p.gz"/></data>
            <data type="updateinfo"><checksum/><location href="repodata/u.xml.gz"/></data></repomd>"#;
        assert_eq!(updateinfo(repomd), Some("repodata/u.xml.gz"));
        let elsewhere = repomd.replace("repodata/u", "../../u");
        assert_eq!(updateinfo(&elsewhere), None);
    }
}
