//! Changes of a configuration that end findings, and what they do to it.

use std::fmt;

use crate::edit::{Rule, add_rule, remove_rule};
use crate::snapshot::{AclEntry, Association, BlockPublicAccess, Id, Route, Snapshot};

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A rule goes.
    Remove(Rule),
    /// Narrower rules take the place of a rule.
    Narrow { rule: Rule, to: Vec<Rule> },
    /// An ACL gets an entry that denies, before those that allow.
    Deny { acl: Id, entry: AclEntry },
    /// A route goes.
    Unroute { table: Id, route: Box<Route> },
    /// A route table takes no routes from a virtual private gateway any more.
    Unpropagate { table: Id, gateway: Id },
    /// An address of an interface loses its public one.
    Unpublish {
        interface: Id,
        private: String,
        public: String,
        association: Option<Id>,
    },
    /// A listener of an application or network load balancer goes.
    Unlisten(Id),
    /// A listener of a classic load balancer goes.
    UnlistenClassic { balancer: Id, port: u16 },
    /// VPC Block Public Access lets nobody in from the internet, in the whole region.
    BlockPublicAccess,
}

impl Eq for Edit {}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remove(rule) => write!(f, "remove {rule}"),
            Self::Narrow { rule, to } => {
                let to: Vec<String> = to.iter().map(ToString::to_string).collect();
                write!(f, "narrow {rule} to {}", to.join(" and "))
            }
            Self::Deny { acl, entry } => {
                let (what, number) = (packets(entry), entry.rule_number);
                write!(f, "deny {what} in {acl} by entry {number}")
            }
            Self::Unroute { table, route } => {
                let to = destination(route).1;
                write!(f, "remove the route to {to} from {table}")
            }
            Self::Unpropagate { table, gateway } => {
                write!(
                    f,
                    "stop the propagation of routes from {gateway} to {table}"
                )
            }
            Self::Unpublish {
                interface, public, ..
            } => write!(f, "take the public address {public} from {interface}"),
            Self::Unlisten(id) => write!(f, "remove the listener {id}"),
            Self::UnlistenClassic { balancer, port } => {
                write!(f, "remove the listener {port} of {balancer}")
            }
            Self::BlockPublicAccess => {
                f.write_str("block what comes in from the internet to every VPC of the region")
            }
        }
    }
}

/// The block of an ACL's entry.
pub(crate) fn peer(entry: &AclEntry) -> &str {
    if entry.cidr_block.is_empty() {
        &entry.ipv6_cidr_block
    } else {
        &entry.cidr_block
    }
}

/// Protocol, ports and peer of an ACL's entry.
pub(crate) fn packets(entry: &AclEntry) -> String {
    let protocol = match entry.protocol.as_str() {
        "-1" => "everything",
        "6" => "tcp",
        "17" => "udp",
        other => other,
    };
    let ports = match &entry.port_range {
        Some(range) if range.from == range.to => format!(" {}", range.from),
        Some(range) => format!(" {}-{}", range.from, range.to),
        None => String::new(),
    };
    let direction = if entry.egress { "to" } else { "from" };
    format!("{protocol}{ports} {direction} {}", peer(entry))
}

/// The option of a command for a route's destination, and its value.
pub(crate) fn destination(route: &Route) -> (&'static str, &str) {
    if !route.destination_cidr_block.is_empty() {
        ("destination-cidr-block", &route.destination_cidr_block)
    } else if !route.destination_ipv6_cidr_block.is_empty() {
        (
            "destination-ipv6-cidr-block",
            &route.destination_ipv6_cidr_block,
        )
    } else {
        (
            "destination-prefix-list-id",
            &route.destination_prefix_list_id,
        )
    }
}

impl Edit {
    /// Makes the change; nothing happens where what is changed is not there.
    pub fn apply(&self, snapshot: &mut Snapshot) {
        match self {
            Self::Remove(rule) => {
                remove_rule(snapshot, rule);
            }
            Self::Narrow { rule, to } => {
                if remove_rule(snapshot, rule) {
                    for narrower in to {
                        add_rule(snapshot, narrower);
                    }
                }
            }
            Self::Deny { acl, entry } => {
                if let Some(acl) = snapshot.acls.get_mut(acl) {
                    acl.entries.push(entry.clone());
                }
            }
            Self::Unroute { table, route } => {
                if let Some(table) = snapshot.route_tables.get_mut(table) {
                    table.routes.retain(|other| *other != **route);
                }
            }
            Self::Unpropagate { table, gateway } => {
                if let Some(table) = snapshot.route_tables.get_mut(table) {
                    table
                        .routes
                        .retain(|route| !is_propagated(route) || route.gateway_id != *gateway);
                }
            }
            Self::Unpublish {
                interface, private, ..
            } => unpublish(snapshot, interface, private),
            Self::Unlisten(id) => {
                snapshot.listeners.remove(id);
            }
            Self::UnlistenClassic { balancer, port } => {
                if let Some(balancer) = snapshot.classic_load_balancers.get_mut(balancer) {
                    balancer
                        .listener_descriptions
                        .retain(|d| d.listener.load_balancer_port != *port);
                }
            }
            Self::BlockPublicAccess => {
                let blocked = BlockPublicAccess {
                    internet_gateway_block_mode: "block-ingress".to_owned(),
                    ..BlockPublicAccess::default()
                };
                snapshot.block_public_access.clear();
                snapshot.block_public_access.insert("*".to_owned(), blocked);
            }
        }
    }
}

/// Whether a route comes from a virtual private gateway by itself.
pub(super) fn is_propagated(route: &Route) -> bool {
    route.origin == "EnableVgwRoutePropagation"
}

fn unpublish(snapshot: &mut Snapshot, interface: &str, private: &str) {
    let clear = |association: &mut Option<Association>| *association = None;
    if let Some(interface) = snapshot.interfaces.get_mut(interface) {
        if interface.private_ip_address == private {
            clear(&mut interface.association);
        }
        for own in &mut interface.private_ip_addresses {
            if own.private_ip_address == private {
                clear(&mut own.association);
            }
        }
    }
    snapshot
        .elastic_ips
        .retain(|_, e| e.network_interface_id != interface || e.private_ip_address != private);
}
