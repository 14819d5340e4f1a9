//! Small random networks, in which neighbouring addresses and ports are treated differently.

use lynkeus_network::snapshot::{File, Snapshot, read};
use serde_json::{Value, json};

/// Numbers that only depend on a seed (xorshift64*, Marsaglia 2003).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).expect("31 bits") % limit
    }

    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

pub(super) const BLOCKS: &[&str] = &[
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "8.8.8.0/24",
    "8.8.8.8/32",
    "8.8.0.0/16",
    "203.0.113.0/24",
    "203.0.113.7/32",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.1.0/24",
    "10.2.0.0/16",
    "10.2.1.0/24",
    "10.2.1.4/32",
    "192.168.0.0/16",
    "192.168.7.0/24",
    "172.16.0.0/12",
    "1.1.1.1/32",
];
const SIX: &[&str] = &[
    "::/0",
    "2000::/3",
    "2001:db8::/32",
    "2600::/16",
    "2001:db8:1::/48",
    "fd00::/8",
];
pub(super) const PORTS: &[u16] = &[
    0, 1, 22, 23, 80, 443, 1023, 1024, 3389, 8080, 32767, 32768, 49999, 50000, 60999, 65534, 65535,
];
const PROTOCOLS: &[&str] = &["tcp", "udp", "-1", "6", "17", "icmp", "50"];

fn ports(dice: &mut Dice) -> (u16, u16) {
    let (a, b) = (*dice.one(PORTS), *dice.one(PORTS));
    (a.min(b), a.max(b))
}

fn permission(dice: &mut Dice) -> Value {
    let (from, to) = ports(dice);
    let mut rule = json!({"IpProtocol": dice.one(PROTOCOLS)});
    match dice.below(6) {
        0 => {}
        1 => {
            rule["FromPort"] = json!(-1);
            rule["ToPort"] = json!(-1);
        }
        _ => {
            rule["FromPort"] = json!(from);
            rule["ToPort"] = json!(to);
        }
    }
    for _ in 0..=dice.below(2) {
        match dice.below(7) {
            0 => rule["Ipv6Ranges"] = json!([{"CidrIpv6": dice.one(SIX)}]),
            1 => {
                let list = *dice.one(&["pl-1", "pl-2", "pl-3"]);
                rule["PrefixListIds"] = json!([{"PrefixListId": list}]);
            }
            2 | 3 => {
                let group = *dice.one(&["sg-1", "sg-2", "sg-3", "sg-4"]);
                rule["UserIdGroupPairs"] = json!([{"GroupId": group}]);
            }
            _ => {
                rule["IpRanges"] =
                    json!([{"CidrIp": dice.one(BLOCKS)}, {"CidrIp": dice.one(BLOCKS)}]);
            }
        }
    }
    rule
}

pub(super) fn group(dice: &mut Dice, id: &str, vpc: &str) -> Value {
    let rules: Vec<Value> = (0..dice.below(4)).map(|_| permission(dice)).collect();
    let egress = match dice.below(6) {
        0 => json!([]),
        1 => json!([permission(dice), permission(dice)]),
        _ => json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]),
    };
    json!({"GroupId": id, "VpcId": vpc, "IpPermissions": rules, "IpPermissionsEgress": egress})
}

pub(super) fn acl(dice: &mut Dice, id: &str, subnets: &[&str]) -> Value {
    let mut entries = Vec::new();
    for egress in [false, true] {
        for number in 0..dice.below(4) {
            let (from, to) = ports(dice);
            let protocol = *dice.one(&["6", "17", "-1", "1", "tcp"]);
            let action = *dice.one(&["allow", "allow", "deny"]);
            let mut entry = json!({"RuleNumber": 10 + number * 10 + dice.below(3), "Egress": egress,
                "Protocol": protocol, "RuleAction": action});
            if dice.once_in(4) {
                entry["Ipv6CidrBlock"] = json!(dice.one(SIX));
            } else {
                entry["CidrBlock"] = json!(dice.one(BLOCKS));
            }
            if !dice.once_in(3) {
                entry["PortRange"] = json!({"From": from, "To": to});
            }
            entries.push(entry);
        }
        if !dice.once_in(3) {
            let all = json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1",
                "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
            entries.push(all);
            let all = json!({"RuleNumber": 101, "Egress": egress, "Protocol": "-1",
                "RuleAction": "allow", "Ipv6CidrBlock": "::/0"});
            entries.push(all);
        }
    }
    let subnets: Vec<Value> = subnets.iter().map(|s| json!({"SubnetId": s})).collect();
    json!({"NetworkAclId": id, "Associations": subnets, "Entries": entries})
}

fn target(dice: &mut Dice, vpc: usize) -> Value {
    let gateway = format!("igw-{vpc}");
    let private = format!("vgw-{vpc}");
    match dice.below(8) {
        0..3 => json!({"GatewayId": gateway}),
        3 => json!({"GatewayId": private}),
        4 | 5 => json!({"VpcPeeringConnectionId": "pcx-1"}),
        6 => json!({"NatGatewayId": "nat-1"}),
        _ => json!({"GatewayId": gateway, "State": "blackhole"}),
    }
}

fn table(dice: &mut Dice, vpc: usize, id: &str, associations: &Value) -> Value {
    let mut routes = vec![
        json!({"DestinationCidrBlock": format!("10.{vpc}.0.0/16"), "GatewayId": "local"}),
        json!({"DestinationIpv6CidrBlock": format!("2001:db8:{vpc}::/48"), "GatewayId": "local"}),
    ];
    for _ in 0..=dice.below(4) {
        let mut route = target(dice, vpc);
        if route["State"].is_null() {
            route["State"] = json!("active");
        }
        match dice.below(8) {
            0 => route["DestinationIpv6CidrBlock"] = json!(dice.one(SIX)),
            1 => route["DestinationPrefixListId"] = json!(dice.one(&["pl-1", "pl-2", "pl-3"])),
            _ => route["DestinationCidrBlock"] = json!(dice.one(BLOCKS)),
        }
        if dice.once_in(4) && route["DestinationPrefixListId"].is_null() {
            route["Origin"] = json!("EnableVgwRoutePropagation");
        }
        let same = |other: &Value| {
            ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "Origin"]
                .iter()
                .all(|member| other[member] == route[member])
                && route["DestinationPrefixListId"].is_null()
        };
        if !routes.iter().any(same) {
            routes.push(route);
        }
    }
    json!({"RouteTableId": id, "VpcId": format!("vpc-{vpc}"), "Associations": associations, "Routes": routes})
}

fn interface(dice: &mut Dice, number: usize) -> Value {
    let vpc = 1 + dice.below(2);
    let subnet = 1 + dice.below(2);
    let groups: Vec<Value> = (0..=dice.below(2))
        .map(|_| json!({"GroupId": format!("sg-{}", 1 + dice.below(4))}))
        .collect();
    let private = format!("10.{vpc}.{subnet}.{}", 4 + number);
    let mut address = json!({"PrivateIpAddress": private, "Primary": true});
    if !dice.once_in(4) {
        address["Association"] = json!({"PublicIp": format!("54.0.0.{}", 10 + number)});
    }
    let mut addresses = vec![address];
    if dice.once_in(3) {
        let second = format!("10.{vpc}.{subnet}.{}", 104 + number);
        let public = json!({"PublicIp": format!("54.0.0.{}", 110 + number)});
        addresses.push(json!({"PrivateIpAddress": second, "Association": public}));
    }
    let mut interface = json!({"NetworkInterfaceId": format!("eni-{number}"), "VpcId": format!("vpc-{vpc}"),
        "SubnetId": format!("subnet-{vpc}{subnet}"), "Groups": groups, "PrivateIpAddress": private,
        "PrivateIpAddresses": addresses, "Attachment": {"InstanceId": format!("i-{number}"), "Status": "attached"}});
    if dice.once_in(2) {
        let six = format!("2001:db8:{vpc}:{subnet}::{number}");
        interface["Ipv6Addresses"] = json!([{"Ipv6Address": six}]);
    }
    interface
}

/// A document with two VPCs, peered, each with gateways and two subnets.
pub(super) fn document(seed: u64) -> Value {
    let dice = &mut Dice::new(seed);
    let (mut vpcs, mut tables, mut internet, mut private) = (vec![], vec![], vec![], vec![]);
    for vpc in 1..=2 {
        let id = format!("vpc-{vpc}");
        vpcs.push(json!({"VpcId": id, "CidrBlockAssociationSet": [
            {"CidrBlock": format!("10.{vpc}.0.0/16"), "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "192.168.0.0/16", "CidrBlockState": {"State": dice.one(&["associated", "disassociated"])}}],
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": format!("2001:db8:{vpc}::/48")}]}));
        tables.push(table(
            dice,
            vpc,
            &format!("rtb-{vpc}0"),
            &json!([{"Main": true}]),
        ));
        let own = json!([{"SubnetId": format!("subnet-{vpc}2")}]);
        tables.push(table(dice, vpc, &format!("rtb-{vpc}2"), &own));
        let state = *dice.one(&["available", "available", "available", "detached"]);
        if !dice.once_in(12) {
            internet.push(json!({"InternetGatewayId": format!("igw-{vpc}"),
                "Attachments": [{"VpcId": id, "State": state}]}));
        }
        if !dice.once_in(12) {
            let state = *dice.one(&["attached", "attached", "detached"]);
            private.push(
                json!({"VpnGatewayId": format!("vgw-{vpc}"), "State": "available",
                "VpcAttachments": [{"VpcId": id, "State": state}]}),
            );
        }
    }
    let mut acls = vec![acl(dice, "acl-1", &["subnet-11", "subnet-21"])];
    if !dice.once_in(8) {
        acls.push(acl(dice, "acl-2", &["subnet-12", "subnet-22"]));
    }
    let mut groups: Vec<Value> = Vec::new();
    for number in 1..=4 {
        if !dice.once_in(12) {
            let vpc = format!("vpc-{}", 1 + number % 2);
            groups.push(group(dice, &format!("sg-{number}"), &vpc));
        }
    }
    let mut lists = vec![
        json!({"PrefixListId": "pl-1", "Cidrs": [dice.one(BLOCKS), dice.one(BLOCKS)]}),
        json!({"PrefixListId": "pl-2", "Entries": [{"Cidr": dice.one(BLOCKS)}]}),
    ];
    if dice.once_in(2) {
        lists.push(json!({"PrefixListId": "pl-3", "Cidrs": []}));
    }
    let interfaces: Vec<Value> = (0..=dice.below(3)).map(|n| interface(dice, n)).collect();
    let status = *dice.one(&["active", "active", "active", "deleted"]);
    let far = *dice.one(&["us-east-2", "us-east-2", "eu-west-1"]);
    json!({"Vpcs": vpcs, "RouteTables": tables, "InternetGateways": internet, "VpnGateways": private,
        "NetworkAcls": acls, "SecurityGroups": groups, "PrefixLists": lists,
        "NetworkInterfaces": interfaces, "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1",
            "Status": {"Code": status},
            "AccepterVpcInfo": {"VpcId": "vpc-1", "Region": "us-east-2"},
            "RequesterVpcInfo": {"VpcId": "vpc-2", "Region": far}}]})
}

/// The snapshot of a document.
pub(super) fn snapshot(document: &Value) -> Snapshot {
    let bytes = serde_json::to_vec(document).expect("JSON");
    let (snapshot, problems) = read(&[File {
        name: "estate.json".to_owned(),
        bytes,
    }]);
    assert_eq!(problems, []);
    snapshot
}
