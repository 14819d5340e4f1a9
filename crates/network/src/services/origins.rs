//! What `CloudFront` reaches by VPC origins.

use std::sync::Arc;

use super::Sources;
use crate::address::{Address as _, set_of};
use crate::balancers::{
    Front, Seen, admits_hidden, doubts, first_interface, is_active, listeners, nodes, through,
};
use crate::edges::{Edge, Exposure, Open};
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::gates;
use crate::index::{Field, pair};
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::{Ports, Region};
use crate::snapshot::{Id, LoadBalancer, NetworkInterface, Snapshot, VpcOrigin};

/// What `CloudFront` reaches by a VPC origin: its network interface is in the origin's subnet and
/// has a group of the service (`CloudFront` guide, "Restrict access with VPC origins").
pub(super) fn distributed(
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
    if arn.contains(":loadbalancer/") {
        let balancer = snapshot.load_balancers.get(arn).filter(|b| is_active(b));
        if let Some(balancer) = balancer {
            for node in nodes(snapshot, balancer) {
                let way = (&edge, ports.as_slice(), &used);
                distributed_by(engine, snapshot, balancer, node, way, found);
            }
        }
        let accepted = if ports.is_empty() {
            Ports::all()
        } else {
            Ports::collect(ports.iter().map(|port| (*port, *port)).collect())
        };
        let accepted = (&[Protocol::TCP][..], &accepted);
        doubts::of_service(engine, snapshot, &edge, arn, accepted, found);
        return;
    }
    let instance = arn.rsplit('/').next().unwrap_or_default();
    let Some(interface) = first_interface(snapshot, instance) else {
        return;
    };
    let Some(address) = engine.snapshot.first_address(interface) else {
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
    let Some(address) = engine.snapshot.first_address(node) else {
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
            clients: four.into(),
            seen: Seen::Service(addresses.clone(), groups.clone()),
            ..Front::new(edge, node, address, (Protocol::TCP, listener.port))
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
    let vpc = &interface.vpc_id;
    let gateways = snapshot.internet_gateways.having(Field::InternetVpc, vpc);
    let mut attachments = gateways.flat_map(|g| &g.attachments);
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
    let name = pair(vpc, "CloudFront-VPCOrigins-Service-SG");
    let mut groups = snapshot.groups.ids(Field::GroupName, &name).to_vec();
    let lists = &snapshot.prefix_lists;
    let name = "com.amazonaws.global.cloudfront.origin-facing";
    groups.extend_from_slice(lists.ids(Field::ListName, name));
    let blocks = snapshot.vpcs.get(vpc).map(crate::snapshot::Vpc::blocks);
    (set_of(blocks.into_iter().flatten()), groups)
}
