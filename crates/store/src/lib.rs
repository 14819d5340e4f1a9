//! Reads and writes the state of the service, on SQLite or `PostgreSQL`.

pub mod accounts;
pub mod aggregate;
pub mod content;
pub mod coverage;
mod digest;
mod engine;
mod error;
pub mod expiry;
pub mod exposure;
pub mod history;
pub mod jobs;
pub mod keep;
pub mod keys;
pub mod leaving;
pub mod listeners;
pub mod listing;
pub mod networks;
pub mod on_demand;
pub mod pending;
mod records;
pub mod reports;
pub mod resources;
pub mod rules;
mod schema;
mod scope;
pub mod settings;
pub mod tags;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod usage;
pub mod vex;

#[cfg(test)]
mod tests;

pub use engine::{Engine, Explained, Row, Tx, Value};
pub use error::StoreError;
pub use resources::StoredResource;
pub use scope::Scope;

/// Opens the database at `sqlite:PATH`, a bare path or `postgres://…`, and brings its schema up to
/// date.
pub fn open(address: &str) -> Result<Engine, StoreError> {
    let engine = Engine::open(address)?;
    schema::migrate(&engine)?;
    Ok(engine)
}
