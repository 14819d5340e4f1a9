//! The header of one rpm package, as the databases store it.
//!
//! Layout after rpm's `docs/manual/hregions.md` and `format_v3.md`: the number of index entries
//! and the length of the data, both of 4 bytes; the entries, each tag, type, offset and count,
//! 16 bytes; the data. Integers are big-endian. The database leaves out the magic bytes that a
//! package file has before it.

use std::ops::Range;

/// `RPMTAG_*` of `include/rpm/rpmtag.h`.
pub(crate) mod tag {
    pub(crate) const NAME: u32 = 1000;
    pub(crate) const VERSION: u32 = 1001;
    pub(crate) const RELEASE: u32 = 1002;
    pub(crate) const EPOCH: u32 = 1003;
    pub(crate) const VENDOR: u32 = 1011;
    pub(crate) const LICENSE: u32 = 1014;
    pub(crate) const ARCH: u32 = 1022;
    pub(crate) const OLD_FILE_NAMES: u32 = 1027;
    pub(crate) const FILE_MODES: u32 = 1030;
    pub(crate) const SOURCE_RPM: u32 = 1044;
    pub(crate) const DIR_INDEXES: u32 = 1116;
    pub(crate) const BASE_NAMES: u32 = 1117;
    pub(crate) const DIR_NAMES: u32 = 1118;
    pub(crate) const MODULARITY_LABEL: u32 = 5096;
}

const INT16: u32 = 3;
const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// Most index entries, as rpm has it (`HEADER_TAGS_MAX`).
const MAX_ENTRIES: usize = 0xffff;
const ENTRY_SIZE: usize = 16;

/// A header whose lengths were checked.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    entries: &'a [[u8; ENTRY_SIZE]],
    data: &'a [u8],
}

struct Entry {
    kind: u32,
    offset: usize,
    count: usize,
}

impl<'a> Header<'a> {
    pub(crate) fn parse(blob: &'a [u8]) -> Result<Self, String> {
        let (lengths, rest) = blob
            .split_at_checked(8)
            .ok_or("a header of less than 8 bytes")?;
        let number = |at| super::u32_at(lengths, at, true).map_or(0, |n| n as usize);
        let (count, data) = (number(0), number(4));
        if count == 0 || count > MAX_ENTRIES {
            return Err(format!("a header of {count} entries"));
        }
        let (entries, rest) = rest
            .split_at_checked(count * ENTRY_SIZE)
            .ok_or_else(|| format!("a header is cut short within its {count} entries"))?;
        let data = rest
            .get(..data)
            .ok_or_else(|| format!("a header is cut short within its {data} bytes of data"))?;
        Ok(Self {
            entries: entries.as_chunks().0,
            data,
        })
    }

    fn entry(&self, tag: u32) -> Option<Entry> {
        let entry = self
            .entries
            .iter()
            .find(|entry| super::u32_at(*entry, 0, true) == Some(tag))?;
        let field = |at| super::u32_at(entry, at, true);
        Some(Entry {
            kind: field(4)?,
            offset: field(8)? as usize,
            count: field(12)? as usize,
        })
    }

    /// The text of a tag, the first (untranslated) one if it has translations.
    pub(crate) fn text(&self, tag: u32) -> Option<String> {
        let entry = self.entry(tag)?;
        if !matches!(entry.kind, STRING | STRING_ARRAY | I18N_STRING) {
            return None;
        }
        self.strings_at(&entry).next().map(to_text)
    }

    /// The texts of a tag; none if it is absent or of another type.
    pub(crate) fn texts(&self, tag: u32) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let entry = self
            .entry(tag)
            .filter(|entry| matches!(entry.kind, STRING | STRING_ARRAY));
        let (data, count) = match entry {
            Some(entry) => (self.data.get(entry.offset..), entry.count),
            None => (None, 0),
        };
        strings(data.unwrap_or_default(), count)
    }

    fn strings_at(&self, entry: &Entry) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        strings(
            self.data.get(entry.offset..).unwrap_or_default(),
            entry.count,
        )
    }

    /// The first number of a tag of 32-bit integers.
    pub(crate) fn number(&self, tag: u32) -> Option<u32> {
        self.numbers(tag).next()
    }

    pub(crate) fn numbers(&self, tag: u32) -> impl Iterator<Item = u32> + use<'a> {
        self.fixed::<4>(tag, INT32)
            .iter()
            .map(|raw| u32::from_be_bytes(*raw))
    }

    pub(crate) fn short_numbers(&self, tag: u32) -> impl Iterator<Item = u16> + use<'a> {
        self.fixed::<2>(tag, INT16)
            .iter()
            .map(|raw| u16::from_be_bytes(*raw))
    }

    /// The values of a tag of fixed size; empty if they do not all fit into the data.
    fn fixed<const SIZE: usize>(&self, tag: u32, kind: u32) -> &'a [[u8; SIZE]] {
        let range = self.entry(tag).filter(|e| e.kind == kind).and_then(|e| {
            let end = e.offset.checked_add(e.count.checked_mul(SIZE)?)?;
            Some(Range {
                start: e.offset,
                end,
            })
        });
        range
            .and_then(|range| self.data.get(range))
            .unwrap_or_default()
            .as_chunks()
            .0
    }
}

/// Up to `count` texts, each closed by a zero byte.
fn strings(data: &[u8], count: usize) -> impl Iterator<Item = &[u8]> {
    data.split_inclusive(|b| *b == 0)
        .filter_map(|text| text.strip_suffix(&[0]))
        .take(count)
}

/// Headers of old packages are not always UTF-8.
pub(crate) fn to_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
