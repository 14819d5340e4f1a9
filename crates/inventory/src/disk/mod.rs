//! Disk images: containers, partition tables and the file systems of Linux systems on them.
//!
//! Of the file systems found, the largest that holds `etc/os-release` or `usr/lib/os-release` is
//! the root. Those that its `etc/fstab` names are mounted where it says; all others are problems.
//! Without a root, a single file system is read as it is, and several are read below their names.

mod bytes;
mod container;
mod content;
mod ext4;
mod ext4_map;
mod mount;
mod partition;
mod qcow2;
mod tree;
mod vmdk;
mod volume;
mod xfs;
mod xfs_directory;

use std::io;

use model::Problem;

use crate::section::Section;
pub use tree::DiskTree;

/// Opens the file of this name beside the disk image, for containers of several files.
pub type Beside<'a> = dyn Fn(&str) -> io::Result<Section> + 'a;

/// What was found on a disk image.
#[derive(Debug)]
pub struct Disk {
    pub tree: DiskTree,
    /// What hides content: file systems that are not read, damage.
    pub problems: Vec<Problem>,
    /// What may matter to the reader of the result and hides nothing for certain.
    pub notes: Vec<Problem>,
}

/// Whether the bytes are a disk image in a known container, a partition table, or a file system.
pub fn is_disk(file: &Section) -> io::Result<bool> {
    Ok(container::is_container(file)?
        || partition::is_table(file)?
        || content::identify(file)?.is_certain())
}

/// Opens a disk image.
pub fn open(file: &Section, beside: &Beside<'_>) -> Disk {
    let mut disk = Disk {
        tree: DiskTree::default(),
        problems: Vec::new(),
        notes: Vec::new(),
    };
    match container::open(file, beside) {
        Ok(section) => mount::open(&section, &mut disk),
        Err(error) => disk.problems.push(Problem::new("", error.to_string())),
    }
    disk
}
