//! Random load balancers and services made so that most pass something on.

use serde_json::{Value, json};

use super::balanced::{ARN, classic};
use super::elements::{push, range};
use super::estate::Dice;
use super::ways::{Kind, SLIP, lead};

/// A load balancer, or a service before one or before the instance itself.
pub(super) fn balanced(dice: &mut Dice, all: &mut Value, kind: Kind) {
    lead(dice, all, 0, "0.0.0.0/0", json!({"GatewayId": "igw-1"}));
    lead(dice, all, 1, "0.0.0.0/0", json!({"GatewayId": "igw-1"}));
    for interface in all["NetworkInterfaces"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let text = interface["Description"].as_str().unwrap_or_default();
        let name = text.trim_end_matches('x').to_owned();
        if name.starts_with("ELB ") && !dice.once_in(SLIP) {
            interface["Description"] = json!(name);
            let address = &mut interface["PrivateIpAddresses"][0];
            let last = address["PrivateIpAddress"].as_str().unwrap_or_default();
            let last = last.rsplit('.').next().unwrap_or_default().to_owned();
            address["Association"] = json!({"PublicIp": format!("54.0.0.{last}")});
        }
    }
    groups_of_targets(dice, all);
    for (number, (name, short)) in [("application", "app/lb/1"), ("network", "net/lb/2")]
        .iter()
        .enumerate()
    {
        let arn = format!("{ARN}/{short}");
        let mut has = |list: &str, id: &str, value: &str, one: Value| {
            let known = all[list]
                .as_array()
                .into_iter()
                .flatten()
                .any(|v| v[id] == value);
            if !known {
                push(all, list, one);
            }
        };
        has(
            "LoadBalancers",
            "LoadBalancerArn",
            &arn,
            json!({"LoadBalancerArn": arn, "Type": name,
            "VpcId": "vpc-1", "SecurityGroups": if *name == "network" { json!(["sg-lb"]) } else { json!([]) }}),
        );
        let listener = format!("listener-{number}");
        has(
            "Listeners",
            "ListenerArn",
            &listener,
            json!({"ListenerArn": listener, "LoadBalancerArn": arn,
            "Port": 80, "Protocol": if *name == "network" { "TCP" } else { "HTTP" }}),
        );
    }
    for balancer in all["LoadBalancers"].as_array_mut().into_iter().flatten() {
        if !dice.once_in(SLIP) {
            balancer["State"] = json!({"Code": "active"});
        }
    }
    for listener in all["Listeners"].as_array_mut().into_iter().flatten() {
        if !listener["LoadBalancerArn"].is_null() && !dice.once_in(SLIP) {
            let group = *dice.one(&["tg-1", "tg-2"]);
            listener["DefaultActions"] = json!([{"Type": "forward", "TargetGroupArn": group}]);
        }
    }
    for old in all["LoadBalancerDescriptions"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        old["ListenerDescriptions"][0]["Listener"]["InstancePort"] =
            json!(dice.one(&[22, 80, 8080]));
    }
    if kind == Kind::ClassicBalancer && all["LoadBalancerDescriptions"].is_null() {
        classic(dice, all);
    }
    match kind {
        Kind::Accelerator | Kind::AcceleratedBalancer => accelerated(dice, all),
        Kind::Origin | Kind::OriginBalancer => origin(dice, all, kind == Kind::Origin),
        Kind::Service if !dice.once_in(SLIP) => {
            all["ServiceConfigurations"][0]["ServiceState"] = json!("Available");
        }
        _ => {}
    }
}

/// Targets that are there, healthy and in every zone.
fn groups_of_targets(dice: &mut Dice, all: &mut Value) {
    for group in all["TargetGroups"].as_array_mut().into_iter().flatten() {
        let protocol = *dice.one(&["TCP", "TCP", "TCP_UDP"]);
        group["Protocol"] = json!(protocol);
        group["Port"] = json!(dice.one(&[22, 80, 443, 8080]));
    }
    for name in ["tg-1", "tg-2"] {
        if dice.once_in(8) {
            continue;
        }
        let mut groups = all["TargetGroups"].as_array().into_iter().flatten();
        let is_own = |g: &&Value| g["TargetGroupArn"] == name;
        let id = match groups.find(is_own) {
            Some(group) if group["TargetType"] == "ip" => {
                all["NetworkInterfaces"][0]["PrivateIpAddress"].clone()
            }
            _ => json!("i-0"),
        };
        for health in all["TargetHealth"].as_array_mut().into_iter().flatten() {
            if health["TargetGroupArn"] == name {
                health["TargetHealthDescriptions"] =
                    json!([{"Target": {"Id": id}, "TargetHealth": {"State": "healthy"}}]);
            }
        }
    }
    for balancer in all["LoadBalancerAttributes"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        if !dice.once_in(4) {
            balancer["Attributes"][0]["Value"] = json!("true");
        }
    }
}

fn accelerated(dice: &mut Dice, all: &mut Value) {
    if dice.once_in(SLIP) {
        return;
    }
    all["Accelerators"][0]["Enabled"] = json!(true);
    let (low, high) = range(dice);
    let listeners = all["Listeners"].as_array_mut().expect("listeners");
    listeners.retain(|l| l["ListenerArn"] != "ga/listener/1");
    listeners.push(
        json!({"ListenerArn": "ga/listener/1", "Protocol": dice.one(&["TCP", "TCP", "UDP"]),
        "PortRanges": [{"FromPort": low, "ToPort": high}, {"FromPort": 80, "ToPort": 443}]}),
    );
    for endpoint in all["EndpointGroups"][0]["EndpointDescriptions"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        if !dice.once_in(4) {
            endpoint["Weight"] = json!(128);
        }
    }
}

fn origin(dice: &mut Dice, all: &mut Value, is_instance: bool) {
    if dice.once_in(SLIP) {
        return;
    }
    if !is_instance {
        for listener in all["Listeners"].as_array_mut().into_iter().flatten() {
            if listener["Port"].is_number() {
                listener["Port"] = json!(dice.one(&[80, 443]));
            }
        }
    }
    let arn = if is_instance {
        "arn:aws:ec2:us-east-2:1:instance/i-0".to_owned()
    } else {
        format!("{ARN}/app/lb/1")
    };
    let config = &mut all["VpcOriginList"]["Items"][0]["VpcOriginEndpointConfig"];
    config["Arn"] = json!(arn);
    if !dice.once_in(3) {
        config["OriginProtocolPolicy"] = json!("match-viewer");
    }
    all["DistributionList"] = json!({"Items": [{"Id": "d", "Enabled": true, "Origins":
        {"Items": [{"Id": "o", "VpcOriginConfig": {"VpcOriginId": "vo"}}]}}]});
}
