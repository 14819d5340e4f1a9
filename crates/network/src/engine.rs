//! Evaluates interfaces: which (port, source) pairs are open from each edge of the VPC.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::address::{Address, set_of, set_of_texts};
use crate::edges::{Edge, Exposure, of_interface};
use crate::filters::{self, Protocol};
use crate::gates;
use crate::index::Index;
use crate::interval::IntervalSet;
use crate::known::{Known, Set as _};
use crate::middlebox;
use crate::region::{Ports, Region};
use crate::routes::{self, Next, Routes};
use crate::snapshot::{Id, NetworkInterface, Snapshot, UserIdGroupPair};

/// Source ports of clients (Transmission Control, RFC 6335; what NAT gateways and Linux use).
pub const CLIENT_PORTS: (u16, u16) = (1024, 65535);

type Regions<K, A> = HashMap<K, Arc<Known<Region<A>>>>;

/// What belongs to one address family and is computed once.
#[derive(Debug)]
pub(crate) struct Family<A> {
    groups: Regions<(Id, Protocol), A>,
    sets: Regions<(Vec<Id>, Protocol), A>,
    sets_of: HashMap<Id, Vec<(Vec<Id>, Protocol)>>,
    acls: Regions<(Id, bool, Protocol), A>,
    routes: HashMap<Id, Arc<Routes<A>>>,
    sources: HashMap<Id, Arc<IntervalSet<A>>>,
    /// What passes ACL and routes, by subnet, edge and protocol.
    subnets: Regions<(Id, Next, Protocol), A>,
    /// The same for clients on the internet.
    entering: Regions<(Id, Next, Protocol), A>,
}

impl<A: Address> Default for Family<A> {
    fn default() -> Self {
        Self {
            groups: HashMap::new(),
            sets: HashMap::new(),
            sets_of: HashMap::new(),
            acls: HashMap::new(),
            routes: HashMap::new(),
            sources: HashMap::new(),
            subnets: HashMap::new(),
            entering: HashMap::new(),
        }
    }
}

/// A family whose results are kept in an engine.
pub(crate) trait Kept: Address {
    fn family(engine: &mut Engine) -> &mut Family<Self>;
}

impl Kept for u32 {
    fn family(engine: &mut Engine) -> &mut Family<Self> {
        &mut engine.v4
    }
}

impl Kept for u128 {
    fn family(engine: &mut Engine) -> &mut Family<Self> {
        &mut engine.v6
    }
}

/// A snapshot with everything that was computed of it.
#[derive(Debug)]
pub struct Engine {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) index: Arc<Index>,
    pub(crate) v4: Family<u32>,
    pub(crate) v6: Family<u128>,
    /// Edges that subnets route to.
    edges: HashMap<Id, Arc<Vec<Edge>>>,
}

impl Engine {
    /// Prepares the evaluation of a snapshot.
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        let index = Arc::new(Index::of(&snapshot));
        Self {
            snapshot,
            index,
            v4: Family::default(),
            v6: Family::default(),
            edges: HashMap::new(),
        }
    }

    /// Another engine for the same snapshot, for another thread.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self {
            snapshot: Arc::clone(&self.snapshot),
            index: Arc::clone(&self.index),
            v4: Family::default(),
            v6: Family::default(),
            edges: HashMap::new(),
        }
    }

    /// The snapshot that is evaluated.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The edges that a subnet routes to, or may.
    pub(crate) fn edges(&mut self, subnet: &str, vpc: &str) -> Arc<Vec<Edge>> {
        if let Some(known) = self.edges.get(subnet) {
            return Arc::clone(known);
        }
        let nexts = nexts(self, subnet, vpc);
        let edges: Arc<Vec<Edge>> = Arc::new(nexts.iter().filter_map(Edge::of).collect());
        self.edges.insert(subnet.to_owned(), Arc::clone(&edges));
        edges
    }

    /// What passes a subnet from clients on the internet.
    pub(crate) fn entering<A: Kept>(
        &mut self,
        subnet: &str,
        vpc: &str,
        next: &Next,
        protocol: Protocol,
    ) -> Arc<Known<Region<A>>> {
        let key = (subnet.to_owned(), next.clone(), protocol);
        if let Some(known) = A::family(self).entering.get(&key) {
            return Arc::clone(known);
        }
        let sources = self.internet::<A>(vpc);
        let through = self.through_subnet::<A>(subnet, vpc, next, protocol);
        let region = Arc::new(through.map(|region| region.and_addresses(&sources)));
        A::family(self).entering.insert(key, Arc::clone(&region));
        region
    }

    /// The partition of a route table, if it is described.
    pub(crate) fn routes<A: Kept>(&mut self, table: &Id) -> Option<Arc<Routes<A>>> {
        if let Some(known) = A::family(self).routes.get(table) {
            return Some(Arc::clone(known));
        }
        let described = self.snapshot.route_tables.get(table)?;
        let routes = Arc::new(routes::of_table(&self.snapshot, described));
        let kept = &mut A::family(self).routes;
        kept.insert(table.clone(), Arc::clone(&routes));
        Some(routes)
    }

    /// The addresses that a subnet sends there.
    pub(crate) fn routed<A: Kept>(
        &mut self,
        subnet: &str,
        vpc: &str,
        next: &Next,
    ) -> Known<IntervalSet<A>> {
        let table = self.index.table(subnet, vpc).cloned();
        let Some(routes) = table.and_then(|table| self.routes::<A>(&table)) else {
            return Known::unknown(format!("the route table of {subnet} is not described"));
        };
        let must = routes.set(next);
        let ambiguous = routes.set(&Next::Ambiguous);
        let mut reasons = Vec::new();
        let mut may = must.clone();
        if !ambiguous.is_empty() {
            reasons.push("overlapping prefix lists route to different targets".to_owned());
            may = may.or(&ambiguous);
        }
        let mut must = must;
        for (target, reason) in &routes.unknown {
            reasons.push(reason.clone());
            if target == next {
                may = IntervalSet::all();
            } else {
                must = IntervalSet::empty();
            }
        }
        Known::between(must, may, reasons)
    }

    /// What a subnet's ACL lets in, or out.
    pub(crate) fn acl<A: Kept>(
        &mut self,
        subnet: &str,
        is_egress: bool,
        protocol: Protocol,
    ) -> Arc<Known<Region<A>>> {
        let acl = self.index.acl_of_subnet.get(subnet).cloned();
        let Some(acl) = acl else {
            let reason = format!("the network ACL of {subnet} is not described");
            return Arc::new(Known::unknown(reason));
        };
        let key = (acl, is_egress, protocol);
        if let Some(known) = A::family(self).acls.get(&key) {
            return Arc::clone(known);
        }
        let region = match self.snapshot.acls.get(&key.0) {
            Some(acl) => filters::acl(acl, is_egress, protocol).into(),
            None => Known::unknown(format!("{} is not described", key.0)),
        };
        let region = Arc::new(region);
        A::family(self).acls.insert(key, Arc::clone(&region));
        region
    }

    /// What one group lets in from peers without identity.
    fn group<A: Kept>(&mut self, id: &Id, protocol: Protocol) -> Arc<Known<Region<A>>> {
        let key = (id.clone(), protocol);
        if let Some(known) = A::family(self).groups.get(&key) {
            return Arc::clone(known);
        }
        let nobody: filters::Members<'_, A> = &filters::nobody;
        let region = match self.snapshot.groups.get(id) {
            Some(group) => filters::group(&self.snapshot, group, false, protocol, nobody),
            None => Known::unknown(format!("security group {id} is not described")),
        };
        let region = Arc::new(region);
        A::family(self).groups.insert(key, Arc::clone(&region));
        region
    }

    /// What an interface's groups let in from peers without identity.
    pub(crate) fn groups<A: Kept>(
        &mut self,
        interface: &NetworkInterface,
        protocol: Protocol,
    ) -> Arc<Known<Region<A>>> {
        if interface.groups.is_empty() && interface.interface_type == "network_load_balancer" {
            return Arc::new(Known::everything());
        }
        let mut ids: Vec<Id> = interface
            .groups
            .iter()
            .map(|g| g.group_id.clone())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        if let [only] = ids.as_slice() {
            return self.group(only, protocol);
        }
        let key = (ids, protocol);
        if let Some(known) = A::family(self).sets.get(&key) {
            return Arc::clone(known);
        }
        let parts: Vec<_> = key
            .0
            .iter()
            .map(|id| self.group::<A>(id, protocol))
            .collect();
        let region = if parts.iter().all(|part| part.doubt.is_none()) {
            Region::union_of(parts.iter().map(|part| &part.must)).into()
        } else {
            parts
                .iter()
                .fold(Known::nothing(), |all: Known<Region<A>>, part| all.or(part))
        };
        let region = Arc::new(region);
        let family = A::family(self);
        for id in &key.0 {
            let sets = family.sets_of.entry(id.clone()).or_default();
            sets.push(key.clone());
        }
        family.sets.insert(key, Arc::clone(&region));
        region
    }

    /// What an interface's groups let in, or out, with references meaning these addresses.
    pub(crate) fn groups_with<A: Kept>(
        &self,
        interface: &NetworkInterface,
        is_egress: bool,
        protocol: Protocol,
        members: filters::Members<'_, A>,
    ) -> Known<Region<A>> {
        if interface.groups.is_empty() && interface.interface_type == "network_load_balancer" {
            return Known::everything();
        }
        let mut all = Known::nothing();
        for reference in &interface.groups {
            let id = &reference.group_id;
            all = match self.snapshot.groups.get(id) {
                Some(group) => {
                    let snapshot = &self.snapshot;
                    all.or(&filters::group(
                        snapshot, group, is_egress, protocol, members,
                    ))
                }
                None => all.or(&Known::unknown(format!(
                    "security group {id} is not described"
                ))),
            };
        }
        all
    }

    /// Addresses of the members of a group in a VPC.
    pub(crate) fn member_addresses<A: Kept>(
        &self,
        pair: &UserIdGroupPair,
        vpc: &str,
    ) -> Known<IntervalSet<A>> {
        let group = pair.group_id.as_str();
        if matches!(
            pair.peering_status.as_str(),
            "deleted" | "rejected" | "expired" | "failed"
        ) {
            return Known::nothing();
        }
        if !self.snapshot.groups.contains_key(group) && !self.index.members.contains_key(group) {
            let reason = format!("the referenced security group {group} is not described");
            return Known::unknown(reason);
        }
        let members = self.index.members.get(group).into_iter().flatten();
        let interfaces = members.filter_map(|id| self.snapshot.interfaces.get(id));
        let mut parts = Vec::new();
        for interface in interfaces.filter(|i| i.vpc_id == vpc) {
            let four = self.index.four(interface).into_iter().map(|(a, _)| a.ip());
            let six = crate::index::six(interface).into_iter().map(Address::ip);
            let own = four.chain(six).filter_map(A::of);
            parts.extend(own.map(|address| (address, address)));
        }
        IntervalSet::collect(parts).into()
    }

    /// The addresses of a VPC.
    pub(crate) fn vpc_addresses<A: Kept>(&self, vpc: &str) -> Known<IntervalSet<A>> {
        match self.snapshot.vpcs.get(vpc) {
            Some(vpc) => set_of(vpc.blocks()).into(),
            None => Known::unknown(format!("{vpc} is not described")),
        }
    }

    /// Addresses that packets from the internet to this VPC can have as their source.
    pub(crate) fn internet<A: Kept>(&mut self, vpc: &str) -> Arc<IntervalSet<A>> {
        if let Some(known) = A::family(self).sources.get(vpc) {
            return Arc::clone(known);
        }
        let own = self.vpc_addresses::<A>(vpc).must;
        let world = if A::IS_V6 {
            set_of_texts(["2000::/3"])
        } else {
            set_of_texts::<A>(NOT_ON_THE_INTERNET.iter().copied()).not()
        };
        let sources = Arc::new(world.minus(&own));
        A::family(self)
            .sources
            .insert(vpc.to_owned(), Arc::clone(&sources));
        sources
    }

    /// What passes in through the ACL of a subnet, with a reply out of it that goes to `next`.
    ///
    /// The ACL's egress entries see the client's port as destination port, and the address alone
    /// decides about the reply's route: so the reply is a set of addresses (specification §6).
    pub(crate) fn through_subnet<A: Kept>(
        &mut self,
        subnet: &str,
        vpc: &str,
        next: &Next,
        protocol: Protocol,
    ) -> Arc<Known<Region<A>>> {
        let key = (subnet.to_owned(), next.clone(), protocol);
        if let Some(known) = A::family(self).subnets.get(&key) {
            return Arc::clone(known);
        }
        let inward = self.acl::<A>(subnet, false, protocol);
        let outward = self.acl::<A>(subnet, true, protocol);
        let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
        let reply = outward.map(|region| region.and_ports(&clients).addresses());
        let mut routed = self.routed::<A>(subnet, vpc, next);
        if let Some(more) = middlebox::answered_through_appliances::<A>(self, subnet, vpc, next) {
            routed = routed.or(&more);
        }
        let reply = reply.and(&routed);
        let reply = reply.map(|set| Region::product(&Ports::all(), &Arc::new(set.clone())));
        let region = Arc::new(inward.and(&reply));
        A::family(self).subnets.insert(key, Arc::clone(&region));
        region
    }
}

impl<A: Address> Family<A> {
    /// Forgets what a group's rules decided.
    pub(crate) fn forget_group(&mut self, id: &Id, protocols: &[Protocol]) {
        for protocol in protocols {
            self.groups.remove(&(id.clone(), *protocol));
        }
        for key in self.sets_of.remove(id).unwrap_or_default() {
            self.sets.remove(&key);
        }
    }

    /// Forgets what an ACL's entries decided.
    pub(crate) fn forget_acl(&mut self, id: &Id, subnets: &[Id]) {
        self.acls.retain(|(acl, _, _), _| acl != id);
        self.subnets
            .retain(|(subnet, _, _), _| !subnets.contains(subnet));
        self.entering
            .retain(|(subnet, _, _), _| !subnets.contains(subnet));
    }
}

/// Blocks whose addresses do not arrive from the internet: private, shared, loopback, link-local,
/// "this network", multicast, reserved (RFC 1918, 6598, 1122, 3927, 1112).
pub(crate) const NOT_ON_THE_INTERNET: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
];

/// What a subnet's routes name, for both families, and what may lead to it otherwise.
fn nexts(engine: &mut Engine, subnet: &str, vpc: &str) -> BTreeSet<Next> {
    let mut nexts = BTreeSet::new();
    let table = engine.index.table(subnet, vpc).cloned();
    let Some(table) = table.filter(|table| engine.snapshot.route_tables.contains_key(table)) else {
        return possible(engine.snapshot(), vpc);
    };
    if let Some(four) = engine.routes::<u32>(&table) {
        nexts.extend(four.to.keys().cloned());
        nexts.extend(four.unknown.iter().map(|(next, _)| next.clone()));
    }
    if let Some(six) = engine.routes::<u128>(&table) {
        nexts.extend(six.to.keys().cloned());
    }
    // What answers through something in the VPC may have been asked through any gateway.
    let is_indirect = |next: &Next| {
        matches!(
            next,
            Next::Ambiguous | Next::Interface(_) | Next::Endpoint(_)
        )
    };
    if nexts.iter().any(is_indirect) {
        nexts.extend(attached(engine.snapshot(), vpc));
        nexts.extend(named(engine.snapshot(), vpc));
    }
    nexts
}

/// The edges that some route of a VPC names, whether or not it wins.
fn named(snapshot: &Snapshot, vpc: &str) -> BTreeSet<Next> {
    let tables = snapshot.route_tables.values();
    let routes = tables.filter(|t| t.vpc_id == vpc).flat_map(|t| &t.routes);
    routes
        .map(routes::next)
        .filter(|next| matches!(next, Next::Gateway(_) | Next::Peering(_) | Next::Transit(_)))
        .collect()
}

/// Every edge that may be attached to a VPC whose routes are not known.
fn possible(snapshot: &Snapshot, vpc: &str) -> BTreeSet<Next> {
    let mut nexts = attached(snapshot, vpc);
    // Names that no gateway has stand for gateways that are not described.
    if !snapshot.described.contains("InternetGateways") {
        nexts.insert(Next::Gateway(format!("igw-of-{vpc}")));
    }
    if !snapshot.described.contains("VpnGateways") {
        nexts.insert(Next::Gateway(format!("vgw-of-{vpc}")));
    }
    if !snapshot.described.contains("VpcPeeringConnections") {
        nexts.insert(Next::Peering(format!("pcx-of-{vpc}")));
    }
    if !snapshot.described.contains("TransitGatewayAttachments")
        && !snapshot.described.contains("TransitGatewayVpcAttachments")
    {
        nexts.insert(Next::Transit(format!("tgw-of-{vpc}")));
    }
    nexts
}

/// Every edge that is attached to a VPC, for when its routes are not known.
fn attached(snapshot: &Snapshot, vpc: &str) -> BTreeSet<Next> {
    let mut nexts = BTreeSet::new();
    let internet = snapshot.internet_gateways.values();
    let here = internet.filter(|g| g.attachments.iter().any(|a| a.vpc_id == vpc));
    nexts.extend(here.map(|g| Next::Gateway(g.internet_gateway_id.clone())));
    let private = snapshot.vpn_gateways.values();
    let here = private.filter(|g| g.vpc_attachments.iter().any(|a| a.vpc_id == vpc));
    nexts.extend(here.map(|g| Next::Gateway(g.vpn_gateway_id.clone())));
    for peering in snapshot.peerings.values() {
        if gates::sides(peering, vpc).is_some() {
            nexts.insert(Next::Peering(peering.vpc_peering_connection_id.clone()));
        }
    }
    for attachment in snapshot.transit_attachments.values() {
        if attachment.vpc_id == vpc {
            nexts.insert(Next::Transit(attachment.transit_gateway_id.clone()));
        }
    }
    nexts
}

/// Everything that is or may be open at any interface, from every edge.
pub fn exposures(engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
    let ids: Vec<Id> = engine.snapshot.interfaces.keys().cloned().collect();
    let mut all: Vec<Exposure> = ids
        .iter()
        .flat_map(|id| of_interface(engine, id, protocols))
        .collect();
    all.extend(indirect(engine, protocols));
    all
}

/// Everything that is or may be open through load balancers and services.
pub(crate) fn indirect(engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
    let mut all = crate::balancers::exposures(engine, protocols);
    all.extend(crate::services::exposures(engine, protocols));
    all
}

/// A region of every port from these addresses.
pub(crate) fn from<A: Address>(sources: &Known<IntervalSet<A>>) -> Known<Region<A>> {
    sources.map(|set| Region::product(&Ports::everything(), &Arc::new(set.clone())))
}
