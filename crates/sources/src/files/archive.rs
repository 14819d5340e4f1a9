//! The members of an image archive, and the files of an image layout directory.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inventory::decompress::{Compression, ExpansionLimits, decompress};
use inventory::image::Members;
use inventory::path;
use inventory::section::Section;
use inventory::tar::{Extent, Tar};
use inventory::tree::{EntryKind, FileTree as _};

use super::FileBytes;
use super::file::spilled;

/// Most members of an image archive; what has more is no image archive.
const MAX_MEMBERS: usize = 100_000;
/// Decompressed bytes in which the first names are looked at.
const BEGINNING: u64 = 1 << 20;
/// Symlinks followed to one member.
const MAX_LINKS: usize = 8;

/// Whether the bytes are a tar archive, compressed or not.
pub(super) fn is_tar(section: &Section) -> io::Result<bool> {
    let mut head = [0; 512];
    let n = section.read_full_at(&mut head, 0)?;
    let is_magic = head.get(257..262) == Some(b"ustar");
    if n == 512 && is_magic {
        return Ok(true);
    }
    let compression = Compression::of(&head);
    if compression == Compression::None {
        return Ok(false);
    }
    let raw = Box::new(section.reader(64 << 10));
    let mut plain = decompress(compression, raw, ExpansionLimits::default())?;
    let mut head = [0; 512];
    Ok(plain.read_exact(&mut head).is_ok() && head.get(257..262) == Some(b"ustar"))
}

/// The archive itself, or what is in it if it is compressed and begins like an image archive
/// (`docker save app | gzip`).
///
/// Members are read in another order than they stand in, so that a compressed one is unpacked to
/// a temporary file first. Manifests stand last: only the names at the beginning can tell an
/// image from a root file system without decompressing everything once more.
pub(super) fn expanded(section: Section) -> io::Result<Section> {
    let mut head = [0; 4];
    let n = section.read_full_at(&mut head, 0)?;
    let compression = Compression::of(head.get(..n).unwrap_or_default());
    if compression == Compression::None {
        return Ok(section);
    }
    let plain = || {
        let limits = ExpansionLimits::default();
        decompress(compression, Box::new(section.reader(64 << 10)), limits)
    };
    let mut is_image = false;
    // What follows is cut off, which is no problem here.
    drop(
        Tar::stream(Box::new(plain()?.take(BEGINNING))).walk(&mut |entry| {
            is_image |= begins_image(entry.path);
        }),
    );
    if !is_image {
        return Ok(section);
    }
    let file = spilled(&mut plain()?)?;
    Ok(Section::whole(Arc::new(FileBytes::new(file)?)))
}

/// Whether only an image archive has a member of this name at its root: the documents, `blobs`,
/// or the digests that older versions name layers and configurations by.
fn begins_image(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let stem = first.split('.').next().unwrap_or_default();
    let digest = stem.strip_prefix("sha256:").unwrap_or(stem);
    matches!(
        first,
        "blobs" | "oci-layout" | "index.json" | "manifest.json" | "repositories"
    ) || digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The members of an uncompressed tar archive.
#[derive(Debug)]
pub struct TarMembers {
    archive: Section,
    files: HashMap<String, Extent>,
    /// Symlinks and hard links, with what they lead to.
    links: HashMap<String, String>,
}

impl TarMembers {
    /// Reads the headers of an archive; stops keeping members if there are too many.
    pub fn index(archive: &Section) -> Self {
        let mut files = HashMap::new();
        let mut links = HashMap::new();
        let problems = Tar::section(archive.clone()).entries(&mut |entry, extent| {
            if files.len() + links.len() >= MAX_MEMBERS {
                return;
            }
            let path = entry.path.to_owned();
            match entry.kind {
                EntryKind::File => {
                    files.insert(path, extent.unwrap_or(Extent { start: 0, len: 0 }));
                }
                EntryKind::Symlink(target) => {
                    let target = path::resolve_dots(path::split(&path).0, &target);
                    links.insert(path, target);
                }
                EntryKind::HardLink(target) => {
                    links.insert(path, target);
                }
                EntryKind::Directory | EntryKind::Other => {}
            }
        });
        // A cut archive shows as members that are missing or too short.
        drop(problems);
        Self {
            archive: archive.clone(),
            files,
            links,
        }
    }

    /// Whether it holds what only image archives hold.
    pub fn is_image(&self) -> bool {
        ["manifest.json", "index.json", "repositories"]
            .iter()
            .any(|name| self.files.contains_key(*name))
            && self.files.len() < MAX_MEMBERS
    }
}

impl Members for TarMembers {
    fn open(&self, path: &str) -> io::Result<Option<Section>> {
        let mut path = path;
        for _ in 0..MAX_LINKS {
            if let Some(extent) = self.files.get(path) {
                return Ok(Some(self.archive.part(extent.start, extent.len)));
            }
            match self.links.get(path) {
                Some(target) => path = target,
                None => return Ok(None),
            }
        }
        Err(io::Error::other("too many links"))
    }
}

/// An OCI image layout in a directory.
#[derive(Debug)]
pub struct LayoutDirectory {
    root: PathBuf,
}

impl LayoutDirectory {
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }
}

impl Members for LayoutDirectory {
    fn open(&self, path: &str) -> io::Result<Option<Section>> {
        let path = self.root.join(path);
        match FileBytes::open(&path) {
            Ok(file) => Ok(Some(Section::whole(Arc::new(file)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
