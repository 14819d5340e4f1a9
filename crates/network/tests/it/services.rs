//! Corner cases of Network Firewall, Global Accelerator and `CloudFront`.

use lynkeus_network::packet::Entry;
use serde_json::{Value, json};

use super::base::base;
use super::beyond::push;
use super::cases::{CLIENT, INSPECTED, INTERNET, check, redirected};

/// A network firewall with these stateful rules in the way.
fn firewall(order: &str, rules: &str) -> Value {
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
    let mut origin = document.clone();
    origin["SecurityGroups"][0]["IpPermissions"] = json!([{"IpProtocol": "tcp", "FromPort": 0, "ToPort": 1024,
        "UserIdGroupPairs": [{"GroupId": "sg-cf"}]}]);
    push(
        &mut origin,
        "SecurityGroups",
        json!({"GroupId": "sg-cf", "GroupName": "CloudFront-VPCOrigins-Service-SG", "VpcId": "vpc-1"}),
    );
    origin["VpcOriginList"] = json!({"Items": [{"Id": "vo", "Status": "Deployed", "VpcOriginEndpointConfig":
        {"Arn": "arn:aws:ec2:us-east-2:1:instance/i-1", "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}}]});
    origin["DistributionList"] = json!({"Items": [{"Id": "d", "Enabled": true,
        "Origins": {"Items": [{"VpcOriginConfig": {"VpcOriginId": "vo"}}]}}]});
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
