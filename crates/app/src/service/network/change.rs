//! From one configuration to the next: only what differs is evaluated again.

use std::{collections::BTreeSet, sync::Arc};

use network::{
    incremental::{Change, Difference, Live},
    snapshot::Snapshot,
};

/// What following a change did.
pub(super) struct Followed {
    pub(super) evaluated: usize,
    /// Instances with a finding that opened, closed or is told differently.
    pub(super) instances: BTreeSet<String>,
}

/// Makes live findings follow a new configuration.
pub(super) fn follow(live: &mut Live, new: Snapshot) -> Followed {
    let mut followed = Followed {
        evaluated: 0,
        instances: BTreeSet::new(),
    };
    for change in changes(live.snapshot(), new) {
        followed.note(&live.apply(change));
    }
    followed
}

/// The changes between two configurations: groups alone where nothing else differs.
fn changes(old: &Snapshot, new: Snapshot) -> Vec<Change> {
    let same_ids = old.groups.keys().eq(new.groups.keys());
    let others = Snapshot {
        groups: old.groups.clone(),
        ..new.clone()
    };
    if !same_ids || others != *old {
        return vec![Change::Snapshot(Arc::new(new))];
    }
    let differing = new
        .groups
        .into_iter()
        .filter(|(id, group)| old.groups.get(id) != Some(group));
    differing.map(|(_, group)| Change::Group(group)).collect()
}

impl Followed {
    fn note(&mut self, difference: &Difference) {
        self.evaluated += difference.evaluated;
        let differing = difference.opened.iter().chain(&difference.closed);
        self.instances
            .extend(differing.map(|finding| finding.instance.clone()));
    }
}
