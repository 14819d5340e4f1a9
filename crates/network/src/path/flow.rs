//! The packets of one way through a network, as a set that each component makes smaller.

use crate::address::{Address, show};
use crate::balancers::everything_if;
use crate::engine::CLIENT_PORTS;
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::known::{Known, Reason};
use crate::path::{Blocker, Header, Hop};
use crate::region::{Ports, Region};
use crate::snapshot::Id;

/// Blocks that a header shows.
const SHOWN: usize = 8;
/// Ranges and blocks that an answer shows.
const SEGMENTS: usize = 16;

/// The packets that got this far.
///
/// One end has one address, `near`; the other end's addresses and the ports are sets. Answers have
/// their ends swapped, and are tested together with the requests that they answer.
#[derive(Debug, Clone)]
pub(super) struct Flow<A> {
    pub(super) near: A,
    /// Whether the set of addresses is that of the senders.
    pub(super) far_sends: bool,
    /// (destination port, far address) pairs.
    pub(super) open: Known<Region<A>>,
    /// (client port, far address) pairs that answers may have; one set for each way between
    /// components that change ports.
    pub(super) replies: Vec<Known<Region<A>>>,
    /// The interface that sent the packets, while they keep that identity.
    pub(super) origin: Option<Id>,
    pub(super) protocol: Protocol,
    /// Receivers see a service's address in place of the sender's.
    pub(super) is_hidden: bool,
    /// That address is not a load balancer's own, but one of Global Accelerator that nobody describes.
    pub(super) is_of_service: bool,
    /// The connection before that of a proxy.
    front: Option<Box<Sum>>,
    /// What the sender asked for before a load balancer or accelerator passed packets on: the port, if
    /// it was changed, and the addresses.
    asked: Option<(Option<u16>, Vec<String>)>,
    pub(super) request: Vec<Hop>,
    /// What answers pass, from the far end back.
    pub(super) reply: Vec<Hop>,
    /// Where the next component of answers goes: those nearer to the receiver come first.
    reply_at: usize,
}

/// What is left of packets at the end of a way.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    pub(super) is_open: bool,
    pub(super) is_nothing: bool,
    pub(super) reasons: Vec<Reason>,
    /// Destination ports with blocks of the end that is a set, as the sender knows them.
    pub(super) open: Vec<((u16, u16), Vec<String>)>,
}

/// A component that tests packets.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) component: Id,
    pub(super) kind: &'static str,
    pub(super) rules: Vec<String>,
    /// What is said if nothing passes.
    pub(super) code: &'static str,
    /// Of rules and entries, whether those for what leaves decide.
    pub(super) is_egress: Option<bool>,
}

impl Test {
    pub(super) fn new(component: &str, kind: &'static str, code: &'static str) -> Self {
        Self {
            component: component.to_owned(),
            kind,
            rules: Vec::new(),
            code,
            is_egress: None,
        }
    }
}

/// Every pair with these ports.
pub(super) fn with_ports<A: Address>(ports: &Ports) -> Region<A> {
    Region::product(ports, &std::sync::Arc::new(IntervalSet::all()))
}

/// Every pair with these addresses.
fn with_addresses<A: Address>(addresses: IntervalSet<A>) -> Region<A> {
    Region::product(&Ports::all(), &std::sync::Arc::new(addresses))
}

/// The ports that clients send from.
fn client_ports(protocol: Protocol) -> Ports {
    if protocol.has_ports() {
        Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1)
    } else {
        Ports::all()
    }
}

impl<A: Address> Flow<A> {
    /// All packets between one address and others, to some ports.
    pub(super) fn new(
        near: A,
        far: IntervalSet<A>,
        far_sends: bool,
        protocol: Protocol,
        ports: &Ports,
    ) -> Self {
        let open = with_ports(ports).and_addresses(&std::sync::Arc::new(far));
        Self {
            near,
            far_sends,
            open: open.into(),
            replies: vec![with_ports(&client_ports(protocol)).into()],
            origin: None,
            protocol,
            is_hidden: false,
            is_of_service: false,
            front: None,
            asked: None,
            request: Vec::new(),
            reply: Vec::new(),
            reply_at: 0,
        }
    }

    /// The far addresses that may still occur.
    pub(super) fn far(&self) -> IntervalSet<A> {
        self.open.may().addresses()
    }

    /// The same flow with only some far addresses.
    pub(super) fn only(&self, far: IntervalSet<A>) -> Self {
        let mut flow = self.clone();
        flow.open = flow.open.and(&with_addresses(far).into());
        flow
    }

    /// A filter of (port, far address) pairs, from one of (port, sender) or (port, receiver) pairs.
    fn turned(&self, filter: &Known<Region<A>>, tests_far: bool) -> Known<Region<A>> {
        if tests_far {
            filter.clone()
        } else {
            filter.map(|region| with_ports(&region.ports_with(self.near)))
        }
    }

    /// What is left of the requests after a test of their (destination port, sender) pairs, or
    /// of their (destination port, receiver) pairs.
    pub(super) fn ask(
        &mut self,
        test: Test,
        filter: &Known<Region<A>>,
        tests_sender: bool,
    ) -> Result<(), Blocker> {
        let before = self.header();
        let filter = self.turned(filter, tests_sender == self.far_sends);
        self.open = self.open.and(&filter);
        self.tested(test, before, false)
    }

    /// The same of the answers: their receiver is the sender of the requests, and their
    /// destination port is the client's.
    pub(super) fn answer(
        &mut self,
        test: Test,
        filter: &Known<Region<A>>,
        tests_sender: bool,
    ) -> Result<(), Blocker> {
        let filter = self.turned(filter, tests_sender != self.far_sends);
        let before = self.header();
        if let Some(last) = self.replies.last_mut() {
            *last = last.and(&filter);
        }
        self.tested(test, before, true)
    }

    /// Keeps the packets whose far address is in a set, which is a test of requests or answers.
    pub(super) fn keep(
        &mut self,
        test: Test,
        far: &Known<IntervalSet<A>>,
        is_reply: bool,
    ) -> Result<(), Blocker> {
        let before = self.header();
        self.open = self.open.and(&far.map(|set| with_addresses(set.clone())));
        self.tested(test, before, is_reply)
    }

    /// Notes a test, and what stops everything if nothing is left after it.
    fn tested(&mut self, test: Test, before: Header, is_reply: bool) -> Result<(), Blocker> {
        let hop = self.hop(&test, before, is_reply);
        let gone = self.left().is_nothing();
        let stopped = gone.then(|| blocker(test, is_reply, hop.before.clone()));
        if is_reply {
            self.answered(hop);
        } else {
            self.request.push(hop);
        }
        stopped.map_or(Ok(()), Err)
    }

    /// Answers pass what comes now before everything that they pass so far.
    pub(super) fn begin_reply(&mut self) {
        self.reply_at = 0;
    }

    fn answered(&mut self, hop: Hop) {
        let place = self.reply_at.min(self.reply.len());
        self.reply.insert(place, hop);
        self.reply_at = place + 1;
    }

    /// Notes a component that lets everything pass.
    pub(super) fn through(&mut self, component: &str, kind: &'static str) {
        let test = Test::new(component, kind, "");
        let header = self.header();
        let hop = self.hop(&test, header, false);
        self.request.push(hop);
    }

    /// A set of senders as one of far addresses.
    pub(super) fn of_sender(&self, senders: &Known<IntervalSet<A>>) -> Known<IntervalSet<A>> {
        if self.far_sends {
            senders.clone()
        } else {
            all_if_in(senders, self.near)
        }
    }

    /// Nothing is certain from here on.
    pub(super) fn doubt(&mut self, reason: &str) {
        self.open = self.open.doubted(reason);
    }

    /// The last component gives the packets another address of the near end, and other client
    /// ports.
    pub(super) fn translate(&mut self, near: A, other_ports: bool) {
        self.near = near;
        self.origin = None;
        if other_ports {
            let clients = with_ports(&client_ports(self.protocol));
            self.replies.push(clients.into());
        }
        let after = self.header();
        if let Some(last) = self.request.last_mut() {
            last.after = after;
        }
    }

    /// A component gives the packets another address of the far end, which has one.
    pub(super) fn readdress(&mut self, old: A, new: A) {
        let new = std::sync::Arc::new(IntervalSet::range(new, new));
        let change = |region: &Region<A>| {
            Region::product(&region.ports_with(old), &std::sync::Arc::clone(&new))
        };
        self.open = self.open.map(change);
        for reply in &mut self.replies {
            *reply = reply.map(change);
        }
    }

    /// What is open and answered.
    pub(super) fn left(&self) -> Known<Region<A>> {
        let mut left = self.open.clone();
        for reply in &self.replies {
            left = left.and(&reply.map(|region| with_addresses(region.addresses())));
        }
        left
    }

    /// What is left, with the connections before.
    pub(super) fn sum(&self) -> Sum {
        let left = self.left();
        let is_open = !left.must.is_empty();
        let shown = if is_open { &left.must } else { left.may() };
        let segments = shown.segments().iter().take(SEGMENTS);
        let open = segments.map(|s| {
            let blocks = show(&s.addresses, SEGMENTS);
            match &self.asked {
                None => ((s.low, s.high), blocks),
                Some((port, asked)) => {
                    let ports = port.map_or((s.low, s.high), |port| (port, port));
                    let shown = if self.far_sends {
                        blocks
                    } else {
                        asked.clone()
                    };
                    (ports, shown)
                }
            }
        });
        let own = Sum {
            is_open,
            is_nothing: left.is_nothing(),
            reasons: left.reasons().to_vec(),
            open: open.collect(),
        };
        let Some(front) = &self.front else {
            return own;
        };
        let mut reasons = front.reasons.clone();
        reasons.extend(own.reasons);
        Sum {
            is_open: own.is_open && front.is_open,
            is_nothing: own.is_nothing || front.is_nothing,
            reasons,
            open: front.open.clone(),
        }
    }

    /// The connection that a proxy begins for these packets, from its address to another.
    pub(super) fn behind<B: Address>(
        &self,
        near: B,
        far: IntervalSet<B>,
        ports: &Ports,
    ) -> Flow<B> {
        Flow {
            front: Some(Box::new(self.sum())),
            request: self.request.clone(),
            reply: self.reply.clone(),
            ..Flow::new(near, far, false, self.protocol, ports)
        }
    }

    /// Packets go on to another address, to the same ports.
    pub(super) fn lead(&mut self, to: A) {
        if self.asked.is_none() {
            self.asked = Some((None, show(&self.far(), SEGMENTS)));
        }
        if self.far_sends {
            self.near = to;
        } else if let Some(old) = self.far().first() {
            self.readdress(old, to);
        }
    }

    /// The last component changed what packets are for.
    pub(super) fn changed(&mut self) {
        let after = self.header();
        if let Some(last) = self.request.last_mut() {
            last.after = after;
        }
    }

    /// A load balancer sends packets for one port on to another address and port.
    pub(super) fn retarget(&mut self, to: A, from: u16, port: u16) {
        self.lead(to);
        if let Some((asked, _)) = &mut self.asked {
            asked.get_or_insert(from);
        }
        let ports = Ports::range(port, port);
        self.open = self.open.map(|region| {
            let at = region.and_ports(&Ports::range(from, from)).addresses();
            Region::product(&ports, &std::sync::Arc::new(at))
        });
    }

    fn hop(&self, test: &Test, before: Header, is_reply: bool) -> Hop {
        Hop {
            component: test.component.clone(),
            kind: test.kind,
            rules: test.rules.clone(),
            is_reply,
            before,
            after: self.header(),
        }
    }

    /// The set as it is now, as a request.
    pub(super) fn header(&self) -> Header {
        let open = self.open.may();
        let far = show(&open.addresses(), SHOWN);
        let near = vec![self.near.ip().to_string()];
        let ports = |ports: &Ports| ports.intervals().to_vec();
        let clients = self.replies.last().map(|reply| reply.may().ports());
        let (sources, destinations) = if self.far_sends {
            (far, near)
        } else {
            (near, far)
        };
        Header {
            sources,
            destinations,
            source_ports: clients.as_ref().map(ports).unwrap_or_default(),
            destination_ports: ports(&open.ports()),
        }
    }
}

fn blocker(test: Test, is_reply: bool, packets: Header) -> Blocker {
    Blocker {
        is_egress: test.is_egress,
        packets: Box::new(packets),
        component: test.component,
        kind: test.kind,
        code: test.code,
        is_reply,
        rules: test.rules,
    }
}

/// Everything or nothing, as a set has an address: for far addresses, on which it does not depend.
pub(super) fn all_if_in<A: Address>(
    set: &Known<IntervalSet<A>>,
    address: A,
) -> Known<IntervalSet<A>> {
    set.map(|set| everything_if(set.contains(address)))
}
