//! Times the evaluation of a synthetic network made to be hard: run by `cargo xtask bench network`.
//!
//! Arguments: interfaces, groups, rules in a group, distinct sets of groups, threads.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::sync::Arc;
use std::time::Instant;

use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Finding, Options, of};
use lynkeus_network::incremental::Live;
use lynkeus_network::snapshot::{
    Change, ElasticIp, File, Instance, Object, Permission, SecurityGroup, Snapshot, Table, read,
};
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

/// A change of the configuration, made of some numbers.
type Make = fn(&Snapshot, &mut Dice) -> Vec<Change>;

/// What is changed, and how often.
const CHANGES: &[(&str, Make, usize)] = &[
    ("a group's rules", change_group, 2000),
    ("an ACL's entries", change_acl, 200),
    ("a subnet's route table", change_table, 200),
    ("an interface's groups", change_interface, 1000),
    ("an interface added or removed", change_presence, 1000),
    ("an elastic address", change_address, 1000),
    ("an instance's state", change_instance, 1000),
    ("a prefix list", change_list, 20),
    ("the internet gateway", change_gateway, 2),
];

/// One of the keys of a table.
fn one<T: Object>(dice: &mut Dice, prefix: &str, table: &Table<T>) -> String {
    format!("{prefix}-{}", dice.below(table.len()))
}

/// One of the objects of a table, with its key.
fn copy<T: Object + Default>(dice: &mut Dice, prefix: &str, table: &Table<T>) -> (String, T) {
    let id = one(dice, prefix, table);
    let object = table.get(&id).cloned().unwrap_or_default();
    (id, object)
}

fn change_group(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let (id, mut new) = copy(dice, "sg", &snapshot.groups);
    let rules = new.ip_permissions.len();
    new.ip_permissions = (0..rules).map(|_| permission(dice)).collect();
    vec![Change::Groups(id, Some(Box::new(new)))]
}

fn change_acl(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let (id, mut new) = copy(dice, "acl", &snapshot.acls);
    if let Some(entry) = new.entries.first_mut() {
        entry.cidr_block = dice.block();
    }
    vec![Change::Acls(id, Some(Box::new(new)))]
}

fn change_table(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let (id, mut new) = copy(dice, "rtb", &snapshot.route_tables);
    if let Some(route) = new.routes.last_mut() {
        route.destination_cidr_block = dice.block();
    }
    vec![Change::RouteTables(id, Some(Box::new(new)))]
}

fn change_interface(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let all = &snapshot.interfaces;
    let (id, other) = (one(dice, "eni", all), one(dice, "eni", all));
    let new = snapshot.interfaces.get(&id).map(|interface| {
        let mut new = interface.clone();
        if let Some(other) = snapshot.interfaces.get(&other) {
            new.groups.clone_from(&other.groups);
        }
        Box::new(new)
    });
    vec![Change::Interfaces(id, new)]
}

fn change_presence(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let id = "eni-new".to_owned();
    let like = one(dice, "eni", &snapshot.interfaces);
    let is_there = snapshot.interfaces.contains_key(&id);
    let new = snapshot.interfaces.get(&like).filter(|_| !is_there);
    vec![Change::Interfaces(id, new.cloned().map(Box::new))]
}

/// A public address is taken away from an interface, or comes back.
fn change_address(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let id = one(dice, "eni", &snapshot.interfaces);
    let Some(interface) = snapshot.interfaces.get(&id) else {
        return Vec::new();
    };
    let mut new = interface.clone();
    let allocation = format!("eipalloc-{id}");
    let is_listed = snapshot.elastic_ips.contains_key(&allocation);
    let mut elastic = None;
    for private in &mut new.private_ip_addresses {
        private.association = None;
        elastic = Some(Box::new(ElasticIp {
            allocation_id: allocation.clone(),
            public_ip: "54.255.0.1".to_owned(),
            private_ip_address: private.private_ip_address.clone(),
            network_interface_id: id.clone(),
            ..ElasticIp::default()
        }));
    }
    vec![
        Change::Interfaces(id, Some(Box::new(new))),
        Change::ElasticIps(allocation, elastic.filter(|_| !is_listed)),
    ]
}

fn change_instance(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let number = dice.below(snapshot.interfaces.len());
    let id = format!("i-{number}");
    let mut new = Instance {
        instance_id: id.clone(),
        ..Instance::default()
    };
    let is_stopped = snapshot.instances.contains_key(&id);
    new.state.name = String::from(if is_stopped { "running" } else { "stopped" });
    vec![Change::Instances(id, Some(Box::new(new)))]
}

fn change_list(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let (id, mut new) = copy(dice, "pl", &snapshot.prefix_lists);
    new.cidrs = Some((0..20).map(|_| dice.block()).collect());
    vec![Change::PrefixLists(id, Some(Box::new(new)))]
}

fn change_gateway(snapshot: &Snapshot, dice: &mut Dice) -> Vec<Change> {
    let (id, mut new) = copy(dice, "igw", &snapshot.internet_gateways);
    for attachment in &mut new.attachments {
        let is_there = attachment.state == "available";
        attachment.state = String::from(if is_there { "detached" } else { "available" });
    }
    vec![Change::InternetGateways(id, Some(Box::new(new)))]
}

/// Times changes of one kind, to the findings that they open and close.
fn changed(live: &mut Live, name: &str, change: Make, count: usize) {
    let dice = &mut Dice(1234);
    let (mut times, mut evaluated, mut felt) = (Vec::new(), 0, 0);
    for _ in 0..count {
        let changes = change(live.snapshot(), dice);
        let start = Instant::now();
        let difference = live.apply_all(changes);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        evaluated += difference.evaluated;
        felt += usize::from(!difference.opened.is_empty() || !difference.closed.is_empty());
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let time = times.get(times.len() * percent / 100);
        time.copied().unwrap_or(0.0)
    };
    println!(
        "  {name} changed: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms; {} interfaces evaluated, {felt} of {count} felt",
        at(50),
        at(99),
        times.last().copied().unwrap_or(0.0),
        evaluated / count,
    );
}

/// Times how a whole configuration is compared with the one that is kept.
fn compared(live: &Live) {
    let mut new = live.snapshot().clone();
    if let Some(table) = new.route_tables.get_mut("rtb-0") {
        table.routes.pop();
    }
    let start = Instant::now();
    let changes = live.snapshot().changes(new);
    let time = start.elapsed().as_secs_f64() * 1000.0;
    println!(
        "  a whole configuration compared: {time:.2} ms, {} change",
        changes.len()
    );
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
    let (start, live_worked) = (Instant::now(), processor());
    let mut live = Live::new(snapshot, Options::default());
    let (kept, live_worked) = (start.elapsed(), processor() - live_worked);
    let held = peak();
    println!(
        "{interfaces} interfaces, {groups} groups x {rules} rules, {sets} sets, {threads} threads: \
         {findings} findings in {:.2} s, {worked:.2} s of processor time; configuration {base} MiB, peak {after} MiB; \
         kept to be changed in {:.2} s, {live_worked:.2} s of processor time, peak {held} MiB",
        whole.as_secs_f64(),
        kept.as_secs_f64(),
    );
    for (name, change, times) in CHANGES {
        changed(&mut live, name, *change, *times);
    }
    compared(&live);
}
