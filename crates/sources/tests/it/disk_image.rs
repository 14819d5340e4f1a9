//! Makes disk images with real tools, and compares what is on them with where it came from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use inventory::disk::{self, Disk};
use inventory::section::Section;
use inventory::tree::{EntryContent, EntryKind, FileTree};
use lynkeus_sources::files::FileBytes;
use model::Problem;

/// What a tool printed; none, with a note, if it is not there. In CI that is a failure.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let path = format!("{}:/usr/sbin:/sbin", env!("PATH"));
    let output = Command::new(program)
        .args(arguments)
        .env("PATH", path)
        .output();
    match output {
        Ok(output) if output.status.success() => {
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => panic!(
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{program}: {error}");
            println!("skipped: {program}: {error}");
            None
        }
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Makes an empty file of `mib` MiB.
pub(crate) fn blank(path: &Path, mib: u64) {
    File::create(path).unwrap().set_len(mib << 20).unwrap();
}

/// Makes an ext file system of `mib` MiB with the files below `root`.
pub(crate) fn ext(image: &Path, root: &Path, mib: u64, options: &[&str]) -> Option<()> {
    blank(image, mib);
    let mut arguments = vec!["-q", "-F", "-d", text(root)];
    arguments.extend(options);
    arguments.push(text(image));
    run("mke2fs", &arguments).map(drop)
}

/// Makes an XFS file system with the files below `root`.
pub(crate) fn xfs(image: &Path, root: &Path, options: &[&str]) -> Option<()> {
    // mkfs.xfs refuses less than 300 MiB.
    blank(image, 320);
    let mut proto = "/\n0 0\nd--755 0 0\n".to_owned();
    prototype(root, &mut proto);
    proto.push_str("$\n");
    let description = image.with_extension("proto");
    fs::write(&description, proto).unwrap();
    let mut arguments = vec!["-q", "-f", "-p", text(&description)];
    arguments.extend(options);
    arguments.push(text(image));
    run("mkfs.xfs", &arguments).map(drop)
}

/// Describes a directory's content as mkfs.xfs(8) wants it.
fn prototype(directory: &Path, out: &mut String) {
    let mut entries: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_str().unwrap();
        assert!(!text(&path).contains(' '), "{path:?}");
        let metadata = entry.metadata().unwrap();
        let mode = metadata.permissions().mode();
        let user = if mode & 0o4000 == 0 { '-' } else { 'u' };
        let group = if mode & 0o2000 == 0 { '-' } else { 'g' };
        let mode = mode & 0o777;
        if metadata.is_symlink() {
            let target = fs::read_link(&path).unwrap();
            writeln!(out, "{name} l--777 0 0 {}", text(&target)).unwrap();
        } else if metadata.is_dir() {
            writeln!(out, "{name} d{user}{group}{mode:03o} 0 0").unwrap();
            prototype(&path, out);
            out.push_str("$\n");
        } else {
            let path = text(&path);
            writeln!(out, "{name} -{user}{group}{mode:03o} 0 0 {path}").unwrap();
        }
    }
}

/// Copies a file system into a disk at `offset`.
pub(crate) fn put(image: &Path, disk: &Path, offset: u64) {
    let mut from = File::open(image).unwrap();
    let mut to = fs::OpenOptions::new().write(true).open(disk).unwrap();
    to.seek(SeekFrom::Start(offset)).unwrap();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = from.read(&mut buffer).unwrap();
        if n == 0 {
            return;
        }
        // What is zero stays sparse.
        if buffer[..n].iter().all(|&b| b == 0) {
            to.seek(SeekFrom::Current(i64::try_from(n).unwrap()))
                .unwrap();
        } else {
            to.write_all(&buffer[..n]).unwrap();
        }
    }
}

pub(crate) fn section(path: &Path) -> Section {
    Section::whole(Arc::new(FileBytes::open(path).unwrap()))
}

/// What stands at a path: kind and mode, size, and a hash of the bytes.
pub(crate) type Listing = BTreeMap<String, (String, u64, u64)>;

/// Lists a tree with all bytes of all files; unreadable ones are problems.
pub(crate) fn list(tree: &mut dyn FileTree) -> (Listing, Vec<Problem>) {
    let mut listing = Listing::new();
    let mut unread = Vec::new();
    let mut problems = tree.walk(&mut |entry| {
        let mut hash = 0;
        let kind = match &entry.kind {
            EntryKind::File => format!("file {:o}", entry.mode),
            other => format!("{other:?}"),
        };
        let size = entry.size;
        if let EntryContent::Seekable(open) = entry.content {
            match open().and_then(|mut reader| hash_of(&mut reader)) {
                Ok((read, found)) if read == size => hash = found,
                Ok((read, _)) => {
                    let what = format!("{read} bytes instead of {size}");
                    unread.push(Problem::new(entry.path, what));
                }
                Err(error) => unread.push(Problem::new(entry.path, error.to_string())),
            }
        }
        let before = listing.insert(entry.path.to_owned(), (kind, size, hash));
        if before.is_some() {
            unread.push(Problem::new(entry.path, "is there twice"));
        }
    });
    problems.extend(unread);
    (listing, problems)
}

/// The length and a hash (FNV-1a over words) of what is left to read, up to 256 MiB.
fn hash_of(reader: &mut dyn Read) -> std::io::Result<(u64, u64)> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut len = 0;
    let mut buffer = vec![0; 64 << 10];
    let mut reader = reader.take(256 << 20);
    loop {
        let mut filled = 0;
        while filled < buffer.len() {
            match reader.read(&mut buffer[filled..])? {
                0 => break,
                n => filled += n,
            }
        }
        len += filled as u64;
        let (words, rest) = buffer[..filled].as_chunks::<8>();
        for word in words {
            hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x100_0000_01b3);
        }
        for byte in rest {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
        if filled < buffer.len() {
            return Ok((len, hash));
        }
    }
}

pub(crate) fn open(image: &Path) -> Disk {
    let beside = |name: &str| Ok(section(&image.with_file_name(name)));
    disk::open(&section(image), &beside)
}

/// Checks that an image holds what lies below `root`, byte for byte.
pub(crate) fn check_image(image: &Path, root: &Path) {
    let mut directory = lynkeus_sources::files::DirectoryTree::open(root).unwrap();
    let (expected, problems) = list(&mut directory);
    assert!(problems.is_empty(), "{problems:?}");
    check_listing(image, &expected);
}

/// Checks that an image holds what is expected, byte for byte.
pub(crate) fn check_listing(image: &Path, expected: &Listing) {
    assert!(disk::is_disk(&section(image)).unwrap(), "{image:?}");
    let mut disk = open(image);
    assert!(disk.problems.is_empty(), "{image:?}: {:?}", disk.problems);
    let (mut found, problems) = list(&mut disk.tree);
    assert!(problems.is_empty(), "{image:?}: {problems:?}");
    found.remove("lost+found");
    for (path, entry) in expected {
        assert_eq!(found.get(path), Some(entry), "{path} in {image:?}");
    }
    for path in found.keys() {
        assert!(
            expected.contains_key(path),
            "{path} in {image:?} is too many"
        );
    }
}

/// Bytes that do not repeat.
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(len).collect()
}

/// A tree with files of odd sizes, holes, links and a directory of `many` names.
pub(crate) fn odd_tree(root: &Path, many: usize) {
    fs::create_dir_all(root.join("sizes")).unwrap();
    for size in [
        0, 1, 59, 60, 61, 100, 130, 160, 511, 512, 1023, 1024, 1025, 4095, 4096, 4097, 12_288,
        12_289, 49_152, 49_153, 65_535, 300_000, 1_100_000, 5_000_001,
    ] {
        fs::write(root.join(format!("sizes/{size}")), noise(size, size as u64)).unwrap();
    }
    let program = root.join("sizes/100");
    fs::set_permissions(program, fs::Permissions::from_mode(0o4751)).unwrap();
    fs::create_dir_all(root.join("links/empty")).unwrap();
    // Into the inode, into its attributes, and into a block.
    for len in [1, 30, 59, 60, 61, 100, 335, 336, 400, 600, 900] {
        let target = "t".repeat(len);
        std::os::unix::fs::symlink(target, root.join(format!("links/{len}"))).unwrap();
    }
    std::os::unix::fs::symlink("../sizes/../links", root.join("links/up")).unwrap();
    let mut deep = root.join("deep");
    for i in 0..60 {
        deep.push(format!("level-{i}"));
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("file"), "deep").unwrap();
    fs::create_dir_all(root.join("few")).unwrap();
    for name in ["a", "b", "ä-ö", "a.b.c-d_e+f"] {
        fs::write(root.join("few").join(name), name).unwrap();
    }
    fs::create_dir_all(root.join("many")).unwrap();
    for i in 0..many {
        let name = format!("many/{i}-{}", "x".repeat(i * 7 % 60));
        fs::write(root.join(name), if i % 3 == 0 { "content" } else { "" }).unwrap();
    }
}

/// A file with data in every kind of block that a tree of indirect blocks of 1 KiB has.
pub(crate) fn sparse_file(path: &Path) {
    let mut file = File::create(path).unwrap();
    // mke2fs loses a hole at the end.
    for (i, place) in [0, 11 << 10, 200 << 10, 40 << 20, 66 << 20]
        .into_iter()
        .enumerate()
    {
        file.seek(SeekFrom::Start(place)).unwrap();
        file.write_all(&noise(9000, i as u64)).unwrap();
    }
    assert!(
        file.metadata().unwrap().blocks() < 1000,
        "the file has holes"
    );
}
