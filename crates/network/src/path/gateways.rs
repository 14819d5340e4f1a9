//! Ways out of a VPC: internet and private gateways, NAT, peering, endpoints.

use crate::address::{set_of, set_of_texts};
use crate::edges::{Edge, Peers};
use crate::engine::{Kept, NOT_ON_THE_INTERNET};
use crate::gates;
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::path::filter::Crossing;
use crate::path::flow::{Flow, Test, all_if_in};
use crate::path::walk::{Arrival, Goal, Place, Stopped, Walk, is_of, refuse};
use crate::routes::Next;
use crate::snapshot::{BlockPublicAccess, InternetGateway, NatGateway, Snapshot, is_live};

pub(crate) const INTERNET: &str = "AWS::EC2::InternetGateway";
pub(super) const NAT: &str = "AWS::EC2::NatGateway";
pub(super) const PRIVATE: &str = "AWS::EC2::VPNGateway";
pub(super) const PEERING: &str = "AWS::EC2::VPCPeeringConnection";
const EGRESS_ONLY: &str = "AWS::EC2::EgressOnlyInternetGateway";
pub(crate) const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

/// The internet gateways that are attached to a VPC.
pub(crate) fn internet_gateways<'s>(
    snapshot: &'s Snapshot,
    vpc: &str,
) -> impl Iterator<Item = &'s InternetGateway> {
    let all = snapshot.internet_gateways.having(Field::InternetVpc, vpc);
    all.filter(move |gateway| {
        let mut own = gateway.attachments.iter();
        own.any(|a| a.vpc_id == vpc && is_live(&a.state))
    })
}

impl Walk<'_> {
    /// Whether beyond this gateway is where packets are wanted.
    pub(super) fn is_goal(&self, gateway: &str) -> bool {
        match &self.goal {
            Goal::Anywhere => true,
            Goal::Gateway(id) => id == gateway,
            Goal::Interfaces(_) | Goal::Accelerator(_) => false,
        }
    }

    /// The end of a way at a gateway.
    fn ends<A: Kept>(&mut self, flow: &Flow<A>, gateway: &str, kind: &'static str) {
        if self.is_goal(gateway) {
            self.arrived(flow);
        } else {
            self.stop_at(flow, Test::new(gateway, kind, "NO_POSSIBLE_DESTINATION"));
        }
    }

    pub(super) fn internet<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place, id: &str) {
        if let Err(stopped) = self.out_to_internet(&mut flow, place, id) {
            self.stop(stopped);
            return;
        }
        if let Goal::Accelerator(arn) = &self.goal {
            let accelerator = self.snapshot.accelerators.get(arn);
            if let Some(accelerator) = accelerator {
                self.accelerate(flow, accelerator);
            }
            return;
        }
        let mut returned = false;
        if let Goal::Interfaces(wanted) = self.goal.clone() {
            let fronts = self.fronts().into_iter();
            let fronts = fronts.map(|front| front.network_interface_id.clone());
            for interface in wanted.into_iter().chain(fronts.collect::<Vec<_>>()) {
                returned |= self.come_back(&flow, &interface);
            }
        }
        if !returned {
            self.ends(&flow, id, INTERNET);
        }
    }

    fn out_to_internet<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        place: &Place,
        id: &str,
    ) -> Result<(), Stopped> {
        let Some(gateway) = self.snapshot.internet_gateways.get(id) else {
            flow.doubt(&format!("internet gateway {id} is not described"));
            return self.publish(flow, place, id);
        };
        let here = gateway.attachments.iter().find(|a| a.vpc_id == place.vpc);
        if !here.is_some_and(|a| is_live(&a.state)) {
            return refuse(flow, Test::new(id, INTERNET, "BAD_STATE"));
        }
        if self.is_egress_blocked(place) {
            return refuse(
                flow,
                Test::new(id, INTERNET, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
            );
        }
        self.publish(flow, place, id)
    }

    /// Tests what an internet gateway sends out, and gives it public addresses.
    fn publish<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        place: &Place,
        id: &str,
    ) -> Result<(), Stopped> {
        let own = self.engine.vpc_addresses::<A>(&place.vpc).must;
        let world: IntervalSet<A> = if A::IS_V6 {
            set_of_texts(["2000::/3"])
        } else {
            set_of_texts::<A>(NOT_ON_THE_INTERNET.iter().copied()).not()
        };
        let public = if A::IS_V6 {
            world.contains(flow.near).then_some(flow.near)
        } else {
            self.public_of(&place.vpc, flow.near)
        };
        let Some(public) = public else {
            let code = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS";
            return refuse(flow, Test::new(id, INTERNET, code));
        };
        let code = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS";
        let world = world.minus(&own).into();
        let kept = flow.keep(Test::new(id, INTERNET, code), &world, false);
        kept.map_err(|blocker| Stopped::new(flow, blocker))?;
        let near = flow.near;
        self.gateway_table(flow, id, near)?;
        flow.translate(public, false);
        Ok(())
    }

    /// A table of a gateway may send what comes in through an appliance, or nowhere.
    pub(super) fn gateway_table<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        gateway: &str,
        inside: A,
    ) -> Result<(), Stopped> {
        let Some(table) = self.snapshot.table_of_gateway(gateway).cloned() else {
            return Ok(());
        };
        let routes = self.engine.routes::<A>(&table);
        match routes.as_ref().map(|routes| routes.lookup(inside)) {
            Some(None | Some(Next::Local)) => {}
            Some(Some(Next::Blackhole)) => {
                let test = Test::new(&table, super::walk::ROUTE_TABLE, "BAD_STATE_ROUTE");
                return refuse(flow, test);
            }
            Some(Some(_)) => flow.doubt(&format!("{table} sends packets through an appliance")),
            None => flow.doubt(&format!("{table} is not described")),
        }
        Ok(())
    }

    /// Packets to a public address of an interface come back from the internet.
    fn come_back<A: Kept>(&mut self, flow: &Flow<A>, interface: &str) -> bool {
        let snapshot = self.snapshot;
        let Some(interface) = snapshot.interfaces.get(interface) else {
            return false;
        };
        let mut is_any = false;
        for (private, public) in self.addresses::<A>(interface) {
            let shown = if A::IS_V6 { Some(private) } else { public };
            let Some(shown) = shown.filter(|shown| flow.far().contains(*shown)) else {
                continue;
            };
            is_any = true;
            let mut one = flow.only(IntervalSet::range(shown, shown));
            one.readdress(shown, private);
            let gateways = snapshot.internet_gateways.values();
            let gateway = gateways
                .filter(|g| g.attachments.iter().any(|a| a.vpc_id == interface.vpc_id))
                .map(|g| g.internet_gateway_id.clone())
                .next();
            let Some(gateway) = gateway else {
                self.lost(
                    &one,
                    format!("no internet gateway of {} is described", interface.vpc_id),
                );
                continue;
            };
            let edge = Edge::Internet(gateway.clone());
            let known = gates::sources::<A>(&mut self.engine, interface, &edge, private);
            let enters = all_if_in(&known, one.near);
            let test = Test::new(&gateway, INTERNET, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
            if let Err(blocker) = one.keep(test, &enters, false) {
                self.stop(Stopped::new(&one, blocker));
                continue;
            }
            if let Err(stopped) = self.gateway_table(&mut one, &gateway, private) {
                self.stop(stopped);
                continue;
            }
            let arrival = Arrival {
                vpc: interface.vpc_id.clone(),
                from: None,
                back: edge.next(),
                peers: Peers::default(),
                tested: false,
            };
            self.deliver(&one, &arrival);
        }
        is_any
    }

    fn is_egress_blocked(&self, place: &Place) -> bool {
        let subnet = place.subnet.as_deref().unwrap_or_default();
        let described = self.snapshot.subnets.get(subnet);
        let zone = described.map_or("", |s| s.availability_zone.as_str());
        let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let options = &self.snapshot.block_public_access;
        let options: Option<&BlockPublicAccess> = options.get(region).or_else(|| options.get("*"));
        if options.is_none_or(|o| o.internet_gateway_block_mode != "block-bidirectional") {
            return false;
        }
        let mut exclusions = self.snapshot.block_public_access_exclusions.values();
        !exclusions.any(|exclusion| {
            let id = exclusion.resource_arn.rsplit('/').next();
            let is_live =
                !exclusion.state.starts_with("delete") && !exclusion.state.starts_with("disable");
            is_live && (id == Some(subnet) || id == Some(&place.vpc))
        })
    }

    /// The public address of a private one, of an interface or of a NAT gateway.
    fn public_of<A: Kept>(&self, vpc: &str, private: A) -> Option<A> {
        let holder = self.snapshot.holder(vpc, private.ip());
        let interface = holder.and_then(|id| self.snapshot.interfaces.get(id));
        let own = interface.and_then(|interface| {
            let mut pairs = self.addresses::<A>(interface).into_iter();
            pairs
                .find(|(own, _)| *own == private)
                .and_then(|(_, public)| public)
        });
        own.or_else(|| {
            let gateways = self
                .snapshot
                .nat_gateways
                .values()
                .filter(|n| n.vpc_id == vpc);
            let mut addresses = gateways.flat_map(|n| &n.nat_gateway_addresses);
            let found = addresses.find(|a| is_of(private.ip(), &a.private_ip))?;
            A::of(found.public_ip.parse().ok()?)
        })
    }

    /// The NAT gateway that an interface belongs to.
    pub(super) fn nat_of(&self, interface: &str) -> Option<&str> {
        let mut gateways = self.snapshot.nat_gateways.values();
        let gateway = gateways.find(|gateway| {
            let mut addresses = gateway.nat_gateway_addresses.iter();
            addresses.any(|address| address.network_interface_id == interface)
        })?;
        Some(&gateway.nat_gateway_id)
    }

    pub(super) fn nat<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place, id: &str) {
        let snapshot = self.snapshot;
        let Some(gateway) = snapshot.nat_gateways.get(id) else {
            self.lost(&flow, format!("NAT gateway {id} is not described"));
            return;
        };
        if let Err(stopped) = self.enter_nat(&mut flow, place, gateway) {
            self.stop(stopped);
            return;
        }
        if matches!(&self.goal, Goal::Gateway(goal) if goal == id) {
            self.arrived(&flow);
            return;
        }
        let next = Place {
            subnet: Some(gateway.subnet_id.clone()),
            vpc: gateway.vpc_id.clone(),
        };
        self.leave(flow, &next);
    }

    fn enter_nat<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        place: &Place,
        gateway: &NatGateway,
    ) -> Result<(), Stopped> {
        let id = &gateway.nat_gateway_id;
        if !is_live(&gateway.state) {
            return refuse(flow, Test::new(id, NAT, "BAD_STATE"));
        }
        if gateway.vpc_id != place.vpc {
            return refuse(flow, Test::new(id, NAT, "NGW_REQUIRES_SOURCE_IN_VPC"));
        }
        let subnet = &gateway.subnet_id;
        if place.subnet.as_ref() != Some(subnet) {
            self.acl(flow, subnet, Crossing::RequestIn)?;
            flow.begin_reply();
            self.acl(flow, subnet, Crossing::ReplyOut)?;
            self.way_back(flow, subnet, &gateway.vpc_id, &Next::Local)?;
        }
        if !matches!(self.protocol.0, 1 | 6 | 17) {
            return refuse(flow, Test::new(id, NAT, "PROTOCOL_RESTRICTION"));
        }
        let own = gateway.nat_gateway_addresses.first();
        let own = own.and_then(|address| A::of(address.private_ip.parse().ok()?));
        let Some(own) = own else {
            return refuse(flow, Test::new(id, NAT, "NGW_SOURCE_ADDRESS_REASSIGN"));
        };
        flow.through(id, NAT);
        flow.translate(own, true);
        Ok(())
    }

    pub(super) fn egress_only<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place, id: &str) {
        let Some(gateway) = self.snapshot.egress_only_gateways.get(id) else {
            self.lost(
                &flow,
                format!("egress-only internet gateway {id} is not described"),
            );
            return;
        };
        let here = gateway.attachments.iter().find(|a| a.vpc_id == place.vpc);
        let is_open =
            here.is_some_and(|a| is_live(&a.state)) && A::IS_V6 && !self.is_egress_blocked(place);
        if !is_open {
            self.stop_at(&flow, Test::new(id, EGRESS_ONLY, "BAD_STATE"));
            return;
        }
        flow.through(id, EGRESS_ONLY);
        self.ends(&flow, id, EGRESS_ONLY);
    }

    pub(super) fn private<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place, id: &str) {
        let Some(gateway) = self.snapshot.vpn_gateways.get(id) else {
            self.lost(
                &flow,
                format!("virtual private gateway {id} is not described"),
            );
            return;
        };
        let here = gateway
            .vpc_attachments
            .iter()
            .find(|a| a.vpc_id == place.vpc);
        if !is_live(&gateway.state) || !here.is_some_and(|a| is_live(&a.state)) || A::IS_V6 {
            self.stop_at(&flow, Test::new(id, PRIVATE, "BAD_STATE"));
            return;
        }
        flow.through(id, PRIVATE);
        self.ends(&flow, id, PRIVATE);
    }

    pub(super) fn endpoint<A: Kept>(&mut self, mut flow: Flow<A>, id: &str) {
        let kind = self
            .snapshot
            .endpoints
            .get(id)
            .map(|e| e.vpc_endpoint_type.as_str());
        match kind {
            Some("Gateway") => {
                flow.through(id, ENDPOINT);
                self.ends(&flow, id, ENDPOINT);
            }
            Some(_) => {
                flow.through(id, ENDPOINT);
                let reason = format!("nobody knows what the appliances behind {id} forward");
                self.lost(&flow, reason);
            }
            None => self.lost(&flow, format!("{id} is not described")),
        }
    }

    pub(super) fn peering<A: Kept>(&mut self, mut flow: Flow<A>, place: &Place, id: &str) {
        let snapshot = self.snapshot;
        let Some(peering) = snapshot.peerings.get(id) else {
            self.lost(&flow, format!("peering connection {id} is not described"));
            return;
        };
        let sides = (&peering.accepter_vpc_info, &peering.requester_vpc_info);
        let (own, far) = if sides.0.vpc_id == place.vpc {
            sides
        } else {
            (sides.1, sides.0)
        };
        if !is_live(&peering.status.code) || own.vpc_id != place.vpc {
            self.stop_at(&flow, Test::new(id, PEERING, "BAD_STATE"));
            return;
        }
        let blocks: Known<IntervalSet<A>> = match snapshot.vpcs.get(&far.vpc_id) {
            Some(vpc) => set_of(vpc.blocks()).into(),
            None => set_of(far.blocks()).into(),
        };
        let test = Test::new(id, PEERING, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
        if let Err(blocker) = flow.keep(test, &blocks, false) {
            self.stop(Stopped::new(&flow, blocker));
            return;
        }
        if matches!(&self.goal, Goal::Gateway(goal) if goal == id) {
            self.arrived(&flow);
            return;
        }
        if !snapshot.vpcs.contains_key(&far.vpc_id) {
            self.lost(&flow, format!("{} is not described", far.vpc_id));
            return;
        }
        let peers = if own.region == far.region {
            vec![own.vpc_id.clone()].into()
        } else {
            Peers::default()
        };
        let arrival = Arrival {
            vpc: far.vpc_id.clone(),
            from: None,
            back: Next::Peering(id.to_owned()),
            peers,
            tested: false,
        };
        self.deliver(&flow, &arrival);
    }
}
