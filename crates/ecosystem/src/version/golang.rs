//! The order of Go module versions and of Go releases (Go Modules Reference, "Versions").

use super::cursor::Cursor;
use super::semver::{push_pre, strict_number, tail};
use super::{Scheme, VersionKey, bytewise, push_number, start};

/// `golang.org/x/mod/semver`, with or without the leading `v`, and the names of Go releases
/// (`go1.21rc2`) in the form in which the Go vulnerability database writes them
/// (`1.21.0-rc.2`).
pub static GO: Scheme = Scheme {
    name: "Go",
    key,
    compare: bytewise,
};

fn key(version: &str) -> Option<VersionKey> {
    let version = version.trim();
    match version.strip_prefix("go") {
        // Behind a space stand experiments and the builder's notes (`go1.22.1 X:boringcrypto`),
        // behind a dash a builder's suffix, which does not count (`go/version`).
        Some(release) => release_key(release.split([' ', '-', '+']).next().unwrap_or(release)),
        None => module_key(version.strip_prefix('v').unwrap_or(version))
            .or_else(|| release_key(version)),
    }
}

fn module_key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let mut cursor = Cursor::new(version);
    push_number(&mut key, strict_number(cursor.digits()?)?);
    let mut short = false;
    for _ in 1..3 {
        short = short || !cursor.eat(".");
        let digits = if short { "0" } else { cursor.digits()? };
        push_number(&mut key, strict_number(digits)?);
    }
    if short && !cursor.is_empty() {
        return None;
    }
    let (pre, _) = tail(&cursor)?;
    push_pre(&mut key, pre, true)?;
    Some(key)
}

/// `1.21`, `1.21.3`, `1.21rc2`, `1.4beta1`.
fn release_key(release: &str) -> Option<VersionKey> {
    let mut key = start(release)?;
    let mut cursor = Cursor::new(release);
    push_number(&mut key, strict_number(cursor.digits()?)?);
    let minor = if cursor.eat(".") {
        cursor.digits()?
    } else {
        "0"
    };
    push_number(&mut key, strict_number(minor)?);
    if cursor.eat(".") {
        push_number(&mut key, strict_number(cursor.digits()?)?);
        push_pre(&mut key, None, true)?;
        return cursor.is_empty().then_some(key);
    }
    push_number(&mut key, "");
    let kind = cursor.run(u8::is_ascii_lowercase);
    if kind.is_empty() {
        push_pre(&mut key, None, true)?;
    } else {
        push_pre(
            &mut key,
            Some(&format!("{kind}.{}", cursor.digits()?)),
            true,
        )?;
    }
    cursor.is_empty().then_some(key)
}
