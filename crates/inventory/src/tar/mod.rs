//! Reads tar archives (ustar, GNU, pax) as file trees, within limits.

mod header;
mod source;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use model::Problem;

use crate::path::{self, MAX_PATH};
use crate::section::Section;
use crate::tree::{Entry, EntryContent, EntryKind, FileTree, ReadSeek};
use header::{BLOCK, Header, Pax};
use source::Source;

/// Largest pax or GNU long-name record that is read, in bytes.
const MAX_META: u64 = 1 << 20;
/// Window of a reader inside an uncompressed archive.
const WINDOW: usize = 16 << 10;

/// A tar archive; see [`Tar::walk`].
pub struct Tar<'a> {
    source: Source<'a>,
}

impl std::fmt::Debug for Tar<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tar(at {})", self.source.position())
    }
}

/// Where an entry's content lies in an uncompressed archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub start: u64,
    pub len: u64,
}

/// What applies to the next entry alone.
#[derive(Default)]
struct Overrides {
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    pax: Pax,
}

/// One step through the archive.
enum Step {
    Entry,
    End,
}

impl<'a> Tar<'a> {
    /// An archive that is read from the front, once.
    pub fn stream(reader: Box<dyn Read + 'a>) -> Self {
        Self {
            source: Source::stream(reader),
        }
    }

    /// An uncompressed archive in a file: contents are skipped by seeking.
    pub fn section(section: Section) -> Self {
        Self {
            source: Source::section(section),
        }
    }

    /// Visits each entry, with the place of its content if the archive can be sought in.
    pub fn entries(&mut self, visit: &mut dyn FnMut(Entry<'_>, Option<Extent>)) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut next = Overrides::default();
        loop {
            let at = self.source.position();
            match self.step(&mut next, visit, &mut problems) {
                Ok(Step::Entry) => {}
                Ok(Step::End) => break,
                Err(error) => {
                    problems.push(Problem::new(format!("byte {at}"), error.to_string()));
                    break;
                }
            }
        }
        problems
    }

    fn step(
        &mut self,
        next: &mut Overrides,
        visit: &mut dyn FnMut(Entry<'_>, Option<Extent>),
        problems: &mut Vec<Problem>,
    ) -> io::Result<Step> {
        let at = self.source.position();
        let mut block = [0; BLOCK];
        match self.block(&mut block)? {
            0 => return Ok(Step::End),
            BLOCK => {}
            n if block.iter().take(n).all(|&b| b == 0) => return Ok(Step::End),
            _ => return Err(io::Error::other("the archive ends inside a header")),
        }
        let header = Header::new(&block);
        if header.is_zero() {
            // Two zero blocks end an archive; one at the end of the input does too.
            let more = self.source.peek(BLOCK)?;
            return if more.iter().all(|&b| b == 0) {
                Ok(Step::End)
            } else {
                Ok(Step::Entry)
            };
        }
        if !header.is_checksum_right() {
            return Err(io::Error::other("not a tar header: the checksum is wrong"));
        }
        let size = header
            .size()
            .ok_or_else(|| io::Error::other("the size of an entry is not a number"))?;
        match header.type_flag() {
            b'L' => next.long_name = Some(self.meta(size)?),
            b'K' => next.long_link = Some(self.meta(size)?),
            b'x' => {
                let bytes = self.meta(size)?;
                match Pax::parse(&bytes) {
                    Some(pax) => next.pax = pax,
                    None => problems.push(Problem::new(
                        format!("byte {at}"),
                        "a pax header is not made of records",
                    )),
                }
            }
            // Global pax headers carry comments in practice (`git archive`).
            b'g' => drop(self.meta(size)?),
            _ => self.entry(header, size, &std::mem::take(next), visit, problems)?,
        }
        Ok(Step::Entry)
    }

    /// Reads a header block; fewer bytes only at the end of the input.
    fn block(&mut self, block: &mut [u8; BLOCK]) -> io::Result<usize> {
        let peeked = self.source.peek(BLOCK)?;
        let n = peeked.len();
        if let Some(to) = block.get_mut(..n) {
            to.copy_from_slice(peeked);
        }
        self.source.skip(n as u64)?;
        Ok(n)
    }

    /// The content of a record that describes the next entry.
    fn meta(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_META {
            return Err(io::Error::other(format!(
                "a name record of {size} bytes is larger than the limit of {MAX_META}"
            )));
        }
        let mut bytes = Vec::new();
        let mut left = size;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(BLOCK).min(16 * BLOCK);
            let part = self.source.peek(step)?;
            if part.is_empty() {
                return Err(io::Error::other("the archive ends inside a name record"));
            }
            let n = part.len() as u64;
            bytes.extend_from_slice(part);
            self.source.skip(n)?;
            left -= n;
        }
        self.source.skip(padding(size))?;
        Ok(bytes)
    }

    fn entry(
        &mut self,
        header: Header<'_>,
        size: u64,
        next: &Overrides,
        visit: &mut dyn FnMut(Entry<'_>, Option<Extent>),
        problems: &mut Vec<Problem>,
    ) -> io::Result<()> {
        let at = self.source.position();
        let flag = header.type_flag();
        let mut sparse = next.pax.sparse;
        if flag == b'S' {
            sparse = true;
            self.sparse_map(header)?;
        }
        let size = match flag {
            // These have no content whatever the size field says (as in Go's archive/tar, which
            // writes most layers).
            b'1'..=b'6' => 0,
            _ => next.pax.size.unwrap_or(size),
        };
        let full_name;
        let raw = match next.pax.path.as_deref().or(next.long_name.as_deref()) {
            Some(name) => trim_zeros(name),
            None if header.prefix().is_empty() => header.name(),
            None => {
                full_name = [header.prefix(), b"/", header.name()].concat();
                &full_name
            }
        };
        let link = next.pax.link.as_deref().or(next.long_link.as_deref());
        let link = link.map_or_else(|| header.link_name(), trim_zeros);
        let kind = match flag {
            b'1' => EntryKind::HardLink(path::clean(link).into_owned()),
            b'2' => EntryKind::Symlink(String::from_utf8_lossy(link).into_owned()),
            b'3' | b'4' | b'6' | b'M' | b'V' | b'N' => EntryKind::Other,
            b'5' | b'D' => EntryKind::Directory,
            // Before POSIX, a directory was a file whose name ends with a slash.
            _ if raw.ends_with(b"/") => EntryKind::Directory,
            _ => EntryKind::File,
        };
        let path = path::clean(raw);
        let mut left = size;
        if path.len() > MAX_PATH || link.len() > MAX_PATH {
            problems.push(Problem::new(
                format!("byte {at}"),
                format!("a path is longer than {MAX_PATH} bytes"),
            ));
        } else if kind == EntryKind::File && !sparse {
            self.offer(&path, header.mode(), &mut left, visit);
        } else if flag != b'V' && flag != b'M' {
            let size = if kind == EntryKind::File { size } else { 0 };
            let entry = Entry {
                path: &path,
                kind,
                mode: header.mode(),
                size,
                content: EntryContent::Empty,
            };
            visit(entry, None);
        }
        let skipped = self.source.skip(left)?;
        if skipped < left {
            return Err(io::Error::other(format!(
                "the archive ends inside {path}, {} bytes early",
                left - skipped
            )));
        }
        // The last entry's padding may be missing.
        self.source.skip(padding(size))?;
        Ok(())
    }

    /// Offers a file; `left` comes back as the bytes of content that were not read.
    fn offer(
        &mut self,
        path: &str,
        mode: u32,
        left: &mut u64,
        visit: &mut dyn FnMut(Entry<'_>, Option<Extent>),
    ) {
        let extent = Extent {
            start: self.source.position(),
            len: *left,
        };
        let size = extent.len;
        let kind = EntryKind::File;
        if let Some(section) = self.source.as_section() {
            let content = section.part(extent.start, size);
            let window = WINDOW.min(usize::try_from(size).unwrap_or(WINDOW));
            let mut open = || Ok(Box::new(content.reader(window)) as Box<dyn ReadSeek>);
            let content = EntryContent::Seekable(&mut open);
            let entry = Entry {
                path,
                kind,
                mode,
                size,
                content,
            };
            visit(entry, Some(extent));
        } else {
            let mut body = Body {
                source: &mut self.source,
                left,
            };
            let content = EntryContent::Stream(&mut body);
            let entry = Entry {
                path,
                kind,
                mode,
                size,
                content,
            };
            visit(entry, None);
        }
    }

    /// Skips the further blocks of an old GNU sparse map.
    fn sparse_map(&mut self, header: Header<'_>) -> io::Result<()> {
        let mut more = header.is_sparse_extended();
        while more {
            let mut block = [0; BLOCK];
            if self.block(&mut block)? < BLOCK {
                return Err(io::Error::other("the archive ends inside a sparse map"));
            }
            more = block[504] != 0;
        }
        Ok(())
    }
}

impl FileTree for Tar<'_> {
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem> {
        self.entries(&mut |entry, _| visit(entry))
    }
}

/// The content of the entry that is being visited.
struct Body<'b, 'a> {
    source: &'b mut Source<'a>,
    left: &'b mut u64,
}

impl Read for Body<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(*self.left)
            .unwrap_or(usize::MAX)
            .min(buf.len());
        let n = self.source.read(buf.get_mut(..want).unwrap_or_default())?;
        *self.left -= n as u64;
        if n == 0 && want > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(n)
    }
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn trim_zeros(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|&b| b == 0).unwrap_or(name.len());
    name.get(..end).unwrap_or_default()
}
