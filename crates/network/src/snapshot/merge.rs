//! Objects that several calls describe in parts.

use super::read::Reader;
use super::{
    GroupRef, GroupRule, IpRange, Ipv6Range, Permission, PrefixList, PrefixListRef, SecurityGroup,
    TransitAttachment, TransitRouteTable, UserIdGroupPair,
};

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
        let gateway = new.transit_gateway_id.clone();
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
            let gateway = match gateway.as_str() {
                "" => known.transit_gateway_id.clone(),
                own => own.to_owned(),
            };
            let sides = &mut known.associations;
            sides.insert(gateway, new.association.clone());
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

    /// Groups of which only the rules are described.
    pub(super) fn finish_groups(&mut self) {
        let snapshot = &mut self.snapshot;
        for (id, rules) in &snapshot.group_rules {
            if id.is_empty() || snapshot.groups.contains_key(id) {
                continue;
            }
            let mut group = SecurityGroup {
                group_id: id.clone(),
                owner_id: rules
                    .first()
                    .map(|r| r.group_owner_id.clone())
                    .unwrap_or_default(),
                ..SecurityGroup::default()
            };
            for rule in rules {
                let permissions = if rule.is_egress {
                    &mut group.ip_permissions_egress
                } else {
                    &mut group.ip_permissions
                };
                permissions.push(permission(rule));
            }
            snapshot.groups.insert(id.clone(), group);
        }
    }

    /// A description of a peering that does not name its gateway belongs to one of the two.
    pub(super) fn finish_attachments(&mut self) {
        for attachment in self.snapshot.transit_attachments.values_mut() {
            let association = attachment.associations.remove("");
            if let Some(association) = association {
                let gateway = attachment.transit_gateway_id.clone();
                attachment
                    .associations
                    .entry(gateway)
                    .or_insert(association);
            }
        }
    }

    /// The attachments that a table routes, as `GetTransitGatewayRouteTableAssociations` lists them.
    pub(super) fn associations(&mut self, table: &str, list: &[serde_json::Value]) {
        for item in list {
            let text = |name: &str| item.get(name).and_then(serde_json::Value::as_str);
            let Some(id) = text("TransitGatewayAttachmentId") else {
                continue;
            };
            let known = self.snapshot.transit_attachments.entry(id.to_owned());
            let known = known.or_default();
            id.clone_into(&mut known.transit_gateway_attachment_id);
            table.clone_into(&mut known.association.transit_gateway_route_table_id);
            let state = text("State").unwrap_or_default();
            state.clone_into(&mut known.association.state);
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

/// A rule with an identifier as the group itself has it.
fn permission(rule: &GroupRule) -> Permission {
    let GroupRef { group_id } = rule.referenced_group_info.clone();
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let description = rule.description.clone();
    Permission {
        ip_protocol: rule.ip_protocol.clone(),
        from_port: rule.from_port,
        to_port: rule.to_port,
        ip_ranges: given(&rule.cidr_ipv4)
            .into_iter()
            .map(|cidr_ip| IpRange {
                cidr_ip,
                description: description.clone(),
            })
            .collect(),
        ipv6_ranges: given(&rule.cidr_ipv6)
            .into_iter()
            .map(|cidr_ipv6| Ipv6Range {
                cidr_ipv6,
                description: description.clone(),
            })
            .collect(),
        prefix_list_ids: given(&rule.prefix_list_id)
            .into_iter()
            .map(|prefix_list_id| PrefixListRef {
                prefix_list_id,
                description: description.clone(),
            })
            .collect(),
        user_id_group_pairs: given(&group_id)
            .into_iter()
            .map(|group_id| UserIdGroupPair {
                group_id,
                description: description.clone(),
                ..UserIdGroupPair::default()
            })
            .collect(),
    }
}
