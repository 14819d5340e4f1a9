//! The order of NuGet versions (`NuGet.Versioning`, documented under "Package versioning").

use super::cursor::Cursor;
use super::semver::is_identifier;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, start};

/// `NuGetVersion`: up to four numbers, pre-release without regard to case, metadata ignored.
pub static NUGET: Scheme = Scheme {
    name: "NuGet",
    key,
    compare: bytewise,
};

const END: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const RELEASE: u8 = 0xff;

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let version = version.trim();
    let (version, metadata) = match version.split_once('+') {
        Some((version, metadata)) => (version, Some(metadata)),
        None => (version, None),
    };
    if metadata.is_some_and(|metadata| !metadata.split('.').all(is_identifier)) {
        return None;
    }
    let mut cursor = Cursor::new(version);
    push_part(&mut key, number(&mut cursor)?)?;
    for _ in 1..4 {
        let digits = if cursor.eat(".") {
            number(&mut cursor)?
        } else {
            "0"
        };
        push_part(&mut key, digits)?;
    }
    if cursor.is_empty() {
        key.push(RELEASE);
        return Some(key);
    }
    if !cursor.eat("-") {
        return None;
    }
    for label in cursor.rest.split('.') {
        if !is_identifier(label) {
            return None;
        }
        if is_number(label) && label.len() > 1 && label.starts_with('0') {
            return None;
        }
        // NuGet asks `Int32.TryParse`, which takes a sign and refuses what is too large.
        if let Ok(number) = label.parse::<i32>() {
            key.push(NUMBER);
            key.extend_from_slice(&(number ^ i32::MIN).to_be_bytes());
        } else {
            key.push(TEXT);
            key.extend(label.bytes().map(|b| b.to_ascii_uppercase()));
            key.push(0);
        }
    }
    key.push(END);
    Some(key)
}

/// The digits of a number. NuGet reads over blanks around it.
fn number<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    cursor.run(u8::is_ascii_whitespace);
    let digits = cursor.digits()?;
    cursor.run(u8::is_ascii_whitespace);
    Some(digits)
}

/// Each number is an `Int32`.
fn push_part(key: &mut VersionKey, digits: &str) -> Option<()> {
    digits.parse::<i32>().ok()?;
    push_number(key, digits);
    Some(())
}
