//! The many shapes in which the same response is written: names of members, files without lists.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Members whose own members are names that somebody chose, not names of the API.
const NAMES_ARE_DATA: &[&str] = &[
    "IPSets",
    "PortSets",
    "IPSetReferences",
    "RuleVariables",
    "SyncStates",
];

/// Lists that a file can be named after, where it holds the list alone.
const LISTS: &[&str] = &[
    "Accelerators",
    "Addresses",
    "EgressOnlyInternetGateways",
    "EndpointGroups",
    "Instances",
    "InternetGateways",
    "Listeners",
    "LoadBalancers",
    "ManagedPrefixLists",
    "NatGateways",
    "NetworkAcls",
    "NetworkInterfaces",
    "PrefixLists",
    "Reservations",
    "RouteTables",
    "SecurityGroupRules",
    "SecurityGroups",
    "Subnets",
    "TargetGroups",
    "TransitGatewayAttachments",
    "TransitGatewayPeeringAttachments",
    "TransitGatewayPropagations",
    "TransitGatewayRouteTables",
    "TransitGatewayStaticRoutes",
    "TransitGatewayVpcAttachments",
    "TransitGateways",
    "VirtualInterfaces",
    "VpcEndpoints",
    "VpcPeeringConnections",
    "Vpcs",
    "VpnConnections",
    "VpnGateways",
];

/// Writes members as EC2 does, in upper camel case, and drops empty ones.
///
/// Direct Connect and AWS Config write lower camel case, other tools words with lines between them.
pub(super) fn normalise(value: Value) -> Value {
    renamed(value, true)
}

fn renamed(value: Value, is_api: bool) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(name, member)| !member.is_null() && name != "Tags" && name != "TagSet")
                .map(|(name, member)| {
                    let name = if is_api { capitalised(name) } else { name };
                    let is_variables = name == "RuleVariables"
                        && ["IPSets", "PortSets", "iPSets", "portSets"]
                            .iter()
                            .any(|known| member.get(known).is_some());
                    let is_data = NAMES_ARE_DATA.contains(&name.as_str()) && !is_variables;
                    (name, renamed(member, !is_data))
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| renamed(item, is_api))
                .collect(),
        ),
        other => other,
    }
}

fn capitalised(name: String) -> String {
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return name;
    }
    let mut changed = String::with_capacity(name.len());
    let mut is_start = true;
    for letter in name.chars() {
        if letter == '_' {
            is_start = true;
        } else if is_start {
            changed.push(letter.to_ascii_uppercase());
            is_start = false;
        } else {
            changed.push(letter);
        }
    }
    changed
}

/// The list that a file is named after: `Vpcs.json`, `describe-vpcs.json`, `route_tables.json`.
pub(super) fn list_of(place: &str) -> Option<&'static str> {
    let name = place.rsplit('/').next()?;
    let stem = name.split('.').next()?;
    let letters: String = stem.chars().filter(char::is_ascii_alphabetic).collect();
    let letters = letters.to_ascii_lowercase();
    let plain = letters.trim_start_matches("describe");
    LISTS
        .iter()
        .find(|list| list.eq_ignore_ascii_case(plain))
        .copied()
}

/// Whether an object is a response with lists, not an item of one.
pub(super) fn is_response(object: &Map<String, Value>) -> bool {
    LISTS.iter().any(|list| object.contains_key(*list))
}

/// Fills what is empty in one description of an object from another one.
///
/// The result is nothing if both say something and not the same.
pub(super) fn filled<T: Serialize + DeserializeOwned>(known: &T, other: &T) -> Option<T> {
    let (known, other) = (
        serde_json::to_value(known).ok()?,
        serde_json::to_value(other).ok()?,
    );
    serde_json::from_value(fill(known, other)?).ok()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
    }
}

fn fill(known: Value, other: Value) -> Option<Value> {
    if known == other || is_empty(&other) {
        return Some(known);
    }
    if is_empty(&known) {
        return Some(other);
    }
    match (known, other) {
        (Value::Object(known), Value::Object(mut other)) => {
            let mut all = Map::new();
            for (name, member) in known {
                let filled = match other.remove(&name) {
                    Some(second) => fill(member, second)?,
                    None => member,
                };
                all.insert(name, filled);
            }
            all.extend(other);
            Some(Value::Object(all))
        }
        (Value::Array(known), Value::Array(other)) => {
            // The same items in another order are the same.
            let is_same =
                known.len() == other.len() && other.iter().all(|item| known.contains(item));
            is_same.then_some(Value::Array(known))
        }
        _ => None,
    }
}
