//! The SQLite format, as far as a scan of one table needs it.
//!
//! After <https://www.sqlite.org/fileformat2.html>; section numbers below are that document's.
//! rpm keeps the headers in `Packages(hnum INTEGER PRIMARY KEY, blob BLOB)`.

use crate::Content;

use super::wal::Log;
use super::{MAX_BLOB, Pages, Problems, Visit, read_at, u16_at, u32_at};

/// What a SQLite database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of the database header, before the first page's own header (§1.3).
const HEADER: usize = 100;

const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// Largest row of the schema, in bytes.
const MAX_SCHEMA: usize = 1 << 20;

/// Visits the headers of every installed package.
pub(crate) fn packages(content: &mut dyn Content, problems: &mut Problems<'_>, visit: Visit<'_>) {
    match Database::open(content, None) {
        Ok(database) => read(database, problems, visit),
        Err(what) => problems.add(what),
    }
}

/// As [`packages`], with what the database's write-ahead log changes.
pub(crate) fn packages_with_log(
    content: &mut dyn Content,
    log: &mut dyn Content,
    problems: &mut Problems<'_>,
    visit: Visit<'_>,
) {
    let log = match Log::open(log) {
        Ok(log) => log,
        Err(what) => {
            problems.add(format!("the write-ahead log {what}"));
            None
        }
    };
    match Database::open(content, log) {
        Ok(database) => read(database, problems, visit),
        Err(what) => problems.add(what),
    }
}

fn read(mut database: Database<'_>, problems: &mut Problems<'_>, visit: Visit<'_>) {
    let mut root = None;
    database.scan(1, MAX_SCHEMA, problems, &mut |record| {
        // type, name, tbl_name, rootpage, sql (§2.6).
        if column(record, 0) == Some(b"table") && column(record, 1) == Some(b"Packages") {
            root = column(record, 3).and_then(integer);
        }
        Ok(())
    });
    let Some(root) = root else {
        return problems.add("has no table Packages");
    };
    database.scan(root, MAX_BLOB, problems, &mut |record| {
        visit(column(record, 1).ok_or("a row has no blob")?)
    });
}

struct Database<'a> {
    pages: Pages<'a>,
    /// Bytes of a page that hold data.
    usable: usize,
}

impl<'a> Database<'a> {
    fn open(content: &'a mut dyn Content, mut log: Option<Log<'a>>) -> Result<Self, String> {
        let mut header = Vec::new();
        // A new database may be in its log alone.
        let is_in_log = match &mut log {
            Some(log) => log.read(0, &mut header)?,
            None => false,
        };
        if !is_in_log {
            read_at(content, 0, HEADER, &mut header)?;
        }
        if !header.starts_with(MAGIC) {
            return Err("is not a SQLite database".to_owned());
        }
        let page_size = match u16_at(&header, 16, true) {
            Some(1) => 65536,
            Some(size) if size >= 512 && size.is_power_of_two() => usize::from(size),
            size => return Err(format!("has pages of {} bytes", size.unwrap_or(0))),
        };
        if u32_at(&header, 56, true) != Some(1) {
            return Err("is not in UTF-8".to_owned());
        }
        let reserved = header.get(20).copied().map_or(0, usize::from);
        // At least 480 by §1.3.4.
        let usable = page_size - reserved;
        if usable < 480 {
            return Err(format!("has {usable} usable bytes a page"));
        }
        let mut pages = Pages::new(content, page_size)?;
        if let Some(log) = log {
            if log.page_size() != page_size {
                return Err(format!(
                    "has pages of {page_size} bytes, and its write-ahead log of {}",
                    log.page_size()
                ));
            }
            pages = pages.with_log(log);
        }
        Ok(Self { pages, usable })
    }

    /// Visits every record of the table whose root is page `root`, in the order of its keys.
    fn scan(
        &mut self,
        root: u32,
        limit: usize,
        problems: &mut Problems<'_>,
        visit: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) {
        let (mut page, mut payload) = (Vec::new(), Vec::new());
        // Pages are handed out once, so the stack cannot grow beyond what they point to.
        let mut stack = vec![root];
        while let Some(number) = stack.pop() {
            let result = match number.checked_sub(1) {
                Some(index) => self.pages.read(index, &mut page),
                None => Err("a b-tree points to page 0".to_owned()),
            };
            if let Err(what) = result {
                problems.add(what);
                continue;
            }
            let start = if number == 1 { HEADER } else { 0 };
            let Some(node) = Node::parse(&page, start, self.usable) else {
                problems.add(format!("page {number} is no table page"));
                continue;
            };
            if let Some(right) = node.right {
                stack.push(right);
                stack.extend(
                    node.cells()
                        .rev()
                        .filter_map(|cell| u32_at(&page, cell, true)),
                );
                continue;
            }
            for cell in node.cells() {
                let result = self
                    .payload(&page, cell, limit, &mut payload)
                    .and_then(|()| visit(&payload));
                if let Err(what) = result {
                    problems.add(format!("page {number}: {what}"));
                }
            }
        }
    }

    /// Gathers the payload of a leaf cell from its page and its chain of overflow pages (§1.6).
    fn payload(
        &mut self,
        page: &[u8],
        cell: usize,
        limit: usize,
        payload: &mut Vec<u8>,
    ) -> Result<(), String> {
        let usable = self.usable;
        let cut_short = || "a cell is cut short".to_owned();
        let bytes = page.get(cell..usable).ok_or_else(cut_short)?;
        let (total, bytes) = varint(bytes).ok_or_else(cut_short)?;
        let (_row, bytes) = varint(bytes).ok_or_else(cut_short)?;
        let total = usize::try_from(total)
            .ok()
            .filter(|total| *total <= limit)
            .ok_or_else(|| format!("a row of {total} bytes is too large"))?;
        let local = local_length(total, usable);
        payload.clear();
        payload.extend_from_slice(bytes.get(..local).ok_or_else(cut_short)?);
        if local == total {
            return Ok(());
        }
        let mut next = u32_at(bytes, local, true).ok_or_else(cut_short)?;
        let mut overflow = Vec::new();
        while payload.len() < total {
            let index = next
                .checked_sub(1)
                .ok_or("a chain of overflow pages ends early")?;
            self.pages.read(index, &mut overflow)?;
            next = u32_at(&overflow, 0, true).ok_or_else(cut_short)?;
            let part = overflow.get(4..usable).ok_or_else(cut_short)?;
            payload.extend_from_slice(part.get(..total - payload.len()).unwrap_or(part));
        }
        Ok(())
    }
}

/// How much of a payload is on the leaf page itself (§1.6).
fn local_length(total: usize, usable: usize) -> usize {
    let most = usable - 35;
    if total <= most {
        return total;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let local = least + (total - least) % (usable - 4);
    if local <= most { local } else { least }
}

/// A b-tree page of a table.
struct Node<'a> {
    /// Offsets of the cells, 2 bytes each.
    pointers: &'a [u8],
    /// The right-most child of an interior page.
    right: Option<u32>,
}

impl<'a> Node<'a> {
    fn parse(page: &'a [u8], start: usize, usable: usize) -> Option<Self> {
        let header = page.get(start..usable)?;
        let count = usize::from(u16_at(header, 3, true)?);
        let (size, right) = match *header.first()? {
            INTERIOR => (12, Some(u32_at(header, 8, true)?)),
            LEAF => (8, None),
            _ => return None,
        };
        Some(Self {
            pointers: header.get(size..size + 2 * count)?,
            right,
        })
    }

    fn cells(&self) -> impl DoubleEndedIterator<Item = usize> + use<'a> {
        self.pointers
            .as_chunks::<2>()
            .0
            .iter()
            .map(|raw| usize::from(u16::from_be_bytes(*raw)))
    }
}

/// A variable-length integer of up to 9 bytes and what follows it (§1.6).
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some(((value << 8) | u64::from(*byte), bytes.get(9..)?));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

/// The bytes of a column of a record (§2.1).
fn column(record: &[u8], index: usize) -> Option<&[u8]> {
    let (header, types) = varint(record)?;
    let header = usize::try_from(header).ok()?;
    let length_of_length = record.len() - types.len();
    let mut types = record.get(length_of_length..header)?;
    let mut start = header;
    for current in 0.. {
        let (kind, rest) = varint(types)?;
        types = rest;
        let end = start.checked_add(serial_length(kind)?)?;
        if current == index {
            return record.get(start..end);
        }
        start = end;
    }
    None
}

/// Bytes that a value of this serial type takes (§2.1, table 2).
fn serial_length(kind: u64) -> Option<usize> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => usize::try_from(kind).ok()?,
        5 => 6,
        6 | 7 => 8,
        12.. => usize::try_from((kind - 12) / 2).ok()?,
        _ => return None,
    })
}

/// A positive integer of 1 to 4 bytes.
fn integer(bytes: &[u8]) -> Option<u32> {
    (1..=4).contains(&bytes.len()).then(|| {
        bytes
            .iter()
            .fold(0, |value, byte| (value << 8) | u32::from(*byte))
    })
}
