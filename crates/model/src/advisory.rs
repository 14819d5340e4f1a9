//! A publisher's statement about products and a flaw.

use crate::{Cvss, Severity, Timestamp};

/// One record of one feed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Advisory {
    /// The publisher's own id: `DSA-5678-1`, `GHSA-…`, `RHSA-2024:1234`, `CVE-…`.
    pub id: String,
    /// Name of the feed it came from, as in `advisory::FEEDS`.
    pub feed: String,
    /// Other names of the same vulnerability.
    pub aliases: Vec<String>,
    /// Vulnerabilities a bulletin covers when it is about several (an errata's CVE list).
    /// Empty if the advisory is itself about one vulnerability.
    pub covers: Vec<String>,
    pub title: Option<String>,
    pub details: Option<String>,
    pub published: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub withdrawn: Option<Timestamp>,
    /// The publisher's severity word for the whole advisory.
    pub severity: Option<VendorSeverity>,
    pub cvss: Vec<Cvss>,
    pub cwes: Vec<String>,
    pub references: Vec<String>,
    pub affected: Vec<Affected>,
}

/// A severity word in its publisher's vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VendorSeverity {
    /// The word as published: `important`, `negligible`, `not yet assigned`.
    pub word: String,
    /// What it means here.
    pub severity: Severity,
}

/// What an advisory says of one package name in one namespace.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Affected {
    /// OSV ecosystem with its release suffix: `Debian:12`, `Alpine:v3.19`, `PyPI`.
    pub namespace: String,
    /// Name in the namespace's normal form.
    pub name: String,
    /// Affected if the version is in any range or in `versions`.
    pub ranges: Vec<Range>,
    /// Affected versions listed one by one.
    pub versions: Vec<String>,
    pub fix: FixState,
    /// The severity word for this package, if it differs from the advisory's.
    pub severity: Option<VendorSeverity>,
    pub qualifiers: Qualifiers,
}

/// An interval of versions in the namespace's own order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Range {
    /// First affected version; none means from the beginning.
    pub introduced: Option<String>,
    pub end: RangeEnd,
}

/// Where an interval ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RangeEnd {
    /// First version that is not affected any more.
    Fixed(String),
    /// Last version that is affected.
    LastAffected(String),
    /// Every later version is affected.
    Open,
}

/// What the publisher says of a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum FixState {
    /// The ranges say it: fixed if one ends with a fixed version.
    #[default]
    FromRanges,
    /// Acknowledged, no fix yet.
    NotFixed,
    /// The publisher has decided not to fix it (`no-dsa` ignored, `Will not fix`).
    WillNotFix,
    /// A fix is postponed to a later point release.
    Deferred,
    /// The release or package gets no more fixes.
    EndOfLife,
    /// The publisher has not decided whether it is affected (`undetermined`, `under_investigation`).
    UnderInvestigation,
    /// Stated not to be affected; the ranges are void. Overrides feeds of lower precedence.
    NotAffected,
}

/// Conditions beyond name and version. Empty means no condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Qualifiers {
    /// Package architectures; none means all.
    pub arches: Vec<String>,
    /// `name:stream` of the RPM module the package must come from.
    pub module: Option<String>,
    /// CPE prefixes of the products or repositories it applies to.
    pub platforms: Vec<String>,
}
