//! The witness of a finding is followed as a single packet: a second opinion on every open path.

use crate::edges::Edge;
use crate::finding::{Finding, Verdict};
use crate::packet::{Entry, Outcome, deliveries, follow};
use crate::snapshot::Snapshot;

/// What a finding's edge is for a packet; nothing where no packet of it can be followed.
pub fn entry(edge: &Edge) -> Option<Entry<'_>> {
    Some(match edge {
        Edge::Internet(id) => Entry::InternetGateway(id),
        Edge::Private(id) => Entry::VpnGateway(id),
        Edge::Peering(id) => Entry::Peering(id),
        Edge::Transit(id) => Entry::TransitGateway(id),
        Edge::Accelerator(id) => Entry::Accelerator(id),
        Edge::Distribution(id) => Entry::VpcOrigin(id),
        Edge::Service(id) => Entry::EndpointService(id),
        Edge::Other(_) => return None,
    })
}

/// Whether the witness of an open finding arrives at its interface and is answered; nothing for a
/// finding that is not known to be open.
pub fn replays(snapshot: &Snapshot, finding: &Finding) -> Option<bool> {
    let Verdict::Open(packet) = &finding.verdict else {
        return None;
    };
    let Some(entry) = entry(&finding.edge) else {
        return Some(false);
    };
    let vpc_of = |interface: &str| {
        let interface = snapshot.interfaces.get(interface);
        interface.map_or("", |i| i.vpc_id.as_str())
    };
    let answered = Outcome::Answered {
        interface: finding.interface.clone(),
    };
    Some(match &finding.balancer {
        None => follow(snapshot, entry, vpc_of(&finding.interface), *packet) == answered,
        Some(balancer) => {
            let front = balancer.front.as_ref().unwrap_or(&balancer.node);
            let all = deliveries(snapshot, entry, vpc_of(front), *packet);
            all.iter().any(|delivery| delivery.outcome == answered)
        }
    })
}
