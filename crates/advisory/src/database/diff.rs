//! What changed from one database to another.

use std::cmp::Ordering;

use super::read::{Database, compare_ids};
use super::records::VulnerabilityRecord;

/// How a thing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Added,
    Removed,
    Changed,
}

/// A package name about which other things match than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameChange {
    pub namespace: String,
    pub name: String,
    pub change: Change,
}

/// Everything that makes two databases answer differently.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Names whose packages must be matched again, sorted by namespace and name.
    pub names: Vec<NameChange>,
    /// Ids of vulnerabilities whose facts (scores, exploitation, dates, words) changed, sorted;
    /// packages need no new matching for them.
    pub vulnerabilities: Vec<(String, Change)>,
}

/// Compares two databases by what they say, not by how they say it.
pub fn diff<A, B>(old: &Database<A>, new: &Database<B>) -> Difference
where
    A: AsRef<[u8]>,
    B: AsRef<[u8]>,
{
    Difference {
        names: names(old, new),
        vulnerabilities: vulnerabilities(old, new),
    }
}

fn names<A: AsRef<[u8]>, B: AsRef<[u8]>>(old: &Database<A>, new: &Database<B>) -> Vec<NameChange> {
    let mut changes = Vec::new();
    let mut note = |namespace: &str, name: &str, change| {
        changes.push(NameChange {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            change,
        });
    };
    for was in old.names() {
        match new.content_hash(was.namespace, was.name) {
            None => note(was.namespace, was.name, Change::Removed),
            Some(hash) if hash != was.content_hash => {
                note(was.namespace, was.name, Change::Changed);
            }
            Some(_) => {}
        }
    }
    for is in new.names() {
        if old.content_hash(is.namespace, is.name).is_none() {
            note(is.namespace, is.name, Change::Added);
        }
    }
    changes.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    changes
}

fn vulnerabilities<A: AsRef<[u8]>, B: AsRef<[u8]>>(
    old: &Database<A>,
    new: &Database<B>,
) -> Vec<(String, Change)> {
    let mut changes = Vec::new();
    let (mut a, mut b) = (0, 0);
    loop {
        let was = old.vulnerability(a);
        let is = new.vulnerability(b);
        match (was, is) {
            (None, None) => return changes,
            (Some(was), None) => {
                changes.push((was.id.to_owned(), Change::Removed));
                a += 1;
            }
            (None, Some(is)) => {
                changes.push((is.id.to_owned(), Change::Added));
                b += 1;
            }
            (Some(was), Some(is)) => match compare_ids(was.id, is.id) {
                Ordering::Less => {
                    changes.push((was.id.to_owned(), Change::Removed));
                    a += 1;
                }
                Ordering::Greater => {
                    changes.push((is.id.to_owned(), Change::Added));
                    b += 1;
                }
                Ordering::Equal => {
                    if without_numbers(was) != without_numbers(is.clone()) {
                        changes.push((is.id.to_owned(), Change::Changed));
                    }
                    a += 1;
                    b += 1;
                }
            },
        }
    }
}

/// Numbers of advisories mean something in their own file only.
fn without_numbers(mut record: VulnerabilityRecord<'_>) -> VulnerabilityRecord<'_> {
    record.advisories.clear();
    record
}
