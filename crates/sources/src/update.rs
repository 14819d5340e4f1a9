//! Keeps a directory of feeds in step with their publishers or with a mirror of them.

mod places;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use advisory::Feed;

use crate::download::{self, Bytes, DownloadError, Fetched};
use crate::http::{Client, HttpError, Request};

pub use places::place;

/// Files that are fetched at the same time.
const AT_ONCE: usize = 4;

/// Where feeds are fetched from.
#[derive(Debug, Clone, Copy)]
pub enum From<'a> {
    /// Where each publisher serves them.
    Publishers,
    /// A server that has copies under the paths of a mirror directory, below this URL.
    Mirror(&'a str),
}

/// What to fetch.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    pub from: From<'a>,
    /// Names of the feeds; empty for all.
    pub feeds: &'a [String],
    /// Becomes the time of the files that are good.
    pub now: SystemTime,
}

/// How far one file is.
#[derive(Debug)]
pub enum Event<'a> {
    Started,
    Receiving(Bytes),
    Done(&'a Result<Fetched, DownloadError>),
}

/// What came of an update.
#[derive(Debug, Default)]
pub struct Outcome {
    pub new: usize,
    pub unchanged: usize,
    /// Feeds of which a file could not be had, and why.
    pub failures: BTreeMap<String, String>,
}

/// One file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    feed: &'static str,
    url: String,
    /// From the mirror's root.
    path: String,
}

/// Fetches what changed into `directory`, several files at once. A file that cannot be had
/// leaves the one that is there as it is.
///
/// `progress` is told the path of a file in the directory.
pub fn update(
    client: &Client,
    directory: &Path,
    plan: &Plan<'_>,
    progress: &(dyn Fn(&str, Event<'_>) + Sync),
) -> Outcome {
    let (files, mut outcome) = files(client, plan);
    let queue = Mutex::new(VecDeque::from(files));
    let finished = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = lock(&queue).pop_front();
            let Some(file) = next else {
                return;
            };
            progress(&file.path, Event::Started);
            let target = directory.join(&file.path);
            let fetched = download::fetch(client, &file.url, &target, plan.now, &mut |bytes| {
                progress(&file.path, Event::Receiving(bytes));
            });
            progress(&file.path, Event::Done(&fetched));
            lock(&finished).push((file, fetched));
        }
    };
    thread::scope(|scope| {
        for _ in 1..AT_ONCE {
            scope.spawn(work);
        }
        work();
    });
    let mut finished = finished
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    finished.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    for (file, fetched) in finished {
        match fetched {
            Ok(Fetched::New) => outcome.new += 1,
            Ok(Fetched::Unchanged) => outcome.unchanged += 1,
            // A mirror need not have every feed; one that is missed shows when the database is
            // compared with the one before.
            Err(error) if matches!(plan.from, From::Mirror(_)) && error.is_absent() => {
                drop(std::fs::remove_file(directory.join(&file.path)));
            }
            Err(error) => {
                let failures = &mut outcome.failures;
                failures
                    .entry(file.feed.to_owned())
                    .or_insert(error.to_string());
            }
        }
    }
    outcome
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every file of the plan, and the feeds of which that cannot be told.
fn files(client: &Client, plan: &Plan<'_>) -> (Vec<File>, Outcome) {
    let mut files: Vec<File> = Vec::new();
    let mut outcome = Outcome::default();
    for feed in advisory::FEEDS {
        if !plan.feeds.is_empty() && !plan.feeds.iter().any(|name| name == feed.name) {
            continue;
        }
        // Of a directory, only its user can say which files are of interest.
        for url in feed.urls.iter().filter(|url| !url.ends_with('/')) {
            match file(client, plan, feed, url) {
                Ok(Some(file)) => {
                    if files.iter().all(|known| known.path != file.path) {
                        files.push(file);
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    outcome
                        .failures
                        .insert(feed.name.to_owned(), error.to_string());
                }
            }
        }
    }
    (files, outcome)
}

/// The file behind a URL of a feed; none if the mirror cannot have it.
fn file(
    client: &Client,
    plan: &Plan<'_>,
    feed: &'static Feed,
    url: &str,
) -> Result<Option<File>, HttpError> {
    let (url, path) = match (plan.from, places::pointer(url)) {
        (From::Publishers, None) => match place(feed, url) {
            Some(path) => (url.to_owned(), path),
            None => {
                return Err(HttpError::Other {
                    url: url.to_owned(),
                    what: "has no place in a mirror".to_owned(),
                });
            }
        },
        (From::Publishers, Some(pointer)) => {
            let found = pointer.follow(url, |url| client.document(&Request::get(url)))?;
            (found, pointer.path.to_owned())
        }
        (From::Mirror(base), pointer) => {
            let path = match pointer {
                Some(pointer) => Some(pointer.path.to_owned()),
                None => place(feed, url),
            };
            let Some(path) = path else {
                return Ok(None);
            };
            let base = base.trim_end_matches('/');
            (format!("{base}/{}", places::encoded(&path)), path)
        }
    };
    Ok(Some(File {
        feed: feed.name,
        url,
        path,
    }))
}
