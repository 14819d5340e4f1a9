//! Compiles what feeds say into the bytes of a database, the same for the same input in any order.
//!
//! Records are kept aside (`spill`) and sorted there (`sort`). In memory stay ids, scores and
//! shared words: some hundred bytes of an advisory, whatever the size of its document.

mod claims;
mod codec;
mod join;
mod merge;
mod sort;
mod spill;
mod write;
mod write_names;
mod write_records;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use model::{Epss, Facts};
use thiserror::Error;

use claims::Claims;
use codec::Kept as _;
use join::{Joined, VulnerabilityId};
use sort::Sorter;
pub use spill::Spill;
use spill::{Memory, Spool, Store};

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
    #[error("records cannot be kept aside: {0}")]
    Spill(String),
    #[error("cannot write the database: {0}")]
    Write(String),
}

/// Collects items and compiles them.
#[derive(Debug)]
pub struct Builder {
    options: BuildOptions,
    feeds: &'static [&'static Feed],
    store: Store,
    advisories: Sorter,
    facts: Spool,
    /// The ids of `facts`.
    fact_ids: HashSet<String>,
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
    /// An empty builder that takes precedence and licences from [`crate::FEEDS`] and keeps all
    /// records in memory.
    pub fn new(options: BuildOptions) -> Self {
        Self::with_feeds(options, crate::FEEDS)
    }

    /// The same for other feeds than the built-in ones.
    pub fn with_feeds(options: BuildOptions, feeds: &'static [&'static Feed]) -> Self {
        Self::spilling(options, feeds, Arc::new(Memory::default()))
    }

    /// An empty builder that keeps records in `spill`, so that memory does not grow with the
    /// size of the documents.
    pub fn spilling(
        options: BuildOptions,
        feeds: &'static [&'static Feed],
        spill: Arc<dyn Spill>,
    ) -> Self {
        let store = Store::new(spill);
        Self {
            options,
            feeds,
            advisories: Sorter::new(&store),
            facts: Spool::new(&store),
            fact_ids: HashSet::new(),
            store,
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
                let mut record = Vec::new();
                advisory.put(&mut record);
                self.advisories
                    .push(&merge::advisory_key(&advisory), &record);
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
    pub fn finish(self) -> Result<Vec<u8>, BuildError> {
        let mut file = Vec::new();
        self.finish_into(&mut file)?;
        Ok(file)
    }

    /// Writes the file.
    pub fn finish_into(mut self, file: &mut dyn Write) -> Result<(), BuildError> {
        self.complete_statuses();
        let mut joined = Joined::default();
        let mut claims = Claims::new(&self.store);
        let mut whole = Spool::new(&self.store);
        let mut record = Vec::new();
        let precedence: HashMap<&str, u8> =
            self.feeds.iter().map(|f| (f.name, f.precedence)).collect();
        merge::advisories(&self.advisories.finish(), |mut advisory| {
            let index = joined.count();
            let feed = advisory.feed.as_str();
            joined.add(&advisory, precedence.get(feed).copied().unwrap_or(0));
            claims.add(index, &advisory, &mut |problem| {
                self.statuses
                    .entry(feed.to_owned())
                    .or_insert_with(|| FeedStatus::named(feed))
                    .add_problem(problem);
            });
            // The statements are with the claims.
            advisory.affected.clear();
            record.clear();
            advisory.put(&mut record);
            whole.push_record(&record);
        });
        joined.finish();
        // New ids are spelled as first seen, so the order matters.
        let ids: BTreeSet<String> = self.fact_ids.drain().collect();
        let told: BTreeSet<VulnerabilityId> =
            ids.iter().flat_map(|id| joined.resolve(id)).collect();
        let mut alone: Vec<(String, Score)> = self.scores.drain().collect();
        alone.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut scores: BTreeMap<VulnerabilityId, Epss> = BTreeMap::new();
        for (name, score) in alone {
            for id in joined.resolve(&name) {
                scores.entry(id).or_insert(score.epss);
            }
        }
        let compiled = write::Compiled {
            options: self.options,
            feeds: self.feeds,
            store: self.store,
            advisories: whole,
            joined,
            told,
            facts: self.facts,
            scores,
            claims: claims.finish(),
            statuses: self.statuses.into_values().collect(),
        };
        compiled.write(file)
    }

    fn add_facts(&mut self, facts: Facts) {
        let Some(epss) = facts.epss else {
            self.keep_facts(facts);
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
            self.keep_facts(facts);
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

    fn keep_facts(&mut self, facts: Facts) {
        let mut record = Vec::new();
        facts.put(&mut record);
        self.facts.push_record(&record);
        self.fact_ids.insert(facts.id);
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
