//! Who acts, and whose rows may be seen.

/// The acting account in a Region.
///
/// Every function about rows of an account takes one. Authentication and the scheduler make them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    pub account: String,
    pub region: String,
}

impl Scope {
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            region: region.into(),
        }
    }
}
