//! What advisories say of package names, with versions parsed and made comparable.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use ecosystem::{Scheme, VersionKey};
use model::{Advisory, Affected, FixState, Problem, Qualifiers, Range, RangeEnd, VendorSeverity};

use super::join::{Joined, VulnerabilityId};
use crate::feed::Feed;

/// Index into [`Claims::versions`].
pub(super) type VersionId = u32;

/// A version as it goes into the file.
#[derive(Debug)]
pub(super) struct Version {
    /// Empty if the scheme refuses the text: then only equal text matches.
    pub(super) key: VersionKey,
    pub(super) text: String,
}

/// Where a claimed range ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum End {
    Fixed(VersionId),
    LastAffected(VersionId),
    Open,
}

/// One advisory's statement about one package name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Claim {
    /// Index of the advisory.
    pub(super) advisory: usize,
    pub(super) ranges: Vec<(Option<VersionId>, End)>,
    pub(super) versions: Vec<VersionId>,
    pub(super) fix: FixState,
    pub(super) severity: Option<VendorSeverity>,
    pub(super) qualifiers: Qualifiers,
}

impl Claim {
    fn is_void(&self) -> bool {
        self.fix == FixState::NotAffected
    }
}

/// Every claim, by namespace and name.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) versions: Vec<Version>,
    pub(super) by_name: HashMap<(String, String), Vec<Claim>>,
    by_text: HashMap<(&'static str, String), VersionId>,
    schemes: HashMap<String, Option<&'static Scheme>>,
}

/// The claims about one (namespace, name), each with the vulnerabilities it speaks for.
pub(super) type Settled = ((String, String), Vec<(Claim, Vec<VulnerabilityId>)>);

/// Where a problem of an advisory stands.
type Report<'a> = &'a mut dyn FnMut(&str, Problem);

impl Claims {
    /// Reads the claims of all advisories that stand; `report` gets the feed and what of its
    /// versions cannot be understood.
    pub(super) fn collect(advisories: &[Advisory], mut report: impl FnMut(&str, Problem)) -> Self {
        let mut claims = Self::default();
        for (index, advisory) in advisories.iter().enumerate() {
            if advisory.withdrawn.is_some() {
                continue;
            }
            for affected in &advisory.affected {
                claims.add(index, advisory, affected, &mut report);
            }
        }
        claims
    }

    /// Leaves of all claims about the same vulnerability and name only those of the feeds with
    /// the highest precedence, and gives each the vulnerabilities it still speaks for; sorted by
    /// namespace and name.
    pub(super) fn settle(
        &mut self,
        advisories: &[Advisory],
        joined: &Joined,
        feeds: &[&Feed],
    ) -> Vec<Settled> {
        let by_feed: HashMap<&str, u8> = feeds.iter().map(|f| (f.name, f.precedence)).collect();
        let precedence = |claim: &Claim| {
            advisories
                .get(claim.advisory)
                .and_then(|advisory| by_feed.get(advisory.feed.as_str()))
                .copied()
                .unwrap_or(0)
        };
        let mut settled = Vec::new();
        for (name, claims) in std::mem::take(&mut self.by_name) {
            let mut highest: HashMap<VulnerabilityId, u8> = HashMap::new();
            for claim in &claims {
                for &vulnerability in joined.about(claim.advisory) {
                    let top = highest.entry(vulnerability).or_insert(0);
                    *top = (*top).max(precedence(claim));
                }
            }
            let standing: Vec<_> = claims
                .into_iter()
                .filter_map(|claim| {
                    let own = precedence(&claim);
                    let still: Vec<VulnerabilityId> = joined
                        .about(claim.advisory)
                        .iter()
                        .copied()
                        .filter(|id| highest.get(id) == Some(&own))
                        .collect();
                    (!still.is_empty()).then_some((claim, still))
                })
                .collect();
            settled.push((name, standing));
        }
        settled.sort_unstable_by(|a: &Settled, b: &Settled| a.0.cmp(&b.0));
        settled
    }

    /// The scheme of a namespace.
    pub(super) fn scheme(&mut self, namespace: &str) -> Option<&'static Scheme> {
        if let Some(scheme) = self.schemes.get(namespace) {
            return *scheme;
        }
        let scheme = ecosystem::by_namespace(namespace).map(|e| e.scheme);
        self.schemes.insert(namespace.to_owned(), scheme);
        scheme
    }

    /// The order in which a name's claims stand: those that reach highest first, void ones last.
    pub(super) fn sort(&self, scheme: Option<&Scheme>, claims: &mut [(Claim, u32)]) {
        claims.sort_by(|(a, a_number), (b, b_number)| {
            a.is_void()
                .cmp(&b.is_void())
                .then_with(|| match scheme {
                    Some(scheme) => self.compare_reach(scheme, b, a),
                    None => Ordering::Equal,
                })
                .then_with(|| a_number.cmp(b_number))
                .then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
        });
    }

    fn add(&mut self, advisory: usize, of: &Advisory, affected: &Affected, report: Report<'_>) {
        let scheme = self.scheme(&affected.namespace);
        let void = affected.fix == FixState::NotAffected;
        let mut claim = Claim {
            advisory,
            ranges: Vec::new(),
            versions: Vec::new(),
            fix: affected.fix,
            severity: affected.severity.clone(),
            qualifiers: affected.qualifiers.clone(),
        };
        if !void {
            let mut problem = |what: String| {
                let place = format!("{}: {}: {}", of.id, affected.namespace, affected.name);
                report(&of.feed, Problem::new(place, what));
            };
            self.add_ranges(scheme, &affected.ranges, &mut claim, &mut problem);
            self.add_versions(scheme, &affected.versions, &mut claim, &mut problem);
            if claim.ranges.is_empty() && claim.versions.is_empty() {
                return;
            }
        }
        let name = (affected.namespace.clone(), affected.name.clone());
        let claims = self.by_name.entry(name).or_default();
        // Claims of one advisory come together, so only the last ones can be the same.
        let same = claims
            .iter()
            .rev()
            .take_while(|other| other.advisory == advisory)
            .any(|other| *other == claim);
        if !same {
            claims.push(claim);
        }
    }

    fn add_ranges(
        &mut self,
        scheme: Option<&'static Scheme>,
        ranges: &[Range],
        claim: &mut Claim,
        problem: &mut dyn FnMut(String),
    ) {
        for range in ranges {
            let mut bound = |text: &String| {
                let id = self.version(scheme, text);
                if id.is_none() {
                    problem(match scheme {
                        Some(scheme) => format!("{text:?} is not a version of {}", scheme.name),
                        None => "namespace has no known version order".to_owned(),
                    });
                }
                id
            };
            let introduced = match range.introduced.as_ref().map(&mut bound) {
                None => None,
                Some(Some(id)) => Some(id),
                Some(None) => continue,
            };
            let end = match &range.end {
                RangeEnd::Open => Some(End::Open),
                RangeEnd::Fixed(text) => bound(text).map(End::Fixed),
                RangeEnd::LastAffected(text) => bound(text).map(End::LastAffected),
            };
            if let Some(end) = end
                && !claim.ranges.contains(&(introduced, end))
            {
                claim.ranges.push((introduced, end));
            }
        }
        if let Some(scheme) = scheme {
            let versions = &self.versions;
            claim.ranges.sort_by(|a, b| {
                let key = |id: Option<VersionId>| id.map(|id| key_of(versions, id));
                match (key(a.0), key(b.0)) {
                    (Some(a), Some(b)) => (scheme.compare)(a, b),
                    (a, b) => a.is_some().cmp(&b.is_some()),
                }
            });
        }
    }

    fn add_versions(
        &mut self,
        scheme: Option<&'static Scheme>,
        texts: &[String],
        claim: &mut Claim,
        problem: &mut dyn FnMut(String),
    ) {
        let mut seen = HashSet::new();
        for text in texts {
            if let Some(id) = self.version(scheme, text) {
                if seen.insert(id) {
                    claim.versions.push(id);
                }
                continue;
            }
            if let Some(scheme) = scheme {
                problem(format!(
                    "{text:?} is not a version of {}, kept as text",
                    scheme.name
                ));
            }
            let id = self.text_version(text);
            if seen.insert(id) {
                claim.versions.push(id);
            }
        }
        let versions = &self.versions;
        claim.versions.sort_by(|a, b| {
            let (x, y) = (key_of(versions, *a), key_of(versions, *b));
            match scheme {
                Some(scheme) if !x.is_empty() && !y.is_empty() => (scheme.compare)(x, y),
                _ => x.is_empty().cmp(&y.is_empty()).then_with(|| {
                    let text = |id: VersionId| versions.get(id as usize).map(|v| &v.text);
                    text(*a).cmp(&text(*b))
                }),
            }
        });
    }

    /// The version with a key; none if the scheme refuses it or makes an empty key.
    fn version(&mut self, scheme: Option<&'static Scheme>, text: &str) -> Option<VersionId> {
        let scheme = scheme?;
        if let Some(&id) = self.by_text.get(&(scheme.name, text.to_owned())) {
            return Some(id);
        }
        let key = (scheme.key)(text).filter(|key| !key.is_empty())?;
        Some(self.intern(scheme.name, key, text))
    }

    fn text_version(&mut self, text: &str) -> VersionId {
        match self.by_text.get(&("", text.to_owned())) {
            Some(&id) => id,
            None => self.intern("", VersionKey::new(), text),
        }
    }

    fn intern(&mut self, scheme: &'static str, key: VersionKey, text: &str) -> VersionId {
        let id = VersionId::try_from(self.versions.len()).unwrap_or(VersionId::MAX);
        self.versions.push(Version {
            key,
            text: text.to_owned(),
        });
        self.by_text.insert((scheme, text.to_owned()), id);
        id
    }

    /// Compares the highest versions that two claims affect.
    fn compare_reach(&self, scheme: &Scheme, a: &Claim, b: &Claim) -> Ordering {
        match (self.reach(scheme, a), self.reach(scheme, b)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some((a, a_included)), Some((b, b_included))) => {
                (scheme.compare)(a, b).then(a_included.cmp(&b_included))
            }
        }
    }

    /// The highest bound of a claim and whether it is itself affected; none if there is no bound.
    fn reach(&self, scheme: &Scheme, claim: &Claim) -> Option<(&[u8], bool)> {
        let mut highest: Option<(&[u8], bool)> = None;
        let ends = claim.ranges.iter().map(|(_, end)| match end {
            End::Fixed(id) => Some((key_of(&self.versions, *id), false)),
            End::LastAffected(id) => Some((key_of(&self.versions, *id), true)),
            End::Open => None,
        });
        let listed = claim.versions.iter().map(|id| {
            let key = key_of(&self.versions, *id);
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

fn key_of(versions: &[Version], id: VersionId) -> &[u8] {
    versions.get(id as usize).map_or(&[], |v| v.key.as_slice())
}
