//! A vulnerability-exploitability statement (VEX): what somebody says of vulnerabilities in
//! products.

use crate::Timestamp;

/// One statement of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VexStatement {
    /// Ids and aliases of the one vulnerability it is about; at least one.
    pub vulnerabilities: Vec<String>,
    /// What it is about; at least one.
    pub products: Vec<VexProduct>,
    pub status: VexStatus,
    /// The machine-readable reason for [`VexStatus::NotAffected`]
    /// (`vulnerable_code_not_present`, …), in the words of the document's format.
    pub justification: Option<String>,
    /// Why the products are not affected, in prose.
    pub impact: Option<String>,
    /// What to do about it, in prose.
    pub action: Option<String>,
    /// When it was last true: the statement's own time, else the document's.
    pub timestamp: Option<Timestamp>,
    /// Who says it.
    pub author: String,
    /// The document's own id.
    pub document: String,
    /// Where it stands: the file, and which statement of it.
    pub place: String,
}

/// A product, and the parts of it a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VexProduct {
    /// Names of the same product: purls, CPEs or any other ids.
    pub identifiers: Vec<String>,
    /// Identifiers of parts. If there are any, the statement holds for the vulnerability in one
    /// of them; otherwise wherever in the product.
    pub subcomponents: Vec<String>,
}

/// The four statuses ("Minimum Requirements for VEX", CISA 2023, §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VexStatus {
    NotAffected,
    Affected,
    Fixed,
    UnderInvestigation,
}
