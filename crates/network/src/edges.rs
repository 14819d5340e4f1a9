//! What is open at an interface from each edge of its VPC: internet, peering, VPN, transit gateway.

use core::net::IpAddr;
use std::sync::Arc;

use crate::address::{Address, set_of_texts};
use crate::engine::{Engine, Kept, from};
use crate::filters::{Members, Protocol};
use crate::gates::{self, sources};
use crate::index::six;
use crate::interval::{IntervalSet, Point};
use crate::known::{Known, Reason};
use crate::middlebox;
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
    /// An accelerator of Global Accelerator, by its ARN.
    Accelerator(Id),
    /// A VPC origin of `CloudFront`.
    Distribution(Id),
    /// An endpoint service of the account: consumers in other VPCs.
    Service(Id),
    /// A gateway whose far side is not evaluated: of an Outpost, a carrier, a core network.
    Other(Id),
}

impl Edge {
    /// The identifier of the gateway or connection.
    pub fn id(&self) -> &Id {
        match self {
            Self::Internet(id)
            | Self::Peering(id)
            | Self::Private(id)
            | Self::Transit(id)
            | Self::Accelerator(id)
            | Self::Distribution(id)
            | Self::Service(id)
            | Self::Other(id) => id,
        }
    }

    /// Whether anybody on the internet is beyond it.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Internet(_) | Self::Accelerator(_))
    }

    /// What AWS calls a component of this kind.
    pub fn component_type(&self) -> &'static str {
        match self {
            Self::Internet(_) => "AWS::EC2::InternetGateway",
            Self::Peering(_) => "AWS::EC2::VPCPeeringConnection",
            Self::Private(_) => "AWS::EC2::VPNGateway",
            Self::Transit(_) => "AWS::EC2::TransitGateway",
            Self::Accelerator(_) => "AWS::GlobalAccelerator::Accelerator",
            Self::Distribution(_) => "AWS::CloudFront::VpcOrigin",
            Self::Service(_) => "AWS::EC2::VPCEndpointService",
            Self::Other(id) if id.starts_with("lgw-") => "AWS::EC2::LocalGateway",
            Self::Other(id) if id.starts_with("cagw-") => "AWS::EC2::CarrierGateway",
            Self::Other(_) => "AWS::NetworkManager::CoreNetwork",
        }
    }

    /// Where a route to the edge leads.
    pub(crate) fn next(&self) -> Next {
        match self {
            Self::Peering(id) => Next::Peering(id.clone()),
            Self::Transit(id) => Next::Transit(id.clone()),
            other => Next::Gateway(other.id().clone()),
        }
    }

    pub(crate) fn of(next: &Next) -> Option<Self> {
        match next {
            Next::Gateway(id) if id.starts_with("igw-") => Some(Self::Internet(id.clone())),
            Next::Gateway(id) if id.starts_with("vgw-") => Some(Self::Private(id.clone())),
            Next::Gateway(id) => Some(Self::Other(id.clone())),
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
    /// The node of that front, to which clients send.
    pub front: Option<Id>,
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
    /// The appliance or firewall endpoint that packets pass both ways, if there is one. What it
    /// forwards is assumed to be everything, but for the rules of a network firewall.
    pub middlebox: Option<Id>,
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
        let Way { middlebox, region } = at::<A>(engine, interface, edge, private, protocol);
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
            middlebox,
            open: A::open(region),
            is_latent: is_latent(engine, edge),
        });
    }
}

/// The addresses that a client beyond the edge can send to, each with the one it has to use.
///
/// The internet knows public addresses only. Peerings lead to every private address alike, so one
/// stands for all; tables of gateways and transit gateways may treat each in its own way.
pub(crate) fn addresses<A: Address>(
    engine: &Engine,
    interface: &NetworkInterface,
    edge: &Edge,
) -> Vec<(A, Option<A>)> {
    let most = match edge {
        Edge::Internet(_) | Edge::Transit(_) | Edge::Private(_) => usize::MAX,
        _ => 1,
    };
    if A::IS_V6 {
        if matches!(edge, Edge::Private(_)) {
            return Vec::new();
        }
        let unicast = set_of_texts::<u128>(["2000::/3"]);
        let is_internet = matches!(edge, Edge::Internet(_));
        let own = six(interface).into_iter();
        return own
            .filter(|address| !is_internet || unicast.contains(*address))
            .take(most)
            .filter_map(|address| Some((A::of(address.ip())?, None)))
            .collect();
    }
    let pairs = engine.snapshot.four(interface).into_iter();
    let numbers = pairs.filter_map(|(private, public)| {
        Some((A::of(private.ip())?, public.and_then(|p| A::of(p.ip()))))
    });
    match edge {
        Edge::Internet(_) => numbers.filter(|(_, public)| public.is_some()).collect(),
        _ => numbers
            .take(most)
            .map(|(private, _)| (private, None))
            .collect(),
    }
}

/// How packets get from an edge to an interface, and which.
pub(crate) struct Way<A> {
    pub(crate) middlebox: Option<Id>,
    pub(crate) region: Known<Region<A>>,
}

impl<A> From<Known<Region<A>>> for Way<A> {
    fn from(region: Known<Region<A>>) -> Self {
        Self {
            middlebox: None,
            region,
        }
    }
}

/// The (port, source) pairs of packets from the edge that arrive and are answered.
pub(crate) fn at<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
) -> Way<A> {
    let sources = sources::<A>(engine, interface, edge, private);
    if sources.is_nothing() {
        return Known::nothing().into();
    }
    if let Some(way) = middlebox::redirected(engine, interface, edge, private, protocol) {
        let region = match edge {
            Edge::Internet(_) => {
                let world = engine.internet::<A>(&interface.vpc_id);
                way.region.map(|region| region.and_addresses(&world))
            }
            _ => way.region,
        };
        return Way {
            middlebox: way.middlebox,
            region: region.and(&from(&sources)),
        };
    }
    direct(engine, interface, edge, private, protocol, &sources).into()
}

/// The same where no gateway's table leads packets elsewhere first.
fn direct<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
    sources: &Known<IntervalSet<A>>,
) -> Known<Region<A>> {
    let (subnet, vpc) = (&interface.subnet_id, &interface.vpc_id);
    if let Edge::Internet(_) = edge {
        // Without doubt about the gateway, the sources are those of the whole internet.
        let mut region = engine.entering::<A>(subnet, vpc, &edge.next(), protocol);
        if sources.doubt.is_some() {
            region = Arc::new(region.and(&from(sources)));
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
                let nothing: Known<IntervalSet<A>> = Known::nothing();
                let vpcs = peers.vpcs.iter();
                let all = vpcs.fold(nothing, |all, peer| {
                    all.or(&engine.member_addresses(pair, peer))
                });
                peers.doubted(all)
            };
            Arc::new(engine.groups_with(interface, false, protocol, members))
        }
        None => engine.groups::<A>(interface, protocol),
    };
    if groups.doubt.is_none() && through.doubt.is_none() && sources.doubt.is_none() {
        let filtered = through.must.and_addresses(&Arc::new(sources.must.clone()));
        return filtered.and(&groups.must).into();
    }
    through.and(&from(sources)).and(&groups)
}

/// VPCs whose interfaces keep their identity on the way to another, so that groups can name them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peers {
    pub(crate) vpcs: Vec<Id>,
    /// Why it is not known whether they keep it.
    pub(crate) doubt: Option<Reason>,
}

impl From<Vec<Id>> for Peers {
    fn from(vpcs: Vec<Id>) -> Self {
        Self { vpcs, doubt: None }
    }
}

impl Peers {
    /// Addresses of members of a group in these VPCs, as far as it is known that they count.
    pub(crate) fn doubted<A: Point>(
        &self,
        members: Known<IntervalSet<A>>,
    ) -> Known<IntervalSet<A>> {
        match &self.doubt {
            Some(reason) => members.doubted(reason.clone()),
            None => members,
        }
    }
}

/// The VPCs beyond an edge whose interfaces keep their identity on the way.
pub(crate) fn other_side(engine: &Engine, edge: &Edge, vpc: &str) -> Option<Peers> {
    match edge {
        Edge::Peering(id) => {
            let peering = engine.snapshot.peerings.get(id)?;
            let (own, far) = gates::sides(peering, vpc)?;
            let is_live = is_live(&peering.status.code);
            (is_live && own.region == far.region).then(|| vec![far.vpc_id.clone()].into())
        }
        Edge::Transit(gateway) => transit::referencing(engine, gateway, vpc),
        _ => None,
    }
}

/// Whether nothing is connected to the far side of the edge yet.
fn is_latent(engine: &Engine, edge: &Edge) -> bool {
    match edge {
        Edge::Private(id) => {
            engine.snapshot.described.contains("VpnConnections")
                && gates::is_latent(&engine.snapshot, id)
        }
        _ => false,
    }
}
