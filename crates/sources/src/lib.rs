//! Fetches the outside world: files, disks, registries, feeds.
