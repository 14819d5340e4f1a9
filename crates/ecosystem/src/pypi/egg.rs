//! Eggs that are one file: a zip archive with the metadata of the distribution inside.

use model::{Location, Problem};

use super::{PYPI, metadata};
use crate::listing::Listing;
use crate::{Extracted, Input, zip};

/// The metadata's place in an egg (setuptools documentation, "The Internal Structure of Python
/// Eggs").
const MEMBER: &str = "EGG-INFO/PKG-INFO";

/// Largest central directory that is read, in bytes: some ten thousand members.
const DIRECTORY_LIMIT: u64 = 1 << 20;

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let path = input.file.path;
    let text = match read(input) {
        Ok(text) => text,
        Err(what) => return Extracted::problem(Problem::new(path, what)),
    };
    let place = format!("{path}!/{MEMBER}");
    let mut listing = Listing::installed(&PYPI, &place);
    metadata::add(&mut listing, &text);
    let mut extracted = listing.finish();
    for package in &mut extracted.packages {
        package.locations = vec![Location {
            layer: None,
            path: place.clone(),
        }];
    }
    extracted
}

fn read(input: &mut Input<'_>) -> Result<String, String> {
    let content = &mut *input.content;
    let directory = zip::directory(content, DIRECTORY_LIMIT, &mut |name| name == MEMBER)?;
    let member = directory.members.first().ok_or_else(|| {
        let missing = || format!("has no {MEMBER}");
        directory.problem.clone().unwrap_or_else(missing)
    })?;
    let bytes = member.bytes(content, metadata::LIMIT)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
