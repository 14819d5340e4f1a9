//! Ways between two ends: the flows of the sample networks, and random networks packet by packet.

use core::net::IpAddr;

use lynkeus_network::filters::Protocol;
use lynkeus_network::path::{Answer, End, Query, Verdict, find};
use lynkeus_network::region::Ports;
use lynkeus_network::snapshot::Snapshot;
use serde_json::{Value, json};

use super::estate::{Dice, document, snapshot};
use super::path_packets::{Fate, Judge};

pub(super) fn ask(snapshot: &Snapshot, from: &str, to: &str, protocol: u8, port: u16) -> Answer {
    let query = Query {
        from: End::parse(from).expect("an end"),
        to: End::parse(to).expect("an end"),
        protocol: Protocol(protocol),
        ports: Ports::range(port, port),
    };
    find(snapshot, &query).expect("known ends")
}

/// `OPEN`, or where and why not.
pub(super) fn verdict(answer: &Answer) -> String {
    match answer.verdict().expect("a way") {
        Verdict::Open => "OPEN".to_owned(),
        Verdict::Unknown(reasons) => format!("UNKNOWN {}", reasons.join("; ")),
        Verdict::Closed(by) => format!("{} at {}", by.code, by.component),
    }
}

/// The components of the first way.
pub(super) fn components(answer: &Answer) -> Vec<&str> {
    let hops = answer.paths.first().expect("a way").hops.iter();
    hops.map(|hop| hop.component.as_str()).collect()
}

/// Network, from, to, protocol, port and verdict, which may be cut: rows 1, 4, 5, 16-22 and 27-30
/// of the samples' table.
const FLOWS: &str = "\
test-public-subnet 8.8.8.8 18.216.80.133 6 80 ENI_SG_RULES_MISMATCH at sg-
test-public-subnet 8.8.8.8 18.216.80.133 6 22 OPEN
test-public-subnet igw-0a409e562d251f766 i-06669a407b2ef3ae5 6 22 OPEN
test-public-subnet i-06669a407b2ef3ae5 8.8.8.8 6 80 OPEN
test-public-subnet 10.0.0.92 8.8.8.8 6 80 IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS at igw-0a409e562d251f766
test-subnet i-08ef86e76fceabd8d 10.10.1.44 6 22 OPEN
test-subnet i-08ef86e76fceabd8d i-07519d6ba3f9497e4 0 0 ENI_SG_RULES_MISMATCH at sg-
test-subnet i-08ef86e76fceabd8d 10.10.0.1 6 22 UNKNOWN_DESTINATION at vpc-
test-subnet 10.10.0.1 10.10.1.44 0 0 ENI_SG_RULES_MISMATCH at sg-
test-nat-gateway i-0a128d26e59be60f3 8.8.8.8 6 80 OPEN
test-nat-gateway i-0a128d26e59be60f3 8.8.8.8 107 0 PROTOCOL_RESTRICTION at nat-07ab4846da51f4612
test-nat-gateway 8.8.8.8 3.135.127.225 6 80 NGW_DEST_ADDRESS_PRESERVATION at nat-07ab4846da51f4612
test-nat-gateway i-0b31b509174d7f5de 10.1.250.210 6 80 NGW_DEST_ADDRESS_PRESERVATION at nat-07ab4846da51f4612
test-vpc-peering i-06ba034d88c84ef07 i-0b14080af811fda3d 6 22 OPEN
test-vpc-peering i-0b14080af811fda3d i-06ba034d88c84ef07 6 22 OPEN
test-vpc-peering i-06ba034d88c84ef07 i-04a292ff83b3aa833 6 22 OPEN
test-vpc-peering i-04a292ff83b3aa833 i-06ba034d88c84ef07 6 22 OPEN
test-vpc-peering i-0b14080af811fda3d i-04a292ff83b3aa833 6 22 UNKNOWN_DESTINATION at 
test-vpc-peering i-04a292ff83b3aa833 i-0b14080af811fda3d 6 22 UNKNOWN_DESTINATION at 
test-vpc-peering i-06ba034d88c84ef07 192.168.100.1 6 22 NO_ROUTE_TO_DESTINATION at rtb-
test-vpc-peering i-0b14080af811fda3d 10.10.100.1 6 22 UNKNOWN_DESTINATION at vpc-
test-vpc-peering i-0b14080af811fda3d 10.10.10.11 6 22 UNKNOWN_DESTINATION at subnet-
test-vpc-peering i-0b14080af811fda3d 8.8.8.8 6 80 BAD_STATE_ROUTE at rtb-
";

#[test]
fn flows_of_the_sample_networks_end_where_they_are_known_to_end() {
    for row in FLOWS.lines() {
        let mut words = row.splitn(6, ' ');
        let mut word = || words.next().expect("six words");
        let (network, from, to) = (word(), word(), word());
        let (protocol, port) = (
            word().parse().expect("a number"),
            word().parse().expect("a port"),
        );
        let found = verdict(&ask(&super::sample(network), from, to, protocol, port));
        assert!(found.starts_with(word()), "{row}: {found}");
    }
}

#[test]
fn a_way_tells_every_component_and_what_it_does_to_packets() {
    let snapshot = super::sample("test-nat-gateway");
    let answer = ask(&snapshot, "i-0a128d26e59be60f3", "8.8.8.8", 6, 80);
    let found = components(&answer);
    let place = |id: &str| found.iter().position(|hop| *hop == id);
    let (nat, igw) = (
        place("nat-07ab4846da51f4612"),
        place("igw-071753b9c23d8a9b2"),
    );
    assert!(nat.is_some() && nat < igw, "{found:?}");
    let hops = &answer.paths[0].hops;
    let after = &hops[nat.expect("the gateway")].after;
    assert_eq!(after.sources, ["10.1.250.210"], "{hops:#?}");
    let last = &hops[igw.expect("the gateway")];
    assert_eq!(last.before.sources, ["10.1.250.210"]);
    assert_eq!(last.before.destinations, ["8.8.8.8/32"]);
    let acl = hops
        .iter()
        .find(|hop| hop.kind.ends_with("NetworkAcl"))
        .expect("an ACL");
    assert_eq!(acl.rules, ["egress,100 allow"]);
    assert!(
        hops.iter().any(|hop| hop.is_reply),
        "the answer is followed"
    );
}

#[test]
fn within_a_subnet_no_acl_is_asked() {
    let snapshot = super::sample("test-subnet");
    let answer = ask(&snapshot, "i-08ef86e76fceabd8d", "10.10.1.44", 6, 22);
    let kinds: Vec<_> = answer.paths[0].hops.iter().map(|hop| hop.kind).collect();
    assert!(!kinds.contains(&"AWS::EC2::NetworkAcl"), "{kinds:?}");
}

/// A random network with what only senders need: subnets, egress rules, a NAT gateway.
fn estate(seed: u64) -> Value {
    let mut document = document(seed);
    let dice = &mut Dice::new(seed ^ 0x5eed);
    let mut subnets = Vec::new();
    for vpc in 1..=2 {
        for subnet in 1..=2 {
            subnets.push(
                json!({"SubnetId": format!("subnet-{vpc}{subnet}"), "VpcId": format!("vpc-{vpc}"),
                "AvailabilityZone": "us-east-2a", "CidrBlock": format!("10.{vpc}.{subnet}.0/24")}),
            );
        }
    }
    document["Subnets"] = json!(subnets);
    let (nat, private) = *dice.one(&[("subnet-11", "10.1.1.200"), ("subnet-12", "10.1.2.200")]);
    document["NatGateways"] = json!([{"NatGatewayId": "nat-1", "State": "available", "VpcId": "vpc-1",
        "SubnetId": nat, "NatGatewayAddresses": [{"PrivateIp": private, "PublicIp": "54.0.0.200"}]}]);
    for group in document["SecurityGroups"].as_array_mut().expect("groups") {
        let all = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]);
        let own = super::estate::group(dice, "", "")["IpPermissions"].clone();
        group["IpPermissionsEgress"] = if dice.once_in(3) { own } else { all };
    }
    transit(dice, &mut document);
    document
}

/// Sometimes both VPCs are attached to one transit gateway, or to two that are peered.
fn transit(dice: &mut Dice, document: &mut Value) {
    let second = match dice.below(4) {
        0 => return,
        1 => "tgw-1",
        _ => "tgw-2",
    };
    for group in document["SecurityGroups"].as_array_mut().expect("groups") {
        let rules = group["IpPermissions"].as_array_mut().expect("rules");
        if dice.once_in(2) {
            rules.push(json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}));
        }
    }
    for subnet in document["Subnets"].as_array_mut().expect("subnets") {
        if dice.once_in(3) {
            subnet["AvailabilityZone"] = json!("us-east-2b");
        }
    }
    let gateways =
        ["tgw-1", "tgw-2"].map(|id| json!({"TransitGatewayId": id, "State": "available"}));
    document["TransitGateways"] = json!(gateways);
    let mut attachments = Vec::new();
    let mut of_vpcs = Vec::new();
    let mut attach = |id: &str, gateway: &str, kind: &str, resource: &str, table: &str| {
        attachments.push(
            json!({"TransitGatewayAttachmentId": id, "TransitGatewayId": gateway,
            "ResourceType": kind, "ResourceId": resource, "State": "available",
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"}}),
        );
    };
    for (vpc, gateway) in [("1", "tgw-1"), ("2", second)] {
        let id = format!("att-{vpc}");
        attach(
            &id,
            gateway,
            "vpc",
            &format!("vpc-{vpc}"),
            &format!("tgw-rtb-{vpc}"),
        );
        let all = [format!("subnet-{vpc}1"), format!("subnet-{vpc}2")];
        let some: Vec<&String> = all.iter().filter(|_| !dice.once_in(4)).collect();
        of_vpcs.push(
            json!({"TransitGatewayAttachmentId": id, "TransitGatewayId": gateway,
            "VpcId": format!("vpc-{vpc}"), "State": "available", "SubnetIds": some}),
        );
    }
    if second == "tgw-2" {
        attach("att-peer", "tgw-1", "peering", "tgw-2", "tgw-rtb-3");
        attach("att-peer", "tgw-2", "peering", "tgw-1", "tgw-rtb-4");
    }
    document["TransitGatewayAttachments"] = json!(attachments);
    document["TransitGatewayVpcAttachments"] = json!(of_vpcs);
    tables(dice, document, second);
}

/// Tables that lead from one VPC to the other; some have holes.
fn tables(dice: &mut Dice, document: &mut Value, second: &str) {
    let mut tables = Vec::new();
    let mut routes = Vec::new();
    for (table, ways) in [
        ("1", [("10.2.0.0/16", "att-2"), ("10.1.0.0/16", "att-1")]),
        ("2", [("10.1.0.0/16", "att-1"), ("10.2.0.0/16", "att-2")]),
        ("3", [("10.1.0.0/16", "att-1"), ("10.2.0.0/16", "att-peer")]),
        ("4", [("10.2.0.0/16", "att-2"), ("10.1.0.0/16", "att-peer")]),
    ] {
        let id = format!("tgw-rtb-{table}");
        let gateway = if table == "1" || table == "3" {
            "tgw-1"
        } else {
            second
        };
        tables.push(json!({"TransitGatewayRouteTableId": id, "TransitGatewayId": gateway, "State": "available"}));
        let mut all = Vec::new();
        for (block, to) in ways {
            let crosses =
                second == "tgw-2" && matches!((table, to), ("1", "att-2") | ("2", "att-1"));
            let to = if crosses { "att-peer" } else { to };
            let state = if dice.once_in(12) {
                "blackhole"
            } else {
                "active"
            };
            if !dice.once_in(12) {
                all.push(
                    json!({"DestinationCidrBlock": block, "State": state, "Type": "static",
                    "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": to}]}),
                );
            }
        }
        routes.push(json!({"TransitGatewayRouteTableId": id, "Routes": all}));
    }
    document["TransitGatewayRouteTables"] = json!(tables);
    document["TransitGatewayStaticRoutes"] = json!(routes);
    for table in document["RouteTables"].as_array_mut().expect("tables") {
        let (to, gateway) = match table["VpcId"].as_str() {
            Some("vpc-1") => ("10.2.0.0/16", "tgw-1"),
            _ => ("10.1.0.0/16", second),
        };
        let routes = table["Routes"].as_array_mut().expect("routes");
        if table_is_free(routes, to) && !dice.once_in(8) {
            routes.push(
                json!({"DestinationCidrBlock": to, "TransitGatewayId": gateway, "State": "active"}),
            );
        }
    }
}

fn table_is_free(routes: &[Value], block: &str) -> bool {
    routes
        .iter()
        .all(|route| route["DestinationCidrBlock"] != block)
}

/// Addresses of an interface of a document.
fn addresses(interface: &Value) -> Vec<IpAddr> {
    let list = |name: &str| interface[name].as_array().cloned().unwrap_or_default();
    let four = list("PrivateIpAddresses")
        .into_iter()
        .map(|a| a["PrivateIpAddress"].clone());
    let six = list("Ipv6Addresses")
        .into_iter()
        .map(|a| a["Ipv6Address"].clone());
    four.chain(six)
        .map(|a| a.as_str().expect("text").parse().expect("an address"))
        .collect()
}

/// Compares the verdict on packets from one address with what the judge says of each.
fn compare(document: &Value, estate: &Snapshot, from: &Value, to: &str, counts: &mut [usize; 4]) {
    let id = from["NetworkInterfaceId"].as_str().expect("an interface");
    for protocol in [6, 17] {
        for port in [22, 23, 1024, 3389, 65535] {
            let Some(own) = addresses(from)
                .into_iter()
                .find(|own| own.is_ipv4() == to.parse::<IpAddr>().is_ok_and(|to| to.is_ipv4()))
            else {
                return;
            };
            let answer = ask(estate, &own.to_string(), to, protocol, port);
            let fate =
                Judge(document).send(id, own, to.parse().expect("an address"), protocol, port);
            // Whoever asks for the address of an interface wants that interface.
            let interfaces = document["NetworkInterfaces"]
                .as_array()
                .expect("interfaces");
            let is_held = interfaces
                .iter()
                .flat_map(addresses)
                .any(|a| a.to_string() == to);
            let is_open = matches!(&fate, Fate::Arrives(at) if at.starts_with("eni-") || !is_held);
            match (answer.verdict().expect("a way"), &fate) {
                (Verdict::Unknown(_), _) | (_, Fate::Unknown) => counts[2] += 1,
                (found, _) => {
                    assert_eq!(
                        matches!(found, Verdict::Open),
                        is_open,
                        "{id} {own} -> {to} {protocol}/{port}: {fate:?}, {answer:#?}\n{document:#}"
                    );
                    counts[usize::from(is_open)] += 1;
                    let peered = components(&answer).contains(&"att-peer");
                    counts[3] += usize::from(is_open && peered);
                }
            }
        }
    }
}

#[test]
fn ways_in_random_networks_agree_with_packets() {
    let mut counts = [0; 4];
    for seed in 0..300 {
        let document = estate(seed);
        let estate = snapshot(&document);
        let interfaces = document["NetworkInterfaces"]
            .as_array()
            .expect("interfaces");
        let mut targets: Vec<String> = vec![
            "8.8.8.8".to_owned(),
            "192.168.7.9".to_owned(),
            "2600::9".to_owned(),
        ];
        targets.extend(interfaces.iter().flat_map(addresses).map(|a| a.to_string()));
        for from in interfaces {
            for to in &targets {
                compare(&document, &estate, from, to, &mut counts);
            }
        }
    }
    let [closed, open, unknown, peered] = counts;
    assert!(
        open > 300 && closed > unknown && peered > 10,
        "{open} open ({peered} over two transit gateways), {closed} closed, {unknown} unknown"
    );
}

/// A client of `base`'s VPC, and an instance behind load balancers that only they reach.
pub(super) fn balanced(kind: &str, scheme_public: bool) -> Value {
    let mut document = super::base::base();
    let short = if kind == "network" {
        "net/lb/1"
    } else {
        "app/lb/1"
    };
    let arn = format!("arn:aws:elasticloadbalancing:us-east-2:1:loadbalancer/{short}");
    let mut node = json!({"PrivateIpAddress": "10.1.2.30", "Primary": true});
    if scheme_public {
        node["Association"] = json!({"PublicIp": "54.0.0.30"});
    }
    let all = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    document["NetworkInterfaces"] = json!([
        {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}],
            "PrivateIpAddress": "10.1.1.4", "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.4", "Primary": true}],
            "Attachment": {"InstanceId": "i-1", "Status": "attached"}},
        {"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-2"}],
            "PrivateIpAddress": "10.1.1.5", "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.5", "Primary": true}],
            "Attachment": {"InstanceId": "i-2", "Status": "attached"}},
        {"NetworkInterfaceId": "eni-lb", "VpcId": "vpc-1", "SubnetId": "subnet-2", "Groups": [{"GroupId": "sg-lb"}],
            "InterfaceType": if kind == "network" { "network_load_balancer" } else { "interface" },
            "Description": format!("ELB {short}"), "PrivateIpAddress": "10.1.2.30", "PrivateIpAddresses": [node]}]);
    document["SecurityGroups"] = json!([
        {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissionsEgress": all},
        {"GroupId": "sg-2", "VpcId": "vpc-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080,
            "UserIdGroupPairs": [{"GroupId": "sg-lb"}]}]},
        {"GroupId": "sg-lb", "VpcId": "vpc-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
            "IpRanges": [{"CidrIp": "8.8.0.0/16"}, {"CidrIp": "10.1.0.0/16"}]}], "IpPermissionsEgress": all}]);
    document["LoadBalancers"] = json!([{"LoadBalancerArn": arn, "Type": kind, "VpcId": "vpc-1",
        "State": {"Code": "active"}, "SecurityGroups": ["sg-lb"]}]);
    document["Listeners"] = json!([{"ListenerArn": "listener", "LoadBalancerArn": arn, "Port": 80,
        "Protocol": if kind == "network" { "TCP" } else { "HTTP" },
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg"}]}]);
    document["ListenerRules"] = json!([]);
    document["TargetGroups"] = json!([{"TargetGroupArn": "tg", "Port": 8080, "Protocol": "TCP",
        "TargetType": "instance", "LoadBalancerArns": [arn]}]);
    document["TargetHealth"] = json!([{"TargetGroupArn": "tg", "TargetHealthDescriptions": [
        {"Target": {"Id": "i-2", "Port": 8080}, "TargetHealth": {"State": "healthy"}}]}]);
    document["TargetGroupAttributes"] = json!([{"TargetGroupArn": "tg", "Attributes": [
        {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]}]);
    document
}

#[test]
fn ways_go_through_load_balancers_to_their_targets() {
    for kind in ["application", "network"] {
        let estate = snapshot(&balanced(kind, true));
        let answer = ask(&estate, "igw-1", "i-2", 6, 80);
        assert_eq!(verdict(&answer), "OPEN", "{kind}: {answer:#?}");
        assert_eq!(
            answer.paths[0].open,
            [((80, 80), vec!["8.8.0.0/16".to_owned()])]
        );
        let found = components(&answer);
        let place = |id: &str| found.iter().position(|hop| *hop == id);
        let order = ["igw-1", "eni-lb", "listener", "tg", "sg-2", "eni-2", "i-2"].map(place);
        assert!(
            order.iter().all(Option::is_some) && order.is_sorted(),
            "{kind}: {found:?}"
        );
        let replies = answer.paths[0].hops.iter().filter(|hop| hop.is_reply);
        assert!(
            replies.clone().any(|hop| hop.component == "rtb-1"),
            "{kind}: answered"
        );
        // From within the VPC, and from where the front's group lets nobody in.
        assert_eq!(
            verdict(&ask(&estate, "i-1", "i-2", 6, 80)),
            "OPEN",
            "{kind}"
        );
        let closed = ask(&estate, "1.1.1.1", "i-2", 6, 80);
        assert!(
            !closed.paths.iter().any(|p| p.verdict == Verdict::Open),
            "{kind}"
        );
        let port = verdict(&ask(&estate, "igw-1", "i-2", 6, 8080));
        assert!(port.starts_with("ENI_SG_RULES_MISMATCH"), "{kind}: {port}");
        // Without a public address nothing comes in from the internet; an internal one is reached.
        let inner = snapshot(&balanced(kind, false));
        assert_ne!(verdict(&ask(&inner, "igw-1", "i-2", 6, 80)), "OPEN");
        assert_eq!(verdict(&ask(&inner, "i-1", "i-2", 6, 80)), "OPEN");
        let mut elsewhere = balanced(kind, true);
        elsewhere["TargetHealth"][0]["TargetHealthDescriptions"][0]["Target"]["Port"] = json!(81);
        let at_target = verdict(&ask(&snapshot(&elsewhere), "igw-1", "i-2", 6, 80));
        assert_eq!(at_target, "ENI_SG_RULES_MISMATCH at sg-2", "{kind}");
    }
}

/// A VPC of consumers with an endpoint to the service before `balanced`'s load balancer.
fn consumers() -> Value {
    let mut document = balanced("network", false);
    let mut add = |list: &str, value: Value| {
        if document[list].is_null() {
            document[list] = json!([]);
        }
        document[list].as_array_mut().expect("a list").push(value);
    };
    add(
        "Vpcs",
        json!({"VpcId": "vpc-9", "CidrBlock": "10.9.0.0/16"}),
    );
    add(
        "Subnets",
        json!({"SubnetId": "subnet-9", "VpcId": "vpc-9", "CidrBlock": "10.9.1.0/24",
        "AvailabilityZone": "us-east-2a"}),
    );
    add(
        "RouteTables",
        json!({"RouteTableId": "rtb-9", "VpcId": "vpc-9", "Associations": [{"Main": true}],
        "Routes": [{"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "local", "State": "active"}]}),
    );
    let all = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    add(
        "SecurityGroups",
        json!({"GroupId": "sg-9", "VpcId": "vpc-9", "IpPermissions": all, "IpPermissionsEgress": all}),
    );
    for (id, ip, instance) in [("eni-9", "10.9.1.4", "i-9"), ("eni-vpce", "10.9.1.5", "")] {
        add(
            "NetworkInterfaces",
            json!({"NetworkInterfaceId": id, "VpcId": "vpc-9", "SubnetId": "subnet-9",
            "Groups": [{"GroupId": "sg-9"}], "PrivateIpAddress": ip,
            "PrivateIpAddresses": [{"PrivateIpAddress": ip, "Primary": true}],
            "Attachment": {"InstanceId": instance, "Status": "attached"}}),
        );
    }
    add(
        "VpcEndpoints",
        json!({"VpcEndpointId": "vpce-9", "VpcEndpointType": "Interface", "VpcId": "vpc-9",
        "ServiceName": "com.amazonaws.vpce.us-east-2.vpce-svc-1", "State": "available",
        "NetworkInterfaceIds": ["eni-vpce"]}),
    );
    let arn = "arn:aws:elasticloadbalancing:us-east-2:1:loadbalancer/net/lb/1";
    add(
        "ServiceConfigurations",
        json!({"ServiceId": "vpce-svc-1", "ServiceState": "Available",
        "ServiceName": "com.amazonaws.vpce.us-east-2.vpce-svc-1", "NetworkLoadBalancerArns": [arn]}),
    );
    document
}

#[test]
fn consumers_reach_what_stands_behind_an_endpoint_service() {
    let mut network = consumers();
    let lb = |estate: &Value| verdict(&ask(&snapshot(estate), "i-9", "i-2", 6, 80));
    // The load balancer's group has the consumer's address to let in, unless it is not asked.
    assert_eq!(lb(&network), "ENI_SG_RULES_MISMATCH at sg-lb");
    network["LoadBalancers"][0]["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] =
        json!("off");
    let answer = ask(&snapshot(&network), "i-9", "i-2", 6, 80);
    assert_eq!(verdict(&answer), "OPEN", "{answer:#?}");
    let found = components(&answer);
    for id in ["eni-vpce", "vpce-9", "vpce-svc-1", "eni-lb", "tg", "eni-2"] {
        assert!(found.contains(&id), "{id}: {found:?}");
    }
    let last = answer.paths[0]
        .hops
        .iter()
        .find(|hop| hop.component == "eni-2");
    let last = last.expect("the target");
    assert_eq!(
        last.before.sources,
        ["10.1.2.30"],
        "the load balancer's own address"
    );
    let mut closed = network.clone();
    closed["SecurityGroups"][3]["IpPermissions"] = json!([]);
    let answer = ask(&snapshot(&closed), "i-9", "i-2", 6, 80);
    let codes = answer.paths.iter().map(|path| match &path.verdict {
        Verdict::Closed(by) => format!("{} at {}", by.code, by.component),
        other => other.name().to_owned(),
    });
    // The endpoint's own group, and the instance's own address, to which no route leads.
    let codes: Vec<String> = codes.collect();
    assert_eq!(
        codes,
        [
            "NO_ROUTE_TO_DESTINATION at rtb-9",
            "SG_HAS_NO_RULES at sg-9"
        ]
    );
    network["ServiceConfigurations"][0]["ServiceState"] = json!("Deleting");
    assert_eq!(lb(&network), "BAD_STATE at vpce-svc-1");
}
