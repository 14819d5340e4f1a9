//! A run of bytes somewhere in a file or in memory, readable at any place.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Bytes that can be read at any place by several readers at once.
pub trait ReadAt: Send + Sync {
    /// Reads up to `buf.len()` bytes from `offset`; 0 means the end.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Length in bytes.
    fn len(&self) -> u64;
    /// Whether reading anywhere but on from the last place costs far more than reading on.
    fn is_sequential(&self) -> bool {
        false
    }
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.get(start..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }

    fn len(&self) -> u64 {
        Self::len(self) as u64
    }
}

/// A run of bytes of a [`ReadAt`].
#[derive(Clone)]
pub struct Section {
    bytes: Arc<dyn ReadAt>,
    start: u64,
    len: u64,
}

impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Section({}+{})", self.start, self.len)
    }
}

impl Section {
    /// All of `bytes`.
    pub fn whole(bytes: Arc<dyn ReadAt>) -> Self {
        let len = bytes.len();
        Self {
            bytes,
            start: 0,
            len,
        }
    }

    /// The `len` bytes from `start`, cut at the end of this section.
    #[must_use]
    pub fn part(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self {
            bytes: Arc::clone(&self.bytes),
            start: self.start.saturating_add(start),
            len: len.min(self.len - start),
        }
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it should be read from front to end, as [`ReadAt::is_sequential`] says.
    pub fn is_sequential(&self) -> bool {
        self.bytes.is_sequential()
    }

    /// Reads from `offset` until `buf` is full or the section ends; returns the bytes read.
    pub fn read_full_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = self.len.saturating_sub(offset);
        let want = usize::try_from(rest).unwrap_or(usize::MAX).min(buf.len());
        let mut done = 0;
        while let Some(space) = buf.get_mut(done..want).filter(|b| !b.is_empty()) {
            let place = self
                .start
                .saturating_add(offset)
                .saturating_add(done as u64);
            match self.bytes.read_at(space, place) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// The whole section if it has at most `limit` bytes.
    pub fn read_all(&self, limit: u64) -> io::Result<Vec<u8>> {
        if self.len > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("larger than the limit of {limit} bytes"),
            ));
        }
        let mut bytes = vec![0; usize::try_from(self.len).unwrap_or(usize::MAX)];
        let read = self.read_full_at(&mut bytes, 0)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// A reader with a window of `window` bytes.
    pub fn reader(&self, window: usize) -> SectionReader {
        SectionReader {
            section: self.clone(),
            position: 0,
            buffer: vec![0; window.max(512)],
            start: 0,
            filled: 0,
        }
    }
}

/// Reads a [`Section`] through a window, so that small reads nearby cost no system call.
pub struct SectionReader {
    section: Section,
    position: u64,
    buffer: Vec<u8>,
    /// Place of the buffer's first byte in the section.
    start: u64,
    filled: usize,
}

impl std::fmt::Debug for SectionReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SectionReader({:?} at {})", self.section, self.position)
    }
}

impl SectionReader {
    fn buffered(&self) -> &[u8] {
        self.position
            .checked_sub(self.start)
            .and_then(|skip| usize::try_from(skip).ok())
            .and_then(|skip| self.buffer.get(skip..self.filled))
            .unwrap_or_default()
    }
}

impl Read for SectionReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.buffered().is_empty() {
            if buf.len() >= self.buffer.len() {
                let n = self.section.read_full_at(buf, self.position)?;
                self.position += n as u64;
                return Ok(n);
            }
            self.start = self.position;
            self.filled = 0;
            self.filled = self.section.read_full_at(&mut self.buffer, self.position)?;
        }
        let n = self.buffered().len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), self.buffered().get(..n)) {
            to.copy_from_slice(from);
        }
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for SectionReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.section.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, SeekFrom};
    use std::sync::Arc;

    use super::Section;

    #[test]
    fn reads_what_a_slice_would() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|i| (i * 7 % 251) as u8).collect();
        let section = Section::whole(Arc::new(bytes.clone())).part(100, 9_000);
        let expected = &bytes[100..9_100];
        let mut reader = section.reader(512);
        let mut out = Vec::new();
        for (place, len) in [
            (0, 10),
            (5, 700),
            (8_990, 100),
            (600, 1),
            (601, 2_000),
            (9_000, 5),
        ] {
            reader.seek(SeekFrom::Start(place as u64)).unwrap();
            out.clear();
            reader
                .by_ref()
                .take(len as u64)
                .read_to_end(&mut out)
                .unwrap();
            let end = expected.len().min(place + len);
            assert_eq!(out, expected[place..end], "{place}+{len}");
        }
        assert_eq!(section.part(8_999, 10).len(), 1);
        assert!(section.part(20_000, 10).is_empty());
    }
}
