//! Load balancers that are described in part: what may be open through them.

use std::collections::BTreeSet;

use super::targets::{Destination, first_interface};
use super::{Clients, Front, Seen, fronts, groups_of, listeners, protocols_of, push_family};
use crate::edges::{Edge, Exposure};
use crate::engine::Engine;
use crate::filters::{Members, Protocol};
use crate::index::six;
use crate::known::Known;
use crate::region::Ports;
use crate::snapshot::{ClassicLoadBalancer, Id, LoadBalancer, NetworkInterface, Snapshot};

/// What may be open through a balancer whose nodes or listeners are not described.
pub(super) fn of_balancer(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    nodes: &[&NetworkInterface],
    protocols: &[Protocol],
    found: &mut Vec<Exposure>,
) {
    let arn = &balancer.load_balancer_arn;
    let own = listeners(snapshot, arn);
    if own.is_empty() && !lists_listeners(snapshot, arn) {
        let reason = format!("the listeners of {arn} are not described");
        for node in nodes {
            of_node(engine, snapshot, arn, node, (protocols, &reason), found);
        }
    }
    if !nodes.is_empty() {
        return;
    }
    let reason = format!("the interfaces of {arn} are not described");
    let is_internal = balancer.scheme == "internal";
    let subnets: Vec<&Id> = balancer
        .availability_zones
        .iter()
        .map(|zone| &zone.subnet_id)
        .collect();
    let edges = edges_of(engine, &subnets, &balancer.vpc_id, is_internal);
    for listener in own {
        let arns = groups_of(&listener.default_actions).into_iter();
        let rules = snapshot.listener_rules.get(&listener.listener_arn);
        let more = rules.into_iter().flatten();
        let arns: BTreeSet<Id> = arns
            .chain(more.flat_map(|rule| groups_of(&rule.actions)))
            .collect();
        for group in arns
            .iter()
            .filter_map(|arn| snapshot.target_groups.get(arn))
        {
            let targets = super::destinations(engine, snapshot, balancer, group);
            for (edge, target) in edges
                .iter()
                .flat_map(|edge| targets.iter().map(move |target| (edge, target)))
            {
                for protocol in protocols_of(&listener.protocol) {
                    let front = unseen(edge, target.interface, *protocol, listener.port);
                    let ports = admitted(engine, &front, target.interface, true);
                    let ports = ports.and(&Ports::range(target.port, target.port));
                    maybe(
                        &front,
                        arn,
                        target,
                        (&ports, &Clients::everybody(), &reason),
                        found,
                    );
                }
            }
        }
    }
}

/// The same for a classic load balancer without interfaces.
pub(super) fn of_classic(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &ClassicLoadBalancer,
    found: &mut Vec<Exposure>,
) {
    let name = &balancer.load_balancer_name;
    let reason = format!("the interfaces of load balancer {name} are not described");
    let is_internal = balancer.scheme == "internal";
    let subnets: Vec<&Id> = balancer.subnets.iter().collect();
    let edges = edges_of(engine, &subnets, &balancer.vpc_id, is_internal);
    for instance in &balancer.instances {
        let Some(interface) = first_interface(engine, snapshot, &instance.instance_id) else {
            continue;
        };
        let Some((address, _)) = engine.index.four(interface).first().copied() else {
            continue;
        };
        for edge in &edges {
            for description in &balancer.listener_descriptions {
                let listener = &description.listener;
                let target = Destination {
                    interface,
                    address,
                    port: listener.instance_port,
                    target_group: Id::new(),
                };
                let port = listener.load_balancer_port;
                let front = unseen(edge, interface, Protocol::TCP, port);
                let ports = admitted(engine, &front, interface, true);
                let ports = ports.and(&Ports::range(target.port, target.port));
                maybe(
                    &front,
                    name,
                    &target,
                    (&ports, &Clients::everybody(), &reason),
                    found,
                );
            }
        }
    }
}

/// The edges by which a balancer in these subnets can be reached.
fn edges_of(engine: &mut Engine, subnets: &[&Id], vpc: &str, is_internal: bool) -> Vec<Edge> {
    let mut edges = BTreeSet::new();
    for subnet in subnets {
        edges.extend(engine.edges(subnet, vpc).iter().cloned());
    }
    edges.retain(|edge| !is_internal || !matches!(edge, Edge::Internet(_)));
    edges.into_iter().collect()
}

/// Whether the listeners of balancers of this account and region are described.
fn lists_listeners(snapshot: &Snapshot, arn: &str) -> bool {
    let place = arn.split(":loadbalancer/").next();
    let mut all = snapshot.listeners.values();
    snapshot.described.contains("Listeners")
        && (snapshot.listeners.is_empty()
            || all.any(|l| l.load_balancer_arn.split(":loadbalancer/").next() == place))
}

/// What may be open through nodes of balancers that are not described at all.
pub(super) fn of_nodes(
    engine: &mut Engine,
    snapshot: &Snapshot,
    protocols: &[Protocol],
    found: &mut Vec<Exposure>,
) {
    let arns = snapshot.load_balancers.keys();
    let names = arns.filter_map(|arn| arn.split_once(":loadbalancer/"));
    let known: BTreeSet<String> = names
        .map(|(_, name)| format!("ELB {name}"))
        .chain(
            snapshot
                .classic_load_balancers
                .keys()
                .map(|name| format!("ELB {name}")),
        )
        .collect();
    let descriptions: Vec<String> = engine
        .index
        .by_description
        .keys()
        .filter(|description| !known.contains(*description))
        .filter(|description| !description.starts_with("ELB gwy/"))
        .cloned()
        .collect();
    for description in descriptions {
        let name = description.trim_start_matches("ELB ").to_owned();
        let reason = format!("load balancer {name} is not described");
        for node in super::described(engine, snapshot, &description) {
            of_node(engine, snapshot, &name, node, (protocols, &reason), found);
        }
    }
}

/// Any port of any instance of the VPC may be behind any port of a node.
fn of_node(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &Id,
    node: &NetworkInterface,
    (protocols, reason): (&[Protocol], &str),
    found: &mut Vec<Exposure>,
) {
    for protocol in protocols {
        // A port that is open at the node stands for all of them.
        let groups = engine.groups::<u32>(node, *protocol);
        let six = engine.groups::<u128>(node, *protocol);
        let mut ports: Vec<u16> = Vec::new();
        ports.extend(groups.may().segments().iter().map(|s| s.low));
        ports.extend(six.may().segments().iter().map(|s| s.low));
        ports.sort_unstable();
        ports.dedup();
        let mut edges = BTreeSet::new();
        for port in ports {
            for front in fronts(engine, node, *protocol, port) {
                if edges.insert(front.edge.clone()) {
                    let clients = (&front.clients, reason);
                    spread(engine, snapshot, balancer, &front, clients, found);
                }
            }
        }
    }
}

/// Any instance of the balancer's VPC may be the target.
pub(super) fn anybody(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    front: &Front<'_>,
    (clients, reason): (&Clients, &str),
    found: &mut Vec<Exposure>,
) {
    let arn = &balancer.load_balancer_arn;
    spread(engine, snapshot, arn, front, (clients, reason), found);
}

fn spread(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &Id,
    front: &Front<'_>,
    (clients, reason): (&Clients, &str),
    found: &mut Vec<Exposure>,
) {
    let inside = engine.index.in_vpc.get(&front.node.vpc_id);
    let inside: Vec<Id> = inside.into_iter().flatten().cloned().collect();
    for interface in inside.iter().filter_map(|id| snapshot.interfaces.get(id)) {
        if interface.instance().is_none() {
            continue;
        }
        let Some((address, _)) = engine.index.four(interface).first().copied() else {
            continue;
        };
        let ports = admitted(engine, front, interface, false);
        let target = Destination {
            interface,
            address,
            port: 0,
            target_group: Id::new(),
        };
        maybe(front, balancer, &target, (&ports, clients, reason), found);
    }
}

/// The ports at which an interface may take packets of a balancer.
fn admitted(
    engine: &Engine,
    front: &Front<'_>,
    interface: &NetworkInterface,
    is_anybody: bool,
) -> Ports {
    let members: Members<'_, u32> = &|pair| {
        let groups = &front.node.groups;
        if is_anybody || groups.iter().any(|g| g.group_id == pair.group_id) {
            Known::everything()
        } else {
            Known::nothing()
        }
    };
    let region = engine.groups_with(interface, false, front.protocol, members);
    region.may().ports()
}

/// A front of a node that is not described.
fn unseen<'s>(
    edge: &Edge,
    stands_for: &'s NetworkInterface,
    protocol: Protocol,
    port: u16,
) -> Front<'s> {
    Front {
        edge: edge.clone(),
        node: stands_for,
        address: 0,
        public: None,
        public_six: None,
        protocol,
        port,
        clients: Clients::everybody(),
        seen: Seen::Balancer,
        middlebox: None,
        behind: None,
        first_node: None,
    }
}

fn maybe(
    front: &Front<'_>,
    balancer: &Id,
    target: &Destination<'_>,
    (ports, clients, reason): (&Ports, &Clients, &str),
    found: &mut Vec<Exposure>,
) {
    let four = clients.four.doubted(reason);
    let outer = Some(front.public.unwrap_or(front.address));
    push_family(front, balancer, target, ports, (&four, outer), found);
    if clients.four.is_nothing() {
        let six_clients = clients.six.doubted(reason);
        let outer = front
            .public_six
            .or_else(|| six(front.node).first().copied());
        push_family(front, balancer, target, ports, (&six_clients, outer), found);
    }
}
