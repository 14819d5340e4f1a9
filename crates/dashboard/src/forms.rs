//! Names and values of queries and forms, read and written.

use memchr::memmem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Names with their values, in order; a name may come several times.
pub(crate) type Pairs = Vec<(String, String)>;

/// The most pairs that are read.
const MOST: usize = 500;

/// The most bytes of a boundary (RFC 2046, section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The most bytes of the lines about a part.
const LONGEST_HEAD: usize = 4096;

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

/// Reads `multipart/form-data` (RFC 7578), as browsers send files: the fields by their names, and
/// the name of a file as `NAME.name`. None if it is not of this form or is cut off.
pub(crate) fn read_parts(content_type: &str, body: &[u8]) -> Option<Pairs> {
    let boundary = content_type
        .strip_prefix("multipart/form-data")?
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("boundary="))?
        .trim_matches('"');
    if boundary.is_empty() || boundary.len() > LONGEST_BOUNDARY {
        return None;
    }
    let first = format!("--{boundary}");
    let delimiter = format!("\r\n{first}");
    let finder = memmem::Finder::new(&delimiter);
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut pairs = Pairs::new();
    while pairs.len() < MOST {
        if rest.starts_with(b"--") {
            return Some(pairs);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = finder.find(part)?;
        let (head, content) = part
            .get(..end)?
            .split_at_checked(head_of(part.get(..end)?)?)?;
        let head = String::from_utf8_lossy(head);
        let disposition = head.lines().find(|line| {
            let name = line.split(':').next().unwrap_or_default();
            name.eq_ignore_ascii_case("content-disposition")
        })?;
        let name = quoted(disposition, " name=\"")?;
        if let Some(file) = quoted(disposition, " filename=\"") {
            pairs.push((format!("{name}.name"), file));
        }
        let content = String::from_utf8_lossy(content.strip_prefix(b"\r\n\r\n")?);
        pairs.push((name, content.into_owned()));
        rest = part.get(end + delimiter.len()..)?;
    }
    None
}

/// Where the lines about a part end.
fn head_of(part: &[u8]) -> Option<usize> {
    memmem::find(part.get(..part.len().min(LONGEST_HEAD))?, b"\r\n\r\n")
}

/// What stands in quotes behind a text; browsers write a quote as `%22` (HTML Standard, "Multipart
/// form data").
fn quoted(line: &str, before: &str) -> Option<String> {
    let (_, rest) = line.split_once(before)?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("%22", "\"").replace("%0D%0A", " "))
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
    use super::{encoded, read, read_parts};

    const KIND: &str = "multipart/form-data; boundary=--x";

    fn sent(parts: &[(&str, &str)]) -> String {
        let mut body = String::new();
        for (about, content) in parts {
            body.push_str("----x\r\nContent-Disposition: form-data; ");
            body.push_str(about);
            body.push_str("\r\n\r\n");
            body.push_str(content);
            body.push_str("\r\n");
        }
        body + "----x--\r\n"
    }

    #[test]
    fn files_are_read() {
        let file = "name=\"document\"; filename=\"a %22b%22.json\"\r\nContent-Type: text/plain";
        let body = sent(&[
            ("name=\"form\"", "t"),
            (file, "{\r\n--x\r\n----\n}\r\n"),
            ("name=\"\"", ""),
        ]);
        let expected = [
            ("form", "t"),
            ("document.name", "a \"b\".json"),
            ("document", "{\r\n--x\r\n----\n}\r\n"),
            ("", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read_parts(KIND, body.as_bytes()).unwrap(), expected);
        assert_eq!(read_parts(KIND, b"----x--"), Some(Vec::new()));
        for length in 0..body.len() - 4 {
            assert_eq!(
                read_parts(KIND, &body.as_bytes()[..length]),
                None,
                "{length}"
            );
        }
        let bodies = ["", "----x", "----x\r\n\r\n----x--", "----y--"];
        for body in bodies {
            assert_eq!(read_parts(KIND, body.as_bytes()), None, "{body}");
        }
        for kind in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/plain; boundary=x",
        ] {
            assert_eq!(read_parts(kind, body.as_bytes()), None, "{kind}");
        }
    }

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
