//! What a gateway lets one packet do.

use core::net::IpAddr;

use super::rules::{Decision, holds, matched};
use super::{Packet, is_own};
use crate::snapshot::{NetworkInterface, PeerVpc, Snapshot};

/// Whether Block Public Access lets packets from the internet to an interface.
pub(super) fn public_access(snapshot: &Snapshot, target: &NetworkInterface) -> Decision {
    let subnet = snapshot.subnets.get(&target.subnet_id);
    let zone = subnet.map_or("", |s| s.availability_zone.as_str());
    let zone = if zone.is_empty() {
        target.availability_zone.as_str()
    } else {
        zone
    };
    let vpc = snapshot.vpcs.get(&target.vpc_id);
    let owner = subnet
        .map(|s| s.owner_id.as_str())
        .filter(|o| !o.is_empty())
        .or_else(|| vpc.map(|v| v.owner_id.as_str()).filter(|o| !o.is_empty()));
    let (mut blocking, mut free, mut excludable) = (false, false, true);
    for (key, options) in &snapshot.block_public_access {
        let Some((account, region)) = key.split_once('/') else {
            continue;
        };
        let letters: String = zone.chars().skip(region.chars().count()).collect();
        let own_region = zone.is_empty()
            || region == "*"
            || zone.starts_with(region)
                && !letters.is_empty()
                && !letters.starts_with(char::is_numeric);
        let own_account = account == "*" || owner.is_none_or(|o| o == account);
        if own_region && own_account {
            if options.internet_gateway_block_mode.starts_with("block") {
                blocking = true;
                excludable &= options.exclusions_allowed != "not-allowed";
            } else {
                free = true;
            }
        }
    }
    let excluded = snapshot.block_public_access_exclusions.values().any(|e| {
        let arn = e.resource_arn.as_str();
        let here = arn.ends_with(&format!("/{}", target.subnet_id))
            || arn.ends_with(&format!("/{}", target.vpc_id));
        here && e.internet_gateway_exclusion_mode == "allow-bidirectional"
            && matches!(
                e.state.as_str(),
                "" | "create-complete"
                    | "create-in-progress"
                    | "update-complete"
                    | "update-in-progress"
                    | "update-failed"
            )
    });
    if !blocking || excludable && excluded {
        Decision::Pass
    } else if free {
        Decision::Missing(target.subnet_id.clone())
    } else {
        Decision::Stop
    }
}

/// Whether an address is at home in a peer.
pub(super) fn peer_has(snapshot: &Snapshot, far: &PeerVpc, address: IpAddr) -> Decision {
    if snapshot.vpcs.contains_key(&far.vpc_id) {
        return Decision::when(is_own(snapshot, &far.vpc_id, address));
    }
    let four = far.cidr_block_set.iter().map(|c| c.cidr_block.as_str());
    let six = far
        .ipv6_cidr_block_set
        .iter()
        .map(|c| c.ipv6_cidr_block.as_str());
    let blocks: Vec<&str> = four
        .chain(six)
        .chain([far.cidr_block.as_str()])
        .filter(|block| !block.is_empty())
        .collect();
    if blocks.is_empty() {
        return Decision::Missing(far.vpc_id.clone());
    }
    Decision::when(blocks.iter().any(|block| holds(block, address)))
}

/// Whether a packet comes in by a virtual private gateway: by a VPN connection or Direct Connect, or
/// by what may be connected to it later.
pub(super) fn vpn(snapshot: &Snapshot, id: &str, vpc: &str, packet: Packet) -> Decision {
    let Some(gateway) = snapshot.vpn_gateways.get(id) else {
        return Decision::Missing(id.to_owned());
    };
    let live = |state: &str| matches!(state, "available" | "attached" | "");
    let mut here = gateway.vpc_attachments.iter();
    if !live(&gateway.state) || !here.any(|a| a.vpc_id == vpc && live(&a.state)) {
        return Decision::Stop;
    }
    let mut is_connected = false;
    for connection in snapshot.vpn_connections.values() {
        let is_down = !connection.vgw_telemetry.is_empty()
            && connection.vgw_telemetry.iter().all(|t| t.status == "DOWN");
        if connection.vpn_gateway_id != id || is_down || !live(&connection.state) {
            continue;
        }
        is_connected = true;
        let mut routes = connection.routes.iter();
        if !connection.options.static_routes_only
            || routes.any(|r| live(&r.state) && holds(&r.destination_cidr_block, packet.source))
        {
            return Decision::Pass;
        }
    }
    for interface in snapshot.virtual_interfaces.values() {
        if interface.virtual_gateway_id == id && interface.virtual_interface_state == "available" {
            is_connected = true;
            if interface.virtual_interface_type != "public" {
                return Decision::Pass;
            }
        }
    }
    for association in snapshot.direct_connect_associations.values() {
        let is_ours =
            association.associated_gateway.id == id || association.virtual_gateway_id == id;
        if !is_ours || !matches!(association.association_state.as_str(), "associated" | "") {
            continue;
        }
        is_connected = true;
        let allowed = &association.allowed_prefixes_to_direct_connect_gateway;
        let wide_enough = |cidr: &str| match home(snapshot, vpc, packet.destination) {
            // The VPC's whole block is announced, if the allowed prefix is as wide or wider.
            Some((network, length)) => matched(cidr, network).is_some_and(|l| l <= length),
            None => holds(cidr, packet.destination),
        };
        if allowed.is_empty() || allowed.iter().any(|p| wide_enough(&p.cidr)) {
            return Decision::Pass;
        }
    }
    Decision::when(!is_connected)
}

/// The VPC's block that has an address: its network and length.
fn home(snapshot: &Snapshot, vpc: &str, address: IpAddr) -> Option<(IpAddr, u32)> {
    let vpc = snapshot.vpcs.get(vpc)?;
    let mut blocks: Vec<&str> = vpc
        .cidr_block_association_set
        .iter()
        .filter(|c| matches!(c.cidr_block_state.state.as_str(), "" | "associated"))
        .map(|c| c.cidr_block.as_str())
        .collect();
    if vpc.cidr_block_association_set.is_empty() {
        blocks.push(&vpc.cidr_block);
    }
    blocks.into_iter().find_map(|block| {
        let length = matched(block, address)?;
        let network = block.split('/').next()?.parse().ok()?;
        Some((network, length))
    })
}
