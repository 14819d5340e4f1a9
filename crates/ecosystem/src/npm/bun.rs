//! `bun.lock`: JSON with comments and trailing commas.

use serde::Deserialize;

use super::{LOCK_LIMIT, NPM, is_version, split_spec};
use crate::lenient::{List, Members, Text, json_object};
use crate::listing::{Listing, shown};
use crate::{Extracted, Input};

#[derive(Deserialize, Default)]
#[serde(default)]
struct BunLock {
    /// Per place in the tree a list that begins with `name@version` or `name@protocol:…`.
    packages: Members<List<Text>>,
}

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let mut bytes = match input.bytes(LOCK_LIMIT) {
        Ok(bytes) => bytes,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NPM, input.file.path);
    blank_extensions(&mut bytes);
    let lock: BunLock = match json_object(&bytes) {
        Ok(lock) => lock,
        Err(what) => {
            listing.problem_with(|| what);
            return listing.finish();
        }
    };
    for (place, List(fields)) in &lock.packages.0 {
        let spec = fields.first().and_then(Text::as_str);
        match spec.and_then(split_spec) {
            Some((name, version)) if is_version(version) => {
                listing.add(name, version);
            }
            // `workspace:`, `link:`, `root:`, `file:`, `github:`: no version of a registry.
            Some((_, reference)) if reference.contains(':') => {}
            Some(_) | None => listing.problem_with(|| format!("not a package: {}", shown(place))),
        }
    }
    listing.finish()
}

/// Overwrites comments and trailing commas with blanks, which leaves JSON.
fn blank_extensions(bytes: &mut [u8]) {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Value,
        Text,
        Escape,
        LineComment,
        BlockComment,
    }
    let mut at = At::Value;
    let mut comma = None;
    let mut previous = 0;
    for index in 0..bytes.len() {
        let next = bytes.get(index + 1).copied();
        let Some(byte) = bytes.get_mut(index) else {
            return;
        };
        let read = *byte;
        match at {
            At::Text => match read {
                b'\\' => at = At::Escape,
                b'"' => at = At::Value,
                _ => {}
            },
            At::Escape => at = At::Text,
            At::LineComment => {
                *byte = b' ';
                if read == b'\n' {
                    at = At::Value;
                }
            }
            At::BlockComment => {
                *byte = b' ';
                if previous == b'*' && read == b'/' {
                    at = At::Value;
                }
            }
            At::Value => match read {
                b'/' if next == Some(b'/') => {
                    *byte = b' ';
                    at = At::LineComment;
                }
                b'/' if next == Some(b'*') => {
                    *byte = b' ';
                    at = At::BlockComment;
                }
                b',' => comma = Some(index),
                b']' | b'}' => {
                    if let Some(comma) = comma.take().and_then(|comma| bytes.get_mut(comma)) {
                        *comma = b' ';
                    }
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'"' => {
                    comma = None;
                    at = At::Text;
                }
                _ => comma = None,
            },
        }
        // `/*/` opens a comment and does not close it.
        previous = if previous == b'/' && read == b'*' && at == At::BlockComment {
            0
        } else {
            read
        };
    }
}
