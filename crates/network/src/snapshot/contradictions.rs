//! What two objects say of a third that cannot both be so.

use std::collections::BTreeMap;

use super::{NetworkInterface, Snapshot, is_live};

/// Contradictions that are told of each kind; there may be one for each object.
const MOST: usize = 20;

/// The list that a contradiction is in, and what it is.
pub(super) type Contradiction = (&'static str, String);

/// What an interface of `DescribeNetworkInterfaces` and the same one of `DescribeInstances` say
/// differently of where it is.
pub(super) fn of(first: &NetworkInterface, other: &NetworkInterface) -> Option<Contradiction> {
    let instance = |i: &NetworkInterface| {
        let attachment = i.attachment.as_ref();
        attachment.map_or_else(String::new, |a| a.instance_id.clone())
    };
    let rows = [
        ("instance", instance(first), instance(other)),
        ("VPC", first.vpc_id.clone(), other.vpc_id.clone()),
        ("subnet", first.subnet_id.clone(), other.subnet_id.clone()),
    ];
    let is_other =
        |(_, one, two): &&(&str, String, String)| !one.is_empty() && !two.is_empty() && one != two;
    let (kind, one, two) = rows.iter().find(is_other)?;
    let id = &first.network_interface_id;
    Some((
        "Instances",
        format!("{id} belongs to the {kind} {one}, and here to {two}"),
    ))
}

/// Objects that have one of a kind and are given several.
pub(super) fn between(snapshot: &Snapshot) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let acls = snapshot.acls.values().flat_map(|acl| {
        let subnets = acl.associations.iter().map(|a| &a.subnet_id);
        subnets.map(|subnet| (subnet.as_str(), acl.network_acl_id.as_str()))
    });
    several("NetworkAcls", "has the ACLs", acls, &mut found);
    let live = || {
        snapshot.route_tables.values().flat_map(|table| {
            let own = table.associations.iter();
            let own = own.filter(|a| is_live(&a.association_state.state));
            own.map(move |association| (table, association))
        })
    };
    let subnets = live().flat_map(|(table, a)| {
        let of = [&a.subnet_id, &a.gateway_id].into_iter();
        of.map(|id| (id.as_str(), table.route_table_id.as_str()))
    });
    several("RouteTables", "has the tables", subnets, &mut found);
    let main = live().filter(|(_, a)| a.main);
    let main = main.map(|(table, _)| (table.vpc_id.as_str(), table.route_table_id.as_str()));
    several("RouteTables", "has the main tables", main, &mut found);
    let internet = snapshot.internet_gateways.values().flat_map(|gateway| {
        let own = gateway.attachments.iter().filter(|a| is_live(&a.state));
        own.map(|a| (a.vpc_id.as_str(), gateway.internet_gateway_id.as_str()))
    });
    several("InternetGateways", "has the gateways", internet, &mut found);
    let private = snapshot.vpn_gateways.values().flat_map(|gateway| {
        let own = gateway.vpc_attachments.iter();
        let own = own.filter(|a| is_live(&gateway.state) && is_live(&a.state));
        own.map(|a| (a.vpc_id.as_str(), gateway.vpn_gateway_id.as_str()))
    });
    several("VpnGateways", "has the gateways", private, &mut found);
    found
}

fn several<'s>(
    list: &'static str,
    what: &str,
    pairs: impl Iterator<Item = (&'s str, &'s str)>,
    found: &mut Vec<Contradiction>,
) {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut told = 0;
    for (of, one) in pairs.filter(|(of, _)| !of.is_empty()) {
        let known = *first.entry(of).or_insert(one);
        if known != one && told < MOST {
            told += 1;
            found.push((list, format!("{of} {what} {known} and {one}")));
        }
    }
}
