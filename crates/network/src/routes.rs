//! Route tables as a partition of the addresses by where packets to them go.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::address::{Address, Block};
use crate::interval::IntervalSet;
use crate::known::Reason;
use crate::snapshot::{Id, PrefixList, Route, RouteTable, Snapshot, TransitRouteTable, is_live};

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Next {
    /// To the VPC's own addresses.
    Local,
    /// To an internet gateway, a virtual private gateway, or another gateway by its identifier.
    Gateway(Id),
    /// To a gateway endpoint or a Gateway Load Balancer endpoint.
    Endpoint(Id),
    Nat(Id),
    EgressOnly(Id),
    Interface(Id),
    Transit(Id),
    Peering(Id),
    /// Nowhere: the packet is dropped.
    Blackhole,
    /// One of several, and EC2 does not say which.
    Ambiguous,
}

/// The addresses that a table routes, by where to; disjoint, and what is in none has no route.
#[derive(Debug, Clone, Default)]
pub struct Routes<A> {
    pub to: BTreeMap<Next, IntervalSet<A>>,
    /// Where a route's prefix list is not known: any address may take that route instead.
    pub unknown: Vec<(Next, Reason)>,
    /// Prefix lists of gateway endpoints that are not described; they hold service addresses only.
    pub services: Vec<Id>,
}

impl<A: Address> Routes<A> {
    /// The addresses routed there.
    pub fn set(&self, next: &Next) -> IntervalSet<A> {
        self.to.get(next).cloned().unwrap_or_default()
    }

    /// Where packets to `address` go, if they have a route.
    pub fn lookup(&self, address: A) -> Option<&Next> {
        self.to
            .iter()
            .find(|(_, set)| set.contains(address))
            .map(|(next, _)| next)
    }
}

/// A route of one block with what decides between it and others.
struct Candidate<A> {
    low: A,
    high: A,
    length: u32,
    /// 0 for a static CIDR, 1 for a static prefix list, 2 for a propagated route.
    rank: u8,
    next: Next,
}

type Make = fn(Id) -> Next;

/// Where a route leads; dead routes lead nowhere.
pub(crate) fn next(route: &Route) -> Next {
    if route.state == "blackhole" {
        return Next::Blackhole;
    }
    let members: [(&Id, Make); 9] = [
        (&route.network_interface_id, Next::Interface),
        (&route.nat_gateway_id, Next::Nat),
        (&route.transit_gateway_id, Next::Transit),
        (&route.vpc_peering_connection_id, Next::Peering),
        (&route.egress_only_internet_gateway_id, Next::EgressOnly),
        (&route.vpc_endpoint_id, Next::Endpoint),
        (&route.local_gateway_id, Next::Gateway),
        (&route.carrier_gateway_id, Next::Gateway),
        (&route.core_network_arn, Next::Gateway),
    ];
    for (id, make) in members {
        if !id.is_empty() {
            return make(id.clone());
        }
    }
    match route.gateway_id.as_str() {
        "local" => Next::Local,
        "" if !route.instance_id.is_empty() => Next::Interface(route.instance_id.clone()),
        "" => Next::Blackhole,
        id if id.starts_with("vpce-") => Next::Endpoint(id.to_owned()),
        id if id.starts_with("eigw-") => Next::EgressOnly(id.to_owned()),
        id => Next::Gateway(id.to_owned()),
    }
}

/// The partition of a VPC's route table.
///
/// The longest prefix wins, blackholes included; then static routes before propagated ones, and
/// blocks before prefix lists; `local` wins over every propagated route, even a longer one (VPC user
/// guide, "Route priority"; Site-to-Site VPN user guide, "Route tables and VPN route priority").
pub fn of_table<A: Address>(snapshot: &Snapshot, table: &RouteTable) -> Routes<A> {
    let mut routes = Routes::default();
    let mut candidates = Vec::new();
    for route in &table.routes {
        let next = next(route);
        let is_propagated = route.origin == "EnableVgwRoutePropagation";
        let list = &route.destination_prefix_list_id;
        let (blocks, rank) = if list.is_empty() {
            let text = if route.destination_cidr_block.is_empty() {
                &route.destination_ipv6_cidr_block
            } else {
                &route.destination_cidr_block
            };
            let rank = if is_propagated { 2 } else { 0 };
            (Block::parse(text).into_iter().collect(), rank)
        } else if let Some(blocks) = snapshot.prefix_lists.get(list).and_then(PrefixList::blocks) {
            (blocks, 1)
        } else if matches!(next, Next::Endpoint(_)) {
            routes.services.push(list.clone());
            continue;
        } else {
            let reason = format!("the entries of prefix list {list} are not described");
            routes.unknown.push((next, reason));
            continue;
        };
        for block in blocks {
            if let Some((low, high)) = A::ends(block) {
                candidates.push(Candidate {
                    low,
                    high,
                    length: block.length(),
                    rank,
                    next: next.clone(),
                });
            }
        }
    }
    let locals: Vec<(A, A)> = candidates
        .iter()
        .filter(|c| c.next == Next::Local)
        .map(|c| (c.low, c.high))
        .collect();
    routes.to = partition(candidates, &IntervalSet::collect(locals), |rank| rank == 1);
    routes
}

/// Gives each address to its best candidate; several equals of some ranks leave it open which.
fn partition<A: Address>(
    mut candidates: Vec<Candidate<A>>,
    local: &IntervalSet<A>,
    is_open: impl Fn(u8) -> bool,
) -> BTreeMap<Next, IntervalSet<A>> {
    candidates.sort_by_key(|c| (Reverse(c.length), c.rank, c.low));
    let mut parts: BTreeMap<Next, Vec<(A, A)>> = BTreeMap::new();
    let mut taken = IntervalSet::empty();
    let mut rest = candidates.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut next = first.next;
        while let Some(same) = rest.next_if(|c| c.low == first.low && c.high == first.high) {
            let is_tie = same.rank == first.rank && is_open(same.rank);
            if is_tie && same.next != next {
                next = Next::Ambiguous;
            }
        }
        let mut block = IntervalSet::range(first.low, first.high);
        if first.rank == 2 {
            block = block.minus(local);
        }
        parts
            .entry(next)
            .or_default()
            .extend_from_slice(block.minus(&taken).intervals());
        taken = taken.or(&block);
    }
    parts
        .into_iter()
        .map(|(next, parts)| (next, IntervalSet::collect(parts)))
        .collect()
}

/// The order in which a transit gateway prefers routes to the same block, by what they lead to
/// (Transit Gateways guide, "Route evaluation order").
fn transit_rank(resource: &str) -> u8 {
    match resource {
        "vpc" => 2,
        "direct-connect-gateway" => 3,
        "connect" => 4,
        "vpn" => 5,
        _ => 6,
    }
}

/// The partition of a transit gateway's table by attachment, or why it is not known.
///
/// Static routes win over propagated ones for the same block. What a VPN, Direct Connect gateway or
/// Connect attachment propagates is only known where the table's routes are described.
pub fn of_transit<A: Address>(
    snapshot: &Snapshot,
    table: &TransitRouteTable,
) -> Result<Routes<A>, Reason> {
    let id = &table.transit_gateway_route_table_id;
    if table.routes.is_none() && table.transit_gateway_route_table_propagations.is_none() {
        return Err(format!("the routes of {id} are not described"));
    }
    let mut routes = Routes::default();
    let lists = ["TransitGatewayStaticRoutes", "TransitGatewayRoutes"];
    if table.routes.is_none() && !lists.iter().any(|list| snapshot.described.contains(list)) {
        let reason = format!("the static routes of {id} are not described");
        routes.unknown.push((Next::Ambiguous, reason));
    }
    let mut candidates = Vec::new();
    for route in table.routes.iter().flatten() {
        let through = route.transit_gateway_attachments.first();
        let next = match through {
            Some(a)
                if route.state != "blackhole"
                    && is_active(snapshot, &a.transit_gateway_attachment_id) =>
            {
                Next::Transit(a.transit_gateway_attachment_id.clone())
            }
            _ => Next::Blackhole,
        };
        let rank = match through {
            Some(a) if route.kind == "propagated" => transit_rank(&a.resource_type),
            _ => u8::from(!route.prefix_list_id.is_empty()),
        };
        let blocks = if route.destination_cidr_block.is_empty() {
            match snapshot
                .prefix_lists
                .get(&route.prefix_list_id)
                .and_then(PrefixList::blocks)
            {
                Some(blocks) => blocks,
                None => return Err(format!("{} of {id} is not described", route.prefix_list_id)),
            }
        } else {
            Block::parse(&route.destination_cidr_block)
                .into_iter()
                .collect()
        };
        push(&mut candidates, &blocks, rank, &next);
    }
    propagated(snapshot, table, &mut routes, &mut candidates);
    // Which of two attachments that announce the same block was first is not described.
    routes.to = partition(candidates, &IntervalSet::empty(), |rank| rank > 0);
    Ok(routes)
}

/// Whether an attachment is not known to be dead.
fn is_active(snapshot: &Snapshot, attachment: &str) -> bool {
    let known = snapshot.transit_attachments.get(attachment);
    known.is_none_or(|a| is_live(&a.state))
}

/// Adds what the attachments of a table announce to it.
fn propagated<A: Address>(
    snapshot: &Snapshot,
    table: &TransitRouteTable,
    routes: &mut Routes<A>,
    candidates: &mut Vec<Candidate<A>>,
) {
    let id = &table.transit_gateway_route_table_id;
    for propagation in table
        .transit_gateway_route_table_propagations
        .iter()
        .flatten()
    {
        if !is_live(&propagation.state) {
            continue;
        }
        let attachment = &propagation.transit_gateway_attachment_id;
        let next = Next::Transit(attachment.clone());
        let rank = transit_rank(&propagation.resource_type);
        match propagation.resource_type.as_str() {
            "vpc" => match snapshot.vpcs.get(&propagation.resource_id) {
                _ if !is_active(snapshot, attachment) => {}
                Some(vpc) => push(candidates, &vpc.blocks(), rank, &next),
                None => routes.unknown.push((
                    next,
                    format!(
                        "{}, which {id} learns, is not described",
                        propagation.resource_id
                    ),
                )),
            },
            "vpn" => match propagated_by_vpn(snapshot, attachment, &propagation.resource_id) {
                Some(blocks) => push(candidates, &blocks, rank, &next),
                None => routes.unknown.push((
                    next,
                    format!("what {attachment} announces to {id} is not described"),
                )),
            },
            _ => routes.unknown.push((
                next,
                format!("what {attachment} announces to {id} is not described"),
            )),
        }
    }
}

/// The blocks that a VPN with static routes announces; with BGP they are not in the configuration.
fn propagated_by_vpn(snapshot: &Snapshot, attachment: &str, resource: &str) -> Option<Vec<Block>> {
    let known = snapshot.transit_attachments.get(attachment);
    let id = known.map_or(resource, |a| a.resource_id.as_str());
    let connection = snapshot.vpn_connections.get(id)?;
    connection.options.static_routes_only.then(|| {
        let live = connection.routes.iter().filter(|r| is_live(&r.state));
        live.filter_map(|r| Block::parse(&r.destination_cidr_block))
            .collect()
    })
}

fn push<A: Address>(candidates: &mut Vec<Candidate<A>>, blocks: &[Block], rank: u8, next: &Next) {
    for block in blocks {
        if let Some((low, high)) = A::ends(*block) {
            candidates.push(Candidate {
                low,
                high,
                length: block.length(),
                rank,
                next: next.clone(),
            });
        }
    }
}
