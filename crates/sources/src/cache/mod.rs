//! Keeps the inventories of targets that were scanned before.

mod key;
mod stored;
#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use crate::files::{Error, Options, Scanned, scan_path};

pub use key::Key;

/// Bytes that all entries together may take; an entry is some 40 kB for a thousand packages.
pub const DEFAULT_LIMIT: u64 = 256 << 20;
/// Largest entry, in bytes, before and after decompression.
const MAX_ENTRY: u64 = 64 << 20;
const MAX_EXPANDED: u64 = 512 << 20;
/// How the files of entries end; nothing else in the directory is touched.
const SUFFIX: &str = "inventory";
const DIGEST: usize = 32;

/// Inventories in a directory, one file each.
///
/// An entry that is damaged, or was made for something else, counts as absent and is replaced.
#[derive(Debug)]
pub struct InventoryCache {
    directory: PathBuf,
    limit: u64,
}

impl InventoryCache {
    /// A cache in `directory`, which is made when the first entry is kept.
    pub fn new(directory: PathBuf, limit: u64) -> Self {
        Self { directory, limit }
    }

    /// Scans `path` unless its inventory is kept already, and keeps it.
    ///
    /// Trees of files are always read: nothing short of reading them tells whether they changed.
    pub fn scan_path(&self, path: &Path, options: &Options<'_>) -> Result<Scanned, Error> {
        let Some(before) = Key::of_file(path, options) else {
            return scan_path(path, options);
        };
        if let Some(kept) = self.get(&before) {
            return Ok(kept);
        }
        let scanned = scan_path(path, options)?;
        let is_unchanged = Key::of_file(path, options).as_ref() == Some(&before);
        if is_unchanged && stored::is_kept(scanned.kind) {
            // A cache that cannot be written costs time later and nothing else.
            drop(self.put(&before, &scanned));
        }
        Ok(scanned)
    }

    /// The result that was kept under `key`.
    pub fn get(&self, key: &Key) -> Option<Scanned> {
        let path = self.path(key);
        if fs::metadata(&path).ok()?.len() > MAX_ENTRY {
            return None;
        }
        decode(key, &fs::read(path).ok()?)
    }

    /// Keeps a result under `key`, and removes the oldest entries beyond the limit.
    pub fn put(&self, key: &Key, scanned: &Scanned) -> io::Result<()> {
        let bytes = encode(key, scanned)?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)?;
        let mut file = tempfile::Builder::new()
            .suffix(".part")
            .tempfile_in(&self.directory)?;
        file.write_all(&bytes)?;
        // The clock of file systems moves in steps of milliseconds: a file that changed in the
        // step in which it was read could change once more without a trace.
        let now = file.as_file().metadata()?.modified()?;
        if key.newest().is_some_and(|changed| changed >= now) {
            return Ok(());
        }
        file.persist(self.path(key))?;
        self.evict()
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.directory.join(format!("{}.{SUFFIX}", key.name()))
    }

    fn evict(&self) -> io::Result<()> {
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let path = entry.path();
            let metadata = entry.metadata()?;
            if path.extension().is_some_and(|e| e == SUFFIX) && metadata.is_file() {
                entries.push((metadata.modified()?, metadata.len(), path));
            }
        }
        entries.sort_unstable();
        let mut total: u64 = entries.iter().map(|(_, len, _)| len).sum();
        for (_, len, path) in entries {
            if total <= self.limit {
                break;
            }
            fs::remove_file(path)?;
            total -= len;
        }
        Ok(())
    }
}

/// The digest of all that follows, the key, and the result as compressed JSON.
fn encode(key: &Key, scanned: &Scanned) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(&stored::Scan::from(scanned))?;
    let mut body = key.digest().to_vec();
    body.extend(zstd::bulk::compress(
        &json,
        zstd::DEFAULT_COMPRESSION_LEVEL,
    )?);
    let mut bytes = Sha256::digest(&body).to_vec();
    bytes.extend(body);
    Ok(bytes)
}

fn decode(key: &Key, bytes: &[u8]) -> Option<Scanned> {
    let (digest, body) = bytes.split_at_checked(DIGEST)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let compressed = body.strip_prefix(key.digest())?;
    let plain = zstd::stream::read::Decoder::new(compressed).ok()?;
    let limited = io::BufReader::new(io::Read::take(plain, MAX_EXPANDED));
    let scan: stored::Scan = serde_json::from_reader(limited).ok()?;
    Some(scan.into())
}
