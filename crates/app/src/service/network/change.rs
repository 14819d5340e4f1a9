//! From one configuration to the next: only what differs is evaluated again.

use std::collections::{BTreeMap, BTreeSet};

use network::{
    incremental::{Change, Live, changes},
    snapshot::{GroupRule, Snapshot},
};

/// What following a change did.
pub(super) struct Followed {
    pub(super) evaluated: usize,
    /// Instances with a finding that opened, closed or is told differently.
    pub(super) instances: BTreeSet<String>,
}

/// Makes live findings follow a new configuration.
pub(super) fn follow(live: &mut Live, new: Snapshot) -> Followed {
    let changes = changes(live.snapshot(), new);
    let mut instances = BTreeSet::new();
    for change in &changes {
        if let Change::RuleNames(names) = change {
            instances.extend(renamed(live.snapshot(), names));
        }
    }
    let difference = live.apply_all(changes);
    let differing = difference.opened.into_iter().chain(difference.closed);
    instances.extend(differing.map(|finding| finding.instance));
    Followed {
        evaluated: difference.evaluated,
        instances,
    }
}

/// Instances with a group of which rules are named differently, by which findings are told.
fn renamed(
    snapshot: &Snapshot,
    names: &BTreeMap<String, Vec<GroupRule>>,
) -> impl Iterator<Item = String> {
    let is_renamed = |id: &str| snapshot.group_rules.get(id) != names.get(id);
    let all = snapshot.interfaces.values();
    let with = all.filter(move |i| i.groups.iter().any(|g| is_renamed(&g.group_id)));
    with.filter_map(|i| i.instance().map(str::to_owned))
}
