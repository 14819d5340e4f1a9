//! Changes of a configuration that somebody thinks about: rules, entries, routes, whole objects.

use std::fmt;

use crate::address::Block;
use crate::snapshot::{Permission, Snapshot, UserIdGroupPair};

/// One rule of a security group: one peer, one protocol, one range of ports.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule {
    pub group: String,
    pub is_egress: bool,
    /// As the group has it: `tcp`, `-1`, a number.
    pub protocol: String,
    /// First and last port, where the rule has ports.
    pub ports: Option<(i64, i64)>,
    /// A block, a prefix list or a group.
    pub peer: String,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.is_egress { "egress" } else { "ingress" };
        write!(f, "{},{direction},{},", self.group, self.protocol)?;
        match self.ports {
            None => write!(f, "all")?,
            Some((from, to)) if from == to => write!(f, "{from}")?,
            Some((from, to)) => write!(f, "{from}-{to}")?,
        }
        write!(f, ",{}", self.peer)
    }
}

impl Rule {
    /// Reads `group,ingress|egress,protocol,ports,peer`, as rules are shown.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let (group, direction) = (parts.next()?, parts.next()?);
        let (protocol, ports, peer) = (parts.next()?, parts.next()?, parts.next()?);
        let ports = match ports.split_once('-') {
            None if ports == "all" => None,
            None => Some((ports.parse().ok()?, ports.parse().ok()?)),
            Some((from, to)) => Some((from.parse().ok()?, to.parse().ok()?)),
        };
        let is_peer =
            Block::parse(peer).is_some() || peer.starts_with("pl-") || peer.starts_with("sg-");
        (is_peer && parts.next().is_none()).then(|| Self {
            group: group.to_owned(),
            is_egress: direction == "egress",
            protocol: protocol.to_owned(),
            ports,
            peer: peer.to_owned(),
        })
    }

    fn fits(&self, permission: &Permission) -> bool {
        let own = permission.from_port.zip(permission.to_port);
        let is_all = permission.ip_protocol == "-1" || own == Some((-1, -1));
        permission.ip_protocol == self.protocol
            && (own == self.ports || is_all && self.ports.is_none())
    }

    /// The identifier that EC2 gave the rule, if the rules are described.
    pub fn id<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s str> {
        let rules = snapshot.group_rules.get(&self.group)?;
        let found = rules
            .iter()
            .find(|rule| rule_of(rule).is_some_and(|r| r.is_same(self)))?;
        Some(&found.security_group_rule_id)
    }

    fn is_same(&self, other: &Self) -> bool {
        let block = |rule: &Self| Block::parse(&rule.peer);
        let is_peer =
            self.peer == other.peer || block(self).is_some() && block(self) == block(other);
        let plain = |ports: Option<(i64, i64)>| ports.filter(|(from, _)| *from >= 0);
        is_peer
            && self.is_egress == other.is_egress
            && self.protocol == other.protocol
            && (plain(self.ports) == plain(other.ports) || self.protocol == "-1")
    }
}

fn rule_of(rule: &crate::snapshot::GroupRule) -> Option<Rule> {
    let peers = [
        &rule.cidr_ipv4,
        &rule.cidr_ipv6,
        &rule.prefix_list_id,
        &rule.referenced_group_info.group_id,
    ];
    let peer = peers.into_iter().find(|peer| !peer.is_empty())?;
    let ports = rule.from_port.zip(rule.to_port);
    Some(Rule {
        group: rule.group_id.clone(),
        is_egress: rule.is_egress,
        protocol: rule.ip_protocol.clone(),
        ports: ports.filter(|(from, _)| *from >= 0 && rule.ip_protocol != "-1"),
        peer: peer.clone(),
    })
}

/// Every rule of a group.
pub fn rules(snapshot: &Snapshot, group: &str) -> Vec<Rule> {
    let Some(described) = snapshot.groups.get(group) else {
        return Vec::new();
    };
    let inward = described.ip_permissions.iter().map(|p| (false, p));
    let outward = described.ip_permissions_egress.iter().map(|p| (true, p));
    let mut rules = Vec::new();
    for (is_egress, permission) in inward.chain(outward) {
        let ports = permission.from_port.zip(permission.to_port);
        let ports = ports.filter(|(from, _)| *from >= 0 && permission.ip_protocol != "-1");
        let peers = permission.ip_ranges.iter().map(|r| &r.cidr_ip);
        let peers = peers.chain(permission.ipv6_ranges.iter().map(|r| &r.cidr_ipv6));
        let peers = peers.chain(permission.prefix_list_ids.iter().map(|r| &r.prefix_list_id));
        let peers = peers.chain(permission.user_id_group_pairs.iter().map(|r| &r.group_id));
        rules.extend(peers.map(|peer| Rule {
            group: group.to_owned(),
            is_egress,
            protocol: permission.ip_protocol.clone(),
            ports,
            peer: peer.clone(),
        }));
    }
    rules
}

/// Takes a rule out of its group; `false` if the group does not have it.
pub fn remove_rule(snapshot: &mut Snapshot, rule: &Rule) -> bool {
    let Some(group) = snapshot.groups.get_mut(&rule.group) else {
        return false;
    };
    let permissions = if rule.is_egress {
        &mut group.ip_permissions_egress
    } else {
        &mut group.ip_permissions
    };
    let mut is_found = false;
    for permission in permissions.iter_mut().filter(|p| rule.fits(p)) {
        let before = peers(permission);
        permission.ip_ranges.retain(|r| r.cidr_ip != rule.peer);
        permission.ipv6_ranges.retain(|r| r.cidr_ipv6 != rule.peer);
        permission
            .prefix_list_ids
            .retain(|r| r.prefix_list_id != rule.peer);
        permission
            .user_id_group_pairs
            .retain(|r| r.group_id != rule.peer);
        is_found |= peers(permission) < before;
    }
    is_found
}

fn peers(permission: &Permission) -> usize {
    permission.ip_ranges.len()
        + permission.ipv6_ranges.len()
        + permission.prefix_list_ids.len()
        + permission.user_id_group_pairs.len()
}

/// Puts a rule into its group; `false` if there is no such group.
pub fn add_rule(snapshot: &mut Snapshot, rule: &Rule) -> bool {
    let Some(group) = snapshot.groups.get_mut(&rule.group) else {
        return false;
    };
    let mut permission = Permission {
        ip_protocol: rule.protocol.clone(),
        from_port: rule.ports.map(|ports| ports.0),
        to_port: rule.ports.map(|ports| ports.1),
        ..Permission::default()
    };
    let peer = rule.peer.clone();
    match Block::parse(&peer) {
        Some(Block::V4 { .. }) => permission.ip_ranges.push(crate::snapshot::IpRange {
            cidr_ip: peer,
            ..Default::default()
        }),
        Some(Block::V6 { .. }) => permission.ipv6_ranges.push(crate::snapshot::Ipv6Range {
            cidr_ipv6: peer,
            ..Default::default()
        }),
        None if peer.starts_with("pl-") => {
            permission
                .prefix_list_ids
                .push(crate::snapshot::PrefixListRef {
                    prefix_list_id: peer,
                    ..Default::default()
                });
        }
        None => permission.user_id_group_pairs.push(UserIdGroupPair {
            group_id: peer,
            ..Default::default()
        }),
    }
    if rule.is_egress {
        group.ip_permissions_egress.push(permission);
    } else {
        group.ip_permissions.push(permission);
    }
    true
}

/// Takes something out of the configuration.
///
/// `what` is the identifier of a rule (`sgr-…`), a rule as it is shown, an ACL's entry
/// (`acl-…,ingress,100`), a route (`rtb-…,0.0.0.0/0`), or an object's identifier.
pub fn remove(snapshot: &mut Snapshot, what: &str) -> bool {
    if what.starts_with("sgr-") {
        let mut all = snapshot.group_rules.values().flatten();
        let found = all
            .find(|r| r.security_group_rule_id == what)
            .and_then(rule_of);
        return found.is_some_and(|rule| remove_rule(snapshot, &rule));
    }
    if let Some(rule) = Rule::parse(what) {
        return remove_rule(snapshot, &rule);
    }
    let parts: Vec<&str> = what.split(',').collect();
    match parts.as_slice() {
        [acl, direction, number] => {
            let (Some(acl), Ok(number)) = (snapshot.acls.get_mut(*acl), number.parse::<u32>())
            else {
                return false;
            };
            let before = acl.entries.len();
            let is_egress = *direction == "egress";
            acl.entries
                .retain(|e| e.rule_number != number || e.egress != is_egress);
            acl.entries.len() < before
        }
        [table, destination] => {
            let Some(table) = snapshot.route_tables.get_mut(*table) else {
                return false;
            };
            let before = table.routes.len();
            table.routes.retain(|r| {
                r.destination_cidr_block != *destination
                    && r.destination_ipv6_cidr_block != *destination
                    && r.destination_prefix_list_id != *destination
            });
            table.routes.len() < before
        }
        [id] => remove_object(snapshot, id),
        _ => false,
    }
}

fn remove_object(snapshot: &mut Snapshot, id: &str) -> bool {
    if let Some(gateway) = snapshot.internet_gateways.get_mut(id) {
        gateway.attachments.clear();
        return true;
    }
    if let Some(gateway) = snapshot.vpn_gateways.get_mut(id) {
        gateway.vpc_attachments.clear();
        return true;
    }
    if let Some(peering) = snapshot.peerings.get_mut(id) {
        "deleted".clone_into(&mut peering.status.code);
        return true;
    }
    if let Some(attachment) = snapshot.transit_attachments.get_mut(id) {
        "deleted".clone_into(&mut attachment.state);
        return true;
    }
    if let Some(group) = snapshot.groups.get_mut(id) {
        group.ip_permissions.clear();
        group.ip_permissions_egress.clear();
        return true;
    }
    snapshot.interfaces.remove(id).is_some()
        || snapshot.load_balancers.remove(id).is_some()
        || snapshot.listeners.remove(id).is_some()
        || snapshot.classic_load_balancers.remove(id).is_some()
}
