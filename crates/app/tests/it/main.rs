//! The `lynkeus` command; matches against independent judges, with the same advisories.
#![cfg(test)]

mod client;
mod crash;
mod crates_io;
mod dashboard;
mod db;
mod debian;
mod downloads;
mod network;
mod operations;
mod outputs;
mod processes;
mod reach;
mod registry;
mod root;
mod sboms;
mod scan;
mod service;
mod story;
mod trivy;
mod up;
mod updates;
