//! Fetches the outside world: files, disks, registries, feeds.

pub mod cache;
pub mod download;
pub mod files;
pub mod generations;
pub mod http;
pub mod listening;
pub mod mapped;
pub mod mirror;
pub mod packed;
pub mod registry;
pub mod spill;
pub mod update;

#[cfg(test)]
mod tests;
