//! From one configuration to the next: what differs is changed, and the findings are those of a
//! new evaluation.

use std::sync::Arc;

use lynkeus_network::finding::Options;
use lynkeus_network::incremental::{Difference, Live};
use lynkeus_network::snapshot::Snapshot;
use serde_json::Value;

use super::edits::without;
use super::elements::wide;
use super::estate::{Dice, acl, document, group, snapshot};
use super::random::seeds;

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object")
}

/// The next configuration: other rules, other entries, sometimes something else.
fn next(dice: &mut Dice, old: &Snapshot) -> Snapshot {
    let mut new = old.clone();
    let groups: Vec<String> = old.groups.keys().cloned().collect();
    for _ in 0..dice.below(3) {
        let id = &groups[dice.below(groups.len())];
        let vpc = old.groups[id].vpc_id.clone();
        new.groups.insert(id.clone(), parsed(group(dice, id, &vpc)));
        let rules = new.group_rules.entry(id.clone()).or_default();
        rules.push(parsed(
            serde_json::json!({"GroupId": id, "SecurityGroupRuleId": "sgr-1"}),
        ));
    }
    for acl_id in old.acls.keys().cloned().collect::<Vec<_>>() {
        if dice.once_in(3) {
            let made: lynkeus_network::snapshot::NetworkAcl = parsed(acl(dice, &acl_id, &[]));
            let entries = &mut new.acls.get_mut(&acl_id).expect("the ACL").entries;
            *entries = made.entries;
        }
    }
    if dice.once_in(8) {
        for gateway in new.internet_gateways.values_mut() {
            gateway.attachments.clear();
        }
    }
    new
}

#[test]
fn differences_lead_to_what_a_new_evaluation_finds() {
    for seed in seeds() {
        for start in [document(seed), wide(seed)] {
            let dice = &mut Dice::new(seed + 5_000_000);
            let mut old = snapshot(&start);
            let mut live = Live::new(Arc::new(old.clone()), Options::default());
            let mut at_once = Live::new(Arc::new(old.clone()), Options::default());
            for _ in 0..3 {
                let new = next(dice, &old);
                let all = old.changes(new.clone());
                let before = at_once.findings();
                let Difference { opened, closed, .. } = at_once.apply_all(all.clone());
                for change in all {
                    live.apply(change);
                }
                let fresh = Live::new(Arc::new(new.clone()), Options::default());
                assert_eq!(live.findings(), fresh.findings(), "seed {seed}");
                assert!(*live.snapshot() == new, "seed {seed}");
                let after = at_once.findings();
                assert_eq!(after, fresh.findings(), "seed {seed}: at once");
                assert!(*at_once.snapshot() == new, "seed {seed}: at once");
                let told = (opened.len(), closed.len());
                let expected = (without(&after, &before), without(&before, &after));
                assert_eq!(told, expected, "seed {seed}: at once");
                assert!(opened.iter().all(|f| after.contains(f)), "seed {seed}");
                assert!(closed.iter().all(|f| before.contains(f)), "seed {seed}");
                old = new;
            }
        }
    }
}
