//! Changes that may end a finding, before they are tried out.

use core::net::IpAddr;
use std::collections::BTreeSet;

use super::edit::{Edit, is_propagated};
use super::{Needs, Trials};
use crate::address::{Block, blocks_of, show};
use crate::balancers::{Destination, classic_targets, destinations};
use crate::edges::Edge;
use crate::edit::Rule;
use crate::engine::Engine;
use crate::explain::{At, admitting_at};
use crate::filters::{Protocol, is_every_protocol};
use crate::finding::Finding;
use crate::interval::IntervalSet;
use crate::region::Ports;
use crate::snapshot::{AclEntry, Association, Id, NetworkInterface, PortRange, Route, Snapshot};

/// Blocks that entries of an ACL deny one by one; more are denied together with everything.
const DENIED_ALONE: usize = 3;
/// Rules that take the place of one.
const MOST_PARTS: usize = 8;

/// What a proposal has to reach to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Nothing is left of the finding.
    End,
    /// Less is left of it than before.
    Less,
}

/// A change that may do.
#[derive(Debug)]
pub(super) struct Proposal {
    pub(super) edits: Vec<Edit>,
    pub(super) aim: Aim,
    /// Interfaces that have what is changed.
    pub(super) touches: BTreeSet<Id>,
}

/// Everything that is worth a trial, in the order of preference.
pub(super) fn proposals(
    trials: &mut Trials<'_>,
    finding: &Finding,
    needs: &Needs,
) -> Vec<Proposal> {
    let admitting: Vec<Vec<Rule>> = places(trials.snapshot(), finding)
        .iter()
        .map(|at| admitting_at(trials.snapshot(), at))
        .collect();
    let needed: Vec<Vec<Rule>> = admitting
        .iter()
        .map(|rules| trials.without_the_needless(finding, rules.clone()))
        .collect();
    let engine = trials.engine();
    let snapshot = engine.snapshot();
    let mut all = Vec::new();
    let ways = admitting.iter().zip(&needed);
    for (at, (rules, needed)) in places(snapshot, finding).iter().zip(ways) {
        all.extend(narrowed_to_peers(engine, finding, at, rules, needs));
        all.extend(narrowed_to_listeners(snapshot, at, rules, needs));
        all.extend(without_ports(snapshot, at, rules));
        all.extend(removed(snapshot, needed));
    }
    all.extend(denied(engine, finding));
    all.extend(unlistened(snapshot, finding));
    if finding.balancer.is_none() && finding.middlebox.is_none() {
        all.extend(unpublished(snapshot, finding));
        all.extend(unrouted(engine, finding));
    }
    if matches!(finding.edge, Edge::Internet(_)) {
        all.push(Proposal {
            edits: vec![Edit::BlockPublicAccess],
            aim: Aim::End,
            touches: BTreeSet::new(),
        });
    }
    all
}

/// Where groups let packets of the finding in: at the instance, and at the load balancer before it.
fn places<'f>(snapshot: &'f Snapshot, finding: &'f Finding) -> Vec<At<'f>> {
    let mut places: Vec<At<'_>> = At::target(snapshot, finding).into_iter().collect();
    places.extend(At::front(snapshot, finding));
    places
}

/// Interfaces that have one of the rules' groups.
fn members<'r>(snapshot: &Snapshot, rules: impl IntoIterator<Item = &'r Rule>) -> BTreeSet<Id> {
    let groups: BTreeSet<&Id> = rules.into_iter().map(|rule| &rule.group).collect();
    interfaces_where(snapshot, |i| {
        i.groups.iter().any(|g| groups.contains(&g.group_id))
    })
}

fn interfaces_where(
    snapshot: &Snapshot,
    is_meant: impl Fn(&NetworkInterface) -> bool,
) -> BTreeSet<Id> {
    let all = snapshot.interfaces.values();
    all.filter(|i| is_meant(i))
        .map(|i| i.network_interface_id.clone())
        .collect()
}

fn of_groups(snapshot: &Snapshot, edits: Vec<Edit>, aim: Aim, rules: &[Rule]) -> Proposal {
    Proposal {
        edits,
        aim,
        touches: members(snapshot, rules),
    }
}

fn removed(snapshot: &Snapshot, rules: &[Rule]) -> Option<Proposal> {
    let edits: Vec<Edit> = rules.iter().cloned().map(Edit::Remove).collect();
    (!edits.is_empty()).then(|| of_groups(snapshot, edits, Aim::End, rules))
}

/// The rules with other peers in place of all addresses: those that are needed.
fn narrowed_to_peers(
    engine: &Engine,
    finding: &Finding,
    at: &At<'_>,
    rules: &[Rule],
    needs: &Needs,
) -> Vec<Proposal> {
    let snapshot = engine.snapshot();
    let own: Vec<Vec<String>> = if needs.peers.is_empty() {
        let behind = balancers_before(engine, finding);
        let vpc = snapshot.vpcs.get(&at.interface.vpc_id);
        let blocks = vpc.map(|v| v.blocks().iter().map(ToString::to_string).collect());
        let mut own: Vec<Vec<String>> = Vec::new();
        own.extend((!behind.is_empty() && finding.balancer.is_none()).then_some(behind));
        own.extend(blocks);
        own
    } else {
        vec![needs.peers.clone()]
    };
    let mut all = Vec::new();
    for peers in own {
        let mut edits = Vec::new();
        for rule in rules {
            let to: Vec<Rule> = peers
                .iter()
                .filter(|peer| is_narrower(peer, &rule.peer))
                .map(|peer| Rule {
                    peer: peer.clone(),
                    ..rule.clone()
                })
                .collect();
            if rule.peer.starts_with("sg-") || peers.contains(&rule.peer) {
                continue;
            }
            edits.push(if to.is_empty() || to.len() > MOST_PARTS {
                Edit::Remove(rule.clone())
            } else {
                Edit::Narrow {
                    rule: rule.clone(),
                    to,
                }
            });
        }
        if edits.iter().any(|e| matches!(e, Edit::Narrow { .. })) {
            all.push(of_groups(snapshot, edits, Aim::Less, rules));
        }
    }
    all
}

/// Whether a rule for one peer can take the place of a rule for another.
///
/// A rule for addresses of one family is not replaced by one for the other; a prefix list is only
/// put in place of blocks that are wide enough to hold anything.
fn is_narrower(new: &str, old: &str) -> bool {
    match (Block::parse(new), Block::parse(old)) {
        (Some(new), Some(old)) => {
            new != old && new.is_v4() == old.is_v4() && {
                let four = crate::address::set_of::<u32>;
                let six = crate::address::set_of::<u128>;
                four([new]).within(&four([old])) && six([new]).within(&six([old]))
            }
        }
        (None, Some(old)) => {
            old.length() == 0 && (new.starts_with("sg-") || new.starts_with("pl-"))
        }
        (_, None) => false,
    }
}

/// Groups of the load balancers that send to the finding's interface on its ports.
fn balancers_before(engine: &Engine, finding: &Finding) -> Vec<String> {
    let snapshot = engine.snapshot();
    let is_here = |t: &Destination<'_>| t.interface.network_interface_id == finding.interface;
    let is_open = |port: u16| (finding.ports.0..=finding.ports.1).contains(&port);
    let mut groups = BTreeSet::new();
    for group in snapshot.target_groups.values() {
        for arn in &group.load_balancer_arns {
            let Some(balancer) = snapshot.load_balancers.get(arn) else {
                continue;
            };
            let targets = destinations(snapshot, balancer, group);
            if targets.iter().any(|t| is_here(t) && is_open(t.port)) {
                groups.extend(balancer.security_groups.iter().cloned());
            }
        }
    }
    for balancer in snapshot.classic_load_balancers.values() {
        let mut listeners = balancer.listener_descriptions.iter().map(|d| &d.listener);
        if listeners.any(|l| {
            let targets = classic_targets(snapshot, balancer, l.instance_port);
            targets.iter().any(|t| is_here(t) && is_open(t.port))
        }) {
            groups.extend(balancer.security_groups.iter().cloned());
        }
    }
    groups.into_iter().collect()
}

/// The rules with only the ports on which something listens.
fn narrowed_to_listeners(
    snapshot: &Snapshot,
    at: &At<'_>,
    rules: &[Rule],
    needs: &Needs,
) -> Option<Proposal> {
    let listening = needs.listening.as_ref()?;
    if at.is_front {
        return None;
    }
    let edits = changed(rules, at.protocol, |ports| ports.and(listening))?;
    Some(of_groups(snapshot, edits, Aim::Less, rules))
}

/// The rules with all their ports but those of the finding.
fn without_ports(snapshot: &Snapshot, at: &At<'_>, rules: &[Rule]) -> Option<Proposal> {
    let gone = Ports::range(at.ports.0, at.ports.1);
    let edits = changed(rules, at.protocol, |ports| ports.minus(&gone))?;
    Some(of_groups(snapshot, edits, Aim::End, rules))
}

/// Rules with other ports; nothing if none of them keeps any, or all of them stay.
fn changed(
    rules: &[Rule],
    protocol: Protocol,
    change: impl Fn(&Ports) -> Ports,
) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    for rule in rules {
        // What such a rule lets in of other protocols is nobody's to name here.
        if is_every_protocol(&rule.protocol) || Protocol::parse(&rule.protocol) != Some(protocol) {
            return None;
        }
        let (low, high) = rule.ports.unwrap_or((0, 65535));
        let own = Ports::range(u16::try_from(low).ok()?, u16::try_from(high).ok()?);
        let left = change(&own);
        if left == own {
            continue;
        }
        if left.is_empty() || left.intervals().len() > MOST_PARTS {
            edits.push(Edit::Remove(rule.clone()));
            continue;
        }
        let parts = left.intervals().iter();
        let to = parts.map(|(low, high)| Rule {
            ports: Some((i64::from(*low), i64::from(*high))),
            ..rule.clone()
        });
        edits.push(Edit::Narrow {
            rule: rule.clone(),
            to: to.collect(),
        });
    }
    let is_any = edits.iter().any(|e| matches!(e, Edit::Narrow { .. }));
    is_any.then_some(edits)
}

/// Entries of the ACL before the interface that deny what is open.
fn denied(engine: &Engine, finding: &Finding) -> Option<Proposal> {
    let snapshot = engine.snapshot();
    let at = places(snapshot, finding).pop()?;
    let subnet = &at.interface.subnet_id;
    let acl_of = |subnet: &Id| snapshot.acl_of(subnet);
    let acl = snapshot.acls.get(acl_of(subnet)?)?;
    let mut blocks = denied_blocks(&finding.sources.0, "0.0.0.0/0");
    blocks.extend(denied_blocks(&finding.sources.1, "::/0"));
    let inward = acl.entries.iter().filter(|e| !e.egress);
    let taken: BTreeSet<u32> = inward.clone().map(|e| e.rule_number).collect();
    let allowing = inward.filter(|e| e.rule_action == "allow");
    let first = allowing.map(|e| e.rule_number).min()?;
    let mut free = (1..first).rev().filter(|number| !taken.contains(number));
    let (from, to) = (i64::from(at.ports.0), i64::from(at.ports.1));
    let mut edits = Vec::new();
    for block in blocks {
        let mut entry = AclEntry {
            rule_number: free.next()?,
            protocol: at.protocol.0.to_string(),
            rule_action: "deny".to_owned(),
            port_range: Some(PortRange { from, to }),
            ..AclEntry::default()
        };
        match Block::parse(&block) {
            Some(Block::V6 { .. }) => entry.ipv6_cidr_block = block,
            _ => entry.cidr_block = block,
        }
        edits.push(Edit::Deny {
            acl: acl.network_acl_id.clone(),
            entry,
        });
    }
    let touches = interfaces_where(snapshot, |i| {
        acl_of(&i.subnet_id) == Some(&acl.network_acl_id)
    });
    Some(Proposal {
        edits,
        aim: Aim::End,
        touches,
    })
}

fn denied_blocks<A: crate::address::Address>(sources: &IntervalSet<A>, all: &str) -> Vec<String> {
    let blocks = show(sources, DENIED_ALONE + 1);
    if blocks.len() <= DENIED_ALONE {
        let intervals = sources.intervals().iter();
        return intervals
            .flat_map(|(low, high)| blocks_of(*low, *high))
            .collect();
    }
    vec![all.to_owned()]
}

/// The listener through which the finding is open.
fn unlistened(snapshot: &Snapshot, finding: &Finding) -> Option<Proposal> {
    let balancer = finding.balancer.as_ref()?;
    let (id, port) = (&balancer.id, balancer.listener_port);
    let edit = if snapshot.classic_load_balancers.contains_key(id) {
        Edit::UnlistenClassic {
            balancer: id.clone(),
            port,
        }
    } else {
        let front = balancer
            .behind
            .as_ref()
            .filter(|f| snapshot.load_balancers.contains_key(*f));
        let arn = front.unwrap_or(id);
        let mut listeners = snapshot.listeners.values();
        let own = listeners.find(|l| l.load_balancer_arn == *arn && l.port == port)?;
        Edit::Unlisten(own.listener_arn.clone())
    };
    Some(Proposal {
        edits: vec![edit],
        aim: Aim::End,
        touches: BTreeSet::new(),
    })
}

/// The interface's public addresses.
fn unpublished(snapshot: &Snapshot, finding: &Finding) -> Option<Proposal> {
    if !matches!(finding.edge, Edge::Internet(_)) || !finding.public.is_some_and(|p| p.is_ipv4()) {
        return None;
    }
    let interface = snapshot.interfaces.get(&finding.interface)?;
    let mut edits: Vec<Edit> = Vec::new();
    let mut note = |private: &str, public: &str, association: &str| {
        let is_known = edits
            .iter()
            .any(|e| matches!(e, Edit::Unpublish { private: known, .. } if known == private));
        if !is_known && public.parse::<IpAddr>().is_ok() {
            edits.push(Edit::Unpublish {
                interface: interface.network_interface_id.clone(),
                private: private.to_owned(),
                public: public.to_owned(),
                association: (!association.is_empty()).then(|| association.to_owned()),
            });
        }
    };
    let elastic = snapshot.elastic_ips.values();
    for own in elastic.filter(|e| e.network_interface_id == interface.network_interface_id) {
        note(&own.private_ip_address, &own.public_ip, &own.association_id);
    }
    let listed = interface.private_ip_addresses.iter();
    let listed = listed.map(|p| (&p.private_ip_address, p.association.as_ref()));
    let first = (
        &interface.private_ip_address,
        interface.association.as_ref(),
    );
    let all = listed.chain([first]);
    for (
        private,
        Association {
            public_ip,
            association_id,
            ..
        },
    ) in all.filter_map(|(private, association)| Some((private, association?)))
    {
        note(private, public_ip, association_id);
    }
    (!edits.is_empty()).then(|| Proposal {
        edits,
        aim: Aim::End,
        touches: BTreeSet::new(),
    })
}

/// The routes by which answers leave.
fn unrouted(engine: &Engine, finding: &Finding) -> Option<Proposal> {
    let snapshot = engine.snapshot();
    let table_of = |i: &NetworkInterface| snapshot.table_of(&i.subnet_id, &i.vpc_id);
    let interface = snapshot.interfaces.get(&finding.interface)?;
    let table = snapshot.route_tables.get(table_of(interface)?)?;
    let edge = finding.edge.id();
    let leads = |route: &&Route| {
        [
            &route.gateway_id,
            &route.vpc_peering_connection_id,
            &route.transit_gateway_id,
        ]
        .contains(&edge)
    };
    let id = &table.route_table_id;
    let mut edits = Vec::new();
    let routes: Vec<&Route> = table.routes.iter().filter(leads).collect();
    if routes.iter().any(|route| is_propagated(route)) {
        edits.push(Edit::Unpropagate {
            table: id.clone(),
            gateway: edge.clone(),
        });
    }
    let fixed = routes.into_iter().filter(|route| !is_propagated(route));
    edits.extend(fixed.map(|route| Edit::Unroute {
        table: id.clone(),
        route: Box::new(route.clone()),
    }));
    let touches = interfaces_where(snapshot, |i| table_of(i) == Some(id));
    (!edits.is_empty()).then_some(Proposal {
        edits,
        aim: Aim::End,
        touches,
    })
}
