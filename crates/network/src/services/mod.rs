//! Edges that AWS services make: Global Accelerator, `CloudFront` VPC origins, endpoint services.

pub(crate) mod accelerators;
mod origins;

use std::sync::Arc;

use crate::balancers::{
    self, Front, Seen, doubts, everything_if, is_active, listeners, nodes, protocols_of, through,
};
use crate::edges::{Edge, Exposure};
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::Ports;
use crate::snapshot::{EndpointServiceConfiguration, Snapshot};

type Sources = Known<IntervalSet<u32>>;

/// Everything that is or may be open through an accelerator.
pub(crate) fn of_accelerator(
    engine: &mut Engine,
    arn: &str,
    protocols: &[Protocol],
) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    let described = snapshot.accelerators.get(arn);
    if let Some(accelerator) = described.filter(|a| a.enabled != Some(false)) {
        accelerators::accelerated(engine, &snapshot, accelerator, protocols, &mut found);
    }
    found
}

/// Everything that is or may be open through a VPC origin of `CloudFront`.
pub(crate) fn of_origin(engine: &mut Engine, id: &str, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    let described = snapshot.vpc_origins.get(id);
    if let Some(origin) = described.filter(|_| protocols.contains(&Protocol::TCP)) {
        origins::distributed(engine, &snapshot, origin, &mut found);
    }
    found
}

/// Everything that is or may be open through an endpoint service.
pub(crate) fn of_service(engine: &mut Engine, id: &str, protocols: &[Protocol]) -> Vec<Exposure> {
    let snapshot = Arc::clone(&engine.snapshot);
    let mut found = Vec::new();
    let described = snapshot.endpoint_services.get(id);
    let is_there = |state: &str| matches!(state, "" | "Available");
    if let Some(service) = described.filter(|s| is_there(&s.service_state)) {
        provided(engine, &snapshot, service, protocols, &mut found);
    }
    found
}

/// What consumers of endpoint services reach: they connect to the network load balancer, which puts
/// its own address in place of theirs (`PrivateLink` guide, "Share your services").
fn provided(
    engine: &mut Engine,
    snapshot: &Snapshot,
    service: &EndpointServiceConfiguration,
    protocols: &[Protocol],
    found: &mut Vec<Exposure>,
) {
    let edge = Edge::Service(service.service_id.clone());
    for arn in &service.network_load_balancer_arns {
        let accepted = (protocols, &Ports::all());
        doubts::of_service(engine, snapshot, &edge, arn, accepted, found);
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
                for node in nodes(snapshot, balancer) {
                    let Some(address) = engine.snapshot.first_address(node) else {
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
                        clients: four.into(),
                        seen: Seen::Balancer,
                        ..Front::new(&edge, node, address, (*protocol, listener.port))
                    };
                    through(engine, snapshot, balancer, listener, &front, found);
                }
            }
        }
    }
}
