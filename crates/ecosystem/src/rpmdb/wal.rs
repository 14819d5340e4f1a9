//! SQLite's write-ahead log: the pages of transactions that are not in the database file yet.
//!
//! After <https://www.sqlite.org/fileformat2.html>, section 4.

use std::collections::HashMap;

use crate::Content;

use super::{length, read_at, u32_at};

const HEADER: usize = 32;
const FRAME: usize = 24;
/// Most frames that are looked at: 16 GiB with pages of the usual size.
const MAX_FRAMES: u64 = 4 << 20;

/// Where the committed pages of a log are.
pub(crate) struct Log<'a> {
    pub(super) content: &'a mut dyn Content,
    /// Byte offset of the newest committed copy of a page, counted from 0.
    pages: HashMap<u32, u64>,
    page_size: usize,
    /// Pages of the database after the last commit.
    count: u32,
}

/// A running checksum (§4.2): two sums over pairs of words in the order that the magic says.
#[derive(Clone, Copy, Default, PartialEq)]
struct Checksum(u32, u32);

impl Checksum {
    fn add(&mut self, bytes: &[u8], big_endian: bool) {
        let word = |raw: [u8; 4]| {
            if big_endian {
                u32::from_be_bytes(raw)
            } else {
                u32::from_le_bytes(raw)
            }
        };
        for [a, b, c, d, e, f, g, h] in bytes.as_chunks::<8>().0.iter().copied() {
            self.0 = self.0.wrapping_add(word([a, b, c, d])).wrapping_add(self.1);
            self.1 = self.1.wrapping_add(word([e, f, g, h])).wrapping_add(self.0);
        }
    }

    /// The checksum at a place, which is stored with the most significant byte first.
    fn stored(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self(u32_at(bytes, at, true)?, u32_at(bytes, at + 4, true)?))
    }
}

impl<'a> Log<'a> {
    /// Reads the frames up to the last commit; none if there is nothing that counts.
    ///
    /// What follows the first frame with a wrong checksum or with other salts is left from an
    /// earlier use of the file, or was never finished.
    pub(crate) fn open(content: &'a mut dyn Content) -> Result<Option<Self>, String> {
        let length = length(content)?;
        if length < (HEADER + FRAME) as u64 {
            return Ok(None);
        }
        let mut header = Vec::new();
        read_at(content, 0, HEADER, &mut header)?;
        let big_endian = match u32_at(&header, 0, true) {
            Some(0x377f_0682) => false,
            Some(0x377f_0683) => true,
            _ => return Err("is not a write-ahead log of SQLite".to_owned()),
        };
        let page_size = u32_at(&header, 8, true).unwrap_or(0) as usize;
        if !(512..=65536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(format!("has pages of {page_size} bytes"));
        }
        let mut checksum = Checksum::default();
        checksum.add(header.get(..24).unwrap_or_default(), big_endian);
        if Checksum::stored(&header, 24) != Some(checksum) {
            // SQLite takes such a log for empty, too.
            return Ok(None);
        }
        let mut log = Self {
            content,
            pages: HashMap::new(),
            page_size,
            count: 0,
        };
        log.index(length, &header, checksum, big_endian)?;
        Ok((log.count > 0).then_some(log))
    }

    fn index(
        &mut self,
        length: u64,
        header: &[u8],
        mut checksum: Checksum,
        big_endian: bool,
    ) -> Result<(), String> {
        let size = (FRAME + self.page_size) as u64;
        let frames = (length - HEADER as u64) / size;
        if frames > MAX_FRAMES {
            return Err(format!("has more than {MAX_FRAMES} frames"));
        }
        let mut frame = Vec::new();
        // Pages of a transaction that may still be committed.
        let mut open = Vec::new();
        for number in 0..frames {
            let start = HEADER as u64 + number * size;
            read_at(self.content, start, FRAME + self.page_size, &mut frame)?;
            checksum.add(frame.get(..8).unwrap_or_default(), big_endian);
            checksum.add(frame.get(FRAME..).unwrap_or_default(), big_endian);
            let is_sound = frame.get(8..16) == header.get(16..24)
                && Checksum::stored(&frame, 16) == Some(checksum);
            let page = u32_at(&frame, 0, true).and_then(|page| page.checked_sub(1));
            let (true, Some(page)) = (is_sound, page) else {
                break;
            };
            open.push((page, start + FRAME as u64));
            let count = u32_at(&frame, 4, true).unwrap_or(0);
            if count > 0 {
                self.pages.extend(open.drain(..));
                self.count = count;
            }
        }
        Ok(())
    }

    /// Pages of the database, of which `in_file` are in its file.
    ///
    /// Every page beyond the file is in the log. A log that claims more of them has holes, and they
    /// must not cost memory.
    pub(crate) fn count(&self, in_file: u32) -> u32 {
        let in_log = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        self.count.min(in_file.saturating_add(in_log))
    }

    pub(super) fn page_size(&self) -> usize {
        self.page_size
    }

    /// Reads page `number`, counted from 0, into `buffer`; false if the log does not have it.
    pub(super) fn read(&mut self, number: u32, buffer: &mut Vec<u8>) -> Result<bool, String> {
        let Some(offset) = self.pages.get(&number).copied() else {
            return Ok(false);
        };
        read_at(self.content, offset, self.page_size, buffer)?;
        Ok(true)
    }
}
