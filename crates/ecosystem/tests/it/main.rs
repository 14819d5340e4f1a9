//! Extractors and version orders against the real tools of their ecosystems.

mod extraction;
mod golang;
mod node;
mod python;
mod ruby;
mod tool;
mod tree;
#[cfg(test)]
mod versions;
