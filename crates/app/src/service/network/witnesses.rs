//! The witness of each open path is followed packet by packet, by code that shares only the snapshot
//! and its reading with the evaluation (its types, which zones and blocks are the same): a
//! disagreement is a defect, which is told and counted and hides no finding.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use network::{
    finding::{Finding, Verdict},
    replay::replays,
};
use store::Scope;

use super::{Held, observe};

/// How long one configuration's packets are followed.
const LONGEST: Duration = Duration::from_secs(10);

/// Witnesses by what became of them, since the process began.
#[derive(Debug, Default)]
pub(crate) struct Witnesses {
    arrived: AtomicU64,
    lost: AtomicU64,
    left: AtomicU64,
}

impl Witnesses {
    /// Follows the witnesses of the instances about which something may be different.
    pub(super) fn replay(
        &self,
        scope: &Scope,
        held: &Held,
        findings: &[Finding],
        touched: Option<&BTreeSet<String>>,
    ) {
        let began = Instant::now();
        let snapshot = held.live.snapshot();
        let open = |finding: &&Finding| matches!(finding.verdict, Verdict::Open(_));
        for finding in findings.iter().filter(open) {
            if touched.is_some_and(|touched| !touched.contains(&finding.instance)) {
                continue;
            }
            if began.elapsed() > LONGEST {
                self.left.fetch_add(1, Ordering::Relaxed);
            } else if let Some(arrived) = replays(snapshot, finding) {
                self.note(scope, &held.digest, finding, arrived);
            }
        }
    }

    fn note(&self, scope: &Scope, digest: &str, finding: &Finding, arrived: bool) {
        if arrived {
            self.arrived.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.lost.fetch_add(1, Ordering::Relaxed);
        let path = observe::key(finding);
        let instance = &finding.instance;
        let Scope { account, region } = scope;
        tracing::error!(
            account,
            region,
            configuration = digest,
            instance,
            path,
            verdict = ?finding.verdict,
            "the packet of an open path does not arrive where it is followed alone"
        );
    }

    /// Each result with its number.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 3] {
        [
            ("arrived", self.arrived.load(Ordering::Relaxed)),
            ("lost", self.lost.load(Ordering::Relaxed)),
            ("not_followed", self.left.load(Ordering::Relaxed)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use network::{finding::Verdict, replay::replays};
    use store::{Scope, networks::Document};

    use super::Witnesses;
    use crate::service::network::evaluate;

    const NETWORK: &str = r#"{
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.1.1.0/24"}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "Associations": [{"SubnetId": "subnet-1"}], "Entries": [
            {"RuleNumber": 100, "Egress": false, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"},
            {"RuleNumber": 100, "Egress": true, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}]}],
        "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
        "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
            "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.1.1.4",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.4", "Association": {"PublicIp": "54.0.0.4"}}],
            "Attachment": {"InstanceId": "i-1", "Status": "attached"}}]}"#;

    #[test]
    fn a_witness_that_is_lost_is_counted() {
        let document = Document {
            name: "a".to_owned(),
            body: NETWORK.as_bytes().to_vec(),
        };
        let (held, _) = evaluate(None, std::slice::from_ref(&document));
        let scope = Scope::new("000000000000", "eu-west-1");
        let witnesses = Witnesses::default();
        witnesses.replay(&scope, &held, &held.live.findings(), None);
        assert_eq!(witnesses.counts()[0], ("arrived", 1));
        let nobody = std::collections::BTreeSet::new();
        witnesses.replay(&scope, &held, &held.live.findings(), Some(&nobody));
        assert_eq!(witnesses.counts()[0].1, 1);

        // A witness that the engine should not have chosen.
        let mut finding = held.live.findings().remove(0);
        let Verdict::Open(packet) = &mut finding.verdict else {
            panic!("{finding:?}");
        };
        packet.destination_port = 23;
        let arrived = replays(held.live.snapshot(), &finding).expect("an open path");
        witnesses.note(&scope, &held.digest, &finding, arrived);
        assert_eq!(witnesses.counts()[1], ("lost", 1));
    }
}
