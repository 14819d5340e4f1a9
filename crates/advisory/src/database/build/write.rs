//! Numbers the records and puts the sections together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use model::{Advisory, Facts, Qualifiers, VendorSeverity};

use super::claims::{Claims, Settled};
use super::join::{Joined, VulnerabilityId};
use super::{BuildError, BuildOptions};
use crate::database::encoding::{put_bytes, put_length, put_number};
use crate::database::format::{
    DIGEST_END, HEADER, MAGIC, SECTION, SECTIONS, Section, VERSION, digest,
};
use crate::database::read::compare_ids;
use crate::database::status::FeedStatus;
use crate::feed::Feed;

/// Everything that goes into a file.
pub(super) struct Compiled<'a> {
    pub(super) options: BuildOptions,
    pub(super) feeds: &'a [&'a Feed],
    pub(super) advisories: &'a [Advisory],
    pub(super) joined: &'a Joined,
    pub(super) facts: BTreeMap<VulnerabilityId, Facts>,
    pub(super) claims: Claims,
    pub(super) statuses: Vec<FeedStatus>,
}

/// The sections as they grow.
#[derive(Default)]
pub(super) struct Output {
    sections: [Vec<u8>; SECTIONS],
    strings: HashMap<String, u64>,
    qualifiers: HashMap<Qualifiers, u64>,
}

/// The numbers that records get in the file.
pub(super) struct Numbers {
    /// Of vulnerabilities, in the order of their ids.
    pub(super) vulnerabilities: Vec<VulnerabilityId>,
    by_vulnerability: HashMap<VulnerabilityId, u32>,
    /// Advisories and those of their vulnerabilities for which they speak, where these are not
    /// all; numbered after all whole advisories.
    pub(super) parts: BTreeMap<(usize, Vec<u32>), u32>,
}

impl Compiled<'_> {
    pub(super) fn write(mut self) -> Result<Vec<u8>, BuildError> {
        let settled = self.claims.settle(self.advisories, self.joined, self.feeds);
        let numbers = self.number(&settled);
        let mut out = Output::default();
        self.write_names(settled, &numbers, &mut out)?;
        self.write_advisories(&numbers, &mut out)?;
        self.write_vulnerabilities(&numbers, &mut out)?;
        let feeds = out.section(Section::Feeds);
        put_length(feeds, self.statuses.len());
        for status in &self.statuses {
            status.encode(feeds);
        }
        Ok(assemble(&out.sections, self.options.built))
    }

    fn number(&self, settled: &[Settled]) -> Numbers {
        let mut wanted: BTreeSet<VulnerabilityId> = (0..self.advisories.len())
            .flat_map(|index| self.joined.about(index).iter().copied())
            .collect();
        if !self.options.only_referenced {
            wanted.extend(self.facts.keys());
        }
        let mut vulnerabilities: Vec<VulnerabilityId> = wanted.into_iter().collect();
        vulnerabilities.sort_by(|&a, &b| compare_ids(self.joined.name(a), self.joined.name(b)));
        let mut numbers = Numbers {
            by_vulnerability: vulnerabilities.iter().copied().zip(0..).collect(),
            vulnerabilities,
            parts: BTreeMap::new(),
        };
        let parts: BTreeSet<(usize, Vec<u32>)> = settled
            .iter()
            .flat_map(|(_, claims)| claims)
            .filter(|(claim, about)| self.joined.about(claim.advisory) != about.as_slice())
            .map(|(claim, about)| (claim.advisory, numbers.of(about)))
            .collect();
        let first = number32(self.advisories.len());
        numbers.parts = parts.into_iter().zip(first..).collect();
        numbers
    }
}

impl Numbers {
    /// The numbers of vulnerabilities, ascending.
    pub(super) fn of(&self, ids: &[VulnerabilityId]) -> Vec<u32> {
        let mut numbers: Vec<u32> = ids
            .iter()
            .filter_map(|id| self.by_vulnerability.get(id).copied())
            .collect();
        numbers.sort_unstable();
        numbers
    }
}

impl Output {
    pub(super) fn section(&mut self, section: Section) -> &mut Vec<u8> {
        // The array has an element for every variant; a spare vector would lose data silently.
        match self.sections.get_mut(section as usize) {
            Some(bytes) => bytes,
            None => unreachable!("a section without a place"),
        }
    }

    /// Appends a record to a section and gives its offset.
    pub(super) fn append(&mut self, section: Section, record: &[u8]) -> Result<u32, BuildError> {
        let bytes = self.section(section);
        let Ok(offset) = u32::try_from(bytes.len()) else {
            return Err(BuildError::TooLarge {
                part: section.title(),
            });
        };
        bytes.extend_from_slice(record);
        Ok(offset)
    }

    /// The offset of a shared word.
    pub(super) fn string(&mut self, text: &str) -> u64 {
        if let Some(&offset) = self.strings.get(text) {
            return offset;
        }
        let section = self.section(Section::Strings);
        let offset = section.len() as u64;
        put_bytes(section, text.as_bytes());
        self.strings.insert(text.to_owned(), offset);
        offset
    }

    /// Appends references to shared words.
    pub(super) fn put_strings<'a>(
        &mut self,
        record: &mut Vec<u8>,
        texts: impl ExactSizeIterator<Item = &'a String>,
    ) {
        put_length(record, texts.len());
        for text in texts {
            let offset = self.string(text);
            put_number(record, offset);
        }
    }

    /// The offset of conditions, plus one.
    pub(super) fn qualifiers(&mut self, qualifiers: &Qualifiers) -> u64 {
        if let Some(&reference) = self.qualifiers.get(qualifiers) {
            return reference;
        }
        let mut record = Vec::new();
        self.put_strings(&mut record, qualifiers.arches.iter());
        self.put_strings(&mut record, qualifiers.module.as_slice().iter());
        self.put_strings(&mut record, qualifiers.platforms.iter());
        let section = self.section(Section::Qualifiers);
        let reference = section.len() as u64 + 1;
        section.extend_from_slice(&record);
        self.qualifiers.insert(qualifiers.clone(), reference);
        reference
    }

    pub(super) fn put_severity(&mut self, record: &mut Vec<u8>, severity: &VendorSeverity) {
        record.push(severity.severity as u8);
        let offset = self.string(&severity.word);
        put_number(record, offset);
    }
}

/// A count of things of which there are fewer than four billion.
pub(super) fn number32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn assemble(sections: &[Vec<u8>], built: Timestamp) -> Vec<u8> {
    let mut covered = Vec::new();
    let mut start = HEADER + SECTIONS * SECTION;
    let length = start + sections.iter().map(Vec::len).sum::<usize>();
    covered.extend((length as u64).to_le_bytes());
    covered.extend(built.as_second().to_le_bytes());
    for section in sections {
        covered.extend((start as u64).to_le_bytes());
        covered.extend((section.len() as u64).to_le_bytes());
        start += section.len();
    }
    for section in sections {
        covered.extend_from_slice(section);
    }
    let mut file = Vec::with_capacity(DIGEST_END + covered.len());
    file.extend(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend(digest(&covered));
    file.append(&mut covered);
    file
}
