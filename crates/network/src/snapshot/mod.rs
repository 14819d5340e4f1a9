//! The configuration of networks, as AWS's describe calls return it.
//!
//! Every type has the members of the call's response that decide about packets, under the names of
//! the EC2, Elastic Load Balancing, Direct Connect, Network Firewall and Global Accelerator API
//! references. Other members are passed over; members that are not there are empty.

mod balancing;
mod contradictions;
mod ec2;
mod merge;
mod read;
mod routing;
mod shape;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use balancing::{
    Accelerator, AcceleratorEndpoint, AcceleratorEndpointGroup, AcceleratorIpSet,
    AcceleratorListener, Action, AddressDefinition, ClassicListener, ClassicListenerDescription,
    ClassicLoadBalancer, Condition, Distribution, EndpointServiceConfiguration, Firewall,
    FirewallPolicy, FirewallPolicyResponse, ForwardConfig, IpSet, Listener, ListenerRule,
    LoadBalancer, MatchAttributes, PortOverride, PortPair, RuleGroup, RuleGroupReference,
    SourceIpConfig, StatefulRule, StatefulRuleHeader, StatelessRule, StatelessRulesAndActions,
    Target, TargetGroup, TargetGroupTuple, TargetHealth, TargetHealthDescription, VpcOrigin,
    VpcOriginEndpointConfig, ZoneSubnet,
};
pub use ec2::{
    AclAssociation, AclEntry, Association, CidrAssociation, Code, ElasticIp, GroupRef, GroupRule,
    Instance, IpRange, Ipv6Association, Ipv6Range, NetworkAcl, NetworkInterface, Permission,
    PortRange, PrefixList, PrefixListRef, PrivateIp, SecurityGroup, Subnet, UserIdGroupPair, Vpc,
};
pub use read::{File, read};
pub use routing::{
    BlockPublicAccess, BlockPublicAccessExclusion, DirectConnectAssociation, EgressOnlyGateway,
    GatewayAttachment, InternetGateway, NatAddress, NatGateway, PeerVpc, PeeringConnection, Route,
    RouteTable, RouteTableAssociation, TransitAttachment, TransitGateway, TransitOptions,
    TransitPropagation, TransitRoute, TransitRouteTable, VirtualInterface, VpcEndpoint,
    VpnConnection, VpnGateway, VpnStaticRoute, is_live,
};

/// An identifier as AWS gives it: `eni-…`, an ARN, a name.
pub type Id = String;

/// Objects by identifier.
pub type Table<T> = BTreeMap<Id, T>;

/// Everything that is known of the networks of some accounts and regions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Names of the lists that were given, even if empty: `NetworkAcls`, `Vpcs`, ….
    pub described: BTreeSet<String>,
    pub vpcs: Table<Vpc>,
    pub subnets: Table<Subnet>,
    pub route_tables: Table<RouteTable>,
    pub acls: Table<NetworkAcl>,
    pub groups: Table<SecurityGroup>,
    /// Rules with their identifiers, by group.
    pub group_rules: BTreeMap<Id, Vec<GroupRule>>,
    pub prefix_lists: Table<PrefixList>,
    pub interfaces: Table<NetworkInterface>,
    pub instances: Table<Instance>,
    pub elastic_ips: Vec<ElasticIp>,
    pub internet_gateways: Table<InternetGateway>,
    pub egress_only_gateways: Table<EgressOnlyGateway>,
    pub nat_gateways: Table<NatGateway>,
    pub vpn_gateways: Table<VpnGateway>,
    pub vpn_connections: Table<VpnConnection>,
    pub virtual_interfaces: Table<VirtualInterface>,
    pub direct_connect_associations: Table<DirectConnectAssociation>,
    pub peerings: Table<PeeringConnection>,
    pub transit_gateways: Table<TransitGateway>,
    pub transit_attachments: Table<TransitAttachment>,
    pub transit_route_tables: Table<TransitRouteTable>,
    pub endpoints: Table<VpcEndpoint>,
    pub endpoint_services: Table<EndpointServiceConfiguration>,
    pub load_balancers: Table<LoadBalancer>,
    pub classic_load_balancers: Table<ClassicLoadBalancer>,
    pub listeners: Table<Listener>,
    /// Rules of listeners other than the default, by listener.
    pub listener_rules: BTreeMap<Id, Vec<ListenerRule>>,
    pub target_groups: Table<TargetGroup>,
    /// Registered targets by target group.
    pub targets: BTreeMap<Id, Vec<TargetHealthDescription>>,
    /// Attributes of load balancers and target groups, by ARN or name.
    pub attributes: BTreeMap<Id, BTreeMap<String, String>>,
    pub firewalls: Table<Firewall>,
    pub firewall_policies: Table<FirewallPolicy>,
    pub rule_groups: Table<RuleGroup>,
    pub accelerators: Table<Accelerator>,
    pub accelerator_listeners: Table<AcceleratorListener>,
    pub endpoint_groups: Table<AcceleratorEndpointGroup>,
    pub distributions: Table<Distribution>,
    pub vpc_origins: Table<VpcOrigin>,
    /// By `account/region`; `*` for each where the document does not say.
    pub block_public_access: BTreeMap<String, BlockPublicAccess>,
    pub block_public_access_exclusions: Table<BlockPublicAccessExclusion>,
}

/// Declares types that are read from JSON objects with members in upper camel case.
macro_rules! documents {
    ($($(#[$meta:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub struct $name { $($(#[$attribute])* pub $field: $kind,)* }
    )*};
}
pub(crate) use documents;
