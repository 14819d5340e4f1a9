//! What a configuration can show: a finding is closed only by a document that would have it.

use std::collections::BTreeSet;

use findings::finding::{Details, Finding as Kept, NetworkDetails};
use network::{
    finding::{Finding, Verdict},
    snapshot::{Given, Snapshot},
};

use super::observe;

/// Lists without which no path can be denied; the evaluation itself tells of single objects.
const ALWAYS: [&str; 7] = [
    "Vpcs",
    "Subnets",
    "RouteTables",
    "NetworkAcls",
    "SecurityGroups",
    "NetworkInterfaces",
    "Instances",
];

/// Lists that paths over a component need beside; of each row one is enough.
const BY_COMPONENT: [(&str, &[&[&str]]); 7] = [
    ("AWS::EC2::InternetGateway", &[&["InternetGateways"]]),
    (
        "AWS::EC2::VPCPeeringConnection",
        &[&["VpcPeeringConnections"]],
    ),
    ("AWS::EC2::VPNGateway", &[&["VpnGateways"]]),
    (
        "AWS::EC2::TransitGateway",
        &[
            &["TransitGatewayAttachments", "TransitGatewayVpcAttachments"],
            &["TransitGatewayRouteTables"],
        ],
    ),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        &[&["LoadBalancerDescriptions"]],
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &[
            &["LoadBalancers"],
            &["Listeners", "LoadBalancerListeners"],
            &["TargetGroups"],
        ],
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &[&["TargetGroups"]],
    ),
];

/// Which lists were given.
#[derive(Debug)]
pub(super) struct Visible<'s> {
    described: &'s Given,
    /// Something could not be read, and nobody knows what it would have said.
    unreadable: bool,
    /// Some interface belongs to a load balancer.
    has_balancers: bool,
}

impl<'s> Visible<'s> {
    pub(super) fn of(snapshot: &'s Snapshot, unreadable: bool) -> Self {
        Self {
            described: &snapshot.described,
            unreadable,
            has_balancers: snapshot
                .interfaces
                .values()
                .any(|interface| interface.description.starts_with("ELB ")),
        }
    }

    fn has(&self, list: &str) -> bool {
        self.described.contains(list)
    }

    /// Whether an instance that is not there does not exist any more.
    pub(super) fn instances(&self) -> bool {
        !self.unreadable && self.has("Instances")
    }

    /// What keeps findings open although nothing shows them, if anything.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let always = ALWAYS.into_iter();
        always.filter(|list| !self.has(list)).collect()
    }

    /// Whether nothing is missing that could show a path.
    ///
    /// Routes to gateways that are not described put their paths in doubt; load balancers that are
    /// not described are only seen by their interfaces.
    pub(super) fn is_whole(&self) -> bool {
        let balancers = ["LoadBalancers", "LoadBalancerDescriptions"];
        !self.unreadable
            && self.missing().is_empty()
            && (!self.has_balancers || balancers.iter().all(|list| self.has(list)))
    }

    /// Keys of the kept findings that are closed unless they are among `found`.
    pub(super) fn closable(&self, kept: &[Kept], found: &[&Finding]) -> BTreeSet<String> {
        if self.unreadable || !self.missing().is_empty() {
            return BTreeSet::new();
        }
        let doubtful: Vec<&Finding> = found
            .iter()
            .copied()
            .filter(|finding| matches!(finding.verdict, Verdict::Unknown(_)))
            .collect();
        let closable = kept.iter().filter(|kept| match &kept.observed.details {
            Details::Network(network) => self.shows(network) && !is_doubted(network, &doubtful),
            Details::Package(_) => false,
        });
        closable.map(|kept| kept.observed.key.clone()).collect()
    }

    /// Whether the lists that would show the path were given.
    fn shows(&self, network: &NetworkDetails) -> bool {
        network.steps.iter().all(|step| {
            let needed = BY_COMPONENT.iter().find(|(kind, _)| *kind == step.kind);
            let mut needed = needed.into_iter().flat_map(|(_, lists)| lists.iter());
            needed.all(|any| any.iter().any(|list| self.has(list)))
        })
    }
}

/// Whether a path that may be open could be this one.
fn is_doubted(network: &NetworkDetails, doubtful: &[&Finding]) -> bool {
    let Some(explained) = &network.explained else {
        return !doubtful.is_empty();
    };
    doubtful.iter().any(|finding| {
        finding.interface == explained.interface
            && *finding.edge.id() == explained.edge
            && finding.protocol.name() == network.protocol
            && finding.ports.0 <= network.port_end
            && network.port_begin <= finding.ports.1
    })
}

/// What is in doubt of an instance, in words.
pub(super) fn doubts(found: &[&Finding]) -> Option<String> {
    let mut reasons: Vec<&str> = Vec::new();
    let mut keys = Vec::new();
    for finding in found {
        if let Verdict::Unknown(because) = &finding.verdict {
            reasons.extend(because.iter().map(String::as_str));
            keys.push(observe::key(finding));
        }
    }
    reasons.sort_unstable();
    reasons.dedup();
    let count = keys.len();
    (count > 0).then(|| format!("{count} paths are in doubt: {}", reasons.join("; ")))
}
