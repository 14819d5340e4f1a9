//! Random networks made so that most have an open path through one kind of element.

use serde_json::{Value, json};

use super::balanced::balancers;
use super::balanced_ways::balanced;
use super::elements::{block_public_access, middleboxes, private, push, subnets, transit};
use super::estate::{BLOCKS, Dice, document};

/// What an estate is made to have an open path through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    GatewayTable,
    Appliance,
    Firewall,
    Endpoint,
    Exclusion,
    Connection,
    DirectConnect,
    TransitVpc,
    TransitConnection,
    TransitDirectConnect,
    TransitPeering,
    Inspection,
    Accelerator,
    AcceleratedBalancer,
    Origin,
    OriginBalancer,
    Service,
    ApplicationBalancer,
    NetworkBalancer,
    ClassicBalancer,
}

pub(super) const KINDS: [Kind; 20] = [
    Kind::GatewayTable,
    Kind::Appliance,
    Kind::Firewall,
    Kind::Endpoint,
    Kind::Exclusion,
    Kind::Connection,
    Kind::DirectConnect,
    Kind::TransitVpc,
    Kind::TransitConnection,
    Kind::TransitDirectConnect,
    Kind::TransitPeering,
    Kind::Inspection,
    Kind::Accelerator,
    Kind::AcceleratedBalancer,
    Kind::Origin,
    Kind::OriginBalancer,
    Kind::Service,
    Kind::ApplicationBalancer,
    Kind::NetworkBalancer,
    Kind::ClassicBalancer,
];

/// Chance that a step toward an open path is left out.
pub(super) const SLIP: usize = 20;

pub(super) fn kind(seed: u64) -> Kind {
    let count = u64::try_from(KINDS.len()).expect("a few");
    KINDS[usize::try_from(seed % count).expect("a few")]
}

/// A random network in which a path through the seed's kind of element is likely to be open.
pub(super) fn open(seed: u64) -> Value {
    let mut all = document(seed);
    let dice = &mut Dice::new(seed + 99_000_000);
    subnets(dice, &mut all);
    server(dice, &mut all);
    let kind = kind(seed);
    match kind {
        Kind::GatewayTable | Kind::Appliance | Kind::Firewall | Kind::Endpoint => {
            middleboxes(dice, &mut all);
            middle(dice, &mut all, kind);
        }
        Kind::Exclusion => excluded(dice, &mut all),
        Kind::Connection | Kind::DirectConnect => {
            private(dice, &mut all);
            connected(dice, &mut all, kind == Kind::DirectConnect);
        }
        Kind::TransitVpc
        | Kind::TransitConnection
        | Kind::TransitDirectConnect
        | Kind::TransitPeering
        | Kind::Inspection => {
            transit(dice, &mut all);
            joined(dice, &mut all, kind);
        }
        _ => {
            balancers(dice, &mut all);
            balanced(dice, &mut all, kind);
        }
    }
    if kind != Kind::Exclusion && dice.once_in(6) {
        block_public_access(dice, &mut all);
    }
    calm(dice, &mut all);
    if dice.once_in(16) {
        let lists = [
            "Subnets",
            "SecurityGroups",
            "PrefixLists",
            "NetworkAcls",
            "InternetGateways",
        ];
        let list = *dice.one(&lists);
        all.as_object_mut().expect("an object").remove(list);
    }
    all
}

/// Puts an instance with a public address into the first subnet, and attaches the gateways.
fn server(dice: &mut Dice, all: &mut Value) {
    if dice.once_in(SLIP) {
        return;
    }
    let six = if dice.once_in(2) {
        json!([{"Ipv6Address": "2001:db8:1:1::a"}])
    } else {
        json!([])
    };
    let own = &mut all["NetworkInterfaces"][0];
    own["VpcId"] = json!("vpc-1");
    own["SubnetId"] = json!("subnet-11");
    own["PrivateIpAddress"] = json!("10.1.1.4");
    own["PrivateIpAddresses"] = json!([{"PrivateIpAddress": "10.1.1.4", "Primary": true,
        "Association": {"PublicIp": "54.0.0.10"}}]);
    own["Ipv6Addresses"] = six;
    let vpcs = ["1", "2"];
    all["InternetGateways"] = vpcs
        .iter()
        .map(|vpc| {
            json!({"InternetGatewayId": format!("igw-{vpc}"),
                "Attachments": [{"VpcId": format!("vpc-{vpc}"), "State": "available"}]})
        })
        .collect();
    all["VpnGateways"] = vpcs
        .iter()
        .map(|vpc| {
            json!({"VpnGatewayId": format!("vgw-{vpc}"), "State": "available",
                "VpcAttachments": [{"VpcId": format!("vpc-{vpc}"), "State": "attached"}]})
        })
        .collect();
}

/// Lets much through groups and ACLs, with the exceptions that are there.
fn calm(dice: &mut Dice, all: &mut Value) {
    for group in all["SecurityGroups"].as_array_mut().into_iter().flatten() {
        if group["GroupName"] == "narrow" {
            continue;
        }
        let wide = match dice.below(8) {
            0 => json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 8080,
                "IpRanges": [{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}]}),
            1 => continue,
            _ => json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}),
        };
        if group["GroupId"] == "sg-lb" && !dice.once_in(4) {
            group["IpPermissionsEgress"] =
                json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}]);
        }
        if group["IpPermissions"].is_null() {
            group["IpPermissions"] = json!([]);
        }
        let rules = group["IpPermissions"].as_array_mut();
        rules.expect("rules").push(wide);
    }
    for acl in all["NetworkAcls"].as_array_mut().into_iter().flatten() {
        let entries = acl["Entries"].as_array_mut().expect("entries");
        if !dice.once_in(6) {
            entries.retain(|e| e["RuleAction"] == "allow");
        }
        if dice.once_in(12) {
            continue;
        }
        for egress in [false, true] {
            entries.push(
                json!({"RuleNumber": 200, "Egress": egress, "Protocol": "-1",
                "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}),
            );
            entries.push(
                json!({"RuleNumber": 201, "Egress": egress, "Protocol": "-1",
                "RuleAction": "allow", "Ipv6CidrBlock": "::/0"}),
            );
        }
    }
}

/// Routes a block of the table of this number to a target, in place of what did.
pub(super) fn lead(dice: &mut Dice, all: &mut Value, table: usize, block: &str, target: Value) {
    if dice.once_in(SLIP) {
        return;
    }
    let routes = all["RouteTables"][table]["Routes"].as_array_mut();
    let routes = routes.expect("routes");
    routes.retain(|r| r["DestinationCidrBlock"] != block);
    if dice.once_in(2) {
        routes.retain(|r| r["DestinationCidrBlock"].is_null() || r["GatewayId"] == "local");
    }
    let mut route = target;
    route["DestinationCidrBlock"] = json!(block);
    route["State"] = json!("active");
    routes.push(route);
}

/// A gateway's table through an appliance or endpoint, and the answer back through it.
fn middle(dice: &mut Dice, all: &mut Value, kind: Kind) {
    let gateway = *dice.one(&["igw-1", "igw-1", "igw-1", "vgw-1"]);
    let target = match kind {
        Kind::GatewayTable => json!({"GatewayId": "local"}),
        Kind::Appliance => json!({"NetworkInterfaceId": "eni-app"}),
        _ => json!({"GatewayId": "vpce-1"}),
    };
    let tables = all["RouteTables"].as_array_mut().expect("tables");
    tables.retain(|t| t["RouteTableId"] != format!("rtb-{gateway}"));
    let mut routes = vec![json!({"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local"})];
    let mut own = target.clone();
    own["DestinationCidrBlock"] = json!(dice.one(&["10.1.1.0/24", "10.1.1.0/24", "10.1.0.0/16"]));
    own["State"] = json!("active");
    if own["DestinationCidrBlock"] == "10.1.0.0/16" {
        routes.clear();
    }
    routes.push(own);
    let number = tables.len();
    tables.push(
        json!({"RouteTableId": format!("rtb-{gateway}"), "VpcId": "vpc-1",
        "Associations": [{"GatewayId": gateway}], "Routes": routes}),
    );
    if dice.once_in(8) {
        let (member, id) = *dice.one(&[("GatewayId", "local"), ("NetworkInterfaceId", "eni-gone")]);
        lead(dice, all, number, "10.1.1.4/32", json!({member: id}));
    }
    let out = json!({"GatewayId": gateway});
    let home = if kind == Kind::GatewayTable {
        out.clone()
    } else {
        target
    };
    lead(dice, all, 0, "0.0.0.0/0", home);
    lead(dice, all, 1, "0.0.0.0/0", out);
    for interface in all["NetworkInterfaces"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        if interface["NetworkInterfaceId"] == "eni-app" {
            interface["SourceDestCheck"] = json!(dice.once_in(5));
            if !dice.once_in(5) {
                let address = json!({"PublicIp": "54.0.0.200"});
                interface["PrivateIpAddresses"][0]["Association"] = address;
            }
        }
    }
    let members = all.as_object_mut().expect("an object");
    if kind == Kind::Endpoint {
        members.remove("Firewalls");
    }
    let endpoint = json!([{"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": "vpc-1", "State": "available", "SubnetIds": ["subnet-12"]}]);
    if !dice.once_in(SLIP) {
        members.insert("VpcEndpoints".to_owned(), endpoint);
    }
    if kind == Kind::Firewall {
        if all["Firewalls"].is_null() {
            super::elements::firewall(dice, all);
        }
        let policy = &mut all["FirewallPolicies"][0]["FirewallPolicy"];
        if !dice.once_in(4) {
            let action = *dice.one(&["aws:pass", "aws:forward_to_sfe"]);
            policy["StatelessDefaultActions"] = json!([action]);
        }
        if !dice.once_in(4) {
            policy["StatefulDefaultActions"] = json!([]);
        }
    }
}

/// Block Public Access with an exclusion that lets packets in again.
fn excluded(dice: &mut Dice, all: &mut Value) {
    let mode = *dice.one(&["block-ingress", "block-bidirectional"]);
    all["VpcBlockPublicAccessOptions"] = json!({"AwsAccountId": "111111111111",
        "AwsRegion": "us-east-2", "InternetGatewayBlockMode": mode, "ExclusionsAllowed":
        dice.one(&["allowed", "allowed", "allowed", "allowed", "allowed", "not-allowed"])});
    let place = *dice.one(&[
        "subnet/subnet-11",
        "vpc/vpc-1",
        "vpc/vpc-1",
        "subnet/subnet-12",
    ]);
    let way = match dice.below(6) {
        0 => "allow-egress",
        _ => "allow-bidirectional",
    };
    let states = ["create-complete", "update-complete", "update-failed"];
    let state = match dice.below(6) {
        0 => *dice.one(&["create-failed", "delete-in-progress"]),
        _ => *dice.one(&states),
    };
    push(
        all,
        "VpcBlockPublicAccessExclusions",
        json!({"ExclusionId": "e", "ResourceArn": format!("arn:aws:ec2:us-east-2:1:{place}"),
            "InternetGatewayExclusionMode": way, "State": state}),
    );
    lead(dice, all, 0, "0.0.0.0/0", json!({"GatewayId": "igw-1"}));
}

/// A virtual private gateway with a VPN connection, or with Direct Connect alone.
fn connected(dice: &mut Dice, all: &mut Value, is_direct: bool) {
    let members = all.as_object_mut().expect("an object");
    if is_direct {
        members.insert("VpnConnections".to_owned(), json!([]));
        members.remove("VirtualInterfaces");
        let allowed = *dice.one(&["10.1.0.0/16", "10.0.0.0/8", "10.1.1.0/24", "10.1.1.4/32"]);
        let own = json!([{"AssociationId": "a-1", "DirectConnectGatewayId": "dx-1",
            "AssociationState": "associated", "VirtualGatewayId": "vgw-1",
            "AllowedPrefixesToDirectConnectGateway": [{"Cidr": allowed}]}]);
        members.insert("DirectConnectGatewayAssociations".to_owned(), own);
    } else {
        members.remove("DirectConnectGatewayAssociations");
        let own = json!([{"VpnConnectionId": "vpn-1", "State": "available", "VpnGatewayId": "vgw-1",
            "VgwTelemetry": [{"Status": "UP"}, {"Status": "DOWN"}],
            "Options": {"StaticRoutesOnly": dice.once_in(2)},
            "Routes": [{"DestinationCidrBlock": dice.one(BLOCKS), "State": "available"}]}]);
        members.insert("VpnConnections".to_owned(), own);
    }
    lead(dice, all, 0, "0.0.0.0/0", json!({"GatewayId": "vgw-1"}));
    lead(dice, all, 1, "0.0.0.0/0", json!({"GatewayId": "vgw-1"}));
}

fn way(block: &str, attachment: &str) -> Value {
    json!({"DestinationCidrBlock": block, "State": "active", "Type": "static",
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}]})
}

/// A transit gateway that leads from one kind of attachment to the first VPC and back.
fn joined(dice: &mut Dice, all: &mut Value, kind: Kind) {
    let is_inspected = kind == Kind::Inspection;
    attached(dice, all, is_inspected);
    let (block, from) = match kind {
        Kind::TransitVpc => ("10.2.0.0/16", "att-2"),
        Kind::TransitConnection => ("0.0.0.0/0", "att-vpn"),
        Kind::TransitDirectConnect => ("0.0.0.0/0", "att-dx"),
        Kind::TransitPeering => ("0.0.0.0/0", "att-peer"),
        _ => ("0.0.0.0/0", "att-2"),
    };
    let inward = if is_inspected { "att-2" } else { "att-1" };
    let near = [way("10.1.0.0/16", inward), way(block, from)];
    let far = if is_inspected {
        let home = *dice.one(&["att-vpn", "att-vpn", "att-dx"]);
        [way("10.1.0.0/16", "att-1"), way("0.0.0.0/0", home)]
    } else {
        [way("10.1.0.0/16", "att-peer"), way("0.0.0.0/0", "att-far")]
    };
    led(dice, all, "tgw-rtb-1", &near);
    led(dice, all, "tgw-rtb-2", &far);
    if is_inspected || dice.once_in(2) {
        all["TransitGatewayPropagations"] = json!([
            {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayRouteTablePropagations": []},
            {"TransitGatewayRouteTableId": "tgw-rtb-2", "TransitGatewayRouteTablePropagations": []}]);
    }
    if kind == Kind::TransitDirectConnect && !dice.once_in(SLIP) {
        let allowed = *dice.one(&["10.1.0.0/16", "10.0.0.0/8", "10.1.1.0/24"]);
        all["DirectConnectGatewayAssociations"] = json!([{"AssociationId": "a-9",
            "DirectConnectGatewayId": "dx-1", "AssociationState": "associated",
            "AssociatedGateway": {"Id": "tgw-1"},
            "AllowedPrefixesToDirectConnectGateway": [{"Cidr": allowed}]}]);
    }
    let to = json!({"TransitGatewayId": "tgw-1"});
    lead(dice, all, 0, block, to.clone());
    lead(dice, all, 1, block, to);
    if is_inspected {
        hub(dice, all);
    }
    if kind == Kind::TransitVpc && dice.once_in(2) {
        referred(all);
    }
}

/// The server's only group lets in who has a group that an interface in the other VPC has.
fn referred(all: &mut Value) {
    all["NetworkInterfaces"][0]["Groups"] = json!([{"GroupId": "sg-near"}]);
    push(
        all,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-far", "VpcId": "vpc-2", "SubnetId": "subnet-21",
            "Groups": [{"GroupId": "sg-far"}], "PrivateIpAddress": "10.2.1.4",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.2.1.4", "Primary": true}]}),
    );
    push(
        all,
        "SecurityGroups",
        json!({"GroupId": "sg-near", "GroupName": "narrow", "VpcId": "vpc-1", "IpPermissions": [
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-far"}]}]}),
    );
    push(
        all,
        "SecurityGroups",
        json!({"GroupId": "sg-far", "GroupName": "narrow", "VpcId": "vpc-2"}),
    );
}

/// Attachments that are available, in both subnets or one, each with a table.
fn attached(dice: &mut Dice, all: &mut Value, is_inspected: bool) {
    let attachments = all["TransitGatewayAttachments"].as_array_mut();
    for one in attachments.expect("a list") {
        one["State"] = json!("available");
        if dice.once_in(SLIP * 4) {
            continue;
        }
        let is_far = one["TransitGatewayId"] == "tgw-2";
        let is_hub = is_inspected && one["TransitGatewayAttachmentId"] == "att-2";
        let number = if is_far || is_hub { 2 } else { 1 };
        let table = format!("tgw-rtb-{number}");
        one["Association"] = json!({"TransitGatewayRouteTableId": table, "State": "associated"});
    }
    let zones = dice.below(3);
    let of_vpcs = all["TransitGatewayVpcAttachments"].as_array_mut();
    for one in of_vpcs.into_iter().flatten() {
        one["State"] = json!("available");
        if !dice.once_in(8) {
            let vpc = one["VpcId"].as_str().unwrap_or_default();
            let vpc = vpc.replace("vpc-", "");
            let both = [format!("subnet-{vpc}1"), format!("subnet-{vpc}2")];
            let count = if zones == 0 { 2 } else { 1 };
            one["SubnetIds"] = json!(both[..count]);
        }
        one["Options"]["ApplianceModeSupport"] = json!(dice.one(&["enable", "disable"]));
    }
    if !dice.once_in(8) {
        let zone = *dice.one(&["us-east-2a", "us-east-2b"]);
        for subnet in all["Subnets"].as_array_mut().into_iter().flatten() {
            if !dice.once_in(8) {
                subnet["AvailabilityZone"] = json!(zone);
            }
        }
    }
}

/// Puts routes first into a transit gateway's table, and keeps some of its others.
fn led(dice: &mut Dice, all: &mut Value, table: &str, own: &[Value]) {
    let lists = all["TransitGatewayStaticRoutes"].as_array_mut();
    for list in lists.into_iter().flatten() {
        if list["TransitGatewayRouteTableId"] != table || dice.once_in(SLIP) {
            continue;
        }
        let block = |route: &Value| route["DestinationCidrBlock"].clone();
        let routes = list["Routes"].as_array().expect("routes").iter();
        let others =
            routes.filter(|r| dice.once_in(2) && !own.iter().any(|o| block(o) == block(r)));
        list["Routes"] = own.iter().chain(others).cloned().collect();
    }
}

/// The second VPC sends on what comes in, through an appliance or straight.
fn hub(dice: &mut Dice, all: &mut Value) {
    let to = json!({"TransitGatewayId": "tgw-1"});
    let target = match dice.below(2) {
        0 => to.clone(),
        _ => json!({"NetworkInterfaceId": "eni-hub"}),
    };
    push(
        all,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-hub", "VpcId": "vpc-2", "SubnetId": "subnet-22",
            "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.2.2.200",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.2.2.200", "Primary": true}],
            "SourceDestCheck": dice.once_in(6)}),
    );
    for block in ["0.0.0.0/0", "10.1.0.0/16"] {
        lead(dice, all, 2, block, target.clone());
        lead(dice, all, 3, block, to.clone());
    }
}
