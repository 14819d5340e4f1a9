//! The order of npm versions: node-semver with `loose`, as `npm` reads what is installed.

use super::cursor::Cursor;
use super::semver::is_identifier;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, push_text, start};

/// node-semver's `compareLoose`, except that numbers above 2^53 in a pre-release, which
/// JavaScript rounds, compare exactly.
pub static NPM: Scheme = Scheme {
    name: "npm",
    key,
    compare: bytewise,
};

const END: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const RELEASE: u8 = 0xff;

/// node-semver refuses longer texts.
const MAX_LENGTH: usize = 256;
/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
/// Numbers of up to this many digits are exact in JavaScript.
const EXACT_DIGITS: usize = 15;

fn key(version: &str) -> Option<VersionKey> {
    if version.encode_utf16().count() > MAX_LENGTH {
        return None;
    }
    let mut key = start(version)?;
    let version = version
        .trim()
        .trim_start_matches(|c: char| c == 'v' || c == '=' || c.is_whitespace());
    let mut cursor = Cursor::new(version);
    for _ in 0..2 {
        push_main(&mut key, cursor.digits()?)?;
        if !cursor.eat(".") {
            return None;
        }
    }
    let patch = cursor.digits()?;
    let (pre, build) = match cursor.rest.split_once('+') {
        Some((pre, build)) => (pre, Some(build)),
        None => (cursor.rest, None),
    };
    if build.is_some_and(|build| !build.split('.').all(is_identifier)) {
        return None;
    }
    if pre.starts_with('.') {
        // The loose expression needs no dash before a pre-release, so it backs up until one
        // digit of the patch is left over for it: `1.2.34.5` is `1.2.3-4.5`.
        let (patch, last) = patch.split_at_checked(patch.len().checked_sub(1)?)?;
        if patch.is_empty() {
            return None;
        }
        push_main(&mut key, patch)?;
        let mut moved = last.to_owned();
        moved.push_str(pre);
        push_identifiers(&mut key, &moved)?;
        return Some(key);
    }
    push_main(&mut key, patch)?;
    if pre.is_empty() {
        key.push(RELEASE);
    } else {
        // The dash is optional, and is itself the first identifier if none follows it.
        let stripped = pre
            .strip_prefix('-')
            .filter(|rest| !rest.is_empty() && !rest.starts_with('.'));
        push_identifiers(&mut key, stripped.unwrap_or(pre))?;
    }
    Some(key)
}

fn push_main(key: &mut VersionKey, digits: &str) -> Option<()> {
    let significant = digits.trim_start_matches('0');
    if significant.len() > EXACT_DIGITS && significant.parse::<u64>().ok()? > MAX_SAFE_INTEGER {
        return None;
    }
    push_number(key, significant);
    Some(())
}

fn push_identifiers(key: &mut VersionKey, text: &str) -> Option<()> {
    for identifier in text.split('.') {
        if is_number(identifier) {
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
