//! The service: what each event makes happen, and the one flow that all of it takes.
//!
//! A new inventory and a new advisory meet in the same place: candidate pairs, detection,
//! reconciliation, one transaction.

pub(crate) mod answers;
mod counts;
pub(crate) mod ends;
pub(crate) mod evaluate;
pub(crate) mod generation;
mod given_up;
pub(crate) mod host;
pub(crate) mod ingest;
pub(crate) mod leaving;
pub(crate) mod matching;
pub(crate) mod metrics;
pub(crate) mod network;
pub(crate) mod object_store;
pub(crate) mod on_demand;
pub(crate) mod pages;
pub(crate) mod places;
pub(crate) mod rematch;
pub(crate) mod reports;
mod reports_sbom;
pub(crate) mod rules;
mod scan_answer;
pub(crate) mod updates;
pub(crate) mod vex;
pub(crate) mod worker;

#[cfg(test)]
mod tests;
