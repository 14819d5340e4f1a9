//! What the pages say of the running service, which the store does not know.

use std::cmp::Ordering;

use findings::finding::VulnerablePackage;
use model::Timestamp;

/// The advisory database that is used at the moment.
#[derive(Debug, Clone)]
pub struct DatabaseState {
    pub digest: String,
    pub built: Timestamp,
    /// Whether it is the one that came with the program.
    pub is_starter: bool,
    pub feeds: Vec<Feed>,
    /// How it is kept up to date, if the service does that.
    pub updates: Option<Updates>,
}

/// How the service keeps the database up to date. Times are milliseconds since 1970.
#[derive(Debug, Clone)]
pub struct Updates {
    pub source: String,
    /// Milliseconds.
    pub every: i64,
    pub running: bool,
    pub attempted: Option<i64>,
    /// Why the last attempt failed, if it did.
    pub failure: Option<String>,
}

/// One publisher's data in the database.
#[derive(Debug, Clone)]
pub struct Feed {
    pub name: String,
    pub publisher: String,
    /// When the publisher says its data is from.
    pub data_date: Option<Timestamp>,
    /// Why it is not the newest, if it is not.
    pub trouble: Option<String>,
}

/// The service behind the pages.
pub trait Service: Send + Sync {
    fn database(&self) -> DatabaseState;

    /// Compares two versions in the order of the package's ecosystem.
    fn compare(&self, package: &VulnerablePackage, a: &str, b: &str) -> Ordering;
}
