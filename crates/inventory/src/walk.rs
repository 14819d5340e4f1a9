//! One pass over a tree: offers files to extractors, records what layers need, keeps limits.

mod by_hash;
mod content;
mod pairs;
mod record;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use crate::extractors::Extractors;
use crate::scan::TreeScan;
use crate::tree::{FileTree, ReadSeek};
pub(crate) use by_hash::ByHash;
use record::Recorder;

/// Copies a stream to where it can be read anywhere; used for one wanted file at a time.
pub type Spill<'a> = dyn Fn(&mut dyn Read) -> io::Result<Box<dyn ReadSeek>> + Sync + 'a;

/// How to scan a tree.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    pub extractors: &'a Extractors,
    /// The tree is a layer: whiteouts count, and what it hides of lower layers is recorded.
    pub is_layer: bool,
    pub limits: Limits,
    /// Where wanted files of a stream go that are larger than [`Limits::memory`]. Without it they
    /// are a problem. The scan drops the copy before it looks at the next file, unless the file is
    /// one of a [pair](ecosystem::PAIRS).
    pub spill: Option<&'a Spill<'a>>,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("is_layer", &self.is_layer)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Problems kept of one tree; what is beyond is only counted.
pub(crate) const MAX_PROBLEMS: usize = 1000;

/// What one scan may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of the tree; those beyond are not looked at.
    pub entries: u64,
    /// Bytes of a file of a stream that are held in memory.
    pub memory: u64,
    /// Bytes of all files given to extractors.
    pub wanted_bytes: u64,
    /// Bytes of the paths and targets of all symlinks, whiteouts and hard links that are kept, with
    /// what each takes beside them.
    pub name_bytes: u64,
    /// Packages of the tree; those of a file count again under each further name of it.
    pub packages: u64,
}

impl Default for Limits {
    /// Each is several times what the largest real images need.
    fn default() -> Self {
        Self {
            entries: 6_000_000,
            memory: 16 << 20,
            wanted_bytes: 64 << 30,
            name_bytes: 64 << 20,
            packages: 500_000,
        }
    }
}

/// Walks `tree` once and returns what it holds.
///
/// A tree that can be rewound is walked a second time if it has hard links, under names that an
/// extractor wants, to files under names that none does (the stores of pnpm and uv).
pub fn scan_tree(tree: &mut dyn FileTree, options: &Options<'_>) -> TreeScan {
    let mut recorder = Recorder::new(options);
    let problems = tree.walk(&mut |entry| recorder.visit(entry));
    recorder.trouble(problems);
    if recorder.wants_second_pass() {
        if tree.rewind() {
            drop(tree.walk(&mut |entry| recorder.visit_again(entry)));
        } else {
            recorder.give_up_second_pass();
        }
    }
    recorder.finish()
}
