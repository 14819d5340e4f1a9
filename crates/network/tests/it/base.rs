//! A network with one public instance, and findings as lines.

use std::sync::Arc;

use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Finding, Options, Verdict, scan};
use lynkeus_network::packet::{Entry, Outcome, Packet, deliveries, follow};
pub(super) use lynkeus_network::replay::{entry, replays};
use serde_json::{Value, json};

use super::estate::snapshot;
use super::oracle::differences;

/// A VPC with one public instance whose group lets tcp/22 in from anywhere.
pub(super) fn base() -> Value {
    json!({
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16",
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1::/48"}]}],
        "Subnets": [
            {"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "us-east-2a", "CidrBlock": "10.1.1.0/24"},
            {"SubnetId": "subnet-2", "VpcId": "vpc-1", "AvailabilityZone": "us-east-2b", "CidrBlock": "10.1.2.0/24"}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [
            {"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local", "State": "active"},
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1",
            "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}], "Entries": [
            {"RuleNumber": 100, "Egress": false, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"},
            {"RuleNumber": 100, "Egress": true, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}]}],
        "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
        "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
            "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.1.1.4",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.4", "Primary": true,
                "Association": {"PublicIp": "54.0.0.4"}}],
            "Attachment": {"InstanceId": "i-1", "Status": "attached"}}],
        "Instances": [{"InstanceId": "i-1", "VpcId": "vpc-1", "State": {"Name": "running"}}],
    })
}

fn line(finding: &Finding) -> String {
    let (low, high) = finding.ports;
    let through = match &finding.balancer {
        Some(balancer) => format!(" through {}", balancer.listener_port),
        None => String::new(),
    };
    let verdict = match (&finding.verdict, &finding.middlebox) {
        (Verdict::Open(_), None) => "",
        (Verdict::Open(_), Some(_)) => " inspected",
        (Verdict::Unknown(_), _) => " unknown",
    };
    let (edge, protocol) = (finding.edge.id(), finding.protocol.name());
    format!(
        "{} {edge} {protocol} {low}-{high}{through}{verdict}",
        finding.interface
    )
}

/// Findings of a network as lines; every witness is followed, and the engine and packets are asked
/// about the same addresses and ports of all edges.
pub(super) fn lines(document: &Value) -> Vec<String> {
    let estate = Arc::new(snapshot(document));
    let found = differences(&estate);
    assert!(found.is_empty(), "{found:#?}");
    let mut engine = Engine::new(Arc::clone(&estate));
    let findings = scan(&mut engine, &Options::default());
    for finding in &findings {
        assert_ne!(replays(&estate, finding), Some(false), "{finding:?}");
    }
    findings.iter().map(line).collect()
}

/// What becomes of one packet: `answered`, `unknown`, or the code of what stops it.
pub(super) fn fate(document: &Value, entry: Entry<'_>, packet: (&str, &str, u16)) -> String {
    let (source, destination, port) = packet;
    let packet = Packet {
        source: source.parse().expect("an address"),
        source_port: 50000,
        destination: destination.parse().expect("an address"),
        destination_port: port,
        protocol: 6,
    };
    let estate = snapshot(document);
    let mut behind = deliveries(&estate, entry, "vpc-1", packet).into_iter();
    let outcome = behind
        .next()
        .map_or_else(|| follow(&estate, entry, "vpc-1", packet), |d| d.outcome);
    match outcome {
        Outcome::Answered { .. } => "answered".to_owned(),
        Outcome::Unknown { .. } => "unknown".to_owned(),
        Outcome::Stopped { code, .. } => code.to_owned(),
    }
}
