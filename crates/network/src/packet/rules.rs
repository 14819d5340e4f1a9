//! Whether one packet passes one ACL, one interface's groups, one route table.

use core::net::IpAddr;

use super::Packet;
use crate::snapshot::{Id, NetworkInterface, Permission, Route, RouteTable, Snapshot};

/// What a filter does with a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Pass,
    Stop,
    /// An object that decides is not in the snapshot.
    Missing(Id),
}

impl Decision {
    pub(super) fn when(condition: bool) -> Self {
        if condition { Self::Pass } else { Self::Stop }
    }

    /// Open if one of the two is.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Pass, _) | (_, Self::Pass) => Self::Pass,
            (Self::Stop, last) => last,
            (missing, _) => missing,
        }
    }

    /// Open if both are.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Stop, _) | (_, Self::Stop) => Self::Stop,
            (Self::Pass, last) => last,
            (missing, _) => missing,
        }
    }
}

/// The bits of an address, and of how many.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

/// The length of the block if it holds the address.
pub(super) fn matched(block: &str, address: IpAddr) -> Option<u32> {
    let (network, length) = block.split_once('/').unwrap_or((block, ""));
    let (network, width) = bits(network.parse().ok()?);
    let (address, own_width) = bits(address);
    let length = if length.is_empty() {
        width
    } else {
        length.parse().ok()?
    };
    if width != own_width || length > width {
        return None;
    }
    let ignored = width - length;
    let prefix = |number: u128| number.checked_shr(ignored).unwrap_or(0);
    (prefix(network) == prefix(address)).then_some(length)
}

/// Whether a block holds an address.
pub(super) fn holds(block: &str, address: IpAddr) -> bool {
    matched(block, address).is_some()
}

fn is_protocol(text: &str, protocol: u8) -> bool {
    match text {
        "-1" => true,
        "tcp" => protocol == 6,
        "udp" => protocol == 17,
        "icmp" => protocol == 1,
        "icmpv6" => protocol == 58,
        number => number == protocol.to_string(),
    }
}

/// The lowest-numbered entry that matches decides.
pub(super) fn acl(
    snapshot: &Snapshot,
    (subnet, vpc): (&str, &str),
    is_egress: bool,
    protocol: u8,
    (peer, port): (IpAddr, u16),
) -> Decision {
    let own =
        |a: &&crate::snapshot::NetworkAcl| a.associations.iter().any(|s| s.subnet_id == subnet);
    let mut acls = snapshot.acls.values();
    let mut defaults = snapshot.acls.values();
    let acl = acls
        .find(own)
        .or_else(|| defaults.find(|a| a.is_default && a.vpc_id == vpc && !vpc.is_empty()));
    let Some(acl) = acl else {
        return Decision::Missing(subnet.to_owned());
    };
    let matching = acl.entries.iter().filter(|e| {
        let has_ports = e.protocol != "-1" && matches!(protocol, 6 | 17);
        let in_ports = match &e.port_range {
            Some(range) if has_ports => (range.from..=range.to).contains(&i64::from(port)),
            _ => true,
        };
        e.egress == is_egress
            && is_protocol(&e.protocol, protocol)
            && in_ports
            && (holds(&e.cidr_block, peer) || holds(&e.ipv6_cidr_block, peer))
    });
    match matching.min_by_key(|e| e.rule_number) {
        Some(entry) if entry.rule_action == "allow" => Decision::Pass,
        _ => Decision::Stop,
    }
}

/// Who sent a packet, as far as groups can know.
#[derive(Clone, Copy)]
pub(super) enum Sender<'s> {
    Nobody,
    /// This interface, or somebody for whom its groups count.
    Interface(&'s NetworkInterface),
    /// The interface in one of these VPCs that has the source's address.
    In(&'s [Id]),
}

/// Any rule of any group of the interface lets the packet in, or out.
pub(super) fn groups(
    snapshot: &Snapshot,
    interface: &NetworkInterface,
    is_egress: bool,
    packet: Packet,
    sender: Sender<'_>,
) -> Decision {
    if interface.groups.is_empty() && interface.interface_type == "network_load_balancer" {
        return Decision::Pass;
    }
    let mut verdict = Decision::Stop;
    for group in interface.groups.iter().map(|g| &g.group_id) {
        let Some(described) = snapshot.groups.get(group) else {
            verdict = verdict.or(Decision::Missing(group.clone()));
            continue;
        };
        let permissions = if is_egress {
            &described.ip_permissions_egress
        } else {
            &described.ip_permissions
        };
        for permission in permissions {
            verdict = verdict.or(admits(snapshot, permission, is_egress, packet, sender));
        }
    }
    verdict
}

fn admits(
    snapshot: &Snapshot,
    permission: &Permission,
    is_egress: bool,
    packet: Packet,
    sender: Sender<'_>,
) -> Decision {
    if !is_protocol(&permission.ip_protocol, packet.protocol) {
        return Decision::Stop;
    }
    let is_all = permission.ip_protocol == "-1";
    if let (Some(from), Some(to)) = (permission.from_port, permission.to_port)
        && !is_all
        && from >= 0
        && to >= 0
        && !(from..=to).contains(&i64::from(packet.destination_port))
    {
        return Decision::Stop;
    }
    let peer = if is_egress {
        packet.destination
    } else {
        packet.source
    };
    let mut verdict = Decision::when(
        permission.ip_ranges.iter().any(|r| holds(&r.cidr_ip, peer))
            || permission
                .ipv6_ranges
                .iter()
                .any(|r| holds(&r.cidr_ipv6, peer)),
    );
    for list in permission.prefix_list_ids.iter().map(|l| &l.prefix_list_id) {
        verdict = verdict.or(match entries(snapshot, list) {
            Some(blocks) => Decision::when(blocks.iter().any(|block| holds(block, peer))),
            None => Decision::Missing(list.clone()),
        });
    }
    for pair in &permission.user_id_group_pairs {
        let is_stale = matches!(
            pair.peering_status.as_str(),
            "deleted" | "rejected" | "expired" | "failed"
        );
        if !is_stale {
            verdict = verdict.or(refers(snapshot, &pair.group_id, peer, sender));
        }
    }
    verdict
}

/// Whether a permission by itself lets a packet in from nobody in particular.
pub(super) fn permits(snapshot: &Snapshot, permission: &Permission, packet: Packet) -> Decision {
    admits(snapshot, permission, false, packet, Sender::Nobody)
}

/// Whether the sender has the group.
fn refers(snapshot: &Snapshot, group: &Id, peer: IpAddr, sender: Sender<'_>) -> Decision {
    let has = |i: &NetworkInterface| i.groups.iter().any(|g| g.group_id == *group);
    match sender {
        Sender::Nobody => Decision::Stop,
        Sender::Interface(interface) => Decision::when(has(interface)),
        Sender::In(vpcs) => {
            let is_known =
                snapshot.groups.contains_key(group) || snapshot.interfaces.values().any(has);
            if vpcs.is_empty() {
                return Decision::Stop;
            }
            if !is_known {
                return Decision::Missing(group.clone());
            }
            let mut all = snapshot.interfaces.values();
            Decision::when(
                all.any(|i| has(i) && vpcs.contains(&i.vpc_id) && super::has_address(i, peer)),
            )
        }
    }
}

pub(super) fn entries<'s>(snapshot: &'s Snapshot, list: &str) -> Option<Vec<&'s str>> {
    let list = snapshot.prefix_lists.get(list)?;
    if let Some(cidrs) = &list.cidrs {
        return Some(cidrs.iter().map(String::as_str).collect());
    }
    let entries = list.entries.as_ref()?;
    Some(entries.iter().map(|e| e.cidr.as_str()).collect())
}

/// Where a table sends packets to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hop {
    Nowhere,
    /// To the target, by its identifier; `local` for the VPC itself.
    To(Id),
    /// To one of several, and nobody knows to which.
    Unclear,
}

/// The route that wins for an address among those whose destinations are described.
pub(super) fn hop(snapshot: &Snapshot, table: &RouteTable, to: IpAddr) -> Hop {
    let mut best: Option<((u32, u8), Hop)> = None;
    let is_local = table
        .routes
        .iter()
        .any(|r| r.gateway_id == "local" && length(snapshot, r, to).is_some());
    for route in &table.routes {
        let Some(length) = length(snapshot, route, to) else {
            continue;
        };
        let is_propagated = route.origin == "EnableVgwRoutePropagation";
        if is_propagated && is_local {
            continue;
        }
        let preference = if is_propagated {
            0
        } else if route.destination_prefix_list_id.is_empty() {
            2
        } else {
            1
        };
        let rank = (length, preference);
        let own = if route.state == "blackhole" || target(route).is_empty() {
            Hop::Nowhere
        } else {
            Hop::To(target(route).to_owned())
        };
        match &mut best {
            Some((known, _)) if *known > rank => {}
            Some((known, other)) if *known == rank => {
                if preference == 1 && *other != own {
                    *other = Hop::Unclear;
                }
            }
            _ => best = Some((rank, own)),
        }
    }
    best.map_or(Hop::Nowhere, |(_, hop)| hop)
}

/// Whether the route that wins for an address leads to `gateway`.
pub(super) fn route(
    snapshot: &Snapshot,
    table: &RouteTable,
    to: IpAddr,
    gateway: &str,
) -> Decision {
    let known = match hop(snapshot, table, to) {
        Hop::To(id) => Decision::when(id == gateway),
        Hop::Nowhere => Decision::Stop,
        Hop::Unclear => return Decision::Missing(table.route_table_id.clone()),
    };
    // A list that nobody describes may have a longer block for the address.
    for route in &table.routes {
        let list = &route.destination_prefix_list_id;
        if list.is_empty()
            || entries(snapshot, list).is_some()
            || target(route).starts_with("vpce-")
        {
            continue;
        }
        let is_there = target(route) == gateway && route.state != "blackhole";
        if is_there != (known == Decision::Pass) {
            return Decision::Missing(list.clone());
        }
    }
    known
}

/// How long the route's match is, if it is known to match.
fn length(snapshot: &Snapshot, route: &Route, to: IpAddr) -> Option<u32> {
    if route.destination_prefix_list_id.is_empty() {
        let four = matched(&route.destination_cidr_block, to);
        return four.or_else(|| matched(&route.destination_ipv6_cidr_block, to));
    }
    let blocks = entries(snapshot, &route.destination_prefix_list_id)?;
    blocks.iter().filter_map(|block| matched(block, to)).max()
}

pub(super) fn target(route: &Route) -> &str {
    [
        &route.network_interface_id,
        &route.vpc_endpoint_id,
        &route.gateway_id,
        &route.vpc_peering_connection_id,
        &route.nat_gateway_id,
        &route.transit_gateway_id,
        &route.egress_only_internet_gateway_id,
        &route.local_gateway_id,
        &route.carrier_gateway_id,
        &route.core_network_arn,
        &route.instance_id,
    ]
    .into_iter()
    .find(|id| !id.is_empty())
    .map_or("", String::as_str)
}

/// The table that routes what a subnet sends.
pub(super) fn table_of<'s>(
    snapshot: &'s Snapshot,
    subnet: &str,
    vpc: &str,
) -> Option<&'s RouteTable> {
    let mut tables = snapshot.route_tables.values();
    let own = tables.find(|t| t.associations.iter().any(|a| a.subnet_id == subnet));
    own.or_else(|| {
        let mut tables = snapshot.route_tables.values();
        tables.find(|t| t.vpc_id == vpc && t.associations.iter().any(|a| a.main))
    })
}
