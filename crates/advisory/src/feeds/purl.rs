//! Package URLs in publishers' documents, read leniently.

/// The parts of a purl (ECMA-427), percent-decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Purl {
    pub(crate) kind: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Empty if it has none.
    pub(crate) version: String,
    pub(crate) qualifiers: Vec<(String, String)>,
}

impl Purl {
    /// Reads `pkg:type/namespace/name@version?key=value&…#subpath`; none if it is no purl.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let text = text.split_once('#').map_or(text, |(purl, _)| purl);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let (kind, path) = path.split_once('/')?;
        // An `@` before the last `/` belongs to an npm scope.
        let at = path
            .rfind('@')
            .filter(|at| *at > path.rfind('/').unwrap_or(0) && *at > 0);
        let (path, version) = match at {
            Some(at) => (path.get(..at)?, path.get(at + 1..)?),
            None => (path, ""),
        };
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        if kind.is_empty() || name.is_empty() {
            return None;
        }
        Some(Self {
            kind: kind.to_ascii_lowercase(),
            namespace: decode(namespace),
            name: decode(name),
            version: decode(version),
            qualifiers: query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(key, value)| (key.to_ascii_lowercase(), decode(value)))
                .collect(),
        })
    }

    /// A qualifier's value; empty if it is not set.
    pub(crate) fn qualifier(&self, key: &str) -> &str {
        self.qualifiers
            .iter()
            .find(|(k, _)| k == key)
            .map_or("", |(_, value)| value)
    }
}

/// Percent-decoded text; a `%` without two hexadecimal digits stands for itself.
fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Purl;

    #[test]
    fn parts_of_purls() {
        let show = |text| {
            Purl::parse(text).map(|p| {
                format!(
                    "{} {} {} {} {:?}",
                    p.kind, p.namespace, p.name, p.version, p.qualifiers
                )
            })
        };
        for (text, expected) in [
            (
                "pkg:rpm/redhat/ruby@2.5.9-111.module%2Bel8?arch=i686&rpmmod=ruby:2.5",
                Some(
                    r#"rpm redhat ruby 2.5.9-111.module+el8 [("arch", "i686"), ("rpmmod", "ruby:2.5")]"#,
                ),
            ),
            ("pkg:npm/%40angular/core", Some("npm @angular core  []")),
            (
                "pkg:npm/@angular/core@1#sub",
                Some("npm @angular core 1 []"),
            ),
            (
                "pkg:deb/ubuntu/curl@1%?arch=source&distro=esm-infra-legacy/trusty",
                Some(
                    r#"deb ubuntu curl 1% [("arch", "source"), ("distro", "esm-infra-legacy/trusty")]"#,
                ),
            ),
            ("pkg:rpm", None),
            ("pkg:rpm/redhat/", None),
            ("cpe:/o:x", None),
        ] {
            assert_eq!(show(text).as_deref(), expected, "{text}");
        }
    }
}
