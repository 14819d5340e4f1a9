//! Opens a database and finds its records.

use std::cmp::Ordering;
use std::ops::Range;

use ecosystem::Scheme;
use jiff::Timestamp;
use thiserror::Error;

use super::encoding::Decoder;
use super::format::{
    ALIAS_BLOCK, DIGEST_END, HEADER, MAGIC, SECTION, SECTIONS, Section, VERSION, digest, hex,
};
use super::status::FeedStatus;

/// Why bytes are not a database that this reader can use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormatError {
    #[error("not an advisory database")]
    Magic,
    #[error("advisory database of format {found}, this program reads format {VERSION}")]
    Version { found: u32 },
    #[error("advisory database of {found} bytes should have {expected}")]
    Length { expected: u64, found: u64 },
    #[error("advisory database is damaged: {part}")]
    Damaged { part: &'static str },
    #[error("advisory database has digest {found}, its header says {expected}")]
    Digest { expected: String, found: String },
}

/// A compiled database over bytes that never change while it is open.
#[derive(Debug)]
pub struct Database<B> {
    bytes: B,
    built: Timestamp,
    sections: [Range<usize>; SECTIONS],
    pub(super) namespaces: Vec<Namespace>,
}

/// A namespace as opening reads it.
#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) name: String,
    pub(super) names: u32,
    pub(super) statements: u32,
    pub(super) scheme: Option<&'static Scheme>,
}

/// How much a database says of one namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamespaceSummary<'a> {
    /// `Debian:12`, `PyPI`.
    pub namespace: &'a str,
    /// Package names.
    pub names: u32,
    /// Statements about them, those of not being affected included.
    pub statements: u32,
}

impl<B: AsRef<[u8]>> Database<B> {
    /// Opens a database after checking its header and that every section lies within it.
    ///
    /// Costs the same for every size of file; [`Self::verify`] reads it all.
    pub fn open(bytes: B) -> Result<Self, FormatError> {
        let (built, sections) = header(bytes.as_ref())?;
        let mut database = Self {
            bytes,
            built,
            sections,
            namespaces: Vec::new(),
        };
        database.namespaces =
            namespaces(database.section(Section::Namespaces)).ok_or(FormatError::Damaged {
                part: "list of namespaces",
            })?;
        let slots = database.section(Section::Slots).len() / 4;
        if !slots.is_power_of_two() {
            return Err(FormatError::Damaged {
                part: "table of names",
            });
        }
        if database.feed_list().is_none() {
            return Err(FormatError::Damaged {
                part: "list of feeds",
            });
        }
        Ok(database)
    }

    /// Checks every byte against the digest in the header.
    pub fn verify(&self) -> Result<(), FormatError> {
        let found = hex(&digest(
            self.bytes.as_ref().get(DIGEST_END..).unwrap_or_default(),
        ));
        let expected = self.digest();
        if found == expected {
            Ok(())
        } else {
            Err(FormatError::Digest { expected, found })
        }
    }

    /// SHA-256 of the contents as the header gives it, in hexadecimal: the name of the file.
    pub fn digest(&self) -> String {
        hex(self.bytes.as_ref().get(8..DIGEST_END).unwrap_or_default())
    }

    /// When it was built.
    pub fn built(&self) -> Timestamp {
        self.built
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.bytes.as_ref().len() as u64
    }

    /// Bytes of every section, for reports on what makes a database large.
    pub fn section_sizes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Section::ALL
            .into_iter()
            .map(|section| (section.title(), self.section(section).len() as u64))
    }

    /// Where the data came from, sorted by name.
    pub fn feeds(&self) -> Vec<FeedStatus> {
        self.feed_list().unwrap_or_default()
    }

    /// Every namespace, sorted.
    pub fn namespaces(&self) -> impl Iterator<Item = NamespaceSummary<'_>> {
        self.namespaces.iter().map(|n| NamespaceSummary {
            namespace: &n.name,
            names: n.names,
            statements: n.statements,
        })
    }

    /// How many vulnerabilities there are; they are numbered from 0.
    pub fn vulnerability_count(&self) -> u32 {
        let entries = self.section(Section::VulnerabilityIndex).len() / 4;
        u32::try_from(entries).unwrap_or(u32::MAX)
    }

    /// How many advisories there are; they are numbered from 0 and sorted by id.
    pub fn advisory_count(&self) -> u32 {
        let index = self.section(Section::AdvisoryIndex);
        let entries = u32::try_from((index.len() / 4).saturating_sub(1)).unwrap_or(u32::MAX);
        word(index, 0).unwrap_or(0).min(entries)
    }

    /// The number of the vulnerability that goes by this id or alias, in any case.
    ///
    /// Ids of bulletins about several vulnerabilities are no aliases of them: see
    /// [`Self::find_advisories`].
    pub fn find(&self, id: &str) -> Option<u32> {
        search(self.vulnerability_count(), |n| {
            Some(compare_ids(self.vulnerability_id(n)?, id))
        })
        .or_else(|| self.find_alias(id))
    }

    /// The numbers of the advisories with this id, in any case, withdrawn ones included.
    pub fn find_advisories(&self, id: &str) -> Vec<u32> {
        let compare = |n| Some(compare_ids(self.advisory_id(n)?, id));
        let Some(any) = search(self.advisory_count(), compare) else {
            return Vec::new();
        };
        let same = |n: &u32| compare(*n) == Some(Ordering::Equal);
        let mut numbers: Vec<u32> = (0..any).rev().take_while(same).collect();
        numbers.reverse();
        numbers.extend((any..self.advisory_count()).take_while(same));
        numbers
    }

    fn find_alias(&self, id: &str) -> Option<u32> {
        let index = self.section(Section::AliasIndex);
        let aliases = self.section(Section::Aliases);
        let blocks = u32::try_from(index.len() / 4).ok()?;
        let block = |n: u32| Decoder::at(aliases, u64::from(word(index, n as usize)?));
        // The last block whose first entry is not after the id.
        let (mut low, mut high) = (0, blocks);
        while low < high {
            let middle = low + (high - low) / 2;
            if compare_ids(block(middle)?.text()?, id) == Ordering::Greater {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let mut entries = block(low.checked_sub(1)?)?;
        for _ in 0..ALIAS_BLOCK {
            let alias = entries.text()?;
            let vulnerability = entries.number32()?;
            if compare_ids(alias, id) == Ordering::Equal {
                return Some(vulnerability);
            }
        }
        None
    }

    pub(super) fn section(&self, section: Section) -> &[u8] {
        self.sections
            .get(section as usize)
            .and_then(|range| self.bytes.as_ref().get(range.clone()))
            .unwrap_or_default()
    }

    /// A word of the shared vocabulary.
    pub(super) fn string(&self, offset: u64) -> Option<&str> {
        Decoder::at(self.section(Section::Strings), offset)?.text()
    }

    fn feed_list(&self) -> Option<Vec<FeedStatus>> {
        let mut from = Decoder::at(self.section(Section::Feeds), 0)?;
        let count = from.count()?;
        (0..count).map(|_| FeedStatus::decode(&mut from)).collect()
    }
}

/// The `n`th 32-bit word of a table.
#[inline]
pub(super) fn word(table: &[u8], n: usize) -> Option<u32> {
    let start = n.checked_mul(4)?;
    let bytes = table.get(start..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk::<8>()?))
}

/// The order of ids, in which case does not count.
pub(super) fn compare_ids(a: &str, b: &str) -> Ordering {
    a.bytes()
        .map(|byte| byte.to_ascii_uppercase())
        .cmp(b.bytes().map(|byte| byte.to_ascii_uppercase()))
}

/// Binary search among numbered records.
fn search(count: u32, compare: impl Fn(u32) -> Option<Ordering>) -> Option<u32> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle)? {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Some(middle),
        }
    }
    None
}

fn header(bytes: &[u8]) -> Result<(Timestamp, [Range<usize>; SECTIONS]), FormatError> {
    if bytes.first_chunk::<4>() != Some(&MAGIC) {
        return Err(FormatError::Magic);
    }
    let version = word(bytes, 1).ok_or(FormatError::Damaged { part: "header" })?;
    if version != VERSION {
        return Err(FormatError::Version { found: version });
    }
    let damaged = || FormatError::Damaged { part: "header" };
    let expected = long(bytes, DIGEST_END).ok_or_else(damaged)?;
    let found = bytes.len() as u64;
    if expected != found {
        return Err(FormatError::Length { expected, found });
    }
    let built = long(bytes, DIGEST_END + 8)
        .and_then(|seconds| Timestamp::from_second(seconds.cast_signed()).ok())
        .ok_or_else(damaged)?;
    let mut sections = [const { 0..0 }; SECTIONS];
    for (number, range) in sections.iter_mut().enumerate() {
        let at = HEADER + number * SECTION;
        *range = section_range(bytes, at).ok_or(FormatError::Damaged {
            part: "section table",
        })?;
    }
    Ok((built, sections))
}

fn section_range(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let start = usize::try_from(long(bytes, at)?).ok()?;
    let length = usize::try_from(long(bytes, at + 8)?).ok()?;
    let range = start..start.checked_add(length)?;
    bytes.get(range.clone()).is_some().then_some(range)
}

fn namespaces(section: &[u8]) -> Option<Vec<Namespace>> {
    let mut from = Decoder::at(section, 0)?;
    let count = from.count()?;
    (0..count)
        .map(|_| {
            let name = from.text()?;
            Some(Namespace {
                name: name.to_owned(),
                names: from.number32()?,
                statements: from.number32()?,
                scheme: ecosystem::by_namespace(name).map(|e| e.scheme),
            })
        })
        .collect()
}
