//! Packets through transit gateways.

use core::net::IpAddr;

use serde_json::Value;

use super::{Fate, Judge, Packet, length, list, text};

impl Judge<'_> {
    fn zone(&self, subnet: &str) -> Option<&str> {
        let found = self.find("Subnets", "SubnetId", subnet)?;
        Some(text(found, "AvailabilityZone"))
    }

    /// Where the table of an attachment at a transit gateway sends an address; empty if nowhere.
    fn transit_route(&self, attachment: &str, gateway: &str, to: IpAddr) -> &str {
        let mut all = list(self.0, "TransitGatewayAttachments").iter();
        let own = all.find(|a| {
            text(a, "TransitGatewayAttachmentId") == attachment
                && text(a, "TransitGatewayId") == gateway
        });
        let table = own.map(|a| text(&a["Association"], "TransitGatewayRouteTableId"));
        let found = self.find(
            "TransitGatewayStaticRoutes",
            "TransitGatewayRouteTableId",
            table.unwrap_or_default(),
        );
        let Some(found) = found else { return "" };
        let routes = list(found, "Routes").iter();
        let best = routes
            .filter_map(|r| Some((length(text(r, "DestinationCidrBlock"), to)?, r)))
            .max_by_key(|(length, _)| *length);
        match best {
            Some((_, route)) if route["State"] == "active" => text(
                &route["TransitGatewayAttachments"][0],
                "TransitGatewayAttachmentId",
            ),
            _ => "",
        }
    }

    /// The subnet of a VPC's attachment in a zone; the one in any zone if it has one only.
    fn entries_of<'a>(&'a self, attachment: &'a Value) -> Vec<(&'a str, &'a str)> {
        let ids = list(attachment, "SubnetIds")
            .iter()
            .filter_map(Value::as_str);
        let mut all: Vec<_> = ids.filter_map(|id| Some((self.zone(id)?, id))).collect();
        all.sort_unstable();
        // Of two in one zone, which EC2 does not let be, the last counts.
        all.reverse();
        all.dedup_by_key(|(zone, _)| *zone);
        all
    }

    pub(super) fn transit(
        &self,
        mut packet: Packet,
        subnet: &str,
        vpc: &str,
        first: &str,
    ) -> Option<Fate> {
        let attached = list(self.0, "TransitGatewayVpcAttachments");
        let own = attached
            .iter()
            .find(|a| text(a, "VpcId") == vpc && text(a, "TransitGatewayId") == first)?;
        let zone = self.zone(subnet)?;
        let entries = self.entries_of(own);
        let Some((_, entry)) = entries.iter().find(|(own, _)| *own == zone) else {
            return Some(Fate::Stops);
        };
        let entry = *entry;
        if entry != subnet {
            if !self.acl(entry, false, packet.protocol, packet.source, packet.port)? {
                return Some(Fate::Stops);
            }
            self.answers(&mut packet, entry, true)?;
            if self.route(entry, vpc, packet.source)? != "local" {
                return Some(Fate::Stops);
            }
        }
        let (mut gateway, mut by) = (first, text(own, "TransitGatewayAttachmentId"));
        let far = loop {
            let other = self.transit_route(by, gateway, packet.destination);
            if other.is_empty() || self.transit_route(other, gateway, packet.source) != by {
                return Some(Fate::Stops);
            }
            if other != "att-peer" {
                break attached
                    .iter()
                    .find(|a| text(a, "TransitGatewayAttachmentId") == other)?;
            }
            if by == "att-peer" {
                return Some(Fate::Stops);
            }
            gateway = if gateway == "tgw-1" { "tgw-2" } else { "tgw-1" };
            by = other;
        };
        let entries = self.entries_of(far);
        let (_, entry) = *match entries.iter().find(|(own, _)| *own == zone) {
            Some(same) => same,
            None if entries.len() > 1 => return None,
            None => match entries.first() {
                Some(only) => only,
                None => return Some(Fate::Stops),
            },
        };
        self.out_of_transit(packet, text(far, "VpcId"), entry, &entries, gateway)
    }

    fn out_of_transit(
        &self,
        mut packet: Packet,
        vpc: &str,
        entry: &str,
        entries: &[(&str, &str)],
        gateway: &str,
    ) -> Option<Fate> {
        if self.route(entry, vpc, packet.destination)? != "local" {
            return Some(Fate::Stops);
        }
        let Some(interface) = self.holders(vpc, packet.destination) else {
            return Some(Fate::Stops);
        };
        let subnet = text(interface, "SubnetId");
        let (to, from) = (packet.destination, packet.source);
        if entry != subnet && !self.acl(entry, true, packet.protocol, to, packet.port)?
            || !self.acl(subnet, false, packet.protocol, from, packet.port)?
            || !self.groups(interface, false, &packet, &[])?
        {
            return Some(Fate::Stops);
        }
        let zone = self.zone(subnet)?;
        let Some((_, leaving)) = entries.iter().find(|(own, _)| *own == zone) else {
            return Some(Fate::Stops);
        };
        if *leaving != subnet {
            self.answers(&mut packet, subnet, true)?;
            self.answers(&mut packet, leaving, false)?;
        }
        if self.route(subnet, vpc, from)? != gateway || packet.clients.is_empty() {
            return Some(Fate::Stops);
        }
        Some(Fate::Arrives(
            text(interface, "NetworkInterfaceId").to_owned(),
        ))
    }
}
