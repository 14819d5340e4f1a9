//! Route tables, and the gateways, peerings and endpoints that routes lead to.

use super::{Id, documents, ec2::Code};
use crate::address::Block;

documents! {
    /// A route table (`DescribeRouteTables`).
    RouteTable {
        route_table_id: Id,
        vpc_id: Id,
        owner_id: Id,
        associations: Vec<RouteTableAssociation>,
        routes: Vec<Route>,
    }

    /// Whose packets a route table routes.
    RouteTableAssociation {
        main: bool,
        subnet_id: Id,
        gateway_id: Id,
        association_state: Code,
    }

    /// A route; exactly one destination and one target are given.
    Route {
        destination_cidr_block: String,
        destination_ipv6_cidr_block: String,
        destination_prefix_list_id: Id,
        gateway_id: Id,
        vpc_endpoint_id: Id,
        nat_gateway_id: Id,
        egress_only_internet_gateway_id: Id,
        instance_id: Id,
        network_interface_id: Id,
        transit_gateway_id: Id,
        vpc_peering_connection_id: Id,
        local_gateway_id: Id,
        carrier_gateway_id: Id,
        core_network_arn: Id,
        state: String,
        origin: String,
    }

    /// An internet gateway (`DescribeInternetGateways`).
    InternetGateway {
        internet_gateway_id: Id,
        attachments: Vec<GatewayAttachment>,
    }

    /// An egress-only internet gateway (`DescribeEgressOnlyInternetGateways`).
    EgressOnlyGateway {
        egress_only_internet_gateway_id: Id,
        attachments: Vec<GatewayAttachment>,
    }

    /// Which VPC a gateway is attached to.
    GatewayAttachment {
        state: String,
        vpc_id: Id,
    }

    /// A NAT gateway (`DescribeNatGateways`).
    NatGateway {
        nat_gateway_id: Id,
        state: String,
        subnet_id: Id,
        vpc_id: Id,
        connectivity_type: String,
        nat_gateway_addresses: Vec<NatAddress>,
    }

    /// An address of a NAT gateway.
    NatAddress {
        private_ip: String,
        public_ip: String,
        network_interface_id: Id,
    }

    /// A virtual private gateway (`DescribeVpnGateways`).
    VpnGateway {
        vpn_gateway_id: Id,
        state: String,
        vpc_attachments: Vec<GatewayAttachment>,
    }

    /// A VPN connection (`DescribeVpnConnections`).
    VpnConnection {
        vpn_connection_id: Id,
        state: String,
        vpn_gateway_id: Id,
        transit_gateway_id: Id,
        options: VpnOptions,
        routes: Vec<VpnStaticRoute>,
        vgw_telemetry: Vec<TunnelTelemetry>,
    }

    /// What is known of a tunnel of a connection.
    TunnelTelemetry {
        status: String,
    }

    /// Options of a VPN connection.
    VpnOptions {
        static_routes_only: bool,
    }

    /// A static route of a VPN connection.
    VpnStaticRoute {
        destination_cidr_block: String,
        state: String,
    }

    /// A virtual interface of Direct Connect (`DescribeVirtualInterfaces`).
    VirtualInterface {
        virtual_interface_id: Id,
        virtual_interface_type: String,
        virtual_interface_state: String,
        virtual_gateway_id: Id,
        direct_connect_gateway_id: Id,
    }

    /// A gateway of a Direct Connect gateway (`DescribeDirectConnectGatewayAssociations`).
    DirectConnectAssociation {
        association_id: Id,
        direct_connect_gateway_id: Id,
        association_state: String,
        virtual_gateway_id: Id,
        associated_gateway: AssociatedGateway,
        allowed_prefixes_to_direct_connect_gateway: Vec<AllowedPrefix>,
    }

    /// The gateway of an association.
    AssociatedGateway {
        id: Id,
    }

    /// A prefix that is announced to Direct Connect.
    AllowedPrefix {
        cidr: String,
    }

    /// A VPC peering connection (`DescribeVpcPeeringConnections`).
    PeeringConnection {
        vpc_peering_connection_id: Id,
        status: Code,
        accepter_vpc_info: PeerVpc,
        requester_vpc_info: PeerVpc,
    }

    /// A side of a peering connection.
    PeerVpc {
        vpc_id: Id,
        owner_id: Id,
        region: String,
        cidr_block: String,
        cidr_block_set: Vec<PeerCidr>,
        ipv6_cidr_block_set: Vec<PeerIpv6Cidr>,
    }

    /// An IPv4 block of a peer.
    PeerCidr {
        cidr_block: String,
    }

    /// An IPv6 block of a peer.
    PeerIpv6Cidr {
        ipv6_cidr_block: String,
    }

    /// A transit gateway (`DescribeTransitGateways`).
    TransitGateway {
        transit_gateway_id: Id,
        state: String,
        options: TransitOptions,
    }

    /// Options of a transit gateway or of an attachment.
    TransitOptions {
        security_group_referencing_support: String,
        appliance_mode_support: String,
    }

    /// An attachment (`DescribeTransitGatewayAttachments` and the calls for each kind).
    TransitAttachment {
        transit_gateway_attachment_id: Id,
        transit_gateway_id: Id,
        resource_type: String,
        resource_id: Id,
        resource_owner_id: Id,
        vpc_id: Id,
        state: String,
        association: TransitAssociation,
        subnet_ids: Option<Vec<Id>>,
        options: TransitOptions,
        /// The same by transit gateway: the two sides of a peering list it each with their own table.
        associations: std::collections::BTreeMap<Id, TransitAssociation>,
        requester_tgw_info: PeerTransitGateway,
        accepter_tgw_info: PeerTransitGateway,
    }

    /// The table that routes what comes in by an attachment.
    TransitAssociation {
        transit_gateway_route_table_id: Id,
        state: String,
    }

    /// A side of a peering of transit gateways.
    PeerTransitGateway {
        transit_gateway_id: Id,
        owner_id: Id,
        region: String,
    }

    /// A route table of a transit gateway, with its static routes and propagations if known.
    TransitRouteTable {
        transit_gateway_route_table_id: Id,
        transit_gateway_id: Id,
        state: String,
        routes: Option<Vec<TransitRoute>>,
        transit_gateway_route_table_propagations: Option<Vec<TransitPropagation>>,
    }

    /// A route of a transit gateway (`SearchTransitGatewayRoutes`).
    TransitRoute {
        destination_cidr_block: String,
        prefix_list_id: Id,
        state: String,
        #[serde(rename = "Type")]
        kind: String,
        transit_gateway_attachments: Vec<TransitPropagation>,
    }

    /// An attachment in a route or propagation.
    TransitPropagation {
        transit_gateway_attachment_id: Id,
        resource_id: Id,
        resource_type: String,
        state: String,
    }

    /// An endpoint in a VPC (`DescribeVpcEndpoints`).
    VpcEndpoint {
        vpc_endpoint_id: Id,
        vpc_endpoint_type: String,
        vpc_id: Id,
        service_name: String,
        state: String,
        subnet_ids: Vec<Id>,
        network_interface_ids: Vec<Id>,
    }

    /// VPC Block Public Access of a region (`DescribeVpcBlockPublicAccessOptions`).
    BlockPublicAccess {
        aws_account_id: Id,
        aws_region: String,
        state: String,
        internet_gateway_block_mode: String,
        exclusions_allowed: String,
    }

    /// A VPC or subnet that Block Public Access leaves alone.
    BlockPublicAccessExclusion {
        exclusion_id: Id,
        internet_gateway_exclusion_mode: String,
        resource_arn: String,
        state: String,
    }
}

impl VpnConnection {
    /// Whether it is there and some tunnel is, or may be, up.
    pub fn is_up(&self) -> bool {
        let mut tunnels = self.vgw_telemetry.iter();
        is_live(&self.state)
            && (self.vgw_telemetry.is_empty() || tunnels.any(|t| t.status != "DOWN"))
    }
}

impl TransitAttachment {
    /// The table that routes what comes in by the attachment to this gateway.
    ///
    /// Of a peering that only the other side describes it is not known.
    pub fn table_at(&self, gateway: &str) -> Option<&TransitAssociation> {
        let own = self.associations.get(gateway);
        let is_side = self.transit_gateway_id == gateway || self.associations.is_empty();
        own.or_else(|| is_side.then_some(&self.association))
    }

    /// The gateways that a peering is between, as far as they are known.
    pub(crate) fn gateways(&self) -> impl Iterator<Item = &str> {
        let resource = (self.resource_type == "peering").then_some(&self.resource_id);
        [
            &self.transit_gateway_id,
            &self.requester_tgw_info.transit_gateway_id,
            &self.accepter_tgw_info.transit_gateway_id,
        ]
        .into_iter()
        .chain(self.associations.keys())
        .chain(resource)
        .map(String::as_str)
    }

    /// The gateway on the other side of a peering.
    pub fn beyond(&self, gateway: &str) -> Option<&str> {
        self.gateways()
            .find(|id| id.starts_with("tgw-") && *id != gateway)
    }

    /// Whether it is attached to this gateway, on either side.
    pub fn is_at(&self, gateway: &str) -> bool {
        self.gateways().any(|id| id == gateway)
    }
}

impl PeerVpc {
    /// The blocks that the peering document gives.
    pub fn blocks(&self) -> Vec<Block> {
        let four = self.cidr_block_set.iter().map(|c| c.cidr_block.as_str());
        let six = self
            .ipv6_cidr_block_set
            .iter()
            .map(|c| c.ipv6_cidr_block.as_str());
        std::iter::once(self.cidr_block.as_str())
            .chain(four)
            .chain(six)
            .filter_map(Block::parse)
            .collect()
    }
}

/// Whether an object in this state carries packets; no state given counts as yes.
pub fn is_live(state: &str) -> bool {
    matches!(
        state,
        "" | "available" | "attached" | "active" | "associated" | "enabled" | "modifying"
    )
}
