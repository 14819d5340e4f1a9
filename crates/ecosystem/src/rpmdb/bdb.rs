//! Berkeley DB's hash format, which rpm used up to RHEL 8, SLES 12 and Amazon Linux 2.
//!
//! After Berkeley DB 5.3's `dbinc/db_page.h` (`HMETA`, `PAGE`, `HKEYDATA`, `HOFFPAGE`).
//! Integers are in the order of the machine that wrote the file.

use crate::Content;

use super::{MAX_BLOB, Pages, Problems, Visit, read_at, u16_at, u32_at};

const HASH_MAGIC: u32 = 0x0006_1561;
const BTREE_MAGIC: u32 = 0x0005_3162;

/// Bytes before the index of a page.
const PAGE_HEADER: usize = 26;
/// Page types.
const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH: u8 = 13;
/// Item types.
const KEY_DATA: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Visits the headers of every installed package.
pub(crate) fn packages(content: &mut dyn Content, problems: &mut Problems<'_>, visit: Visit<'_>) {
    let mut database = match Database::open(content) {
        Ok(database) => database,
        Err(what) => return problems.add(what),
    };
    database.scan(problems, visit);
}

struct Database<'a> {
    pages: Pages<'a>,
    big_endian: bool,
    last_page: u32,
}

impl<'a> Database<'a> {
    fn open(content: &'a mut dyn Content) -> Result<Self, String> {
        let mut meta = Vec::new();
        read_at(content, 0, 512, &mut meta)?;
        let magic = |big_endian| u32_at(&meta, 12, big_endian);
        let big_endian = match (magic(false), magic(true)) {
            (Some(HASH_MAGIC), _) => false,
            (_, Some(HASH_MAGIC)) => true,
            (Some(BTREE_MAGIC), _) | (_, Some(BTREE_MAGIC)) => {
                return Err("is a Berkeley DB b-tree, not a hash".to_owned());
            }
            _ => return Err("is not a Berkeley DB database".to_owned()),
        };
        let size = u32_at(&meta, 20, big_endian).unwrap_or(0);
        if !(512..=65536).contains(&size) || !size.is_power_of_two() {
            return Err(format!("has pages of {size} bytes"));
        }
        if meta.get(24).is_some_and(|algorithm| *algorithm != 0) {
            return Err("is encrypted".to_owned());
        }
        let last_page = u32_at(&meta, 32, big_endian).unwrap_or(0);
        Ok(Self {
            pages: Pages::new(content, size as usize)?,
            big_endian,
            last_page,
        })
    }

    /// Visits the data items of every hash page. Which bucket a page belongs to does not matter.
    fn scan(&mut self, problems: &mut Problems<'_>, visit: Visit<'_>) {
        let last = self.last_page.min(self.pages.count.saturating_sub(1));
        if last < self.last_page {
            problems.add(format!(
                "is cut short: page {} of {}",
                self.pages.count, self.last_page
            ));
        }
        let (mut page, mut blob) = (Vec::new(), Vec::new());
        for number in 1..=last {
            // Overflow pages are read by the item that owns them, so this is a look at the type
            // only; reading a page twice would otherwise be taken for damage.
            let kind = match self.page_type(number, &mut page) {
                Ok(kind) => kind,
                Err(what) => {
                    problems.add(what);
                    continue;
                }
            };
            if !matches!(kind, HASH | HASH_UNSORTED) {
                continue;
            }
            if let Err(what) = self.pages.read(number, &mut page) {
                problems.add(what);
                continue;
            }
            let count = u16_at(&page, 20, self.big_endian).map_or(0, usize::from);
            // Keys and data take turns.
            for index in (1..count).step_by(2) {
                let result = self
                    .item(&page, index, &mut blob)
                    .and_then(|is_header| if is_header { visit(&blob) } else { Ok(()) });
                if let Err(what) = result {
                    problems.add(format!("page {number}: {what}"));
                }
            }
        }
    }

    fn page_type(&mut self, number: u32, buffer: &mut Vec<u8>) -> Result<u8, String> {
        let offset = u64::from(number) * self.pages.size as u64;
        read_at(self.pages.content, offset, PAGE_HEADER, buffer)?;
        Ok(buffer.get(25).copied().unwrap_or(0))
    }

    /// Gathers the data item at `index`; false if it belongs to no package.
    ///
    /// Key 0 holds the number that the next package will get.
    fn item(&mut self, page: &[u8], index: usize, blob: &mut Vec<u8>) -> Result<bool, String> {
        let key = self.bytes(page, index - 1).ok_or("a key is damaged")?;
        if key.first() == Some(&KEY_DATA) && key.get(1..) == Some(&[0; 4]) {
            return Ok(false);
        }
        let item = self.bytes(page, index).ok_or("an item is damaged")?;
        blob.clear();
        match item.first() {
            Some(&KEY_DATA) => blob.extend_from_slice(item.get(1..).unwrap_or_default()),
            Some(&OFF_PAGE) => {
                let first = u32_at(item, 4, self.big_endian).ok_or("an item is damaged")?;
                let length = u32_at(item, 8, self.big_endian).ok_or("an item is damaged")?;
                self.overflow(first, length as usize, blob)?;
            }
            kind => return Err(format!("an item of type {}", kind.copied().unwrap_or(0))),
        }
        Ok(true)
    }

    /// The bytes of an item. Items fill a page from its end, each up to the one before it.
    fn bytes<'p>(&self, page: &'p [u8], index: usize) -> Option<&'p [u8]> {
        let offset =
            |index: usize| u16_at(page, PAGE_HEADER + 2 * index, self.big_endian).map(usize::from);
        let start = offset(index)?;
        let end = match index.checked_sub(1) {
            Some(before) => offset(before)?,
            None => page.len(),
        };
        page.get(start..end)
    }

    fn overflow(&mut self, first: u32, length: usize, blob: &mut Vec<u8>) -> Result<(), String> {
        if length > MAX_BLOB {
            return Err(format!("a header of {length} bytes is too large"));
        }
        let mut page = Vec::new();
        let mut next = first;
        while blob.len() < length {
            if next == 0 {
                return Err("a chain of overflow pages ends early".to_owned());
            }
            self.pages.read(next, &mut page)?;
            let used = u16_at(&page, 22, self.big_endian).map_or(0, usize::from);
            let part = page
                .get(PAGE_HEADER..PAGE_HEADER + used)
                .filter(|part| !part.is_empty() && page.get(25) == Some(&OVERFLOW))
                .ok_or_else(|| format!("page {next} is no overflow page"))?;
            blob.extend_from_slice(part);
            next = u32_at(&page, 16, self.big_endian).unwrap_or(0);
        }
        blob.truncate(length);
        Ok(())
    }
}
