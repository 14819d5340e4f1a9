//! Extractors against the real tools of their ecosystems.

mod extraction;
mod golang;
mod tool;
