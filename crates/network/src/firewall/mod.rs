//! Network Firewall: which packets to an interface its policy passes, and whether answers pass too.
//!
//! Stateless rules see both directions on their own; stateful ones let answers to what they passed
//! through. What depends on the content of packets may pass (specification §4.13).

mod expression;
mod rules;

use std::sync::Arc;

use self::rules::{Action, Rule, stateful, stateless};
use crate::engine::{CLIENT_PORTS, Kept};
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::known::{Known, Reason};
use crate::region::{Ports, Region};
use crate::snapshot::{FirewallPolicy, Id, Snapshot};

/// A flow to an interface, but for the server's port and the client's address.
#[derive(Clone, Copy)]
struct Flow<A> {
    protocol: Protocol,
    private: A,
    client_port: u16,
}

/// Pairs of (server's port, client) that match for certain, and that may.
struct Matched<A> {
    sure: Region<A>,
    may: Region<A>,
}

/// The (server's port, client) pairs of flows to `private` that a firewall passes both ways.
///
/// `back` has the (client's port, client) pairs to which answers find their way otherwise.
pub(crate) fn passes<A: Kept>(
    snapshot: &Snapshot,
    firewall: &Id,
    protocol: Protocol,
    private: A,
    back: &Known<Region<A>>,
) -> Known<Region<A>> {
    let addresses = crate::engine::from(&back.map(Region::addresses));
    let Some(parts) = by_client_ports(snapshot, firewall, protocol, private) else {
        let reason = format!("the policy of {firewall} is not described");
        return addresses.and(&Known::unknown(reason));
    };
    let mut all = Known::nothing();
    for (only, open) in parts {
        let clients = back.map(|region| region.and_ports(&only).addresses());
        all = all.or(&open.and(&crate::engine::from(&clients)));
    }
    all
}

/// The ports of a client with which a firewall passes its packets to a port both ways, for certain.
pub(crate) fn client_ports<A: Kept>(
    snapshot: &Snapshot,
    firewall: &Id,
    protocol: Protocol,
    private: A,
    (port, client): (u16, A),
) -> Ports {
    let parts = by_client_ports(snapshot, firewall, protocol, private);
    let open = parts.into_iter().flatten();
    open.filter(|(_, region)| region.must.contains(port, client))
        .fold(Ports::empty(), |all, (ports, _)| all.or(&ports))
}

/// What passes both ways, by ranges of clients' ports; nothing if the policy is not described.
fn by_client_ports<A: Kept>(
    snapshot: &Snapshot,
    firewall: &Id,
    protocol: Protocol,
    private: A,
) -> Option<Vec<(Ports, Known<Region<A>>)>> {
    let described = snapshot.firewalls.get(firewall)?;
    let policy = &described.firewall_policy_arn;
    let policy = snapshot.firewall_policies.get(policy)?;
    let mut reasons = Vec::new();
    let first: Vec<Rule<A>> = stateless(snapshot, policy, &mut reasons);
    let second: Vec<Rule<A>> = stateful(snapshot, described, policy, &mut reasons);
    let ranges = segments(first.iter().chain(&second)).into_iter();
    let parts = ranges.map(|(low, high)| {
        let flow = Flow {
            protocol,
            private,
            client_port: low,
        };
        let open = one(policy, &first, &second, flow, &reasons);
        (Ports::range(low, high), open)
    });
    Some(parts.collect())
}

/// Ranges of clients' ports that no rule divides.
fn segments<'r, A: Kept + 'r>(rules: impl Iterator<Item = &'r Rule<A>>) -> Vec<(u16, u16)> {
    let (first, last) = CLIENT_PORTS;
    let mut starts = vec![first];
    for rule in rules {
        for ports in [&rule.source_ports, &rule.destination_ports] {
            for (low, high) in ports.must.intervals().iter().chain(ports.may().intervals()) {
                starts.push(*low);
                starts.extend(high.checked_add(1));
            }
        }
    }
    starts.retain(|start| *start >= first);
    starts.sort_unstable();
    starts.dedup();
    let ends: Vec<u16> = starts.iter().skip(1).map(|start| start - 1).collect();
    let ends = ends.into_iter().chain(std::iter::once(last));
    starts.iter().copied().zip(ends).collect()
}

/// The pairs that pass with one client's port.
fn one<A: Kept>(
    policy: &FirewallPolicy,
    first: &[Rule<A>],
    second: &[Rule<A>],
    flow: Flow<A>,
    reasons: &[Reason],
) -> Known<Region<A>> {
    let defaults = &policy.stateless_default_actions;
    let request = sorted(first, defaults, flow, false);
    let answer = sorted(first, defaults, flow, true);
    let inspected = inspected(policy, second, flow);
    let returns_may = Region::union_of([&answer.passed.may, &answer.forwarded.may]);
    // An answer that is inspected although the request was not belongs to no known flow.
    let plain = request.passed.sure.and(&answer.passed.sure);
    let tracked = request
        .forwarded
        .sure
        .and(&inspected.sure)
        .and(&answer.kept);
    let either = request.kept.and(&inspected.sure).and(&answer.passed.sure);
    let must = Region::union_of([&plain, &tracked, &either]);
    let plain = request.passed.may.and(&returns_may);
    let tracked = request.forwarded.may.and(&inspected.may).and(&returns_may);
    let may = Region::union_of([&plain, &tracked]);
    let mut reasons = reasons.to_vec();
    if reasons.is_empty() {
        reasons.push(
            "a rule of the network firewall depends on more than addresses and ports".to_owned(),
        );
    }
    Known::between(must, may, reasons)
}

/// What stateless rules do with packets; the rest is dropped.
struct Sorted<A> {
    passed: Matched<A>,
    forwarded: Matched<A>,
    /// One or the other for certain.
    kept: Region<A>,
}

fn nothing<A: Kept>() -> Matched<A> {
    Matched {
        sure: Region::empty(),
        may: Region::empty(),
    }
}

impl<A: Kept> Matched<A> {
    fn add(&mut self, sure: &Region<A>, may: &Region<A>) {
        self.sure = Region::union_of([&self.sure, sure]);
        self.may = Region::union_of([&self.may, may]);
    }
}

/// The first stateless rule by priority that matches decides, or the default action.
fn sorted<A: Kept>(
    rules: &[Rule<A>],
    defaults: &[Id],
    flow: Flow<A>,
    is_answer: bool,
) -> Sorted<A> {
    let mut result = Sorted {
        passed: nothing(),
        forwarded: nothing(),
        kept: Region::empty(),
    };
    // What no rule has decided for certain but, for each of the two, those that do the same.
    let (mut unless_passed, mut unless_forwarded) = (Region::all(), Region::all());
    let mut unless_dropped: Region<A> = Region::all();
    let mut left: Region<A> = Region::all();
    for rule in rules {
        let matched = rule.matched(flow, is_answer);
        let may = left.and(&matched.may);
        let none = Region::empty();
        let (mut from_passed, mut from_forwarded) = (&matched.may, &matched.may);
        match rule.action {
            Action::Pass => {
                result.passed.add(&unless_passed.and(&matched.sure), &may);
                from_passed = &matched.sure;
            }
            Action::Forward => {
                let sure = unless_forwarded.and(&matched.sure);
                result.forwarded.add(&sure, &may);
                from_forwarded = &matched.sure;
            }
            Action::Unknown => {
                result.passed.add(&none, &may);
                result.forwarded.add(&none, &may);
            }
            Action::Drop => {}
            Action::Alert => continue,
        }
        let mut from_dropped = &matched.may;
        if matches!(rule.action, Action::Pass | Action::Forward) {
            let sure = unless_dropped.and(&matched.sure);
            result.kept = Region::union_of([&result.kept, &sure]);
            from_dropped = &matched.sure;
        }
        unless_dropped = unless_dropped.minus(from_dropped);
        unless_passed = unless_passed.minus(from_passed);
        unless_forwarded = unless_forwarded.minus(from_forwarded);
        left = left.minus(&matched.sure);
    }
    let is = |action: &str| defaults.iter().any(|a| a == action);
    if is("aws:pass") || is("aws:forward_to_sfe") {
        result.kept = Region::union_of([&result.kept, &unless_dropped]);
    }
    if is("aws:pass") {
        result.passed.add(&unless_passed, &left);
    } else if is("aws:forward_to_sfe") {
        result.forwarded.add(&unless_forwarded, &left);
    } else if !is("aws:drop") {
        result.passed.add(&Region::empty(), &left);
    }
    result
}

/// What stateful rules pass.
///
/// In strict order the first match decides and the policy's default comes last; otherwise all pass
/// rules come before all drop and reject rules, and what matches none passes.
fn inspected<A: Kept>(policy: &FirewallPolicy, rules: &[Rule<A>], flow: Flow<A>) -> Matched<A> {
    let mut passed = nothing();
    let matches = rules.iter().map(|rule| (rule, rule.matched(flow, false)));
    if policy.stateful_engine_options.rule_order != "STRICT_ORDER" {
        let mut dropped = nothing();
        for (rule, matched) in matches {
            match rule.action {
                Action::Pass => passed.add(&matched.sure, &matched.may),
                Action::Drop => dropped.add(&matched.sure, &matched.may),
                Action::Unknown => {
                    passed.add(&Region::empty(), &matched.may);
                    dropped.add(&Region::empty(), &matched.may);
                }
                Action::Alert | Action::Forward => {}
            }
        }
        passed.add(&dropped.may.not(), &dropped.sure.not());
        return passed;
    }
    let mut left = Matched {
        sure: Region::all(),
        may: Region::all(),
    };
    for (rule, matched) in matches {
        let (sure, may) = (left.sure.and(&matched.sure), left.may.and(&matched.may));
        // What a rule may pass still passes for certain if what comes after it passes it too.
        let decided = match rule.action {
            Action::Alert | Action::Forward => continue,
            Action::Pass => {
                passed.add(&sure, &may);
                &matched.sure
            }
            Action::Unknown => {
                passed.add(&Region::empty(), &may);
                &matched.may
            }
            Action::Drop => &matched.may,
        };
        left.sure = left.sure.minus(decided);
        left.may = left.may.minus(&matched.sure);
    }
    let defaults = &policy.stateful_default_actions;
    if !defaults.iter().any(|a| a.starts_with("aws:drop")) {
        passed.add(&left.sure, &left.may);
    }
    passed
}

impl<A: Kept> Rule<A> {
    /// The pairs whose request, or answer, the rule matches.
    fn matched(&self, flow: Flow<A>, is_answer: bool) -> Matched<A> {
        if self
            .protocols
            .as_ref()
            .is_some_and(|p| !p.contains(&flow.protocol.0))
        {
            return nothing();
        }
        let toward = self.directed(flow, is_answer);
        let both = if self.is_both_ways {
            let back = self.directed(flow, !is_answer);
            Matched {
                sure: Region::union_of([&toward.sure, &back.sure]),
                may: Region::union_of([&toward.may, &back.may]),
            }
        } else {
            toward
        };
        if self.is_certain {
            both
        } else {
            Matched {
                sure: Region::empty(),
                may: both.may,
            }
        }
    }

    /// The pairs for which a packet to the server matches as the rule is written, or one from it.
    fn directed(&self, flow: Flow<A>, is_answer: bool) -> Matched<A> {
        let (peers, own) = if is_answer {
            (&self.destinations, &self.sources)
        } else {
            (&self.sources, &self.destinations)
        };
        let (client, server) = if is_answer {
            (&self.destination_ports, &self.source_ports)
        } else {
            (&self.source_ports, &self.destination_ports)
        };
        let of = |own: &IntervalSet<A>, client: &Ports, server: &Ports, peers: &IntervalSet<A>| {
            if own.contains(flow.private) && client.contains(flow.client_port) {
                Region::product(server, &Arc::new(peers.clone()))
            } else {
                Region::empty()
            }
        };
        Matched {
            sure: of(&own.must, &client.must, &server.must, &peers.must),
            may: of(own.may(), client.may(), server.may(), peers.may()),
        }
    }
}
