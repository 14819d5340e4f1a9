//! New advisories by schedule: fetched, compiled and made current while the service runs.
//!
//! An update that fails leaves the database as it was, and is seen in the log, in the metrics and
//! on the dashboard.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use anyhow::Result;

use super::worker::Service;
use crate::{clock, commands::db, database};

/// The longest pause after an update that failed, in milliseconds.
const LONGEST_PAUSE: i64 = 15 * 60_000;

/// How often it is looked whether an update is due.
const LOOK: Duration = Duration::from_secs(1);

/// From where and how often advisories are updated.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// As `db update --from` takes it; none for the publishers.
    pub(crate) source: Option<String>,
    pub(crate) every: Duration,
    pub(crate) feeds: Vec<String>,
    pub(crate) partial: bool,
}

impl Plan {
    /// The source if it is a directory of this machine.
    fn directory(&self) -> Option<&Path> {
        let source = self.source.as_deref()?;
        (!source.contains("://")).then(|| Path::new(source))
    }

    /// The interval in milliseconds.
    pub(crate) fn interval(&self) -> i64 {
        i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX)
    }
}

/// How the updates go. Times are milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) running: bool,
    pub(crate) attempted: Option<i64>,
    pub(crate) succeeded: Option<i64>,
    /// Why the last attempt failed, if it did.
    pub(crate) failure: Option<String>,
}

/// The updates of one process.
#[derive(Debug)]
pub(crate) struct Updates {
    pub(crate) plan: Option<Plan>,
    progress: Mutex<Progress>,
}

/// What lies in a directory: paths, sizes and times.
type Marks = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Updates {
    pub(crate) fn new(plan: Option<Plan>) -> Self {
        Self {
            plan,
            progress: Mutex::default(),
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        let held = self.progress.lock();
        held.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut Progress)) {
        let held = self.progress.lock();
        change(&mut held.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Service {
    /// Updates the advisories whenever it is due, until the service stops.
    pub(crate) fn update_advisories(&self) {
        let Some(plan) = self.updates.plan.clone() else {
            return;
        };
        let known = database::current(&self.data_dir).ok().flatten();
        let fresh = known.map(|known| known.fresh().as_millisecond());
        self.updates.note(|progress| {
            (progress.attempted, progress.succeeded) = (fresh, fresh);
        });
        let (mut seen, mut compiled) = (Marks::new(), None);
        while !self.is_stopping() {
            let now = plan.directory().map(marks).unwrap_or_default();
            // A directory that is being written to is left until it rests.
            let rests = now == seen;
            let is_new = plan.directory().is_some() && compiled.as_ref() != Some(&now);
            seen.clone_from(&now);
            if rests && (is_new || self.is_due(&plan)) {
                self.update_once(&plan);
                compiled = Some(now);
            }
            self.pause(LOOK);
        }
    }

    fn is_due(&self, plan: &Plan) -> bool {
        let progress = self.updates.progress();
        let wait = match progress.failure {
            Some(_) => plan.interval().min(LONGEST_PAUSE),
            None => plan.interval(),
        };
        let last = progress.attempted;
        last.is_none_or(|last| clock::milliseconds() - last >= wait)
    }

    fn update_once(&self, plan: &Plan) {
        self.updates.note(|progress| progress.running = true);
        let source = plan.source.as_deref().unwrap_or("the publishers");
        tracing::info!(source, "the advisories are being updated");
        let outcome = update(&self.data_dir, plan);
        let now = clock::milliseconds();
        self.updates.note(|progress| {
            progress.running = false;
            progress.attempted = Some(now);
            progress.failure = None;
            match &outcome {
                Ok(()) => progress.succeeded = Some(now),
                Err(error) => progress.failure = Some(format!("{error:#}")),
            }
        });
        match outcome {
            Ok(()) => tracing::info!(source, "the advisories were updated"),
            Err(error) => tracing::warn!(
                source,
                error = format!("{error:#}"),
                "the advisories could not be updated and stay as they were"
            ),
        }
    }
}

fn update(data_dir: &Path, plan: &Plan) -> Result<()> {
    db::update(data_dir, plan.source.as_deref(), &plan.feeds, plan.partial)
}

/// Every file below a directory; what cannot be read is as if it were not there.
fn marks(directory: &Path) -> Marks {
    let mut marks = Marks::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            match fs::metadata(entry.path()) {
                Ok(found) if found.is_dir() => directories.push(entry.path()),
                Ok(found) => marks.push((entry.path(), found.len(), found.modified().ok())),
                Err(_) => {}
            }
        }
    }
    marks.sort();
    marks
}
