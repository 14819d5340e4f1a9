//! Transit gateways: attachments, associations, tables and the subnets of attachments.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::address::set_of_texts;
use crate::balancers::everything_if;
use crate::edges::Peers;
use crate::engine::{CLIENT_PORTS, Engine, Kept};
use crate::filters::Protocol;
use crate::gates;
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::{Known, Set as _};
use crate::region::{Ports, Region};
use crate::routes::{self, Next, Routes};
use crate::snapshot::{Id, NetworkInterface, Snapshot, Subnet, TransitAttachment, is_live};

/// Longest way over transit gateways that is followed.
pub(crate) const MOST_GATEWAYS: usize = 8;

/// The attachment of a VPC to a transit gateway.
pub(crate) fn attachment<'s>(
    snapshot: &'s Snapshot,
    gateway: &str,
    vpc: &str,
) -> Option<&'s TransitAttachment> {
    let mut all = snapshot.transit_attachments.having(Field::AttachedVpc, vpc);
    all.find(|a| a.is_at(gateway) && is_live(&a.state))
}

/// The partition of the table that routes what comes in to a gateway by an attachment.
pub(crate) fn table<A: Kept>(
    snapshot: &Snapshot,
    attachment: &TransitAttachment,
    gateway: &str,
) -> Result<Routes<A>, String> {
    let id = &attachment.transit_gateway_attachment_id;
    let Some(association) = attachment.table_at(gateway) else {
        return Err(format!(
            "the route table of {id} at {gateway} is not described"
        ));
    };
    let table = &association.transit_gateway_route_table_id;
    if table.is_empty() || !is_live(&association.state) {
        if snapshot.described.contains("TransitGatewayAttachments") {
            return Ok(Routes::default());
        }
        return Err(format!("the route table of {id} is not described"));
    }
    match snapshot.transit_route_tables.get(table) {
        Some(table) if is_live(&table.state) => routes::of_transit(snapshot, table),
        Some(_) => Ok(Routes::default()),
        None => Err(format!("{table} is not described")),
    }
}

/// The addresses that a partition sends to an attachment.
pub(crate) fn toward<A: Kept>(routes: &Routes<A>, attachment: &str) -> Known<IntervalSet<A>> {
    let next = Next::Transit(attachment.to_owned());
    let must = routes.set(&next);
    let tied = routes.set(&Next::Ambiguous);
    let mut reasons: Vec<String> = routes.unknown.iter().map(|(_, r)| r.clone()).collect();
    if !tied.is_empty() {
        reasons.push("several attachments announce the same block".to_owned());
    }
    let is_own = routes
        .unknown
        .iter()
        .any(|(n, _)| *n == next || *n == Next::Ambiguous);
    let may = if is_own {
        IntervalSet::all()
    } else {
        must.or(&tied)
    };
    let others = routes.unknown.iter().any(|(n, _)| *n != next);
    let must = if others { IntervalSet::empty() } else { must };
    Known::between(must, may, reasons)
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
    if snapshot
        .transit_gateways
        .get(gateway)
        .is_some_and(|g| !is_live(&g.state))
    {
        return Known::nothing();
    }
    let Some(own) = attachment(snapshot, gateway, vpc) else {
        // A route to a gateway to which the VPC is not attached would be a blackhole.
        let mut all = snapshot.transit_attachments.having(Field::AttachedVpc, vpc);
        if all.any(|a| a.is_at(gateway)) {
            return Known::nothing();
        }
        return Known::unknown(format!(
            "the attachment of {vpc} to {gateway} is not described"
        ));
    };
    let walk = Walk {
        engine,
        vpc,
        private,
    };
    walk.beyond(gateway, own, &mut BTreeSet::new())
}

/// Who can send to one address of a VPC, and be answered.
struct Walk<'w, A> {
    engine: &'w Engine,
    vpc: &'w Id,
    private: A,
}

impl<A: Kept> Walk<'_, A> {
    /// Addresses that come in to `gateway` by another attachment, leave it by `leaving`, and to which
    /// answers that come in by `leaving` go back.
    fn beyond(
        &self,
        gateway: &str,
        leaving: &TransitAttachment,
        seen: &mut BTreeSet<Id>,
    ) -> Known<IntervalSet<A>> {
        let snapshot = self.engine.snapshot();
        let out = &leaving.transit_gateway_attachment_id;
        let back = match table::<A>(snapshot, leaving, gateway) {
            Ok(routes) => routes,
            Err(reason) => return Known::unknown(reason),
        };
        if seen.contains(gateway) {
            return Known::nothing();
        }
        if seen.len() >= MOST_GATEWAYS {
            let reason =
                format!("more than {MOST_GATEWAYS} transit gateways in a row lead to {gateway}");
            return self
                .engine
                .vpc_addresses::<A>(self.vpc)
                .complement()
                .doubted(reason);
        }
        seen.insert(gateway.to_owned());
        let mut all = Known::nothing();
        for other in snapshot.transit_attachments.having(Field::Gateway, gateway) {
            let id = &other.transit_gateway_attachment_id;
            if id == out || !is_live(&other.state) {
                continue;
            }
            let reply = toward(&back, id);
            if reply.is_nothing() {
                continue;
            }
            let there = match table::<A>(snapshot, other, gateway) {
                Ok(routes) => toward(&routes, out).map(|s| everything_if(s.contains(self.private))),
                Err(reason) => Known::unknown(reason),
            };
            let mut from = there.and(&self.domain(gateway, other, seen));
            if other.resource_type == "vpc" {
                from = from.or(&self.inspected(gateway, other, leaving));
            }
            all = all.or(&from.and(&reply));
        }
        all = all.or(&self.undescribed(&back, gateway));
        seen.remove(gateway);
        all
    }

    /// Attachments that a table routes to and nobody describes.
    fn undescribed(&self, back: &Routes<A>, gateway: &str) -> Known<IntervalSet<A>> {
        let known = &self.engine.snapshot().transit_attachments;
        let own = self.engine.vpc_addresses::<A>(self.vpc);
        let mut all = Known::nothing();
        let targets = back
            .to
            .keys()
            .chain(back.unknown.iter().map(|(next, _)| next));
        for next in targets {
            if let Next::Transit(id) = next
                && !known.contains_key(id)
            {
                let reason = format!("{id} of {gateway} is not described");
                let outside = own.complement();
                all = all.or(&toward(back, id).and(&outside).doubted(reason));
            }
        }
        all
    }

    /// The addresses that are at home beyond an attachment.
    fn domain(
        &self,
        gateway: &str,
        attachment: &TransitAttachment,
        seen: &mut BTreeSet<Id>,
    ) -> Known<IntervalSet<A>> {
        let id = &attachment.transit_gateway_attachment_id;
        let outside = self.engine.vpc_addresses::<A>(self.vpc).complement();
        match attachment.resource_type.as_str() {
            "vpc" => self.engine.vpc_addresses(&attachment.vpc_id),
            "vpn" => {
                let connections = &self.engine.snapshot().vpn_connections;
                match connections.get(&attachment.resource_id) {
                    Some(connection) if !is_live(&connection.state) => Known::nothing(),
                    _ => outside,
                }
            }
            "direct-connect-gateway" => outside.and(&self.announced(gateway, attachment)),
            "peering" => match attachment.beyond(gateway) {
                Some(far) if attachment.table_at(far).is_some() => {
                    outside.and(&self.beyond(far, attachment, seen))
                }
                _ => outside.doubted(format!("the other side of {id} is not described")),
            },
            _ => outside.doubted(format!("what lies beyond {id} is not evaluated")),
        }
    }

    /// Everything or nothing, as a Direct Connect gateway announces the address to the other side.
    fn announced(&self, gateway: &str, attachment: &TransitAttachment) -> Known<IntervalSet<A>> {
        let snapshot = self.engine.snapshot();
        let dx = &attachment.resource_id;
        let mut joined = gates::associations(snapshot, gateway)
            .filter(|a| a.direct_connect_gateway_id == *dx || dx.is_empty())
            .peekable();
        if joined.peek().is_none() {
            return Known::unknown(format!(
                "what {dx} announces for {gateway} is not described"
            ));
        }
        let is_allowed = joined.any(|association| {
            let allowed = &association.allowed_prefixes_to_direct_connect_gateway;
            set_of_texts::<A>(allowed.iter().map(|p| p.cidr.as_str())).contains(self.private)
        });
        Known::from(everything_if(is_allowed))
    }

    /// Addresses of other attachments whose packets a VPC takes and sends back into the gateway,
    /// as a VPC with a firewall in it does. What happens to them in there is not evaluated.
    fn inspected(
        &self,
        gateway: &str,
        hub: &TransitAttachment,
        leaving: &TransitAttachment,
    ) -> Known<IntervalSet<A>> {
        let snapshot = self.engine.snapshot();
        let next = Next::Transit(gateway.to_owned());
        let tables = snapshot.route_tables.having(Field::TableVpc, &hub.vpc_id);
        let onward = tables
            .map(|table| {
                let routes = routes::of_table::<A>(snapshot, table);
                // Any address may be in a prefix list that is not described.
                if routes.unknown.iter().any(|(list, _)| *list == next) {
                    IntervalSet::all()
                } else {
                    routes.set(&next)
                }
            })
            .reduce(|all: IntervalSet<A>, set| all.or(&set));
        // Each VPC has a table: one without is not described.
        let onward = onward.unwrap_or_else(IntervalSet::all);
        let (hub_id, out) = (
            &hub.transit_gateway_attachment_id,
            &leaving.transit_gateway_attachment_id,
        );
        let from_hub = table::<A>(snapshot, hub, gateway);
        let led = |attachment: &str| match &from_hub {
            Ok(routes) => toward(routes, attachment),
            Err(reason) => Known::unknown(reason.clone()),
        };
        let is_sent_on = led(out).may().contains(self.private);
        if !onward.contains(self.private) || !is_sent_on {
            return Known::nothing();
        }
        let mut all = Known::nothing();
        for other in snapshot.transit_attachments.having(Field::Gateway, gateway) {
            let id = &other.transit_gateway_attachment_id;
            if id == hub_id || id == out || !is_live(&other.state) {
                continue;
            }
            let is_there = match table::<A>(snapshot, other, gateway) {
                Ok(routes) => toward(&routes, hub_id).may().contains(self.private),
                Err(_) => true,
            };
            if is_there {
                let home = self.domain(gateway, other, &mut BTreeSet::from([gateway.to_owned()]));
                let answered = led(id);
                all = all.or(&home.and(&answered));
            }
        }
        let mode = match hub.options.appliance_mode_support.as_str() {
            "enable" => "",
            _ => ", without appliance mode",
        };
        all.and(&onward.into())
            .doubted(format!("packets pass {} on their way{mode}", hub.vpc_id))
    }
}

/// The subnets of an attachment, if all are described.
fn subnets<'s>(snapshot: &'s Snapshot, attachment: &TransitAttachment) -> Option<Vec<&'s Subnet>> {
    let ids = attachment.subnet_ids.as_ref()?.iter();
    ids.map(|id| snapshot.subnets.get(id)).collect()
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
    let here = snapshot.subnets.get(subnet);
    let (Some(entries), Some(here)) = (subnets(&snapshot, own), here) else {
        let id = &own.transit_gateway_attachment_id;
        let reason = format!("the subnets of {id} are not described");
        return Arc::new(
            engine
                .through_subnet::<A>(subnet, vpc, &next, protocol)
                .doubted(reason),
        );
    };
    let Some(leaving) = entries.iter().find(|entry| entry.shares_zone(here)) else {
        return Arc::new(Known::nothing());
    };
    let leaving = &leaving.subnet_id;
    let inward = engine.acl::<A>(subnet, false, protocol);
    let reply = answers(engine, interface, leaving, private, protocol);
    let reply = reply.map(Region::addresses);
    let reply = reply.and(&engine.routed::<A>(subnet, vpc, &next));
    let arrivals: Vec<Known<Region<A>>> = entries
        .iter()
        .map(|entry| arrival(engine, &entry.subnet_id, interface, private, protocol))
        .collect();
    let certain = arrivals
        .iter()
        .fold(Known::everything(), |all, one| all.and(one));
    let possible = arrivals
        .iter()
        .fold(Known::nothing(), |all, one| all.or(one));
    let mut reasons = vec!["the zone that packets come from decides".to_owned()];
    reasons.extend(possible.reasons().iter().cloned());
    let arrival: Known<Region<A>> = Known::between(certain.must, possible.may().clone(), reasons);
    let reply = reply.map(|set| Region::product(&Ports::all(), &Arc::new(set.clone())));
    Arc::new(inward.and(&arrival).and(&reply))
}

/// The (client's port, client) pairs to which an interface's answers get past ACLs to an attachment.
fn answers<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    leaving: &Id,
    private: A,
    protocol: Protocol,
) -> Known<Region<A>> {
    let reply = from_ports(&Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1));
    let subnet = &interface.subnet_id;
    if leaving == subnet {
        return reply;
    }
    let back = engine.acl::<A>(leaving, false, protocol);
    let back = back.map(|region| whole(&region.ports_with(private)));
    reply
        .and(&*engine.acl::<A>(subnet, true, protocol))
        .and(&back)
}

/// The ports of a client beyond a transit gateway to which an interface's answers get.
pub(crate) fn client_ports<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    gateway: &str,
    private: A,
    protocol: Protocol,
    client: A,
) -> Option<Ports> {
    let snapshot = Arc::clone(&engine.snapshot);
    let own = attachment(&snapshot, gateway, &interface.vpc_id)?;
    let here = snapshot.subnets.get(&interface.subnet_id)?;
    let entries = subnets(&snapshot, own)?;
    let leaving = entries.iter().find(|entry| entry.shares_zone(here))?;
    let reply = answers(engine, interface, &leaving.subnet_id, private, protocol);
    Some(reply.must.ports_with(client))
}

/// What goes on from an attachment's subnet to an interface.
fn arrival<A: Kept>(
    engine: &mut Engine,
    entry: &Id,
    interface: &NetworkInterface,
    private: A,
    protocol: Protocol,
) -> Known<Region<A>> {
    let (subnet, vpc) = (&interface.subnet_id, &interface.vpc_id);
    if entry == subnet {
        return Known::everything();
    }
    let local = engine.routed::<A>(entry, vpc, &Next::Local);
    let mut arrival = local.map(|set| {
        if set.contains(private) {
            Region::all()
        } else {
            Region::empty()
        }
    });
    if arrival.is_nothing() && is_led_aside(engine, entry, vpc, private) {
        arrival = Known::unknown(format!("{entry} sends packets through an appliance"));
    }
    let out = engine.acl::<A>(entry, true, protocol);
    arrival.and(&out.map(|region| whole(&region.ports_with(private))))
}

/// Whether a subnet routes packets within its VPC through something.
fn is_led_aside<A: Kept>(engine: &mut Engine, subnet: &str, vpc: &str, private: A) -> bool {
    let Some(table) = engine.snapshot.table_of(subnet, vpc).cloned() else {
        return false;
    };
    let Some(routes) = engine.routes::<A>(&table) else {
        return false;
    };
    matches!(
        routes.lookup(private),
        Some(Next::Interface(_) | Next::Endpoint(_))
    )
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
/// (Transit Gateways guide, "Security group referencing"). Of a gateway that is not described it is
/// not known.
pub(crate) fn referencing(engine: &Engine, gateway: &str, vpc: &str) -> Option<Peers> {
    let snapshot = engine.snapshot();
    let doubt = match snapshot.transit_gateways.get(gateway) {
        Some(known) if known.options.security_group_referencing_support != "enable" => return None,
        Some(_) => None,
        None => Some(format!("{gateway} is not described")),
    };
    let takes_part = |a: &TransitAttachment| {
        a.options.security_group_referencing_support != "disable" && is_live(&a.state)
    };
    if !attachment(snapshot, gateway, vpc).is_some_and(takes_part) {
        return None;
    }
    let others = snapshot.transit_attachments.having(Field::Gateway, gateway);
    let others = others.filter(|a| a.transit_gateway_id == gateway && a.vpc_id != vpc);
    let others = others.filter(|a| takes_part(a));
    Some(Peers {
        vpcs: others.map(|a| a.vpc_id.clone()).collect(),
        doubt,
    })
}
