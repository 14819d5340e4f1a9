//! Follows one packet and its answer through the configuration, object by object.
//!
//! This is the second opinion on every finding: it is written from the semantics of packets alone
//! and shares nothing with the evaluation of sets but the types of the snapshot.

mod rules;

use core::net::IpAddr;

use self::rules::{Decision, acl, groups, holds, route};
use crate::snapshot::{Id, NetworkInterface, RouteTable, Snapshot};

/// Where a packet comes into a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'e> {
    InternetGateway(&'e str),
    Peering(&'e str),
    VpnGateway(&'e str),
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

/// Goes on if something lets the packet pass, and ends the walk otherwise.
macro_rules! pass {
    ($decision:expr, $at:expr, $code:expr) => {
        match $decision {
            Decision::Pass => {}
            Decision::Stop => {
                return Outcome::Stopped {
                    at: $at.to_owned(),
                    code: $code,
                }
            }
            Decision::Missing(about) => return Outcome::Unknown { about },
        }
    };
}

fn stopped(at: &str, code: &'static str) -> Outcome {
    Outcome::Stopped {
        at: at.to_owned(),
        code,
    }
}

fn missing(about: &str) -> Outcome {
    Outcome::Unknown {
        about: about.to_owned(),
    }
}

/// Follows a packet that comes in by `entry`, and the answer to it.
pub fn follow(snapshot: &Snapshot, entry: Entry<'_>, vpc: &str, packet: Packet) -> Outcome {
    let mut inner = packet;
    let gateway = match entry {
        Entry::InternetGateway(id) => {
            let Some(gateway) = snapshot.internet_gateways.get(id) else {
                return missing(id);
            };
            let here = gateway.attachments.iter().find(|a| a.vpc_id == vpc);
            if !here.is_some_and(|a| matches!(a.state.as_str(), "available" | "attached")) {
                return stopped(id, "NO_ROUTE_TO_DESTINATION");
            }
            if !is_public(packet.source) || is_own(snapshot, vpc, packet.source) {
                return stopped(id, "GATEWAY_REJECTS_SPOOFED_TRAFFIC");
            }
            if packet.destination.is_ipv4() {
                match translated(snapshot, vpc, packet.destination) {
                    Some(private) => inner.destination = private,
                    None => return stopped(id, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"),
                }
            } else if !holds("2000::/3", packet.destination) {
                return stopped(id, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
            }
            id
        }
        Entry::Peering(id) => {
            let Some(peering) = snapshot.peerings.get(id) else {
                return missing(id);
            };
            let sides = [&peering.accepter_vpc_info, &peering.requester_vpc_info];
            let Some(far) = sides.into_iter().find(|side| side.vpc_id != vpc) else {
                return stopped(id, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
            };
            if peering.status.code != "active" {
                return stopped(id, "BAD_STATE");
            }
            if !is_own(snapshot, &far.vpc_id, packet.source) {
                return stopped(id, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
            }
            id
        }
        Entry::VpnGateway(id) => {
            let Some(gateway) = snapshot.vpn_gateways.get(id) else {
                return missing(id);
            };
            let here = gateway.vpc_attachments.iter().find(|a| a.vpc_id == vpc);
            if gateway.state != "available" || here.is_none_or(|a| a.state != "attached") {
                return stopped(id, "BAD_STATE");
            }
            if is_own(snapshot, vpc, packet.source) || packet.source.is_ipv6() {
                return stopped(id, "GATEWAY_REJECTS_SPOOFED_TRAFFIC");
            }
            id
        }
    };
    arrive(snapshot, gateway, vpc, inner)
}

/// Lets a packet in at the interface that has its destination, and follows the answer to `gateway`.
fn arrive(snapshot: &Snapshot, gateway: &str, vpc: &str, packet: Packet) -> Outcome {
    let interface = snapshot
        .interfaces
        .values()
        .find(|i| i.vpc_id == vpc && has_address(i, packet.destination));
    let Some(interface) = interface else {
        return stopped(vpc, "UNKNOWN_DESTINATION");
    };
    let subnet = &interface.subnet_id;
    pass!(
        acl(
            snapshot,
            subnet,
            false,
            packet.protocol,
            packet.source,
            packet.destination_port
        ),
        subnet,
        "SUBNET_ACL_RESTRICTION"
    );
    let sender = sender(snapshot, gateway, vpc, packet.source);
    pass!(
        groups(snapshot, interface, packet, sender),
        interface.network_interface_id,
        "ENI_SG_RULES_MISMATCH"
    );
    pass!(
        acl(
            snapshot,
            subnet,
            true,
            packet.protocol,
            packet.source,
            packet.source_port
        ),
        subnet,
        "SUBNET_ACL_RESTRICTION"
    );
    let Some(table) = table_of(snapshot, subnet, vpc) else {
        return missing(subnet);
    };
    pass!(
        route(snapshot, table, packet.source, gateway),
        table.route_table_id,
        "NO_ROUTE_TO_DESTINATION"
    );
    Outcome::Answered {
        interface: interface.network_interface_id.clone(),
    }
}

/// The interface beyond a peering of one region that sent the packet and is known as its sender.
fn sender<'s>(
    snapshot: &'s Snapshot,
    gateway: &str,
    vpc: &str,
    source: IpAddr,
) -> Option<&'s NetworkInterface> {
    let peering = snapshot.peerings.get(gateway)?;
    let sides = [&peering.accepter_vpc_info, &peering.requester_vpc_info];
    if peering.accepter_vpc_info.region != peering.requester_vpc_info.region {
        return None;
    }
    let far = sides.into_iter().find(|side| side.vpc_id != vpc)?;
    let mut interfaces = snapshot.interfaces.values();
    interfaces.find(|i| i.vpc_id == far.vpc_id && has_address(i, source))
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
            let elastic = snapshot.elastic_ips.iter().find(|e| {
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
    let only = vpc.cidr_block_association_set.is_empty() && holds(&vpc.cidr_block, address);
    only || four.chain(six).any(|block| holds(block, address))
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

fn table_of<'s>(snapshot: &'s Snapshot, subnet: &str, vpc: &str) -> Option<&'s RouteTable> {
    let mut tables = snapshot.route_tables.values();
    let own = tables.find(|t| t.associations.iter().any(|a| a.subnet_id == subnet));
    own.or_else(|| {
        let mut tables = snapshot.route_tables.values();
        tables.find(|t| t.vpc_id == vpc && t.associations.iter().any(|a| a.main))
    })
}
