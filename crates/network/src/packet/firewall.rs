//! What Network Firewall does with one packet and the answer to it: everything that may happen.

use core::net::IpAddr;
use std::collections::BTreeSet;

use super::Packet;
use super::rules::{Decision, entries, holds};
use crate::snapshot::{
    Firewall, FirewallPolicy, MatchAttributes, RuleGroup, RuleGroupReference, Snapshot,
};

/// What a rule may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Pass,
    Forward,
    Drop,
}

/// The firewall that has an endpoint.
pub(super) fn of_endpoint<'s>(snapshot: &'s Snapshot, id: &str) -> Option<&'s Firewall> {
    let mut all = snapshot.firewalls.values();
    all.find(|f| f.endpoints.values().any(|endpoint| endpoint == id))
}

/// Whether a packet passes, and the answer to it.
pub(super) fn decide(snapshot: &Snapshot, firewall: &Firewall, packet: Packet) -> Decision {
    let Some(policy) = snapshot
        .firewall_policies
        .get(&firewall.firewall_policy_arn)
    else {
        return Decision::Missing(firewall.firewall_arn.clone());
    };
    let answer = Packet {
        source: packet.destination,
        source_port: packet.destination_port,
        destination: packet.source,
        destination_port: packet.source_port,
        protocol: packet.protocol,
    };
    let there = stateless(snapshot, policy, packet);
    let back = stateless(snapshot, policy, answer);
    let inspected = stateful(snapshot, firewall, policy, packet);
    let (mut opens, mut closes) = (false, false);
    for first in &there {
        for last in &back {
            match (first, last) {
                (Fate::Drop, _) | (_, Fate::Drop) => closes = true,
                (Fate::Pass, Fate::Pass) => opens = true,
                // The inspection has not seen the question.
                (Fate::Pass, Fate::Forward) => {
                    opens = true;
                    closes = true;
                }
                (Fate::Forward, _) => {
                    opens |= inspected.contains(&Fate::Pass);
                    closes |= inspected.contains(&Fate::Drop);
                }
            }
        }
    }
    match (opens, closes) {
        (true, false) => Decision::Pass,
        (false, _) => Decision::Stop,
        (true, true) => Decision::Missing(firewall.firewall_arn.clone()),
    }
}

fn ordered(references: &[RuleGroupReference]) -> Vec<&RuleGroupReference> {
    let mut all: Vec<_> = references.iter().collect();
    all.sort_by_key(|r| r.priority);
    all
}

fn stateless(snapshot: &Snapshot, policy: &FirewallPolicy, packet: Packet) -> BTreeSet<Fate> {
    let mut fates = BTreeSet::new();
    for reference in ordered(&policy.stateless_rule_group_references) {
        let group = snapshot.rule_groups.get(&reference.resource_arn);
        let source = group.and_then(|g| g.rules_source.stateless_rules_and_custom_actions.as_ref());
        let Some(source) = source else {
            return BTreeSet::from([Fate::Pass, Fate::Forward, Fate::Drop]);
        };
        let mut rules: Vec<_> = source.stateless_rules.iter().collect();
        rules.sort_by_key(|r| r.priority);
        for rule in rules {
            let attributes = &rule.rule_definition.match_attributes;
            if !fits(attributes, packet) {
                continue;
            }
            fates.extend(fate(&rule.rule_definition.actions));
            if attributes.tcp_flags.is_empty() {
                return fates;
            }
        }
    }
    fates.extend(fate(&policy.stateless_default_actions));
    fates
}

fn fate(actions: &[String]) -> Vec<Fate> {
    for (name, fate) in [
        ("aws:pass", Fate::Pass),
        ("aws:forward_to_sfe", Fate::Forward),
        ("aws:drop", Fate::Drop),
    ] {
        if actions.iter().any(|a| a == name) {
            return vec![fate];
        }
    }
    vec![Fate::Pass, Fate::Forward, Fate::Drop]
}

fn fits(attributes: &MatchAttributes, packet: Packet) -> bool {
    let address = |list: &[crate::snapshot::AddressDefinition], ip: IpAddr| {
        list.is_empty() || list.iter().any(|a| holds(&a.address_definition, ip))
    };
    let port = |list: &[crate::snapshot::PortPair], port: u16| {
        list.is_empty()
            || list
                .iter()
                .any(|p| (p.from_port..=p.to_port).contains(&port))
    };
    (attributes.protocols.is_empty() || attributes.protocols.contains(&packet.protocol))
        && address(&attributes.sources, packet.source)
        && address(&attributes.destinations, packet.destination)
        && port(&attributes.source_ports, packet.source_port)
        && port(&attributes.destination_ports, packet.destination_port)
}

/// Whether something matches: yes, no, or nobody knows.
type Match = Option<bool>;

fn all(left: Match, right: Match) -> Match {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn any(left: Match, right: Match) -> Match {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// A stateful rule and whether it matches the packet.
struct Hit {
    action: String,
    matches: Match,
}

fn stateful(
    snapshot: &Snapshot,
    firewall: &Firewall,
    policy: &FirewallPolicy,
    packet: Packet,
) -> BTreeSet<Fate> {
    let mut hits = Vec::new();
    for reference in ordered(&policy.stateful_rule_group_references) {
        let start = hits.len();
        match snapshot.rule_groups.get(&reference.resource_arn) {
            Some(group) => {
                let about = About {
                    snapshot,
                    firewall,
                    policy,
                    group,
                };
                about.hits(packet, &mut hits);
            }
            None => hits.push(Hit {
                action: "?".to_owned(),
                matches: None,
            }),
        }
        if reference.changed.action == "DROP_TO_ALERT" {
            for hit in hits.iter_mut().skip(start) {
                if hit.action == "drop" || hit.action == "reject" {
                    "alert".clone_into(&mut hit.action);
                } else if hit.action == "?" {
                    "pass".clone_into(&mut hit.action);
                }
            }
        }
    }
    if policy.stateful_engine_options.rule_order == "STRICT_ORDER" {
        return in_order(policy, &hits);
    }
    let of = |actions: &[&str]| {
        let mut known = Some(false);
        for hit in hits.iter().filter(|h| actions.contains(&h.action.as_str())) {
            known = any(known, hit.matches);
        }
        known
    };
    let mut fates = BTreeSet::new();
    let passed = of(&["pass"]);
    let is_vague = of(&["?"]) != Some(false);
    if passed == Some(true) {
        return BTreeSet::from([Fate::Pass]);
    }
    if passed.is_none() || is_vague {
        fates.insert(Fate::Pass);
    }
    match of(&["drop", "reject"]) {
        Some(true) => {
            fates.insert(Fate::Drop);
        }
        Some(false) => {
            fates.insert(Fate::Pass);
        }
        None => fates.extend([Fate::Pass, Fate::Drop]),
    }
    if is_vague {
        fates.insert(Fate::Drop);
    }
    fates
}

fn in_order(policy: &FirewallPolicy, hits: &[Hit]) -> BTreeSet<Fate> {
    let mut fates = BTreeSet::new();
    for hit in hits {
        if hit.matches == Some(false) {
            continue;
        }
        match hit.action.as_str() {
            "alert" => continue,
            "pass" => fates.insert(Fate::Pass),
            "drop" | "reject" => fates.insert(Fate::Drop),
            _ => {
                fates.extend([Fate::Pass, Fate::Drop]);
                true
            }
        };
        if hit.matches == Some(true) {
            return fates;
        }
    }
    let mut defaults = policy.stateful_default_actions.iter();
    fates.insert(if defaults.any(|a| a.contains("drop")) {
        Fate::Drop
    } else {
        Fate::Pass
    });
    fates
}

/// Options without influence on what a rule matches.
const HARMLESS: [&str; 8] = [
    "sid",
    "rev",
    "msg",
    "gid",
    "classtype",
    "metadata",
    "priority",
    "reference",
];

/// What the words of a group's rules are about.
struct About<'s> {
    snapshot: &'s Snapshot,
    firewall: &'s Firewall,
    policy: &'s FirewallPolicy,
    group: &'s RuleGroup,
}

impl About<'_> {
    fn hits(&self, packet: Packet, hits: &mut Vec<Hit>) {
        let vague = || Hit {
            action: "?".to_owned(),
            matches: None,
        };
        let source = &self.group.rules_source;
        if source.rules_source_list.is_some() {
            hits.push(vague());
            return;
        }
        for rule in &source.stateful_rules {
            let header = &rule.header;
            let words = [
                header.protocol.as_str(),
                &header.source,
                &header.source_port,
                if header.direction == "ANY" {
                    "<>"
                } else {
                    "->"
                },
                &header.destination,
                &header.destination_port,
            ];
            let is_plain = rule.rule_options.iter().all(|o| {
                let setting = o.settings.join(",");
                harmless(&o.keyword, &setting)
            });
            hits.push(self.hit(&rule.action, words, is_plain, packet));
        }
        for line in source.rules_string.replace("\\\n", " ").lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            hits.push(self.line(line, packet).unwrap_or_else(vague));
        }
    }

    fn line(&self, line: &str, packet: Packet) -> Option<Hit> {
        let open = line.find('(')?;
        let (head, options) = line.split_at(open);
        let options = options.trim_end().strip_prefix('(')?.strip_suffix(')')?;
        let is_plain = options.split(';').all(|option| {
            let option = option.trim();
            let mut parts = option.splitn(2, ':');
            let keyword = parts.next().unwrap_or_default();
            option.is_empty() || harmless(keyword, parts.next().unwrap_or_default())
        });
        let mut words: Vec<String> = Vec::new();
        let mut depth = 0;
        for word in head.split_whitespace() {
            if depth > 0 {
                words.last_mut()?.push_str(word);
            } else {
                words.push(word.to_owned());
            }
            depth += word.matches('[').count();
            depth = depth.saturating_sub(word.matches(']').count());
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let [action, protocol, from, fp, direction, to, tp] = words.as_slice() else {
            return None;
        };
        if *direction != "->" && *direction != "<>" {
            return None;
        }
        Some(self.hit(
            action,
            [*protocol, *from, *fp, *direction, *to, *tp],
            is_plain,
            packet,
        ))
    }

    fn hit(&self, action: &str, words: [&str; 6], is_plain: bool, packet: Packet) -> Hit {
        let [protocol, from, from_port, direction, to, to_port] = words;
        let by_protocol = match protocol.to_ascii_lowercase().as_str() {
            "ip" | "any" => Some(true),
            "tcp" => Some(packet.protocol == 6),
            "udp" => Some(packet.protocol == 17),
            "icmp" => Some(matches!(packet.protocol, 1 | 58)),
            "dns" | "krb5" | "ntp" | "dhcp" | "tftp" | "quic" | "ikev2" | "sip" => None,
            _ if packet.protocol == 6 => None,
            _ => Some(false),
        };
        let one_way = |source: IpAddr, sp: u16, destination: IpAddr, dp: u16| {
            let addresses = all(
                self.address(from, source, 0),
                self.address(to, destination, 0),
            );
            all(
                addresses,
                all(self.port(from_port, sp, 0), self.port(to_port, dp, 0)),
            )
        };
        let (s, sp) = (packet.source, packet.source_port);
        let (d, dp) = (packet.destination, packet.destination_port);
        let mut matches = one_way(s, sp, d, dp);
        if direction == "<>" {
            matches = any(matches, one_way(d, dp, s, sp));
        }
        matches = all(matches, by_protocol);
        if !is_plain {
            matches = all(matches, None);
        }
        let action = action.to_ascii_lowercase();
        let is_known = matches!(action.as_str(), "pass" | "drop" | "reject" | "alert");
        Hit {
            action: if is_known { action } else { "?".to_owned() },
            matches,
        }
    }

    fn address(&self, text: &str, ip: IpAddr, depth: usize) -> Match {
        let text = text.trim();
        if depth > 6 {
            return None;
        }
        if text.eq_ignore_ascii_case("any") {
            return Some(true);
        }
        if let Some(rest) = text.strip_prefix('!') {
            return self.address(rest, ip, depth + 1).map(|found| !found);
        }
        if let Some(list) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            return listed(list, |item| self.address(item, ip, depth + 1));
        }
        if let Some(name) = text.strip_prefix('$') {
            return self.variable(name, ip, depth + 1);
        }
        if let Some(name) = text.strip_prefix('@') {
            let sets = &self.group.reference_sets.ip_set_references;
            let arn = &sets.get(name)?.reference_arn;
            let blocks = entries(self.snapshot, arn.rsplit('/').next()?)?;
            return Some(blocks.iter().any(|block| holds(block, ip)));
        }
        let plain = text.split('/').next()?;
        plain.parse::<IpAddr>().ok()?;
        Some(holds(text, ip))
    }

    fn variable(&self, name: &str, ip: IpAddr, depth: usize) -> Match {
        let own = self.group.rule_variables.ip_sets.get(name);
        let policy = self.policy.policy_variables.rule_variables.get(name);
        if let Some(set) = own.or(policy) {
            let mut found = Some(false);
            for item in &set.definition {
                found = any(found, self.address(item, ip, depth));
            }
            return found;
        }
        match name {
            "HOME_NET" => {
                let vpc = &self.firewall.vpc_id;
                self.snapshot.vpcs.get(vpc)?;
                Some(super::is_own(self.snapshot, vpc, ip))
            }
            "EXTERNAL_NET" => self.variable("HOME_NET", ip, depth + 1).map(|found| !found),
            _ => None,
        }
    }

    fn port(&self, text: &str, port: u16, depth: usize) -> Match {
        let text = text.trim();
        if depth > 6 {
            return None;
        }
        if text.eq_ignore_ascii_case("any") {
            return Some(true);
        }
        if let Some(rest) = text.strip_prefix('!') {
            return self.port(rest, port, depth + 1).map(|found| !found);
        }
        if let Some(list) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            return listed(list, |item| self.port(item, port, depth + 1));
        }
        if let Some(name) = text.strip_prefix('$') {
            let set = self.group.rule_variables.port_sets.get(name)?;
            let mut found = Some(false);
            for item in &set.definition {
                found = any(found, self.port(item, port, depth + 1));
            }
            return found;
        }
        let (low, high) = match text.find([':', '-']) {
            Some(place) => (text.get(..place)?, text.get(place + 1..)?),
            None => (text, text),
        };
        let low: u16 = if low.is_empty() {
            0
        } else {
            low.trim().parse().ok()?
        };
        let high: u16 = if high.is_empty() {
            u16::MAX
        } else {
            high.trim().parse().ok()?
        };
        Some(low <= port && port <= high)
    }
}

fn harmless(keyword: &str, setting: &str) -> bool {
    let keyword = keyword.trim();
    HARMLESS.contains(&keyword)
        || keyword == "flow" && ["to_server", "from_client", "stateless"].contains(&setting.trim())
}

/// A list with what is in it and, after `!`, what is not.
fn listed(list: &str, one: impl Fn(&str) -> Match) -> Match {
    let mut items = Vec::new();
    let (mut depth, mut item) = (0, String::new());
    for letter in list.chars() {
        depth += usize::from(letter == '[');
        depth -= usize::from(letter == ']' && depth > 0);
        if letter == ',' && depth == 0 {
            items.push(std::mem::take(&mut item));
        } else {
            item.push(letter);
        }
    }
    items.push(item);
    items.retain(|item| !item.trim().is_empty());
    let is_negative = |item: &&String| item.trim_start().starts_with('!');
    let mut found = Some(items.iter().all(|item| is_negative(&item)));
    for item in items.iter().filter(|item| !is_negative(item)) {
        found = any(found, one(item));
    }
    for item in items.iter().filter(is_negative) {
        found = all(found, one(item));
    }
    found
}
