//! Names and values of queries and forms, read and written.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Names with their values, in order; a name may come several times.
pub(crate) type Pairs = Vec<(String, String)>;

/// The most pairs that are read.
const MOST: usize = 500;

/// What stays as it is in a query, for addresses that people can read.
const READABLE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b',')
    .remove(b'*')
    .remove(b'!')
    .remove(b'@');

/// Reads `application/x-www-form-urlencoded`; what is not UTF-8 is replaced.
pub(crate) fn read(text: &str) -> Pairs {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).take(MOST);
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// A text as part of a query or path.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, READABLE).to_string()
}

/// The first value of a name that is not empty.
pub(crate) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut pairs = pairs.iter();
    pairs.find_map(|(n, value)| (n == name && !value.is_empty()).then_some(value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{encoded, read};

    #[test]
    fn pairs_come_back() {
        let rows = [
            ("a=1&b=2", vec![("a", "1"), ("b", "2")]),
            ("a=x+y%2B&a=", vec![("a", "x y+"), ("a", "")]),
            ("&&a&=b", vec![("a", ""), ("", "b")]),
            ("a=%ff%e2%82%ac%", vec![("a", "\u{fffd}€%")]),
        ];
        for (text, expected) in rows {
            let found = read(text);
            let found: Vec<_> = found
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
        for text in ["a b", "ü&=?#%+", "usr/lib/x:1,2*"] {
            assert_eq!(read(&format!("x={}", encoded(text)))[0].1, text);
        }
    }
}
