//! What is open through load balancers: the front at the balancer, the back at its targets.
//!
//! Application and classic load balancers are proxies: the back is a connection of their own, and
//! the client's address matters at the front only. Network load balancers pass packets on, with the
//! client's address or with their own (Elastic Load Balancing user guides; specification §4.12).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::address::{Address as _, set_of_texts};
use crate::edges::{self, Balancer, Edge, Exposure, Open};
use crate::engine::{CLIENT_PORTS, Engine};
use crate::filters::{Members, Protocol};
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::{Ports, Region};
use crate::routes::Next;
use crate::snapshot::{
    Action, ClassicLoadBalancer, Id, Listener, LoadBalancer, NetworkInterface, Snapshot,
    TargetGroup,
};

type Sources = Known<IntervalSet<u32>>;

/// Packets of clients that a node of a balancer accepts on a port of a listener.
struct Front<'s> {
    edge: Edge,
    node: &'s NetworkInterface,
    /// The node's own address.
    address: u32,
    public: Option<u32>,
    protocol: Protocol,
    port: u16,
    sources: Sources,
    behind: Option<Id>,
}

/// A place where a listener sends packets, for clients from `sources`.
struct Destination<'s> {
    interface: &'s NetworkInterface,
    address: u32,
    port: u16,
    target_group: Id,
}

/// Everything that is or may be open through load balancers.
pub(crate) fn exposures(engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    for balancer in snapshot.load_balancers.values() {
        if !matches!(
            balancer.state.code.as_str(),
            "" | "active" | "active_impaired"
        ) {
            continue;
        }
        for listener in listeners(&snapshot, &balancer.load_balancer_arn) {
            for protocol in protocols_of(&listener.protocol) {
                if !protocols.contains(protocol) {
                    continue;
                }
                for node in nodes(&snapshot, balancer) {
                    for front in fronts(engine, node, *protocol, listener.port) {
                        through(engine, &snapshot, balancer, listener, &front, &mut found);
                    }
                }
            }
        }
    }
    if protocols.contains(&Protocol::TCP) {
        for balancer in snapshot.classic_load_balancers.values() {
            classic(engine, &snapshot, balancer, &mut found);
        }
    }
    found
}

fn listeners<'s>(snapshot: &'s Snapshot, arn: &str) -> Vec<&'s Listener> {
    let all = snapshot.listeners.values();
    all.filter(|l| l.load_balancer_arn == arn).collect()
}

fn protocols_of(listener: &str) -> &'static [Protocol] {
    match listener {
        "UDP" | "QUIC" => &[Protocol::UDP],
        "TCP_UDP" | "TCP_QUIC" => &[Protocol::TCP, Protocol::UDP],
        _ => &[Protocol::TCP],
    }
}

/// The balancer's interfaces; their description is that of its ARN (`ELB app/name/0123`).
fn nodes<'s>(snapshot: &'s Snapshot, balancer: &LoadBalancer) -> Vec<&'s NetworkInterface> {
    let arn = &balancer.load_balancer_arn;
    let Some((_, name)) = arn.split_once(":loadbalancer/") else {
        return Vec::new();
    };
    described(snapshot, &format!("ELB {name}"))
}

fn described<'s>(snapshot: &'s Snapshot, description: &str) -> Vec<&'s NetworkInterface> {
    let all = snapshot.interfaces.values();
    all.filter(|i| i.description == description).collect()
}

/// What reaches a port of a node, from each edge.
fn fronts<'s>(
    engine: &mut Engine,
    node: &'s NetworkInterface,
    protocol: Protocol,
    port: u16,
) -> Vec<Front<'s>> {
    let mut fronts = Vec::new();
    let edges = engine.edges(&node.subnet_id, &node.vpc_id);
    for edge in edges.iter() {
        for (address, public) in edges::addresses::<u32>(engine, node, edge) {
            let region = edges::at::<u32>(engine, node, edge, address, protocol);
            let sources = at_port(&region, port);
            if !sources.is_nothing() {
                fronts.push(Front {
                    edge: edge.clone(),
                    node,
                    address,
                    public,
                    protocol,
                    port,
                    sources,
                    behind: None,
                });
            }
        }
    }
    fronts
}

fn at_port(region: &Known<Region<u32>>, port: u16) -> Sources {
    let only = Ports::range(port, port);
    region.map(|region| region.and_ports(&only).addresses())
}

/// Follows a listener's actions to targets, and on through a balancer that is one.
fn through(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    listener: &Listener,
    front: &Front<'_>,
    found: &mut Vec<Exposure>,
) {
    for (arn, narrowed) in forwards(snapshot, listener) {
        let Some(group) = snapshot.target_groups.get(&arn) else {
            continue;
        };
        let clients = front.sources.and(&narrowed);
        if group.target_type == "alb" {
            chain(engine, snapshot, balancer, group, front, found);
            continue;
        }
        for target in destinations(engine, snapshot, balancer, group) {
            if !is_in_zone(snapshot, balancer, group, front.node, target.interface) {
                continue;
            }
            let sources = if balancer.kind == "network" && preserves(snapshot, group) {
                passed_on(engine, front, &target, &clients)
            } else {
                clients.and(&proxied(engine, front, &target))
            };
            push(front, &balancer.load_balancer_arn, &target, &sources, found);
        }
    }
}

/// Target groups that a listener forwards to, each with the clients its rule is for.
fn forwards(snapshot: &Snapshot, listener: &Listener) -> Vec<(Id, Sources)> {
    let mut found: Vec<(Id, Sources)> = groups_of(&listener.default_actions)
        .into_iter()
        .map(|arn| (arn, Known::everything()))
        .collect();
    let rules = snapshot.listener_rules.get(&listener.listener_arn);
    for rule in rules.into_iter().flatten() {
        let conditions = rule.conditions.iter().filter(|c| c.field == "source-ip");
        let clients = conditions.fold(IntervalSet::all(), |all: IntervalSet<u32>, condition| {
            let values = condition.source_ip_config.values.iter();
            all.and(&set_of_texts(values.map(String::as_str)))
        });
        let actions = groups_of(&rule.actions).into_iter();
        found.extend(actions.map(|arn| (arn, clients.clone().into())));
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

/// The interface that an instance has first.
fn first_interface<'s>(snapshot: &'s Snapshot, instance: &str) -> Option<&'s NetworkInterface> {
    let all = snapshot.interfaces.values();
    let own = all.filter(|i| i.instance() == Some(instance));
    own.min_by_key(|i| i.attachment.as_ref().map_or(0, |a| a.device_index))
}

fn destinations<'s>(
    engine: &Engine,
    snapshot: &'s Snapshot,
    balancer: &LoadBalancer,
    group: &TargetGroup,
) -> Vec<Destination<'s>> {
    let targets = snapshot.targets.get(&group.target_group_arn);
    let mut found = Vec::new();
    for description in targets.into_iter().flatten() {
        if matches!(
            description.target_health.state.as_str(),
            "draining" | "unused"
        ) {
            continue;
        }
        let target = &description.target;
        let Some(port) = target.port.or(group.port) else {
            continue;
        };
        let place = if target.id.starts_with("i-") {
            first_interface(snapshot, &target.id).and_then(|interface| {
                let address = engine.index.four(interface).first()?.0;
                Some((interface, address))
            })
        } else {
            target
                .id
                .parse::<core::net::Ipv4Addr>()
                .ok()
                .and_then(|ip| {
                    let key = (balancer.vpc_id.clone(), ip.into());
                    let id = engine.index.by_address.get(&key)?;
                    Some((snapshot.interfaces.get(id)?, ip.to_bits()))
                })
        };
        if let Some((interface, address)) = place {
            found.push(Destination {
                interface,
                address,
                port,
                target_group: group.target_group_arn.clone(),
            });
        }
    }
    found
}

/// Whether a node sends to targets in the target's zone.
fn is_in_zone(
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    group: &TargetGroup,
    node: &NetworkInterface,
    target: &NetworkInterface,
) -> bool {
    if balancer.kind != "network" {
        return true;
    }
    let key = "load_balancing.cross_zone.enabled";
    let of = |owner: &str| snapshot.attributes.get(owner).and_then(|a| a.get(key));
    let own = of(&group.target_group_arn).filter(|v| *v != "use_load_balancer_configuration");
    let setting = own.or_else(|| of(&balancer.load_balancer_arn));
    if setting.is_some_and(|value| value == "true") {
        return true;
    }
    let zone = |i: &NetworkInterface| {
        let subnet = snapshot.subnets.get(&i.subnet_id);
        subnet.map(|s| s.availability_zone.clone())
    };
    zone(node) == zone(target)
}

/// Whether the targets of a network load balancer see the client's address.
fn preserves(snapshot: &Snapshot, group: &TargetGroup) -> bool {
    if matches!(
        group.protocol.as_str(),
        "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC"
    ) {
        return true;
    }
    let attributes = snapshot.attributes.get(&group.target_group_arn);
    match attributes.and_then(|a| a.get("preserve_client_ip.enabled")) {
        Some(value) => value == "true",
        None => group.target_type != "ip",
    }
}

/// The clients whose packets, passed on with their own address, a target takes and answers.
fn passed_on(
    engine: &mut Engine,
    front: &Front<'_>,
    target: &Destination<'_>,
    clients: &Sources,
) -> Sources {
    let node = front.node;
    let members: Members<'_, u32> = &|pair| {
        if node.groups.iter().any(|g| g.group_id == pair.group_id) {
            Known::everything()
        } else {
            Known::nothing()
        }
    };
    let groups = engine.groups_with(target.interface, false, front.protocol, members);
    let mut sources = clients.and(&at_port(&groups, target.port));
    let (near, far) = (&node.subnet_id, &target.interface.subnet_id);
    if near != far {
        let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
        let inward = engine.acl::<u32>(far, false, front.protocol);
        sources = sources.and(&at_port(&inward, target.port));
        let outward = engine.acl::<u32>(far, true, front.protocol);
        sources = sources.and(&outward.map(|r| r.and_ports(&client_ports).addresses()));
        sources = sources.and(&leaves(engine, front, target));
    }
    sources
}

/// Everything or nothing, as the node's own subnet lets packets to a target out and answers in.
fn leaves(engine: &mut Engine, front: &Front<'_>, target: &Destination<'_>) -> Sources {
    let near = &front.node.subnet_id;
    let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let out = engine.acl::<u32>(near, true, front.protocol);
    let there = out.map(|r| whole(r.contains(target.port, target.address)));
    let inward = engine.acl::<u32>(near, false, front.protocol);
    let back = inward.map(|r| whole(!r.ports_with(target.address).and(&client_ports).is_empty()));
    there.and(&back)
}

/// Everything or nothing, as a connection of the node itself to a target is possible.
fn proxied(engine: &mut Engine, front: &Front<'_>, target: &Destination<'_>) -> Sources {
    let (node, protocol) = (front.node, front.protocol);
    let vpc = node.vpc_id.clone();
    let own = Known::from(IntervalSet::range(front.address, front.address));
    let of_group: Members<'_, u32> = &|pair| engine.member_addresses(&pair.group_id, &vpc);
    let egress = engine.groups_with(node, true, protocol, of_group);
    let members: Members<'_, u32> = &|pair| {
        if node.groups.iter().any(|g| g.group_id == pair.group_id) {
            own.clone()
        } else {
            Known::nothing()
        }
    };
    let ingress = engine.groups_with(target.interface, false, protocol, members);
    let mut open = egress.map(|r| whole(r.contains(target.port, target.address)));
    open = open.and(&ingress.map(|r| whole(r.contains(target.port, front.address))));
    let (near, far) = (&node.subnet_id, &target.interface.subnet_id);
    if near == far {
        return open;
    }
    if target.interface.vpc_id != vpc {
        return open.doubted("the target is in another VPC than its load balancer");
    }
    let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let inward = engine.acl::<u32>(far, false, protocol);
    open = open.and(&inward.map(|r| whole(r.contains(target.port, front.address))));
    let outward = engine.acl::<u32>(far, true, protocol);
    let returning = engine.acl::<u32>(near, false, protocol);
    let returning = returning.map(|r| r.ports_with(target.address));
    let both = outward.map(|r| r.ports_with(front.address)).and(&returning);
    open = open.and(&both.map(|ports| whole(!ports.and(&client_ports).is_empty())));
    let there = engine.routed::<u32>(near, &vpc, &Next::Local);
    let back = engine.routed::<u32>(far, &vpc, &Next::Local);
    open = open.and(&there.map(|set| whole(set.contains(target.address))));
    open = open.and(&back.map(|set| whole(set.contains(front.address))));
    open.and(&leaves(engine, front, target))
}

fn whole(condition: bool) -> IntervalSet<u32> {
    if condition {
        IntervalSet::all()
    } else {
        IntervalSet::empty()
    }
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
            continue;
        };
        let port = description.target.port.or(group.port).unwrap_or(front.port);
        for listener in listeners(snapshot, &inner.load_balancer_arn) {
            if listener.port != port || inner.kind == "network" {
                continue;
            }
            for node in nodes(snapshot, inner) {
                let Some((address, _)) = engine.index.four(node).first().copied() else {
                    continue;
                };
                let step = Destination {
                    interface: node,
                    address,
                    port,
                    target_group: group.target_group_arn.clone(),
                };
                let sources = passed_on(engine, front, &step, &front.sources);
                let next = Front {
                    edge: front.edge.clone(),
                    node,
                    address,
                    public: front.public,
                    protocol: front.protocol,
                    port: front.port,
                    sources,
                    behind: Some(outer.load_balancer_arn.clone()),
                };
                through(engine, snapshot, inner, listener, &next, found);
            }
        }
    }
}

fn classic(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &ClassicLoadBalancer,
    found: &mut Vec<Exposure>,
) {
    let name = &balancer.load_balancer_name;
    for node in described(snapshot, &format!("ELB {name}")) {
        for description in &balancer.listener_descriptions {
            let listener = &description.listener;
            let port = listener.load_balancer_port;
            for front in fronts(engine, node, Protocol::TCP, port) {
                for instance in &balancer.instances {
                    let Some(interface) = first_interface(snapshot, &instance.instance_id) else {
                        continue;
                    };
                    let Some((address, _)) = engine.index.four(interface).first().copied() else {
                        continue;
                    };
                    let target = Destination {
                        interface,
                        address,
                        port: listener.instance_port,
                        target_group: Id::new(),
                    };
                    // Its own subnet's ACL filters what it sends even within the subnet.
                    let own = leaves(engine, &front, &target);
                    let back = proxied(engine, &front, &target).and(&own);
                    push(&front, name, &target, &front.sources.and(&back), found);
                }
            }
        }
    }
}

fn push(
    front: &Front<'_>,
    balancer: &Id,
    target: &Destination<'_>,
    sources: &Sources,
    found: &mut Vec<Exposure>,
) {
    if sources.is_nothing() {
        return;
    }
    let ports = Ports::range(target.port, target.port);
    found.push(Exposure {
        edge: front.edge.clone(),
        interface: target.interface.network_interface_id.clone(),
        protocol: front.protocol,
        private: target.address.ip(),
        public: Some(front.public.unwrap_or(front.address).ip()),
        balancer: Some(Balancer {
            id: balancer.clone(),
            node: front.node.network_interface_id.clone(),
            listener_port: front.port,
            target_group: target.target_group.clone(),
            behind: front.behind.clone(),
        }),
        open: Open::V4(sources.map(|set| Region::product(&ports, &Arc::new(set.clone())))),
        is_latent: false,
    });
}
