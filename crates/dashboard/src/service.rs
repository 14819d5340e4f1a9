//! What the pages say of the running service, which the store does not know.

use std::cmp::Ordering;

use findings::finding::{Finding, VulnerablePackage};
use model::Timestamp;
use store::{Scope, vex::Sender};

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

/// A change that closes an open path, tried out on the configuration that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remedy {
    /// What is taken away or changed, each in a line.
    pub changes: Vec<String>,
    /// The commands that do it, where they are known; nobody runs them.
    pub commands: Vec<String>,
    /// What it leaves open, in words; nothing if the path is closed.
    pub remains: Vec<String>,
    /// Other findings that end with it.
    pub also_closes: Vec<String>,
    /// Other interfaces that it concerns.
    pub shared_with: Vec<String>,
}

/// The service behind the pages.
pub trait Service: Send + Sync {
    fn database(&self) -> DatabaseState;

    /// Compares two versions in the order of the package's ecosystem.
    fn compare(&self, package: &VulnerablePackage, a: &str, b: &str) -> Ordering;

    /// What would close an open path of an instance, the best first.
    fn remedies(&self, scope: &Scope, instance: &str, finding: &Finding) -> Vec<Remedy>;

    /// Keeps a VEX document, which is in force when this returns.
    ///
    /// # Errors
    ///
    /// It says nothing that can be used, in words for who sent it.
    fn add_vex(&self, vex: &Sent<'_>) -> Result<(), api::Error>;

    /// Takes the document with this id back: what it hid is active again when this returns.
    ///
    /// # Errors
    ///
    /// There is none with this id.
    fn remove_vex(&self, scope: &Scope, id: &str, now: Timestamp) -> Result<(), api::Error>;
}

/// A document that someone sends.
#[derive(Debug)]
pub struct Sent<'a> {
    pub scope: &'a Scope,
    /// Of the file.
    pub name: &'a str,
    pub content: &'a [u8],
    pub sender: Sender,
    pub now: Timestamp,
}
