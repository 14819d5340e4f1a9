//! Corner cases of peerings, VPN gateways, transit gateways and load balancers.

use serde_json::{Value, json};

use super::base::{base, lines};

fn check(name: &str, document: &Value, expected: &[&str]) {
    assert_eq!(lines(document), expected, "{name}");
}

pub(super) fn push(document: &mut Value, list: &str, value: Value) {
    if document[list].is_null() {
        document[list] = json!([]);
    }
    document[list].as_array_mut().expect("a list").push(value);
}

/// The base network closed to the internet, with routes of its own to 10.2.0.0/16.
fn private(target: &Value) -> Value {
    let mut document = base();
    let mut route = target.clone();
    route["DestinationCidrBlock"] = json!("10.2.0.0/16");
    route["State"] = json!("active");
    document["RouteTables"][0]["Routes"][1] = route;
    document
}

pub(super) fn peered() -> Value {
    let mut document = private(&json!({"VpcPeeringConnectionId": "pcx-1"}));
    push(
        &mut document,
        "Vpcs",
        json!({"VpcId": "vpc-2", "CidrBlock": "10.2.0.0/16"}),
    );
    push(
        &mut document,
        "VpcPeeringConnections",
        json!({"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"},
        "AccepterVpcInfo": {"VpcId": "vpc-1", "Region": "us-east-2"},
        "RequesterVpcInfo": {"VpcId": "vpc-2", "Region": "us-east-2", "CidrBlock": "10.2.0.0/16"}}),
    );
    document
}

#[test]
fn peerings_lead_to_their_own_side() {
    let open = ["eni-1 pcx-1 TCP 22-22"];
    let document = peered();
    check("29 the peer has no route", &document, &open);
    let mut none = peered();
    none["RouteTables"][0]["Routes"]
        .as_array_mut()
        .expect("routes")
        .truncate(1);
    check("29 no route on our side", &none, &[]);
    let mut dead = peered();
    dead["VpcPeeringConnections"][0]["Status"]["Code"] = json!("deleted");
    check("25 deleted", &dead, &[]);
    let mut overlapping = peered();
    overlapping["Vpcs"][1]["CidrBlock"] = json!("10.1.0.0/16");
    check("31 overlapping blocks", &overlapping, &[]);
    let mut second = peered();
    second["Vpcs"][1] = json!({"VpcId": "vpc-2", "CidrBlock": "172.20.0.0/16", "CidrBlockAssociationSet": [
        {"CidrBlock": "172.20.0.0/16"}, {"CidrBlock": "10.2.0.0/16"}]});
    check("32 secondary block", &second, &open);
    let mut unknown = peered();
    unknown["VpcPeeringConnections"] = json!([]);
    check(
        "57 unknown peering",
        &unknown,
        &["eni-1 pcx-1 TCP 22-22 unknown"],
    );
}

#[test]
fn groups_are_known_across_a_peering_of_one_region() {
    let mut document = peered();
    document["SecurityGroups"][0]["IpPermissions"] = json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "UserIdGroupPairs": [{"GroupId": "sg-2"}]}]);
    check(
        "25 unknown group",
        &document,
        &["eni-1 pcx-1 TCP 22-22 unknown"],
    );
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-2", "VpcId": "vpc-2"}),
    );
    check("25 nobody has the group", &document, &[]);
    push(
        &mut document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-2",
        "SubnetId": "subnet-9", "Groups": [{"GroupId": "sg-2"}], "PrivateIpAddress": "10.2.0.9"}),
    );
    check("25 same region", &document, &["eni-1 pcx-1 TCP 22-22"]);
    document["VpcPeeringConnections"][0]["RequesterVpcInfo"]["Region"] = json!("eu-west-1");
    check("25 other region", &document, &[]);
    document["VpcPeeringConnections"][0]["RequesterVpcInfo"]["Region"] = json!("us-east-2");
    document["NetworkInterfaces"][1]["VpcId"] = json!("vpc-1");
    check("59 the member is in another VPC", &document, &[]);
}

pub(super) fn with_vpn(route: &Value) -> Value {
    let mut document = private(route);
    push(
        &mut document,
        "VpnGateways",
        json!({"VpnGatewayId": "vgw-1", "State": "available",
        "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}),
    );
    document
}

#[test]
fn vpn_gateways_lead_to_private_addresses() {
    let open = ["eni-1 vgw-1 TCP 22-22"];
    let document = with_vpn(&json!({"GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"}));
    check("38 no connections", &document, &open);
    let mut equal = document.clone();
    equal["RouteTables"][0]["Routes"]
        .as_array_mut()
        .expect("routes")
        .push(json!({
        "DestinationCidrBlock": "10.2.0.0/16", "NatGatewayId": "nat-1", "State": "active"}));
    check("37 an equal static route", &equal, &[]);
    let mut local = document.clone();
    local["RouteTables"][0]["Routes"][1]["DestinationCidrBlock"] = json!("10.1.9.0/24");
    check("37 local before a longer propagated route", &local, &[]);
    let mut detached = document.clone();
    detached["VpnGateways"][0]["VpcAttachments"][0]["State"] = json!("detached");
    check("38 detached", &detached, &[]);
    let mut fixed = document;
    push(
        &mut fixed,
        "VpnConnections",
        json!({"VpnConnectionId": "vpn-1", "State": "available", "VpnGatewayId": "vgw-1",
        "Options": {"StaticRoutesOnly": true}, "Routes": [{"DestinationCidrBlock": "10.9.0.0/16", "State": "available"}]}),
    );
    check("38 the connection leads elsewhere", &fixed, &[]);
}

pub(super) fn transit() -> Value {
    let mut document = private(&json!({"TransitGatewayId": "tgw-1"}));
    push(
        &mut document,
        "Vpcs",
        json!({"VpcId": "vpc-2", "CidrBlock": "10.2.0.0/16"}),
    );
    push(
        &mut document,
        "TransitGateways",
        json!({"TransitGatewayId": "tgw-1", "State": "available", "Options": {}}),
    );
    for (vpc, subnet) in [(1, "subnet-1"), (2, "subnet-9")] {
        push(
            &mut document,
            "TransitGatewayAttachments",
            json!({"TransitGatewayAttachmentId": format!("att-{vpc}"),
            "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": format!("vpc-{vpc}"), "State": "available",
            "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}}),
        );
        push(
            &mut document,
            "TransitGatewayVpcAttachments",
            json!({"TransitGatewayAttachmentId": format!("att-{vpc}"),
            "TransitGatewayId": "tgw-1", "VpcId": format!("vpc-{vpc}"), "State": "available", "SubnetIds": [subnet]}),
        );
    }
    document["TransitGatewayRouteTables"] = json!([{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1",
        "State": "available"}]);
    document["TransitGatewayStaticRoutes"] = json!([]);
    document["TransitGatewayPropagations"] = json!([{"TransitGatewayRouteTableId": "tgw-rtb-1",
        "TransitGatewayRouteTablePropagations": [
            {"TransitGatewayAttachmentId": "att-1", "ResourceId": "vpc-1", "ResourceType": "vpc", "State": "enabled"},
            {"TransitGatewayAttachmentId": "att-2", "ResourceId": "vpc-2", "ResourceType": "vpc", "State": "enabled"}]}]);
    document
}

#[test]
fn transit_gateways_follow_their_tables() {
    let open = ["eni-1 tgw-1 TCP 22-22"];
    check("34 propagated", &transit(), &open);
    let mut zone = transit();
    zone["TransitGatewayVpcAttachments"][0]["SubnetIds"] = json!(["subnet-2"]);
    check("33 no attachment in the zone", &zone, &[]);
    let mut alone = transit();
    alone["TransitGatewayAttachments"][0]["Association"] = json!({});
    check("34 no association", &alone, &[]);
    let mut silent = transit();
    silent["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"][1]["State"] =
        json!("disabled");
    check("34 the answer has no route", &silent, &[]);
    let mut hole = transit();
    push(
        &mut hole,
        "TransitGatewayStaticRoutes",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": [
        {"DestinationCidrBlock": "10.2.0.0/16", "State": "blackhole", "Type": "static"}]}),
    );
    check("34 static blackhole", &hole, &[]);
    let mut unknown = transit();
    unknown["TransitGatewayPropagations"] = json!([]);
    check(
        "57 unknown routes",
        &unknown,
        &["eni-1 tgw-1 TCP 22-22 unknown"],
    );
}

/// Attaches another VPC to the transit gateway, with a table for what it sends.
pub(super) fn third_vpc(document: &mut Value, block: &str, table: &str) {
    push(
        document,
        "Vpcs",
        json!({"VpcId": "vpc-3", "CidrBlock": block}),
    );
    push(
        document,
        "TransitGatewayAttachments",
        json!({"TransitGatewayAttachmentId": "att-3", "TransitGatewayId": "tgw-1", "ResourceType": "vpc",
            "ResourceId": "vpc-3", "State": "available",
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"}}),
    );
}

#[test]
fn of_two_attachments_that_announce_a_block_either_may_be_first() {
    let mut document = transit();
    third_vpc(&mut document, "10.2.0.0/16", "tgw-rtb-9");
    push(
        &mut document,
        "TransitGatewayRouteTables",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-9", "TransitGatewayId": "tgw-1", "State": "available"}),
    );
    push(
        &mut document,
        "TransitGatewayStaticRoutes",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-9", "Routes": []}),
    );
    let open = ["eni-1 tgw-1 TCP 22-22"];
    check("34 one announces it", &document, &open);
    let learned =
        document.pointer_mut("/TransitGatewayPropagations/0/TransitGatewayRouteTablePropagations");
    learned.and_then(Value::as_array_mut).expect("a list").push(
        json!({"TransitGatewayAttachmentId": "att-3", "ResourceId": "vpc-3", "ResourceType": "vpc",
            "State": "enabled"}),
    );
    check("34 both do", &document, &["eni-1 tgw-1 TCP 22-22 unknown"]);
    push(
        &mut document,
        "TransitGatewayStaticRoutes",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": [{"DestinationCidrBlock": "10.2.0.0/16",
            "State": "active", "Type": "static",
            "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-2"}]}]}),
    );
    check("34 a static route decides", &document, &open);
}

#[test]
fn groups_are_known_through_a_transit_gateway_that_supports_it() {
    let mut document = transit();
    document["SecurityGroups"][0]["IpPermissions"][0] = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "UserIdGroupPairs": [{"GroupId": "sg-2"}]});
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-2", "VpcId": "vpc-2"}),
    );
    push(
        &mut document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-2",
        "SubnetId": "subnet-9", "Groups": [{"GroupId": "sg-2"}], "PrivateIpAddress": "10.2.0.9"}),
    );
    check("26 off", &document, &[]);
    document["TransitGateways"][0]["Options"]["SecurityGroupReferencingSupport"] = json!("enable");
    check("26 on", &document, &["eni-1 tgw-1 TCP 22-22"]);
    document["TransitGatewayVpcAttachments"][1]["Options"] =
        json!({"SecurityGroupReferencingSupport": "disable"});
    check("26 off at an attachment", &document, &[]);
    document["TransitGatewayVpcAttachments"][1]["Options"] = json!({});
    document["TransitGateways"] = json!([]);
    check(
        "26 of a gateway that is not described",
        &document,
        &["eni-1 tgw-1 TCP 22-22 unknown"],
    );
}

pub(super) const ARN: &str = "arn:aws:elasticloadbalancing:us-east-2:1:loadbalancer";
pub(super) const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/t/1";

/// A load balancer in a public subnet, and the instance in a private one behind it on port 8080.
pub(super) fn balanced(kind: &str, short: &str) -> Value {
    let mut document = base();
    let arn = format!("{ARN}/{short}/lb/1");
    document["RouteTables"].as_array_mut().expect("tables").push(json!({"RouteTableId": "rtb-2", "VpcId": "vpc-1",
        "Associations": [{"SubnetId": "subnet-1"}], "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local"}]}));
    document["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] = json!({});
    document["SecurityGroups"][0]["IpPermissions"][0] = json!({"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-lb", "VpcId": "vpc-1",
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}),
    );
    let interface = if kind == "network" {
        "network_load_balancer"
    } else {
        "interface"
    };
    push(
        &mut document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-lb", "VpcId": "vpc-1", "SubnetId": "subnet-2",
        "InterfaceType": interface, "Description": format!("ELB {short}/lb/1"), "Groups": [{"GroupId": "sg-lb"}],
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.2.8", "Association": {"PublicIp": "54.0.0.8"}}]}),
    );
    document["LoadBalancers"] = json!([{"LoadBalancerArn": arn, "Type": kind, "State": {"Code": "active"},
        "Scheme": "internet-facing", "VpcId": "vpc-1"}]);
    document["Listeners"] = json!([{"ListenerArn": "l", "LoadBalancerArn": arn, "Port": 80,
        "Protocol": if kind == "network" { "TCP" } else { "HTTP" },
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}]}]);
    document["TargetGroups"] = json!([{"TargetGroupArn": GROUP, "Port": 8080, "Protocol": "TCP", "TargetType": "instance"}]);
    document["TargetHealth"] = json!([{"TargetGroupArn": GROUP, "TargetHealthDescriptions": [
        {"Target": {"Id": "i-1", "Port": 8080}, "TargetHealth": {"State": "healthy"}}]}]);
    document["LoadBalancerAttributes"] = json!([{"LoadBalancerArn": arn,
        "Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]}]);
    document
}

const THROUGH: &[&str] = &["eni-1 igw-1 TCP 8080-8080 through 80"];

#[test]
fn application_load_balancers_are_proxies() {
    let document = balanced("application", "app");
    check("42 another port", &document, THROUGH);
    let mut reference = document.clone();
    let rule = &mut reference["SecurityGroups"][0]["IpPermissions"][0];
    *rule = json!({"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": "sg-lb"}]});
    check(
        "42 the target's group names the balancer's",
        &reference,
        THROUGH,
    );
    let mut front = document.clone();
    front["SecurityGroups"][1]["IpPermissions"] = json!([]);
    check("42 closed in front", &front, &[]);
    let mut egress = document.clone();
    egress["SecurityGroups"][1]["IpPermissionsEgress"] = json!([]);
    check("42 closed behind", &egress, &[]);
    let mut redirect = document.clone();
    redirect["Listeners"][0]["DefaultActions"] = json!([{"Type": "redirect"}]);
    check("42 redirect only", &redirect, &[]);
    let mut source = redirect.clone();
    source["Rules"] = json!([{"RuleArn": "r", "ListenerArn": "l", "Actions": [{"Type": "forward", "TargetGroupArn": GROUP}],
        "Conditions": [{"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}]}]);
    check("42 a rule for some clients", &source, THROUGH);
    source["Rules"][0]["Conditions"][0]["SourceIpConfig"]["Values"] = json!(["10.0.0.0/8"]);
    check("42 a rule for no client of the internet", &source, &[]);
    let mut inside = document.clone();
    inside["NetworkInterfaces"][1]["PrivateIpAddresses"][0]["Association"] = json!({});
    check("42 internal", &inside, &[]);
    let mut also = document.clone();
    also["RouteTables"][1]["Routes"]
        .as_array_mut()
        .expect("routes")
        .push(json!({"DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": "igw-1", "State": "active"}));
    also["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] =
        json!({"PublicIp": "54.0.0.4"});
    check(
        "43 also public",
        &also,
        &["eni-1 igw-1 TCP 8080-8080", THROUGH[0]],
    );
    let mut port = document.clone();
    port["TargetHealth"][0]["TargetHealthDescriptions"][0]["Target"]["Port"] = json!(9090);
    check("50 the target's own port", &port, &[]);
    let mut draining = document.clone();
    draining["TargetHealth"][0]["TargetHealthDescriptions"][0]["TargetHealth"]["State"] =
        json!("draining");
    check("50 draining", &draining, &[]);
    let mut weight = document;
    weight["Listeners"][0]["DefaultActions"] = json!([{"Type": "forward",
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP, "Weight": 0}]}}]);
    check("50 weight 0", &weight, &[]);
}

#[test]
fn network_load_balancers_pass_packets_on() {
    let document = balanced("network", "net");
    check("45 private target", &document, THROUGH);
    let mut own = document.clone();
    own["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"] = json!([{"CidrIp": "10.1.0.0/16"}]);
    check("45 only the VPC, client's address kept", &own, &[]);
    own["TargetGroupAttributes"] = json!([{"TargetGroupArn": GROUP,
        "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}]}]);
    check("45 only the VPC, client's address replaced", &own, THROUGH);
    let mut bare = document.clone();
    bare["NetworkInterfaces"][1]["Groups"] = json!([]);
    check("46 without groups", &bare, THROUGH);
    let mut reference = document.clone();
    reference["SecurityGroups"][0]["IpPermissions"][0] = json!({"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080,
        "UserIdGroupPairs": [{"GroupId": "sg-lb"}]});
    check(
        "46 the target's group names the balancer's",
        &reference,
        THROUGH,
    );
    let mut zone = document.clone();
    zone["LoadBalancerAttributes"][0]["Attributes"][0]["Value"] = json!("false");
    check("47 another zone", &zone, &[]);
    let mut both = document;
    both["Listeners"][0]["Protocol"] = json!("TCP_UDP");
    both["TargetGroups"][0]["Protocol"] = json!("TCP_UDP");
    both["SecurityGroups"][0]["IpPermissions"][0]["IpProtocol"] = json!("-1");
    both["SecurityGroups"][1]["IpPermissions"][0]["IpProtocol"] = json!("-1");
    check(
        "49 both protocols",
        &both,
        &[THROUGH[0], "eni-1 igw-1 UDP 8080-8080 through 80"],
    );
}

#[test]
fn a_network_load_balancer_can_stand_before_another() {
    let mut document = balanced("application", "app");
    document["NetworkInterfaces"][1]["PrivateIpAddresses"][0]["Association"] = json!({});
    let outer = format!("{ARN}/net/outer/2");
    let inner = format!("{ARN}/app/lb/1");
    push(
        &mut document,
        "LoadBalancers",
        json!({"LoadBalancerArn": outer, "Type": "network", "State": {"Code": "active"}, "VpcId": "vpc-1"}),
    );
    push(
        &mut document,
        "Listeners",
        json!({"ListenerArn": "l2", "LoadBalancerArn": outer, "Port": 81, "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": "chain"}]}),
    );
    push(
        &mut document,
        "TargetGroups",
        json!({"TargetGroupArn": "chain", "Port": 80, "Protocol": "TCP", "TargetType": "alb"}),
    );
    push(
        &mut document,
        "TargetHealth",
        json!({"TargetGroupArn": "chain", "TargetHealthDescriptions": [
        {"Target": {"Id": inner, "Port": 80}, "TargetHealth": {"State": "healthy"}}]}),
    );
    push(
        &mut document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-out", "VpcId": "vpc-1", "SubnetId": "subnet-2",
        "InterfaceType": "network_load_balancer", "Description": "ELB net/outer/2", "Groups": [],
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.2.9", "Association": {"PublicIp": "54.0.0.9"}}]}),
    );
    check("48", &document, &["eni-1 igw-1 TCP 8080-8080 through 81"]);
    document["SecurityGroups"][1]["IpPermissions"] = json!([]);
    check("48 closed at the second", &document, &[]);
}

/// Which of a node's ports is a listener's is not known, nor which of them the ACL lets through.
#[test]
fn any_port_of_a_node_may_be_a_listener_of_a_balancer_that_is_not_described() {
    let mut document = balanced("application", "app");
    document["LoadBalancers"] = json!([]);
    let rules = &mut document["SecurityGroups"][1]["IpPermissions"];
    *rules = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let denied = |from: u16, to: u16| {
        json!({"RuleNumber": 9, "Egress": false, "Protocol": "6", "RuleAction": "deny",
            "CidrBlock": "0.0.0.0/0", "PortRange": {"From": from, "To": to}})
    };
    let mut some = document.clone();
    let acl = some.pointer_mut("/NetworkAcls/0").expect("an ACL");
    push(acl, "Entries", denied(0, 442));
    check(
        "44 the first ports are denied",
        &some,
        &["eni-1 igw-1 TCP 8080-8080 through 443 unknown"],
    );
    let acl = document.pointer_mut("/NetworkAcls/0").expect("an ACL");
    push(acl, "Entries", denied(0, 65535));
    check("44 all ports are denied", &document, &[]);
}

#[test]
fn classic_load_balancers_filter_what_they_send_in_their_subnet() {
    let mut document = balanced("application", "app");
    document["LoadBalancers"] = json!([]);
    document["NetworkInterfaces"][1]["Description"] = json!("ELB old");
    document["LoadBalancerDescriptions"] = json!([{"LoadBalancerName": "old", "VPCId": "vpc-1",
        "Instances": [{"InstanceId": "i-1"}],
        "ListenerDescriptions": [{"Listener": {"LoadBalancerPort": 80, "InstancePort": 8080}}]}]);
    document["RouteTables"]
        .as_array_mut()
        .expect("tables")
        .truncate(1);
    document["NetworkInterfaces"][0]["SubnetId"] = json!("subnet-2");
    check("44 same subnet", &document, THROUGH);
    push(
        document.pointer_mut("/NetworkAcls/0").expect("an ACL"),
        "Entries",
        json!({"RuleNumber": 9, "Egress": true,
        "Protocol": "6", "RuleAction": "deny", "CidrBlock": "10.1.1.4/32", "PortRange": {"From": 8080, "To": 8080}}),
    );
    check("44 denied by the subnet's ACL", &document, &[]);
}
