//! What a kept inventory was made from.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use inventory::image::{Image, Platform};
use sha2::{Digest as _, Sha256};

use crate::files::Options;

/// Changes with the form of the entries.
const FORMAT: &str = "inventory 1";
/// Files of an image layout; one with more is not cached.
const MAX_FILES: usize = 4096;

/// Everything that the result of a scan depends on, as one digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    digest: [u8; 32],
    /// When the newest of the files changed; none if the key says what is in them.
    newest: Option<SystemTime>,
}

impl Key {
    /// The identity of an archive, or of the files of an OCI layout: device, inode, size and the
    /// times of the last change. None for other directories.
    pub fn of_file(path: &Path, options: &Options<'_>) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let mut hasher = started("files", options);
        let mut newest = SystemTime::UNIX_EPOCH;
        if metadata.is_dir() {
            if !path.join("oci-layout").is_file() {
                return None;
            }
            let files = layout_files(path)?;
            for (name, metadata) in files {
                add(&mut hasher, &name);
                identify(&mut hasher, &metadata, &mut newest);
            }
        } else if metadata.is_file() {
            identify(&mut hasher, &metadata, &mut newest);
        } else {
            return None;
        }
        Some(Self {
            digest: hasher.finalize().into(),
            newest: Some(newest),
        })
    }

    /// The digests of an image's configuration and layers, wherever it comes from. None if one of
    /// them is not known.
    ///
    /// A result may be kept under it only if the bytes of every layer were found to have its
    /// digest: else whoever writes an archive could decide what is said of another image.
    pub fn of_image(image: &Image, options: &Options<'_>) -> Option<Self> {
        let mut hasher = started("digests", options);
        add(&mut hasher, image.info.config_digest.as_deref()?);
        add(
            &mut hasher,
            image.info.manifest_digest.as_deref().unwrap_or_default(),
        );
        for tag in &image.info.tags {
            add(&mut hasher, tag);
        }
        for layer in &image.layers {
            add(&mut hasher, layer.layer.digest.as_deref()?);
        }
        Some(Self {
            digest: hasher.finalize().into(),
            newest: None,
        })
    }

    pub(super) fn digest(&self) -> &[u8] {
        &self.digest
    }

    pub(super) fn newest(&self) -> Option<SystemTime> {
        self.newest
    }

    /// The digest in hexadecimal.
    pub(super) fn name(&self) -> String {
        self.digest.iter().fold(String::new(), |mut name, byte| {
            name.push(hex(byte >> 4));
            name.push(hex(byte & 15));
            name
        })
    }
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0')
}

/// A hasher that knows how the target is read.
fn started(what: &str, options: &Options<'_>) -> Sha256 {
    let mut hasher = Sha256::new();
    add(&mut hasher, FORMAT);
    add(&mut hasher, what);
    hasher.update(options.extractors.version().to_le_bytes());
    add(&mut hasher, options.reference.unwrap_or_default());
    let platform = options.platform.map(Platform::to_string);
    add(&mut hasher, &platform.unwrap_or_default());
    add(&mut hasher, std::env::consts::ARCH);
    add(
        &mut hasher,
        &format!("{:?} {:?}", options.limits, options.expansion),
    );
    hasher
}

/// Adds a text so that it cannot run into the next.
fn add(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text);
}

fn identify(hasher: &mut Sha256, metadata: &Metadata, newest: &mut SystemTime) {
    for number in [metadata.dev(), metadata.ino(), metadata.size()] {
        hasher.update(number.to_le_bytes());
    }
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    for number in [
        metadata.mtime(),
        metadata.mtime_nsec(),
        changed.0,
        changed.1,
    ] {
        hasher.update(number.to_le_bytes());
    }
    let seconds = Duration::from_secs(u64::try_from(changed.0).unwrap_or_default());
    let nanoseconds = Duration::from_nanos(u64::try_from(changed.1).unwrap_or_default());
    *newest = (*newest).max(SystemTime::UNIX_EPOCH + seconds + nanoseconds);
}

/// The files of a layout in the order of their paths; none if there are too many.
fn layout_files(root: &Path) -> Option<Vec<(String, Metadata)>> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).ok()? {
            let path = entry.ok()?.path();
            let metadata = std::fs::symlink_metadata(&path).ok()?;
            if metadata.is_dir() {
                directories.push(path);
            } else {
                // A symlink may lead to blobs kept elsewhere.
                let metadata = std::fs::metadata(&path).ok()?;
                let name = path.strip_prefix(root).ok()?.to_string_lossy().into_owned();
                files.push((name, metadata));
            }
            if files.len() + directories.len() > MAX_FILES {
                return None;
            }
        }
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Some(files)
}
