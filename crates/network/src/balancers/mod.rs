//! What is open through load balancers: the front at the balancer, the back at its targets.
//!
//! Application and classic load balancers are proxies: the back is a connection of their own, and
//! the client's address matters at the front only. Network load balancers pass packets on, with the
//! client's address or with their own (Elastic Load Balancing user guides; specification §4.12).

mod back;
mod classic;
pub(crate) mod doubts;
mod targets;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::address::{Address, set_of_texts};
use crate::edges::{self, Balancer, Edge, Exposure, Shown};
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::index::{Field, six};
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::{Ports, Region};
use crate::snapshot::{
    Action, Id, Listener, LoadBalancer, NetworkInterface, Snapshot, TargetGroup,
};

pub(crate) use back::{admits_hidden, everything_if, passed_on_hidden};
pub(crate) use classic::targets as classic_targets;
pub(crate) use targets::{
    Destination, UNKNOWN_ZONE, destinations, first_interface, is_in_zone, preserves,
};

/// Clients by family.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) four: Known<IntervalSet<u32>>,
    pub(crate) six: Known<IntervalSet<u128>>,
}

/// Clients with IPv4 alone.
impl From<Known<IntervalSet<u32>>> for Clients {
    fn from(four: Known<IntervalSet<u32>>) -> Self {
        let six = Known::nothing();
        Self { four, six }
    }
}

impl Clients {
    pub(crate) fn everybody() -> Self {
        Self {
            four: Known::everything(),
            six: Known::everything(),
        }
    }

    fn nobody() -> Self {
        Known::nothing().into()
    }

    fn doubted(&self, reason: &str) -> Self {
        Self {
            four: self.four.doubted(reason),
            six: self.six.doubted(reason),
        }
    }

    fn and(&self, other: &Self) -> Self {
        Self {
            four: self.four.and(&other.four),
            six: self.six.and(&other.six),
        }
    }

    /// The same clients, as far as something that does not look at them is open.
    fn and_if(&self, open: &Known<IntervalSet<u32>>) -> Self {
        Self {
            four: self.four.and(open),
            six: self
                .six
                .and(&open.map(|set| everything_if(!set.is_empty()))),
        }
    }
}

/// Who stands behind the address that packets to a balancer come from.
#[derive(Clone)]
pub(crate) enum Seen {
    /// The clients themselves.
    Clients,
    /// Nobody: targets see the balancer's own address.
    Balancer,
    /// A service with one of these addresses, or with one of these groups.
    Service(IntervalSet<u32>, Vec<Id>),
}

/// Packets of clients that a node of a balancer accepts on a port of a listener.
#[derive(Clone)]
pub(crate) struct Front<'s> {
    pub(crate) edge: Edge,
    pub(crate) node: &'s NetworkInterface,
    /// The node's own address.
    pub(crate) address: u32,
    pub(crate) public: Option<u32>,
    pub(crate) public_six: Option<u128>,
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
    pub(crate) clients: Clients,
    pub(crate) seen: Seen,
    pub(crate) middlebox: Option<Id>,
    pub(crate) behind: Option<Id>,
    pub(crate) first_node: Option<Id>,
}

impl<'s> Front<'s> {
    /// A node that everybody reaches with an address of his own.
    pub(crate) fn new(
        edge: &Edge,
        node: &'s NetworkInterface,
        address: u32,
        (protocol, port): (Protocol, u16),
    ) -> Self {
        Self {
            edge: edge.clone(),
            node,
            address,
            public: None,
            public_six: None,
            protocol,
            port,
            clients: Clients::everybody(),
            seen: Seen::Clients,
            middlebox: None,
            behind: None,
            first_node: None,
        }
    }
}

/// Everything that is or may be open through a load balancer, from the edges of its subnets.
pub(crate) fn of_balancer(engine: &mut Engine, arn: &str, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    let described = snapshot.load_balancers.get(arn);
    let Some(balancer) = described.filter(|b| is_active(b) && b.kind != "gateway") else {
        return found;
    };
    let nodes = nodes(&snapshot, balancer);
    doubts::of_balancer(engine, &snapshot, balancer, &nodes, protocols, &mut found);
    for listener in listeners(&snapshot, &balancer.load_balancer_arn) {
        for protocol in protocols_of(&listener.protocol) {
            if !protocols.contains(protocol) {
                continue;
            }
            for node in &nodes {
                for front in fronts(
                    engine,
                    node,
                    *protocol,
                    &Ports::range(listener.port, listener.port),
                ) {
                    through(engine, &snapshot, balancer, listener, &front, &mut found);
                }
            }
        }
    }
    found
}

/// Everything that is or may be open through a classic load balancer.
pub(crate) fn of_classic(engine: &mut Engine, name: &str, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    let described = snapshot.classic_load_balancers.get(name);
    if let Some(balancer) = described.filter(|_| protocols.contains(&Protocol::TCP)) {
        classic::exposures(engine, &snapshot, balancer, &mut found);
    }
    found
}

pub(crate) fn is_active(balancer: &LoadBalancer) -> bool {
    matches!(
        balancer.state.code.as_str(),
        "" | "active" | "active_impaired"
    )
}

pub(crate) fn listeners<'s>(snapshot: &'s Snapshot, arn: &str) -> Vec<&'s Listener> {
    snapshot.listeners.having(Field::ListenerOf, arn).collect()
}

pub(crate) fn protocols_of(listener: &str) -> &'static [Protocol] {
    match listener {
        "UDP" | "QUIC" => &[Protocol::UDP],
        "TCP_UDP" | "TCP_QUIC" => &[Protocol::TCP, Protocol::UDP],
        _ => &[Protocol::TCP],
    }
}

/// The balancer's interfaces; their description is that of its ARN (`ELB app/name/0123`).
pub(crate) fn nodes<'s>(
    snapshot: &'s Snapshot,
    balancer: &LoadBalancer,
) -> Vec<&'s NetworkInterface> {
    nodes_of(snapshot, &balancer.load_balancer_arn)
}

fn nodes_of<'s>(snapshot: &'s Snapshot, arn: &str) -> Vec<&'s NetworkInterface> {
    match arn.split_once(":loadbalancer/") {
        Some((_, name)) => described(snapshot, &format!("ELB {name}")),
        None => Vec::new(),
    }
}

fn described<'s>(snapshot: &'s Snapshot, description: &str) -> Vec<&'s NetworkInterface> {
    let nodes = snapshot.interfaces.having(Field::Description, description);
    nodes.collect()
}

/// What reaches some ports of a node, from each edge; the lowest that is reached stands for them.
fn fronts<'s>(
    engine: &mut Engine,
    node: &'s NetworkInterface,
    protocol: Protocol,
    ports: &Ports,
) -> Vec<Front<'s>> {
    let mut fronts = Vec::new();
    let edges = engine.edges(&node.subnet_id, &node.vpc_id);
    let Some(own) = engine.snapshot.first_address(node) else {
        return fronts;
    };
    for edge in edges.iter() {
        let mut four = edges::addresses::<u32>(engine, node, edge);
        if four.is_empty() {
            // Clients with IPv6 may still arrive.
            four.push((own, None));
        }
        let six = edges::addresses::<u128>(engine, node, edge)
            .into_iter()
            .next();
        for (address, public) in four {
            let is_known = public.is_some() || !matches!(edge, Edge::Internet(_));
            let mut middlebox = None;
            let mut clients = Clients::nobody();
            let mut lowest = BTreeSet::new();
            if is_known {
                let way = edges::at::<u32>(engine, node, edge, address, protocol);
                clients.four = at_ports(&way.region, ports, &mut lowest);
                middlebox = way.middlebox;
            }
            if let Some((address, _)) = six {
                let way = edges::at::<u128>(engine, node, edge, address, protocol);
                clients.six = at_ports(&way.region, ports, &mut lowest);
            }
            let Some(port) = lowest.pop_first() else {
                continue;
            };
            fronts.push(Front {
                public,
                public_six: six.map(|(address, _)| address),
                clients,
                middlebox,
                ..Front::new(edge, node, address, (protocol, port))
            });
        }
    }
    fronts
}

pub(crate) fn at_port<A: Address>(region: &Known<Region<A>>, port: u16) -> Known<IntervalSet<A>> {
    at_ports(region, &Ports::range(port, port), &mut BTreeSet::new())
}

/// Who reaches some of the ports; the lowest that may be reached is noted.
fn at_ports<A: Address>(
    region: &Known<Region<A>>,
    ports: &Ports,
    lowest: &mut BTreeSet<u16>,
) -> Known<IntervalSet<A>> {
    let open = region.map(|region| region.and_ports(ports));
    lowest.extend(open.may().segments().first().map(|segment| segment.low));
    open.map(Region::addresses)
}

/// Follows a listener's actions to targets, and on through a balancer that is one.
pub(crate) fn through(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    listener: &Listener,
    front: &Front<'_>,
    found: &mut Vec<Exposure>,
) {
    let arn = &balancer.load_balancer_arn;
    for (group_arn, narrowed, doubt) in forwards(snapshot, balancer, listener) {
        let mut clients = front.clients.and(&narrowed);
        if let Some(reason) = doubt {
            clients = clients.doubted(&reason);
        }
        let Some(group) = snapshot.target_groups.get(&group_arn) else {
            let reason = format!("target group {group_arn} is not described");
            doubts::anybody(
                engine,
                snapshot,
                balancer,
                front,
                (&clients, &reason),
                found,
            );
            continue;
        };
        if group.target_type == "lambda" {
            continue;
        }
        if !snapshot.targets.contains_key(&group_arn) {
            let reason = format!("the targets of {group_arn} are not described");
            doubts::anybody(
                engine,
                snapshot,
                balancer,
                front,
                (&clients, &reason),
                found,
            );
            continue;
        }
        if group.target_type == "alb" {
            chain(engine, snapshot, balancer, group, front, found);
            continue;
        }
        for target in destinations(snapshot, balancer, group) {
            let mut clients = clients.clone();
            match is_in_zone(snapshot, balancer, group, front.node, target.interface) {
                Some(true) => {}
                Some(false) => continue,
                None => clients = clients.doubted(UNKNOWN_ZONE),
            }
            let keeps = balancer.kind == "network" && preserves(snapshot, group);
            let open = match &front.seen {
                Seen::Clients if keeps => {
                    let mut open = clients.clone();
                    // Translation from IPv6 to the target's IPv4 address replaces the client's.
                    let own = back::proxied(engine, front, &target);
                    open.six = open.and_if(&own).six;
                    open.four = back::passed_on(engine, front, &target, &clients.four);
                    open
                }
                Seen::Service(addresses, groups) if keeps => {
                    let seen = (addresses, groups);
                    clients.and_if(&passed_on_hidden(engine, front, &target, seen))
                }
                _ => clients.and_if(&back::proxied(engine, front, &target)),
            };
            push(front, arn, &target, &open, found);
        }
    }
}

/// A target group, the clients that reach it, and why it is not certain that it is one.
pub(crate) type Forward = (Id, Clients, Option<String>);

/// Target groups that a listener forwards to.
pub(crate) fn forwards(
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    listener: &Listener,
) -> Vec<Forward> {
    let mut found: Vec<Forward> = groups_of(&listener.default_actions)
        .into_iter()
        .map(|arn| (arn, Clients::everybody(), None))
        .collect();
    let rules = snapshot.listener_rules.get(&listener.listener_arn);
    for rule in rules.into_iter().flatten() {
        if rule.is_default {
            continue;
        }
        let mut clients = Clients::everybody();
        for condition in rule.conditions.iter().filter(|c| c.field == "source-ip") {
            let configured = &condition.source_ip_config.values;
            let values = if configured.is_empty() {
                &condition.values
            } else {
                configured
            };
            let texts = || values.iter().map(String::as_str);
            clients.four = clients.four.and(&set_of_texts(texts()).into());
            clients.six = clients.six.and(&set_of_texts(texts()).into());
        }
        let actions = groups_of(&rule.actions).into_iter();
        found.extend(actions.map(|arn| (arn, clients.clone(), None)));
    }
    if rules.is_none() && balancer.kind != "network" {
        let own = &balancer.load_balancer_arn;
        let known: BTreeSet<Id> = found.iter().map(|(arn, ..)| arn.clone()).collect();
        let all = snapshot.target_groups.having(Field::TargetGroupOf, own);
        let more = all.filter(|group| !known.contains(&group.target_group_arn));
        let reason = format!("the rules of {} are not described", listener.listener_arn);
        found.extend(more.map(|group| {
            let arn = group.target_group_arn.clone();
            (arn, Clients::everybody(), Some(reason.clone()))
        }));
    }
    found
}

/// The groups of forward actions whose weight is not zero; none behind a login.
fn groups_of(actions: &[Action]) -> Vec<Id> {
    if actions.iter().any(|a| a.kind.starts_with("authenticate-")) {
        return Vec::new();
    }
    let mut groups = BTreeSet::new();
    for action in actions.iter().filter(|a| a.kind == "forward") {
        let weighted = action.forward_config.target_groups.iter();
        groups.extend(
            weighted
                .filter(|g| g.weight != Some(0))
                .map(|g| g.target_group_arn.clone()),
        );
        if action.forward_config.target_groups.is_empty() && !action.target_group_arn.is_empty() {
            groups.insert(action.target_group_arn.clone());
        }
    }
    groups.into_iter().collect()
}

/// A network load balancer before an application load balancer: clients keep their address up to it.
fn chain(
    engine: &mut Engine,
    snapshot: &Snapshot,
    outer: &LoadBalancer,
    group: &TargetGroup,
    front: &Front<'_>,
    found: &mut Vec<Exposure>,
) {
    let targets = snapshot.targets.get(&group.target_group_arn);
    for description in targets.into_iter().flatten() {
        let Some(inner) = snapshot.load_balancers.get(&description.target.id) else {
            let id = &description.target.id;
            let reason = format!("load balancer {id} is not described");
            let clients = (&front.clients, reason.as_str());
            doubts::anybody(engine, snapshot, outer, front, clients, found);
            continue;
        };
        let port = description.target.port.or(group.port).unwrap_or(front.port);
        let inner_nodes = nodes(snapshot, inner);
        if let Some(reason) = doubts::about(snapshot, inner, inner_nodes.is_empty()) {
            let clients = (&front.clients, reason.as_str());
            doubts::anybody(engine, snapshot, outer, front, clients, found);
        }
        for listener in listeners(snapshot, &inner.load_balancer_arn) {
            if listener.port != port || inner.kind == "network" {
                continue;
            }
            for node in inner_nodes.iter().copied() {
                let Some(address) = engine.snapshot.first_address(node) else {
                    continue;
                };
                let step = Destination {
                    interface: node,
                    address,
                    port,
                    target_group: group.target_group_arn.clone(),
                };
                let four = back::passed_on(engine, front, &step, &front.clients.four);
                let own = back::proxied(engine, front, &step);
                let next = Front {
                    node,
                    address,
                    clients: Clients {
                        four,
                        six: front.clients.and_if(&own).six,
                    },
                    behind: Some(outer.load_balancer_arn.clone()),
                    first_node: Some(front.node.network_interface_id.clone()),
                    ..front.clone()
                };
                through(engine, snapshot, inner, listener, &next, found);
            }
        }
    }
}

fn push(
    front: &Front<'_>,
    balancer: &Id,
    target: &Destination<'_>,
    clients: &Clients,
    found: &mut Vec<Exposure>,
) {
    let ports = Ports::range(target.port, target.port);
    let public_six = front
        .public_six
        .or_else(|| six(front.node).first().copied());
    let four = Some(front.public.unwrap_or(front.address));
    push_family(
        front,
        balancer,
        target,
        &ports,
        (&clients.four, four),
        found,
    );
    push_family(
        front,
        balancer,
        target,
        &ports,
        (&clients.six, public_six),
        found,
    );
}

/// Adds what clients of one family reach at the target's ports.
fn push_family<A: Shown>(
    front: &Front<'_>,
    balancer: &Id,
    target: &Destination<'_>,
    ports: &Ports,
    (clients, outer): (&Known<IntervalSet<A>>, Option<A>),
    found: &mut Vec<Exposure>,
) {
    let Some(outer) = outer.filter(|_| !clients.is_nothing() && !ports.is_empty()) else {
        return;
    };
    found.push(Exposure {
        edge: front.edge.clone(),
        interface: target.interface.network_interface_id.clone(),
        protocol: front.protocol,
        private: target.address.ip(),
        public: Some(outer.ip()),
        balancer: Some(Balancer {
            id: balancer.clone(),
            node: front.node.network_interface_id.clone(),
            listener_port: front.port,
            target_group: target.target_group.clone(),
            behind: front.behind.clone(),
            front: front.first_node.clone(),
        }),
        middlebox: front.middlebox.clone(),
        open: A::open(clients.map(|set| Region::product(ports, &Arc::new(set.clone())))),
        is_latent: false,
    });
}
