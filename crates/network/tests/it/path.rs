//! Ways between two ends: the flows of the sample networks, and random networks packet by packet.

use core::net::IpAddr;

use lynkeus_network::filters::Protocol;
use lynkeus_network::path::{Answer, End, Query, Verdict, find};
use lynkeus_network::region::Ports;
use lynkeus_network::snapshot::Snapshot;
use serde_json::{Value, json};

use super::estate::{Dice, document, snapshot};
use super::path_packets::{Fate, Judge};

fn ask(snapshot: &Snapshot, from: &str, to: &str, protocol: u8, port: u16) -> Answer {
    let query = Query {
        from: End::parse(from).expect("an end"),
        to: End::parse(to).expect("an end"),
        protocol: Protocol(protocol),
        ports: Ports::range(port, port),
    };
    find(snapshot, &query).expect("known ends")
}

/// `OPEN`, or where and why not.
fn verdict(answer: &Answer) -> String {
    match answer.verdict().expect("a way") {
        Verdict::Open => "OPEN".to_owned(),
        Verdict::Unknown(reasons) => format!("UNKNOWN {}", reasons.join("; ")),
        Verdict::Closed(by) => format!("{} at {}", by.code, by.component),
    }
}

/// The components of the first way.
fn components(answer: &Answer) -> Vec<&str> {
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
    document
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
fn compare(document: &Value, estate: &Snapshot, from: &Value, to: &str, counts: &mut [usize; 3]) {
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
                }
            }
        }
    }
}

#[test]
fn ways_in_random_networks_agree_with_packets() {
    let mut counts = [0; 3];
    for seed in 0..200 {
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
    let [closed, open, unknown] = counts;
    assert!(
        open > 300 && closed > unknown,
        "{open} open, {closed} closed, {unknown} unknown"
    );
}
