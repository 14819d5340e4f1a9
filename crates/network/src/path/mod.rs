//! Whether packets get from one place of a network to another and are answered, hop by hop.
//!
//! Both ends count: the requester's groups, ACL and routes as well as the target's. A set of
//! packets is followed from component to component, forward and back; what is missing leaves the
//! verdict open, and what stops every packet is named with the code of Reachability Analyzer.

pub(crate) mod accelerators;
pub(crate) mod balancers;
mod ends;
pub(crate) mod filter;
mod flow;
pub(crate) mod gateways;
mod inward;
mod middleboxes;
mod transit;
pub(crate) mod walk;
pub mod words;

use std::sync::Arc;

use crate::filters::Protocol;
use crate::known::Reason;
use crate::region::Ports;
use crate::snapshot::{Id, Snapshot};

pub use ends::End;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Query {
    pub from: End,
    pub to: End,
    pub protocol: Protocol,
    /// The destination ports of interest.
    pub ports: Ports,
}

/// The packets before or after a component, as addresses and port ranges of the request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    pub sources: Vec<String>,
    pub source_ports: Vec<(u16, u16)>,
    pub destinations: Vec<String>,
    pub destination_ports: Vec<(u16, u16)>,
}

/// A component that packets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub component: Id,
    /// `CloudFormation` type name.
    pub kind: &'static str,
    /// The entries, rules and routes that let packets pass.
    pub rules: Vec<String>,
    /// Whether the answer passes it, not the request.
    pub is_reply: bool,
    pub before: Header,
    pub after: Header,
}

/// What stops all packets that are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    pub component: Id,
    pub kind: &'static str,
    /// The explanation code of Reachability Analyzer.
    pub code: &'static str,
    pub is_reply: bool,
    /// Of groups and ACLs, whether their egress rules or entries decide.
    pub is_egress: Option<bool>,
    pub rules: Vec<String>,
    /// The packets that come to it, as a request.
    pub packets: Box<Header>,
}

/// What is known of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Packets arrive and are answered.
    Open,
    /// Every packet is stopped.
    Closed(Blocker),
    /// Data is missing that could close or open it.
    Unknown(Vec<Reason>),
}

impl Verdict {
    /// The upper-case name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closed(_) => "CLOSED",
            Self::Unknown(_) => "UNKNOWN",
        }
    }
}

/// One way through the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub verdict: Verdict,
    /// Request first, then the answer from the far end back.
    pub hops: Vec<Hop>,
    /// What is open, or may be: destination ports with blocks of the end that is a set.
    pub open: Vec<((u16, u16), Vec<String>)>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Of the ways the one that says most comes first: open, then unknown, then closed ones in the
    /// order of how far packets get.
    pub paths: Vec<Path>,
}

impl Answer {
    /// The verdict on all ways together.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.paths.first().map(|path| &path.verdict)
    }
}

/// From where packets come in to an end, if at all: the edges of its VPCs, and accelerators before it.
///
/// # Errors
///
/// When the end is no instance or interface of the configuration: the reason, in words.
pub fn edges_before(snapshot: &Snapshot, to: &End) -> Result<Vec<End>, String> {
    let query = Query {
        from: to.clone(),
        to: to.clone(),
        protocol: Protocol::TCP,
        ports: Ports::all(),
    };
    let shared = Arc::new(snapshot.clone());
    let mut walk = walk::Walk::new(&shared, &query);
    let mut edges: Vec<End> = Vec::new();
    let mut own = Vec::new();
    for interface in to.interfaces(snapshot)? {
        own.push(interface.network_interface_id.clone());
        for edge in walk.edges_of(&interface.vpc_id) {
            let edge = End::Gateway(edge.id().clone());
            if !edges.contains(&edge) {
                edges.push(edge);
            }
        }
    }
    walk.goal = walk::Goal::Interfaces(own);
    let before = walk.accelerators_before().into_iter();
    edges.extend(before.map(|a| End::Accelerator(a.accelerator_arn.clone())));
    Ok(edges)
}

/// Looks for ways from one end to the other.
///
/// # Errors
///
/// When an end is not in the configuration: the reason, in words.
pub fn find(snapshot: &Snapshot, query: &Query) -> Result<Answer, String> {
    find_in(&Arc::new(snapshot.clone()), query)
}

/// The same without a copy of the configuration.
pub(crate) fn find_in(snapshot: &Arc<Snapshot>, query: &Query) -> Result<Answer, String> {
    let query = &Query {
        from: query.from.resolved(snapshot)?,
        to: query.to.resolved(snapshot)?,
        ..query.clone()
    };
    let mut walk = walk::Walk::new(snapshot, query);
    let mut paths = ends::walk::<u32>(&mut walk, query)?;
    paths.extend(ends::walk::<u128>(&mut walk, query)?);
    if paths.is_empty() {
        return Err("the two ends have no addresses of one family".to_owned());
    }
    let rank = |path: &Path| match &path.verdict {
        Verdict::Open => (0, 0),
        Verdict::Unknown(_) => (1, 0),
        Verdict::Closed(_) => (2, usize::MAX - path.hops.len()),
    };
    paths.sort_by_key(rank);
    paths.dedup();
    Ok(Answer { paths })
}
