//! What packets of a finding through a load balancer pass, and what answers pass.

use core::net::IpAddr;

use super::{At, Evidence, admitting_at, entry, named, route};
use crate::address::Address as _;
use crate::balancers::preserves;
use crate::edges::Edge;
use crate::finding::{Finding, Verdict, balancer_type, middlebox_type};
use crate::path::balancers::TARGET_GROUP;
use crate::path::filter::{ACL, GROUP, INTERFACE};
use crate::path::walk::{INSTANCE, ROUTE_TABLE};
use crate::snapshot::{Id, NetworkInterface, Snapshot};

/// A component that packets pass, with the rules that decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub component: Id,
    /// `CloudFormation` type name.
    pub kind: &'static str,
    pub rules: Vec<String>,
}

/// Both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// From the edge to the instance.
    pub request: Vec<Passed>,
    /// From the instance back to the edge.
    pub reply: Vec<Passed>,
}

fn passed(component: &str, kind: &'static str, rules: Vec<String>) -> Passed {
    Passed {
        component: component.to_owned(),
        kind,
        rules,
    }
}

fn decided(by: Evidence, kind: &'static str) -> Passed {
    passed(&by.component, kind, vec![by.rule])
}

/// The ways of a finding's example packet through a load balancer and of the answer; nothing for a
/// finding without a load balancer, or without an example.
pub fn balanced(snapshot: &Snapshot, finding: &Finding) -> Option<Ways> {
    let balancer = finding.balancer.as_ref()?;
    let Verdict::Open(packet) = &finding.verdict else {
        return None;
    };
    let front = balancer.front.as_ref().unwrap_or(&balancer.node);
    let front = snapshot.interfaces.get(front)?;
    let node = snapshot.interfaces.get(&balancer.node)?;
    let target = snapshot.interfaces.get(&finding.interface)?;
    let protocol = finding.protocol;
    let is_routed = matches!(
        finding.edge,
        Edge::Internet(_) | Edge::Private(_) | Edge::Peering(_) | Edge::Transit(_)
    );
    let client = packet.source;
    let filter = |interface: &NetworkInterface, is_egress: bool, peer: IpAddr, port: u16| {
        let subnet = &interface.subnet_id;
        let first = entry(snapshot, subnet, protocol, (is_egress, peer, port));
        first.map(|entry| decided(entry, ACL))
    };
    let mut request = vec![passed(
        finding.edge.id(),
        finding.edge.component_type(),
        Vec::new(),
    )];
    if let Some(middlebox) = &finding.middlebox {
        request.push(passed(middlebox, middlebox_type(middlebox), Vec::new()));
    }
    if is_routed {
        request.extend(filter(front, false, client, packet.destination_port));
    }
    request.extend(groups(snapshot, At::front(snapshot, finding)));
    let id = &front.network_interface_id;
    request.push(passed(id, INTERFACE, Vec::new()));
    request.extend(listeners(snapshot, finding));
    // The target sees the client, or the load balancer's own address.
    let group = snapshot.target_groups.get(&balancer.target_group);
    let is_network = snapshot
        .load_balancers
        .get(&balancer.id)
        .is_some_and(|b| b.kind == "network");
    let is_seen = is_network && group.is_some_and(|g| preserves(snapshot, g)) && client.is_ipv4();
    let mut own = snapshot.four(node).into_iter();
    let seen = if is_seen {
        Some(client)
    } else {
        own.next().map(|(address, _)| address.ip())
    };
    let apart = node.subnet_id != target.subnet_id;
    let inside = seen.filter(|_| apart);
    request.extend(inside.and_then(|from| filter(target, false, from, finding.ports.0)));
    request.extend(groups(snapshot, At::target(snapshot, finding)));
    request.push(passed(&finding.interface, INTERFACE, Vec::new()));
    request.push(passed(&finding.instance, INSTANCE, Vec::new()));
    let mut reply = Vec::new();
    reply.extend(inside.and_then(|to| filter(target, true, to, packet.source_port)));
    if !balancer.id.is_empty() {
        let kind = balancer_type(&balancer.id);
        reply.push(passed(&balancer.id, kind, Vec::new()));
    }
    if is_routed || matches!(finding.edge, Edge::Accelerator(_)) {
        reply.extend(filter(front, true, client, packet.source_port));
    }
    if is_routed {
        let taken = route(snapshot, &front.subnet_id, &front.vpc_id, client);
        reply.extend(taken.map(|route| decided(route, ROUTE_TABLE)));
    }
    reply.push(passed(
        finding.edge.id(),
        finding.edge.component_type(),
        Vec::new(),
    ));
    Some(Ways { request, reply })
}

/// The load balancers with the listener and the ports, and the target group.
fn listeners(snapshot: &Snapshot, finding: &Finding) -> Vec<Passed> {
    let Some(balancer) = &finding.balancer else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let own = balancer.behind.iter().chain([&balancer.id]);
    for (place, id) in own.enumerate().filter(|(_, id)| !id.is_empty()) {
        let mut listeners = snapshot.listeners.values();
        let port = balancer.listener_port;
        let listener = listeners.find(|l| l.load_balancer_arn == *id && l.port == port);
        let rule = match listener {
            Some(listener) => Some(format!("listener {} {port}", listener.protocol)),
            // Behind another load balancer the port may be another.
            None => (place == 0).then(|| format!("listener {port}")),
        };
        all.push(passed(id, balancer_type(id), rule.into_iter().collect()));
    }
    let (low, high) = finding.ports;
    let rule = if low == high {
        format!("to port {low}")
    } else {
        format!("to ports {low}-{high}")
    };
    if !balancer.target_group.is_empty() {
        all.push(passed(&balancer.target_group, TARGET_GROUP, vec![rule]));
    }
    all
}

/// The groups of a place with the rules that let packets in.
fn groups(snapshot: &Snapshot, at: Option<At<'_>>) -> Vec<Passed> {
    let Some(at) = at else {
        return Vec::new();
    };
    let rules = admitting_at(snapshot, &at);
    let groups = at.interface.groups.iter().map(|g| &g.group_id);
    let all = groups.map(|group| {
        let own = rules.iter().filter(|rule| rule.group == *group);
        passed(
            group,
            GROUP,
            own.map(|rule| named(snapshot, rule)).collect(),
        )
    });
    all.filter(|one| !one.rules.is_empty()).collect()
}
