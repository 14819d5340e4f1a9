//! A network with one public instance, and findings as lines.

use std::sync::Arc;

use lynkeus_network::edges::Edge;
use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Finding, Options, Verdict, scan};
use lynkeus_network::packet::{Entry, Outcome, follow};
use serde_json::{Value, json};

use super::estate::snapshot;

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
    let verdict = match &finding.verdict {
        Verdict::Open(_) => "",
        Verdict::Unknown(_) => " unknown",
    };
    let (edge, protocol) = (finding.edge.id(), finding.protocol.name());
    format!(
        "{} {edge} {protocol} {low}-{high}{through}{verdict}",
        finding.interface
    )
}

/// Findings of a network as lines; every witness is followed.
pub(super) fn lines(document: &Value) -> Vec<String> {
    let estate = Arc::new(snapshot(document));
    let mut engine = Engine::new(Arc::clone(&estate));
    let findings = scan(&mut engine, &Options::default());
    for finding in &findings {
        let entry = match &finding.edge {
            Edge::Internet(id) => Entry::InternetGateway(id),
            Edge::Private(id) => Entry::VpnGateway(id),
            Edge::Peering(id) => Entry::Peering(id),
            Edge::Transit(_) => continue,
        };
        if let (Verdict::Open(packet), None) = (&finding.verdict, &finding.balancer) {
            let outcome = follow(
                &estate,
                entry,
                &estate.interfaces[&finding.interface].vpc_id,
                *packet,
            );
            assert!(
                matches!(outcome, Outcome::Answered { .. }),
                "{finding:?}: {outcome:?}"
            );
        }
    }
    findings.iter().map(line).collect()
}
