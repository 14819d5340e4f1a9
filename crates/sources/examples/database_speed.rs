//! Times opening an advisory database and looking names up in it: `database_speed FILE`.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use advisory::database::Database;
use lynkeus_sources::mapped::Mapped;

/// Lookups that are timed, spread over the names of the database.
const LOOKUPS: usize = 200_000;

#[expect(clippy::print_stdout, reason = "the output of a measuring tool")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("usage: database_speed FILE")?;
    let path = Path::new(&path);
    let mut opening: Vec<Duration> = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        black_box(Database::open(Mapped::open(path)?)?);
        opening.push(start.elapsed());
    }
    opening.sort_unstable();
    let database = Database::open(Mapped::open(path)?)?;
    let names: Vec<_> = database.names().map(|n| (n.namespace, n.name)).collect();
    println!(
        "database: {:.1} MB, {} names, {} advisories",
        database.size() as f64 / 1e6,
        names.len(),
        database.advisory_count()
    );
    println!(
        "opening it: {:.3} ms (median of 21)",
        opening[10].as_secs_f64() * 1e3
    );
    if names.is_empty() {
        return Ok(());
    }
    let mut candidates = 0u64;
    let start = Instant::now();
    for i in 0..LOOKUPS {
        // A stride without pattern, so that neighbours do not warm the cache for each other.
        let (namespace, name) = names[i.wrapping_mul(2_654_435_761) % names.len()];
        database.for_each_candidate(namespace, name, |candidate| {
            black_box(candidate);
            candidates += 1;
        });
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "lookups: {:.0} names per second, {:.0} candidates per second",
        LOOKUPS as f64 / seconds,
        candidates as f64 / seconds
    );
    Ok(())
}
