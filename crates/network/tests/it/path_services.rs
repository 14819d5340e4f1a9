//! Ways through accelerators, appliances and firewalls, component by component.

use lynkeus_network::path::{End, Verdict, edges_before};
use serde_json::{Value, json};

use super::base::fate;
use super::beyond::{ARN, balanced, push};
use super::cases::{CLIENT, INTERNET, redirected};
use super::estate::snapshot;
use super::path::{ask, components, verdict};
use super::services::{accelerated, firewall};

const GA: &str = "arn:aws:globalaccelerator::111122223333:accelerator/ga";
const NAME: &str = "a123.awsglobalaccelerator.com";

/// An accelerator with a static address before an endpoint, whose port 443 becomes 22.
pub(super) fn network(endpoint: &str) -> Value {
    let mut document = accelerated(endpoint);
    document["Accelerators"] = json!([{"AcceleratorArn": GA, "Enabled": true, "DnsName": NAME,
        "IpSets": [{"IpFamily": "IPv4", "IpAddresses": ["75.2.0.1", "99.83.0.1"]}]}]);
    document["Listeners"] = json!([{"ListenerArn": format!("{GA}/listener/1"), "Protocol": "TCP",
        "PortRanges": [{"FromPort": 22, "ToPort": 22}, {"FromPort": 443, "ToPort": 444}]}]);
    let group = &mut document["EndpointGroups"][0];
    group["EndpointGroupArn"] = json!(format!("{GA}/listener/1/endpoint-group/1"));
    group["PortOverrides"] = json!([{"ListenerPort": 443, "EndpointPort": 22}]);
    document
}

fn one(document: &Value, from: &str, to: &str, port: u16) -> String {
    verdict(&ask(&snapshot(document), from, to, 6, port))
}

#[test]
fn accelerators_lead_to_instances_by_their_arn_name_and_addresses() {
    let document = network("i-1");
    let estate = snapshot(&document);
    let (listener, group) = (
        format!("{GA}/listener/1"),
        format!("{GA}/listener/1/endpoint-group/1"),
    );
    let way = [
        GA, &listener, &group, "igw-1", "sg-1", "eni-1", "i-1", "acl-1", GA,
    ];
    for (from, to) in [
        (GA, "i-1"),
        (NAME, "eni-1"),
        ("75.2.0.1", "i-1"),
        ("8.8.8.8", GA),
        ("8.8.8.8", NAME),
        ("8.8.8.8", "99.83.0.1"),
        ("8.8.8.8", "i-1"),
    ] {
        let answer = ask(&estate, from, to, 6, 443);
        assert_eq!(verdict(&answer), "OPEN", "{from} {to}");
        assert_eq!(components(&answer), way, "{from} {to}");
        let first = answer.paths.first().expect("a way");
        let replies: Vec<bool> = first.hops.iter().map(|hop| hop.is_reply).collect();
        assert_eq!(replies[7..], [true, true], "{from} {to}");
        let rules: Vec<&[String]> = first.hops.iter().map(|hop| hop.rules.as_slice()).collect();
        assert_eq!(rules[1], ["TCP 22, 443-444"]);
        assert_eq!(rules[2], ["endpoint i-1", "port 443 becomes 22"]);
        assert_eq!(first.open[0].0, (443, 443), "the client's port");
    }
}

/// A change of a document.
type Change = fn(&mut Value);

#[test]
fn accelerators_are_closed_where_something_stops_packets() {
    let document = network("i-1");
    let rows: [(&str, u16, Change); 8] = [
        ("ELBV2_LISTENER_PORT_RESTRICTION", 80, |_| {}),
        ("ENI_SG_RULES_MISMATCH at sg-1", 444, |_| {}),
        ("BAD_STATE at arn", 22, |d| {
            d["Accelerators"][0]["Enabled"] = json!(false);
        }),
        ("CANNOT_ROUTE", 22, |d| {
            d["EndpointGroups"][0]["TrafficDialPercentage"] = json!(0.0);
        }),
        ("CANNOT_ROUTE", 22, |d| {
            d["EndpointGroups"][0]["EndpointDescriptions"][0]["Weight"] = json!(0);
        }),
        ("NO_ROUTE_TO_DESTINATION at vpc-1", 22, |d| {
            d["InternetGateways"] = json!([]);
        }),
        ("SUBNET_ACL_RESTRICTION at acl-1", 22, |d| {
            d["NetworkAcls"][0]["Entries"][1]["RuleAction"] = json!("deny");
        }),
        ("VPC_BLOCK_PUBLIC_ACCESS_ENABLED at igw-1", 22, |d| {
            d["VpcBlockPublicAccessOptions"] = json!({"InternetGatewayBlockMode": "block-ingress"});
        }),
    ];
    for (expected, port, change) in rows {
        let mut changed = document.clone();
        change(&mut changed);
        let said = one(&changed, GA, "i-1", port);
        assert!(said.starts_with(expected), "{expected}: {said}");
    }
    let private = ask(&snapshot(&document), "10.9.0.1", GA, 6, 22);
    assert_eq!(
        verdict(&private),
        format!("GATEWAY_REJECTS_SPOOFED_TRAFFIC at {GA}")
    );
}

#[test]
fn what_is_not_described_of_an_accelerator_is_unknown() {
    let mut document = network("eipalloc-1");
    assert_eq!(
        one(&document, GA, "i-1", 22),
        "UNKNOWN eipalloc-1 is not described"
    );
    document["Addresses"] = json!([{"AllocationId": "eipalloc-1", "PublicIp": "54.0.0.4",
        "PrivateIpAddress": "10.1.1.4", "NetworkInterfaceId": "eni-1"}]);
    assert_eq!(one(&document, GA, "i-1", 22), "OPEN");
    document["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"][0]["CidrIp"] =
        json!("8.8.8.0/24");
    let said = one(&document, GA, "i-1", 22);
    assert!(
        said.starts_with("UNKNOWN the addresses of Global Accelerator"),
        "{said}"
    );
    let mut no_groups = network("i-1");
    no_groups
        .as_object_mut()
        .expect("an object")
        .remove("EndpointGroups");
    let said = one(&no_groups, "8.8.8.8", "i-1", 22);
    assert!(said.starts_with("UNKNOWN the endpoint groups of"), "{said}");
    let stranger = network(&format!("{ARN}/app/other/1"));
    let said = one(&stranger, GA, "i-1", 22);
    assert!(said.starts_with("UNKNOWN load balancer"), "{said}");
}

/// A load balancer as an accelerator's endpoint.
fn before_balancer(kind: &str, short: &str) -> Value {
    let mut document = balanced(kind, short);
    let arn = format!("{ARN}/{short}/lb/1");
    document["Accelerators"] = json!([{"AcceleratorArn": GA, "Enabled": true}]);
    push(
        &mut document,
        "Listeners",
        json!({"ListenerArn": format!("{GA}/listener/1"),
        "Protocol": "TCP", "PortRanges": [{"FromPort": 443, "ToPort": 443}]}),
    );
    document["EndpointGroups"] = json!([{"EndpointGroupArn": format!("{GA}/listener/1/endpoint-group/1"),
        "EndpointDescriptions": [{"EndpointId": arn}],
        "PortOverrides": [{"ListenerPort": 443, "EndpointPort": 80}]}]);
    document
}

#[test]
fn accelerators_lead_through_load_balancers() {
    let application = before_balancer("application", "app");
    let answer = ask(&snapshot(&application), GA, "i-1", 6, 443);
    assert_eq!(verdict(&answer), "OPEN");
    let told = components(&answer);
    let arn = format!("{ARN}/app/lb/1");
    for part in [GA, "igw-1", "sg-lb", "eni-lb", &arn, "l", "eni-1", "i-1"] {
        assert!(told.contains(&part), "{part}: {told:?}");
    }
    // Its addresses are not described, and the target's group takes them all.
    let network = before_balancer("network", "net");
    assert_eq!(one(&network, GA, "i-1", 443), "OPEN");
    let mut narrow = network.clone();
    let rule = &mut narrow["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"][0]["CidrIp"];
    *rule = json!("8.8.8.0/24");
    let said = one(&narrow, GA, "i-1", 443);
    assert!(
        said.starts_with("UNKNOWN the address that a service"),
        "{said}"
    );
    assert!(one(&network, GA, "i-1", 80).starts_with("ELBV2_LISTENER_PORT_RESTRICTION"));
}

#[test]
fn instances_reach_accelerators_over_their_internet_gateway() {
    let mut document = network("i-1");
    let route =
        json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"});
    document["RouteTables"][0]["Routes"]
        .as_array_mut()
        .expect("routes")
        .push(route);
    let client = json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-2",
        "Groups": [{"GroupId": "sg-2"}], "PrivateIpAddress": "10.1.2.5", "PrivateIpAddresses":
        [{"PrivateIpAddress": "10.1.2.5", "Association": {"PublicIp": "54.0.0.5"}}],
        "Attachment": {"InstanceId": "i-2", "Status": "attached"}});
    push(&mut document, "NetworkInterfaces", client);
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-2", "VpcId": "vpc-1",
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}),
    );
    let answer = ask(&snapshot(&document), "i-2", NAME, 6, 443);
    assert_eq!(verdict(&answer), "OPEN");
    let told = components(&answer);
    let places: Vec<usize> = ["eni-2", "igw-1", GA, "eni-1", "i-1"]
        .iter()
        .map(|part| told.iter().position(|one| one == part).expect("a part"))
        .collect();
    assert!(places.is_sorted(), "{told:?}");
    assert_eq!(answer.paths[0].open[0].0, (443, 443));
    let rule = &mut document["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"][0]["CidrIp"];
    *rule = json!("54.0.0.9/32");
    assert!(one(&document, "i-2", NAME, 443).starts_with("ENI_SG_RULES_MISMATCH"));
}

#[test]
fn edges_of_an_instance_include_its_accelerators() {
    let edges = edges_before(&snapshot(&network("i-1")), &End::Instance("i-1".to_owned()));
    let edges: Vec<String> = edges.expect("edges").iter().map(End::text).collect();
    assert_eq!(edges, ["igw-1", GA]);
    let other = edges_before(&snapshot(&network("i-9")), &End::Instance("i-1".to_owned()));
    assert_eq!(other.expect("edges").len(), 1);
}

#[test]
fn what_a_gateways_table_leads_through_is_part_of_the_way() {
    for (target, middle) in [
        (json!({"NetworkInterfaceId": "eni-app"}), "eni-app"),
        (json!({"GatewayId": "vpce-1"}), "vpce-1"),
    ] {
        let document = redirected(&target);
        assert_eq!(fate(&document, INTERNET, CLIENT), "answered");
        let answer = ask(&snapshot(&document), "igw-1", "i-1", 6, 22);
        assert_eq!(verdict(&answer), "OPEN", "{middle}");
        let hops = &answer.paths[0].hops;
        let request: Vec<&str> = hops
            .iter()
            .filter(|h| !h.is_reply)
            .map(|h| h.component.as_str())
            .collect();
        let reply: Vec<&str> = hops
            .iter()
            .filter(|h| h.is_reply)
            .map(|h| h.component.as_str())
            .collect();
        let place = |of: &[&str], part: &str| of.iter().position(|one| *one == part);
        assert!(
            place(&request, "rtb-igw") < place(&request, middle),
            "{request:?}"
        );
        assert!(
            place(&request, middle) < place(&request, "eni-1"),
            "{request:?}"
        );
        assert!(place(&reply, "rtb-2") < place(&reply, middle), "{reply:?}");
        assert!(place(&reply, middle) < place(&reply, "rtb-1"), "{reply:?}");
        // An answer that goes straight to the gateway is lost at the middlebox's table.
        let mut straight = document.clone();
        let tables = straight["RouteTables"].as_array_mut().expect("tables");
        let table = tables
            .iter_mut()
            .find(|t| t["RouteTableId"] == "rtb-2")
            .expect("a table");
        table["Routes"][1] =
            json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"});
        assert_eq!(
            one(&straight, "igw-1", "i-1", 22),
            "NO_ROUTE_TO_DESTINATION at rtb-2"
        );
    }
    let mut checked = redirected(&json!({"NetworkInterfaceId": "eni-app"}));
    checked["NetworkInterfaces"][1]["SourceDestCheck"] = json!(true);
    let code = "ENI_SOURCE_DEST_CHECK_RESTRICTION at eni-app";
    assert_eq!(one(&checked, "igw-1", "i-1", 22), code);
    checked["NetworkInterfaces"][1]["SourceDestCheck"] = json!(false);
    checked["NetworkInterfaces"][1]["PrivateIpAddresses"][0]["Association"] = json!({});
    assert_eq!(
        one(&checked, "igw-1", "i-1", 22),
        "INGRESS_RTB_NO_PUBLIC_IP at eni-app"
    );
}

#[test]
fn firewalls_and_appliances_that_routes_of_subnets_name() {
    let drop = "drop tcp any any -> any 22 (sid:1;)";
    let closed = firewall("STRICT_ORDER", drop);
    assert_eq!(
        one(&closed, "igw-1", "i-1", 22),
        "FIREWALL_RULES_RESTRICTION at fw"
    );
    let open = firewall("STRICT_ORDER", "pass tcp any any -> any 22 (sid:1;)");
    let answer = ask(&snapshot(&open), "igw-1", "i-1", 6, 22);
    assert_eq!(verdict(&answer), "OPEN");
    assert!(components(&answer).contains(&"fw"));
    // In between, nobody knows what an appliance forwards; it is named.
    let aside = redirected(&json!({"NetworkInterfaceId": "eni-app"}));
    let answer = ask(&snapshot(&aside), "i-1", "8.8.8.8", 6, 443);
    let mut aside = aside.clone();
    aside["SecurityGroups"][0]["IpPermissionsEgress"] =
        json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    assert!(
        matches!(answer.verdict(), Some(Verdict::Closed(_))),
        "{answer:?}"
    );
    let answer = ask(&snapshot(&aside), "i-1", "8.8.8.8", 6, 443);
    assert!(
        matches!(answer.verdict(), Some(Verdict::Unknown(_))),
        "{answer:?}"
    );
    assert!(components(&answer).contains(&"eni-app"), "{answer:?}");
}
