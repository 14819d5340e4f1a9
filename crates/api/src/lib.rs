//! Amazon Inspector's API on the wire: shapes, validation, errors, signatures and HTTP.

mod closed;
pub mod errors;
pub mod operation;
pub mod scalar;
mod shape;
pub mod validate;
pub mod wire;

pub use closed::Closed;
pub use errors::Error;
