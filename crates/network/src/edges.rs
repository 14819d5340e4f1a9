//! What is open at an interface from each edge of its VPC: internet, peering, VPN, transit gateway.

use core::net::IpAddr;
use std::sync::Arc;

use crate::address::{Address, set_of};
use crate::engine::{Engine, Kept, from};
use crate::filters::{Members, Protocol};
use crate::index::six;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::Region;
use crate::routes::Next;
use crate::snapshot::{Id, NetworkInterface, is_live};
use crate::transit;

/// Where packets come into a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    /// An internet gateway.
    Internet(Id),
    /// A VPC peering connection.
    Peering(Id),
    /// A virtual private gateway, that is VPN or Direct Connect.
    Private(Id),
    /// A transit gateway.
    Transit(Id),
}

impl Edge {
    /// The identifier of the gateway or connection.
    pub fn id(&self) -> &Id {
        match self {
            Self::Internet(id) | Self::Peering(id) | Self::Private(id) | Self::Transit(id) => id,
        }
    }

    /// Where a route to the edge leads.
    pub(crate) fn next(&self) -> Next {
        match self {
            Self::Internet(id) | Self::Private(id) => Next::Gateway(id.clone()),
            Self::Peering(id) => Next::Peering(id.clone()),
            Self::Transit(id) => Next::Transit(id.clone()),
        }
    }

    pub(crate) fn of(next: &Next) -> Option<Self> {
        match next {
            Next::Gateway(id) if id.starts_with("igw-") => Some(Self::Internet(id.clone())),
            Next::Gateway(id) if id.starts_with("vgw-") => Some(Self::Private(id.clone())),
            Next::Peering(id) => Some(Self::Peering(id.clone())),
            Next::Transit(id) => Some(Self::Transit(id.clone())),
            _ => None,
        }
    }
}

/// Something between the edge and the interface that changes packets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Balancer {
    /// ARN, or name of a classic load balancer.
    pub id: Id,
    /// The load balancer's interface.
    pub node: Id,
    pub listener_port: u16,
    pub target_group: Id,
    /// The front of this one, if it stands behind another.
    pub behind: Option<Id>,
}

/// The open pairs of one family.
#[derive(Debug, Clone, PartialEq)]
pub enum Open {
    V4(Known<Region<u32>>),
    V6(Known<Region<u128>>),
}

/// What is open at an interface from an edge for one protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    pub edge: Edge,
    pub interface: Id,
    pub protocol: Protocol,
    /// The interface's own address.
    pub private: IpAddr,
    /// The address that the client sends to, where it is another.
    pub public: Option<IpAddr>,
    pub balancer: Option<Balancer>,
    /// (destination port, source) pairs; behind a load balancer the source is the client's.
    pub open: Open,
    /// No VPN connection or virtual interface is there yet.
    pub is_latent: bool,
}

/// A family that can be put into an exposure.
pub(crate) trait Shown: Kept {
    fn open(region: Known<Region<Self>>) -> Open;
}

impl Shown for u32 {
    fn open(region: Known<Region<Self>>) -> Open {
        Open::V4(region)
    }
}

impl Shown for u128 {
    fn open(region: Known<Region<Self>>) -> Open {
        Open::V6(region)
    }
}

/// Everything that is or may be open at an interface without a load balancer in between.
pub fn of_interface(engine: &mut Engine, id: &str, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let Some(interface) = snapshot.interfaces.get(id) else {
        return Vec::new();
    };
    let mut exposures = Vec::new();
    let edges = engine.edges(&interface.subnet_id, &interface.vpc_id);
    for edge in edges.iter() {
        for protocol in protocols {
            family::<u32>(engine, interface, edge, *protocol, &mut exposures);
            family::<u128>(engine, interface, edge, *protocol, &mut exposures);
        }
    }
    exposures
}

fn family<A: Shown>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    protocol: Protocol,
    exposures: &mut Vec<Exposure>,
) {
    for (private, public) in addresses::<A>(engine, interface, edge) {
        let region = at::<A>(engine, interface, edge, private, protocol);
        if region.is_nothing() {
            continue;
        }
        exposures.push(Exposure {
            edge: edge.clone(),
            interface: interface.network_interface_id.clone(),
            protocol,
            private: private.ip(),
            public: public.map(Address::ip),
            balancer: None,
            open: A::open(region),
            is_latent: is_latent(engine, edge),
        });
    }
}

/// The addresses that a client beyond the edge can send to, each with the one it has to use.
///
/// The internet knows public addresses only. Other edges lead to every private address alike, so
/// one stands for all.
pub(crate) fn addresses<A: Address>(
    engine: &Engine,
    interface: &NetworkInterface,
    edge: &Edge,
) -> Vec<(A, Option<A>)> {
    if A::IS_V6 {
        if matches!(edge, Edge::Private(_)) {
            return Vec::new();
        }
        let unicast = crate::address::set_of_texts::<u128>(["2000::/3"]);
        let is_internet = matches!(edge, Edge::Internet(_));
        let own = six(interface).into_iter();
        return own
            .filter(|address| !is_internet || unicast.contains(*address))
            .take(1)
            .filter_map(|address| Some((A::of(address.ip())?, None)))
            .collect();
    }
    let pairs = engine.index.four(interface).into_iter();
    let numbers = pairs.filter_map(|(private, public)| {
        Some((A::of(private.ip())?, public.and_then(|p| A::of(p.ip()))))
    });
    match edge {
        Edge::Internet(_) => numbers.filter(|(_, public)| public.is_some()).collect(),
        _ => numbers
            .take(1)
            .map(|(private, _)| (private, None))
            .collect(),
    }
}

/// The (port, source) pairs of packets from the edge that arrive and are answered.
pub(crate) fn at<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
) -> Known<Region<A>> {
    let sources = sources::<A>(engine, interface, edge, private);
    if sources.is_nothing() {
        return Known::nothing();
    }
    let (subnet, vpc) = (&interface.subnet_id, &interface.vpc_id);
    if let Edge::Internet(_) = edge {
        // Without doubt about the gateway, the sources are those of the whole internet.
        let mut region = engine.entering::<A>(subnet, vpc, &edge.next(), protocol);
        if sources.doubt.is_some() {
            region = Arc::new(region.and(&from(&sources)));
        }
        return region.and(&*engine.groups::<A>(interface, protocol));
    }
    let through = match edge {
        Edge::Transit(gateway) => {
            transit::through::<A>(engine, interface, gateway, private, protocol)
        }
        _ => engine.through_subnet::<A>(subnet, vpc, &edge.next(), protocol),
    };
    let groups = match other_side(engine, edge, vpc) {
        Some(peers) => {
            let members: Members<'_, A> = &|pair| {
                peers
                    .iter()
                    .fold(Known::nothing(), |all: Known<IntervalSet<A>>, peer| {
                        all.or(&engine.member_addresses(&pair.group_id, peer))
                    })
            };
            Arc::new(engine.groups_with(interface, false, protocol, members))
        }
        None => engine.groups::<A>(interface, protocol),
    };
    if groups.doubt.is_none() && through.doubt.is_none() && sources.doubt.is_none() {
        let filtered = through.must.and_addresses(&Arc::new(sources.must));
        return filtered.and(&groups.must).into();
    }
    through.and(&from(&sources)).and(&groups)
}

/// The VPCs beyond an edge whose interfaces keep their identity on the way.
fn other_side(engine: &Engine, edge: &Edge, vpc: &str) -> Option<Vec<Id>> {
    match edge {
        Edge::Peering(id) => {
            let peering = engine.snapshot.peerings.get(id)?;
            let (own, far) = if peering.accepter_vpc_info.vpc_id == vpc {
                (&peering.accepter_vpc_info, &peering.requester_vpc_info)
            } else {
                (&peering.requester_vpc_info, &peering.accepter_vpc_info)
            };
            (own.region == far.region).then(|| vec![far.vpc_id.clone()])
        }
        Edge::Transit(gateway) => transit::referencing(engine, gateway, vpc),
        Edge::Internet(_) | Edge::Private(_) => None,
    }
}

/// The addresses that packets from an edge to `private` can come from; of the internet, as far as
/// its gateway limits them.
fn sources<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
) -> Known<IntervalSet<A>> {
    let vpc = &interface.vpc_id;
    match edge {
        Edge::Internet(id) => {
            let open = internet_gateway(engine, interface, id);
            open.and(&gateway_table(engine, id, private))
        }
        Edge::Peering(id) => peering(engine, id, vpc),
        Edge::Private(id) => {
            let own = engine.vpc_addresses::<A>(vpc);
            let outside = own.map(IntervalSet::not);
            let open = vpn_gateway(engine, id, vpc);
            outside.and(&open).and(&gateway_table(engine, id, private))
        }
        Edge::Transit(id) => transit::sources(engine, id, interface, private),
    }
}

/// Everything or nothing, as the internet gateway is attached and public access is not blocked.
fn internet_gateway<A: Kept>(
    engine: &Engine,
    interface: &NetworkInterface,
    id: &str,
) -> Known<IntervalSet<A>> {
    let Some(gateway) = engine.snapshot.internet_gateways.get(id) else {
        return Known::unknown(format!("internet gateway {id} is not described"));
    };
    let here = gateway
        .attachments
        .iter()
        .find(|a| a.vpc_id == interface.vpc_id);
    let is_open = here.is_some_and(|a| is_live(&a.state)) && !is_blocked(engine, interface);
    if is_open {
        Known::everything()
    } else {
        Known::nothing()
    }
}

/// Whether VPC Block Public Access keeps packets from the internet out.
///
/// An exclusion of the subnet or its VPC in mode allow-bidirectional lets them in again; one in mode
/// allow-egress does not (VPC user guide, "Block public access to VPCs and subnets").
fn is_blocked(engine: &Engine, interface: &NetworkInterface) -> bool {
    let snapshot = &engine.snapshot;
    let subnet = snapshot.subnets.get(&interface.subnet_id);
    let zone = subnet.map_or("", |s| s.availability_zone.as_str());
    let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let options = snapshot.block_public_access.get(region);
    let options = options.or_else(|| snapshot.block_public_access.get("*"));
    let Some(options) = options else {
        return false;
    };
    if !options.internet_gateway_block_mode.starts_with("block-") {
        return false;
    }
    let names = [&interface.subnet_id, &interface.vpc_id];
    !snapshot.block_public_access_exclusions.values().any(|e| {
        let is_here = names
            .iter()
            .any(|id| e.resource_arn.rsplit('/').next() == Some(id.as_str()));
        let is_live = !e.state.starts_with("delete") && !e.state.starts_with("disable");
        is_here && is_live && e.internet_gateway_exclusion_mode == "allow-bidirectional"
    })
}

/// Everything or nothing, as the gateway's own route table sends `private` on to the VPC.
fn gateway_table<A: Kept>(engine: &mut Engine, id: &str, private: A) -> Known<IntervalSet<A>> {
    let Some(table) = engine.index.gateway_table.get(id).cloned() else {
        return Known::everything();
    };
    let Some(routes) = engine.routes::<A>(&table) else {
        return Known::unknown(format!("{table} is not described"));
    };
    match routes.lookup(private) {
        None | Some(Next::Local) => Known::everything(),
        Some(Next::Blackhole) => Known::nothing(),
        Some(_) => Known::unknown(format!("{table} sends packets through an appliance")),
    }
}

fn peering<A: Kept>(engine: &Engine, id: &str, vpc: &str) -> Known<IntervalSet<A>> {
    let Some(peering) = engine.snapshot.peerings.get(id) else {
        return Known::unknown(format!("peering connection {id} is not described"));
    };
    if !is_live(&peering.status.code) {
        return Known::nothing();
    }
    let far = if peering.accepter_vpc_info.vpc_id == vpc {
        &peering.requester_vpc_info
    } else {
        &peering.accepter_vpc_info
    };
    match engine.snapshot.vpcs.get(&far.vpc_id) {
        Some(vpc) => set_of(vpc.blocks()).into(),
        None => set_of(far.blocks()).into(),
    }
}

fn vpn_gateway<A: Kept>(engine: &Engine, id: &str, vpc: &str) -> Known<IntervalSet<A>> {
    let Some(gateway) = engine.snapshot.vpn_gateways.get(id) else {
        return Known::unknown(format!("virtual private gateway {id} is not described"));
    };
    let here = gateway.vpc_attachments.iter().find(|a| a.vpc_id == vpc);
    if !is_live(&gateway.state) || !here.is_some_and(|a| is_live(&a.state)) {
        return Known::nothing();
    }
    let mut prefixes = Vec::new();
    for connection in engine.snapshot.vpn_connections.values() {
        if connection.vpn_gateway_id != id || !is_live(&connection.state) {
            continue;
        }
        if !connection.options.static_routes_only {
            return Known::everything();
        }
        let routes = connection.routes.iter().filter(|r| is_live(&r.state));
        prefixes.extend(routes.map(|r| r.destination_cidr_block.as_str()));
    }
    if prefixes.is_empty() || has_direct_connect(engine, id) {
        return Known::everything();
    }
    crate::address::set_of_texts(prefixes).into()
}

fn has_direct_connect(engine: &Engine, id: &str) -> bool {
    let interfaces = engine.snapshot.virtual_interfaces.values();
    let mut own = interfaces.filter(|v| is_live(&v.virtual_interface_state));
    let associations = engine.snapshot.direct_connect_associations.values();
    let mut joined = associations.filter(|a| is_live(&a.association_state));
    own.any(|v| v.virtual_gateway_id == id)
        || joined.any(|a| a.associated_gateway.id == id || a.virtual_gateway_id == id)
}

/// Whether nothing is connected to the far side of the edge yet.
fn is_latent(engine: &Engine, edge: &Edge) -> bool {
    let Edge::Private(id) = edge else {
        return false;
    };
    let connections = engine.snapshot.vpn_connections.values();
    let mut live = connections.filter(|c| is_live(&c.state));
    !live.any(|c| c.vpn_gateway_id == *id) && !has_direct_connect(engine, id)
}
