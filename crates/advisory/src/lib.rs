//! Turns publishers' documents into advisories and compiles them into one file.
//!
//! A feed is one file with a `static` value and one entry in [`FEEDS`].

pub mod feed;

pub use feed::{Document, Feed, Item};

/// Every feed.
pub static FEEDS: &[&Feed] = &[];
