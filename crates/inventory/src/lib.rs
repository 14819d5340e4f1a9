//! Turns a file tree, image layers or an SBOM into an inventory.

pub mod tree;
