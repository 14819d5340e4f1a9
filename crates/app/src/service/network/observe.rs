//! Turns open paths into observations: Inspector's words, and what explains them.

use core::net::IpAddr;

use findings::{
    finding::{Details, FindingType, NetworkDetails, Observation, PathStep},
    identity::partition,
    reach::{Explained, Hop, Listener, Witness},
    risk,
};
use network::{
    address::{set_of_texts, show},
    explain::{Evidence, Passed, balanced, evidence},
    finding::{Finding, Step, Verdict},
    snapshot::Snapshot,
};
use store::Scope;

/// Blocks of clients that are kept with a finding.
const MOST_SOURCES: usize = 20;

/// Blocks from which nothing comes over the internet; VPCs mostly have theirs among them.
const RESERVED: [&str; 8] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
];

/// What stands for every address that is in none of them.
const WORLD: &str = "every IPv4 address of the internet";

/// What tells a path from the others of its instance.
///
/// A path through a load balancer is another one than the direct path to the same port.
pub(crate) fn key(finding: &Finding) -> String {
    let (low, high) = finding.ports;
    let protocol = finding.protocol.name();
    let mut key = format!(
        "{}/{}/{protocol}/{low}-{high}",
        finding.interface,
        finding.edge.id()
    );
    if let Some(balancer) = &finding.balancer {
        let port = balancer.listener_port;
        for part in [&balancer.id, &port.to_string(), &balancer.target_group] {
            key.push('/');
            key.push_str(part);
        }
    }
    key
}

/// What is observed of an open path.
pub(crate) fn observation(
    scope: &Scope,
    snapshot: &Snapshot,
    finding: &Finding,
    listening: &[Listener],
) -> Observation {
    Observation {
        vex: Vec::new(),
        key: key(finding),
        kind: FindingType::NetworkReachability,
        title: finding.title(),
        severity: finding.severity,
        severity_reason: reason(finding),
        score: None,
        fix: None,
        exploit_available: None,
        vendor_severity: None,
        risk: vec![risk::of_severity(finding.severity)],
        details: Details::Network(details(scope, snapshot, finding, listening)),
    }
}

/// How the severity came about.
fn reason(finding: &Finding) -> String {
    let from = if finding.edge.is_public() {
        "the internet"
    } else {
        "a private edge"
    };
    let what = match finding.services.as_slice() {
        [] => "no known service".to_owned(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {} more services", rest.len()),
    };
    let latent = if finding.is_latent {
        ", one step less because nothing is connected to the edge yet"
    } else {
        ""
    };
    format!("{what} reachable from {from}{latent}")
}

/// An open path as it is kept.
pub(crate) fn details(
    scope: &Scope,
    snapshot: &Snapshot,
    finding: &Finding,
    listening: &[Listener],
) -> NetworkDetails {
    let steps = finding.steps(snapshot);
    let (low, high) = finding.ports;
    let protocol = finding.protocol.name();
    let heard = listening.iter().filter(|l| hears(snapshot, finding, l));
    let listening: Vec<Listener> = heard.cloned().collect();
    NetworkDetails {
        description: description(finding, &listening),
        explained: Some(Box::new(explained(snapshot, finding, &steps, listening))),
        protocol,
        port_begin: low,
        port_end: high,
        steps: steps.iter().map(|step| path_step(scope, step)).collect(),
    }
}

/// Whether packets of a path get to a listener: one of its ports, and an address that is the
/// interface's. A process that is bound to another address of the machine does not get them.
pub(super) fn hears(snapshot: &Snapshot, finding: &Finding, listener: &Listener) -> bool {
    let (low, high) = finding.ports;
    if listener.protocol != finding.protocol.name() || !(low..=high).contains(&listener.port) {
        return false;
    }
    // An address that is not understood may be any.
    let Ok(bound) = listener.address.parse::<IpAddr>() else {
        return true;
    };
    // `::` gets packets of both families (RFC 3493 §5.3), unless the process asks for one.
    match bound {
        IpAddr::V4(four) if four.is_unspecified() => return !finding.sources.0.is_empty(),
        IpAddr::V6(six) if six.is_unspecified() => return true,
        _ => {}
    }
    let Some(interface) = snapshot.interfaces.get(&finding.interface) else {
        return false;
    };
    let four = interface.private_ip_addresses.iter();
    let six = interface.ipv6_addresses.iter().map(|a| &a.ipv6_address);
    let delegated = interface.ipv4_prefixes.iter().map(|p| &p.ipv4_prefix);
    let more = interface.ipv6_prefixes.iter().map(|p| &p.ipv6_prefix);
    let own = four
        .map(|a| &a.private_ip_address)
        .chain(six)
        .chain(delegated)
        .chain(more);
    let mut own = own.chain([&interface.private_ip_address]);
    own.any(|text| match bound {
        IpAddr::V4(four) => set_of_texts::<u32>([text.as_str()]).contains(four.to_bits()),
        IpAddr::V6(six) => set_of_texts::<u128>([text.as_str()]).contains(six.to_bits()),
    })
}

/// Inspector's sentence, and who listens where that is known.
fn description(finding: &Finding, listening: &[Listener]) -> String {
    let mut text = finding.description();
    for one in listening.iter().take(5) {
        let of = match &one.package {
            Some(package) => format!(" of {package}"),
            None => String::new(),
        };
        let (protocol, port) = (one.protocol.to_lowercase(), one.port);
        let process = &one.process;
        text.extend([
            " Process ",
            process,
            &of,
            " is listening on ",
            &protocol,
            " ",
            &port.to_string(),
            ".",
        ]);
    }
    text
}

fn path_step(scope: &Scope, step: &Step) -> PathStep {
    PathStep {
        id: step.component_id.clone(),
        kind: step.component_type.to_owned(),
        arn: arn(scope, step),
    }
}

/// The ARN of a component (service authorization reference, Amazon EC2).
fn arn(scope: &Scope, step: &Step) -> Option<String> {
    if step.component_id.starts_with("arn:") {
        return Some(step.component_id.clone());
    }
    let name = match step.component_type {
        "AWS::EC2::InternetGateway" => "internet-gateway",
        "AWS::EC2::VPCPeeringConnection" => "vpc-peering-connection",
        "AWS::EC2::VPNGateway" => "vpn-gateway",
        "AWS::EC2::TransitGateway" => "transit-gateway",
        "AWS::EC2::NetworkAcl" => "network-acl",
        "AWS::EC2::SecurityGroup" => "security-group",
        "AWS::EC2::NetworkInterface" => "network-interface",
        "AWS::EC2::Instance" => "instance",
        _ => return None,
    };
    let Scope { account, region } = scope;
    let partition = partition(region);
    let id = &step.component_id;
    Some(format!(
        "arn:{partition}:ec2:{region}:{account}:{name}/{id}"
    ))
}

fn explained(
    snapshot: &Snapshot,
    finding: &Finding,
    steps: &[Step],
    listening: Vec<Listener>,
) -> Explained {
    let (request, reply) = match balanced(snapshot, finding) {
        Some(ways) => {
            let hop = |passed: Passed| Hop {
                id: passed.component,
                kind: passed.kind.to_owned(),
                rules: passed.rules,
            };
            let request = ways.request.into_iter().map(hop).collect();
            (request, ways.reply.into_iter().map(hop).collect())
        }
        None => direct(snapshot, finding, steps),
    };
    let reserved = set_of_texts::<u32>(RESERVED);
    let mut sources = if finding.sources.0.not().within(&reserved) {
        vec![WORLD.to_owned()]
    } else {
        show(&finding.sources.0, MOST_SOURCES)
    };
    sources.extend(show(&finding.sources.1, MOST_SOURCES));
    Explained {
        interface: finding.interface.clone(),
        edge: finding.edge.id().clone(),
        services: finding.services.clone(),
        sources,
        witness: match &finding.verdict {
            Verdict::Open(packet) => Some(Witness {
                source: packet.source.to_string(),
                source_port: packet.source_port,
                destination: packet.destination.to_string(),
                destination_port: packet.destination_port,
            }),
            Verdict::Unknown(_) => None,
        },
        request,
        reply,
        is_latent: finding.is_latent,
        listening,
    }
}

/// The steps with what decides at each, and the way back of answers.
fn direct(snapshot: &Snapshot, finding: &Finding, steps: &[Step]) -> (Vec<Hop>, Vec<Hop>) {
    let evidence = evidence(snapshot, finding);
    let is_out = |e: &&Evidence| e.rule.starts_with("egress,") || e.component.starts_with("rtb-");
    let hop = |step: &Step| {
        let rules = evidence
            .iter()
            .filter(|e| e.component == step.component_id && !is_out(e));
        Hop {
            id: step.component_id.clone(),
            kind: step.component_type.to_owned(),
            rules: rules.map(|e| e.rule.clone()).collect(),
        }
    };
    let back = evidence.iter().filter(is_out).map(|e| Hop {
        id: e.component.clone(),
        kind: if e.component.starts_with("rtb-") {
            "AWS::EC2::RouteTable".to_owned()
        } else {
            "AWS::EC2::NetworkAcl".to_owned()
        },
        rules: vec![e.rule.clone()],
    });
    let mut reply: Vec<Hop> = back.collect();
    if !reply.is_empty()
        && let Some(edge) = steps.first()
    {
        reply.push(Hop {
            rules: Vec::new(),
            ..hop(edge)
        });
    }
    (steps.iter().map(hop).collect(), reply)
}
