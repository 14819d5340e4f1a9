//! Collects the packages that one file names: normal names, no duplicates, bounded counts.

use std::collections::HashMap;

use model::{Evidence, Package, Problem};

use crate::{Ecosystem, Extracted, MAX_PROBLEMS};

/// Most packages taken from one file; the largest lock files in use hold some tens of thousands.
pub(crate) const MAX_PACKAGES: usize = 200_000;

/// Longest name or version in bytes; npm allows 214 for a name and 256 for a version.
const MAX_WORD: usize = 1024;

/// Longest licence statement in bytes; longer ones are licence texts.
const MAX_LICENSE: usize = 256;

/// The packages of one file, in the order in which the file first names them.
pub(crate) struct Listing<'a> {
    ecosystem: &'a Ecosystem,
    place: &'a str,
    evidence: Evidence,
    seen: HashMap<(String, String), usize>,
    extracted: Extracted,
    problems_left_out: bool,
}

impl<'a> Listing<'a> {
    /// A file at `place` that belongs to what is installed.
    pub(crate) fn installed(ecosystem: &'a Ecosystem, place: &'a str) -> Self {
        Self {
            ecosystem,
            place,
            evidence: Evidence::Installed,
            seen: HashMap::new(),
            extracted: Extracted::default(),
            problems_left_out: false,
        }
    }

    /// A file at `place` that only asks for packages.
    pub(crate) fn declared(ecosystem: &'a Ecosystem, place: &'a str) -> Self {
        Self {
            evidence: Evidence::Declared,
            ..Self::installed(ecosystem, place)
        }
    }

    /// Adds a package, or returns the one that was added before; none if it was refused, which
    /// leaves a problem.
    pub(crate) fn add(&mut self, name: &str, version: &str) -> Option<&mut Package> {
        let (name, version) = (name.trim(), version.trim());
        if !is_word(name) || !is_word(version) {
            self.problem_with(|| {
                format!(
                    "not a package name and version: {} {}",
                    shown(name),
                    shown(version)
                )
            });
            return None;
        }
        let key = ((self.ecosystem.normalize_name)(name), version.to_owned());
        let index = match self.seen.get(&key) {
            Some(index) => *index,
            None if self.extracted.packages.len() >= MAX_PACKAGES => {
                self.problem_with(|| {
                    format!("more than {MAX_PACKAGES} packages, the others are left out")
                });
                return None;
            }
            None => {
                let mut package = Package::new(self.ecosystem.purl_type.clone(), &key.0, &key.1);
                package.evidence = self.evidence;
                let index = self.extracted.packages.len();
                self.extracted.packages.push(package);
                self.seen.insert(key, index);
                index
            }
        };
        self.extracted.packages.get_mut(index)
    }

    /// Adds a package with what its file says of licences.
    pub(crate) fn add_licensed(&mut self, name: &str, version: &str, licenses: &[String]) {
        if let Some(package) = self.add(name, version) {
            for license in licenses.iter().map(|l| l.trim()) {
                let is_new = !package.licenses.iter().any(|l| l == license);
                if is_license(license) && is_new {
                    package.licenses.push(license.to_owned());
                }
            }
        }
    }

    /// Notes that something in the file was not understood.
    pub(crate) fn problem(&mut self, what: impl Into<String>) {
        self.problem_with(|| what.into());
    }

    /// As [`Self::problem`]; the text is only made if it is kept, as a file can have millions.
    pub(crate) fn problem_with(&mut self, what: impl FnOnce() -> String) {
        if self.extracted.problems.len() < MAX_PROBLEMS {
            let problem = Problem::new(self.place, what());
            if self.extracted.problems.last() != Some(&problem) {
                self.extracted.problems.push(problem);
            }
        } else if !self.problems_left_out {
            self.problems_left_out = true;
            self.extracted
                .problems
                .push(Problem::new(self.place, "more problems, not listed"));
        }
    }

    pub(crate) fn finish(self) -> Extracted {
        self.extracted
    }
}

/// Whether a text can be a name or a version: not empty, in one piece, not too long.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_WORD
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// Whether a text states a licence, as opposed to a licence's text or to nothing.
pub(crate) fn is_license(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_LICENSE
        && !text.contains('\n')
        && !text.eq_ignore_ascii_case("unknown")
}

/// A text in quotes, cut to a length that fits a message.
pub(crate) fn shown(text: &str) -> String {
    const LENGTH: usize = 60;
    let mut cut: String = text.chars().take(LENGTH).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("{cut:?}")
}
