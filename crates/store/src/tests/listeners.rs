//! Vulnerable, listening and reachable: all three, or it is not listed.

use findings::{
    exposure::{Exposure, Ports, Reach},
    finding::RiskStep,
    reach::Listener,
};
use model::Severity;

use super::findings::{evaluate, observation};
use crate::{Engine, Scope, exposure, listeners, testing::each_engine};

fn tcp(port: u16) -> Ports {
    Ports {
        protocol: "TCP".to_owned(),
        first: port,
        last: port,
    }
}

fn listener(port: u16, package: &str) -> Listener {
    Listener {
        protocol: "TCP".to_owned(),
        port,
        address: "0.0.0.0".to_owned(),
        process: "server".to_owned(),
        package: Some(package.to_owned()),
    }
}

/// `vulnerability own others` of each line of the list.
fn listed(engine: &Engine) -> Vec<String> {
    let scope = Scope::new("123456789012", "eu-west-1");
    let found = engine.read(|tx| listeners::exposed(tx, &scope, 10));
    let found = found.expect("read").into_iter();
    found
        .map(|one| {
            let id = one
                .listed
                .finding
                .observed
                .vulnerability()
                .unwrap_or_default();
            format!("{id} {} {}", one.own.len(), one.others)
        })
        .collect()
}

#[test]
fn only_what_is_open_to_the_internet_and_listens_is_exposed() {
    each_engine(|_, engine| {
        let mut risky = observation("CVE-2", Severity::Low);
        risky.risk = vec![RiskStep {
            points: 50,
            reason: "a test".to_owned(),
        }];
        let seen = [observation("CVE-1", Severity::Critical), risky];
        evaluate(engine, 1, &seen, true, &[]);
        assert_eq!(listed(engine), [""; 0], "nothing is known");
        let expose = |reach: Reach, port: u16| {
            let done = engine.write(|tx| {
                let mut exposure = Exposure::by_paths([(reach, tcp(port))]);
                exposure.listening = exposure::get(tx, 1)?.listening;
                exposure::set(tx, 1, &exposure, 1)
            });
            done.expect("write");
        };
        let listen = |all: &[Listener]| {
            let done = engine.write(|tx| listeners::set(tx, 1, all, 1));
            done.expect("write");
        };
        expose(Reach::Internet, 22);
        assert_eq!(listed(engine), [""; 0], "nobody is known to listen");
        listen(&[
            listener(22, "openssl"),
            listener(22, "bash"),
            listener(23, "openssl"),
        ]);
        assert_eq!(listed(engine), ["CVE-2 1 1", "CVE-1 1 1"], "by risk");
        expose(Reach::Internet, 80);
        assert_eq!(listed(engine), [""; 0], "nobody listens there");
        expose(Reach::Private, 22);
        assert_eq!(listed(engine), [""; 0], "the internet does not reach it");
        expose(Reach::Internet, 23);
        assert_eq!(listed(engine), ["CVE-2 1 0", "CVE-1 1 0"]);
        listen(&[]);
        assert_eq!(listed(engine), [""; 0], "nobody listens any more");
    });
}
