//! The metadata file of an installed distribution (Python packaging specifications, "Core metadata").

use std::io::Read;

use model::Problem;

use super::PYPI;
use crate::listing::{Listing, is_license, shown};
use crate::{Extracted, Input};

/// The fields stand first; the description after them may be of any length and is not read.
pub(super) const LIMIT: u64 = 256 << 10;

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let mut bytes = Vec::new();
    if let Err(error) = (&mut *input.content).take(LIMIT).read_to_end(&mut bytes) {
        let what = format!("cannot be read: {error}");
        return Extracted::problem(Problem::new(input.file.path, what));
    }
    let mut listing = Listing::installed(&PYPI, input.file.path);
    add(&mut listing, &String::from_utf8_lossy(&bytes));
    listing.finish()
}

/// Adds the distribution that a metadata text describes.
pub(super) fn add(listing: &mut Listing<'_>, text: &str) {
    let fields = Fields::read(text);
    match (fields.name, fields.version) {
        (Some(name), Some(version)) => {
            listing.add_licensed(name, version, &fields.licenses());
        }
        (Some(name), None) => listing.problem_with(|| format!("{} has no version", shown(name))),
        (None, _) => listing.problem_with(|| "no Name field".to_owned()),
    }
}

#[derive(Default)]
struct Fields<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    expression: Option<&'a str>,
    license: Option<&'a str>,
    /// Whether `License` goes on in further lines: the text of a licence.
    license_is_text: bool,
    /// Last part of each `License ::` classifier.
    classifiers: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    /// Reads up to the first empty line. A field repeated counts the first time, as in Python's
    /// email parser.
    fn read(text: &'a str) -> Self {
        let mut fields = Self::default();
        let mut in_license = false;
        for line in text.strip_prefix('\u{feff}').unwrap_or(text).lines() {
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                fields.license_is_text |= in_license;
                continue;
            }
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            in_license = key.eq_ignore_ascii_case("License");
            let field = match key.to_ascii_lowercase().as_str() {
                "name" => &mut fields.name,
                "version" => &mut fields.version,
                "license-expression" => &mut fields.expression,
                "license" => &mut fields.license,
                "classifier" => {
                    if value.starts_with("License ::") {
                        fields.classifiers.extend(value.rsplit(" :: ").next());
                    }
                    continue;
                }
                _ => continue,
            };
            if field.is_none() && !value.is_empty() {
                *field = Some(value);
            }
        }
        fields
    }

    /// The expression where there is one (PEP 639), else the free text, else the classifiers.
    fn licenses(&self) -> Vec<String> {
        let free = self
            .license
            .filter(|l| !self.license_is_text && is_license(l));
        match self.expression.or(free) {
            Some(license) => vec![license.to_owned()],
            None => self.classifiers.iter().map(|&l| l.to_owned()).collect(),
        }
    }
}
