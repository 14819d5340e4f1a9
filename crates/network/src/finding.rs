//! Findings: one for each instance, interface, edge, protocol and range of ports.

use core::net::IpAddr;
use std::collections::BTreeMap;

use model::Severity;

use crate::address::Address;
use crate::edges::{Balancer, Edge, Exposure, Open, of_interface};
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::known::{Known, Reason};
use crate::packet::Packet;
use crate::path::balancers::{BALANCER, CLASSIC, TARGET_GROUP};
use crate::path::filter::{ACL, GROUP, INTERFACE};
use crate::path::gateways::ENDPOINT;
use crate::path::walk::INSTANCE;
use crate::region::Region;
use crate::roots::Root;
use crate::severity::Severities;
use crate::snapshot::{Id, Snapshot};
use crate::witness::{self, Course};

/// What is evaluated and how it is judged.
#[derive(Debug, Clone)]
pub struct Options {
    pub severities: Severities,
    /// Also report stopped instances.
    pub stopped: bool,
    pub protocols: Vec<Protocol>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            severities: Severities::default(),
            stopped: false,
            protocols: vec![Protocol::TCP, Protocol::UDP],
        }
    }
}

/// What is known of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The witness arrives and is answered.
    Open(Packet),
    /// Data is missing that could close or open it.
    Unknown(Vec<Reason>),
}

/// A component of a path as Inspector names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub component_id: Id,
    pub component_type: &'static str,
}

/// An open, or possibly open, range of ports.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub edge: Edge,
    pub instance: Id,
    pub interface: Id,
    pub protocol: Protocol,
    /// First and last port.
    pub ports: (u16, u16),
    pub verdict: Verdict,
    pub severity: Severity,
    /// Services that are known to use ports of the range.
    pub services: Vec<String>,
    /// Clients to which some port of the range is open, by family.
    pub sources: (IntervalSet<u32>, IntervalSet<u128>),
    pub private: IpAddr,
    pub public: Option<IpAddr>,
    pub balancer: Option<Balancer>,
    /// The appliance or firewall endpoint that packets pass both ways, if there is one.
    pub middlebox: Option<Id>,
    pub is_latent: bool,
}

impl Finding {
    /// The title that Inspector gives.
    pub fn title(&self) -> String {
        let what = match &self.edge {
            Edge::Internet(_) => "an Internet Gateway",
            Edge::Peering(_) => "a VPC Peering Connection",
            Edge::Private(_) => "a Virtual Private Gateway",
            Edge::Transit(_) => "a Transit Gateway",
            Edge::Accelerator(_) => "a Global Accelerator",
            Edge::Distribution(_) => "a CloudFront VPC Origin",
            Edge::Service(_) => "a VPC Endpoint Service",
            Edge::Other(_) => "a Gateway",
        };
        let protocol = self.protocol.name();
        match self.ports {
            (low, high) if low == high => {
                format!("Port {low} is reachable from {what} - {protocol}")
            }
            (low, high) => format!("Port range {low}-{high} is reachable from {what} - {protocol}"),
        }
    }

    /// The description that Inspector gives.
    pub fn description(&self) -> String {
        let kind = self.edge.component_type().rsplit("::").next();
        let kind = kind.unwrap_or_default();
        let (low, high) = self.ports;
        format!(
            "On the instance {}, the port range {low}-{high} is reachable from the {kind} {} from an attached ENI {}.",
            self.instance,
            self.edge.id(),
            self.interface
        )
    }

    /// What was assumed of things that only packets can show, by Reachability Analyzer's names.
    pub fn assumptions(&self, snapshot: &Snapshot) -> Vec<&'static str> {
        let Some(middlebox) = &self.middlebox else {
            return Vec::new();
        };
        let mut firewalls = snapshot.firewalls.values();
        if firewalls.any(|f| f.endpoints.values().any(|id| id == middlebox)) {
            Vec::new()
        } else {
            vec!["PATH_THROUGH_MIDDLEBOX_ASSUMED"]
        }
    }

    /// The steps from the edge to the instance, as Inspector lists them.
    pub fn steps(&self, snapshot: &Snapshot) -> Vec<Step> {
        let step = |component_id: &str, component_type| Step {
            component_id: component_id.to_owned(),
            component_type,
        };
        let mut steps = vec![step(self.edge.id(), self.edge.component_type())];
        if let Some(middlebox) = &self.middlebox {
            steps.push(step(middlebox, middlebox_type(middlebox)));
        }
        if let Some(balancer) = &self.balancer {
            if let Some(front) = &balancer.behind {
                steps.push(step(front, BALANCER));
            }
            steps.push(step(&balancer.id, balancer_type(&balancer.id)));
            if !balancer.target_group.is_empty() {
                steps.push(step(&balancer.target_group, TARGET_GROUP));
            }
        }
        if let Some(interface) = snapshot.interfaces.get(&self.interface) {
            let acl = snapshot.acl_of(&interface.subnet_id);
            steps.extend(acl.map(|acl| step(acl, ACL)));
            for group in &interface.groups {
                steps.push(step(&group.group_id, GROUP));
            }
        }
        steps.push(step(&self.interface, INTERFACE));
        steps.push(step(&self.instance, INSTANCE));
        // Inspector's model allows thirty steps; the first and the last ones say most.
        if steps.len() > 30 {
            let last = steps.split_off(steps.len() - 2);
            steps.truncate(28);
            steps.extend(last);
        }
        steps
    }
}

/// The `CloudFormation` type name of a middlebox: an appliance's interface, or an endpoint.
pub(crate) fn middlebox_type(id: &str) -> &'static str {
    if id.starts_with("eni-") {
        INTERFACE
    } else {
        ENDPOINT
    }
}

/// The `CloudFormation` type name of a load balancer; classic ones have names and no ARN.
pub(crate) fn balancer_type(id: &str) -> &'static str {
    if id.starts_with("arn:") {
        BALANCER
    } else {
        CLASSIC
    }
}

/// The findings of all instances, in order.
pub fn scan(engine: &mut Engine, options: &Options) -> Vec<Finding> {
    let roots = Root::all(engine.snapshot()).into_iter();
    let mut findings: Vec<Finding> = roots
        .flat_map(|root| root.findings(engine, options))
        .collect();
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    findings
}

pub(crate) type Key<'f> = (
    &'f Id,
    &'f Edge,
    &'f Id,
    Protocol,
    (u16, u16),
    Option<&'f Balancer>,
    Option<&'f Id>,
);

/// What findings are ordered by.
pub(crate) fn key(finding: &Finding) -> Key<'_> {
    (
        &finding.instance,
        &finding.edge,
        &finding.interface,
        finding.protocol,
        finding.ports,
        finding.balancer.as_ref(),
        finding.middlebox.as_ref(),
    )
}

/// The findings of one interface.
pub fn of(engine: &mut Engine, options: &Options, interface: &str) -> Vec<Finding> {
    if instance(engine.snapshot(), options, interface).is_none() {
        return Vec::new();
    }
    let exposures = of_interface(engine, interface, &options.protocols);
    merge(engine, options, exposures)
}

/// The instance of an interface, if it is one that findings are about.
fn instance(snapshot: &Snapshot, options: &Options, interface: &str) -> Option<Id> {
    let id = snapshot.interfaces.get(interface)?.instance()?;
    let state = snapshot.instances.get(id).map(|i| i.state.name.as_str());
    let counts = match state {
        None | Some("" | "running" | "pending") => true,
        Some("stopped" | "stopping") => options.stopped,
        Some(_) => false,
    };
    counts.then(|| id.to_owned())
}

type Range<A> = ((u16, u16), IntervalSet<A>, IntervalSet<A>);
type Parts<A> = Vec<((u16, u16), Vec<(A, A)>, IntervalSet<A>)>;

/// The ranges of ports that have sources, each with all its sources and those of its first port.
fn ranges<A: Address>(region: &Region<A>) -> Vec<Range<A>> {
    let mut ranges: Parts<A> = Vec::new();
    for segment in region.segments() {
        let addresses = segment.addresses.intervals();
        match ranges.last_mut() {
            Some(((_, high), parts, _)) if high.checked_add(1) == Some(segment.low) => {
                *high = segment.high;
                parts.extend_from_slice(addresses);
            }
            _ => ranges.push((
                (segment.low, segment.high),
                addresses.to_vec(),
                (*segment.addresses).clone(),
            )),
        }
    }
    let collected = ranges.into_iter();
    collected
        .map(|(ports, parts, first)| (ports, IntervalSet::collect(parts), first))
        .collect()
}

/// A range of ports being put together from both families.
#[derive(Default)]
struct Draft {
    four: IntervalSet<u32>,
    six: IntervalSet<u128>,
    addresses: Option<(IpAddr, Option<IpAddr>)>,
    /// Sources of the lowest port at the first address.
    first: (IntervalSet<u32>, IntervalSet<u128>),
    reasons: Vec<Reason>,
    is_latent: bool,
}

/// What exposures have to share to be one finding.
type Group = (Edge, Id, Protocol, Option<Balancer>, Option<Id>);

/// Makes findings of exposures: a range that is open in both families is one finding.
pub(crate) fn merge(
    engine: &mut Engine,
    options: &Options,
    exposures: Vec<Exposure>,
) -> Vec<Finding> {
    let mut groups: BTreeMap<Group, Drafts> = BTreeMap::new();
    for exposure in exposures {
        let group = (
            exposure.edge.clone(),
            exposure.interface.clone(),
            exposure.protocol,
            exposure.balancer.clone(),
            exposure.middlebox.clone(),
        );
        let drafts = groups.entry(group).or_default();
        match &exposure.open {
            Open::V4(open) => draft(drafts, &exposure, open, |d| (&mut d.four, &mut d.first.0)),
            Open::V6(open) => draft(drafts, &exposure, open, |d| (&mut d.six, &mut d.first.1)),
        }
    }
    let mut findings = Vec::new();
    for (group, drafts) in groups {
        let Some(instance) = instance(&engine.snapshot, options, &group.1) else {
            continue;
        };
        for ((is_open, ports), draft) in drafts {
            findings.extend(finding(
                engine, options, &group, &instance, is_open, ports, draft,
            ));
        }
    }
    findings
}

#[expect(clippy::too_many_arguments, reason = "the parts of one finding")]
fn finding(
    engine: &mut Engine,
    options: &Options,
    group: &Group,
    instance: &Id,
    is_open: bool,
    ports: (u16, u16),
    draft: Draft,
) -> Option<Finding> {
    let (edge, interface, protocol, balancer, middlebox) = group;
    let (severity, services) = options
        .severities
        .of(edge, *protocol, ports, draft.is_latent);
    let services = services.into_iter().map(str::to_owned).collect();
    let (private, public) = draft.addresses?;
    let verdict = if is_open {
        let course = Course {
            edge,
            interface,
            protocol: *protocol,
            balancer: balancer.as_ref(),
            middlebox: middlebox.as_ref(),
        };
        let destination = public.unwrap_or(private);
        Verdict::Open(witness::of(
            engine,
            course,
            destination,
            ports.0,
            &draft.first,
        ))
    } else {
        Verdict::Unknown(draft.reasons)
    };
    Some(Finding {
        edge: edge.clone(),
        instance: instance.clone(),
        interface: interface.clone(),
        protocol: *protocol,
        ports,
        verdict,
        severity,
        services,
        sources: (draft.four, draft.six),
        private,
        public,
        balancer: balancer.clone(),
        middlebox: middlebox.clone(),
        is_latent: draft.is_latent,
    })
}

type Drafts = BTreeMap<(bool, (u16, u16)), Draft>;

/// Adds an exposure; `sets` has the draft's sources of the family, all and those of its first port.
fn draft<A: Address>(
    drafts: &mut Drafts,
    exposure: &Exposure,
    open: &Known<Region<A>>,
    sets: impl Fn(&mut Draft) -> (&mut IntervalSet<A>, &mut IntervalSet<A>),
) {
    let certain = open.must.ports();
    let doubtful = match &open.doubt {
        Some(doubt) => doubt.may.and_ports(&certain.not()),
        None => Region::empty(),
    };
    for (region, is_open) in [(&open.must, true), (&doubtful, false)] {
        for (ports, sources, first) in ranges(region) {
            let draft = drafts.entry((is_open, ports)).or_default();
            let (all, lowest) = sets(draft);
            *all = all.or(&sources);
            if lowest.is_empty() {
                *lowest = first;
            }
            if draft.addresses.is_none() {
                draft.addresses = Some((exposure.private, exposure.public));
            }
            draft.is_latent = exposure.is_latent;
            draft.reasons.extend(open.reasons().iter().cloned());
            draft.reasons.sort_unstable();
            draft.reasons.dedup();
        }
    }
}
