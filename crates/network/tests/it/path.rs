//! Ways between two ends: the flows of the sample networks, and random networks packet by packet.

use lynkeus_network::filters::Protocol;
use lynkeus_network::interval::IntervalSet;
use lynkeus_network::path::{Answer, End, Query, Verdict, find};
use lynkeus_network::region::Ports;
use lynkeus_network::snapshot::Snapshot;

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
    let all = IntervalSet::<u16>::all();
    assert!(all.is_all());
}
