//! What the handlers work on: the store, and what must be asked of the advisory database.

use std::{error::Error as _, fmt, sync::Arc};

use findings::finding::VulnerabilityFacts;
use model::Timestamp;
use serde_json::Value;
use store::{Engine, Scope, StoreError, vex::Sender};

use crate::{errors::Error, sigv4::Caller, wire::scan::OutputFormat};

/// What is known of a vulnerability, and its EPSS score.
pub type Known = (VulnerabilityFacts, Option<f64>);

/// What needs the advisory database, which is not the API's own.
pub trait Advisories: Send + Sync {
    /// What the database knows of a vulnerability.
    fn find(&self, id: &str) -> Result<Option<Known>, Error>;

    /// A bill of materials with the vulnerabilities of what is in it.
    fn scan(&self, sbom: &Value, format: OutputFormat, now: Timestamp) -> Result<Value, Error>;

    /// Takes in the inventory of a resource and says what changed.
    fn submit(&self, submission: &Submitted<'_>) -> Result<Value, Error>;

    /// Keeps, lists or removes VEX documents.
    fn vex(&self, vex: &Vex, submission: &Submitted<'_>) -> Result<Value, Error>;

    /// Closes the findings of a resource that is gone, and says how many.
    fn gone(&self, submission: &Submitted<'_>) -> Result<Value, Error>;
}

/// What evaluates networks, which is not the API's own.
pub trait Networks: Send + Sync {
    /// Takes in the configuration of an account's networks and says what changed.
    fn take(&self, submission: &Submitted<'_>) -> Result<Value, Error>;

    /// Takes in who listens on a machine.
    fn hear(&self, submission: &Submitted<'_>) -> Result<Value, Error>;
}

/// What is asked about VEX documents.
#[derive(Debug)]
pub enum Vex {
    /// Keep the one in the body.
    Add {
        name: String,
        sender: Sender,
    },
    List,
    /// Forget the one with this id.
    Remove(String),
}

/// What a client sends beyond AWS's operations.
#[derive(Debug)]
pub struct Submitted<'a> {
    pub scope: Scope,
    /// Decoded names and values: what it is of.
    pub query: &'a [(String, String)],
    /// A bill of materials, or the configuration of networks.
    pub body: &'a [u8],
    pub now: Timestamp,
}

/// The state of the service.
pub struct State {
    pub engine: Arc<Engine>,
    pub advisories: Box<dyn Advisories>,
    pub networks: Box<dyn Networks>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

/// The rows that a caller may see.
pub(crate) fn scope(caller: &Caller) -> Scope {
    Scope::new(&caller.account, &caller.region)
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Cursor) {
            return Self::invalid_field("nextToken", "The nextToken is not valid for this request");
        }
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        Self::Internal(text)
    }
}
