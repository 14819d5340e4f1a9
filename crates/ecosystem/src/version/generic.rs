//! Orders of plain dotted numbers: Bitnami, CRAN, Hackage.

use super::cursor::Cursor;
use super::semver::push_pre;
use super::{Scheme, VersionKey, bytewise, push_number, start};

/// Bitnami: semantic versions in which a pre-release of digits only is a later revision of the
/// package (`1.2.3-4` follows `1.2.3`).
pub static BITNAMI: Scheme = Scheme {
    name: "Bitnami",
    key: bitnami_key,
    compare: bytewise,
};

/// R's `package_version`: numbers between dots or dashes; a prefix sorts before what it begins.
pub static CRAN: Scheme = Scheme {
    name: "CRAN",
    key: |version| dotted_key(version, b".-"),
    compare: bytewise,
};

/// Haskell's package versioning policy: numbers between dots; `1.0` sorts before `1.0.0`.
pub static HACKAGE: Scheme = Scheme {
    name: "Hackage",
    key: |version| dotted_key(version, b"."),
    compare: bytewise,
};

const END: u8 = 0;
const NUMBER: u8 = 1;

fn dotted_key(version: &str, separators: &[u8]) -> Option<VersionKey> {
    let mut key = start(version)?;
    let mut cursor = Cursor::new(version.trim());
    loop {
        key.push(NUMBER);
        push_number(&mut key, cursor.digits()?);
        if cursor.is_empty() {
            key.push(END);
            return Some(key);
        }
        if !cursor.eat_any(separators) {
            return None;
        }
    }
}

fn bitnami_key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let version = version.trim();
    let mut cursor = Cursor::new(version.strip_prefix('v').unwrap_or(version));
    push_release(&mut key, &mut cursor)?;
    let rest = cursor.rest.split('+').next().unwrap_or(cursor.rest);
    if rest.is_empty() {
        push_pre(&mut key, None, false)?;
        push_number(&mut key, "");
        return Some(key);
    }
    let tail = rest.strip_prefix('-')?;
    if super::is_number(tail) {
        push_pre(&mut key, None, false)?;
        push_number(&mut key, tail);
    } else {
        push_pre(&mut key, Some(tail), false)?;
        push_number(&mut key, "");
    }
    Some(key)
}

/// Dotted numbers; zeros at the end do not count.
fn push_release(key: &mut VersionKey, cursor: &mut Cursor<'_>) -> Option<()> {
    let mut kept = key.len();
    loop {
        let digits = cursor.digits()?;
        key.push(NUMBER);
        push_number(key, digits);
        if digits.bytes().any(|b| b != b'0') {
            kept = key.len();
        }
        if !cursor.eat(".") {
            break;
        }
    }
    key.truncate(kept);
    key.push(END);
    Some(())
}
