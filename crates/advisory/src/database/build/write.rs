//! Numbers the records and puts the sections together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;

use jiff::Timestamp;
use model::{Epss, Facts, Qualifiers, VendorSeverity};
use sha2::{Digest as _, Sha256};

use super::claims::Named;
use super::codec::decode;
use super::join::{Joined, VulnerabilityId};
use super::sort::{Sorted, Sorter};
use super::spill::{Spool, Store};
use super::{BuildError, BuildOptions};
use crate::database::encoding::{put_bytes, put_length, put_number};
use crate::database::format::{DIGEST_END, HEADER, MAGIC, SECTION, SECTIONS, Section, VERSION};
use crate::database::read::compare_ids;
use crate::database::status::FeedStatus;
use crate::feed::Feed;

/// Everything that goes into a file.
pub(super) struct Compiled<'a> {
    pub(super) options: BuildOptions,
    pub(super) feeds: &'a [&'a Feed],
    pub(super) store: Store,
    /// Whole advisories in the order of their numbers.
    pub(super) advisories: Spool,
    pub(super) joined: Joined,
    /// Vulnerabilities of which there are facts.
    pub(super) told: BTreeSet<VulnerabilityId>,
    /// In any order.
    pub(super) facts: Spool,
    pub(super) scores: BTreeMap<VulnerabilityId, Epss>,
    pub(super) claims: Named,
    pub(super) statuses: Vec<FeedStatus>,
}

/// The sections as they grow.
pub(super) struct Output {
    sections: Vec<Spool>,
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
    pub(super) parts: BTreeMap<(u32, Vec<u32>), u32>,
    /// How many names are claimed anything of.
    pub(super) names: usize,
}

impl Compiled<'_> {
    pub(super) fn write(mut self, file: &mut dyn Write) -> Result<(), BuildError> {
        let numbers = self.number()?;
        let facts = self.facts_by_number(&numbers);
        let mut out = Output::new(&self.store);
        self.write_names(&numbers, &mut out)?;
        self.write_advisories(&numbers, &mut out)?;
        self.write_vulnerabilities(&numbers, &facts, &mut out)?;
        let mut feeds = Vec::new();
        put_length(&mut feeds, self.statuses.len());
        for status in &self.statuses {
            status.encode(&mut feeds);
        }
        out.section(Section::Feeds).extend(&feeds);
        out.sections.iter_mut().for_each(Spool::seal);
        self.store.check()?;
        assemble(&out.sections, self.options.built, file)
            .map_err(|error| BuildError::Write(error.to_string()))?;
        self.store.check()
    }

    fn number(&self) -> Result<Numbers, BuildError> {
        let mut wanted: BTreeSet<VulnerabilityId> = (0..self.joined.count())
            .flat_map(|index| self.joined.about(index).iter().copied())
            .collect();
        if !self.options.only_referenced {
            wanted.extend(self.told.iter().chain(self.scores.keys()));
        }
        let mut vulnerabilities: Vec<VulnerabilityId> = wanted.into_iter().collect();
        vulnerabilities.sort_by(|&a, &b| compare_ids(self.joined.name(a), self.joined.name(b)));
        let mut numbers = Numbers {
            by_vulnerability: vulnerabilities.iter().copied().zip(0..).collect(),
            vulnerabilities,
            parts: BTreeMap::new(),
            names: 0,
        };
        let mut parts: BTreeSet<(u32, Vec<u32>)> = BTreeSet::new();
        let mut names = 0;
        self.claims.each(&self.joined, |_, _, claims| {
            names += 1;
            for (claim, about) in claims {
                if self.joined.about(claim.advisory) != about.as_slice() {
                    parts.insert((claim.advisory, numbers.of(&about)));
                }
            }
            Ok::<(), BuildError>(())
        })?;
        numbers.names = names;
        numbers.parts = parts.into_iter().zip(self.joined.count()..).collect();
        Ok(numbers)
    }

    /// Facts in the order of the numbers of their vulnerabilities.
    fn facts_by_number(&mut self, numbers: &Numbers) -> Sorted {
        let mut sorter = Sorter::new(&self.store);
        let mut record = Vec::new();
        self.facts.seal();
        let mut reader = self.facts.reader();
        while reader.record(&mut record) {
            let Some(facts) = decode::<Facts>(&record) else {
                continue;
            };
            for number in numbers.of(&self.joined.resolve(&facts.id)) {
                sorter.push(&number.to_be_bytes(), &record);
            }
        }
        sorter.finish()
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
    fn new(store: &Store) -> Self {
        Self {
            sections: Section::ALL.iter().map(|_| Spool::new(store)).collect(),
            strings: HashMap::new(),
            qualifiers: HashMap::new(),
        }
    }

    pub(super) fn section(&mut self, section: Section) -> &mut Spool {
        // There is a spool for every variant; a spare one would lose data silently.
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
        bytes.extend(record);
        Ok(offset)
    }

    /// The offset of a shared word.
    pub(super) fn string(&mut self, text: &str) -> u64 {
        if let Some(&offset) = self.strings.get(text) {
            return offset;
        }
        let mut record = Vec::new();
        put_bytes(&mut record, text.as_bytes());
        let section = self.section(Section::Strings);
        let offset = section.len();
        section.extend(&record);
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
        let reference = section.len() + 1;
        section.extend(&record);
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

fn assemble(sections: &[Spool], built: Timestamp, file: &mut dyn Write) -> std::io::Result<()> {
    let mut table = Vec::new();
    let mut start = (HEADER + SECTIONS * SECTION) as u64;
    let length = start + sections.iter().map(Spool::len).sum::<u64>();
    table.extend(length.to_le_bytes());
    table.extend(built.as_second().to_le_bytes());
    for section in sections {
        table.extend(start.to_le_bytes());
        table.extend(section.len().to_le_bytes());
        start += section.len();
    }
    let mut hash = Sha256::new();
    hash.update(&table);
    for section in sections {
        let mut reader = section.reader();
        while let Some(bytes) = reader.next_bytes() {
            hash.update(bytes);
        }
    }
    let mut head = Vec::with_capacity(DIGEST_END);
    head.extend(MAGIC);
    head.extend(VERSION.to_le_bytes());
    head.extend(hash.finalize());
    file.write_all(&head)?;
    file.write_all(&table)?;
    for section in sections {
        let mut reader = section.reader();
        while let Some(bytes) = reader.next_bytes() {
            file.write_all(bytes)?;
        }
    }
    Ok(())
}
