//! Global Accelerator: from listeners by endpoint groups to instances, addresses and load balancers.

use std::sync::Arc;

use super::Sources;
use crate::address::Address as _;
use crate::balancers::{
    self, Front, Seen, doubts, first_interface, is_active, listeners, nodes, protocols_of, through,
};
use crate::edges::{Edge, Exposure, Open};
use crate::engine::{CLIENT_PORTS, Engine, from};
use crate::filters::Protocol;
use crate::gates;
use crate::index::{Field, owners};
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::{Ports, Region};
use crate::snapshot::{
    Accelerator, AcceleratorEndpoint, AcceleratorEndpointGroup, AcceleratorListener, Association,
    LoadBalancer, NetworkInterface, Snapshot,
};

/// Ports that clients use and those at which they arrive, and the protocol.
struct Lane {
    protocol: Protocol,
    ports: Ports,
    /// What is not described, and decides whether there is a way at all.
    doubt: Option<String>,
}

/// Whether an ARN is that of something of an owner: listeners of accelerators, groups of listeners.
pub(crate) fn is_below(id: &str, owner: &str) -> bool {
    id.strip_prefix(owner)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// Everything that is or may be open through an accelerator.
pub(super) fn accelerated(
    engine: &mut Engine,
    snapshot: &Snapshot,
    accelerator: &Accelerator,
    protocols: &[Protocol],
    found: &mut Vec<Exposure>,
) {
    let arn = &accelerator.accelerator_arn;
    let edge = Edge::Accelerator(arn.clone());
    let own = snapshot.endpoint_groups.ids(Field::EndpointGroupOf, arn);
    if own.is_empty() && !snapshot.described.contains("EndpointGroups") {
        for protocol in protocols {
            anywhere(engine, snapshot, &edge, *protocol, found);
        }
    }
    for group in snapshot.endpoint_groups.having(Field::EndpointGroupOf, arn) {
        if group.traffic_dial_percentage == Some(0.0) {
            continue;
        }
        let mut owners = owners(&group.endpoint_group_arn);
        let listener = owners.find_map(|arn| snapshot.accelerator_listeners.get(arn));
        for endpoint in &group.endpoint_descriptions {
            if endpoint.weight == Some(0) {
                continue;
            }
            for protocol in protocols {
                let Some(lane) = lane(listener, group, *protocol) else {
                    continue;
                };
                one_endpoint(engine, snapshot, &edge, (endpoint, &lane), found);
            }
        }
    }
}

/// The ports of endpoints to which a listener leads; all if it is not described.
fn lane(
    listener: Option<&AcceleratorListener>,
    group: &AcceleratorEndpointGroup,
    protocol: Protocol,
) -> Option<Lane> {
    let Some(listener) = listener else {
        return Some(Lane {
            protocol,
            ports: Ports::all(),
            doubt: Some(format!(
                "the listener of {} is not described",
                group.endpoint_group_arn
            )),
        });
    };
    let is_own = match listener.protocol.as_str() {
        "TCP" => protocol == Protocol::TCP,
        "UDP" => protocol == Protocol::UDP,
        _ => true,
    };
    let ranges = listener.port_ranges.iter();
    let mut ports = Ports::collect(ranges.map(|r| (r.from_port, r.to_port)).collect());
    let outer = ports.clone();
    for change in &group.port_overrides {
        if outer.contains(change.listener_port) {
            let own = Ports::range(change.listener_port, change.listener_port);
            ports = ports.minus(&own);
        }
    }
    for change in &group.port_overrides {
        if outer.contains(change.listener_port) {
            ports = ports.or(&Ports::range(change.endpoint_port, change.endpoint_port));
        }
    }
    is_own.then_some(Lane {
        protocol,
        ports,
        doubt: None,
    })
}

/// Every instance, elastic address and load balancer may be an endpoint of an accelerator of which
/// no endpoint groups are described.
fn anywhere(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    protocol: Protocol,
    found: &mut Vec<Exposure>,
) {
    let reason = format!("the endpoint groups of {} are not described", edge.id());
    let lane = Lane {
        protocol,
        ports: Ports::all(),
        doubt: Some(reason),
    };
    for balancer in snapshot.load_balancers.values() {
        let endpoint = AcceleratorEndpoint {
            endpoint_id: balancer.load_balancer_arn.clone(),
            ..AcceleratorEndpoint::default()
        };
        one_endpoint(engine, snapshot, edge, (&endpoint, &lane), found);
    }
    for instance in snapshot.interfaces.known(Field::Instance) {
        if let Some(interface) = first_interface(snapshot, instance)
            && let Some(address) = engine.snapshot.first_address(interface)
        {
            at_interface(engine, edge, (interface, address), (&lane, true), found);
        }
    }
    elastic(engine, snapshot, edge, ("", &lane), found);
}

fn one_endpoint(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    (endpoint, lane): (&AcceleratorEndpoint, &Lane),
    found: &mut Vec<Exposure>,
) {
    let id = &endpoint.endpoint_id;
    if id.starts_with("arn:") {
        if let Some(balancer) = snapshot.load_balancers.get(id).filter(|b| is_active(b)) {
            let keeps = keeps_address(balancer, endpoint);
            balanced(engine, snapshot, edge, balancer, (lane, keeps), found);
        }
        let accepted = (&[lane.protocol][..], &lane.ports);
        doubts::of_service(engine, snapshot, edge, id, accepted, found);
    } else if id.starts_with("eipalloc-") {
        elastic(engine, snapshot, edge, (id, lane), found);
    } else if let Some(interface) = first_interface(snapshot, id)
        && let Some(address) = engine.snapshot.first_address(interface)
    {
        at_interface(engine, edge, (interface, address), (lane, true), found);
    }
}

/// What arrives at the address that an elastic one belongs to; if that is not described, at every
/// address that it may belong to.
fn elastic(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    (allocation, lane): (&str, &Lane),
    found: &mut Vec<Exposure>,
) {
    let reason = format!("{allocation} is not described");
    let doubtful = Lane {
        doubt: Some(lane.doubt.clone().unwrap_or(reason)),
        ports: lane.ports.clone(),
        protocol: lane.protocol,
    };
    for (interface, address, is_sure) in places(snapshot, allocation) {
        let lane = if is_sure { lane } else { &doubtful };
        at_interface(engine, edge, (interface, address), (lane, false), found);
    }
}

/// The addresses of instances that an elastic address belongs to, or may, and whether it is certain.
/// Where no allocation is named, any elastic address is meant.
pub(crate) fn places<'s>(
    snapshot: &'s Snapshot,
    allocation: &str,
) -> Vec<(&'s NetworkInterface, u32, bool)> {
    let mut all = snapshot.elastic_ips.having(Field::Allocation, allocation);
    let listed = all.find(|_| !allocation.is_empty());
    let mut found = Vec::new();
    if let Some(elastic) = listed {
        let interface = snapshot.interfaces.get(&elastic.network_interface_id);
        let Some(interface) = interface.filter(|i| i.instance().is_some()) else {
            return found;
        };
        let own = snapshot.four(interface);
        let mut fitting = own
            .iter()
            .filter(|(address, _)| address.ip().to_string() == elastic.private_ip_address);
        let place = fitting.next().or(own.first());
        found.extend(place.map(|(address, _)| (interface, *address, true)));
        return found;
    }
    for interface in snapshot.interfaces.values() {
        if interface.instance().is_none() {
            continue;
        }
        for (private, association) in associations(interface) {
            let address = private.parse::<core::net::Ipv4Addr>();
            let is_sure = match holds(snapshot, association, allocation) {
                Some(false) => continue,
                sure => sure.is_some(),
            };
            found.extend(address.ok().map(|a| (interface, a.to_bits(), is_sure)));
        }
    }
    found
}

/// The private addresses of an interface that have a public one.
fn associations(interface: &NetworkInterface) -> Vec<(&String, &Association)> {
    let listed = interface.private_ip_addresses.iter();
    let mut all: Vec<_> = listed
        .filter_map(|p| Some((&p.private_ip_address, p.association.as_ref()?)))
        .collect();
    let primary = &interface.private_ip_address;
    let mut listed = interface.private_ip_addresses.iter();
    if let Some(association) = &interface.association
        && listed.all(|p| p.private_ip_address != *primary)
    {
        all.push((primary, association));
    }
    all.retain(|(_, association)| !association.public_ip.is_empty());
    all
}

/// Whether a public address is the elastic one of this allocation; nothing if it may be, because
/// nobody says which allocation it is of. Addresses that AWS gives by itself are of none, and where
/// no allocation is named, any elastic address may be meant.
fn holds(snapshot: &Snapshot, association: &Association, allocation: &str) -> Option<bool> {
    if association.ip_owner_id.starts_with("amazon") {
        return Some(false);
    }
    if allocation.is_empty() {
        return None;
    }
    if !association.allocation_id.is_empty() {
        return Some(association.allocation_id == allocation);
    }
    let own = &association.public_ip;
    let mut listed = snapshot.elastic_ips.having(Field::PublicAddress, own);
    let is_other = listed.any(|e| !e.allocation_id.is_empty());
    is_other.then_some(false)
}

/// What arrives at an address of an instance, with the client's address or with the accelerator's.
fn at_interface(
    engine: &mut Engine,
    edge: &Edge,
    (interface, address): (&NetworkInterface, u32),
    (lane, keeps): (&Lane, bool),
    found: &mut Vec<Exposure>,
) {
    let gate: Sources = gates::any_internet_gateway(engine, interface);
    let mut open = if keeps {
        seen_as_client(engine, interface, lane)
    } else {
        seen_as_service(engine, interface, lane.protocol, &lane.ports)
    };
    open = open.and(&from(&gate));
    if let Some(reason) = &lane.doubt {
        open = open.doubted(reason.clone());
    }
    if open.is_nothing() {
        return;
    }
    found.push(Exposure {
        edge: edge.clone(),
        interface: interface.network_interface_id.clone(),
        protocol: lane.protocol,
        private: address.ip(),
        public: None,
        balancer: None,
        middlebox: None,
        open: Open::V4(open),
        is_latent: false,
    });
}

/// Whether the endpoint sees the client's address: instances always do, application load balancers
/// unless it is switched off, network load balancers with security groups if it is switched on.
pub(crate) fn keeps_address(balancer: &LoadBalancer, endpoint: &AcceleratorEndpoint) -> bool {
    match endpoint.client_ip_preservation_enabled {
        Some(set) => set && (balancer.kind != "network" || !balancer.security_groups.is_empty()),
        None => balancer.kind != "network",
    }
}

/// What an interface takes from clients that an accelerator brings, with their own addresses.
///
/// Neither a route to the internet nor a public address is needed, and of the subnet's ACL only the
/// egress entries count (Global Accelerator guide, "Preserve client IP addresses").
fn seen_as_client(
    engine: &mut Engine,
    interface: &NetworkInterface,
    lane: &Lane,
) -> Known<Region<u32>> {
    let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let world = engine.internet::<u32>(&interface.vpc_id);
    let groups = engine.groups::<u32>(interface, lane.protocol);
    let out = engine.acl::<u32>(&interface.subnet_id, true, lane.protocol);
    let answered = out.map(|region| region.and_ports(&clients).addresses());
    groups
        .map(|region| region.and_ports(&lane.ports).and_addresses(&world))
        .and(&from(&answered))
}

/// What an interface takes from an accelerator's own addresses, which are not described.
pub(crate) fn seen_as_service(
    engine: &mut Engine,
    interface: &NetworkInterface,
    protocol: Protocol,
    wanted: &Ports,
) -> Known<Region<u32>> {
    let world = engine.internet::<u32>(&interface.vpc_id);
    let subnet = &interface.subnet_id;
    let groups = engine.groups::<u32>(interface, protocol);
    let inward = engine.acl::<u32>(subnet, false, protocol);
    let outward = engine.acl::<u32>(subnet, true, protocol);
    let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let answered = outward.map(|region| region.and_ports(&clients).addresses());
    let passes = groups.and(&inward).and(&from(&answered));
    // Open for certain where it is open to every address that the accelerator can have.
    let of = |region: &Region<u32>, is_enough: &dyn Fn(&IntervalSet<u32>) -> bool| {
        let segments = region.and_ports(wanted);
        let parts = segments.segments().iter();
        let ports = parts.filter(|s| is_enough(&s.addresses));
        let ports = Ports::collect(ports.map(|s| (s.low, s.high)).collect());
        Region::product(&ports, &Arc::new(IntervalSet::all()))
    };
    let sure = of(&passes.must, &|set| world.within(set));
    let may = of(passes.may(), &|set| !set.and(&world).is_empty());
    let mut reasons = passes.reasons().to_vec();
    reasons.push("the addresses of Global Accelerator are not described".to_owned());
    Known::between(sure, may, reasons)
}

/// What is open at a balancer's targets behind an accelerator.
fn balanced(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    balancer: &LoadBalancer,
    (lane, keeps): (&Lane, bool),
    found: &mut Vec<Exposure>,
) {
    for node in nodes(snapshot, balancer) {
        let Some(address) = engine.snapshot.first_address(node) else {
            continue;
        };
        let gate: Sources = gates::any_internet_gateway(engine, node);
        for listener in listeners(snapshot, &balancer.load_balancer_arn) {
            let is_own = protocols_of(&listener.protocol).contains(&lane.protocol);
            if !is_own || !lane.ports.contains(listener.port) {
                continue;
            }
            let open = if keeps {
                seen_as_client(engine, node, lane)
            } else {
                seen_as_service(engine, node, lane.protocol, &lane.ports)
            };
            let mut four = balancers::at_port(&open, listener.port).and(&gate);
            if let Some(reason) = &lane.doubt {
                four = four.doubted(reason.clone());
            }
            let world = engine.internet::<u32>(&node.vpc_id);
            let front = Front {
                clients: four.into(),
                seen: if keeps {
                    Seen::Clients
                } else {
                    Seen::Service((*world).clone(), Vec::new())
                },
                ..Front::new(edge, node, address, (lane.protocol, listener.port))
            };
            through(engine, snapshot, balancer, listener, &front, found);
        }
    }
}
