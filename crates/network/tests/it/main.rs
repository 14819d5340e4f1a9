//! Networks with known answers, random networks against packets, laws.
#![cfg(test)]

mod balanced;
mod balanced_ways;
mod base;
mod beyond;
mod cases;
mod changes;
mod corner;
mod corrections;
mod damage;
mod edits;
mod elements;
mod estate;
mod fixes;
mod laws;
mod looks;
mod opened;
mod oracle;
mod path;
mod path_edges;
mod path_packets;
mod path_services;
mod planted;
mod prepared;
mod random;
mod samples;
mod services;
mod ways;

use lynkeus_network::snapshot::{File, Snapshot, read};

/// The documents of a sample network.
fn files(name: &str) -> Vec<File> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut files = Vec::new();
    let mut directories = vec![root.join(name)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory of samples") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else {
                files.push(File {
                    name: path.display().to_string(),
                    bytes: std::fs::read(&path).expect("a document"),
                });
            }
        }
    }
    files
}

/// Reads a sample network.
fn sample(name: &str) -> Snapshot {
    let (snapshot, problems) = read(&files(name));
    assert_eq!(problems, [], "{name}");
    snapshot
}
