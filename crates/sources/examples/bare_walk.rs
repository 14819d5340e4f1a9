//! Times a scan of a target, or the bare work of it: `bare_walk scan|bare PATH [THREADS]`.

use std::path::Path;
use std::time::Instant;

use inventory::extractors::Extractors;
use lynkeus_sources::files::{Options, open_image, scan_path, walk_image};

#[expect(clippy::print_stdout, reason = "the output of a measuring tool")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, what, path, rest @ ..] = arguments.as_slice() else {
        return Err("usage: bare_walk scan|bare PATH [THREADS]".into());
    };
    let path = Path::new(path);
    let extractors = Extractors::all();
    let mut options = Options::new(&extractors);
    if let [threads, ..] = rest {
        options.threads = threads.parse()?;
    }
    let start = Instant::now();
    if what == "bare" {
        let image = open_image(path, &options)?;
        let entries = walk_image(&image, &options);
        println!("{entries} entries, {:?}", start.elapsed());
    } else {
        let scanned = scan_path(path, &options)?;
        let inventory = &scanned.inventory;
        println!(
            "{} packages, {} owned, {} problems, complete: {}, {:?}",
            inventory.packages.len(),
            inventory
                .packages
                .iter()
                .filter(|p| p.owned_by.is_some())
                .count(),
            inventory.problems.len(),
            inventory.complete,
            start.elapsed()
        );
        if rest.len() > 1 {
            for package in &inventory.packages {
                println!("{} {} {}", package.purl_type, package.name, package.version);
            }
            for problem in &inventory.problems {
                println!("! {problem}");
            }
        }
    }
    Ok(())
}
