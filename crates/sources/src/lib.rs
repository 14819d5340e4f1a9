//! Fetches the outside world: files, disks, registries, feeds.

pub mod files;
pub mod generations;
pub mod mapped;
pub mod mirror;
pub mod packed;

#[cfg(test)]
mod tests;
