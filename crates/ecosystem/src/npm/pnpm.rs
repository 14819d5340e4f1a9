//! `pnpm-lock.yaml`, lock file versions 5 to 9.
//!
//! pnpm writes one fixed layout: the section `packages:` has a key per package two blanks deep
//! and its fields four blanks deep. Only these lines are read, with no YAML library, so anchors
//! and aliases cannot multiply and nothing nests.

use super::{LOCK_LIMIT, NPM, is_version, split_spec};
use crate::listing::{Listing, shown};
use crate::{Extracted, Input};

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LOCK_LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NPM, input.file.path);
    let mut format = 0;
    let mut in_packages = false;
    let mut entry: Option<Entry<'_>> = None;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        match line.len() - content.len() {
            0 => {
                if let Some(version) = content.strip_prefix("lockfileVersion:") {
                    format = major(unquoted(version));
                }
                in_packages = content.trim_end() == "packages:";
            }
            2 if in_packages => {
                // A key of more than 1,024 characters is written `? key`, then `: value`.
                if let Some(rest) = content.strip_prefix(": ") {
                    if let Some(entry) = &mut entry {
                        entry.read(rest.trim_start());
                    }
                    continue;
                }
                if let Some(entry) = entry.take() {
                    entry.finish(format, &mut listing);
                }
                let key = content.strip_prefix("? ").unwrap_or(content).trim_end();
                let key = key.strip_suffix("{}").map_or(key, str::trim_end);
                entry = Some(Entry::new(unquoted(key.strip_suffix(':').unwrap_or(key))));
            }
            4 if in_packages => {
                if let Some(entry) = &mut entry {
                    entry.read(content);
                }
            }
            _ => {}
        }
    }
    if let Some(entry) = entry {
        entry.finish(format, &mut listing);
    }
    if format == 0 {
        listing.problem_with(|| "no lockfileVersion".to_owned());
    }
    listing.finish()
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['\'', '"']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

fn major(version: &str) -> u32 {
    let end = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version.get(..end).and_then(|v| v.parse().ok()).unwrap_or(0)
}

struct Entry<'a> {
    key: &'a str,
    /// Fields written where the key does not tell: packages from git or a URL.
    name: Option<&'a str>,
    version: Option<&'a str>,
    is_directory: bool,
}

impl<'a> Entry<'a> {
    fn new(key: &'a str) -> Self {
        Self {
            key,
            name: None,
            version: None,
            is_directory: false,
        }
    }

    fn read(&mut self, field: &'a str) {
        match field.split_once(':') {
            Some(("name", value)) => self.name = Some(unquoted(value)),
            Some(("version", value)) => self.version = Some(unquoted(value)),
            Some(("resolution", value)) => self.is_directory = value.contains("directory:"),
            _ => {}
        }
    }

    fn finish(&self, format: u32, listing: &mut Listing<'_>) {
        if self.is_directory {
            return;
        }
        let (key_name, key_version) = if format < 6 {
            split_path_key(self.key)
        } else {
            split_spec_key(self.key)
        };
        let version = self.version.or(key_version.filter(|v| is_version(v)));
        match (self.name.or(key_name), version) {
            (Some(name), Some(version)) => {
                listing.add(name, version);
            }
            // A tarball or repository whose version the lock file does not tell.
            (Some(_), None) if self.key.contains("://") || self.key.contains("file:") => {}
            _ => listing.problem_with(|| format!("not a package key: {}", shown(self.key))),
        }
    }
}

/// Version 5: `/name/1.0.0`, `/@scope/name/1.0.0_peer@1.0.0`, or with a registry's host instead
/// of nothing before the first slash.
fn split_path_key(key: &str) -> (Option<&str>, Option<&str>) {
    let Some((_, path)) = key.split_once('/') else {
        return (None, None);
    };
    let slashes = if path.starts_with('@') { 2 } else { 1 };
    let Some((end, _)) = path.match_indices('/').nth(slashes - 1) else {
        return (None, None);
    };
    let version = path.get(end + 1..).unwrap_or_default();
    let version = version.split(['_', '/', '(']).next().unwrap_or(version);
    (path.get(..end), Some(version))
}

/// Version 6: `/name@1.0.0(peer@1.0.0)`; version 9 without the slash.
fn split_spec_key(key: &str) -> (Option<&str>, Option<&str>) {
    let key = key.strip_prefix('/').unwrap_or(key);
    let key = key.split('(').next().unwrap_or(key);
    match split_spec(key) {
        Some((name, version)) => (
            Some(name),
            Some(version.split('_').next().unwrap_or(version)),
        ),
        None => (None, None),
    }
}
