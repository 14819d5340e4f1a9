//! Interfaces that one change would open to the internet.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Correction, applied, corrections};
use crate::address::Address as _;
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::finding::{self, Finding, Options, scan};
use crate::index::{Field, pair};
use crate::path::gateways::internet_gateways;
use crate::path::walk::is_running;
use crate::path::{End, Query, find_in};
use crate::region::Ports;
use crate::replay::replays;
use crate::snapshot::{Id, NetworkInterface, Snapshot, is_live};

/// Interfaces that are looked at.
const MOST_LOOKED_AT: usize = 20_000;
/// Interfaces that are told.
const MOST_TOLD: usize = 1_000;

/// Internet gateways of a VPC, or that could be its own, by which packets may come.
const MOST_GATEWAYS: usize = 2;

/// An interface, and what alone would open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    pub instance: Id,
    pub interface: Id,
    /// The internet gateway by which packets would come.
    pub edge: Id,
    /// Each of one change, which was tried out and whose example packet was followed.
    pub corrections: Vec<Correction>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nearness {
    pub interfaces: Vec<Near>,
    /// All interfaces were looked at, and all that were found are told.
    pub is_complete: bool,
}

/// Interfaces of running instances that are closed to the internet, and that one change opens.
///
/// Ways through load balancers and accelerators are not looked at. Interfaces with a finding about
/// the internet on one of the ports are open already, or may be, and are left out.
pub fn near(
    snapshot: &Snapshot,
    findings: &[Finding],
    options: &Options,
    (protocol, ports): (Protocol, &Ports),
) -> Nearness {
    let mut open: BTreeMap<&Id, Vec<(u16, u16)>> = BTreeMap::new();
    for finding in findings
        .iter()
        .filter(|f| f.edge.is_public() && f.protocol == protocol)
    {
        open.entry(&finding.interface)
            .or_default()
            .push(finding.ports);
    }
    let mut parts: BTreeMap<Id, Snapshot> = BTreeMap::new();
    let mut found = Nearness {
        interfaces: Vec::new(),
        is_complete: true,
    };
    let mut looked = 0;
    for interface in snapshot.interfaces.values() {
        let Some(instance) = interface.instance() else {
            continue;
        };
        let id = &interface.network_interface_id;
        let own = open.get(id).into_iter().flatten();
        let is_open = own
            .clone()
            .any(|(low, high)| !Ports::range(*low, *high).and(ports).is_empty());
        if is_open || !is_running(snapshot, instance) {
            continue;
        }
        looked += 1;
        if looked > MOST_LOOKED_AT || found.interfaces.len() >= MOST_TOLD {
            found.is_complete = false;
            break;
        }
        let vpc = &interface.vpc_id;
        let base = parts
            .entry(vpc.clone())
            .or_insert_with(|| around(snapshot, vpc));
        let part = Arc::new(with(base, snapshot, interface));
        for gateway in gateways(&part, vpc) {
            let query = Query {
                from: End::Gateway(gateway.clone()),
                to: End::Interface(id.clone()),
                protocol,
                ports: ports.clone(),
            };
            let corrections = alone(&part, &query, options);
            if !corrections.is_empty() {
                found.interfaces.push(Near {
                    instance: instance.to_owned(),
                    interface: id.clone(),
                    edge: gateway,
                    corrections,
                });
            }
        }
    }
    found
}

/// The single changes that open a way, for each of which the evaluation of sets finds it open too and
/// the packet that it gives as an example arrives.
fn alone(part: &Arc<Snapshot>, query: &Query, options: &Options) -> Vec<Correction> {
    let Ok(answer) = find_in(part, query) else {
        return Vec::new();
    };
    let mut all = corrections(part, query, &answer, 1).sets;
    all.retain(|correction| {
        let changed = applied(part, &correction.edits);
        let mut engine = Engine::new(Arc::new(changed));
        let findings = scan(&mut engine, options);
        let mut own = findings.iter().filter(|finding| {
            matches!(&query.to, End::Interface(id) if *id == finding.interface)
                && matches!(&query.from, End::Gateway(id) if id == finding.edge.id())
                && matches!(finding.verdict, finding::Verdict::Open(_))
        });
        own.any(|finding| replays(engine.snapshot(), finding) == Some(true))
    });
    all
}

/// The internet gateways of a VPC, or else one that could be attached.
fn gateways(part: &Snapshot, vpc: &str) -> Vec<Id> {
    let here = internet_gateways(part, vpc).take(MOST_GATEWAYS);
    let here: Vec<Id> = here.map(|g| g.internet_gateway_id.clone()).collect();
    if !here.is_empty() {
        return here;
    }
    part.internet_gateways
        .keys()
        .take(MOST_GATEWAYS)
        .cloned()
        .collect()
}

/// What decides about packets from the internet to a VPC, without its interfaces and their groups.
fn around(snapshot: &Snapshot, vpc: &Id) -> Snapshot {
    let mut part = Snapshot {
        described: snapshot.described.clone(),
        prefix_lists: snapshot.prefix_lists.clone(),
        block_public_access: snapshot.block_public_access.clone(),
        block_public_access_exclusions: snapshot.block_public_access_exclusions.clone(),
        firewalls: snapshot.firewalls.clone(),
        firewall_policies: snapshot.firewall_policies.clone(),
        rule_groups: snapshot.rule_groups.clone(),
        ..Snapshot::default()
    };
    let own = snapshot.vpcs.get(vpc).cloned();
    part.vpcs.extend(own.map(|own| (vpc.clone(), own)));
    let subnets = snapshot.subnets.iter().filter(|(_, s)| s.vpc_id == *vpc);
    part.subnets
        .extend(subnets.map(|(id, s)| (id.clone(), s.clone())));
    let tables = snapshot
        .route_tables
        .iter()
        .filter(|(_, t)| t.vpc_id == *vpc);
    part.route_tables
        .extend(tables.map(|(id, t)| (id.clone(), t.clone())));
    let acls = snapshot.acls.iter().filter(|(_, acl)| {
        let mut own = acl.associations.iter();
        acl.vpc_id == *vpc || own.any(|a| part.subnets.contains_key(&a.subnet_id))
    });
    part.acls
        .extend(acls.map(|(id, acl)| (id.clone(), acl.clone())));
    let gateways = snapshot.internet_gateways.iter().filter(|(_, gateway)| {
        let mut live = gateway.attachments.iter().filter(|a| is_live(&a.state));
        live.all(|a| a.vpc_id == *vpc)
    });
    part.internet_gateways
        .extend(gateways.map(|(id, g)| (id.clone(), g.clone())));
    let endpoints = snapshot.endpoints.iter().filter(|(_, e)| e.vpc_id == *vpc);
    part.endpoints
        .extend(endpoints.map(|(id, e)| (id.clone(), e.clone())));
    part
}

/// The same with one interface, and the appliances that routes lead to.
fn with(base: &Snapshot, snapshot: &Snapshot, interface: &NetworkInterface) -> Snapshot {
    let mut part = base.clone();
    let mut add = |interface: &NetworkInterface| {
        for group in &interface.groups {
            let id = &group.group_id;
            if let Some(described) = snapshot.groups.get(id) {
                part.groups.insert(id.clone(), described.clone());
            }
        }
        if let Some(instance) = interface.instance().and_then(|i| snapshot.instances.get(i)) {
            let id = instance.instance_id.clone();
            part.instances.insert(id, instance.clone());
        }
        let id = &interface.network_interface_id;
        for (address, _) in snapshot.four(interface) {
            let key = pair(id, &address.ip().to_string());
            let own = snapshot.elastic_ips.ids(Field::Behind, &key).iter();
            let own =
                own.filter_map(|key| Some((key.clone(), snapshot.elastic_ips.get(key)?.clone())));
            part.elastic_ips.extend(own);
        }
        part.interfaces.insert(id.clone(), interface.clone());
    };
    add(interface);
    let routes = base.route_tables.values().flat_map(|t| &t.routes);
    for appliance in routes.filter_map(|r| snapshot.interfaces.get(&r.network_interface_id)) {
        add(appliance);
    }
    part
}
