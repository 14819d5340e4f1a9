//! Buffered input of the tar reader: a stream, or a section that is sought through.

use std::io::{self, Read};

use crate::section::Section;

/// Buffer of a stream, and largest read of a section.
const CAPACITY: usize = 128 << 10;
/// Read after a jump: a header and, often enough, a small file with the header after it.
const SHORT: usize = 4 << 10;
/// A gap up to this size is read over instead of jumped over.
const NEAR: u64 = 16 << 10;

enum From<'a> {
    Stream(Box<dyn Read + 'a>),
    Section { section: Section, chunk: usize },
}

/// Input with a buffer.
pub(super) struct Source<'a> {
    from: From<'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Place of the next unbuffered byte.
    next: u64,
}

impl<'a> Source<'a> {
    pub(super) fn stream(reader: Box<dyn Read + 'a>) -> Self {
        Self::new(From::Stream(reader))
    }

    pub(super) fn section(section: Section) -> Self {
        Self::new(From::Section {
            section,
            chunk: SHORT,
        })
    }

    fn new(from: From<'a>) -> Self {
        Self {
            from,
            buffer: vec![0; CAPACITY],
            start: 0,
            end: 0,
            next: 0,
        }
    }

    /// Bytes consumed so far.
    pub(super) fn position(&self) -> u64 {
        self.next - (self.end - self.start) as u64
    }

    /// The section, if this is one.
    pub(super) fn as_section(&self) -> Option<&Section> {
        match &self.from {
            From::Stream(_) => None,
            From::Section { section, .. } => Some(section),
        }
    }

    fn buffered(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads once into the free end of the buffer.
    fn refill(&mut self) -> io::Result<usize> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let Some(space) = self.buffer.get_mut(self.end..) else {
            return Ok(0);
        };
        let n = match &mut self.from {
            From::Stream(reader) => loop {
                match reader.read(space) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            },
            From::Section { section, chunk } => {
                let want = space.len().min(*chunk);
                *chunk = (*chunk * 2).min(CAPACITY);
                section.read_full_at(space.get_mut(..want).unwrap_or_default(), self.next)?
            }
        };
        self.end += n;
        self.next += n as u64;
        Ok(n)
    }

    /// The next `len` bytes without consuming them; fewer only at the end of the input.
    pub(super) fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        while self.end - self.start < len && self.refill()? > 0 {}
        let buffered = self.buffered();
        Ok(buffered.get(..len).unwrap_or(buffered))
    }

    /// Consumes up to `len` bytes and returns how many there were.
    pub(super) fn skip(&mut self, len: u64) -> io::Result<u64> {
        let mut left = len;
        loop {
            let have = (self.end - self.start) as u64;
            let step = have.min(left);
            self.start += usize::try_from(step).unwrap_or(0);
            left -= step;
            if left == 0 {
                return Ok(len);
            }
            if let From::Section { section, chunk } = &mut self.from {
                let jump = left.min(section.len().saturating_sub(self.next));
                if left > NEAR {
                    *chunk = SHORT;
                }
                self.next += jump;
                return Ok(len - left + jump);
            }
            if self.refill()? == 0 {
                return Ok(len - left);
            }
        }
    }

    /// Reads what is buffered, or else once from the input.
    pub(super) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && (buf.is_empty() || self.refill()? == 0) {
            return Ok(0);
        }
        let n = buf.len().min(self.end - self.start);
        if let (Some(to), Some(from)) = (buf.get_mut(..n), self.buffered().get(..n)) {
            to.copy_from_slice(from);
        }
        self.start += n;
        Ok(n)
    }
}
