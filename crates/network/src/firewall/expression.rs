//! Addresses and ports as rules of Network Firewall write them: `$HOME_NET`, `[10.0.0.0/8,!10.1.0.0/16]`.

use std::collections::BTreeMap;

use crate::address::{Block, set_of};
use crate::engine::Kept;
use crate::filters::prefix_list;
use crate::interval::{IntervalSet, Point};
use crate::known::Known;
use crate::region::Ports;
use crate::snapshot::{IpSet, RuleGroup, Snapshot};

/// How deep lists and variables may stand in each other.
const DEEPEST: usize = 8;

/// What the names in rules stand for.
pub(super) struct Names<'n> {
    pub(super) snapshot: &'n Snapshot,
    pub(super) group: &'n RuleGroup,
    /// The variables of the policy.
    pub(super) policy: &'n BTreeMap<String, IpSet>,
    /// Blocks of the firewall's VPC, which are `HOME_NET` unless somebody says otherwise.
    pub(super) home: Option<Vec<Block>>,
}

/// Splits at a separator, but not within brackets.
pub(super) fn split(text: &str, is_separator: fn(char) -> bool) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (place, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 && is_separator(letter) => {
                parts.extend(text.get(start..place));
                start = place + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// Reads negations and lists; `atom` reads everything else.
fn expression<P: Point>(
    text: &str,
    depth: usize,
    atom: &dyn Fn(&str, usize) -> Known<IntervalSet<P>>,
) -> Known<IntervalSet<P>> {
    let text = text.trim();
    if depth > DEEPEST {
        return Known::unknown(format!("{text} is nested too deeply"));
    }
    if text.eq_ignore_ascii_case("any") {
        return Known::everything();
    }
    if let Some(rest) = text.strip_prefix('!') {
        return expression(rest, depth + 1, atom).complement();
    }
    let Some(list) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) else {
        return atom(text, depth);
    };
    let items = split(list, |letter| letter == ',');
    let (but, own): (Vec<&str>, Vec<&str>) = items.into_iter().partition(|i| i.starts_with('!'));
    let mut all = if own.is_empty() {
        Known::everything()
    } else {
        Known::nothing()
    };
    for item in own {
        all = all.or(&expression(item, depth + 1, atom));
    }
    for item in but {
        all = all.and(&expression(item, depth + 1, atom));
    }
    all
}

impl Names<'_> {
    /// The addresses of an expression.
    pub(super) fn addresses<A: Kept>(&self, text: &str) -> Known<IntervalSet<A>> {
        self.nested(text, 0)
    }

    fn nested<A: Kept>(&self, text: &str, depth: usize) -> Known<IntervalSet<A>> {
        expression(text, depth, &|atom, depth| {
            if let Some(name) = atom.strip_prefix('$') {
                return self.variable(name, depth + 1);
            }
            if let Some(name) = atom.strip_prefix('@') {
                return self.reference(name);
            }
            match Block::parse(atom) {
                Some(block) => set_of([block]).into(),
                None => Known::unknown(format!(
                    "the address {atom} of a firewall rule is not understood"
                )),
            }
        })
    }

    fn variable<A: Kept>(&self, name: &str, depth: usize) -> Known<IntervalSet<A>> {
        if depth > DEEPEST {
            return Known::unknown(format!("${name} is nested too deeply"));
        }
        let own = self.group.rule_variables.ip_sets.get(name);
        if let Some(set) = own.or_else(|| self.policy.get(name)) {
            let texts = set.definition.iter();
            return texts.fold(Known::nothing(), |all: Known<IntervalSet<A>>, text| {
                all.or(&self.nested(text, depth + 1))
            });
        }
        match name {
            "HOME_NET" => match &self.home {
                Some(blocks) => set_of(blocks.iter().copied()).into(),
                None => Known::unknown("the VPC of a network firewall is not described"),
            },
            "EXTERNAL_NET" => self.variable("HOME_NET", depth + 1).complement(),
            _ => Known::unknown(format!("${name} of a firewall rule is not described")),
        }
    }

    fn reference<A: Kept>(&self, name: &str) -> Known<IntervalSet<A>> {
        let sets = &self.group.reference_sets.ip_set_references;
        let Some(reference) = sets.get(name) else {
            return Known::unknown(format!("@{name} of a firewall rule is not described"));
        };
        let id = reference.reference_arn.rsplit('/').next();
        prefix_list(self.snapshot, id.unwrap_or_default())
    }

    /// The ports of an expression.
    pub(super) fn ports(&self, text: &str) -> Known<Ports> {
        self.nested_ports(text, 0)
    }

    fn nested_ports(&self, text: &str, depth: usize) -> Known<Ports> {
        expression(text, depth, &|atom, depth| {
            if let Some(name) = atom.strip_prefix('$') {
                return match self.group.rule_variables.port_sets.get(name) {
                    Some(set) if depth < DEEPEST => {
                        let texts = set.definition.iter();
                        texts.fold(Known::nothing(), |all: Known<Ports>, text| {
                            all.or(&self.nested_ports(text, depth + 1))
                        })
                    }
                    _ => Known::unknown(format!("${name} of a firewall rule is not described")),
                };
            }
            let ends = atom.split_once([':', '-']).unwrap_or((atom, atom));
            let number = |text: &str, empty: u16| match text.trim() {
                "" => Some(empty),
                text => text.parse::<u16>().ok(),
            };
            match (number(ends.0, 0), number(ends.1, u16::MAX)) {
                (Some(low), Some(high)) => Ports::range(low, high).into(),
                _ => Known::unknown(format!(
                    "the port {atom} of a firewall rule is not understood"
                )),
            }
        })
    }
}
