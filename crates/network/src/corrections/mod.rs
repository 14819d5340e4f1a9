//! What would open a closed path: the smallest sets of changes, each tried out on the configuration.
//!
//! The first thing that stops a way says which changes can help; what stops it after each of them
//! says what has to come with it. No set is told of which a part would do (specification §7).

mod candidates;
mod near;
mod opening;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::candidates::candidates;
use crate::path::{Answer, Query, Verdict, find_in};
use crate::snapshot::Snapshot;

pub use near::{Near, Nearness, near};
pub use opening::Opening;

/// Changes that a set has at most.
pub const MOST_EDITS: usize = 3;
/// Sets that are told.
const MOST_SETS: usize = 8;
/// Ways of an answer whose ends are looked at.
const WAYS: usize = 6;

/// Changes that open a path together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub edits: Vec<Opening>,
    /// Commands of the AWS command line interface that make them, in order.
    pub commands: Vec<String>,
    /// What is open then: destination ports with blocks of the end that is a set.
    pub open: Vec<((u16, u16), Vec<String>)>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrections {
    /// The fewest changes first.
    pub sets: Vec<Correction>,
    /// Every set of the changes that were considered was tried, up to the number of changes.
    pub is_complete: bool,
}

/// Trials that are made: fewer in large configurations, where each takes longer.
fn budget(snapshot: &Snapshot) -> usize {
    let size = snapshot.interfaces.len() + snapshot.groups.len();
    (4_000_000 / size.max(1)).clamp(16, 400)
}

/// What would open a path that is closed, with at most so many changes at once.
///
/// `answer` is what [`crate::path::find`] says of the query. Nothing is found for a path that is open,
/// or of which it is not known.
pub fn corrections(
    snapshot: &Snapshot,
    query: &Query,
    answer: &Answer,
    most_edits: usize,
) -> Corrections {
    let mut search = Search {
        snapshot,
        query,
        left: budget(snapshot),
        is_cut: false,
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    let mut level = Vec::new();
    if let Some(Verdict::Closed(_)) = answer.verdict() {
        level.push((Vec::new(), answer.clone()));
    }
    for _ in 0..most_edits {
        level = search.wider(&level);
    }
    let mut sets = search.found;
    sets.sort_by_cached_key(|set| (set.edits.len(), names(&set.edits)));
    let is_complete = !search.is_cut && sets.len() <= MOST_SETS;
    sets.truncate(MOST_SETS);
    Corrections { sets, is_complete }
}

/// Changes, and what is found after them.
type State = (Vec<Opening>, Answer);

struct Search<'q> {
    snapshot: &'q Snapshot,
    query: &'q Query,
    /// Trials that may still be made.
    left: usize,
    is_cut: bool,
    seen: BTreeSet<Vec<String>>,
    found: Vec<Correction>,
}

impl Search<'_> {
    /// Sets with one change more than those of a level; those that open the path are found.
    fn wider(&mut self, level: &[State]) -> Vec<State> {
        let mut next = Vec::new();
        for (edits, answer) in level {
            let now = applied(self.snapshot, edits);
            for path in answer.paths.iter().take(WAYS) {
                let Verdict::Closed(by) = &path.verdict else {
                    continue;
                };
                for candidate in candidates(&now, self.query, by) {
                    let mut set = edits.clone();
                    set.push(candidate);
                    if let Some(after) = self.tried(&set)
                        && ends(&after) != ends(answer)
                    {
                        next.push((set, after));
                    }
                }
            }
        }
        next
    }

    /// What is found after some changes, unless they are known or open the path.
    fn tried(&mut self, set: &[Opening]) -> Option<Answer> {
        let is_known = |known: &Correction| known.edits.iter().all(|edit| set.contains(edit));
        if !self.seen.insert(names(set)) || self.found.iter().any(is_known) {
            return None;
        }
        let after = self.trial(set)?;
        match after.verdict() {
            Some(Verdict::Closed(_)) => Some(after),
            Some(Verdict::Open) => {
                let (edits, after) = self.without_the_needless(set.to_vec(), after);
                if !self.found.iter().any(|known| known.edits == edits) {
                    let commands = edits.iter().map(|edit| edit.command(self.snapshot));
                    let open = after.paths.into_iter().next().map(|path| path.open);
                    self.found.push(Correction {
                        commands: commands.collect(),
                        open: open.unwrap_or_default(),
                        edits,
                    });
                }
                None
            }
            Some(Verdict::Unknown(_)) | None => None,
        }
    }

    fn trial(&mut self, set: &[Opening]) -> Option<Answer> {
        if self.left == 0 {
            self.is_cut = true;
            return None;
        }
        self.left -= 1;
        find_in(&Arc::new(applied(self.snapshot, set)), self.query).ok()
    }

    /// The same without changes that are not needed.
    fn without_the_needless(
        &mut self,
        mut edits: Vec<Opening>,
        mut after: Answer,
    ) -> (Vec<Opening>, Answer) {
        for place in (0..edits.len()).rev() {
            // Without any change the path is closed.
            if edits.len() == 1 {
                break;
            }
            let mut fewer = edits.clone();
            fewer.remove(place);
            if let Some(still) = self.trial(&fewer)
                && still.verdict() == Some(&Verdict::Open)
            {
                (edits, after) = (fewer, still);
            }
        }
        (edits, after)
    }
}

/// A configuration after some changes.
fn applied(snapshot: &Snapshot, edits: &[Opening]) -> Snapshot {
    let mut changed = snapshot.clone();
    for edit in edits {
        edit.apply(&mut changed);
    }
    changed
}

fn names(edits: &[Opening]) -> Vec<String> {
    let mut names: Vec<String> = edits.iter().map(ToString::to_string).collect();
    names.sort_unstable();
    names
}

/// Where ways end, and how far they get.
fn ends(answer: &Answer) -> Vec<(String, &'static str, bool, usize)> {
    let ways = answer.paths.iter();
    let mut all: Vec<_> = ways
        .filter_map(|path| match &path.verdict {
            Verdict::Closed(by) => {
                let place = by.component.clone();
                Some((place, by.code, by.is_reply, path.hops.len()))
            }
            Verdict::Open | Verdict::Unknown(_) => None,
        })
        .collect();
    all.sort_unstable();
    all
}
