//! What a gateway itself lets into its VPC: attachment, Block Public Access, peers, VPN connections.

use crate::address::{set_of, set_of_texts};
use crate::edges::Edge;
use crate::engine::{Engine, Kept};
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::snapshot::{
    BlockPublicAccess, BlockPublicAccessExclusion, NetworkInterface, PeerVpc, PeeringConnection,
    Snapshot, VpnConnection, is_live,
};
use crate::transit;

/// The addresses that packets from an edge to `private` can come from; of the internet, as far as
/// its gateway limits them.
pub(crate) fn sources<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
) -> Known<IntervalSet<A>> {
    let vpc = &interface.vpc_id;
    match edge {
        Edge::Internet(id) => internet_gateway(engine, interface, id),
        Edge::Peering(id) => peering(engine, id, vpc),
        Edge::Private(id) => {
            let own = engine.vpc_addresses::<A>(vpc);
            let outside = own.complement();
            outside.and(&vpn_gateway(engine, id, vpc, private))
        }
        Edge::Transit(id) => transit::sources(engine, id, interface, private),
        Edge::Other(id) => Known::unknown(format!("what lies beyond {id} is not evaluated")),
        Edge::Accelerator(_) | Edge::Distribution(_) | Edge::Service(_) => Known::nothing(),
    }
}

/// Everything or nothing, as the internet gateway is attached and public access is not blocked.
pub(crate) fn internet_gateway<A: Kept>(
    engine: &Engine,
    interface: &NetworkInterface,
    id: &str,
) -> Known<IntervalSet<A>> {
    let Some(gateway) = engine.snapshot.internet_gateways.get(id) else {
        let reason = format!("internet gateway {id} is not described");
        return public_access(&engine.snapshot, interface).and(&Known::unknown(reason));
    };
    let mut here = gateway.attachments.iter();
    if here.any(|a| a.vpc_id == interface.vpc_id && is_live(&a.state)) {
        public_access(&engine.snapshot, interface)
    } else {
        Known::nothing()
    }
}

/// Everything or nothing, as an internet gateway is attached to the interface's VPC at all.
pub(crate) fn any_internet_gateway<A: Kept>(
    engine: &Engine,
    interface: &NetworkInterface,
) -> Known<IntervalSet<A>> {
    let snapshot = &engine.snapshot;
    let gateways = snapshot
        .internet_gateways
        .having(Field::InternetVpc, &interface.vpc_id);
    let mut attachments = gateways.flat_map(|g| &g.attachments);
    if attachments.any(|a| a.vpc_id == interface.vpc_id && is_live(&a.state)) {
        return public_access(snapshot, interface);
    }
    if snapshot.described.contains("InternetGateways") {
        return Known::nothing();
    }
    let vpc = &interface.vpc_id;
    let reason = format!("the internet gateway of {vpc} is not described");
    public_access(snapshot, interface).and(&Known::unknown(reason))
}

/// Everything or nothing, as VPC Block Public Access lets packets from the internet in.
///
/// An exclusion of the subnet or its VPC in mode allow-bidirectional lets them in again; one in mode
/// allow-egress does not (VPC user guide, "Block public access to VPCs and subnets").
fn public_access<A: Kept>(
    snapshot: &Snapshot,
    interface: &NetworkInterface,
) -> Known<IntervalSet<A>> {
    let subnet = snapshot.subnets.get(&interface.subnet_id);
    let zone = match subnet {
        Some(subnet) if !subnet.availability_zone.is_empty() => &subnet.availability_zone,
        _ => &interface.availability_zone,
    };
    let vpc = snapshot.vpcs.get(&interface.vpc_id);
    let owners = [
        subnet.map_or("", |s| s.owner_id.as_str()),
        vpc.map_or("", |v| v.owner_id.as_str()),
    ];
    let owner = owners.into_iter().find(|owner| !owner.is_empty());
    let options: Vec<&BlockPublicAccess> = snapshot
        .block_public_access
        .iter()
        .filter(|(key, _)| {
            let (account, region) = key.split_once('/').unwrap_or(("*", key));
            let is_region = region == "*" || zone.is_empty() || is_in_region(zone, region);
            let is_account = account == "*" || owner.is_none_or(|owner| owner == account);
            is_region && is_account
        })
        .map(|(_, options)| options)
        .collect();
    let is_blocking =
        |options: &&&BlockPublicAccess| options.internet_gateway_block_mode.starts_with("block-");
    let blocking: Vec<_> = options.iter().filter(is_blocking).collect();
    let may_exclude = blocking
        .iter()
        .all(|options| options.exclusions_allowed != "not-allowed");
    if blocking.is_empty() || (may_exclude && is_excluded(snapshot, interface)) {
        return Known::everything();
    }
    if blocking.len() < options.len() {
        let subnet = &interface.subnet_id;
        return Known::unknown(format!(
            "which Block Public Access holds for {subnet} is not described"
        ));
    }
    Known::nothing()
}

/// Whether a zone is in a region; a local zone has more than a letter behind the region's name.
fn is_in_region(zone: &str, region: &str) -> bool {
    zone.strip_prefix(region)
        .is_some_and(|rest| rest.starts_with(|c: char| c == '-' || c.is_ascii_lowercase()))
}

fn is_excluded(snapshot: &Snapshot, interface: &NetworkInterface) -> bool {
    let names = [&interface.subnet_id, &interface.vpc_id];
    let is_live = |e: &BlockPublicAccessExclusion| {
        !e.state.starts_with("delete")
            && !e.state.starts_with("disable")
            && e.state != "create-failed"
    };
    let exclusions = &snapshot.block_public_access_exclusions;
    let mut all = names
        .into_iter()
        .flat_map(|id| exclusions.having(Field::Excluded, id));
    all.any(|e| is_live(e) && e.internet_gateway_exclusion_mode == "allow-bidirectional")
}

/// The own and the far side of a peering.
pub(crate) fn sides<'p>(
    peering: &'p PeeringConnection,
    vpc: &str,
) -> Option<(&'p PeerVpc, &'p PeerVpc)> {
    let (accepter, requester) = (&peering.accepter_vpc_info, &peering.requester_vpc_info);
    if accepter.vpc_id == vpc {
        Some((accepter, requester))
    } else if requester.vpc_id == vpc {
        Some((requester, accepter))
    } else {
        None
    }
}

fn peering<A: Kept>(engine: &Engine, id: &str, vpc: &str) -> Known<IntervalSet<A>> {
    let Some(peering) = engine.snapshot.peerings.get(id) else {
        return Known::unknown(format!("peering connection {id} is not described"));
    };
    if !is_live(&peering.status.code) {
        return Known::nothing();
    }
    let Some((_, far)) = sides(peering, vpc) else {
        return Known::nothing();
    };
    if let Some(vpc) = engine.snapshot.vpcs.get(&far.vpc_id) {
        return set_of(vpc.blocks()).into();
    }
    let blocks = far.blocks();
    if blocks.is_empty() {
        let far = &far.vpc_id;
        return Known::unknown(format!("{far}, the peer by {id}, is not described"));
    }
    set_of(blocks).into()
}

fn vpn_gateway<A: Kept>(engine: &Engine, id: &str, vpc: &str, private: A) -> Known<IntervalSet<A>> {
    let snapshot = &engine.snapshot;
    let Some(gateway) = snapshot.vpn_gateways.get(id) else {
        return Known::unknown(format!("virtual private gateway {id} is not described"));
    };
    let mut here = gateway.vpc_attachments.iter();
    if !is_live(&gateway.state) || !here.any(|a| a.vpc_id == vpc && is_live(&a.state)) {
        return Known::nothing();
    }
    let mut prefixes = Vec::new();
    let mut is_everything = is_latent(snapshot, id);
    for connection in snapshot.vpn_connections.having(Field::ConnectedTo, id) {
        if !connection.is_up() {
            continue;
        }
        if connection.options.static_routes_only {
            let routes = connection.routes.iter().filter(|r| is_live(&r.state));
            prefixes.extend(routes.map(|r| r.destination_cidr_block.as_str()));
        } else {
            is_everything = true;
        }
    }
    if is_everything || is_announced(snapshot, id, vpc, private) {
        return Known::everything();
    }
    set_of_texts(prefixes).into()
}

/// Whether Direct Connect leads to an address behind a virtual private gateway.
///
/// A private virtual interface announces the VPC's blocks. A Direct Connect gateway announces those
/// that are in one of the association's allowed prefixes (Direct Connect user guide, "Allowed
/// prefixes interactions").
fn is_announced<A: Kept>(snapshot: &Snapshot, id: &str, vpc: &str, private: A) -> bool {
    let mut interfaces = snapshot.virtual_interfaces.having(Field::InterfaceTo, id);
    let is_own = interfaces
        .any(|v| v.virtual_interface_type != "public" && is_live(&v.virtual_interface_state));
    if is_own {
        return true;
    }
    let blocks = snapshot.vpcs.get(vpc).map(crate::snapshot::Vpc::blocks);
    let blocks: Vec<(A, A)> = blocks
        .iter()
        .flatten()
        .filter_map(|b| A::ends(*b))
        .collect();
    let holds = |set: &IntervalSet<A>| set.contains(private);
    let own = blocks
        .iter()
        .map(|(low, high)| IntervalSet::range(*low, *high))
        .find(holds);
    let mut joined = associations(snapshot, id);
    joined.any(|association| {
        let allowed = &association.allowed_prefixes_to_direct_connect_gateway;
        let mut allowed = allowed.iter().map(|p| p.cidr.as_str()).peekable();
        allowed.peek().is_none()
            || allowed.any(|text| {
                let allowed = set_of_texts::<A>([text]);
                match &own {
                    Some(own) => own.within(&allowed),
                    None => allowed.contains(private),
                }
            })
    })
}

/// The live associations of a gateway with a Direct Connect gateway.
pub(crate) fn associations<'s>(
    snapshot: &'s Snapshot,
    gateway: &'s str,
) -> impl Iterator<Item = &'s crate::snapshot::DirectConnectAssociation> {
    let all = snapshot
        .direct_connect_associations
        .having(Field::AssociatedWith, gateway);
    all.filter(|a| is_live(&a.association_state))
}

/// Whether it is known that nothing is connected to the far side of a virtual private gateway.
pub(crate) fn is_latent(snapshot: &Snapshot, id: &str) -> bool {
    let mut connections = snapshot.vpn_connections.having(Field::ConnectedTo, id);
    let mut interfaces = snapshot.virtual_interfaces.having(Field::InterfaceTo, id);
    !connections.any(VpnConnection::is_up)
        && !interfaces.any(|v| is_live(&v.virtual_interface_state))
        && associations(snapshot, id).next().is_none()
}
