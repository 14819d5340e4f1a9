//! The `lynkeus` command; matches against independent judges, with the same advisories.
#![cfg(test)]

mod crates_io;
mod db;
mod debian;
mod registry;
mod scan;
mod trivy;
