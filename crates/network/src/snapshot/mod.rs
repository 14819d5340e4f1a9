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
mod table;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::index::{self, Field};

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
pub use table::{Given, Object, Table};
pub(crate) use table::{Place, Touched};

/// An identifier as AWS gives it: `eni-…`, an ARN, a name.
pub type Id = String;

/// Declares the tables of a snapshot, and for each what a change of it is.
macro_rules! tables {
    ($($(#[$meta:meta])* $table:ident: $object:ty = $kind:ident, $fields:path;)*) => {
        /// Everything that is known of the networks of some accounts and regions.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Snapshot {
            /// Names of the lists that were given, even if empty: `NetworkAcls`, `Vpcs`, ….
            pub described: Given,
            $($(#[$meta])* pub $table: Table<$object>,)*
        }

        /// A table of a snapshot.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($kind,)* }

        impl Kind {
            /// All tables.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];
        }

        $(impl Object for $object {
            const KIND: Kind = Kind::$kind;
            fn fields(&self, id: &str, tell: &mut dyn FnMut(Field, &str)) {
                $fields(self, id, tell);
            }
        })*

        /// A change of the configuration: an object as it is now, or that it is gone.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Change {
            /// Other lists are given.
            Given(Given),
            $(#[doc = concat!("An object of `", stringify!($table), "`, by its identifier.")]
            $kind(Id, Option<Box<$object>>),)*
        }

        impl Change {
            /// The table in which something changes, unless it is which there are.
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    Self::Given(_) => None,
                    $(Self::$kind(..) => Some(Kind::$kind),)*
                }
            }

            /// The identifier of the object, unless it is which lists there are.
            pub fn id(&self) -> Option<&Id> {
                match self {
                    Self::Given(_) => None,
                    $(Self::$kind(id, _) => Some(id),)*
                }
            }
        }

        impl Snapshot {
            /// The changes that lead to another configuration.
            pub fn changes(&self, new: Self) -> Vec<Change> {
                let mut changes = Vec::new();
                if self.described != new.described {
                    changes.push(Change::Given(new.described));
                }
                $(for (id, object) in self.$table.differing(new.$table) {
                    changes.push(Change::$kind(id, object.map(Box::new)));
                })*
                changes
            }

            /// Makes a change.
            pub fn change(&mut self, change: Change) {
                self.put(change, &mut Touched::new());
            }

            /// The same, and tells what looks different now.
            pub(crate) fn put(&mut self, change: Change, touched: &mut Touched) {
                match change {
                    Change::Given(lists) => self.described.put(lists, touched),
                    $(Change::$kind(id, object) => {
                        self.$table.put(&id, object.map(|object| *object), touched);
                    })*
                }
            }
        }
    };
}

tables! {
    vpcs: Vpc = Vpcs, index::none;
    subnets: Subnet = Subnets, index::none;
    route_tables: RouteTable = RouteTables, index::of_table;
    acls: NetworkAcl = Acls, index::of_acl;
    groups: SecurityGroup = Groups, index::of_group;
    /// Rules with their identifiers, by group; they name rules, and no packet sees them.
    group_rules: Vec<GroupRule> = GroupRules, index::none;
    prefix_lists: PrefixList = PrefixLists, index::of_list;
    interfaces: NetworkInterface = Interfaces, index::of_interface;
    instances: Instance = Instances, index::none;
    /// By allocation, or by the address itself.
    elastic_ips: ElasticIp = ElasticIps, index::of_elastic;
    internet_gateways: InternetGateway = InternetGateways, index::of_internet_gateway;
    egress_only_gateways: EgressOnlyGateway = EgressOnlyGateways, index::none;
    nat_gateways: NatGateway = NatGateways, index::none;
    vpn_gateways: VpnGateway = VpnGateways, index::of_vpn_gateway;
    vpn_connections: VpnConnection = VpnConnections, index::of_connection;
    virtual_interfaces: VirtualInterface = VirtualInterfaces, index::of_virtual;
    direct_connect_associations: DirectConnectAssociation = DirectConnectAssociations,
        index::of_association;
    peerings: PeeringConnection = Peerings, index::of_peering;
    transit_gateways: TransitGateway = TransitGateways, index::none;
    transit_attachments: TransitAttachment = TransitAttachments, index::of_attachment;
    transit_route_tables: TransitRouteTable = TransitRouteTables, index::none;
    endpoints: VpcEndpoint = Endpoints, index::none;
    endpoint_services: EndpointServiceConfiguration = EndpointServices, index::none;
    load_balancers: LoadBalancer = LoadBalancers, index::of_balancer;
    classic_load_balancers: ClassicLoadBalancer = ClassicLoadBalancers, index::of_classic;
    listeners: Listener = Listeners, index::of_listener;
    /// Rules of listeners other than the default, by listener.
    listener_rules: Vec<ListenerRule> = ListenerRules, index::none;
    target_groups: TargetGroup = TargetGroups, index::of_target_group;
    /// Registered targets by target group.
    targets: Vec<TargetHealthDescription> = Targets, index::none;
    /// Attributes of load balancers and target groups, by ARN or name.
    attributes: BTreeMap<String, String> = Attributes, index::none;
    firewalls: Firewall = Firewalls, index::of_firewall;
    firewall_policies: FirewallPolicy = FirewallPolicies, index::none;
    rule_groups: RuleGroup = RuleGroups, index::none;
    accelerators: Accelerator = Accelerators, index::none;
    accelerator_listeners: AcceleratorListener = AcceleratorListeners, index::none;
    endpoint_groups: AcceleratorEndpointGroup = EndpointGroups, index::of_endpoint_group;
    distributions: Distribution = Distributions, index::none;
    vpc_origins: VpcOrigin = VpcOrigins, index::none;
    /// By `account/region`; `*` for each where the document does not say.
    block_public_access: BlockPublicAccess = BlockPublicAccessOptions, index::none;
    block_public_access_exclusions: BlockPublicAccessExclusion = Exclusions, index::of_exclusion;
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
