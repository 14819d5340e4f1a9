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
        "database: {} kB, {} names, {} advisories",
        database.size() / 1000,
        names.len(),
        database.advisory_count()
    );
    let open = opening.get(opening.len() / 2).copied().unwrap_or_default();
    println!("opening it: {} µs (median of 21)", open.as_micros());
    if names.is_empty() {
        return Ok(());
    }
    let mut candidates = 0u64;
    let start = Instant::now();
    for i in 0..LOOKUPS {
        // A stride without pattern, so that neighbours do not warm the cache for each other.
        let place = i.wrapping_mul(2_654_435_761) % names.len();
        let Some((namespace, name)) = names.get(place) else {
            continue;
        };
        database.for_each_candidate(namespace, name, |candidate| {
            black_box(candidate);
            candidates += 1;
        });
    }
    let micros = start.elapsed().as_micros().max(1);
    println!(
        "lookups: {} names per second, {} candidates per second",
        LOOKUPS as u128 * 1_000_000 / micros,
        u128::from(candidates) * 1_000_000 / micros
    );
    Ok(())
}
