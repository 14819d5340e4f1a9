//! The order of rpm versions, `[epoch:]version[-release]` (`rpm-version(7)`).

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, push_number, push_text, start};

/// rpm's order: each part by `rpmvercmp`.
pub static RPM: Scheme = Scheme {
    name: "rpm",
    key,
    compare: bytewise,
};

const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const LETTERS: u8 = 4;
const NUMBER: u8 = 5;

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let version = version.trim();
    let mut cursor = Cursor::new(version);
    let digits = cursor.run(u8::is_ascii_digit);
    let (epoch, rest) = if cursor.eat(":") {
        (digits, cursor.rest)
    } else {
        ("", version)
    };
    let (version, release) = match rest.rsplit_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    if version.is_empty() {
        return None;
    }
    push_number(&mut key, epoch);
    push_part(&mut key, version);
    // rpm puts a version without a release before every one that has it, as a shorter key is.
    if let Some(release) = release {
        push_part(&mut key, release);
    }
    Some(key)
}

/// Segments of letters, digits, `~` and `^`; everything else only separates.
fn push_part(key: &mut VersionKey, part: &str) {
    let mut cursor = Cursor::new(part);
    while let Some(byte) = cursor.peek() {
        match byte {
            b'~' => {
                key.push(TILDE);
                cursor.eat("~");
            }
            b'^' => {
                key.push(CARET);
                cursor.eat("^");
            }
            b'0'..=b'9' => {
                key.push(NUMBER);
                push_number(key, cursor.run(u8::is_ascii_digit));
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                key.push(LETTERS);
                push_text(key, cursor.run(u8::is_ascii_alphabetic));
            }
            _ => {
                cursor.rest = cursor.rest.trim_start_matches(|c: char| {
                    !c.is_ascii_alphanumeric() && c != '~' && c != '^'
                });
            }
        }
    }
    key.push(END);
}
