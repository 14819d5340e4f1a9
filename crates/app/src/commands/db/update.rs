//! `lynkeus db update`: what changed at the publishers becomes a new database.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use advisory::Limits;
use advisory::database::BuildOptions;
use anyhow::{Context as _, Result, bail};
use sources::download;
use sources::generations::{EXTENSION, Generations};
use sources::mirror::{self, Request};
use sources::packed;
use sources::update::{self, From, Outcome, Plan};

use super::{build, transfer};
use crate::{
    cli_db::{Selection, Update},
    clock, database, network,
    progress::DownloadProgress,
};

/// Where the publishers' files are kept between updates, in the data directory.
const MIRROR: &str = "mirror";

pub(super) fn run(data_dir: &Path, arguments: &Update) -> Result<bool> {
    build::check_names(&arguments.selection.feeds)?;
    let Some(from) = &arguments.from else {
        return fetch(data_dir, arguments, From::Publishers, MIRROR);
    };
    if from.starts_with("oci://") {
        return transfer::pull(data_dir, from, &arguments.network);
    }
    if !from.starts_with("http://") && !from.starts_with("https://") {
        let generations = database::generations(data_dir);
        let directory = Path::new(from);
        if is_unchanged(&generations, directory, &arguments.selection)? {
            return Ok(true);
        }
        return compile(
            &generations,
            directory,
            &arguments.selection,
            &BTreeMap::new(),
        );
    }
    let name = from.strip_suffix(".zst").unwrap_or(from);
    if Path::new(name).extension().is_some_and(|e| e == EXTENSION) {
        return fetch_database(data_dir, arguments, from);
    }
    fetch(data_dir, arguments, From::Mirror(from), "mirror-copy")
}

/// Brings a directory up to date and compiles it.
fn fetch(data_dir: &Path, arguments: &Update, from: From<'_>, directory: &str) -> Result<bool> {
    let client = network::client(&arguments.network)?;
    let directory = data_dir.join(directory);
    let plan = Plan {
        from,
        feeds: &arguments.selection.feeds,
        now: clock::system(),
    };
    let progress = DownloadProgress::start();
    let outcome = update::update(&client, &directory, &plan, &|path, event| {
        progress.event(path, &event);
    });
    progress.finish();
    let Outcome {
        new,
        unchanged,
        failures,
    } = outcome;
    eprintln!("{new} files are new, {unchanged} unchanged");
    let generations = database::generations(data_dir);
    if !failures.is_empty() && !arguments.selection.partial {
        for (feed, reason) in &failures {
            eprintln!("{feed}: {reason}");
        }
        mirror::note_failures(&generations, options(), &failures)?;
        bail!(
            "{} feeds could not be fetched, so the database stays as it was (--partial uses older \
             copies)",
            failures.len()
        );
    }
    if new == 0
        && failures.is_empty()
        && is_unchanged(&generations, &directory, &arguments.selection)?
    {
        return Ok(true);
    }
    compile(&generations, &directory, &arguments.selection, &failures)
}

/// Version of the program: another one may compile the same files into another database.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Whether the current database was compiled, by this program, from just the files that are in a
/// directory; then it stays, and when it was checked is noted.
fn is_unchanged(
    generations: &Generations,
    directory: &Path,
    selection: &Selection,
) -> Result<bool> {
    let Some(current) = generations.current()? else {
        return Ok(false);
    };
    let checked = generations.checked(&current.digest())?;
    if checked.is_none_or(|checked| checked.program != PROGRAM) {
        return Ok(false);
    }
    if !mirror::is_made_of(&current.feeds(), directory, &selection.feeds)? {
        return Ok(false);
    }
    generations.note_checked(clock::now(), PROGRAM)?;
    eprintln!("the advisories are unchanged, so the database stays as it is");
    Ok(true)
}

/// Compiles a directory and makes the result the current database.
fn compile(
    generations: &Generations,
    directory: &Path,
    selection: &Selection,
    trouble: &BTreeMap<String, String>,
) -> Result<bool> {
    let before = build::feeds_before(generations)?;
    let request = Request {
        options: options(),
        limits: Limits::DEFAULT,
        feeds: &selection.feeds,
        exclude: &[],
        trouble,
        before: &before,
        threads: thread::available_parallelism().map_or(1, usize::from),
        scratch: generations.directory(),
    };
    let built = build::build(directory, &request)?;
    let is_current = build::install(generations, &built, selection)?;
    if is_current && trouble.is_empty() {
        generations.note_checked(clock::now(), PROGRAM)?;
    }
    Ok(is_current)
}

/// Fetches a database that somebody else compiled.
fn fetch_database(data_dir: &Path, arguments: &Update, url: &str) -> Result<bool> {
    let client = network::client(&arguments.network)?;
    let name = url.rsplit('/').next().unwrap_or_default();
    let target = data_dir.join("download").join(name);
    let progress = DownloadProgress::start();
    let fetched = download::fetch(&client, url, &target, clock::system(), &mut |bytes| {
        progress.event(name, &update::Event::Receiving(bytes));
    });
    progress.finish();
    fetched?;
    let bytes = packed::read(&target).with_context(|| format!("read {}", target.display()))?;
    transfer::install(data_dir, &bytes).with_context(|| format!("use {url}"))
}

fn options() -> BuildOptions {
    BuildOptions {
        prose: true,
        only_referenced: false,
        built: clock::now(),
    }
}
