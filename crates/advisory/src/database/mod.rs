//! The compiled advisory database: one immutable file, opened in place, looked up by name.
//!
//! [`Builder`] turns what feeds say into the bytes of a file; [`Database`] answers from these
//! bytes wherever they lie. The layout is decided in `docs/decisions/0001-database-format.md`.

mod build;
mod diff;
mod encoding;
mod format;
mod names;
mod read;
mod records;
mod status;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use build::{BuildError, BuildOptions, Builder, Spill};
pub use diff::{Change, Difference, NameChange, diff};
pub use names::{NameRecord, Names, Statement};
pub use read::{Database, FormatError, NamespaceSummary};
pub use records::{AdvisoryRecord, SeverityWord, VulnerabilityRecord};
pub use status::{FeedState, FeedStatus, PROBLEM_SAMPLES};
