//! Measures matching: `matching DATABASE TARGET…` reads the inventories of the targets and matches
//! their distinct packages again and again on one thread.

#![expect(clippy::print_stdout, reason = "the output is the purpose")]

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use advisory::database::Database;
use anyhow::{Context as _, Result};
use inventory::extractors::Extractors;
use model::Inventory;
use sources::files::{self, Options};
use sources::mapped::Mapped;

/// How long one inventory is matched.
const TIME: Duration = Duration::from_secs(2);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let database = arguments
        .next()
        .context("usage: matching DATABASE TARGET…")?;
    let database = Database::open(Mapped::open(Path::new(&database))?)?;
    let extractors = Extractors::all();
    for target in arguments {
        let mut options = Options::new(&extractors);
        options.threads = 1;
        let mut inventory = files::scan_path(Path::new(&target), &options)?.inventory;
        distinct(&mut inventory);
        measure(&target, &inventory, &database);
    }
    Ok(())
}

/// Keeps one of the packages that are looked up alike.
fn distinct(inventory: &mut Inventory) {
    let mut seen = HashSet::new();
    inventory.packages.retain(|package| {
        seen.insert((
            package.purl_type.clone(),
            package.name.clone(),
            package.version.clone(),
        ))
    });
}

fn measure(target: &str, inventory: &Inventory, database: &Database<Mapped>) {
    let options = detect::Options {
        declared: true,
        container: false,
        idle_kernels: true,
    };
    let os = inventory.os.as_ref();
    let matched = inventory
        .packages
        .iter()
        .filter(|package| detect::skipped(package, os, options).is_none())
        .count();
    let detections = detect::packages(inventory, database, options).len();
    let (start, mut runs) = (Instant::now(), 0_u32);
    while start.elapsed() < TIME {
        std::hint::black_box(detect::packages(inventory, database, options));
        runs += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    let versions = u32::try_from(matched).unwrap_or(u32::MAX);
    let rate = f64::from(versions) * f64::from(runs) / seconds;
    println!("{matched} distinct versions, {detections} detections, {rate:.0} a second: {target}");
}
