//! What may open a way that something stops: changes that are worth a trial.

use core::net::IpAddr;
use std::collections::BTreeSet;

use super::Opening;
use crate::address::Block;
use crate::edit::Rule;
use crate::engine::NOT_ON_THE_INTERNET;
use crate::filters::Protocol;
use crate::fixes::edit::destination;
use crate::gates;
use crate::path::accelerators::{ACCELERATOR, LISTENER};
use crate::path::filter::{ACL, GROUP, INTERFACE};
use crate::path::gateways::internet_gateways;
use crate::path::walk::{INSTANCE, ROUTE_TABLE, VPC};
use crate::path::{Blocker, End, Query};
use crate::snapshot::{
    AclEntry, Id, NetworkAcl, NetworkInterface, PortRange, Route, RouteTable, Snapshot,
    TargetGroup, is_live,
};

/// Entries that deny and are taken away, one by one.
const DENYING: usize = 3;
/// The number of an ACL's last entry, which denies everything and cannot be changed (VPC user guide,
/// "Network ACL rules").
const LAST: u32 = 32_767;

/// Blocks that rules, entries and routes are proposed for one by one.
const FEW: usize = 3;

/// Changes that may let pass what a component stops.
pub(super) fn candidates(snapshot: &Snapshot, query: &Query, by: &Blocker) -> Vec<Opening> {
    match (by.code, by.kind) {
        ("ENI_SG_RULES_MISMATCH" | "SG_HAS_NO_RULES", GROUP | INTERFACE) => {
            rules(snapshot, query, by).unwrap_or_default()
        }
        ("SUBNET_ACL_RESTRICTION", ACL) => entries(snapshot, query, by),
        ("NO_ROUTE_TO_DESTINATION" | "BAD_STATE_ROUTE", ROUTE_TABLE) => routes(snapshot, query, by),
        ("NO_ROUTE_TO_DESTINATION" | "CANNOT_ROUTE", VPC) => {
            attached(snapshot, &by.component, by.rules.first())
        }
        ("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", _) => {
            let own = ends(snapshot, &query.to).into_iter();
            own.filter_map(|i| published(snapshot, i)).collect()
        }
        ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", _) => {
            let own = holder(snapshot, &by.component, &by.packets.sources);
            own.and_then(|i| published(snapshot, i))
                .into_iter()
                .collect()
        }
        ("INGRESS_RTB_NO_PUBLIC_IP", _) => {
            let own = snapshot.interfaces.get(&by.component);
            own.and_then(|i| published(snapshot, i))
                .into_iter()
                .collect()
        }
        ("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS" | "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", _) => {
            let_in(snapshot, query, &by.component)
        }
        ("BAD_STATE", INSTANCE) => vec![Opening::Start(by.component.clone())],
        ("BAD_STATE", ACCELERATOR) => vec![Opening::Enable(by.component.clone())],
        ("ENI_SOURCE_DEST_CHECK_RESTRICTION", _) => vec![Opening::Forward(by.component.clone())],
        ("ELBV2_LISTENERS_MISMATCH", _) => listened(snapshot, query, &by.component),
        ("ELBV2_LISTENER_PORT_RESTRICTION", LISTENER) => {
            let port = one_port(query).into_iter();
            let listener = by.component.clone();
            port.map(|port| Opening::Accept {
                listener: listener.clone(),
                port,
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

/// The port that is asked about, if it is one.
fn one_port(query: &Query) -> Option<u16> {
    match query.ports.intervals() {
        [(low, high)] if low == high => Some(*low),
        _ => None,
    }
}

/// The interfaces at an end.
fn ends<'s>(snapshot: &'s Snapshot, end: &End) -> Vec<&'s NetworkInterface> {
    end.interfaces(snapshot).unwrap_or_else(|_| Vec::new())
}

/// Few blocks one by one, or every address of the family.
fn blocks(some: &[String]) -> Vec<String> {
    if some.len() > FEW {
        let is_six = some.iter().any(|text| text.contains(':'));
        return vec![if is_six { "::/0" } else { "0.0.0.0/0" }.to_owned()];
    }
    let parsed = some.iter().filter_map(|text| Block::parse(text));
    parsed.map(|block| block.to_string()).collect()
}

/// From the first port to the last.
fn hull(ports: &[(u16, u16)]) -> Option<(u16, u16)> {
    Some((ports.first()?.0, ports.last()?.1))
}

/// The interface that has the first of some addresses in the VPC of an internet gateway.
fn holder<'s>(
    snapshot: &'s Snapshot,
    gateway: &str,
    addresses: &[String],
) -> Option<&'s NetworkInterface> {
    let address = addresses.first()?.split('/').next()?.parse().ok()?;
    let gateway = snapshot.internet_gateways.get(gateway)?;
    let mut live = gateway.attachments.iter().filter(|a| is_live(&a.state));
    let id = live.find_map(|a| snapshot.holder(&a.vpc_id, address))?;
    snapshot.interfaces.get(id)
}

fn rules(snapshot: &Snapshot, query: &Query, by: &Blocker) -> Option<Vec<Opening>> {
    let is_egress = by.is_egress == Some(true);
    let group = match snapshot.interfaces.get(&by.component) {
        Some(interface) => interface.groups.first()?.group_id.clone(),
        None => by.component.clone(),
    };
    snapshot.groups.get(&group)?;
    let packets = &by.packets;
    let peers = if by.kind == INTERFACE {
        vec!["0.0.0.0/0".to_owned()]
    } else if is_egress {
        blocks(&packets.destinations)
    } else {
        blocks(&packets.sources)
    };
    let ports = query
        .protocol
        .has_ports()
        .then(|| hull(&packets.destination_ports));
    let ports = ports
        .flatten()
        .map(|(low, high)| (i64::from(low), i64::from(high)));
    let protocol = match query.protocol {
        Protocol::ICMP_V6 => "icmpv6".to_owned(),
        other => other.name().to_ascii_lowercase(),
    };
    let all = peers.into_iter().map(|peer| {
        Opening::Rule(Rule {
            group: group.clone(),
            is_egress,
            protocol: protocol.clone(),
            ports,
            peer,
        })
    });
    Some(all.collect())
}

/// Entries that allow before those that deny, or fewer of those.
fn entries(snapshot: &Snapshot, query: &Query, by: &Blocker) -> Vec<Opening> {
    let Some(acl) = snapshot.acls.get(&by.component) else {
        return Vec::new();
    };
    let egress = by.is_egress == Some(true);
    let packets = &by.packets;
    // The receiver of a request is the sender of the answer.
    let peers = if egress == by.is_reply {
        &packets.sources
    } else {
        &packets.destinations
    };
    let ports = if by.is_reply {
        &packets.source_ports
    } else {
        &packets.destination_ports
    };
    let Some((from, to)) = hull(ports) else {
        return Vec::new();
    };
    let ports = PortRange {
        from: i64::from(from),
        to: i64::from(to),
    };
    let all = blocks(peers).into_iter();
    all.flat_map(|peer| of_acl(acl, query.protocol, egress, (&peer, &ports)))
        .collect()
}

/// Changes of one ACL for one peer.
fn of_acl(
    acl: &NetworkAcl,
    protocol: Protocol,
    egress: bool,
    (peer, ports): (&str, &PortRange),
) -> Vec<Opening> {
    let number = protocol.0.to_string();
    let own = acl.entries.iter().filter(|e| e.egress == egress);
    let meets = |e: &&AclEntry| {
        let is_protocol = e.protocol == "-1" || e.protocol == number;
        let mut ranges = e.port_range.iter().filter(|_| e.protocol != "-1");
        let in_ports = ranges.all(|r| r.from <= ports.to && ports.from <= r.to);
        let block = Block::parse(&e.cidr_block).or_else(|| Block::parse(&e.ipv6_cidr_block));
        let both = block.zip(Block::parse(peer));
        is_protocol && in_ports && both.is_some_and(|(a, b)| overlap(a, b))
    };
    let denying = own
        .clone()
        .filter(|e| e.rule_action == "deny" && e.rule_number < LAST)
        .filter(meets);
    let mut denying: Vec<&AclEntry> = denying.collect();
    denying.sort_by_key(|e| e.rule_number);
    let taken: BTreeSet<u32> = own.clone().map(|e| e.rule_number).collect();
    let free = |n: &u32| !taken.contains(n);
    let rule_number = match denying.first() {
        Some(first) => (1..first.rule_number).rev().find(free),
        None => (100..LAST).find(free),
    };
    let id = &acl.network_acl_id;
    let mut all: Vec<Opening> = denying
        .iter()
        .take(DENYING)
        .map(|entry| Opening::Undeny {
            acl: id.clone(),
            entry: (*entry).clone(),
        })
        .collect();
    all.extend(rule_number.map(|rule_number| {
        let mut entry = AclEntry {
            rule_number,
            protocol: number.clone(),
            rule_action: "allow".to_owned(),
            egress,
            port_range: protocol.has_ports().then(|| ports.clone()),
            ..AclEntry::default()
        };
        if peer.contains(':') {
            peer.clone_into(&mut entry.ipv6_cidr_block);
        } else {
            peer.clone_into(&mut entry.cidr_block);
        }
        Opening::Allow {
            acl: id.clone(),
            entry,
        }
    }));
    all
}

fn overlap(one: Block, other: Block) -> bool {
    match (one, other) {
        (Block::V4 { first, last }, Block::V4 { first: a, last: b }) => first <= b && a <= last,
        (Block::V6 { first, last }, Block::V6 { first: a, last: b }) => first <= b && a <= last,
        _ => false,
    }
}

/// Routes to where the packets may go on.
fn routes(snapshot: &Snapshot, query: &Query, by: &Blocker) -> Vec<Opening> {
    let Some(table) = snapshot.route_tables.get(&by.component) else {
        return Vec::new();
    };
    let far = if by.is_reply {
        &by.packets.sources
    } else {
        &by.packets.destinations
    };
    let mut all = Vec::new();
    for to in blocks(far) {
        // Of many blocks, the first stands for all.
        let first = if far.len() > FEW {
            far.first()
        } else {
            Some(&to)
        };
        let mut targets: Vec<Id> = Vec::new();
        if let (End::Gateway(id), true) = (&query.from, by.is_reply) {
            targets.push(id.clone());
        }
        let first = first.and_then(|text| Block::parse(text));
        targets.extend(ways_out(snapshot, &table.vpc_id, first));
        targets.dedup();
        all.extend(targets.into_iter().map(|target| route(table, &to, target)));
    }
    all
}

fn route(table: &RouteTable, to: &str, target: Id) -> Opening {
    let mut route = Route {
        state: "active".to_owned(),
        ..Route::default()
    };
    if to.contains(':') {
        to.clone_into(&mut route.destination_ipv6_cidr_block);
    } else {
        to.clone_into(&mut route.destination_cidr_block);
    }
    if target.starts_with("pcx-") {
        route.vpc_peering_connection_id = target;
    } else if target.starts_with("tgw-") {
        route.transit_gateway_id = target;
    } else {
        route.gateway_id = target;
    }
    let mut others = table.routes.iter();
    let replaces = others.any(|other| destination(other) == destination(&route));
    Opening::Route {
        table: table.route_table_id.clone(),
        route: Box::new(route),
        replaces,
    }
}

/// What a VPC may route packets to an address to.
fn ways_out(snapshot: &Snapshot, vpc: &str, to: Option<Block>) -> Vec<Id> {
    let mut all = Vec::new();
    let is_private = to.is_none_or(|to| {
        let mut blocks = NOT_ON_THE_INTERNET
            .iter()
            .filter_map(|text| Block::parse(text));
        match to {
            Block::V4 { .. } => blocks.any(|block| overlap(block, to)),
            Block::V6 { .. } => !Block::parse("2000::/3").is_some_and(|b| overlap(b, to)),
        }
    });
    let holds = |blocks: Vec<Block>| to.is_some_and(|to| blocks.iter().any(|b| overlap(*b, to)));
    if !is_private {
        let own = internet_gateways(snapshot, vpc);
        all.extend(own.map(|gateway| gateway.internet_gateway_id.clone()));
    }
    for peering in snapshot
        .peerings
        .values()
        .filter(|p| is_live(&p.status.code))
    {
        if let Some((_, far)) = gates::sides(peering, vpc) {
            let blocks = match snapshot.vpcs.get(&far.vpc_id) {
                Some(vpc) => vpc.blocks(),
                None => far.blocks().into_iter().collect(),
            };
            if holds(blocks) {
                all.push(peering.vpc_peering_connection_id.clone());
            }
        }
    }
    for attachment in snapshot.transit_attachments.values() {
        let gateway = &attachment.transit_gateway_id;
        if attachment.vpc_id == vpc && is_live(&attachment.state) && !all.contains(gateway) {
            all.push(gateway.clone());
        }
    }
    all
}

/// A public address for an interface's first private one.
fn published(snapshot: &Snapshot, interface: &NetworkInterface) -> Option<Opening> {
    let listed = interface.private_ip_addresses.iter();
    let mut own =
        std::iter::once(&interface.private_ip_address).chain(listed.map(|p| &p.private_ip_address));
    let private = own.find(|text| text.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv4()))?;
    let taken = |text: &str| {
        snapshot.interfaces.values().any(|i| {
            let mut all = i
                .private_ip_addresses
                .iter()
                .filter_map(|p| p.association.as_ref());
            all.any(|a| a.public_ip == text)
        })
    };
    // Addresses for documentation stand for the one that will be given (RFC 5737).
    let mut free = (1..=254).map(|n| format!("198.51.100.{n}"));
    Some(Opening::Publish {
        interface: interface.network_interface_id.clone(),
        private: private.clone(),
        public: free.find(|text| !taken(text))?,
    })
}

/// An internet gateway for a VPC: the one in question, or another that is attached to none.
fn attached(snapshot: &Snapshot, vpc: &str, wanted: Option<&Id>) -> Vec<Opening> {
    let free = snapshot.internet_gateways.values().filter(|gateway| {
        let mut own = gateway.attachments.iter();
        !own.any(|a| is_live(&a.state))
    });
    let ids = free.map(|gateway| &gateway.internet_gateway_id);
    let mut ids: Vec<&Id> = ids.filter(|id| wanted.is_none_or(|w| w == *id)).collect();
    ids.truncate(1);
    let all = ids.into_iter().map(|id| Opening::Attach {
        gateway: id.clone(),
        vpc: vpc.to_owned(),
    });
    all.collect()
}

/// What lets packets of the internet in by a gateway: its attachment, and an exclusion.
fn let_in(snapshot: &Snapshot, query: &Query, gateway: &Id) -> Vec<Opening> {
    let mut all = Vec::new();
    let mut options = snapshot.block_public_access.values();
    let is_blocked = options.any(|o| o.internet_gateway_block_mode.starts_with("block-"));
    for interface in ends(snapshot, &query.to) {
        all.extend(attached(snapshot, &interface.vpc_id, Some(gateway)));
        if is_blocked {
            all.push(Opening::Exclude(interface.subnet_id.clone()));
        }
    }
    all
}

/// Listeners of a load balancer before target groups in which the wanted instance is.
fn listened(snapshot: &Snapshot, query: &Query, balancer: &Id) -> Vec<Opening> {
    let (Some(port), Some(described)) = (one_port(query), snapshot.load_balancers.get(balancer))
    else {
        return Vec::new();
    };
    let own = ends(snapshot, &query.to);
    let is_own = |id: &str| {
        own.iter().any(|i| {
            i.instance() == Some(id) || i.private_ip_address == id || i.network_interface_id == id
        })
    };
    let has_own = |group: &&TargetGroup| {
        let targets = snapshot.targets.get(&group.target_group_arn);
        targets.into_iter().flatten().any(|t| is_own(&t.target.id))
    };
    let is_free = |group: &&TargetGroup| {
        let arns = &group.load_balancer_arns;
        arns.is_empty() || arns.contains(balancer)
    };
    let groups = snapshot.target_groups.values();
    let groups = groups.filter(has_own).filter(is_free);
    let all = groups.map(|group| Opening::Listen {
        balancer: balancer.clone(),
        protocol: match described.kind.as_str() {
            "network" => group.protocol.clone(),
            _ if port == 443 => "HTTPS".to_owned(),
            _ => "HTTP".to_owned(),
        },
        port,
        group: group.target_group_arn.clone(),
    });
    all.collect()
}
