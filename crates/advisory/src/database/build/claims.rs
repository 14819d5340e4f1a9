//! What advisories say of package names, with versions parsed and made comparable.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use ecosystem::{Scheme, VersionKey};
use model::{Advisory, Affected, FixState, Problem, Qualifiers, RangeEnd, VendorSeverity};

use super::codec::{Kept as _, decode};
use super::join::{Joined, VulnerabilityId};
use super::sort::{Sorted, Sorter, put_key};
use super::spill::Store;

/// A version as it goes into the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Version {
    /// Empty if the scheme refuses the text: then only equal text matches.
    pub(super) key: VersionKey,
    pub(super) text: String,
}

/// Where a claimed range ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Fixed(Version),
    LastAffected(Version),
    Open,
}

/// One advisory's statement about one package name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// Index of the advisory.
    pub(super) advisory: u32,
    pub(super) ranges: Vec<(Option<Version>, End)>,
    pub(super) versions: Vec<Version>,
    pub(super) fix: FixState,
    pub(super) severity: Option<VendorSeverity>,
    pub(super) qualifiers: Qualifiers,
}

impl Claim {
    fn is_void(&self) -> bool {
        self.fix == FixState::NotAffected
    }

    fn encoded(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.put(&mut bytes);
        bytes
    }
}

/// Reads the claims of advisories and keeps them aside.
#[derive(Debug)]
pub(super) struct Claims {
    sorter: Sorter,
    schemes: Schemes,
}

/// The schemes of namespaces, looked up once each.
#[derive(Debug, Default)]
pub(super) struct Schemes(HashMap<String, Option<&'static Scheme>>);

impl Schemes {
    pub(super) fn of(&mut self, namespace: &str) -> Option<&'static Scheme> {
        if let Some(scheme) = self.0.get(namespace) {
            return *scheme;
        }
        let scheme = ecosystem::by_namespace(namespace).map(|e| e.scheme);
        self.0.insert(namespace.to_owned(), scheme);
        scheme
    }
}

/// Gets what of an advisory's versions cannot be understood.
type Report<'a> = &'a mut dyn FnMut(Problem);

impl Claims {
    pub(super) fn new(store: &Store) -> Self {
        Self {
            sorter: Sorter::new(store),
            schemes: Schemes::default(),
        }
    }

    /// Reads the claims of the advisory with this index, if it stands.
    pub(super) fn add(&mut self, index: u32, advisory: &Advisory, report: Report<'_>) {
        if advisory.withdrawn.is_some() {
            return;
        }
        let mut key = Vec::new();
        let mut record = Vec::new();
        for affected in &advisory.affected {
            let scheme = self.schemes.of(&affected.namespace);
            let Some(claim) = claim(index, advisory, affected, scheme, report) else {
                continue;
            };
            key.clear();
            put_key(&mut key, &affected.namespace);
            put_key(&mut key, &affected.name);
            key.extend_from_slice(&index.to_be_bytes());
            record.clear();
            affected.namespace.put(&mut record);
            affected.name.put(&mut record);
            claim.put(&mut record);
            self.sorter.push(&key, &record);
        }
    }

    pub(super) fn finish(self) -> Named {
        Named(self.sorter.finish())
    }
}

/// Every claim, by namespace and name.
#[derive(Debug)]
pub(super) struct Named(Sorted);

/// A claim and the vulnerabilities that it speaks for.
pub(super) type Standing = (Claim, Vec<VulnerabilityId>);

impl Named {
    /// Gives each namespace and name, sorted, with its claims: of all about the same
    /// vulnerability, only those of the feeds with the highest precedence.
    pub(super) fn each<E>(
        &self,
        joined: &Joined,
        mut visit: impl FnMut(&str, &str, Vec<Standing>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut merge = self.0.merge();
        let (mut key, mut record) = (Vec::new(), Vec::new());
        let mut current = (String::new(), String::new());
        let mut claims: Vec<Claim> = Vec::new();
        while merge.next(&mut key, &mut record) {
            let Some((name, claim)) = decode::<((String, String), Claim)>(&record) else {
                continue;
            };
            if name != current {
                if !claims.is_empty() {
                    visit(
                        &current.0,
                        &current.1,
                        settle(std::mem::take(&mut claims), joined),
                    )?;
                }
                current = name;
            }
            // Claims of one advisory come together, so only the last ones can be the same.
            let same = claims
                .iter()
                .rev()
                .take_while(|other| other.advisory == claim.advisory)
                .any(|other| *other == claim);
            if !same {
                claims.push(claim);
            }
        }
        if !claims.is_empty() {
            visit(&current.0, &current.1, settle(claims, joined))?;
        }
        Ok(())
    }
}

fn settle(claims: Vec<Claim>, joined: &Joined) -> Vec<Standing> {
    let mut highest: HashMap<VulnerabilityId, u8> = HashMap::new();
    for claim in &claims {
        for &vulnerability in joined.about(claim.advisory) {
            let top = highest.entry(vulnerability).or_insert(0);
            *top = (*top).max(joined.precedence(claim.advisory));
        }
    }
    claims
        .into_iter()
        .filter_map(|claim| {
            let own = joined.precedence(claim.advisory);
            let still: Vec<VulnerabilityId> = joined
                .about(claim.advisory)
                .iter()
                .copied()
                .filter(|id| highest.get(id) == Some(&own))
                .collect();
            (!still.is_empty()).then_some((claim, still))
        })
        .collect()
}

/// The order in which a name's claims stand: those that reach highest first, void ones last.
pub(super) fn sort(scheme: Option<&Scheme>, claims: &mut [(Claim, u32)]) {
    claims.sort_by(|(a, a_number), (b, b_number)| {
        a.is_void()
            .cmp(&b.is_void())
            .then_with(|| match scheme {
                Some(scheme) => compare_reach(scheme, b, a),
                None => Ordering::Equal,
            })
            .then_with(|| a_number.cmp(b_number))
            .then_with(|| a.encoded().cmp(&b.encoded()))
    });
}

/// What an advisory says of a name; none if nothing of it is understood.
fn claim(
    index: u32,
    of: &Advisory,
    affected: &Affected,
    scheme: Option<&'static Scheme>,
    report: Report<'_>,
) -> Option<Claim> {
    let mut claim = Claim {
        advisory: index,
        ranges: Vec::new(),
        versions: Vec::new(),
        fix: affected.fix,
        severity: affected.severity.clone(),
        qualifiers: affected.qualifiers.clone(),
    };
    if claim.is_void() {
        return Some(claim);
    }
    let mut problem = |what: String| {
        let place = format!("{}: {}: {}", of.id, affected.namespace, affected.name);
        report(Problem::new(place, what));
    };
    add_ranges(scheme, affected, &mut claim, &mut problem);
    add_versions(scheme, &affected.versions, &mut claim, &mut problem);
    (!claim.ranges.is_empty() || !claim.versions.is_empty()).then_some(claim)
}

fn add_ranges(
    scheme: Option<&'static Scheme>,
    affected: &Affected,
    claim: &mut Claim,
    problem: &mut dyn FnMut(String),
) {
    for range in &affected.ranges {
        let mut bound = |text: &String| {
            let version = version(scheme, text);
            if version.is_none() {
                problem(match scheme {
                    Some(scheme) => format!("{text:?} is not a version of {}", scheme.name),
                    None => "namespace has no known version order".to_owned(),
                });
            }
            version
        };
        let introduced = match range.introduced.as_ref().map(&mut bound) {
            None => None,
            Some(Some(version)) => Some(version),
            Some(None) => continue,
        };
        let end = match &range.end {
            RangeEnd::Open => Some(End::Open),
            RangeEnd::Fixed(text) => bound(text).map(End::Fixed),
            RangeEnd::LastAffected(text) => bound(text).map(End::LastAffected),
        };
        if let Some(end) = end {
            let range = (introduced, end);
            if !claim.ranges.contains(&range) {
                claim.ranges.push(range);
            }
        }
    }
    if let Some(scheme) = scheme {
        claim.ranges.sort_by(|a, b| match (&a.0, &b.0) {
            (Some(a), Some(b)) => (scheme.compare)(&a.key, &b.key),
            (a, b) => a.is_some().cmp(&b.is_some()),
        });
    }
}

fn add_versions(
    scheme: Option<&'static Scheme>,
    texts: &[String],
    claim: &mut Claim,
    problem: &mut dyn FnMut(String),
) {
    let mut seen = HashSet::new();
    for text in texts {
        let version = version(scheme, text).unwrap_or_else(|| {
            if let Some(scheme) = scheme {
                problem(format!(
                    "{text:?} is not a version of {}, kept as text",
                    scheme.name
                ));
            }
            Version {
                key: VersionKey::new(),
                text: text.clone(),
            }
        });
        if seen.insert(version.clone()) {
            claim.versions.push(version);
        }
    }
    claim.versions.sort_by(|a, b| match scheme {
        Some(scheme) if !a.key.is_empty() && !b.key.is_empty() => (scheme.compare)(&a.key, &b.key),
        _ => (a.key.is_empty().cmp(&b.key.is_empty())).then_with(|| a.text.cmp(&b.text)),
    });
}

/// The version with a key; none if the scheme refuses it or makes an empty key.
fn version(scheme: Option<&'static Scheme>, text: &str) -> Option<Version> {
    let key = (scheme?.key)(text).filter(|key| !key.is_empty())?;
    Some(Version {
        key,
        text: text.to_owned(),
    })
}

/// Compares the highest versions that two claims affect.
fn compare_reach(scheme: &Scheme, a: &Claim, b: &Claim) -> Ordering {
    match (reach(scheme, a), reach(scheme, b)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some((a, a_included)), Some((b, b_included))) => {
            (scheme.compare)(a, b).then(a_included.cmp(&b_included))
        }
    }
}

/// The highest bound of a claim and whether it is itself affected; none if there is no bound.
fn reach<'a>(scheme: &Scheme, claim: &'a Claim) -> Option<(&'a [u8], bool)> {
    let mut highest: Option<(&[u8], bool)> = None;
    let ends = claim.ranges.iter().map(|(_, end)| match end {
        End::Fixed(version) => Some((version.key.as_slice(), false)),
        End::LastAffected(version) => Some((version.key.as_slice(), true)),
        End::Open => None,
    });
    let listed = claim.versions.iter().map(|version| {
        let key = version.key.as_slice();
        (!key.is_empty()).then_some((key, true))
    });
    for end in ends.chain(listed) {
        let (key, included) = end?;
        let higher = highest.is_none_or(|(top, top_included)| {
            (scheme.compare)(key, top).then(included.cmp(&top_included)) == Ordering::Greater
        });
        if higher {
            highest = Some((key, included));
        }
    }
    highest
}

/// Drops listed versions that a range of the same statement affects anyway.
///
/// Done before anything is kept: publishers list every version there ever was, and these lists
/// are most of what a whole feed takes in memory.
pub(super) fn drop_covered(affected: &mut Affected) {
    if affected.versions.is_empty() || affected.ranges.is_empty() {
        return;
    }
    let Some(scheme) = ecosystem::by_namespace(&affected.namespace).map(|e| e.scheme) else {
        return;
    };
    let bound = |text: &String| (scheme.key)(text);
    let ranges: Vec<(Option<VersionKey>, Option<VersionKey>, bool)> = affected
        .ranges
        .iter()
        .filter_map(|range| {
            let introduced = match &range.introduced {
                Some(text) => Some(bound(text)?),
                None => None,
            };
            Some(match &range.end {
                RangeEnd::Fixed(text) => (introduced, Some(bound(text)?), false),
                RangeEnd::LastAffected(text) => (introduced, Some(bound(text)?), true),
                RangeEnd::Open => (introduced, None, true),
            })
        })
        .collect();
    affected.versions.retain(|text| {
        let Some(key) = (scheme.key)(text) else {
            return true;
        };
        !ranges.iter().any(|(introduced, end, included)| {
            let compare = |bound: &VersionKey| (scheme.compare)(&key, bound);
            introduced
                .as_ref()
                .is_none_or(|b| compare(b) != Ordering::Less)
                && end.as_ref().is_none_or(|b| match compare(b) {
                    Ordering::Less => true,
                    Ordering::Equal => *included,
                    Ordering::Greater => false,
                })
        })
    });
    affected.versions.shrink_to_fit();
}
