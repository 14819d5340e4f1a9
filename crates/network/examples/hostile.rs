//! Times the evaluation of a synthetic network made to be hard: run by `cargo xtask bench network`.
//!
//! Arguments: interfaces, groups, rules in a group, distinct sets of groups, threads.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::sync::Arc;
use std::time::Instant;

use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Finding, Options, of};
use lynkeus_network::incremental::Live;
use lynkeus_network::snapshot::{Change, File, Permission, SecurityGroup, Snapshot, read};
use serde_json::{Value, json};

/// Numbers that only depend on a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or(0) % limit.max(1)
    }

    fn block(&mut self) -> String {
        let length = 8 + self.below(25);
        let (a, b, c, d) = (
            1 + self.below(220),
            self.below(256),
            self.below(256),
            self.below(256),
        );
        format!("{a}.{b}.{c}.{d}/{length}")
    }
}

/// How large a network is.
struct Size {
    interfaces: usize,
    groups: usize,
    rules: usize,
    sets: usize,
}

fn permission(dice: &mut Dice) -> Permission {
    let from = dice.below(65000);
    let to = (from + dice.below(600)).min(65535);
    let mut rule = json!({"IpProtocol": if dice.below(4) == 0 { "udp" } else { "tcp" },
        "FromPort": from, "ToPort": to});
    match dice.below(20) {
        0..=13 => {
            let ranges: Vec<Value> = (0..=dice.below(2))
                .map(|_| json!({"CidrIp": dice.block()}))
                .collect();
            if let Some(object) = rule.as_object_mut() {
                object.insert("IpRanges".to_owned(), json!(ranges));
            }
        }
        14 | 15 => {
            if let Some(object) = rule.as_object_mut() {
                object.insert("IpRanges".to_owned(), json!([{"CidrIp": "0.0.0.0/0"}]));
            }
        }
        16 => {
            let list = format!("pl-{}", dice.below(50));
            if let Some(object) = rule.as_object_mut() {
                object.insert("PrefixListIds".to_owned(), json!([{"PrefixListId": list}]));
            }
        }
        _ => {
            let group = format!("sg-{}", dice.below(1000));
            if let Some(object) = rule.as_object_mut() {
                object.insert("UserIdGroupPairs".to_owned(), json!([{"GroupId": group}]));
            }
        }
    }
    serde_json::from_value(rule).unwrap_or_default()
}

fn group(dice: &mut Dice, number: usize, rules: usize) -> SecurityGroup {
    SecurityGroup {
        group_id: format!("sg-{number}"),
        vpc_id: "vpc-0".to_owned(),
        ip_permissions: (0..rules).map(|_| permission(dice)).collect(),
        ..SecurityGroup::default()
    }
}

/// What stands around the interfaces: one VPC, its gateway, tables, ACLs and subnets.
fn surroundings(dice: &mut Dice, subnets: usize) -> Value {
    let (mut tables, mut acls, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for subnet in 0..subnets {
        let id = format!("subnet-{subnet}");
        places.push(json!({"SubnetId": id, "VpcId": "vpc-0", "AvailabilityZone": "us-east-2a"}));
        let mut routes = vec![
            json!({"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local"}),
            json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0", "State": "active"}),
        ];
        for _ in 0..20 {
            routes.push(json!({"DestinationCidrBlock": dice.block(), "NatGatewayId": "nat-0", "State": "active"}));
        }
        tables.push(
            json!({"RouteTableId": format!("rtb-{subnet}"), "VpcId": "vpc-0",
            "Associations": [{"SubnetId": id}], "Routes": routes}),
        );
        let mut entries = Vec::new();
        for number in 0..10 {
            let from = dice.below(65000);
            entries.push(
                json!({"RuleNumber": number + 1, "Egress": false, "Protocol": "6", "RuleAction":
                if number % 2 == 0 { "deny" } else { "allow" }, "CidrBlock": dice.block(),
                "PortRange": {"From": from, "To": from + dice.below(500)}}),
            );
        }
        for egress in [false, true] {
            entries.push(
                json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1",
                "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}),
            );
        }
        acls.push(
            json!({"NetworkAclId": format!("acl-{subnet}"), "Associations": [{"SubnetId": id}],
            "Entries": entries}),
        );
    }
    let lists: Vec<Value> = (0..50)
        .map(|n| {
            let blocks: Vec<String> = (0..20).map(|_| dice.block()).collect();
            json!({"PrefixListId": format!("pl-{n}"), "Cidrs": blocks})
        })
        .collect();
    json!({"Vpcs": [{"VpcId": "vpc-0", "CidrBlock": "10.0.0.0/8"}], "Subnets": places,
        "InternetGateways": [{"InternetGatewayId": "igw-0",
            "Attachments": [{"VpcId": "vpc-0", "State": "available"}]}],
        "RouteTables": tables, "NetworkAcls": acls, "PrefixLists": lists})
}

fn network(size: &Size) -> Snapshot {
    let dice = &mut Dice(88_172_645_463_325_252);
    let subnets = (size.interfaces / 100).clamp(1, 1000);
    let bytes = serde_json::to_vec(&surroundings(dice, subnets)).unwrap_or_default();
    let (mut snapshot, problems) = read(&[File {
        name: "synthetic".to_owned(),
        bytes,
    }]);
    assert!(problems.is_empty(), "{problems:?}");
    for number in 0..size.groups {
        let group = group(dice, number, size.rules);
        snapshot.groups.insert(group.group_id.clone(), group);
    }
    let sets: Vec<Value> = (0..size.sets)
        .map(|_| {
            let set: Vec<Value> = (0..=dice.below(3))
                .map(|_| json!({"GroupId": format!("sg-{}", dice.below(size.groups))}))
                .collect();
            json!(set)
        })
        .collect();
    for number in 0..size.interfaces {
        let (b, c, d) = (number >> 16, number >> 8 & 255, number & 255);
        let private = format!("10.{b}.{c}.{d}");
        let interface = json!({"NetworkInterfaceId": format!("eni-{number}"), "VpcId": "vpc-0",
            "SubnetId": format!("subnet-{}", dice.below(subnets)), "Groups": sets.get(dice.below(size.sets)),
            "PrivateIpAddresses": [{"PrivateIpAddress": private, "Association":
                {"PublicIp": format!("54.{b}.{c}.{d}")}}],
            "Attachment": {"InstanceId": format!("i-{number}"), "Status": "attached"}});
        let interface = serde_json::from_value(interface).unwrap_or_default();
        snapshot
            .interfaces
            .insert(format!("eni-{number}"), interface);
    }
    snapshot
}

/// Evaluates every interface, the threads taking turns of a hundred.
fn full(snapshot: &Arc<Snapshot>, threads: usize) -> usize {
    let engine = Engine::new(Arc::clone(snapshot));
    let ids: Vec<&String> = snapshot.interfaces.keys().collect();
    let options = Options::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = ids
            .chunks(ids.len().div_ceil(threads))
            .map(|part| {
                let mut engine = engine.sibling();
                let options = &options;
                scope.spawn(move || {
                    let mut count = 0;
                    for id in part {
                        let findings: Vec<Finding> = of(&mut engine, options, id);
                        count += findings.len();
                    }
                    count
                })
            })
            .collect();
        workers.into_iter().map(|w| w.join().unwrap_or(0)).sum()
    })
}

/// The largest resident size so far, in MiB, as Linux tells it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kib = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Processor time of all threads so far, in seconds, as Linux tells it in hundredths.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks = fields
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<u32>().ok());
    f64::from(ticks.sum::<u32>()) / 100.0
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let [interfaces, groups, rules, sets, threads] = numbers.as_slice() else {
        println!("usage: hostile INTERFACES GROUPS RULES SETS THREADS");
        return;
    };
    let snapshot = Arc::new(network(&Size {
        interfaces: *interfaces,
        groups: *groups,
        rules: *rules,
        sets: *sets,
    }));
    let base = peak();
    let (start, worked) = (Instant::now(), processor());
    let findings = full(&snapshot, *threads);
    let (whole, worked) = (start.elapsed(), processor() - worked);
    let after = peak();
    let mut live = Live::new(snapshot, Options::default());
    let dice = &mut Dice(1234);
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..2000 {
        let new = group(dice, 0, *rules);
        let changed = SecurityGroup {
            group_id: format!("sg-{}", dice.below(*groups)),
            ..new
        };
        let start = Instant::now();
        let difference = live.apply(Change::Groups(
            changed.group_id.clone(),
            Some(Box::new(changed)),
        ));
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        assert!(difference.evaluated <= *interfaces);
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        times
            .get(times.len() * percent / 100)
            .copied()
            .unwrap_or(0.0)
    };
    println!(
        "{interfaces} interfaces, {groups} groups x {rules} rules, {sets} sets, {threads} threads: \
         {findings} findings in {:.2} s, {worked:.2} s of processor time; configuration {base} MiB, peak {after} MiB; \
         a group's rules changed: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        whole.as_secs_f64(),
        at(50),
        at(99),
        times.last().copied().unwrap_or(0.0),
    );
}
