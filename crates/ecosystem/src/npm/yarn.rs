//! `yarn.lock`, of yarn 1 and of its successors.
//!
//! Yarn 1 writes a format of its own (`key "value"`), yarn 2 and later YAML; both have one
//! block per resolved package with the fields two blanks deep, and nothing else is read.

use super::{LOCK_LIMIT, NPM, split_spec};
use crate::listing::Listing;
use crate::{Extracted, Input};

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LOCK_LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NPM, input.file.path);
    let mut block: Option<Block<'_>> = None;
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(field) = line.strip_prefix("  ") {
            if let Some(block) = &mut block {
                block.read(field);
            }
        } else {
            if let Some(block) = block.take() {
                block.finish(&mut listing);
            }
            block = Block::new(line);
            if block.is_none() && !line.starts_with("__metadata:") {
                listing
                    .problem_with(|| format!("a line is no key: {}", crate::listing::shown(line)));
            }
        }
    }
    if let Some(block) = block {
        block.finish(&mut listing);
    }
    listing.finish()
}

/// One resolved package.
struct Block<'a> {
    /// The first of the requests that led to it: `name@range`.
    request: &'a str,
    version: Option<&'a str>,
    /// Only yarn 2 and later: `name@protocol:reference`.
    resolution: Option<&'a str>,
}

impl<'a> Block<'a> {
    fn new(line: &'a str) -> Option<Self> {
        let keys = line.trim_end().strip_suffix(':')?;
        if keys == "__metadata" {
            return None;
        }
        // `"a@1, a@2"` in YAML, `a@1, "a@>= 2"` in yarn 1.
        let request = match keys.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
            None => keys,
        };
        let request = request.split(", ").next().unwrap_or(request);
        Some(Self {
            request,
            version: None,
            resolution: None,
        })
    }

    fn read(&mut self, field: &'a str) {
        let Some((key, value)) = field.split_once(' ') else {
            return;
        };
        let value = value.trim().trim_matches('"');
        match key.trim_end_matches(':') {
            "version" => self.version = Some(value),
            "resolution" => self.resolution = Some(value),
            _ => {}
        }
    }

    fn finish(&self, listing: &mut Listing<'_>) {
        let spec = self.resolution.unwrap_or(self.request);
        let Some((name, reference)) = split_spec(spec) else {
            listing.problem_with(|| format!("not a package: {}", crate::listing::shown(spec)));
            return;
        };
        if is_local(reference) {
            return;
        }
        // `alias@npm:name@range` asks for a package under another name.
        let name = reference
            .strip_prefix("npm:")
            .and_then(split_spec)
            .map_or(name, |(name, _)| name);
        match self.version {
            Some(version) => {
                listing.add(name, version);
            }
            None => {
                listing.problem_with(|| format!("{} has no version", crate::listing::shown(spec)));
            }
        }
    }
}

/// Whether a package is a directory of the project, whose version says nothing of a registry.
fn is_local(reference: &str) -> bool {
    ["workspace:", "link:", "portal:", "file:", "./", "../"]
        .iter()
        .any(|protocol| reference.starts_with(protocol))
}
