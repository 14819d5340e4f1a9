//! Opens the advisory database: the one that was named, the current one, or the starter.

use std::path::Path;

use advisory::database::{Database, FeedState};
use anyhow::{Context as _, Result, bail};
use sources::{generations::Generations, mapped::Mapped};

use crate::report::{DatabaseSummary, FeedSummary};

/// An open database.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) records: Database<Mapped>,
    is_starter: bool,
}

/// Opens the database in `given`, else the current one of the data directory.
pub(crate) fn open(data_dir: &Path, given: Option<&Path>) -> Result<Opened> {
    let records = match given {
        Some(path) => {
            let bytes = Mapped::open(path).with_context(|| format!("open {}", path.display()))?;
            Database::open(bytes)
                .with_context(|| format!("{} is not an advisory database", path.display()))?
        }
        None => match Generations::new(data_dir.join("advisories")).current()? {
            Some(database) => database,
            None => bail!("there is no advisory database yet: run `lynkeus db update`"),
        },
    };
    Ok(Opened {
        records,
        is_starter: false,
    })
}

impl Opened {
    /// What reports say of it.
    pub(crate) fn summary(&self) -> DatabaseSummary {
        DatabaseSummary {
            digest: self.records.digest(),
            built: self.records.built(),
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
