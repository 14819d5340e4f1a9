//! Compiles what feeds say into the bytes of a database, the same for the same input in any order.

mod claims;
mod join;
mod merge;
mod write;
mod write_names;
mod write_records;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use model::{Advisory, Epss, Facts};
use thiserror::Error;

use super::status::{FeedState, FeedStatus};
use crate::feed::{Feed, Item};
use crate::import::Imported;

/// What a database shall hold.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions {
    /// Whether publishers' titles, descriptions and instructions go in, or only facts.
    pub prose: bool,
    /// Whether facts of vulnerabilities that no advisory speaks of are left out.
    pub only_referenced: bool,
    /// The time to write into the file.
    pub built: Timestamp,
}

/// Why no file can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    #[error("advisory database would be too large: {part} over 4 GiB")]
    TooLarge { part: &'static str },
}

/// Collects items and compiles them.
#[derive(Debug)]
pub struct Builder {
    options: BuildOptions,
    feeds: &'static [&'static Feed],
    advisories: Vec<Advisory>,
    facts: Vec<Facts>,
    /// Scores that came alone, by id: hundreds of thousands, so kept small.
    scores: HashMap<String, Score>,
    statuses: BTreeMap<String, FeedStatus>,
    /// What was added, by the feed that each record names.
    tallies: HashMap<String, Tally>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    records: u64,
    newest: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Score {
    modified: Option<Timestamp>,
    epss: Epss,
}

impl Builder {
    /// An empty builder that takes precedence and licences from [`crate::FEEDS`].
    pub fn new(options: BuildOptions) -> Self {
        Self::with_feeds(options, crate::FEEDS)
    }

    /// An empty builder for other feeds than the built-in ones.
    pub fn with_feeds(options: BuildOptions, feeds: &'static [&'static Feed]) -> Self {
        Self {
            options,
            feeds,
            advisories: Vec::new(),
            facts: Vec::new(),
            scores: HashMap::new(),
            statuses: BTreeMap::new(),
            tallies: HashMap::new(),
        }
    }

    /// Takes one item of a document.
    ///
    /// A problem is counted under a feed called `unknown`; imports that know the feed count it
    /// in the status they give to [`Self::feed_status`] instead.
    pub fn add(&mut self, item: Item) {
        match item {
            Item::Advisory(mut advisory) => {
                self.count(&advisory.feed, advisory.modified);
                if !self.options.prose {
                    advisory.title = None;
                    advisory.details = None;
                }
                for affected in &mut advisory.affected {
                    claims::drop_covered(affected);
                }
                self.advisories.push(*advisory);
            }
            Item::Facts(mut facts) => {
                self.count(&facts.feed, facts.modified);
                if !self.options.prose {
                    facts.title = None;
                    facts.details = None;
                    if let Some(kev) = &mut facts.kev {
                        kev.required_action = None;
                    }
                }
                self.add_facts(*facts);
            }
            Item::Problem(problem) | Item::Cut(problem) => {
                self.status("unknown").add_problem(problem);
            }
        }
    }

    /// Takes what is known of a feed as a whole; replaces an earlier status of the same name.
    ///
    /// Records and data date are counted from what is added, so they may be left empty.
    pub fn feed_status(&mut self, status: FeedStatus) {
        self.statuses.insert(status.name.clone(), status);
    }

    /// Takes what came of one file of a feed, beside its items.
    pub fn imported(&mut self, imported: &Imported) {
        let status = self.status(imported.feed);
        status.documents = status.documents.saturating_add(imported.documents);
        let unsampled = imported.problems.len() as u64;
        status.problems = status
            .problems
            .saturating_add(imported.problem_count.saturating_sub(unsampled));
        for problem in &imported.problems {
            status.add_problem(problem.clone());
        }
        if !imported.complete {
            let reason = match imported.problems.last() {
                Some(problem) => format!("not all could be read: {problem}"),
                None => "not all could be read".to_owned(),
            };
            status.state = FeedState::Failed(reason);
        }
    }

    /// Notes that a file of a feed could not be read at all.
    pub fn failed(&mut self, feed: &str, reason: String) {
        self.status(feed).state = FeedState::Failed(reason);
    }

    /// Compares with the feeds of the generation before: one that is missing, or has lost more
    /// than half its records, has failed.
    pub fn expect(&mut self, before: &[FeedStatus]) {
        for old in before.iter().filter(|old| old.records > 0) {
            let records = self.tallies.get(&old.name).map_or(0, |t| t.records);
            let reason = if records == 0 {
                format!("nothing was read, {} records before", old.records)
            } else if records < old.records / 2 {
                format!("{records} records were read, {} before", old.records)
            } else {
                continue;
            };
            let status = self.status(&old.name);
            if !matches!(status.state, FeedState::Failed(_)) {
                status.state = FeedState::Failed(reason);
            }
        }
    }

    /// Every status so far, in the order of names, with counts as they stand.
    pub fn statuses(&mut self) -> Vec<FeedStatus> {
        self.complete_statuses();
        self.statuses.values().cloned().collect()
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, BuildError> {
        self.complete_statuses();
        let advisories = merge::advisories(std::mem::take(&mut self.advisories));
        let mut joined = join::Joined::new(&advisories);
        let facts = merge::facts(
            std::mem::take(&mut self.facts),
            std::mem::take(&mut self.scores),
            self.feeds,
            &mut joined,
        );
        let claims = claims::Claims::collect(&advisories, |feed, problem| {
            self.statuses
                .entry(feed.to_owned())
                .or_insert_with(|| FeedStatus::named(feed))
                .add_problem(problem);
        });
        let compiled = write::Compiled {
            options: self.options,
            feeds: self.feeds,
            advisories: &advisories,
            joined: &joined,
            facts,
            claims,
            statuses: self.statuses.into_values().collect(),
        };
        compiled.write()
    }

    fn add_facts(&mut self, facts: Facts) {
        let Some(epss) = facts.epss else {
            self.facts.push(facts);
            return;
        };
        let alone = Facts {
            id: facts.id.clone(),
            feed: facts.feed.clone(),
            modified: facts.modified,
            epss: facts.epss,
            ..Facts::default()
        };
        if alone != facts {
            self.facts.push(facts);
            return;
        }
        let newer = Score {
            modified: facts.modified,
            epss,
        };
        let score = self.scores.entry(facts.id).or_insert(newer);
        if newer.rank() > score.rank() {
            *score = newer;
        }
    }

    fn count(&mut self, feed: &str, modified: Option<Timestamp>) {
        if !self.tallies.contains_key(feed) {
            self.tallies.insert(feed.to_owned(), Tally::default());
        }
        if let Some(tally) = self.tallies.get_mut(feed) {
            tally.records = tally.records.saturating_add(1);
            // Publishers have dates in the future by mistake; they say nothing of a feed's age.
            let plausible = modified.filter(|time| *time <= self.options.built);
            tally.newest = tally.newest.max(plausible);
        }
    }

    fn complete_statuses(&mut self) {
        let tallies: Vec<(String, Tally)> = self
            .tallies
            .iter()
            .map(|(name, tally)| (name.clone(), *tally))
            .collect();
        for (name, tally) in tallies {
            let status = self.status(&name);
            status.records = status.records.max(tally.records);
            status.data_date = status.data_date.max(tally.newest);
        }
    }

    fn status(&mut self, name: &str) -> &mut FeedStatus {
        let feeds = self.feeds;
        self.statuses.entry(name.to_owned()).or_insert_with(|| {
            let mut status = FeedStatus::named(name);
            if let Some(feed) = feeds.iter().find(|feed| feed.name == name) {
                feed.publisher.clone_into(&mut status.publisher);
                feed.license.clone_into(&mut status.license);
                let url = feed.urls.first().copied().unwrap_or_default();
                url.clone_into(&mut status.url);
            }
            status
        })
    }
}

impl Score {
    /// The newest counts; on the same day, the highest, so that order does not matter.
    fn rank(&self) -> (Option<Timestamp>, u32, u32) {
        (
            self.modified,
            self.epss.score.to_bits(),
            self.epss.percentile.to_bits(),
        )
    }
}
