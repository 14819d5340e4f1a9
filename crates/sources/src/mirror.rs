//! Builds a database from a directory that holds copies of feeds.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use advisory::database::{BuildError, BuildOptions, Builder, Database, FeedState, FeedStatus};
use advisory::{Feed, Imported, Item, Limits};
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::generations::{GenerationError, Generations};
use crate::mapped::Mapped;
use crate::spill::SpillFile;

/// Items handed over at once.
const BATCH: usize = 32;
/// Batches on their way: bounds memory when the builder is slower than the parsers.
const IN_FLIGHT: usize = 8;
/// Directories within directories.
const DEPTH: usize = 16;

/// Why no database was built.
#[derive(Debug, Error)]
pub enum MirrorError {
    #[error("cannot read {path}")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} holds no file of any feed")]
    Empty { path: PathBuf },
    #[error("cannot compile the database")]
    Build(#[from] BuildError),
    #[error("cannot keep the database")]
    Generation(#[from] GenerationError),
}

/// What to build, and how.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub options: BuildOptions,
    pub limits: Limits,
    /// Names of the feeds to read; empty for all.
    pub feeds: &'a [String],
    /// Files and directories to leave out, as their paths in the mirror begin.
    pub exclude: &'a [String],
    /// Feeds whose newest files could not be had, and why. What there is of them is an older
    /// copy; a feed of which there is nothing has failed.
    pub trouble: &'a BTreeMap<String, String>,
    /// Feeds of the generation before: one of them that is missing or has shrunk has failed.
    pub before: &'a [FeedStatus],
    /// Files read at the same time; at least 1.
    pub threads: usize,
    /// Where records are kept aside while the build lasts; made if it is not there. It takes as
    /// much room as the unpacked records.
    pub scratch: &'a Path,
}

/// A file of the mirror and the feed that reads it.
#[derive(Debug, Clone)]
pub struct MirrorFile {
    /// From the mirror's root, with `/` between components.
    pub path: String,
    pub feed: &'static Feed,
    pub bytes: u64,
}

/// How far a build has come.
#[derive(Debug)]
pub enum Step<'a> {
    /// All files that will be read.
    Files(&'a [MirrorFile]),
    /// One of them was read.
    Read(&'a MirrorFile),
    /// All were read; compiling began.
    Compiling,
}

/// A database in a file without a name, and what is known of its feeds.
#[derive(Debug)]
pub struct Built {
    pub bytes: Mapped,
    pub statuses: Vec<FeedStatus>,
    options: BuildOptions,
}

/// What became of a new database.
#[derive(Debug)]
pub enum Installed {
    /// It is the current one now.
    Current(PathBuf),
    /// Feeds failed, so the old one stays; their statuses.
    Kept(Vec<FeedStatus>),
}

impl Built {
    /// The feeds of which something is missing.
    pub fn failures(&self) -> impl Iterator<Item = &FeedStatus> {
        self.statuses
            .iter()
            .filter(|status| matches!(status.state, FeedState::Failed(_)))
    }

    /// A database with the statuses and nothing else.
    pub fn statuses_only(&self) -> Result<Vec<u8>, BuildError> {
        let mut builder = Builder::new(self.options);
        for status in &self.statuses {
            builder.feed_status(status.clone());
        }
        builder.finish()
    }

    /// Makes it the current database, unless a feed failed and `partial` does not allow it: then
    /// the old database stays whole and the failure is noted beside it.
    pub fn install(
        &self,
        generations: &Generations,
        partial: bool,
    ) -> Result<Installed, MirrorError> {
        if partial || self.failures().next().is_none() {
            return Ok(Installed::Current(
                generations.install(self.bytes.as_ref())?,
            ));
        }
        generations.note_attempt(&self.statuses_only()?)?;
        Ok(Installed::Kept(self.failures().cloned().collect()))
    }
}

/// Reads all feeds in a directory and compiles them.
pub fn build(
    root: &Path,
    request: &Request<'_>,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Built, MirrorError> {
    let mut files = files(root, request.feeds)?;
    files.retain(|file| !request.exclude.iter().any(|out| lies_in(&file.path, out)));
    if files.is_empty() {
        return Err(MirrorError::Empty {
            path: root.to_owned(),
        });
    }
    progress(Step::Files(&files));
    let scratch = |source| MirrorError::Io {
        path: request.scratch.to_owned(),
        source,
    };
    let spill = Arc::new(SpillFile::new(request.scratch).map_err(scratch)?);
    let mut builder = Builder::spilling(request.options, advisory::FEEDS, spill);
    let sources = read(root, &files, request, &mut builder, progress);
    for status in with_sources(builder.statuses(), &files, &sources) {
        builder.feed_status(status);
    }
    let mut before = request.before.to_vec();
    before.retain(|old| request.feeds.is_empty() || request.feeds.contains(&old.name));
    builder.expect(&before);
    note_trouble(&mut builder, &files, request.trouble);
    progress(Step::Compiling);
    let file = tempfile::tempfile_in(request.scratch).map_err(scratch)?;
    let mut writer = BufWriter::new(file);
    builder.finish_into(&mut writer)?;
    let file = writer.into_inner().map_err(|error| scratch(error.into()))?;
    let bytes = Mapped::of(&file).map_err(scratch)?;
    // Compiling adds problems, so the statuses are those of the finished database.
    let statuses = Database::open(bytes.as_ref())
        .map(|database| database.feeds())
        .unwrap_or_default();
    Ok(Built {
        bytes,
        statuses,
        options: request.options,
    })
}

/// Whether a whole database with these feeds was compiled from just the files that are in a
/// directory now, for these feeds (all if none is named).
pub fn is_made_of(
    made_of: &[FeedStatus],
    root: &Path,
    feeds: &[String],
) -> Result<bool, MirrorError> {
    if made_of.iter().any(|status| status.state != FeedState::Ok) {
        return Ok(false);
    }
    let files = files(root, feeds)?;
    let mut sources = Vec::new();
    for file in &files {
        let path = root.join(&file.path);
        let digest = File::open(&path).and_then(|mut content| sha256(&mut content));
        sources.push(Source {
            sha256: digest.map_err(|source| MirrorError::Io { path, source })?,
            fetched: None,
        });
    }
    let with_files = made_of.iter().filter(|status| !status.digest.is_empty());
    let then: BTreeMap<&str, String> = with_files
        .map(|status| (status.name.as_str(), status.digest.clone()))
        .collect();
    Ok(then == digests(&files, &sources))
}

/// Tells feeds of which there are older copies from those of which there is nothing.
fn note_trouble(builder: &mut Builder, files: &[MirrorFile], trouble: &BTreeMap<String, String>) {
    for (feed, reason) in trouble {
        if files.iter().all(|file| file.feed.name != feed) {
            builder.failed(feed, reason.clone());
        }
    }
    for mut status in builder.statuses() {
        if status.state == FeedState::Ok && trouble.contains_key(&status.name) {
            status.state = FeedState::Stale;
            builder.feed_status(status);
        }
    }
}

/// Notes beside the current database, which stays, that feeds could not be fetched, and why.
pub fn note_failures(
    generations: &Generations,
    options: BuildOptions,
    failures: &BTreeMap<String, String>,
) -> Result<(), MirrorError> {
    let mut builder = Builder::new(options);
    for (feed, reason) in failures {
        builder.failed(feed, reason.clone());
    }
    Ok(generations.note_attempt(&builder.finish()?)?)
}

/// The files in a directory that feeds read, sorted by path; a file may be read by two feeds.
pub fn files(root: &Path, feeds: &[String]) -> Result<Vec<MirrorFile>, MirrorError> {
    let mut found = Vec::new();
    walk(root, "", 0, &mut |path, bytes| {
        for feed in advisory::feeds_for(&path) {
            if feeds.is_empty() || feeds.iter().any(|name| name == feed.name) {
                found.push(MirrorFile {
                    path: path.clone(),
                    feed,
                    bytes,
                });
            }
        }
    })?;
    found.sort_by(|a, b| (&a.path, a.feed.name).cmp(&(&b.path, b.feed.name)));
    Ok(found)
}

/// Whether a path is `directory` or lies below it.
fn lies_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn walk(
    directory: &Path,
    prefix: &str,
    depth: usize,
    visit: &mut dyn FnMut(String, u64),
) -> Result<(), MirrorError> {
    let at = |source| MirrorError::Io {
        path: directory.to_owned(),
        source,
    };
    for entry in fs::read_dir(directory).map_err(at)? {
        let entry = entry.map_err(at)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Unfinished downloads and version control.
        if name.starts_with('.') {
            continue;
        }
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        let metadata = fs::metadata(entry.path()).map_err(at)?;
        if metadata.is_file() {
            visit(path, metadata.len());
        } else if metadata.is_dir() && depth < DEPTH {
            walk(&entry.path(), &path, depth + 1, visit)?;
        }
    }
    Ok(())
}

/// What is known of a file beside its records.
#[derive(Debug, Clone, Default)]
struct Source {
    sha256: String,
    fetched: Option<Timestamp>,
}

enum Message {
    Items(Vec<Item>),
    Done(usize, Result<(Imported, Source), io::Error>),
}

/// Imports files on several threads into one builder.
fn read(
    root: &Path,
    files: &[MirrorFile],
    request: &Request<'_>,
    builder: &mut Builder,
    progress: &mut dyn FnMut(Step<'_>),
) -> Vec<Source> {
    let mut sources = vec![Source::default(); files.len()];
    let mut order: Vec<usize> = (0..files.len()).collect();
    // Large files first, so that no thread is left alone with one at the end.
    order.sort_by_key(|&index| std::cmp::Reverse(files.get(index).map(|file| file.bytes)));
    let queue = Mutex::new(VecDeque::from(order));
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(IN_FLIGHT);
        for _ in 0..request.threads.max(1) {
            let sender = sender.clone();
            let queue = &queue;
            scope.spawn(move || {
                loop {
                    let next = queue
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .pop_front();
                    let Some((index, file)) = next.and_then(|i| Some((i, files.get(i)?))) else {
                        return;
                    };
                    let done = read_file(root, file, &request.limits, &sender);
                    if sender.send(Message::Done(index, done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for message in receiver {
            match message {
                Message::Items(items) => items.into_iter().for_each(|item| builder.add(item)),
                Message::Done(index, done) => {
                    let Some(file) = files.get(index) else {
                        continue;
                    };
                    match done {
                        Ok((imported, source)) => {
                            builder.imported(&imported);
                            if let Some(slot) = sources.get_mut(index) {
                                *slot = source;
                            }
                        }
                        Err(error) => {
                            let reason = format!("{} cannot be read: {error}", file.path);
                            builder.failed(file.feed.name, reason);
                        }
                    }
                    progress(Step::Read(file));
                }
            }
        }
    });
    sources
}

fn read_file(
    root: &Path,
    file: &MirrorFile,
    limits: &Limits,
    sender: &SyncSender<Message>,
) -> io::Result<(Imported, Source)> {
    let mut content = File::open(root.join(&file.path))?;
    let source = Source {
        sha256: sha256(&mut content)?,
        fetched: content
            .metadata()?
            .modified()
            .ok()
            .and_then(|time| Timestamp::try_from(time).ok()),
    };
    content.seek(SeekFrom::Start(0))?;
    let mut batch = Vec::with_capacity(BATCH);
    let hand_over = |items: Vec<Item>| {
        // The receiver lives as long as the threads do.
        drop(sender.send(Message::Items(items)));
    };
    let imported = advisory::import(file.feed, &file.path, &mut content, limits, &mut |item| {
        batch.push(item);
        if batch.len() == BATCH {
            hand_over(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
        }
    });
    hand_over(batch);
    Ok((imported, source))
}

fn sha256(reader: &mut dyn Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut buffer)?;
        match buffer.get(..read) {
            Some(bytes) if read > 0 => hash.update(bytes),
            _ => return Ok(hex(&hash.finalize())),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// The digest of each feed's files: of their digests and paths, in the order of paths, and of the
/// version of the feed that reads them.
fn digests<'a>(files: &'a [MirrorFile], sources: &[Source]) -> BTreeMap<&'a str, String> {
    let mut hashes: BTreeMap<&str, Sha256> = BTreeMap::new();
    for (file, source) in files.iter().zip(sources) {
        if !source.sha256.is_empty() {
            let first = || Sha256::new_with_prefix(format!("version {}\n", file.feed.version));
            let hash = hashes.entry(file.feed.name).or_insert_with(first);
            hash.update(format!("{}  {}\n", source.sha256, file.path));
        }
    }
    hashes
        .into_iter()
        .map(|(feed, hash)| (feed, format!("sha256:{}", hex(&hash.finalize()))))
        .collect()
}

/// Adds digest and time of the files to the statuses of the feeds that read them.
fn with_sources(
    mut statuses: Vec<FeedStatus>,
    files: &[MirrorFile],
    sources: &[Source],
) -> Vec<FeedStatus> {
    let digests = digests(files, sources);
    for status in &mut statuses {
        for (file, source) in files.iter().zip(sources) {
            if file.feed.name == status.name && !source.sha256.is_empty() {
                status.fetched = status.fetched.max(source.fetched);
            }
        }
        if let Some(digest) = digests.get(status.name.as_str()) {
            status.digest.clone_from(digest);
        }
    }
    statuses
}
