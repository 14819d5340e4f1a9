//! What a file system on a disk offers, and what their readers share: blocks, runs, names.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use crate::section::{ReadAt, Section};

/// Bytes of a cached piece of metadata.
const PIECE: u64 = 16 << 10;
/// Pieces that are cached.
const PIECES: u64 = 256;
/// Runs of one file; what is more fragmented is not read.
const MAX_RUNS: usize = 1 << 20;
/// Bytes of one directory.
const MAX_DIRECTORY: u64 = 256 << 20;

/// Format bits of a mode (POSIX `sys/stat.h`, with the values of Linux).
pub(super) const KIND: u16 = 0o170_000;
pub(super) const DIRECTORY: u16 = 0o040_000;
pub(super) const REGULAR: u16 = 0o100_000;
pub(super) const SYMLINK: u16 = 0o120_000;

/// An error of the format, in words.
pub(super) fn bad(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

/// What is known of a file.
pub(super) struct Inode {
    pub(super) mode: u16,
    pub(super) size: u64,
    /// As it stands on the disk.
    pub(super) raw: Vec<u8>,
}

impl Inode {
    pub(super) fn is(&self, kind: u16) -> bool {
        self.mode & KIND == kind
    }
}

/// A file system on a disk.
pub(super) trait FileSystem {
    fn root(&self) -> u64;
    fn uuid(&self) -> &str;
    fn label(&self) -> &str;
    /// Whether a journal waits to be replayed: the last changes may be missing.
    fn needs_recovery(&self) -> bool;
    fn inode(&self, number: u64) -> io::Result<Inode>;
    /// Adds the names in a directory, without `.` and `..`; those before an error are kept.
    fn list(&self, directory: &Inode, names: &mut Names) -> io::Result<()>;
    fn content(&self, file: &Inode) -> io::Result<Section>;
    /// Where a symlink leads.
    fn target(&self, link: &Inode) -> io::Result<Vec<u8>>;
}

/// The names of a directory, in one buffer.
#[derive(Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    entries: Vec<(usize, usize, u64)>,
    /// What was wrong with some of them.
    pub(super) damage: Option<&'static str>,
}

impl Names {
    pub(super) fn add(&mut self, name: &[u8], inode: u64) {
        if name == b"." || name == b".." {
            return;
        }
        if name.is_empty() || name.iter().any(|&b| b == b'/' || b == 0) {
            self.damage = Some("a name is empty or has a slash in it");
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        self.entries.push((start, name.len(), inode));
    }

    fn name(&self, entry: &(usize, usize, u64)) -> &[u8] {
        let &(start, len, _) = entry;
        self.bytes.get(start..start + len).unwrap_or_default()
    }

    /// Names and inode numbers in the order of the names.
    pub(super) fn sorted(&self) -> Vec<(&[u8], u64)> {
        let names = self.entries.iter();
        let mut names: Vec<_> = names.map(|entry| (self.name(entry), entry.2)).collect();
        names.sort_unstable();
        names
    }
}

/// A piece of metadata with its index.
type Piece = (u64, Rc<[u8]>);

/// The blocks of a file system, with a cache for metadata and a limit on how much of it is read.
pub(super) struct Blocks {
    section: Section,
    left: Cell<u64>,
    cache: RefCell<Vec<Option<Piece>>>,
}

impl Blocks {
    /// Honest metadata lies in its own blocks, so that less is read than there is. The limits
    /// leave room for a second pass, and bound what a small image can make of shared blocks.
    pub(super) fn new(section: Section) -> Self {
        let left = section.len().saturating_mul(4).clamp(64 << 20, 64 << 30);
        Self {
            section,
            left: Cell::new(left),
            cache: RefCell::new(vec![None; usize::try_from(PIECES).unwrap_or(0)]),
        }
    }

    pub(super) fn section(&self) -> &Section {
        &self.section
    }

    /// Counts metadata that is about to be read or gone through.
    pub(super) fn charge(&self, len: u64) -> io::Result<()> {
        match self.left.get().checked_sub(len) {
            Some(left) => self.left.set(left),
            None => return Err(bad("more metadata than the file system can hold")),
        }
        Ok(())
    }

    fn piece(&self, index: u64) -> io::Result<Rc<[u8]>> {
        let slot = usize::try_from(index % PIECES).unwrap_or(0);
        if let Some(Some((cached, bytes))) = self.cache.borrow().get(slot)
            && *cached == index
        {
            return Ok(Rc::clone(bytes));
        }
        let part = self.section.part(index.saturating_mul(PIECE), PIECE);
        let bytes: Rc<[u8]> = part.read_all(PIECE)?.into();
        if let Some(entry) = self.cache.borrow_mut().get_mut(slot) {
            *entry = Some((index, Rc::clone(&bytes)));
        }
        Ok(bytes)
    }

    /// Exactly `len` bytes of metadata, which must be few.
    pub(super) fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.charge(len as u64)?;
        let mut out = Vec::with_capacity(len);
        let mut place = offset;
        while out.len() < len {
            let piece = self.piece(place / PIECE)?;
            let skip = usize::try_from(place % PIECE).unwrap_or(0);
            let rest = piece.get(skip..).unwrap_or_default();
            let rest = rest.get(..len - out.len()).unwrap_or(rest);
            if rest.is_empty() {
                return Err(bad(format!("byte {offset} is beyond the end of the disk")));
            }
            out.extend_from_slice(rest);
            place = place.saturating_add(rest.len() as u64);
        }
        Ok(out)
    }

    /// Goes through a directory's bytes from `start` to `end` in steps of `block`.
    pub(super) fn directory(
        &self,
        content: &Section,
        (start, end): (u64, u64),
        block: u64,
        each: &mut dyn FnMut(&[u8]),
    ) -> io::Result<()> {
        if end - start > MAX_DIRECTORY {
            let what = format!("the directory has more than {MAX_DIRECTORY} bytes");
            return Err(bad(what));
        }
        let mut place = start;
        let step = block.max(64 << 10);
        while place < end {
            let part = content.part(place, step.min(end - place));
            self.charge(part.len().max(1))?;
            let bytes = part.read_all(step)?;
            for block in bytes.chunks(usize::try_from(block).unwrap_or(4096).max(1)) {
                each(block);
            }
            place += step;
        }
        Ok(())
    }
}

/// Bytes of a file that lie together on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Place in the file, in bytes.
    pub(super) logical: u64,
    pub(super) len: u64,
    /// Place on the disk, in bytes.
    pub(super) physical: u64,
}

/// The runs of a file. What no run covers is zero.
#[derive(Debug, Default)]
pub(super) struct Runs(Vec<Run>);

impl Runs {
    pub(super) fn add(&mut self, run: Run) -> io::Result<()> {
        if run.len == 0 {
            return Ok(());
        }
        let end = run.logical.checked_add(run.len);
        if end.is_none() || run.physical.checked_add(run.len).is_none() {
            return Err(bad("a run of blocks ends beyond all bounds"));
        }
        if let Some(last) = self.0.last_mut() {
            if run.logical < last.logical + last.len {
                return Err(bad("the file's runs of blocks are not in order"));
            }
            let follows = last.logical + last.len == run.logical
                && last.physical + last.len == run.physical
                && last.len.checked_add(run.len).is_some();
            if follows {
                last.len += run.len;
                return Ok(());
            }
        }
        if self.0.len() >= MAX_RUNS {
            let what = format!("the file is in more than {MAX_RUNS} pieces");
            return Err(bad(what));
        }
        self.0.push(run);
        Ok(())
    }

    pub(super) fn as_slice(&self) -> &[Run] {
        &self.0
    }
}

/// A file's bytes by its runs.
pub(super) struct Mapped {
    pub(super) volume: Section,
    pub(super) runs: Runs,
    pub(super) len: u64,
}

impl ReadAt for Mapped {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let limit = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let len = buf.len().min(limit(self.len.saturating_sub(offset)));
        let buf = buf.get_mut(..len).unwrap_or_default();
        if buf.is_empty() {
            return Ok(0);
        }
        let runs = self.runs.as_slice();
        let next = runs.partition_point(|run| run.logical + run.len <= offset);
        let Some(run) = runs.get(next) else {
            buf.fill(0);
            return Ok(len);
        };
        if let Some(gap) = run.logical.checked_sub(offset).filter(|gap| *gap > 0) {
            let n = len.min(limit(gap));
            buf.get_mut(..n).unwrap_or_default().fill(0);
            return Ok(n);
        }
        let skip = offset - run.logical;
        let n = len.min(limit(run.len - skip));
        let buf = buf.get_mut(..n).unwrap_or_default();
        match self.volume.read_full_at(buf, run.physical + skip)? {
            0 => Err(bad("the file lies beyond the end of the disk")),
            read => Ok(read),
        }
    }

    fn len(&self) -> u64 {
        self.len
    }
}
