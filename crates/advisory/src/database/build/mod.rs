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

use super::status::FeedStatus;
use crate::feed::{Feed, Item};

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
        }
    }

    /// Takes one item of a document.
    ///
    /// A problem is counted under a feed called `unknown`; imports that know the feed count it
    /// in the status they give to [`Self::feed_status`] instead.
    pub fn add(&mut self, item: Item) {
        match item {
            Item::Advisory(mut advisory) => {
                if !self.options.prose {
                    advisory.title = None;
                    advisory.details = None;
                }
                self.advisories.push(*advisory);
            }
            Item::Facts(mut facts) => {
                if !self.options.prose {
                    facts.title = None;
                    facts.details = None;
                    if let Some(kev) = &mut facts.kev {
                        kev.required_action = None;
                    }
                }
                self.add_facts(*facts);
            }
            Item::Problem(problem) => self
                .statuses
                .entry("unknown".to_owned())
                .or_insert_with(|| FeedStatus::named("unknown"))
                .add_problem(problem),
        }
    }

    /// Takes what is known of a feed as a whole; replaces an earlier status of the same name.
    pub fn feed_status(&mut self, status: FeedStatus) {
        self.statuses.insert(status.name.clone(), status);
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, BuildError> {
        let advisories = merge::advisories(std::mem::take(&mut self.advisories));
        self.add_missing_statuses(&advisories);
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

    fn add_missing_statuses(&mut self, advisories: &[Advisory]) {
        for advisory in advisories {
            if self.statuses.contains_key(&advisory.feed) {
                continue;
            }
            let mut status = FeedStatus::named(&advisory.feed);
            if let Some(feed) = self.feeds.iter().find(|feed| feed.name == advisory.feed) {
                feed.publisher.clone_into(&mut status.publisher);
                feed.license.clone_into(&mut status.license);
            }
            self.statuses.insert(advisory.feed.clone(), status);
        }
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
