//! From component to component: subnets, route tables, and the interfaces at which packets arrive.

use core::net::IpAddr;
use std::sync::Arc;

use crate::address::{Address, set_of};
use crate::edges::Peers;
use crate::engine::{Engine, Kept};
use crate::filters::Protocol;
use crate::index::{Field, six};
use crate::interval::IntervalSet;
use crate::known::{Known, Reason};
use crate::middlebox;
use crate::path::filter::{Crossing, INTERFACE};
use crate::path::flow::{Flow, Test};
use crate::path::{Blocker, Hop, Path, Query, Verdict};
use crate::routes::{Next, Routes};
use crate::snapshot::{Id, NetworkInterface, Route, RouteTable, Snapshot};

pub(crate) const INSTANCE: &str = "AWS::EC2::Instance";
pub(crate) const ROUTE_TABLE: &str = "AWS::EC2::RouteTable";
pub(super) const SUBNET: &str = "AWS::EC2::Subnet";
pub(crate) const VPC: &str = "AWS::EC2::VPC";

/// Components that one way may pass (specification §6: thirty are more than any real one has).
const LONGEST: usize = 90;

/// Where packets are wanted.
#[derive(Debug, Clone)]
pub(super) enum Goal {
    Interfaces(Vec<Id>),
    Gateway(Id),
    /// Whatever an accelerator leads to, by the accelerator's ARN.
    Accelerator(Id),
    /// Whoever has the address, inside or beyond a gateway.
    Anywhere,
}

/// A way that ends before the goal.
#[derive(Debug)]
pub(super) struct Stopped {
    blocker: Blocker,
    hops: Vec<Hop>,
}

impl Stopped {
    pub(super) fn new<A: Address>(flow: &Flow<A>, blocker: Blocker) -> Self {
        Self {
            blocker,
            hops: hops(flow),
        }
    }
}

fn hops<A: Address>(flow: &Flow<A>) -> Vec<Hop> {
    flow.request.iter().chain(&flow.reply).cloned().collect()
}

/// From where packets leave.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// None for an address that is in no subnet.
    pub(super) subnet: Option<Id>,
    pub(super) vpc: Id,
}

/// How packets come to an interface, and how answers have to leave.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub(super) vpc: Id,
    /// The subnet that they come from, if that is in the same VPC.
    pub(super) from: Option<Id>,
    pub(super) back: Next,
    /// The VPCs whose interfaces keep their identity on the way.
    pub(super) peers: Peers,
    /// The subnets and tables on the way were tested already.
    pub(super) tested: bool,
}

/// A search for ways.
#[derive(Debug)]
pub(super) struct Walk<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) engine: Engine,
    pub(super) protocol: Protocol,
    pub(super) goal: Goal,
    pub(super) paths: Vec<Path>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(snapshot: &'s Arc<Snapshot>, query: &Query) -> Self {
        let engine = Engine::new(Arc::clone(snapshot));
        Self {
            snapshot,
            engine,
            protocol: query.protocol,
            goal: Goal::Anywhere,
            paths: Vec::new(),
        }
    }

    /// The addresses of an interface, each with its public one.
    pub(super) fn addresses<A: Address>(&self, of: &NetworkInterface) -> Vec<(A, Option<A>)> {
        let four = self.snapshot.four(of).into_iter();
        let four = four.map(|(private, public)| (private.ip(), public.map(Address::ip)));
        let six = six(of).into_iter().map(|own| (own.ip(), None));
        four.chain(six)
            .filter_map(|(own, public)| Some((A::of(own)?, public.and_then(A::of))))
            .collect()
    }

    /// Notes a way that reached the goal.
    pub(super) fn arrived<A: Address>(&mut self, flow: &Flow<A>) {
        let sum = flow.sum();
        let verdict = if sum.is_open {
            Verdict::Open
        } else if sum.is_nothing {
            // Every test left something, and nothing is left of all of them together.
            let last = flow.request.last();
            Verdict::Closed(Blocker {
                component: last.map(|hop| hop.component.clone()).unwrap_or_default(),
                kind: last.map_or(VPC, |hop| hop.kind),
                code: "NO_POSSIBLE_DESTINATION",
                is_reply: false,
                is_egress: None,
                rules: Vec::new(),
                packets: Box::new(flow.header()),
            })
        } else {
            Verdict::Unknown(sum.reasons)
        };
        self.paths.push(Path {
            verdict,
            hops: hops(flow),
            open: sum.open,
        });
    }

    /// Notes a way that ended, unless doubts remain before its end.
    pub(super) fn stop(&mut self, stopped: Stopped) {
        self.paths.push(Path {
            verdict: Verdict::Closed(stopped.blocker),
            hops: stopped.hops,
            open: Vec::new(),
        });
    }

    pub(super) fn stop_at<A: Address>(&mut self, flow: &Flow<A>, test: Test) {
        let blocker = Blocker {
            component: test.component,
            kind: test.kind,
            code: test.code,
            is_reply: false,
            is_egress: test.is_egress,
            rules: test.rules,
            packets: Box::new(flow.header()),
        };
        self.stop(Stopped::new(flow, blocker));
    }

    /// Notes a way beyond which nothing is known.
    pub(super) fn lost<A: Address>(&mut self, flow: &Flow<A>, reason: impl Into<Reason>) {
        self.paths.push(Path {
            verdict: Verdict::Unknown(vec![reason.into()]),
            hops: hops(flow),
            open: Vec::new(),
        });
    }

    /// Packets leave an address of a VPC.
    pub(super) fn leave<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place) {
        if flow.request.len() > LONGEST {
            self.lost(&flow, "packets go round in circles");
            return;
        }
        let Some(subnet) = &place.subnet else {
            self.route(&flow, place, &local(self, &place.vpc), &place.vpc, None);
            return;
        };
        if let Some(described) = self.snapshot.subnets.get(subnet) {
            let own: IntervalSet<A> = set_of(described.blocks());
            let near = flow.far().and(&own);
            if !near.is_empty() {
                let arrival = Arrival {
                    vpc: place.vpc.clone(),
                    from: Some(subnet.clone()),
                    back: Next::Local,
                    peers: vec![place.vpc.clone()].into(),
                    tested: false,
                };
                self.deliver(&flow.only(near), &arrival);
                flow = flow.only(own.not());
                if flow.open.is_nothing() {
                    return;
                }
            }
        } else {
            flow.doubt(&format!("{subnet} is not described"));
        }
        flow.begin_reply();
        let crossed = self
            .acl(&mut flow, subnet, Crossing::RequestOut)
            .and_then(|()| self.acl(&mut flow, subnet, Crossing::ReplyIn));
        if let Err(stopped) = crossed {
            self.stop(stopped);
            return;
        }
        let Some(id) = self.snapshot.table_of(subnet, &place.vpc).cloned() else {
            self.lost(
                &flow,
                format!("the route table of {subnet} is not described"),
            );
            return;
        };
        match self.engine.routes::<A>(&id) {
            Some(routes) => {
                let table = self.snapshot.route_tables.get(&id);
                self.route(&flow, place, &routes, &id, table);
            }
            None => self.lost(&flow, format!("{id} is not described")),
        }
    }

    /// Sends packets where a table says.
    fn route<A: Kept>(
        &mut self,
        flow: &Flow<A>,
        place: &Place,
        routes: &Routes<A>,
        id: &str,
        table: Option<&RouteTable>,
    ) {
        let mut rest = flow.far();
        let doubt = routes.unknown.first().map(|(_, reason)| reason.clone());
        let mut branches: Vec<(Next, IntervalSet<A>)> = Vec::new();
        for (next, set) in &routes.to {
            let mine = flow.far().and(set);
            rest = rest.minus(set);
            if !mine.is_empty() {
                branches.push((next.clone(), mine));
            }
        }
        branches.extend(
            routes
                .unknown
                .iter()
                .map(|(next, _)| (next.clone(), flow.far())),
        );
        for (next, set) in branches {
            let mut branch = flow.clone();
            if let Some(reason) = &doubt {
                branch.doubt(reason);
            }
            let mut test = Test::new(id, ROUTE_TABLE, "NO_ROUTE_TO_DESTINATION");
            test.rules = table.map(|t| named(t, &next, &set)).unwrap_or_default();
            if next == Next::Blackhole {
                test.code = "BAD_STATE_ROUTE";
                self.stop_at(&branch, test);
            } else if branch.keep(test, &set.into(), false).is_ok() {
                self.forward(branch, place, next);
            }
        }
        if !rest.is_empty() {
            let only = flow.only(rest);
            match doubt {
                Some(reason) => self.lost(&only, reason),
                None => {
                    self.stop_at(&only, Test::new(id, ROUTE_TABLE, "NO_ROUTE_TO_DESTINATION"));
                }
            }
        }
    }

    fn forward<A: Kept>(&mut self, flow: Flow<A>, place: &Place, next: Next) {
        match next {
            Next::Local => {
                let arrival = Arrival {
                    vpc: place.vpc.clone(),
                    from: place.subnet.clone(),
                    back: Next::Local,
                    peers: vec![place.vpc.clone()].into(),
                    tested: false,
                };
                self.deliver(&flow, &arrival);
            }
            Next::Gateway(id) if id.starts_with("igw-") => self.internet(flow, place, &id),
            Next::Gateway(id) if id.starts_with("vgw-") => self.private(flow, place, &id),
            Next::Nat(id) => self.nat(flow, place, &id),
            Next::EgressOnly(id) => self.egress_only(flow, place, &id),
            Next::Endpoint(id) => self.endpoint(flow, &id),
            Next::Peering(id) => self.peering(flow, place, &id),
            Next::Transit(id) => self.transit(flow, place, &id),
            Next::Interface(id) => {
                let mut flow = flow;
                flow.through(&id, INTERFACE);
                let reason = format!("nobody knows what the appliance {id} forwards");
                self.lost(&flow, reason);
            }
            Next::Gateway(id) => {
                self.lost(&flow, format!("nobody knows what is beyond {id}"));
            }
            Next::Ambiguous => {
                self.lost(&flow, "overlapping prefix lists route to different targets");
            }
            Next::Blackhole => {}
        }
    }

    /// Packets are inside a VPC: whoever has their destination gets them.
    pub(super) fn deliver<A: Kept>(&mut self, flow: &Flow<A>, arrival: &Arrival) {
        let snapshot = self.snapshot;
        let wanted: Vec<(Id, A)> = if flow.far_sends {
            let holder = self.snapshot.holder(&arrival.vpc, flow.near.ip());
            holder
                .map(|id| (id.clone(), flow.near))
                .into_iter()
                .collect()
        } else {
            let far = flow.far();
            let inside = self.snapshot.interfaces.having(Field::Vpc, &arrival.vpc);
            let mut wanted = Vec::new();
            for interface in inside {
                let id = &interface.network_interface_id;
                let own = self.addresses::<A>(interface).into_iter();
                wanted.extend(
                    own.filter(|(own, _)| far.contains(*own))
                        .map(|(own, _)| (id.clone(), own)),
                );
            }
            wanted
        };
        if wanted.is_empty() {
            let test = self.nobody(flow, &arrival.vpc);
            if self.snapshot.described.contains("NetworkInterfaces") {
                self.stop_at(flow, test);
            } else {
                self.lost(flow, "network interfaces are not described");
            }
            return;
        }
        for (id, address) in wanted {
            let mut one = if flow.far_sends {
                flow.clone()
            } else {
                flow.only(IntervalSet::range(address, address))
            };
            let received = self.receive(&mut one, &id, arrival);
            match (received, snapshot.interfaces.get(&id)) {
                (Ok(()), Some(front)) if self.is_front(&id) => self.go_on(&one, front),
                (Ok(()), _) => self.arrived(&one),
                (Err(stopped), _) => self.stop(stopped),
            }
        }
    }

    /// Where packets end that nobody receives: in a subnet, or at the router of the VPC.
    fn nobody<A: Address>(&self, flow: &Flow<A>, vpc: &str) -> Test {
        let address = if flow.far_sends {
            Some(flow.near)
        } else {
            flow.far().first()
        };
        let mut subnets = self.snapshot.subnets.values();
        let subnet = subnets.find(|subnet| {
            let blocks: IntervalSet<A> = set_of(subnet.blocks());
            subnet.vpc_id == vpc && address.is_some_and(|address| blocks.contains(address))
        });
        match subnet {
            Some(subnet) => Test::new(&subnet.subnet_id, SUBNET, "UNKNOWN_DESTINATION"),
            None => Test::new(vpc, VPC, "UNKNOWN_DESTINATION"),
        }
    }

    /// Whether packets are wanted behind an interface, not at it.
    fn is_front(&self, id: &Id) -> bool {
        match &self.goal {
            Goal::Interfaces(wanted) => !wanted.contains(id),
            Goal::Gateway(_) | Goal::Accelerator(_) | Goal::Anywhere => false,
        }
    }

    fn receive<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        id: &Id,
        arrival: &Arrival,
    ) -> Result<(), Stopped> {
        let snapshot = self.snapshot;
        let Some(interface) = snapshot.interfaces.get(id) else {
            return Ok(());
        };
        let subnet = &interface.subnet_id;
        let is_near = arrival.from.as_ref() == Some(subnet);
        if !is_near && !arrival.tested {
            self.acl(flow, subnet, Crossing::RequestIn)?;
        }
        if let Some(nat) = self.nat_of(id) {
            let test = Test::new(nat, super::gateways::NAT, "NGW_DEST_ADDRESS_PRESERVATION");
            return refuse(flow, test);
        }
        if self.is_front(id) && !self.leads_on(interface) {
            return refuse(flow, Test::new(id, INTERFACE, "NO_POSSIBLE_DESTINATION"));
        }
        if matches!(self.goal, Goal::Gateway(_)) {
            return refuse(flow, Test::new(id, INTERFACE, "NO_POSSIBLE_DESTINATION"));
        }
        {
            let members = self.members(flow, &arrival.peers);
            self.groups(flow, interface, false, &members)?;
        }
        flow.through(id, INTERFACE);
        self.runs(flow, interface)?;
        if is_near || arrival.tested {
            return Ok(());
        }
        flow.begin_reply();
        self.acl(flow, subnet, Crossing::ReplyOut)?;
        self.way_back(flow, subnet, &arrival.vpc, &arrival.back)
    }

    /// Tests whether a subnet routes answers to where the requests came from.
    pub(super) fn way_back<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        subnet: &str,
        vpc: &str,
        back: &Next,
    ) -> Result<(), Stopped> {
        let mut routed = self.engine.routed::<A>(subnet, vpc, back);
        if let Some(more) =
            middlebox::answered_through_appliances::<A>(&mut self.engine, subnet, vpc, back)
        {
            routed = routed.or(&more);
        }
        self.answered_by(flow, subnet, vpc, (back, routed))
    }

    /// Tests whether answers go where a subnet routes some of them.
    pub(super) fn answered_by<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        subnet: &str,
        vpc: &str,
        (back, routed): (&Next, Known<IntervalSet<A>>),
    ) -> Result<(), Stopped> {
        let mut test = self.routing(subnet, vpc, "NO_ROUTE_TO_DESTINATION");
        let senders = if flow.far_sends {
            flow.far()
        } else {
            IntervalSet::range(flow.near, flow.near)
        };
        if let Some(table) = self.snapshot.route_tables.get(&test.component) {
            test.rules = named(table, back, &senders);
        }
        let far = flow.of_sender(&routed);
        let kept = flow.keep(test, &far, true);
        kept.map_err(|blocker| Stopped::new(flow, blocker))
    }

    /// A test by the route table of a subnet; the subnet stands for one that is not described.
    pub(super) fn routing(&self, subnet: &str, vpc: &str, code: &'static str) -> Test {
        let table = self.snapshot.table_of(subnet, vpc);
        Test::new(table.map_or(subnet, String::as_str), ROUTE_TABLE, code)
    }

    /// Tests whether the instance of an interface runs, if it has one, through which packets go.
    pub(super) fn runs<A: Address>(
        &self,
        flow: &mut Flow<A>,
        interface: &NetworkInterface,
    ) -> Result<(), Stopped> {
        let Some(instance) = interface.instance() else {
            return Ok(());
        };
        if !is_running(self.snapshot, instance) {
            return refuse(flow, Test::new(instance, INSTANCE, "BAD_STATE"));
        }
        flow.through(instance, INSTANCE);
        Ok(())
    }
}

/// Whether an instance runs, as far as it is said.
pub(crate) fn is_running(snapshot: &Snapshot, instance: &str) -> bool {
    let known = snapshot.instances.get(instance);
    known.is_none_or(|i| matches!(i.state.name.as_str(), "" | "running" | "pending"))
}

/// Nothing passes.
pub(super) fn refuse<A: Address>(flow: &mut Flow<A>, test: Test) -> Result<(), Stopped> {
    let kept = flow.keep(test, &Known::nothing(), false);
    kept.map_err(|blocker| Stopped::new(flow, blocker))
}

/// The routes of a VPC's router itself, for addresses that are in no subnet.
fn local<A: Kept>(walk: &Walk<'_>, vpc: &str) -> Routes<A> {
    let mut routes = Routes::default();
    let own = walk.engine.vpc_addresses::<A>(vpc);
    routes.to.insert(Next::Local, own.may().clone());
    routes
}

/// The destinations of a table's routes that lead some of the addresses there.
pub(super) fn named<A: Address>(
    table: &RouteTable,
    next: &Next,
    addresses: &IntervalSet<A>,
) -> Vec<String> {
    let meets = |route: &&Route| {
        let texts = [
            &route.destination_cidr_block,
            &route.destination_ipv6_cidr_block,
        ];
        let blocks = texts
            .into_iter()
            .filter_map(|text| crate::address::Block::parse(text));
        let set: IntervalSet<A> = set_of(blocks);
        !route.destination_prefix_list_id.is_empty() || !set.and(addresses).is_empty()
    };
    let routes = table
        .routes
        .iter()
        .filter(|route| crate::routes::next(route) == *next);
    routes
        .filter(meets)
        .map(|route| {
            let texts = [
                &route.destination_cidr_block,
                &route.destination_ipv6_cidr_block,
                &route.destination_prefix_list_id,
            ];
            let text = texts.into_iter().find(|text| !text.is_empty());
            text.cloned().unwrap_or_default()
        })
        .collect()
}

/// Whether an address is the holder's own.
pub(super) fn is_of(address: IpAddr, text: &str) -> bool {
    text.parse::<IpAddr>().ok() == Some(address)
}
