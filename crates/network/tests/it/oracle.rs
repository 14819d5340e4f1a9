//! Random networks with every kind of element: what the engine says of packets, and what they meet.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use lynkeus_network::edges::{Edge, Exposure, Open};
use lynkeus_network::engine::{Engine, exposures};
use lynkeus_network::filters::Protocol;
use lynkeus_network::finding::{Options, scan};
use lynkeus_network::incremental::Live;
use lynkeus_network::packet::{Outcome, Packet, deliveries, follow};
use lynkeus_network::snapshot::{NetworkAcl, NetworkInterface, SecurityGroup, Snapshot};

use super::base::entry;
use super::elements::wide;
use super::estate::{Dice, PORTS, acl, group, snapshot};
use super::random::{seeds, source};
use super::ways::open;

/// Ports that clients use: at and beside the ends of ranges.
pub(super) const CLIENT_PORTS: &[u16] = &[
    1024, 1025, 3389, 8080, 8081, 32766, 32767, 32768, 49999, 50000, 60999, 61000, 65534, 65535,
];

/// Whether something is so for certain, and whether it may be.
type Bounds = (bool, bool);

fn says(open: &Open, port: Option<u16>, source: IpAddr) -> Bounds {
    macro_rules! bounds {
        ($open:expr, $source:expr) => {
            match port {
                Some(port) => (
                    $open.must.contains(port, $source),
                    $open.may().contains(port, $source),
                ),
                None => (
                    !$open.must.ports_with($source).is_empty(),
                    !$open.may().ports_with($source).is_empty(),
                ),
            }
        };
    }
    match (open, source) {
        (Open::V4(open), IpAddr::V4(source)) => bounds!(open, source.to_bits()),
        (Open::V6(open), IpAddr::V6(source)) => bounds!(open, source.to_bits()),
        _ => (false, false),
    }
}

/// Whether both say the same: what is answered is open for certain, what stops is closed.
pub(super) fn agree((must, may): Bounds, answered: bool, unknown: bool) -> bool {
    match (answered, unknown) {
        (true, _) => must && may,
        (false, true) => may && !must,
        (false, false) => !may,
    }
}

/// Addresses that packets to an interface may be for: its private and its public ones.
pub(super) fn addresses(interface: &NetworkInterface, is_public: bool) -> Vec<IpAddr> {
    let own = interface.private_ip_addresses.iter().filter_map(|address| {
        if is_public {
            Some(&address.association.as_ref()?.public_ip)
        } else {
            Some(&address.private_ip_address)
        }
    });
    let six = interface.ipv6_addresses.iter().map(|a| &a.ipv6_address);
    own.chain(six)
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().expect("an address"))
        .collect()
}

fn edges(vpc: &str) -> Vec<Edge> {
    let number = vpc.trim_start_matches("vpc-");
    let text = str::to_owned;
    vec![
        Edge::Internet(format!("igw-{number}")),
        Edge::Private(format!("vgw-{number}")),
        Edge::Peering(text("pcx-1")),
        Edge::Transit(text("tgw-1")),
        Edge::Accelerator(text("ga")),
        Edge::Distribution(text("vo")),
        Edge::Service(text("vpce-svc-1")),
        Edge::Service(text("svc-1")),
    ]
}

/// What no route and no description names does not exist for the engine.
pub(super) fn exists(snapshot: &Snapshot, edge: &Edge, vpc: &str) -> bool {
    let tables = snapshot.route_tables.values().filter(|t| t.vpc_id == vpc);
    let mut routes = tables.flat_map(|t| &t.routes);
    let id = edge.id();
    let named = routes.any(|r| {
        [
            &r.gateway_id,
            &r.vpc_peering_connection_id,
            &r.transit_gateway_id,
        ]
        .contains(&id)
    });
    named || is_described(snapshot, edge, vpc)
}

fn is_described(snapshot: &Snapshot, edge: &Edge, vpc: &str) -> bool {
    let id = edge.id();
    match edge {
        Edge::Internet(_) => snapshot.internet_gateways.contains_key(id),
        Edge::Private(_) => snapshot.vpn_gateways.contains_key(id),
        Edge::Peering(_) => snapshot.peerings.contains_key(id),
        Edge::Transit(_) => snapshot
            .transit_attachments
            .values()
            .any(|a| a.transit_gateway_id == *id && a.vpc_id == vpc),
        _ => true,
    }
}

/// Compares the engine on one snapshot with packets in another; the difference, if there is one.
pub(super) fn difference(ours: &Snapshot, theirs: &Snapshot, dice: &mut Dice) -> Option<String> {
    let protocol = *dice.one(&[Protocol::TCP, Protocol::UDP]);
    let mut engine = Engine::new(Arc::new(ours.clone()));
    let all = exposures(&mut engine, &[protocol]);
    for interface in ours.interfaces.values() {
        let is_node = interface.description.starts_with("ELB ");
        for edge in edges(&interface.vpc_id) {
            if !exists(ours, &edge, &interface.vpc_id) {
                continue;
            }
            let is_public = matches!(edge, Edge::Internet(_));
            for destination in addresses(interface, is_public) {
                for _ in 0..12 {
                    let packet = Packet {
                        source: source(dice, destination.is_ipv6()),
                        source_port: 0,
                        destination,
                        destination_port: *dice.one(PORTS),
                        protocol: protocol.0,
                    };
                    let found = if is_node {
                        behind(theirs, interface, &edge, packet, &all)
                    } else {
                        at(theirs, interface, &edge, packet, &all)
                    };
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
    }
    None
}

/// Sources that corner cases are about.
pub(super) const SOURCES: &[&str] = &[
    "8.8.8.8",
    "1.1.1.1",
    "203.0.113.9",
    "52.94.1.1",
    "54.0.0.9",
    "10.2.0.9",
    "10.3.0.9",
    "10.9.0.1",
    "172.16.0.9",
    "192.168.0.9",
    "10.1.1.9",
    "2600::5",
    "2001:db8:2::7",
];

/// Asks the engine and the packets the same about a network; what they say differently.
pub(super) fn differences(estate: &Snapshot) -> Vec<String> {
    let mut found = Vec::new();
    for protocol in [Protocol::TCP, Protocol::UDP] {
        let mut engine = Engine::new(Arc::new(estate.clone()));
        let all = exposures(&mut engine, &[protocol]);
        for interface in estate.interfaces.values() {
            let is_node = interface.description.starts_with("ELB ");
            for edge in edges(&interface.vpc_id) {
                if !exists(estate, &edge, &interface.vpc_id) {
                    continue;
                }
                let is_public = matches!(edge, Edge::Internet(_));
                let sources = SOURCES
                    .iter()
                    .map(|s| s.parse::<IpAddr>().expect("an address"));
                let pairs = addresses(interface, is_public)
                    .into_iter()
                    .flat_map(|to| sources.clone().map(move |from| (from, to)))
                    .filter(|(from, to)| from.is_ipv4() == to.is_ipv4());
                for (source, destination) in pairs {
                    for port in [22u16, 80, 81, 3389, 8080] {
                        let packet = Packet {
                            source,
                            source_port: 0,
                            destination,
                            destination_port: port,
                            protocol: protocol.0,
                        };
                        found.extend(if is_node {
                            behind(estate, interface, &edge, packet, &all)
                        } else {
                            at(estate, interface, &edge, packet, &all)
                        });
                    }
                }
            }
        }
    }
    found
}

/// A packet to an interface itself.
fn at(
    theirs: &Snapshot,
    interface: &NetworkInterface,
    edge: &Edge,
    packet: Packet,
    all: &[Exposure],
) -> Option<String> {
    let mut bounds = (false, false);
    let own = all.iter().filter(|e| {
        let leads = match edge {
            Edge::Internet(_) => e.public.unwrap_or(e.private) == packet.destination,
            // One address stands for all.
            Edge::Peering(_) => e.private.is_ipv4() == packet.destination.is_ipv4(),
            _ => e.private == packet.destination,
        };
        e.balancer.is_none()
            && e.edge == *edge
            && e.interface == interface.network_interface_id
            && leads
    });
    for exposure in own {
        let (must, may) = says(&exposure.open, Some(packet.destination_port), packet.source);
        bounds = (bounds.0 | must, bounds.1 | may);
    }
    let is_service = matches!(
        edge,
        Edge::Accelerator(_) | Edge::Distribution(_) | Edge::Service(_)
    );
    if is_service && (interface.instance().is_none() || packet.destination.is_ipv6()) {
        return None;
    }
    let (mut answered, mut unknown) = (false, false);
    for source_port in CLIENT_PORTS {
        let packet = Packet {
            source_port: *source_port,
            ..packet
        };
        match follow(
            theirs,
            entry(edge).expect("an edge"),
            &interface.vpc_id,
            packet,
        ) {
            Outcome::Answered { .. } => answered = true,
            Outcome::Unknown { .. } => unknown = true,
            Outcome::Stopped { .. } => {}
        }
    }
    (!agree(bounds, answered, unknown)).then(|| {
        format!("{edge:?} {packet:?}: bounds {bounds:?}; answered {answered}, unknown {unknown}")
    })
}

/// A packet to a load balancer's node, and what becomes of it at the targets.
fn behind(
    theirs: &Snapshot,
    node: &NetworkInterface,
    edge: &Edge,
    packet: Packet,
    all: &[Exposure],
) -> Option<String> {
    let id = &node.network_interface_id;
    let mut ours: BTreeMap<&str, Bounds> = BTreeMap::new();
    for exposure in all
        .iter()
        .filter(|e| e.edge == *edge && e.protocol.0 == packet.protocol)
    {
        let Some(balancer) = &exposure.balancer else {
            continue;
        };
        let front = balancer.front.as_ref().unwrap_or(&balancer.node);
        let is_front = front == id && balancer.listener_port == packet.destination_port;
        if !is_front {
            continue;
        }
        let (must, may) = says(&exposure.open, None, packet.source);
        let known = ours.entry(exposure.interface.as_str()).or_default();
        *known = (known.0 | must, known.1 | may);
    }
    let mut found: BTreeMap<String, Bounds> = BTreeMap::new();
    let mut anybody = false;
    for source_port in CLIENT_PORTS {
        let packet = Packet {
            source_port: *source_port,
            ..packet
        };
        for delivery in deliveries(theirs, entry(edge).expect("an edge"), &node.vpc_id, packet) {
            anybody |= delivery.port == 0;
            let known = found.entry(delivery.interface).or_default();
            match delivery.outcome {
                Outcome::Answered { .. } => known.0 = true,
                Outcome::Unknown { .. } => known.1 = true,
                Outcome::Stopped { .. } => {}
            }
        }
    }
    for interface in theirs.interfaces.keys() {
        let bounds = ours.get(interface.as_str()).copied().unwrap_or_default();
        let (answered, unknown) = found.get(interface).copied().unwrap_or_default();
        // Where nobody knows the targets, the engine may know that none takes the packet.
        let is_fine = if anybody {
            (!answered || bounds.0) && (answered || !bounds.0)
        } else {
            agree(bounds, answered, unknown)
        };
        if !is_fine {
            return Some(format!(
                "{edge:?} {packet:?} behind {id} at {interface}: bounds {bounds:?}; answered {answered}, unknown {unknown}"
            ));
        }
    }
    None
}

#[test]
fn the_engine_agrees_with_packets_through_everything() {
    let mut differences = Vec::new();
    for seed in seeds() {
        let estate = snapshot(&wide(seed));
        let found = difference(&estate, &estate, &mut Dice::new(seed));
        differences.extend(found.map(|text| format!("seed {seed}: {text}")));
        assert!(differences.len() < 12, "{differences:#?}");
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Changes of what stands between an edge and an instance.
const CHANGES: &[fn(&mut Snapshot)] = &[
    |s| {
        for table in s.route_tables.values_mut() {
            table.associations.retain(|a| a.gateway_id.is_empty());
        }
    },
    |s| {
        for interface in s.interfaces.values_mut() {
            interface.source_dest_check = interface.source_dest_check.map(|_| true);
        }
    },
    |s| {
        for policy in s.firewall_policies.values_mut() {
            policy.stateless_rule_group_references.clear();
        }
    },
    |s| {
        for policy in s.firewall_policies.values_mut() {
            policy.stateful_engine_options.rule_order.clear();
        }
    },
    |s| {
        s.block_public_access.clear();
    },
    |s| {
        s.block_public_access_exclusions.clear();
    },
    |s| {
        for association in s.direct_connect_associations.values_mut() {
            association
                .allowed_prefixes_to_direct_connect_gateway
                .clear();
        }
    },
    |s| {
        for table in s.transit_route_tables.values_mut() {
            if let Some(routes) = &mut table.routes {
                routes.retain(|r| r.state != "blackhole");
            }
        }
    },
    |s| {
        s.attributes.clear();
    },
    |s| {
        for target in s.targets.values_mut().flatten() {
            target.target_health.state.clear();
        }
    },
    |s| {
        for rule in s.listener_rules.values_mut().flatten() {
            rule.conditions.clear();
        }
    },
    |s| {
        for group in s.endpoint_groups.values_mut() {
            group.port_overrides.clear();
        }
    },
];

#[test]
fn changes_of_everything_end_where_a_new_evaluation_does() {
    for seed in seeds() {
        let dice = &mut Dice::new(seed + 3_000_000);
        let made = if dice.once_in(2) {
            wide(seed)
        } else {
            open(seed)
        };
        let mut estate = snapshot(&made);
        let mut live = Live::new(Arc::new(estate.clone()), Options::default());
        for _ in 0..3 {
            let mut changed = estate.clone();
            match dice.below(3) {
                0 => {
                    let id = *dice.one(&["sg-1", "sg-2", "sg-4", "sg-lb"]);
                    let new: SecurityGroup =
                        serde_json::from_value(group(dice, id, "vpc-1")).expect("a group");
                    changed.groups.insert(id.to_owned(), new);
                }
                1 => {
                    let made = acl(dice, "acl-1", &["subnet-11", "subnet-21"]);
                    let mut new: NetworkAcl = serde_json::from_value(made).expect("an ACL");
                    if let Some(old) = changed.acls.get("acl-1") {
                        new.vpc_id.clone_from(&old.vpc_id);
                        new.is_default = old.is_default;
                    }
                    changed.acls.insert("acl-1".to_owned(), new);
                }
                _ => {
                    CHANGES[dice.below(CHANGES.len())](&mut changed);
                }
            }
            live.apply_all(estate.changes(changed.clone()));
            estate = changed;
            let fresh = scan(
                &mut Engine::new(Arc::new(estate.clone())),
                &Options::default(),
            );
            assert_eq!(live.findings(), fresh, "seed {seed}");
        }
    }
}
