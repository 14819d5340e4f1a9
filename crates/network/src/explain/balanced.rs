//! What packets of a finding through a load balancer pass, and what answers pass.

use core::net::IpAddr;

use super::{At, admitting_at, applies, route};
use crate::balancers::preserves;
use crate::edges::Edge;
use crate::edit::Rule;
use crate::filters::Protocol;
use crate::finding::{Finding, Verdict};
use crate::snapshot::{Id, NetworkInterface, Snapshot};

const ACL: &str = "AWS::EC2::NetworkAcl";
const GROUP: &str = "AWS::EC2::SecurityGroup";
const INTERFACE: &str = "AWS::EC2::NetworkInterface";

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
        entry(
            snapshot,
            &interface.subnet_id,
            protocol,
            (is_egress, peer, port),
        )
    };
    let mut request = vec![passed(
        finding.edge.id(),
        finding.edge.component_type(),
        Vec::new(),
    )];
    if let Some(middlebox) = &finding.middlebox {
        let is_interface = middlebox.starts_with("eni-");
        let kind = if is_interface {
            INTERFACE
        } else {
            "AWS::EC2::VPCEndpoint"
        };
        request.push(passed(middlebox, kind, Vec::new()));
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
    let seen = if is_seen { Some(client) } else { address(node) };
    let apart = node.subnet_id != target.subnet_id;
    let inside = seen.filter(|_| apart);
    request.extend(inside.and_then(|from| filter(target, false, from, finding.ports.0)));
    request.extend(groups(snapshot, At::target(snapshot, finding)));
    request.push(passed(&finding.interface, INTERFACE, Vec::new()));
    request.push(passed(&finding.instance, "AWS::EC2::Instance", Vec::new()));
    let mut reply = Vec::new();
    reply.extend(inside.and_then(|to| filter(target, true, to, packet.source_port)));
    if let Some(kind) = balancer_kind(&balancer.id) {
        reply.push(passed(&balancer.id, kind, Vec::new()));
    }
    if is_routed || matches!(finding.edge, Edge::Accelerator(_)) {
        reply.extend(filter(front, true, client, packet.source_port));
    }
    if is_routed {
        let taken = route(snapshot, &front.subnet_id, &front.vpc_id, client);
        let table = "AWS::EC2::RouteTable";
        reply.extend(taken.map(|e| passed(&e.component, table, vec![e.rule])));
    }
    reply.push(passed(
        finding.edge.id(),
        finding.edge.component_type(),
        Vec::new(),
    ));
    Some(Ways { request, reply })
}

fn balancer_kind(id: &str) -> Option<&'static str> {
    (!id.is_empty()).then(|| {
        if id.starts_with("arn:") {
            "AWS::ElasticLoadBalancingV2::LoadBalancer"
        } else {
            "AWS::ElasticLoadBalancing::LoadBalancer"
        }
    })
}

/// The load balancers with the listener and the ports, and the target group.
fn listeners(snapshot: &Snapshot, finding: &Finding) -> Vec<Passed> {
    let Some(balancer) = &finding.balancer else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let own = balancer.behind.iter().chain([&balancer.id]);
    for (place, id) in own.enumerate() {
        let Some(kind) = balancer_kind(id) else {
            continue;
        };
        let mut listeners = snapshot.listeners.values();
        let port = balancer.listener_port;
        let listener = listeners.find(|l| l.load_balancer_arn == *id && l.port == port);
        let rule = match listener {
            Some(listener) => Some(format!("listener {} {port}", listener.protocol)),
            // Behind another load balancer the port may be another.
            None => (place == 0).then(|| format!("listener {port}")),
        };
        all.push(passed(id, kind, rule.into_iter().collect()));
    }
    let (low, high) = finding.ports;
    let rule = if low == high {
        format!("to port {low}")
    } else {
        format!("to ports {low}-{high}")
    };
    if !balancer.target_group.is_empty() {
        let kind = "AWS::ElasticLoadBalancingV2::TargetGroup";
        all.push(passed(&balancer.target_group, kind, vec![rule]));
    }
    all
}

/// The groups of a place with the rules that let packets in.
fn groups(snapshot: &Snapshot, at: Option<At<'_>>) -> Vec<Passed> {
    let Some(at) = at else {
        return Vec::new();
    };
    let rules = admitting_at(snapshot, &at);
    let told = |rule: &Rule| {
        let id = rule.id(snapshot).map(|id| format!("{id} "));
        format!("{}{rule}", id.unwrap_or_default())
    };
    let groups = at.interface.groups.iter().map(|g| &g.group_id);
    let all = groups.map(|group| {
        let own = rules.iter().filter(|rule| rule.group == *group);
        passed(group, GROUP, own.map(told).collect())
    });
    all.filter(|one| !one.rules.is_empty()).collect()
}

/// The ACL of a subnet with the entry that decides.
fn entry(
    snapshot: &Snapshot,
    subnet: &str,
    protocol: Protocol,
    (is_egress, peer, port): (bool, IpAddr, u16),
) -> Option<Passed> {
    let mut acls = snapshot.acls.values();
    let acl = acls.find(|a| a.associations.iter().any(|s| s.subnet_id == subnet))?;
    let entries = acl.entries.iter().filter(|e| e.egress == is_egress);
    let first = entries
        .filter(|e| applies(e, protocol, peer, port))
        .min_by_key(|e| e.rule_number)?;
    let direction = if is_egress { "egress" } else { "ingress" };
    let rule = format!("{direction},{} {}", first.rule_number, first.rule_action);
    Some(passed(&acl.network_acl_id, ACL, vec![rule]))
}

/// The first address of a load balancer's interface.
fn address(node: &NetworkInterface) -> Option<IpAddr> {
    let listed = node.private_ip_addresses.iter();
    let mut all =
        std::iter::once(&node.private_ip_address).chain(listed.map(|p| &p.private_ip_address));
    all.find_map(|text| text.parse().ok())
}
