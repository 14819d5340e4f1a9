//! Edges that AWS services make: Global Accelerator, `CloudFront` VPC origins, endpoint services.

use std::sync::Arc;

use crate::address::{Address as _, set_of};
use crate::balancers::{
    self, Clients, Front, Seen, admits_hidden, everything_if, first_interface, is_active,
    listeners, nodes, protocols_of, through,
};
use crate::edges::{Edge, Exposure, Open};
use crate::engine::{CLIENT_PORTS, Engine, from};
use crate::filters::Protocol;
use crate::gates;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::{Ports, Region};
use crate::snapshot::{
    Accelerator, AcceleratorEndpoint, AcceleratorEndpointGroup, AcceleratorListener, Id,
    LoadBalancer, NetworkInterface, Snapshot, VpcOrigin,
};

type Sources = Known<IntervalSet<u32>>;

/// Everything that is or may be open through services of AWS.
pub(crate) fn exposures(engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    for accelerator in snapshot.accelerators.values() {
        if accelerator.enabled != Some(false) {
            accelerated(engine, &snapshot, accelerator, protocols, &mut found);
        }
    }
    if protocols.contains(&Protocol::TCP) {
        for origin in snapshot.vpc_origins.values() {
            distributed(engine, &snapshot, origin, &mut found);
        }
    }
    provided(engine, &snapshot, protocols, &mut found);
    found
}

/// Ports that clients use and those at which they arrive, and the protocol.
struct Lane {
    protocol: Protocol,
    ports: Ports,
    /// The listener is not described.
    is_doubtful: bool,
}

fn accelerated(
    engine: &mut Engine,
    snapshot: &Snapshot,
    accelerator: &Accelerator,
    protocols: &[Protocol],
    found: &mut Vec<Exposure>,
) {
    let arn = &accelerator.accelerator_arn;
    let edge = Edge::Accelerator(arn.clone());
    let is_below = |id: &Id, owner: &Id| {
        id.strip_prefix(owner.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    };
    for group in snapshot.endpoint_groups.values() {
        if !is_below(&group.endpoint_group_arn, arn) || group.traffic_dial_percentage == Some(0.0) {
            continue;
        }
        let mut all = snapshot.accelerator_listeners.values();
        let listener = all.find(|l| is_below(&group.endpoint_group_arn, &l.listener_arn));
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
            is_doubtful: true,
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
        is_doubtful: false,
    })
}

fn one_endpoint(
    engine: &mut Engine,
    snapshot: &Snapshot,
    edge: &Edge,
    (endpoint, lane): (&AcceleratorEndpoint, &Lane),
    found: &mut Vec<Exposure>,
) {
    let id = &endpoint.endpoint_id;
    if let Some(balancer) = snapshot.load_balancers.get(id) {
        if is_active(balancer) {
            let keeps = keeps_address(balancer, endpoint);
            balanced(engine, snapshot, edge, balancer, (lane, keeps), found);
        }
        return;
    }
    let mut elastic_ips = snapshot.elastic_ips.iter();
    let elastic = elastic_ips.find(|e| id.starts_with("eipalloc-") && e.allocation_id == *id);
    let (interface, keeps) = match elastic {
        Some(elastic) => (
            snapshot.interfaces.get(&elastic.network_interface_id),
            false,
        ),
        None => (first_interface(engine, snapshot, id), true),
    };
    let Some(interface) = interface.filter(|i| i.instance().is_some()) else {
        return;
    };
    let addresses = engine.index.four(interface);
    let own = elastic.and_then(|elastic| {
        let mut all = addresses.iter();
        all.find(|(address, _)| address.ip().to_string() == elastic.private_ip_address)
    });
    let Some((address, _)) = own.or(addresses.first()).copied() else {
        return;
    };
    let gate: Sources = gates::any_internet_gateway(engine, interface);
    let mut open = if keeps {
        seen_as_client(engine, interface, lane)
    } else {
        seen_as_service(engine, interface, lane)
    };
    open = open.and(&from(&gate));
    if lane.is_doubtful {
        open = open.doubted(format!("the listener of {} is not described", edge.id()));
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
fn keeps_address(balancer: &LoadBalancer, endpoint: &AcceleratorEndpoint) -> bool {
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
fn seen_as_service(
    engine: &mut Engine,
    interface: &NetworkInterface,
    lane: &Lane,
) -> Known<Region<u32>> {
    let world = engine.internet::<u32>(&interface.vpc_id);
    let subnet = &interface.subnet_id;
    let groups = engine.groups::<u32>(interface, lane.protocol);
    let inward = engine.acl::<u32>(subnet, false, lane.protocol);
    let outward = engine.acl::<u32>(subnet, true, lane.protocol);
    let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let answered = outward.map(|region| region.and_ports(&clients).addresses());
    let passes = groups.and(&inward).and(&from(&answered));
    // Open for certain where it is open to every address that the accelerator can have.
    let of = |region: &Region<u32>, is_enough: &dyn Fn(&IntervalSet<u32>) -> bool| {
        let segments = region.and_ports(&lane.ports);
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
    for node in nodes(engine, snapshot, balancer) {
        let Some((address, _)) = engine.index.four(node).first().copied() else {
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
                seen_as_service(engine, node, lane)
            };
            let mut four = balancers::at_port(&open, listener.port).and(&gate);
            if lane.is_doubtful {
                four = four.doubted(format!("the listener of {} is not described", edge.id()));
            }
            let world = engine.internet::<u32>(&node.vpc_id);
            let front = Front {
                edge: edge.clone(),
                node,
                address,
                public: None,
                public_six: None,
                protocol: lane.protocol,
                port: listener.port,
                clients: Clients {
                    four,
                    six: Known::nothing(),
                },
                seen: if keeps {
                    Seen::Clients
                } else {
                    Seen::Service((*world).clone(), Vec::new())
                },
                middlebox: None,
                behind: None,
                first_node: None,
            };
            through(engine, snapshot, balancer, listener, &front, found);
        }
    }
}

/// What `CloudFront` reaches by a VPC origin: its network interface is in the origin's subnet and
/// has a group of the service (`CloudFront` guide, "Restrict access with VPC origins").
fn distributed(
    engine: &mut Engine,
    snapshot: &Snapshot,
    origin: &VpcOrigin,
    found: &mut Vec<Exposure>,
) {
    let config = &origin.vpc_origin_endpoint_config;
    let arn = if config.arn.is_empty() {
        &origin.origin_endpoint_arn
    } else {
        &config.arn
    };
    if matches!(origin.status.as_str(), "Deleting" | "Failed") {
        return;
    }
    let used = is_used(snapshot, &origin.id);
    if used.is_nothing() {
        return;
    }
    let http = config
        .http_port
        .filter(|_| config.origin_protocol_policy != "https-only");
    let https = config
        .https_port
        .filter(|_| config.origin_protocol_policy != "http-only");
    let mut ports: Vec<u16> = http.into_iter().chain(https).collect();
    ports.dedup();
    let edge = Edge::Distribution(origin.id.clone());
    if let Some(balancer) = snapshot.load_balancers.get(arn) {
        let active = is_active(balancer);
        for node in nodes(engine, snapshot, balancer)
            .into_iter()
            .filter(|_| active)
        {
            let way = (&edge, ports.as_slice(), &used);
            distributed_by(engine, snapshot, balancer, node, way, found);
        }
        return;
    }
    let instance = arn.rsplit('/').next().unwrap_or_default();
    let Some(interface) = first_interface(engine, snapshot, instance) else {
        return;
    };
    let Some((address, _)) = engine.index.four(interface).first().copied() else {
        return;
    };
    let service = service_of(snapshot, &interface.vpc_id);
    let gate = attached(engine, interface);
    let is_known = !ports.is_empty();
    for port in if is_known { ports } else { vec![80, 443] } {
        let seen = (&service.0, &service.1);
        let mut open = admits_hidden(engine, interface, Protocol::TCP, port, seen);
        open = open.and(&used).and(&gate);
        if !is_known {
            open = open.doubted(format!("the ports of {} are not described", origin.id));
        }
        if open.is_nothing() {
            continue;
        }
        let only = Ports::range(port, port);
        found.push(Exposure {
            edge: edge.clone(),
            interface: interface.network_interface_id.clone(),
            protocol: Protocol::TCP,
            private: address.ip(),
            public: None,
            balancer: None,
            middlebox: None,
            open: Open::V4(open.map(|set| Region::product(&only, &Arc::new(set.clone())))),
            is_latent: false,
        });
    }
}

/// What `CloudFront` reaches through a load balancer.
fn distributed_by(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    node: &NetworkInterface,
    (edge, ports, used): (&Edge, &[u16], &Sources),
    found: &mut Vec<Exposure>,
) {
    let (addresses, groups) = service_of(snapshot, &node.vpc_id);
    let Some((address, _)) = engine.index.four(node).first().copied() else {
        return;
    };
    for listener in listeners(snapshot, &balancer.load_balancer_arn) {
        if !ports.is_empty() && !ports.contains(&listener.port) {
            continue;
        }
        let seen = (&addresses, &groups);
        let admitted = admits_hidden(engine, node, Protocol::TCP, listener.port, seen);
        let mut four = used.and(&admitted).and(&attached(engine, node));
        if ports.is_empty() {
            four = four.doubted(format!("the ports of {} are not described", edge.id()));
        }
        let front = Front {
            edge: edge.clone(),
            node,
            address,
            public: None,
            public_six: None,
            protocol: Protocol::TCP,
            port: listener.port,
            clients: Clients {
                four,
                six: Known::nothing(),
            },
            seen: Seen::Service(addresses.clone(), groups.clone()),
            middlebox: None,
            behind: None,
            first_node: None,
        };
        through(engine, snapshot, balancer, listener, &front, found);
    }
}

/// Everything or nothing, as an enabled distribution has the origin.
fn is_used(snapshot: &Snapshot, origin: &Id) -> Sources {
    let mut enabled = snapshot
        .distributions
        .values()
        .filter(|d| d.enabled != Some(false))
        .flat_map(|d| &d.origins.items);
    if enabled.any(|o| o.vpc_origin_config.vpc_origin_id == *origin) {
        Known::everything()
    } else if snapshot.described.contains("DistributionList") {
        Known::nothing()
    } else {
        Known::unknown(format!(
            "the distributions that use {origin} are not described"
        ))
    }
}

/// Everything or nothing, as an internet gateway is attached, which a VPC origin needs; what Block
/// Public Access does to one is not documented.
fn attached(engine: &Engine, interface: &NetworkInterface) -> Sources {
    let snapshot = &engine.snapshot;
    let gateways = snapshot.internet_gateways.values();
    let mut attachments = gateways.flat_map(|g| &g.attachments);
    let vpc = &interface.vpc_id;
    if attachments.any(|a| a.vpc_id == *vpc && crate::snapshot::is_live(&a.state)) {
        let gate: Sources = gates::any_internet_gateway(engine, interface);
        if gate.is_nothing() {
            return Known::unknown(
                "what Block Public Access does to VPC origins is not documented",
            );
        }
        return gate;
    }
    if snapshot.described.contains("InternetGateways") {
        return Known::nothing();
    }
    Known::unknown(format!("the internet gateway of {vpc} is not described"))
}

/// Addresses that `CloudFront` may have in a VPC, and the groups and lists that stand for it.
fn service_of(snapshot: &Snapshot, vpc: &str) -> (IntervalSet<u32>, Vec<Id>) {
    let named = snapshot
        .groups
        .values()
        .filter(|g| g.vpc_id == vpc && g.group_name == "CloudFront-VPCOrigins-Service-SG");
    let mut groups: Vec<Id> = named.map(|g| g.group_id.clone()).collect();
    let lists = snapshot
        .prefix_lists
        .values()
        .filter(|l| l.prefix_list_name == "com.amazonaws.global.cloudfront.origin-facing");
    groups.extend(lists.map(|l| l.prefix_list_id.clone()));
    let blocks = snapshot.vpcs.get(vpc).map(crate::snapshot::Vpc::blocks);
    (set_of(blocks.into_iter().flatten()), groups)
}

/// What consumers of endpoint services reach: they connect to the network load balancer, which puts
/// its own address in place of theirs (`PrivateLink` guide, "Share your services").
fn provided(
    engine: &mut Engine,
    snapshot: &Snapshot,
    protocols: &[Protocol],
    found: &mut Vec<Exposure>,
) {
    for service in snapshot.endpoint_services.values() {
        if !matches!(service.service_state.as_str(), "" | "Available") {
            continue;
        }
        let edge = Edge::Service(service.service_id.clone());
        let arns = service.network_load_balancer_arns.iter();
        for balancer in arns.filter_map(|arn| snapshot.load_balancers.get(arn)) {
            if !is_active(balancer) {
                continue;
            }
            for listener in listeners(snapshot, &balancer.load_balancer_arn) {
                for protocol in protocols_of(&listener.protocol) {
                    if !protocols.contains(protocol) {
                        continue;
                    }
                    for node in nodes(engine, snapshot, balancer) {
                        let Some((address, _)) = engine.index.four(node).first().copied() else {
                            continue;
                        };
                        let setting =
                            &balancer.enforce_security_group_inbound_rules_on_private_link_traffic;
                        let four = if setting == "off" {
                            Known::from(everything_if(true))
                        } else {
                            let groups = engine.groups::<u32>(node, *protocol);
                            balancers::at_port(&groups, listener.port)
                        };
                        let front = Front {
                            edge: edge.clone(),
                            node,
                            address,
                            public: None,
                            public_six: None,
                            protocol: *protocol,
                            port: listener.port,
                            clients: Clients {
                                four,
                                six: Known::nothing(),
                            },
                            seen: Seen::Balancer,
                            middlebox: None,
                            behind: None,
                            first_node: None,
                        };
                        through(engine, snapshot, balancer, listener, &front, found);
                    }
                }
            }
        }
    }
}
