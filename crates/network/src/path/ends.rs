//! The ends of a way: instances, interfaces, gateways and blocks of addresses.

use crate::address::{Block, set_of};
use crate::edges::Edge;
use crate::engine::Kept;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::path::flow::{Flow, Test};
use crate::path::walk::{Goal, Place, VPC, Walk};
use crate::path::{Path, Query};
use crate::snapshot::{Id, NetworkInterface, Snapshot, UserIdGroupPair, is_live};

/// Addresses of an interface from which packets are sent.
const SENT_FROM: usize = 4;

/// An end of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Instance(Id),
    Interface(Id),
    /// An internet, NAT, virtual private or transit gateway, or a peering connection.
    Gateway(Id),
    /// An accelerator of Global Accelerator, by its ARN or DNS name.
    Accelerator(Id),
    /// Whoever has these addresses.
    Block(Block),
}

impl End {
    /// Reads an identifier, an address or a block.
    pub fn parse(text: &str) -> Option<Self> {
        const GATEWAYS: [&str; 7] = ["igw-", "vgw-", "pcx-", "tgw-", "nat-", "eigw-", "vpce-"];
        let id = text.to_owned();
        if text.starts_with("i-") {
            return Some(Self::Instance(id));
        }
        if text.starts_with("eni-") {
            return Some(Self::Interface(id));
        }
        if GATEWAYS.iter().any(|prefix| text.starts_with(prefix)) {
            return Some(Self::Gateway(id));
        }
        let is_accelerator = text.starts_with("arn:") && text.contains(":accelerator/")
            || text.ends_with(".awsglobalaccelerator.com");
        if is_accelerator {
            return Some(Self::Accelerator(id));
        }
        Block::parse(text).map(Self::Block)
    }

    /// The identifier, address or block, as it is read.
    pub fn text(&self) -> String {
        match self {
            Self::Instance(id)
            | Self::Interface(id)
            | Self::Gateway(id)
            | Self::Accelerator(id) => id.clone(),
            Self::Block(block) => block.to_string(),
        }
    }

    /// The same end, with accelerators by their ARN; a static address of one is it.
    pub(super) fn resolved(&self, snapshot: &Snapshot) -> Result<Self, String> {
        let mut all = snapshot.accelerators.values();
        let found = match self {
            Self::Accelerator(name) => {
                let own = all.find(|a| {
                    [&a.accelerator_arn, &a.dns_name, &a.dual_stack_dns_name].contains(&name)
                });
                Some(own.ok_or_else(|| format!("{name} is not described"))?)
            }
            Self::Block(block) => {
                let is_own = |text: &String| Block::parse(text) == Some(*block);
                all.find(|a| {
                    a.ip_sets
                        .iter()
                        .flat_map(|set| &set.ip_addresses)
                        .any(is_own)
                })
            }
            _ => None,
        };
        Ok(match found {
            Some(accelerator) => Self::Accelerator(accelerator.accelerator_arn.clone()),
            None => self.clone(),
        })
    }

    /// The interfaces at this end.
    pub(crate) fn interfaces<'s>(
        &self,
        snapshot: &'s Snapshot,
    ) -> Result<Vec<&'s NetworkInterface>, String> {
        let all = snapshot.interfaces.values();
        match self {
            Self::Instance(id) => {
                let own: Vec<_> = all.filter(|i| i.instance() == Some(id)).collect();
                if own.is_empty() {
                    return Err(format!("no network interface of {id} is described"));
                }
                Ok(own)
            }
            Self::Interface(id) => {
                let own = snapshot.interfaces.get(id);
                Ok(vec![own.ok_or_else(|| format!("{id} is not described"))?])
            }
            Self::Gateway(_) | Self::Accelerator(_) | Self::Block(_) => Ok(Vec::new()),
        }
    }
}

/// Looks for the ways of one address family.
pub(super) fn walk<A: Kept>(walk: &mut Walk<'_>, query: &Query) -> Result<Vec<Path>, String> {
    let snapshot = walk.snapshot;
    let receivers = receivers::<A>(walk, &query.to)?;
    walk.goal = match (&query.to, receivers.as_slice()) {
        (End::Gateway(id), _) => Goal::Gateway(id.clone()),
        (End::Accelerator(id), _) => Goal::Accelerator(id.clone()),
        (End::Block(_), []) => Goal::Anywhere,
        (_, all) => Goal::Interfaces(
            all.iter()
                .map(|(i, _)| i.network_interface_id.clone())
                .collect(),
        ),
    };
    let fronts = match &query.to {
        End::Instance(_) | End::Interface(_) => walk.fronts(),
        End::Gateway(_) | End::Accelerator(_) | End::Block(_) => Vec::new(),
    };
    let wanted = match &query.to {
        End::Gateway(_) => IntervalSet::all(),
        End::Accelerator(id) => walk.static_address(id),
        End::Block(block) => set_of([*block]),
        _ => {
            let own = receivers
                .iter()
                .flat_map(|(_, addresses)| addresses.clone());
            let before = fronts.iter().flat_map(|front| both(walk, front));
            IntervalSet::collect(
                own.chain(before)
                    .map(|address| (address, address))
                    .collect(),
            )
        }
    };
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    match &query.from {
        End::Gateway(id) => {
            let edge = edge(snapshot, id)?;
            from_edges(
                walk,
                query,
                &receivers,
                std::slice::from_ref(&edge),
                &IntervalSet::all(),
            )?;
            walk.enter_fronts(query, &fronts, &[edge], &IntervalSet::<A>::all());
        }
        End::Accelerator(id) => {
            if receivers.is_empty() {
                return Err(
                    "packets from outside need an instance or interface to go to".to_owned(),
                );
            }
            walk.enter_accelerator(id, &IntervalSet::<A>::all(), &query.ports);
        }
        End::Block(block) => from_block(walk, query, (&receivers, &fronts), *block, &wanted)?,
        from => {
            for interface in from.interfaces(snapshot)? {
                let own = walk
                    .addresses::<A>(interface)
                    .into_iter()
                    .map(|(own, _)| own);
                for near in own.take(SENT_FROM).collect::<Vec<_>>() {
                    send(walk, query, interface, near, &wanted);
                }
            }
        }
    }
    Ok(std::mem::take(&mut walk.paths))
}

/// The interfaces at the receiving end with the addresses that senders may use.
fn receivers<'s, A: Kept>(
    walk: &Walk<'s>,
    to: &End,
) -> Result<Vec<(&'s NetworkInterface, Vec<A>)>, String> {
    let snapshot = walk.snapshot;
    if let End::Block(block) = to {
        let block: IntervalSet<A> = set_of([*block]);
        let mut all = Vec::new();
        for interface in snapshot.interfaces.values() {
            let own = both(walk, interface);
            let own: Vec<A> = own.into_iter().filter(|own| block.contains(*own)).collect();
            if !own.is_empty() {
                all.push((interface, own));
            }
        }
        // A block that is not all interfaces' is not the interfaces alone.
        let single = block
            .first()
            .is_some_and(|first| block == IntervalSet::range(first, first));
        return Ok(if single { all } else { Vec::new() });
    }
    let interfaces = to.interfaces(snapshot)?;
    Ok(interfaces
        .into_iter()
        .map(|interface| (interface, both(walk, interface)))
        .collect())
}

/// Private and public addresses.
fn both<A: Kept>(walk: &Walk<'_>, interface: &NetworkInterface) -> Vec<A> {
    let pairs = walk.addresses::<A>(interface).into_iter();
    pairs
        .flat_map(|(own, public)| std::iter::once(own).chain(public))
        .collect()
}

/// Packets that an interface sends.
fn send<A: Kept>(
    walk: &mut Walk<'_>,
    query: &Query,
    interface: &NetworkInterface,
    near: A,
    wanted: &IntervalSet<A>,
) {
    let mut flow = Flow::new(near, wanted.clone(), false, query.protocol, &query.ports);
    let id = &interface.network_interface_id;
    flow.origin = Some(id.clone());
    if let Err(stopped) = walk.runs(&mut flow, interface) {
        walk.stop(stopped);
        return;
    }
    flow.through(id, super::filter::INTERFACE);
    let vpcs = walk.referencable(&interface.vpc_id);
    let sets: Vec<_> = walk.egress_references(interface, &vpcs);
    let members = |pair: &UserIdGroupPair| {
        let known = sets.iter().find(|(group, _)| *group == pair.group_id);
        known.map_or_else(Known::nothing, |(_, set)| set.clone())
    };
    if let Err(stopped) = walk.groups(&mut flow, interface, true, &members) {
        walk.stop(stopped);
        return;
    }
    let place = Place {
        subnet: Some(interface.subnet_id.clone()),
        vpc: interface.vpc_id.clone(),
    };
    walk.leave(flow, &place);
}

impl Walk<'_> {
    /// Packets that come in by edges to interfaces behind which the wanted ones stand.
    fn enter_fronts<A: Kept>(
        &mut self,
        query: &Query,
        fronts: &[&NetworkInterface],
        edges: &[Edge],
        senders: &IntervalSet<A>,
    ) {
        for front in fronts {
            let own = self.edges_of(&front.vpc_id);
            for edge in edges.iter().filter(|edge| own.contains(edge)) {
                self.enter(edge, front, senders, &query.ports);
            }
        }
    }

    /// The VPCs whose groups rules of a VPC may name: its own, and peers of the Region.
    fn referencable(&self, vpc: &str) -> Vec<Id> {
        let mut vpcs = vec![vpc.to_owned()];
        for peering in self.snapshot.peerings.values() {
            let (a, b) = (&peering.accepter_vpc_info, &peering.requester_vpc_info);
            if a.region != b.region || !is_live(&peering.status.code) {
                continue;
            }
            if a.vpc_id == vpc {
                vpcs.push(b.vpc_id.clone());
            } else if b.vpc_id == vpc {
                vpcs.push(a.vpc_id.clone());
            }
        }
        vpcs
    }

    pub(super) fn egress_references<A: Kept>(
        &self,
        interface: &NetworkInterface,
        vpcs: &[Id],
    ) -> Vec<(Id, Known<IntervalSet<A>>)> {
        let groups = interface.groups.iter();
        let groups = groups.filter_map(|g| self.snapshot.groups.get(&g.group_id));
        let pairs = groups
            .flat_map(|g| &g.ip_permissions_egress)
            .flat_map(|p| &p.user_id_group_pairs);
        pairs
            .map(|pair| {
                let set = self.addresses_of_members(&pair.group_id, vpcs);
                (pair.group_id.clone(), set)
            })
            .collect()
    }
}

fn edge(snapshot: &Snapshot, id: &str) -> Result<Edge, String> {
    let id = id.to_owned();
    Ok(if id.starts_with("igw-") {
        Edge::Internet(id)
    } else if id.starts_with("vgw-") {
        Edge::Private(id)
    } else if id.starts_with("pcx-") {
        Edge::Peering(id)
    } else if id.starts_with("tgw-") {
        Edge::Transit(id)
    } else if snapshot.nat_gateways.contains_key(&id) {
        return Err(format!(
            "no flow begins at {id}: a NAT gateway sends on what others begin"
        ));
    } else {
        return Err(format!("no flow begins at {id}"));
    })
}

/// Packets that come in by edges.
fn from_edges<A: Kept>(
    walk: &mut Walk<'_>,
    query: &Query,
    receivers: &[(&NetworkInterface, Vec<A>)],
    edges: &[Edge],
    senders: &IntervalSet<A>,
) -> Result<(), String> {
    if receivers.is_empty() {
        return Err("packets from outside need an instance or interface to go to".to_owned());
    }
    for (interface, addresses) in receivers {
        let own = walk.edges_of(&interface.vpc_id);
        for edge in edges.iter().filter(|edge| own.contains(edge)) {
            walk.enter(edge, interface, senders, &query.ports);
        }
        if !edges.iter().any(|edge| own.contains(edge))
            && let (Some(near), Some(edge)) = (addresses.first(), edges.first())
        {
            let flow = Flow::new(*near, senders.clone(), true, query.protocol, &query.ports);
            let test = Test::new(&interface.vpc_id, VPC, "CANNOT_ROUTE");
            walk.stop_at(
                &flow,
                Test {
                    rules: vec![edge.id().clone()],
                    ..test
                },
            );
        }
    }
    Ok(())
}

/// Packets from addresses: of interfaces, of a VPC without an interface, or from outside.
fn from_block<A: Kept>(
    walk: &mut Walk<'_>,
    query: &Query,
    (receivers, fronts): (&[(&NetworkInterface, Vec<A>)], &[&NetworkInterface]),
    block: Block,
    wanted: &IntervalSet<A>,
) -> Result<(), String> {
    let snapshot = walk.snapshot;
    let mut left: IntervalSet<A> = set_of([block]);
    if left.is_empty() {
        return Ok(());
    }
    for interface in snapshot.interfaces.values() {
        let own = walk.addresses::<A>(interface).into_iter();
        let own: Vec<A> = own
            .map(|(own, _)| own)
            .filter(|own| left.contains(*own))
            .collect();
        for near in own {
            send(walk, query, interface, near, wanted);
        }
    }
    let is_sent = !walk.paths.is_empty();
    for vpc in snapshot.vpcs.values() {
        let own: IntervalSet<A> = set_of(vpc.blocks());
        let inside = left.and(&own);
        let Some(near) = inside.first() else { continue };
        left = left.minus(&own);
        if is_sent {
            continue;
        }
        let mut subnets = snapshot.subnets.values();
        let subnet = subnets.find(|subnet| {
            let blocks: IntervalSet<A> = set_of(subnet.blocks());
            subnet.vpc_id == vpc.vpc_id && blocks.contains(near)
        });
        let flow = Flow::new(near, wanted.clone(), false, query.protocol, &query.ports);
        let place = Place {
            subnet: subnet.map(|subnet| subnet.subnet_id.clone()),
            vpc: vpc.vpc_id.clone(),
        };
        walk.leave(flow, &place);
    }
    if left.is_empty() {
        return Ok(());
    }
    if let End::Accelerator(id) = &query.to {
        walk.enter_accelerator(id, &left, &query.ports);
        return Ok(());
    }
    for accelerator in walk.accelerators_before() {
        walk.enter_accelerator(&accelerator.accelerator_arn, &left, &query.ports);
    }
    let mut edges = Vec::new();
    let inside = receivers.iter().map(|(interface, _)| *interface);
    for interface in inside.chain(fronts.iter().copied()) {
        for edge in walk.edges_of(&interface.vpc_id) {
            if !matches!(edge, Edge::Peering(_)) && !edges.contains(&edge) {
                edges.push(edge);
            }
        }
    }
    if edges.is_empty() && !walk.paths.is_empty() {
        return Ok(());
    }
    walk.enter_fronts(query, fronts, &edges, &left);
    from_edges(walk, query, receivers, &edges, &left)
}
