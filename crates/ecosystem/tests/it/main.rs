//! Extractors and version orders against the real tools of their ecosystems.

mod damage;
mod dpkg;
mod extraction;
mod golang;
mod maven;
mod node;
mod php;
mod python;
mod rpm;
mod ruby;
mod rust;
mod tool;
mod tree;
#[cfg(test)]
mod versions;
