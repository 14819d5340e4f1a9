//! Ways into a VPC from its edges.

use std::sync::Arc;

use crate::edges::{self, Edge};
use crate::engine::Kept;
use crate::gates;
use crate::interval::IntervalSet;
use crate::known::Set as _;
use crate::path::flow::{Flow, Test};
use crate::path::gateways::{INTERNET, PEERING, PRIVATE};
use crate::path::middleboxes::Aside;
use crate::path::transit::TRANSIT;
use crate::path::walk::{Arrival, Stopped, Walk};
use crate::region::Ports;
use crate::snapshot::NetworkInterface;
use crate::transit;

impl Walk<'_> {
    /// Packets from an edge, from some addresses beyond it, to an interface.
    pub(super) fn enter<A: Kept>(
        &mut self,
        edge: &Edge,
        interface: &NetworkInterface,
        senders: &IntervalSet<A>,
        ports: &Ports,
    ) {
        let addresses = match edge {
            Edge::Internet(_) => edges::addresses::<A>(&self.engine, interface, edge),
            _ => self.addresses::<A>(interface),
        };
        if addresses.is_empty() && matches!(edge, Edge::Internet(_)) && !A::IS_V6 {
            let own = self.addresses::<A>(interface);
            if let Some((own, _)) = own.first() {
                let flow = Flow::new(*own, senders.clone(), true, self.protocol, ports);
                let code = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS";
                self.stop_at(&flow, Test::new(edge.id(), INTERNET, code));
            }
        }
        for (private, public) in addresses {
            let shown = public.unwrap_or(private);
            let mut flow = Flow::new(shown, senders.clone(), true, self.protocol, ports);
            match self.pass_edge(&mut flow, edge, interface, private) {
                Ok(Some(arrival)) => self.deliver(&flow, &arrival),
                Ok(None) => {}
                Err(stopped) => self.stop(stopped),
            }
        }
    }

    /// Nothing if it is not known what becomes of packets, which is noted.
    fn pass_edge<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        edge: &Edge,
        interface: &NetworkInterface,
        private: A,
    ) -> Result<Option<Arrival>, Stopped> {
        let vpc = interface.vpc_id.clone();
        let (kind, code) = match edge {
            Edge::Internet(_) => (INTERNET, "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"),
            Edge::Peering(_) => (PEERING, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"),
            Edge::Private(_) => (PRIVATE, "GATEWAY_REJECTS_SPOOFED_TRAFFIC"),
            other => (other.component_type(), "NO_ROUTE_TO_DESTINATION"),
        };
        let mut sources = gates::sources::<A>(&mut self.engine, interface, edge, private);
        if let Edge::Internet(_) = edge {
            let world = self.engine.internet::<A>(&vpc);
            sources = sources.map(|set| set.meet(&world));
        }
        if matches!(edge, Edge::Private(_)) && A::IS_V6 {
            sources = IntervalSet::nothing().into();
        }
        let kept = flow.keep(Test::new(edge.id(), kind, code), &sources, false);
        kept.map_err(|blocker| Stopped::new(flow, blocker))?;
        // Behind the gateway the receiver has its private address.
        flow.translate(private, false);
        let mut tested = match self.redirected(flow, edge, interface, private)? {
            Aside::No => false,
            Aside::Through => true,
            Aside::Lost => return Ok(None),
        };
        if let Edge::Transit(gateway) = edge {
            tested = true;
            let through =
                transit::through::<A>(&mut self.engine, interface, gateway, private, self.protocol);
            let through = Arc::unwrap_or_clone(through);
            let test = Test::new(gateway, TRANSIT, "SUBNET_ACL_RESTRICTION");
            let asked = flow.ask(test, &through, true);
            asked.map_err(|blocker| Stopped::new(flow, blocker))?;
        }
        let peers = edges::other_side(&self.engine, edge, &vpc).unwrap_or_default();
        Ok(Some(Arrival {
            vpc,
            from: None,
            back: edge.next(),
            peers,
            tested,
        }))
    }

    /// The edges of a VPC.
    pub(super) fn edges_of(&self, vpc: &str) -> Vec<Edge> {
        let snapshot = self.snapshot;
        let mut edges = Vec::new();
        for gateway in snapshot.internet_gateways.values() {
            if gateway.attachments.iter().any(|a| a.vpc_id == vpc) {
                edges.push(Edge::Internet(gateway.internet_gateway_id.clone()));
            }
        }
        for gateway in snapshot.vpn_gateways.values() {
            if gateway.vpc_attachments.iter().any(|a| a.vpc_id == vpc) {
                edges.push(Edge::Private(gateway.vpn_gateway_id.clone()));
            }
        }
        for peering in snapshot.peerings.values() {
            let sides = [&peering.accepter_vpc_info, &peering.requester_vpc_info];
            if sides.iter().any(|side| side.vpc_id == vpc) {
                edges.push(Edge::Peering(peering.vpc_peering_connection_id.clone()));
            }
        }
        for attachment in snapshot.transit_attachments.values() {
            let edge = Edge::Transit(attachment.transit_gateway_id.clone());
            if attachment.vpc_id == vpc && !edges.contains(&edge) {
                edges.push(edge);
            }
        }
        edges
    }
}
