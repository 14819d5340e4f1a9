//! Opens the advisory database: the one that was named, the current one, or the starter.

use std::path::Path;

use advisory::database::{Database, FeedState};
use anyhow::{Context as _, Result};
use model::Timestamp;
use sources::{
    generations::{GenerationError, Generations},
    mapped::Mapped,
};

use crate::{
    report::{DatabaseSummary, FeedSummary},
    starter,
};

/// An open database.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) records: Database<Mapped>,
    pub(crate) is_starter: bool,
    /// When an update last found that it is what its feeds say.
    pub(crate) checked: Option<Timestamp>,
}

/// The databases that are kept in the data directory.
pub(crate) fn generations(data_dir: &Path) -> Generations {
    Generations::new(data_dir.join("advisories"))
}

/// Opens the database in `given`, else the current one of the data directory, else the starter.
pub(crate) fn open(data_dir: &Path, given: Option<&Path>) -> Result<Opened> {
    let opened = |records, is_starter| Opened {
        records,
        is_starter,
        checked: None,
    };
    if let Some(path) = given {
        let bytes = Mapped::open(path).with_context(|| format!("open {}", path.display()))?;
        let name = || format!("{} is not an advisory database", path.display());
        let records = Database::open(bytes).with_context(name)?;
        return Ok(opened(records, false));
    }
    let current = current(data_dir)
        .context("the current advisory database is of no use: run `lynkeus db update`")?;
    match current {
        Some(current) => Ok(current),
        None => Ok(opened(starter::open(data_dir)?, true)),
    }
}

/// Opens the current database of the data directory; none if nothing was ever installed.
pub(crate) fn current(data_dir: &Path) -> Result<Option<Opened>, GenerationError> {
    let generations = generations(data_dir);
    let Some(records) = generations.current()? else {
        return Ok(None);
    };
    let checked = generations.checked(&records.digest()).ok().flatten();
    Ok(Some(Opened {
        records,
        is_starter: false,
        checked: checked.map(|checked| checked.time),
    }))
}

impl Opened {
    /// When it was built, or last found to be what its feeds say.
    pub(crate) fn fresh(&self) -> Timestamp {
        let built = self.records.built();
        self.checked.map_or(built, |checked| checked.max(built))
    }

    /// What reports say of it.
    pub(crate) fn summary(&self) -> DatabaseSummary {
        DatabaseSummary {
            digest: self.records.digest(),
            built: self.records.built(),
            checked: self.checked,
            fresh: self.fresh(),
            is_starter: self.is_starter,
            feeds: self
                .records
                .feeds()
                .into_iter()
                .map(|feed| FeedSummary {
                    name: feed.name,
                    publisher: feed.publisher,
                    data_date: feed.data_date,
                    trouble: match feed.state {
                        FeedState::Ok => None,
                        FeedState::Stale => {
                            Some("an older copy: the newest could not be had".to_owned())
                        }
                        FeedState::Failed(reason) => Some(reason),
                    },
                })
                .collect(),
        }
    }
}
