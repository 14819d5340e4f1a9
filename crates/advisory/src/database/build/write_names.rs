//! Writes package names and what is claimed of them.

use std::collections::HashMap;

use ecosystem::Scheme;
use model::{FixState, Qualifiers};
use sha2::{Digest as _, Sha256};

use super::BuildError;
use super::claims::{self, Claim, End, Schemes, Standing, Version};
use super::write::{Compiled, Numbers, Output, number32};
use crate::database::encoding::{put_bytes, put_length, put_number, put_signed};
use crate::database::format::{Section, slot_of};
use crate::database::names::{
    FIX_STATES, FIXED, FIXED_BELOW, HAS_QUALIFIERS, HAS_RANGES, HAS_SEVERITY, HAS_VERSIONS,
    INTRODUCED, LAST_AFFECTED,
};

/// What carries over from one claim of a name to the next, and between names.
#[derive(Default)]
struct State {
    /// Where versions stand, once written, by the beginning of the SHA-256 of scheme and text:
    /// there are millions, and two of them cannot have the same.
    versions: HashMap<[u8; 16], i64>,
    advisory: i64,
    version: i64,
}

impl Compiled<'_> {
    /// Writes names sorted by namespace and name, the table that finds them, and the counts.
    pub(super) fn write_names(
        &self,
        numbers: &Numbers,
        out: &mut Output,
    ) -> Result<(), BuildError> {
        let capacity = (numbers.names + numbers.names / 2).next_power_of_two();
        let mut slots = vec![0_u32; capacity.max(2)];
        let mut state = State::default();
        let mut schemes = Schemes::default();
        let mut namespaces: Vec<(String, u32, u32)> = Vec::new();
        self.claims
            .each(&self.joined, |namespace, name, standing| {
                if standing.is_empty() {
                    return Ok(());
                }
                if namespaces.last().is_none_or(|last| last.0 != namespace) {
                    namespaces.push((namespace.to_owned(), 0, 0));
                }
                if let Some(last) = namespaces.last_mut() {
                    last.1 = last.1.saturating_add(1);
                    last.2 = last.2.saturating_add(number32(standing.len()));
                }
                let scheme = schemes.of(namespace);
                let mut numbered = numbered(standing, numbers);
                claims::sort(scheme, &mut numbered);
                let mut body = Vec::new();
                put_length(&mut body, namespaces.len() - 1);
                put_bytes(&mut body, name.as_bytes());
                put_length(&mut body, numbered.len());
                state.advisory = 0;
                state.version = 0;
                for (claim, number) in &numbered {
                    state.put_claim(claim, *number, scheme, out, &mut body);
                }
                let mut record = Vec::with_capacity(body.len() + 4);
                put_bytes(&mut record, &body);
                let offset = out.append(Section::Names, &record)?;
                place(&mut slots, slot_of(namespace, name), offset);
                Ok(())
            })?;
        for slot in slots {
            out.section(Section::Slots).extend(&slot.to_le_bytes());
        }
        let mut list = Vec::new();
        put_length(&mut list, namespaces.len());
        for (name, names, statements) in namespaces {
            put_bytes(&mut list, name.as_bytes());
            put_number(&mut list, u64::from(names));
            put_number(&mut list, u64::from(statements));
        }
        out.section(Section::Namespaces).extend(&list);
        Ok(())
    }
}

/// Claims with the numbers of their advisories in the file.
fn numbered(standing: Vec<Standing>, numbers: &Numbers) -> Vec<(Claim, u32)> {
    let number = |(claim, about): Standing| {
        let part = numbers.parts.get(&(claim.advisory, numbers.of(&about)));
        let number = part.copied().unwrap_or(claim.advisory);
        (claim, number)
    };
    standing.into_iter().map(number).collect()
}

impl State {
    fn put_claim(
        &mut self,
        claim: &Claim,
        number: u32,
        scheme: Option<&Scheme>,
        out: &mut Output,
        record: &mut Vec<u8>,
    ) {
        let simple = match claim.ranges.as_slice() {
            [(None, End::Fixed(version))] => Some(version),
            _ => None,
        };
        let fix = FIX_STATES
            .iter()
            .zip(0..)
            .find(|(fix, _)| **fix == claim.fix);
        let mut head: u8 = fix.map_or(0, |(_, number)| number);
        let mut mark = |condition: bool, bit: u8| {
            if condition {
                head |= bit;
            }
        };
        let conditional = claim.qualifiers != Qualifiers::default();
        mark(claim.severity.is_some(), HAS_SEVERITY);
        mark(conditional, HAS_QUALIFIERS);
        mark(!claim.versions.is_empty(), HAS_VERSIONS);
        mark(simple.is_some(), FIXED_BELOW);
        mark(simple.is_none() && !claim.ranges.is_empty(), HAS_RANGES);
        record.push(head);
        put_signed(record, i64::from(number) - self.advisory);
        self.advisory = i64::from(number);
        if let Some(severity) = &claim.severity {
            out.put_severity(record, severity);
        }
        if conditional {
            let reference = out.qualifiers(&claim.qualifiers);
            put_number(record, reference);
        }
        if let Some(version) = simple {
            self.put_version(version, scheme, out, record);
        } else if !claim.ranges.is_empty() {
            put_length(record, claim.ranges.len());
            for (introduced, end) in &claim.ranges {
                let start = if introduced.is_some() { INTRODUCED } else { 0 };
                let (bit, last) = match end {
                    End::Open => (0, None),
                    End::Fixed(version) => (FIXED, Some(version)),
                    End::LastAffected(version) => (LAST_AFFECTED, Some(version)),
                };
                record.push(start | bit);
                for version in introduced.iter().chain(last) {
                    self.put_version(version, scheme, out, record);
                }
            }
        }
        if !claim.versions.is_empty() {
            put_length(record, claim.versions.len());
            for version in &claim.versions {
                self.put_version(version, scheme, out, record);
            }
        }
        debug_assert!(claim.fix != FixState::NotAffected || claim.ranges.is_empty());
    }

    /// Appends the distance to a version, writing it where it is used first, so that the
    /// versions of a name lie together.
    fn put_version(
        &mut self,
        version: &Version,
        scheme: Option<&Scheme>,
        out: &mut Output,
        record: &mut Vec<u8>,
    ) {
        let scheme = scheme.filter(|_| !version.key.is_empty());
        let mut hash = Sha256::new();
        hash.update(scheme.map_or("", |scheme| scheme.name));
        hash.update([0]);
        hash.update(&version.text);
        let digest: [u8; 32] = hash.finalize().into();
        let name = digest.first_chunk().copied().unwrap_or_default();
        let offset = *self.versions.entry(name).or_insert_with(|| {
            let mut bytes = Vec::new();
            put_bytes(&mut bytes, &version.key);
            put_bytes(&mut bytes, version.text.as_bytes());
            let section = out.section(Section::Versions);
            let offset = i64::try_from(section.len()).unwrap_or(i64::MAX);
            section.extend(&bytes);
            offset
        });
        put_signed(record, offset - self.version);
        self.version = offset;
    }
}

/// Enters a record's offset in the first free slot from `start` on.
fn place(slots: &mut [u32], start: usize, offset: u32) {
    let mask = slots.len() - 1;
    let mut at = start & mask;
    while let Some(slot) = slots.get_mut(at) {
        if *slot == 0 {
            *slot = offset.saturating_add(1);
            return;
        }
        at = (at + 1) & mask;
    }
}
