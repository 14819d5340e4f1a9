//! Amazon Inspector's API on the wire: shapes, validation, errors, signatures and HTTP.

mod closed;
pub mod csv;
pub mod errors;
pub mod extensions;
pub mod inspector2;
pub mod keys;
pub mod operation;
pub mod registry;
pub mod scalar;
pub mod server;
mod shape;
pub mod sigv4;
pub mod state;
pub mod token;
pub mod validate;
pub mod wire;

pub use closed::Closed;
pub use errors::Error;
pub use registry::{Context, Registry};
