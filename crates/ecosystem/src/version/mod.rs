//! Version orders: each scheme turns a version text into a key, and keys compare.

use std::cmp::Ordering;

pub mod deb;

/// A parsed version. Only keys of the same scheme may be compared, and only by
/// [`Scheme::compare`].
pub type VersionKey = Vec<u8>;

/// The version order of one ecosystem.
#[derive(Debug)]
pub struct Scheme {
    /// Name in explanations: `dpkg`, `PEP 440`.
    pub name: &'static str,
    /// The key of a version, none if the ecosystem's own tool refuses the text.
    pub key: fn(&str) -> Option<VersionKey>,
    /// The order of two keys.
    pub compare: fn(&[u8], &[u8]) -> Ordering,
}

impl Scheme {
    /// The order of two version texts, none if either is not a version.
    pub fn compare_text(&self, a: &str, b: &str) -> Option<Ordering> {
        Some((self.compare)(&(self.key)(a)?, &(self.key)(b)?))
    }
}

/// The order of keys that were made to compare byte by byte.
pub fn bytewise(a: &[u8], b: &[u8]) -> Ordering {
    a.cmp(b)
}

/// Appends a run of ASCII digits so that longer numbers sort after shorter ones.
///
/// Leading zeros do not count; an empty run is zero. The length is written as one byte, or as
/// `0xff` and four bytes from 255 digits on.
pub fn push_number(key: &mut VersionKey, digits: &str) {
    let digits = digits.trim_start_matches('0').as_bytes();
    match u8::try_from(digits.len()) {
        Ok(length) if length < 0xff => key.push(length),
        _ => {
            key.push(0xff);
            let length = u32::try_from(digits.len()).unwrap_or(u32::MAX);
            key.extend_from_slice(&length.to_be_bytes());
        }
    }
    key.extend_from_slice(digits);
}
