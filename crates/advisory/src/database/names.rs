//! What the database says of a package name.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use ecosystem::Scheme;
use model::{
    Candidate, CandidateRange, CandidateSource, FixState, KeyEnd, Keyed, Qualifiers, Severity,
};
use sha2::{Digest as _, Sha256};

use super::encoding::Decoder;
use super::format::{Section, slot_of};
use super::read::{Database, word};
use super::records::SeverityWord;

/// Bits of a statement's first byte; the lowest three are the fix state.
pub(super) const FIX: u8 = 0x07;
pub(super) const HAS_SEVERITY: u8 = 0x08;
pub(super) const HAS_QUALIFIERS: u8 = 0x10;
pub(super) const HAS_VERSIONS: u8 = 0x20;
/// One range, from the beginning to a fixed version.
pub(super) const FIXED_BELOW: u8 = 0x40;
/// A counted list of ranges.
pub(super) const HAS_RANGES: u8 = 0x80;
/// Bits of a listed range's first byte.
pub(super) const INTRODUCED: u8 = 1;
pub(super) const FIXED: u8 = 2;
pub(super) const LAST_AFFECTED: u8 = 4;

/// Fix states by the number that stands for them in the file.
pub(super) const FIX_STATES: [FixState; 7] = [
    FixState::FromRanges,
    FixState::NotFixed,
    FixState::WillNotFix,
    FixState::Deferred,
    FixState::EndOfLife,
    FixState::UnderInvestigation,
    FixState::NotAffected,
];

/// One advisory's statement about a name, those of not being affected included.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement<'a> {
    /// With [`FixState::NotAffected`] it is an explanation, not a candidate.
    pub candidate: Candidate<'a>,
    /// The severity word for this package, if it differs from the advisory's.
    pub severity: Option<SeverityWord<'a>>,
}

/// A package name of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRecord<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    /// Covers everything that can change matching: advisory and vulnerability ids, ranges,
    /// versions and their keys, fix, conditions. Not scores, words or dates.
    pub content_hash: [u8; 16],
}

impl<B: AsRef<[u8]>> Database<B> {
    /// Calls `visit` with every candidate for `name` in `namespace`, reusing one buffer.
    ///
    /// Those whose affected versions reach highest come first.
    pub fn for_each_candidate<'a>(
        &'a self,
        namespace: &str,
        name: &str,
        mut visit: impl FnMut(&Candidate<'a>),
    ) {
        let Some((statements, _)) = self.statement_list(namespace, name) else {
            return;
        };
        let mut candidate = empty_candidate();
        self.walk(statements, &mut candidate, |candidate| {
            if candidate.fix == FixState::NotAffected {
                return ControlFlow::Break(());
            }
            visit(candidate);
            ControlFlow::Continue(())
        });
    }

    /// Like [`Self::for_each_candidate`], but leaves out those that end before `version`, a key
    /// of the namespace's scheme, without reading them.
    pub fn for_each_candidate_reaching<'a>(
        &'a self,
        namespace: &str,
        name: &str,
        version: &[u8],
        mut visit: impl FnMut(&Candidate<'a>),
    ) {
        let Some((statements, scheme)) = self.statement_list(namespace, name) else {
            return;
        };
        self.walk_reaching(statements, scheme, Some(version), &mut visit);
    }

    /// Visits the candidates that do not end before `version`; all of them without one.
    fn walk_reaching<'a>(
        &'a self,
        statements: Decoder<'a>,
        scheme: Option<&'static Scheme>,
        version: Option<&[u8]>,
        mut visit: impl FnMut(&Candidate<'a>),
    ) {
        let ended = |candidate: &Candidate<'_>| match (scheme, version) {
            (Some(scheme), Some(version)) => ends_before(candidate, version, scheme),
            _ => false,
        };
        let mut candidate = empty_candidate();
        self.walk(statements, &mut candidate, |candidate| {
            if candidate.fix == FixState::NotAffected || ended(candidate) {
                return ControlFlow::Break(());
            }
            visit(candidate);
            ControlFlow::Continue(())
        });
    }

    /// Every statement about `name` in `namespace`; those of not being affected last.
    pub fn statements<'a>(&'a self, namespace: &str, name: &str) -> Vec<Statement<'a>> {
        let mut found = Vec::new();
        if let Some((statements, _)) = self.statement_list(namespace, name) {
            let mut candidate = empty_candidate();
            self.walk(statements, &mut candidate, |candidate| {
                found.push(Statement {
                    candidate: candidate.clone(),
                    severity: candidate.severity,
                });
                ControlFlow::Continue(())
            });
        }
        found
    }

    /// Every package name in the file's order, which is the same for the same contents.
    pub fn names(&self) -> Names<'_, B> {
        Names {
            database: self,
            namespace: None,
            rest: Decoder {
                rest: self.section(Section::Names),
            },
        }
    }

    /// Every package name of one namespace.
    pub fn names_in<'a>(&'a self, namespace: &str) -> Names<'a, B> {
        let number = self.namespaces.iter().position(|n| n.name == namespace);
        Names {
            namespace: Some(number.map_or(u64::MAX, |n| n as u64)),
            ..self.names()
        }
    }

    /// The content hash of a name, none if nothing is said of it.
    pub fn content_hash(&self, namespace: &str, name: &str) -> Option<[u8; 16]> {
        let (statements, _) = self.statement_list(namespace, name)?;
        Some(self.hash(statements))
    }

    /// The statements about a name, and the namespace's order.
    fn statement_list(
        &self,
        namespace: &str,
        name: &str,
    ) -> Option<(Decoder<'_>, Option<&'static Scheme>)> {
        let slots = self.section(Section::Slots);
        let names = self.section(Section::Names);
        let count = slots.len() / 4;
        let mask = count.checked_sub(1)?;
        let mut slot = slot_of(namespace, name);
        for _ in 0..count {
            slot &= mask;
            let offset = word(slots, slot)?.checked_sub(1)?;
            let mut record = Decoder {
                rest: Decoder::at(names, u64::from(offset))?.bytes()?,
            };
            let number = record.number()?;
            if record.bytes()? == name.as_bytes() {
                let found = self.namespaces.get(usize::try_from(number).ok()?)?;
                if found.name == namespace {
                    return Some((record, found.scheme));
                }
            }
            slot = slot.wrapping_add(1);
        }
        None
    }

    /// Decodes statements into one buffer until `visit` breaks off or the bytes make no sense.
    fn walk<'a>(
        &'a self,
        mut from: Decoder<'a>,
        candidate: &mut Candidate<'a>,
        mut visit: impl FnMut(&Candidate<'a>) -> ControlFlow<()>,
    ) {
        let mut state = State {
            versions: self.section(Section::Versions),
            advisory: 0,
            version: 0,
            qualifiers: 0,
        };
        let Some(count) = from.count() else {
            return;
        };
        for _ in 0..count {
            let read = self.statement(&mut from, &mut state, candidate);
            if read.is_none() || visit(candidate).is_break() {
                return;
            }
        }
    }

    #[inline]
    fn statement<'a>(
        &'a self,
        from: &mut Decoder<'a>,
        state: &mut State<'a>,
        candidate: &mut Candidate<'a>,
    ) -> Option<()> {
        let head = from.byte()?;
        state.advisory = state.advisory.checked_add(from.signed()?)?;
        candidate.advisory = u32::try_from(state.advisory).ok()?;
        candidate.fix = *FIX_STATES.get(usize::from(head & FIX))?;
        candidate.severity = if head & HAS_SEVERITY == 0 {
            None
        } else {
            Some(self.severity_word(from)?)
        };
        let qualifiers = if head & HAS_QUALIFIERS == 0 {
            0
        } else {
            from.number()?
        };
        if qualifiers != state.qualifiers {
            candidate.qualifiers = self.qualifiers(qualifiers)?;
            state.qualifiers = qualifiers;
        }
        candidate.ranges.clear();
        if head & FIXED_BELOW != 0 {
            candidate.ranges.push(CandidateRange {
                introduced: None,
                end: KeyEnd::Fixed(state.keyed(from)?),
            });
        } else if head & HAS_RANGES != 0 {
            for _ in 0..from.count()? {
                let bits = from.byte()?;
                let introduced = if bits & INTRODUCED == 0 {
                    None
                } else {
                    Some(state.keyed(from)?)
                };
                let end = match bits & (FIXED | LAST_AFFECTED) {
                    0 => KeyEnd::Open,
                    FIXED => KeyEnd::Fixed(state.keyed(from)?),
                    LAST_AFFECTED => KeyEnd::LastAffected(state.keyed(from)?),
                    _ => return None,
                };
                candidate.ranges.push(CandidateRange { introduced, end });
            }
        }
        candidate.versions.clear();
        if head & HAS_VERSIONS != 0 {
            for _ in 0..from.count()? {
                candidate.versions.push(state.keyed(from)?);
            }
        }
        Some(())
    }

    pub(super) fn severity_word<'a>(&'a self, from: &mut Decoder<'a>) -> Option<SeverityWord<'a>> {
        let severity = *Severity::ALL.get(usize::from(from.byte()?))?;
        Some(SeverityWord {
            word: self.string(from.number()?)?,
            severity,
        })
    }

    /// The conditions at an offset less one; 0 stands for none.
    fn qualifiers(&self, reference: u64) -> Option<Qualifiers> {
        let Some(offset) = reference.checked_sub(1) else {
            return Some(Qualifiers::default());
        };
        let mut from = Decoder::at(self.section(Section::Qualifiers), offset)?;
        let arches = self.words(&mut from)?;
        let modules = self.words(&mut from)?;
        let platforms = self.words(&mut from)?;
        Some(Qualifiers {
            arches,
            module: modules.into_iter().next(),
            platforms,
        })
    }

    fn words(&self, from: &mut Decoder<'_>) -> Option<Vec<String>> {
        (0..from.count()?)
            .map(|_| self.string(from.number()?).map(str::to_owned))
            .collect()
    }

    fn hash(&self, statements: Decoder<'_>) -> [u8; 16] {
        let mut lines = Vec::new();
        let mut candidate = empty_candidate();
        self.walk(statements, &mut candidate, |candidate| {
            let mut line = Vec::new();
            self.hash_lines(candidate, &mut line);
            lines.push(line);
            ControlFlow::Continue(())
        });
        lines.sort_unstable();
        let mut hash = Sha256::new();
        for line in &lines {
            hash.update((line.len() as u64).to_le_bytes());
            hash.update(line);
        }
        let full: [u8; 32] = hash.finalize().into();
        let (half, _) = full.split_at(16);
        half.first_chunk().copied().unwrap_or_default()
    }

    /// Everything of a statement that matching depends on, in bytes that do not depend on the
    /// rest of the file.
    fn hash_lines(&self, candidate: &Candidate<'_>, line: &mut Vec<u8>) {
        let mut put = |bytes: &[u8]| super::encoding::put_bytes(line, bytes);
        put(self
            .advisory_id(candidate.advisory)
            .unwrap_or_default()
            .as_bytes());
        put(self
            .advisory_feed(candidate.advisory)
            .unwrap_or_default()
            .as_bytes());
        for vulnerability in self.advisory_vulnerabilities(candidate.advisory) {
            put(self
                .vulnerability_id(vulnerability)
                .unwrap_or_default()
                .as_bytes());
        }
        let mut keyed = |mark: &[u8], version: Keyed<'_>| {
            put(mark);
            put(version.key);
            put(version.text.as_bytes());
        };
        for range in &candidate.ranges {
            match range.introduced {
                Some(version) => keyed(b"from", version),
                None => keyed(b"start", Keyed { key: b"", text: "" }),
            }
            match range.end {
                KeyEnd::Fixed(version) => keyed(b"fixed", version),
                KeyEnd::LastAffected(version) => keyed(b"last", version),
                KeyEnd::Open => keyed(b"open", Keyed { key: b"", text: "" }),
            }
        }
        for version in &candidate.versions {
            keyed(b"version", *version);
        }
        put(&[candidate.fix as u8]);
        for arch in &candidate.qualifiers.arches {
            put(b"arch");
            put(arch.as_bytes());
        }
        if let Some(module) = &candidate.qualifiers.module {
            put(b"module");
            put(module.as_bytes());
        }
        for platform in &candidate.qualifiers.platforms {
            put(b"platform");
            put(platform.as_bytes());
        }
    }
}

impl<B: AsRef<[u8]>> CandidateSource for Database<B> {
    fn candidates<'k>(
        &self,
        namespace: &str,
        name: &str,
        key: &dyn Fn() -> Option<&'k [u8]>,
        visit: &mut dyn FnMut(&Candidate<'_>),
    ) {
        let Some((statements, scheme)) = self.statement_list(namespace, name) else {
            return;
        };
        self.walk_reaching(statements, scheme, key(), visit);
    }
}

/// What carries over from one statement to the next.
struct State<'a> {
    versions: &'a [u8],
    advisory: i64,
    version: i64,
    qualifiers: u64,
}

impl<'a> State<'a> {
    #[inline]
    fn keyed(&mut self, from: &mut Decoder<'_>) -> Option<Keyed<'a>> {
        self.version = self.version.checked_add(from.signed()?)?;
        let mut record = Decoder::at(self.versions, u64::try_from(self.version).ok()?)?;
        Some(Keyed {
            key: record.bytes()?,
            text: record.text()?,
        })
    }
}

fn empty_candidate<'a>() -> Candidate<'a> {
    Candidate {
        advisory: 0,
        ranges: Vec::new(),
        versions: Vec::new(),
        fix: FixState::FromRanges,
        severity: None,
        qualifiers: Qualifiers::default(),
    }
}

/// Whether no version from `version` on is affected.
fn ends_before(candidate: &Candidate<'_>, version: &[u8], scheme: &Scheme) -> bool {
    candidate.ranges.iter().all(|range| match range.end {
        KeyEnd::Open => false,
        KeyEnd::Fixed(end) => (scheme.compare)(end.key, version) != Ordering::Greater,
        KeyEnd::LastAffected(end) => (scheme.compare)(end.key, version) == Ordering::Less,
    }) && candidate.versions.iter().all(|listed| {
        !listed.key.is_empty() && (scheme.compare)(listed.key, version) == Ordering::Less
    })
}

/// Iterates over package names.
#[derive(Debug)]
pub struct Names<'a, B> {
    database: &'a Database<B>,
    namespace: Option<u64>,
    rest: Decoder<'a>,
}

impl<'a, B: AsRef<[u8]>> Iterator for Names<'a, B> {
    type Item = NameRecord<'a>;

    fn next(&mut self) -> Option<NameRecord<'a>> {
        loop {
            let mut record = Decoder {
                rest: self.rest.bytes()?,
            };
            let number = record.number()?;
            if self.namespace.is_some_and(|wanted| wanted != number) {
                continue;
            }
            let namespace = self
                .database
                .namespaces
                .get(usize::try_from(number).ok()?)?;
            return Some(NameRecord {
                namespace: &namespace.name,
                name: record.text()?,
                content_hash: self.database.hash(record),
            });
        }
    }
}
