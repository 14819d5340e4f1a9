//! One packet over transit gateways into a VPC, and the answer back.

use core::net::IpAddr;

use super::rules::{
    self, Decision, Hop, Sender, acl, entries, groups, holds, hop, matched, route, table_of,
};
use super::{Packet, Trail, Walk, is_own, target};
use crate::snapshot::{
    Id, NetworkInterface, Route, RouteTable, Snapshot, TransitAttachment, TransitRouteTable,
};

fn live(state: &str) -> bool {
    matches!(
        state,
        "" | "available" | "attached" | "active" | "associated" | "enabled" | "modifying"
    )
}

/// Follows a packet that comes in to a VPC by a transit gateway.
pub(super) fn walk<'s>(
    trail: &mut Trail<'s>,
    gateway: &str,
    vpc: &str,
    packet: Packet,
) -> Walk<&'s NetworkInterface> {
    let snapshot = trail.snapshot;
    let server = target(snapshot, vpc, packet.destination)?;
    let described = snapshot.transit_gateways.get(gateway);
    let is_there = described.is_none_or(|g| live(&g.state));
    trail.take(Decision::when(is_there), gateway, "BAD_STATE")?;
    let here: Vec<&TransitAttachment> = snapshot
        .transit_attachments
        .values()
        .filter(|a| a.vpc_id == vpc && a.is_at(gateway))
        .collect();
    let own = here.iter().find(|a| live(&a.state)).copied();
    let Some(own) = own else {
        let decision = if here.is_empty() {
            Decision::Missing(gateway.to_owned())
        } else {
            Decision::Stop
        };
        trail.take(decision, gateway, "BAD_STATE_ATTACHMENT")?;
        return subnet_only(trail, gateway, server, packet).map(|()| server);
    };
    let origin = Origin {
        snapshot,
        vpc,
        packet,
    };
    let from = origin.reaches(gateway, own, &mut Vec::new());
    trail.take(from, gateway, "NO_ROUTE_TO_DESTINATION")?;
    let beyond = beyond(snapshot, gateway, own);
    let sender = Sender::In(&beyond);
    let mut passes = groups(snapshot, server, false, packet, sender);
    if !snapshot.transit_gateways.contains_key(gateway) {
        // Whether groups are known beyond it is not known.
        let without = groups(snapshot, server, false, packet, Sender::In(&[]));
        passes = match (passes, without) {
            (Decision::Stop, without) => without,
            (_, Decision::Stop) => Decision::Missing(gateway.to_owned()),
            (_, without) => without,
        };
    }
    trail.take(
        passes,
        &server.network_interface_id,
        "ENI_SG_RULES_MISMATCH",
    )?;
    subnets(trail, gateway, own, server, packet)?;
    Ok(server)
}

/// VPCs whose groups can be referenced through the gateway.
fn beyond(snapshot: &Snapshot, gateway: &str, own: &TransitAttachment) -> Vec<Id> {
    let is_on = snapshot
        .transit_gateways
        .get(gateway)
        .is_none_or(|g| g.options.security_group_referencing_support == "enable");
    let takes_part = |a: &&TransitAttachment| {
        live(&a.state) && a.options.security_group_referencing_support != "disable"
    };
    if !is_on || !takes_part(&own) {
        return Vec::new();
    }
    let all = snapshot.transit_attachments.values();
    all.filter(|a| a.transit_gateway_id == gateway && a.vpc_id != own.vpc_id)
        .filter(takes_part)
        .map(|a| a.vpc_id.clone())
        .collect()
}

fn subnet_only(
    trail: &mut Trail<'_>,
    gateway: &str,
    server: &NetworkInterface,
    packet: Packet,
) -> Walk {
    super::direct(trail, gateway, server, packet, Sender::Nobody)
}

/// The subnets of an attachment and of the server, both ways.
fn subnets(
    trail: &mut Trail<'_>,
    gateway: &str,
    own: &TransitAttachment,
    server: &NetworkInterface,
    packet: Packet,
) -> Walk {
    let snapshot = trail.snapshot;
    let (subnet, vpc) = (server.subnet_id.as_str(), server.vpc_id.as_str());
    let code = "SUBNET_ACL_RESTRICTION";
    let filter = |place: &str, is_egress: bool, peer: IpAddr, port: u16| {
        acl(
            snapshot,
            (place, vpc),
            is_egress,
            packet.protocol,
            (peer, port),
        )
    };
    let back = |place: &str| match table_of(snapshot, place, vpc) {
        Some(table) => route(snapshot, table, packet.source, gateway),
        None => Decision::Missing(place.to_owned()),
    };
    let (there, port) = (packet.destination_port, packet.source_port);
    trail.take(filter(subnet, false, packet.source, there), subnet, code)?;
    trail.take(back(subnet), subnet, "NO_ROUTE_TO_DESTINATION")?;
    let entries: Option<Vec<_>> = own
        .subnet_ids
        .as_ref()
        .and_then(|ids| ids.iter().map(|id| snapshot.subnets.get(id)).collect());
    let (Some(entries), Some(here)) = (entries, snapshot.subnets.get(subnet)) else {
        let id = &own.transit_gateway_attachment_id;
        trail.take(filter(subnet, true, packet.source, port), subnet, code)?;
        return trail.take(Decision::Missing(id.clone()), id, "");
    };
    let Some(leaving) = entries.iter().find(|e| e.shares_zone(here)) else {
        return Err(super::stopped(subnet, "TGW_ATTACH_VPC_AZ_RESTRICTION"));
    };
    if leaving.subnet_id != subnet {
        trail.take(filter(subnet, true, packet.source, port), subnet, code)?;
        let leaving = &leaving.subnet_id;
        trail.take(
            filter(leaving, false, packet.destination, port),
            leaving,
            code,
        )?;
    }
    let arrivals: Vec<Decision> = entries
        .iter()
        .map(|entry| {
            let entry = entry.subnet_id.as_str();
            if entry == subnet {
                return Decision::Pass;
            }
            let local = match table_of(snapshot, entry, vpc) {
                Some(table) => match route(snapshot, table, packet.destination, "local") {
                    Decision::Stop if is_aside(snapshot, table, packet.destination) => {
                        Decision::Missing(entry.to_owned())
                    }
                    other => other,
                },
                None => Decision::Missing(entry.to_owned()),
            };
            local.and(filter(entry, true, packet.destination, there))
        })
        .collect();
    let arrival = if arrivals.iter().all(|a| *a == Decision::Pass) {
        Decision::Pass
    } else if arrivals.iter().all(|a| *a == Decision::Stop) {
        Decision::Stop
    } else {
        Decision::Missing(own.transit_gateway_attachment_id.clone())
    };
    trail.take(arrival, &own.transit_gateway_attachment_id, "CANNOT_ROUTE")
}

fn is_aside(snapshot: &Snapshot, table: &RouteTable, to: IpAddr) -> bool {
    match hop(snapshot, table, to) {
        Hop::To(id) => id.starts_with("vpce-") || id.starts_with("eni-") || id.starts_with("i-"),
        Hop::Nowhere | Hop::Unclear => false,
    }
}

/// The question whether a packet can come from somewhere beyond a gateway.
struct Origin<'s> {
    snapshot: &'s Snapshot,
    vpc: &'s str,
    packet: Packet,
}

impl<'s> Origin<'s> {
    /// Whether some other attachment of the gateway brings the packet, which leaves by `leaving`, and
    /// takes the answer back.
    fn reaches(
        &self,
        gateway: &str,
        leaving: &TransitAttachment,
        seen: &mut Vec<String>,
    ) -> Decision {
        let out = leaving.transit_gateway_attachment_id.as_str();
        let back = match self.table(gateway, leaving) {
            Ok(table) => table,
            Err(missing) => return missing,
        };
        if seen.iter().any(|known| known == gateway) {
            return Decision::Stop;
        }
        if seen.len() >= 8 {
            return self.outside().and(Decision::Missing(gateway.to_owned()));
        }
        seen.push(gateway.to_owned());
        let mut verdict = Decision::Stop;
        for other in self.snapshot.transit_attachments.values() {
            let id = other.transit_gateway_attachment_id.as_str();
            if id == out || !other.is_at(gateway) || !live(&other.state) {
                continue;
            }
            let answered = self.leads(back, self.packet.source, id);
            if answered == Decision::Stop {
                continue;
            }
            let there = match self.table(gateway, other) {
                Ok(table) => self.leads(table, self.packet.destination, out),
                Err(missing) => missing,
            };
            let mut one = there.and(self.home(gateway, other, seen));
            if other.resource_type == "vpc" {
                one = one.or(self.inspected(gateway, other, out));
            }
            verdict = verdict.or(one.and(answered));
        }
        verdict = verdict.or(self.unlisted(gateway, back));
        seen.pop();
        verdict
    }

    fn outside(&self) -> Decision {
        if !self.snapshot.vpcs.contains_key(self.vpc) {
            return Decision::Missing(self.vpc.to_owned());
        }
        Decision::when(!is_own(self.snapshot, self.vpc, self.packet.source))
    }

    /// An attachment that the table sends the answer to may be one that nobody describes.
    fn unlisted(&self, gateway: &str, back: Option<&TransitRouteTable>) -> Decision {
        let Some(table) = back else {
            return Decision::Stop;
        };
        let listed = table.routes.iter().flatten();
        let ids = listed.flat_map(|r| &r.transit_gateway_attachments);
        let ids = ids.chain(
            table
                .transit_gateway_route_table_propagations
                .iter()
                .flatten(),
        );
        let mut verdict = Decision::Stop;
        for id in ids.map(|a| &a.transit_gateway_attachment_id) {
            if !self.snapshot.transit_attachments.contains_key(id) {
                let answered = self.leads(Some(table), self.packet.source, id);
                let missing = Decision::Missing(gateway.to_owned());
                verdict = verdict.or(answered.and(self.outside()).and(missing));
            }
        }
        verdict
    }

    /// The table of an attachment: none if packets that come in by it are dropped.
    fn table(
        &self,
        gateway: &str,
        attachment: &TransitAttachment,
    ) -> Result<Option<&'s TransitRouteTable>, Decision> {
        let missing = || Decision::Missing(attachment.transit_gateway_attachment_id.clone());
        let association = attachment.table_at(gateway).ok_or_else(missing)?;
        let id = &association.transit_gateway_route_table_id;
        if id.is_empty() || !live(&association.state) {
            return if self
                .snapshot
                .described
                .contains("TransitGatewayAttachments")
            {
                Ok(None)
            } else {
                Err(missing())
            };
        }
        let table = self
            .snapshot
            .transit_route_tables
            .get(id)
            .ok_or_else(missing)?;
        if !live(&table.state) {
            return Ok(None);
        }
        if table.routes.is_none() && table.transit_gateway_route_table_propagations.is_none() {
            return Err(missing());
        }
        Ok(Some(table))
    }

    /// Whether a table sends an address to an attachment.
    fn leads(&self, table: Option<&TransitRouteTable>, to: IpAddr, attachment: &str) -> Decision {
        let Some(table) = table else {
            return Decision::Stop;
        };
        let mut best: Option<((u32, u8), Option<&str>)> = None;
        let mut is_tied = false;
        let mut offer = |length: u32, rank: u8, id: Option<&'s str>| {
            let key = (length, 9 - rank);
            match best {
                Some((known, other)) if key == known => is_tied |= rank > 0 && id != other,
                Some((known, _)) if key < known => {}
                _ => {
                    best = Some((key, id));
                    is_tied = false;
                }
            }
        };
        let is_dead = |id: &str| {
            let known = self.snapshot.transit_attachments.get(id);
            known.is_some_and(|a| !live(&a.state))
        };
        let id_of = |table: &'s TransitRouteTable| table;
        let owned = self
            .snapshot
            .transit_route_tables
            .get(&table.transit_gateway_route_table_id);
        let Some(table) = owned.map(id_of) else {
            return Decision::Stop;
        };
        for route in table.routes.iter().flatten() {
            let through = route.transit_gateway_attachments.first();
            let id = through
                .map(|a| a.transit_gateway_attachment_id.as_str())
                .filter(|id| route.state != "blackhole" && !is_dead(id));
            let rank = match through {
                Some(a) if route.kind == "propagated" => rank(&a.resource_type),
                _ => u8::from(!route.prefix_list_id.is_empty()),
            };
            if !route.destination_cidr_block.is_empty() {
                if let Some(length) = matched(&route.destination_cidr_block, to) {
                    offer(length, rank, id);
                }
                continue;
            }
            let Some(blocks) = entries(self.snapshot, &route.prefix_list_id) else {
                return Decision::Missing(route.prefix_list_id.clone());
            };
            for length in blocks.iter().filter_map(|block| matched(block, to)) {
                offer(length, rank, id);
            }
        }
        let mut vague: Vec<&str> = Vec::new();
        let propagations = table
            .transit_gateway_route_table_propagations
            .iter()
            .flatten();
        for learned in propagations.filter(|p| live(&p.state)) {
            let id = learned.transit_gateway_attachment_id.as_str();
            let is_known = match learned.resource_type.as_str() {
                "vpc" if is_dead(id) => true,
                "vpc" => self.vpc_blocks(&learned.resource_id, to, |length| {
                    offer(length, 2, Some(id));
                }),
                "vpn" => self.vpn_blocks(id, &learned.resource_id, to, |length| {
                    offer(length, 5, Some(id));
                }),
                _ => false,
            };
            if !is_known {
                vague.push(id);
            }
        }
        let statics = ["TransitGatewayStaticRoutes", "TransitGatewayRoutes"];
        let is_partial =
            table.routes.is_none() && !statics.iter().any(|l| self.snapshot.described.contains(l));
        let known = best.and_then(|(_, id)| id) == Some(attachment);
        let missing = Decision::Missing(table.transit_gateway_route_table_id.clone());
        if is_partial || is_tied || vague.iter().any(|id| (*id == attachment) != known) {
            return missing;
        }
        Decision::when(known)
    }

    fn vpc_blocks(&self, vpc: &str, to: IpAddr, mut offer: impl FnMut(u32)) -> bool {
        let Some(vpc) = self.snapshot.vpcs.get(vpc) else {
            return false;
        };
        for block in vpc.blocks() {
            if let Some(length) = matched(&block.to_string(), to) {
                offer(length);
            }
        }
        true
    }

    fn vpn_blocks(
        &self,
        attachment: &str,
        resource: &str,
        to: IpAddr,
        mut offer: impl FnMut(u32),
    ) -> bool {
        let known = self.snapshot.transit_attachments.get(attachment);
        let id = known.map_or(resource, |a| a.resource_id.as_str());
        let Some(connection) = self.snapshot.vpn_connections.get(id) else {
            return false;
        };
        // What a connection with BGP announces is not in its configuration.
        if !connection.options.static_routes_only {
            return false;
        }
        for route in connection.routes.iter().filter(|r| live(&r.state)) {
            if let Some(length) = matched(&route.destination_cidr_block, to) {
                offer(length);
            }
        }
        true
    }

    /// Whether the packet's source is at home beyond an attachment.
    fn home(
        &self,
        gateway: &str,
        attachment: &TransitAttachment,
        seen: &mut Vec<String>,
    ) -> Decision {
        let missing = || Decision::Missing(attachment.transit_gateway_attachment_id.clone());
        match attachment.resource_type.as_str() {
            "vpc" if self.snapshot.vpcs.contains_key(&attachment.vpc_id) => {
                let source = self.packet.source;
                Decision::when(is_own(self.snapshot, &attachment.vpc_id, source))
            }
            "vpc" => missing(),
            "vpn" => {
                let connections = &self.snapshot.vpn_connections;
                match connections.get(&attachment.resource_id) {
                    Some(connection) if !live(&connection.state) => Decision::Stop,
                    _ => self.outside(),
                }
            }
            "direct-connect-gateway" => {
                let mut own = self
                    .snapshot
                    .direct_connect_associations
                    .values()
                    .filter(|a| {
                        live(&a.association_state)
                            && (a.associated_gateway.id == gateway
                                || a.virtual_gateway_id == gateway)
                            && (attachment.resource_id.is_empty()
                                || a.direct_connect_gateway_id == attachment.resource_id)
                    })
                    .peekable();
                let announced = if own.peek().is_none() {
                    missing()
                } else {
                    Decision::when(own.any(|a| {
                        let mut allowed = a.allowed_prefixes_to_direct_connect_gateway.iter();
                        allowed.any(|p| holds(&p.cidr, self.packet.destination))
                    }))
                };
                self.outside().and(announced)
            }
            "peering" => match attachment.beyond(gateway) {
                Some(far) if attachment.table_at(far).is_some() => {
                    let far = far.to_owned();
                    self.outside().and(self.reaches(&far, attachment, seen))
                }
                _ => self.outside().and(missing()),
            },
            _ => self.outside().and(missing()),
        }
    }

    /// Whether a route leads to the gateway by a prefix list that nobody describes.
    fn may_lead(&self, route: &Route, gateway: &str) -> bool {
        let list = &route.destination_prefix_list_id;
        !list.is_empty()
            && entries(self.snapshot, list).is_none()
            && rules::target(route) == gateway
            && route.state != "blackhole"
    }

    /// Whether the packet may have been sent on by a VPC that looks into it.
    fn inspected(&self, gateway: &str, hub: &TransitAttachment, out: &str) -> Decision {
        let hub_id = hub.transit_gateway_attachment_id.as_str();
        let tables = self.snapshot.route_tables.values();
        let own: Vec<_> = tables.filter(|t| t.vpc_id == hub.vpc_id).collect();
        // Each VPC has a table: one without is not described.
        let onward = |to: IpAddr| {
            let leads = |t: &&RouteTable| {
                hop(self.snapshot, t, to) == Hop::To(gateway.to_owned())
                    || t.routes.iter().any(|route| self.may_lead(route, gateway))
            };
            own.is_empty() || own.iter().any(leads)
        };
        let from_hub = self.table(gateway, hub);
        let led = |to: IpAddr, attachment: &str| match &from_hub {
            Ok(table) => self.leads(*table, to, attachment),
            Err(missing) => missing.clone(),
        };
        if !onward(self.packet.destination)
            || !onward(self.packet.source)
            || led(self.packet.destination, out) == Decision::Stop
        {
            return Decision::Stop;
        }
        for other in self.snapshot.transit_attachments.values() {
            let id = other.transit_gateway_attachment_id.as_str();
            if id == hub_id || id == out || !other.is_at(gateway) || !live(&other.state) {
                continue;
            }
            let there = match self.table(gateway, other) {
                Ok(table) => self.leads(table, self.packet.destination, hub_id),
                Err(missing) => missing,
            };
            let mut seen = vec![gateway.to_owned()];
            let possible = there
                .and(self.home(gateway, other, &mut seen))
                .and(led(self.packet.source, id));
            if possible != Decision::Stop {
                return Decision::Missing(hub.vpc_id.clone());
            }
        }
        Decision::Stop
    }
}

/// What transit gateways prefer to learn a block from, first things first.
const PREFERRED: [&str; 4] = ["vpc", "direct-connect-gateway", "connect", "vpn"];

fn rank(resource: &str) -> u8 {
    let place = PREFERRED.iter().position(|known| *known == resource);
    2 + u8::try_from(place.unwrap_or(PREFERRED.len())).unwrap_or(u8::MAX - 2)
}
