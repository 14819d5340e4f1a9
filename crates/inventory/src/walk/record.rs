//! Keeps what a pass finds, in the state that the tree has after each entry.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasherDefault;

use ecosystem::FileInfo;
use model::Problem;

use super::by_hash::{ByHash, Identity};
use super::content::{self, Outcome};
use super::pairs::{Half, Joined, Pairs, Role};
use super::{Limits, MAX_PROBLEMS, Options};
use crate::extractors::Mask;
use crate::path;
use crate::scan::{Link, Removal, ScannedFile, TreeScan};
use crate::tree::{Entry, EntryKind, ReadSeek};

/// Most directories with something kept below them.
const MAX_ABOVE: usize = 1 << 20;
/// Bytes that a link or whiteout takes beside its names, so that short ones count, too.
const NAME_COST: u64 = 96;
/// Size and mode under which a name is judged when the file itself is not at hand.
const TYPICAL_SIZE: u64 = 4096;
const TYPICAL_MODE: u32 = 0o644;

enum Kept {
    File(usize),
    Symlink(usize),
    Unseen(usize),
}

/// A file that some extractor wanted by name.
struct Offer {
    mask: Mask,
    size: u64,
}

/// A hard link whose content no extractor has seen.
#[derive(Clone)]
struct Unseen {
    path: String,
    target: String,
    mode: u32,
    /// Which entry of the tree it is.
    number: u64,
}

/// The directory of the last entry.
#[derive(Default)]
struct Directory {
    written: String,
    /// Through the symlinks of the layer.
    resolved: String,
    hash: u64,
}

pub(super) struct Recorder<'o> {
    options: &'o Options<'o>,
    scan: TreeScan,
    files: Vec<Option<ScannedFile>>,
    symlinks: Vec<Option<Link>>,
    kept: ByHash<Kept>,
    /// Directories with something kept below them.
    above_kept: HashSet<u64, BuildHasherDefault<Identity>>,
    offers: ByHash<Offer>,
    unseen: Vec<Option<Unseen>>,
    /// What the second pass looks for, by the target's path.
    wanted_again: HashMap<String, Vec<Unseen>>,
    found_again: BTreeMap<String, ScannedFile>,
    entries_again: u64,
    pairs: Pairs,
    directory: Directory,
    implied_sorted: usize,
    buffer: Vec<u8>,
    name_bytes: u64,
    /// In the unit of [`ScannedFile::cost`].
    packages: u64,
    dropped_problems: u64,
}

impl<'o> Recorder<'o> {
    pub(super) fn new(options: &'o Options<'o>) -> Self {
        Self {
            options,
            scan: TreeScan {
                complete: true,
                ..TreeScan::default()
            },
            files: Vec::new(),
            symlinks: Vec::new(),
            kept: ByHash::default(),
            above_kept: HashSet::default(),
            offers: ByHash::default(),
            unseen: Vec::new(),
            wanted_again: HashMap::new(),
            found_again: BTreeMap::new(),
            entries_again: 0,
            pairs: Pairs::default(),
            directory: Directory {
                hash: path::ROOT,
                ..Directory::default()
            },
            implied_sorted: 0,
            buffer: Vec::new(),
            name_bytes: 0,
            packages: 0,
            dropped_problems: 0,
        }
    }

    /// Notes problems that hide content.
    pub(super) fn trouble(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.scan.complete = false;
            if self.scan.problems.len() < MAX_PROBLEMS {
                self.scan.problems.push(problem);
            } else {
                self.dropped_problems += 1;
            }
        }
    }

    /// Notes once that a limit was hit.
    fn limit(&mut self, place: &str, what: String) {
        let problem = Problem::new(place, what);
        if !self.scan.problems.contains(&problem) {
            self.trouble([problem]);
        }
    }

    /// Whether a link or a whiteout of these names may be kept; notes if not.
    fn has_room_for(&mut self, names: [&str; 2]) -> bool {
        self.name_bytes += NAME_COST + names.map(|name| name.len() as u64).iter().sum::<u64>();
        let limit = self.options.limits.name_bytes;
        let has_room = self.name_bytes <= limit;
        if !has_room {
            let what = format!("more than the limit of {limit} bytes of links and whiteouts");
            self.limit("", what);
        }
        has_room
    }

    /// Whether a file of this [cost](ScannedFile::cost) may be kept, a copy as well; notes if not.
    fn admits(&mut self, cost: u64) -> bool {
        let limit = self.options.limits.packages;
        let is_admitted = self.packages.saturating_add(cost) <= limit;
        if is_admitted {
            self.packages += cost;
        } else {
            self.limit("", format!("more than the limit of {limit} packages"));
        }
        is_admitted
    }

    pub(super) fn visit(&mut self, entry: Entry<'_>) {
        self.scan.statistics.entries += 1;
        let Limits { entries, .. } = self.options.limits;
        if self.scan.statistics.entries > entries {
            self.limit("", format!("more than the limit of {entries} entries"));
            return;
        }
        let (parent, name) = path::split(entry.path);
        if self.options.is_layer && self.whiteout(parent, name) {
            return;
        }
        if name.is_empty() {
            return;
        }
        self.enter(parent);
        let hash = path::child(self.directory.hash, name);
        if self.options.is_layer {
            self.place(&entry, name, hash);
        }
        match &entry.kind {
            EntryKind::File => self.file(entry, hash),
            EntryKind::Symlink(target) => self.symlink(name, target, hash),
            EntryKind::HardLink(target) => self.hard_link(name, target, entry.mode, hash),
            EntryKind::Directory | EntryKind::Other => {}
        }
    }

    /// Notes a whiteout (OCI image specification, layer.md, "Whiteouts"); true if it was one.
    fn whiteout(&mut self, parent: &str, name: &str) -> bool {
        let Some(removed) = name.strip_prefix(".wh.") else {
            return false;
        };
        let removal = if removed == ".wh..opq" {
            Removal::Below(parent.to_owned())
        } else if removed.is_empty() || removed.starts_with(".wh.") {
            // Names with the prefix twice are AUFS's own bookkeeping.
            return true;
        } else {
            Removal::Path(path::join(parent, removed))
        };
        if self.has_room_for([parent, removed]) {
            self.scan.removals.push(removal);
        }
        true
    }

    /// Makes `parent` the current directory, through the symlinks of this layer.
    fn enter(&mut self, parent: &str) {
        if self.directory.written == parent {
            return;
        }
        let resolved = self.through_links(parent);
        self.directory.written.clear();
        self.directory.written.push_str(parent);
        self.directory.hash = path::ROOT;
        for name in path::components(&resolved) {
            let hash = path::child(self.directory.hash, name);
            self.directory.hash = hash;
            if self.options.is_layer {
                if let Some(Kept::File(_) | Kept::Unseen(_)) = self.kept.get(&hash) {
                    // What lies in it makes it a directory.
                    self.forget(hash);
                }
                self.imply(hash);
            }
        }
        self.directory.resolved.clear();
        self.directory.resolved.push_str(&resolved);
    }

    /// A directory's path through the symlinks that this layer has made so far.
    fn through_links<'p>(&self, directory: &'p str) -> Cow<'p, str> {
        let link = |hash: u64| match self.kept.get(&hash) {
            Some(Kept::Symlink(i)) => self.symlinks.get(*i).and_then(Option::as_ref),
            _ => None,
        };
        let mut hash = path::ROOT;
        let passes_link = path::components(directory).any(|name| {
            hash = path::child(hash, name);
            link(hash).is_some()
        });
        if !passes_link {
            return Cow::Borrowed(directory);
        }
        Cow::Owned(path::follow(directory, |path, hash| {
            link(hash).map(|link| path::resolve_dots(path::split(path).0, &link.target))
        }))
    }

    fn imply(&mut self, hash: u64) {
        let limit = self.options.limits.entries;
        if self.scan.implied.len() as u64 >= limit {
            self.limit("", format!("more than the limit of {limit} directories"));
            return;
        }
        let implied = &mut self.scan.implied;
        implied.push(hash);
        // Neighbouring entries imply the same directories again and again.
        if implied.len() > 2 * self.implied_sorted + 4096 {
            implied.sort_unstable();
            implied.dedup();
            self.implied_sorted = implied.len();
        }
    }

    /// Lets an entry take its place: what the layer had there before is gone.
    fn place(&mut self, entry: &Entry<'_>, name: &str, hash: u64) {
        if self.kept.contains_key(&hash) {
            self.forget(hash);
        }
        if entry.kind == EntryKind::Directory {
            self.scan.directories.push(hash);
            return;
        }
        self.scan.non_directories.push(hash);
        if self.above_kept.contains(&hash) {
            let path = path::join(&self.directory.resolved, name);
            self.forget_below(&path);
        }
    }

    fn forget(&mut self, hash: u64) {
        match self.kept.remove(&hash) {
            Some(Kept::File(i)) => {
                self.files.get_mut(i).map(Option::take);
            }
            Some(Kept::Symlink(i)) => {
                self.symlinks.get_mut(i).map(Option::take);
            }
            Some(Kept::Unseen(i)) => {
                self.unseen.get_mut(i).map(Option::take);
            }
            None => {}
        }
    }

    fn forget_below(&mut self, directory: &str) {
        let files = self.files.iter().flatten().map(|file| &file.path);
        let links = self.symlinks.iter().flatten().map(|link| &link.path);
        let unseen = self.unseen.iter().flatten().map(|link| &link.path);
        let below: Vec<u64> = files
            .chain(links)
            .chain(unseen)
            .filter(|p| path::is_below(p, directory))
            .map(|p| path::hash(p))
            .collect();
        for hash in below {
            self.forget(hash);
        }
    }

    fn keep(&mut self, hash: u64, kept: Kept) {
        if !self.options.is_layer {
            return;
        }
        if self.above_kept.len() > MAX_ABOVE {
            let what = format!("more than {MAX_ABOVE} directories with something to keep");
            self.limit("", what);
            return;
        }
        self.kept.insert(hash, kept);
        let mut above = path::ROOT;
        for name in path::components(&self.directory.resolved) {
            above = path::child(above, name);
            self.above_kept.insert(above);
        }
    }

    fn file(&mut self, entry: Entry<'_>, hash: u64) {
        let resolved;
        let written = entry.path;
        let (_, name) = path::split(written);
        let path = if self.directory.resolved == self.directory.written {
            written
        } else {
            resolved = path::join(&self.directory.resolved, name);
            &resolved
        };
        let info = FileInfo {
            path,
            size: entry.size,
            mode: entry.mode,
        };
        let mask = self.options.extractors.wanting(&info);
        if mask == 0 {
            return;
        }
        if self.options.is_layer {
            let size = entry.size;
            self.offers.insert(hash, Offer { mask, size });
        }
        let role = Role::of(&info);
        let mut held = None;
        let file = self.extract(info, mask, entry, role.map(|_| &mut held));
        let kept = file.map(|file| self.keep_file(hash, file));
        if let (Some(role), Some(content)) = (role, held) {
            let half = Half::new(&info, content, kept);
            if let Some(joined) = self.pairs.join(role, half) {
                self.replace(joined);
            }
        }
    }

    fn keep_file(&mut self, hash: u64, file: ScannedFile) -> usize {
        let index = self.files.len();
        self.keep(hash, Kept::File(index));
        self.files.push(Some(file));
        index
    }

    /// Puts what two files say together in the place of what they said alone.
    fn replace(&mut self, joined: Joined) {
        for index in [joined.database, joined.log].into_iter().flatten() {
            if let Some(alone) = self.files.get_mut(index).and_then(Option::take) {
                self.packages = self.packages.saturating_sub(alone.cost());
            }
        }
        if let Some(file) = joined.file.filter(|file| self.admits(file.cost())) {
            self.keep_file(path::hash(&joined.path), file);
        }
    }

    fn extract(
        &mut self,
        info: FileInfo<'_>,
        mask: Mask,
        entry: Entry<'_>,
        held: Option<&mut Option<Box<dyn ReadSeek>>>,
    ) -> Option<ScannedFile> {
        let Limits { wanted_bytes, .. } = self.options.limits;
        if self
            .scan
            .statistics
            .extracted_bytes
            .saturating_add(info.size)
            > wanted_bytes
        {
            let what = format!("more than the limit of {wanted_bytes} bytes in files to read");
            self.limit("", what);
            return None;
        }
        let buffer = &mut self.buffer;
        match content::extract(self.options, info, mask, entry.content, buffer, held) {
            Outcome::Unwanted => None,
            Outcome::Unread(problem) => {
                self.trouble([problem]);
                None
            }
            Outcome::Read {
                extracted,
                hides_content,
            } => {
                self.scan.statistics.extracted += 1;
                self.scan.statistics.extracted_bytes += info.size;
                let file = content::scanned(info.path, *extracted, hides_content)?;
                self.admits(file.cost()).then_some(file)
            }
        }
    }

    fn symlink(&mut self, name: &str, target: &str, hash: u64) {
        let path = path::join(&self.directory.resolved, name);
        if !self.has_room_for([&path, target]) {
            return;
        }
        self.keep(hash, Kept::Symlink(self.symlinks.len()));
        self.symlinks.push(Some(Link {
            path,
            target: target.to_owned(),
        }));
    }

    fn hard_link(&mut self, name: &str, target: &str, mode: u32, hash: u64) {
        let path = path::join(&self.directory.resolved, name);
        let (target_parent, target_name) = path::split(target);
        let mut target = path::join(&self.through_links(target_parent), target_name);
        if let Some(Kept::Unseen(i)) = self.kept.get(&path::hash(&target))
            && let Some(Some(first)) = self.unseen.get(*i)
        {
            target.clone_from(&first.target);
        }
        let target_hash = path::hash(&target);
        let offer = self.offers.get(&target_hash);
        let mask = self.options.extractors.wanting(&FileInfo {
            path: &path,
            size: offer.map_or(TYPICAL_SIZE, |offer| offer.size),
            mode: if offer.is_some() { mode } else { TYPICAL_MODE },
        });
        let mask = match offer {
            Some(_) => mask,
            // Extractors that go by content want a file under one name as under another, so that
            // what they did not want for its size they do not want here.
            None => self.options.extractors.without_magic(mask),
        };
        match self.kept.get(&target_hash) {
            Some(Kept::Symlink(i)) => {
                // A second name of the symlink itself.
                if let Some(Some(link)) = self.symlinks.get(*i) {
                    let target = link.target.clone();
                    self.symlink(name, &target, hash);
                }
                return;
            }
            Some(Kept::File(i)) if offer.is_some_and(|offer| offer.mask == mask) => {
                if let Some(Some(file)) = self.files.get(*i) {
                    let (copy, cost) = (file.renamed(&path), file.cost());
                    if !self.admits(cost) {
                        return;
                    }
                    self.keep(hash, Kept::File(self.files.len()));
                    self.files.push(Some(copy));
                }
                return;
            }
            _ => {}
        }
        let is_unseen = mask & !offer.map_or(0, |offer| offer.mask) != 0;
        if is_unseen && self.has_room_for([&path, &target]) {
            self.keep(hash, Kept::Unseen(self.unseen.len()));
            let number = self.scan.statistics.entries;
            self.unseen.push(Some(Unseen {
                path,
                target,
                mode,
                number,
            }));
        }
    }

    /// Whether hard links are left whose content this tree holds and no extractor has seen.
    pub(super) fn wants_second_pass(&mut self) -> bool {
        self.scan.non_directories.sort_unstable();
        self.scan.non_directories.dedup();
        let here = &self.scan.non_directories;
        for link in self.unseen.drain(..).flatten() {
            if here.binary_search(&path::hash(&link.target)).is_ok() {
                let links = self.wanted_again.entry(link.target.clone()).or_default();
                links.push(link);
            } else {
                let Unseen { path, target, .. } = link;
                self.scan.hard_links.push(Link { path, target });
            }
        }
        self.scan.hard_links.sort_unstable();
        !self.wanted_again.is_empty()
    }

    pub(super) fn give_up_second_pass(&mut self) {
        let mut problems = Vec::new();
        for Unseen { path, target, .. } in self.wanted_again.drain().flat_map(|(_, links)| links) {
            let what = format!("not read: it is a hard link to {target}, which had passed");
            problems.push(Problem::new(path, what));
        }
        problems.sort_unstable();
        self.trouble(problems);
    }

    /// Reads what [`Self::wants_second_pass`] found, under the links' names.
    pub(super) fn visit_again(&mut self, entry: Entry<'_>) {
        self.entries_again += 1;
        if entry.kind != EntryKind::File {
            return;
        }
        let (parent, name) = path::split(entry.path);
        let path = path::join(&self.through_links(parent), name);
        let Some(links) = self.wanted_again.get(&path) else {
            return;
        };
        // Of several files in turn at one place, a link means the last before it.
        let links: Vec<Unseen> = links
            .iter()
            .filter(|link| link.number > self.entries_again)
            .cloned()
            .collect();
        let mut content = Some(entry);
        let mut first: Option<(Mask, Option<ScannedFile>)> = None;
        for link in links {
            let size = content.as_ref().map_or(0, |entry| entry.size);
            let info = FileInfo {
                path: &link.path,
                size,
                mode: link.mode,
            };
            let mask = self.options.extractors.wanting(&info);
            if mask == 0 {
                continue;
            }
            let file = match (content.take(), &first) {
                (Some(entry), _) => {
                    let file = self.extract(info, mask, entry, None);
                    first = Some((mask, file.clone()));
                    file
                }
                (None, Some((seen, file))) if *seen == mask => {
                    let admitted = file.as_ref().filter(|file| self.admits(file.cost()));
                    admitted.map(|file| file.renamed(&link.path))
                }
                (None, _) => {
                    let what = "not read: its name asks for another reading than its other names'";
                    self.trouble([Problem::new(link.path, what)]);
                    continue;
                }
            };
            match file {
                Some(file) => drop(self.found_again.insert(link.path, file)),
                None => drop(self.found_again.remove(&link.path)),
            }
        }
    }

    pub(super) fn finish(mut self) -> TreeScan {
        if self.dropped_problems > 0 {
            let what = format!("{} further problems", self.dropped_problems);
            self.scan.problems.push(Problem::new("", what));
        }
        let mut scan = self.scan;
        for hashes in [
            &mut scan.non_directories,
            &mut scan.directories,
            &mut scan.implied,
        ] {
            hashes.sort_unstable();
            hashes.dedup();
            hashes.shrink_to_fit();
        }
        let explicit = &scan.directories;
        scan.implied
            .retain(|hash| explicit.binary_search(hash).is_err());
        scan.files = self.files.into_iter().flatten().collect();
        scan.files.extend(self.found_again.into_values());
        scan.symlinks = self.symlinks.into_iter().flatten().collect();
        scan
    }
}
