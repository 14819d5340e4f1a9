//! Follows one packet and its answer through the configuration, object by object.
//!
//! This is the second opinion on every finding: it is written from the semantics of packets alone
//! and shares with the evaluation of sets only the snapshot: its reading, its types, and what these
//! say of themselves, such as which zones and blocks are the same.

mod balancers;
mod firewall;
mod gates;
mod middlebox;
mod rules;
mod services;
mod transit;

use core::net::IpAddr;

pub use self::balancers::{Delivery, deliveries};
use self::rules::{Decision, Hop, Sender, acl, groups, hop, route, table_of};
use crate::snapshot::{Id, NetworkInterface, Snapshot};

/// Where a packet comes into a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'e> {
    InternetGateway(&'e str),
    Peering(&'e str),
    VpnGateway(&'e str),
    TransitGateway(&'e str),
    /// From an accelerator to an endpoint: its private address and the port after overrides.
    Accelerator(&'e str),
    /// From `CloudFront` to the private address of a VPC origin.
    VpcOrigin(&'e str),
    /// From a consumer of an endpoint service to the private address of its load balancer.
    EndpointService(&'e str),
}

/// A packet; ports of protocols without ports do not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    pub source: IpAddr,
    pub source_port: u16,
    pub destination: IpAddr,
    pub destination_port: u16,
    pub protocol: u8,
}

/// What became of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived at the interface, and an answer goes back the way it came.
    Answered { interface: Id },
    /// It was stopped; the code is that of Reachability Analyzer where it has one.
    Stopped { at: Id, code: &'static str },
    /// The configuration that decides is missing.
    Unknown { about: Id },
}

fn stopped(at: &str, code: &'static str) -> Outcome {
    Outcome::Stopped {
        at: at.to_owned(),
        code,
    }
}

/// What has been found out on the way: nothing stopped the packet, but something may have.
struct Trail<'s> {
    snapshot: &'s Snapshot,
    missing: Option<Id>,
}

/// The packet goes on, or that is what became of it.
type Walk<T = ()> = Result<T, Outcome>;

impl Trail<'_> {
    fn take(&mut self, decision: Decision, at: &str, code: &'static str) -> Walk {
        match decision {
            Decision::Pass => Ok(()),
            Decision::Stop => Err(stopped(at, code)),
            Decision::Missing(about) => {
                self.missing.get_or_insert(about);
                Ok(())
            }
        }
    }

    fn arrived(self, interface: &NetworkInterface) -> Outcome {
        match self.missing {
            Some(about) => Outcome::Unknown { about },
            None => Outcome::Answered {
                interface: interface.network_interface_id.clone(),
            },
        }
    }
}

/// Follows a packet that comes in by `entry`, and the answer to it.
pub fn follow(snapshot: &Snapshot, entry: Entry<'_>, vpc: &str, packet: Packet) -> Outcome {
    let mut trail = Trail {
        snapshot,
        missing: None,
    };
    let result = match entry {
        Entry::InternetGateway(id) => internet(&mut trail, id, vpc, packet),
        Entry::Peering(id) => peering(&mut trail, id, vpc, packet),
        Entry::VpnGateway(id) => private(&mut trail, id, vpc, packet),
        Entry::TransitGateway(id) => transit::walk(&mut trail, id, vpc, packet),
        Entry::Accelerator(id) => services::accelerator(&mut trail, id, vpc, packet),
        Entry::VpcOrigin(id) => services::vpc_origin(&mut trail, id, vpc, packet),
        Entry::EndpointService(id) => services::endpoint_service(&mut trail, id, vpc, packet),
    };
    match result {
        Ok(interface) => trail.arrived(interface),
        Err(outcome) => outcome,
    }
}

fn internet<'s>(
    trail: &mut Trail<'s>,
    id: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    match snapshot.internet_gateways.get(id) {
        Some(gateway) => {
            let mut here = gateway.attachments.iter();
            let is_live = |state: &str| matches!(state, "available" | "attached" | "");
            let here = here.any(|a| a.vpc_id == vpc && is_live(&a.state));
            trail.take(Decision::when(here), id, "NO_ROUTE_TO_DESTINATION")?;
        }
        None => trail.take(Decision::Missing(id.to_owned()), id, "")?,
    }
    if !is_public(packet.source) || is_own(snapshot, vpc, packet.source) {
        return Err(stopped(id, "GATEWAY_REJECTS_SPOOFED_TRAFFIC"));
    }
    let mut inner = packet;
    if packet.destination.is_ipv4() {
        match translated(snapshot, vpc, packet.destination) {
            Some(private) => inner.destination = private,
            None => return Err(stopped(id, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")),
        }
    } else if !rules::holds("2000::/3", packet.destination) {
        return Err(stopped(id, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"));
    }
    let target = target(snapshot, vpc, inner.destination)?;
    let blocked = gates::public_access(snapshot, target);
    trail.take(blocked, vpc, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")?;
    from_gateway(trail, id, target, inner)?;
    Ok(target)
}

fn peering<'s>(
    trail: &mut Trail<'s>,
    id: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    let target = target(snapshot, vpc, packet.destination)?;
    let mut sender = Sender::Nobody;
    let mut beyond = Vec::new();
    if let Some(peering) = snapshot.peerings.get(id) {
        let sides = [&peering.accepter_vpc_info, &peering.requester_vpc_info];
        let Some(far) = sides.into_iter().find(|side| side.vpc_id != vpc) else {
            return Err(stopped(id, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"));
        };
        if !matches!(peering.status.code.as_str(), "active" | "") {
            return Err(stopped(id, "BAD_STATE"));
        }
        let domain = gates::peer_has(snapshot, far, packet.source);
        trail.take(domain, id, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")?;
        if peering.accepter_vpc_info.region == peering.requester_vpc_info.region {
            beyond.push(far.vpc_id.clone());
        }
        sender = Sender::In(&beyond);
    } else {
        trail.take(Decision::Missing(id.to_owned()), id, "")?;
    }
    direct(trail, id, target, packet, sender)?;
    Ok(target)
}

fn private<'s>(
    trail: &mut Trail<'s>,
    id: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    if is_own(snapshot, vpc, packet.source) || packet.source.is_ipv6() {
        return Err(stopped(id, "GATEWAY_REJECTS_SPOOFED_TRAFFIC"));
    }
    if !snapshot.vpcs.contains_key(vpc) {
        trail.take(Decision::Missing(vpc.to_owned()), vpc, "")?;
    }
    let target = target(snapshot, vpc, packet.destination)?;
    let open = gates::vpn(snapshot, id, vpc, packet);
    trail.take(open, id, "BAD_STATE")?;
    from_gateway(trail, id, target, packet)?;
    Ok(target)
}

/// The interface that has an address in a VPC.
fn target<'s>(snapshot: &'s Snapshot, vpc: &str, address: IpAddr) -> Walk<&'s NetworkInterface> {
    let mut all = snapshot.interfaces.values();
    all.find(|i| i.vpc_id == vpc && has_address(i, address))
        .ok_or_else(|| stopped(vpc, "UNKNOWN_DESTINATION"))
}

/// Goes from a gateway to an interface as the gateway's own table says.
fn from_gateway(
    trail: &mut Trail<'_>,
    gateway: &str,
    target: &NetworkInterface,
    packet: Packet,
) -> Walk {
    let snapshot = trail.snapshot;
    let mut tables = snapshot.route_tables.values();
    let own = tables.find(|t| t.associations.iter().any(|a| a.gateway_id == gateway));
    let Some(table) = own else {
        return direct(trail, gateway, target, packet, Sender::Nobody);
    };
    let lists = table.routes.iter().any(|r| {
        let list = &r.destination_prefix_list_id;
        !list.is_empty() && rules::entries(snapshot, list).is_none()
    });
    if lists {
        return trail.take(Decision::Missing(table.route_table_id.clone()), gateway, "");
    }
    let is_named = |hop: &Hop| match hop {
        Hop::Nowhere => table
            .routes
            .iter()
            .any(|r| rules::matched(&r.destination_cidr_block, packet.destination).is_some()),
        Hop::To(_) | Hop::Unclear => true,
    };
    match hop(snapshot, table, packet.destination) {
        Hop::To(id) if id == "local" => direct(trail, gateway, target, packet, Sender::Nobody),
        Hop::To(id) => middlebox::through(trail, gateway, &id, target, packet),
        Hop::Unclear => trail.take(Decision::Missing(table.route_table_id.clone()), gateway, ""),
        nowhere if is_named(&nowhere) => Err(stopped(gateway, "BAD_STATE_ROUTE")),
        Hop::Nowhere => direct(trail, gateway, target, packet, Sender::Nobody),
    }
}

/// Lets a packet in at an interface, and follows the answer to `gateway`.
fn direct(
    trail: &mut Trail<'_>,
    gateway: &str,
    target: &NetworkInterface,
    packet: Packet,
    sender: Sender<'_>,
) -> Walk {
    let snapshot = trail.snapshot;
    let (subnet, vpc) = (target.subnet_id.as_str(), target.vpc_id.as_str());
    let place = (subnet, vpc);
    let code = "SUBNET_ACL_RESTRICTION";
    let inward = (packet.source, packet.destination_port);
    trail.take(
        acl(snapshot, place, false, packet.protocol, inward),
        subnet,
        code,
    )?;
    trail.take(
        groups(snapshot, target, false, packet, sender),
        &target.network_interface_id,
        "ENI_SG_RULES_MISMATCH",
    )?;
    let outward = (packet.source, packet.source_port);
    trail.take(
        acl(snapshot, place, true, packet.protocol, outward),
        subnet,
        code,
    )?;
    let back = match table_of(snapshot, subnet, vpc) {
        Some(table) => {
            let straight = route(snapshot, table, packet.source, gateway);
            straight.or(middlebox::aside(snapshot, table, packet.source, gateway))
        }
        None => Decision::Missing(subnet.to_owned()),
    };
    trail.take(back, subnet, "NO_ROUTE_TO_DESTINATION")
}

fn has_address(interface: &NetworkInterface, address: IpAddr) -> bool {
    let text = address.to_string();
    let same = |other: &str| other.parse::<IpAddr>().ok() == Some(address);
    interface.private_ip_address == text
        || interface
            .private_ip_addresses
            .iter()
            .any(|p| p.private_ip_address == text)
        || interface
            .ipv6_addresses
            .iter()
            .any(|a| same(&a.ipv6_address))
}

/// The private address behind a public one.
fn translated(snapshot: &Snapshot, vpc: &str, public: IpAddr) -> Option<IpAddr> {
    let text = public.to_string();
    for interface in snapshot.interfaces.values().filter(|i| i.vpc_id == vpc) {
        for private in &interface.private_ip_addresses {
            let own = private.association.as_ref().map(|a| a.public_ip.as_str());
            let elastic = snapshot.elastic_ips.values().find(|e| {
                e.network_interface_id == interface.network_interface_id
                    && e.private_ip_address == private.private_ip_address
            });
            if own == Some(&text) || elastic.is_some_and(|e| e.public_ip == text) {
                return private.private_ip_address.parse().ok();
            }
        }
        let own = interface.association.as_ref();
        if interface.private_ip_addresses.is_empty() && own.is_some_and(|a| a.public_ip == text) {
            return interface.private_ip_address.parse().ok();
        }
    }
    None
}

fn is_own(snapshot: &Snapshot, vpc: &str, address: IpAddr) -> bool {
    let Some(vpc) = snapshot.vpcs.get(vpc) else {
        return false;
    };
    let four = vpc.cidr_block_association_set.iter();
    let four = four
        .filter(|c| matches!(c.cidr_block_state.state.as_str(), "" | "associated"))
        .map(|c| c.cidr_block.as_str());
    let six = vpc.ipv6_cidr_block_association_set.iter();
    let six = six
        .filter(|c| matches!(c.ipv6_cidr_block_state.state.as_str(), "" | "associated"))
        .map(|c| c.ipv6_cidr_block.as_str());
    let only = vpc.cidr_block_association_set.is_empty() && rules::holds(&vpc.cidr_block, address);
    only || four.chain(six).any(|block| rules::holds(block, address))
}

/// Whether an address is one that the internet routes.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let is_private = v4.is_private() || v4.is_loopback() || v4.is_link_local();
            let is_shared = a == 100 && (64..128).contains(&b);
            !is_private && !is_shared && a != 0 && a < 224
        }
        IpAddr::V6(v6) => v6.octets().first().is_some_and(|first| first >> 5 == 1),
    }
}
