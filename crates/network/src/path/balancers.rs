//! Ways through load balancers and endpoint services: listener, target group, and on to a target.
//!
//! Application and classic load balancers begin a connection of their own; network load balancers
//! do too, or pass packets on with the client's address (specification §4.12).

use std::collections::BTreeSet;

use crate::address::Address;
use crate::balancers::{
    Clients, Destination, Front, Seen, UNKNOWN_ZONE, classic_targets, destinations, forwards,
    is_active, is_in_zone, listeners, nodes, passed_on_hidden, preserves, protocols_of,
};
use crate::edges::Edge;
use crate::engine::{Kept, from};
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::path::filter::Crossing;
use crate::path::flow::{Flow, Test, with_ports};
use crate::path::gateways::ENDPOINT;
use crate::path::walk::{Goal, Place, Stopped, Walk};
use crate::region::{Ports, Region};
use crate::snapshot::{
    ClassicLoadBalancer, Id, Listener, LoadBalancer, NetworkInterface, TargetGroup,
};

pub(crate) const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
pub(crate) const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
pub(crate) const TARGET_GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const SERVICE: &str = "AWS::EC2::VPCEndpointService";

/// Load balancers that stand one behind the other: a network one before an application one.
pub(super) const DEEPEST: usize = 2;

/// Of one family, what is known for both.
fn of_family<A: Address>(clients: &Clients) -> Known<IntervalSet<A>> {
    fn turned<F: Address, A: Address>(set: &Known<IntervalSet<F>>) -> Known<IntervalSet<A>> {
        set.map(|set| {
            let parts = set.intervals().iter();
            let parts = parts.filter_map(|(low, high)| A::of(low.ip()).zip(A::of(high.ip())));
            IntervalSet::collect(parts.collect())
        })
    }
    if A::IS_V6 {
        turned(&clients.six)
    } else {
        turned(&clients.four)
    }
}

fn only_port<A: Address>(port: u16) -> Known<Region<A>> {
    with_ports(&Ports::range(port, port)).into()
}

/// A node that packets arrived at.
#[derive(Clone, Copy)]
struct Node<'n> {
    interface: &'n NetworkInterface,
    /// Its own address.
    address: u32,
    /// How many load balancers the packets came through before.
    depth: usize,
}

impl<'s> Walk<'s> {
    /// Interfaces that are not wanted themselves, and behind which a wanted one stands.
    pub(super) fn fronts(&self) -> Vec<&'s NetworkInterface> {
        let Goal::Interfaces(wanted) = &self.goal else {
            return Vec::new();
        };
        let interfaces = &self.snapshot.interfaces;
        let descriptions = interfaces.known(Field::Description);
        let nodes = descriptions.flat_map(|text| interfaces.ids(Field::Description, text));
        let endpoints = self.snapshot.endpoints.values();
        let own = endpoints.flat_map(|endpoint| &endpoint.network_interface_ids);
        let candidates: BTreeSet<&Id> = nodes.chain(own).collect();
        let others = candidates.into_iter().filter(|id| !wanted.contains(*id));
        others
            .filter_map(|id| self.snapshot.interfaces.get(id))
            .filter(|interface| self.leads_on(interface))
            .collect()
    }

    /// Whether packets to an interface may go on to one that is wanted.
    pub(super) fn leads_on(&self, interface: &NetworkInterface) -> bool {
        if let Some(name) = interface.description.strip_prefix("ELB ") {
            let modern = self.balancer(name).map(|b| self.leads(b, DEEPEST));
            let classic = self.snapshot.classic_load_balancers.get(name);
            let classic = classic.map(|b| {
                let targets = classic_targets(self.snapshot, b, 0);
                targets
                    .iter()
                    .any(|target| self.is_wanted(target.interface))
            });
            return modern.or(classic).unwrap_or(true);
        }
        let behind = self.behind_endpoint(&interface.network_interface_id);
        behind.is_some_and(|(_, service)| {
            let arns = self.snapshot.endpoint_services.get(&service).into_iter();
            let arns = arns.flat_map(|s| &s.network_load_balancer_arns);
            let mut balancers = arns.filter_map(|arn| self.snapshot.load_balancers.get(arn));
            balancers.any(|balancer| self.leads(balancer, DEEPEST))
        })
    }

    fn balancer(&self, name: &str) -> Option<&'s LoadBalancer> {
        let suffix = format!(":loadbalancer/{name}");
        let mut all = self.snapshot.load_balancers.values();
        all.find(|b| b.load_balancer_arn.ends_with(&suffix))
    }

    pub(super) fn is_wanted(&self, interface: &NetworkInterface) -> bool {
        match &self.goal {
            Goal::Interfaces(wanted) => wanted.contains(&interface.network_interface_id),
            Goal::Accelerator(_) => true,
            Goal::Gateway(_) | Goal::Anywhere => false,
        }
    }

    /// Whether some target of a load balancer is wanted.
    pub(super) fn leads(&self, balancer: &LoadBalancer, depth: usize) -> bool {
        let arn = &balancer.load_balancer_arn;
        let groups: BTreeSet<Id> = listeners(self.snapshot, arn)
            .into_iter()
            .flat_map(|listener| forwards(self.snapshot, balancer, listener))
            .map(|(group, ..)| group)
            .collect();
        groups.iter().any(|id| {
            let Some(group) = self.snapshot.target_groups.get(id) else {
                return true;
            };
            let Some(targets) = self.snapshot.targets.get(id) else {
                return true;
            };
            if group.target_type == "alb" {
                let targets = targets.iter();
                let mut inner = targets.map(|t| self.snapshot.load_balancers.get(&t.target.id));
                return inner.any(|b| b.is_none_or(|b| depth > 0 && self.leads(b, depth - 1)));
            }
            let targets = destinations(self.snapshot, balancer, group);
            targets
                .iter()
                .any(|target| self.is_wanted(target.interface))
        })
    }

    /// The endpoint that an interface belongs to, and the service behind it.
    fn behind_endpoint(&self, interface: &str) -> Option<(Id, Id)> {
        let mut endpoints = self.snapshot.endpoints.values();
        let endpoint = endpoints.find(|endpoint| {
            endpoint.vpc_endpoint_type == "Interface"
                && endpoint
                    .network_interface_ids
                    .iter()
                    .any(|id| id == interface)
        })?;
        let mut services = self.snapshot.endpoint_services.values();
        let service = services.find(|service| {
            !service.service_name.is_empty() && service.service_name == endpoint.service_name
        })?;
        Some((endpoint.vpc_endpoint_id.clone(), service.service_id.clone()))
    }

    /// Packets that arrived at a front go on.
    pub(super) fn go_on<A: Kept>(&mut self, flow: &Flow<A>, interface: &'s NetworkInterface) {
        self.go_on_from(flow, interface, 0);
    }

    pub(super) fn go_on_from<A: Kept>(
        &mut self,
        flow: &Flow<A>,
        interface: &'s NetworkInterface,
        depth: usize,
    ) {
        if let Some((endpoint, service)) = self.behind_endpoint(&interface.network_interface_id) {
            self.endpoint_service(flow, &endpoint, &service);
            return;
        }
        let name = interface.description.trim_start_matches("ELB ");
        let Some((address, _)) = self.snapshot.four(interface).first().copied() else {
            self.lost(flow, format!("no IPv4 address of {name} is described"));
            return;
        };
        let node = Node {
            interface,
            address,
            depth,
        };
        if let Some(balancer) = self.balancer(name) {
            self.listened(flow, balancer, node);
        } else if let Some(balancer) = self.snapshot.classic_load_balancers.get(name) {
            self.classic(flow, balancer, node);
        } else {
            self.lost(flow, format!("load balancer {name} is not described"));
        }
    }

    /// From the listeners of a load balancer to its targets.
    fn listened<A: Kept>(&mut self, flow: &Flow<A>, balancer: &'s LoadBalancer, node: Node<'s>) {
        let snapshot = self.snapshot;
        let arn = &balancer.load_balancer_arn;
        if !is_active(balancer) {
            self.stop_at(flow, Test::new(arn, BALANCER, "BAD_STATE"));
            return;
        }
        let mut flow = flow.clone();
        flow.through(arn, BALANCER);
        let ports = flow.open.may().ports();
        let mut is_any = false;
        for listener in listeners(snapshot, arn) {
            let is_own = protocols_of(&listener.protocol).contains(&self.protocol);
            if !is_own || !ports.contains(listener.port) {
                continue;
            }
            is_any = true;
            self.listener(&flow, balancer, listener, node);
        }
        if !is_any && snapshot.described.contains("Listeners") {
            self.stop_at(&flow, Test::new(arn, BALANCER, "ELBV2_LISTENERS_MISMATCH"));
        } else if !is_any {
            self.lost(&flow, format!("the listeners of {arn} are not described"));
        }
    }

    fn listener<A: Kept>(
        &mut self,
        flow: &Flow<A>,
        balancer: &'s LoadBalancer,
        listener: &Listener,
        node: Node<'s>,
    ) {
        let id = &listener.listener_arn;
        let mut here = flow.clone();
        let mut test = Test::new(id, LISTENER, "ELBV2_LISTENER_PORT_RESTRICTION");
        test.rules = vec![format!("{} {}", listener.protocol, listener.port)];
        if let Err(blocker) = here.ask(test, &only_port(listener.port), false) {
            self.stop(Stopped::new(&here, blocker));
            return;
        }
        let all = forwards(self.snapshot, balancer, listener);
        if all.is_empty() {
            self.stop_at(&here, Test::new(id, LISTENER, "ELBV2_LISTENER_HAS_NO_TG"));
        }
        for (group, clients, doubt) in all {
            let mut branch = here.clone();
            if let Some(reason) = doubt {
                branch.doubt(&reason);
            }
            let Some(described) = self.snapshot.target_groups.get(&group) else {
                self.lost(&branch, format!("target group {group} is not described"));
                continue;
            };
            let test = Test::new(&group, TARGET_GROUP, "ELBV2_LISTENER_REQUIRES_TG_ACCEPT");
            if let Err(blocker) = branch.ask(test, &from(&of_family(&clients)), true) {
                self.stop(Stopped::new(&branch, blocker));
                continue;
            }
            self.group(&branch, balancer, described, node, listener.port);
        }
    }

    fn group<A: Kept>(
        &mut self,
        flow: &Flow<A>,
        balancer: &'s LoadBalancer,
        group: &'s TargetGroup,
        node: Node<'s>,
        port: u16,
    ) {
        let snapshot = self.snapshot;
        let id = &group.target_group_arn;
        if !snapshot.targets.contains_key(id) && group.target_type != "lambda" {
            self.lost(flow, format!("the targets of {id} are not described"));
            return;
        }
        if group.target_type == "alb" {
            self.chain(flow, group, node, port);
            return;
        }
        let keeps = balancer.kind == "network" && preserves(snapshot, group);
        let mut is_any = false;
        for target in destinations(snapshot, balancer, group) {
            if !self.is_wanted(target.interface) {
                continue;
            }
            is_any = true;
            let mut flow = flow.clone();
            match is_in_zone(snapshot, balancer, group, node.interface, target.interface) {
                Some(true) => {}
                Some(false) => {
                    self.stop_at(&flow, Test::new(id, TARGET_GROUP, "ELBV2_NO_TARGETS_IN_AZ"));
                    continue;
                }
                None => flow.doubt(UNKNOWN_ZONE),
            }
            if keeps && flow.is_of_service {
                self.pass_on_hidden(flow, node, &target, port);
            } else if keeps && !A::IS_V6 && !flow.is_hidden {
                self.pass_on(flow, node, &target, port);
            } else {
                self.proxy(&flow, node, &target, false);
            }
        }
        if !is_any {
            self.stop_at(flow, Test::new(id, TARGET_GROUP, "NO_POSSIBLE_DESTINATION"));
        }
    }

    /// A network load balancer before application load balancers.
    fn chain<A: Kept>(&mut self, flow: &Flow<A>, group: &TargetGroup, node: Node<'s>, port: u16) {
        let snapshot = self.snapshot;
        let targets = snapshot.targets.get(&group.target_group_arn);
        for described in targets.into_iter().flatten() {
            let id = &described.target.id;
            let Some(inner) = snapshot.load_balancers.get(id) else {
                self.lost(flow, format!("load balancer {id} is not described"));
                continue;
            };
            if node.depth >= DEEPEST || A::IS_V6 || flow.is_hidden {
                self.lost(flow, format!("what {id} passes on is not followed"));
                continue;
            }
            let to = described.target.port.or(group.port).unwrap_or(port);
            for next in nodes(snapshot, inner) {
                let Some((address, _)) = self.snapshot.four(next).first().copied() else {
                    continue;
                };
                let step = Destination {
                    interface: next,
                    address,
                    port: to,
                    target_group: group.target_group_arn.clone(),
                };
                let mut branch = flow.clone();
                match self.passed_on(&mut branch, node, &step, port) {
                    Ok(()) => self.go_on_from(&branch, next, node.depth + 1),
                    Err(stopped) => self.stop(stopped),
                }
            }
        }
    }

    /// Packets go on to a target with the client's address.
    fn pass_on<A: Kept>(
        &mut self,
        mut flow: Flow<A>,
        node: Node<'s>,
        target: &Destination<'s>,
        port: u16,
    ) {
        match self.passed_on(&mut flow, node, target, port) {
            Ok(()) => self.arrived(&flow),
            Err(stopped) => self.stop(stopped),
        }
    }

    /// The same with an address of a service, which nobody describes.
    fn pass_on_hidden<A: Kept>(
        &mut self,
        mut flow: Flow<A>,
        node: Node<'s>,
        target: &Destination<'s>,
        port: u16,
    ) {
        let Some(address) = A::of(target.address.ip()) else {
            self.lost(
                &flow,
                "translation between address families is not followed",
            );
            return;
        };
        let front = Front {
            edge: Edge::Accelerator(Id::new()),
            node: node.interface,
            address: node.address,
            public: None,
            public_six: None,
            protocol: self.protocol,
            port,
            clients: Clients::everybody(),
            seen: Seen::Clients,
            middlebox: None,
            behind: None,
            first_node: None,
        };
        let world = self.engine.internet::<u32>(&node.interface.vpc_id);
        let seen = (&*world, &Vec::new());
        let open = passed_on_hidden(&mut self.engine, &front, target, seen);
        flow.retarget(address, port, target.port);
        let open = open.map(|set| {
            if set.is_empty() {
                Region::empty()
            } else {
                Region::all()
            }
        });
        let id = &target.interface.network_interface_id;
        let test = Test::new(id, super::filter::INTERFACE, "ENI_SG_RULES_MISMATCH");
        let passed = flow.ask(test, &open, true);
        let passed = passed.map_err(|blocker| Stopped::new(&flow, blocker));
        match passed.and_then(|()| self.at_target(&mut flow, target.interface)) {
            Ok(()) => self.arrived(&flow),
            Err(stopped) => self.stop(stopped),
        }
    }

    fn passed_on<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        node: Node<'s>,
        target: &Destination<'s>,
        port: u16,
    ) -> Result<(), Stopped> {
        let interface = target.interface;
        let Some(address) = A::of(target.address.ip()) else {
            flow.doubt("translation between address families is not followed");
            return Ok(());
        };
        flow.retarget(address, port, target.port);
        let (near, far) = (&node.interface.subnet_id, &interface.subnet_id);
        if interface.vpc_id != node.interface.vpc_id {
            flow.doubt("the target is in another VPC than its load balancer");
        }
        if near != far {
            self.acl(flow, near, Crossing::RequestOut)?;
            self.acl(flow, far, Crossing::RequestIn)?;
        }
        let vpcs = if flow.far_sends {
            Vec::new()
        } else {
            vec![interface.vpc_id.clone()]
        };
        {
            let own = self.members(flow, &vpcs.into());
            let members = |pair: &crate::snapshot::UserIdGroupPair| {
                let mut groups = node.interface.groups.iter();
                if groups.any(|g| g.group_id == pair.group_id) {
                    Known::everything()
                } else {
                    own(pair)
                }
            };
            self.groups(flow, interface, false, &members)?;
        }
        self.at_target(flow, interface)?;
        if near != far {
            flow.begin_reply();
            self.acl(flow, far, Crossing::ReplyOut)?;
            self.acl(flow, near, Crossing::ReplyIn)?;
        }
        Ok(())
    }

    fn at_target<A: Kept>(
        &self,
        flow: &mut Flow<A>,
        interface: &NetworkInterface,
    ) -> Result<(), Stopped> {
        flow.through(&interface.network_interface_id, super::filter::INTERFACE);
        self.runs(flow, interface)
    }

    /// The node begins a connection of its own to a target. Before a classic load balancer, its
    /// subnet's ACL filters what it sends even within the subnet.
    fn proxy<A: Kept>(
        &mut self,
        flow: &Flow<A>,
        node: Node<'s>,
        target: &Destination<'s>,
        is_classic: bool,
    ) {
        let ports = Ports::range(target.port, target.port);
        let to = IntervalSet::range(target.address, target.address);
        let interface = node.interface;
        let mut own = flow.behind(node.address, to, &ports);
        own.origin = Some(interface.network_interface_id.clone());
        let vpcs = [interface.vpc_id.clone()];
        let sets = self.egress_references::<u32>(interface, &vpcs);
        let members = |pair: &crate::snapshot::UserIdGroupPair| {
            let known = sets.iter().find(|(group, _)| *group == pair.group_id);
            known.map_or_else(Known::nothing, |(_, set)| set.clone())
        };
        if let Err(stopped) = self.groups(&mut own, interface, true, &members) {
            self.stop(stopped);
            return;
        }
        let subnet = &interface.subnet_id;
        if is_classic && *subnet == target.interface.subnet_id {
            own.begin_reply();
            let crossed = self
                .acl(&mut own, subnet, Crossing::RequestOut)
                .and_then(|()| self.acl(&mut own, subnet, Crossing::ReplyIn));
            if let Err(stopped) = crossed {
                self.stop(stopped);
                return;
            }
        }
        let place = Place {
            subnet: Some(subnet.clone()),
            vpc: interface.vpc_id.clone(),
        };
        self.leave(own, &place);
    }

    fn classic<A: Kept>(
        &mut self,
        flow: &Flow<A>,
        balancer: &'s ClassicLoadBalancer,
        node: Node<'s>,
    ) {
        let name = &balancer.load_balancer_name;
        let mut flow = flow.clone();
        flow.through(name, CLASSIC);
        let ports = flow.open.may().ports();
        let mut is_any = false;
        for described in &balancer.listener_descriptions {
            let listener = &described.listener;
            if self.protocol != crate::filters::Protocol::TCP
                || !ports.contains(listener.load_balancer_port)
            {
                continue;
            }
            is_any = true;
            let mut here = flow.clone();
            let mut test = Test::new(name, CLASSIC, "ELB_LISTENER_PORT_RESTRICTION");
            let (port, to) = (listener.load_balancer_port, listener.instance_port);
            test.rules = vec![format!("listener {port} to {to}")];
            if let Err(blocker) = here.ask(test, &only_port(port), false) {
                self.stop(Stopped::new(&here, blocker));
                continue;
            }
            for target in classic_targets(self.snapshot, balancer, to) {
                if self.is_wanted(target.interface) {
                    self.proxy(&here, node, &target, true);
                }
            }
        }
        if !is_any {
            self.stop_at(&flow, Test::new(name, CLASSIC, "ELB_LISTENERS_MISMATCH"));
        }
    }

    /// From an endpoint to the load balancers of its service: targets see the load balancer's own
    /// address, and its groups the consumer's, unless that is switched off (specification §4.11).
    fn endpoint_service<A: Kept>(&mut self, flow: &Flow<A>, endpoint: &str, service: &str) {
        let snapshot = self.snapshot;
        let Some(described) = snapshot.endpoint_services.get(service) else {
            self.lost(flow, format!("endpoint service {service} is not described"));
            return;
        };
        let mut flow = flow.clone();
        flow.through(endpoint, ENDPOINT);
        flow.through(service, SERVICE);
        if !matches!(described.service_state.as_str(), "" | "Available") {
            self.stop_at(&flow, Test::new(service, SERVICE, "BAD_STATE"));
            return;
        }
        for arn in &described.network_load_balancer_arns {
            let Some(balancer) = snapshot.load_balancers.get(arn) else {
                self.lost(&flow, format!("load balancer {arn} is not described"));
                continue;
            };
            let setting = &balancer.enforce_security_group_inbound_rules_on_private_link_traffic;
            for interface in nodes(snapshot, balancer) {
                let mut branch = flow.clone();
                branch.is_hidden = true;
                if setting != "off" {
                    branch.origin = None;
                    let nobody = |_: &crate::snapshot::UserIdGroupPair| Known::nothing();
                    if let Err(stopped) = self.groups(&mut branch, interface, false, &nobody) {
                        self.stop(stopped);
                        continue;
                    }
                }
                let id = &interface.network_interface_id;
                branch.through(id, super::filter::INTERFACE);
                self.go_on_from(&branch, interface, 0);
            }
        }
    }
}
