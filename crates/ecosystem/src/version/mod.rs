//! Version orders: each scheme turns a version text into a key, and keys compare.

use std::cmp::Ordering;

pub mod apk;
pub mod composer;
mod cursor;
pub mod deb;
pub mod gem;
pub mod generic;
pub mod golang;
pub mod maven;
pub mod npm;
pub mod nuget;
pub mod pep440;
pub mod rpm;
pub mod semver;

/// Every scheme, for checks that must hold for all of them.
pub static SCHEMES: &[&Scheme] = &[
    &apk::APK,
    &composer::COMPOSER,
    &deb::DEB,
    &gem::GEM,
    &generic::BITNAMI,
    &generic::CRAN,
    &generic::HACKAGE,
    &golang::GO,
    &maven::MAVEN,
    &npm::NPM,
    &nuget::NUGET,
    &pep440::PEP440,
    &rpm::RPM,
    &semver::JULIA,
    &semver::PUB,
    &semver::SEMVER,
];

/// A parsed version. Only keys of the same scheme may be compared, and only by
/// [`Scheme::compare`].
pub type VersionKey = Vec<u8>;

/// Longest version text that has a key, in bytes.
pub const MAX_LENGTH: usize = 4096;

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

/// Appends a text of bytes above zero so that a prefix sorts before what it begins.
fn push_text(key: &mut VersionKey, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(0);
}

/// Whether every byte is an ASCII digit and there is at least one.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// An empty key with room for a version of this length, none if the text is too long.
fn start(version: &str) -> Option<VersionKey> {
    (version.len() <= MAX_LENGTH).then(|| Vec::with_capacity(version.len() * 2 + 16))
}

#[cfg(test)]
mod tests;
