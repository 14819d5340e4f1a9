//! Random load balancers and services before them.

use serde_json::{Value, json};

use super::elements::{push, range};
use super::estate::{BLOCKS, Dice, PORTS, group};

pub(super) const ARN: &str = "arn:aws:elasticloadbalancing:us-east-2:1:loadbalancer";

fn target_group(dice: &mut Dice, document: &mut Value, name: &str, count: usize) {
    let kind = *dice.one(&["instance", "instance", "ip"]);
    let protocol = *dice.one(&["TCP", "TCP", "UDP", "TCP_UDP"]);
    push(
        document,
        "TargetGroups",
        json!({"TargetGroupArn": name, "Port": dice.one(PORTS), "Protocol": protocol, "TargetType": kind,
            "LoadBalancerArns": [format!("{ARN}/app/lb/1")]}),
    );
    if dice.once_in(8) {
        return;
    }
    let mut targets = Vec::new();
    for number in 0..count {
        let own = document["NetworkInterfaces"][number]["PrivateIpAddress"].clone();
        let id = if kind == "ip" {
            own
        } else {
            json!(format!("i-{number}"))
        };
        let mut target = json!({"Id": id});
        if dice.once_in(2) {
            target["Port"] = json!(dice.one(PORTS));
        }
        let state = *dice.one(&["healthy", "unhealthy", "draining"]);
        targets.push(json!({"Target": target, "TargetHealth": {"State": state}}));
    }
    push(
        document,
        "TargetHealth",
        json!({"TargetGroupArn": name, "TargetHealthDescriptions": targets}),
    );
    if dice.once_in(2) {
        let value = *dice.one(&["true", "false"]);
        let key = *dice.one(&[
            "preserve_client_ip.enabled",
            "load_balancing.cross_zone.enabled",
        ]);
        push(
            document,
            "TargetGroupAttributes",
            json!({"TargetGroupArn": name, "Attributes": [{"Key": key, "Value": value}]}),
        );
    }
}

fn node(dice: &mut Dice, document: &mut Value, id: &str, description: &str, number: usize) {
    let subnet = 1 + dice.below(2);
    let private = format!("10.1.{subnet}.{}", 30 + number);
    let mut address = json!({"PrivateIpAddress": private, "Primary": true});
    if !dice.once_in(3) {
        address["Association"] = json!({"PublicIp": format!("54.0.0.{}", 30 + number)});
    }
    let is_network = description.contains("net/");
    let groups = if is_network && dice.once_in(2) {
        json!([])
    } else {
        json!([{"GroupId": "sg-lb"}])
    };
    push(
        document,
        "NetworkInterfaces",
        json!({"NetworkInterfaceId": id, "VpcId": "vpc-1", "SubnetId": format!("subnet-1{subnet}"),
            "InterfaceType": if is_network { "network_load_balancer" } else { "interface" },
            "Description": description, "Groups": groups, "PrivateIpAddress": private,
            "PrivateIpAddresses": [address]}),
    );
}

pub(super) fn balancers(dice: &mut Dice, document: &mut Value) {
    let count = document["NetworkInterfaces"]
        .as_array()
        .expect("a list")
        .len();
    let count = count.min(3);
    let mut front = group(dice, "sg-lb", "vpc-1");
    if dice.once_in(2) {
        front["IpPermissions"] =
            json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    }
    front["IpPermissionsEgress"] = match dice.below(3) {
        0 => {
            json!([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": dice.one(&["sg-1", "sg-2"])}]}])
        }
        1 => json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 8080,
            "IpRanges": [{"CidrIp": dice.one(BLOCKS)}]}]),
        _ => json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]),
    };
    push(document, "SecurityGroups", front);
    let rules = document.pointer_mut("/SecurityGroups/0/IpPermissions");
    let rules = rules.and_then(Value::as_array_mut).into_iter().flatten();
    for permission in rules {
        if dice.once_in(3) {
            permission["UserIdGroupPairs"] = json!([{"GroupId": "sg-lb"}]);
        }
    }
    for name in ["tg-1", "tg-2"] {
        target_group(dice, document, name, count);
    }
    nodes(dice, document);
    services(dice, document);
}

fn nodes(dice: &mut Dice, document: &mut Value) {
    for (number, (kind, short)) in [("application", "app/lb/1"), ("network", "net/lb/2")]
        .iter()
        .enumerate()
    {
        if dice.once_in(6) {
            node(
                dice,
                document,
                &format!("eni-lb{number}"),
                &format!("ELB {short}x"),
                number,
            );
            continue;
        }
        node(
            dice,
            document,
            &format!("eni-lb{number}"),
            &format!("ELB {short}"),
            number,
        );
        let arn = format!("{ARN}/{short}");
        let groups = if *kind == "network" {
            json!(["sg-lb"])
        } else {
            json!([])
        };
        push(
            document,
            "LoadBalancers",
            json!({"LoadBalancerArn": arn, "Type": kind, "State": {"Code": dice.one(&["active", "active", "failed"])},
                "VpcId": "vpc-1", "SecurityGroups": groups,
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": dice.one(&["on", "off"])}),
        );
        if dice.once_in(2) {
            push(
                document,
                "LoadBalancerAttributes",
                json!({"LoadBalancerArn": arn, "Attributes": [{"Key": "load_balancing.cross_zone.enabled",
                    "Value": dice.one(&["true", "false"])}]}),
            );
        }
        listener(dice, document, (number, kind), &arn);
    }
    if dice.once_in(2) {
        classic(dice, document);
    }
}

pub(super) fn classic(dice: &mut Dice, document: &mut Value) {
    node(dice, document, "eni-lb9", "ELB old", 9);
    push(
        document,
        "LoadBalancerDescriptions",
        json!({"LoadBalancerName": "old", "VPCId": "vpc-1", "Instances": [{"InstanceId": "i-0"}],
            "ListenerDescriptions": [{"Listener": {"LoadBalancerPort": 80, "InstancePort": dice.one(PORTS)}}]}),
    );
}

fn listener(dice: &mut Dice, document: &mut Value, (number, kind): (usize, &str), arn: &str) {
    let listener = format!("listener-{number}");
    let action = match dice.below(5) {
        0 => json!({"Type": "redirect"}),
        1 => json!({"Type": "forward", "ForwardConfig": {"TargetGroups": [
            {"TargetGroupArn": "tg-1", "Weight": dice.below(2)}, {"TargetGroupArn": "tg-2", "Weight": 1}]}}),
        _ => json!({"Type": "forward", "TargetGroupArn": dice.one(&["tg-1", "tg-2", "tg-3"])}),
    };
    let protocol = if kind == "network" {
        *dice.one(&["TCP", "UDP", "TCP_UDP"])
    } else {
        "HTTP"
    };
    push(
        document,
        "Listeners",
        json!({"ListenerArn": listener, "LoadBalancerArn": arn, "Port": dice.one(&[22, 80, 443]),
            "Protocol": protocol, "DefaultActions": [action]}),
    );
    let value = *dice.one(BLOCKS);
    push(
        document,
        "Rules",
        json!({"RuleArn": "r", "ListenerArn": listener, "Actions": [{"Type": "forward",
            "TargetGroupArn": dice.one(&["tg-1", "tg-2"])}], "Conditions": [{"Field": "source-ip",
            "SourceIpConfig": {"Values": [value]}}]}),
    );
}

fn services(dice: &mut Dice, document: &mut Value) {
    push(
        document,
        "ServiceConfigurations",
        json!({"ServiceId": "vpce-svc-1", "ServiceState": dice.one(&["Available", "Deleted"]),
            "NetworkLoadBalancerArns": [format!("{ARN}/net/lb/2")]}),
    );
    push(
        document,
        "Accelerators",
        json!({"AcceleratorArn": "ga", "Enabled": !dice.once_in(6)}),
    );
    if !dice.once_in(8) {
        let (from, to) = range(dice);
        document["Listeners"]
            .as_array_mut()
            .into_iter()
            .for_each(|list| {
                list.push(
                    json!({"ListenerArn": "ga/listener/1", "Protocol": dice.one(&["TCP", "UDP"]),
                "PortRanges": [{"FromPort": from, "ToPort": to}]}),
                );
            });
    }
    let endpoints = [
        "i-0",
        "i-1",
        &format!("{ARN}/app/lb/1"),
        &format!("{ARN}/net/lb/2"),
    ]
    .map(|id| {
        let mut endpoint = json!({"EndpointId": id});
        if dice.once_in(2) {
            endpoint["ClientIPPreservationEnabled"] = json!(dice.once_in(2));
        }
        if dice.once_in(6) {
            endpoint["Weight"] = json!(0);
        }
        endpoint
    });
    let overrides = if dice.once_in(2) {
        json!([{"ListenerPort": dice.one(PORTS), "EndpointPort": dice.one(&[22, 80])}])
    } else {
        json!([])
    };
    let arn = if dice.once_in(2) {
        "arn:aws:ec2:us-east-2:1:instance/i-0".to_owned()
    } else {
        format!("{ARN}/app/lb/1")
    };
    let policy = *dice.one(&["http-only", "https-only", "match-viewer"]);
    let mut endpoints = endpoints.to_vec();
    if policy == "https-only" {
        // Not described but for what interfaces say of their public addresses.
        endpoints.push(json!({"EndpointId": "eipalloc-1"}));
    }
    push(
        document,
        "EndpointGroups",
        json!({"EndpointGroupArn": "ga/listener/1/endpoint-group/1", "EndpointDescriptions": endpoints,
            "PortOverrides": overrides}),
    );
    document["VpcOriginList"] = json!({"Items": [{"Id": "vo", "Status": "Deployed", "VpcOriginEndpointConfig":
        {"Arn": arn, "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy}}]});
    if !dice.once_in(4) {
        document["DistributionList"] = json!({"Items": [{"Id": "d", "Enabled": !dice.once_in(4), "Origins":
            {"Items": [{"Id": "o", "VpcOriginConfig": {"VpcOriginId": "vo"}}]}}]});
    }
    if dice.once_in(2) {
        let name = "CloudFront-VPCOrigins-Service-SG";
        push(
            document,
            "SecurityGroups",
            json!({"GroupId": "sg-cf", "GroupName": name, "VpcId": "vpc-1"}),
        );
        let first = document.pointer_mut("/SecurityGroups/0/IpPermissions/0");
        if let Some(first) = first {
            first["UserIdGroupPairs"] = json!([{"GroupId": "sg-cf"}]);
        }
    }
}
