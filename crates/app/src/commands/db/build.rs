//! `lynkeus db build`: a directory of feeds becomes a database.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use advisory::Limits;
use advisory::database::{BuildOptions, FeedStatus};
use anyhow::{Context as _, Result, bail};
use sources::generations::Generations;
use sources::mirror::{self, Built, Installed, Request};
use sources::packed::{self, Effort};

use super::status;
use crate::{
    cli_db::{Build, Selection},
    clock, database,
    progress::BuildProgress,
};

/// Builds from a mirror directory that the user keeps.
pub(super) fn run(data_dir: &Path, arguments: &Build) -> Result<bool> {
    check_names(&arguments.selection.feeds)?;
    let generations = database::generations(data_dir);
    // Only a database that replaces another is compared with it.
    let before = match arguments.output {
        Some(_) => Vec::new(),
        None => feeds_before(&generations)?,
    };
    let request = Request {
        options: BuildOptions {
            prose: !arguments.starter,
            only_referenced: arguments.starter,
            built: clock::now(),
        },
        limits: Limits::DEFAULT,
        feeds: &arguments.selection.feeds,
        exclude: &arguments.exclude,
        trouble: &BTreeMap::new(),
        before: &before,
        threads: thread::available_parallelism().map_or(1, usize::from),
        scratch: scratch(&generations, arguments.output.as_deref()),
    };
    let built = build(&arguments.mirror, &request)?;
    match &arguments.output {
        None => install(&generations, &built, &arguments.selection),
        Some(path) => write(path, &built, arguments),
    }
}

/// Records are kept aside where the database will lie: there is room for it there.
fn scratch<'a>(generations: &'a Generations, output: Option<&'a Path>) -> &'a Path {
    match output.map(Path::parent) {
        None => generations.directory(),
        Some(Some(parent)) if !parent.as_os_str().is_empty() => parent,
        Some(_) => Path::new("."),
    }
}

/// Refuses names that no feed has.
pub(super) fn check_names(feeds: &[String]) -> Result<()> {
    for name in feeds {
        if advisory::feed_named(name).is_none() {
            let known: Vec<_> = advisory::FEEDS.iter().map(|feed| feed.name).collect();
            bail!("there is no feed {name}; there are {}", known.join(", "));
        }
    }
    Ok(())
}

/// The feeds of the current database; none if there is none or it is of no use any more.
pub(super) fn feeds_before(generations: &Generations) -> Result<Vec<FeedStatus>> {
    let current = generations.current();
    let current = current.context("open the current database, to compare with it")?;
    Ok(current.map(|database| database.feeds()).unwrap_or_default())
}

/// Reads and compiles a mirror while saying how far it is.
pub(super) fn build(mirror: &Path, request: &Request<'_>) -> Result<Built> {
    let mut progress = BuildProgress::start();
    let built = mirror::build(mirror, request, &mut |step| progress.step(&step));
    progress.finish();
    built.with_context(|| format!("build a database from {}", mirror.display()))
}

/// Makes a new database the current one if its feeds are whole; false if the old one stays.
pub(super) fn install(
    generations: &Generations,
    built: &Built,
    selection: &Selection,
) -> Result<bool> {
    match built.install(generations, selection.partial)? {
        Installed::Current(path) => {
            status::failures(&built.statuses);
            eprintln!("the current database is now {}", path.display());
            Ok(true)
        }
        Installed::Kept(failed) => {
            status::failures(&failed);
            let names: Vec<&str> = failed.iter().map(|feed| feed.name.as_str()).collect();
            bail!(
                "feeds failed ({}), so the database stays as it was (--partial uses what there is)",
                names.join(", ")
            )
        }
    }
}

fn write(path: &Path, built: &Built, arguments: &Build) -> Result<bool> {
    status::failures(&built.statuses);
    if built.failures().next().is_some() && !arguments.selection.partial {
        bail!("feeds failed, so nothing was written (--partial uses what there is)");
    }
    let effort = if arguments.starter {
        Effort::Most
    } else {
        Effort::Usual
    };
    let size = packed::write(path, built.bytes.as_ref(), effort)
        .with_context(|| format!("write {}", path.display()))?;
    let digest = advisory::database::Database::open(built.bytes.as_ref())?.digest();
    eprintln!("wrote {} ({size} bytes), digest {digest}", path.display());
    Ok(true)
}
