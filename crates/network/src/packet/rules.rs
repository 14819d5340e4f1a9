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

/// The bits of an address, and of how many.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

/// The length of the block if it holds the address.
fn matched(block: &str, address: IpAddr) -> Option<u32> {
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
    subnet: &str,
    is_egress: bool,
    protocol: u8,
    peer: IpAddr,
    port: u16,
) -> Decision {
    let mut acls = snapshot.acls.values();
    let Some(acl) = acls.find(|a| a.associations.iter().any(|s| s.subnet_id == subnet)) else {
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

/// Any rule of any group of the interface lets the packet in.
pub(super) fn groups(
    snapshot: &Snapshot,
    interface: &NetworkInterface,
    packet: Packet,
    sender: Option<&NetworkInterface>,
) -> Decision {
    let mut verdict = Decision::Stop;
    for group in interface.groups.iter().map(|g| &g.group_id) {
        let Some(described) = snapshot.groups.get(group) else {
            verdict = Decision::Missing(group.clone());
            continue;
        };
        for permission in &described.ip_permissions {
            match admits(snapshot, permission, packet, sender) {
                Decision::Pass => return Decision::Pass,
                Decision::Stop => {}
                missing @ Decision::Missing(_) => verdict = missing,
            }
        }
    }
    verdict
}

fn admits(
    snapshot: &Snapshot,
    permission: &Permission,
    packet: Packet,
    sender: Option<&NetworkInterface>,
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
    let peer = packet.source;
    let mut missing = Decision::Stop;
    for list in permission.prefix_list_ids.iter().map(|l| &l.prefix_list_id) {
        match entries(snapshot, list) {
            Some(blocks) if blocks.iter().any(|block| holds(block, peer)) => return Decision::Pass,
            Some(_) => {}
            None => missing = Decision::Missing(list.clone()),
        }
    }
    let by_group = sender.is_some_and(|sender| {
        let mut referenced = permission.user_id_group_pairs.iter();
        referenced.any(|pair| sender.groups.iter().any(|g| g.group_id == pair.group_id))
    });
    let by_block = permission.ip_ranges.iter().any(|r| holds(&r.cidr_ip, peer))
        || permission
            .ipv6_ranges
            .iter()
            .any(|r| holds(&r.cidr_ipv6, peer));
    if by_group || by_block {
        Decision::Pass
    } else {
        missing
    }
}

fn entries<'s>(snapshot: &'s Snapshot, list: &str) -> Option<Vec<&'s str>> {
    let list = snapshot.prefix_lists.get(list)?;
    if let Some(cidrs) = &list.cidrs {
        return Some(cidrs.iter().map(String::as_str).collect());
    }
    let entries = list.entries.as_ref()?;
    Some(entries.iter().map(|e| e.cidr.as_str()).collect())
}

/// Whether the route that wins for an address leads to `gateway`.
pub(super) fn route(
    snapshot: &Snapshot,
    table: &RouteTable,
    to: IpAddr,
    gateway: &str,
) -> Decision {
    let mut best: Option<((u32, u8), &Route)> = None;
    let mut is_tied = false;
    let is_local = table.routes.iter().any(|r| {
        r.gateway_id == "local"
            && length(snapshot, r, to) != Some(None)
            && length(snapshot, r, to).is_some()
    });
    for route in &table.routes {
        let Some(length) = length(snapshot, route, to) else {
            continue;
        };
        let Some(length) = length else {
            return Decision::Missing(route.destination_prefix_list_id.clone());
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
        match &best {
            Some((known, other)) if *known == rank => {
                let same = target(other) == target(route)
                    && (other.state == "blackhole") == (route.state == "blackhole");
                is_tied |= preference == 1 && !same;
            }
            Some((known, _)) if *known > rank => {}
            _ => {
                best = Some((rank, route));
                is_tied = false;
            }
        }
    }
    match best {
        Some(_) if is_tied => Decision::Missing(table.route_table_id.clone()),
        Some((_, route)) if route.state != "blackhole" && target(route) == gateway => {
            Decision::Pass
        }
        _ => Decision::Stop,
    }
}

/// How long the route's match is: nothing if it does not match, `Some(None)` if nobody knows.
#[expect(clippy::option_option, reason = "no match and no data are two answers")]
fn length(snapshot: &Snapshot, route: &Route, to: IpAddr) -> Option<Option<u32>> {
    if route.destination_prefix_list_id.is_empty() {
        let four = matched(&route.destination_cidr_block, to);
        return four
            .or_else(|| matched(&route.destination_ipv6_cidr_block, to))
            .map(Some);
    }
    let Some(blocks) = entries(snapshot, &route.destination_prefix_list_id) else {
        return Some(None);
    };
    let longest = blocks.iter().filter_map(|block| matched(block, to)).max();
    longest.map(Some)
}

fn target(route: &Route) -> &str {
    [
        &route.gateway_id,
        &route.vpc_peering_connection_id,
        &route.nat_gateway_id,
        &route.transit_gateway_id,
        &route.egress_only_internet_gateway_id,
        &route.network_interface_id,
        &route.instance_id,
    ]
    .into_iter()
    .find(|id| !id.is_empty())
    .map_or("", String::as_str)
}
