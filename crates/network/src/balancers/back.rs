//! From a balancer's node to a target: with the client's address, or with the node's own.

use super::Front;
use super::at_port;
use super::targets::Destination;
use crate::engine::{CLIENT_PORTS, Engine};
use crate::filters::{self, Members, Protocol};
use crate::interval::{IntervalSet, Point};
use crate::known::Known;
use crate::region::Ports;
use crate::routes::Next;
use crate::snapshot::{Id, NetworkInterface};

type Sources = Known<IntervalSet<u32>>;

pub(crate) fn everything_if<P: Point>(condition: bool) -> IntervalSet<P> {
    if condition {
        IntervalSet::all()
    } else {
        IntervalSet::empty()
    }
}

/// The clients whose packets, passed on with their own address, a target takes and answers.
pub(super) fn passed_on(
    engine: &mut Engine,
    front: &Front<'_>,
    target: &Destination<'_>,
    clients: &Sources,
) -> Sources {
    let node = front.node;
    let members: Members<'_, u32> = &|pair| {
        if node.groups.iter().any(|g| g.group_id == pair.group_id) {
            Known::everything()
        } else {
            Known::nothing()
        }
    };
    let groups = engine.groups_with(target.interface, false, front.protocol, members);
    let mut sources = clients.and(&at_port(&groups, target.port));
    let (near, far) = (&node.subnet_id, &target.interface.subnet_id);
    if target.interface.vpc_id != node.vpc_id {
        return sources.doubted("the target is in another VPC than its load balancer");
    }
    if near != far {
        let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
        let inward = engine.acl::<u32>(far, false, front.protocol);
        sources = sources.and(&at_port(&inward, target.port));
        let outward = engine.acl::<u32>(far, true, front.protocol);
        sources = sources.and(&outward.map(|r| r.and_ports(&client_ports).addresses()));
        sources = sources.and(&leaves(engine, front, target));
    }
    sources
}

/// Everything or nothing, as the node's own subnet lets packets to a target out and answers in.
pub(super) fn leaves(engine: &mut Engine, front: &Front<'_>, target: &Destination<'_>) -> Sources {
    let near = &front.node.subnet_id;
    let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let out = engine.acl::<u32>(near, true, front.protocol);
    let there = out.map(|r| everything_if(r.contains(target.port, target.address)));
    let inward = engine.acl::<u32>(near, false, front.protocol);
    let back =
        inward.map(|r| everything_if(!r.ports_with(target.address).and(&client_ports).is_empty()));
    there.and(&back)
}

/// Everything or nothing, as a connection of the node itself to a target is possible.
pub(super) fn proxied(engine: &mut Engine, front: &Front<'_>, target: &Destination<'_>) -> Sources {
    let (node, protocol) = (front.node, front.protocol);
    let vpc = node.vpc_id.clone();
    let own = Known::from(IntervalSet::range(front.address, front.address));
    let of_group: Members<'_, u32> = &|pair| engine.member_addresses(pair, &vpc);
    let egress = engine.groups_with(node, true, protocol, of_group);
    let members: Members<'_, u32> = &|pair| {
        if node.groups.iter().any(|g| g.group_id == pair.group_id) {
            own.clone()
        } else {
            Known::nothing()
        }
    };
    let ingress = engine.groups_with(target.interface, false, protocol, members);
    let mut open = egress.map(|r| everything_if(r.contains(target.port, target.address)));
    open = open.and(&ingress.map(|r| everything_if(r.contains(target.port, front.address))));
    let (near, far) = (&node.subnet_id, &target.interface.subnet_id);
    if near == far {
        return open;
    }
    if target.interface.vpc_id != vpc {
        return open.doubted("the target is in another VPC than its load balancer");
    }
    let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
    let inward = engine.acl::<u32>(far, false, protocol);
    open = open.and(&inward.map(|r| everything_if(r.contains(target.port, front.address))));
    let outward = engine.acl::<u32>(far, true, protocol);
    let returning = engine.acl::<u32>(near, false, protocol);
    let returning = returning.map(|r| r.ports_with(target.address));
    let both = outward.map(|r| r.ports_with(front.address)).and(&returning);
    open = open.and(&both.map(|ports| everything_if(!ports.and(&client_ports).is_empty())));
    let there = engine.routed::<u32>(near, &vpc, &Next::Local);
    let back = engine.routed::<u32>(far, &vpc, &Next::Local);
    open = open.and(&there.map(|set| everything_if(set.contains(target.address))));
    open = open.and(&back.map(|set| everything_if(set.contains(front.address))));
    open.and(&leaves(engine, front, target))
}

/// Everything or nothing, as an interface takes packets of a service whose address is one of these.
///
/// It is certain if the interface takes them from every address, or from the service's groups.
pub(crate) fn admits_hidden(
    engine: &Engine,
    interface: &NetworkInterface,
    protocol: Protocol,
    port: u16,
    (addresses, groups): (&IntervalSet<u32>, &Vec<Id>),
) -> Sources {
    let members: Members<'_, u32> = &|pair| {
        if groups.contains(&pair.group_id) {
            Known::everything()
        } else {
            Known::nothing()
        }
    };
    let lists: Vec<&str> = groups
        .iter()
        .map(String::as_str)
        .filter(|id| id.starts_with("pl-"))
        .collect();
    let names_list = interface.groups.iter().any(|group| {
        let described = engine.snapshot.groups.get(&group.group_id);
        let permissions = described.into_iter().flat_map(|g| &g.ip_permissions);
        let mut fitting = permissions.filter(|p| {
            filters::ports(p, protocol).is_some_and(|(low, high)| low <= port && port <= high)
        });
        fitting.any(|p| {
            let mut named = p.prefix_list_ids.iter();
            named.any(|list| lists.contains(&list.prefix_list_id.as_str()))
        })
    });
    if names_list {
        return Known::everything();
    }
    let region = at_port(
        &engine.groups_with(interface, false, protocol, members),
        port,
    );
    from_any_of(&region, addresses)
}

/// Everything or nothing, as a set has every one of some addresses; it is not certain if it has some.
/// Without addresses nobody knows which they are.
fn from_any_of(set: &Sources, addresses: &IntervalSet<u32>) -> Sources {
    let is_sure = if addresses.is_empty() {
        set.must == IntervalSet::all()
    } else {
        addresses.within(&set.must)
    };
    let may_be = addresses.is_empty() || !addresses.and(set.may()).is_empty();
    let mut reasons = set.reasons().to_vec();
    reasons.push("the address that a service connects from is not described".to_owned());
    Known::between(
        everything_if(is_sure),
        everything_if(may_be && !set.is_nothing()),
        reasons,
    )
}

/// Everything or nothing, as a target takes packets with the address of a service, which the node
/// passes on.
pub(crate) fn passed_on_hidden(
    engine: &mut Engine,
    front: &Front<'_>,
    target: &Destination<'_>,
    (addresses, groups): (&IntervalSet<u32>, &Vec<Id>),
) -> Sources {
    let node = front.node;
    let members: Members<'_, u32> = &|pair| {
        let is_named = groups.contains(&pair.group_id)
            || node.groups.iter().any(|g| g.group_id == pair.group_id);
        if is_named {
            Known::everything()
        } else {
            Known::nothing()
        }
    };
    let admitted = engine.groups_with(target.interface, false, front.protocol, members);
    let mut set = at_port(&admitted, target.port);
    let (near, far) = (&node.subnet_id, &target.interface.subnet_id);
    let mut apart: Sources = Known::everything();
    if target.interface.vpc_id != node.vpc_id {
        apart = apart.doubted("the target is in another VPC than its load balancer");
    } else if near != far {
        let client_ports = Ports::range(CLIENT_PORTS.0, CLIENT_PORTS.1);
        let inward = engine.acl::<u32>(far, false, front.protocol);
        set = set.and(&at_port(&inward, target.port));
        let outward = engine.acl::<u32>(far, true, front.protocol);
        set = set.and(&outward.map(|r| r.and_ports(&client_ports).addresses()));
        apart = leaves(engine, front, target);
    }
    from_any_of(&set, addresses).and(&apart)
}
