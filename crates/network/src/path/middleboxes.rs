//! Appliances and firewall endpoints to which the table of a gateway leads what comes in by it.
//!
//! An appliance is assumed to forward everything, as in the evaluation of sets; answers have to go back
//! through the same one (VPC user guide, "Gateway route tables").

use crate::edges::Edge;
use crate::engine::Kept;
use crate::firewall;
use crate::interval::IntervalSet;
use crate::known::Known;
use crate::middlebox::{Middlebox, answers, locate};
use crate::path::filter::{Crossing, INTERFACE};
use crate::path::flow::{Flow, Test, all_if_in};
use crate::path::gateways::ENDPOINT;
use crate::path::walk::{ROUTE_TABLE, Stopped, Walk, named, refuse};
use crate::routes::Next;
use crate::snapshot::{NetworkInterface, UserIdGroupPair};

const FIREWALL: &str = "AWS::NetworkFirewall::Firewall";

/// What a gateway's table does with packets.
pub(super) enum Aside {
    /// They go straight on.
    No,
    /// They went through a middlebox, and answers go back through it.
    Through,
    /// What becomes of them is not known, which is noted.
    Lost,
}

impl Walk<'_> {
    /// Leads packets from an edge to an interface through the middlebox that the edge's table names.
    pub(super) fn redirected<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        edge: &Edge,
        interface: &NetworkInterface,
        private: A,
    ) -> Result<Aside, Stopped> {
        let (Edge::Internet(id) | Edge::Private(id)) = edge else {
            return Ok(Aside::No);
        };
        let Some(table) = self.snapshot.table_of_gateway(id).cloned() else {
            return Ok(Aside::No);
        };
        let Some(routes) = self.engine.routes::<A>(&table) else {
            self.lost(flow, format!("{table} is not described"));
            return Ok(Aside::Lost);
        };
        if let Some((_, reason)) = routes.unknown.first() {
            self.lost(flow, reason.clone());
            return Ok(Aside::Lost);
        }
        let next = match routes.lookup(private) {
            None | Some(Next::Local) => return Ok(Aside::No),
            Some(next) => next.clone(),
        };
        let mut test = Test::new(&table, ROUTE_TABLE, "BAD_STATE_ROUTE");
        if next == Next::Blackhole {
            return refuse(flow, test).map(|()| Aside::Lost);
        }
        let described = self.snapshot.route_tables.get(&table);
        let here = IntervalSet::range(private, private);
        test.rules = described
            .map(|t| named(t, &next, &here))
            .unwrap_or_default();
        let kept = flow.keep(test, &Known::everything(), false);
        kept.map_err(|blocker| Stopped::new(flow, blocker))?;
        let middlebox = match locate(&self.engine, &next) {
            Ok(Some(middlebox)) => middlebox,
            Ok(None) => return refuse(flow, dropping(&next)).map(|()| Aside::Lost),
            Err(reason) => {
                self.lost(flow, reason);
                return Ok(Aside::Lost);
            }
        };
        if let (Some(appliance), Edge::Internet(_), false) = (&middlebox.interface, edge, A::IS_V6)
        {
            let mut own = self.snapshot.four(appliance).into_iter();
            if !own.any(|(_, public)| public.is_some()) {
                let test = Test::new(&middlebox.id, INTERFACE, "INGRESS_RTB_NO_PUBLIC_IP");
                return refuse(flow, test).map(|()| Aside::Lost);
            }
        }
        self.there(flow, interface, private, &middlebox)?;
        self.back_through(flow, edge, interface, &middlebox)?;
        if let Some(arn) = &middlebox.firewall {
            let protocol = self.protocol;
            let back = answers(
                &mut self.engine,
                interface,
                edge,
                private,
                protocol,
                &middlebox,
            );
            let open = firewall::passes(self.snapshot, arn, protocol, private, &back);
            let asked = flow.ask(
                Test::new(arn, FIREWALL, "FIREWALL_RULES_RESTRICTION"),
                &open,
                true,
            );
            asked.map_err(|blocker| Stopped::new(flow, blocker))?;
        }
        Ok(Aside::Through)
    }

    /// Requests through the middlebox and its subnet to the interface's subnet.
    fn there<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        interface: &NetworkInterface,
        private: A,
        middlebox: &Middlebox,
    ) -> Result<(), Stopped> {
        let (near, far) = (&middlebox.subnet, &interface.subnet_id);
        self.acl(flow, near, Crossing::RequestIn)?;
        if let Some(appliance) = &middlebox.interface {
            let nobody = |_: &UserIdGroupPair| Known::nothing();
            self.groups(flow, appliance, false, &nobody)?;
            flow.through(&middlebox.id, INTERFACE);
            self.groups(flow, appliance, true, &nobody)?;
        } else {
            flow.through(&middlebox.id, ENDPOINT);
        }
        if near == far {
            return Ok(());
        }
        self.acl(flow, near, Crossing::RequestOut)?;
        let vpc = &middlebox.vpc;
        let local = self.engine.routed::<A>(near, vpc, &Next::Local);
        let test = self.routing(near, vpc, "NO_ROUTE_TO_DESTINATION");
        let kept = flow.keep(test, &all_if_in(&local, private), false);
        kept.map_err(|blocker| Stopped::new(flow, blocker))?;
        self.acl(flow, far, Crossing::RequestIn)
    }

    /// Answers through the middlebox to the edge.
    fn back_through<A: Kept>(
        &mut self,
        flow: &mut Flow<A>,
        edge: &Edge,
        interface: &NetworkInterface,
        middlebox: &Middlebox,
    ) -> Result<(), Stopped> {
        let (near, far) = (&middlebox.subnet, &interface.subnet_id);
        flow.begin_reply();
        self.acl(flow, near, Crossing::ReplyOut)?;
        let next = edge.next();
        let homeward = self.engine.routed::<A>(near, &middlebox.vpc, &next);
        self.answered_by(flow, near, &middlebox.vpc, (&next, homeward))?;
        flow.begin_reply();
        if near != far {
            self.acl(flow, far, Crossing::ReplyOut)?;
        }
        let (vpc, next) = (&interface.vpc_id, &middlebox.next);
        let aside = self.engine.routed::<A>(far, vpc, next);
        self.answered_by(flow, far, vpc, (next, aside))?;
        if near != far {
            self.acl(flow, near, Crossing::ReplyIn)?;
        }
        let kind = if middlebox.interface.is_some() {
            INTERFACE
        } else {
            ENDPOINT
        };
        let test = Test::new(&middlebox.id, kind, "CANNOT_ROUTE");
        let kept = flow.keep(test, &Known::everything(), true);
        kept.map_err(|blocker| Stopped::new(flow, blocker))
    }
}

/// What drops packets that are for others.
fn dropping(next: &Next) -> Test {
    match next {
        Next::Endpoint(id) => Test::new(id, ENDPOINT, "BAD_STATE"),
        Next::Interface(id) => Test::new(id, INTERFACE, "ENI_SOURCE_DEST_CHECK_RESTRICTION"),
        _ => Test::new("", ROUTE_TABLE, "CANNOT_ROUTE"),
    }
}
