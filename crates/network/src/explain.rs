//! Which rules, entries and routes a finding stands on, and what would end it.

use core::net::IpAddr;

use crate::address::{Address, Block};
use crate::edit::{Rule, remove_rule, rules};
use crate::filters::{self, Protocol};
use crate::finding::{Finding, Verdict};
use crate::incremental::{Change, Live};
use crate::snapshot::{AclEntry, PrefixList, Route, Snapshot};

/// A rule that lets the packets of a finding pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The ACL, group or route table.
    pub component: String,
    /// Its entry, rule or route.
    pub rule: String,
}

/// A change that ends a finding, tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The rules to remove.
    pub remove: Vec<Rule>,
    /// Other findings that it ends too.
    pub also_closes: Vec<String>,
    /// Other interfaces that have the groups.
    pub shared_with: Vec<String>,
}

/// The rules of the interface's groups that let in some packet of the finding.
pub fn admitting(snapshot: &Snapshot, finding: &Finding) -> Vec<Rule> {
    let Some(interface) = snapshot.interfaces.get(&finding.interface) else {
        return Vec::new();
    };
    let groups = interface.groups.iter().map(|g| g.group_id.as_str());
    let all = groups.flat_map(|group| rules(snapshot, group));
    all.filter(|rule| !rule.is_egress && meets(snapshot, rule, finding))
        .collect()
}

fn meets(snapshot: &Snapshot, rule: &Rule, finding: &Finding) -> bool {
    let is_every = filters::is_every_protocol(&rule.protocol);
    if !is_every && Protocol::parse(&rule.protocol) != Some(finding.protocol) {
        return false;
    }
    let (low, high) = finding.ports;
    if let (Some((from, to)), false) = (rule.ports, is_every)
        && (to < i64::from(low) || from > i64::from(high))
    {
        return false;
    }
    if rule.peer.starts_with("sg-") {
        return true;
    }
    let list = snapshot.prefix_lists.get(&rule.peer);
    let blocks = match list.and_then(PrefixList::blocks) {
        Some(blocks) => blocks,
        None => Block::parse(&rule.peer).into_iter().collect(),
    };
    let four = crate::address::set_of::<u32>(blocks.iter().copied());
    let six = crate::address::set_of::<u128>(blocks);
    // Behind a proxy, the peer is the load balancer: any rule for addresses may be the one.
    finding.balancer.is_some()
        || !four.and(&finding.sources.0).is_empty()
        || !six.and(&finding.sources.1).is_empty()
}

/// What lets the witness of a finding and the answer to it pass.
pub fn evidence(snapshot: &Snapshot, finding: &Finding) -> Vec<Evidence> {
    let Some(interface) = snapshot.interfaces.get(&finding.interface) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let packet = match &finding.verdict {
        Verdict::Open(packet) if finding.balancer.is_none() => Some(packet),
        _ => None,
    };
    let subnet = &interface.subnet_id;
    let mut acls = snapshot.acls.values();
    let acl = acls.find(|a| a.associations.iter().any(|s| s.subnet_id == *subnet));
    let entry = |is_egress: bool, port: u16| -> Option<Evidence> {
        let entries = acl?.entries.iter().filter(|e| e.egress == is_egress);
        let source = packet?.source;
        let first = entries
            .filter(|e| applies(e, finding.protocol, source, port))
            .min_by_key(|e| e.rule_number)?;
        let direction = if is_egress { "egress" } else { "ingress" };
        Some(Evidence {
            component: acl?.network_acl_id.clone(),
            rule: format!("{direction},{} {}", first.rule_number, first.rule_action),
        })
    };
    if let Some(packet) = packet {
        all.extend(entry(false, packet.destination_port));
    }
    all.extend(admitting(snapshot, finding).into_iter().map(|rule| {
        let id = rule.id(snapshot).map(|id| format!("{id} "));
        Evidence {
            component: rule.group.clone(),
            rule: format!("{}{rule}", id.unwrap_or_default()),
        }
    }));
    if let Some(packet) = packet {
        all.extend(entry(true, packet.source_port));
        all.extend(route(snapshot, subnet, &interface.vpc_id, packet.source));
    }
    all
}

fn applies(entry: &AclEntry, protocol: Protocol, peer: IpAddr, port: u16) -> bool {
    let is_every = filters::is_every_protocol(&entry.protocol);
    let is_own = is_every || Protocol::parse(&entry.protocol) == Some(protocol);
    let in_ports = match &entry.port_range {
        Some(range) if !is_every => (range.from..=range.to).contains(&i64::from(port)),
        _ => true,
    };
    let blocks = [&entry.cidr_block, &entry.ipv6_cidr_block];
    is_own && in_ports && blocks.into_iter().any(|block| holds(block, peer))
}

fn holds(block: &str, address: IpAddr) -> bool {
    let Some(block) = Block::parse(block) else {
        return false;
    };
    let four = u32::ends(block).zip(u32::of(address));
    let six = u128::ends(block).zip(u128::of(address));
    four.is_some_and(|((low, high), a)| low <= a && a <= high)
        || six.is_some_and(|((low, high), a)| low <= a && a <= high)
}

/// The route that the answer takes.
fn route(snapshot: &Snapshot, subnet: &str, vpc: &str, to: IpAddr) -> Option<Evidence> {
    let own =
        |t: &&crate::snapshot::RouteTable| t.associations.iter().any(|a| a.subnet_id == subnet);
    let main =
        |t: &&crate::snapshot::RouteTable| t.vpc_id == vpc && t.associations.iter().any(|a| a.main);
    let tables = &snapshot.route_tables;
    let table = tables
        .values()
        .find(own)
        .or_else(|| tables.values().find(main))?;
    let length = |route: &Route| -> Option<u32> {
        let list = snapshot.prefix_lists.get(&route.destination_prefix_list_id);
        let listed = list.and_then(PrefixList::blocks).unwrap_or_default();
        let texts = [
            &route.destination_cidr_block,
            &route.destination_ipv6_cidr_block,
        ];
        let own = texts.into_iter().filter_map(|text| Block::parse(text));
        let all = own
            .chain(listed)
            .filter(|block| holds(&block.to_string(), to));
        all.map(Block::length).max()
    };
    let best = table
        .routes
        .iter()
        .filter_map(|route| Some((length(route)?, route)))
        .max_by_key(|(length, route)| (*length, route.origin != "EnableVgwRoutePropagation"))?;
    let route = best.1;
    let texts = [
        &route.destination_cidr_block,
        &route.destination_ipv6_cidr_block,
        &route.destination_prefix_list_id,
    ];
    let destination = texts.into_iter().find(|text| !text.is_empty())?;
    Some(Evidence {
        component: table.route_table_id.clone(),
        rule: destination.clone(),
    })
}

/// Removing the rules that let a finding's packets in, tried out on the configuration.
///
/// Nothing is proposed if the finding would stay. The live findings end as they began.
pub fn fix(live: &mut Live, finding: &Finding) -> Option<Fix> {
    let remove = admitting(live.snapshot(), finding);
    if remove.is_empty() {
        return None;
    }
    let mut changed = live.snapshot().clone();
    for rule in &remove {
        remove_rule(&mut changed, rule);
    }
    let mut groups: Vec<&String> = remove.iter().map(|rule| &rule.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut old = Vec::new();
    let mut closed = Vec::new();
    let mut opened = Vec::new();
    for group in &groups {
        old.extend(live.snapshot().groups.get(*group).cloned());
        let new = changed.groups.get(*group)?.clone();
        let difference = live.apply(Change::Group(new));
        closed.extend(difference.closed);
        opened.extend(difference.opened);
    }
    let is_gone = !live.findings().iter().any(|f| {
        f.interface == finding.interface
            && f.edge == finding.edge
            && f.protocol == finding.protocol
            && f.balancer == finding.balancer
            && f.ports.0 <= finding.ports.1
            && finding.ports.0 <= f.ports.1
    });
    for group in old {
        live.apply(Change::Group(group));
    }
    let others = closed
        .iter()
        .filter(|f| *f != finding && !opened.contains(f));
    let also_closes = others
        .map(|f| format!("{}: {}", f.instance, f.title()))
        .collect();
    let shares = live.snapshot().interfaces.values().filter(|i| {
        i.network_interface_id != finding.interface
            && i.groups.iter().any(|g| groups.contains(&&g.group_id))
    });
    let shared_with = shares.map(|i| i.network_interface_id.clone()).collect();
    is_gone.then_some(Fix {
        remove,
        also_closes,
        shared_with,
    })
}
