//! Load balancers that are described in part: what may be open through them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::classic::targets;
use super::targets::Destination;
use super::{Clients, Front, Seen, fronts, listeners, protocols_of, push_family};
use crate::edges::{Edge, Exposure};
use crate::engine::Engine;
use crate::filters::{Members, Protocol};
use crate::index::{Field, place_of, six};
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
    if let Some(reason) = about(snapshot, balancer, nodes.is_empty()) {
        for node in nodes {
            of_node(engine, snapshot, arn, node, (protocols, &reason), found);
        }
    }
    if !nodes.is_empty() {
        return;
    }
    let is_internal = balancer.scheme == "internal";
    let subnets: Vec<&Id> = balancer
        .availability_zones
        .iter()
        .map(|zone| &zone.subnet_id)
        .collect();
    let edges = edges_of(engine, &subnets, &balancer.vpc_id, is_internal);
    let accepted = (protocols, &Ports::all());
    for edge in &edges {
        without_nodes(engine, snapshot, edge, balancer, accepted, found);
    }
}

/// The protocols, and the ports of listeners, of packets that come by the way in question.
type Accepted<'a> = (&'a [Protocol], &'a Ports);

/// Why a balancer may pass on more than its nodes and listeners show, if it may.
pub(crate) fn about(
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    has_no_nodes: bool,
) -> Option<String> {
    let arn = &balancer.load_balancer_arn;
    if has_no_nodes {
        return Some(format!("the interfaces of {arn} are not described"));
    }
    let is_listed = !listeners(snapshot, arn).is_empty() || lists_listeners(snapshot, arn);
    (!is_listed).then(|| format!("the listeners of {arn} are not described"))
}

/// What may be open from a service's edge through a balancer of which its nodes, its listeners or
/// everything is not described.
pub(crate) fn of_service(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    arn: &Id,
    accepted: Accepted<'_>,
    found: &mut Vec<Exposure>,
) {
    let (protocols, _) = accepted;
    let Some(balancer) = snapshot.load_balancers.get(arn) else {
        let reason = format!("load balancer {arn} is not described");
        let nodes = super::nodes_of(snapshot, arn);
        let vpcs: BTreeSet<&Id> = nodes.iter().map(|node| &node.vpc_id).collect();
        let region = arn.split(':').nth(3).unwrap_or_default();
        let may_be_in = |interface: &NetworkInterface| {
            if vpcs.is_empty() {
                may_be_in_region(snapshot, interface, region)
            } else {
                vpcs.contains(&interface.vpc_id)
            }
        };
        let who = (protocols, &may_be_in as &Place<'_>);
        strangers(engine, snapshot, edge, (arn, &reason), who, found);
        return;
    };
    let has_no_nodes = super::nodes(snapshot, balancer).is_empty();
    if !super::is_active(balancer) || balancer.kind == "gateway" {
        return;
    }
    if has_no_nodes && !listeners(snapshot, arn).is_empty() {
        without_nodes(engine, snapshot, edge, balancer, accepted, found);
    } else if let Some(reason) = about(snapshot, balancer, has_no_nodes) {
        let is_inside = |interface: &NetworkInterface| interface.vpc_id == balancer.vpc_id;
        let who = (protocols, &is_inside as &Place<'_>);
        strangers(engine, snapshot, edge, (arn, &reason), who, found);
    }
}

/// Whether an interface is in a region, or nobody says where it is.
fn may_be_in_region(snapshot: &Snapshot, interface: &NetworkInterface, region: &str) -> bool {
    let subnet = snapshot.subnets.get(&interface.subnet_id);
    let zone = subnet.map_or(&interface.availability_zone, |s| &s.availability_zone);
    zone.is_empty() || region.is_empty() || zone.starts_with(region)
}

/// What may be open from an edge through listeners of a balancer without nodes.
fn without_nodes(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    balancer: &LoadBalancer,
    (accepted, ports): Accepted<'_>,
    found: &mut Vec<Exposure>,
) {
    let arn = &balancer.load_balancer_arn;
    let reason = format!("the interfaces of {arn} are not described");
    let is_inside = |interface: &NetworkInterface| interface.vpc_id == balancer.vpc_id;
    let own = listeners(snapshot, arn);
    if own.is_empty() && !lists_listeners(snapshot, arn) {
        let who = (accepted, &is_inside as &Place<'_>);
        strangers(engine, snapshot, edge, (arn, &reason), who, found);
    }
    for listener in own.iter().filter(|own| ports.contains(own.port)) {
        let protocols = protocols_of(&listener.protocol).iter().copied();
        for protocol in protocols.filter(|protocol| accepted.contains(protocol)) {
            for (group, _, _) in super::forwards(snapshot, balancer, listener) {
                let described = snapshot.target_groups.get(&group);
                let is_lambda = described.is_some_and(|g| g.target_type == "lambda");
                let is_known = snapshot.targets.contains_key(&group)
                    && described.is_some_and(|g| g.target_type != "alb");
                let Some(described) = described.filter(|_| is_known) else {
                    if !is_lambda {
                        let who = (&[protocol][..], &is_inside as &Place<'_>);
                        strangers(engine, snapshot, edge, (arn, &reason), who, found);
                    }
                    continue;
                };
                for target in super::destinations(snapshot, balancer, described) {
                    let front = unseen(edge, target.interface, protocol, listener.port);
                    let ports = admitted(engine, &front, target.interface, true);
                    let ports = ports.and(&Ports::range(target.port, target.port));
                    let clients = Clients::everybody();
                    maybe(&front, arn, &target, (&ports, &clients, &reason), found);
                }
            }
        }
    }
}

/// Whether an interface is where targets may be.
type Place<'p> = dyn Fn(&NetworkInterface) -> bool + 'p;

/// Any instance in some places may be behind a balancer, at any port that its groups open to somebody.
fn strangers(
    engine: &Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    (balancer, reason): (&Id, &str),
    (protocols, may_be_in): (&[Protocol], &Place<'_>),
    found: &mut Vec<Exposure>,
) {
    for interface in snapshot.interfaces.values().filter(|i| may_be_in(i)) {
        let Some(target) = anything_at(snapshot, interface) else {
            continue;
        };
        for protocol in protocols.iter().copied() {
            let front = unseen(edge, interface, protocol, 0);
            let ports = admitted(engine, &front, interface, true);
            let clients = Clients::everybody();
            maybe(&front, balancer, &target, (&ports, &clients, reason), found);
        }
    }
}

/// An instance's interface as a target of which the port is not known.
fn anything_at<'s>(
    snapshot: &Snapshot,
    interface: &'s NetworkInterface,
) -> Option<Destination<'s>> {
    interface.instance()?;
    Some(Destination {
        interface,
        address: snapshot.first_address(interface)?,
        port: 0,
        target_group: Id::new(),
    })
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
    for description in &balancer.listener_descriptions {
        let listener = &description.listener;
        for target in targets(snapshot, balancer, listener.instance_port) {
            for edge in &edges {
                let port = listener.load_balancer_port;
                let front = unseen(edge, target.interface, Protocol::TCP, port);
                let ports = admitted(engine, &front, target.interface, true);
                let ports = ports.and(&Ports::range(target.port, target.port));
                let clients = Clients::everybody();
                maybe(&front, name, &target, (&ports, &clients, &reason), found);
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
    let listeners = &snapshot.listeners;
    snapshot.described.contains("Listeners")
        && (listeners.is_empty()
            || !listeners
                .ids(Field::ListenerPlace, place_of(arn))
                .is_empty())
}

/// What may be open through the nodes with a description, if no balancer is described for it.
pub(crate) fn of_nodes(
    engine: &mut Engine,
    description: &str,
    protocols: &[Protocol],
) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    let balancers = snapshot.load_balancers.ids(Field::NodesOf, description);
    let classic = &snapshot.classic_load_balancers;
    let classic = classic.ids(Field::ClassicNodesOf, description);
    let is_known = !balancers.is_empty() || !classic.is_empty();
    if is_known || description.starts_with("ELB gwy/") {
        return found;
    }
    let name = description.trim_start_matches("ELB ").to_owned();
    let reason = format!("load balancer {name} is not described");
    for node in super::described(&snapshot, description) {
        let about = (protocols, reason.as_str());
        of_node(engine, &snapshot, &name, node, about, &mut found);
    }
    found
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
        for front in fronts(engine, node, *protocol, &Ports::all()) {
            let clients = (&front.clients, reason);
            spread(engine, snapshot, balancer, &front, clients, found);
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
    for interface in snapshot.interfaces.having(Field::Vpc, &front.node.vpc_id) {
        let Some(target) = anything_at(snapshot, interface) else {
            continue;
        };
        let ports = admitted(engine, front, interface, false);
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
        seen: Seen::Balancer,
        ..Front::new(edge, stands_for, 0, (protocol, port))
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
