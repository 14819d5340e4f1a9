//! Mistakes about every kind of element, made by the engine or by the follower of packets: each is
//! seen in some network.

use lynkeus_network::snapshot::{Snapshot, TransitRoute};

use super::estate::{Dice, snapshot};
use super::oracle::difference;
use super::ways::{KINDS, Kind, kind, open};

type Mistake = (&'static str, Kind, fn(&mut Snapshot));

/// What one side overlooks or mistakes, and in which networks it is looked for.
const MISTAKES: &[Mistake] = &[
    (
        "tables of gateways are not consulted",
        Kind::Appliance,
        |s| {
            for table in s.route_tables.values_mut() {
                table.associations.retain(|a| a.gateway_id.is_empty());
            }
        },
    ),
    ("every appliance forwards", Kind::Appliance, |s| {
        for interface in s.interfaces.values_mut() {
            interface.source_dest_check = Some(false);
        }
    }),
    ("appliances need no public address", Kind::Appliance, |s| {
        if let Some(appliance) = s.interfaces.get_mut("eni-app") {
            let own = &mut appliance.private_ip_addresses[0];
            own.association.get_or_insert_default().public_ip = "54.0.0.200".to_owned();
        }
    }),
    ("dead endpoints carry packets", Kind::Endpoint, |s| {
        for endpoint in s.endpoints.values_mut() {
            endpoint.state.clear();
        }
    }),
    ("stateless rules count backwards", Kind::Firewall, |s| {
        for group in s.rule_groups.values_mut() {
            let rules = &mut group.rules_source.stateless_rules_and_custom_actions;
            for rule in rules.iter_mut().flat_map(|r| &mut r.stateless_rules) {
                rule.priority = 100 - rule.priority;
            }
        }
    }),
    ("stateless rules do not count", Kind::Firewall, |s| {
        for policy in s.firewall_policies.values_mut() {
            policy.stateless_rule_group_references.clear();
        }
    }),
    (
        "the stateless default is the other one",
        Kind::Firewall,
        |s| {
            for policy in s.firewall_policies.values_mut() {
                for action in &mut policy.stateless_default_actions {
                    let other = if action == "aws:drop" {
                        "aws:pass"
                    } else {
                        "aws:drop"
                    };
                    other.clone_into(action);
                }
            }
        },
    ),
    ("strict order is action order", Kind::Firewall, |s| {
        for policy in s.firewall_policies.values_mut() {
            policy.stateful_engine_options.rule_order.clear();
        }
    }),
    ("the stateful default is forgotten", Kind::Firewall, |s| {
        for policy in s.firewall_policies.values_mut() {
            policy.stateful_default_actions.clear();
        }
    }),
    ("rules for any direction are for one", Kind::Firewall, |s| {
        for group in s.rule_groups.values_mut() {
            let source = &mut group.rules_source;
            source.rules_string = source.rules_string.replace("<>", "->");
            for rule in &mut source.stateful_rules {
                "FORWARD".clone_into(&mut rule.header.direction);
            }
        }
    }),
    ("public access is never blocked", Kind::Exclusion, |s| {
        s.block_public_access.clear();
    }),
    ("exclusions do not count", Kind::Exclusion, |s| {
        s.block_public_access_exclusions.clear();
    }),
    (
        "exclusions for egress let packets in",
        Kind::Exclusion,
        |s| {
            for exclusion in s.block_public_access_exclusions.values_mut() {
                "allow-bidirectional".clone_into(&mut exclusion.internet_gateway_exclusion_mode);
            }
        },
    ),
    (
        "exclusions that are not allowed count",
        Kind::Exclusion,
        |s| {
            for options in s.block_public_access.values_mut() {
                options.exclusions_allowed.clear();
            }
        },
    ),
    (
        "Direct Connect announces everything",
        Kind::DirectConnect,
        |s| {
            for one in s.direct_connect_associations.values_mut() {
                one.allowed_prefixes_to_direct_connect_gateway.clear();
            }
        },
    ),
    (
        "a private gateway learns every route",
        Kind::Connection,
        |s| {
            for connection in s.vpn_connections.values_mut() {
                connection.options.static_routes_only = false;
            }
        },
    ),
    (
        "transit blackholes fall through",
        Kind::TransitConnection,
        |s| {
            let is_live = |r: &TransitRoute| r.state != "blackhole";
            for table in s.transit_route_tables.values_mut() {
                if let Some(all) = &mut table.routes {
                    all.retain(is_live);
                }
            }
        },
    ),
    ("nothing is propagated", Kind::TransitVpc, |s| {
        for table in s.transit_route_tables.values_mut() {
            table.transit_gateway_route_table_propagations = Some(Vec::new());
        }
    }),
    (
        "zones of attachments do not matter",
        Kind::TransitConnection,
        |s| {
            for subnet in s.subnets.values_mut() {
                "us-east-2a".clone_into(&mut subnet.availability_zone);
            }
        },
    ),
    (
        "groups are known through every transit gateway",
        Kind::TransitVpc,
        |s| {
            for gateway in s.transit_gateways.values_mut() {
                "enable".clone_into(&mut gateway.options.security_group_referencing_support);
            }
        },
    ),
    (
        "Direct Connect behind a transit gateway",
        Kind::TransitDirectConnect,
        |s| {
            for one in s.direct_connect_associations.values_mut() {
                let allowed = &mut one.allowed_prefixes_to_direct_connect_gateway;
                for p in allowed {
                    "0.0.0.0/0".clone_into(&mut p.cidr);
                }
            }
        },
    ),
    (
        "a peered transit gateway has one table",
        Kind::TransitPeering,
        |s| {
            for attachment in s.transit_attachments.values_mut() {
                let first = attachment.associations.values().next().cloned();
                for own in attachment.associations.values_mut() {
                    *own = first.clone().unwrap_or_default();
                }
            }
        },
    ),
    (
        "clients of accelerators keep no address",
        Kind::AcceleratedBalancer,
        |s| {
            let groups = s.endpoint_groups.values_mut();
            for endpoint in groups.flat_map(|g| &mut g.endpoint_descriptions) {
                endpoint.client_ip_preservation_enabled = Some(false);
            }
        },
    ),
    (
        "ports of accelerators are never changed",
        Kind::Accelerator,
        |s| {
            for group in s.endpoint_groups.values_mut() {
                group.port_overrides.clear();
            }
        },
    ),
    ("endpoints of weight 0 count", Kind::Accelerator, |s| {
        let groups = s.endpoint_groups.values_mut();
        for endpoint in groups.flat_map(|g| &mut g.endpoint_descriptions) {
            endpoint.weight = None;
        }
    }),
    ("disabled distributions count", Kind::Origin, |s| {
        for distribution in s.distributions.values_mut() {
            distribution.enabled = None;
        }
    }),
    (
        "the protocols of an origin do not matter",
        Kind::Origin,
        |s| {
            for origin in s.vpc_origins.values_mut() {
                let config = &mut origin.vpc_origin_endpoint_config;
                config.origin_protocol_policy.clear();
            }
        },
    ),
    (
        "groups always filter consumers of a service",
        Kind::Service,
        |s| {
            for balancer in s.load_balancers.values_mut() {
                balancer
                    .enforce_security_group_inbound_rules_on_private_link_traffic
                    .clear();
            }
        },
    ),
    ("services that are deleted count", Kind::Service, |s| {
        for service in s.endpoint_services.values_mut() {
            service.service_state.clear();
        }
    }),
    (
        "balancers' attributes do not count",
        Kind::NetworkBalancer,
        |s| {
            s.attributes.clear();
        },
    ),
    ("draining targets count", Kind::ApplicationBalancer, |s| {
        for target in s.targets.values_mut().flatten() {
            target.target_health.state.clear();
        }
    }),
    (
        "conditions of rules do not count",
        Kind::ApplicationBalancer,
        |s| {
            for rule in s.listener_rules.values_mut().flatten() {
                rule.conditions.clear();
            }
        },
    ),
    (
        "balancers that are not active count",
        Kind::NetworkBalancer,
        |s| {
            for balancer in s.load_balancers.values_mut() {
                balancer.state.code.clear();
            }
        },
    ),
    ("IPv6 is forgotten", Kind::TransitPeering, |s| {
        for group in s.groups.values_mut() {
            for rule in &mut group.ip_permissions {
                rule.ipv6_ranges.clear();
            }
        }
    }),
];

/// The first networks in which the mistake of the engine, and of the follower, is seen.
fn first_seen(mistake: &Mistake) -> [Option<u64>; 2] {
    let (_, likely, distort) = mistake;
    let count = u64::try_from(KINDS.len()).expect("a few");
    let mut seen = [None; 2];
    for seed in 0..200 * count {
        // Networks of its own kind, and every tenth of the others.
        if kind(seed) != *likely && !(seed / count).is_multiple_of(10) {
            continue;
        }
        let estate = snapshot(&open(seed));
        let mut wrong = estate.clone();
        distort(&mut wrong);
        if wrong == estate {
            continue;
        }
        if seen[0].is_none() && difference(&wrong, &estate, &mut Dice::new(seed)).is_some() {
            seen[0] = Some(seed);
        }
        if seen[1].is_none() && difference(&estate, &wrong, &mut Dice::new(seed)).is_some() {
            seen[1] = Some(seed);
        }
        if seen.iter().all(Option::is_some) {
            break;
        }
    }
    seen
}

#[test]
fn mistakes_about_every_element_are_seen() {
    let mut unseen = Vec::new();
    for mistake in MISTAKES {
        let seen = first_seen(mistake);
        println!("| {} | {:?} | {:?} |", mistake.0, seen[0], seen[1]);
        if seen.iter().any(Option::is_none) {
            unseen.push((mistake.0, seen));
        }
    }
    assert_eq!(unseen, []);
}
