//! The nouns every stage shares, with their invariants: no I/O, no clock, no wire format.

pub mod advisory;
pub mod candidate;
pub mod detection;
pub mod facts;
pub mod inventory;
pub mod os;
pub mod package;
pub mod problem;
pub mod severity;
pub mod vex;

pub use advisory::{Advisory, Affected, FixState, Qualifiers, Range, RangeEnd, VendorSeverity};
pub use candidate::{Candidate, CandidateRange, CandidateSource, KeyEnd, Keyed, SeverityWord};
pub use detection::{Detection, MatchReason};
pub use facts::{Cvss, Epss, Facts, Kev, Ssvc};
pub use inventory::{Inventory, Layer};
pub use os::OperatingSystem;
pub use package::{Evidence, Location, Package, PurlType, SourcePackage};
pub use problem::Problem;
pub use severity::Severity;
pub use vex::{VexProduct, VexStatement, VexStatus};

/// A moment in UTC with sub-second precision.
pub use jiff::Timestamp;
