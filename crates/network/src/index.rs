//! Who belongs to whom: look-ups that the documents only give the other way round.

use core::net::IpAddr;

use crate::address::Block;
use crate::snapshot::{
    AcceleratorEndpointGroup, Association, BlockPublicAccessExclusion, ClassicLoadBalancer,
    DirectConnectAssociation, ElasticIp, Firewall, Id, InternetGateway, Listener, LoadBalancer,
    NetworkAcl, NetworkInterface, PeeringConnection, PrefixList, RouteTable, SecurityGroup,
    Snapshot, TargetGroup, TransitAttachment, VirtualInterface, VpnConnection, VpnGateway, is_live,
};

/// A value by which objects are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Route tables by a subnet that they route for.
    RoutedSubnet,
    /// Route tables by the VPC of which they are the main one.
    MainOf,
    /// Route tables by an internet or virtual private gateway that they route for.
    RoutedGateway,
    /// Route tables by their VPC.
    TableVpc,
    /// Network ACLs by a subnet that they filter.
    FilteredSubnet,
    /// Network ACLs by the VPC of which they are the default one.
    DefaultOf,
    /// Security groups by VPC and name ([`pair`]).
    GroupName,
    /// Prefix lists by name.
    ListName,
    /// Interfaces by security group.
    Group,
    /// Interfaces by subnet.
    Subnet,
    /// Interfaces by VPC.
    Vpc,
    /// Interfaces by instance.
    Instance,
    /// Interfaces of load balancers by their description.
    Description,
    /// Interfaces by VPC and private address, of both families ([`pair`]).
    Address,
    /// Elastic addresses by interface and private address ([`pair`]).
    Behind,
    /// Elastic addresses by the public address.
    PublicAddress,
    /// Elastic addresses by allocation.
    Allocation,
    /// Internet gateways by VPC.
    InternetVpc,
    /// Virtual private gateways by VPC.
    PrivateVpc,
    /// Peering connections by a VPC of one side.
    Side,
    /// Attachments to transit gateways by VPC.
    AttachedVpc,
    /// Attachments to transit gateways by gateway, of both sides.
    Gateway,
    /// VPN connections by virtual private gateway.
    ConnectedTo,
    /// Virtual interfaces by virtual private gateway.
    InterfaceTo,
    /// Associations with Direct Connect gateways by the other gateway.
    AssociatedWith,
    /// Exclusions of Block Public Access by VPC or subnet.
    Excluded,
    /// Network firewalls by endpoint.
    Endpoint,
    /// Listeners by load balancer.
    ListenerOf,
    /// Listeners by account and region, as the ARNs of their load balancers begin.
    ListenerPlace,
    /// Target groups by load balancer.
    TargetGroupOf,
    /// Load balancers by the description of their interfaces.
    NodesOf,
    /// Classic load balancers by the description of their interfaces.
    ClassicNodesOf,
    /// Endpoint groups by accelerator.
    EndpointGroupOf,
}

/// Parts of an ARN; that of an endpoint group has five.
const MOST_OWNERS: usize = 8;

type Tell<'t> = &'t mut dyn FnMut(Field, &str);

/// Two values as one that is looked up.
pub(crate) fn pair(one: &str, other: &str) -> String {
    format!("{one} {other}")
}

/// What has no look-ups but by its identifier.
pub(crate) fn none<T>(_: &T, _: &str, _: Tell<'_>) {}

pub(crate) fn of_table(table: &RouteTable, _: &str, tell: Tell<'_>) {
    tell(Field::TableVpc, &table.vpc_id);
    for association in &table.associations {
        if !is_live(&association.association_state.state) {
            continue;
        }
        if association.main {
            tell(Field::MainOf, &table.vpc_id);
        }
        if !association.subnet_id.is_empty() {
            tell(Field::RoutedSubnet, &association.subnet_id);
        }
        if !association.gateway_id.is_empty() {
            tell(Field::RoutedGateway, &association.gateway_id);
        }
    }
}

pub(crate) fn of_acl(acl: &NetworkAcl, _: &str, tell: Tell<'_>) {
    for association in &acl.associations {
        tell(Field::FilteredSubnet, &association.subnet_id);
    }
    if acl.is_default {
        tell(Field::DefaultOf, &acl.vpc_id);
    }
}

pub(crate) fn of_group(group: &SecurityGroup, _: &str, tell: Tell<'_>) {
    tell(Field::GroupName, &pair(&group.vpc_id, &group.group_name));
}

pub(crate) fn of_list(list: &PrefixList, _: &str, tell: Tell<'_>) {
    tell(Field::ListName, &list.prefix_list_name);
}

pub(crate) fn of_interface(interface: &NetworkInterface, _: &str, tell: Tell<'_>) {
    for group in &interface.groups {
        tell(Field::Group, &group.group_id);
    }
    tell(Field::Subnet, &interface.subnet_id);
    tell(Field::Vpc, &interface.vpc_id);
    if let Some(instance) = interface.instance() {
        tell(Field::Instance, instance);
    }
    if interface.description.starts_with("ELB ") {
        tell(Field::Description, &interface.description);
    }
    for address in private_addresses(interface) {
        let address = address.to_string();
        tell(Field::Address, &pair(&interface.vpc_id, &address));
    }
}

pub(crate) fn of_elastic(elastic: &ElasticIp, _: &str, tell: Tell<'_>) {
    let interface = &elastic.network_interface_id;
    if !interface.is_empty() {
        tell(Field::Behind, &pair(interface, &elastic.private_ip_address));
    }
    tell(Field::PublicAddress, &elastic.public_ip);
    if !elastic.allocation_id.is_empty() {
        tell(Field::Allocation, &elastic.allocation_id);
    }
}

pub(crate) fn of_internet_gateway(gateway: &InternetGateway, _: &str, tell: Tell<'_>) {
    for attachment in &gateway.attachments {
        tell(Field::InternetVpc, &attachment.vpc_id);
    }
}

pub(crate) fn of_vpn_gateway(gateway: &VpnGateway, _: &str, tell: Tell<'_>) {
    for attachment in &gateway.vpc_attachments {
        tell(Field::PrivateVpc, &attachment.vpc_id);
    }
}

pub(crate) fn of_connection(connection: &VpnConnection, _: &str, tell: Tell<'_>) {
    tell(Field::ConnectedTo, &connection.vpn_gateway_id);
}

pub(crate) fn of_virtual(interface: &VirtualInterface, _: &str, tell: Tell<'_>) {
    tell(Field::InterfaceTo, &interface.virtual_gateway_id);
}

pub(crate) fn of_association(association: &DirectConnectAssociation, _: &str, tell: Tell<'_>) {
    tell(Field::AssociatedWith, &association.associated_gateway.id);
    tell(Field::AssociatedWith, &association.virtual_gateway_id);
}

pub(crate) fn of_peering(peering: &PeeringConnection, _: &str, tell: Tell<'_>) {
    tell(Field::Side, &peering.accepter_vpc_info.vpc_id);
    tell(Field::Side, &peering.requester_vpc_info.vpc_id);
}

pub(crate) fn of_attachment(attachment: &TransitAttachment, _: &str, tell: Tell<'_>) {
    tell(Field::AttachedVpc, &attachment.vpc_id);
    for gateway in attachment.gateways() {
        tell(Field::Gateway, gateway);
    }
}

pub(crate) fn of_exclusion(exclusion: &BlockPublicAccessExclusion, _: &str, tell: Tell<'_>) {
    if let Some(id) = exclusion.resource_arn.rsplit('/').next() {
        tell(Field::Excluded, id);
    }
}

pub(crate) fn of_firewall(firewall: &Firewall, _: &str, tell: Tell<'_>) {
    for endpoint in firewall.endpoints.values() {
        tell(Field::Endpoint, endpoint);
    }
}

pub(crate) fn of_listener(listener: &Listener, _: &str, tell: Tell<'_>) {
    tell(Field::ListenerOf, &listener.load_balancer_arn);
    tell(Field::ListenerPlace, place_of(&listener.load_balancer_arn));
}

/// How the ARNs of the load balancers of an account and region begin.
pub(crate) fn place_of(arn: &str) -> &str {
    arn.split(":loadbalancer/").next().unwrap_or_default()
}

pub(crate) fn of_target_group(group: &TargetGroup, _: &str, tell: Tell<'_>) {
    for arn in &group.load_balancer_arns {
        tell(Field::TargetGroupOf, arn);
    }
}

pub(crate) fn of_balancer(_: &LoadBalancer, arn: &str, tell: Tell<'_>) {
    if let Some((_, name)) = arn.split_once(":loadbalancer/") {
        tell(Field::NodesOf, &format!("ELB {name}"));
    }
}

pub(crate) fn of_classic(_: &ClassicLoadBalancer, name: &str, tell: Tell<'_>) {
    tell(Field::ClassicNodesOf, &format!("ELB {name}"));
}

pub(crate) fn of_endpoint_group(group: &AcceleratorEndpointGroup, _: &str, tell: Tell<'_>) {
    for owner in owners(&group.endpoint_group_arn) {
        tell(Field::EndpointGroupOf, owner);
    }
}

/// The ARNs of what an endpoint group or listener of an accelerator belongs to, the shortest first:
/// an ARN goes on with `/` where it names a part.
pub(crate) fn owners(arn: &str) -> impl Iterator<Item = &str> {
    let ends = arn.match_indices('/').take(MOST_OWNERS);
    ends.filter_map(|(end, _)| arn.get(..end))
}

impl Snapshot {
    /// The route table of a subnet: its own, or the VPC's main one.
    pub(crate) fn table_of(&self, subnet: &str, vpc: &str) -> Option<&Id> {
        let own = self.route_tables.ids(Field::RoutedSubnet, subnet).last();
        own.or_else(|| self.route_tables.ids(Field::MainOf, vpc).last())
    }

    /// The route table of an internet or virtual private gateway.
    pub(crate) fn table_of_gateway(&self, gateway: &str) -> Option<&Id> {
        self.route_tables.ids(Field::RoutedGateway, gateway).last()
    }

    /// The network ACL of a subnet: its own, or the VPC's default one.
    pub(crate) fn acl_of(&self, subnet: &str) -> Option<&Id> {
        let own = self.acls.ids(Field::FilteredSubnet, subnet).last();
        own.or_else(|| {
            let default = |vpc: &Id| self.acls.ids(Field::DefaultOf, vpc).last();
            let described = self.subnets.get(subnet).map(|s| &s.vpc_id);
            described.and_then(default).or_else(|| {
                let inside = self.interfaces.having(Field::Subnet, subnet).next();
                inside.map(|i| &i.vpc_id).and_then(default)
            })
        })
    }

    /// The interface that has a private address in a VPC.
    pub(crate) fn holder(&self, vpc: &str, address: IpAddr) -> Option<&Id> {
        let key = pair(vpc, &address.to_string());
        self.interfaces.ids(Field::Address, &key).last()
    }

    /// The first private IPv4 address of an interface.
    pub(crate) fn first_address(&self, interface: &NetworkInterface) -> Option<u32> {
        let (address, _) = *self.four(interface).first()?;
        Some(address)
    }

    /// Private IPv4 addresses of an interface with the public address of each, where it has one.
    pub(crate) fn four(&self, interface: &NetworkInterface) -> Vec<(u32, Option<u32>)> {
        let mut pairs = Vec::new();
        let number = |text: &str| {
            text.parse::<core::net::Ipv4Addr>()
                .ok()
                .map(core::net::Ipv4Addr::to_bits)
        };
        let public = |text: &str, association: Option<&Association>| {
            let own = association.map(|a| a.public_ip.as_str());
            let elastic = || {
                let key = pair(&interface.network_interface_id, text);
                self.elastic_ips
                    .having(Field::Behind, &key)
                    .last()
                    .map(|e| e.public_ip.as_str())
            };
            own.filter(|ip| !ip.is_empty())
                .or_else(elastic)
                .and_then(number)
        };
        for private in &interface.private_ip_addresses {
            if let Some(address) = number(&private.private_ip_address) {
                let association = private.association.as_ref();
                pairs.push((address, public(&private.private_ip_address, association)));
            }
        }
        if let Some(address) = number(&interface.private_ip_address)
            && pairs.iter().all(|(known, _)| *known != address)
        {
            let association = interface.association.as_ref();
            pairs.insert(
                0,
                (address, public(&interface.private_ip_address, association)),
            );
        }
        for prefix in &interface.ipv4_prefixes {
            if let Some(Block::V4 { first, last }) = Block::parse(&prefix.ipv4_prefix) {
                pairs.extend((first..=last).take(16).map(|address| (address, None)));
            }
        }
        pairs
    }
}

/// IPv6 addresses of an interface; of delegated prefixes, the first.
pub(crate) fn six(interface: &NetworkInterface) -> Vec<u128> {
    let own = interface.ipv6_addresses.iter().map(|a| &a.ipv6_address);
    let delegated = interface.ipv6_prefixes.iter().map(|p| &p.ipv6_prefix);
    own.chain(delegated)
        .filter_map(|text| match Block::parse(text)? {
            Block::V6 { first, .. } => Some(first),
            Block::V4 { .. } => None,
        })
        .collect()
}

fn private_addresses(interface: &NetworkInterface) -> Vec<IpAddr> {
    let listed = interface.private_ip_addresses.iter();
    let texts = listed.map(|p| p.private_ip_address.as_str());
    let six = interface
        .ipv6_addresses
        .iter()
        .map(|a| a.ipv6_address.as_str());
    std::iter::once(interface.private_ip_address.as_str())
        .chain(texts)
        .chain(six)
        .filter_map(|text| text.parse().ok())
        .collect()
}
