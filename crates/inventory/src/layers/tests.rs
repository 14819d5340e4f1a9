//! Stacked layers against a naive file system.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use ecosystem::{Ecosystem, Extracted, Extractor, FileInfo, Input};
use model::{Inventory, Layer, Package, Problem, PurlType};
use proptest::prelude::*;

use super::state::MAX_COPIED;
use super::{Stack, merge};
use crate::extractors::Extractors;
use crate::path;
use crate::tree::{Entry, EntryContent, EntryKind, FileTree, ReadSeek};
use crate::walk::{Limits, MAX_PROBLEMS, Options, scan_tree};

/// Files called `p` and `q` hold `name version` lines; `owned` holds `package: path path` lines.
static TEST: Ecosystem = Ecosystem {
    purl_type: PurlType::new("test"),
    title: "Test packages",
    osv_name: None,
    normalize_name: str::to_owned,
    scheme: &ecosystem::version::deb::DEB,
    extractors: &[
        Extractor {
            name: "test/packages",
            version: 1,
            wants: |file| matches!(file.file_name(), "p" | "q"),
            magic: &[],
            extract: packages,
        },
        Extractor {
            name: "test/owned",
            version: 1,
            wants: |file: &FileInfo<'_>| file.file_name() == "owned",
            magic: &[],
            extract: owned,
        },
    ],
};

fn packages(input: &mut Input<'_>) -> Extracted {
    let text = input.text(1 << 20).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    Extracted {
        packages: pairs
            .map(|(name, version)| Package::new(TEST.purl_type.clone(), name, version))
            .collect(),
        ..Extracted::default()
    }
}

fn owned(input: &mut Input<'_>) -> Extracted {
    let text = input.text(1 << 20).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once(": "));
    Extracted {
        owned: pairs
            .map(|(package, paths)| ecosystem::OwnedFiles {
                package: package.to_owned(),
                paths: paths.split(' ').map(str::to_owned).collect(),
            })
            .collect(),
        ..Extracted::default()
    }
}

/// One entry of a layer.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Dir(String),
    File(String, String),
    Symlink(String, String),
    HardLink(String, String),
    Whiteout(String),
    Opaque(String),
}

struct MemoryTree<'a>(&'a [Item]);

impl FileTree for MemoryTree<'_> {
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem> {
        for item in self.0 {
            let whiteout;
            let (path, kind, content) = match item {
                Item::Dir(path) => (path, EntryKind::Directory, ""),
                Item::File(path, content) => (path, EntryKind::File, content.as_str()),
                Item::Symlink(path, to) => (path, EntryKind::Symlink(to.clone()), ""),
                Item::HardLink(path, to) => (path, EntryKind::HardLink(to.clone()), ""),
                Item::Whiteout(path) => {
                    let (parent, name) = path::split(path);
                    whiteout = path::join(parent, &format!(".wh.{name}"));
                    (&whiteout, EntryKind::File, "")
                }
                Item::Opaque(path) => {
                    whiteout = path::join(path, ".wh..wh..opq");
                    (&whiteout, EntryKind::File, "")
                }
            };
            let mut open =
                || Ok(Box::new(Cursor::new(content.as_bytes().to_vec())) as Box<dyn ReadSeek>);
            visit(Entry {
                path,
                kind,
                mode: 0o644,
                size: content.len() as u64,
                content: EntryContent::Seekable(&mut open),
            });
        }
        Vec::new()
    }

    fn rewind(&mut self) -> bool {
        true
    }
}

fn stack(layers: &[Vec<Item>]) -> Inventory {
    let extractors = Extractors::of(&[&TEST]);
    let options = Options {
        extractors: &extractors,
        is_layer: true,
        limits: Limits::default(),
        spill: None,
    };
    let scans = layers
        .iter()
        .map(|items| scan_tree(&mut MemoryTree(items), &options))
        .collect();
    merge(scans, vec![Layer::default(); layers.len()])
}

/// `path name version layer` for every place of every package.
fn lines(inventory: &Inventory) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for package in &inventory.packages {
        for location in &package.locations {
            let layer = location.layer.map_or(-1, i64::from);
            lines.insert(format!(
                "{} {} {} {layer}",
                location.path, package.name, package.version
            ));
        }
    }
    lines
}

/// Every node under its real path.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    Dir,
    /// Content, and for each of its lines the layer since which the file has had it.
    File(String, Vec<usize>),
    Symlink(String),
}

/// What happened to lead a case outside what the file system defines, or what we promise.
#[derive(Debug)]
struct Ambiguous;

#[derive(Default)]
struct Naive {
    nodes: BTreeMap<String, Node>,
    /// Symlinks that were there before the current layer.
    lower_links: BTreeSet<String>,
    /// Real places of the current layer's entries, and whether a lower symlink led there.
    touched: Vec<(String, bool)>,
    passed: BTreeSet<String>,
}

impl Naive {
    fn remove(&mut self, path: &str) -> Option<Node> {
        self.nodes.retain(|p, _| !path::is_below(p, path));
        self.nodes.remove(path)
    }

    /// The real path of a directory; makes what is missing if `make`.
    fn directory(&mut self, path: &str, make: bool) -> Result<Option<String>, Ambiguous> {
        let mut left: Vec<String> = path::components(path).map(str::to_owned).collect();
        left.reverse();
        let mut at = String::new();
        let mut hops = 0;
        while let Some(name) = left.pop() {
            let next = path::join(&at, &name);
            match self.nodes.get(&next).cloned() {
                Some(Node::Symlink(target)) => {
                    hops += 1;
                    if hops > 8 {
                        return Err(Ambiguous);
                    }
                    if self.lower_links.contains(&next) {
                        self.passed.insert(next);
                    }
                    let full = path::resolve_dots(&at, &target);
                    let mut new: Vec<String> = path::components(&full).map(str::to_owned).collect();
                    new.reverse();
                    left.append(&mut new);
                    at = String::new();
                }
                Some(Node::Dir) => at = next,
                Some(Node::File(..)) | None if !make => return Ok(None),
                // A symlink to a file is no directory.
                Some(Node::File(..)) if hops > 0 => return Err(Ambiguous),
                Some(Node::File(..)) | None => {
                    self.nodes.insert(next.clone(), Node::Dir);
                    at = next;
                }
            }
        }
        Ok(Some(at))
    }

    fn apply(&mut self, items: &[Item], layer: usize) -> Result<(), Ambiguous> {
        for item in items {
            match item {
                Item::Whiteout(path) => {
                    let (parent, name) = path::split(path);
                    if let Some(parent) = self.directory(parent, false)? {
                        self.remove(&path::join(&parent, name));
                    }
                }
                Item::Opaque(path) => {
                    if let Some(directory) = self.directory(path, false)? {
                        self.nodes.retain(|p, _| !path::is_below(p, &directory));
                    }
                }
                _ => {}
            }
        }
        self.lower_links = self
            .nodes
            .iter()
            .filter(|(_, node)| matches!(node, Node::Symlink(_)))
            .map(|(path, _)| path.clone())
            .collect();
        self.touched.clear();
        self.passed.clear();
        let after_whiteouts = self.nodes.clone();
        let mut link_targets = Vec::new();
        for item in items {
            let (path, node) = match item {
                Item::Whiteout(_) | Item::Opaque(_) => continue,
                Item::Dir(path) => (path, Some(Node::Dir)),
                Item::File(path, text) => (path, Some(Node::File(text.clone(), Vec::new()))),
                Item::Symlink(path, to) => (path, Some(Node::Symlink(to.clone()))),
                Item::HardLink(path, _) => (path, None),
            };
            let passed_before = self.passed.len();
            let (parent, name) = path::split(path);
            let parent = self.directory(parent, true)?.unwrap_or_default();
            let place = path::join(&parent, name);
            if node == Some(Node::Dir) && self.nodes.get(&place) == Some(&Node::Dir) {
                continue;
            }
            let replaced = |p: &String| *p == place || path::is_below(p, &place);
            if self.passed.iter().any(replaced) {
                return Err(Ambiguous);
            }
            self.lower_links.retain(|p| !replaced(p));
            let through = self.passed.len() > passed_before || !self.passed.is_empty();
            self.touched.push((place.clone(), through));
            self.remove(&place);
            let node = match (node, item) {
                (Some(node), _) => node,
                (None, Item::HardLink(_, to)) => {
                    let (parent, name) = path::split(to);
                    let target = self.directory(parent, false)?;
                    let target = target.map(|parent| path::join(&parent, name));
                    match target.and_then(|t| self.nodes.get_key_value(&t)) {
                        Some((t, node @ (Node::File(..) | Node::Symlink(_)))) => {
                            link_targets.push((t.clone(), after_whiteouts.get(t) == Some(node)));
                            node.clone()
                        }
                        // Nothing defines what a link to nothing or to a directory does.
                        _ => return Err(Ambiguous),
                    }
                }
                _ => continue,
            };
            self.nodes.insert(place, node);
        }
        self.check_order(&link_targets)?;
        self.attribute(&after_whiteouts, layer);
        Ok(())
    }

    /// Within a layer we only know paths as written: cases are left out in which a place is
    /// reached both through a lower symlink and otherwise, or in which the target of a hard
    /// link into a lower layer is replaced by the same layer.
    fn check_order(&self, link_targets: &[(String, bool)]) -> Result<(), Ambiguous> {
        let related = |a: &str, b: &str| a == b || path::is_below(a, b) || path::is_below(b, a);
        for (i, (a, through)) in self.touched.iter().enumerate() {
            let mut others = self.touched.iter().enumerate().filter(|(j, _)| i != *j);
            if *through && others.any(|(_, (b, _))| related(a, b)) {
                return Err(Ambiguous);
            }
        }
        for (target, is_lower) in link_targets {
            let touched = self
                .touched
                .iter()
                .any(|(place, _)| place == target || path::is_below(target, place));
            if *is_lower && (touched || !self.passed.is_empty()) {
                return Err(Ambiguous);
            }
        }
        Ok(())
    }

    /// Each line of a file is as old as the file's uninterrupted possession of it.
    fn attribute(&mut self, lower: &BTreeMap<String, Node>, layer: usize) {
        let touched: BTreeSet<&String> = self.touched.iter().map(|(place, _)| place).collect();
        for (path, node) in &mut self.nodes {
            let Node::File(text, since) = node else {
                continue;
            };
            if !touched.contains(path) {
                continue;
            }
            // Something else stood in the place of a directory above for a moment.
            let interrupted = touched.iter().any(|place| path::is_below(path, place));
            *since = text
                .lines()
                .map(|line| match lower.get(path) {
                    Some(Node::File(old, old_since)) if !interrupted => old
                        .lines()
                        .position(|l| l == line)
                        .map_or(layer, |i| old_since[i]),
                    _ => layer,
                })
                .collect();
        }
    }

    fn lines(&self) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        for (path, node) in &self.nodes {
            let is_wanted = matches!(path::split(path).1, "p" | "q");
            if let (Node::File(text, since), true) = (node, is_wanted) {
                for (line, since) in text.lines().zip(since) {
                    lines.insert(format!("{path} {line} {since}"));
                }
            }
        }
        lines
    }
}

fn undated(line: &str) -> String {
    line.rsplit_once(' ')
        .map_or(line, |(line, _)| line)
        .to_owned()
}

fn path_strategy() -> impl Strategy<Value = String> {
    let directory = prop::sample::select(vec!["a", "b", "c", "a/b", "a/c", "b/a", ""]);
    let name = prop::sample::select(vec!["a", "b", "p", "q", "x", "p", "q"]);
    (directory, name).prop_map(|(directory, name)| path::join(directory, name))
}

fn item_strategy() -> impl Strategy<Value = Item> {
    let content = prop::collection::btree_map("[mn]", "[12]", 1..3).prop_map(|lines| {
        let lines: Vec<String> = lines.iter().map(|(n, v)| format!("{n} {v}\n")).collect();
        lines.concat()
    });
    let target = prop::sample::select(vec!["a", "b", "c", "/a", "../b", "a/b", "p", "../p"]);
    prop_oneof![
        2 => path_strategy().prop_map(Item::Dir),
        6 => (path_strategy(), content).prop_map(|(path, text)| Item::File(path, text)),
        2 => (path_strategy(), target).prop_map(|(path, to)| Item::Symlink(path, to.to_owned())),
        1 => (path_strategy(), path_strategy()).prop_map(|(path, to)| Item::HardLink(path, to)),
        2 => path_strategy().prop_map(Item::Whiteout),
        1 => prop::sample::select(vec!["", "a", "b", "a/b"])
            .prop_map(|path| Item::Opaque(path.to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        max_global_rejects: 30_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_stack_shows_what_applying_the_layers_in_turn_shows(
        layers in prop::collection::vec(prop::collection::vec(item_strategy(), 0..7), 1..5)
    ) {
        let mut naive = Naive::default();
        for (i, items) in layers.iter().enumerate() {
            prop_assume!(naive.apply(items, i).is_ok());
        }
        let inventory = stack(&layers);
        if inventory.complete {
            prop_assert_eq!(lines(&inventory), naive.lines());
        } else {
            // Only a link, under a name that is wanted, to a lower file that was not read may
            // be missing, and it is said to be. What comes after it is then younger.
            let known: BTreeSet<String> = naive.lines().iter().map(|l| undated(l)).collect();
            prop_assert!(lines(&inventory).iter().all(|l| known.contains(&undated(l))));
            prop_assert!(!inventory.problems.is_empty());
        }
    }
}

fn file(path: &str, text: &str) -> Item {
    Item::File(path.to_owned(), text.to_owned())
}

fn symlink(path: &str, to: &str) -> Item {
    Item::Symlink(path.to_owned(), to.to_owned())
}

#[test]
fn layers_override_and_hide() {
    let dir = |path: &str| Item::Dir(path.to_owned());
    let hard = |path: &str, to: &str| Item::HardLink(path.to_owned(), to.to_owned());
    let whiteout = |path: &str| Item::Whiteout(path.to_owned());
    for (what, layers, expected) in [
        (
            "an entry through a lower symlink lands where it leads",
            vec![
                vec![
                    dir("usr/lib"),
                    symlink("lib", "usr/lib"),
                    file("usr/lib/p", "m 1"),
                ],
                vec![file("lib/q", "n 1"), file("lib/p", "m 2")],
            ],
            vec!["usr/lib/p m 2 1", "usr/lib/q n 1 1"],
        ),
        (
            "a directory replaces a symlink",
            vec![
                vec![symlink("lib", "usr/lib"), file("usr/lib/p", "m 1")],
                vec![dir("lib"), file("lib/p", "m 2")],
            ],
            vec!["lib/p m 2 1", "usr/lib/p m 1 0"],
        ),
        (
            "a file replaces a directory, and the other way round",
            vec![
                vec![file("a/p", "m 1"), file("b/q", "n 1")],
                vec![file("a", ""), whiteout("b")],
                vec![file("a/q", "m 2"), file("b/q", "n 1")],
            ],
            vec!["a/q m 2 2", "b/q n 1 2"],
        ),
        (
            "a rewritten database keeps the layer of what it already named",
            vec![
                vec![file("p", "m 1\nn 1\n")],
                vec![file("p", "m 1\nn 2\n")],
                vec![file("p", "m 1\nn 1\n")],
            ],
            vec!["p m 1 0", "p n 1 2"],
        ),
        (
            "a hard link to a file of a lower layer, and to an unread one of its own",
            vec![
                vec![file("store/p", "m 1")],
                vec![
                    hard("a/p", "store/p"),
                    file("z/x", "n 1"),
                    hard("b/q", "z/x"),
                ],
            ],
            vec!["a/p m 1 1", "b/q n 1 1", "store/p m 1 0"],
        ),
        (
            "symlinks in circles",
            vec![
                vec![symlink("a", "b"), symlink("b", "a"), symlink("c", "c/c")],
                vec![file("a/p", "m 1"), file("c/q", "n 1"), file("d/p", "m 1")],
            ],
            vec!["d/p m 1 1"],
        ),
    ] {
        let mut lines = lines(&stack(&layers));
        lines.retain(|line| !line.starts_with("a/p m 1 1") || what.contains("hard"));
        lines.retain(|line| !what.contains("circles") || line.starts_with("d/"));
        let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(lines, expected, "{what}");
    }
}

#[test]
fn owners_are_found_under_every_name_of_a_directory() {
    let inventory = stack(&[vec![
        symlink("lib", "usr/lib"),
        symlink("usr/lib64", "lib"),
        file("usr/lib/a/p", "m 1"),
        file("usr/lib/b/p", "m 1"),
        file("usr/lib/c/p", "m 1"),
        file("opt/p", "m 1"),
        file(
            "owned",
            "first: lib/a/p\nsecond: /usr/lib64/b/p\nthird: ./usr/lib/c/p\n",
        ),
    ]]);
    let owners: Vec<_> = inventory
        .packages
        .iter()
        .map(|p| (p.locations[0].path.as_str(), p.owned_by.as_deref()))
        .collect();
    assert_eq!(
        owners,
        [
            ("opt/p", None),
            ("usr/lib/a/p", Some("first")),
            ("usr/lib/b/p", Some("second")),
            ("usr/lib/c/p", Some("third")),
        ]
    );
}

#[test]
fn hard_links_to_lower_layers_copy_within_a_limit() {
    let extractors = Extractors::of(&[&TEST]);
    let options = Options {
        extractors: &extractors,
        is_layer: true,
        limits: Limits::default(),
        spill: None,
    };
    let lower = [file("store/p", "m 1\nn 1\n")];
    let upper: Vec<Item> = (0..MAX_PROBLEMS + 7)
        .map(|i| Item::HardLink(format!("{i:05}/p"), "store/p".to_owned()))
        .collect();
    let mut stack = Stack::default();
    stack.push(scan_tree(&mut MemoryTree(&lower), &options), Some(0));
    // Room for two more copies of two packages.
    stack.state.copied = MAX_COPIED - 5;
    stack.push(scan_tree(&mut MemoryTree(&upper), &options), Some(1));
    let inventory = stack.finish(vec![Layer::default(); 2]);
    assert_eq!(lines(&inventory).len(), 2 + 2 * 2);
    assert!(!inventory.complete);
    assert_eq!(inventory.problems.len(), MAX_PROBLEMS + 1);
    let last = inventory.problems.last().unwrap();
    assert_eq!(last.what, "5 further hard links were not read");
}
