//! Several records of one feed about one id become one record; facts of several feeds too.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use model::{Advisory, Facts};

use super::Score;
use super::join::{Joined, VulnerabilityId};
use crate::feed::Feed;

/// One record for each (feed, id), sorted by id and feed.
///
/// Publishers split a record over documents (one for each release or package) or serve copies of
/// different age. So of each namespace the newest record that speaks of it counts, and records
/// of the same age are united.
pub(super) fn advisories(mut all: Vec<Advisory>) -> Vec<Advisory> {
    all.sort_by(|a, b| {
        let id = |x: &Advisory| x.id.to_ascii_uppercase();
        id(a)
            .cmp(&id(b))
            .then_with(|| a.feed.cmp(&b.feed))
            .then_with(|| b.modified.cmp(&a.modified))
            .then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
    });
    let mut merged: Vec<Advisory> = Vec::with_capacity(all.len());
    let mut spoken: HashMap<String, Option<Timestamp>> = HashMap::new();
    for next in all {
        match merged.last_mut() {
            Some(last) if last.feed == next.feed && last.id.eq_ignore_ascii_case(&next.id) => {
                unite(last, next, &mut spoken);
            }
            _ => {
                spoken.clear();
                for affected in &next.affected {
                    spoken.insert(affected.namespace.clone(), next.modified);
                }
                merged.push(next);
            }
        }
    }
    merged
}

/// Adds an older or equally old record.
fn unite(into: &mut Advisory, older: Advisory, spoken: &mut HashMap<String, Option<Timestamp>>) {
    if into.modified == older.modified {
        add_new(&mut into.aliases, older.aliases);
        add_new(&mut into.covers, older.covers);
        add_new(&mut into.cvss, older.cvss);
        add_new(&mut into.cwes, older.cwes);
        add_new(&mut into.references, older.references);
        into.title = into.title.take().or(older.title);
        into.details = into.details.take().or(older.details);
        into.severity = into.severity.take().or(older.severity);
        into.published = earliest(into.published, older.published);
    }
    for affected in older.affected {
        let age = *spoken
            .entry(affected.namespace.clone())
            .or_insert(older.modified);
        if age == older.modified && !into.affected.contains(&affected) {
            into.affected.push(affected);
        }
    }
}

fn add_new<T: PartialEq>(into: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !into.contains(&item) {
            into.push(item);
        }
    }
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Facts of every vulnerability, the feed of the highest precedence speaking first where only
/// one can.
pub(super) fn facts(
    mut all: Vec<Facts>,
    scores: HashMap<String, Score>,
    feeds: &[&Feed],
    joined: &mut Joined,
) -> BTreeMap<VulnerabilityId, Facts> {
    let precedence = |name: &str| {
        feeds
            .iter()
            .find(|feed| feed.name == name)
            .map_or(0, |feed| feed.precedence)
    };
    // New ids are spelled as first seen.
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let mut by_vulnerability: BTreeMap<VulnerabilityId, Vec<Facts>> = BTreeMap::new();
    for one in all {
        for id in joined.resolve(&one.id) {
            by_vulnerability.entry(id).or_default().push(one.clone());
        }
    }
    let mut merged: BTreeMap<VulnerabilityId, Facts> = BTreeMap::new();
    for (id, mut group) in by_vulnerability {
        group.sort_by(|a, b| {
            precedence(&b.feed)
                .cmp(&precedence(&a.feed))
                .then_with(|| a.feed.cmp(&b.feed))
                .then_with(|| b.modified.cmp(&a.modified))
                .then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
        });
        // A feed's older copies of the same record are void.
        group.dedup_by(|older, newer| older.feed == newer.feed && older.id == newer.id);
        let mut group = group.into_iter();
        if let Some(mut first) = group.next() {
            group.for_each(|next| add_facts(&mut first, next));
            merged.insert(id, first);
        }
    }
    let mut scores: Vec<(String, Score)> = scores.into_iter().collect();
    scores.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (name, score) in scores {
        for id in joined.resolve(&name) {
            let facts = merged.entry(id).or_default();
            facts.epss = facts.epss.or(Some(score.epss));
        }
    }
    merged
}

fn add_facts(into: &mut Facts, other: Facts) {
    into.title = into.title.take().or(other.title);
    into.details = into.details.take().or(other.details);
    into.published = earliest(into.published, other.published);
    into.modified = into.modified.max(other.modified);
    into.rejected |= other.rejected;
    into.exploit_known |= other.exploit_known;
    add_new(&mut into.cvss, other.cvss);
    add_new(&mut into.cwes, other.cwes);
    add_new(&mut into.references, other.references);
    into.epss = into.epss.or(other.epss);
    into.kev = into.kev.take().or(other.kev);
    into.ssvc = into.ssvc.take().or(other.ssvc);
}
