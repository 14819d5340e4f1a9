//! One file for each subcommand.

pub(crate) mod scan;
pub(crate) mod support;
