//! Writes package names and what is claimed of them.

use std::collections::HashMap;

use model::{FixState, Qualifiers};

use super::BuildError;
use super::claims::{Claim, End, Settled, VersionId};
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
    /// Where versions stand, once written.
    versions: HashMap<VersionId, i64>,
    advisory: i64,
    version: i64,
}

impl Compiled<'_> {
    /// Writes names sorted by namespace and name, the table that finds them, and the counts.
    pub(super) fn write_names(
        &mut self,
        settled: Vec<Settled>,
        numbers: &Numbers,
        out: &mut Output,
    ) -> Result<(), BuildError> {
        let capacity = (settled.len() + settled.len() / 2).next_power_of_two();
        let mut slots = vec![0_u32; capacity.max(2)];
        let mut state = State::default();
        let mut namespaces: Vec<(String, u32, u32)> = Vec::new();
        for ((namespace, name), claims) in settled {
            if claims.is_empty() {
                continue;
            }
            if namespaces.last().is_none_or(|last| last.0 != namespace) {
                namespaces.push((namespace.clone(), 0, 0));
            }
            if let Some(last) = namespaces.last_mut() {
                last.1 = last.1.saturating_add(1);
                last.2 = last.2.saturating_add(number32(claims.len()));
            }
            let mut numbered: Vec<(Claim, u32)> = claims
                .into_iter()
                .map(|(claim, about)| {
                    let part = numbers.parts.get(&(claim.advisory, numbers.of(&about)));
                    let number = part.copied().unwrap_or(number32(claim.advisory));
                    (claim, number)
                })
                .collect();
            let scheme = self.claims.scheme(&namespace);
            self.claims.sort(scheme, &mut numbered);
            let mut body = Vec::new();
            put_length(&mut body, namespaces.len() - 1);
            put_bytes(&mut body, name.as_bytes());
            put_length(&mut body, numbered.len());
            state.advisory = 0;
            state.version = 0;
            for (claim, number) in &numbered {
                self.put_claim(claim, *number, &mut state, out, &mut body);
            }
            let mut record = Vec::with_capacity(body.len() + 4);
            put_bytes(&mut record, &body);
            let offset = out.append(Section::Names, &record)?;
            place(&mut slots, slot_of(&namespace, &name), offset);
        }
        for slot in slots {
            out.section(Section::Slots).extend(slot.to_le_bytes());
        }
        let list = out.section(Section::Namespaces);
        put_length(list, namespaces.len());
        for (name, names, statements) in namespaces {
            put_bytes(list, name.as_bytes());
            put_number(list, u64::from(names));
            put_number(list, u64::from(statements));
        }
        Ok(())
    }

    fn put_claim(
        &self,
        claim: &Claim,
        number: u32,
        state: &mut State,
        out: &mut Output,
        record: &mut Vec<u8>,
    ) {
        let simple = match claim.ranges.as_slice() {
            [(None, End::Fixed(id))] => Some(*id),
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
        put_signed(record, i64::from(number) - state.advisory);
        state.advisory = i64::from(number);
        if let Some(severity) = &claim.severity {
            out.put_severity(record, severity);
        }
        if conditional {
            let reference = out.qualifiers(&claim.qualifiers);
            put_number(record, reference);
        }
        if let Some(id) = simple {
            self.put_version(id, state, out, record);
        } else if !claim.ranges.is_empty() {
            put_length(record, claim.ranges.len());
            for (introduced, end) in &claim.ranges {
                let start = if introduced.is_some() { INTRODUCED } else { 0 };
                let (bit, last) = match end {
                    End::Open => (0, None),
                    End::Fixed(id) => (FIXED, Some(*id)),
                    End::LastAffected(id) => (LAST_AFFECTED, Some(*id)),
                };
                record.push(start | bit);
                for id in introduced.iter().copied().chain(last) {
                    self.put_version(id, state, out, record);
                }
            }
        }
        if !claim.versions.is_empty() {
            put_length(record, claim.versions.len());
            for &id in &claim.versions {
                self.put_version(id, state, out, record);
            }
        }
        debug_assert!(claim.fix != FixState::NotAffected || claim.ranges.is_empty());
    }

    /// Appends the distance to a version, writing it where it is used first, so that the
    /// versions of a name lie together.
    fn put_version(
        &self,
        id: VersionId,
        state: &mut State,
        out: &mut Output,
        record: &mut Vec<u8>,
    ) {
        let offset = *state.versions.entry(id).or_insert_with(|| {
            let section = out.section(Section::Versions);
            let offset = i64::try_from(section.len()).unwrap_or(i64::MAX);
            if let Some(version) = self.claims.versions.get(id as usize) {
                put_bytes(section, &version.key);
                put_bytes(section, version.text.as_bytes());
            }
            offset
        });
        put_signed(record, offset - state.version);
        state.version = offset;
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
