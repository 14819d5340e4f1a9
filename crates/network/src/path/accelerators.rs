//! Ways through Global Accelerator: listener, endpoint group, endpoint.
//!
//! What an endpoint sees of clients, and which of its subnet's entries count, is as in
//! `services::accelerators` (specification §4.14). Accelerators are followed with IPv4 only.

use crate::address::{Address, set_of_texts};
use crate::balancers::{first_interface, nodes};
use crate::engine::{Kept, NOT_ON_THE_INTERNET};
use crate::gates;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::path::balancers::DEEPEST;
use crate::path::filter::{Crossing, INTERFACE};
use crate::path::flow::{Flow, Test, with_ports};
use crate::path::gateways::{INTERNET, internet_gateways};
use crate::path::walk::{Goal, Stopped, VPC, Walk};
use crate::region::Ports;
use crate::services::accelerators::{is_below, keeps_address, places, seen_as_service};
use crate::snapshot::{
    Accelerator, AcceleratorEndpoint, AcceleratorEndpointGroup, AcceleratorListener,
    NetworkInterface, UserIdGroupPair,
};

pub(crate) const ACCELERATOR: &str = "AWS::GlobalAccelerator::Accelerator";
pub(crate) const LISTENER: &str = "AWS::GlobalAccelerator::Listener";
const GROUP: &str = "AWS::GlobalAccelerator::EndpointGroup";

/// Where an endpoint takes packets, whether it is certain, and whether it sees the client's address.
struct Door<'s> {
    interface: &'s NetworkInterface,
    address: u32,
    is_sure: bool,
    keeps: bool,
}

/// Ports for which an endpoint group does the same: one that it changes, or the others.
type Change = (Ports, Option<(u16, u16)>);

impl<'s> Walk<'s> {
    /// The address of an accelerator to which packets are sent; one stands for all.
    pub(super) fn static_address<A: Address>(&self, id: &str) -> IntervalSet<A> {
        let sets = self.snapshot.accelerators.get(id).into_iter();
        let texts = sets
            .flat_map(|a| &a.ip_sets)
            .flat_map(|set| &set.ip_addresses);
        let mut own = texts.filter_map(|text| A::of(text.parse().ok()?));
        own.next()
            .map_or_else(IntervalSet::empty, |own| IntervalSet::range(own, own))
    }

    /// Accelerators that lead, or may lead, to what is wanted.
    pub(super) fn accelerators_before(&self) -> Vec<&'s Accelerator> {
        let all = self.snapshot.accelerators.values();
        all.filter(|accelerator| {
            let groups = self.groups_of(&accelerator.accelerator_arn);
            let mut endpoints = groups.iter().flat_map(|g| &g.endpoint_descriptions);
            let is_listed = self.snapshot.described.contains("EndpointGroups");
            groups.is_empty() && !is_listed || endpoints.any(|e| self.may_lead(&e.endpoint_id))
        })
        .collect()
    }

    fn groups_of(&self, accelerator: &str) -> Vec<&'s AcceleratorEndpointGroup> {
        let all = self.snapshot.endpoint_groups.values();
        all.filter(|g| is_below(&g.endpoint_group_arn, accelerator))
            .collect()
    }

    /// Whether packets to an endpoint may get to what is wanted.
    fn may_lead(&self, endpoint: &str) -> bool {
        if !endpoint.starts_with("arn:") {
            let doors = self.doors(endpoint);
            return doors.iter().any(|door| self.is_wanted(door.interface));
        }
        let Some(balancer) = self.snapshot.load_balancers.get(endpoint) else {
            return true;
        };
        let mut own = nodes(self.snapshot, balancer).into_iter();
        self.leads(balancer, DEEPEST) || own.any(|node| self.is_wanted(node))
    }

    /// The interfaces at which an instance or an elastic address takes packets.
    fn doors(&self, endpoint: &str) -> Vec<Door<'s>> {
        if endpoint.starts_with("eipalloc-") {
            let all = places(self.snapshot, endpoint).into_iter();
            let doors = all.map(|(interface, address, is_sure)| Door {
                interface,
                address,
                is_sure,
                keeps: false,
            });
            return doors.collect();
        }
        let first = first_interface(self.snapshot, endpoint);
        let address = first.and_then(|i| self.snapshot.four(i).first().copied());
        let door = first.zip(address).map(|(interface, (address, _))| Door {
            interface,
            address,
            is_sure: true,
            keeps: true,
        });
        door.into_iter().collect()
    }

    /// Packets of clients on the internet to an accelerator.
    pub(super) fn enter_accelerator<A: Kept>(
        &mut self,
        id: &str,
        senders: &IntervalSet<A>,
        ports: &Ports,
    ) {
        let Some(accelerator) = self.snapshot.accelerators.get(id) else {
            return;
        };
        let own = self.static_address::<A>(id).first();
        let unnamed = A::of(core::net::Ipv4Addr::UNSPECIFIED.into());
        // Only the family of the endpoints is followed.
        let Some(near) = own.or(unnamed).filter(|_| !A::IS_V6) else {
            return;
        };
        let flow = Flow::new(near, senders.clone(), true, self.protocol, ports);
        self.accelerate(flow, accelerator);
    }

    /// Packets that arrived at an accelerator go on to its endpoints.
    pub(super) fn accelerate<A: Kept>(&mut self, mut flow: Flow<A>, accelerator: &'s Accelerator) {
        let arn = &accelerator.accelerator_arn;
        if accelerator.enabled == Some(false) {
            self.stop_at(&flow, Test::new(arn, ACCELERATOR, "BAD_STATE"));
            return;
        }
        let internet = set_of_texts::<A>(NOT_ON_THE_INTERNET.iter().copied()).not();
        let code = "GATEWAY_REJECTS_SPOOFED_TRAFFIC";
        let senders = flow.of_sender(&internet.into());
        let passed = flow.keep(Test::new(arn, ACCELERATOR, code), &senders, false);
        if let Err(blocker) = passed {
            self.stop(Stopped::new(&flow, blocker));
            return;
        }
        flow.begin_reply();
        // Answers go back through it, whatever they are.
        if flow
            .keep(Test::new(arn, ACCELERATOR, ""), &Known::everything(), true)
            .is_err()
        {
            return;
        }
        let groups = self.groups_of(arn);
        if groups.is_empty() && self.snapshot.described.contains("EndpointGroups") {
            self.stop_at(
                &flow,
                Test::new(arn, ACCELERATOR, "NO_POSSIBLE_DESTINATION"),
            );
        } else if groups.is_empty() {
            self.lost(
                &flow,
                format!("the endpoint groups of {arn} are not described"),
            );
        }
        for group in groups {
            self.endpoint_group(flow.clone(), group);
        }
    }

    fn endpoint_group<A: Kept>(&mut self, mut flow: Flow<A>, group: &'s AcceleratorEndpointGroup) {
        let id = &group.endpoint_group_arn;
        let mut all = self.snapshot.accelerator_listeners.values();
        match all.find(|l| is_below(id, &l.listener_arn)) {
            None => flow.doubt(&format!("the listener of {id} is not described")),
            Some(listener) => {
                if let Err(stopped) = self.accelerator_listener(&mut flow, listener) {
                    self.stop(stopped);
                    return;
                }
            }
        }
        if group.traffic_dial_percentage == Some(0.0) {
            let mut test = Test::new(id, GROUP, "CANNOT_ROUTE");
            test.rules.push("traffic dial 0".to_owned());
            self.stop_at(&flow, test);
            return;
        }
        let changes = changes(&flow.open.may().ports(), group);
        let mut is_any = false;
        for endpoint in &group.endpoint_descriptions {
            let name = &endpoint.endpoint_id;
            if !self.may_lead(name) {
                continue;
            }
            is_any = true;
            if endpoint.weight == Some(0) {
                let mut test = Test::new(id, GROUP, "CANNOT_ROUTE");
                test.rules.push(format!("endpoint {name} has weight 0"));
                self.stop_at(&flow, test);
                continue;
            }
            for change in &changes {
                self.endpoint_of_group(flow.clone(), id, endpoint, change);
            }
        }
        if !is_any {
            self.stop_at(&flow, Test::new(id, GROUP, "NO_POSSIBLE_DESTINATION"));
        }
    }

    /// Tests whether a listener is for the packets.
    fn accelerator_listener<A: Kept>(
        &self,
        flow: &mut Flow<A>,
        listener: &AcceleratorListener,
    ) -> Result<(), Stopped> {
        let code = "ELBV2_LISTENER_PORT_RESTRICTION";
        let mut test = Test::new(&listener.listener_arn, LISTENER, code);
        let ranges = listener.port_ranges.iter();
        let ranges: Vec<(u16, u16)> = ranges.map(|r| (r.from_port, r.to_port)).collect();
        let shown = ranges.iter().map(|(low, high)| {
            if low == high {
                low.to_string()
            } else {
                format!("{low}-{high}")
            }
        });
        let shown: Vec<String> = shown.collect();
        test.rules = vec![format!("{} {}", listener.protocol, shown.join(", "))];
        let is_own = match listener.protocol.as_str() {
            "TCP" => self.protocol.0 == 6,
            "UDP" => self.protocol.0 == 17,
            _ => true,
        };
        let ports = if is_own {
            Ports::collect(ranges)
        } else {
            Ports::empty()
        };
        let passed = flow.ask(test, &with_ports(&ports).into(), false);
        passed.map_err(|blocker| Stopped::new(flow, blocker))
    }

    /// Packets for one endpoint, with the ports that the group gives them.
    fn endpoint_of_group<A: Kept>(
        &mut self,
        mut flow: Flow<A>,
        group: &str,
        endpoint: &AcceleratorEndpoint,
        (ports, change): &Change,
    ) {
        let id = &endpoint.endpoint_id;
        let mut test = Test::new(group, GROUP, "CANNOT_ROUTE");
        test.rules.push(format!("endpoint {id}"));
        if let Some((from, to)) = change {
            test.rules.push(format!("port {from} becomes {to}"));
        }
        if let Err(blocker) = flow.ask(test, &with_ports(ports).into(), false) {
            self.stop(Stopped::new(&flow, blocker));
            return;
        }
        if !id.starts_with("arn:") {
            for door in self.doors(id) {
                if self.is_wanted(door.interface) {
                    self.at_endpoint(flow.clone(), &door, *change, id);
                }
            }
            return;
        }
        let Some(balancer) = self.snapshot.load_balancers.get(id) else {
            self.lost(&flow, format!("load balancer {id} is not described"));
            return;
        };
        let own = nodes(self.snapshot, balancer);
        if own.is_empty() {
            self.lost(&flow, format!("the interfaces of {id} are not described"));
        }
        for node in own {
            let Some((address, _)) = self.snapshot.four(node).first().copied() else {
                continue;
            };
            let door = Door {
                interface: node,
                address,
                is_sure: true,
                keeps: keeps_address(balancer, endpoint),
            };
            self.at_endpoint(flow.clone(), &door, *change, id);
        }
    }

    fn at_endpoint<A: Kept>(
        &mut self,
        mut flow: Flow<A>,
        door: &Door<'s>,
        change: Option<(u16, u16)>,
        endpoint: &str,
    ) {
        let Some(address) = A::of(door.address.ip()) else {
            return;
        };
        match change {
            Some((from, to)) => flow.retarget(address, from, to),
            None => flow.lead(address),
        }
        flow.changed();
        if !door.is_sure {
            flow.doubt(&format!("{endpoint} is not described"));
        }
        let interface = door.interface;
        if let Err(stopped) = self.admitted(&mut flow, interface, door.keeps) {
            self.stop(stopped);
            return;
        }
        let is_target = match &self.goal {
            Goal::Interfaces(wanted) => wanted.contains(&interface.network_interface_id),
            _ => interface.instance().is_some(),
        };
        if !is_target {
            self.go_on_from(&flow, interface, 0);
            return;
        }
        match self.runs(&mut flow, interface) {
            Ok(()) => self.arrived(&flow),
            Err(stopped) => self.stop(stopped),
        }
    }

    /// Tests whether an interface takes what an accelerator brings, and answers it.
    fn admitted<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        interface: &NetworkInterface,
        keeps: bool,
    ) -> Result<(), Stopped> {
        let vpc = &interface.vpc_id;
        let gate = gates::any_internet_gateway::<A>(&self.engine, interface);
        let world = self.engine.internet::<A>(vpc);
        let own = flow.of_sender(&Known::from((*world).clone()));
        let test = match internet_gateways(self.snapshot, vpc).next() {
            Some(gateway) => Test::new(
                &gateway.internet_gateway_id,
                INTERNET,
                "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
            ),
            None => Test::new(vpc, VPC, "NO_ROUTE_TO_DESTINATION"),
        };
        let passed = flow.keep(test, &gate.and(&own), false);
        passed.map_err(|blocker| Stopped::new(flow, blocker))?;
        let id = &interface.network_interface_id;
        if keeps {
            let nobody = |_: &UserIdGroupPair| Known::nothing();
            self.groups(flow, interface, false, &nobody)?;
            flow.through(id, INTERFACE);
            flow.begin_reply();
            return self.acl(flow, &interface.subnet_id, Crossing::ReplyOut);
        }
        let engine = &mut self.engine;
        let open = seen_as_service(engine, interface, self.protocol, &Ports::all());
        let open = open.map(|region| with_ports(&region.ports()));
        flow.is_hidden = true;
        flow.is_of_service = true;
        flow.origin = None;
        let passed = flow.ask(
            Test::new(id, INTERFACE, "ENI_SG_RULES_MISMATCH"),
            &open,
            true,
        );
        passed.map_err(|blocker| Stopped::new(flow, blocker))
    }
}

/// The ports of packets, divided as an endpoint group's overrides change them.
fn changes(ports: &Ports, group: &AcceleratorEndpointGroup) -> Vec<Change> {
    let mut rest = ports.clone();
    let mut all: Vec<Change> = Vec::new();
    for change in &group.port_overrides {
        let (from, to) = (change.listener_port, change.endpoint_port);
        if ports.contains(from) {
            let own = Ports::range(from, from);
            rest = rest.minus(&own);
            all.push((own, Some((from, to))));
        }
    }
    if !rest.is_empty() {
        all.push((rest, None));
    }
    all
}
