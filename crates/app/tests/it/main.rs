//! The `lynkeus` command against independent judges, with the same advisories.
#![cfg(test)]

mod db;
