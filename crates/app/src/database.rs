//! Opens the advisory database: the one that was named, the current one, or the starter.

use std::path::Path;

use advisory::database::{Database, FeedState};
use anyhow::{Context as _, Result};
use model::Timestamp;
use sources::{generations::Generations, mapped::Mapped};

use crate::{
    report::{DatabaseSummary, FeedSummary},
    starter,
};

/// An open database.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) records: Database<Mapped>,
    pub(crate) is_starter: bool,
    /// When an update last found that the current database is what its feeds say.
    pub(crate) checked: Option<Timestamp>,
}

/// The databases that are kept in the data directory.
pub(crate) fn generations(data_dir: &Path) -> Generations {
    Generations::new(data_dir.join("advisories"))
}

/// Opens the database in `given`, else the current one of the data directory, else the starter.
pub(crate) fn open(data_dir: &Path, given: Option<&Path>) -> Result<Opened> {
    let (records, is_starter) = match given {
        Some(path) => {
            let bytes = Mapped::open(path).with_context(|| format!("open {}", path.display()))?;
            let database = Database::open(bytes);
            let name = || format!("{} is not an advisory database", path.display());
            (database.with_context(name)?, false)
        }
        None => match generations(data_dir).current() {
            Ok(Some(database)) => (database, false),
            Ok(None) => (starter::open(data_dir)?, true),
            Err(error) => {
                return Err(error).context(
                    "the current advisory database is of no use: run `lynkeus db update`",
                );
            }
        },
    };
    let checked = match given {
        Some(_) => None,
        None => generations(data_dir).checked().ok().flatten(),
    };
    Ok(Opened {
        records,
        is_starter,
        checked: checked.map(|checked| checked.time),
    })
}

impl Opened {
    /// What reports say of it.
    pub(crate) fn summary(&self) -> DatabaseSummary {
        DatabaseSummary {
            digest: self.records.digest(),
            built: self.records.built(),
            checked: self.checked,
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
