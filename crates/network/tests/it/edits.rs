//! Random edits of every kind of object: what changes is evaluated again, all of it and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lynkeus_network::edges::Edge;
use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Finding, Options, scan};
use lynkeus_network::incremental::{Difference, Live};
use lynkeus_network::snapshot::{Change, Kind, Snapshot};
use serde_json::{Value, json};

use super::elements::{push, wide};
use super::estate::{Dice, snapshot};
use super::random::seeds;
use super::ways::open;

/// How many estates stand beside each other in one configuration.
const PARTS: usize = 3;
/// Edits of one configuration.
const EDITS: usize = 30;

/// What no packet sees.
const UNSEEN: [Kind; 3] = [
    Kind::GroupRules,
    Kind::EgressOnlyGateways,
    Kind::NatGateways,
];
/// What is not an estate's own.
const SHARED: [Option<Kind>; 2] = [None, Some(Kind::BlockPublicAccessOptions)];

/// How identifiers begin, and those that are words.
const BEGINNINGS: [&str; 24] = [
    "vpc-",
    "subnet-",
    "rtb-",
    "acl-",
    "sg-",
    "pl-",
    "eni-",
    "i-",
    "igw-",
    "eigw-",
    "vgw-",
    "pcx-",
    "tgw-",
    "att-",
    "tg-",
    "vpce-",
    "listener-",
    "nat-",
    "dx-",
    "vpn-",
    "eipalloc-",
    "sgr-",
    "a-",
    "lb/",
];
const WORDS: [&str; 12] = [
    "wall", "policy", "one", "two", "three", "e", "r", "d", "vo", "dxvif", "old", "ELB old",
];

/// An identifier as it is in one of several estates.
fn renamed(text: &str, part: usize) -> Option<String> {
    if let Some(rest) = text.strip_prefix("ga") {
        let is_own = rest.is_empty() || rest.starts_with('/');
        return is_own.then(|| format!("ga~{part}{rest}"));
    }
    let last = text.rsplit('/').next().unwrap_or_default();
    let is_id = BEGINNINGS.iter().any(|start| last.starts_with(start))
        || text.contains("/lb/")
        || WORDS.contains(&text);
    is_id.then(|| format!("{text}~{part}"))
}

fn rename(value: &mut Value, part: usize) {
    match value {
        Value::String(text) => {
            if let Some(new) = renamed(text, part) {
                *text = new;
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| rename(value, part)),
        Value::Object(all) => all.values_mut().for_each(|value| rename(value, part)),
        _ => {}
    }
}

/// The estate that an identifier is from.
fn part_of(id: &str) -> Option<usize> {
    let (_, rest) = id.split_once('~')?;
    let number = rest.split('/').next()?;
    number.parse().ok()
}

/// The private address of an interface, whose public one is said by elastic addresses alone if so asked.
fn private_of(document: &mut Value, number: usize, is_elastic: bool) -> String {
    let all = document["NetworkInterfaces"].as_array_mut();
    let Some(own) = all.and_then(|all| all.get_mut(number)) else {
        return "10.1.1.4".to_owned();
    };
    if is_elastic {
        own["Association"] = Value::Null;
        for listed in own["PrivateIpAddresses"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            listed["Association"] = Value::Null;
        }
    }
    own["PrivateIpAddress"]
        .as_str()
        .unwrap_or("10.1.1.4")
        .to_owned()
}

/// One of several estates: with instances, elastic addresses and what no packet sees.
fn estate(seed: u64, part: usize) -> Snapshot {
    let dice = &mut Dice::new(seed + 123_000_000);
    let mut document = if dice.once_in(3) {
        wide(seed)
    } else {
        open(seed)
    };
    for number in 0..3 {
        let state = *dice.one(&["running", "running", "stopped"]);
        let instance = json!({"InstanceId": format!("i-{number}"), "State": {"Name": state}});
        push(&mut document, "Instances", instance);
        let private = private_of(&mut document, number, dice.once_in(2));
        push(
            &mut document,
            "Addresses",
            json!({"AllocationId": format!("eipalloc-{number}"), "PrivateIpAddress": private,
                "PublicIp": format!("54.0.1.{number}"), "NetworkInterfaceId": format!("eni-{number}")}),
        );
        let rule =
            json!({"SecurityGroupRuleId": format!("sgr-{}", dice.below(9)), "GroupId": "sg-1"});
        push(&mut document, "SecurityGroupRules", rule);
    }
    let nat = json!({"NatGatewayId": "nat-1", "State": dice.one(&["available", "failed"])});
    push(&mut document, "NatGateways", nat);
    let state = *dice.one(&["attached", "detached"]);
    let gateway = json!({"EgressOnlyInternetGatewayId": "eigw-1",
        "Attachments": [{"State": state, "VpcId": "vpc-1"}]});
    push(&mut document, "EgressOnlyInternetGateways", gateway);
    rename(&mut document, part);
    snapshot(&document)
}

/// Several estates in one configuration.
fn together(seed: u64) -> Snapshot {
    let mut all = Snapshot::default();
    for part in 0..PARTS {
        let own = estate(seed + 7 * u64::try_from(part).expect("a few"), part);
        for change in Snapshot::default().changes(own) {
            all.change(change);
        }
    }
    all
}

/// What edits of a kind did.
#[derive(Debug, Default)]
struct Sum {
    alone: usize,
    /// Edits that opened or closed something.
    felt: usize,
    /// Most interfaces that one of them had evaluated.
    evaluated: usize,
}

/// The configuration with one object different that random estates leave as it is.
fn mutated(dice: &mut Dice, now: &Snapshot) -> Snapshot {
    let mut new = now.clone();
    let end = format!("~{}", dice.below(PARTS));
    match dice.below(6) {
        0 => {
            for subnet in new.subnets.values_mut() {
                if subnet.subnet_id.ends_with(&format!("1{end}")) {
                    subnet.availability_zone.push('x');
                }
            }
        }
        1 => {
            for elastic in new.elastic_ips.values_mut() {
                if elastic.allocation_id.ends_with(&end) {
                    elastic.public_ip = "54.9.9.9".to_owned();
                }
            }
        }
        2 => {
            for interface in new.virtual_interfaces.values_mut() {
                let is_down = interface.virtual_interface_state == "down";
                let state = if is_down { "available" } else { "down" };
                interface.virtual_interface_state = state.to_owned();
            }
        }
        3 => {
            if let Some(gateway) = new.transit_gateways.get_mut(&format!("tgw-1{end}")) {
                let is_gone = gateway.state == "deleted";
                gateway.state = if is_gone { "available" } else { "deleted" }.to_owned();
            }
        }
        4 => {
            if let Some(firewall) = new.firewalls.get_mut(&format!("wall{end}")) {
                firewall.firewall_policy_arn.push('x');
            }
        }
        _ => {
            for exclusion in new.block_public_access_exclusions.values_mut() {
                let mode = "allow-bidirectional";
                let is_open = exclusion.internet_gateway_exclusion_mode == mode;
                let mode = if is_open { "allow-egress" } else { mode };
                exclusion.internet_gateway_exclusion_mode = mode.to_owned();
            }
        }
    }
    new
}

/// Some differences between a configuration and one that it is to become.
fn edits(dice: &mut Dice, now: &Snapshot, goals: &[Snapshot]) -> Vec<Change> {
    let mut by_kind: BTreeMap<Option<Kind>, Vec<Change>> = BTreeMap::new();
    let goal = if dice.once_in(3) {
        mutated(dice, now)
    } else {
        dice.one(goals).clone()
    };
    for change in now.changes(goal) {
        by_kind.entry(change.kind()).or_default().push(change);
    }
    let count = if dice.once_in(4) {
        2 + dice.below(6)
    } else {
        1
    };
    let mut all = Vec::new();
    for _ in 0..count {
        let kinds: Vec<Option<Kind>> = by_kind.keys().copied().collect();
        if kinds.is_empty() {
            break;
        }
        let kind = *dice.one(&kinds);
        let own = by_kind.get_mut(&kind).expect("a kind");
        all.push(own.swap_remove(dice.below(own.len())));
        if own.is_empty() {
            by_kind.remove(&kind);
        }
    }
    all
}

/// The findings of an evaluation from the beginning.
pub(super) fn fresh(estate: &Snapshot) -> Vec<Finding> {
    let mut engine = Engine::new(Arc::new(estate.clone()));
    scan(&mut engine, &Options::default())
}

/// How many findings of one list are not in the other.
pub(super) fn without(these: &[Finding], others: &[Finding]) -> usize {
    these.iter().filter(|f| !others.contains(f)).count()
}

fn interfaces_of(part: usize, estate: &Snapshot) -> BTreeSet<String> {
    let all = estate.interfaces.keys().cloned();
    all.filter(|id| part_of(id) == Some(part)).collect()
}

/// Checks that only interfaces of the estate that was edited were evaluated.
fn check_own(change: &Change, done: &Difference, was: &Snapshot, now: &Snapshot) {
    if SHARED.contains(&change.kind()) {
        return;
    }
    let part = change
        .id()
        .and_then(|id| part_of(id))
        .expect("an estate's own");
    let mut own = interfaces_of(part, was);
    own.extend(interfaces_of(part, now));
    assert!(done.evaluated <= own.len(), "{change:?}");
    // Load balancers and services may lead to other VPCs.
    let differing = done.opened.iter().chain(&done.closed);
    for finding in differing {
        let is_indirect = matches!(
            finding.edge,
            Edge::Accelerator(_) | Edge::Distribution(_) | Edge::Service(_)
        );
        if is_indirect || finding.balancer.is_some() {
            continue;
        }
        assert!(own.contains(&finding.interface), "{change:?}: {finding:?}");
    }
    if change.kind().is_some_and(|kind| UNSEEN.contains(&kind)) {
        assert_eq!((done.evaluated, done.indirect), (0, 0), "{change:?}");
    }
}

#[test]
fn edits_of_every_kind_end_where_a_new_evaluation_does() {
    let mut sums: BTreeMap<Option<Kind>, Sum> = BTreeMap::new();
    for seed in seeds() {
        let dice = &mut Dice::new(seed + 321_000_000);
        let goals = [
            together(seed),
            together(seed + 20),
            together(seed + 40),
            Snapshot::default(),
        ];
        let mut now = goals[0].clone();
        let mut live = Live::new(Arc::new(now.clone()), Options::default());
        let mut before = live.findings();
        for _ in 0..EDITS {
            let edits = edits(dice, &now, &goals);
            let was = now.clone();
            for edit in &edits {
                now.change(edit.clone());
            }
            let done = live.apply_all(edits.clone());
            let after = fresh(&now);
            assert!(*live.snapshot() == now, "seed {seed}: {edits:?}");
            assert_eq!(live.findings(), after, "seed {seed}: {edits:?}");
            let told = (done.opened.len(), done.closed.len());
            let expected = (without(&after, &before), without(&before, &after));
            assert_eq!(told, expected, "seed {seed}: {edits:?}");
            if let [edit] = edits.as_slice() {
                check_own(edit, &done, &was, &now);
                let sum = sums.entry(edit.kind()).or_default();
                sum.alone += 1;
                sum.felt += usize::from(told != (0, 0));
                sum.evaluated = sum.evaluated.max(done.evaluated);
            }
            before = after;
            if dice.once_in(2) {
                // Most estates are made to have open paths, of which edits would leave few.
                live.apply_all(now.changes(was.clone()));
                now = was;
                before = fresh(&now);
                assert_eq!(live.findings(), before, "seed {seed}: undo {edits:?}");
            }
        }
    }
    let tried: BTreeSet<Kind> = sums.keys().copied().flatten().collect();
    for kind in Kind::ALL {
        assert!(tried.contains(kind), "no {kind:?} was edited");
    }
    let edits: usize = sums.values().map(|sum| sum.alone).sum();
    let felt: usize = sums.values().map(|sum| sum.felt).sum();
    assert!(
        felt * 8 > edits,
        "{felt} of {edits} edits were felt: {sums:?}"
    );
}
