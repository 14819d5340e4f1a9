//! Classic load balancers.

use super::targets::{Destination, first_interface};
use super::{back, described, doubts, fronts, push};
use crate::edges::Exposure;
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::region::Ports;
use crate::snapshot::{ClassicLoadBalancer, Id, Snapshot};

/// Everything that is or may be open through a classic load balancer.
pub(super) fn exposures(
    engine: &mut Engine,
    snapshot: &Snapshot,
    balancer: &ClassicLoadBalancer,
    found: &mut Vec<Exposure>,
) {
    let name = &balancer.load_balancer_name;
    let nodes = described(snapshot, &format!("ELB {name}"));
    if nodes.is_empty() {
        doubts::of_classic(engine, snapshot, balancer, found);
    }
    for node in nodes {
        for description in &balancer.listener_descriptions {
            let listener = &description.listener;
            let port = listener.load_balancer_port;
            for front in fronts(engine, node, Protocol::TCP, &Ports::range(port, port)) {
                for target in targets(snapshot, balancer, listener.instance_port) {
                    // Its own subnet's ACL filters what it sends even within the subnet.
                    let own = back::leaves(engine, &front, &target);
                    let back = back::proxied(engine, &front, &target).and(&own);
                    push(&front, name, &target, &front.clients.and_if(&back), found);
                }
            }
        }
    }
}

/// The registered instances, each at its first interface.
pub(crate) fn targets<'s>(
    snapshot: &'s Snapshot,
    balancer: &ClassicLoadBalancer,
    port: u16,
) -> Vec<Destination<'s>> {
    let all = balancer.instances.iter().filter_map(|instance| {
        let interface = first_interface(snapshot, &instance.instance_id)?;
        let address = snapshot.first_address(interface)?;
        Some(Destination {
            interface,
            address,
            port,
            target_group: Id::new(),
        })
    });
    all.collect()
}
