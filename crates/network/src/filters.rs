//! Security groups and network ACLs as regions: which (destination port, peer) pairs they pass.

use std::sync::Arc;

use crate::address::{Address, Block, set_of, set_of_texts};
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::region::Region;
use crate::snapshot::{
    AclEntry, NetworkAcl, Permission, PrefixList, SecurityGroup, Snapshot, UserIdGroupPair,
};

/// An IP protocol number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Protocol(pub u8);

impl Protocol {
    pub const ICMP: Self = Self(1);
    pub const TCP: Self = Self(6);
    pub const UDP: Self = Self(17);
    pub const ICMP_V6: Self = Self(58);

    /// Reads a name or a number; `None` for all protocols (`-1`).
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "tcp" => Some(Self::TCP),
            "udp" => Some(Self::UDP),
            "icmp" => Some(Self::ICMP),
            "icmpv6" => Some(Self::ICMP_V6),
            number => number.parse().ok().map(Self),
        }
    }

    /// Whether packets have ports.
    pub fn has_ports(self) -> bool {
        matches!(self, Self::TCP | Self::UDP)
    }

    /// The upper-case name the API uses, or the number.
    pub fn name(self) -> String {
        match self {
            Self::TCP => "TCP".to_owned(),
            Self::UDP => "UDP".to_owned(),
            Self::ICMP => "ICMP".to_owned(),
            Self(number) => number.to_string(),
        }
    }
}

/// Whether a rule is for every protocol (EC2 API reference, `IpPermission.IpProtocol`).
pub fn is_every_protocol(text: &str) -> bool {
    matches!(text, "-1" | "all")
}

/// The destination ports that a permission of this protocol opens, if any.
///
/// `-1` is every protocol and port; ports absent or -1 are all ports. For ICMP the "port" is the
/// type, `FromPort`; the code, `ToPort`, must be any or 0, because the packets asked about have 0.
pub fn ports(permission: &Permission, protocol: Protocol) -> Option<(u16, u16)> {
    if is_every_protocol(&permission.ip_protocol) {
        return Some((0, u16::MAX));
    }
    if Protocol::parse(&permission.ip_protocol)? != protocol {
        return None;
    }
    let (from, to) = (
        permission.from_port.unwrap_or(-1),
        permission.to_port.unwrap_or(-1),
    );
    match protocol {
        Protocol::TCP | Protocol::UDP => {
            if from < 0 || to < 0 {
                return Some((0, u16::MAX));
            }
            let low = u16::try_from(from).ok()?;
            let high = u16::try_from(to.min(65535)).ok()?;
            (low <= high).then_some((low, high))
        }
        Protocol::ICMP | Protocol::ICMP_V6 => {
            if from < 0 {
                return Some((0, u16::MAX));
            }
            let kind = u16::try_from(from).ok()?;
            (to <= 0).then_some((kind, kind))
        }
        _ => Some((0, u16::MAX)),
    }
}

/// What a reference to a group stands for: the addresses of its members that keep their identity.
pub type Members<'m, A> = &'m dyn Fn(&UserIdGroupPair) -> Known<IntervalSet<A>>;

/// No packet keeps the identity of its sender.
pub fn nobody<A: Address>(_: &UserIdGroupPair) -> Known<IntervalSet<A>> {
    Known::nothing()
}

/// The peers of a permission.
pub fn peers<A: Address>(
    snapshot: &Snapshot,
    permission: &Permission,
    members: Members<'_, A>,
) -> Known<IntervalSet<A>> {
    let texts = permission.ip_ranges.iter().map(|r| r.cidr_ip.as_str());
    let six = permission.ipv6_ranges.iter().map(|r| r.cidr_ipv6.as_str());
    let mut set = Known::from(set_of_texts::<A>(texts.chain(six)));
    for list in &permission.prefix_list_ids {
        set = set.or(&prefix_list(snapshot, &list.prefix_list_id));
    }
    for pair in &permission.user_id_group_pairs {
        set = set.or(&members(pair));
    }
    set
}

/// The addresses of a prefix list.
pub fn prefix_list<A: Address>(snapshot: &Snapshot, id: &str) -> Known<IntervalSet<A>> {
    match snapshot.prefix_lists.get(id).and_then(PrefixList::blocks) {
        Some(blocks) => set_of(blocks).into(),
        None => Known::unknown(format!("the entries of prefix list {id} are not described")),
    }
}

/// The pairs that a group lets in, or out.
pub fn group<A: Address>(
    snapshot: &Snapshot,
    group: &SecurityGroup,
    is_egress: bool,
    protocol: Protocol,
    members: Members<'_, A>,
) -> Known<Region<A>> {
    let permissions = if is_egress {
        &group.ip_permissions_egress
    } else {
        &group.ip_permissions
    };
    let mut certain = Vec::new();
    let mut possible = Vec::new();
    let mut reasons = Vec::new();
    for permission in permissions {
        let Some((low, high)) = ports(permission, protocol) else {
            continue;
        };
        let peers = peers(snapshot, permission, members);
        if let Some(doubt) = peers.doubt {
            reasons.extend(doubt.reasons);
            possible.push((low, high, Arc::new(doubt.may)));
        }
        if !peers.must.is_empty() {
            certain.push((low, high, Arc::new(peers.must)));
        }
    }
    let must = Region::union(&certain);
    if possible.is_empty() {
        return must.into();
    }
    certain.extend(possible);
    Known::between(must, Region::union(&certain), reasons)
}

/// The ports of an ACL entry of this protocol, if it is for it.
fn entry_ports(entry: &AclEntry, protocol: Protocol) -> Option<(u16, u16)> {
    if is_every_protocol(&entry.protocol) {
        return Some((0, u16::MAX));
    }
    if Protocol::parse(&entry.protocol)? != protocol {
        return None;
    }
    match &entry.port_range {
        Some(range) if protocol.has_ports() => {
            let low = u16::try_from(range.from.max(0)).ok()?;
            let high = u16::try_from(range.to.min(65535)).ok()?;
            Some((low, high))
        }
        _ => Some((0, u16::MAX)),
    }
}

/// The pairs of (destination port, peer) that an ACL lets in, or out.
///
/// The first entry by number that matches decides, and nothing matches the last, implicit deny
/// (VPC user guide, "Network ACL rules").
pub fn acl<A: Address>(acl: &NetworkAcl, is_egress: bool, protocol: Protocol) -> Region<A> {
    let mut entries: Vec<&AclEntry> = acl
        .entries
        .iter()
        .filter(|e| e.egress == is_egress)
        .collect();
    entries.sort_by_key(|entry| entry.rule_number);
    let mut left = Region::<A>::all();
    let mut allowed = Vec::new();
    for entry in entries {
        let blocks = [&entry.cidr_block, &entry.ipv6_cidr_block];
        let blocks = blocks.into_iter().filter_map(|text| Block::parse(text));
        let peers = set_of::<A>(blocks);
        let Some((low, high)) = entry_ports(entry, protocol) else {
            continue;
        };
        let all = Region::product(&IntervalSet::range(low, high), &Arc::new(peers));
        if entry.rule_action == "allow" {
            allowed.push(left.and(&all));
        }
        left = left.minus(&all);
    }
    Region::union_of(&allowed)
}
