//! Ways from the edges of random networks, through load balancers and transit gateways, against
//! single packets.

use std::net::IpAddr;
use std::sync::Arc;

use lynkeus_network::address::Block;
use lynkeus_network::edges::Edge;
use lynkeus_network::engine::Engine;
use lynkeus_network::filters::Protocol;
use lynkeus_network::finding::{self, Options, scan};
use lynkeus_network::packet::{Outcome, Packet, deliveries, follow};
use lynkeus_network::path::{Answer, End, Hop, Query, Verdict, find};
use lynkeus_network::region::Ports;
use lynkeus_network::snapshot::{NetworkInterface, Snapshot};
use serde_json::{Value, json};

use super::base::entry;
use super::elements::wide;
use super::estate::{Dice, PORTS, snapshot};
use super::oracle::{CLIENT_PORTS, SOURCES, addresses};
use super::ways::open;

fn holds(blocks: &[String], address: IpAddr) -> bool {
    let own = Block::parse(&address.to_string()).expect("an address");
    blocks
        .iter()
        .filter_map(|text| Block::parse(text))
        .any(|block| match (block, own) {
            (Block::V4 { first, last }, Block::V4 { first: a, .. }) => first <= a && a <= last,
            (Block::V6 { first, last }, Block::V6 { first: a, .. }) => first <= a && a <= last,
            _ => false,
        })
}

/// Whether the way is open from an address; nothing where the answer does not say.
fn told(answer: &Answer, source: IpAddr) -> Option<bool> {
    let mut is_certain = true;
    for path in &answer.paths {
        match path.verdict {
            Verdict::Open => {
                let mut all = path.open.iter().flat_map(|(_, blocks)| blocks);
                is_certain &= all.clone().all(|block| block != "…");
                if all.any(|block| holds(std::slice::from_ref(block), source)) {
                    return Some(true);
                }
            }
            Verdict::Unknown(_) => is_certain = false,
            Verdict::Closed(_) => {}
        }
    }
    is_certain.then_some(false)
}

/// The port of an endpoint to which an accelerator leads packets for one of its own ports; nothing if
/// no listener is for it. In random networks there is one listener and one endpoint group.
fn behind(estate: &Snapshot, port: u16, protocol: Protocol) -> Option<u16> {
    let listener = estate.accelerator_listeners.values().next()?;
    let is_own = listener.protocol == protocol.name();
    let mut ranges = listener.port_ranges.iter();
    let is_listened = ranges.any(|r| (r.from_port..=r.to_port).contains(&port));
    let mut changes = estate
        .endpoint_groups
        .values()
        .flat_map(|g| &g.port_overrides);
    let change = changes.find(|c| c.listener_port == port);
    (is_own && is_listened).then(|| change.map_or(port, |c| c.endpoint_port))
}

/// Whether some packet from an address arrives at an interface and is answered; nothing where
/// that is not known.
pub(super) fn meets(
    estate: &Snapshot,
    target: &NetworkInterface,
    edge: &Edge,
    (source, port, protocol): (IpAddr, u16, Protocol),
) -> Option<bool> {
    let answered = Outcome::Answered {
        interface: target.network_interface_id.clone(),
    };
    let is_public = matches!(edge, Edge::Internet(_));
    let mut is_known = true;
    let port = match edge {
        Edge::Accelerator(_) if estate.accelerator_listeners.is_empty() => return None,
        Edge::Accelerator(_) => match behind(estate, port, protocol) {
            Some(port) => port,
            None => return Some(false),
        },
        _ => port,
    };
    for interface in estate.interfaces.values() {
        let is_node = interface.description.starts_with("ELB ");
        if interface != target && !is_node {
            continue;
        }
        for destination in addresses(interface, is_public) {
            for source_port in CLIENT_PORTS {
                let packet = Packet {
                    source,
                    source_port: *source_port,
                    destination,
                    destination_port: port,
                    protocol: protocol.0,
                };
                if source.is_ipv4() != destination.is_ipv4() {
                    continue;
                }
                let entry = entry(edge).expect("an edge");
                let outcomes: Vec<Outcome> = if is_node {
                    let all = deliveries(estate, entry, &interface.vpc_id, packet);
                    all.into_iter().map(|d| d.outcome).collect()
                } else {
                    vec![follow(estate, entry, &interface.vpc_id, packet)]
                };
                if outcomes.contains(&answered) {
                    return Some(true);
                }
                is_known &= !outcomes
                    .iter()
                    .any(|outcome| matches!(outcome, Outcome::Unknown { .. }));
            }
        }
    }
    is_known.then_some(false)
}

/// A random network in which less stands in the way.
pub(super) fn eased(seed: u64) -> Value {
    let mut document = wide(seed);
    let dice = &mut Dice::new(seed + 11_000_000);
    let mut add = |list: &str, member: &str, items: &[Value], chance: usize| {
        let all = document[list].as_array_mut().into_iter().flatten();
        for one in all {
            if let Some(members) = one[member].as_array_mut()
                && !dice.once_in(chance)
            {
                members.extend(items.iter().cloned());
            }
        }
    };
    let anybody = json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    add("SecurityGroups", "IpPermissions", &[anybody], 3);
    let entry = |egress: bool| {
        json!({"RuleNumber": 1, "Egress": egress, "Protocol": "-1", "RuleAction": "allow",
            "CidrBlock": "0.0.0.0/0"})
    };
    add("NetworkAcls", "Entries", &[entry(false), entry(true)], 4);
    let mut tables = document["RouteTables"].as_array_mut().into_iter().flatten();
    for table in tables.by_ref().filter(|t| t["VpcId"] == "vpc-1") {
        if let Some(routes) = table["Routes"].as_array_mut()
            && routes
                .iter()
                .all(|r| r["DestinationCidrBlock"] != "0.0.0.0/0")
        {
            routes.push(json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}));
        }
    }
    document
}

/// From an edge to an interface, to a port, and an address that the engine knows to get there.
type Question = (Edge, String, Protocol, u16, Option<IpAddr>);

/// What is asked of a network: what the findings are about, and beside it.
fn questions(estate: &Snapshot, dice: &mut Dice) -> Vec<Question> {
    let mut engine = Engine::new(Arc::new(estate.clone()));
    let mut all = Vec::new();
    for finding in scan(&mut engine, &Options::default()) {
        if matches!(
            finding.edge,
            Edge::Internet(_)
                | Edge::Private(_)
                | Edge::Peering(_)
                | Edge::Transit(_)
                | Edge::Accelerator(_)
        ) {
            let witness = match &finding.verdict {
                finding::Verdict::Open(packet) => Some(packet.source),
                finding::Verdict::Unknown(_) => None,
            };
            let listener = finding.balancer.map(|balancer| balancer.listener_port);
            let port = listener.unwrap_or(finding.ports.0);
            for port in [port, *dice.one(PORTS)] {
                all.push((
                    finding.edge.clone(),
                    finding.interface.clone(),
                    finding.protocol,
                    port,
                    witness,
                ));
            }
        }
    }
    let targets = estate.interfaces.values();
    for target in targets.filter(|i| i.instance().is_some()) {
        let number = target.vpc_id.trim_start_matches("vpc-");
        let edges = [
            Edge::Internet(format!("igw-{number}")),
            Edge::Private(format!("vgw-{number}")),
            Edge::Peering("pcx-1".to_owned()),
            Edge::Transit("tgw-1".to_owned()),
            Edge::Accelerator("ga".to_owned()),
        ];
        let edge = dice.one(&edges);
        let protocol = *dice.one(&[Protocol::TCP, Protocol::UDP]);
        let id = target.network_interface_id.clone();
        all.push((edge.clone(), id, protocol, *dice.one(PORTS), None));
    }
    all
}

#[test]
fn ways_from_edges_agree_with_packets() {
    let mut counts = [0; 3];
    let mut through = 0;
    let mut accelerated = [0; 2];
    let mut aside = [0; 2];
    for seed in 0..500 {
        let document = match seed % 4 {
            0 => wide(seed),
            1 => open(seed),
            _ => eased(seed),
        };
        let estate = snapshot(&document);
        let dice = &mut Dice::new(seed + 9_000_000);
        for (edge, target, protocol, port, witness) in questions(&estate, dice) {
            let query = Query {
                from: match &edge {
                    Edge::Accelerator(id) => End::Accelerator(id.clone()),
                    other => End::Gateway(other.id().clone()),
                },
                to: End::Interface(target.clone()),
                protocol,
                ports: Ports::range(port, port),
            };
            let Ok(answer) = find(&estate, &query) else {
                continue;
            };
            let target = &estate.interfaces[&target];
            let sources = SOURCES.iter().map(|text| text.parse().expect("an address"));
            for source in sources.chain(witness) {
                let said = told(&answer, source);
                let met = meets(&estate, target, &edge, (source, port, protocol));
                let (Some(said), Some(met)) = (said, met) else {
                    counts[2] += 1;
                    continue;
                };
                assert_eq!(
                    said, met,
                    "seed {seed}: {edge:?} {source} -> {} {protocol:?}/{port}: {answer:#?}",
                    target.network_interface_id
                );
                counts[usize::from(met)] += 1;
                if let Edge::Accelerator(_) = edge {
                    accelerated[usize::from(met)] += 1;
                }
                let is_aside = |hop: &Hop| hop.component == "eni-app" || hop.component == "vpce-1";
                if answer
                    .paths
                    .iter()
                    .any(|path| path.hops.iter().any(is_aside))
                {
                    aside[usize::from(met)] += 1;
                }
                let is_balanced = answer.paths.iter().any(|path| {
                    path.verdict == Verdict::Open
                        && path
                            .hops
                            .iter()
                            .any(|hop| hop.kind.ends_with("LoadBalancer"))
                });
                through += usize::from(met && is_balanced);
            }
        }
    }
    let [closed, open, unknown] = counts;
    assert!(
        open > 300 && closed > 1000 && through > 10,
        "{open} open ({through} through load balancers), {closed} closed, {unknown} unknown"
    );
    assert!(
        accelerated.iter().all(|n| *n > 50) && aside.iter().all(|n| *n > 50),
        "through accelerators {accelerated:?}, through middleboxes {aside:?}"
    );
}
