//! Laws that hold in every network: what never opens, what never closes, what changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use lynkeus_network::edges::{Exposure, Open};
use lynkeus_network::engine::{Engine, exposures};
use lynkeus_network::filters::Protocol;
use lynkeus_network::known::{Known, Set};
use lynkeus_network::snapshot::{AclEntry, File, Permission, Route, Snapshot, read};
use serde_json::{Value, json};

use super::elements::wide;
use super::estate::snapshot;
use super::random::seeds;
use super::ways::open;

/// What is open, by edge, interface, addresses, load balancer and middlebox.
type Opened = BTreeMap<String, Vec<Open>>;

fn key(exposure: &Exposure) -> String {
    let at = (&exposure.edge, &exposure.interface, exposure.protocol);
    let to = (exposure.private, exposure.public);
    let mut balancer = exposure.balancer.clone();
    if let Some(balancer) = balancer.as_mut().filter(|b| b.target_group.is_empty()) {
        // Of a balancer that is not described one port stands for all.
        balancer.listener_port = 0;
    }
    format!("{at:?} {to:?} {balancer:?} {:?}", exposure.middlebox)
}

fn opened(estate: &Snapshot) -> Opened {
    let mut engine = Engine::new(Arc::new(estate.clone()));
    let mut all = Opened::new();
    for exposure in exposures(&mut engine, &[Protocol::TCP, Protocol::UDP]) {
        let family = matches!(exposure.open, Open::V6(_));
        let own = all.entry(format!("{} {family}", key(&exposure)));
        own.or_default().push(exposure.open);
    }
    all
}

/// Both bounds of what several exposures have open together.
fn bounds(all: &[Open]) -> [Open; 2] {
    let mut four = Known::nothing();
    let mut six = Known::nothing();
    for open in all {
        match open {
            Open::V4(open) => four = four.or(open),
            Open::V6(open) => six = six.or(open),
        }
    }
    if all.iter().any(|open| matches!(open, Open::V6(_))) {
        [
            Open::V6(six.must.clone().into()),
            Open::V6(six.may().clone().into()),
        ]
    } else {
        [
            Open::V4(four.must.clone().into()),
            Open::V4(four.may().clone().into()),
        ]
    }
}

fn within(one: &Open, other: &Open) -> bool {
    match (one, other) {
        (Open::V4(one), Open::V4(other)) => one.must.meet(&other.must) == one.must,
        (Open::V6(one), Open::V6(other)) => one.must.meet(&other.must) == one.must,
        _ => false,
    }
}

/// The first thing that is open in one network and not in the other, certainly or possibly.
fn excess(one: &Opened, other: &Opened) -> Option<String> {
    for (key, open) in one {
        let others = other.get(key).map(Vec::as_slice).unwrap_or_default();
        let [must, may] = bounds(open);
        let is_kept = if others.is_empty() {
            [must, may].iter().all(|open| match open {
                Open::V4(open) => open.is_nothing(),
                Open::V6(open) => open.is_nothing(),
            })
        } else {
            let [other_must, other_may] = bounds(others);
            within(&must, &other_must) && within(&may, &other_may)
        };
        if !is_kept {
            return Some(key.clone());
        }
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    NeverCloses,
    NeverOpens,
    Nothing,
}

fn violation(effect: Effect, before: &Opened, after: &Opened) -> Option<String> {
    let closed = excess(before, after).map(|key| format!("closed {key}"));
    let opened = excess(after, before).map(|key| format!("opened {key}"));
    match effect {
        Effect::NeverCloses => closed,
        Effect::NeverOpens => opened,
        Effect::Nothing => closed.or(opened),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object")
}

type Law = (&'static str, Effect, fn(&mut Snapshot));

const LAWS: &[Law] = &[
    ("groups allow more", Effect::NeverCloses, |s| {
        for group in s.groups.values_mut() {
            let all: Permission = parsed(json!({"IpProtocol": "-1",
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}));
            group.ip_permissions.push(all.clone());
            group.ip_permissions_egress.push(all);
        }
    }),
    ("ACLs deny less", Effect::NeverCloses, |s| {
        for acl in s.acls.values_mut() {
            acl.entries.retain(|e| e.rule_action != "deny");
        }
    }),
    (
        "a firewall passes everything first",
        Effect::NeverCloses,
        |s| {
            let rule = json!({"Priority": 0, "RuleDefinition": {"Actions": ["aws:pass"]}});
            stateless_first(s, &rule);
        },
    ),
    ("public access is not blocked", Effect::NeverCloses, |s| {
        s.block_public_access.clear();
    }),
    ("what is excluded is more", Effect::NeverCloses, |s| {
        for vpc in ["vpc-1", "vpc-2"] {
            let exclusion = json!({"ResourceArn": format!("arn:aws:ec2:us-east-2:1:vpc/{vpc}"),
                "InternetGatewayExclusionMode": "allow-bidirectional", "State": "create-complete"});
            let all = &mut s.block_public_access_exclusions;
            all.insert(format!("more-{vpc}"), parsed(exclusion));
        }
    }),
    ("Direct Connect announces more", Effect::NeverCloses, |s| {
        for one in s.direct_connect_associations.values_mut() {
            let allowed = &mut one.allowed_prefixes_to_direct_connect_gateway;
            if !allowed.is_empty() {
                allowed.push(parsed(json!({"Cidr": "0.0.0.0/0"})));
            }
        }
    }),
    ("appliances forward", Effect::NeverCloses, |s| {
        for interface in s.interfaces.values_mut() {
            interface.source_dest_check = interface.source_dest_check.map(|_| false);
        }
    }),
    ("groups do not filter consumers", Effect::NeverCloses, |s| {
        for balancer in s.load_balancers.values_mut() {
            "off".clone_into(
                &mut balancer.enforce_security_group_inbound_rules_on_private_link_traffic,
            );
        }
    }),
    (
        "groups are known through transit gateways",
        Effect::NeverCloses,
        |s| {
            for gateway in s.transit_gateways.values_mut() {
                "enable".clone_into(&mut gateway.options.security_group_referencing_support);
            }
        },
    ),
    (
        "accelerators listen on every port",
        Effect::NeverCloses,
        |s| {
            for listener in s.accelerator_listeners.values_mut() {
                listener
                    .port_ranges
                    .push(parsed(json!({"FromPort": 0, "ToPort": 65535})));
                listener.protocol.clear();
            }
            for group in s.endpoint_groups.values_mut() {
                group.port_overrides.clear();
            }
        },
    ),
    ("targets take part", Effect::NeverCloses, |s| {
        for target in s.targets.values_mut().flatten() {
            target.target_health.state.clear();
        }
    }),
    ("ACLs deny more", Effect::NeverOpens, |s| {
        for acl in s.acls.values_mut() {
            let deny: AclEntry = parsed(json!({"RuleNumber": 1, "Protocol": "6",
                "RuleAction": "deny", "CidrBlock": "8.0.0.0/8", "PortRange": {"From": 20, "To": 30}}));
            let back = AclEntry {
                egress: true,
                port_range: None,
                ..deny.clone()
            };
            acl.entries.extend([deny, back]);
        }
    }),
    ("a firewall drops some first", Effect::NeverOpens, |s| {
        let rule = json!({"Priority": 0, "RuleDefinition": {"Actions": ["aws:drop"],
            "MatchAttributes": {"Sources": [{"AddressDefinition": "8.8.0.0/16"}]}}});
        stateless_first(s, &rule);
    }),
    ("a longer route leads nowhere", Effect::NeverOpens, |s| {
        for table in s.route_tables.values_mut() {
            let hole: Route = parsed(json!({"DestinationCidrBlock": "8.8.8.128/25",
                "NatGatewayId": "nat-gone", "State": "blackhole"}));
            table.routes.push(hole);
        }
    }),
    (
        "a longer transit route leads nowhere",
        Effect::NeverOpens,
        |s| {
            for table in s.transit_route_tables.values_mut() {
                let hole = json!({"DestinationCidrBlock": "203.0.113.0/25", "Type": "static", "State": "blackhole"});
                let routes = table.routes.iter_mut();
                routes.for_each(|all| all.push(parsed(hole.clone())));
            }
        },
    ),
    ("public access is blocked", Effect::NeverOpens, |s| {
        let options = json!({"InternetGatewayBlockMode": "block-ingress", "ExclusionsAllowed": "not-allowed"});
        for known in s.block_public_access.values_mut() {
            *known = parsed(options.clone());
        }
        s.block_public_access
            .insert("*/*".to_owned(), parsed(options));
    }),
    (
        "accelerators and distributions are off",
        Effect::NeverOpens,
        |s| {
            for accelerator in s.accelerators.values_mut() {
                accelerator.enabled = Some(false);
            }
            for distribution in s.distributions.values_mut() {
                distribution.enabled = Some(false);
            }
        },
    ),
    ("targets are drained", Effect::NeverOpens, |s| {
        for target in s.targets.values_mut().flatten() {
            "draining".clone_into(&mut target.target_health.state);
        }
    }),
    ("services are deleted", Effect::NeverOpens, |s| {
        for service in s.endpoint_services.values_mut() {
            "Deleted".clone_into(&mut service.service_state);
        }
    }),
    ("lists are turned round", Effect::Nothing, turned_round),
    ("rules are given twice", Effect::Nothing, |s| {
        for group in s.groups.values_mut() {
            group.ip_permissions.extend_from_within(..);
            group.ip_permissions_egress.extend_from_within(..);
        }
        for table in s.transit_route_tables.values_mut() {
            table
                .routes
                .iter_mut()
                .for_each(|all| all.extend_from_within(..));
        }
        for group in s.endpoint_groups.values_mut() {
            group.endpoint_descriptions.extend_from_within(..);
        }
        for policy in s.firewall_policies.values_mut() {
            policy.stateful_rule_group_references.extend_from_within(..);
        }
    }),
    ("blocks are given by halves", Effect::Nothing, by_halves),
    ("another VPC is described", Effect::Nothing, |s| {
        s.vpcs.insert(
            "vpc-9".to_owned(),
            parsed(json!({"VpcId": "vpc-9", "CidrBlock": "10.99.0.0/16"})),
        );
        s.subnets.insert(
            "subnet-9".to_owned(),
            parsed(json!({"SubnetId": "subnet-9", "VpcId": "vpc-9"})),
        );
        s.route_tables.insert("rtb-9".to_owned(), parsed(json!({"RouteTableId": "rtb-9", "VpcId": "vpc-9",
            "Associations": [{"Main": true}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-9"}]})));
        s.internet_gateways.insert(
            "igw-9".to_owned(),
            parsed(json!({"InternetGatewayId": "igw-9",
            "Attachments": [{"VpcId": "vpc-9", "State": "available"}]})),
        );
    }),
];

fn stateless_first(snapshot: &mut Snapshot, rule: &Value) {
    for group in snapshot.rule_groups.values_mut() {
        if let Some(stateless) = &mut group.rules_source.stateless_rules_and_custom_actions {
            stateless.stateless_rules.push(parsed(rule.clone()));
        }
    }
}

fn turned_round(snapshot: &mut Snapshot) {
    for group in snapshot.groups.values_mut() {
        group.ip_permissions.reverse();
        group.ip_permissions_egress.reverse();
    }
    for table in snapshot.route_tables.values_mut() {
        table.routes.reverse();
        table.associations.reverse();
    }
    for table in snapshot.transit_route_tables.values_mut() {
        if let Some(all) = &mut table.routes {
            all.reverse();
        }
        let learned = &mut table.transit_gateway_route_table_propagations;
        if let Some(all) = learned {
            all.reverse();
        }
    }
    for group in snapshot.rule_groups.values_mut() {
        let rules = &mut group.rules_source.stateless_rules_and_custom_actions;
        if let Some(all) = rules {
            all.stateless_rules.reverse();
        }
    }
    for policy in snapshot.firewall_policies.values_mut() {
        policy.stateful_rule_group_references.reverse();
    }
    for listener in snapshot.accelerator_listeners.values_mut() {
        listener.port_ranges.reverse();
    }
    for targets in snapshot.targets.values_mut() {
        targets.reverse();
    }
}

/// The two halves of an IPv4 block.
fn halves(block: &str) -> Vec<String> {
    let parts = block.split_once('/').and_then(|(address, length)| {
        let address: std::net::Ipv4Addr = address.parse().ok()?;
        let length: u32 = length.parse().ok()?;
        (length < 32).then_some((u32::from(address), length + 1))
    });
    let Some((address, length)) = parts else {
        return vec![block.to_owned()];
    };
    let second = address | 1 << (32 - length);
    [address, second]
        .map(|a| format!("{}/{length}", std::net::Ipv4Addr::from(a)))
        .to_vec()
}

fn by_halves(snapshot: &mut Snapshot) {
    for group in snapshot.groups.values_mut() {
        for rule in &mut group.ip_permissions {
            let ranges = rule.ip_ranges.iter().flat_map(|r| halves(&r.cidr_ip));
            let ranges = ranges.map(|half| parsed(json!({"CidrIp": half})));
            rule.ip_ranges = ranges.collect();
        }
    }
    for acl in snapshot.acls.values_mut() {
        let twice = acl.entries.iter().flat_map(|entry| {
            let parts = halves(&entry.cidr_block).into_iter().enumerate();
            let number = |n: usize| entry.rule_number * 2 + u32::try_from(n).expect("0 or 1");
            parts.map(move |(n, cidr_block)| AclEntry {
                rule_number: number(n),
                cidr_block,
                ..entry.clone()
            })
        });
        acl.entries = twice.collect();
    }
    for group in snapshot.rule_groups.values_mut() {
        let rules = &mut group.rules_source.stateless_rules_and_custom_actions;
        for rule in rules.iter_mut().flat_map(|all| &mut all.stateless_rules) {
            let sources = &mut rule.rule_definition.match_attributes.sources;
            let split = sources.iter().flat_map(|s| halves(&s.address_definition));
            *sources = split
                .map(|half| parsed(json!({"AddressDefinition": half})))
                .collect();
        }
    }
    for rule in snapshot.listener_rules.values_mut().flatten() {
        for condition in &mut rule.conditions {
            let values = &mut condition.source_ip_config.values;
            *values = values.iter().flat_map(|value| halves(value)).collect();
        }
    }
}

#[test]
fn laws_hold_in_networks_with_everything() {
    for seed in seeds() {
        for document in [wide(seed), open(seed)] {
            let estate = snapshot(&document);
            let before = opened(&estate);
            for (name, effect, change) in LAWS {
                let mut changed = estate.clone();
                change(&mut changed);
                let found = violation(*effect, &before, &opened(&changed));
                assert_eq!(found, None, "{seed}: {name}");
            }
        }
    }
}

/// A law is worth something if its contrary is seen to be broken; one of changes that do nothing, if
/// the configuration is another one after them.
#[test]
fn contraries_of_laws_are_broken() {
    for (name, effect, change) in LAWS {
        let contrary = match effect {
            Effect::NeverCloses => Effect::NeverOpens,
            Effect::NeverOpens => Effect::NeverCloses,
            Effect::Nothing => {
                let is_changed = (0..60).any(|seed| {
                    let estate = snapshot(&open(seed));
                    let mut changed = estate.clone();
                    change(&mut changed);
                    changed != estate
                });
                assert!(is_changed, "{name}");
                continue;
            }
        };
        let is_broken = (0..800).any(|seed| {
            let estate = snapshot(&open(seed));
            let mut changed = estate.clone();
            change(&mut changed);
            changed != estate && violation(contrary, &opened(&estate), &opened(&changed)).is_some()
        });
        assert!(is_broken, "{name}");
    }
}

/// Identifiers that sort elsewhere under the other name, so that the order of objects changes.
const RENAMED: &[&str] = &[
    "eni-0",
    "eni-lb0",
    "subnet-11",
    "sg-1",
    "sg-lb",
    "rtb-10",
    "acl-1",
    "att-1",
    "att-vpn",
    "tg-1",
    "igw-1",
    "vgw-1",
    "tgw-rtb-1",
    "vpce-1",
    "listener-0",
    "i-0",
];

#[test]
fn names_and_the_order_of_files_do_not_matter() {
    for seed in seeds() {
        for document in [wide(seed), open(seed)] {
            let before = opened(&snapshot(&document));
            let lists = document.as_object().expect("an object");
            let files = lists.iter().map(|(name, list)| File {
                name: name.clone(),
                bytes: serde_json::to_vec(&json!({name: list})).expect("JSON"),
            });
            let mut files: Vec<File> = files.collect();
            files.reverse();
            let (apart, problems) = read(&files);
            assert_eq!(problems, [], "{seed}");
            let found = violation(Effect::Nothing, &before, &opened(&apart));
            assert_eq!(found, None, "{seed}: files");
            let mut text = document.to_string();
            for id in RENAMED {
                let (kind, rest) = id.split_once('-').expect("a kind");
                for (open, close) in [("\"", "\""), ("/", "\"")] {
                    let old = format!("{open}{id}{close}");
                    text = text.replace(&old, &format!("{open}{kind}-zz{rest}{close}"));
                }
            }
            assert_ne!(text, document.to_string(), "{seed}: nothing is renamed");
            let renamed: Value = serde_json::from_str(&text).expect("JSON");
            let after = opened(&snapshot(&renamed)).into_iter();
            let after: Opened = after
                .map(|(key, open)| (key.replace("-zz", "-"), open))
                .collect();
            let found = violation(Effect::Nothing, &before, &after);
            assert_eq!(found, None, "{seed}: renamed");
        }
    }
}
