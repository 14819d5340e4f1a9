//! Paths through every kind of element: how many are open, and what packets on them meet.

use std::sync::Arc;

use lynkeus_network::edges::{Edge, Exposure, Open};
use lynkeus_network::engine::{Engine, exposures};
use lynkeus_network::filters::Protocol;
use lynkeus_network::finding::{Options, scan};
use lynkeus_network::snapshot::Snapshot;

use super::base::replays;
use super::estate::{Dice, snapshot};
use super::oracle::difference;
use super::random::seeds;
use super::ways::{KINDS, Kind, kind, open};

/// Whether an exposure is a path through the kind of element.
fn is_through(kind: Kind, snapshot: &Snapshot, exposure: &Exposure) -> bool {
    let through = exposure.middlebox.as_deref();
    let front = exposure.balancer.as_ref();
    let is_front = |name: &str| {
        matches!(exposure.edge, Edge::Internet(_)) && front.is_some_and(|b| b.id.contains(name))
    };
    match kind {
        Kind::GatewayTable => {
            let mut tables = snapshot.route_tables.values();
            let mut own = tables.any(|t| {
                let mut all = t.associations.iter();
                all.any(|a| a.gateway_id == *exposure.edge.id())
            });
            own &= through.is_none() && front.is_none();
            own && exposure.private.to_string().starts_with("10.1.1.")
        }
        Kind::Appliance => through == Some("eni-app"),
        Kind::Firewall => through == Some("vpce-1") && !snapshot.firewalls.is_empty(),
        Kind::Endpoint => through == Some("vpce-1") && snapshot.firewalls.is_empty(),
        Kind::Exclusion => matches!(exposure.edge, Edge::Internet(_)),
        Kind::Connection | Kind::DirectConnect => matches!(exposure.edge, Edge::Private(_)),
        Kind::TransitVpc
        | Kind::TransitConnection
        | Kind::TransitDirectConnect
        | Kind::TransitPeering
        | Kind::Inspection => matches!(exposure.edge, Edge::Transit(_)),
        Kind::Accelerator => matches!(exposure.edge, Edge::Accelerator(_)) && front.is_none(),
        Kind::AcceleratedBalancer => {
            matches!(exposure.edge, Edge::Accelerator(_)) && front.is_some()
        }
        Kind::Origin => matches!(exposure.edge, Edge::Distribution(_)) && front.is_none(),
        Kind::OriginBalancer => matches!(exposure.edge, Edge::Distribution(_)) && front.is_some(),
        Kind::Service => matches!(exposure.edge, Edge::Service(_)),
        Kind::ApplicationBalancer => is_front("app/lb/1"),
        Kind::NetworkBalancer => is_front("net/lb/2"),
        Kind::ClassicBalancer => is_front("old"),
    }
}

fn is_open(exposure: &Exposure) -> bool {
    match &exposure.open {
        Open::V4(open) => !open.must.is_empty(),
        Open::V6(open) => !open.must.is_empty(),
    }
}

fn exposed(estate: &Snapshot) -> Vec<Exposure> {
    let mut engine = Engine::new(Arc::new(estate.clone()));
    exposures(&mut engine, &[Protocol::TCP, Protocol::UDP])
}

#[test]
fn many_paths_through_every_element_are_open() {
    let mut few = Vec::new();
    for wanted in KINDS {
        let (mut made, mut opened) = (0, 0);
        for seed in (0..500).filter(|seed| kind(*seed) == wanted) {
            let estate = snapshot(&open(seed));
            made += 1;
            let found = exposed(&estate);
            let mut all = found.iter().filter(|e| is_through(wanted, &estate, e));
            opened += usize::from(all.any(is_open));
        }
        println!("{wanted:?}: {made} networks, {opened} with an open path");
        if opened * 5 < made {
            few.push((wanted, opened));
        }
    }
    assert_eq!(few, []);
}

#[test]
fn every_witness_on_open_paths_is_answered() {
    for seed in seeds() {
        let estate = Arc::new(snapshot(&open(seed)));
        let mut engine = Engine::new(Arc::clone(&estate));
        for finding in scan(&mut engine, &Options::default()) {
            assert_ne!(
                replays(&estate, &finding),
                Some(false),
                "{seed}: {finding:?}"
            );
        }
    }
}

#[test]
fn the_engine_agrees_with_packets_on_open_paths() {
    let mut differences = Vec::new();
    for seed in seeds() {
        let estate = snapshot(&open(seed));
        let found = difference(&estate, &estate, &mut Dice::new(seed));
        differences.extend(found.map(|text| format!("{seed} {:?}: {text}", kind(seed))));
        assert!(differences.len() < 12, "{differences:#?}");
    }
    assert!(differences.is_empty(), "{differences:#?}");
}
