//! Fetches the outside world: files, disks, registries, feeds.

pub mod files;
pub mod generations;
pub mod mapped;
pub mod mirror;

#[cfg(test)]
mod tests;
