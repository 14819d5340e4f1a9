//! The commands of the AWS command line interface that make a change.
//!
//! Members and options are those of the AWS CLI command reference (`ec2`, `elb`, `elbv2`). Values
//! stand in single quotes where a shell would read them otherwise.

use super::edit::{Edit, destination, peer};
use crate::address::Block;
use crate::edit::Rule;
use crate::snapshot::{AclEntry, Snapshot};

/// The commands of some changes, in order; what allows comes before what takes away.
pub(super) fn commands(snapshot: &Snapshot, edits: &[Edit]) -> Vec<String> {
    let mut all = Vec::new();
    for edit in edits {
        match edit {
            Edit::Remove(rule) => all.push(revoke(snapshot, rule)),
            Edit::Narrow { rule, to } => all.extend(narrow(snapshot, rule, to)),
            Edit::Deny { acl, entry } => all.push(create_entry(acl, entry)),
            Edit::Unroute { table, route } => {
                let (option, to) = destination(route);
                all.push(format!(
                    "aws ec2 delete-route --route-table-id {} --{option} {}",
                    word(table),
                    word(to)
                ));
            }
            Edit::Unpropagate { table, gateway } => all.push(format!(
                "aws ec2 disable-vgw-route-propagation --route-table-id {} --gateway-id {}",
                word(table),
                word(gateway)
            )),
            Edit::Unpublish {
                interface,
                association,
                ..
            } => all.push(match association {
                Some(id) => format!("aws ec2 disassociate-address --association-id {}", word(id)),
                None => format!(
                    "aws ec2 modify-network-interface-attribute --network-interface-id {} --no-associate-public-ip-address",
                    word(interface)
                ),
            }),
            Edit::Unlisten(id) => {
                all.push(format!("aws elbv2 delete-listener --listener-arn {}", word(id)));
            }
            Edit::UnlistenClassic { balancer, port } => all.push(format!(
                "aws elb delete-load-balancer-listeners --load-balancer-name {} --load-balancer-ports {port}",
                word(balancer)
            )),
            Edit::BlockPublicAccess => all.push(
                "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress"
                    .to_owned(),
            ),
        }
    }
    all
}

/// A value as one word of a shell.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Rules and entries for what leaves, or for what comes in.
pub(crate) fn direction(is_egress: bool) -> &'static str {
    if is_egress { "egress" } else { "ingress" }
}

fn revoke(snapshot: &Snapshot, rule: &Rule) -> String {
    let (direction, group) = (direction(rule.is_egress), word(&rule.group));
    let which = match rule.id(snapshot) {
        Some(id) => format!("--security-group-rule-ids {}", word(id)),
        None => format!("--ip-permissions {}", word(&permission(rule))),
    };
    format!("aws ec2 revoke-security-group-{direction} --group-id {group} {which}")
}

pub(crate) fn authorize(rule: &Rule) -> String {
    let (direction, group) = (direction(rule.is_egress), word(&rule.group));
    let permission = word(&permission(rule));
    format!(
        "aws ec2 authorize-security-group-{direction} --group-id {group} --ip-permissions {permission}"
    )
}

/// One rule is changed in place and others are put beside it; a rule keeps its kind of peer, and
/// one whose identifier is not known is replaced.
fn narrow(snapshot: &Snapshot, rule: &Rule, to: &[Rule]) -> Vec<String> {
    let id = rule.id(snapshot);
    let kept = to.iter().position(|new| member(new).0 == member(rule).0);
    let (Some(id), Some(kept)) = (id, kept) else {
        let mut all: Vec<String> = to.iter().map(authorize).collect();
        all.push(revoke(snapshot, rule));
        return all;
    };
    let mut all = Vec::new();
    for (place, new) in to.iter().enumerate() {
        if place != kept {
            all.push(authorize(new));
            continue;
        }
        let (name, value) = member(new);
        let peer = match name {
            "UserIdGroupPairs" => format!("ReferencedGroupId={value}"),
            "PrefixListIds" => format!("PrefixListId={value}"),
            "Ipv6Ranges" => format!("CidrIpv6={value}"),
            _ => format!("CidrIpv4={value}"),
        };
        let ports = ports(new);
        let told = snapshot.group_rules.get(&new.group).into_iter().flatten();
        let mut told = told.filter(|r| r.security_group_rule_id == *id);
        // What a rule is for would be lost with the change; commas and quotes would end the text.
        let description = told.next().map(|r| r.description.as_str());
        let description = description
            .filter(|text| {
                !text.is_empty()
                    && text
                        .chars()
                        .all(|c| c.is_alphanumeric() || " ._-:/".contains(c))
            })
            .map_or_else(String::new, |text| format!(",Description={text}"));
        let change = format!(
            "SecurityGroupRuleId={id},SecurityGroupRule={{IpProtocol={}{ports},{peer}{description}}}",
            new.protocol
        );
        all.push(format!(
            "aws ec2 modify-security-group-rules --group-id {} --security-group-rules {}",
            word(&new.group),
            word(&change)
        ));
    }
    all
}

/// The list of a permission in which a rule's peer is.
fn member(rule: &Rule) -> (&'static str, &str) {
    let name = match Block::parse(&rule.peer) {
        Some(Block::V4 { .. }) => "IpRanges",
        Some(Block::V6 { .. }) => "Ipv6Ranges",
        None if rule.peer.starts_with("pl-") => "PrefixListIds",
        None => "UserIdGroupPairs",
    };
    (name, &rule.peer)
}

fn ports(rule: &Rule) -> String {
    match rule.ports {
        Some((from, to)) => format!(",FromPort={from},ToPort={to}"),
        None if rule.protocol == "-1" => String::new(),
        None => ",FromPort=-1,ToPort=-1".to_owned(),
    }
}

/// A rule in the short form of `--ip-permissions`.
fn permission(rule: &Rule) -> String {
    let (list, value) = member(rule);
    let name = match list {
        "IpRanges" => "CidrIp",
        "Ipv6Ranges" => "CidrIpv6",
        "PrefixListIds" => "PrefixListId",
        _ => "GroupId",
    };
    let ports = ports(rule);
    format!(
        "IpProtocol={}{ports},{list}=[{{{name}={value}}}]",
        rule.protocol
    )
}

/// Gives an ACL an entry.
pub(crate) fn create_entry(acl: &str, entry: &AclEntry) -> String {
    let option = if entry.cidr_block.is_empty() {
        "ipv6-cidr-block"
    } else {
        "cidr-block"
    };
    let ports = entry.port_range.as_ref().map_or_else(String::new, |range| {
        format!(" --port-range From={},To={}", range.from, range.to)
    });
    format!(
        "aws ec2 create-network-acl-entry --network-acl-id {} --{} --rule-number {} --protocol {}{ports} --{option} {} --rule-action {}",
        word(acl),
        direction(entry.egress),
        entry.rule_number,
        word(&entry.protocol),
        word(peer(entry)),
        word(&entry.rule_action)
    )
}
