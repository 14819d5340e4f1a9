//! Edges that AWS services make: Global Accelerator, `CloudFront` VPC origins, endpoint services.

pub(crate) mod accelerators;
mod origins;

use std::sync::Arc;

use crate::balancers::{
    self, Clients, Front, Seen, doubts, everything_if, is_active, listeners, nodes, protocols_of,
    through,
};
use crate::edges::{Edge, Exposure};
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::snapshot::Snapshot;

type Sources = Known<IntervalSet<u32>>;

/// Everything that is or may be open through services of AWS.
pub(crate) fn exposures(engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    for accelerator in snapshot.accelerators.values() {
        if accelerator.enabled != Some(false) {
            accelerators::accelerated(engine, &snapshot, accelerator, protocols, &mut found);
        }
    }
    if protocols.contains(&Protocol::TCP) {
        for origin in snapshot.vpc_origins.values() {
            origins::distributed(engine, &snapshot, origin, &mut found);
        }
    }
    provided(engine, &snapshot, protocols, &mut found);
    found
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
        for arn in &service.network_load_balancer_arns {
            let accepts = |protocol: Protocol, _: u16| protocols.contains(&protocol);
            doubts::of_service(engine, snapshot, &edge, arn, &accepts, found);
        }
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
