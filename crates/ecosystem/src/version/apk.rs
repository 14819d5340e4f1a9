//! The order of Alpine versions (apk-package(5); the rules of apk-tools 3).

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, push_number, push_text, start};

/// apk's order: `number{.number}{letter}{_suffix{number}}{~hash}{-rN}`.
pub static APK: Scheme = Scheme {
    name: "apk",
    key,
    compare: bytewise,
};

/// Suffixes in order. Where one version goes on and the other does not, the four pre-release
/// suffixes sort before the end, everything else after it.
const SUFFIXES: &[(&str, u8)] = &[
    ("alpha", 1),
    ("beta", 2),
    ("pre", 3),
    ("rc", 4),
    ("cvs", 10),
    ("svn", 11),
    ("git", 12),
    ("hg", 13),
    ("p", 14),
];
const END: u8 = 6;
const REVISION: u8 = 7;
const HASH: u8 = 8;
const SUFFIX_NUMBER: u8 = 9;
const LETTER: u8 = 15;
const ZERO_LED: u8 = 16;
const NUMBER: u8 = 17;

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let mut cursor = Cursor::new(version.trim());
    push_number(&mut key, cursor.digits()?);
    while cursor.eat(".") {
        let digits = cursor.digits()?;
        // As soon as one side has a leading zero apk compares the digits as text.
        if digits.starts_with('0') {
            key.push(ZERO_LED);
            push_text(&mut key, digits);
        } else {
            key.push(NUMBER);
            push_number(&mut key, digits);
        }
    }
    if let Some(letter @ b'a'..=b'z') = cursor.peek() {
        key.extend([LETTER, letter]);
        cursor.rest = cursor.rest.get(1..)?;
    }
    while cursor.eat("_") {
        let word = cursor.run(u8::is_ascii_lowercase);
        let (_, tag) = SUFFIXES.iter().find(|(name, _)| *name == word)?;
        key.push(*tag);
        if let Some(digits) = cursor.digits() {
            key.push(SUFFIX_NUMBER);
            push_number(&mut key, digits);
        }
    }
    if cursor.eat("~") {
        let hash = cursor.run(u8::is_ascii_hexdigit);
        if hash.is_empty() {
            return None;
        }
        key.push(HASH);
        push_text(&mut key, hash);
    }
    if cursor.eat("-r") {
        key.push(REVISION);
        push_number(&mut key, cursor.digits()?);
    }
    key.push(END);
    cursor.is_empty().then_some(key)
}
