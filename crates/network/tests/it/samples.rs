//! The open ports of the sample networks, which Batfish's own tests and their makers assert.

use std::sync::Arc;

use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Options, Verdict, scan};

/// Lines `instance edge protocol low-high`, as the sample networks' table has them.
fn check(name: &str, expected: &[&str]) {
    let mut engine = Engine::new(Arc::new(super::sample(name)));
    let findings = scan(&mut engine, &Options::default());
    let found: Vec<String> = findings
        .iter()
        .map(|f| {
            assert!(matches!(f.verdict, Verdict::Open(_)), "{f:?}");
            let (low, high) = f.ports;
            format!(
                "{} {} {} {low}-{high}",
                f.instance,
                f.edge.id(),
                f.protocol.name()
            )
        })
        .collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn a_public_instance_is_open_to_the_internet() {
    check(
        "test-public-subnet",
        &["i-06669a407b2ef3ae5 igw-0a409e562d251f766 TCP 22-22"],
    );
}

#[test]
fn instances_behind_nat_are_closed() {
    check(
        "test-nat-gateway",
        &["i-0b31b509174d7f5de igw-071753b9c23d8a9b2 TCP 22-22"],
    );
}

#[test]
fn a_network_without_edges_is_closed() {
    check("test-subnet", &[]);
}

#[test]
fn peers_are_open_on_their_own_connections() {
    check(
        "test-vpc-peering",
        &[
            "i-04a292ff83b3aa833 pcx-0d5b836985ac8ca8c TCP 22-22",
            "i-06ba034d88c84ef07 pcx-0b89b559e3319d6cf TCP 22-22",
            "i-06ba034d88c84ef07 pcx-0d5b836985ac8ca8c TCP 22-22",
            "i-0b14080af811fda3d pcx-0b89b559e3319d6cf TCP 22-22",
        ],
    );
}
