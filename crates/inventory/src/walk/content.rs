//! Gives one file's content to its extractors.

use std::io::{self, Cursor, Read};

use ecosystem::{Content, Extracted, FileInfo, Input};
use model::{Location, Problem};

use super::{MAX_PROBLEMS, Options};
use crate::extractors::Mask;
use crate::path;
use crate::scan::{OwnedHashes, ScannedFile};
use crate::tree::{EntryContent, ReadSeek};

/// A seekable file up to this size is read into memory in one go.
const SMALL: u64 = 256 << 10;

/// What came of offering a file.
pub(super) enum Outcome {
    /// No extractor wants content that begins like this.
    Unwanted,
    Read {
        extracted: Box<Extracted>,
        /// A package database of which nothing could be read.
        hides_content: bool,
    },
    /// The content could not be had.
    Unread(Problem),
}

/// Runs the extractors of `mask` over a file. `buffer` is scratch space, and `held` gets the content
/// if it is asked for.
pub(super) fn extract(
    options: &Options<'_>,
    file: FileInfo<'_>,
    mut mask: Mask,
    content: EntryContent<'_>,
    buffer: &mut Vec<u8>,
    held: Option<&mut Option<Box<dyn ReadSeek>>>,
) -> Outcome {
    buffer.clear();
    let head_length = options.extractors.head_length(mask);
    match provide(options, file, &mut mask, content, buffer, head_length) {
        Ok(Provided::Unwanted) => Outcome::Unwanted,
        Ok(Provided::Buffer) => {
            let outcome = run(options, file, mask, &mut Cursor::new(&*buffer));
            if let Some(held) = held {
                *held = Some(Box::new(Cursor::new(std::mem::take(buffer))));
            }
            outcome
        }
        Ok(Provided::Reader(mut reader)) => {
            let outcome = run(options, file, mask, &mut reader);
            if let Some(held) = held {
                *held = Some(reader);
            }
            outcome
        }
        Err(error) => Outcome::Unread(Problem::new(file.path, format!("cannot be read: {error}"))),
    }
}

enum Provided {
    Unwanted,
    /// In the scratch buffer.
    Buffer,
    Reader(Box<dyn ReadSeek>),
}

fn provide(
    options: &Options<'_>,
    file: FileInfo<'_>,
    mask: &mut Mask,
    content: EntryContent<'_>,
    buffer: &mut Vec<u8>,
    head_length: usize,
) -> io::Result<Provided> {
    let mut narrow = |head: &[u8]| {
        *mask = options.extractors.matching_magic(*mask, head);
        *mask != 0
    };
    match content {
        EntryContent::Empty if file.size == 0 => Ok(if narrow(&[]) {
            Provided::Buffer
        } else {
            Provided::Unwanted
        }),
        EntryContent::Empty => Err(io::Error::other("it is stored as a sparse file")),
        EntryContent::Stream(reader) => {
            fill(reader, head_length as u64, buffer)?;
            if !narrow(buffer) {
                return Ok(Provided::Unwanted);
            }
            if file.size <= options.limits.memory {
                fill(reader, file.size - buffer.len() as u64, buffer)?;
                return Ok(Provided::Buffer);
            }
            let spill = options.spill.ok_or_else(|| {
                io::Error::other(format!(
                    "larger than the limit of {} bytes for a file in a stream",
                    options.limits.memory
                ))
            })?;
            let copy = spill(&mut Cursor::new(&*buffer).chain(reader))?;
            Ok(Provided::Reader(copy))
        }
        EntryContent::Seekable(open) => {
            let mut reader = open()?;
            if file.size <= SMALL {
                fill(&mut reader, file.size, buffer)?;
                return Ok(if narrow(buffer) {
                    Provided::Buffer
                } else {
                    Provided::Unwanted
                });
            }
            fill(&mut reader, head_length as u64, buffer)?;
            if !narrow(buffer) {
                return Ok(Provided::Unwanted);
            }
            Ok(Provided::Reader(reader))
        }
    }
}

/// Appends up to `len` bytes to `buffer`, growing it only as bytes arrive.
fn fill(reader: &mut dyn Read, len: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    let known = usize::try_from(len.min(SMALL)).unwrap_or(0);
    buffer.reserve(known);
    reader.take(len).read_to_end(buffer)?;
    Ok(())
}

fn run(
    options: &Options<'_>,
    file: FileInfo<'_>,
    mask: Mask,
    content: &mut dyn Content,
) -> Outcome {
    let mut all = Extracted::default();
    let mut hides_content = false;
    for (extractor, is_database) in options.extractors.members(mask) {
        if let Err(error) = content.rewind() {
            return Outcome::Unread(Problem::new(file.path, format!("cannot be read: {error}")));
        }
        let one = (extractor.extract)(&mut Input {
            file,
            content: &mut *content,
        });
        let is_empty = one.packages.is_empty() && one.owned.is_empty() && one.os.is_none();
        hides_content |= is_database && is_empty && !one.problems.is_empty();
        all.packages.extend(one.packages);
        all.owned.extend(one.owned);
        all.os = all.os.or(one.os);
        all.problems.extend(one.problems);
    }
    Outcome::Read {
        extracted: Box::new(all),
        hides_content,
    }
}

/// What extractors said of a file in the form that is kept; none if they said nothing.
pub(super) fn scanned(
    path: &str,
    extracted: Extracted,
    hides_content: bool,
) -> Option<ScannedFile> {
    let mut file = ScannedFile {
        path: path.to_owned(),
        packages: extracted.packages,
        owned: Vec::new(),
        os: extracted.os,
        problems: extracted.problems,
        hides_content,
    };
    for package in &mut file.packages {
        if package.locations.is_empty() {
            package.locations.push(Location {
                layer: None,
                path: path.to_owned(),
            });
        }
    }
    for owned in extracted.owned {
        let paths = owned
            .paths
            .iter()
            .map(|p| path::hash(&path::clean(p.as_bytes())))
            .collect();
        file.owned.push(OwnedHashes {
            package: owned.package,
            paths,
        });
    }
    file.problems.truncate(MAX_PROBLEMS);
    let is_silent = file.packages.is_empty()
        && file.owned.is_empty()
        && file.os.is_none()
        && file.problems.is_empty();
    (!is_silent).then_some(file)
}
