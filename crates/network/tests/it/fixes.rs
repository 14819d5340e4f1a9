//! Proposed fixes are tried out; thought changes open and close what they should.

use std::sync::Arc;

use lynkeus_network::edit::{Rule, add_rule, remove};
use lynkeus_network::engine::Engine;
use lynkeus_network::explain::{Passed, balanced, evidence};
use lynkeus_network::finding::{Finding, Options, scan};
use lynkeus_network::fixes::{Fix, Needs, Trials};
use lynkeus_network::incremental::Live;
use lynkeus_network::region::Ports;
use serde_json::{Value, json};

use super::base::base;
use super::beyond::{ARN, GROUP, push};
use super::estate::{document, snapshot};

#[test]
fn what_decides_is_named_and_removing_it_closes() {
    let mut network = base();
    network["SecurityGroupRules"] = json!([{"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "IsEgress": false,
        "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0"}]);
    let estate = snapshot(&network);
    let live = Live::new(Arc::new(estate.clone()), Options::default());
    let findings = live.findings();
    let named: Vec<String> = evidence(&estate, &findings[0])
        .into_iter()
        .map(|e| format!("{} {}", e.component, e.rule))
        .collect();
    let expected = [
        "acl-1 ingress,100 allow",
        "sg-1 sgr-1 sg-1,ingress,tcp,22,0.0.0.0/0",
        "acl-1 egress,100 allow",
        "rtb-1 0.0.0.0/0",
    ];
    assert_eq!(named, expected);
    for what in [
        "sgr-1",
        "sg-1,ingress,tcp,22,0.0.0.0/0",
        "acl-1,ingress,100",
        "acl-1,egress,100",
        "rtb-1,0.0.0.0/0",
        "igw-1",
        "sg-1",
        "eni-1",
    ] {
        let mut thought = estate.clone();
        assert!(remove(&mut thought, what), "{what}");
        let live = Live::new(Arc::new(thought), Options::default());
        assert_eq!(live.findings().len(), 0, "{what}");
    }
    let mut thought = estate;
    let rule = Rule::parse("sg-1,ingress,udp,53,8.8.8.8/32").expect("a rule");
    assert!(add_rule(&mut thought, &rule));
    assert_eq!(
        Live::new(Arc::new(thought), Options::default())
            .findings()
            .len(),
        2
    );
}

#[test]
fn a_table_that_is_no_longer_associated_is_no_evidence() {
    let states = [
        json!({"SubnetId": "subnet-1", "AssociationState": {"State": "disassociated"}}),
        json!({"Main": true, "AssociationState": {"State": "disassociated"}}),
    ];
    for association in states {
        let mut network = base();
        let tables = network["RouteTables"].as_array_mut().expect("a list");
        let mut other = tables[0].clone();
        other["RouteTableId"] = json!("rtb-0");
        other["Associations"] = json!([association]);
        tables.push(other);
        let estate = snapshot(&network);
        let live = Live::new(Arc::new(estate.clone()), Options::default());
        let named = evidence(&estate, &live.findings()[0]);
        let last = named.last().map(|e| e.component.as_str());
        assert_eq!(last, Some("rtb-1"), "{association}");
        let found = fixes(&network, "eni-1", &Needs::default());
        let unrouted = "remove the route to 0.0.0.0/0 from rtb-1 ";
        assert!(
            found.iter().any(|line| line.starts_with(unrouted)),
            "{association}: {found:#?}"
        );
    }
}

#[test]
fn the_default_acl_of_a_vpc_decides_where_no_other_is_associated() {
    let mut network = base();
    let acl = &mut network["NetworkAcls"][0];
    acl["VpcId"] = json!("vpc-1");
    acl["IsDefault"] = json!(true);
    acl["Associations"] = json!([]);
    let estate = snapshot(&network);
    let live = Live::new(Arc::new(estate.clone()), Options::default());
    let finding = &live.findings()[0];
    let named = evidence(&estate, finding);
    let rules: Vec<&str> = named
        .iter()
        .filter(|e| e.component == "acl-1")
        .map(|e| e.rule.as_str())
        .collect();
    assert_eq!(rules, ["ingress,100 allow", "egress,100 allow"]);
    let steps = finding.steps(&estate);
    assert!(
        steps.iter().any(|step| step.component_id == "acl-1"),
        "{steps:?}"
    );
}

/// The fixes of the first finding at an interface: changes, what remains, what else they close,
/// and the commands.
fn fixes(document: &Value, interface: &str, needs: &Needs) -> Vec<String> {
    let mut live = Live::new(Arc::new(snapshot(document)), Options::default());
    let before = live.findings();
    let finding = before.iter().find(|f| f.interface == interface);
    let finding = finding.expect("a finding");
    let fixes = Trials::new(&mut live).fixes(finding, needs);
    assert_eq!(live.findings(), before, "trying out changes nothing");
    let line = |fix: &Fix| {
        let edits: Vec<String> = fix.edits.iter().map(ToString::to_string).collect();
        let mut line = edits.join(" + ");
        for (name, list) in [
            ("remains", &fix.remains),
            ("closes", &fix.also_closes),
            ("shared", &fix.shared_with),
        ] {
            if !list.is_empty() {
                line = format!("{line} | {name} {}", list.join(", "));
            }
        }
        format!("{line} $ {}", fix.commands.join(" && "))
    };
    fixes.iter().map(line).collect()
}

fn needs(peers: &[&str]) -> Needs {
    Needs {
        peers: peers.iter().map(|peer| (*peer).to_owned()).collect(),
        listening: None,
    }
}

#[test]
fn each_way_to_close_a_port_is_told_with_its_command() {
    let mut network = base();
    network["SecurityGroupRules"] = json!([{"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "IsEgress": false,
        "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0"}]);
    network["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"]["AssociationId"] =
        json!("eipassoc-1");
    let found = fixes(&network, "eni-1", &Needs::default());
    let expected = [
        "narrow sg-1,ingress,tcp,22,0.0.0.0/0 to sg-1,ingress,tcp,22,10.1.0.0/16 $ aws ec2 modify-security-group-rules --group-id sg-1 --security-group-rules 'SecurityGroupRuleId=sgr-1,SecurityGroupRule={IpProtocol=tcp,FromPort=22,ToPort=22,CidrIpv4=10.1.0.0/16}'",
        "remove sg-1,ingress,tcp,22,0.0.0.0/0 $ aws ec2 revoke-security-group-ingress --group-id sg-1 --security-group-rule-ids sgr-1",
        "deny tcp 22 from 0.0.0.0/0 in acl-1 by entry 99 $ aws ec2 create-network-acl-entry --network-acl-id acl-1 --ingress --rule-number 99 --protocol 6 --port-range From=22,To=22 --cidr-block 0.0.0.0/0 --rule-action deny",
        "take the public address 54.0.0.4 from eni-1 $ aws ec2 disassociate-address --association-id eipassoc-1",
        "remove the route to 0.0.0.0/0 from rtb-1 $ aws ec2 delete-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0",
        "block what comes in from the internet to every VPC of the region $ aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress",
    ];
    assert_eq!(found, expected);

    // Without the rules' identifiers a rule is put in before the old one goes.
    network
        .as_object_mut()
        .expect("members")
        .remove("SecurityGroupRules");
    let found = fixes(&network, "eni-1", &needs(&["203.0.113.0/24", "sg-bastion"]));
    assert_eq!(
        found[0],
        "narrow sg-1,ingress,tcp,22,0.0.0.0/0 to sg-1,ingress,tcp,22,203.0.113.0/24 and sg-1,ingress,tcp,22,sg-bastion | remains Port 22 is reachable from an Internet Gateway - TCP from 203.0.113.0/24 $ aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=203.0.113.0/24}]' && aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,UserIdGroupPairs=[{GroupId=sg-bastion}]' && aws ec2 revoke-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]'"
    );
}

#[test]
fn a_port_is_left_to_load_balancers_that_send_there() {
    let arn = format!("{ARN}/app/lb/1");
    let with = |interface: Value, target: &str, state: &str| {
        let mut network = base();
        push(&mut network, "NetworkInterfaces", interface);
        let own = &mut network["NetworkInterfaces"][0];
        own["PrivateIpAddress"] = json!("10.1.1.4");
        push(
            own,
            "PrivateIpAddresses",
            json!({"PrivateIpAddress": "10.1.1.5"}),
        );
        network["LoadBalancers"] = json!([{"LoadBalancerArn": arn, "Type": "application",
            "VpcId": "vpc-1", "SecurityGroups": ["sg-lb"]}]);
        network["TargetGroups"] = json!([{"TargetGroupArn": GROUP, "Port": 22, "Protocol": "TCP",
            "LoadBalancerArns": [arn]}]);
        network["TargetHealth"] = json!([{"TargetGroupArn": GROUP, "TargetHealthDescriptions": [
            {"Target": {"Id": target}, "TargetHealth": {"State": state}}]}]);
        let found = fixes(&network, "eni-1", &Needs::default());
        let narrowed = "to sg-1,ingress,tcp,22,sg-lb ";
        found.iter().any(|line| line.contains(narrowed))
    };
    let second = |index: u32| {
        json!({"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1",
            "PrivateIpAddress": "10.1.1.6",
            "Attachment": {"InstanceId": "i-1", "Status": "attached", "DeviceIndex": index}})
    };
    let mut before = second(0);
    before["NetworkInterfaceId"] = json!("eni-0");
    assert!(with(second(1), "i-1", "healthy"));
    assert!(!with(second(1), "i-1", "draining"), "it gets no packets");
    assert!(!with(before, "i-1", "healthy"), "the other one is first");
    assert!(with(second(1), "10.1.1.5", "healthy"), "a second address");
    assert!(!with(second(1), "10.1.1.6", "healthy"), "another interface");
}

#[test]
fn what_a_fix_closes_beside_its_finding_is_told() {
    let mut network = base();
    network["NetworkInterfaces"]
        .as_array_mut()
        .expect("a list")
        .push(json!({
        "NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1",
        "Groups": [{"GroupId": "sg-2"}], "PrivateIpAddress": "10.1.1.5",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.5", "Primary": true,
            "Association": {"PublicIp": "54.0.0.5"}}],
        "Attachment": {"InstanceId": "i-2", "Status": "attached"}}));
    network["SecurityGroups"].as_array_mut().expect("a list").push(json!({
        "GroupId": "sg-2", "VpcId": "vpc-1", "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 25, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 20, "UserIdGroupPairs": [{"GroupId": "sg-1"}]}]}));
    network["NetworkAcls"][0]["Entries"].as_array_mut().expect("a list").push(json!(
        {"RuleNumber": 90, "Egress": false, "Protocol": "6", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0",
            "PortRange": {"From": 21, "To": 21}}));
    let found = fixes(
        &network,
        "eni-2",
        &Needs {
            listening: Some(Ports::range(22, 22)),
            ..Needs::default()
        },
    );
    let texts: Vec<&str> = found
        .iter()
        .map(|line| line.split(" $ ").next().expect("a change"))
        .collect();
    // The first finding of eni-2 is port 20 alone, because the ACL denies 21.
    let expected = [
        "narrow sg-2,ingress,tcp,20-25,0.0.0.0/0 to sg-2,ingress,tcp,21-25,0.0.0.0/0",
        "deny tcp 20 from 0.0.0.0/0 in acl-1 by entry 99 | shared eni-1",
        "narrow sg-2,ingress,tcp,20-25,0.0.0.0/0 to sg-2,ingress,tcp,20-25,10.1.0.0/16 | closes i-2: Port range 22-25 is reachable from an Internet Gateway - TCP",
        "narrow sg-2,ingress,tcp,20-25,0.0.0.0/0 to sg-2,ingress,tcp,22,0.0.0.0/0",
        "remove sg-2,ingress,tcp,20-25,0.0.0.0/0 | closes i-2: Port range 22-25 is reachable from an Internet Gateway - TCP",
        "take the public address 54.0.0.5 from eni-2 | closes i-2: Port range 22-25 is reachable from an Internet Gateway - TCP",
        "remove the route to 0.0.0.0/0 from rtb-1 | closes i-1: Port 22 is reachable from an Internet Gateway - TCP, i-2: Port range 22-25 is reachable from an Internet Gateway - TCP | shared eni-1",
    ];
    for text in expected {
        assert!(texts.contains(&text), "{text}: {texts:#?}");
    }
    assert!(
        !texts.iter().any(|t| t.contains("tcp,20,sg-1")),
        "a reference to a group lets nobody in from the internet: {texts:#?}"
    );
    let first = texts.first().expect("a fix");
    assert!(
        !first.contains(" | "),
        "the least is closed first: {texts:#?}"
    );
}

#[test]
fn a_change_that_closes_nothing_is_not_told() {
    let mut network = base();
    // The ACL has no number before its first entry, and addresses of IPv6 stay public.
    network["NetworkAcls"][0]["Entries"][0]["RuleNumber"] = json!(1);
    network["NetworkAcls"][0]["Entries"].as_array_mut().expect("a list").push(json!(
        {"RuleNumber": 2, "Egress": false, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0"}));
    network["NetworkAcls"][0]["Entries"].as_array_mut().expect("a list").push(json!(
        {"RuleNumber": 2, "Egress": true, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0"}));
    network["NetworkInterfaces"][0]["Ipv6Addresses"] = json!([{"Ipv6Address": "2001:db8:1::4"}]);
    network["RouteTables"][0]["Routes"]
        .as_array_mut()
        .expect("a list")
        .push(json!(
        {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}));
    network["SecurityGroups"][0]["IpPermissions"][0]["Ipv6Ranges"] = json!([{"CidrIpv6": "::/0"}]);
    let found = fixes(&network, "eni-1", &Needs::default());
    for (text, count) in [
        ("deny ", 0),
        ("take the public", 0),
        (
            "remove sg-1,ingress,tcp,22,0.0.0.0/0 + remove sg-1,ingress,tcp,22,::/0",
            1,
        ),
        ("to sg-1,ingress,tcp,22,2001:db8:1::/48", 1),
        (
            "remove the route to 0.0.0.0/0 from rtb-1 + remove the route to ::/0 from rtb-1",
            1,
        ),
        ("--destination-ipv6-cidr-block ::/0", 1),
    ] {
        let own = found.iter().filter(|line| line.contains(text));
        assert_eq!(own.count(), count, "{text}: {found:#?}");
    }
}

/// Whether something is left of a finding.
fn is_left(after: &[Finding], finding: &Finding) -> bool {
    after.iter().any(|f| {
        f.interface == finding.interface
            && f.edge == finding.edge
            && f.protocol == finding.protocol
            && f.balancer == finding.balancer
            && f.ports.0 <= finding.ports.1
            && finding.ports.0 <= f.ports.1
    })
}

#[test]
fn every_proposed_fix_does_what_it_says() {
    let mut kinds = std::collections::BTreeMap::new();
    for seed in 0..200 {
        let estate = snapshot(&document(seed));
        let mut live = Live::new(Arc::new(estate.clone()), Options::default());
        let before = live.findings();
        for finding in &before {
            for fix in Trials::new(&mut live).fixes(finding, &Needs::default()) {
                // The whole configuration is changed and evaluated from the beginning.
                let mut changed = estate.clone();
                for edit in &fix.edits {
                    edit.apply(&mut changed);
                    let text = edit.to_string();
                    let kind = text.split(' ').next().unwrap_or_default().to_owned();
                    *kinds.entry(kind).or_insert(0) += 1;
                }
                let after = Live::new(Arc::new(changed), Options::default()).findings();
                let told = (!fix.remains.is_empty(), fix.also_closes.len());
                let gone = before
                    .iter()
                    .filter(|f| *f != finding && !is_left(&after, f));
                let gone = gone.filter(|f| !after.contains(f)).count();
                assert_eq!(
                    (is_left(&after, finding), gone),
                    told,
                    "seed {seed}: {fix:?}"
                );
                assert!(
                    fix.commands.len() >= fix.edits.len(),
                    "seed {seed}: {fix:?}"
                );
            }
        }
        assert_eq!(live.findings(), before, "seed {seed}");
    }
    for kind in ["remove", "narrow", "deny", "take", "block"] {
        assert!(kinds.get(kind).is_some_and(|n| *n > 10), "{kinds:?}");
    }
}

#[test]
fn ways_through_load_balancers_name_what_decides_in_both_directions() {
    let shown = |document: &Value| {
        let estate = Arc::new(snapshot(document));
        let findings = scan(&mut Engine::new(Arc::clone(&estate)), &Options::default());
        let through = findings.iter().find(|f| f.balancer.is_some());
        let ways = balanced(&estate, through.expect("a finding")).expect("ways");
        [ways.request, ways.reply].map(|way| {
            let one = |passed: &Passed| {
                let name = passed.component.rsplit(':').next().unwrap_or_default();
                format!("{name} {}", passed.rules.join("; "))
            };
            way.iter().map(one).collect::<Vec<_>>()
        })
    };
    let mut document = super::beyond::balanced("application", "app");
    // The two subnets have ACLs of their own.
    let entries = document["NetworkAcls"][0]["Entries"].clone();
    document["NetworkAcls"][0]["Associations"] = json!([{"SubnetId": "subnet-1"}]);
    push(
        &mut document,
        "NetworkAcls",
        json!({"NetworkAclId": "acl-2", "Associations": [{"SubnetId": "subnet-2"}], "Entries": entries}),
    );
    let front = [
        "igw-1 ",
        "acl-2 ingress,100 allow",
        "sg-lb sg-lb,ingress,tcp,80,0.0.0.0/0",
        "eni-lb ",
        "loadbalancer/app/lb/1 listener HTTP 80",
        "targetgroup/t/1 to port 8080",
        "acl-1 ingress,100 allow",
        "sg-1 sg-1,ingress,tcp,8080,0.0.0.0/0",
        "eni-1 ",
        "i-1 ",
    ];
    let back = [
        "acl-1 egress,100 allow",
        "loadbalancer/app/lb/1 ",
        "acl-2 egress,100 allow",
        "rtb-1 0.0.0.0/0",
        "igw-1 ",
    ];
    let [request, reply] = shown(&document);
    assert_eq!(request, front);
    assert_eq!(reply, back);
    // Which entry decides depends on the address that the target sees: the load balancer's own.
    let own = json!({"RuleNumber": 50, "Egress": false, "Protocol": "-1", "RuleAction": "allow",
        "CidrBlock": "10.1.2.0/24"});
    let entries = document["NetworkAcls"][0]["Entries"].as_array_mut();
    entries.expect("entries").push(own);
    let [request, _] = shown(&document);
    assert_eq!(request[6], "acl-1 ingress,50 allow");
    document["NetworkInterfaces"][1]["SubnetId"] = json!("subnet-1");
    document["RouteTables"]
        .as_array_mut()
        .expect("tables")
        .pop();
    let [request, reply] = shown(&document);
    assert!(
        !request.contains(&"acl-2 ingress,100 allow".to_owned()),
        "{request:?}"
    );
    assert_eq!(reply[0], "loadbalancer/app/lb/1 ");
}
