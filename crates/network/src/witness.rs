//! Witnesses: one packet of an open range that arrives and whose answer gets back.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::address::Address;
use crate::edges::{Balancer, Edge};
use crate::engine::{CLIENT_PORTS, Engine, Kept};
use crate::filters::Protocol;
use crate::interval::IntervalSet;
use crate::packet::Packet;
use crate::region::Ports;
use crate::snapshot::{Id, NetworkInterface};
use crate::{middlebox, transit};

/// Addresses that clients on the internet really have; a witness has one of them if it can.
const LIKELY_CLIENTS: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)),
    IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)),
    IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888)),
];
/// The client's port of a witness, if the way back allows it.
const LIKELY_PORT: u16 = 50000;

/// Where packets come in and arrive.
#[derive(Clone, Copy)]
pub(crate) struct Course<'c> {
    pub(crate) edge: &'c Edge,
    pub(crate) interface: &'c Id,
    pub(crate) protocol: Protocol,
    pub(crate) balancer: Option<&'c Balancer>,
    pub(crate) middlebox: Option<&'c Id>,
}

/// A packet from one of the clients of a port, by family, to an address.
pub(crate) fn of(
    engine: &mut Engine,
    course: Course<'_>,
    destination: IpAddr,
    port: u16,
    clients: &(IntervalSet<u32>, IntervalSet<u128>),
) -> Packet {
    let is_client = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => clients.0.contains(v4.to_bits()),
        IpAddr::V6(v6) => clients.1.contains(v6.to_bits()),
    };
    let mut likely = LIKELY_CLIENTS.into_iter();
    let likely = likely.find(|ip| ip.is_ipv4() == destination.is_ipv4() && is_client(ip));
    let first = if destination.is_ipv4() {
        clients.0.first().map(Address::ip)
    } else {
        clients.1.first().map(Address::ip)
    };
    let source = likely.or(first).unwrap_or(destination);
    let port = course.balancer.map_or(port, |b| b.listener_port);
    let answered = match (source, destination) {
        (IpAddr::V4(client), IpAddr::V4(to)) => {
            client_ports(engine, course, to.to_bits(), (port, client.to_bits()))
        }
        (IpAddr::V6(client), IpAddr::V6(to)) => {
            client_ports(engine, course, to.to_bits(), (port, client.to_bits()))
        }
        _ => None,
    };
    Packet {
        source,
        source_port: answered.map_or(LIKELY_PORT, |ports| {
            let first = ports.first().filter(|_| !ports.contains(LIKELY_PORT));
            first.unwrap_or(LIKELY_PORT)
        }),
        destination,
        destination_port: port,
        protocol: course.protocol.0,
    }
}

/// The ports of a client to which answers get back.
fn client_ports<A: Kept>(
    engine: &mut Engine,
    course: Course<'_>,
    destination: A,
    (port, client): (u16, A),
) -> Option<Ports> {
    let front = course.balancer.map(|b| b.front.as_ref().unwrap_or(&b.node));
    let snapshot = Arc::clone(&engine.snapshot);
    let interface = snapshot.interfaces.get(front.unwrap_or(course.interface))?;
    let protocol = course.protocol;
    let private = behind(engine, interface, destination);
    let ports = match (course.middlebox, course.edge) {
        (Some(_), edge) => {
            let to = (port, client);
            middlebox::client_ports(engine, interface, edge, private, protocol, to)
        }
        (None, Edge::Transit(gateway)) => {
            transit::client_ports(engine, interface, gateway, private, protocol, client)
        }
        _ => None,
    };
    let clients = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let ports = ports.unwrap_or_else(|| {
        let out = engine.acl::<A>(&interface.subnet_id, true, protocol);
        out.must.ports_with(client)
    });
    Some(ports.and(&clients))
}

/// The private address behind one that clients send to.
fn behind<A: Kept>(engine: &Engine, interface: &NetworkInterface, destination: A) -> A {
    let pairs = engine.snapshot.four(interface).into_iter();
    let mut own = pairs.filter_map(|(private, public)| Some((private, A::of(public?.ip())?)));
    let found = own.find(|(_, public)| *public == destination);
    found
        .and_then(|(private, _)| A::of(private.ip()))
        .unwrap_or(destination)
}
