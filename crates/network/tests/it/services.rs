//! Corner cases of Network Firewall, Global Accelerator and `CloudFront`.

use lynkeus_network::packet::Entry;
use serde_json::{Value, json};

use super::base::{base, fate, lines};
use super::beyond::{ARN, balanced, push};
use super::cases::{CLIENT, INSPECTED, INTERNET, check, redirected};

/// A network firewall with these stateful rules in the way.
pub(super) fn firewall(order: &str, rules: &str) -> Value {
    let mut document = redirected(&json!({"GatewayId": "vpce-1"}));
    document["Firewalls"] = json!([{"Firewall": {"FirewallArn": "fw", "VpcId": "vpc-1", "FirewallPolicyArn": "p"},
        "FirewallStatus": {"SyncStates": {"us-east-2b": {"Attachment": {"SubnetId": "subnet-2", "EndpointId": "vpce-1"}}}}}]);
    document["FirewallPolicies"] = json!([{"FirewallPolicyResponse": {"FirewallPolicyArn": "p"}, "FirewallPolicy":
        {"StatelessDefaultActions": ["aws:forward_to_sfe"], "StatefulEngineOptions": {"RuleOrder": order},
        "StatefulDefaultActions": if order == "STRICT_ORDER" { json!(["aws:drop_strict"]) } else { json!([]) },
        "StatefulRuleGroupReferences": [{"ResourceArn": "g", "Priority": 1}]}}]);
    document["RuleGroups"] = json!([{"RuleGroupResponse": {"RuleGroupArn": "g"},
        "RuleGroup": {"RulesSource": {"RulesString": rules}}}]);
    document
}

#[test]
fn firewalls_decide_by_their_rules() {
    let both = "drop tcp any any -> any 22 (sid:1;)\npass tcp any any -> any 22 (sid:2;)";
    let home = "pass tcp $EXTERNAL_NET any -> $HOME_NET 22 (sid:1;)";
    let away = "pass tcp any any -> !$HOME_NET 22 (sid:1;)";
    let content = "pass tcp any any -> any 22 (content:\"x\"; sid:1;)";
    let source = "pass tcp 8.8.8.0/24 any -> any 22 (sid:1;)";
    let strict = "STRICT_ORDER";
    let rows = [
        (
            "52 action order: pass first",
            firewall("DEFAULT_ACTION_ORDER", both),
            INSPECTED,
            "answered",
        ),
        (
            "52 strict order: drop first",
            firewall(strict, both),
            &[][..],
            "FIREWALL_RULES_RESTRICTION",
        ),
        ("52 HOME_NET", firewall(strict, home), INSPECTED, "answered"),
        (
            "52 not HOME_NET",
            firewall(strict, away),
            &[],
            "FIREWALL_RULES_RESTRICTION",
        ),
        (
            "52 content",
            firewall(strict, content),
            &["eni-1 igw-1 TCP 22-22 unknown"],
            "unknown",
        ),
        ("52 source", firewall(strict, source), INSPECTED, "answered"),
    ];
    for (name, document, expected, end) in &rows {
        check(&[(name, document, expected, INTERNET, CLIENT, end)]);
    }
    let mut domains = firewall(strict, "");
    domains["RuleGroups"][0]["RuleGroup"]["RulesSource"] = json!({"RulesSourceList": {"Targets": [".example.com"], "GeneratedRulesType": "ALLOWLIST"}});
    let mut stateless = firewall(strict, home);
    stateless["FirewallPolicies"][0]["FirewallPolicy"]["StatelessRuleGroupReferences"] =
        json!([{"ResourceArn": "s", "Priority": 1}]);
    push(
        &mut stateless,
        "RuleGroups",
        json!({"RuleGroupResponse": {"RuleGroupArn": "s"}, "RuleGroup": {"RulesSource": {"StatelessRulesAndCustomActions":
        {"StatelessRules": [{"Priority": 1, "RuleDefinition": {"Actions": ["aws:drop"], "MatchAttributes":
        {"Sources": [{"AddressDefinition": "8.8.8.8/32"}], "Protocols": [6]}}}]}}}}),
    );
    check(&[
        (
            "52 a list of domains",
            &domains,
            &["eni-1 igw-1 TCP 22-22 unknown"],
            INTERNET,
            CLIENT,
            "unknown",
        ),
        (
            "52 stateless first",
            &stateless,
            INSPECTED,
            INTERNET,
            CLIENT,
            "FIREWALL_RULES_RESTRICTION",
        ),
        (
            "52 stateless, from elsewhere",
            &stateless,
            INSPECTED,
            INTERNET,
            ("1.1.1.1", "54.0.0.4", 22),
            "answered",
        ),
    ]);
}

#[test]
fn what_a_rule_may_pass_and_the_default_passes_is_open() {
    let rule = "pass tcp any any -> any any (content:\"x\"; sid:1;)\n";
    let mut document = firewall("STRICT_ORDER", rule);
    let policy = &mut document["FirewallPolicies"][0]["FirewallPolicy"];
    policy["StatefulDefaultActions"] = json!([]);
    assert_eq!(lines(&document), ["eni-1 igw-1 TCP 22-22 inspected"]);
    let policy = &mut document["FirewallPolicies"][0]["FirewallPolicy"];
    policy["StatefulDefaultActions"] = json!(["aws:drop_strict"]);
    assert_eq!(lines(&document), ["eni-1 igw-1 TCP 22-22 unknown"]);
    // The answer may be forwarded or passed: both do.
    let policy = &mut document["FirewallPolicies"][0]["FirewallPolicy"];
    policy["StatefulDefaultActions"] = json!([]);
    policy["StatelessDefaultActions"] = json!(["aws:pass"]);
    policy["StatelessRuleGroupReferences"] = json!([{"ResourceArn": "s", "Priority": 1}]);
    push(
        &mut document,
        "RuleGroups",
        json!({"RuleGroupResponse": {"RuleGroupArn": "s"}, "RuleGroup": {"RulesSource":
            {"StatelessRulesAndCustomActions": {"StatelessRules": [
            {"Priority": 1, "RuleDefinition": {"Actions": ["aws:forward_to_sfe"],
                "MatchAttributes": {"DestinationPorts": [{"FromPort": 22, "ToPort": 22}]}}},
            {"Priority": 2, "RuleDefinition": {"Actions": ["aws:forward_to_sfe"],
                "MatchAttributes": {"TCPFlags": [{"Flags": ["SYN"]}]}}}]}}}}),
    );
    assert_eq!(lines(&document), ["eni-1 igw-1 TCP 22-22 inspected"]);
}

#[test]
fn services_reach_private_instances() {
    let mut document = base();
    document["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] = json!({});
    document["RouteTables"][0]["Routes"]
        .as_array_mut()
        .expect("routes")
        .truncate(1);
    let mut accelerated = document.clone();
    accelerated["Accelerators"] = json!([{"AcceleratorArn": "ga", "Enabled": true}]);
    accelerated["Listeners"] = json!([{"ListenerArn": "ga/listener/1", "Protocol": "TCP",
        "PortRanges": [{"FromPort": 22, "ToPort": 22}]}]);
    accelerated["EndpointGroups"] = json!([{"EndpointGroupArn": "ga/listener/1/endpoint-group/1",
        "EndpointDescriptions": [{"EndpointId": "i-1"}]}]);
    let deny = |egress: bool| json!({"RuleNumber": 1, "Egress": egress, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"});
    let with = |egress: bool| {
        let mut denied = accelerated.clone();
        let entries = denied["NetworkAcls"][0]["Entries"].as_array_mut();
        entries.expect("entries").push(deny(egress));
        denied
    };
    let (inward, outward) = (with(false), with(true));
    let entry = Entry::Accelerator("ga");
    let packet = ("8.8.8.8", "10.1.1.4", 22);
    let open = &["eni-1 ga TCP 22-22"];
    let origin = origin();
    let mut unused = origin.clone();
    unused["DistributionList"]["Items"][0]["Enabled"] = json!(false);
    let (viewer, front) = (("8.8.8.8", "10.1.1.4", 80), Entry::VpcOrigin("vo"));
    check(&[
        (
            "53 private instance",
            &accelerated,
            open,
            entry,
            packet,
            "answered",
        ),
        (
            "53 ingress is ignored",
            &inward,
            open,
            entry,
            packet,
            "answered",
        ),
        (
            "53 egress is not",
            &outward,
            &[],
            entry,
            packet,
            "SUBNET_ACL_RESTRICTION",
        ),
        (
            "54 VPC origin",
            &origin,
            &["eni-1 vo TCP 80-80"],
            front,
            viewer,
            "answered",
        ),
        (
            "54 no distribution",
            &unused,
            &[],
            front,
            viewer,
            "NO_ROUTE_TO_DESTINATION",
        ),
    ]);
}

/// A private instance that is an origin of `CloudFront`, whose group names the service's.
fn origin() -> Value {
    let mut document = base();
    document["SecurityGroups"] = json!([
        {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 0,
            "ToPort": 1024, "UserIdGroupPairs": [{"GroupId": "sg-cf"}]}]},
        {"GroupId": "sg-cf", "GroupName": "CloudFront-VPCOrigins-Service-SG", "VpcId": "vpc-1"}]);
    document["VpcOriginList"] = json!({"Items": [{"Id": "vo", "Status": "Deployed", "VpcOriginEndpointConfig":
        {"Arn": "arn:aws:ec2:us-east-2:1:instance/i-1", "HTTPPort": 80, "OriginProtocolPolicy": "http-only"}}]});
    document["DistributionList"] = json!({"Items": [{"Id": "d", "Enabled": true,
        "Origins": {"Items": [{"VpcOriginConfig": {"VpcOriginId": "vo"}}]}}]});
    document
}

#[test]
fn an_origin_whose_group_is_named_is_open_although_its_vpc_is_not_described() {
    let mut document = origin();
    assert_eq!(lines(&document), ["eni-1 vo TCP 80-80"]);
    let members = document.as_object_mut().expect("an object");
    members.remove("Vpcs");
    assert_eq!(lines(&document), ["eni-1 vo TCP 80-80"]);
    let rule = &mut document["SecurityGroups"][0]["IpPermissions"][0];
    *rule = json!({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 1024, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]});
    assert_eq!(lines(&document), ["eni-1 vo TCP 80-80 unknown"]);
}

#[test]
fn rules_that_are_not_described_may_lead_to_other_targets() {
    let mut document = balanced("application", "app");
    let rules = document["SecurityGroups"][0]["IpPermissions"].as_array_mut();
    rules.expect("rules").push(
        json!({"IpProtocol": "tcp", "FromPort": 9090, "ToPort": 9090,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
    );
    push(
        &mut document,
        "TargetGroups",
        json!({"TargetGroupArn": "other", "Port": 9090, "Protocol": "HTTP", "TargetType": "instance",
            "LoadBalancerArns": [format!("{ARN}/app/lb/1")]}),
    );
    push(
        &mut document,
        "TargetHealth",
        json!({"TargetGroupArn": "other", "TargetHealthDescriptions": [
            {"Target": {"Id": "i-1"}, "TargetHealth": {"State": "healthy"}}]}),
    );
    let open = "eni-1 igw-1 TCP 8080-8080 through 80";
    let unknown = "eni-1 igw-1 TCP 9090-9090 through 80 unknown";
    assert_eq!(lines(&document), [open, unknown]);
    document["Rules"] = json!([{"ListenerArn": "l", "IsDefault": true}]);
    assert_eq!(lines(&document), [open]);
}

#[test]
fn witnesses_through_accelerators_are_for_the_endpoint() {
    let mut document = balanced("application", "app");
    document["Accelerators"] = json!([{"AcceleratorArn": "ga", "Enabled": true}]);
    push(
        &mut document,
        "Listeners",
        json!({"ListenerArn": "ga/listener/1", "Protocol": "TCP",
        "PortRanges": [{"FromPort": 80, "ToPort": 80}]}),
    );
    document["EndpointGroups"] = json!([{"EndpointGroupArn": "ga/listener/1/endpoint-group/1",
        "EndpointDescriptions": [{"EndpointId": format!("{ARN}/app/lb/1")}, {"EndpointId": "eipalloc-1"}]}]);
    document["Addresses"] = json!([{"AllocationId": "eipalloc-1", "PublicIp": "54.0.0.44",
        "PrivateIpAddress": "10.1.1.4", "NetworkInterfaceId": "eni-1"}]);
    document["SecurityGroups"][0]["IpPermissions"][0]["FromPort"] = json!(80);
    let own = "eni-1 ga TCP 80-80";
    let through = "eni-1 ga TCP 8080-8080 through 80";
    let direct = "eni-1 igw-1 TCP 8080-8080 through 80";
    assert_eq!(lines(&document), [direct, own, through]);
}

/// A private instance behind an accelerator whose only endpoint is this one.
pub(super) fn accelerated(endpoint: &str) -> Value {
    let mut document = base();
    document["Accelerators"] = json!([{"AcceleratorArn": "ga", "Enabled": true}]);
    document["Listeners"] = json!([{"ListenerArn": "ga/listener/1", "Protocol": "TCP",
        "PortRanges": [{"FromPort": 22, "ToPort": 22}]}]);
    document["EndpointGroups"] = json!([{"EndpointGroupArn": "ga/listener/1/endpoint-group/1",
        "EndpointDescriptions": [{"EndpointId": endpoint}]}]);
    document["RouteTables"][0]["Routes"]
        .as_array_mut()
        .expect("routes")
        .truncate(1);
    document
}

#[test]
fn an_elastic_address_that_is_not_described_leaves_an_accelerator_unknown() {
    let mut document = accelerated("eipalloc-9");
    let (entry, packet) = (Entry::Accelerator("ga"), ("8.8.8.8", "10.1.1.4", 22));
    let unknown = &["eni-1 ga TCP 22-22 unknown"][..];
    let row = |name: &str, document: &Value, expected: &[&str], end: &str| {
        assert_eq!(lines(document), expected, "{name}");
        assert_eq!(fate(document, entry, packet), end, "{name}");
    };
    row(
        "nobody says whose address it is",
        &document,
        unknown,
        "unknown",
    );
    let association = |more: &Value| {
        let mut given = json!({"PublicIp": "54.0.0.4"});
        for (name, value) in more.as_object().expect("an object") {
            given[name] = value.clone();
        }
        given
    };
    let mut with = |more: &Value| {
        let address = &mut document["NetworkInterfaces"][0]["PrivateIpAddresses"][0];
        address["Association"] = association(more);
        document.clone()
    };
    let own = with(&json!({"AllocationId": "eipalloc-9"}));
    row(
        "the interface says that it is its own",
        &own,
        &["eni-1 ga TCP 22-22"],
        "answered",
    );
    let other = with(&json!({"AllocationId": "eipalloc-1"}));
    let port = "ELBV2_LISTENER_PORT_RESTRICTION";
    row("the interface has another", &other, &[], port);
    let given = with(&json!({"IpOwnerId": "amazon"}));
    row("the address is no elastic one", &given, &[], port);
    let mut listed = with(&json!({}));
    listed["Addresses"] = json!([{"AllocationId": "eipalloc-1", "PublicIp": "54.0.0.4",
        "PrivateIpAddress": "10.1.1.4", "NetworkInterfaceId": "eni-1"}]);
    row("the list gives the address to another", &listed, &[], port);
    let mut private = with(&json!({}));
    private["NetworkInterfaces"][0]["PrivateIpAddresses"][0]["Association"] = json!({});
    row("the interface has no public address", &private, &[], port);
}

#[test]
fn endpoint_groups_that_are_not_described_leave_an_accelerator_unknown() {
    let mut document = accelerated("i-1");
    let (entry, packet) = (Entry::Accelerator("ga"), ("8.8.8.8", "10.1.1.4", 22));
    check(&[(
        "described",
        &document,
        &["eni-1 ga TCP 22-22"],
        entry,
        packet,
        "answered",
    )]);
    document
        .as_object_mut()
        .expect("an object")
        .remove("EndpointGroups");
    let unknown = &["eni-1 ga TCP 22-22 unknown"][..];
    check(&[("no groups", &document, unknown, entry, packet, "unknown")]);
    document["EndpointGroups"] = json!([]);
    let port = "ELBV2_LISTENER_PORT_RESTRICTION";
    check(&[("an empty list", &document, &[], entry, packet, port)]);
}

#[test]
fn load_balancers_of_services_that_are_described_in_part_are_unknown() {
    let whole = balanced("network", "net");
    let arn = format!("{ARN}/net/lb/1");
    let mut made = whole.clone();
    made["Accelerators"] = json!([{"AcceleratorArn": "ga", "Enabled": true}]);
    push(
        &mut made,
        "Listeners",
        json!({"ListenerArn": "ga/listener/1", "Protocol": "TCP",
        "PortRanges": [{"FromPort": 80, "ToPort": 80}]}),
    );
    made["EndpointGroups"] = json!([{"EndpointGroupArn": "ga/listener/1/endpoint-group/1",
        "EndpointDescriptions": [{"EndpointId": arn}]}]);
    made["ServiceConfigurations"] = json!([{"ServiceId": "svc-1", "ServiceState": "Available",
        "NetworkLoadBalancerArns": [arn]}]);
    made["VpcOriginList"] = json!({"Items": [{"Id": "vo", "Status": "Deployed",
        "VpcOriginEndpointConfig": {"Arn": arn, "HTTPPort": 80, "OriginProtocolPolicy": "http-only"}}]});
    made["DistributionList"] = json!({"Items": [{"Id": "d", "Enabled": true,
        "Origins": {"Items": [{"VpcOriginConfig": {"VpcOriginId": "vo"}}]}}]});
    let edges = |document: &Value, is_unknown: bool| {
        let all = lines(document);
        let own = all.iter().filter(|l| l.ends_with("unknown") == is_unknown);
        let of = |edge: &str| own.clone().any(|l| l.contains(edge));
        [of(" ga "), of(" svc-1 "), of(" vo ")]
    };
    assert_eq!(edges(&made, false), [true; 3], "{:?}", lines(&made));
    let without = |name: &str| {
        let mut less = made.clone();
        less.as_object_mut().expect("an object").remove(name);
        less
    };
    let mut no_nodes = made.clone();
    let interfaces = no_nodes["NetworkInterfaces"]
        .as_array_mut()
        .expect("a list");
    interfaces.retain(|i| i["Description"].is_null());
    let mut stranger = without("LoadBalancers");
    stranger["NetworkInterfaces"] = no_nodes["NetworkInterfaces"].clone();
    for (name, document) in [
        ("no load balancer", without("LoadBalancers")),
        ("no load balancer and no node", stranger),
        ("no node", no_nodes),
        ("no target group", without("TargetGroups")),
        ("no targets", without("TargetHealth")),
    ] {
        assert_eq!(
            edges(&document, true),
            [true; 3],
            "{name}: {:?}",
            lines(&document)
        );
        assert_eq!(edges(&document, false), [false; 3], "{name}");
    }
    // Listeners of load balancers are not described; those of accelerators are.
    let mut no_listeners = without("Listeners");
    no_listeners["AcceleratorListeners"] = json!([]);
    let own = edges(&no_listeners, true);
    assert_eq!(own, [true; 3], "{:?}", lines(&no_listeners));
}
