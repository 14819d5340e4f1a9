//! Evaluates interfaces: which (port, source) pairs are open from each edge of the VPC.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::address::{Address, set_of, set_of_texts};
use crate::edges::{Edge, Exposure, of_interface};
use crate::filters::{self, Protocol};
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::{Known, Set as _};
use crate::middlebox;
use crate::reads::{self, Cell, Found, Log, Memo};
use crate::region::{Ports, Region};
use crate::roots::Root;
use crate::routes::{self, Next, Routes};
use crate::snapshot::{Id, NetworkInterface, Snapshot, UserIdGroupPair};

/// Source ports of clients (Transmission Control, RFC 6335; what NAT gateways and Linux use).
pub const CLIENT_PORTS: (u16, u16) = (1024, 65535);

/// Where an engine keeps something.
type MemoOf<K, V> = fn(&mut Engine) -> &mut Memo<K, V>;
/// A subnet and its VPC, an edge and a protocol.
type Passage = (Id, Id, Next, Protocol);
type Regions<K, A> = Memo<K, Arc<Known<Region<A>>>>;

/// What belongs to one address family and is computed once.
#[derive(Debug)]
pub(crate) struct Family<A> {
    groups: Regions<(Id, Protocol), A>,
    sets: Regions<(Vec<Id>, Protocol), A>,
    acls: Regions<(Id, bool, Protocol), A>,
    routes: Memo<Id, Arc<Routes<A>>>,
    sources: Memo<Id, Arc<IntervalSet<A>>>,
    /// What passes ACL and routes of a subnet.
    subnets: Regions<Passage, A>,
    /// The same for clients on the internet.
    entering: Regions<Passage, A>,
}

impl<A: Address> Default for Family<A> {
    fn default() -> Self {
        Self {
            groups: Memo::default(),
            sets: Memo::default(),
            acls: Memo::default(),
            routes: Memo::default(),
            sources: Memo::default(),
            subnets: Memo::default(),
            entering: Memo::default(),
        }
    }
}

impl<A: Address> Family<A> {
    /// Forgets what is out of date, and tells the cells of the rest.
    fn sweep(&mut self, log: &mut Log, used: &mut Vec<Cell>) {
        self.groups.sweep(log, used);
        self.sets.sweep(log, used);
        self.acls.sweep(log, used);
        self.routes.sweep(log, used);
        self.sources.sweep(log, used);
        self.subnets.sweep(log, used);
        self.entering.sweep(log, used);
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
    pub(crate) v4: Family<u32>,
    pub(crate) v6: Family<u128>,
    /// Edges that subnets route to.
    edges: Memo<(Id, Id), Arc<Vec<Edge>>>,
}

impl Engine {
    /// Prepares the evaluation of a snapshot.
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        Self {
            snapshot,
            v4: Family::default(),
            v6: Family::default(),
            edges: Memo::default(),
        }
    }

    /// Another engine for the same snapshot, for another thread.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self::new(Arc::clone(&self.snapshot))
    }

    /// The snapshot that is evaluated.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The edges that a subnet routes to, or may.
    pub(crate) fn edges(&mut self, subnet: &str, vpc: &str) -> Arc<Vec<Edge>> {
        let key = (subnet.to_owned(), vpc.to_owned());
        kept(
            self,
            |engine| &mut engine.edges,
            key,
            |engine, (subnet, vpc)| {
                let nexts = nexts(engine, subnet, vpc);
                Arc::new(nexts.iter().filter_map(Edge::of).collect())
            },
        )
    }

    /// What passes a subnet from clients on the internet.
    pub(crate) fn entering<A: Kept>(
        &mut self,
        subnet: &str,
        vpc: &str,
        next: &Next,
        protocol: Protocol,
    ) -> Arc<Known<Region<A>>> {
        let key = (subnet.to_owned(), vpc.to_owned(), next.clone(), protocol);
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).entering;
        kept(self, memo, key, |engine, (subnet, vpc, next, protocol)| {
            let sources = engine.internet::<A>(vpc);
            let through = engine.through_subnet::<A>(subnet, vpc, next, *protocol);
            Arc::new(through.map(|region| region.and_addresses(&sources)))
        })
    }

    /// The partition of a route table, if it is described.
    pub(crate) fn routes<A: Kept>(&mut self, table: &Id) -> Option<Arc<Routes<A>>> {
        if !self.snapshot.route_tables.contains_key(table) {
            return None;
        }
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).routes;
        let routes = kept(self, memo, table.clone(), |engine, table| {
            let described = engine.snapshot.route_tables.get(table);
            let routes = described.map(|table| routes::of_table(&engine.snapshot, table));
            Arc::new(routes.unwrap_or_default())
        });
        Some(routes)
    }

    /// The addresses that a subnet sends there.
    pub(crate) fn routed<A: Kept>(
        &mut self,
        subnet: &str,
        vpc: &str,
        next: &Next,
    ) -> Known<IntervalSet<A>> {
        let table = self.snapshot.table_of(subnet, vpc).cloned();
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
        let acl = self.snapshot.acl_of(subnet).cloned();
        let Some(acl) = acl else {
            let reason = format!("the network ACL of {subnet} is not described");
            return Arc::new(Known::unknown(reason));
        };
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).acls;
        let key = (acl, is_egress, protocol);
        kept(self, memo, key, |engine, (id, is_egress, protocol)| {
            Arc::new(match engine.snapshot.acls.get(id) {
                Some(acl) => filters::acl(acl, *is_egress, *protocol).into(),
                None => Known::unknown(format!("{id} is not described")),
            })
        })
    }

    /// What one group lets in from peers without identity.
    fn group<A: Kept>(&mut self, id: &Id, protocol: Protocol) -> Arc<Known<Region<A>>> {
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).groups;
        kept(
            self,
            memo,
            (id.clone(), protocol),
            |engine, (id, protocol)| {
                let nobody: filters::Members<'_, A> = &filters::nobody;
                let snapshot = &engine.snapshot;
                Arc::new(match snapshot.groups.get(id) {
                    Some(group) => filters::group(snapshot, group, false, *protocol, nobody),
                    None => Known::unknown(format!("security group {id} is not described")),
                })
            },
        )
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
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).sets;
        kept(self, memo, (ids, protocol), |engine, (ids, protocol)| {
            let parts = ids.iter().map(|id| engine.group::<A>(id, *protocol));
            let parts: Vec<_> = parts.collect();
            Arc::new(if parts.iter().all(|part| part.doubt.is_none()) {
                Region::union_of(parts.iter().map(|part| &part.must)).into()
            } else {
                let nothing: Known<Region<A>> = Known::nothing();
                parts.iter().fold(nothing, |all, part| all.or(part))
            })
        })
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
        let members = self.snapshot.interfaces.ids(Field::Group, group);
        if !self.snapshot.groups.contains_key(group) && members.is_empty() {
            let reason = format!("the referenced security group {group} is not described");
            return Known::unknown(reason);
        }
        let interfaces = members
            .iter()
            .filter_map(|id| self.snapshot.interfaces.get(id));
        let mut parts = Vec::new();
        for interface in interfaces.filter(|i| i.vpc_id == vpc) {
            let four = self
                .snapshot
                .four(interface)
                .into_iter()
                .map(|(a, _)| a.ip());
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
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).sources;
        kept(self, memo, vpc.to_owned(), |engine, vpc| {
            let own = engine.vpc_addresses::<A>(vpc).must;
            let world = if A::IS_V6 {
                set_of_texts(["2000::/3"])
            } else {
                set_of_texts::<A>(NOT_ON_THE_INTERNET.iter().copied()).not()
            };
            Arc::new(world.minus(&own))
        })
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
        let key = (subnet.to_owned(), vpc.to_owned(), next.clone(), protocol);
        let memo: MemoOf<_, _> = |engine| &mut A::family(engine).subnets;
        kept(self, memo, key, |engine, (subnet, vpc, next, protocol)| {
            let inward = engine.acl::<A>(subnet, false, *protocol);
            let outward = engine.acl::<A>(subnet, true, *protocol);
            let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
            let reply = outward.map(|region| region.and_ports(&clients).addresses());
            let mut routed = engine.routed::<A>(subnet, vpc, next);
            let aside = middlebox::answered_through_appliances::<A>(engine, subnet, vpc, next);
            if let Some(more) = aside {
                routed = routed.or(&more);
            }
            let reply = reply.and(&routed);
            let reply = reply.map(|set| Region::product(&Ports::all(), &Arc::new(set.clone())));
            Arc::new(inward.and(&reply))
        })
    }

    /// Forgets what was computed and is out of date, and tells the cells of the rest.
    pub(crate) fn sweep(&mut self, log: &mut Log) -> Vec<Cell> {
        let mut used = Vec::new();
        self.v4.sweep(log, &mut used);
        self.v6.sweep(log, &mut used);
        self.edges.sweep(log, &mut used);
        used
    }
}

/// What is kept for a key, or computed now: of the key and of look-ups alone, as it captures nothing.
fn kept<K: Eq + Hash, V: Clone>(
    engine: &mut Engine,
    memo: MemoOf<K, V>,
    key: K,
    compute: fn(&mut Engine, &K) -> V,
) -> V {
    let cell = match memo(engine).find(&key) {
        Found::Fresh(value) => return value,
        Found::Stale(cell) => Some(cell),
        Found::Nothing => None,
    };
    let (value, cell) = reads::compute(cell, || compute(engine, &key));
    memo(engine).keep(key, value.clone(), cell);
    value
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
    let table = engine.snapshot.table_of(subnet, vpc).cloned();
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
    let tables = snapshot.route_tables.having(Field::TableVpc, vpc);
    let routes = tables.flat_map(|t| &t.routes);
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
    let internet = snapshot.internet_gateways.having(Field::InternetVpc, vpc);
    nexts.extend(internet.map(|g| Next::Gateway(g.internet_gateway_id.clone())));
    let private = snapshot.vpn_gateways.having(Field::PrivateVpc, vpc);
    nexts.extend(private.map(|g| Next::Gateway(g.vpn_gateway_id.clone())));
    let peerings = snapshot.peerings.having(Field::Side, vpc);
    nexts.extend(peerings.map(|p| Next::Peering(p.vpc_peering_connection_id.clone())));
    let attachments = snapshot.transit_attachments.having(Field::AttachedVpc, vpc);
    nexts.extend(attachments.map(|a| Next::Transit(a.transit_gateway_id.clone())));
    nexts
}

/// Everything that is or may be open at any interface, from every edge.
pub fn exposures(engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
    let ids: Vec<Id> = engine.snapshot.interfaces.keys().cloned().collect();
    let mut all: Vec<Exposure> = ids
        .iter()
        .flat_map(|id| of_interface(engine, id, protocols))
        .collect();
    for root in Root::indirect(engine.snapshot()) {
        all.extend(root.exposures(engine, protocols));
    }
    all
}

/// A region of every port from these addresses.
pub(crate) fn from<A: Address>(sources: &Known<IntervalSet<A>>) -> Known<Region<A>> {
    sources.map(|set| Region::product(&Ports::everything(), &Arc::new(set.clone())))
}
