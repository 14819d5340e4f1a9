//! Paths from the root: cleaning what archives write, and 64-bit hashes of whole paths.

use std::borrow::Cow;

/// Longest path that is followed, in bytes (`PATH_MAX` of Linux).
pub const MAX_PATH: usize = 4096;

/// Hash of the root; every other path's hash follows from it by [`child`].
pub const ROOT: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of an entry called `name` in the directory whose hash is `parent`.
///
/// The hash of a path is folded over its components, so that the hashes of a path's ancestors
/// come as a by-product and a file costs only its own name once its directory is known.
pub fn child(parent: u64, name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = fold(parent ^ 0xa076_1d64_78bd_642f, bytes.len() as u64 | 1 << 63);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = fold(hash ^ u64::from_le_bytes(*word), 0xe703_7ed1_a0b4_28db);
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    fold(hash ^ u64::from_le_bytes(last), 0x8ebc_6af0_9c88_c6e3)
}

/// Both halves of the 128-bit product, folded.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the two halves of the product are wanted"
    )]
    let folded = (product >> 64) as u64 ^ product as u64;
    folded
}

/// The hash of a clean path; of the root if it is empty.
pub fn hash(path: &str) -> u64 {
    components(path).fold(ROOT, child)
}

/// The components of a clean path.
pub fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|c| !c.is_empty())
}

/// A clean path's directory (empty for the root) and last component.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// `name` in `directory`.
pub fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        ("", name) => name.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, name) => format!("{directory}/{name}"),
    }
}

/// Whether `path` lies below `directory`; every path but the root's lies below the root.
pub fn is_below(path: &str, directory: &str) -> bool {
    if directory.is_empty() {
        return !path.is_empty();
    }
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// A path as an archive writes it, made relative to the root.
///
/// `.`, empty components and a leading slash vanish; `..` goes up but never above the root, as
/// if the archive were unpacked in a chroot. The root itself is the empty path. Bytes that are
/// not UTF-8 become replacement characters.
pub fn clean(raw: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(raw);
    match text {
        Cow::Borrowed(text) => clean_str(text),
        Cow::Owned(text) => Cow::Owned(clean_str(&text).into_owned()),
    }
}

fn clean_str(text: &str) -> Cow<'_, str> {
    let mut text = text;
    loop {
        if let Some(rest) = text.strip_prefix("./").or_else(|| text.strip_prefix('/')) {
            text = rest;
        } else if let Some(rest) = text.strip_suffix('/') {
            text = rest;
        } else {
            break;
        }
    }
    if is_clean(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(resolve_dots("", text))
}

/// Whether no component is empty, `.` or `..`.
fn is_clean(text: &str) -> bool {
    // A component can only be one of these if it begins right after a slash or at the start.
    let mut start = true;
    for &byte in text.as_bytes() {
        if start && (byte == b'.' || byte == b'/') {
            return text.split('/').all(|c| !matches!(c, "" | "." | ".."));
        }
        start = byte == b'/';
    }
    !start || text.is_empty()
}

/// `target` seen from `directory`, with `.` and `..` resolved as text.
///
/// An absolute target starts at the root.
pub fn resolve_dots(directory: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        components(directory).collect()
    };
    for component in target.split('/') {
        match component {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Symlinks followed in one path (`MAXSYMLINKS` of Linux).
const MAX_HOPS: usize = 40;

/// `path` with every symlink followed, as far as that leads if they go in circles.
///
/// `link` says where the symlink at a path leads, from the root; none if there is no symlink. It
/// is given the path and its hash.
pub fn follow(path: &str, link: impl Fn(&str, u64) -> Option<String>) -> String {
    let mut left: Vec<String> = components(path).map(str::to_owned).collect();
    left.reverse();
    let mut resolved = String::new();
    let mut hops = 0;
    while let Some(name) = left.pop() {
        let next = join(&resolved, &name);
        let target = (hops < MAX_HOPS)
            .then(|| link(&next, hash(&next)))
            .flatten();
        let Some(target) = target else {
            resolved = next;
            continue;
        };
        hops += 1;
        let mut new: Vec<String> = components(&target).map(str::to_owned).collect();
        new.reverse();
        left.append(&mut new);
        resolved.clear();
        if left.iter().map(|name| name.len() + 1).sum::<usize>() > 2 * MAX_PATH {
            hops = MAX_HOPS;
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::{clean, hash, is_below, resolve_dots, split};

    #[test]
    fn archive_paths_become_relative_to_the_root() {
        for (raw, expected) in [
            ("usr/bin/env", "usr/bin/env"),
            ("./usr/bin/", "usr/bin"),
            ("/etc/passwd", "etc/passwd"),
            (".", ""),
            ("./", ""),
            ("/", ""),
            ("", ""),
            ("..", ""),
            ("../../etc/shadow", "etc/shadow"),
            ("a/../../b", "b"),
            ("a//b/./c", "a/b/c"),
            ("a/..", ""),
            (".wh.x", ".wh.x"),
            ("a/.hidden", "a/.hidden"),
            ("a/...", "a/..."),
        ] {
            assert_eq!(clean(raw.as_bytes()), expected, "{raw}");
        }
        assert_eq!(clean(b"a\xff/b"), "a\u{fffd}/b");
    }

    #[test]
    fn hashes_differ_by_component() {
        let paths = [
            "",
            "a",
            "b",
            "a/b",
            "ab",
            "a/bc",
            "ab/c",
            "a\0",
            "abcdefgh",
            "abcdefgh\0",
        ];
        for (i, a) in paths.iter().enumerate() {
            for b in paths.iter().skip(i + 1) {
                assert_ne!(hash(a), hash(b), "{a} {b}");
            }
        }
    }

    #[test]
    fn relations() {
        assert!(is_below("a/b", "a") && is_below("a", "") && !is_below("", ""));
        assert!(!is_below("ab", "a") && !is_below("a", "a"));
        assert_eq!(split("a/b/c"), ("a/b", "c"));
        assert_eq!(split("a"), ("", "a"));
        assert_eq!(resolve_dots("a/b", "../c"), "a/c");
        assert_eq!(resolve_dots("a/b", "/c"), "c");
        assert_eq!(resolve_dots("a", "../../../c"), "c");
    }
}
