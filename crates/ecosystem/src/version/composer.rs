//! The order of PHP Composer versions (`composer/semver`, PHP's `version_compare`).

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, start};

/// Composer's order. A branch (`dev-main`) has no key: Composer never finds it in a range.
pub static COMPOSER: Scheme = Scheme {
    name: "Composer",
    key,
    compare: bytewise,
};

const DEV: u8 = 1;
const ALPHA: u8 = 2;
const BETA: u8 = 3;
const RC: u8 = 4;
const END: u8 = 5;
const NUMBER: u8 = 6;
const PATCH: u8 = 7;
/// `stable` adds nothing to the version.
const STABLE: u8 = 0;

const STABILITIES: &[(&str, u8)] = &[
    ("stable", STABLE),
    ("beta", BETA),
    ("b", BETA),
    ("rc", RC),
    ("alpha", ALPHA),
    ("a", ALPHA),
    ("patch", PATCH),
    ("pl", PATCH),
    ("p", PATCH),
];

/// What Composer puts for `x` in a numbered branch (`2.x-dev`).
const WILDCARD: &str = "9999999";

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let mut version =
        version.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\0' || c == '\x0b');
    if let Some((original, alias)) = version.split_once(" as ") {
        let (original, alias) = (
            original.trim_end_matches(' '),
            alias.trim_start_matches(' '),
        );
        if !alias.contains([',', ' ', '\t', '\n', '\r']) {
            version = original;
        }
    }
    if let Some((before, flag)) = version.rsplit_once('@')
        && ["stable", "rc", "beta", "alpha", "dev"]
            .iter()
            .any(|s| flag.eq_ignore_ascii_case(s))
    {
        version = before;
    }
    if let Some((before, metadata)) = version.split_once('+')
        && !metadata.is_empty()
        && !metadata.contains(char::is_whitespace)
        && !before.is_empty()
        && !before.contains(|c: char| c == ',' || c.is_whitespace())
    {
        version = before;
    }
    let unprefixed = version.strip_prefix(['v', 'V']).unwrap_or(version);
    if classical(&mut key, unprefixed).is_some() || {
        key.clear();
        dated(&mut key, unprefixed).is_some()
    } {
        return Some(key);
    }
    key.clear();
    branch(&mut key, version)?;
    Some(key)
}

/// One to four numbers, the first of at most five digits, and a stability.
fn classical(key: &mut VersionKey, version: &str) -> Option<()> {
    let mut cursor = Cursor::new(version);
    let first = cursor.digits()?;
    if first.len() > 5 {
        return None;
    }
    push_part(key, first);
    for _ in 1..4 {
        let mut ahead = cursor;
        let digits = if ahead.eat(".") { ahead.digits() } else { None };
        if digits.is_some() {
            cursor = ahead;
        }
        push_part(key, digits.unwrap_or("0"));
    }
    stability(key, cursor)
}

/// A date, with or without a time: `20100102`, `2010-01-02.5`.
fn dated(key: &mut VersionKey, version: &str) -> Option<()> {
    let mut cursor = Cursor::new(version);
    let date = cursor
        .run(|b| b.is_ascii_digit() || b".:-".contains(b))
        .trim_end_matches(['.', ':', '-']);
    cursor.rest = version.strip_prefix(date)?;
    if !is_date(date) {
        return None;
    }
    for part in date.split(['.', ':', '-']) {
        push_part(key, part);
    }
    stability(key, cursor)
}

/// Four digits, one to six pairs, at last one to three digits, a separator before each or not.
fn is_date(text: &str) -> bool {
    const SEPARATORS: &[u8] = b".:-";
    let Some((year, rest)) = text.split_at_checked(4) else {
        return false;
    };
    if !is_number(year) {
        return false;
    }
    let mut cursor = Cursor::new(rest);
    for _ in 0..6 {
        cursor.eat_any(SEPARATORS);
        match cursor.rest.split_at_checked(2) {
            Some((pair, rest)) if is_number(pair) => cursor.rest = rest,
            _ => return false,
        }
        let mut ahead = cursor;
        ahead.eat_any(SEPARATORS);
        if cursor.is_empty() || (ahead.rest.len() <= 3 && is_number(ahead.rest)) {
            return true;
        }
    }
    false
}

/// `2.x-dev`: a numbered branch.
fn branch(key: &mut VersionKey, version: &str) -> Option<()> {
    let (name, dev) = version.split_at_checked(version.len().checked_sub(3)?)?;
    if !dev.eq_ignore_ascii_case("dev") {
        return None;
    }
    let name = name.strip_suffix(['.', '-']).unwrap_or(name).trim();
    let mut parts = name.strip_prefix(['v', 'V']).unwrap_or(name).split('.');
    push_part(key, parts.next().filter(|p| is_number(p))?);
    for _ in 1..4 {
        match parts.next() {
            None | Some("x" | "X" | "*") => push_part(key, WILDCARD),
            Some(part) if is_number(part) => push_part(key, part),
            Some(_) => return None,
        }
    }
    if parts.next().is_some() {
        return None;
    }
    key.extend([DEV, END]);
    Some(())
}

/// `[._-]?(WORD(NUMBERS)?)?([.-]?dev)?` up to the end.
fn stability(key: &mut VersionKey, mut cursor: Cursor<'_>) -> Option<()> {
    let mut ahead = cursor;
    ahead.eat_any(b"._-");
    let word = STABILITIES.iter().find(|(word, _)| ahead.eat_word(word));
    let mut stable = false;
    if let Some((_, tag)) = word {
        cursor = ahead;
        stable = *tag == STABLE;
        if !stable {
            key.push(*tag);
        }
        loop {
            let mut ahead = cursor;
            ahead.eat_any(b".-");
            let Some(digits) = ahead.digits() else { break };
            cursor = ahead;
            if !stable {
                push_part(key, digits);
            }
        }
    } else {
        cursor.eat_any(b"._-");
    }
    let mut ahead = cursor;
    ahead.eat_any(b".-");
    if ahead.eat_word("dev") {
        cursor = ahead;
        // Composer returns from `stable` before it looks for `dev`.
        if !stable {
            key.push(DEV);
        }
    }
    key.push(END);
    cursor.is_empty().then_some(())
}

/// PHP reads numbers into a 64-bit integer and stops at its maximum.
fn push_part(key: &mut VersionKey, digits: &str) {
    key.push(NUMBER);
    let significant = digits.trim_start_matches('0');
    if significant.len() >= 19 && significant.parse::<i64>().is_err() {
        push_number(key, "9223372036854775807");
    } else {
        push_number(key, significant);
    }
}
