//! Estates made so that an edit of one kind can be felt, and objects to put into them.

use lynkeus_network::snapshot::{NetworkInterface, Snapshot};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::balanced::ARN;

/// An object as it is described.
pub(super) fn of<T: DeserializeOwned>(document: Value) -> T {
    serde_json::from_value(document).expect("an object")
}

/// Puts an object into a table of a snapshot.
macro_rules! put {
    ($snapshot:ident.$table:ident, $id:expr, $($document:tt)+) => {
        $snapshot.$table.insert($id.to_string(), of(json!($($document)+)))
    };
}

pub(super) use put;

/// Gives the server one group alone, with one rule.
pub(super) fn only(s: &mut Snapshot, mut rule: Value) {
    rule["IpProtocol"] = json!("-1");
    put!(s.groups, "sg-only", {"GroupId": "sg-only", "VpcId": "vpc-1", "IpPermissions": [rule],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]});
    s.described.insert("SecurityGroups".to_owned());
    for interface in s.interfaces.values_mut() {
        if interface.network_interface_id == "eni-0" {
            interface.groups = of(json!([{"GroupId": "sg-only"}]));
        }
    }
}

/// The server's group lets in everybody.
pub(super) fn lax(s: &mut Snapshot) {
    only(s, json!({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}));
}

/// An instance like the server, at another address.
pub(super) fn another(s: &mut Snapshot, id: &str, address: &str) -> NetworkInterface {
    let known = s
        .interfaces
        .values()
        .find(|i| i.network_interface_id == "eni-0");
    let mut new = known.cloned().unwrap_or_default();
    let public = format!("54.0.7.{}", address.rsplit('.').next().unwrap_or_default());
    new.network_interface_id = id.to_owned();
    new.private_ip_address = address.to_owned();
    new.private_ip_addresses = of(json!([{"PrivateIpAddress": address, "Primary": true,
        "Association": {"PublicIp": public}}]));
    new.ipv6_addresses.clear();
    if let Some(attachment) = &mut new.attachment {
        attachment.instance_id = format!("i-{address}");
    }
    new
}

/// Leaves an estate's VPCs without tables, so that every gateway may be the way.
pub(super) fn without_tables(s: &mut Snapshot) {
    lax(s);
    s.route_tables.clear();
    s.peerings.clear();
    s.vpn_gateways.clear();
    s.transit_attachments.clear();
    for list in [
        "VpcPeeringConnections",
        "VpnGateways",
        "TransitGatewayAttachments",
    ] {
        s.described.insert(list.to_owned());
    }
}

/// A table with the route within its VPC and another one.
pub(super) fn table(s: &mut Snapshot, id: &str, vpc: u8, associations: &Value, mut route: Value) {
    route["State"] = json!("active");
    let own = json!({"DestinationCidrBlock": format!("10.{vpc}.0.0/16"), "GatewayId": "local",
        "State": "active"});
    put!(s.route_tables, id, {"RouteTableId": id, "VpcId": format!("vpc-{vpc}"),
        "Associations": associations, "Routes": [own, route]});
}

/// What comes in by a gateway passes an appliance, from which no route leads back to the gateway.
pub(super) fn through_appliance(s: &mut Snapshot) {
    without_acls(s);
    s.route_tables.clear();
    s.internet_gateways.clear();
    s.described.remove("InternetGateways");
    let to = |block: &str| json!({"DestinationCidrBlock": block, "NetworkInterfaceId": "eni-app"});
    table(s, "rtb-10", 1, &json!([{"Main": true}]), to("0.0.0.0/0"));
    let gateway = json!([{"GatewayId": "igw-new"}]);
    table(s, "rtb-gate", 1, &gateway, to("10.1.1.0/24"));
    let mut appliance = another(s, "eni-app", "10.1.2.200");
    appliance.subnet_id = "subnet-12".to_owned();
    appliance.source_dest_check = Some(false);
    s.interfaces.insert("eni-app".to_owned(), appliance);
}

/// Two VPCs of which each leads to the other, and a server that lets in the members of a group.
pub(super) fn peered(s: &mut Snapshot) {
    s.route_tables.clear();
    for (id, vpc, far) in [("rtb-10", 1, 2), ("rtb-20", 2, 1)] {
        let route = json!({"DestinationCidrBlock": format!("10.{far}.0.0/16"),
            "VpcPeeringConnectionId": "pcx-1"});
        table(s, id, vpc, &json!([{"Main": true}]), route);
    }
    put!(s.peerings, "pcx-1", {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"},
        "AccepterVpcInfo": {"VpcId": "vpc-1", "Region": "us-east-2"},
        "RequesterVpcInfo": {"VpcId": "vpc-2", "Region": "us-east-2"}});
    put!(s.groups, "sg-far", {"GroupId": "sg-far", "VpcId": "vpc-2"});
    only(s, json!({"UserIdGroupPairs": [{"GroupId": "sg-far"}]}));
    put!(s.interfaces, "eni-far", {"NetworkInterfaceId": "eni-far", "VpcId": "vpc-2",
        "SubnetId": "subnet-21", "Groups": [], "PrivateIpAddress": "10.2.1.4"});
}

/// The same through the transit gateways that an estate has.
pub(super) fn referring(s: &mut Snapshot) {
    let (tables, peerings) = (s.route_tables.clone(), s.peerings.clone());
    peered(s);
    (s.route_tables, s.peerings) = (tables, peerings);
    join(s);
    for gateway in s.transit_gateways.values_mut() {
        gateway.options.security_group_referencing_support = "enable".to_owned();
    }
    for attachment in s.transit_attachments.values_mut() {
        attachment.options.security_group_referencing_support = "enable".to_owned();
    }
}

/// The interface in the other VPC gets the group that the server lets in.
pub(super) fn join(s: &mut Snapshot) {
    for interface in s.interfaces.values_mut() {
        if interface.network_interface_id == "eni-far" {
            interface.groups = of(json!([{"GroupId": "sg-far"}]));
        }
    }
}

/// Subnets have no ACL but the default one of their VPC; that of the first VPC lets everything pass,
/// that of the second nothing.
pub(super) fn without_acls(s: &mut Snapshot) {
    lax(s);
    s.acls.clear();
    s.described.insert("NetworkAcls".to_owned());
    for (id, vpc, action) in [("acl-1", "vpc-1", "allow"), ("acl-2", "vpc-2", "deny")] {
        let entries = [false, true].map(|egress| {
            json!({"RuleNumber": 1, "Egress": egress, "Protocol": "-1", "RuleAction": action,
                "CidrBlock": "0.0.0.0/0"})
        });
        put!(s.acls, id, {"NetworkAclId": id, "VpcId": vpc, "IsDefault": true, "Entries": entries});
    }
}

/// No interface has a public address.
pub(super) fn without_elastic(s: &mut Snapshot) {
    lax(s);
    s.elastic_ips.clear();
    for interface in s.interfaces.values_mut() {
        interface.association = None;
        for private in &mut interface.private_ip_addresses {
            private.association = None;
        }
    }
}

/// An elastic address of the server.
pub(super) fn elastic(s: &mut Snapshot, allocation: &str, public: &str) {
    put!(s.elastic_ips, allocation, {"AllocationId": allocation, "PublicIp": public,
        "PrivateIpAddress": "10.1.1.4", "NetworkInterfaceId": "eni-0"});
}

/// An accelerator with one endpoint.
pub(super) fn accelerated(s: &mut Snapshot, endpoint: &str) {
    lax(s);
    let group = "ga/listener/1/endpoint-group/1";
    put!(s.accelerators, "ga", {"AcceleratorArn": "ga", "Enabled": true});
    put!(s.accelerator_listeners, "ga/listener/1", {"ListenerArn": "ga/listener/1",
        "Protocol": "TCP", "PortRanges": [{"FromPort": 1, "ToPort": 65535}]});
    s.endpoint_groups.clear();
    put!(s.endpoint_groups, group, {"EndpointGroupArn": group,
        "EndpointDescriptions": [{"EndpointId": endpoint}]});
}

/// An accelerator before an elastic address that is not described.
pub(super) fn unlisted(s: &mut Snapshot) {
    accelerated(s, "eipalloc-0");
    s.elastic_ips.clear();
}

/// A VPC origin that leads to the server, whose group has one rule.
pub(super) fn origin(s: &mut Snapshot, rule: Value) {
    only(s, rule);
    put!(s.vpc_origins, "vo", {"Id": "vo", "Status": "Deployed", "VpcOriginEndpointConfig": {
        "Arn": "arn:aws:ec2:us-east-2:1:instance/i-0", "HTTPPort": 80, "HTTPSPort": 443,
        "OriginProtocolPolicy": "match-viewer"}});
    put!(s.distributions, "d", {"Id": "d", "Enabled": true, "Origins":
        {"Items": [{"Id": "o", "VpcOriginConfig": {"VpcOriginId": "vo"}}]}});
}

/// A network load balancer before an address.
pub(super) fn balanced(s: &mut Snapshot, target: &str) {
    lax(s);
    let arn = format!("{ARN}/net/lb/2");
    put!(s.load_balancers, arn, {"LoadBalancerArn": arn, "Type": "network", "VpcId": "vpc-1",
        "State": {"Code": "active"}});
    put!(s.interfaces, "eni-lb1", {"NetworkInterfaceId": "eni-lb1", "VpcId": "vpc-1",
        "SubnetId": "subnet-11", "InterfaceType": "network_load_balancer",
        "Description": "ELB net/lb/2", "PrivateIpAddress": "10.1.1.31", "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.1.1.31", "Association": {"PublicIp": "54.0.0.31"}}]});
    s.listeners.clear();
    put!(s.listeners, "listener-1", {"ListenerArn": "listener-1", "LoadBalancerArn": arn,
        "Port": 80, "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]});
    put!(s.target_groups, "tg-1", {"TargetGroupArn": "tg-1", "Port": 80, "Protocol": "TCP",
        "TargetType": "ip", "VpcId": "vpc-1", "LoadBalancerArns": [arn]});
    put!(s.targets, "tg-1", [{"Target": {"Id": target}, "TargetHealth": {"State": "healthy"}}]);
    put!(s.attributes, "tg-1", {"load_balancing.cross_zone.enabled": "true"});
}

/// The load balancer is an application one, whose rules are not described.
pub(super) fn ruleless(s: &mut Snapshot) {
    balanced(s, "10.1.1.4");
    let arn = format!("{ARN}/net/lb/2");
    for balancer in s.load_balancers.values_mut() {
        if balancer.load_balancer_arn == arn {
            balancer.kind = "application".to_owned();
        }
    }
    s.listener_rules.clear();
}

/// No listener of the load balancer is described.
pub(super) fn unheard(s: &mut Snapshot) {
    balanced(s, "10.1.1.4");
    s.listeners.clear();
    s.described.insert("Listeners".to_owned());
}

/// A listener of a load balancer.
pub(super) fn listener(s: &mut Snapshot, id: &str, balancer: &str) {
    put!(s.listeners, id, {"ListenerArn": id, "LoadBalancerArn": balancer, "Port": 443,
        "Protocol": "TCP"});
}

/// A load balancer of another region.
pub(super) const ELSEWHERE: &str =
    "arn:aws:elasticloadbalancing:us-west-1:1:loadbalancer/net/other/3";

/// Everything is routed to the first VPC's virtual private gateway, to which nothing is connected.
pub(super) fn direct(s: &mut Snapshot) {
    lax(s);
    s.route_tables.clear();
    let out = json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vgw-1"});
    table(s, "rtb-10", 1, &json!([{"Main": true}]), out);
    s.vpn_connections.clear();
    s.virtual_interfaces.clear();
    s.direct_connect_associations.clear();
    for list in [
        "VpnConnections",
        "VirtualInterfaces",
        "DirectConnectGatewayAssociations",
    ] {
        s.described.insert(list.to_owned());
    }
}

/// An association of the first VPC's gateway with a Direct Connect gateway.
pub(super) fn association(s: &mut Snapshot, state: &str) {
    put!(s.direct_connect_associations, "a-new", {"AssociationId": "a-new",
        "DirectConnectGatewayId": "dx-1", "AssociationState": state, "VirtualGatewayId": "vgw-1"});
}

/// A private virtual interface of the first VPC's gateway.
pub(super) fn virtual_interface(s: &mut Snapshot, state: &str) {
    put!(s.virtual_interfaces, "dxvif", {"VirtualInterfaceId": "dxvif",
        "VirtualInterfaceType": "private", "VirtualInterfaceState": state,
        "VirtualGatewayId": "vgw-1"});
}
