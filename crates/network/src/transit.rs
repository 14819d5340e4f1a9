//! Transit gateways: attachments, associations, tables and the subnets of attachments.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{CLIENT_PORTS, Engine, Kept};
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::known::{Known, Set as _};
use crate::region::{Ports, Region};
use crate::routes::{self, Next, Routes};
use crate::snapshot::{Id, NetworkInterface, Snapshot, TransitAttachment, is_live};

/// The attachment of a VPC to a transit gateway.
pub(crate) fn attachment<'s>(
    snapshot: &'s Snapshot,
    gateway: &str,
    vpc: &str,
) -> Option<&'s TransitAttachment> {
    let mut all = snapshot.transit_attachments.values();
    all.find(|a| a.transit_gateway_id == gateway && a.vpc_id == vpc && is_live(&a.state))
}

/// The partition of the table that routes what comes in by an attachment.
fn table<A: Kept>(
    snapshot: &Snapshot,
    attachment: &TransitAttachment,
) -> Result<Routes<A>, String> {
    let id = &attachment.association.transit_gateway_route_table_id;
    if id.is_empty() || !is_live(&attachment.association.state) {
        if snapshot.described.contains("TransitGatewayAttachments") {
            return Ok(Routes::default());
        }
        let id = &attachment.transit_gateway_attachment_id;
        return Err(format!("the route table of {id} is not described"));
    }
    match snapshot.transit_route_tables.get(id) {
        Some(table) if is_live(&table.state) => routes::of_transit(snapshot, table),
        Some(_) => Ok(Routes::default()),
        None => Err(format!("{id} is not described")),
    }
}

/// The addresses that a partition sends to an attachment.
fn toward<A: Kept>(routes: &Routes<A>, attachment: &str) -> Known<IntervalSet<A>> {
    let next = Next::Transit(attachment.to_owned());
    let must = routes.set(&next);
    if routes.unknown.is_empty() {
        return must.into();
    }
    let reasons = routes.unknown.iter().map(|(_, r)| r.clone()).collect();
    let is_own = routes.unknown.iter().any(|(n, _)| *n == next);
    let may = if is_own {
        IntervalSet::all()
    } else {
        must.clone()
    };
    let others = routes.unknown.iter().any(|(n, _)| *n != next);
    let must = if others { IntervalSet::empty() } else { must };
    Known::between(must, may, reasons)
}

/// The zones in which an attachment has a subnet, with the subnet.
fn zones(snapshot: &Snapshot, attachment: &TransitAttachment) -> Option<BTreeMap<String, Id>> {
    let mut zones = BTreeMap::new();
    for id in attachment.subnet_ids.as_ref()? {
        let subnet = snapshot.subnets.get(id)?;
        zones.insert(subnet.availability_zone.clone(), id.clone());
    }
    Some(zones)
}

/// Addresses beyond the transit gateway that can send to `private` and be answered.
pub(crate) fn sources<A: Kept>(
    engine: &Engine,
    gateway: &str,
    interface: &NetworkInterface,
    private: A,
) -> Known<IntervalSet<A>> {
    let snapshot = engine.snapshot();
    let vpc = &interface.vpc_id;
    let Some(own) = attachment(snapshot, gateway, vpc) else {
        let is_described = ["TransitGatewayAttachments", "TransitGatewayVpcAttachments"]
            .iter()
            .any(|list| snapshot.described.contains(*list));
        if is_described {
            return Known::nothing();
        }
        return Known::unknown(format!("the attachments of {gateway} are not described"));
    };
    let back = match table::<A>(snapshot, own) {
        Ok(routes) => routes,
        Err(reason) => return Known::unknown(reason),
    };
    let mut all = Known::nothing();
    for other in snapshot.transit_attachments.values() {
        let id = &other.transit_gateway_attachment_id;
        if other.transit_gateway_id != gateway
            && other.accepter_tgw_info.transit_gateway_id != gateway
            || id == &own.transit_gateway_attachment_id
            || !is_live(&other.state)
        {
            continue;
        }
        let mut from = match table::<A>(snapshot, other) {
            Ok(routes) => {
                let there = toward(&routes, &own.transit_gateway_attachment_id);
                there.map(|set| everything_if(set.contains(private)))
            }
            Err(reason) => Known::unknown(reason),
        };
        from = from.and(&match other.resource_type.as_str() {
            "vpc" => engine.vpc_addresses(&other.vpc_id),
            "connect" => Known::unknown(format!("{id} leads to an appliance")),
            _ => engine.vpc_addresses::<A>(vpc).map(IntervalSet::not),
        });
        all = all.or(&from.and(&toward(&back, id)));
    }
    all
}

fn everything_if<A: Kept>(condition: bool) -> IntervalSet<A> {
    if condition {
        IntervalSet::all()
    } else {
        IntervalSet::empty()
    }
}

/// What passes the subnets between a transit gateway and an interface, both ways.
///
/// The interface's zone has to have an attachment, or no reply can leave (Transit Gateways guide,
/// "VPC attachments"). Through an attachment's subnet of its own, its egress entries filter what
/// goes to the interface and its ingress entries what comes from it; if the interface is in the
/// attachment's subnet, only ingress entries filter what arrives ("Network ACLs").
pub(crate) fn through<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    gateway: &str,
    private: A,
    protocol: Protocol,
) -> Arc<Known<Region<A>>> {
    let snapshot = Arc::clone(&engine.snapshot);
    let (subnet, vpc) = (&interface.subnet_id, &interface.vpc_id);
    let next = Next::Transit(gateway.to_owned());
    let Some(own) = attachment(&snapshot, gateway, vpc) else {
        return engine.through_subnet(subnet, vpc, &next, protocol);
    };
    let zone = snapshot
        .subnets
        .get(subnet)
        .map(|s| s.availability_zone.as_str());
    let (Some(zones), Some(zone)) = (zones(&snapshot, own), zone) else {
        let id = &own.transit_gateway_attachment_id;
        let reason = format!("the subnets of {id} are not described");
        return Arc::new(
            engine
                .through_subnet::<A>(subnet, vpc, &next, protocol)
                .doubted(reason),
        );
    };
    let Some(leaving) = zones.get(zone) else {
        return Arc::new(Known::nothing());
    };
    let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let inward = engine.acl::<A>(subnet, false, protocol);
    let mut reply: Known<Region<A>> = from_ports(&clients);
    if leaving != subnet {
        reply = reply.and(&*engine.acl::<A>(subnet, true, protocol));
        let back = engine.acl::<A>(leaving, false, protocol);
        let back = back.map(|region| region.ports_with(private));
        reply = reply.and(&back.map(|ports| whole(ports)));
    }
    let reply = reply.map(Region::addresses);
    let reply = reply.and(&engine.routed::<A>(subnet, vpc, &next));
    let mut arrivals: Vec<Known<Region<A>>> = Vec::new();
    for entry in zones.values() {
        let is_local = engine.routed::<A>(entry, vpc, &Next::Local);
        let mut arrival = is_local.map(|set| {
            if set.contains(private) {
                Region::all()
            } else {
                Region::empty()
            }
        });
        if entry != subnet {
            let out = engine.acl::<A>(entry, true, protocol);
            arrival = arrival.and(&out.map(|region| whole(&region.ports_with(private))));
        }
        arrivals.push(arrival);
    }
    let certain = arrivals
        .iter()
        .fold(Known::everything(), |all, one| all.and(one));
    let possible = arrivals
        .iter()
        .fold(Known::nothing(), |all, one| all.or(one));
    let arrival: Known<Region<A>> = Known::between(
        certain.must,
        possible.may().clone(),
        vec!["the zone that packets come from decides".to_owned()],
    );
    let reply = reply.map(|set| Region::product(&Ports::all(), &Arc::new(set.clone())));
    Arc::new(inward.and(&arrival).and(&reply))
}

fn whole<A: Kept>(ports: &Ports) -> Region<A> {
    Region::product(ports, &Arc::new(IntervalSet::everything()))
}

fn from_ports<A: Kept>(ports: &Ports) -> Known<Region<A>> {
    whole(ports).into()
}

/// The VPCs whose groups can be referenced through a transit gateway.
///
/// Both the gateway (off by default) and each attachment (on by default) have to support it
/// (Transit Gateways guide, "Security group referencing").
pub(crate) fn referencing(engine: &Engine, gateway: &str, vpc: &str) -> Option<Vec<Id>> {
    let snapshot = engine.snapshot();
    let options = &snapshot.transit_gateways.get(gateway)?.options;
    if options.security_group_referencing_support != "enable" {
        return None;
    }
    let takes_part = |a: &TransitAttachment| {
        a.options.security_group_referencing_support != "disable" && is_live(&a.state)
    };
    if !attachment(snapshot, gateway, vpc).is_some_and(takes_part) {
        return None;
    }
    let others = snapshot.transit_attachments.values();
    let others = others.filter(|a| a.transit_gateway_id == gateway && a.vpc_id != vpc);
    Some(
        others
            .filter(|a| takes_part(a))
            .map(|a| a.vpc_id.clone())
            .collect(),
    )
}
