//! Which vulnerabilities an advisory is about, and by which ids a vulnerability goes.
//!
//! A CVE id is a vulnerability of its own, whatever else is said of it: two CVE ids are never
//! joined, not even by another publisher's id that names both. Ids without a CVE id join where
//! an advisory names both. A bulletin's id is not an alias of what it covers.

use std::collections::{BTreeSet, HashMap};

use model::Advisory;

/// Index of an id that stands for a vulnerability.
pub(super) type VulnerabilityId = u32;

/// The ids of all advisories and facts, and how they hang together.
#[derive(Debug, Default)]
pub(super) struct Joined {
    by_name: HashMap<String, u32>,
    /// As published, in upper case for CVE ids.
    names: Vec<String>,
    /// For ids that are no CVE ids: the CVE ids that its own advisory names.
    own_cves: Vec<BTreeSet<u32>>,
    /// The same, from advisories that give the id as an alias.
    named_cves: Vec<BTreeSet<u32>>,
    /// Union of ids that no CVE id was found for.
    parents: Vec<u32>,
    /// Whether an advisory has this id itself.
    is_own: Vec<bool>,
    /// The vulnerabilities of every advisory, sorted.
    about: Vec<Vec<VulnerabilityId>>,
    /// For every union, the id that names it.
    heads: HashMap<u32, u32>,
}

/// Whether an id is a CVE id (CVE numbering rules: `CVE-`, year, four digits or more).
fn is_cve(id: &str) -> bool {
    id.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("CVE-"))
}

impl Joined {
    pub(super) fn new(advisories: &[Advisory]) -> Self {
        let mut joined = Self::default();
        for advisory in advisories {
            joined.link(advisory);
        }
        for advisory in advisories {
            joined.unite(advisory);
        }
        joined.name_unions();
        let hops: Vec<(u32, BTreeSet<u32>)> = advisories
            .iter()
            .filter(|advisory| advisory.covers.is_empty() && advisory.withdrawn.is_none())
            .filter_map(|advisory| {
                let own = *joined.ids_of(advisory).first()?;
                Some((own, joined.reached_cves(advisory)))
            })
            .collect();
        for (own, cves) in hops {
            // Only after all are found, so that the order of advisories does not matter.
            joined.add_cves(own, &cves, true);
        }
        joined.about = advisories
            .iter()
            .map(|advisory| joined.vulnerabilities_of(advisory))
            .collect();
        joined
    }

    /// The vulnerabilities of the advisory with this index.
    pub(super) fn about(&self, advisory: usize) -> &[VulnerabilityId] {
        self.about.get(advisory).map_or(&[], Vec::as_slice)
    }

    /// The id by which reports name a vulnerability.
    pub(super) fn name(&self, id: VulnerabilityId) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }

    /// The other ids of every vulnerability.
    pub(super) fn aliases(
        &self,
        advisories: &[Advisory],
    ) -> HashMap<VulnerabilityId, BTreeSet<&str>> {
        let mut aliases: HashMap<u32, BTreeSet<&str>> = HashMap::new();
        for (index, advisory) in advisories.iter().enumerate() {
            if !advisory.covers.is_empty() {
                continue;
            }
            let others = advisory
                .aliases
                .iter()
                .filter(|_| advisory.withdrawn.is_none());
            for name in std::iter::once(&advisory.id).chain(others) {
                let Some(&id) = self.by_name.get(&name.to_ascii_uppercase()) else {
                    continue;
                };
                if is_cve(name) {
                    continue;
                }
                let own = self.resolve_id(id);
                for &vulnerability in self.about(index) {
                    // The id's own advisory says best which of several CVE ids it means.
                    let unclaimed = advisory.withdrawn.is_some() && own.as_slice() == [id];
                    if vulnerability != id && (own.contains(&vulnerability) || unclaimed) {
                        let name = self.name(id);
                        aliases.entry(vulnerability).or_default().insert(name);
                    }
                }
            }
        }
        aliases
    }

    /// The vulnerabilities that an id of facts stands for; a new one if it is not known.
    pub(super) fn resolve(&mut self, name: &str) -> Vec<VulnerabilityId> {
        let id = self.intern(name);
        self.resolve_id(id)
    }

    fn resolve_id(&self, id: u32) -> Vec<VulnerabilityId> {
        let cves = self.cves_of(id);
        if cves.is_empty() {
            let root = self.root(id);
            vec![self.heads.get(&root).copied().unwrap_or(root)]
        } else {
            cves.into_iter().collect()
        }
    }

    fn intern(&mut self, name: &str) -> u32 {
        let key = name.trim().to_ascii_uppercase();
        if let Some(&id) = self.by_name.get(&key) {
            return id;
        }
        let id = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(if is_cve(&key) {
            key.clone()
        } else {
            name.trim().to_owned()
        });
        self.by_name.insert(key, id);
        self.own_cves.push(BTreeSet::new());
        self.named_cves.push(BTreeSet::new());
        self.parents.push(id);
        self.is_own.push(false);
        id
    }

    /// Notes every id of an advisory, and which other ids it ties to which CVE ids.
    fn link(&mut self, advisory: &Advisory) {
        let own = self.intern(&advisory.id);
        if let Some(flag) = self.is_own.get_mut(own as usize) {
            *flag = true;
        }
        let aliases: Vec<u32> = advisory.aliases.iter().map(|a| self.intern(a)).collect();
        for covered in &advisory.covers {
            self.intern(covered);
        }
        if !advisory.covers.is_empty() || advisory.withdrawn.is_some() {
            return;
        }
        let cves = self.direct_cves(own, &aliases);
        if is_cve(self.name(own)) {
            for &alias in &aliases {
                self.add_cves(alias, &cves, false);
            }
            return;
        }
        self.add_cves(own, &cves, true);
        for alias in aliases {
            self.add_cves(alias, &cves, false);
        }
    }

    fn add_cves(&mut self, id: u32, cves: &BTreeSet<u32>, own: bool) {
        if is_cve(self.name(id)) {
            return;
        }
        let table = if own {
            &mut self.own_cves
        } else {
            &mut self.named_cves
        };
        if let Some(set) = table.get_mut(id as usize) {
            set.extend(cves);
        }
    }

    fn direct_cves(&self, own: u32, aliases: &[u32]) -> BTreeSet<u32> {
        std::iter::once(own)
            .chain(aliases.iter().copied())
            .filter(|&id| is_cve(self.name(id)))
            .collect()
    }

    /// The CVE ids of an id: itself, or what its own advisory names, or what others name.
    fn cves_of(&self, id: u32) -> BTreeSet<u32> {
        if is_cve(self.name(id)) {
            return BTreeSet::from([id]);
        }
        [&self.own_cves, &self.named_cves]
            .into_iter()
            .filter_map(|table| table.get(id as usize))
            .find(|set| !set.is_empty())
            .cloned()
            .unwrap_or_default()
    }

    /// The CVE ids an advisory reaches by its own ids, or else over one other id.
    fn reached_cves(&self, advisory: &Advisory) -> BTreeSet<u32> {
        let ids = self.ids_of(advisory);
        let direct: BTreeSet<u32> = ids
            .iter()
            .copied()
            .filter(|&id| is_cve(self.name(id)))
            .collect();
        if !direct.is_empty() {
            return direct;
        }
        ids.iter().flat_map(|&id| self.cves_of(id)).collect()
    }

    fn ids_of(&self, advisory: &Advisory) -> Vec<u32> {
        std::iter::once(&advisory.id)
            .chain(&advisory.aliases)
            .filter_map(|name| self.by_name.get(&name.trim().to_ascii_uppercase()))
            .copied()
            .collect()
    }

    /// Joins the ids of an advisory for which no CVE id exists.
    fn unite(&mut self, advisory: &Advisory) {
        if !advisory.covers.is_empty()
            || advisory.withdrawn.is_some()
            || !self.reached_cves(advisory).is_empty()
        {
            return;
        }
        let ids = self.ids_of(advisory);
        let Some((&first, rest)) = ids.split_first() else {
            return;
        };
        for &other in rest {
            let (a, b) = (self.root(first), self.root(other));
            if let Some(parent) = self.parents.get_mut(a.max(b) as usize) {
                *parent = a.min(b);
            }
        }
    }

    fn root(&self, id: u32) -> u32 {
        let mut at = id;
        // Parents are never larger than their children, so this ends.
        while let Some(&parent) = self.parents.get(at as usize) {
            if parent == at {
                break;
            }
            at = parent;
        }
        at
    }

    /// A GHSA id names a union, else the id of an advisory of its own, else any; the smallest.
    fn name_unions(&mut self) {
        let count = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let mut heads: HashMap<u32, u32> = HashMap::new();
        let rank = |id: u32| {
            let name = self.name(id);
            let own = self.is_own.get(id as usize).copied().unwrap_or(false);
            (!name.starts_with("GHSA-"), !own, name.to_owned())
        };
        for id in (0..count).filter(|&id| !is_cve(self.name(id))) {
            let head = heads.entry(self.root(id)).or_insert(id);
            if rank(id) < rank(*head) {
                *head = id;
            }
        }
        self.heads = heads;
    }

    fn vulnerabilities_of(&self, advisory: &Advisory) -> Vec<VulnerabilityId> {
        let mut found: BTreeSet<u32> = BTreeSet::new();
        if advisory.covers.is_empty() {
            found = self.reached_cves(advisory);
            if found.is_empty()
                && let Some(&own) = self.ids_of(advisory).first()
            {
                found.extend(self.resolve_id(own));
            }
        } else {
            found.extend(
                self.ids_of(advisory)
                    .into_iter()
                    .filter(|&id| is_cve(self.name(id))),
            );
            for covered in &advisory.covers {
                if let Some(&id) = self.by_name.get(&covered.trim().to_ascii_uppercase()) {
                    found.extend(self.resolve_id(id));
                }
            }
        }
        found.into_iter().collect()
    }
}
