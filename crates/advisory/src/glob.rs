//! Matches paths of a mirror against the patterns of a feed.

/// Whether `pattern` describes the whole of `path`.
///
/// `*` stands for any characters within a component; a component `**` for any number of
/// components, none included. Everything else stands for itself.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    components(&pattern, &path)
}

fn components(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => (0..=path.len())
            .filter_map(|skipped| path.get(skipped..))
            .any(|tail| components(rest, tail)),
        (Some((first, pattern)), Some((name, path))) => {
            component(first.as_bytes(), name.as_bytes()) && components(pattern, path)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn component(pattern: &[u8], name: &[u8]) -> bool {
    let mut pieces = pattern.split(|&b| b == b'*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut pieces: Vec<&[u8]> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some(at) = memchr::memmem::find(rest, piece) else {
            return false;
        };
        rest = rest.get(at + piece.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_describe_whole_paths() {
        let rows = [
            ("osv/*/all.zip", "osv/PyPI/all.zip", true),
            ("osv/*/all.zip", "osv/a/b/all.zip", false),
            ("osv/*/all.zip", "mirror/osv/PyPI/all.zip", false),
            ("osv/**", "osv/PyPI/all.zip", true),
            ("osv/**/all.zip", "osv/all.zip", true),
            ("osv/**/all.zip", "osv/a/b/all.zip", true),
            ("osv/**/all.zip", "osv/a/b/all.zip.part", false),
            ("nvd/nvdcve-*.json*", "nvd/nvdcve-2.0-2002.json.gz", true),
            ("nvd/nvdcve-*.json*", "nvd/nvdcve-2.0-2002.meta", false),
            (
                "epss/epss_scores-*.csv.gz",
                "epss/epss_scores-.csv.gz",
                true,
            ),
            ("a*a", "a", false),
            ("a*b*c", "abbc", true),
            ("", "", true),
            ("*", "", true),
        ];
        for (pattern, path, expected) in rows {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }
}
