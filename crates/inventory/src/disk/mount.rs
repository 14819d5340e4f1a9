//! Finds the file systems of a disk and mounts them as the system on it would.

use std::io;

use model::Problem;

use super::Disk;
use super::content::{Content, identify};
use super::ext4::Ext;
use super::partition::{self, Partition};
use super::tree::{Mount, find};
use super::volume::{FileSystem, REGULAR};
use super::xfs::Xfs;
use crate::path;
use crate::section::Section;

/// Largest `fstab` that is read.
const MAX_FSTAB: u64 = 1 << 20;

/// A file system that can be read.
struct Found {
    /// Names it in problems.
    name: String,
    partition: Option<Partition>,
    size: u64,
    files: Box<dyn FileSystem>,
    is_root: bool,
}

/// Mounts what is on the disk.
pub(super) fn open(section: &Section, disk: &mut Disk) {
    let mut found = Vec::new();
    match partition::read(section) {
        Ok(Some(table)) => {
            disk.problems.extend(table.problems);
            for partition in table.partitions {
                let name = format!("partition {}", partition.number);
                let content = partition.content.clone();
                volume(name, &content, Some(partition), disk, &mut found);
            }
        }
        Ok(None) => volume(String::new(), section, None, disk, &mut found),
        Err(error) => disk.problems.push(Problem::new("", error.to_string())),
    }
    if found.is_empty() && disk.problems.is_empty() {
        disk.problems
            .push(Problem::new("", "no file system was found"));
    }
    let candidates = (0..).zip(&found).filter(|(_, found)| found.is_root);
    // Of equals the first.
    let root = candidates.max_by_key(|&(i, found)| (found.size, std::cmp::Reverse(i)));
    match root.map(|(i, _): (usize, _)| i) {
        Some(root) => mount(found.remove(root), found, disk),
        None => without_root(found, disk),
    }
}

/// Opens what a partition or a whole disk holds.
fn volume(
    name: String,
    content: &Section,
    partition: Option<Partition>,
    disk: &mut Disk,
    found: &mut Vec<Found>,
) {
    let is_empty = partition
        .as_ref()
        .is_some_and(|partition| partition.is_empty);
    let opened: io::Result<Box<dyn FileSystem>> = match identify(content) {
        Ok(Content::Ext) => Ext::open(content).map(|ext| Box::new(ext) as _),
        Ok(Content::Xfs) => Xfs::open(content).map(|xfs| Box::new(xfs) as _),
        Ok(Content::Swap) => return,
        Ok(_) if is_empty => return,
        Ok(Content::Named { name, .. }) => Err(io::Error::other(format!("{name} is not read"))),
        Ok(Content::Unknown) => Err(io::Error::other("no known file system")),
        Err(error) => Err(error),
    };
    match opened {
        Ok(files) => {
            if files.needs_recovery() {
                let what = "the file system was not unmounted: changes that are only in its \
                            journal are not seen";
                disk.notes.push(Problem::new(name.as_str(), what));
            }
            let is_root = ["etc/os-release", "usr/lib/os-release"]
                .iter()
                .any(|path| matches!(find(&*files, path), Ok(Some(_))));
            found.push(Found {
                name,
                partition,
                size: content.len(),
                files,
                is_root,
            });
        }
        Err(error) => disk.problems.push(Problem::new(name, error.to_string())),
    }
}

fn mount(root: Found, others: Vec<Found>, disk: &mut Disk) {
    let fstab = fstab(&*root.files).unwrap_or_else(|error| {
        let what = format!("cannot be read: {error}");
        disk.problems.push(Problem::new("etc/fstab", what));
        Vec::new()
    });
    disk.tree.mounts.push(Mount {
        at: String::new(),
        files: root.files,
    });
    for other in others {
        let lines = fstab.iter().filter(|line| other.is_named_by(&line.device));
        let mut places = lines.map(|line| line.at.clone());
        let taken = |at: &String| disk.tree.mounts.iter().any(|mount| mount.at == *at);
        match places.find(|at| !taken(at)) {
            Some(at) => disk.tree.mounts.push(Mount {
                at,
                files: other.files,
            }),
            None => disk.problems.push(Problem::new(
                other.name,
                "left out: the system's fstab does not mount this file system",
            )),
        }
    }
}

/// Without a system on the disk, each file system stands for itself.
fn without_root(found: Vec<Found>, disk: &mut Disk) {
    let is_single = found.len() == 1;
    for one in found {
        let at = if is_single { String::new() } else { one.name };
        disk.tree.mounts.push(Mount {
            at,
            files: one.files,
        });
    }
}

/// A line of `fstab` that mounts a device.
struct Line {
    device: String,
    at: String,
}

/// The lines of `etc/fstab` (fstab(5)); none if there is no such file.
fn fstab(files: &dyn FileSystem) -> io::Result<Vec<Line>> {
    let Some(inode) = find(files, "etc/fstab")?.filter(|inode| inode.is(REGULAR)) else {
        return Ok(Vec::new());
    };
    let bytes = files.content(&inode)?.read_all(MAX_FSTAB)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let device = fields.next().filter(|device| !device.starts_with('#'))?;
        // Spaces are written in octal.
        let at = fields.next()?.replace("\\040", " ");
        let at = at.strip_prefix('/')?;
        let at = path::clean(at.as_bytes()).into_owned();
        (!at.is_empty()).then(|| Line {
            device: device.to_owned(),
            at,
        })
    });
    Ok(lines.collect())
}

impl Found {
    /// Whether the first field of a line of `fstab` means this file system. Names of devices mean
    /// the partition with their number, as nothing else is known of the machine's devices.
    fn is_named_by(&self, device: &str) -> bool {
        let (key, value) = match device.split_once('=') {
            Some(pair) => pair,
            None => match device.strip_prefix("/dev/disk/by-") {
                Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
                None => ("", device),
            },
        };
        let value = value.trim_matches('"');
        let partition = self.partition.as_ref();
        match key.to_ascii_lowercase().as_str() {
            "uuid" => value.eq_ignore_ascii_case(self.files.uuid()),
            "label" => !value.is_empty() && value == self.files.label(),
            "partuuid" => partition.is_some_and(|p| p.uuid.eq_ignore_ascii_case(value)),
            "partlabel" => partition.is_some_and(|p| !value.is_empty() && p.label == value),
            "" => partition.is_some_and(|p| number_of(value) == Some(p.number)),
            _ => false,
        }
    }
}

/// The partition's number in a device's name: `sda2`, `vda2`, `xvda2`, `nvme0n1p2`, `mmcblk0p2`.
fn number_of(device: &str) -> Option<u32> {
    let name = device.strip_prefix("/dev/")?;
    let disk = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name.strip_prefix(disk)?;
    let is_disk = ["sd", "vd", "xvd", "hd", "nvme", "mmcblk"]
        .iter()
        .any(|kind| disk.starts_with(kind));
    is_disk.then(|| number.parse::<u32>().ok()).flatten()
}
