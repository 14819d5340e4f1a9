//! What matching concludes, before it has a history.

use crate::{FixState, VendorSeverity};

/// A package that an advisory affects, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// Index into [`crate::Inventory::packages`].
    pub package: usize,
    /// Record number of the advisory in the database.
    pub advisory: u32,
    /// The version that ends the vulnerability for this package, in the advisory's words.
    pub fixed_version: Option<String>,
    /// Never [`FixState::FromRanges`] without a fixed version: then it is
    /// [`FixState::NotFixed`].
    pub fix: FixState,
    /// The publisher's severity word for this package, if it has one of its own.
    pub severity: Option<VendorSeverity>,
    pub reason: MatchReason,
}

/// Every step from the package to the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchReason {
    /// Namespace and name that were looked up.
    pub namespace: String,
    pub name: String,
    /// The version that was compared; the source package's where the namespace is by source.
    pub version: String,
    /// Whether the lookup went through the source package.
    pub via_source: bool,
    /// Name of the version order.
    pub scheme: &'static str,
    /// The range that holds the version, in the advisory's words: `>= 1.0, < 2.3`.
    pub range: String,
}
