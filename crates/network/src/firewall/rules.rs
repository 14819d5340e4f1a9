//! Rules of a firewall's policy in the order in which they apply, whatever form they are written in.

use super::expression::{Names, split};
use crate::address::set_of_texts;
use crate::engine::Kept;
use crate::interval::IntervalSet;
use crate::known::{Known, Reason};
use crate::region::Ports;
use crate::snapshot::{
    Firewall, FirewallPolicy, MatchAttributes, PortPair, RuleGroup, RuleGroupReference, Snapshot,
    Vpc,
};

/// Most rules of one group that are read.
const MOST_RULES: usize = 100_000;

/// Options of rules that do not narrow what they match.
const PLAIN_OPTIONS: &[&str] = &[
    "sid",
    "rev",
    "msg",
    "gid",
    "classtype",
    "metadata",
    "priority",
    "reference",
];

/// What a rule does with a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Pass,
    Drop,
    /// The packet goes on to the next rule.
    Alert,
    /// The packet goes on to the stateful rules.
    Forward,
    /// Any of them.
    Unknown,
}

/// A rule: what packets it is for, and what it does.
pub(super) struct Rule<A> {
    pub(super) action: Action,
    /// Protocol numbers; nothing for all.
    pub(super) protocols: Option<Vec<u8>>,
    pub(super) sources: Known<IntervalSet<A>>,
    pub(super) source_ports: Known<Ports>,
    pub(super) destinations: Known<IntervalSet<A>>,
    pub(super) destination_ports: Known<Ports>,
    pub(super) is_both_ways: bool,
    /// Nothing but addresses, ports and protocol decides whether it matches.
    pub(super) is_certain: bool,
}

/// A rule that may do anything with any packet.
fn anything<A: Kept>(action: Action) -> Rule<A> {
    Rule {
        action,
        protocols: None,
        sources: Known::everything(),
        source_ports: Known::everything(),
        destinations: Known::everything(),
        destination_ports: Known::everything(),
        is_both_ways: false,
        is_certain: false,
    }
}

fn by_priority(references: &[RuleGroupReference]) -> Vec<&RuleGroupReference> {
    let mut all: Vec<&RuleGroupReference> = references.iter().collect();
    all.sort_by_key(|reference| reference.priority);
    all
}

/// The stateless rules of a policy.
pub(super) fn stateless<A: Kept>(
    snapshot: &Snapshot,
    policy: &FirewallPolicy,
    reasons: &mut Vec<Reason>,
) -> Vec<Rule<A>> {
    let mut all = Vec::new();
    for reference in by_priority(&policy.stateless_rule_group_references) {
        let arn = &reference.resource_arn;
        let group = snapshot.rule_groups.get(arn);
        let source = group.and_then(|g| g.rules_source.stateless_rules_and_custom_actions.as_ref());
        let Some(source) = source else {
            reasons.push(format!("the rules of {arn} are not described"));
            all.push(anything(Action::Unknown));
            continue;
        };
        let mut rules: Vec<_> = source.stateless_rules.iter().take(MOST_RULES).collect();
        rules.sort_by_key(|rule| rule.priority);
        all.extend(rules.into_iter().map(|rule| {
            let actions = &rule.rule_definition.actions;
            let is = |action: &str| actions.iter().any(|a| a == action);
            let action = if is("aws:pass") {
                Action::Pass
            } else if is("aws:drop") {
                Action::Drop
            } else if is("aws:forward_to_sfe") {
                Action::Forward
            } else {
                Action::Unknown
            };
            plain(action, &rule.rule_definition.match_attributes)
        }));
    }
    all
}

fn plain<A: Kept>(action: Action, attributes: &MatchAttributes) -> Rule<A> {
    let addresses = |texts: Vec<&str>| -> Known<IntervalSet<A>> {
        if texts.is_empty() {
            return Known::everything();
        }
        set_of_texts(texts).into()
    };
    let ports = |pairs: &[PortPair]| -> Known<Ports> {
        if pairs.is_empty() {
            return Known::everything();
        }
        Ports::collect(pairs.iter().map(|p| (p.from_port, p.to_port)).collect()).into()
    };
    let text = |list: &[crate::snapshot::AddressDefinition]| -> Known<IntervalSet<A>> {
        addresses(list.iter().map(|a| a.address_definition.as_str()).collect())
    };
    Rule {
        action,
        protocols: (!attributes.protocols.is_empty()).then(|| attributes.protocols.clone()),
        sources: text(&attributes.sources),
        source_ports: ports(&attributes.source_ports),
        destinations: text(&attributes.destinations),
        destination_ports: ports(&attributes.destination_ports),
        is_both_ways: false,
        is_certain: attributes.tcp_flags.is_empty(),
    }
}

/// The stateful rules of a policy.
pub(super) fn stateful<A: Kept>(
    snapshot: &Snapshot,
    firewall: &Firewall,
    policy: &FirewallPolicy,
    reasons: &mut Vec<Reason>,
) -> Vec<Rule<A>> {
    let mut all = Vec::new();
    for reference in by_priority(&policy.stateful_rule_group_references) {
        let arn = &reference.resource_arn;
        let start = all.len();
        if let Some(group) = snapshot.rule_groups.get(arn) {
            let names = Names {
                snapshot,
                group,
                policy: &policy.policy_variables.rule_variables,
                home: snapshot.vpcs.get(&firewall.vpc_id).map(Vpc::blocks),
            };
            if !group_rules(&names, group, &mut all) {
                reasons.push(format!("rules of {arn} depend on the content of packets"));
            }
        } else {
            reasons.push(format!("the rules of {arn} are not described"));
            all.push(anything(Action::Unknown));
        }
        if reference.changed.action == "DROP_TO_ALERT" {
            for rule in all.iter_mut().skip(start) {
                rule.action = match rule.action {
                    Action::Drop => Action::Alert,
                    Action::Unknown => Action::Pass,
                    other => other,
                };
            }
        }
    }
    all
}

/// Adds the rules of a group; whether all were understood.
fn group_rules<A: Kept>(names: &Names<'_>, group: &RuleGroup, all: &mut Vec<Rule<A>>) -> bool {
    let source = &group.rules_source;
    if source.rules_source_list.is_some() {
        all.push(anything(Action::Unknown));
        return false;
    }
    let start = all.len();
    for rule in source.stateful_rules.iter().take(MOST_RULES) {
        let header = &rule.header;
        let certain = rule
            .rule_options
            .iter()
            .all(|option| is_plain(&option.keyword, &option.settings.join(",")));
        let parts = [
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
        all.push(suricata(names, &rule.action, parts, certain));
    }
    let text = source.rules_string.replace("\\\n", " ");
    for line in text.lines().take(MOST_RULES) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        all.push(line_rule(names, line).unwrap_or_else(|| anything(Action::Unknown)));
    }
    all.iter().skip(start).all(|rule| rule.is_certain)
}

fn is_plain(keyword: &str, settings: &str) -> bool {
    let keyword = keyword.trim();
    PLAIN_OPTIONS.contains(&keyword)
        || keyword == "flow" && matches!(settings.trim(), "to_server" | "from_client" | "stateless")
}

/// A rule as Suricata writes it.
fn line_rule<A: Kept>(names: &Names<'_>, line: &str) -> Option<Rule<A>> {
    let (head, options) = line.split_once('(')?;
    let options = options.trim_end().strip_suffix(')')?;
    let certain = options.split(';').map(str::trim).all(|option| {
        let (keyword, settings) = option.split_once(':').unwrap_or((option, ""));
        option.is_empty() || is_plain(keyword, settings)
    });
    let parts = split(head, char::is_whitespace);
    let [action, protocol, source, from, direction, destination, to] = parts.as_slice() else {
        return None;
    };
    matches!(*direction, "->" | "<>").then(|| {
        let parts = [*protocol, *source, *from, *direction, *destination, *to];
        suricata(names, action, parts, certain)
    })
}

fn suricata<A: Kept>(names: &Names<'_>, action: &str, parts: [&str; 6], certain: bool) -> Rule<A> {
    let [protocol, source, from, direction, destination, to] = parts;
    let (protocols, is_known) = match protocol.to_ascii_lowercase().as_str() {
        "ip" | "any" => (None, true),
        "tcp" => (Some(vec![6]), true),
        "udp" => (Some(vec![17]), true),
        "icmp" => (Some(vec![1, 58]), true),
        "dns" | "krb5" | "ntp" | "dhcp" | "tftp" | "quic" | "ikev2" | "sip" => (None, false),
        _ => (Some(vec![6]), false),
    };
    Rule {
        action: match action.to_ascii_lowercase().as_str() {
            "pass" => Action::Pass,
            "drop" | "reject" => Action::Drop,
            "alert" => Action::Alert,
            _ => Action::Unknown,
        },
        protocols,
        sources: names.addresses(source),
        source_ports: names.ports(from),
        destinations: names.addresses(destination),
        destination_ports: names.ports(to),
        is_both_ways: direction == "<>",
        is_certain: certain && is_known,
    }
}
