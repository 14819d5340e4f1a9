//! Stacks scanned layers into the root file system that a container would see.

mod owners;
mod state;
#[cfg(test)]
mod tests;

use ecosystem::os_release;
use model::{Inventory, Layer, Package, Problem};

use crate::scan::TreeScan;
use crate::walk::MAX_PROBLEMS;
use state::{File, State};

/// Places kept of one package.
const MAX_LOCATIONS: usize = 100;

/// Stacks layers, lowest first.
///
/// A package's layer is the lowest one since which its evidence file has named this name and
/// version without interruption: a package database that each layer rewrites attributes every
/// package to the layer that installed it.
#[derive(Debug, Default)]
pub struct Stack {
    state: State,
    problems: Vec<Problem>,
    is_incomplete: bool,
}

impl Stack {
    /// Puts a layer on top; `layer` is its index in the inventory's layers, none outside images.
    pub fn push(&mut self, scan: TreeScan, layer: Option<u32>) {
        self.is_incomplete |= !scan.complete;
        let place = layer.map(|layer| format!("layer {layer}"));
        self.problems
            .extend(scan.problems.iter().cloned().map(|problem| match &place {
                Some(place) => problem.within(place),
                None => problem,
            }));
        let unread = self.state.apply(scan, layer);
        self.is_incomplete |= !unread.is_empty();
        let further = unread.len().saturating_sub(MAX_PROBLEMS);
        let links = unread.into_iter().take(MAX_PROBLEMS).map(|link| {
            let what = format!("not read: it is a hard link to {}", link.target);
            Problem::new(link.path, what)
        });
        let further = (further > 0)
            .then(|| Problem::new("", format!("{further} further hard links were not read")));
        let problems = links.chain(further).map(|problem| match &place {
            Some(place) => problem.within(place),
            None => problem,
        });
        self.problems.extend(problems);
    }

    /// The inventory of what is visible on top.
    pub fn finish(self, layers: Vec<Layer>) -> Inventory {
        let Self {
            mut state,
            mut problems,
            mut is_incomplete,
        } = self;
        let mut files = state.take_files();
        owners::attribute(&state, &mut files);
        let mut os = None;
        let mut packages = Vec::new();
        for file in files {
            is_incomplete |= file.scanned.hides_content;
            problems.extend(file.scanned.problems);
            if let Some(found) = file.scanned.os {
                let rank = os_release::preference(&file.scanned.path);
                if os.as_ref().is_none_or(|(best, _)| rank < *best) {
                    os = Some((rank, found));
                }
            }
            packages.extend(file.scanned.packages);
        }
        problems.dedup();
        Inventory {
            os: os.map(|(_, os)| os),
            layers,
            packages: deduplicate(packages),
            problems,
            complete: !is_incomplete,
        }
    }
}

/// The inventory of layers, lowest first, or of one tree with no layers.
pub fn merge(scans: Vec<TreeScan>, layers: Vec<Layer>) -> Inventory {
    let mut stack = Stack::default();
    let is_image = !layers.is_empty();
    for (i, scan) in (0..).zip(scans) {
        stack.push(scan, is_image.then_some(i));
    }
    stack.finish(layers)
}

/// Folds observations of the same package into one with several locations, and sorts.
pub(crate) fn deduplicate(mut packages: Vec<Package>) -> Vec<Package> {
    packages.sort_by(|a, b| {
        identity(a)
            .cmp(&identity(b))
            .then_with(|| a.locations.cmp(&b.locations))
    });
    packages.dedup_by(|later, first| {
        if identity(later) != identity(first) {
            return false;
        }
        for location in later.locations.drain(..) {
            if first.locations.len() < MAX_LOCATIONS && !first.locations.contains(&location) {
                first.locations.push(location);
            }
        }
        for license in later.licenses.drain(..) {
            if first.licenses.len() < MAX_LOCATIONS && !first.licenses.contains(&license) {
                first.licenses.push(license);
            }
        }
        for property in later.properties.drain(..) {
            if first.properties.iter().all(|(key, _)| *key != property.0) {
                first.properties.push(property);
                first.properties.sort();
            }
        }
        true
    });
    packages
}

/// What makes two observations the same package.
fn identity(package: &Package) -> impl Ord {
    (
        package.purl_type.as_str(),
        package.name.as_str(),
        package.version.as_str(),
        package.arch.as_deref(),
        package.source.as_ref(),
        package.module.as_deref(),
        package.evidence,
        package.owned_by.as_deref(),
    )
}

/// Sets the layer of every package of a file that has just been put in place.
fn attribute_layers(file: &mut File, previous: Option<&File>) {
    for package in &mut file.scanned.packages {
        let earlier = previous
            .and_then(|previous| previous.find(package))
            .and_then(|earlier| earlier.locations.first());
        let layer = earlier.map_or(file.layer, |location| location.layer);
        for location in &mut package.locations {
            location.layer = layer;
        }
    }
}

impl File {
    /// The package of the same name and version, if the file names it.
    fn find(&self, package: &Package) -> Option<&Package> {
        let start = self
            .scanned
            .packages
            .partition_point(|p| version_key(p) < version_key(package));
        self.scanned
            .packages
            .get(start)
            .filter(|p| version_key(p) == version_key(package))
    }
}

/// The order in which a stacked file holds its packages.
fn version_key(package: &Package) -> impl Ord {
    (
        package.purl_type.as_str(),
        package.name.as_str(),
        package.version.as_str(),
        package.arch.as_deref(),
    )
}
