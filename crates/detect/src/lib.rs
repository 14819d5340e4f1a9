//! Turns an inventory and advisories into detections; same input, same output.

pub mod affected;
pub mod applies;
pub mod packages;

#[cfg(test)]
mod tests;

pub use packages::{Options, Skipped, names, packages, skipped};
