//! The `lynkeus` command against independent judges, with the same advisories.

mod db;
