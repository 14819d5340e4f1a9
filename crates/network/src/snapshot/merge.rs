//! Objects that several calls describe in parts.

use std::collections::BTreeSet;

use super::read::Reader;
use super::routing::TransitAssociation;
use super::shape::filled;
use super::{
    GroupRef, GroupRule, Id, IpRange, Ipv6Range, Permission, PrefixList, PrefixListRef,
    SecurityGroup, TransitAttachment, TransitRouteTable, UserIdGroupPair,
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
        let known = self
            .snapshot
            .transit_attachments
            .entry(id.clone())
            .or_default();
        let mut contradictions = Vec::new();
        let mut take = |name: &'static str, old: &mut String, new: String| {
            if old.is_empty() {
                *old = new;
            } else if !new.is_empty() && *old != new {
                contradictions.push(name);
            }
        };
        let side = |old: &mut String, new: String| {
            if old.is_empty() {
                *old = new;
            }
        };
        side(
            &mut known.transit_gateway_attachment_id,
            new.transit_gateway_attachment_id,
        );
        take("ResourceType", &mut known.resource_type, new.resource_type);
        let kind = match list {
            "TransitGatewayVpcAttachments" => "vpc",
            "TransitGatewayPeeringAttachments" => "peering",
            _ => "",
        };
        take("ResourceType", &mut known.resource_type, kind.to_owned());
        // The two sides of a peering are each about their own gateway, and name the other one.
        if known.resource_type == "peering" {
            side(&mut known.transit_gateway_id, new.transit_gateway_id);
            side(&mut known.resource_id, new.resource_id);
            side(&mut known.resource_owner_id, new.resource_owner_id);
        } else {
            let own = &mut known.transit_gateway_id;
            take("TransitGatewayId", own, new.transit_gateway_id);
            take("ResourceId", &mut known.resource_id, new.resource_id);
            let own = &mut known.resource_owner_id;
            take("ResourceOwnerId", own, new.resource_owner_id);
        }
        take("VpcId", &mut known.vpc_id, new.vpc_id);
        take("State", &mut known.state, new.state);
        if known.resource_type == "vpc" {
            let vpc = known.vpc_id.clone();
            take("VpcId", &mut known.resource_id, vpc);
            let vpc = known.resource_id.clone();
            side(&mut known.vpc_id, vpc);
        }
        let mut more = Vec::new();
        associate(known, gateway, new.association, &mut more);
        if let Some(subnets) = new.subnet_ids {
            if !same_ids(known.subnet_ids.get_or_insert(subnets.clone()), &subnets) {
                more.push("SubnetIds");
            }
            match filled(&known.options, &new.options) {
                Some(options) => known.options = options,
                None => more.push("Options"),
            }
        }
        if list == "TransitGatewayPeeringAttachments" {
            let gateway = new.requester_tgw_info.transit_gateway_id.clone();
            side(&mut known.transit_gateway_id, gateway);
            let own = [
                (&mut known.requester_tgw_info, &new.requester_tgw_info),
                (&mut known.accepter_tgw_info, &new.accepter_tgw_info),
            ];
            for (own, new) in own {
                match filled(own, new) {
                    Some(both) => *own = both,
                    None => more.push("RequesterTgwInfo or AccepterTgwInfo"),
                }
            }
        }
        contradictions.extend(more);
        contradictions.dedup();
        for name in contradictions {
            self.complain(format!("{list}: {id} has another {name} elsewhere"));
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
            let own = &mut known.association;
            let first = own.transit_gateway_route_table_id.clone();
            let is_peering =
                known.resource_type == "peering" || text("ResourceType") == Some("peering");
            if first.is_empty() || first == table || is_peering {
                table.clone_into(&mut own.transit_gateway_route_table_id);
                let state = text("State").unwrap_or_default();
                state.clone_into(&mut own.state);
            } else {
                self.complain(format!(
                    "Associations: {id} is associated with {table} here and with {first} elsewhere"
                ));
            }
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

/// Notes the table that routes what comes in by an attachment to a gateway; the first one counts.
fn associate(
    known: &mut TransitAttachment,
    gateway: Id,
    new: TransitAssociation,
    contradictions: &mut Vec<&'static str>,
) {
    if new.transit_gateway_route_table_id.is_empty() {
        return;
    }
    let gateway = if gateway.is_empty() {
        known.transit_gateway_id.clone()
    } else {
        gateway
    };
    let first = known
        .associations
        .entry(gateway)
        .or_insert_with(|| new.clone());
    let listed = &known.association.transit_gateway_route_table_id;
    let table = &new.transit_gateway_route_table_id;
    let is_other = known.resource_type != "peering" && !listed.is_empty() && listed != table;
    if *first != new || is_other {
        contradictions.push("Association");
    } else if listed.is_empty() {
        known.association = new;
    }
}

/// Whether two lists have the same items, in whatever order.
fn same_ids(one: &[String], other: &[String]) -> bool {
    let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<_>>();
    set(one) == set(other)
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
