//! What would open closed paths: named networks, and random ones against single packets.

use std::net::IpAddr;

use lynkeus_network::corrections::{Correction, Opening, corrections, near};
use lynkeus_network::edges::Edge;
use lynkeus_network::engine::Engine;
use lynkeus_network::filters::Protocol;
use lynkeus_network::finding::{Options, scan};
use lynkeus_network::packet::{Entry, Outcome, Packet, deliveries, follow};
use lynkeus_network::path::{End, Query, Verdict, find};
use lynkeus_network::region::Ports;
use lynkeus_network::snapshot::Snapshot;
use serde_json::{Value, json};

use super::base::base;
use super::beyond::{peered, push};
use super::cases::redirected;
use super::elements::wide;
use super::estate::{Dice, snapshot};
use super::path::balanced;
use super::path_edges::{eased, meets};
use super::path_packets::{Fate, Judge};
use super::path_services::network as accelerated;

const TCP: u8 = 6;

fn query(from: &str, to: &str, port: u16) -> Query {
    Query {
        from: End::parse(from).expect("an end"),
        to: End::parse(to).expect("an end"),
        protocol: Protocol(TCP),
        ports: Ports::range(port, port),
    }
}

fn applied(estate: &Snapshot, edits: &[Opening]) -> Snapshot {
    let mut changed = estate.clone();
    for edit in edits {
        edit.apply(&mut changed);
    }
    changed
}

fn is_open(estate: &Snapshot, query: &Query) -> bool {
    find(estate, query).is_ok_and(|answer| answer.verdict() == Some(&Verdict::Open))
}

fn words(set: &Correction) -> String {
    let edits: Vec<String> = set.edits.iter().map(ToString::to_string).collect();
    edits.join(" + ")
}

/// What would open a path; each set does, no part of one does, and no smaller set of all the changes
/// that are named does either.
fn sets(estate: &Snapshot, query: &Query, most: usize) -> Vec<Correction> {
    let answer = find(estate, query).expect("known ends");
    let found = corrections(estate, query, &answer, most);
    let mut pool: Vec<&Opening> = Vec::new();
    for set in &found.sets {
        assert!(
            is_open(&applied(estate, &set.edits), query),
            "{}",
            words(set)
        );
        assert_eq!(set.edits.len(), set.commands.len());
        assert!(!set.open.is_empty(), "{}", words(set));
        pool.extend(
            set.edits
                .iter()
                .filter(|edit| !pool.contains(edit))
                .collect::<Vec<_>>(),
        );
        for place in 0..set.edits.len() {
            let mut fewer = set.edits.clone();
            fewer.remove(place);
            assert!(
                !is_open(&applied(estate, &fewer), query),
                "{} less {place}",
                words(set)
            );
        }
    }
    if let Some(smallest) = found.sets.first().map(|set| set.edits.len()) {
        let alone = pool.iter().map(|edit| vec![(*edit).clone()]);
        let pairs = pool
            .iter()
            .flat_map(|a| pool.iter().map(|b| vec![(*a).clone(), (*b).clone()]));
        for fewer in alone.chain(pairs).filter(|edits| edits.len() < smallest) {
            assert!(!is_open(&applied(estate, &fewer), query), "{fewer:?}");
        }
    }
    found.sets
}

fn told(document: &Value, from: &str, to: &str, port: u16) -> Vec<String> {
    let estate = snapshot(document);
    let found = sets(&estate, &query(from, to, port), 3);
    found.iter().map(words).collect()
}

/// Whether a packet from the internet arrives after the changes, by the evaluator of packets.
fn arrives(estate: &Snapshot, (entry, to): (Entry<'_>, &str), port: u16) -> bool {
    let packet = Packet {
        source: "8.8.8.8".parse().expect("an address"),
        source_port: 50000,
        destination: to.parse().expect("an address"),
        destination_port: port,
        protocol: TCP,
    };
    let behind = deliveries(estate, entry, "vpc-1", packet);
    let mut all = behind.into_iter().map(|d| d.outcome);
    let direct = follow(estate, entry, "vpc-1", packet);
    matches!(direct, Outcome::Answered { interface } if interface == "eni-1")
        || all.any(|outcome| matches!(outcome, Outcome::Answered { .. }))
}

/// Only the route within the VPC stays.
fn unrouted(document: &mut Value) {
    let routes = document["RouteTables"][0]["Routes"].as_array_mut();
    routes.expect("routes").truncate(1);
}

/// A network, what breaks it, and what is told of it.
type Row = (&'static str, fn(&mut Value), &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        "no rule",
        |d| d["SecurityGroups"][0]["IpPermissions"] = json!([]),
        &["add sg-1,ingress,tcp,22,0.0.0.0/0"],
    ),
    (
        "an entry denies",
        |d| {
            let entry = json!({"RuleNumber": 90, "Egress": false, "Protocol": "6", "RuleAction": "deny",
                "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 0, "To": 1000}});
            d["NetworkAcls"][0]["Entries"]
                .as_array_mut()
                .expect("entries")
                .push(entry);
        },
        &[
            "allow tcp 22 from 0.0.0.0/0 in acl-1 by entry 89",
            "remove entry 90 of acl-1, which denies tcp 0-1000 from 0.0.0.0/0",
        ],
    ),
    (
        "answers do not leave",
        |d| {
            d["NetworkAcls"][0]["Entries"]
                .as_array_mut()
                .expect("entries")
                .truncate(1);
        },
        &["allow tcp 1024-65535 to 0.0.0.0/0 in acl-1 by entry 100"],
    ),
    (
        "no route",
        unrouted,
        &["add the route to 0.0.0.0/0 of rtb-1 to igw-1"],
    ),
    (
        "a blackhole",
        |d| d["RouteTables"][0]["Routes"][1]["State"] = json!("blackhole"),
        &["lead the route to 0.0.0.0/0 of rtb-1 to igw-1"],
    ),
    (
        "no public address",
        |d| d["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] = json!({}),
        &["give 10.1.1.4 of eni-1 a public address"],
    ),
    (
        "stopped",
        |d| d["Instances"][0]["State"]["Name"] = json!("stopped"),
        &["start i-1"],
    ),
    (
        "not attached",
        |d| d["InternetGateways"][0]["Attachments"] = json!([]),
        &["attach igw-1 to vpc-1"],
    ),
    (
        "blocked",
        |d| d["VpcBlockPublicAccessOptions"] = json!({"InternetGatewayBlockMode": "block-ingress"}),
        &["exclude subnet-1 from VPC Block Public Access"],
    ),
    (
        "no route and no rule",
        |d| {
            unrouted(d);
            d["SecurityGroups"][0]["IpPermissions"] = json!([]);
        },
        &["add sg-1,ingress,tcp,22,0.0.0.0/0 + add the route to 0.0.0.0/0 of rtb-1 to igw-1"],
    ),
    (
        "three things",
        |d| {
            unrouted(d);
            d["SecurityGroups"][0]["IpPermissions"] = json!([]);
            d["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] = json!({});
        },
        &[
            "give 10.1.1.4 of eni-1 a public address + add sg-1,ingress,tcp,22,0.0.0.0/0 + add the route to 0.0.0.0/0 of rtb-1 to igw-1",
        ],
    ),
    ("open", |_| {}, &[]),
];

#[test]
fn each_closed_path_from_the_internet_tells_what_would_open_it() {
    for (name, change, expected) in ROWS {
        let mut document = base();
        change(&mut document);
        assert_eq!(told(&document, "igw-1", "i-1", 22), *expected, "{name}");
        let estate = snapshot(&document);
        let entry = Entry::InternetGateway("igw-1");
        for set in sets(&estate, &query("igw-1", "i-1", 22), 3) {
            let changed = applied(&estate, &set.edits);
            let own = changed.interfaces["eni-1"].private_ip_addresses[0]
                .association
                .as_ref();
            let to = own.expect("a public address").public_ip.clone();
            // Packets do not see whether an instance runs.
            let was_there = arrives(&estate, (entry, &to), 22);
            assert_eq!(was_there, *name == "stopped", "{name}");
            assert!(
                arrives(&changed, (entry, &to), 22),
                "{name}: {}",
                words(&set)
            );
        }
    }
}

#[test]
fn four_things_are_too_many_and_fewer_changes_are_told_if_asked() {
    let mut document = base();
    ROWS[10].1(&mut document);
    document["Instances"][0]["State"]["Name"] = json!("stopped");
    assert_eq!(told(&document, "igw-1", "i-1", 22), Vec::<String>::new());
    let mut document = base();
    ROWS[9].1(&mut document);
    assert!(sets(&snapshot(&document), &query("igw-1", "i-1", 22), 1).is_empty());
}

#[test]
fn commands_do_what_is_told() {
    let mut document = base();
    ROWS[10].1(&mut document);
    let found = sets(&snapshot(&document), &query("igw-1", "i-1", 22), 3);
    assert_eq!(
        found[0].commands,
        [
            "aws ec2 associate-address --network-interface-id eni-1 --private-ip-address 10.1.1.4 --allocation-id ALLOCATION",
            "aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]'",
            "aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1",
        ]
    );
    let mut document = base();
    ROWS[1].1(&mut document);
    let found = sets(&snapshot(&document), &query("igw-1", "i-1", 22), 3);
    let commands: Vec<&str> = found.iter().map(|set| set.commands[0].as_str()).collect();
    assert_eq!(
        commands,
        [
            "aws ec2 create-network-acl-entry --network-acl-id acl-1 --ingress --rule-number 89 --protocol 6 --port-range From=22,To=22 --cidr-block 0.0.0.0/0 --rule-action allow",
            "aws ec2 delete-network-acl-entry --network-acl-id acl-1 --ingress --rule-number 90",
        ]
    );
}

#[test]
fn a_block_of_senders_gets_what_it_needs_and_no_more() {
    let mut document = base();
    document["SecurityGroups"][0]["IpPermissions"] = json!([]);
    unrouted(&mut document);
    let only = "add sg-1,ingress,tcp,22,203.0.112.0/24 + add the route to 203.0.112.0/24 of rtb-1 to igw-1";
    assert_eq!(told(&document, "203.0.112.0/24", "i-1", 22), [only]);
}

#[test]
fn an_address_of_another_vpc_is_not_taken_for_the_senders() {
    let mut document = base();
    document["SecurityGroups"][0]["IpPermissionsEgress"] =
        json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    document["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] = json!({});
    let other = json!({"NetworkInterfaceId": "eni-0", "VpcId": "vpc-0", "SubnetId": "subnet-0",
        "PrivateIpAddress": "10.1.1.4"});
    push(&mut document, "NetworkInterfaces", other);
    assert_eq!(
        told(&document, "i-1", "8.8.8.8", 443),
        ["give 10.1.1.4 of eni-1 a public address"]
    );
}

#[test]
fn between_instances_both_ends_count() {
    let mut document = peered();
    for vpc in document["Vpcs"].as_array_mut().expect("VPCs") {
        let own = json!({"CidrBlock": vpc["CidrBlock"], "CidrBlockState": {"State": "associated"}});
        vpc["CidrBlockAssociationSet"] = json!([own]);
    }
    let other = json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-2", "SubnetId": "subnet-21",
        "Groups": [{"GroupId": "sg-2"}], "PrivateIpAddress": "10.2.1.9",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.2.1.9", "Primary": true}],
        "Attachment": {"InstanceId": "i-2", "Status": "attached"}});
    push(&mut document, "NetworkInterfaces", other);
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-2", "VpcId": "vpc-2", "IpPermissionsEgress": []}),
    );
    push(
        &mut document,
        "Subnets",
        json!({"SubnetId": "subnet-21", "VpcId": "vpc-2",
        "AvailabilityZone": "us-east-2a", "CidrBlock": "10.2.1.0/24"}),
    );
    let entries = document["NetworkAcls"][0]["Entries"].clone();
    push(
        &mut document,
        "NetworkAcls",
        json!({"NetworkAclId": "acl-2", "Associations": [{"SubnetId": "subnet-21"}],
        "Entries": entries}),
    );
    push(
        &mut document,
        "RouteTables",
        json!({"RouteTableId": "rtb-2", "VpcId": "vpc-2",
        "Associations": [{"Main": true}],
        "Routes": [{"DestinationCidrBlock": "10.2.0.0/16", "GatewayId": "local", "State": "active"}]}),
    );
    let expected =
        "add sg-2,egress,tcp,22,10.1.1.4/32 + add the route to 10.1.1.4/32 of rtb-2 to pcx-1";
    assert_eq!(told(&document, "i-2", "i-1", 22), [expected]);
    // The same by the judge of packets, with the two changes made by hand.
    let packet = |document: &Value| {
        let (from, to): (IpAddr, IpAddr) =
            ("10.2.1.9".parse().unwrap(), "10.1.1.4".parse().unwrap());
        Judge(document).send("eni-2", from, to, TCP, 22)
    };
    assert_eq!(packet(&document), Fate::Stops);
    document["SecurityGroups"][1]["IpPermissionsEgress"] = json!([{"IpProtocol": "tcp", "FromPort": 22,
        "ToPort": 22, "IpRanges": [{"CidrIp": "10.1.1.4/32"}]}]);
    assert_eq!(packet(&document), Fate::Stops);
    let route = json!({"DestinationCidrBlock": "10.1.1.4/32", "VpcPeeringConnectionId": "pcx-1", "State": "active"});
    document["RouteTables"][1]["Routes"]
        .as_array_mut()
        .expect("routes")
        .push(route);
    assert_eq!(packet(&document), Fate::Arrives("eni-1".to_owned()));
    assert_eq!(told(&document, "i-2", "i-1", 22), Vec::<String>::new());
}

#[test]
fn listeners_and_accelerators_and_appliances_can_be_what_is_missing() {
    let mut document = balanced("application", true);
    document["SecurityGroups"][2]["IpPermissions"][0]["ToPort"] = json!(100);
    let found = told(&document, "8.8.8.8", "i-2", 81);
    let arn = document["LoadBalancers"][0]["LoadBalancerArn"]
        .as_str()
        .expect("an ARN");
    assert!(
        found.contains(&format!("add a listener HTTP 81 of {arn} before tg")),
        "{found:?}"
    );
    let mut document = accelerated("i-1");
    let arn = document["Accelerators"][0]["AcceleratorArn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    assert_eq!(
        told(&document, &arn, "i-1", 443),
        Vec::<String>::new(),
        "open"
    );
    document["Accelerators"][0]["Enabled"] = json!(false);
    assert_eq!(told(&document, &arn, "i-1", 443), [format!("enable {arn}")]);
    document["Accelerators"][0]["Enabled"] = json!(true);
    document["SecurityGroups"][0]["IpPermissions"][0]["ToPort"] = json!(100);
    let accept = format!("add port 80 to {arn}/listener/1");
    assert_eq!(told(&document, &arn, "i-1", 80), [accept]);
    let mut document = redirected(&json!({"NetworkInterfaceId": "eni-app"}));
    document["NetworkInterfaces"][1]["SourceDestCheck"] = json!(true);
    let forward = "let eni-app take packets that are for others";
    assert_eq!(told(&document, "igw-1", "i-1", 22), [forward]);
}

#[test]
fn what_is_told_of_random_networks_opens_them() {
    let mut counts = [0; 3];
    for seed in 0..200 {
        let document = if seed % 2 == 0 {
            wide(seed)
        } else {
            eased(seed)
        };
        let estate = snapshot(&document);
        let dice = &mut Dice::new(seed + 17_000_000);
        let targets = estate.interfaces.values();
        for target in targets.filter(|i| i.instance().is_some() && i.vpc_id == "vpc-1") {
            let id = &target.network_interface_id;
            let port = *dice.one(&[22, 80, 3389]);
            let asked = query("igw-1", id, port);
            for set in sets(&estate, &asked, 2) {
                let edge = Edge::Internet("igw-1".to_owned());
                let changed = applied(&estate, &set.edits);
                let (_, blocks) = set.open.first().expect("something is open");
                let source = blocks[0].split('/').next().expect("an address");
                let source: IpAddr = source.parse().expect("an address");
                let target = &changed.interfaces[id];
                let question = (source, port, Protocol(TCP));
                let met = meets(&changed, target, &edge, question);
                assert_eq!(met, Some(true), "seed {seed} {id} {port}: {}", words(&set));
                counts[set.edits.len()] += 1;
            }
        }
    }
    assert!(counts[1] > 15 && counts[2] > 15, "{counts:?}");
}

#[test]
fn interfaces_one_change_away_from_the_internet_are_told() {
    let mut document = base();
    let instance = |n: u8, group: &str, association: &Value| {
        json!({"NetworkInterfaceId": format!("eni-{n}"), "VpcId": "vpc-1", "SubnetId": "subnet-1",
            "Groups": [{"GroupId": group}], "PrivateIpAddress": format!("10.1.1.{n}"), "PrivateIpAddresses":
            [{"PrivateIpAddress": format!("10.1.1.{n}"), "Primary": true, "Association": association}],
            "Attachment": {"InstanceId": format!("i-{n}"), "Status": "attached"}})
    };
    push(
        &mut document,
        "SecurityGroups",
        json!({"GroupId": "sg-2", "VpcId": "vpc-1"}),
    );
    let public = |n: u8| json!({"PublicIp": format!("54.0.1.{n}")});
    // One rule away, one address away, two changes away.
    push(
        &mut document,
        "NetworkInterfaces",
        instance(12, "sg-2", &public(12)),
    );
    push(
        &mut document,
        "NetworkInterfaces",
        instance(13, "sg-1", &json!({})),
    );
    push(
        &mut document,
        "NetworkInterfaces",
        instance(14, "sg-2", &json!({})),
    );
    // One rule away, with an address that only the list of addresses names.
    push(
        &mut document,
        "NetworkInterfaces",
        instance(15, "sg-2", &json!({})),
    );
    push(
        &mut document,
        "Addresses",
        json!({"AllocationId": "eipalloc-15", "PublicIp": "54.0.1.15", "PrivateIpAddress": "10.1.1.15",
            "NetworkInterfaceId": "eni-15"}),
    );
    let look = |document: &Value| {
        let estate = snapshot(document);
        let options = Options::default();
        let findings = scan(&mut Engine::new(estate.clone().into()), &options);
        let ports = Ports::range(22, 22);
        let found = near(&estate, &findings, &options, (Protocol::TCP, &ports));
        assert!(found.is_complete);
        let lines: Vec<String> = found
            .interfaces
            .iter()
            .flat_map(|near| {
                let own = near.corrections.iter();
                own.map(|set| format!("{} {} {}", near.instance, near.edge, words(set)))
            })
            .collect();
        lines
    };
    assert_eq!(
        look(&document),
        [
            "i-12 igw-1 add sg-2,ingress,tcp,22,0.0.0.0/0",
            "i-13 igw-1 give 10.1.1.13 of eni-13 a public address",
            "i-15 igw-1 add sg-2,ingress,tcp,22,0.0.0.0/0",
        ]
    );
    // Without a route all are further away, and the open one is one route away.
    unrouted(&mut document);
    assert_eq!(
        look(&document),
        ["i-1 igw-1 add the route to 0.0.0.0/0 of rtb-1 to igw-1"]
    );
    document["InternetGateways"] = json!([]);
    assert_eq!(look(&document), Vec::<String>::new());
}
