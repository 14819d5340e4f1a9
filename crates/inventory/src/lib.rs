//! Turns a file tree, image layers or an SBOM into an inventory.

pub mod decompress;
pub mod disk;
pub mod extractors;
pub mod image;
pub mod layers;
pub mod path;
pub mod sbom;
pub mod scan;
pub mod section;
pub mod tar;
pub mod tree;
pub mod walk;

#[cfg(test)]
mod damage;
