//! From one configuration to the next: only what differs is evaluated again.

use std::collections::BTreeSet;

use network::{
    incremental::Live,
    snapshot::{Change, Snapshot},
};

/// What following a change did.
pub(super) struct Followed {
    pub(super) evaluated: usize,
    /// Instances with a finding that opened, closed or is told differently.
    pub(super) instances: BTreeSet<String>,
}

/// Makes live findings follow a new configuration.
pub(super) fn follow(live: &mut Live, new: Snapshot) -> Followed {
    let changes = live.snapshot().changes(new);
    let renamed = changes.iter().filter_map(|change| match change {
        Change::GroupRules(group, _) => Some(group),
        _ => None,
    });
    let mut instances = in_groups(live.snapshot(), &renamed.collect());
    let difference = live.apply_all(changes);
    let differing = difference.opened.into_iter().chain(difference.closed);
    instances.extend(differing.map(|finding| finding.instance));
    Followed {
        evaluated: difference.evaluated,
        instances,
    }
}

/// Instances with one of these groups: findings name the rules of groups.
fn in_groups(snapshot: &Snapshot, groups: &BTreeSet<&String>) -> BTreeSet<String> {
    if groups.is_empty() {
        return BTreeSet::new();
    }
    let all = snapshot.interfaces.values();
    let with = all.filter(|i| i.groups.iter().any(|g| groups.contains(&g.group_id)));
    with.filter_map(|i| i.instance().map(str::to_owned))
        .collect()
}
