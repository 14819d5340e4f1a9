//! The file systems of a disk as one file tree.

use std::collections::HashSet;
use std::io;
use std::rc::Rc;

use model::Problem;

use super::volume::{DIRECTORY, FileSystem, Inode, KIND, Names, REGULAR, SYMLINK, bad};
use crate::path::{self, MAX_PATH};
use crate::tree::{Entry, EntryContent, EntryKind, FileTree, ReadSeek};

/// Problems kept of one walk.
const MAX_PROBLEMS: usize = 1000;
/// Names of one file system, as the scan's own limit.
const MAX_ENTRIES: u64 = 6_000_000;

/// A file system and where it is mounted.
pub(super) struct Mount {
    /// From the root, empty for the root itself.
    pub(super) at: String,
    pub(super) files: Box<dyn FileSystem>,
}

/// The mounted file systems of a disk. A file with several names is visited under each.
#[derive(Default)]
pub struct DiskTree {
    pub(super) mounts: Vec<Mount>,
}

impl std::fmt::Debug for DiskTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = self.mounts.iter().map(|mount| &mount.at);
        f.debug_list().entries(places).finish()
    }
}

impl FileTree for DiskTree {
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem> {
        let mut problems = Problems(Vec::new());
        for mount in &self.mounts {
            let mut walk = Walk {
                files: &*mount.files,
                covered: self.mounts.iter().map(|m| m.at.as_str()).collect(),
                seen: HashSet::new(),
                left: Vec::new(),
                entries: 0,
            };
            walk.run(&mount.at, visit, &mut problems);
        }
        problems.0
    }

    fn rewind(&mut self) -> bool {
        true
    }
}

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, place: &str, what: impl Into<String>) {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(Problem::new(place, what));
        }
    }
}

/// A directory that is still to be read.
struct Pending {
    parent: Rc<str>,
    name: Box<str>,
    inode: u64,
}

/// A pass over one file system.
struct Walk<'t> {
    files: &'t dyn FileSystem,
    /// Directories that other file systems are mounted on.
    covered: HashSet<&'t str>,
    /// Directories that have been met, by inode: a damaged tree may have them twice.
    seen: HashSet<u64>,
    left: Vec<Pending>,
    entries: u64,
}

impl Walk<'_> {
    fn run(&mut self, at: &str, visit: &mut dyn FnMut(Entry<'_>), problems: &mut Problems) {
        let root = self.files.root();
        self.seen.insert(root);
        self.left.push(Pending {
            parent: "".into(),
            name: at.into(),
            inode: root,
        });
        while let Some(pending) = self.left.pop() {
            let directory: Rc<str> = path::join(&pending.parent, &pending.name).into();
            if let Err(error) = self.read(&directory, pending.inode, visit, problems) {
                let what = format!("the directory cannot be read: {error}");
                problems.add(&directory, what);
            }
            if self.entries > MAX_ENTRIES {
                let what = format!("more than the limit of {MAX_ENTRIES} entries");
                problems.add(at, what);
                break;
            }
        }
    }

    fn read(
        &mut self,
        directory: &Rc<str>,
        inode: u64,
        visit: &mut dyn FnMut(Entry<'_>),
        problems: &mut Problems,
    ) -> io::Result<()> {
        let inode = self.files.inode(inode)?;
        if !inode.is(DIRECTORY) {
            return Err(bad("its inode is not one of a directory"));
        }
        let mut names = Names::default();
        let listed = self.files.list(&inode, &mut names);
        if let Some(damage) = names.damage {
            problems.add(directory, damage);
        }
        let first = self.left.len();
        for (name, number) in names.sorted() {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                break;
            }
            let name = String::from_utf8_lossy(name);
            let full = path::join(directory, &name);
            if full.len() > MAX_PATH {
                let what = format!("its path is longer than {MAX_PATH} bytes");
                problems.add(directory, what);
                continue;
            }
            let visited = self.visit_one(&full, number, visit);
            match visited {
                Ok(inode) if inode.is(DIRECTORY) => {
                    if self.covered.contains(full.as_str()) {
                        continue;
                    }
                    if !self.seen.insert(number) {
                        problems.add(&full, "the directory is in the tree a second time");
                        continue;
                    }
                    self.left.push(Pending {
                        parent: Rc::clone(directory),
                        name: name.into(),
                        inode: number,
                    });
                }
                Ok(_) => {}
                Err(error) => problems.add(&full, format!("cannot be read: {error}")),
            }
        }
        if let Some(new) = self.left.get_mut(first..) {
            new.reverse();
        }
        listed
    }

    fn visit_one(
        &self,
        full: &str,
        number: u64,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> io::Result<Inode> {
        let inode = self.files.inode(number)?;
        let mut open = || open(self.files, &inode);
        let mut entry = Entry {
            path: full,
            kind: EntryKind::Other,
            mode: u32::from(inode.mode & !KIND),
            size: 0,
            content: EntryContent::Empty,
        };
        match inode.mode & KIND {
            REGULAR => {
                entry.kind = EntryKind::File;
                entry.size = inode.size;
                entry.content = EntryContent::Seekable(&mut open);
            }
            DIRECTORY => entry.kind = EntryKind::Directory,
            SYMLINK => {
                let target = self.files.target(&inode)?;
                entry.kind = EntryKind::Symlink(String::from_utf8_lossy(&target).into_owned());
            }
            0 => return Err(bad("its inode is not in use")),
            _ => {}
        }
        visit(entry);
        Ok(inode)
    }
}

fn open(files: &dyn FileSystem, inode: &Inode) -> io::Result<Box<dyn ReadSeek>> {
    let content = files.content(inode)?;
    let window = usize::try_from(content.len().clamp(512, 64 << 10)).unwrap_or(512);
    Ok(Box::new(content.reader(window)))
}

/// The inode at a path from a file system's root, symlinks not followed.
pub(super) fn find(files: &dyn FileSystem, path: &str) -> io::Result<Option<Inode>> {
    let mut inode = files.inode(files.root())?;
    for component in path::components(path) {
        if !inode.is(DIRECTORY) {
            return Ok(None);
        }
        let mut names = Names::default();
        files.list(&inode, &mut names)?;
        let sorted = names.sorted();
        let found = sorted
            .iter()
            .find(|(name, _)| *name == component.as_bytes());
        match found {
            Some(&(_, number)) => inode = files.inode(number)?,
            None => return Ok(None),
        }
    }
    Ok(Some(inode))
}
