//! Folds detections into vulnerabilities with severity, score, suppression and remedy.

pub mod criteria;
pub mod cvss;
pub mod environment;
pub mod exposure;
pub mod finding;
pub mod fold;
pub mod identity;
pub mod lifecycle;
pub mod observe;
pub mod platform;
pub mod reach;
pub mod remedy;
pub mod resource;
pub mod risk;
pub mod severity;
pub mod suppress;
pub mod vex;
pub mod vulnerability;

#[cfg(test)]
mod tests;

pub use fold::{Matched, fold};
pub use vulnerability::{
    AdvisorySummary, AffectedPackage, ChosenScore, Match, Reference, Status, Suppression,
    SuppressionSource, VectorScore, Vulnerability,
};
