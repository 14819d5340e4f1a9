//! The relevant part of a root file system: scanned files, symlinks and the directories above.

use std::collections::HashSet;

use super::{attribute_layers, version_key};
use crate::path;
use crate::scan::{Link, Removal, ScannedFile, TreeScan};
use crate::walk::ByHash;

/// Most names through lower symlinks that are followed for one layer.
const MAX_ALIASES: usize = 1000;

/// Most that hard links to files of lower layers may copy, in the unit of [`ScannedFile::cost`].
pub(super) const MAX_COPIED: u64 = 500_000;

/// A scanned file in its place.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) scanned: ScannedFile,
    pub(super) layer: Option<u32>,
}

#[derive(Debug)]
enum Kind {
    Directory,
    File(Box<File>),
    Symlink(String),
}

#[derive(Debug)]
struct Node {
    path: String,
    hash: u64,
    kind: Kind,
    children: Vec<usize>,
    is_alive: bool,
}

/// Nodes by the hash of their path.
#[derive(Debug, Default)]
pub(super) struct State {
    nodes: Vec<Node>,
    by_hash: ByHash<usize>,
    pub(super) copied: u64,
}

impl State {
    /// Applies a layer to what lies below it.
    ///
    /// Returns the hard links whose content no extractor has seen.
    pub(super) fn apply(&mut self, scan: TreeScan, layer: Option<u32>) -> Vec<Link> {
        for removal in &scan.removals {
            match removal {
                Removal::Path(path) => {
                    let place = self.place(path);
                    self.remove(path::hash(&place));
                }
                Removal::Below(path) => {
                    let directory = self.resolve(path);
                    self.remove_below(&directory);
                }
            }
        }
        let mut replaced = ByHash::default();
        let (directories, others): (Vec<u64>, Vec<u64>) = scan
            .non_directories
            .iter()
            .filter(|hash| self.by_hash.contains_key(hash))
            .partition(|&&hash| matches!(self.kind(hash), Some(Kind::Directory)));
        // What lay in a directory that something replaces does not go on, even if the layer puts
        // something in its place again.
        for hash in directories {
            self.remove(hash);
        }
        for hash in others {
            if let Some(file) = self.remove(hash) {
                replaced.insert(hash, file);
            }
        }
        for hash in &scan.directories {
            if self
                .kind(*hash)
                .is_some_and(|kind| !matches!(kind, Kind::Directory))
            {
                self.remove(*hash);
            }
        }
        for hash in &scan.implied {
            if matches!(self.kind(*hash), Some(Kind::File(_))) {
                self.remove(*hash);
            }
        }
        self.hide_through_symlinks(&scan, &mut replaced);
        for link in scan.symlinks {
            let path = self.place(&link.path);
            self.put(path, Kind::Symlink(link.target));
        }
        for mut scanned in scan.files {
            let path = self.place(&scanned.path);
            scanned.rename(&path);
            self.put_file(path, scanned, layer, &mut replaced);
        }
        let mut unseen = scan.hard_links;
        unseen.retain(|link| !self.put_hard_link(link, layer, &mut replaced));
        unseen
    }

    fn node(&self, hash: u64) -> Option<&Node> {
        self.by_hash.get(&hash).and_then(|&i| self.nodes.get(i))
    }

    fn kind(&self, hash: u64) -> Option<&Kind> {
        self.node(hash).map(|node| &node.kind)
    }

    /// Removes a path and all below it; returns the file that stood there.
    fn remove(&mut self, hash: u64) -> Option<File> {
        let first = self.by_hash.get(&hash).copied()?;
        let mut found = None;
        let mut left = vec![first];
        while let Some(i) = left.pop() {
            let Some(node) = self.nodes.get_mut(i).filter(|node| node.is_alive) else {
                continue;
            };
            node.is_alive = false;
            self.by_hash.remove(&node.hash);
            left.append(&mut node.children);
            let kind = std::mem::replace(&mut node.kind, Kind::Directory);
            node.path = String::new();
            if let (Kind::File(file), true) = (kind, i == first) {
                found = Some(*file);
            }
        }
        found
    }

    fn remove_below(&mut self, directory: &str) {
        let hash = path::hash(directory);
        if !matches!(self.kind(hash), Some(Kind::Directory)) {
            return;
        }
        let children = self.by_hash.get(&hash).and_then(|&i| self.nodes.get_mut(i));
        let children = children.map(|node| std::mem::take(&mut node.children));
        for child in children.unwrap_or_default() {
            if let Some(hash) = self.nodes.get(child).filter(|n| n.is_alive).map(|n| n.hash) {
                self.remove(hash);
            }
        }
    }

    /// The path through which the kernel would reach `path` without following its last component.
    pub(super) fn place(&self, path: &str) -> String {
        let (parent, name) = path::split(path);
        path::join(&self.resolve(parent), name)
    }

    /// `path` with every symlink followed; as far as that leads if they go in circles.
    pub(super) fn resolve(&self, path: &str) -> String {
        if !self.passes_symlink(path) {
            return path.to_owned();
        }
        path::follow(path, |path, hash| match self.kind(hash) {
            Some(Kind::Symlink(target)) => Some(path::resolve_dots(path::split(path).0, target)),
            _ => None,
        })
    }

    fn passes_symlink(&self, path: &str) -> bool {
        let mut hash = path::ROOT;
        path::components(path).any(|name| {
            hash = path::child(hash, name);
            matches!(self.kind(hash), Some(Kind::Symlink(_)))
        })
    }

    /// Puts something at a path whose directories are no symlinks.
    fn put(&mut self, path: String, kind: Kind) {
        let hash = path::hash(&path);
        self.remove(hash);
        let parent = self.directory(path::split(&path).0);
        self.add(path, hash, kind, parent);
    }

    fn add(&mut self, path: String, hash: u64, kind: Kind, parent: Option<usize>) -> usize {
        let index = self.nodes.len();
        self.nodes.push(Node {
            path,
            hash,
            kind,
            children: Vec::new(),
            is_alive: true,
        });
        self.by_hash.insert(hash, index);
        if let Some(parent) = parent.and_then(|i| self.nodes.get_mut(i)) {
            parent.children.push(index);
        }
        index
    }

    /// The node of a directory, made together with those above it if need be.
    fn directory(&mut self, path: &str) -> Option<usize> {
        let hash = path::hash(path);
        if let Some(&index) = self.by_hash.get(&hash) {
            if matches!(self.kind(hash), Some(Kind::Directory)) {
                return Some(index);
            }
            self.remove(hash);
        }
        let mut hash = path::ROOT;
        let mut end = 0;
        let root = self.by_hash.get(&hash).copied();
        let root = root.unwrap_or_else(|| self.add(String::new(), hash, Kind::Directory, None));
        let mut parent = Some(root);
        for name in path::components(path) {
            end += name.len() + usize::from(end > 0);
            hash = path::child(hash, name);
            if self
                .kind(hash)
                .is_some_and(|kind| !matches!(kind, Kind::Directory))
            {
                self.remove(hash);
            }
            parent = Some(if let Some(&index) = self.by_hash.get(&hash) {
                index
            } else {
                let path = path.get(..end).unwrap_or(path).to_owned();
                self.add(path, hash, Kind::Directory, parent)
            });
        }
        parent
    }

    fn put_file(
        &mut self,
        path: String,
        scanned: ScannedFile,
        layer: Option<u32>,
        replaced: &mut ByHash<File>,
    ) {
        let hash = path::hash(&path);
        let previous = self.remove(hash).or_else(|| replaced.remove(&hash));
        let mut file = File { scanned, layer };
        file.scanned
            .packages
            .sort_by(|a, b| version_key(a).cmp(&version_key(b)));
        attribute_layers(&mut file, previous.as_ref());
        self.put(path, Kind::File(Box::new(file)));
    }

    /// A second name of something in a lower layer; false if that was not kept, or would be copied
    /// too often.
    fn put_hard_link(
        &mut self,
        link: &Link,
        layer: Option<u32>,
        replaced: &mut ByHash<File>,
    ) -> bool {
        let target = self.place(&link.target);
        let path = self.place(&link.path);
        match self.kind(path::hash(&target)) {
            Some(Kind::File(file)) => {
                let copied = self.copied.saturating_add(file.scanned.cost());
                if copied > MAX_COPIED {
                    return false;
                }
                let copy = file.scanned.renamed(&path);
                self.copied = copied;
                self.put_file(path, copy, layer, replaced);
                true
            }
            Some(Kind::Symlink(to)) => {
                let to = to.clone();
                self.put(path, Kind::Symlink(to));
                true
            }
            Some(Kind::Directory) | None => false,
        }
    }

    /// Hides what the layer replaces under names that lead through symlinks of lower layers.
    ///
    /// A layer can only do so if one of its entries lies in a directory that has no entry of its
    /// own in the layer (an entry would have replaced the symlink), and whose path is a symlink
    /// below: rare, so that the work is done from the side of what is kept.
    fn hide_through_symlinks(&mut self, scan: &TreeScan, replaced: &mut ByHash<File>) {
        for (name, directory) in self.aliases(&scan.implied) {
            let below = self.below(&directory);
            for hash in below {
                let Some(node) = self.node(hash) else {
                    continue;
                };
                let rest = node.path.get(directory.len()..).unwrap_or_default();
                let rest = rest.trim_start_matches('/');
                let alias = path::hash(&path::join(&name, rest));
                let has = |hashes: &[u64]| hashes.binary_search(&alias).is_ok();
                let is_hidden = has(&scan.non_directories)
                    || match node.kind {
                        Kind::Directory => false,
                        Kind::Symlink(_) => has(&scan.directories),
                        Kind::File(_) => has(&scan.directories) || has(&scan.implied),
                    };
                if is_hidden && let Some(file) = self.remove(hash) {
                    replaced.insert(hash, file);
                }
            }
        }
    }

    /// Names through symlinks of lower layers that `implied` uses, with where they lead.
    fn aliases(&self, implied: &[u64]) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        if implied.is_empty() {
            return found;
        }
        let mut left = vec![(String::new(), String::new())];
        let mut seen = HashSet::new();
        while let Some((name, directory)) = left.pop() {
            for hash in self.below(&directory) {
                let Some(node) = self.node(hash) else {
                    continue;
                };
                if !matches!(node.kind, Kind::Symlink(_)) {
                    continue;
                }
                let rest = node.path.get(directory.len()..).unwrap_or_default();
                let alias = path::join(&name, rest.trim_start_matches('/'));
                if implied.binary_search(&path::hash(&alias)).is_ok()
                    && seen.len() < MAX_ALIASES
                    && seen.insert(alias.clone())
                {
                    let pair = (alias, self.resolve(&node.path));
                    found.push(pair.clone());
                    left.push(pair);
                }
            }
        }
        found
    }

    /// Hashes of all that lies below a directory.
    fn below(&self, directory: &str) -> Vec<u64> {
        let mut found = Vec::new();
        let mut left: Vec<usize> = self
            .by_hash
            .get(&path::hash(directory))
            .copied()
            .into_iter()
            .collect();
        while let Some(i) = left.pop() {
            if let Some(node) = self.nodes.get(i).filter(|node| node.is_alive) {
                found.push(node.hash);
                left.extend(&node.children);
            }
        }
        // The directory itself stays where it is.
        found.retain(|&hash| hash != path::hash(directory));
        found
    }

    /// Takes out every file, in the order of the paths.
    pub(super) fn take_files(&mut self) -> Vec<File> {
        let mut files: Vec<File> = Vec::new();
        for node in self.nodes.iter_mut().filter(|node| node.is_alive) {
            if matches!(node.kind, Kind::File(_))
                && let Kind::File(file) = std::mem::replace(&mut node.kind, Kind::Directory)
            {
                files.push(*file);
            }
        }
        files.sort_by(|a, b| a.scanned.path.cmp(&b.scanned.path));
        files
    }

    /// Every symlink that may lead to a directory with files, with where it leads.
    pub(super) fn directory_symlinks(&self) -> impl Iterator<Item = (&str, String)> {
        self.nodes
            .iter()
            .filter(|node| node.is_alive)
            .filter_map(|node| {
                let Kind::Symlink(target) = &node.kind else {
                    return None;
                };
                let target = path::resolve_dots(path::split(&node.path).0, target);
                if !self.leads_somewhere(&target) {
                    return None;
                }
                Some((node.path.as_str(), self.resolve(&target)))
            })
    }

    fn leads_somewhere(&self, target: &str) -> bool {
        self.by_hash.contains_key(&path::hash(target)) || self.passes_symlink(target)
    }
}
