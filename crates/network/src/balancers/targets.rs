//! The targets of a target group: interfaces, addresses and ports.

use crate::index::Field;
use crate::snapshot::{Id, LoadBalancer, NetworkInterface, Snapshot, TargetGroup};

/// A place where a listener sends packets.
pub(crate) struct Destination<'s> {
    pub(crate) interface: &'s NetworkInterface,
    pub(crate) address: u32,
    pub(crate) port: u16,
    pub(crate) target_group: Id,
}

/// The interface that an instance has first.
pub(crate) fn first_interface<'s>(
    snapshot: &'s Snapshot,
    instance: &str,
) -> Option<&'s NetworkInterface> {
    let own = snapshot.interfaces.having(Field::Instance, instance);
    own.min_by_key(|i| i.attachment.as_ref().map_or(0, |a| a.device_index))
}

/// Registered targets that take part. Health is not looked at, as it changes by itself.
pub(crate) fn destinations<'s>(
    snapshot: &'s Snapshot,
    balancer: &LoadBalancer,
    group: &TargetGroup,
) -> Vec<Destination<'s>> {
    let targets = snapshot.targets.get(&group.target_group_arn);
    let mut found = Vec::new();
    for description in targets.into_iter().flatten() {
        if matches!(
            description.target_health.state.as_str(),
            "draining" | "unused"
        ) {
            continue;
        }
        let target = &description.target;
        let Some(port) = target.port.or(group.port) else {
            continue;
        };
        let place = if target.id.starts_with("i-") {
            first_interface(snapshot, &target.id).and_then(|interface| {
                let address = snapshot.first_address(interface)?;
                Some((interface, address))
            })
        } else {
            by_address(snapshot, &balancer.vpc_id, &target.id)
        };
        if let Some((interface, address)) = place {
            found.push(Destination {
                interface,
                address,
                port,
                target_group: group.target_group_arn.clone(),
            });
        }
    }
    found
}

/// The interface with an address in the balancer's VPC, or else in one that it may be joined to.
fn by_address<'s>(
    snapshot: &'s Snapshot,
    vpc: &str,
    text: &str,
) -> Option<(&'s NetworkInterface, u32)> {
    let ip = text.parse::<core::net::Ipv4Addr>().ok()?;
    let in_vpc = |vpc: &str| snapshot.holder(vpc, ip.into());
    let id = in_vpc(vpc).or_else(|| snapshot.vpcs.keys().find_map(|other| in_vpc(other)))?;
    Some((snapshot.interfaces.get(id)?, ip.to_bits()))
}

/// Why it is not known whether a node sends to a target.
pub(crate) const UNKNOWN_ZONE: &str =
    "the zone of a target or of its load balancer is not described";

/// Whether a node sends to targets in the target's zone; nothing if a zone is not described.
pub(crate) fn is_in_zone(
    snapshot: &Snapshot,
    balancer: &LoadBalancer,
    group: &TargetGroup,
    node: &NetworkInterface,
    target: &NetworkInterface,
) -> Option<bool> {
    if balancer.kind != "network" {
        return Some(true);
    }
    let key = "load_balancing.cross_zone.enabled";
    let of = |owner: &str| snapshot.attributes.get(owner).and_then(|a| a.get(key));
    let own = of(&group.target_group_arn).filter(|v| *v != "use_load_balancer_configuration");
    let setting = own.or_else(|| of(&balancer.load_balancer_arn));
    if setting.is_some_and(|value| value == "true") {
        return Some(true);
    }
    let subnet = |i: &NetworkInterface| snapshot.subnets.get(&i.subnet_id);
    if let (Some(node), Some(target)) = (subnet(node), subnet(target)) {
        return Some(node.shares_zone(target));
    }
    let zone = |i: &NetworkInterface| {
        let of_subnet = subnet(i).map(|s| s.availability_zone.clone());
        let named = of_subnet.filter(|zone| !zone.is_empty());
        named.unwrap_or_else(|| i.availability_zone.clone())
    };
    let (node, target) = (zone(node), zone(target));
    (!node.is_empty() && !target.is_empty()).then(|| node == target)
}

/// Whether the targets of a network load balancer see the client's address.
pub(crate) fn preserves(snapshot: &Snapshot, group: &TargetGroup) -> bool {
    if matches!(
        group.protocol.as_str(),
        "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC"
    ) {
        return true;
    }
    let attributes = snapshot.attributes.get(&group.target_group_arn);
    match attributes.and_then(|a| a.get("preserve_client_ip.enabled")) {
        Some(value) => value == "true",
        None => group.target_type != "ip",
    }
}
