//! The canonical form of a request that is hashed and signed.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::Request;

/// What stays as it is: RFC 3986's unreserved characters.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The canonical request, with `signed` headers in the order in which the client names them.
pub(super) fn request(request: &Request<'_>, signed: &[&str], payload: &str) -> Vec<u8> {
    whole(request, &path(request.path), signed, payload)
}

/// The canonical request of Amazon S3, which takes the path as it is sent: keys of objects may
/// hold dot segments and empty segments.
pub(super) fn object(request: &Request<'_>, signed: &[&str], payload: &str) -> Vec<u8> {
    whole(request, request.path, signed, payload)
}

fn whole(request: &Request<'_>, path: &str, signed: &[&str], payload: &str) -> Vec<u8> {
    let mut text = Vec::new();
    text.extend(request.method.as_bytes());
    text.push(b'\n');
    text.extend(path.as_bytes());
    text.push(b'\n');
    text.extend(query(request.query).as_bytes());
    text.push(b'\n');
    for name in signed {
        text.extend(name.as_bytes());
        text.push(b':');
        for (index, value) in request.values(name).enumerate() {
            if index > 0 {
                text.push(b',');
            }
            trimmed(value, &mut text);
        }
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend(signed.join(";").as_bytes());
    text.push(b'\n');
    text.extend(payload.as_bytes());
    text
}

/// The path without dot segments and empty segments, encoded once more.
fn path(raw: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut path = String::new();
    for segment in &segments {
        path.push('/');
        path.extend(percent_encode(segment.as_bytes(), UNRESERVED));
    }
    if segments.is_empty() || raw.ends_with('/') {
        path.push('/');
    }
    path
}

/// The pairs of the query, each encoded anew, in the order of their bytes.
fn query(raw: &str) -> String {
    let encoded = |text: &str| {
        let bytes: Vec<u8> = percent_decode_str(text).collect();
        percent_encode(&bytes, UNRESERVED).to_string()
    };
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// The value without outer spaces, and with one space for each inner run of them.
fn trimmed(value: &[u8], out: &mut Vec<u8>) {
    let words = value
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend(word);
    }
}
