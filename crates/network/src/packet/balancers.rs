//! What one packet to a load balancer's node becomes at the targets.

use core::net::{IpAddr, Ipv4Addr};

use super::rules::{Decision, Sender, acl, groups, route, table_of};
use super::{Entry, Outcome, Packet, follow};
use crate::snapshot::{
    Action, Id, Listener, LoadBalancer, NetworkInterface, Snapshot, TargetGroup,
};

/// A target that a packet to a load balancer may be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub interface: Id,
    /// The target's port.
    pub port: u16,
    pub outcome: Outcome,
}

/// How targets see who connects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Client,
    Node,
    /// An address of Global Accelerator.
    Accelerator,
    /// An address of `CloudFront` in the VPC.
    Origin,
}

/// A packet at a node: the target's end of things is decided from here.
#[derive(Clone, Copy)]
struct Visit<'s> {
    node: &'s NetworkInterface,
    packet: Packet,
    view: View,
    /// What was decided on the way to the node.
    so_far: &'s Decision,
}

/// The targets that a packet to a load balancer is, or may be, passed on to.
pub fn deliveries(
    snapshot: &Snapshot,
    entry: Entry<'_>,
    vpc: &str,
    packet: Packet,
) -> Vec<Delivery> {
    let so_far = match follow(snapshot, entry, vpc, packet) {
        Outcome::Answered { .. } => Decision::Pass,
        Outcome::Unknown { about } => Decision::Missing(about),
        Outcome::Stopped { .. } => return Vec::new(),
    };
    let to = packet.destination.to_string();
    let mut nodes = snapshot.interfaces.values().filter(|i| {
        let listed = i.private_ip_addresses.iter();
        let mut public = listed.filter_map(|p| p.association.as_ref());
        i.vpc_id == vpc
            && i.description.starts_with("ELB ")
            && (public.any(|a| a.public_ip == to) || super::has_address(i, packet.destination))
    });
    let Some(node) = nodes.next() else {
        return Vec::new();
    };
    let view = match entry {
        Entry::EndpointService(_) => View::Node,
        Entry::VpcOrigin(_) => View::Origin,
        Entry::Accelerator(id) if !super::services::keeps(snapshot, id, vpc, packet) => {
            View::Accelerator
        }
        _ => View::Client,
    };
    let visit = Visit {
        node,
        packet,
        view,
        so_far: &so_far,
    };
    let name = node.description.trim_start_matches("ELB ");
    let mut found = Vec::new();
    let mut is_known = false;
    for balancer in snapshot.load_balancers.values() {
        if balancer
            .load_balancer_arn
            .ends_with(&format!(":loadbalancer/{name}"))
        {
            is_known = true;
            modern(snapshot, balancer, visit, &mut found);
        }
    }
    if snapshot.classic_load_balancers.contains_key(name) {
        is_known = true;
        classic(snapshot, name, visit, &mut found);
    }
    if !is_known {
        anybody(snapshot, node, &mut found);
    }
    found
}

/// Nobody knows which targets there are: any instance of the VPC may be one.
fn anybody(snapshot: &Snapshot, node: &NetworkInterface, found: &mut Vec<Delivery>) {
    for interface in snapshot.interfaces.values() {
        if interface.vpc_id == node.vpc_id && interface.instance().is_some() {
            found.push(Delivery {
                interface: interface.network_interface_id.clone(),
                port: 0,
                outcome: Outcome::Unknown {
                    about: node.description.clone(),
                },
            });
        }
    }
}

fn carries(listener: &str, protocol: u8) -> bool {
    match listener {
        "UDP" | "QUIC" => protocol == 17,
        "TCP_UDP" | "TCP_QUIC" => protocol == 6 || protocol == 17,
        _ => protocol == 6,
    }
}

fn modern(
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    visit: Visit<'_>,
    found: &mut Vec<Delivery>,
) {
    if !matches!(
        balancer.state.code.as_str(),
        "" | "active" | "active_impaired"
    ) {
        return;
    }
    if !names_listeners(snapshot, &balancer.load_balancer_arn) {
        anybody(snapshot, visit.node, found);
    }
    for listener in snapshot.listeners.values() {
        if listener.load_balancer_arn != balancer.load_balancer_arn
            || listener.port != visit.packet.destination_port
            || !carries(&listener.protocol, visit.packet.protocol)
        {
            continue;
        }
        let certain = forwarded(snapshot, listener, visit.packet.source);
        for group in unlisted(snapshot, balancer, listener, &certain) {
            let doubt = Decision::Missing(listener.listener_arn.clone());
            let so_far = &visit.so_far.clone().and(doubt);
            let doubtful = Visit { so_far, ..visit };
            if snapshot.targets.contains_key(&group.target_group_arn) {
                to_group(snapshot, balancer, group, doubtful, found);
            } else if group.target_type != "lambda" {
                anybody(snapshot, visit.node, found);
            }
        }
        for arn in certain {
            match snapshot.target_groups.get(&arn) {
                Some(group) if snapshot.targets.contains_key(&arn) => {
                    to_group(snapshot, balancer, group, visit, found);
                }
                Some(group) if group.target_type == "lambda" => {}
                _ => anybody(snapshot, visit.node, found),
            }
        }
    }
}

/// Whether the listeners of a load balancer, or of others of its account and region, are described.
fn names_listeners(snapshot: &Snapshot, arn: &str) -> bool {
    let home = |arn: &str| arn.split(':').take(5).collect::<Vec<_>>().join(":");
    let mut all = snapshot.listeners.values();
    let is_listed = snapshot.described.contains("Listeners");
    is_listed
        && (snapshot.listeners.is_empty() || all.any(|l| home(&l.load_balancer_arn) == home(arn)))
        || snapshot
            .listeners
            .values()
            .any(|l| l.load_balancer_arn == arn)
}

/// Groups of an application load balancer to which rules that nobody describes may lead.
fn unlisted<'s>(
    snapshot: &'s Snapshot,
    balancer: &LoadBalancer,
    listener: &Listener,
    certain: &[Id],
) -> Vec<&'s TargetGroup> {
    if balancer.kind == "network" || snapshot.listener_rules.contains_key(&listener.listener_arn) {
        return Vec::new();
    }
    let own = &balancer.load_balancer_arn;
    let groups = snapshot.target_groups.values();
    groups
        .filter(|g| g.load_balancer_arns.contains(own) && !certain.contains(&g.target_group_arn))
        .collect()
}

/// The groups to which a listener passes a client's request.
fn forwarded(snapshot: &Snapshot, listener: &Listener, client: IpAddr) -> Vec<Id> {
    let mut arns = chosen(&listener.default_actions);
    for rule in snapshot
        .listener_rules
        .get(&listener.listener_arn)
        .into_iter()
        .flatten()
    {
        let fits = rule
            .conditions
            .iter()
            .filter(|c| c.field == "source-ip")
            .all(|c| {
                let values = c.source_ip_config.values.iter().chain(&c.values);
                values.into_iter().any(|v| super::rules::holds(v, client))
            });
        if fits && !rule.is_default {
            arns.extend(chosen(&rule.actions));
        }
    }
    arns.sort();
    arns.dedup();
    arns
}

fn chosen(actions: &[Action]) -> Vec<Id> {
    let mut arns = Vec::new();
    for action in actions {
        if action.kind.starts_with("authenticate-") {
            return Vec::new();
        }
        if action.kind != "forward" {
            continue;
        }
        let several = &action.forward_config.target_groups;
        if several.is_empty() {
            arns.push(action.target_group_arn.clone());
        }
        for one in several.iter().filter(|one| one.weight.unwrap_or(1) > 0) {
            arns.push(one.target_group_arn.clone());
        }
    }
    arns
}

fn setting<'s>(snapshot: &'s Snapshot, owner: &str, key: &str) -> Option<&'s str> {
    let value = snapshot.attributes.get(owner)?.get(key)?;
    Some(value.as_str())
}

fn crosses(snapshot: &Snapshot, balancer: &LoadBalancer, group: &TargetGroup) -> bool {
    let key = "load_balancing.cross_zone.enabled";
    if balancer.kind != "network" {
        return true;
    }
    match setting(snapshot, &group.target_group_arn, key) {
        Some("true") => true,
        Some("false") => false,
        _ => setting(snapshot, &balancer.load_balancer_arn, key) == Some("true"),
    }
}

fn to_group(
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    group: &TargetGroup,
    visit: Visit<'_>,
    found: &mut Vec<Delivery>,
) {
    let keeps = balancer.kind == "network"
        && match group.protocol.as_str() {
            "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC" => true,
            _ => {
                let key = "preserve_client_ip.enabled";
                match setting(snapshot, &group.target_group_arn, key) {
                    Some(value) => value == "true",
                    None => group.target_type != "ip",
                }
            }
        };
    let targets = snapshot.targets.get(&group.target_group_arn);
    for target in targets.into_iter().flatten() {
        if matches!(target.target_health.state.as_str(), "draining" | "unused") {
            continue;
        }
        let Some(port) = target.target.port.or(group.port) else {
            continue;
        };
        let id = target.target.id.as_str();
        if group.target_type == "alb" {
            second(snapshot, id, port, visit, found);
            continue;
        }
        let Some((server, address)) = server(snapshot, &balancer.vpc_id, id) else {
            continue;
        };
        let zone = |i: &NetworkInterface| snapshot.subnets.get(&i.subnet_id);
        let named = |i: &NetworkInterface| match zone(i) {
            Some(subnet) if !subnet.availability_zone.is_empty() => {
                subnet.availability_zone.clone()
            }
            _ => i.availability_zone.clone(),
        };
        let same_zone = match (zone(visit.node), zone(server)) {
            (Some(a), Some(b)) => Decision::when(a.shares_zone(b)),
            _ if named(visit.node).is_empty() || named(server).is_empty() => {
                Decision::Missing(server.subnet_id.clone())
            }
            _ => Decision::when(named(visit.node) == named(server)),
        };
        let crossing = same_zone.or(Decision::when(crosses(snapshot, balancer, group)));
        if crossing == Decision::Stop {
            continue;
        }
        let is_same_family = visit.packet.source.is_ipv4();
        let decision = if keeps && matches!(visit.view, View::Accelerator | View::Origin) {
            hidden(snapshot, visit, server, address, port)
        } else if keeps && visit.view == View::Client && is_same_family {
            kept(snapshot, visit, server, address, port)
        } else {
            replaced(snapshot, visit, server, address, port)
        };
        deliver(visit, server, port, decision.and(crossing), found);
    }
}

fn deliver(
    visit: Visit<'_>,
    server: &NetworkInterface,
    port: u16,
    decision: Decision,
    found: &mut Vec<Delivery>,
) {
    let interface = server.network_interface_id.clone();
    let outcome = match visit.so_far.clone().and(decision) {
        Decision::Pass => Outcome::Answered {
            interface: interface.clone(),
        },
        Decision::Missing(about) => Outcome::Unknown { about },
        Decision::Stop => return,
    };
    found.push(Delivery {
        interface,
        port,
        outcome,
    });
}

pub(super) fn first_address(interface: &NetworkInterface) -> Option<Ipv4Addr> {
    let listed = interface.private_ip_addresses.iter();
    let mut all: Vec<&String> = listed.map(|p| &p.private_ip_address).collect();
    if !all.contains(&&interface.private_ip_address) {
        all.insert(0, &interface.private_ip_address);
    }
    all.into_iter().find_map(|text| text.parse().ok())
}

fn server<'s>(
    snapshot: &'s Snapshot,
    vpc: &str,
    id: &str,
) -> Option<(&'s NetworkInterface, Ipv4Addr)> {
    if id.starts_with("i-") {
        let own = snapshot
            .interfaces
            .values()
            .filter(|i| i.instance() == Some(id));
        let first = own.min_by_key(|i| i.attachment.as_ref().map_or(0, |a| a.device_index))?;
        return Some((first, first_address(first)?));
    }
    let address: Ipv4Addr = id.parse().ok()?;
    let has = |i: &&NetworkInterface| super::has_address(i, IpAddr::V4(address));
    let mut inside = snapshot.interfaces.values().filter(|i| i.vpc_id == vpc);
    let mut outside = snapshot
        .interfaces
        .values()
        .filter(|i| snapshot.vpcs.contains_key(&i.vpc_id));
    let found = inside.find(has).or_else(|| outside.find(has))?;
    Some((found, address))
}

/// The ports that clients have, one for each range that an ACL's entries could tell apart.
pub(super) fn client_ports(snapshot: &Snapshot) -> Vec<u16> {
    let mut ports = vec![1024];
    for acl in snapshot.acls.values() {
        for range in acl.entries.iter().filter_map(|e| e.port_range.as_ref()) {
            for start in [range.from, range.to + 1] {
                ports.extend(u16::try_from(start).ok().filter(|port| *port >= 1024));
            }
        }
    }
    ports.sort_unstable();
    ports.dedup();
    ports
}

pub(super) fn best(decisions: impl Iterator<Item = Decision>) -> Decision {
    decisions.fold(Decision::Stop, Decision::or)
}

/// The node's subnet lets a packet to a target out and answers in.
fn departs(snapshot: &Snapshot, visit: Visit<'_>, address: Ipv4Addr, port: u16) -> Decision {
    let place = (visit.node.subnet_id.as_str(), visit.node.vpc_id.as_str());
    let protocol = visit.packet.protocol;
    let to = IpAddr::V4(address);
    let out = acl(snapshot, place, true, protocol, (to, port));
    let ports = client_ports(snapshot).into_iter();
    out.and(best(
        ports.map(|c| acl(snapshot, place, false, protocol, (to, c))),
    ))
}

/// A target sees the client's address.
fn kept(
    snapshot: &Snapshot,
    visit: Visit<'_>,
    server: &NetworkInterface,
    address: Ipv4Addr,
    port: u16,
) -> Decision {
    let packet = Packet {
        destination: IpAddr::V4(address),
        destination_port: port,
        ..visit.packet
    };
    let sender = Sender::Interface(visit.node);
    let admitted = groups(snapshot, server, false, packet, sender);
    if server.vpc_id != visit.node.vpc_id {
        return admitted.and(Decision::Missing(server.vpc_id.clone()));
    }
    if server.subnet_id == visit.node.subnet_id {
        return admitted;
    }
    let place = (server.subnet_id.as_str(), server.vpc_id.as_str());
    let (client, protocol) = (packet.source, packet.protocol);
    let inward = acl(snapshot, place, false, protocol, (client, port));
    let ports = client_ports(snapshot).into_iter();
    let outward = best(ports.map(|c| acl(snapshot, place, true, protocol, (client, c))));
    admitted
        .and(inward)
        .and(outward)
        .and(departs(snapshot, visit, address, port))
}

/// A target sees an address of a service, which nobody knows.
fn hidden(
    snapshot: &Snapshot,
    visit: Visit<'_>,
    server: &NetworkInterface,
    address: Ipv4Addr,
    port: u16,
) -> Decision {
    let vpc = &visit.node.vpc_id;
    let sources = match visit.view {
        View::Origin => super::services::inside(snapshot, vpc),
        _ => super::services::outside(snapshot, vpc),
    };
    super::services::whoever(sources, &server.network_interface_id, |source| {
        let packet = Packet {
            source,
            ..visit.packet
        };
        kept(snapshot, Visit { packet, ..visit }, server, address, port)
    })
}

/// A target sees the node's address.
fn replaced(
    snapshot: &Snapshot,
    visit: Visit<'_>,
    server: &NetworkInterface,
    address: Ipv4Addr,
    port: u16,
) -> Decision {
    let node = visit.node;
    let Some(own) = first_address(node) else {
        return Decision::Stop;
    };
    let (own, to) = (IpAddr::V4(own), IpAddr::V4(address));
    let packet = Packet {
        source: own,
        destination: to,
        destination_port: port,
        ..visit.packet
    };
    let here = [node.vpc_id.clone()];
    let out = groups(snapshot, node, true, packet, Sender::In(&here));
    // What the target's group refers to is the target for egress rules, the node for ingress rules.
    let out = out.or(groups_to(snapshot, node, packet));
    let admitted = groups(snapshot, server, false, packet, Sender::Interface(node));
    let both = out.and(admitted);
    if server.subnet_id == node.subnet_id {
        return both;
    }
    if server.vpc_id != node.vpc_id {
        return both.and(Decision::Missing(server.vpc_id.clone()));
    }
    let far = (server.subnet_id.as_str(), server.vpc_id.as_str());
    let near = (node.subnet_id.as_str(), node.vpc_id.as_str());
    let protocol = packet.protocol;
    let inward = acl(snapshot, far, false, protocol, (own, port));
    let ports = client_ports(snapshot).into_iter();
    let back = best(ports.map(|c| {
        let outward = acl(snapshot, far, true, protocol, (own, c));
        outward.and(acl(snapshot, near, false, protocol, (to, c)))
    }));
    let local = |(subnet, vpc): (&str, &str), to: IpAddr| match table_of(snapshot, subnet, vpc) {
        Some(table) => route(snapshot, table, to, "local"),
        None => Decision::Missing(subnet.to_owned()),
    };
    both.and(inward)
        .and(back)
        .and(local(near, to))
        .and(local(far, own))
        .and(departs(snapshot, visit, address, port))
}

/// Whether a node's egress rules name a group that the target's address has.
fn groups_to(snapshot: &Snapshot, node: &NetworkInterface, packet: Packet) -> Decision {
    let here = [node.vpc_id.clone()];
    let turned = Packet {
        source: packet.destination,
        ..packet
    };
    groups(snapshot, node, true, turned, Sender::In(&here))
}

/// An application load balancer behind a network load balancer.
fn second(snapshot: &Snapshot, id: &str, port: u16, visit: Visit<'_>, found: &mut Vec<Delivery>) {
    let Some(inner) = snapshot.load_balancers.get(id) else {
        anybody(snapshot, visit.node, found);
        return;
    };
    let name = inner.load_balancer_arn.split(":loadbalancer/").nth(1);
    let description = format!("ELB {}", name.unwrap_or_default());
    let mut nodes = snapshot.interfaces.values();
    if !nodes.any(|node| node.description == description) {
        anybody(snapshot, visit.node, found);
    }
    for node in snapshot.interfaces.values() {
        if node.description != description || inner.kind == "network" {
            continue;
        }
        let Some(address) = first_address(node) else {
            continue;
        };
        let step = if visit.packet.source.is_ipv4() {
            kept(snapshot, visit, node, address, port)
        } else {
            replaced(snapshot, visit, node, address, port)
        };
        let so_far = visit.so_far.clone().and(step);
        if so_far == Decision::Stop {
            continue;
        }
        let next = Visit {
            node,
            packet: Packet {
                destination: IpAddr::V4(address),
                destination_port: port,
                ..visit.packet
            },
            view: View::Client,
            so_far: &so_far,
        };
        modern(snapshot, inner, next, found);
    }
}

fn classic(snapshot: &Snapshot, name: &str, visit: Visit<'_>, found: &mut Vec<Delivery>) {
    let Some(balancer) = snapshot.classic_load_balancers.get(name) else {
        return;
    };
    for description in &balancer.listener_descriptions {
        let listener = &description.listener;
        if visit.packet.protocol != 6
            || listener.load_balancer_port != visit.packet.destination_port
        {
            continue;
        }
        for instance in &balancer.instances {
            let Some((target, address)) = server(snapshot, "", &instance.instance_id) else {
                continue;
            };
            let port = listener.instance_port;
            let decision = replaced(snapshot, visit, target, address, port)
                .and(departs(snapshot, visit, address, port));
            deliver(visit, target, port, decision, found);
        }
    }
}
