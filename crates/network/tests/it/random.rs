//! Random networks: the engine against single packets, and changes against a new evaluation.

use std::net::IpAddr;
use std::sync::Arc;

use lynkeus_network::edges::{Edge, Exposure, Open, of_interface};
use lynkeus_network::engine::Engine;
use lynkeus_network::filters::Protocol;
use lynkeus_network::finding::{Finding, Options, Verdict, scan};
use lynkeus_network::incremental::Live;
use lynkeus_network::packet::{Entry, Outcome, Packet, follow};
use lynkeus_network::snapshot::{Change, Snapshot};
use serde_json::Value;

use super::beyond::peered;
use super::estate::{BLOCKS, Dice, PORTS, acl, document, group, snapshot};
use super::oracle::{agree, exists};

/// Which networks, by the environment; `cargo xtask proof network` asks for more.
#[expect(
    clippy::disallowed_methods,
    reason = "the number of cases is asked of the environment"
)]
pub(super) fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first = number("LYNKEUS_NETWORK_FIRST").unwrap_or(0);
    first..first + number("LYNKEUS_NETWORK_CASES").unwrap_or(60)
}

/// Addresses at and beside the ends of blocks.
pub(super) fn source(dice: &mut Dice, is_v6: bool) -> IpAddr {
    if is_v6 {
        let texts = [
            "2001:db8::1",
            "2600::5",
            "2600:1::",
            "2001:db8:1::9",
            "fd00::1",
            "2a00::1",
            "2001:db8:2::7",
        ];
        return dice.one(&texts).parse().expect("an address");
    }
    if dice.once_in(4) {
        let (vpc, subnet) = (1 + dice.below(2), 1 + dice.below(2));
        let text = format!("10.{vpc}.{subnet}.{}", 4 + dice.below(3));
        return text.parse().expect("an address");
    }
    let block = dice.one(BLOCKS);
    let (address, length) = block.split_once('/').expect("a block");
    let first = u32::from(address.parse::<std::net::Ipv4Addr>().expect("an address"));
    let host = 32 - length.parse::<u32>().expect("a length");
    let last = first | 1u32.checked_shl(host).map_or(u32::MAX, |n| n - 1);
    let address = match dice.below(4) {
        0 => first,
        1 => last,
        2 => first.wrapping_sub(1),
        _ => last.wrapping_add(1),
    };
    IpAddr::from(address.to_be_bytes())
}

/// What the engine says of a (port, source) pair: certain, possible.
fn says(exposures: &[Exposure], edge: &Edge, packet: Packet) -> (bool, bool) {
    let mut verdict = (false, false);
    for exposure in exposures.iter().filter(|e| {
        e.edge == *edge
            && e.protocol.0 == packet.protocol
            && e.public.unwrap_or(e.private) == packet.destination
    }) {
        let (must, may) = match (&exposure.open, packet.source) {
            (Open::V4(open), IpAddr::V4(source)) => {
                let (port, source) = (packet.destination_port, source.to_bits());
                (
                    open.must.contains(port, source),
                    open.may().contains(port, source),
                )
            }
            (Open::V6(open), IpAddr::V6(source)) => {
                let (port, source) = (packet.destination_port, source.to_bits());
                (
                    open.must.contains(port, source),
                    open.may().contains(port, source),
                )
            }
            _ => (false, false),
        };
        verdict = (verdict.0 | must, verdict.1 | may);
    }
    verdict
}

/// Compares the engine on one snapshot with packets in another; the difference, if there is one.
fn difference(ours: &Snapshot, theirs: &Snapshot, dice: &mut Dice) -> Option<String> {
    let mut engine = Engine::new(Arc::new(ours.clone()));
    for (id, interface) in &ours.interfaces {
        let protocol = *dice.one(&[Protocol::TCP, Protocol::UDP]);
        let exposures = of_interface(&mut engine, id, &[protocol]);
        let vpc = interface.vpc_id.as_str();
        let number = vpc.trim_start_matches("vpc-");
        let (internet, private) = (format!("igw-{number}"), format!("vgw-{number}"));
        let edges = [
            (
                Edge::Internet(internet.clone()),
                Entry::InternetGateway(&internet),
            ),
            (Edge::Private(private.clone()), Entry::VpnGateway(&private)),
            (Edge::Peering("pcx-1".to_owned()), Entry::Peering("pcx-1")),
        ];
        for (edge, entry) in edges {
            if !exists(ours, &edge, vpc) {
                continue;
            }
            let mut destinations: Vec<IpAddr> = Vec::new();
            for address in &interface.private_ip_addresses {
                let public = address.association.as_ref().map(|a| &a.public_ip);
                let own = match edge {
                    Edge::Internet(_) => public,
                    _ if destinations.is_empty() => Some(&address.private_ip_address),
                    _ => None,
                };
                destinations.extend(own.map(|text| text.parse::<IpAddr>().expect("an address")));
            }
            let six = interface.ipv6_addresses.iter().map(|a| &a.ipv6_address);
            destinations.extend(six.map(|text| text.parse::<IpAddr>().expect("an address")));
            for destination in destinations {
                for _ in 0..40 {
                    let mut from = source(dice, destination.is_ipv6());
                    if matches!(edge, Edge::Peering(_)) && from.is_ipv4() && dice.once_in(2) {
                        let all: Vec<&String> = ours
                            .interfaces
                            .values()
                            .map(|i| &i.private_ip_address)
                            .collect();
                        from = dice.one(&all).parse().expect("an address");
                    }
                    let packet = Packet {
                        source: from,
                        source_port: 0,
                        destination,
                        destination_port: *dice.one(PORTS),
                        protocol: protocol.0,
                    };
                    let (must, may) = says(&exposures, &edge, packet);
                    let (answered, unknown) = every_client_port(theirs, entry, vpc, packet);
                    let agree = agree((must, may), answered, unknown);
                    if !agree {
                        return Some(format!(
                            "{edge:?} {packet:?}: must {must}, may {may}; packets: answered {answered}, unknown {unknown}"
                        ));
                    }
                }
            }
        }
    }
    None
}

/// Whether the packet is answered, or nobody knows, with some client's port.
fn every_client_port(
    snapshot: &Snapshot,
    entry: Entry<'_>,
    vpc: &str,
    packet: Packet,
) -> (bool, bool) {
    let (mut answered, mut unknown) = (false, false);
    for source_port in PORTS
        .iter()
        .copied()
        .filter(|port| *port >= 1024)
        .chain([1025, 8081, 32766, 61000])
    {
        match follow(
            snapshot,
            entry,
            vpc,
            Packet {
                source_port,
                ..packet
            },
        ) {
            Outcome::Answered { .. } => answered = true,
            Outcome::Unknown { .. } => unknown = true,
            Outcome::Stopped { .. } => {}
        }
    }
    (answered, unknown)
}

#[test]
fn the_engine_agrees_with_packets() {
    for seed in seeds() {
        let estate = snapshot(&document(seed));
        let found = difference(&estate, &estate, &mut Dice::new(seed));
        assert_eq!(found, None, "seed {seed}");
    }
}

type Distortion = (&'static str, fn(&mut Snapshot));

/// Mistakes that an engine or a follower of packets could make.
const MISTAKES: &[Distortion] = &[
    ("last ACL entry wins", |s| {
        for acl in s.acls.values_mut() {
            for entry in &mut acl.entries {
                entry.rule_number = 1000 - entry.rule_number;
            }
        }
    }),
    ("blackholes fall through", |s| {
        for table in s.route_tables.values_mut() {
            table.routes.retain(|r| r.state != "blackhole");
        }
    }),
    ("propagated routes are static", |s| {
        for table in s.route_tables.values_mut() {
            for route in &mut table.routes {
                route.origin.clear();
            }
        }
    }),
    ("group references match nothing", |s| {
        for group in s.groups.values_mut() {
            for permission in &mut group.ip_permissions {
                permission.user_id_group_pairs.clear();
            }
        }
    }),
    ("the first port of a range is left out", |s| {
        for group in s.groups.values_mut() {
            for permission in &mut group.ip_permissions {
                permission.from_port = permission.from_port.map(|p| if p > 0 { p + 1 } else { p });
            }
        }
    }),
    ("only the first group counts", |s| {
        for interface in s.interfaces.values_mut() {
            interface.groups.truncate(1);
        }
    }),
    ("disassociated blocks count", |s| {
        for vpc in s.vpcs.values_mut() {
            for block in &mut vpc.cidr_block_association_set {
                block.cidr_block_state.state.clear();
            }
        }
    }),
    ("a missing ACL lets nothing pass", |s| {
        let mut all = s.acls.values().next().cloned().unwrap_or_default();
        "acl-2".clone_into(&mut all.network_acl_id);
        all.entries.clear();
        for association in &mut all.associations {
            association.subnet_id = association
                .subnet_id
                .replacen("11", "12", 1)
                .replacen("21", "22", 1);
        }
        s.acls.entry("acl-2".to_owned()).or_insert(all);
    }),
];

#[test]
fn planted_mistakes_are_seen_on_either_side() {
    for (name, distort) in MISTAKES {
        let mut caught = [false; 2];
        for seed in 0..6000 {
            let estate = snapshot(&document(seed));
            let mut wrong = estate.clone();
            distort(&mut wrong);
            let dice = &mut Dice::new(seed);
            caught[0] = caught[0] || difference(&wrong, &estate, dice).is_some();
            caught[1] = caught[1] || difference(&estate, &wrong, dice).is_some();
            if caught == [true, true] {
                break;
            }
        }
        assert_eq!(caught, [true, true], "{name}");
    }
}

#[test]
fn every_witness_is_answered() {
    let mut witnesses = 0;
    for seed in seeds() {
        let estate = Arc::new(snapshot(&document(seed)));
        let mut engine = Engine::new(Arc::clone(&estate));
        for finding in scan(&mut engine, &Options::default()) {
            let Verdict::Open(packet) = &finding.verdict else {
                continue;
            };
            let entry = match &finding.edge {
                Edge::Internet(id) => Entry::InternetGateway(id),
                Edge::Private(id) => Entry::VpnGateway(id),
                Edge::Peering(id) => Entry::Peering(id),
                _ => continue,
            };
            let vpc = &estate.interfaces[&finding.interface].vpc_id;
            let outcome = follow(&estate, entry, vpc, *packet);
            let expected = Outcome::Answered {
                interface: finding.interface.clone(),
            };
            assert_eq!(outcome, expected, "seed {seed}: {finding:?}");
            witnesses += 1;
        }
    }
    assert!(witnesses > 0);
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object")
}

#[test]
fn changes_end_where_a_new_evaluation_does() {
    for seed in seeds() {
        let dice = &mut Dice::new(seed + 1_000_000);
        let mut estate = snapshot(&document(seed));
        let mut live = Live::new(Arc::new(estate.clone()), Options::default());
        for _ in 0..4 {
            let before = live.findings();
            let change = if dice.once_in(2) {
                let number = 1 + dice.below(4);
                let vpc = format!("vpc-{}", 1 + number % 2);
                let id = format!("sg-{number}");
                let new: lynkeus_network::snapshot::SecurityGroup = parsed(group(dice, &id, &vpc));
                estate.groups.insert(id.clone(), new.clone());
                Change::Groups(id, Some(Box::new(new)))
            } else {
                let subnets =
                    *dice.one(&[&["subnet-11", "subnet-21"], &["subnet-11", "subnet-12"]]);
                let new: lynkeus_network::snapshot::NetworkAcl =
                    parsed(acl(dice, "acl-1", subnets));
                estate.acls.insert("acl-1".to_owned(), new.clone());
                Change::Acls("acl-1".to_owned(), Some(Box::new(new)))
            };
            let difference = live.apply(change);
            let fresh = scan(
                &mut Engine::new(Arc::new(estate.clone())),
                &Options::default(),
            );
            let now = live.findings();
            assert_eq!(now, fresh, "seed {seed}");
            let opened = fresh.iter().filter(|f| !before.contains(f)).count();
            let closed = before.iter().filter(|f| !fresh.contains(f)).count();
            assert_eq!(
                (difference.opened.len(), difference.closed.len()),
                (opened, closed)
            );
        }
    }
}

#[test]
fn a_group_that_is_described_now_is_known_to_those_that_name_it() {
    let mut document = peered();
    let rule = serde_json::json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "UserIdGroupPairs": [{"GroupId": "sg-2"}]});
    document["SecurityGroups"][0]["IpPermissions"] = serde_json::json!([rule]);
    let mut live = Live::new(Arc::new(snapshot(&document)), Options::default());
    let is_unknown = |f: &Finding| matches!(f.verdict, Verdict::Unknown(_));
    assert!(live.findings().iter().any(is_unknown));
    let now = serde_json::json!({"GroupId": "sg-2", "VpcId": "vpc-2"});
    live.apply(Change::Groups("sg-2".to_owned(), Some(parsed(now))));
    assert_eq!(live.findings(), []);
}

/// An allow more never closes, a deny more never opens, names and orders do not matter.
#[test]
fn laws_hold() {
    for seed in seeds() {
        let estate = snapshot(&document(seed));
        let open = |snapshot: &Snapshot| {
            let mut engine = Engine::new(Arc::new(snapshot.clone()));
            let mut all = Vec::new();
            for id in snapshot.interfaces.keys() {
                all.extend(of_interface(&mut engine, id, &[Protocol::TCP]));
            }
            all
        };
        let before = open(&estate);
        let mut reordered = estate.clone();
        for group in reordered.groups.values_mut() {
            group.ip_permissions.reverse();
        }
        for table in reordered.route_tables.values_mut() {
            table.routes.reverse();
        }
        for acl in reordered.acls.values_mut() {
            let numbers: Vec<u32> = acl.entries.iter().map(|e| e.rule_number).collect();
            let is_tied = numbers
                .iter()
                .any(|n| numbers.iter().filter(|m| *m == n).count() > 2);
            if !is_tied {
                acl.entries.sort_by_key(|e| (e.rule_number % 7, e.egress));
            }
        }
        assert_eq!(
            open(&reordered).len(),
            before.len(),
            "seed {seed}: reordered"
        );
        let mut wider = estate.clone();
        for group in wider.groups.values_mut() {
            let all: Value =
                serde_json::json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
            group.ip_permissions.push(parsed(all));
        }
        let after = open(&wider);
        for old in &before {
            let new = after.iter().find(|n| {
                n.edge == old.edge && n.interface == old.interface && n.private == old.private
            });
            let is_kept = match (&old.open, new.map(|n| &n.open)) {
                (Open::V4(old), Some(Open::V4(new))) => old.must.minus(&new.must).is_empty(),
                (Open::V6(old), Some(Open::V6(new))) => old.must.minus(&new.must).is_empty(),
                _ => false,
            };
            assert!(is_kept, "seed {seed}: an allow closed {old:?}");
        }
        let mut narrower = estate.clone();
        for acl in narrower.acls.values_mut() {
            let deny: Value = serde_json::json!({"RuleNumber": 1, "Protocol": "6", "RuleAction": "deny",
                "CidrBlock": "8.0.0.0/8", "PortRange": {"From": 20, "To": 30}});
            acl.entries.push(parsed(deny));
        }
        for new in open(&narrower) {
            let old = before.iter().find(|o| {
                o.edge == new.edge && o.interface == new.interface && o.private == new.private
            });
            let was_open = match (&new.open, old.map(|o| &o.open)) {
                (Open::V4(new), Some(Open::V4(old))) => new.must.minus(&old.must).is_empty(),
                (Open::V6(new), Some(Open::V6(old))) => new.must.minus(&old.must).is_empty(),
                _ => false,
            };
            assert!(was_open, "seed {seed}: a deny opened {new:?}");
        }
    }
}
