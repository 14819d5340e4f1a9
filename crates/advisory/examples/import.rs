//! Imports a mirror directory and prints what each file held and how long it took.

#![expect(clippy::print_stdout, reason = "the output is the purpose")]

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use lynkeus_advisory::{Imported, Item, Limits, feeds_for, import};

fn main() -> std::io::Result<()> {
    let root = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let root = Path::new(&root);
    let mut total = Duration::ZERO;
    for path in files(root, root)? {
        for feed in feeds_for(&path) {
            let mut file = File::open(root.join(&path))?;
            let start = Instant::now();
            let mut packages = 0;
            let mut ranges = 0;
            let imported = import(feed, &path, &mut file, &Limits::DEFAULT, &mut |item| {
                if let Item::Advisory(advisory) = item {
                    packages += advisory.affected.len();
                    ranges += advisory
                        .affected
                        .iter()
                        .map(|a| a.ranges.len())
                        .sum::<usize>();
                }
            });
            total += start.elapsed();
            print(&path, &imported, (packages, ranges), start.elapsed());
        }
    }
    println!("{:>8} ms in all", total.as_millis());
    Ok(())
}

fn print(path: &str, imported: &Imported, (packages, ranges): (usize, usize), time: Duration) {
    println!(
        "{:>8} ms {:>10} bytes  {:<14} {path}: {} documents, {} advisories, {packages} packages, \
         {ranges} ranges, {} facts, {} problems{}",
        time.as_millis(),
        imported.bytes,
        imported.feed,
        imported.documents,
        imported.advisories,
        imported.facts,
        imported.problem_count,
        if imported.complete {
            ""
        } else {
            ", INCOMPLETE"
        },
    );
    for problem in imported.problems.iter().take(3) {
        println!("            {problem}");
    }
}

/// Every file below `directory`, by its path from `root`, sorted.
fn files(root: &Path, directory: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(root, &path)?);
        } else if let Ok(path) = path.strip_prefix(root) {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(found)
}
