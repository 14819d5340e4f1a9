//! Scans what lies in files: image archives and layouts, disks, directories, the running host.

mod archive;
mod bare;
mod directory;
mod disk;
mod file;
mod host;
mod parallel;
mod single;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inventory::decompress::ExpansionLimits;
use inventory::extractors::Extractors;
use inventory::image::{self, Choice, Image, ImageInfo, Members, Platform};
use inventory::layers::Stack;
use inventory::section::Section;
use inventory::walk::{self, Limits, scan_tree};
use model::{Inventory, Problem};

pub use archive::{LayoutDirectory, TarMembers};
pub use bare::walk_image;
pub use directory::DirectoryTree;
pub use file::{FileBytes, spill};
pub use parallel::{Progress, scan_image};
pub use single::SingleFile;

/// How to scan a target in files.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    pub extractors: &'a Extractors,
    /// Layers that are read at the same time.
    pub threads: usize,
    /// Which image of several, if the target is an image.
    pub reference: Option<&'a str>,
    pub platform: Option<&'a Platform>,
    pub limits: Limits,
    pub expansion: ExpansionLimits,
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl<'a> Options<'a> {
    /// Every image's only platform, default limits, one thread for each processor.
    pub fn new(extractors: &'a Extractors) -> Self {
        Self {
            extractors,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            reference: None,
            platform: None,
            limits: Limits::default(),
            expansion: ExpansionLimits::default(),
            progress: None,
        }
    }

    fn walk(&self, is_layer: bool) -> walk::Options<'a> {
        walk::Options {
            extractors: self.extractors,
            is_layer,
            limits: self.limits,
            spill: Some(&spill),
        }
    }

    pub(crate) fn choice(&self) -> Choice {
        Choice {
            reference: self.reference.map(str::to_owned),
            platform: self.platform.cloned(),
            preferred: Platform::linux(std::env::consts::ARCH),
        }
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("threads", &self.threads)
            .field("reference", &self.reference)
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}

/// Why a target could not be scanned at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot open {}", path.display())]
    Open {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot read the image in {}: {problem}", path.display())]
    Image { path: PathBuf, problem: Problem },
}

/// What a target turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Image,
    /// A tar archive of a root file system.
    RootArchive,
    /// A disk image, or a device.
    Disk,
    Directory,
    Host,
    File,
}

/// The result of a scan.
#[derive(Debug)]
pub struct Scanned {
    pub kind: Kind,
    pub inventory: Inventory,
    /// Set for images.
    pub image: Option<ImageInfo>,
}

/// Scans whatever is at `path`: an image archive (`docker save`, OCI layout), an OCI layout
/// directory, a tar archive of a root file system, a disk image (raw, qcow2, VMDK), a directory, or
/// a single file.
pub fn scan_path(path: &Path, options: &Options<'_>) -> Result<Scanned, Error> {
    let cannot_open = |source| Error::Open {
        path: path.to_owned(),
        source,
    };
    let metadata = std::fs::metadata(path).map_err(cannot_open)?;
    if metadata.is_dir() && !is_layout(path) {
        let mut tree = DirectoryTree::open(path).map_err(cannot_open)?;
        return Ok(Scanned {
            kind: Kind::Directory,
            inventory: scan_one(&mut tree, options),
            image: None,
        });
    }
    if let Some(members) = members(path).map_err(cannot_open)? {
        let image = open_members(path, &*members, options)?;
        let info = image.info.clone();
        return Ok(Scanned {
            kind: Kind::Image,
            inventory: scan_image(image, options),
            image: Some(info),
        });
    }
    let section = open_file(path).map_err(cannot_open)?;
    if archive::is_tar(&section).map_err(cannot_open)? {
        let (mut scan, _) =
            image::scan_layer(&section, None, options.expansion, &options.walk(true));
        // A root file system has no layer below it that a whiteout could mean.
        scan.removals.clear();
        let mut stack = Stack::default();
        stack.push(scan, None);
        return Ok(Scanned {
            kind: Kind::RootArchive,
            inventory: stack.finish(Vec::new()),
            image: None,
        });
    }
    if inventory::disk::is_disk(&section).map_err(cannot_open)? {
        return Ok(Scanned {
            kind: Kind::Disk,
            inventory: disk::scan(path, &section, options),
            image: None,
        });
    }
    let mut tree = SingleFile::new(path, &metadata, section);
    Ok(Scanned {
        kind: Kind::File,
        inventory: scan_one(&mut tree, options),
        image: None,
    })
}

/// Scans the running system from its root directory.
pub fn scan_host(options: &Options<'_>) -> Result<Scanned, Error> {
    let root = Path::new("/");
    let mut tree = DirectoryTree::open(root).map_err(|source| Error::Open {
        path: root.to_owned(),
        source,
    })?;
    host::leave_out(&mut tree);
    let mut inventory = scan_one(&mut tree, options);
    if let Some(os) = &mut inventory.os {
        os.running_kernel = host::running_kernel();
    }
    Ok(Scanned {
        kind: Kind::Host,
        inventory,
        image: None,
    })
}

fn scan_one(tree: &mut dyn inventory::tree::FileTree, options: &Options<'_>) -> Inventory {
    let mut stack = Stack::default();
    stack.push(scan_tree(tree, &options.walk(false)), None);
    stack.finish(Vec::new())
}

/// Opens the image at `path` without scanning it.
pub fn open_image(path: &Path, options: &Options<'_>) -> Result<Image, Error> {
    let members = members(path).map_err(|source| Error::Open {
        path: path.to_owned(),
        source,
    })?;
    let members = members.ok_or_else(|| Error::Image {
        path: path.to_owned(),
        problem: Problem::new("", "neither an image archive nor an image layout"),
    })?;
    open_members(path, &*members, options)
}

fn is_layout(path: &Path) -> bool {
    path.join("oci-layout").is_file() && path.join("index.json").is_file()
}

fn open_file(path: &Path) -> io::Result<Section> {
    Ok(Section::whole(Arc::new(FileBytes::open(path)?)))
}

/// The members of an image archive or layout; none if it is something else.
fn members(path: &Path) -> io::Result<Option<Box<dyn Members>>> {
    if path.is_dir() {
        return Ok(is_layout(path).then(|| Box::new(LayoutDirectory::new(path)) as Box<_>));
    }
    let section = open_file(path)?;
    if !archive::is_tar(&section)? {
        return Ok(None);
    }
    let members = TarMembers::index(&archive::expanded(section)?);
    Ok(members.is_image().then(|| Box::new(members) as Box<_>))
}

fn open_members(path: &Path, members: &dyn Members, options: &Options<'_>) -> Result<Image, Error> {
    image::open(members, &options.choice()).map_err(|problem| Error::Image {
        path: path.to_owned(),
        problem,
    })
}
