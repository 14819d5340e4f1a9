//! What an advisory database answers for a package name, with versions already parsed.

use crate::{FixState, Qualifiers, Severity, VendorSeverity};

/// A version in parsed and in published form.
///
/// Keys compare with the order of the namespace's version scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed<'a> {
    pub key: &'a [u8],
    pub text: &'a str,
}

/// Where a candidate's range ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnd<'a> {
    Fixed(Keyed<'a>),
    LastAffected(Keyed<'a>),
    Open,
}

/// A severity word in its publisher's vocabulary, and what it means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeverityWord<'a> {
    pub word: &'a str,
    pub severity: Severity,
}

impl SeverityWord<'_> {
    pub fn to_owned(self) -> VendorSeverity {
        VendorSeverity {
            word: self.word.to_owned(),
            severity: self.severity,
        }
    }
}

/// One interval of affected versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandidateRange<'a> {
    pub introduced: Option<Keyed<'a>>,
    pub end: KeyEnd<'a>,
}

/// One advisory's statement about one package name.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a> {
    /// Record number of the advisory in the database.
    pub advisory: u32,
    pub ranges: Vec<CandidateRange<'a>>,
    /// Versions listed one by one and in no range.
    pub versions: Vec<Keyed<'a>>,
    pub fix: FixState,
    /// The word for this package, if the publisher has one beside or instead of the advisory's.
    pub severity: Option<SeverityWord<'a>>,
    pub qualifiers: Qualifiers,
}

/// Answers which advisories speak of a package name.
pub trait CandidateSource {
    /// Calls `visit` with every statement about `name` in `namespace` that can hold for a version,
    /// in an order that is the same for the same database.
    ///
    /// `key` gives the version's key in the namespace's scheme, none if the scheme refuses it. It
    /// is asked for only if there are statements; those that end before it may be left out.
    fn candidates<'k>(
        &self,
        namespace: &str,
        name: &str,
        key: &dyn Fn() -> Option<&'k [u8]>,
        visit: &mut dyn FnMut(&Candidate<'_>),
    );
}
