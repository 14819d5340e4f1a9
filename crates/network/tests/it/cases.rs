//! Corner cases of the specification, section 5, about what stands in the way; and where each is.

use lynkeus_network::finding::Options;
use lynkeus_network::incremental::Live;
use lynkeus_network::packet::Entry;
use lynkeus_network::snapshot::Snapshot;
use serde_json::{Value, json};

use super::base::{base, fate, lines};
use super::beyond::{ARN, balanced, peered, push, third_vpc, transit, with_vpn};

/// Number and name, the network, its findings, and the packet that decides with its fate.
type Case<'c> = (
    &'static str,
    &'c Value,
    &'static [&'static str],
    Entry<'c>,
    (&'static str, &'static str, u16),
    &'static str,
);

pub(super) fn check(cases: &[Case<'_>]) {
    for (name, document, expected, entry, packet, end) in cases {
        assert_eq!(lines(document), *expected, "{name}");
        assert_eq!(fate(document, *entry, *packet), *end, "{name}: {packet:?}");
    }
}

fn live(estate: Snapshot) -> Live {
    Live::new(estate.into(), Options::default())
}

pub(super) const INTERNET: Entry<'_> = Entry::InternetGateway("igw-1");
pub(super) const CLIENT: (&str, &str, u16) = ("8.8.8.8", "54.0.0.4", 22);
const OPEN: &[&str] = &["eni-1 igw-1 TCP 22-22"];

#[test]
fn layer_two_has_no_acl() {
    let mut document = balanced("network", "net");
    let attributes = json!([{"TargetGroupArn": super::beyond::GROUP,
        "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}]}]);
    document["TargetGroupAttributes"] = attributes;
    document["NetworkInterfaces"][1]["SubnetId"] = json!("subnet-1");
    document["NetworkAcls"][0]["Entries"] = json!([]);
    document["ServiceConfigurations"] = json!([{"ServiceId": "svc-1", "ServiceState": "Available",
        "NetworkLoadBalancerArns": [format!("{ARN}/net/lb/1")]}]);
    let mut apart = document.clone();
    apart["NetworkInterfaces"][1]["SubnetId"] = json!("subnet-2");
    let (entry, packet) = (
        Entry::EndpointService("svc-1"),
        ("10.2.0.9", "10.1.2.8", 80),
    );
    let open = &["eni-1 svc-1 TCP 8080-8080 through 80"];
    check(&[("21 same subnet", &document, open, entry, packet, "answered")]);
    assert_eq!(lines(&apart), Vec::<String>::new(), "21 another subnet");
}

#[test]
fn identity_needs_the_private_address() {
    let mut document = base();
    document["SecurityGroups"][0]["IpPermissions"] = json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "UserIdGroupPairs": [{"GroupId": "sg-2"}]}]);
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-2", "VpcId": "vpc-1"}),
    );
    push(
        &mut document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-2",
            "Groups": [{"GroupId": "sg-2"}], "PrivateIpAddress": "10.1.2.9", "PrivateIpAddresses":
            [{"PrivateIpAddress": "10.1.2.9", "Association": {"PublicIp": "54.0.0.9"}}]}),
    );
    let by_public = ("54.0.0.9", "54.0.0.4", 22);
    check(&[(
        "27 by the public address",
        &document,
        &[],
        INTERNET,
        by_public,
        "ENI_SG_RULES_MISMATCH",
    )]);
}

#[test]
fn peerings_are_not_transitive() {
    let mut document = peered();
    push(
        &mut document,
        "Vpcs",
        json!({"VpcId": "vpc-3", "CidrBlock": "10.3.0.0/16"}),
    );
    push(
        &mut document,
        "VpcPeeringConnections",
        json!({"VpcPeeringConnectionId": "pcx-2", "Status": {"Code": "active"},
        "AccepterVpcInfo": {"VpcId": "vpc-2"}, "RequesterVpcInfo": {"VpcId": "vpc-3"}}),
    );
    document["RouteTables"][0]["Routes"][1]["DestinationCidrBlock"] = json!("10.0.0.0/8");
    let mut internet = peered();
    internet["RouteTables"][0]["Routes"][1]["DestinationCidrBlock"] = json!("0.0.0.0/0");
    let entry = Entry::Peering("pcx-1");
    let open = &["eni-1 pcx-1 TCP 22-22"];
    let code = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR";
    check(&[
        (
            "30 from the peer's peer",
            &document,
            open,
            entry,
            ("10.3.0.9", "10.1.1.4", 22),
            code,
        ),
        (
            "30 by the peer's gateway",
            &internet,
            open,
            entry,
            ("8.8.8.8", "10.1.1.4", 22),
            code,
        ),
    ]);
}

/// The transit network with a VPC between the two that looks into packets.
fn inspected(mode: &str) -> Value {
    let mut document = transit();
    third_vpc(&mut document, "100.64.0.0/16", "tgw-rtb-2");
    push(
        &mut document,
        "TransitGatewayVpcAttachments",
        json!({"TransitGatewayAttachmentId": "att-3", "TransitGatewayId": "tgw-1", "VpcId": "vpc-3",
        "State": "available", "SubnetIds": ["subnet-31"], "Options": {"ApplianceModeSupport": mode}}),
    );
    push(
        &mut document,
        "RouteTables",
        json!({"RouteTableId": "rtb-3", "VpcId": "vpc-3", "Associations": [{"Main": true}],
        "Routes": [{"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1", "State": "active"}]}),
    );
    let learned = document["TransitGatewayPropagations"][0].clone();
    document["TransitGatewayPropagations"] = json!([{"TransitGatewayRouteTableId": "tgw-rtb-2",
        "TransitGatewayRouteTablePropagations": learned["TransitGatewayRouteTablePropagations"]}]);
    push(
        &mut document,
        "TransitGatewayRouteTables",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-2", "State": "available"}),
    );
    push(
        &mut document,
        "TransitGatewayStaticRoutes",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": [{"DestinationCidrBlock": "0.0.0.0/0",
        "State": "active", "Type": "static", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-3"}]}]}),
    );
    document
}

#[test]
fn a_vpc_in_between_that_is_described_in_part_is_unknown() {
    let entry = Entry::TransitGateway("tgw-1");
    let packet = ("10.2.0.9", "10.1.1.4", 22);
    let off = inspected("disable");
    let unknown = &["eni-1 tgw-1 TCP 22-22 unknown"];
    let mut no_routes = off.clone();
    let tables = no_routes["RouteTables"].as_array_mut().expect("tables");
    tables.retain(|table| table["VpcId"] != "vpc-3");
    // A list that nobody describes in place of each block.
    let mut no_list = off.clone();
    for table in no_list["RouteTables"].as_array_mut().expect("tables") {
        if table["VpcId"] != "vpc-3" {
            continue;
        }
        for route in table["Routes"].as_array_mut().expect("routes") {
            let route = route.as_object_mut().expect("a route");
            if route.contains_key("TransitGatewayId") {
                route.remove("DestinationCidrBlock");
                route.insert("DestinationPrefixListId".to_owned(), json!("pl-9"));
            }
        }
    }
    let mut no_table = off.clone();
    for list in ["TransitGatewayRouteTables", "TransitGatewayPropagations"] {
        let tables = no_table[list].as_array_mut().expect("tables");
        tables.retain(|table| table["TransitGatewayRouteTableId"] != "tgw-rtb-2");
    }
    check(&[
        (
            "57 the routes of the VPC in between",
            &no_routes,
            unknown,
            entry,
            packet,
            "unknown",
        ),
        (
            "57 a prefix list in the VPC in between",
            &no_list,
            unknown,
            entry,
            packet,
            "unknown",
        ),
        (
            "57 the transit gateway's table for it",
            &no_table,
            unknown,
            entry,
            packet,
            "unknown",
        ),
    ]);
}

#[test]
fn transit_gateways_lead_on() {
    let entry = Entry::TransitGateway("tgw-1");
    let packet = ("10.2.0.9", "10.1.1.4", 22);
    let (off, on) = (inspected("disable"), inspected("enable"));
    let unknown = &["eni-1 tgw-1 TCP 22-22 unknown"];
    let mut far = transit();
    far["TransitGatewayAttachments"][1]["TransitGatewayId"] = json!("tgw-2");
    far["TransitGatewayVpcAttachments"][1]["TransitGatewayId"] = json!("tgw-2");
    far["TransitGatewayAttachments"][1]["Association"]["TransitGatewayRouteTableId"] =
        json!("tgw-rtb-2");
    for (own, other) in [("tgw-1", "tgw-2"), ("tgw-2", "tgw-1")] {
        push(
            &mut far,
            "TransitGatewayAttachments",
            json!({"TransitGatewayAttachmentId": "att-p", "TransitGatewayId": own, "ResourceType": "peering",
            "ResourceId": other, "State": "available", "Association": {"State": "associated",
            "TransitGatewayRouteTableId": if own == "tgw-1" { "tgw-rtb-1" } else { "tgw-rtb-2" }}}),
        );
    }
    push(
        &mut far,
        "TransitGatewayRouteTables",
        json!({"TransitGatewayRouteTableId": "tgw-rtb-2", "State": "available"}),
    );
    let route = |block: &str, to: &str| {
        json!({"DestinationCidrBlock": block, "State": "active", "Type": "static",
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": to}]})
    };
    far["TransitGatewayPropagations"] = json!([]);
    far["TransitGatewayStaticRoutes"] = json!([
        {"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": [route("10.1.0.0/16", "att-1"), route("10.2.0.0/16", "att-p")]},
        {"TransitGatewayRouteTableId": "tgw-rtb-2", "Routes": [route("10.2.0.0/16", "att-2"), route("10.1.0.0/16", "att-p")]}]);
    let mut half = far.clone();
    half["TransitGatewayStaticRoutes"][1]["Routes"] = json!([route("10.2.0.0/16", "att-2")]);
    let closed = "NO_ROUTE_TO_DESTINATION";
    check(&[
        (
            "35 without appliance mode",
            &off,
            unknown,
            entry,
            packet,
            "unknown",
        ),
        (
            "35 with appliance mode",
            &on,
            unknown,
            entry,
            packet,
            "unknown",
        ),
        (
            "34 over a peering",
            &far,
            &["eni-1 tgw-1 TCP 22-22"],
            entry,
            packet,
            "answered",
        ),
        (
            "34 a static route of a peering is missing",
            &half,
            &[],
            entry,
            packet,
            closed,
        ),
    ]);
}

#[test]
fn connections_of_private_gateways_decide() {
    let route = json!({"GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"});
    let with = |allowed: &str| {
        let mut document = with_vpn(&route);
        document["DirectConnectGatewayAssociations"] = json!([{"AssociationId": "a", "AssociationState": "associated",
            "DirectConnectGatewayId": "dx", "VirtualGatewayId": "vgw-1",
            "AllowedPrefixesToDirectConnectGateway": [{"Cidr": allowed}]}]);
        document
    };
    let (same, narrow) = (with("10.1.0.0/16"), with("10.1.1.0/24"));
    let mut down = with_vpn(&route);
    down["VpnConnections"] = json!([{"VpnConnectionId": "vpn-1", "State": "available", "VpnGatewayId": "vgw-1",
        "VgwTelemetry": [{"Status": "DOWN"}, {"Status": "DOWN"}]}]);
    let (entry, packet) = (Entry::VpnGateway("vgw-1"), ("10.2.0.9", "10.1.1.4", 22));
    let open = &["eni-1 vgw-1 TCP 22-22"];
    check(&[
        (
            "39 the VPC's block is allowed",
            &same,
            open,
            entry,
            packet,
            "answered",
        ),
        (
            "39 a smaller one is allowed",
            &narrow,
            &[],
            entry,
            packet,
            "BAD_STATE",
        ),
        (
            "38 all tunnels down",
            &down,
            open,
            entry,
            packet,
            "answered",
        ),
    ]);
    let estate = super::estate::snapshot(&down);
    let live = live(estate);
    let finding = &live.findings()[0];
    assert!(
        finding.is_latent && finding.severity == model::Severity::Informational,
        "38"
    );
}

/// The base network with a table of the internet gateway that sends packets to `target` first.
pub(super) fn redirected(target: &Value) -> Value {
    let mut document = base();
    let mut aside = target.clone();
    aside["DestinationCidrBlock"] = json!("10.1.1.0/24");
    aside["State"] = json!("active");
    push(
        &mut document,
        "RouteTables",
        json!({"RouteTableId": "rtb-igw", "VpcId": "vpc-1", "Associations": [{"GatewayId": "igw-1"}],
        "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local"}, aside]}),
    );
    let mut back = target.clone();
    back["DestinationCidrBlock"] = json!("0.0.0.0/0");
    back["State"] = json!("active");
    push(
        &mut document,
        "RouteTables",
        json!({"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}],
        "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local"}, back]}),
    );
    push(
        &mut document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": "eni-app", "VpcId": "vpc-1", "SubnetId": "subnet-2", "SourceDestCheck": false,
        "Groups": [{"GroupId": "sg-app"}], "PrivateIpAddress": "10.1.2.7", "PrivateIpAddresses":
        [{"PrivateIpAddress": "10.1.2.7", "Association": {"PublicIp": "54.0.0.7"}}]}),
    );
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-app", "VpcId": "vpc-1",
        "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}),
    );
    document["VpcEndpoints"] = json!([{"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": "vpc-1", "State": "available", "SubnetIds": ["subnet-2"]}]);
    document
}

pub(super) const INSPECTED: &[&str] = &["eni-1 igw-1 TCP 22-22 inspected"];

#[test]
fn gateway_tables_lead_through_middleboxes() {
    let appliance = redirected(&json!({"NetworkInterfaceId": "eni-app"}));
    let endpoint = redirected(&json!({"GatewayId": "vpce-1"}));
    let mut no_public = appliance.clone();
    no_public["NetworkInterfaces"][1]["PrivateIpAddresses"][0]["Association"] = json!({});
    let mut checked = appliance.clone();
    checked["NetworkInterfaces"][1]["SourceDestCheck"] = json!(true);
    let mut asymmetric = endpoint.clone();
    asymmetric["RouteTables"][2]["Routes"][1] =
        json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"});
    let mut closed = appliance.clone();
    closed["SecurityGroups"][1]["IpPermissions"] = json!([]);
    let mut unknown = endpoint.clone();
    unknown["VpcEndpoints"] = json!([]);
    let mut reference = appliance.clone();
    reference["SecurityGroups"][0]["IpPermissions"] =
        json!([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-app"}]}]);
    check(&[
        (
            "51 through an appliance",
            &appliance,
            INSPECTED,
            INTERNET,
            CLIENT,
            "answered",
        ),
        (
            "51 through an endpoint",
            &endpoint,
            INSPECTED,
            INTERNET,
            CLIENT,
            "answered",
        ),
        (
            "51 without public address",
            &no_public,
            &[],
            INTERNET,
            CLIENT,
            "INGRESS_RTB_NO_PUBLIC_IP",
        ),
        (
            "51 forwards nothing",
            &checked,
            &[],
            INTERNET,
            CLIENT,
            "ENI_SOURCE_DEST_CHECK_RESTRICTION",
        ),
        (
            "51 the answer goes another way",
            &asymmetric,
            &[],
            INTERNET,
            CLIENT,
            "INGRESS_RTB_TRAFFIC_REDIRECTION",
        ),
        (
            "51 the appliance's group",
            &closed,
            &[],
            INTERNET,
            CLIENT,
            "ENI_SG_RULES_MISMATCH",
        ),
        (
            "51 not described",
            &unknown,
            &["eni-1 igw-1 TCP 22-22 unknown"],
            INTERNET,
            CLIENT,
            "unknown",
        ),
    ]);
}

#[test]
fn appliances_are_assumed_to_forward() {
    let appliance = redirected(&json!({"NetworkInterfaceId": "eni-app"}));
    let mut reference = appliance.clone();
    reference["SecurityGroups"][0]["IpPermissions"] =
        json!([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-app"}]}]);
    let end = "ENI_SG_RULES_MISMATCH";
    check(&[(
        "28 identity is lost",
        &reference,
        &[],
        INTERNET,
        CLIENT,
        end,
    )]);
    let estate = super::estate::snapshot(&appliance);
    let live = live(estate.clone());
    let assumed = live.findings()[0].assumptions(&estate);
    assert_eq!(assumed, ["PATH_THROUGH_MIDDLEBOX_ASSUMED"], "51");
}

#[test]
fn owners_do_not_matter() {
    let mut document = base();
    for (list, owner) in [
        ("Vpcs", "111111111111"),
        ("Subnets", "111111111111"),
        ("RouteTables", "111111111111"),
        ("NetworkAcls", "111111111111"),
        ("SecurityGroups", "222222222222"),
        ("NetworkInterfaces", "222222222222"),
    ] {
        for item in document[list].as_array_mut().expect("a list") {
            item["OwnerId"] = json!(owner);
        }
    }
    let mut denied = document.clone();
    denied["NetworkAcls"][0]["Entries"][0]["RuleAction"] = json!("deny");
    check(&[
        (
            "56 shared VPC",
            &document,
            OPEN,
            INTERNET,
            CLIENT,
            "answered",
        ),
        (
            "56 the owner's ACL",
            &denied,
            &[],
            INTERNET,
            CLIENT,
            "SUBNET_ACL_RESTRICTION",
        ),
    ]);
}

#[test]
fn a_path_has_at_most_thirty_steps() {
    let mut document = base();
    let template = document["SecurityGroups"][0].clone();
    let mut groups = vec![json!({"GroupId": "sg-1"})];
    for number in 2..40 {
        let id = format!("sg-{number}");
        let mut group = template.clone();
        group["GroupId"] = json!(id);
        push(&mut document, "SecurityGroups", group);
        groups.push(json!({"GroupId": id}));
    }
    document["NetworkInterfaces"][0]["Groups"] = json!(groups);
    check(&[(
        "65 forty groups",
        &document,
        OPEN,
        INTERNET,
        CLIENT,
        "answered",
    )]);
    let estate = super::estate::snapshot(&document);
    let live = live(estate.clone());
    let steps = live.findings()[0].steps(&estate);
    let ends = [&steps[0], &steps[28], &steps[29]].map(|s| s.component_id.as_str());
    assert_eq!((steps.len(), ends), (30, ["igw-1", "eni-1", "i-1"]), "65");
}

/// The numbers of the corner cases that the rows of these files name.
#[test]
fn every_corner_case_has_a_row() {
    let files = [
        include_str!("corner.rs"),
        include_str!("beyond.rs"),
        include_str!("cases.rs"),
        include_str!("services.rs"),
    ];
    let number = |text: &str| -> Option<usize> {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let named: std::collections::BTreeSet<usize> = files
        .iter()
        .flat_map(|file| file.split('"').skip(1).step_by(2))
        .filter_map(number)
        .collect();
    let missing: Vec<usize> = (1..=65).filter(|n| !named.contains(n)).collect();
    assert_eq!(missing, Vec::<usize>::new());
}
