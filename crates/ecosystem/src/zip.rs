//! Members of a ZIP archive, found through its central directory (PKWARE APPNOTE 6.3.10).
//!
//! Written for hostile archives: the directory is read as a stream and only the members asked
//! for are kept, so a million entries cost no memory; no length field leads to an allocation
//! before the bytes are there; and inflating is bounded by the caller, whatever sizes the
//! archive claims and however its members overlap.

use std::io::{BufReader, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use crate::Content;
use crate::executable::read_at;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

const END_LENGTH: u64 = 22;
const END_64_LENGTH: u64 = 56;
const LOCATOR_64_LENGTH: u64 = 20;
const ENTRY_LENGTH: u64 = 46;
const LOCAL_LENGTH: u64 = 30;
/// The longest comment after the end record.
const COMMENT: u64 = 0xffff;

/// Largest central directory that is read, in bytes: about a million entries.
const DIRECTORY: u64 = 96 << 20;
/// Most members that a caller can keep.
const KEPT: usize = 50_000;

/// A member of an archive, as the central directory describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    method: u16,
    encrypted: bool,
    compressed: u64,
    /// Offset of the local header in the file.
    header: u64,
}

/// The members of interest, in the order in which the file holds them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) members: Vec<Member>,
    /// Length of what was read, in bytes.
    pub(crate) length: u64,
    /// Why the directory could not be read to its end.
    pub(crate) problem: Option<String>,
}

/// Reads at most `limit` bytes of the central directory and keeps the members whose name
/// `keep` accepts.
///
/// Anything may stand before the archive, as in self-executing jars: offsets count from where
/// the end record says the directory should be.
pub(crate) fn directory(
    content: &mut dyn Content,
    limit: u64,
    keep: &mut dyn FnMut(&str) -> bool,
) -> Result<Directory, String> {
    let end = end_record(content)?;
    let limit = limit.min(DIRECTORY);
    let mut directory = Directory {
        length: end.size.min(limit),
        ..Directory::default()
    };
    content
        .seek(SeekFrom::Start(end.start))
        .map_err(unreadable)?;
    let mut reader = BufReader::with_capacity(64 << 10, content.take(directory.length));
    let (mut head, mut name) = (Vec::with_capacity(64), Vec::with_capacity(512));
    loop {
        head.clear();
        (&mut reader)
            .take(ENTRY_LENGTH)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        if head.is_empty() {
            break;
        }
        if !head.starts_with(ENTRY) {
            directory.problem = Some("central directory is damaged".to_owned());
            break;
        }
        let lengths = Lengths::of(&head);
        name.clear();
        (&mut reader)
            .take(lengths.name + lengths.extra + lengths.comment)
            .read_to_end(&mut name)
            .map_err(unreadable)?;
        let Some(member) = member(&head, &lengths, &name, end.before, keep) else {
            continue;
        };
        if directory.members.len() == KEPT {
            directory.problem = Some(format!("more than {KEPT} members of interest"));
            break;
        }
        directory.members.push(member);
    }
    if end.size > limit {
        directory.problem = Some(format!("central directory is larger than {limit} bytes"));
    }
    directory.members.sort_by_key(|m| m.header);
    Ok(directory)
}

/// Where the central directory is.
struct End {
    start: u64,
    size: u64,
    /// How many bytes stand before the archive.
    before: u64,
}

fn end_record(content: &mut dyn Content) -> Result<End, String> {
    let length = content.seek(SeekFrom::End(0)).map_err(unreadable)?;
    let none = || "not a ZIP archive: it has no end record".to_owned();
    let short = length.checked_sub(END_LENGTH).ok_or_else(none)?;
    let mut at = short;
    let mut end = read(content, at, END_LENGTH)?;
    if !end.starts_with(END) {
        // Perhaps there is a comment: search backwards for a record whose comment fits.
        at = short.saturating_sub(COMMENT);
        let tail = read(content, at, COMMENT + END_LENGTH)?;
        let index = (0..tail.len())
            .rev()
            .find(|index| {
                let record = tail.get(*index..).unwrap_or_default();
                record.starts_with(END)
                    && u16_at(record, 20)
                        .is_some_and(|comment| usize::from(comment) + 22 <= record.len())
            })
            .ok_or_else(none)?;
        at += index as u64;
        end = tail.get(index..).unwrap_or_default().to_vec();
    }
    let narrow = (u32_at(&end, 12), u32_at(&end, 16), u16_at(&end, 10));
    let (Some(size), Some(offset), Some(count)) = narrow else {
        return Err(none());
    };
    let mut record = at;
    let (mut size, mut offset) = (u64::from(size), u64::from(offset));
    let full = u64::from(u32::MAX);
    if (count == u16::MAX || size == full || offset == full)
        && let Some((at_64, size_64, offset_64)) = end_record_64(content, at)?
    {
        (record, size, offset) = (at_64, size_64, offset_64);
    }
    let damaged = || "the end record points outside the file".to_owned();
    let start = record.checked_sub(size).ok_or_else(damaged)?;
    let before = start.checked_sub(offset).ok_or_else(damaged)?;
    Ok(End {
        start,
        size,
        before,
    })
}

/// Place, directory size and directory offset of the ZIP64 end record before the end record.
fn end_record_64(content: &mut dyn Content, end: u64) -> Result<Option<(u64, u64, u64)>, String> {
    let Some(at) = end.checked_sub(LOCATOR_64_LENGTH) else {
        return Ok(None);
    };
    let locator = read(content, at, LOCATOR_64_LENGTH)?;
    if !locator.starts_with(LOCATOR_64) {
        return Ok(None);
    }
    // The offset is of no use if something stands before the archive; then the record is
    // right before the locator, where every writer puts it.
    let places = [u64_at(&locator, 8), at.checked_sub(END_64_LENGTH)];
    for place in places.into_iter().flatten() {
        let record = read(content, place, END_64_LENGTH)?;
        if record.starts_with(END_64) {
            let (size, offset) = (u64_at(&record, 40), u64_at(&record, 48));
            return Ok(size.zip(offset).map(|(s, o)| (place, s, o)));
        }
    }
    Ok(None)
}

struct Lengths {
    name: u64,
    extra: u64,
    comment: u64,
}

impl Lengths {
    fn of(entry: &[u8]) -> Self {
        let length = |at| u16_at(entry, at).map_or(0, u64::from);
        Self {
            name: length(28),
            extra: length(30),
            comment: length(32),
        }
    }
}

/// The member of an entry, none if the caller does not want it.
fn member(
    entry: &[u8],
    lengths: &Lengths,
    variable: &[u8],
    before: u64,
    keep: &mut dyn FnMut(&str) -> bool,
) -> Option<Member> {
    let (name, rest) = variable.split_at_checked(usize::try_from(lengths.name).ok()?)?;
    let name = std::str::from_utf8(name).ok().filter(|n| keep(n))?;
    let extra = rest.get(..usize::try_from(lengths.extra).ok()?)?;
    let mut compressed = u64::from(u32_at(entry, 20)?);
    let size = u64::from(u32_at(entry, 24)?);
    let mut header = u64::from(u32_at(entry, 42)?);
    let full = u64::from(u32::MAX);
    if compressed == full || size == full || header == full {
        // Section 4.5.3: the fields that are full here follow there, in this order.
        let mut words = zip64_extra(extra)?.chunks_exact(8).map(|w| u64_at(w, 0));
        let mut next = |narrow: u64| {
            if narrow == full {
                words.next()?
            } else {
                Some(narrow)
            }
        };
        next(size)?;
        compressed = next(compressed)?;
        header = next(header)?;
    }
    Some(Member {
        name: name.to_owned(),
        method: u16_at(entry, 10)?,
        encrypted: u16_at(entry, 8)? & 1 != 0,
        compressed,
        header: header.checked_add(before)?,
    })
}

/// The extra field with id 1.
fn zip64_extra(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16_at(extra, 2)?);
        let field = extra.get(4..length + 4)?;
        if u16_at(extra, 0)? == 1 {
            return Some(field);
        }
        extra = extra.get(length + 4..)?;
    }
}

impl Member {
    /// Where the member's bytes start in the file.
    fn start(&self, content: &mut dyn Content) -> Result<u64, String> {
        let local = read(content, self.header, LOCAL_LENGTH)?;
        let lengths = u16_at(&local, 26).zip(u16_at(&local, 28));
        lengths
            .filter(|_| local.starts_with(LOCAL))
            .and_then(|(name, extra)| {
                let skip = LOCAL_LENGTH + u64::from(name) + u64::from(extra);
                self.header.checked_add(skip)
            })
            .ok_or_else(|| "has no local header".to_owned())
    }

    /// The place of a member that is stored as it is; none if it is compressed.
    pub(crate) fn stored(&self, content: &mut dyn Content) -> Result<Option<(u64, u64)>, String> {
        if self.method != 0 || self.encrypted {
            return Ok(None);
        }
        Ok(Some((self.start(content)?, self.compressed)))
    }

    /// The most bytes of the file that [`Self::bytes`] reads for a limit. Deflate adds at most
    /// five bytes to 65535, unless it was written to waste the reader's time.
    pub(crate) fn cost(&self, limit: u64) -> u64 {
        self.compressed
            .min(limit.saturating_add(limit / 8).saturating_add(1024))
    }

    /// The member's first `limit` bytes; fewer if it is shorter.
    pub(crate) fn bytes(&self, content: &mut dyn Content, limit: u64) -> Result<Vec<u8>, String> {
        if self.encrypted {
            return Err("is encrypted".to_owned());
        }
        let start = self.start(content)?;
        content.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        let compressed = content.take(self.cost(limit));
        let mut bytes = Vec::new();
        let read = match self.method {
            0 => compressed.take(limit).read_to_end(&mut bytes),
            8 => DeflateDecoder::new(compressed)
                .take(limit)
                .read_to_end(&mut bytes),
            method => return Err(format!("compression method {method} is not supported")),
        };
        read.map_err(unreadable)?;
        Ok(bytes)
    }
}

/// A part of a file as a file of its own.
pub(crate) struct Part<'a> {
    content: &'a mut dyn Content,
    start: u64,
    length: u64,
    at: u64,
}

impl<'a> Part<'a> {
    pub(crate) fn new(content: &'a mut dyn Content, start: u64, length: u64) -> Self {
        Self {
            content,
            start,
            length,
            at: 0,
        }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let take = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let Some(buffer) = buffer.get_mut(..take).filter(|b| !b.is_empty()) else {
            return Ok(0);
        };
        // Whoever else has the file may have moved its position.
        self.content
            .seek(SeekFrom::Start(self.start.saturating_add(self.at)))?;
        let read = self.content.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Part<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Up to `length` bytes at `offset`.
fn read(content: &mut dyn Content, offset: u64, length: u64) -> Result<Vec<u8>, String> {
    read_at(content, offset, length).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn unreadable(error: std::io::Error) -> String {
    format!("cannot be read: {error}")
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let raw = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(raw.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(raw.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let raw = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(raw.try_into().ok()?))
}

#[cfg(test)]
pub(crate) mod tests;
