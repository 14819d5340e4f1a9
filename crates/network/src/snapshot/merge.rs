//! Objects that several calls describe in parts.

use super::read::Reader;
use super::{PrefixList, TransitAttachment, TransitRouteTable};

impl Reader {
    /// Two calls describe a list: one has its name, another its entries.
    pub(super) fn prefix_list(&mut self, list: PrefixList) {
        let known = self
            .snapshot
            .prefix_lists
            .entry(list.prefix_list_id.clone())
            .or_insert_with(|| PrefixList {
                prefix_list_id: list.prefix_list_id.clone(),
                ..PrefixList::default()
            });
        if !list.prefix_list_name.is_empty() {
            known.prefix_list_name = list.prefix_list_name;
        }
        if list.cidrs.is_some() {
            known.cidrs = list.cidrs;
        }
        if list.entries.is_some() {
            known.entries = list.entries;
        }
        if !list.state.is_empty() {
            known.state = list.state;
        }
    }

    /// Attachments are described once in general and once by kind; the two are one object.
    pub(super) fn attachment(&mut self, list: &str, new: TransitAttachment) {
        let id = new.transit_gateway_attachment_id.clone();
        let known = self.snapshot.transit_attachments.entry(id).or_default();
        let take = |old: &mut String, new: String| {
            if old.is_empty() {
                *old = new;
            }
        };
        take(
            &mut known.transit_gateway_attachment_id,
            new.transit_gateway_attachment_id,
        );
        take(&mut known.transit_gateway_id, new.transit_gateway_id);
        take(&mut known.resource_type, new.resource_type);
        match list {
            "TransitGatewayVpcAttachments" => take(&mut known.resource_type, "vpc".to_owned()),
            "TransitGatewayPeeringAttachments" => {
                take(&mut known.resource_type, "peering".to_owned());
            }
            _ => {}
        }
        take(&mut known.resource_id, new.resource_id);
        take(&mut known.resource_owner_id, new.resource_owner_id);
        take(&mut known.vpc_id, new.vpc_id);
        take(&mut known.state, new.state);
        if known.resource_type == "vpc" {
            let vpc = known.vpc_id.clone();
            take(&mut known.resource_id, vpc);
            let vpc = known.resource_id.clone();
            take(&mut known.vpc_id, vpc);
        }
        if !new.association.transit_gateway_route_table_id.is_empty() {
            known.association = new.association;
        }
        if new.subnet_ids.is_some() {
            known.subnet_ids = new.subnet_ids;
            known.options = new.options;
        }
        if list == "TransitGatewayPeeringAttachments" {
            let (requester, accepter) = (new.requester_tgw_info, new.accepter_tgw_info);
            take(
                &mut known.transit_gateway_id,
                requester.transit_gateway_id.clone(),
            );
            known.requester_tgw_info = requester;
            known.accepter_tgw_info = accepter;
        }
    }

    pub(super) fn transit_table(&mut self, new: TransitRouteTable) {
        let id = new.transit_gateway_route_table_id.clone();
        let known = self.snapshot.transit_route_tables.entry(id).or_default();
        if known.transit_gateway_route_table_id.is_empty() {
            known
                .transit_gateway_route_table_id
                .clone_from(&new.transit_gateway_route_table_id);
        }
        if !new.transit_gateway_id.is_empty() {
            known.transit_gateway_id = new.transit_gateway_id;
        }
        if !new.state.is_empty() {
            known.state = new.state;
        }
        if let Some(routes) = new.routes {
            known.routes.get_or_insert_default().extend(routes);
        }
        if let Some(propagations) = new.transit_gateway_route_table_propagations {
            known
                .transit_gateway_route_table_propagations
                .get_or_insert_default()
                .extend(propagations);
        }
    }
}
