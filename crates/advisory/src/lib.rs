//! Turns publishers' documents into advisories and compiles them into one file.
//!
//! A feed is one file with a `static` value and one entry in [`FEEDS`].

pub mod feed;
pub mod feeds;

mod xml;

#[cfg(test)]
mod check;

pub use feed::{Document, Feed, Item};

/// Every feed.
pub static FEEDS: &[&Feed] = &[
    &feeds::updateinfo::ALMALINUX,
    &feeds::updateinfo::AMAZON,
    &feeds::updateinfo::BOTTLEROCKET,
    &feeds::updateinfo::FEDORA,
    &feeds::updateinfo::ORACLE,
    &feeds::updateinfo::ROCKY,
];
