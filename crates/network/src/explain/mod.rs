//! Which rules, entries and routes a finding stands on.

mod balanced;

use core::net::IpAddr;

use crate::address::{Address, Block};
use crate::edges::Edge;
use crate::edit::{Rule, rules};
use crate::filters::{self, Protocol};
use crate::finding::{Finding, Verdict};
use crate::interval::IntervalSet;
use crate::snapshot::{AclEntry, NetworkInterface, PrefixList, Route, Snapshot};

pub use balanced::{Passed, Ways, balanced};

/// A rule that lets the packets of a finding pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The ACL, group or route table.
    pub component: String,
    /// Its entry, rule or route.
    pub rule: String,
}

/// Where groups let packets of a finding in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'f> {
    pub(crate) interface: &'f NetworkInterface,
    pub(crate) protocol: Protocol,
    /// First and last port at the interface.
    pub(crate) ports: (u16, u16),
    /// The load balancer's interface and not the target's.
    pub(crate) is_front: bool,
    /// The senders' addresses; nothing where they are the load balancer's.
    sources: Option<&'f (IntervalSet<u32>, IntervalSet<u128>)>,
    /// Whether senders may be members of groups.
    has_members: bool,
}

impl<'f> At<'f> {
    /// The interface of the finding.
    pub(crate) fn target(snapshot: &'f Snapshot, finding: &'f Finding) -> Option<Self> {
        let is_direct = finding.balancer.is_none();
        Some(Self {
            interface: snapshot.interfaces.get(&finding.interface)?,
            protocol: finding.protocol,
            ports: finding.ports,
            is_front: false,
            sources: is_direct.then_some(&finding.sources),
            has_members: !is_direct || keeps_identity(&finding.edge),
        })
    }

    /// The interface of the load balancer to which clients send.
    pub(crate) fn front(snapshot: &'f Snapshot, finding: &'f Finding) -> Option<Self> {
        let balancer = finding.balancer.as_ref()?;
        let front = balancer.front.as_ref().unwrap_or(&balancer.node);
        Some(Self {
            interface: snapshot.interfaces.get(front)?,
            protocol: finding.protocol,
            ports: (balancer.listener_port, balancer.listener_port),
            is_front: true,
            sources: Some(&finding.sources),
            has_members: keeps_identity(&finding.edge),
        })
    }
}

/// Whether packets over an edge may come from members of groups that rules refer to.
fn keeps_identity(edge: &Edge) -> bool {
    matches!(edge, Edge::Peering(_) | Edge::Transit(_))
}

/// The rules of the interface's groups that let in some packet of the finding.
pub fn admitting(snapshot: &Snapshot, finding: &Finding) -> Vec<Rule> {
    let at = At::target(snapshot, finding);
    at.map_or_else(Vec::new, |at| admitting_at(snapshot, &at))
}

/// The rules of a place that let in some packet of its finding.
pub(crate) fn admitting_at(snapshot: &Snapshot, at: &At<'_>) -> Vec<Rule> {
    let groups = at.interface.groups.iter().map(|g| g.group_id.as_str());
    let all = groups.flat_map(|group| rules(snapshot, group));
    all.filter(|rule| !rule.is_egress && meets(snapshot, rule, at))
        .collect()
}

fn meets(snapshot: &Snapshot, rule: &Rule, at: &At<'_>) -> bool {
    let is_every = filters::is_every_protocol(&rule.protocol);
    if !is_every && Protocol::parse(&rule.protocol) != Some(at.protocol) {
        return false;
    }
    let (low, high) = at.ports;
    if let (Some((from, to)), false) = (rule.ports, is_every)
        && (to < i64::from(low) || from > i64::from(high))
    {
        return false;
    }
    if rule.peer.starts_with("sg-") {
        return at.has_members;
    }
    // Behind a proxy, the peer is the load balancer: any rule for addresses may be the one.
    let Some((of_four, of_six)) = at.sources else {
        return true;
    };
    let list = snapshot.prefix_lists.get(&rule.peer);
    let blocks = match list.and_then(PrefixList::blocks) {
        Some(blocks) => blocks,
        None => Block::parse(&rule.peer).into_iter().collect(),
    };
    let four = crate::address::set_of::<u32>(blocks.iter().copied());
    let six = crate::address::set_of::<u128>(blocks);
    !four.and(of_four).is_empty() || !six.and(of_six).is_empty()
}

/// What lets the witness of a finding and the answer to it pass.
pub fn evidence(snapshot: &Snapshot, finding: &Finding) -> Vec<Evidence> {
    let Some(interface) = snapshot.interfaces.get(&finding.interface) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let packet = match &finding.verdict {
        Verdict::Open(packet) if finding.balancer.is_none() => Some(packet),
        _ => None,
    };
    let subnet = &interface.subnet_id;
    let decides = |is_egress: bool, peer: IpAddr, port: u16| {
        entry(snapshot, subnet, finding.protocol, (is_egress, peer, port))
    };
    if let Some(packet) = packet {
        all.extend(decides(false, packet.source, packet.destination_port));
    }
    let rules = admitting(snapshot, finding).into_iter();
    all.extend(rules.map(|rule| Evidence {
        component: rule.group.clone(),
        rule: named(snapshot, &rule),
    }));
    if let Some(packet) = packet {
        all.extend(decides(true, packet.source, packet.source_port));
        all.extend(route(snapshot, subnet, &interface.vpc_id, packet.source));
    }
    all
}

/// A rule with its identifier, where it is known.
fn named(snapshot: &Snapshot, rule: &Rule) -> String {
    match rule.id(snapshot) {
        Some(id) => format!("{id} {rule}"),
        None => rule.to_string(),
    }
}

/// The ACL of a subnet with the entry that decides.
fn entry(
    snapshot: &Snapshot,
    subnet: &str,
    protocol: Protocol,
    (is_egress, peer, port): (bool, IpAddr, u16),
) -> Option<Evidence> {
    let acl = snapshot.acls.get(snapshot.acl_of(subnet)?)?;
    let entries = acl.entries.iter().filter(|e| e.egress == is_egress);
    let first = entries
        .filter(|e| applies(e, protocol, peer, port))
        .min_by_key(|e| e.rule_number)?;
    let direction = if is_egress { "egress" } else { "ingress" };
    Some(Evidence {
        component: acl.network_acl_id.clone(),
        rule: format!("{direction},{} {}", first.rule_number, first.rule_action),
    })
}

fn applies(entry: &AclEntry, protocol: Protocol, peer: IpAddr, port: u16) -> bool {
    let is_every = filters::is_every_protocol(&entry.protocol);
    let is_own = is_every || Protocol::parse(&entry.protocol) == Some(protocol);
    let in_ports = match &entry.port_range {
        Some(range) if !is_every => (range.from..=range.to).contains(&i64::from(port)),
        _ => true,
    };
    let blocks = [&entry.cidr_block, &entry.ipv6_cidr_block];
    is_own && in_ports && blocks.into_iter().any(|block| holds(block, peer))
}

fn holds(block: &str, address: IpAddr) -> bool {
    let Some(block) = Block::parse(block) else {
        return false;
    };
    let four = u32::ends(block).zip(u32::of(address));
    let six = u128::ends(block).zip(u128::of(address));
    four.is_some_and(|((low, high), a)| low <= a && a <= high)
        || six.is_some_and(|((low, high), a)| low <= a && a <= high)
}

/// The route that the answer takes.
fn route(snapshot: &Snapshot, subnet: &str, vpc: &str, to: IpAddr) -> Option<Evidence> {
    let table = snapshot.route_tables.get(snapshot.table_of(subnet, vpc)?)?;
    let length = |route: &Route| -> Option<u32> {
        let list = snapshot.prefix_lists.get(&route.destination_prefix_list_id);
        let listed = list.and_then(PrefixList::blocks).unwrap_or_default();
        let texts = [
            &route.destination_cidr_block,
            &route.destination_ipv6_cidr_block,
        ];
        let own = texts.into_iter().filter_map(|text| Block::parse(text));
        let all = own
            .chain(listed)
            .filter(|block| holds(&block.to_string(), to));
        all.map(Block::length).max()
    };
    let best = table
        .routes
        .iter()
        .filter_map(|route| Some((length(route)?, route)))
        .max_by_key(|(length, route)| (*length, route.origin != "EnableVgwRoutePropagation"))?;
    let route = best.1;
    let texts = [
        &route.destination_cidr_block,
        &route.destination_ipv6_cidr_block,
        &route.destination_prefix_list_id,
    ];
    let destination = texts.into_iter().find(|text| !text.is_empty())?;
    Some(Evidence {
        component: table.route_table_id.clone(),
        rule: destination.clone(),
    })
}
