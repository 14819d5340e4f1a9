//! Requirement files of pip: only versions that are pinned.
//!
//! `==` and `===` pin; every other line leaves the version to the installer. `-r` and `-c` name
//! other files, which are read where they stand (pip documentation, "Requirements File Format").

use super::PYPI;
use crate::listing::Listing;
use crate::{Extracted, Input};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&PYPI, input.file.path);
    let mut continues = false;
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        let is_start = !continues;
        continues = line.ends_with('\\');
        // What follows a continued requirement is options: hashes.
        if is_start && let Some((name, version)) = pin(line) {
            listing.add(name, version);
        }
    }
    listing.finish()
}

/// The name and version of a pinned requirement (PEP 508, PEP 440 "Version specifiers").
fn pin(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_end_matches('\\');
    if line.starts_with(['-', '#']) {
        return None;
    }
    let line = line.split(" #").next().unwrap_or(line);
    let (name, rest) = line.split_once("==")?;
    let rest = rest.strip_prefix('=').unwrap_or(rest);
    let name = name.split('[').next().unwrap_or(name);
    let name = name.trim().trim_end_matches('(').trim_end();
    let version = rest.split([';', ')']).next().unwrap_or(rest).trim();
    let version = version.split_whitespace().next().unwrap_or(version);
    (is_name(name) && is_exact(version)).then_some((name, version))
}

/// Names are letters, digits, `-`, `_` and `.` (Python packaging specifications, "Names and normalization").
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Whether a specifier after `==` leaves no choice: no `.*`, no further clause, no variable of a
/// template.
fn is_exact(version: &str) -> bool {
    !version.is_empty()
        && version
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+' | b'!'))
}
