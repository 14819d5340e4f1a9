//! One packet from a service of AWS: Global Accelerator, `CloudFront`, endpoint services.

use core::net::{IpAddr, Ipv4Addr};

use super::rules::{Decision, Sender, acl, groups};
use super::{Packet, Trail, Walk, balancers, gates, is_own, is_public, stopped, target};
use crate::snapshot::{
    AcceleratorEndpointGroup, Association, Id, LoadBalancer, NetworkInterface, Snapshot,
};

/// The load balancer that a node belongs to.
fn balancer_of<'s>(snapshot: &'s Snapshot, node: &NetworkInterface) -> Option<&'s LoadBalancer> {
    let name = node.description.strip_prefix("ELB ")?;
    let mut all = snapshot.load_balancers.values();
    all.find(|b| {
        b.load_balancer_arn
            .ends_with(&format!(":loadbalancer/{name}"))
    })
}

/// Whether a node is one of a load balancer of which nothing else is described.
fn is_node_of_unknown(snapshot: &Snapshot, node: &NetworkInterface, arn: &str) -> bool {
    let name = node.description.strip_prefix("ELB ");
    let ends = name.is_some_and(|name| arn.ends_with(&format!(":loadbalancer/{name}")));
    ends && !snapshot.load_balancers.contains_key(arn)
}

/// What says which public address stands for one of an interface, if one does.
fn public_of<'s>(server: &'s NetworkInterface, address: &str) -> Option<&'s Association> {
    let mut listed = server.private_ip_addresses.iter();
    let first = server.association.as_ref();
    let own = match listed.find(|p| p.private_ip_address == address) {
        Some(own) => own.association.as_ref(),
        None => first.filter(|_| server.private_ip_address == address),
    };
    own.filter(|a| !a.public_ip.is_empty())
}

/// Whether an elastic address belongs to this address of an interface, as far as it is said.
fn has_elastic(
    snapshot: &Snapshot,
    server: &NetworkInterface,
    address: IpAddr,
    allocation: &str,
) -> Decision {
    let text = address.to_string();
    for elastic in snapshot.elastic_ips.values() {
        if elastic.allocation_id == allocation {
            let is_here = elastic.network_interface_id == server.network_interface_id
                && elastic.private_ip_address == text;
            return Decision::when(is_here);
        }
    }
    let Some(given) = public_of(server, &text) else {
        return Decision::Stop;
    };
    let is_allocated = |e: &crate::snapshot::ElasticIp| {
        e.public_ip == given.public_ip && !e.allocation_id.is_empty()
    };
    match given.allocation_id.as_str() {
        _ if given.ip_owner_id.starts_with("amazon") => Decision::Stop,
        "" if snapshot.elastic_ips.values().any(is_allocated) => Decision::Stop,
        "" => Decision::Missing(allocation.to_owned()),
        other => Decision::when(other == allocation),
    }
}

/// Whether services send to this address of an instance: the first one.
fn is_first(server: &NetworkInterface, address: IpAddr) -> bool {
    balancers::first_address(server).map(IpAddr::V4) == Some(address)
}

/// An internet gateway is attached and public access not blocked.
fn gate(snapshot: &Snapshot, server: &NetworkInterface) -> Decision {
    attached(snapshot, server).and(gates::public_access(snapshot, server))
}

/// An internet gateway is attached.
fn attached(snapshot: &Snapshot, server: &NetworkInterface) -> Decision {
    let live = |state: &str| matches!(state, "available" | "attached" | "");
    let gateways = snapshot.internet_gateways.values();
    let mut attachments = gateways.flat_map(|g| &g.attachments);
    if attachments.any(|a| a.vpc_id == server.vpc_id && live(&a.state)) {
        Decision::Pass
    } else if snapshot.described.contains("InternetGateways") {
        Decision::Stop
    } else {
        Decision::Missing(server.vpc_id.clone())
    }
}

/// From an accelerator to one of its endpoints.
pub(super) fn accelerator<'s>(
    trail: &mut Trail<'s>,
    id: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    let server = target(snapshot, vpc, packet.destination)?;
    let enabled = snapshot.accelerators.get(id).map(|a| a.enabled);
    let is_on = matches!(enabled, Some(None | Some(true)));
    trail.take(Decision::when(is_on), id, "NO_ROUTE_TO_DESTINATION")?;
    let mut best: Option<(Option<Id>, Walk)> = None;
    for (lane, keeps) in lanes(snapshot, id, server, packet) {
        let mut own = Trail {
            snapshot,
            missing: None,
        };
        let result = by_lane(&mut own, (id, vpc), server, packet, (lane, keeps));
        let rank = |(missing, result): &(Option<Id>, Walk)| match result {
            Ok(()) => i32::from(missing.is_some()),
            Err(_) => 2,
        };
        let new = (own.missing, result);
        if best.as_ref().is_none_or(|known| rank(&new) < rank(known)) {
            best = Some(new);
        }
    }
    let Some((missing, result)) = best else {
        return Err(stopped(id, "ELBV2_LISTENER_PORT_RESTRICTION"));
    };
    result?;
    if let Some(about) = missing {
        trail.take(Decision::Missing(about), id, "")?;
    }
    Ok(server)
}

/// From an accelerator to an interface by one of the ways that lead there.
fn by_lane(
    trail: &mut Trail<'_>,
    (id, vpc): (&str, &str),
    server: &NetworkInterface,
    packet: Packet,
    (lane, keeps): (Decision, bool),
) -> Walk {
    let snapshot = trail.snapshot;
    trail.take(lane, id, "ELBV2_LISTENER_PORT_RESTRICTION")?;
    trail.take(
        gate(snapshot, server),
        vpc,
        "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
    )?;
    let place = (server.subnet_id.as_str(), vpc);
    let code = "ENI_SG_RULES_MISMATCH";
    if !keeps {
        let decision = unseen(snapshot, id, server, packet);
        return trail.take(decision, &server.network_interface_id, code);
    }
    if !is_public(packet.source) || is_own(snapshot, vpc, packet.source) {
        return Err(stopped(id, "GATEWAY_REJECTS_SPOOFED_TRAFFIC"));
    }
    let outward = (packet.source, packet.source_port);
    let back = acl(snapshot, place, true, packet.protocol, outward);
    trail.take(back, place.0, "SUBNET_ACL_RESTRICTION")?;
    let admitted = groups(snapshot, server, false, packet, Sender::Nobody);
    trail.take(admitted, &server.network_interface_id, code)
}

/// Whether an interface takes a packet of an accelerator whose address nobody knows.
fn unseen(snapshot: &Snapshot, id: &str, server: &NetworkInterface, packet: Packet) -> Decision {
    let vpc = server.vpc_id.as_str();
    let place = (server.subnet_id.as_str(), vpc);
    whoever(outside(snapshot, vpc), id, |source| {
        let from = Packet { source, ..packet };
        let filter =
            |is_egress, port| acl(snapshot, place, is_egress, packet.protocol, (source, port));
        // The port is the accelerator's own, as the address is.
        let ports = balancers::client_ports(snapshot).into_iter();
        let back = balancers::best(ports.map(|port| filter(true, port)));
        groups(snapshot, server, false, from, Sender::Nobody)
            .and(filter(false, packet.destination_port))
            .and(back)
    })
}

/// Whether a packet passes whose source is one of these and nobody knows which.
pub(super) fn whoever(
    sources: Vec<IpAddr>,
    about: &str,
    passes: impl Fn(IpAddr) -> Decision,
) -> Decision {
    let (mut some, mut every) = (Decision::Stop, Decision::Pass);
    for one in sources.into_iter().map(passes) {
        some = some.or(one.clone());
        every = every.and(one);
    }
    match (every, some) {
        (Decision::Pass, _) => Decision::Pass,
        (_, Decision::Stop) => Decision::Stop,
        _ => Decision::Missing(about.to_owned()),
    }
}

/// The ways in which an accelerator leads to a packet's port of a server, each with whether clients
/// keep their address.
fn lanes(
    snapshot: &Snapshot,
    id: &str,
    server: &NetworkInterface,
    packet: Packet,
) -> Vec<(Decision, bool)> {
    let prefix = format!("{id}/");
    let mut found = Vec::new();
    let mut is_grouped = false;
    for group in snapshot.endpoint_groups.values() {
        if !group.endpoint_group_arn.starts_with(&prefix) {
            continue;
        }
        is_grouped = true;
        if group.traffic_dial_percentage == Some(0.0) {
            continue;
        }
        for endpoint in &group.endpoint_descriptions {
            if endpoint.weight == Some(0) {
                continue;
            }
            let set = endpoint.client_ip_preservation_enabled;
            let ways = ways(snapshot, server, packet, (&endpoint.endpoint_id, set));
            let lane = lane(snapshot, group, packet);
            found.extend(
                ways.into_iter()
                    .map(|(way, keeps)| (lane.clone().and(way), keeps)),
            );
        }
    }
    if !is_grouped && !snapshot.described.contains("EndpointGroups") {
        let missing = || Decision::Missing(id.to_owned());
        if let Some(balancer) = balancer_of(snapshot, server) {
            found.push((missing(), balancer.kind != "network"));
        } else {
            if server.instance().is_some() && is_first(server, packet.destination) {
                found.push((missing(), true));
            }
            if server.instance().is_some() && gives_elastic(server, packet.destination) {
                found.push((missing(), false));
            }
        }
    }
    found.retain(|(way, _)| *way != Decision::Stop);
    found
}

/// Whether an address of an interface has a public one that somebody allocated, whichever it is.
fn gives_elastic(server: &NetworkInterface, address: IpAddr) -> bool {
    let own = public_of(server, &address.to_string());
    own.is_some_and(|a| !a.ip_owner_id.starts_with("amazon"))
}

/// Whether an endpoint is a server, or its load balancer, and whether clients keep their address.
fn ways(
    snapshot: &Snapshot,
    server: &NetworkInterface,
    packet: Packet,
    (endpoint, setting): (&str, Option<bool>),
) -> Vec<(Decision, bool)> {
    if endpoint.starts_with("eipalloc-") {
        // Load balancers are endpoints by their ARN, whatever addresses their nodes have.
        if server.instance().is_none() {
            return Vec::new();
        }
        let own = has_elastic(snapshot, server, packet.destination, endpoint);
        return vec![(own, false)];
    }
    if !endpoint.starts_with("arn:") {
        let is_own = server.instance() == Some(endpoint) && is_first(server, packet.destination);
        return vec![(Decision::when(is_own), true)];
    }
    if is_node_of_unknown(snapshot, server, endpoint) {
        let missing = || Decision::Missing(endpoint.to_owned());
        return vec![(missing(), true), (missing(), false)];
    }
    match balancer_of(snapshot, server).filter(|b| b.load_balancer_arn == endpoint) {
        Some(balancer) if balancer.kind == "network" => {
            let keeps = setting == Some(true) && !balancer.security_groups.is_empty();
            vec![(Decision::Pass, keeps)]
        }
        Some(_) => vec![(Decision::Pass, setting.unwrap_or(true))],
        None => Vec::new(),
    }
}

/// Whether an accelerator's endpoint sees the client's address.
pub(super) fn keeps(snapshot: &Snapshot, id: &str, vpc: &str, packet: Packet) -> bool {
    target(snapshot, vpc, packet.destination).is_ok_and(|server| {
        let lanes = lanes(snapshot, id, server, packet);
        lanes.iter().any(|(_, keeps)| *keeps)
    })
}

/// Whether a listener of the accelerator leads to the packet's port.
fn lane(snapshot: &Snapshot, group: &AcceleratorEndpointGroup, packet: Packet) -> Decision {
    let mut all = snapshot.accelerator_listeners.values();
    let listener = all.find(|l| {
        group
            .endpoint_group_arn
            .starts_with(&format!("{}/", l.listener_arn))
    });
    let Some(listener) = listener else {
        return Decision::Missing(group.endpoint_group_arn.clone());
    };
    let protocol = match listener.protocol.as_str() {
        "TCP" => packet.protocol == 6,
        "UDP" => packet.protocol == 17,
        _ => true,
    };
    let listens = |port: u16| {
        let mut ranges = listener.port_ranges.iter();
        ranges.any(|r| (r.from_port..=r.to_port).contains(&port))
    };
    let port = packet.destination_port;
    let mut changes = group
        .port_overrides
        .iter()
        .filter(|c| listens(c.listener_port));
    let changed = changes.any(|c| c.endpoint_port == port);
    let is_replaced = group.port_overrides.iter().any(|c| c.listener_port == port);
    Decision::when(protocol && (changed || listens(port) && !is_replaced))
}

/// Addresses at and beside the ends of every block that a filter or the VPC names: all others are
/// treated as one of them is.
fn samples(snapshot: &Snapshot, vpc: &str) -> Vec<IpAddr> {
    let groups = snapshot.groups.values();
    let rules = groups.flat_map(|g| &g.ip_permissions);
    let ranges = rules.flat_map(|r| &r.ip_ranges).map(|r| r.cidr_ip.as_str());
    let lists = snapshot.prefix_lists.keys();
    let lists = lists.filter_map(|list| super::rules::entries(snapshot, list));
    let acls = snapshot.acls.values().flat_map(|acl| &acl.entries);
    let own = snapshot.vpcs.get(vpc).into_iter().flat_map(|vpc| {
        let more = vpc.cidr_block_association_set.iter();
        more.map(|c| &c.cidr_block).chain([&vpc.cidr_block])
    });
    let blocks = ranges
        .chain(lists.flatten())
        .chain(acls.map(|e| e.cidr_block.as_str()))
        .chain(own.map(String::as_str));
    let mut numbers = vec![u64::from(u32::from_be_bytes([8, 8, 8, 8]))];
    for (address, length) in blocks.filter_map(|block| block.split_once('/')) {
        let (Ok(address), Ok(length)) = (address.parse::<Ipv4Addr>(), length.parse::<u32>()) else {
            continue;
        };
        let size = 1u64 << (32 - length.min(32));
        let first = u64::from(u32::from(address)) / size * size;
        numbers.extend([first.wrapping_sub(1), first, first + size - 1, first + size]);
    }
    numbers.sort_unstable();
    numbers.dedup();
    let numbers = numbers.into_iter().map(u32::try_from);
    numbers.flatten().map(|n| IpAddr::V4(n.into())).collect()
}

/// Samples of the internet's addresses outside a VPC.
pub(super) fn outside(snapshot: &Snapshot, vpc: &str) -> Vec<IpAddr> {
    let mut samples = samples(snapshot, vpc);
    samples.retain(|ip| is_public(*ip) && !is_own(snapshot, vpc, *ip));
    samples
}

/// Samples of a VPC's addresses; of all, if it is not described.
pub(super) fn inside(snapshot: &Snapshot, vpc: &str) -> Vec<IpAddr> {
    let mut samples = samples(snapshot, vpc);
    samples.retain(|ip| !snapshot.vpcs.contains_key(vpc) || is_own(snapshot, vpc, *ip));
    samples
}

/// From `CloudFront` to a VPC origin.
pub(super) fn vpc_origin<'s>(
    trail: &mut Trail<'s>,
    id: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    let server = target(snapshot, vpc, packet.destination)?;
    let Some(origin) = snapshot.vpc_origins.get(id) else {
        return Err(stopped(id, "NO_ROUTE_TO_DESTINATION"));
    };
    let config = &origin.vpc_origin_endpoint_config;
    let arn = [&config.arn, &origin.origin_endpoint_arn]
        .into_iter()
        .find(|arn| !arn.is_empty())
        .map_or("", String::as_str);
    let is_unknown = is_node_of_unknown(snapshot, server, arn);
    let is_server = if let Some(balancer) = balancer_of(snapshot, server) {
        balancer.load_balancer_arn == arn
    } else if is_unknown {
        trail.take(Decision::Missing(arn.to_owned()), id, "")?;
        true
    } else {
        let instance = server.instance();
        instance.is_some_and(|i| arn.ends_with(&format!("/{i}")))
            && is_first(server, packet.destination)
    };
    let ports = [
        (config.http_port, "https-only"),
        (config.https_port, "http-only"),
    ];
    let open: Vec<u16> = ports
        .iter()
        .filter(|(_, without)| config.origin_protocol_policy != *without)
        .filter_map(|(port, _)| *port)
        .collect();
    let is_port = open.is_empty() || open.contains(&packet.destination_port);
    let is_live = !matches!(origin.status.as_str(), "Deleting" | "Failed");
    let leads = is_server && is_port && is_live && packet.protocol == 6;
    trail.take(Decision::when(leads), id, "TARGET_PORT_RESTRICTION")?;
    if open.is_empty() {
        trail.take(Decision::Missing(id.to_owned()), id, "")?;
    }
    let distributions = snapshot
        .distributions
        .values()
        .filter(|d| d.enabled != Some(false));
    let mut origins = distributions.flat_map(|d| &d.origins.items);
    let used = if origins.any(|o| o.vpc_origin_config.vpc_origin_id == id) {
        Decision::Pass
    } else if snapshot.described.contains("DistributionList") {
        Decision::Stop
    } else {
        Decision::Missing(id.to_owned())
    };
    trail.take(used, id, "NO_ROUTE_TO_DESTINATION")?;
    let open = match (
        attached(snapshot, server),
        gates::public_access(snapshot, server),
    ) {
        // What Block Public Access does to a VPC origin is not documented.
        (Decision::Pass, Decision::Stop) => Decision::Missing(vpc.to_owned()),
        (Decision::Pass, blocked) => blocked,
        (other, _) => other,
    };
    trail.take(open, vpc, "NO_ROUTE_TO_DESTINATION")?;
    let admitted = from_service(snapshot, server, packet);
    trail.take(
        admitted,
        &server.network_interface_id,
        "ENI_SG_RULES_MISMATCH",
    )?;
    Ok(server)
}

/// Whether an interface takes what `CloudFront` sends: from the service's group, from its prefix
/// list, or from wherever in the VPC it is.
fn from_service(snapshot: &Snapshot, server: &NetworkInterface, packet: Packet) -> Decision {
    let is_service = |id: &str| {
        let group = snapshot.groups.get(id);
        let list = snapshot.prefix_lists.get(id);
        group.is_some_and(|g| {
            g.vpc_id == server.vpc_id && g.group_name == "CloudFront-VPCOrigins-Service-SG"
        }) || list
            .is_some_and(|l| l.prefix_list_name == "com.amazonaws.global.cloudfront.origin-facing")
    };
    let mut named = Decision::Stop;
    for group in server
        .groups
        .iter()
        .filter_map(|g| snapshot.groups.get(&g.group_id))
    {
        for permission in &group.ip_permissions {
            let pairs = permission.user_id_group_pairs.iter().map(|p| &p.group_id);
            let lists = permission.prefix_list_ids.iter().map(|l| &l.prefix_list_id);
            if pairs.chain(lists).any(|id| is_service(id)) {
                let everybody = crate::snapshot::Permission {
                    ip_ranges: vec![crate::snapshot::IpRange {
                        cidr_ip: "0.0.0.0/0".to_owned(),
                        ..Default::default()
                    }],
                    ..permission.clone()
                };
                named = named.or(super::rules::permits(snapshot, &everybody, packet));
            }
        }
    }
    let vpc = &server.vpc_id;
    named.or(whoever(inside(snapshot, vpc), vpc, |source| {
        let from = Packet { source, ..packet };
        groups(snapshot, server, false, from, Sender::Nobody)
    }))
}

/// From a consumer of an endpoint service to its load balancer.
pub(super) fn endpoint_service<'s>(
    trail: &mut Trail<'s>,
    id: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    let node = target(snapshot, vpc, packet.destination)?;
    let Some(service) = snapshot.endpoint_services.get(id) else {
        return Err(stopped(id, "VPCE_SERVICE_NOT_INSTALLED_IN_AZ"));
    };
    let Some(balancer) = balancer_of(snapshot, node) else {
        let mut arns = service.network_load_balancer_arns.iter();
        if let Some(arn) = arns.find(|arn| is_node_of_unknown(snapshot, node, arn)) {
            trail.take(Decision::Missing(arn.clone()), id, "")?;
            return Ok(node);
        }
        return Err(stopped(id, "NO_POSSIBLE_DESTINATION"));
    };
    let is_ours = service
        .network_load_balancer_arns
        .contains(&balancer.load_balancer_arn)
        && matches!(service.service_state.as_str(), "" | "Available");
    trail.take(Decision::when(is_ours), id, "NO_POSSIBLE_DESTINATION")?;
    if balancer.enforce_security_group_inbound_rules_on_private_link_traffic != "off" {
        let admitted = groups(snapshot, node, false, packet, Sender::Nobody);
        trail.take(
            admitted,
            &node.network_interface_id,
            "ENI_SG_RULES_MISMATCH",
        )?;
    }
    Ok(node)
}
