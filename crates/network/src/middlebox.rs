//! Appliances and firewall endpoints that gateways' route tables put before an interface.
//!
//! What comes in by such a gateway goes to the middlebox first, and the answer has to go back through
//! it: a subnet whose packets are redirected cannot answer by the gateway itself (VPC user guide,
//! "Gateway route tables"). The address of the client is kept, the identity of a sender is not.

use std::sync::Arc;

use crate::balancers::first_interface;
use crate::edges::{Edge, Way};
use crate::engine::{CLIENT_PORTS, Engine, Kept};
use crate::filters::{self, Protocol};
use crate::firewall;
use crate::index::Field;
use crate::interval::IntervalSet;
use crate::known::{Known, Reason};
use crate::region::{Ports, Region};
use crate::routes::Next;
use crate::snapshot::{Id, NetworkInterface, Snapshot, is_live};

/// Something in a subnet that packets are routed through.
pub(crate) struct Middlebox {
    pub(crate) id: Id,
    pub(crate) subnet: Id,
    pub(crate) vpc: Id,
    /// Where a route to it leads.
    pub(crate) next: Next,
    /// The interface of an appliance, which its groups filter; endpoints have none.
    pub(crate) interface: Option<NetworkInterface>,
    /// The network firewall whose endpoint it is.
    pub(crate) firewall: Option<Id>,
}

/// What passes through the middlebox to which an edge's own route table sends packets to `private`;
/// nothing if it sends them straight on.
pub(crate) fn redirected<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
) -> Option<Way<A>> {
    let (Edge::Internet(id) | Edge::Private(id)) = edge else {
        return None;
    };
    let table = engine.snapshot.table_of_gateway(id)?.clone();
    let Some(routes) = engine.routes::<A>(&table) else {
        return Some(Known::unknown(format!("{table} is not described")).into());
    };
    let next = match routes.lookup(private) {
        _ if !routes.unknown.is_empty() => {
            let reasons: Vec<Reason> = routes.unknown.iter().map(|(_, r)| r.clone()).collect();
            return Some(Known::unknown(reasons.join("; ")).into());
        }
        None | Some(Next::Local) => return None,
        Some(Next::Blackhole) => return Some(Known::nothing().into()),
        Some(next) => next.clone(),
    };
    let middlebox = match locate(engine, &next) {
        Ok(Some(middlebox)) => middlebox,
        Ok(None) => return Some(Known::nothing().into()),
        Err(reason) => {
            // Whatever it is, the answer has to go back through it.
            let (subnet, vpc) = (&interface.subnet_id, &interface.vpc_id);
            let back = engine.routed::<A>(subnet, vpc, &next);
            let groups = engine.groups::<A>(interface, protocol);
            let region = groups.and(&crate::engine::from(&back)).doubted(reason);
            return Some(region.into());
        }
    };
    if let (Some(appliance), Edge::Internet(_), false) = (&middlebox.interface, edge, A::IS_V6) {
        let mut own = engine.snapshot.four(appliance).into_iter();
        if !own.any(|(_, public)| public.is_some()) {
            return Some(Known::nothing().into());
        }
    }
    let region = across(engine, interface, edge, private, protocol, &middlebox);
    Some(Way {
        middlebox: Some(middlebox.id),
        region,
    })
}

/// The middlebox that a route leads to; nothing if what is there drops packets for others.
pub(crate) fn locate(engine: &Engine, next: &Next) -> Result<Option<Middlebox>, Reason> {
    match next {
        Next::Interface(id) => {
            let Some(interface) = interface(engine, id) else {
                return Err(format!("{id}, through which packets go, is not described"));
            };
            match interface.source_dest_check {
                Some(true) => return Ok(None),
                Some(false) => {}
                None => return Err(format!("whether {id} forwards packets is not described")),
            }
            Ok(Some(Middlebox {
                id: interface.network_interface_id.clone(),
                subnet: interface.subnet_id.clone(),
                vpc: interface.vpc_id.clone(),
                next: next.clone(),
                interface: Some(interface.clone()),
                firewall: None,
            }))
        }
        Next::Endpoint(id) => endpoint(&engine.snapshot, id, next),
        Next::Ambiguous => Err("overlapping prefix lists route to different targets".to_owned()),
        _ => Err("a gateway's table leads out of its VPC".to_owned()),
    }
}

fn endpoint(snapshot: &Snapshot, id: &Id, next: &Next) -> Result<Option<Middlebox>, Reason> {
    let firewall = snapshot.firewalls.having(Field::Endpoint, id).next();
    let described = snapshot.endpoints.get(id);
    if described.is_some_and(|e| !is_live(&e.state.to_ascii_lowercase())) {
        return Ok(None);
    }
    let subnet = firewall
        .and_then(|f| f.endpoint_subnets.get(id))
        .or_else(|| described.and_then(|e| e.subnet_ids.first()));
    let vpc = described
        .map(|e| &e.vpc_id)
        .or_else(|| firewall.map(|f| &f.vpc_id));
    match (subnet, vpc) {
        (Some(subnet), Some(vpc)) => Ok(Some(Middlebox {
            id: id.clone(),
            subnet: subnet.clone(),
            vpc: vpc.clone(),
            next: next.clone(),
            interface: None,
            firewall: firewall.map(|f| f.firewall_arn.clone()),
        })),
        _ => Err(format!("{id}, through which packets go, is not described")),
    }
}

/// An interface by its identifier, or the first one of an instance.
fn interface<'e>(engine: &'e Engine, id: &str) -> Option<&'e NetworkInterface> {
    let snapshot = &engine.snapshot;
    let direct = snapshot.interfaces.get(id);
    direct.or_else(|| first_interface(snapshot, id))
}

fn everywhere<A: Kept>(ports: &Ports) -> Region<A> {
    Region::product(ports, &Arc::new(IntervalSet::all()))
}

/// What passes on the ports that are open to one address.
fn toward<A: Kept>(region: &Known<Region<A>>, private: A) -> Known<Region<A>> {
    region.map(|region| everywhere(&region.ports_with(private)))
}

/// What passes a middlebox on the way to an interface, and back through it to the edge.
fn across<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
    middlebox: &Middlebox,
) -> Known<Region<A>> {
    let (near, far) = (&middlebox.subnet, &interface.subnet_id);
    let is_apart = near != far;
    let mut there: Known<Region<A>> = Known::clone(&engine.acl::<A>(near, false, protocol));
    if let Some(appliance) = &middlebox.interface {
        there = there.and(&*engine.groups::<A>(appliance, protocol));
        let out = engine.groups_with(appliance, true, protocol, &filters::nobody);
        there = there.and(&toward(&out, private));
    }
    if is_apart {
        let out = engine.acl::<A>(near, true, protocol);
        there = there.and(&toward(&out, private));
        there = there.and(&*engine.acl::<A>(far, false, protocol));
        let local = engine.routed::<A>(near, &middlebox.vpc, &Next::Local);
        let is_local = local.map(|set| all_if(set.contains(private)));
        there = there.and(&is_local);
    }
    there = there.and(&*engine.groups::<A>(interface, protocol));
    let back = answers(engine, interface, edge, private, protocol, middlebox);
    let Some(arn) = &middlebox.firewall else {
        return there.and(&crate::engine::from(&back.map(Region::addresses)));
    };
    let snapshot = &engine.snapshot;
    there.and(&firewall::passes(snapshot, arn, protocol, private, &back))
}

/// The (client's port, client) pairs to which an interface's answers get through a middlebox, but for
/// the rules of a firewall.
pub(crate) fn answers<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
    middlebox: &Middlebox,
) -> Known<Region<A>> {
    let (near, far) = (&middlebox.subnet, &interface.subnet_id);
    let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let mut back: Known<Region<A>> = everywhere::<A>(&clients).into();
    if near != far {
        back = back.and(&*engine.acl::<A>(far, true, protocol));
        let inward = engine.acl::<A>(near, false, protocol);
        back = back.and(&toward(&inward, private));
    }
    back = back.and(&*engine.acl::<A>(near, true, protocol));
    let homeward = engine
        .routed::<A>(far, &interface.vpc_id, &middlebox.next)
        .and(&engine.routed::<A>(near, &middlebox.vpc, &edge.next()));
    back.and(&crate::engine::from(&homeward))
}

/// The ports of a client with which its packets to a port pass the middlebox of an edge both ways.
pub(crate) fn client_ports<A: Kept>(
    engine: &mut Engine,
    interface: &NetworkInterface,
    edge: &Edge,
    private: A,
    protocol: Protocol,
    (port, client): (u16, A),
) -> Option<Ports> {
    let table = engine.snapshot.table_of_gateway(edge.id())?.clone();
    let next = engine.routes::<A>(&table)?.lookup(private)?.clone();
    let middlebox = locate(engine, &next).ok()??;
    let back = answers(engine, interface, edge, private, protocol, &middlebox);
    let ports = back.must.ports_with(client);
    let Some(arn) = &middlebox.firewall else {
        return Some(ports);
    };
    let snapshot = &engine.snapshot;
    let passed = firewall::client_ports(snapshot, arn, protocol, private, (port, client));
    Some(ports.and(&passed))
}

fn all_if<A: Kept>(condition: bool) -> Region<A> {
    if condition {
        Region::all()
    } else {
        Region::empty()
    }
}

/// Addresses whose packets an interface answers through an appliance although they came straight
/// from the gateway: what the appliance does with such an answer is not known.
///
/// Endpoints of firewalls and of Gateway Load Balancers drop answers to what they have not seen.
pub(crate) fn answered_through_appliances<A: Kept>(
    engine: &mut Engine,
    subnet: &str,
    vpc: &str,
    next: &Next,
) -> Option<Known<IntervalSet<A>>> {
    if !matches!(next, Next::Gateway(_)) {
        return None;
    }
    let table = engine.snapshot.table_of(subnet, vpc)?.clone();
    let routes = engine.routes::<A>(&table)?;
    let mut all: Option<Known<IntervalSet<A>>> = None;
    for (target, set) in &routes.to {
        if !matches!(target, Next::Interface(_)) {
            continue;
        }
        let possible = match locate(engine, target) {
            Ok(None) => continue,
            Ok(Some(middlebox)) => {
                let onward = engine.routed::<A>(&middlebox.subnet, &middlebox.vpc, next);
                let both = Known::from(set.clone()).and(&onward);
                let reason = format!("answers go through {}", middlebox.id);
                both.doubted(reason)
            }
            Err(reason) => Known::from(set.clone()).doubted(reason),
        };
        all = Some(match all {
            Some(known) => known.or(&possible),
            None => possible,
        });
    }
    all
}
