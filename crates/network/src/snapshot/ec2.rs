//! VPCs, subnets, network interfaces, instances, and what filters their packets.

use serde::Deserialize as _;

use super::{Id, documents};
use crate::address::Block;

documents! {
    /// A state as most EC2 calls give it: `State` of a CIDR association, `Code` of a peering.
    Code {
        #[serde(deserialize_with = "text")]
        code: String,
        state: String,
        name: String,
    }

    /// A VPC (`DescribeVpcs`).
    Vpc {
        vpc_id: Id,
        owner_id: Id,
        state: String,
        cidr_block: String,
        cidr_block_association_set: Vec<CidrAssociation>,
        ipv6_cidr_block_association_set: Vec<Ipv6Association>,
    }

    /// An IPv4 block of a VPC.
    CidrAssociation {
        cidr_block: String,
        cidr_block_state: Code,
    }

    /// An IPv6 block of a VPC or subnet.
    Ipv6Association {
        ipv6_cidr_block: String,
        ipv6_cidr_block_state: Code,
    }

    /// A subnet (`DescribeSubnets`).
    Subnet {
        subnet_id: Id,
        vpc_id: Id,
        owner_id: Id,
        availability_zone: String,
        availability_zone_id: String,
        cidr_block: String,
        ipv6_cidr_block_association_set: Vec<Ipv6Association>,
    }

    /// A network access control list (`DescribeNetworkAcls`).
    NetworkAcl {
        network_acl_id: Id,
        vpc_id: Id,
        owner_id: Id,
        is_default: bool,
        associations: Vec<AclAssociation>,
        entries: Vec<AclEntry>,
    }

    /// Which subnet a network ACL filters.
    AclAssociation {
        subnet_id: Id,
    }

    /// A numbered rule of a network ACL.
    AclEntry {
        rule_number: u32,
        #[serde(deserialize_with = "text")]
        protocol: String,
        rule_action: String,
        egress: bool,
        cidr_block: String,
        ipv6_cidr_block: String,
        port_range: Option<PortRange>,
    }

    /// Ports from one to the other, both included.
    PortRange {
        from: i64,
        to: i64,
    }

    /// A security group (`DescribeSecurityGroups`).
    SecurityGroup {
        group_id: Id,
        group_name: String,
        vpc_id: Id,
        owner_id: Id,
        ip_permissions: Vec<Permission>,
        ip_permissions_egress: Vec<Permission>,
    }

    /// What a security group allows: every peer of the lists, on these ports.
    Permission {
        #[serde(deserialize_with = "text")]
        ip_protocol: String,
        from_port: Option<i64>,
        to_port: Option<i64>,
        ip_ranges: Vec<IpRange>,
        ipv6_ranges: Vec<Ipv6Range>,
        prefix_list_ids: Vec<PrefixListRef>,
        user_id_group_pairs: Vec<UserIdGroupPair>,
    }

    /// An IPv4 peer of a rule.
    IpRange {
        cidr_ip: String,
        description: String,
    }

    /// An IPv6 peer of a rule.
    Ipv6Range {
        cidr_ipv6: String,
        description: String,
    }

    /// A prefix list as peer of a rule.
    PrefixListRef {
        prefix_list_id: Id,
        description: String,
    }

    /// A group as peer of a rule.
    UserIdGroupPair {
        group_id: Id,
        user_id: Id,
        vpc_id: Id,
        peering_status: String,
        vpc_peering_connection_id: Id,
        description: String,
    }

    /// One rule with its identifier (`DescribeSecurityGroupRules`).
    GroupRule {
        security_group_rule_id: Id,
        group_id: Id,
        group_owner_id: Id,
        is_egress: bool,
        #[serde(deserialize_with = "text")]
        ip_protocol: String,
        from_port: Option<i64>,
        to_port: Option<i64>,
        cidr_ipv4: String,
        cidr_ipv6: String,
        prefix_list_id: Id,
        referenced_group_info: GroupRef,
        description: String,
    }

    /// A reference to a security group.
    GroupRef {
        group_id: Id,
    }

    /// A prefix list with its entries (`DescribePrefixLists`, `GetManagedPrefixListEntries`).
    PrefixList {
        prefix_list_id: Id,
        prefix_list_name: String,
        cidrs: Option<Vec<String>>,
        entries: Option<Vec<PrefixListEntry>>,
        state: String,
    }

    /// An entry of a managed prefix list.
    PrefixListEntry {
        cidr: String,
    }

    /// A network interface (`DescribeNetworkInterfaces`).
    NetworkInterface {
        network_interface_id: Id,
        vpc_id: Id,
        subnet_id: Id,
        owner_id: Id,
        availability_zone: String,
        description: String,
        interface_type: String,
        requester_id: String,
        status: String,
        attachment: Option<Attachment>,
        association: Option<Association>,
        groups: Vec<GroupRef>,
        private_ip_address: String,
        private_ip_addresses: Vec<PrivateIp>,
        ipv6_addresses: Vec<Ipv6Address>,
        ipv4_prefixes: Vec<Ipv4Prefix>,
        ipv6_prefixes: Vec<Ipv6Prefix>,
        source_dest_check: Option<bool>,
    }

    /// What an interface is attached to.
    Attachment {
        instance_id: Id,
        device_index: u32,
        status: String,
    }

    /// A private IPv4 address of an interface.
    PrivateIp {
        private_ip_address: String,
        primary: bool,
        association: Option<Association>,
    }

    /// The public address of a private one; an elastic one has identifiers.
    Association {
        public_ip: String,
        carrier_ip: String,
        association_id: Id,
        /// Of an elastic address.
        allocation_id: Id,
        /// An account, or a name such as `amazon` for addresses that AWS gives by itself.
        ip_owner_id: Id,
    }

    /// An IPv6 address of an interface.
    Ipv6Address {
        ipv6_address: String,
    }

    /// A block of addresses delegated to an interface.
    Ipv4Prefix {
        ipv4_prefix: String,
    }

    /// A block of addresses delegated to an interface.
    Ipv6Prefix {
        ipv6_prefix: String,
    }

    /// An instance (`DescribeInstances`).
    Instance {
        instance_id: Id,
        vpc_id: Id,
        subnet_id: Id,
        state: Code,
        network_interfaces: Vec<NetworkInterface>,
    }

    /// An elastic address (`DescribeAddresses`).
    ElasticIp {
        allocation_id: Id,
        association_id: Id,
        public_ip: String,
        private_ip_address: String,
        network_interface_id: Id,
    }
}

/// A member that is a number in some documents and text in others.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}

impl Vpc {
    /// The blocks that are associated; that of `CidrBlock` counts where there is no list.
    pub fn blocks(&self) -> Vec<Block> {
        let mut texts: Vec<&str> = self
            .cidr_block_association_set
            .iter()
            .filter(|a| is_associated(&a.cidr_block_state))
            .map(|a| a.cidr_block.as_str())
            .collect();
        if self.cidr_block_association_set.is_empty() {
            texts.push(&self.cidr_block);
        }
        texts.extend(
            self.ipv6_cidr_block_association_set
                .iter()
                .filter(|a| is_associated(&a.ipv6_cidr_block_state))
                .map(|a| a.ipv6_cidr_block.as_str()),
        );
        texts.into_iter().filter_map(Block::parse).collect()
    }
}

fn is_associated(state: &Code) -> bool {
    matches!(state.state.as_str(), "" | "associated")
}

impl Subnet {
    /// Whether both are in one zone: by its identifier, since zones have other names in other accounts.
    pub fn shares_zone(&self, other: &Self) -> bool {
        if self.availability_zone_id.is_empty() || other.availability_zone_id.is_empty() {
            self.availability_zone == other.availability_zone
        } else {
            self.availability_zone_id == other.availability_zone_id
        }
    }

    /// The subnet's blocks of both families.
    pub fn blocks(&self) -> Vec<Block> {
        let six = self
            .ipv6_cidr_block_association_set
            .iter()
            .filter(|a| is_associated(&a.ipv6_cidr_block_state))
            .map(|a| a.ipv6_cidr_block.as_str());
        std::iter::once(self.cidr_block.as_str())
            .chain(six)
            .filter_map(Block::parse)
            .collect()
    }
}

impl PrefixList {
    /// The entries, or nothing if the document did not have them.
    pub fn blocks(&self) -> Option<Vec<Block>> {
        if self.cidrs.is_none() && self.entries.is_none() {
            return None;
        }
        let cidrs = self.cidrs.iter().flatten().map(String::as_str);
        let entries = self.entries.iter().flatten().map(|e| e.cidr.as_str());
        Some(cidrs.chain(entries).filter_map(Block::parse).collect())
    }
}

impl ElasticIp {
    /// Its allocation, or the address itself where the document does not have one.
    pub fn id(&self) -> &str {
        if self.allocation_id.is_empty() {
            &self.public_ip
        } else {
            &self.allocation_id
        }
    }
}

impl NetworkInterface {
    /// The instance it is attached to, if it is.
    pub fn instance(&self) -> Option<&str> {
        let attachment = self.attachment.as_ref()?;
        let is_attached = matches!(attachment.status.as_str(), "" | "attached" | "attaching");
        (is_attached && !attachment.instance_id.is_empty()).then_some(&attachment.instance_id)
    }
}
