//! Changes are tried out: what they close, what they leave, and what else they touch.

use std::collections::HashMap;
use std::sync::Arc;

use super::command::commands;
use super::edit::Edit;
use super::proposals::{Aim, Proposal, proposals};
use super::{Fix, Needs};
use crate::address::show;
use crate::edit::Rule;
use crate::engine::Engine;
use crate::finding::Finding;
use crate::incremental::{Difference, Live, compare};
use crate::snapshot::{Change, Snapshot};

/// Blocks of clients that are told of what remains.
const SHOWN: usize = 3;
/// Rules that are left out one after the other to see which are needed.
const MOST_RULES: usize = 8;

/// Tries changes out on live findings, which end as they began.
///
/// Changes of whole tables and gateways concern everything; their outcome is kept, because many
/// findings share it.
#[derive(Debug)]
pub struct Trials<'l> {
    live: &'l mut Live,
    whole: HashMap<String, Arc<Difference>>,
}

impl<'l> Trials<'l> {
    pub fn new(live: &'l mut Live) -> Self {
        Self {
            live,
            whole: HashMap::new(),
        }
    }

    /// The configuration on which changes are tried out.
    pub fn snapshot(&self) -> &Snapshot {
        self.live.snapshot()
    }

    /// The same with its lookups.
    pub(super) fn engine(&self) -> &Engine {
        self.live.engine()
    }

    /// The changes that end a finding or leave of it what is needed, the best first: those that
    /// close the least else, then those that touch the least, then the shortest.
    pub fn fixes(&mut self, finding: &Finding, needs: &Needs) -> Vec<Fix> {
        let mut fixes: Vec<Fix> = Vec::new();
        for proposal in proposals(self, finding, needs) {
            if fixes.iter().all(|fix| fix.edits != proposal.edits) {
                fixes.extend(self.fix(finding, proposal));
            }
        }
        fixes.sort_by_key(|fix| {
            (
                fix.also_closes.len(),
                fix.shared_with.len(),
                fix.edits.len(),
            )
        });
        fixes
    }

    /// The rules whose removal ends a finding, without those that can stay; none if it does not
    /// end.
    pub(super) fn without_the_needless(
        &mut self,
        finding: &Finding,
        mut rules: Vec<Rule>,
    ) -> Vec<Rule> {
        let ends = |trials: &mut Self, rules: &[Rule]| {
            let edits: Vec<Edit> = rules.iter().cloned().map(Edit::Remove).collect();
            let difference = trials.try_out(&edits);
            left(&difference, finding, trials.live).is_empty()
        };
        if rules.len() > MOST_RULES {
            return rules;
        }
        if rules.is_empty() || !ends(self, &rules) {
            return Vec::new();
        }
        for place in (0..rules.len()).rev() {
            let mut fewer = rules.clone();
            fewer.remove(place);
            if !fewer.is_empty() && ends(self, &fewer) {
                rules = fewer;
            }
        }
        rules
    }

    fn fix(&mut self, finding: &Finding, proposal: Proposal) -> Option<Fix> {
        let difference = self.try_out(&proposal.edits);
        let left = left(&difference, finding, self.live);
        let is_less = match proposal.aim {
            Aim::End => left.is_empty(),
            Aim::Less => left.iter().all(|other| is_less(other, finding)),
        };
        if !is_less {
            return None;
        }
        let Difference { opened, closed, .. } = &*difference;
        let others = closed
            .iter()
            .filter(|f| *f != finding && !opened.iter().any(|o| overlaps(o, f)));
        let also_closes = others
            .map(|f| format!("{}: {}", f.instance, f.title()))
            .collect();
        let snapshot = self.live.snapshot();
        let touches = proposal.touches.into_iter();
        Some(Fix {
            remains: left.iter().map(words).collect(),
            also_closes,
            shared_with: touches.filter(|id| *id != finding.interface).collect(),
            commands: commands(snapshot, &proposal.edits),
            edits: proposal.edits,
        })
    }

    fn try_out(&mut self, edits: &[Edit]) -> Arc<Difference> {
        if let Some((there, back)) = self.changes(edits) {
            let difference = self.live.apply_all(there);
            self.live.apply_all(back);
            return Arc::new(difference);
        }
        let texts: Vec<String> = edits.iter().map(ToString::to_string).collect();
        let name = texts.join("\n");
        if let Some(known) = self.whole.get(&name) {
            return Arc::clone(known);
        }
        let mut changed = self.live.snapshot().clone();
        for edit in edits {
            edit.apply(&mut changed);
        }
        let after = Live::new(Arc::new(changed), self.live.options().clone());
        let mut difference = Difference::default();
        compare(&self.live.findings(), &after.findings(), &mut difference);
        let difference = Arc::new(difference);
        self.whole.insert(name, Arc::clone(&difference));
        difference
    }

    /// The changes of groups and ACLs that some edits make, and those that take them back; nothing
    /// if something else is changed.
    fn changes(&self, edits: &[Edit]) -> Option<(Vec<Change>, Vec<Change>)> {
        let snapshot = self.live.snapshot();
        let mut part = Snapshot::default();
        for edit in edits {
            match edit {
                Edit::Remove(rule) | Edit::Narrow { rule, .. } => {
                    let group = snapshot.groups.get(&rule.group)?.clone();
                    part.groups.insert(rule.group.clone(), group);
                }
                Edit::Deny { acl: id, .. } => {
                    part.acls.insert(id.clone(), snapshot.acls.get(id)?.clone());
                }
                _ => return None,
            }
        }
        let before = part.clone();
        for edit in edits {
            edit.apply(&mut part);
        }
        Some((before.changes(part.clone()), part.changes(before)))
    }
}

/// Whether both are about the same way to ports of which they share some.
fn overlaps(one: &Finding, other: &Finding) -> bool {
    one.interface == other.interface
        && one.edge == other.edge
        && one.protocol == other.protocol
        && one.balancer == other.balancer
        && one.ports.0 <= other.ports.1
        && other.ports.0 <= one.ports.1
}

/// What is there of a finding after a change, that or what took its place.
fn left(difference: &Difference, finding: &Finding, live: &Live) -> Vec<Finding> {
    let Difference { opened, closed, .. } = difference;
    let stays = live
        .at(&finding.interface)
        .filter(|f| overlaps(f, finding) && !closed.contains(f));
    let comes = opened.iter().filter(|f| overlaps(f, finding));
    stays.chain(comes).cloned().collect()
}

/// Whether what is left of a finding is truly less than it: fewer ports, or fewer clients.
fn is_less(left: &Finding, finding: &Finding) -> bool {
    let ports = finding.ports.0 <= left.ports.0 && left.ports.1 <= finding.ports.1;
    let four = left.sources.0.within(&finding.sources.0);
    let six = left.sources.1.within(&finding.sources.1);
    let is_same = left.ports == finding.ports && left.sources == finding.sources;
    ports && four && six && !is_same
}

/// What remains, in words.
fn words(finding: &Finding) -> String {
    let mut from = show(&finding.sources.0, SHOWN);
    from.extend(show(&finding.sources.1, SHOWN));
    format!("{} from {}", finding.title(), from.join(" "))
}
