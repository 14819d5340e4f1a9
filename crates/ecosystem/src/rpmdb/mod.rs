//! rpm's three database formats: each yields the header blobs of the installed packages.

use std::io::SeekFrom;

use model::Problem;

use crate::Content;

pub(crate) mod bdb;
pub(crate) mod header;
pub(crate) mod ndb;
pub(crate) mod sqlite;
pub(crate) mod wal;

/// Largest header that is read, in bytes. rpm itself refuses more than 256 MiB
/// (`lib/header.c`, `HEADER_DATA_MAX`); the largest real ones have a few.
const MAX_BLOB: usize = 64 << 20;
/// Most problems that are reported of one database.
const MAX_PROBLEMS: usize = 100;

/// Takes the headers of a database one by one.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), String>;

/// Fixed-size pages of a file, each handed out once.
///
/// A page that two places point to is damage or an attempt to make a small file look large.
struct Pages<'a> {
    content: &'a mut dyn Content,
    size: usize,
    count: u32,
    used: Vec<u64>,
    log: Option<wal::Log<'a>>,
}

impl<'a> Pages<'a> {
    fn new(content: &'a mut dyn Content, size: usize) -> Result<Self, String> {
        let length = length(content)?;
        let count = u32::try_from(length / size as u64)
            .map_err(|error| format!("{length} bytes are too many: {error}"))?;
        Ok(Self {
            content,
            size,
            count,
            used: vec![0; count as usize / 64 + 1],
            log: None,
        })
    }

    /// Lets the pages of a write-ahead log count more than those of the file.
    fn with_log(mut self, log: wal::Log<'a>) -> Self {
        self.count = log.count(self.count);
        self.used.resize(self.count as usize / 64 + 1, 0);
        self.log = Some(log);
        self
    }

    /// Reads page `number`, counted from 0, into `buffer`.
    fn read(&mut self, number: u32, buffer: &mut Vec<u8>) -> Result<(), String> {
        if number >= self.count {
            return Err(format!(
                "page {number} is beyond the end of the file ({} pages)",
                self.count
            ));
        }
        let bit = 1 << (number % 64);
        let word = self
            .used
            .get_mut(number as usize / 64)
            .ok_or("page number out of range")?;
        if *word & bit != 0 {
            return Err(format!("page {number} is used twice"));
        }
        *word |= bit;
        if let Some(log) = &mut self.log
            && log.read(number, buffer)?
        {
            return Ok(());
        }
        read_at(
            self.content,
            u64::from(number) * self.size as u64,
            self.size,
            buffer,
        )
    }
}

/// Length of a file in bytes.
fn length(content: &mut dyn Content) -> Result<u64, String> {
    content
        .seek(SeekFrom::End(0))
        .map_err(|error| format!("cannot be read: {error}"))
}

/// Reads exactly `count` bytes at `offset` into `buffer`.
fn read_at(
    content: &mut dyn Content,
    offset: u64,
    count: usize,
    buffer: &mut Vec<u8>,
) -> Result<(), String> {
    buffer.resize(count, 0);
    content
        .seek(SeekFrom::Start(offset))
        .and_then(|_| content.read_exact(buffer))
        .map_err(|error| format!("cannot be read at byte {offset}: {error}"))
}

/// Problems of one file, not more than make sense to read.
pub(crate) struct Problems<'a> {
    path: &'a str,
    list: &'a mut Vec<Problem>,
    count: usize,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(path: &'a str, list: &'a mut Vec<Problem>) -> Self {
        Self {
            path,
            list,
            count: 0,
        }
    }

    pub(crate) fn add(&mut self, what: impl Into<String>) {
        self.count += 1;
        if self.count < MAX_PROBLEMS {
            self.list.push(Problem::new(self.path, what));
        } else if self.count == MAX_PROBLEMS {
            self.list
                .push(Problem::new(self.path, "more problems are left out"));
        }
    }
}

/// A little-endian or big-endian integer inside a page.
fn u16_at(bytes: &[u8], offset: usize, big_endian: bool) -> Option<u16> {
    let raw: [u8; 2] = bytes.get(offset..offset.checked_add(2)?)?.try_into().ok()?;
    Some(if big_endian {
        u16::from_be_bytes(raw)
    } else {
        u16::from_le_bytes(raw)
    })
}

fn u32_at(bytes: &[u8], offset: usize, big_endian: bool) -> Option<u32> {
    let raw: [u8; 4] = bytes.get(offset..offset.checked_add(4)?)?.try_into().ok()?;
    Some(if big_endian {
        u32::from_be_bytes(raw)
    } else {
        u32::from_le_bytes(raw)
    })
}
