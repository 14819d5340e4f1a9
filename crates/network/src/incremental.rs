//! Findings that follow the configuration: a change re-evaluates what it touches, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::replace;
use std::sync::Arc;

use crate::engine::Engine;
use crate::finding::{self, Finding, Options};
use crate::index::Index;
use crate::snapshot::{GroupRule, Id, NetworkAcl, SecurityGroup, Snapshot};

/// A change of the configuration.
#[derive(Debug, Clone)]
pub enum Change {
    /// A security group has other rules.
    Group(SecurityGroup),
    /// A network ACL has other entries.
    Acl(NetworkAcl),
    /// Rules of security groups have other identifiers or descriptions, which no packet sees.
    RuleNames(BTreeMap<Id, Vec<GroupRule>>),
    /// Anything else: the whole configuration as it is now.
    Snapshot(Arc<Snapshot>),
}

/// What a change did to the findings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    pub opened: Vec<Finding>,
    pub closed: Vec<Finding>,
    /// Interfaces that were evaluated again.
    pub evaluated: usize,
}

/// The findings of a configuration that changes.
#[derive(Debug)]
pub struct Live {
    engine: Engine,
    options: Options,
    /// Findings by interface, without those through load balancers.
    direct: BTreeMap<Id, Vec<Finding>>,
    balanced: Vec<Finding>,
}

impl Live {
    /// Evaluates everything once.
    pub fn new(snapshot: Arc<Snapshot>, options: Options) -> Self {
        let mut live = Self {
            engine: Engine::new(snapshot),
            options,
            direct: BTreeMap::new(),
            balanced: Vec::new(),
        };
        let ids: Vec<Id> = live.engine.snapshot.interfaces.keys().cloned().collect();
        for id in ids {
            live.evaluate(&id);
        }
        live.balanced = live.balance();
        live
    }

    /// The configuration now.
    pub fn snapshot(&self) -> &Snapshot {
        &self.engine.snapshot
    }

    /// The findings now, in order.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.direct.values().flatten().cloned().collect();
        findings.extend(self.balanced.iter().cloned());
        findings.sort_by(|a, b| finding::key(a).cmp(&finding::key(b)));
        findings
    }

    /// How findings are judged.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The findings of one interface now.
    pub(crate) fn at(&self, interface: &str) -> impl Iterator<Item = &Finding> {
        let direct = self.direct.get(interface).into_iter().flatten();
        let balanced = self.balanced.iter();
        direct.chain(balanced.filter(move |f| f.interface == interface))
    }

    /// The configuration with its lookups.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Follows a change.
    pub fn apply(&mut self, change: Change) -> Difference {
        self.apply_all([change])
    }

    /// Follows changes that come together: what they touch is evaluated once, after the last.
    pub fn apply_all(&mut self, changes: impl IntoIterator<Item = Change>) -> Difference {
        let mut dirty = BTreeSet::new();
        let mut is_seen = false;
        let mut is_whole = false;
        for change in changes {
            let touched = match change {
                Change::RuleNames(names) => {
                    Arc::make_mut(&mut self.engine.snapshot).group_rules = names;
                    continue;
                }
                Change::Snapshot(snapshot) => {
                    self.engine.snapshot = snapshot;
                    None
                }
                Change::Group(group) => self.group(group),
                Change::Acl(acl) => self.acl(acl),
            };
            is_seen = true;
            match touched {
                Some(own) => dirty.extend(own),
                None => is_whole = true,
            }
        }
        if is_whole {
            return self.replace();
        }
        let mut difference = Difference {
            evaluated: dirty.len(),
            ..Difference::default()
        };
        for id in dirty {
            let old = self.direct.remove(&id).unwrap_or_default();
            let new = self.evaluate(&id);
            compare(&old, new, &mut difference);
        }
        if is_seen && self.has_balancers() {
            let new = self.balance();
            let old = replace(&mut self.balanced, new);
            compare(&old, &self.balanced, &mut difference);
        }
        difference
    }

    fn evaluate(&mut self, id: &Id) -> &[Finding] {
        let findings = finding::of(&mut self.engine, &self.options, id);
        self.direct
            .entry(id.clone())
            .insert_entry(findings)
            .into_mut()
    }

    fn has_balancers(&self) -> bool {
        let snapshot = &self.engine.snapshot;
        !self.engine.index.by_description.is_empty()
            || !snapshot.load_balancers.is_empty()
            || !snapshot.classic_load_balancers.is_empty()
            || !snapshot.accelerators.is_empty()
            || !snapshot.vpc_origins.is_empty()
            || !snapshot.endpoint_services.is_empty()
    }

    fn balance(&mut self) -> Vec<Finding> {
        finding::merge_indirect(&mut self.engine, &self.options)
    }

    /// Evaluates everything again.
    fn replace(&mut self) -> Difference {
        let old = self.findings();
        let snapshot = Arc::clone(&self.engine.snapshot);
        *self = Self::new(snapshot, self.options.clone());
        let mut difference = Difference {
            evaluated: self.engine.snapshot.interfaces.len(),
            ..Difference::default()
        };
        compare(&old, &self.findings(), &mut difference);
        difference
    }

    /// The interfaces that a group's rules touch; nothing if the group was not described, as whatever
    /// names it was unknown.
    fn group(&mut self, group: SecurityGroup) -> Option<BTreeSet<Id>> {
        let id = group.group_id.clone();
        let snapshot = Arc::make_mut(&mut self.engine.snapshot);
        snapshot.groups.insert(id.clone(), group)?;
        let protocols = &self.options.protocols;
        self.engine.v4.forget_group(&id, protocols);
        self.engine.v6.forget_group(&id, protocols);
        let index = &self.engine.index;
        let members = index.members.get(&id).into_iter().flatten();
        let mut dirty: BTreeSet<Id> = members.cloned().collect();
        // An appliance's groups filter what goes on to the interfaces behind it.
        let own: Vec<Id> = dirty.iter().cloned().collect();
        for interface in own.iter().filter_map(|id| snapshot.interfaces.get(id)) {
            if interface.source_dest_check != Some(true) {
                dirty.extend(behind_tables(index, &interface.vpc_id));
            }
        }
        Some(dirty)
    }

    /// The interfaces that an ACL's entries touch; nothing if its subnets changed too.
    fn acl(&mut self, acl: NetworkAcl) -> Option<BTreeSet<Id>> {
        let id = acl.network_acl_id.clone();
        let subnets: Vec<Id> = acl
            .associations
            .iter()
            .map(|a| a.subnet_id.clone())
            .collect();
        let snapshot = Arc::make_mut(&mut self.engine.snapshot);
        let old = snapshot.acls.insert(id.clone(), acl);
        let is_same = old.is_some_and(|old| {
            let old = old.associations.iter().map(|a| &a.subnet_id);
            old.eq(subnets.iter())
        });
        if !is_same {
            return None;
        }
        let mut dirty = BTreeSet::new();
        let index = &self.engine.index;
        // Subnets that no ACL names have the default one.
        let named = index.acl_of_subnet.iter();
        let own = named
            .filter(|(_, acl)| **acl == id)
            .map(|(subnet, _)| subnet);
        let subnets: BTreeSet<Id> = subnets.into_iter().chain(own.cloned()).collect();
        let subnets: Vec<Id> = subnets.into_iter().collect();
        self.engine.v4.forget_acl(&id, &subnets);
        self.engine.v6.forget_acl(&id, &subnets);
        for subnet in &subnets {
            let inside = index.in_subnet.get(subnet).and_then(|own| own.first());
            let inside = inside.and_then(|id| self.engine.snapshot.interfaces.get(id));
            let described = self.engine.snapshot.subnets.get(subnet).map(|s| &s.vpc_id);
            for vpc in inside.map(|i| &i.vpc_id).into_iter().chain(described) {
                dirty.extend(behind_tables(index, vpc));
            }
            dirty.extend(index.in_subnet.get(subnet).into_iter().flatten().cloned());
            // Packets of a whole VPC pass the subnets of its attachments to transit gateways.
            for attachment in self.engine.snapshot.transit_attachments.values() {
                let entries = attachment.subnet_ids.iter().flatten();
                if entries.into_iter().any(|entry| entry == subnet) {
                    let inside = index.in_vpc.get(&attachment.vpc_id);
                    dirty.extend(inside.into_iter().flatten().cloned());
                }
            }
        }
        Some(dirty)
    }
}

/// The changes that lead from one configuration to another: groups and ACLs alone where nothing
/// else differs that packets see.
pub fn changes(old: &Snapshot, mut new: Snapshot) -> Vec<Change> {
    let groups = replace(&mut new.groups, old.groups.clone());
    let acls = replace(&mut new.acls, old.acls.clone());
    let group_rules = replace(&mut new.group_rules, old.group_rules.clone());
    let is_same_acls = old.acls.len() == acls.len()
        && acls.iter().all(|(id, acl)| {
            let before = old.acls.get(id);
            before.is_some_and(|before| {
                NetworkAcl {
                    entries: before.entries.clone(),
                    ..acl.clone()
                } == *before
            })
        });
    if !old.groups.keys().eq(groups.keys()) || !is_same_acls || new != *old {
        return vec![Change::Snapshot(Arc::new(Snapshot {
            acls,
            groups,
            group_rules,
            ..new
        }))];
    }
    let mut changes = Vec::new();
    if group_rules != old.group_rules {
        changes.push(Change::RuleNames(group_rules));
    }
    let groups = groups.into_iter();
    let groups = groups.filter(|(id, group)| old.groups.get(id) != Some(group));
    changes.extend(groups.map(|(_, group)| Change::Group(group)));
    let acls = acls.into_iter();
    let acls = acls.filter(|(id, acl)| old.acls.get(id) != Some(acl));
    changes.extend(acls.map(|(_, acl)| Change::Acl(acl)));
    changes
}

/// The interfaces of a VPC, if some gateway's table may put a middlebox before them.
fn behind_tables(index: &Index, vpc: &str) -> Vec<Id> {
    if index.gateway_table.is_empty() {
        return Vec::new();
    }
    index.in_vpc.get(vpc).cloned().unwrap_or_default()
}

pub(crate) fn compare(old: &[Finding], new: &[Finding], difference: &mut Difference) {
    difference.closed.extend(without(old, new));
    difference.opened.extend(without(new, old));
}

/// The findings of one list that are not in the other.
fn without(these: &[Finding], others: &[Finding]) -> Vec<Finding> {
    let mut by_key: BTreeMap<finding::Key<'_>, Vec<&Finding>> = BTreeMap::new();
    for other in others {
        by_key.entry(finding::key(other)).or_default().push(other);
    }
    let is_there = |f: &&Finding| {
        let same = by_key.get(&finding::key(f));
        same.is_some_and(|same| same.contains(f))
    };
    these.iter().filter(|f| !is_there(f)).cloned().collect()
}
