//! Corner cases of the specification, section 5, by number, each with the packet that decides it.

use lynkeus_network::packet::{Entry, Outcome, Packet, follow};
use serde_json::{Value, json};

use super::base::{base, lines};
use super::estate::snapshot;

/// What follows one tcp packet from the internet: `answered`, `unknown`, or the code of what stops it.
fn packet(document: &Value, source: &str, destination: &str, port: u16) -> String {
    let packet = Packet {
        source: source.parse().expect("an address"),
        source_port: 50000,
        destination: destination.parse().expect("an address"),
        destination_port: port,
        protocol: 6,
    };
    match follow(
        &snapshot(document),
        Entry::InternetGateway("igw-1"),
        "vpc-1",
        packet,
    ) {
        Outcome::Answered { .. } => "answered".to_owned(),
        Outcome::Unknown { .. } => "unknown".to_owned(),
        Outcome::Stopped { code, .. } => code.to_owned(),
    }
}

/// A change of a part of the base network, given as a JSON pointer and the new value.
type Edit = (&'static str, Value);
/// Number and name, changes, findings, the deciding packet and its fate.
type Row = (
    &'static str,
    Vec<Edit>,
    &'static [&'static str],
    (&'static str, &'static str, u16, &'static str),
);

fn edited(edits: &[Edit]) -> Value {
    let mut document = base();
    for (pointer, value) in edits {
        if let Some(list) = pointer.strip_suffix("/-") {
            let list = document.pointer_mut(list).and_then(Value::as_array_mut);
            list.expect("a list").push(value.clone());
            continue;
        }
        if let Some(place) = document.pointer_mut(pointer) {
            *place = value.clone();
        } else {
            let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
            let parent = document.pointer_mut(parent).expect("a parent");
            parent[member] = value.clone();
        }
    }
    document
}

fn check(rows: &[Row]) {
    for (name, edits, expected, (source, destination, port, fate)) in rows {
        let document = edited(edits);
        assert_eq!(lines(&document), *expected, "{name}");
        assert_eq!(
            packet(&document, source, destination, *port),
            *fate,
            "{name}"
        );
    }
}

const OPEN: &[&str] = &["eni-1 igw-1 TCP 22-22"];
const CLIENT: (&str, &str, u16, &str) = ("8.8.8.8", "54.0.0.4", 22, "answered");

fn stopped(code: &'static str) -> (&'static str, &'static str, u16, &'static str) {
    ("8.8.8.8", "54.0.0.4", 22, code)
}

const ROUTE: &str = "/RouteTables/0/Routes/1";
const RULES: &str = "/SecurityGroups/0/IpPermissions";
const ENTRIES: &str = "/NetworkAcls/0/Entries/-";

fn route(block: &str, target: &str, state: &str) -> Value {
    json!({"DestinationCidrBlock": block, "GatewayId": target, "State": state})
}

fn rule(protocol: &str, from: i64, to: i64, block: &str) -> Value {
    json!({"IpProtocol": protocol, "FromPort": from, "ToPort": to, "IpRanges": [{"CidrIp": block}]})
}

fn entry(number: u32, egress: bool, action: &str, block: &str, ports: (u16, u16)) -> Value {
    json!({"RuleNumber": number, "Egress": egress, "Protocol": "6", "RuleAction": action,
        "CidrBlock": block, "PortRange": {"From": ports.0, "To": ports.1}})
}

#[test]
fn routes_decide() {
    let no_route = stopped("NO_ROUTE_TO_DESTINATION");
    let nat =
        json!({"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"});
    let address = "/NetworkInterfaces/0/PrivateIpAddresses/0/Association";
    let own = json!({"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}],
        "Routes": [route("10.1.0.0/16", "local", "active")]});
    check(&[
        ("0 base", vec![], OPEN, CLIENT),
        ("1 default route to NAT", vec![(ROUTE, nat)], &[], no_route),
        (
            "2 no public address",
            vec![(address, json!({}))],
            &[],
            stopped("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"),
        ),
        (
            "3 route for one block",
            vec![(ROUTE, route("203.0.113.0/24", "igw-1", "active"))],
            OPEN,
            no_route,
        ),
        (
            "3 from that block",
            vec![(ROUTE, route("203.0.113.0/24", "igw-1", "active"))],
            OPEN,
            ("203.0.113.9", "54.0.0.4", 22, "answered"),
        ),
        (
            "4 blackhole",
            vec![(ROUTE, route("0.0.0.0/0", "igw-1", "blackhole"))],
            &[],
            no_route,
        ),
        (
            "5 longer blackhole",
            vec![(
                "/RouteTables/0/Routes/-",
                route("8.8.0.0/16", "igw-1", "blackhole"),
            )],
            OPEN,
            no_route,
        ),
        (
            "6 two halves",
            vec![
                (ROUTE, route("0.0.0.0/1", "igw-1", "active")),
                (
                    "/RouteTables/0/Routes/-",
                    route("128.0.0.0/1", "igw-1", "active"),
                ),
            ],
            OPEN,
            ("200.1.1.1", "54.0.0.4", 22, "answered"),
        ),
        (
            "7 own table before main",
            vec![("/RouteTables/-", own)],
            &[],
            no_route,
        ),
        (
            "36 default route to the VPN gateway",
            vec![(ROUTE, route("0.0.0.0/0", "vgw-1", "active"))],
            &["eni-1 vgw-1 TCP 22-22 unknown"],
            no_route,
        ),
    ]);
}

#[test]
fn protocols_and_ports_decide() {
    let mismatch = stopped("ENI_SG_RULES_MISMATCH");
    check(&[
        (
            "10 narrow and wide",
            vec![(
                "/SecurityGroups/0/IpPermissions/-",
                rule("tcp", 22, 22, "203.0.113.0/24"),
            )],
            OPEN,
            CLIENT,
        ),
        (
            "10 without the wide",
            vec![(RULES, json!([rule("tcp", 22, 22, "203.0.113.0/24")]))],
            OPEN,
            mismatch,
        ),
        (
            "11 all protocols with ports",
            vec![(RULES, json!([rule("-1", 22, 22, "0.0.0.0/0")]))],
            &["eni-1 igw-1 TCP 0-65535", "eni-1 igw-1 UDP 0-65535"],
            ("8.8.8.8", "54.0.0.4", 23, "answered"),
        ),
        (
            "11 tcp from -1",
            vec![(RULES, json!([rule("tcp", -1, -1, "0.0.0.0/0")]))],
            &["eni-1 igw-1 TCP 0-65535"],
            ("8.8.8.8", "54.0.0.4", 65535, "answered"),
        ),
        (
            "11 port 0",
            vec![(RULES, json!([rule("tcp", 0, 0, "0.0.0.0/0")]))],
            &["eni-1 igw-1 TCP 0-0"],
            mismatch,
        ),
        (
            "11 port 65535",
            vec![(RULES, json!([rule("tcp", 65535, 65535, "0.0.0.0/0")]))],
            &["eni-1 igw-1 TCP 65535-65535"],
            mismatch,
        ),
        (
            "12 protocol by number",
            vec![(RULES, json!([rule("6", 22, 22, "0.0.0.0/0")]))],
            OPEN,
            CLIENT,
        ),
        (
            "12 protocol 50",
            vec![(RULES, json!([rule("50", 22, 22, "0.0.0.0/0")]))],
            &[],
            mismatch,
        ),
        (
            "13 ICMP only",
            vec![(RULES, json!([rule("icmp", -1, -1, "0.0.0.0/0")]))],
            &[],
            mismatch,
        ),
    ]);
}

#[test]
fn peers_decide() {
    let mismatch = stopped("ENI_SG_RULES_MISMATCH");
    let reference = json!([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}]);
    let list = json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": "pl-1"}]}]);
    check(&[
        (
            "22 prefix list",
            vec![
                (RULES, list.clone()),
                (
                    "/PrefixLists",
                    json!([{"PrefixListId": "pl-1", "Cidrs": ["8.8.8.0/24"]}]),
                ),
            ],
            OPEN,
            CLIENT,
        ),
        (
            "22 empty list",
            vec![
                (RULES, list.clone()),
                (
                    "/PrefixLists",
                    json!([{"PrefixListId": "pl-1", "Cidrs": []}]),
                ),
            ],
            &[],
            mismatch,
        ),
        (
            "22 unknown list",
            vec![(RULES, list)],
            &["eni-1 igw-1 TCP 22-22 unknown"],
            stopped("unknown"),
        ),
        ("24 self reference", vec![(RULES, reference)], &[], mismatch),
        (
            "60 one address",
            vec![(RULES, json!([rule("tcp", 22, 22, "8.8.8.8/32")]))],
            OPEN,
            CLIENT,
        ),
        (
            "61 two halves",
            vec![(
                RULES,
                json!([
                    rule("tcp", 22, 22, "0.0.0.0/1"),
                    rule("tcp", 22, 22, "128.0.0.0/1")
                ]),
            )],
            OPEN,
            CLIENT,
        ),
        (
            "62 private block",
            vec![(RULES, json!([rule("tcp", 22, 22, "10.0.0.0/8")]))],
            &[],
            mismatch,
        ),
        (
            "63 public block",
            vec![(RULES, json!([rule("tcp", 22, 22, "52.94.0.0/16")]))],
            OPEN,
            ("52.94.1.1", "54.0.0.4", 22, "answered"),
        ),
    ]);
}

#[test]
fn acls_decide() {
    let restricted = stopped("SUBNET_ACL_RESTRICTION");
    let any = "0.0.0.0/0";
    let all_ports = vec![
        (RULES, json!([rule("tcp", 0, 65535, any)])),
        (ENTRIES, entry(10, false, "allow", any, (0, 1023))),
        (ENTRIES, entry(20, false, "deny", any, (3389, 3389))),
    ];
    let egress = |low| {
        vec![(
            "/NetworkAcls/0/Entries/1",
            entry(100, true, "allow", any, (low, 65535)),
        )]
    };
    check(&[
        (
            "17 deny before",
            vec![(ENTRIES, entry(90, false, "deny", any, (22, 22)))],
            &[],
            restricted,
        ),
        (
            "17 deny after",
            vec![(ENTRIES, entry(110, false, "deny", any, (22, 22)))],
            OPEN,
            CLIENT,
        ),
        (
            "18 no way back",
            vec![(
                "/NetworkAcls/0/Entries/1",
                entry(100, true, "allow", any, (80, 443)),
            )],
            &[],
            restricted,
        ),
        ("18 a way back for part", egress(32768), OPEN, CLIENT),
        ("18 a way back for others", egress(50001), OPEN, restricted),
        (
            "19 a range is split",
            all_ports,
            &["eni-1 igw-1 TCP 0-3388", "eni-1 igw-1 TCP 3390-65535"],
            ("8.8.8.8", "54.0.0.4", 3389, "SUBNET_ACL_RESTRICTION"),
        ),
        (
            "20 private clients denied",
            vec![(ENTRIES, entry(10, false, "deny", "10.0.0.0/8", (0, 65535)))],
            OPEN,
            CLIENT,
        ),
        (
            "57 missing ACLs",
            vec![("/NetworkAcls", json!([]))],
            &["eni-1 igw-1 TCP 22-22 unknown"],
            stopped("unknown"),
        ),
        (
            "57 unknown gateway",
            vec![("/InternetGateways", json!([]))],
            &["eni-1 igw-1 TCP 22-22 unknown"],
            stopped("unknown"),
        ),
    ]);
}

#[test]
fn interfaces_and_instances_decide() {
    let second = json!([{"PrivateIpAddress": "10.1.1.4", "Primary": true},
        {"PrivateIpAddress": "10.1.1.5", "Association": {"PublicIp": "54.0.0.5"}}]);
    let other = json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1",
        "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.1.1.9",
        "Attachment": {"InstanceId": "i-1", "Status": "attached"}});
    let answered = ("8.8.8.8", "54.0.0.5", 22, "answered");
    check(&[
        (
            "8 the second address is public",
            vec![("/NetworkInterfaces/0/PrivateIpAddresses", second)],
            OPEN,
            answered,
        ),
        (
            "9 one of two interfaces",
            vec![("/NetworkInterfaces/-", other)],
            OPEN,
            CLIENT,
        ),
        (
            "41 stopped",
            vec![("/Instances/0/State/Name", json!("stopped"))],
            &[],
            CLIENT,
        ),
        (
            "41 terminated",
            vec![("/Instances/0/State/Name", json!("terminated"))],
            &[],
            CLIENT,
        ),
        (
            "41 detached",
            vec![("/NetworkInterfaces/0/Attachment/Status", json!("detached"))],
            &[],
            CLIENT,
        ),
        (
            "40 NAT gateway",
            vec![
                ("/NetworkInterfaces/0/Groups", json!([])),
                ("/NetworkInterfaces/0/Attachment", json!({})),
            ],
            &[],
            stopped("ENI_SG_RULES_MISMATCH"),
        ),
    ]);
}

#[test]
fn public_access_can_be_blocked() {
    let options = |mode: &str| json!({"AwsRegion": "us-east-2", "InternetGatewayBlockMode": mode});
    let exclusion = |mode: &str, id: &str| {
        json!([{"ExclusionId": "e", "InternetGatewayExclusionMode": mode, "State": "create-complete",
            "ResourceArn": format!("arn:aws:ec2:us-east-2:1:{id}")}])
    };
    let rows = [
        ("off", json!([]), OPEN),
        ("block-bidirectional", json!([]), &[][..]),
        ("block-ingress", json!([]), &[][..]),
        (
            "block-ingress",
            exclusion("allow-bidirectional", "vpc/vpc-1"),
            OPEN,
        ),
        (
            "block-bidirectional",
            exclusion("allow-bidirectional", "subnet/subnet-1"),
            OPEN,
        ),
        (
            "block-bidirectional",
            exclusion("allow-egress", "subnet/subnet-1"),
            &[][..],
        ),
        (
            "block-ingress",
            exclusion("allow-bidirectional", "subnet/subnet-2"),
            &[][..],
        ),
    ];
    for (mode, exclusions, expected) in rows {
        let document = edited(&[
            ("/VpcBlockPublicAccessOptions", options(mode)),
            ("/VpcBlockPublicAccessExclusions", exclusions.clone()),
        ]);
        assert_eq!(lines(&document), expected, "55 {mode} {exclusions}");
    }
}

#[test]
fn both_families_are_one_finding() {
    let six = vec![
        (
            "/NetworkInterfaces/0/Ipv6Addresses",
            json!([{"Ipv6Address": "2001:db8:1::4"}]),
        ),
        (
            "/RouteTables/0/Routes/-",
            json!({"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}),
        ),
        (
            RULES,
            json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]),
        ),
    ];
    assert_eq!(
        lines(&edited(&six)),
        Vec::<String>::new(),
        "14 no ACL entry for IPv6"
    );
    let mut open = six.clone();
    for egress in [false, true] {
        open.push((
            ENTRIES,
            json!({"RuleNumber": 101, "Egress": egress, "Protocol": "-1", "RuleAction": "allow",
            "Ipv6CidrBlock": "::/0"}),
        ));
    }
    assert_eq!(lines(&edited(&open)), OPEN, "14 IPv6 only");
    let mut both = open.clone();
    both.push((
        "/SecurityGroups/0/IpPermissions/-",
        rule("tcp", 22, 22, "0.0.0.0/0"),
    ));
    assert_eq!(lines(&edited(&both)), OPEN, "64 both families");
    let mut egress_only = open.clone();
    egress_only.push((
        "/RouteTables/0/Routes/2",
        json!({"DestinationIpv6CidrBlock": "::/0",
        "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"}),
    ));
    assert_eq!(
        lines(&edited(&egress_only)),
        Vec::<String>::new(),
        "15 egress-only gateway"
    );
    let mut local = open;
    local.push((
        "/NetworkInterfaces/0/Ipv6Addresses",
        json!([{"Ipv6Address": "fd00::4"}]),
    ));
    assert_eq!(
        lines(&edited(&local)),
        Vec::<String>::new(),
        "16 unique local address"
    );
}

#[test]
fn overlapping_prefix_lists_leave_doubt() {
    let lists = json!([{"PrefixListId": "pl-1", "Cidrs": ["8.8.8.0/24"]}, {"PrefixListId": "pl-2", "Cidrs": ["8.8.8.0/24"]}]);
    let to = |list: &str, member: &str, target: &str| json!({"DestinationPrefixListId": list, member: target, "State": "active"});
    let mut document = edited(&[
        ("/PrefixLists", lists),
        (ROUTE, to("pl-1", "GatewayId", "igw-1")),
        (
            "/RouteTables/0/Routes/-",
            to("pl-2", "NatGatewayId", "nat-1"),
        ),
    ]);
    assert_eq!(lines(&document), ["eni-1 igw-1 TCP 22-22 unknown"], "23");
    document["RouteTables"][0]["Routes"][2] = to("pl-2", "GatewayId", "igw-1");
    assert_eq!(lines(&document), OPEN, "23 the same target");
}

#[test]
fn an_object_listed_twice_is_one() {
    let mut document = base();
    let again = document["NetworkInterfaces"][0].clone();
    document["NetworkInterfaces"]
        .as_array_mut()
        .expect("a list")
        .push(again);
    assert_eq!(lines(&document), OPEN, "58");
}
