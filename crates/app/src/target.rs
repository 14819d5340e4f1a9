//! What the user named, and how it is read.

mod sbom;

use std::path::Path;

use anyhow::{Context as _, Result};
use inventory::{extractors::Extractors, image::Platform};
use model::Inventory;
use sources::cache::{self, InventoryCache};
use sources::files::{self, Kind, Options, Scanned};
use sources::registry::{self, Reference};

use crate::{
    cli::TargetArguments,
    network,
    report::{Image, Target},
};

/// A target that has been read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) target: Target,
    pub(crate) inventory: Inventory,
    /// A source tree or lock file: what it declares is what it is about.
    pub(crate) is_project: bool,
}

/// Reads the target into an inventory.
pub(crate) fn scan(arguments: &TargetArguments, data_dir: &Path) -> Result<Read> {
    if arguments.target == "-" {
        return Ok(document(&arguments.target, sbom::read_stdin()?));
    }
    if let Some(read) = sbom::read_file(Path::new(&arguments.target))? {
        return Ok(document(&arguments.target, read));
    }
    let extractors = Extractors::all();
    let platform = arguments
        .platform
        .as_deref()
        .map(|text| Platform::parse(text).context("--platform: expected os/arch[/variant]"))
        .transpose()?;
    let mut options = Options::new(&extractors);
    options.platform = platform.as_ref();
    if let Some(threads) = arguments.threads {
        options.threads = threads.max(1);
    }
    let scanned = if arguments.target == "host" {
        files::scan_host(&options)?
    } else if let Some(reference) = image_name(&arguments.target) {
        let access = network::access(&arguments.network)?;
        registry::scan(&reference, &access, &options)
            .with_context(|| format!("{} is no file here, but an image", arguments.target))?
    } else if arguments.no_cache {
        files::scan_path(Path::new(&arguments.target), &options)?
    } else {
        let cache = InventoryCache::new(data_dir.join("inventories"), cache::DEFAULT_LIMIT);
        cache.scan_path(Path::new(&arguments.target), &options)?
    };
    Ok(read(&arguments.target, scanned))
}

/// The image in a registry that a target names, unless it is a file or directory.
fn image_name(target: &str) -> Option<Reference> {
    if Path::new(target).exists() {
        return None;
    }
    Reference::parse(target)
}

/// A bill of materials. Without a system it is about a project, and what it declares counts.
fn document(name: &str, read: inventory::sbom::Read) -> Read {
    Read {
        target: Target {
            name: name.to_owned(),
            kind: "sbom",
            image: None,
        },
        is_project: read.inventory.os.is_none(),
        inventory: read.inventory,
    }
}

fn read(name: &str, scanned: Scanned) -> Read {
    let is_project =
        matches!(scanned.kind, Kind::Directory | Kind::File) && scanned.inventory.os.is_none();
    let kind = match scanned.kind {
        Kind::Image => "image",
        Kind::RootArchive => "archive",
        Kind::Disk => "disk",
        Kind::Directory => "directory",
        Kind::Host => "host",
        Kind::File => "file",
    };
    let image = scanned.image.map(|info| Image {
        config_digest: info.config_digest,
        manifest_digest: info.manifest_digest,
        tags: info.tags,
        platform: Some(info.platform.to_string()),
    });
    Read {
        target: Target {
            name: name.to_owned(),
            kind,
            image,
        },
        inventory: scanned.inventory,
        is_project,
    }
}
