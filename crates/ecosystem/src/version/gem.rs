//! The order of RubyGems versions (`Gem::Version`).

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, push_text, start};

/// `Gem::Version#<=>`.
pub static GEM: Scheme = Scheme {
    name: "RubyGems",
    key,
    compare: bytewise,
};

/// A missing segment counts as zero and a word sorts before every number. So after a common
/// beginning the order is: a word, zeros and a word (fewer zeros first), the end, zeros and a
/// number above zero (more zeros first), a number above zero.
const WORD: u8 = 1;
const ZEROS_WORD: u8 = 2;
const END: u8 = 3;
const ZEROS_NUMBER: u8 = 4;
const NUMBER: u8 = 5;

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let version = version.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    let mut zeros = 0_u32;
    let mut words = false;
    if !version.is_empty() {
        check(version)?;
        let mut cursor = Cursor::new(version);
        while let Some(byte) = cursor.peek() {
            if let Some(digits) = cursor.digits() {
                push_digits(&mut key, digits, &mut zeros);
                continue;
            }
            let word = if byte == b'-' {
                cursor.eat("-");
                "pre"
            } else {
                cursor.run(u8::is_ascii_alphabetic)
            };
            if word.is_empty() {
                cursor.eat(".");
                continue;
            }
            // Zeros right before the first word are dropped.
            if !words {
                zeros = 0;
                words = true;
            }
            if zeros == 0 {
                key.push(WORD);
            } else {
                key.push(ZEROS_WORD);
                key.extend_from_slice(&zeros.to_be_bytes());
                zeros = 0;
            }
            push_text(&mut key, word);
        }
    }
    key.push(END);
    Some(key)
}

fn push_digits(key: &mut VersionKey, digits: &str, zeros: &mut u32) {
    if digits.bytes().all(|b| b == b'0') {
        *zeros += 1;
        return;
    }
    if *zeros == 0 {
        key.push(NUMBER);
    } else {
        key.push(ZEROS_NUMBER);
        key.extend_from_slice(&(!*zeros).to_be_bytes());
        *zeros = 0;
    }
    push_number(key, digits);
}

/// `Gem::Version::VERSION_PATTERN`.
fn check(version: &str) -> Option<()> {
    let (release, pre) = match version.split_once('-') {
        Some((release, pre)) => (release, Some(pre)),
        None => (version, None),
    };
    let mut parts = release.split('.');
    let valid = parts.next().is_some_and(is_number)
        && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && pre.is_none_or(|pre| {
            pre.split('.').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
        });
    valid.then_some(())
}
