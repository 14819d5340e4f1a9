//! Writes advisories, vulnerabilities and the index of aliases.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use model::{Advisory, Cvss, Epss, Facts, Kev, Ssvc};

use super::codec::decode;
use super::sort::{Merge, Sorted};
use super::spill::Spool;
use super::write::{Compiled, Numbers, Output};
use super::{BuildError, merge};
use crate::database::encoding::{put_ascending, put_bytes, put_length, put_number, put_time};
use crate::database::format::{ALIAS_BLOCK, Section};
use crate::database::records::{
    DETAILS, EPSS_UNIT, EXPLOIT, KNOWN_EXPLOITED, MODIFIED, PART, PUBLISHED, REJECTED, SCORED,
    SEVERITY, TITLE, WHOLE, WITHDRAWN,
};
use crate::feed::Feed;

impl Compiled<'_> {
    pub(super) fn write_advisories(
        &self,
        numbers: &Numbers,
        out: &mut Output,
    ) -> Result<(), BuildError> {
        let mut index = vec![self.joined.count()];
        let mut reader = self.advisories.reader();
        let mut kept = Vec::new();
        for position in 0..self.joined.count() {
            let advisory = reader.record(&mut kept).then(|| decode(&kept)).flatten();
            let Some(advisory) = advisory else {
                return Err(BuildError::Spill("an advisory is cut".to_owned()));
            };
            let about = numbers.of(self.joined.about(position));
            let record = advisory_record(&advisory, &about, out);
            index.push(out.append(Section::Advisories, &record)?);
        }
        // The keys are in the order of the numbers.
        for (whole, about) in numbers.parts.keys() {
            let mut record = vec![PART];
            put_number(&mut record, u64::from(*whole));
            put_ascending(&mut record, about);
            index.push(out.append(Section::Advisories, &record)?);
        }
        write_index(out.section(Section::AdvisoryIndex), &index);
        Ok(())
    }

    pub(super) fn write_vulnerabilities(
        &self,
        numbers: &Numbers,
        facts: &Sorted,
        out: &mut Output,
    ) -> Result<(), BuildError> {
        let mut advisories: HashMap<u32, Vec<u32>> = HashMap::new();
        for position in 0..self.joined.count() {
            for &id in self.joined.about(position) {
                advisories.entry(id).or_default().push(position);
            }
        }
        let aliases = self.joined.aliases();
        let mut by_alias: BTreeMap<String, (&str, u32)> = BTreeMap::new();
        let mut facts = FactGroups::new(facts, self.feeds);
        let mut index = Vec::new();
        for (&id, number) in numbers.vulnerabilities.iter().zip(0_u32..) {
            let mut record = Vec::new();
            put_bytes(&mut record, self.joined.name(id).as_bytes());
            let own = aliases.get(&id);
            put_length(&mut record, own.map_or(0, std::collections::BTreeSet::len));
            for alias in own.into_iter().flatten() {
                put_bytes(&mut record, alias.as_bytes());
                by_alias
                    .entry(alias.to_ascii_uppercase())
                    .or_insert((alias, number));
            }
            let about = advisories.get(&id).map_or(&[][..], Vec::as_slice);
            put_ascending(&mut record, about);
            let mut known = facts.of(number);
            known.epss = known.epss.or(self.scores.get(&id).copied());
            put_facts(&known, out, &mut record);
            index.push(out.append(Section::Vulnerabilities, &record)?);
        }
        write_index(out.section(Section::VulnerabilityIndex), &index);
        let mut blocks = Vec::new();
        for (position, (alias, number)) in by_alias.values().enumerate() {
            let mut record = Vec::new();
            put_bytes(&mut record, alias.as_bytes());
            put_number(&mut record, u64::from(*number));
            let offset = out.append(Section::Aliases, &record)?;
            if position % ALIAS_BLOCK == 0 {
                blocks.push(offset);
            }
        }
        write_index(out.section(Section::AliasIndex), &blocks);
        Ok(())
    }
}

/// Facts that are sorted by the numbers of their vulnerabilities.
struct FactGroups<'a> {
    merge: Merge<'a>,
    feeds: &'a [&'a Feed],
    /// The next one; the key is empty at the end.
    key: Vec<u8>,
    record: Vec<u8>,
}

impl<'a> FactGroups<'a> {
    fn new(sorted: &'a Sorted, feeds: &'a [&'a Feed]) -> Self {
        let mut groups = Self {
            merge: sorted.merge(),
            feeds,
            key: Vec::new(),
            record: Vec::new(),
        };
        groups.advance();
        groups
    }

    fn advance(&mut self) {
        if !self.merge.next(&mut self.key, &mut self.record) {
            self.key.clear();
        }
    }

    /// The facts of a vulnerability, which must be asked for in ascending order.
    fn of(&mut self, number: u32) -> Facts {
        let mut group = Vec::new();
        while self.key == number.to_be_bytes() {
            group.extend(decode::<Facts>(&self.record));
            self.advance();
        }
        merge::facts(group, self.feeds)
    }
}

fn write_index(section: &mut Spool, entries: &[u32]) {
    for entry in entries {
        section.extend(&entry.to_le_bytes());
    }
}

fn advisory_record(advisory: &Advisory, about: &[u32], out: &mut Output) -> Vec<u8> {
    let mut record = vec![WHOLE];
    put_bytes(&mut record, advisory.id.as_bytes());
    let feed = out.string(&advisory.feed);
    put_number(&mut record, feed);
    put_ascending(&mut record, about);
    let bits = bit(advisory.published.is_some(), PUBLISHED)
        | bit(advisory.modified.is_some(), MODIFIED)
        | bit(advisory.withdrawn.is_some(), WITHDRAWN)
        | bit(advisory.severity.is_some(), SEVERITY)
        | bit(advisory.title.is_some(), TITLE)
        | bit(advisory.details.is_some(), DETAILS);
    record.push(bits);
    put_times(
        &mut record,
        [advisory.published, advisory.modified, advisory.withdrawn],
    );
    if let Some(severity) = &advisory.severity {
        out.put_severity(&mut record, severity);
    }
    put_texts(&mut record, &advisory.aliases);
    put_given(&mut record, [&advisory.title, &advisory.details]);
    put_cvss(&advisory.cvss, out, &mut record);
    out.put_strings(&mut record, advisory.cwes.iter());
    put_texts(&mut record, &advisory.references);
    record
}

fn put_facts(facts: &Facts, out: &mut Output, record: &mut Vec<u8>) {
    let bits = bit(facts.published.is_some(), PUBLISHED)
        | bit(facts.modified.is_some(), MODIFIED)
        | bit(facts.title.is_some(), TITLE)
        | bit(facts.details.is_some(), DETAILS)
        | bit(facts.rejected, REJECTED)
        | bit(facts.exploit_known, EXPLOIT)
        | bit(facts.epss.is_some(), SCORED)
        | bit(facts.kev.is_some(), KNOWN_EXPLOITED);
    record.push(bits);
    put_times(record, [facts.published, facts.modified]);
    if let Some(Epss { score, percentile }) = facts.epss {
        put_number(record, units(score));
        put_number(record, units(percentile));
    }
    put_given(record, [&facts.title, &facts.details]);
    if let Some(kev) = &facts.kev {
        put_kev(kev, out, record);
    }
    put_cvss(&facts.cvss, out, record);
    out.put_strings(record, facts.cwes.iter());
    put_texts(record, &facts.references);
    record.push(u8::from(facts.ssvc.is_some()));
    if let Some(Ssvc {
        exploitation,
        automatable,
        technical_impact,
    }) = &facts.ssvc
    {
        for word in [exploitation, automatable, technical_impact] {
            let offset = out.string(word);
            put_number(record, offset);
        }
    }
}

fn put_kev(kev: &Kev, out: &mut Output, record: &mut Vec<u8>) {
    let date = out.string(&kev.date_added);
    put_number(record, date);
    let due = out.string(kev.due_date.as_deref().unwrap_or_default());
    put_number(record, due);
    record.push(u8::from(kev.ransomware));
    let action = out.string(kev.required_action.as_deref().unwrap_or_default());
    put_number(record, action);
}

fn put_cvss(all: &[Cvss], out: &mut Output, record: &mut Vec<u8>) {
    put_length(record, all.len());
    for cvss in all {
        for word in [&cvss.source, &cvss.vector] {
            let offset = out.string(word);
            put_number(record, offset);
        }
    }
}

fn put_texts(record: &mut Vec<u8>, texts: &[String]) {
    put_length(record, texts.len());
    for text in texts {
        put_bytes(record, text.as_bytes());
    }
}

fn put_given<const N: usize>(record: &mut Vec<u8>, texts: [&Option<String>; N]) {
    for text in texts.into_iter().flatten() {
        put_bytes(record, text.as_bytes());
    }
}

fn put_times<const N: usize>(record: &mut Vec<u8>, times: [Option<Timestamp>; N]) {
    for time in times.into_iter().flatten() {
        put_time(record, time);
    }
}

fn bit(condition: bool, bit: u8) -> u8 {
    if condition { bit } else { 0 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what is representable before"
)]
fn units(share: f32) -> u64 {
    (f64::from(share).clamp(0.0, 1.0) * EPSS_UNIT).round() as u64
}
