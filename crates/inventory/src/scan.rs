//! What one pass over one tree or layer leaves behind: small, and enough to stack layers.

use model::{OperatingSystem, Package, Problem};

/// The relevant content of a tree, or what a layer changes of the layers below.
///
/// Its size follows the packages and symlinks of the tree, and 8 bytes for each other entry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreeScan {
    pub files: Vec<ScannedFile>,
    pub symlinks: Vec<Link>,
    /// Hard links to files that this tree does not hold, under names that an extractor wants.
    pub hard_links: Vec<Link>,
    /// Whiteouts, in the order of the layer.
    pub removals: Vec<Removal>,
    /// [Hashes](crate::path::hash) of every path that is not a directory, sorted.
    pub non_directories: Vec<u64>,
    /// Hashes of every directory with an entry of its own, sorted.
    pub directories: Vec<u64>,
    /// Hashes of directories that are only implied by what lies in them, sorted.
    pub implied: Vec<u64>,
    pub problems: Vec<Problem>,
    /// Whether nothing that should have been read was left unread.
    pub complete: bool,
    pub statistics: Statistics,
}

/// How much work a pass was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    pub entries: u64,
    /// Files that were given to an extractor.
    pub extracted: u64,
    /// Bytes of those files.
    pub extracted_bytes: u64,
}

/// A file from which something was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScannedFile {
    /// From the root, through the symlinks of its own layer.
    pub path: String,
    pub packages: Vec<Package>,
    pub owned: Vec<OwnedHashes>,
    pub os: Option<OperatingSystem>,
    pub problems: Vec<Problem>,
    /// The file is a package database of which nothing could be read.
    pub hides_content: bool,
}

/// As many hashes of owned paths take the memory of a package.
const PATHS_PER_PACKAGE: u64 = 32;

impl ScannedFile {
    /// The memory it takes, in packages.
    pub fn cost(&self) -> u64 {
        let paths = self.owned.iter().map(|owned| owned.paths.len() as u64);
        self.packages.len() as u64 + paths.sum::<u64>() / PATHS_PER_PACKAGE
    }

    /// The same file under another name.
    #[must_use]
    pub fn renamed(&self, path: &str) -> Self {
        let mut file = self.clone();
        file.rename(path);
        file
    }

    /// Moves the file and the places of what was read from it.
    pub fn rename(&mut self, path: &str) {
        if self.path == path {
            return;
        }
        let move_place = |place: &mut String| {
            if let Some(rest) = place.strip_prefix(&self.path) {
                *place = format!("{path}{rest}");
            }
        };
        for package in &mut self.packages {
            for location in &mut package.locations {
                move_place(&mut location.path);
            }
        }
        for problem in &mut self.problems {
            move_place(&mut problem.place);
        }
        path.clone_into(&mut self.path);
    }
}

/// The paths an operating-system package owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedHashes {
    pub package: String,
    /// [Hashes](crate::path::hash) of the paths as the database writes them.
    pub paths: Vec<u64>,
}

/// A name for something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub path: String,
    /// As written for a symlink, from the root for a hard link.
    pub target: String,
}

/// A whiteout (OCI image specification, layer.md, "Whiteouts").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// The path and all below it.
    Path(String),
    /// All below the path.
    Below(String),
}
