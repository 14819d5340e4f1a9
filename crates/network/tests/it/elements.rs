//! Random elements of every kind that stand between an edge and an instance.

use serde_json::{Value, json};

use super::balanced::balancers;
use super::estate::{BLOCKS, Dice, PORTS, document};

pub(super) fn push(document: &mut Value, list: &str, value: Value) {
    if document[list].is_null() {
        document[list] = json!([]);
    }
    document[list].as_array_mut().expect("a list").push(value);
}

fn blocks(dice: &mut Dice) -> Vec<&'static str> {
    (0..dice.below(3)).map(|_| *dice.one(BLOCKS)).collect()
}

pub(super) fn range(dice: &mut Dice) -> (u16, u16) {
    let (a, b) = (*dice.one(PORTS), *dice.one(PORTS));
    (a.min(b), a.max(b))
}

pub(super) fn subnets(dice: &mut Dice, document: &mut Value) {
    for (vpc, subnet) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        if dice.once_in(20) {
            continue;
        }
        let zone = *dice.one(&["us-east-2a", "us-east-2b"]);
        push(
            document,
            "Subnets",
            json!({"SubnetId": format!("subnet-{vpc}{subnet}"), "VpcId": format!("vpc-{vpc}"),
                "OwnerId": "111111111111", "AvailabilityZone": zone,
                "CidrBlock": format!("10.{vpc}.{subnet}.0/24")}),
        );
    }
    for acl in document["NetworkAcls"].as_array_mut().expect("a list") {
        acl["VpcId"] = json!("vpc-1");
        acl["IsDefault"] = json!(dice.once_in(4));
    }
}

pub(super) fn block_public_access(dice: &mut Dice, document: &mut Value) {
    for (account, region) in [("111111111111", "us-east-2"), ("222222222222", "us-east-2")] {
        if dice.once_in(3) {
            let mode = *dice.one(&["off", "block-ingress", "block-bidirectional"]);
            let allowed = *dice.one(&["allowed", "not-allowed"]);
            let options = json!({"AwsAccountId": account, "AwsRegion": region,
                "InternetGatewayBlockMode": mode, "ExclusionsAllowed": allowed});
            document["VpcBlockPublicAccessOptions"] = options;
        }
    }
    if dice.once_in(2) {
        let arn = *dice.one(&["subnet/subnet-11", "vpc/vpc-1", "subnet/subnet-22"]);
        let mode = *dice.one(&["allow-bidirectional", "allow-egress"]);
        let state = *dice.one(&["create-complete", "delete-complete", "create-failed"]);
        push(
            document,
            "VpcBlockPublicAccessExclusions",
            json!({"ExclusionId": "e", "ResourceArn": format!("arn:aws:ec2:us-east-2:1:{arn}"),
                "InternetGatewayExclusionMode": mode, "State": state}),
        );
    }
}

fn stateless(dice: &mut Dice) -> Value {
    let rules: Vec<Value> = (0..dice.below(4))
        .map(|priority| {
            let action = *dice.one(&["aws:pass", "aws:drop", "aws:forward_to_sfe"]);
            let addresses = |dice: &mut Dice| -> Vec<Value> {
                let some = blocks(dice).into_iter();
                some.map(|b| json!({"AddressDefinition": b})).collect()
            };
            let ports = |dice: &mut Dice| -> Vec<Value> {
                let (from, to) = range(dice);
                let some = (0..dice.below(2)).map(|_| json!({"FromPort": from, "ToPort": to}));
                some.collect()
            };
            let flags = if dice.once_in(6) { json!([{"Flags": ["SYN"]}]) } else { json!([]) };
            let protocols: Vec<u8> = (0..dice.below(2)).map(|_| *dice.one(&[6, 17])).collect();
            json!({"Priority": priority + 1, "RuleDefinition": {"Actions": [action], "MatchAttributes": {
                "Sources": addresses(dice), "Destinations": addresses(dice), "SourcePorts": ports(dice),
                "DestinationPorts": ports(dice), "Protocols": protocols, "TCPFlags": flags}}})
        })
        .collect();
    json!({"RulesSource": {"StatelessRulesAndCustomActions": {"StatelessRules": rules}}})
}

const WORDS: &[&str] = &[
    "any",
    "$HOME_NET",
    "$EXTERNAL_NET",
    "8.8.0.0/16",
    "[10.0.0.0/8,!10.1.1.0/24]",
    "!203.0.113.0/24",
    "[!8.8.8.0/24, !1.1.1.1/32]",
    "@lists",
    "$NOBODY",
    "$own",
];
const PORT_WORDS: &[&str] = &[
    "any", "22", "!22", "[80,443]", "1024:", ":1023", "$WEB", "22:8080",
];

fn stateful(dice: &mut Dice) -> Value {
    let mut rules = Vec::new();
    let mut lines = String::new();
    for _ in 0..dice.below(4) {
        let action = *dice.one(&["PASS", "DROP", "REJECT", "ALERT"]);
        let protocol = *dice.one(&["TCP", "UDP", "IP", "HTTP"]);
        let direction = *dice.one(&["FORWARD", "FORWARD", "ANY"]);
        let (from, to) = (*dice.one(WORDS), *dice.one(WORDS));
        let (from_port, to_port) = (*dice.one(PORT_WORDS), *dice.one(PORT_WORDS));
        let option = *dice.one(&["sid", "sid", "content"]);
        if dice.once_in(2) {
            rules.push(json!({"Action": action, "Header": {"Protocol": protocol, "Source": from,
                "SourcePort": from_port, "Direction": direction, "Destination": to,
                "DestinationPort": to_port}, "RuleOptions": [{"Keyword": option, "Settings": ["1"]}]}));
        } else {
            let arrow = if direction == "ANY" { "<>" } else { "->" };
            let line = format!(
                "{} {} {from} {from_port} {arrow} {to} {to_port} (msg:\"x\"; {option}:1;)\n",
                action.to_lowercase(),
                protocol.to_lowercase()
            );
            lines.push_str(&line);
        }
    }
    let source = if dice.once_in(8) {
        json!({"RulesSourceList": {"Targets": [".example.com"], "GeneratedRulesType": "DENYLIST"}})
    } else if lines.is_empty() {
        json!({"StatefulRules": rules})
    } else {
        json!({"RulesString": lines})
    };
    json!({"RulesSource": source,
        "RuleVariables": {"IPSets": {"own": {"Definition": ["8.8.8.8/32", "10.0.0.0/8"]}},
            "PortSets": {"WEB": {"Definition": ["80", "443"]}}},
        "ReferenceSets": {"IPSetReferences": {"lists": {"ReferenceArn":
            "arn:aws:ec2:us-east-2:1:prefix-list/pl-1"}}}})
}

pub(super) fn firewall(dice: &mut Dice, document: &mut Value) {
    for (name, group) in [
        ("one", stateless(dice)),
        ("two", stateful(dice)),
        ("three", stateful(dice)),
    ] {
        if !dice.once_in(12) {
            push(
                document,
                "RuleGroups",
                json!({"RuleGroup": group, "RuleGroupResponse": {"RuleGroupArn": name}}),
            );
        }
    }
    let order = *dice.one(&["STRICT_ORDER", "DEFAULT_ACTION_ORDER"]);
    let default = *dice.one(&[
        "aws:pass",
        "aws:forward_to_sfe",
        "aws:forward_to_sfe",
        "aws:drop",
    ]);
    let last: Vec<&str> = (0..dice.below(2)).map(|_| "aws:drop_strict").collect();
    let change = if dice.once_in(6) { "DROP_TO_ALERT" } else { "" };
    let policy = json!({"StatelessDefaultActions": [default],
        "StatelessRuleGroupReferences": [{"ResourceArn": "one", "Priority": 1}],
        "StatefulRuleGroupReferences": [{"ResourceArn": "three", "Priority": 2, "Override": {"Action": change}},
            {"ResourceArn": "two", "Priority": 1}],
        "StatefulDefaultActions": last, "StatefulEngineOptions": {"RuleOrder": order}});
    push(
        document,
        "FirewallPolicies",
        json!({"FirewallPolicy": policy, "FirewallPolicyResponse": {"FirewallPolicyArn": "policy"}}),
    );
    push(
        document,
        "Firewalls",
        json!({"Firewall": {"FirewallArn": "wall", "VpcId": "vpc-1", "FirewallPolicyArn": "policy"},
            "FirewallStatus": {"SyncStates": {"us-east-2a": {"Attachment":
                {"SubnetId": "subnet-12", "EndpointId": "vpce-1"}}}}}),
    );
}

/// Appliances, endpoints, tables of gateways, and routes to what stands in the way.
pub(super) fn middleboxes(dice: &mut Dice, document: &mut Value) {
    let check = match dice.below(6) {
        0 => json!(true),
        1 => Value::Null,
        _ => json!(false),
    };
    let mut address = json!({"PrivateIpAddress": "10.1.2.200", "Primary": true});
    if !dice.once_in(4) {
        address["Association"] = json!({"PublicIp": "54.0.0.200"});
    }
    push(
        document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-app", "VpcId": "vpc-1", "SubnetId": "subnet-12",
            "Groups": [{"GroupId": "sg-4"}, {"GroupId": "sg-1"}], "PrivateIpAddress": "10.1.2.200",
            "PrivateIpAddresses": [address], "SourceDestCheck": check}),
    );
    if !dice.once_in(8) {
        let state = *dice.one(&["available", "available", "Available", "deleted"]);
        push(
            document,
            "VpcEndpoints",
            json!({"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer", "VpcId": "vpc-1",
                "State": state, "SubnetIds": ["subnet-12"]}),
        );
    }
    if !dice.once_in(3) {
        firewall(dice, document);
    }
    let to = |dice: &mut Dice| match dice.below(6) {
        0 => json!({"NetworkInterfaceId": "eni-app", "State": "active"}),
        1..=3 => json!({"GatewayId": "vpce-1", "State": "active"}),
        4 => json!({"GatewayId": "local", "State": "active"}),
        _ => json!({"NetworkInterfaceId": "eni-gone", "State": "blackhole"}),
    };
    for gateway in ["igw-1", "vgw-1"] {
        if dice.once_in(3) {
            continue;
        }
        let mut routes = vec![json!({"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local"})];
        let mut route = to(dice);
        route["DestinationCidrBlock"] = json!("10.1.1.0/24");
        routes.push(route);
        push(
            document,
            "RouteTables",
            json!({"RouteTableId": format!("rtb-{gateway}"), "VpcId": "vpc-1",
                "Associations": [{"GatewayId": gateway}], "Routes": routes}),
        );
    }
    for _ in 0..dice.below(3) {
        let mut route = to(dice);
        if route["GatewayId"] == "local" {
            continue;
        }
        route["DestinationCidrBlock"] = json!(dice.one(BLOCKS));
        let table = dice.below(2);
        add_route(document, table, route);
    }
}

/// Adds a route unless the table has one to the same block.
fn add_route(document: &mut Value, table: usize, route: Value) {
    let routes = document["RouteTables"][table]["Routes"]
        .as_array_mut()
        .expect("routes");
    let block = &route["DestinationCidrBlock"];
    if !routes.iter().any(|r| r["DestinationCidrBlock"] == *block) {
        routes.push(route);
    }
}

/// The state in which an attachment is listed already.
fn state_of(document: &Value, id: &str) -> Option<Value> {
    let mut listed = document["TransitGatewayAttachments"].as_array()?.iter();
    let own = listed.find(|a| a["TransitGatewayAttachmentId"] == id)?;
    Some(own["State"].clone())
}

pub(super) fn transit(dice: &mut Dice, document: &mut Value) {
    let support = *dice.one(&["enable", "disable"]);
    for gateway in ["tgw-1", "tgw-2"] {
        push(
            document,
            "TransitGateways",
            json!({"TransitGatewayId": gateway, "State": "available",
                "Options": {"SecurityGroupReferencingSupport": support}}),
        );
    }
    let table = |dice: &mut Dice| *dice.one(&["tgw-rtb-1", "tgw-rtb-1", "tgw-rtb-2"]);
    let attach = |document: &mut Value,
                  dice: &mut Dice,
                  id: &str,
                  gateway: &str,
                  kind: &str,
                  resource: &str| {
        let live = !dice.once_in(5);
        let drawn = json!(if live { "available" } else { "deleted" });
        // The two sides of a peering have one state.
        let state = state_of(document, id).unwrap_or(drawn);
        let mut one = json!({"TransitGatewayAttachmentId": id, "TransitGatewayId": gateway,
            "ResourceType": kind, "ResourceId": resource, "State": state});
        if !dice.once_in(8) {
            one["Association"] =
                json!({"TransitGatewayRouteTableId": table(dice), "State": "associated"});
        }
        push(document, "TransitGatewayAttachments", one);
    };
    for vpc in 1..=2 {
        let id = format!("att-{vpc}");
        let resource = format!("vpc-{vpc}");
        if vpc == 1 || !dice.once_in(6) {
            attach(document, dice, &id, "tgw-1", "vpc", &resource);
        }
        if !dice.once_in(8) {
            let all = [format!("subnet-{vpc}1"), format!("subnet-{vpc}2")];
            let some: Vec<&String> = all.iter().filter(|_| !dice.once_in(3)).collect();
            let state = state_of(document, &id).unwrap_or(json!("available"));
            push(
                document,
                "TransitGatewayVpcAttachments",
                json!({"TransitGatewayAttachmentId": id, "TransitGatewayId": "tgw-1", "VpcId": resource,
                    "State": state, "SubnetIds": some,
                    "Options": {"SecurityGroupReferencingSupport": dice.one(&["enable", "disable"])}}),
            );
        }
    }
    attach(document, dice, "att-vpn", "tgw-1", "vpn", "vpn-9");
    attach(
        document,
        dice,
        "att-dx",
        "tgw-1",
        "direct-connect-gateway",
        "dx-1",
    );
    attach(document, dice, "att-other", "tgw-1", "connect", "x");
    attach(document, dice, "att-peer", "tgw-1", "peering", "tgw-2");
    attach(document, dice, "att-peer", "tgw-2", "peering", "tgw-1");
    attach(document, dice, "att-far", "tgw-2", "vpn", "vpn-8");
    if !dice.once_in(4) {
        let allowed = *dice.one(&["10.1.0.0/16", "10.0.0.0/8", "10.1.1.0/24"]);
        push(
            document,
            "DirectConnectGatewayAssociations",
            json!({"AssociationId": "a-9", "DirectConnectGatewayId": "dx-1", "AssociationState": "associated",
                "AssociatedGateway": {"Id": "tgw-1"}, "AllowedPrefixesToDirectConnectGateway": [{"Cidr": allowed}]}),
        );
    }
    transit_tables(dice, document);
    for table in 0..4 {
        if dice.once_in(2) {
            let block = *dice.one(BLOCKS);
            let route = json!({"DestinationCidrBlock": block, "TransitGatewayId": "tgw-1", "State": "active"});
            add_route(document, table, route);
        }
    }
}

fn transit_tables(dice: &mut Dice, document: &mut Value) {
    let ids = [
        "att-1",
        "att-2",
        "att-vpn",
        "att-dx",
        "att-other",
        "att-peer",
        "att-far",
        "att-gone",
    ];
    for id in ["tgw-rtb-1", "tgw-rtb-2"] {
        push(
            document,
            "TransitGatewayRouteTables",
            json!({"TransitGatewayRouteTableId": id, "TransitGatewayId": "tgw-1", "State": "available"}),
        );
        let mut routes: Vec<Value> = Vec::new();
        for _ in 0..2 + dice.below(4) {
            let block = *dice.one(BLOCKS);
            if routes.iter().any(|r| r["DestinationCidrBlock"] == block) {
                continue;
            }
            let attachment = *dice.one(&ids);
            let state = *dice.one(&["active", "active", "active", "blackhole"]);
            routes.push(
                json!({"DestinationCidrBlock": block, "State": state, "Type": "static",
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}]}),
            );
        }
        if !dice.once_in(10) {
            push(
                document,
                "TransitGatewayStaticRoutes",
                json!({"TransitGatewayRouteTableId": id, "Routes": routes}),
            );
        }
        let mut learned = Vec::new();
        for (attachment, resource, kind) in [
            ("att-1", "vpc-1", "vpc"),
            ("att-2", "vpc-2", "vpc"),
            ("att-vpn", "vpn-9", "vpn"),
        ] {
            if !dice.once_in(3) {
                learned.push(
                    json!({"TransitGatewayAttachmentId": attachment, "ResourceId": resource,
                    "ResourceType": kind, "State": "enabled"}),
                );
            }
        }
        push(
            document,
            "TransitGatewayPropagations",
            json!({"TransitGatewayRouteTableId": id, "TransitGatewayRouteTablePropagations": learned}),
        );
    }
    let fixed = dice.once_in(2);
    push(
        document,
        "VpnConnections",
        json!({"VpnConnectionId": "vpn-9", "State": "available", "TransitGatewayId": "tgw-1",
            "Options": {"StaticRoutesOnly": fixed}, "Routes": [{"DestinationCidrBlock": "203.0.113.0/24"}]}),
    );
}

pub(super) fn private(dice: &mut Dice, document: &mut Value) {
    if dice.once_in(2) {
        let status = *dice.one(&["UP", "DOWN"]);
        push(
            document,
            "VpnConnections",
            json!({"VpnConnectionId": "vpn-1", "State": dice.one(&["available", "deleted"]), "VpnGatewayId": "vgw-1",
                "VgwTelemetry": [{"Status": status}], "Options": {"StaticRoutesOnly": dice.once_in(2)},
                "Routes": [{"DestinationCidrBlock": dice.one(BLOCKS), "State": "available"}]}),
        );
    }
    if dice.once_in(4) {
        push(
            document,
            "VirtualInterfaces",
            json!({"VirtualInterfaceId": "dxvif", "VirtualInterfaceType": dice.one(&["private", "public"]),
                "VirtualInterfaceState": dice.one(&["available", "down"]), "VirtualGatewayId": "vgw-1"}),
        );
    }
    if dice.once_in(2) {
        let allowed = *dice.one(&["10.1.0.0/16", "10.0.0.0/8", "10.1.1.0/24", "172.16.0.0/12"]);
        push(
            document,
            "DirectConnectGatewayAssociations",
            json!({"AssociationId": "a-1", "DirectConnectGatewayId": "dx-1",
                "AssociationState": dice.one(&["associated", "disassociated"]),
                "VirtualGatewayId": "vgw-1", "AllowedPrefixesToDirectConnectGateway": [{"Cidr": allowed}]}),
        );
    }
}

/// A random network with some elements of every kind, and some lists missing.
pub(super) fn wide(seed: u64) -> Value {
    let mut document = document(seed);
    let dice = &mut Dice::new(seed + 77_000_000);
    subnets(dice, &mut document);
    if dice.once_in(2) {
        block_public_access(dice, &mut document);
    }
    if !dice.once_in(3) {
        middleboxes(dice, &mut document);
    }
    if dice.once_in(2) {
        transit(dice, &mut document);
    }
    if dice.once_in(2) {
        private(dice, &mut document);
    }
    if dice.once_in(2) {
        balancers(dice, &mut document);
    }
    if dice.once_in(4) {
        let lists = [
            "Vpcs",
            "Subnets",
            "RouteTables",
            "InternetGateways",
            "NetworkAcls",
            "SecurityGroups",
            "PrefixLists",
            "VpnGateways",
            "VpcPeeringConnections",
            "TransitGatewayAttachments",
            "TransitGatewayRouteTables",
            "TargetGroups",
            "FirewallPolicies",
        ];
        let list = *dice.one(&lists);
        document.as_object_mut().expect("an object").remove(list);
    }
    document
}
