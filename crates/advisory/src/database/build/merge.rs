//! Several records of one feed about one id become one record; facts of several feeds too.

use std::collections::HashMap;

use jiff::Timestamp;
use model::{Advisory, Facts};

use super::codec::decode;
use super::sort::{Sorted, put_key, put_latest_first};
use crate::feed::Feed;

/// The key by which records of one feed about one id come together, the newest first.
pub(super) fn advisory_key(advisory: &Advisory) -> Vec<u8> {
    let mut key = Vec::new();
    put_key(&mut key, &advisory.id.to_ascii_uppercase());
    put_key(&mut key, &advisory.feed);
    put_latest_first(&mut key, advisory.modified);
    key
}

/// Gives one record for each (feed, id), sorted by id and feed.
///
/// Publishers split a record over documents (one for each release or package) or serve copies of
/// different age. So of each namespace the newest record that speaks of it counts, and records
/// of the same age are united.
pub(super) fn advisories(sorted: &Sorted, mut visit: impl FnMut(Advisory)) {
    let mut merge = sorted.merge();
    let (mut key, mut record) = (Vec::new(), Vec::new());
    let mut group: Vec<Advisory> = Vec::new();
    while merge.next(&mut key, &mut record) {
        let Some(next) = decode::<Advisory>(&record) else {
            continue;
        };
        let is_other = group
            .first()
            .is_some_and(|one| one.feed != next.feed || !one.id.eq_ignore_ascii_case(&next.id));
        if is_other {
            united(std::mem::take(&mut group))
                .into_iter()
                .for_each(&mut visit);
        }
        group.push(next);
    }
    united(group).into_iter().for_each(visit);
}

/// One record of several of one feed about one id, which come the newest first.
fn united(mut group: Vec<Advisory>) -> Option<Advisory> {
    if group.len() > 1 {
        group.sort_by(|a, b| {
            let modified = b.modified.cmp(&a.modified);
            modified.then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
        });
    }
    let mut group = group.into_iter();
    let mut first = group.next()?;
    let mut spoken: HashMap<String, Option<Timestamp>> = HashMap::new();
    for affected in &first.affected {
        spoken.insert(affected.namespace.clone(), first.modified);
    }
    for next in group {
        unite(&mut first, next, &mut spoken);
    }
    Some(first)
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

/// The facts of one vulnerability, the feed of the highest precedence speaking first where only
/// one can.
pub(super) fn facts(mut group: Vec<Facts>, feeds: &[&Feed]) -> Facts {
    let precedence = |name: &str| {
        let feed = feeds.iter().find(|feed| feed.name == name);
        feed.map_or(0, |feed| feed.precedence)
    };
    if group.len() > 1 {
        group.sort_by(|a, b| {
            precedence(&b.feed)
                .cmp(&precedence(&a.feed))
                .then_with(|| a.feed.cmp(&b.feed))
                .then_with(|| b.modified.cmp(&a.modified))
                .then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
        });
    }
    // A feed's older copies of the same record are void.
    group.dedup_by(|older, newer| older.feed == newer.feed && older.id == newer.id);
    let mut group = group.into_iter();
    let mut first = group.next().unwrap_or_default();
    group.for_each(|next| add_facts(&mut first, next));
    first
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
