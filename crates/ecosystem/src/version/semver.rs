//! Semantic versions: Cargo, Hex, Swift, and the two ecosystems that also order build metadata.

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, push_text, start};

/// Semantic Versioning 2.0.0, §11; build metadata does not count.
pub static SEMVER: Scheme = Scheme {
    name: "SemVer",
    key: |version| key(version, false),
    compare: bytewise,
};

/// Julia's `VersionNumber`: build metadata counts, missing parts are zero.
pub static JULIA: Scheme = Scheme {
    name: "Julia",
    key: julia_key,
    compare: bytewise,
};

/// Dart's `pub_semver`: build metadata counts.
pub static PUB: Scheme = Scheme {
    name: "pub",
    key: |version| key(version, true),
    compare: bytewise,
};

const END: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
/// Where a version has no pre-release.
const RELEASE: u8 = 0xff;

fn key(version: &str, with_build: bool) -> Option<VersionKey> {
    let mut key = start(version)?;
    let mut cursor = Cursor::new(version.trim());
    for index in 0..3 {
        if index > 0 && !cursor.eat(".") {
            return None;
        }
        let digits = strict_number(cursor.digits()?)?;
        // Cargo holds each of the three numbers in 64 bits.
        if digits.len() > 19 && digits.parse::<u64>().is_err() {
            return None;
        }
        push_number(&mut key, digits);
    }
    let (pre, build) = tail(&cursor)?;
    push_pre(&mut key, pre, true)?;
    if with_build {
        push_build(&mut key, build)?;
    }
    Some(key)
}

fn julia_key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let mut cursor = Cursor::new(version.trim());
    cursor.eat("v");
    push_number(&mut key, cursor.digits()?);
    for _ in 1..3 {
        let digits = if cursor.eat(".") {
            cursor.digits()?
        } else {
            ""
        };
        push_number(&mut key, digits);
    }
    let (pre, build) = tail(&cursor)?;
    push_pre(&mut key, pre, false)?;
    push_build(&mut key, build)?;
    Some(key)
}

/// A number without leading zeros (§2).
pub(super) fn strict_number(digits: &str) -> Option<&str> {
    (digits == "0" || !digits.starts_with('0')).then_some(digits)
}

/// The pre-release and the build metadata behind the numbers, without their signs. Only the
/// latter is checked.
pub(super) fn tail<'a>(cursor: &Cursor<'a>) -> Option<(Option<&'a str>, Option<&'a str>)> {
    let (pre, build) = match cursor.rest.split_once('+') {
        Some((pre, build)) => (pre, Some(build)),
        None => (cursor.rest, None),
    };
    if build.is_some_and(|build| !build.split('.').all(is_identifier)) {
        return None;
    }
    if pre.is_empty() {
        return Some((None, build));
    }
    Some((Some(pre.strip_prefix('-')?), build))
}

/// A version without a pre-release sorts after all that have one (§11.3).
pub(super) fn push_pre(key: &mut VersionKey, pre: Option<&str>, strict: bool) -> Option<()> {
    match pre {
        None => {
            key.push(RELEASE);
            Some(())
        }
        Some(pre) => push_identifiers(key, pre, strict),
    }
}

/// A version without build metadata sorts before all that have it.
fn push_build(key: &mut VersionKey, build: Option<&str>) -> Option<()> {
    match build {
        None => {
            key.push(END);
            Some(())
        }
        Some(build) => push_identifiers(key, build, false),
    }
}

/// Dot-separated identifiers: numbers before words, a prefix before what it begins (§11.4).
fn push_identifiers(key: &mut VersionKey, text: &str, strict: bool) -> Option<()> {
    for identifier in text.split('.') {
        if is_number(identifier) {
            if strict {
                strict_number(identifier)?;
            }
            key.push(NUMBER);
            push_number(key, identifier);
        } else if is_identifier(identifier) {
            key.push(TEXT);
            push_text(key, identifier);
        } else {
            return None;
        }
    }
    key.push(END);
    Some(())
}

/// Letters, digits and dashes.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
