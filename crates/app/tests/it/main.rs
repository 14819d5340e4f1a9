//! The `lynkeus` command; matches against independent judges, with the same advisories.
#![cfg(test)]

mod crates_io;
mod dashboard;
mod db;
mod debian;
mod network;
mod outputs;
mod reach;
mod registry;
mod root;
mod sboms;
mod scan;
mod trivy;
mod up;
