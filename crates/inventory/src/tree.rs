//! The file-tree trait: a host, a directory, a tar layer, a file system in a disk image.

use std::io::{Read, Seek};

use model::Problem;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Directory,
    /// The target as written.
    Symlink(String),
    /// The path of the other name, from the root.
    HardLink(String),
    /// Device, socket, pipe.
    Other,
}

/// One entry of a tree, in the order in which the tree stores it.
pub struct Entry<'a> {
    /// From the root, without a leading slash, `.` and `..` resolved away.
    pub path: &'a str,
    pub kind: EntryKind,
    pub mode: u32,
    /// In bytes; 0 for everything but files.
    pub size: u64,
    pub content: EntryContent<'a>,
}

impl std::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("path", &self.path)
            .field("kind", &self.kind)
            .finish()
    }
}

/// The bytes of a file, to be read while the entry is visited.
pub enum EntryContent<'a> {
    /// Can be read once, from the front.
    Stream(&'a mut dyn Read),
    /// Can be opened and read anywhere, only if asked.
    Seekable(&'a mut dyn FnMut() -> std::io::Result<Box<dyn ReadSeek>>),
    Empty,
}

/// Random access to bytes.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// Something that holds files.
pub trait FileTree {
    /// Visits every entry once and returns what could not be read.
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem>;

    /// Goes back to before the first entry, so that the tree can be walked again; false if it
    /// cannot.
    fn rewind(&mut self) -> bool {
        false
    }
}

impl std::fmt::Debug for EntryContent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stream(_) => "Stream",
            Self::Seekable(_) => "Seekable",
            Self::Empty => "Empty",
        })
    }
}
