//! Scans the system on a disk image.

use std::io;
use std::path::Path;

use inventory::disk;
use inventory::layers::Stack;
use inventory::section::Section;
use inventory::walk::scan_tree;
use model::Inventory;

use super::{Options, open_file};

pub(super) fn scan(path: &Path, image: &Section, options: &Options<'_>) -> Inventory {
    let directory = path.parent().unwrap_or(Path::new(""));
    let beside = |name: &str| {
        let path = directory.join(name);
        // Opening a pipe would wait for its writer.
        if !std::fs::metadata(&path)?.is_file() {
            return Err(io::Error::other(format!("{name} is not a regular file")));
        }
        open_file(&path)
    };
    let mut disk = disk::open(image, &beside);
    let mut scan = scan_tree(&mut disk.tree, &options.walk(false));
    scan.complete &= disk.problems.is_empty();
    scan.problems.splice(0..0, disk.problems);
    let mut stack = Stack::default();
    stack.push(scan, None);
    let mut inventory = stack.finish(Vec::new());
    inventory.problems.extend(disk.notes);
    inventory
}
