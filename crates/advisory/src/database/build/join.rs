//! Which vulnerabilities an advisory is about, and by which ids a vulnerability goes.
//!
//! A CVE id is a vulnerability of its own, whatever else is said of it: two CVE ids are never
//! joined, not even by another publisher's id that names both. Ids without a CVE id join where
//! an advisory names both. A bulletin's id is not an alias of what it covers.

use std::collections::{BTreeSet, HashMap};

use model::Advisory;

use super::write::number32;

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
    advisories: Vec<Ids>,
    /// The vulnerabilities of every advisory, sorted.
    about: Vec<Box<[VulnerabilityId]>>,
    /// For every union, the id that names it.
    heads: HashMap<u32, u32>,
}

/// What is kept in memory of every advisory.
#[derive(Debug)]
struct Ids {
    own: u32,
    aliases: Box<[u32]>,
    covers: Box<[u32]>,
    withdrawn: bool,
    /// Of its feed.
    precedence: u8,
}

impl Ids {
    /// Its own id and those of the same vulnerability.
    fn same(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.own).chain(self.aliases.iter().copied())
    }

    /// Whether its aliases tell that ids mean the same.
    fn joins(&self) -> bool {
        self.covers.is_empty() && !self.withdrawn
    }
}

/// Whether an id is a CVE id (CVE numbering rules: `CVE-`, year, four digits or more).
fn is_cve(id: &str) -> bool {
    id.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("CVE-"))
}

impl Joined {
    /// Takes the ids of the next advisory.
    pub(super) fn add(&mut self, advisory: &Advisory, precedence: u8) {
        let own = self.intern(&advisory.id);
        if let Some(flag) = self.is_own.get_mut(own as usize) {
            *flag = true;
        }
        let aliases = advisory.aliases.iter().map(|a| self.intern(a)).collect();
        let covers = advisory.covers.iter().map(|c| self.intern(c)).collect();
        let ids = Ids {
            own,
            aliases,
            covers,
            withdrawn: advisory.withdrawn.is_some(),
            precedence,
        };
        self.link(&ids);
        self.advisories.push(ids);
    }

    /// No more advisories come: tells what each is about.
    pub(super) fn finish(&mut self) {
        let advisories = std::mem::take(&mut self.advisories);
        for ids in &advisories {
            self.unite(ids);
        }
        self.name_unions();
        let hops: Vec<(u32, BTreeSet<u32>)> = advisories
            .iter()
            .filter(|ids| ids.joins())
            .map(|ids| (ids.own, self.reached_cves(ids)))
            .collect();
        for (own, cves) in hops {
            // Only after all are found, so that the order of advisories does not matter.
            self.add_cves(own, &cves, true);
        }
        self.about = advisories
            .iter()
            .map(|ids| self.vulnerabilities_of(ids))
            .collect();
        self.advisories = advisories;
    }

    /// How many advisories there are.
    pub(super) fn count(&self) -> u32 {
        number32(self.advisories.len())
    }

    /// The vulnerabilities of the advisory with this index.
    pub(super) fn about(&self, advisory: u32) -> &[VulnerabilityId] {
        self.about.get(advisory as usize).map_or(&[], |ids| ids)
    }

    /// The precedence of an advisory's feed.
    pub(super) fn precedence(&self, advisory: u32) -> u8 {
        let ids = self.advisories.get(advisory as usize);
        ids.map_or(0, |ids| ids.precedence)
    }

    /// The id by which reports name a vulnerability.
    pub(super) fn name(&self, id: VulnerabilityId) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }

    /// The other ids of every vulnerability.
    pub(super) fn aliases(&self) -> HashMap<VulnerabilityId, BTreeSet<&str>> {
        let mut aliases: HashMap<u32, BTreeSet<&str>> = HashMap::new();
        for (ids, about) in self.advisories.iter().zip(&self.about) {
            if !ids.covers.is_empty() {
                continue;
            }
            let others = ids.aliases.iter().filter(|_| !ids.withdrawn);
            for &id in std::iter::once(&ids.own).chain(others) {
                let name = self.name(id);
                if is_cve(name) {
                    continue;
                }
                let own = self.resolve_id(id);
                for &vulnerability in about {
                    // The id's own advisory says best which of several CVE ids it means.
                    let unclaimed = ids.withdrawn && own.as_slice() == [id];
                    if vulnerability != id && (own.contains(&vulnerability) || unclaimed) {
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

    /// Notes which other ids an advisory ties to which CVE ids.
    fn link(&mut self, ids: &Ids) {
        if !ids.joins() {
            return;
        }
        let cves: BTreeSet<u32> = ids.same().filter(|&id| is_cve(self.name(id))).collect();
        if !is_cve(self.name(ids.own)) {
            self.add_cves(ids.own, &cves, true);
        }
        for &alias in &ids.aliases {
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
    fn reached_cves(&self, ids: &Ids) -> BTreeSet<u32> {
        let direct: BTreeSet<u32> = ids.same().filter(|&id| is_cve(self.name(id))).collect();
        if !direct.is_empty() {
            return direct;
        }
        ids.same().flat_map(|id| self.cves_of(id)).collect()
    }

    /// Joins the ids of an advisory for which no CVE id exists.
    fn unite(&mut self, ids: &Ids) {
        if !ids.joins() || !self.reached_cves(ids).is_empty() {
            return;
        }
        for &other in &ids.aliases {
            let (a, b) = (self.root(ids.own), self.root(other));
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

    fn vulnerabilities_of(&self, ids: &Ids) -> Box<[VulnerabilityId]> {
        let mut found: BTreeSet<u32> = BTreeSet::new();
        if ids.covers.is_empty() {
            found = self.reached_cves(ids);
            if found.is_empty() {
                found.extend(self.resolve_id(ids.own));
            }
        } else {
            found.extend(ids.same().filter(|&id| is_cve(self.name(id))));
            for &covered in &ids.covers {
                found.extend(self.resolve_id(covered));
            }
        }
        found.into_iter().collect()
    }
}
