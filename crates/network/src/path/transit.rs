//! Ways through transit gateways: attachments in zones, associated tables, and back.

use std::collections::BTreeMap;

use crate::edges::Peers;
use crate::engine::Kept;
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::path::filter::Crossing;
use crate::path::flow::{Flow, Test, all_if_in};
use crate::path::walk::{Arrival, Goal, Place, Stopped, Walk, refuse};
use crate::routes::{Next, Routes};
use crate::snapshot::{Id, TransitAttachment, is_live};
use crate::transit::{MOST_GATEWAYS, attachment, referencing, table, toward};

pub(super) const TRANSIT: &str = "AWS::EC2::TransitGateway";
const ATTACHMENT: &str = "AWS::EC2::TransitGatewayAttachment";
const TABLE: &str = "AWS::EC2::TransitGatewayRouteTable";

/// An attachment's subnets by zone.
type Zones = BTreeMap<String, Id>;

/// How packets come out of a transit gateway into a VPC.
struct Door<'d> {
    attachment: &'d TransitAttachment,
    /// The subnet of the attachment that they come through.
    entry: &'d str,
    zones: &'d Zones,
    /// Where answers have to go.
    back: Next,
}

impl Walk<'_> {
    pub(super) fn transit<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place, id: &str) {
        let snapshot = self.snapshot;
        let Some(own) = attachment(snapshot, id, &place.vpc) else {
            self.lost(
                &flow,
                format!("no attachment of {} to {id} is described", place.vpc),
            );
            return;
        };
        let left = self.out_to_transit(&mut flow, place, own);
        if let Err(stopped) = left {
            self.stop(stopped);
            return;
        }
        self.at_gateway(flow, place, own, id, 0);
    }

    /// Packets that came in to a transit gateway by an attachment.
    fn at_gateway<A: Kept>(
        &mut self,
        mut flow: Flow<A>,
        place: &Place,
        by: &TransitAttachment,
        id: &str,
        depth: usize,
    ) {
        flow.through(id, TRANSIT);
        if matches!(&self.goal, Goal::Gateway(goal) if goal == id) {
            self.arrived(&flow);
            return;
        }
        let described = self.snapshot.transit_gateways.get(id);
        if described.is_some_and(|gateway| !is_live(&gateway.state)) {
            self.stop_at(&flow, Test::new(id, TRANSIT, "BAD_STATE"));
            return;
        }
        let (name, routes) = match self.transit_table::<A>(by, id) {
            Ok(found) => found,
            Err(reason) => {
                self.lost(&flow, reason);
                return;
            }
        };
        if let Some((_, reason)) = routes.unknown.first() {
            self.lost(&flow, reason.clone());
            return;
        }
        let mut rest = flow.far();
        for (next, set) in &routes.to {
            let mine = flow.far().and(set);
            rest = rest.minus(set);
            if mine.is_empty() {
                continue;
            }
            let mut branch = flow.clone();
            let mut test = Test::new(&name, TABLE, "NO_ROUTE_TO_DESTINATION");
            if *next == Next::Ambiguous {
                self.lost(&branch, "several attachments announce the same block");
                continue;
            }
            let Next::Transit(other) = next else {
                test.code = "BAD_STATE_ROUTE";
                self.stop_at(&branch, test);
                continue;
            };
            test.rules.push(other.clone());
            if branch.keep(test, &mine.into(), false).is_ok() {
                self.beyond(branch, place, (by, id, depth), other);
            }
        }
        if !rest.is_empty() {
            let only = flow.only(rest);
            self.stop_at(&only, Test::new(&name, TABLE, "NO_ROUTE_TO_DESTINATION"));
        }
    }

    /// The attachment in the sender's zone, and its subnet's ACL.
    fn out_to_transit<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        place: &Place,
        own: &TransitAttachment,
    ) -> Result<(), Stopped> {
        let id = &own.transit_gateway_attachment_id;
        let subnet = place.subnet.as_deref().unwrap_or_default();
        let Some((zones, zone)) = self.zones(own).zip(self.zone(subnet)) else {
            flow.doubt(&format!("the subnets of {id} are not described"));
            return Ok(());
        };
        let Some(entry) = zones.get(&zone) else {
            return refuse(
                flow,
                Test::new(id, ATTACHMENT, "TGW_ATTACH_VPC_AZ_RESTRICTION"),
            );
        };
        if entry != subnet {
            self.acl(flow, entry, Crossing::RequestIn)?;
            flow.begin_reply();
            self.acl(flow, entry, Crossing::ReplyOut)?;
            self.way_back(flow, entry, &place.vpc, &Next::Local)?;
        }
        flow.through(id, ATTACHMENT);
        Ok(())
    }

    /// Behind the attachment that the table names.
    fn beyond<A: Kept>(
        &mut self,
        mut flow: Flow<A>,
        place: &Place,
        (by, gateway, depth): (&TransitAttachment, &str, usize),
        other: &str,
    ) {
        let snapshot = self.snapshot;
        let Some(other) = snapshot.transit_attachments.get(other) else {
            self.lost(&flow, format!("{other} is not described"));
            return;
        };
        let id = &other.transit_gateway_attachment_id;
        if !is_live(&other.state) {
            self.stop_at(&flow, Test::new(id, ATTACHMENT, "BAD_STATE_ATTACHMENT"));
            return;
        }
        if let Err(stopped) = self.back_through_transit(&mut flow, by, other, gateway) {
            self.stop(stopped);
            return;
        }
        flow.through(id, ATTACHMENT);
        match other.resource_type.as_str() {
            "vpc" => {}
            "vpn" | "direct-connect-gateway" => {
                if self.is_goal(id) {
                    self.arrived(&flow);
                } else {
                    self.stop_at(&flow, Test::new(id, ATTACHMENT, "NO_POSSIBLE_DESTINATION"));
                }
                return;
            }
            "peering" if depth < MOST_GATEWAYS => {
                match other.beyond(gateway) {
                    Some(next) => self.at_gateway(flow, place, other, next, depth + 1),
                    None => self.lost(&flow, format!("the other side of {id} is not described")),
                }
                return;
            }
            kind => {
                self.lost(
                    &flow,
                    format!("nobody knows what is beyond {id}, a {kind} attachment"),
                );
                return;
            }
        }
        if !snapshot.vpcs.contains_key(&other.vpc_id) {
            self.lost(&flow, format!("{} is not described", other.vpc_id));
            return;
        }
        // Groups are referred to over one transit gateway, not over a peering of two.
        let peers = match referencing(&self.engine, gateway, &other.vpc_id) {
            Some(peers) if depth == 0 && peers.vpcs.contains(&place.vpc) => Peers {
                vpcs: vec![place.vpc.clone()],
                doubt: peers.doubt,
            },
            _ => Peers::default(),
        };
        self.enter_vpc(flow, place, (other, gateway), &peers);
    }

    /// The table that answers meet has to lead back.
    fn back_through_transit<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        by: &TransitAttachment,
        other: &TransitAttachment,
        gateway: &str,
    ) -> Result<(), Stopped> {
        flow.begin_reply();
        let (name, routes) = match self.transit_table::<A>(other, gateway) {
            Ok(found) => found,
            Err(reason) => {
                flow.doubt(&reason);
                return Ok(());
            }
        };
        let back = toward(&routes, &by.transit_gateway_attachment_id);
        let mut test = Test::new(&name, TABLE, "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY");
        test.rules.push(by.transit_gateway_attachment_id.clone());
        let set = all_if_in(&back, flow.near);
        let kept = flow.keep(test, &set, true);
        kept.map_err(|blocker| Stopped::new(flow, blocker))
    }

    /// From the attachment's subnet to the interfaces of its VPC.
    fn enter_vpc<A: Kept>(
        &mut self,
        flow: Flow<A>,
        place: &Place,
        (other, gateway): (&TransitAttachment, &str),
        peers: &Peers,
    ) {
        let id = &other.transit_gateway_attachment_id;
        let Some(zones) = self.zones(other) else {
            self.lost(&flow, format!("the subnets of {id} are not described"));
            return;
        };
        let zone = place.subnet.as_deref().and_then(|subnet| self.zone(subnet));
        let same = zone.and_then(|zone| zones.get(&zone));
        let mut flow = flow;
        if same.is_none() && zones.len() > 1 {
            flow.doubt("the zone in which packets leave the transit gateway is not known");
        }
        let Some(entry) = same.or_else(|| zones.values().next()) else {
            self.stop_at(
                &flow,
                Test::new(id, ATTACHMENT, "TGW_ATTACH_VPC_AZ_RESTRICTION"),
            );
            return;
        };
        let gateway = Next::Transit(gateway.to_owned());
        let routed = self.engine.routed::<A>(entry, &other.vpc_id, &Next::Local);
        let test = self.routing(entry, &other.vpc_id, "CANNOT_ROUTE");
        if let Err(blocker) = flow.keep(test, &routed, false) {
            self.stop(Stopped::new(&flow, blocker));
            return;
        }
        let interfaces = &self.snapshot.interfaces;
        let inside = interfaces.ids(Field::Vpc, &other.vpc_id).to_vec();
        let door = Door {
            attachment: other,
            entry,
            zones: &zones,
            back: gateway.clone(),
        };
        let mut is_any = false;
        for interface in inside
            .iter()
            .filter_map(|id| self.snapshot.interfaces.get(id))
        {
            let far = flow.far();
            let own = self.addresses::<A>(interface).into_iter();
            let own: Vec<A> = own
                .map(|(own, _)| own)
                .filter(|own| far.contains(*own))
                .collect();
            for address in own {
                is_any = true;
                let mut one = flow.only(IntervalSet::range(address, address));
                let subnet = &interface.subnet_id;
                let crossed = self.last_subnet(&mut one, &door, subnet);
                match crossed {
                    Ok(()) => {
                        let arrival = Arrival {
                            vpc: other.vpc_id.clone(),
                            from: None,
                            back: gateway.clone(),
                            peers: peers.clone(),
                            tested: true,
                        };
                        self.deliver(&one, &arrival);
                    }
                    Err(stopped) => self.stop(stopped),
                }
            }
        }
        if !is_any {
            let arrival = Arrival {
                vpc: other.vpc_id.clone(),
                from: None,
                back: gateway,
                peers: Peers::default(),
                tested: true,
            };
            self.deliver(&flow, &arrival);
        }
    }

    /// The ACLs between the attachment's subnet and the receiver's, both ways, and the way back.
    fn last_subnet<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        door: &Door<'_>,
        subnet: &str,
    ) -> Result<(), Stopped> {
        let Door {
            entry,
            zones,
            attachment: other,
            back,
        } = door;
        if *entry != subnet {
            self.acl(flow, entry, Crossing::RequestOut)?;
        }
        self.acl(flow, subnet, Crossing::RequestIn)?;
        let Some(zone) = self.zone(subnet) else {
            flow.doubt(&format!("{subnet} is not described"));
            return Ok(());
        };
        let id = &other.transit_gateway_attachment_id;
        let Some(leaving) = zones.get(&zone) else {
            return refuse(flow, Test::new(id, ATTACHMENT, "TGW_ROUTE_AZ_RESTRICTION"));
        };
        flow.begin_reply();
        if leaving != subnet {
            self.acl(flow, subnet, Crossing::ReplyOut)?;
        }
        self.way_back(flow, subnet, &other.vpc_id, back)?;
        if leaving != subnet {
            self.acl(flow, leaving, Crossing::ReplyIn)?;
        }
        Ok(())
    }

    fn zones(&self, attachment: &TransitAttachment) -> Option<Zones> {
        let mut zones = Zones::new();
        for id in attachment.subnet_ids.as_ref()? {
            zones.insert(self.zone(id)?, id.clone());
        }
        Some(zones)
    }

    fn zone(&self, subnet: &str) -> Option<String> {
        let subnet = self.snapshot.subnets.get(subnet)?;
        Some(subnet.availability_zone.clone())
    }

    /// The table that is associated with an attachment at a gateway.
    fn transit_table<A: Kept>(
        &self,
        attachment: &TransitAttachment,
        gateway: &str,
    ) -> Result<(Id, Routes<A>), String> {
        let own = &attachment.transit_gateway_attachment_id;
        let routes = table(self.snapshot, attachment, gateway)?;
        let association = attachment.table_at(gateway);
        let id = association.map(|a| a.transit_gateway_route_table_id.clone());
        Ok((
            id.filter(|id| !id.is_empty())
                .unwrap_or_else(|| own.clone()),
            routes,
        ))
    }
}
