//! Groups and ACLs as tests of a flow, with the rules that let its packets pass.

use std::sync::Arc;

use crate::address::Address;
use crate::edges::Peers;
use crate::edit::Rule;
use crate::filters::{self, Protocol};
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::path::flow::{Flow, Test};
use crate::path::walk::{Stopped, Walk};
use crate::region::Region;
use crate::snapshot::{
    AclEntry, Id, NetworkAcl, NetworkInterface, Permission, SecurityGroup, UserIdGroupPair,
};

/// Rules that are named.
const NAMED: usize = 8;

pub(crate) const ACL: &str = "AWS::EC2::NetworkAcl";
pub(crate) const GROUP: &str = "AWS::EC2::SecurityGroup";
pub(crate) const INTERFACE: &str = "AWS::EC2::NetworkInterface";

/// Which packets an ACL tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crossing {
    /// Requests that leave the subnet.
    RequestOut,
    /// Requests that enter it.
    RequestIn,
    /// Answers that leave it.
    ReplyOut,
    /// Answers that enter it.
    ReplyIn,
}

impl Walk<'_> {
    /// Tests packets that cross the boundary of a subnet.
    pub(super) fn acl<A: Address>(
        &self,
        flow: &mut Flow<A>,
        subnet: &str,
        crossing: Crossing,
    ) -> Result<(), Stopped> {
        let is_egress = matches!(crossing, Crossing::RequestOut | Crossing::ReplyOut);
        let is_reply = matches!(crossing, Crossing::ReplyIn | Crossing::ReplyOut);
        let id = self.snapshot.acl_of(subnet).cloned();
        let acl = id.as_ref().and_then(|id| self.snapshot.acls.get(id));
        let mut test = Test::new(
            id.as_deref().unwrap_or(subnet),
            ACL,
            "SUBNET_ACL_RESTRICTION",
        );
        test.is_egress = Some(is_egress);
        let region = match acl {
            Some(acl) => filters::acl::<A>(acl, is_egress, self.protocol).into(),
            None => Known::unknown(format!("the network ACL of {subnet} is not described")),
        };
        // Ingress entries test the sender, egress entries the receiver.
        let tests_sender = !is_egress;
        if let Some(acl) = acl {
            let far_tested = (tests_sender == flow.far_sends) != is_reply;
            let of = if is_reply {
                flow.replies.last()
            } else {
                Some(&flow.open)
            };
            if let Some(of) = of {
                let tested = tested(flow, of.may(), far_tested);
                test.rules = entries(acl, is_egress, self.protocol, &tested);
            }
        }
        let done = if is_reply {
            flow.answer(test, &region, tests_sender)
        } else {
            flow.ask(test, &region, tests_sender)
        };
        done.map_err(|blocker| Stopped::new(flow, blocker))
    }

    /// Tests requests by the groups of an interface: those of the sender or of the receiver.
    pub(super) fn groups<A: Address>(
        &self,
        flow: &mut Flow<A>,
        interface: &NetworkInterface,
        is_egress: bool,
        members: filters::Members<'_, A>,
    ) -> Result<(), Stopped> {
        let id = &interface.network_interface_id;
        if interface.groups.is_empty() && interface.interface_type == "network_load_balancer" {
            return Ok(());
        }
        let mut all: Known<Region<A>> = Known::nothing();
        let mut named: Option<Id> = None;
        let mut rules = Vec::new();
        let tested = tested(flow, flow.open.may(), is_egress != flow.far_sends);
        for group in interface.groups.iter().map(|g| &g.group_id) {
            let Some(described) = self.snapshot.groups.get(group) else {
                let reason = format!("security group {group} is not described");
                all = all.or(&Known::unknown(reason));
                continue;
            };
            all = all.or(&filters::group(
                self.snapshot,
                described,
                is_egress,
                self.protocol,
                members,
            ));
            let own = self.rules(described, is_egress, members, &tested);
            if !own.is_empty() {
                named.get_or_insert_with(|| group.clone());
            }
            rules.extend(own);
        }
        rules.truncate(NAMED);
        let empty = interface.groups.iter().all(|g| {
            let group = self.snapshot.groups.get(&g.group_id);
            let all = |g: &SecurityGroup| {
                if is_egress {
                    g.ip_permissions_egress.is_empty()
                } else {
                    g.ip_permissions.is_empty()
                }
            };
            group.is_some_and(all)
        });
        let code = if empty {
            "SG_HAS_NO_RULES"
        } else {
            "ENI_SG_RULES_MISMATCH"
        };
        let first = interface.groups.first().map(|g| &g.group_id);
        let component = named.as_ref().or(first).unwrap_or(id);
        let mut test = Test::new(component, GROUP, code);
        test.is_egress = Some(is_egress);
        test.rules = rules;
        let done = flow.ask(test, &all, !is_egress);
        done.map_err(|blocker| Stopped::new(flow, blocker))
    }

    /// The rules of a group that let some of these packets pass, as they are shown.
    fn rules<A: Address>(
        &self,
        group: &SecurityGroup,
        is_egress: bool,
        members: filters::Members<'_, A>,
        tested: &Region<A>,
    ) -> Vec<String> {
        let permissions = if is_egress {
            &group.ip_permissions_egress
        } else {
            &group.ip_permissions
        };
        let mut named = Vec::new();
        for (permission, peer) in permissions.iter().flat_map(single) {
            let ports = permission.from_port.zip(permission.to_port);
            let rule = Rule {
                group: group.group_id.clone(),
                is_egress,
                protocol: permission.ip_protocol.clone(),
                ports: ports.filter(|(from, _)| *from >= 0 && permission.ip_protocol != "-1"),
                peer,
            };
            let alone = SecurityGroup {
                ip_permissions: vec![permission],
                ..SecurityGroup::default()
            };
            let passes = filters::group::<A>(self.snapshot, &alone, false, self.protocol, members);
            if !passes.may().and(tested).is_empty() {
                let id = rule.id(self.snapshot).map(|id| format!("{id} "));
                named.push(format!("{}{rule}", id.unwrap_or_default()));
            }
        }
        named
    }

    /// What references to groups mean for packets that keep their sender's identity.
    pub(super) fn members<A: Address>(
        &self,
        flow: &Flow<A>,
        peers: &Peers,
    ) -> impl Fn(&UserIdGroupPair) -> Known<IntervalSet<A>> + use<'_, A> {
        let near = (!flow.far_sends).then_some(flow.near);
        let origin = flow.origin.clone();
        let peers = peers.clone();
        move |pair| {
            if let (Some(near), Some(origin)) = (near, &origin) {
                let holds = self
                    .snapshot
                    .interfaces
                    .get(origin)
                    .is_some_and(|interface| {
                        peers.vpcs.contains(&interface.vpc_id)
                            && interface.groups.iter().any(|g| g.group_id == pair.group_id)
                    });
                return if holds {
                    peers.doubted(IntervalSet::range(near, near).into())
                } else {
                    Known::nothing()
                };
            }
            if near.is_some() || peers.vpcs.is_empty() {
                return Known::nothing();
            }
            peers.doubted(self.addresses_of_members(&pair.group_id, &peers.vpcs))
        }
    }

    /// The private addresses of a group's members in some VPCs.
    pub(super) fn addresses_of_members<A: Address>(
        &self,
        group: &str,
        vpcs: &[Id],
    ) -> Known<IntervalSet<A>> {
        let members = self.snapshot.interfaces.ids(Field::Group, group);
        if !self.snapshot.groups.contains_key(group) && members.is_empty() {
            let reason = format!("the referenced security group {group} is not described");
            return Known::unknown(reason);
        }
        let interfaces = members
            .iter()
            .filter_map(|id| self.snapshot.interfaces.get(id));
        let inside = interfaces.filter(|interface| vpcs.contains(&interface.vpc_id));
        let addresses = inside.flat_map(|interface| self.addresses::<A>(interface));
        IntervalSet::collect(addresses.map(|(own, _)| (own, own)).collect()).into()
    }
}

/// The (port, address) pairs of a flow that a filter tests.
fn tested<A: Address>(flow: &Flow<A>, pairs: &Region<A>, is_far: bool) -> Region<A> {
    if is_far {
        pairs.clone()
    } else {
        let near = Arc::new(IntervalSet::range(flow.near, flow.near));
        Region::product(&pairs.ports(), &near)
    }
}

/// A permission for each of its peers.
fn single(permission: &Permission) -> Vec<(Permission, String)> {
    let bare = Permission {
        ip_protocol: permission.ip_protocol.clone(),
        from_port: permission.from_port,
        to_port: permission.to_port,
        ..Permission::default()
    };
    let mut all = Vec::new();
    for range in &permission.ip_ranges {
        let one = Permission {
            ip_ranges: vec![range.clone()],
            ..bare.clone()
        };
        all.push((one, range.cidr_ip.clone()));
    }
    for range in &permission.ipv6_ranges {
        let one = Permission {
            ipv6_ranges: vec![range.clone()],
            ..bare.clone()
        };
        all.push((one, range.cidr_ipv6.clone()));
    }
    for list in &permission.prefix_list_ids {
        let one = Permission {
            prefix_list_ids: vec![list.clone()],
            ..bare.clone()
        };
        all.push((one, list.prefix_list_id.clone()));
    }
    for pair in &permission.user_id_group_pairs {
        let one = Permission {
            user_id_group_pairs: vec![pair.clone()],
            ..bare.clone()
        };
        all.push((one, pair.group_id.clone()));
    }
    all
}

/// The entries that decide about some of these packets, until all are decided.
fn entries<A: Address>(
    acl: &NetworkAcl,
    is_egress: bool,
    protocol: Protocol,
    tested: &Region<A>,
) -> Vec<String> {
    let mut own: Vec<&AclEntry> = acl
        .entries
        .iter()
        .filter(|e| e.egress == is_egress)
        .collect();
    own.sort_by_key(|entry| entry.rule_number);
    let direction = if is_egress { "egress" } else { "ingress" };
    let mut left = tested.clone();
    let mut named = Vec::new();
    for entry in own {
        let alone = NetworkAcl {
            entries: vec![AclEntry {
                rule_action: "allow".to_owned(),
                ..entry.clone()
            }],
            ..NetworkAcl::default()
        };
        let matched = filters::acl::<A>(&alone, is_egress, protocol);
        if left.and(&matched).is_empty() {
            continue;
        }
        left = left.minus(&matched);
        named.push(format!(
            "{direction},{} {}",
            entry.rule_number, entry.rule_action
        ));
        if left.is_empty() || named.len() >= NAMED {
            return named;
        }
    }
    named.push(format!("{direction},* deny"));
    named
}
