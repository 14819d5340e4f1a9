//! One file for each subcommand.

pub(crate) mod coverage;
pub(crate) mod db;
pub(crate) mod explain;
pub(crate) mod filters;
pub(crate) mod findings;
pub(crate) mod key;
pub(crate) mod near;
pub(crate) mod path;
pub(crate) mod reachability;
pub(crate) mod sbom;
pub(crate) mod scan;
pub(crate) mod submit;
pub(crate) mod support;
pub(crate) mod up;
pub(crate) mod vex;
