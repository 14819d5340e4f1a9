//! One packet through an appliance or a firewall's endpoint, and the answer back through it.

use core::net::IpAddr;

use super::rules::{Decision, Hop, Sender, acl, groups, hop, route, table_of, target};
use super::{Packet, Trail, Walk, firewall};
use crate::snapshot::{Id, NetworkInterface, RouteTable, Snapshot};

/// Where a middlebox is.
struct Place<'s> {
    id: &'s str,
    subnet: &'s str,
    vpc: &'s str,
    appliance: Option<&'s NetworkInterface>,
}

fn attached_to<'s>(snapshot: &'s Snapshot, id: &str) -> Option<&'s NetworkInterface> {
    if let Some(interface) = snapshot.interfaces.get(id) {
        return Some(interface);
    }
    let mut own: Vec<&NetworkInterface> = snapshot
        .interfaces
        .values()
        .filter(|i| i.instance() == Some(id))
        .collect();
    own.sort_by_key(|i| i.attachment.as_ref().map_or(0, |a| a.device_index));
    own.first().copied()
}

/// Finds it, or says that it drops packets for others or is not described.
fn place<'s>(snapshot: &'s Snapshot, id: &'s str) -> Result<Place<'s>, Decision> {
    let missing = || Decision::Missing(id.to_owned());
    if !id.starts_with("vpce-") {
        let interface = attached_to(snapshot, id).ok_or_else(missing)?;
        return match interface.source_dest_check {
            Some(false) => Ok(Place {
                id,
                subnet: &interface.subnet_id,
                vpc: &interface.vpc_id,
                appliance: Some(interface),
            }),
            Some(true) => Err(Decision::Stop),
            None => Err(missing()),
        };
    }
    let endpoint = snapshot.endpoints.get(id);
    let is_dead = |state: &str| {
        !matches!(
            state.to_ascii_lowercase().as_str(),
            "" | "available" | "attached" | "active" | "associated" | "enabled" | "modifying"
        )
    };
    if endpoint.is_some_and(|e| is_dead(&e.state)) {
        return Err(Decision::Stop);
    }
    let firewall = firewall::of_endpoint(snapshot, id);
    let subnet = firewall
        .and_then(|f| f.endpoint_subnets.get(id))
        .or_else(|| endpoint.and_then(|e| e.subnet_ids.first()))
        .ok_or_else(missing)?;
    let vpc = match (endpoint, firewall) {
        (Some(endpoint), _) => &endpoint.vpc_id,
        (None, Some(firewall)) => &firewall.vpc_id,
        (None, None) => return Err(missing()),
    };
    Ok(Place {
        id,
        subnet,
        vpc,
        appliance: None,
    })
}

/// Follows a packet that a gateway sends to a middlebox.
pub(super) fn through(
    trail: &mut Trail<'_>,
    gateway: &str,
    id: &str,
    server: &NetworkInterface,
    packet: Packet,
) -> Walk {
    let snapshot = trail.snapshot;
    let middle = match place(snapshot, id) {
        Ok(middle) => middle,
        Err(decision) => {
            let server_id = &server.network_interface_id;
            let passes = groups(snapshot, server, false, packet, Sender::Nobody);
            trail.take(passes, server_id, "ENI_SG_RULES_MISMATCH")?;
            let far = (server.subnet_id.as_str(), server.vpc_id.as_str());
            let back = leads(snapshot, far, packet.source, id);
            trail.take(back, far.0, "INGRESS_RTB_TRAFFIC_REDIRECTION")?;
            return trail.take(decision, id, "ENI_SOURCE_DEST_CHECK_RESTRICTION");
        }
    };
    let (near, far) = (
        (middle.subnet, middle.vpc),
        (server.subnet_id.as_str(), server.vpc_id.as_str()),
    );
    let is_apart = near.0 != far.0;
    let code = "SUBNET_ACL_RESTRICTION";
    let (client, private) = (packet.source, packet.destination);
    let (there, back) = (packet.destination_port, packet.source_port);
    let filter = |place: (&str, &str), is_egress: bool, peer: IpAddr, port: u16| {
        acl(snapshot, place, is_egress, packet.protocol, (peer, port))
    };
    trail.take(filter(near, false, client, there), near.0, code)?;
    if let Some(appliance) = middle.appliance {
        let is_public = appliance.association.is_some()
            || appliance.private_ip_addresses.iter().any(|p| {
                p.association
                    .as_ref()
                    .is_some_and(|a| !a.public_ip.is_empty())
            });
        let needs_one = gateway.starts_with("igw-") && client.is_ipv4();
        trail.take(
            Decision::when(is_public || !needs_one),
            id,
            "INGRESS_RTB_NO_PUBLIC_IP",
        )?;
        for is_egress in [false, true] {
            let passes = groups(snapshot, appliance, is_egress, packet, Sender::Nobody);
            trail.take(passes, id, "ENI_SG_RULES_MISMATCH")?;
        }
    }
    if is_apart {
        trail.take(filter(near, true, private, there), near.0, code)?;
        trail.take(
            leads(snapshot, near, private, "local"),
            near.0,
            "CANNOT_ROUTE",
        )?;
        trail.take(filter(far, false, client, there), far.0, code)?;
    }
    let server_id = &server.network_interface_id;
    let passes = groups(snapshot, server, false, packet, Sender::Nobody);
    trail.take(passes, server_id, "ENI_SG_RULES_MISMATCH")?;
    if is_apart {
        trail.take(filter(far, true, client, back), far.0, code)?;
    }
    trail.take(
        leads(snapshot, far, client, middle.id),
        far.0,
        "INGRESS_RTB_TRAFFIC_REDIRECTION",
    )?;
    if is_apart {
        trail.take(filter(near, false, private, back), near.0, code)?;
    }
    trail.take(filter(near, true, client, back), near.0, code)?;
    trail.take(
        leads(snapshot, near, client, gateway),
        near.0,
        "NO_ROUTE_TO_DESTINATION",
    )?;
    if let Some(firewall) = firewall::of_endpoint(snapshot, id) {
        let decision = firewall::decide(snapshot, firewall, packet);
        trail.take(decision, id, "FIREWALL_RULES_RESTRICTION")?;
    }
    Ok(())
}

fn leads(snapshot: &Snapshot, (subnet, vpc): (&str, &str), to: IpAddr, gateway: &str) -> Decision {
    match table_of(snapshot, subnet, vpc) {
        Some(table) => route(snapshot, table, to, gateway),
        None => Decision::Missing(subnet.to_owned()),
    }
}

/// Whether an answer that leaves by an appliance, which has not seen the question, gets to a gateway.
pub(super) fn aside(
    snapshot: &Snapshot,
    table: &RouteTable,
    to: IpAddr,
    gateway: &str,
) -> Decision {
    if !gateway.starts_with("igw-") && !gateway.starts_with("vgw-") {
        return Decision::Stop;
    }
    let Hop::To(id) = hop(snapshot, table, to) else {
        return Decision::Stop;
    };
    let is_appliance = table.routes.iter().any(|r| {
        target(r) == id && (!r.network_interface_id.is_empty() || !r.instance_id.is_empty())
    });
    if !is_appliance {
        return Decision::Stop;
    }
    let doubtful = |id: &Id| Decision::Missing(id.clone());
    match place(snapshot, &id) {
        Ok(middle) => {
            let onward = leads(snapshot, (middle.subnet, middle.vpc), to, gateway);
            onward.and(doubtful(&id))
        }
        Err(Decision::Stop) => Decision::Stop,
        Err(_) => doubtful(&id),
    }
}
