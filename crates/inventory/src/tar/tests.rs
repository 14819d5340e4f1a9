//! Archives of other writers, cut and damaged ones.

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::Tar;
use crate::section::Section;
use crate::tree::{EntryContent, EntryKind, FileTree};

/// One line for each entry, then the problems.
fn lines(tar: &mut Tar<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let problems = tar.walk(&mut |entry| {
        let kind = match entry.kind {
            EntryKind::File => String::new(),
            EntryKind::Directory => "/".to_owned(),
            EntryKind::Symlink(to) => format!(" -> {to}"),
            EntryKind::HardLink(to) => format!(" = {to}"),
            EntryKind::Other => "?".to_owned(),
        };
        let mut content = Vec::new();
        match entry.content {
            EntryContent::Stream(reader) => drop(reader.read_to_end(&mut content)),
            EntryContent::Seekable(open) => drop(open().unwrap().read_to_end(&mut content)),
            EntryContent::Empty => {}
        }
        let sum: u64 = content.iter().map(|&b| u64::from(b)).sum();
        lines.push(format!("{}{kind} {} {sum}", entry.path, entry.size));
    });
    lines.extend(problems.iter().map(|p| format!("! {p}")));
    lines
}

/// The lines of an archive, which a stream and a section must agree on.
fn both(bytes: &[u8]) -> Vec<String> {
    let stream = lines(&mut Tar::stream(Box::new(Cursor::new(bytes))));
    let section = Section::whole(Arc::new(bytes.to_vec()));
    assert_eq!(stream, lines(&mut Tar::section(section)));
    stream
}

/// Files whose names, links, sizes and holes exercise each extension.
fn make_tree(root: &std::path::Path) {
    let long = "d".repeat(90);
    let deep = root.join(&long).join(&long).join("e".repeat(200));
    std::fs::create_dir_all(deep.parent().unwrap()).unwrap();
    std::fs::write(&deep, "deep").unwrap();
    std::fs::write(root.join("small"), vec![7; 513]).unwrap();
    std::fs::write(root.join("large"), vec![1; 400_000]).unwrap();
    std::fs::write(root.join("empty"), "").unwrap();
    std::fs::write(root.join("caf\u{e9}"), "x").unwrap();
    std::fs::hard_link(root.join("small"), root.join("zlink")).unwrap();
    std::os::unix::fs::symlink(format!("../{}", "t".repeat(150)), root.join("slink")).unwrap();
    let holes = std::fs::File::create(root.join("holes")).unwrap();
    holes.set_len(3_000_000).unwrap();
    drop(holes);
    let mut holes = std::fs::OpenOptions::new()
        .append(true)
        .open(root.join("holes"))
        .unwrap();
    holes.write_all(b"end").unwrap();
}

fn gnu_tar(root: &std::path::Path, options: &[&str]) -> Vec<u8> {
    let output = Command::new("tar")
        .args(["--sort=name", "-C"])
        .arg(root)
        .args(options)
        .args(["-cf", "-", "."])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn every_format_of_gnu_tar_is_read() {
    let root = tempfile::tempdir().unwrap();
    make_tree(root.path());
    let long = "d".repeat(90);
    let name = "e".repeat(200);
    let link = "t".repeat(150);
    for options in [
        &["--format=gnu"][..],
        &["--format=posix"],
        &["--format=gnu", "--blocking-factor=1"],
    ] {
        let lines = both(&gnu_tar(root.path(), options));
        assert_eq!(
            lines,
            [
                "/ 0 0".to_owned(),
                "caf\u{e9} 1 120".to_owned(),
                format!("{long}/ 0 0"),
                format!("{long}/{long}/ 0 0"),
                format!("{long}/{long}/{name} 4 414"),
                "empty 0 0".to_owned(),
                "holes 3000003 311".to_owned(),
                "large 400000 400000".to_owned(),
                format!("slink -> ../{link} 0 0"),
                "small 513 3591".to_owned(),
                "zlink = small 0 0".to_owned(),
            ],
            "{options:?}"
        );
    }
}

#[test]
fn sparse_entries_are_passed_over_exactly() {
    let root = tempfile::tempdir().unwrap();
    make_tree(root.path());
    for options in [
        &["--format=gnu", "--sparse"][..],
        &["--format=posix", "--sparse", "--sparse-version=1.0"],
        &["--format=posix", "--sparse", "--sparse-version=0.1"],
    ] {
        let lines = both(&gnu_tar(root.path(), options));
        let names: Vec<_> = lines.iter().map(|l| l.split(' ').next().unwrap()).collect();
        assert!(names.contains(&"holes"), "{options:?}: {lines:?}");
        assert_eq!(lines.last().unwrap(), "zlink = small 0 0", "{options:?}");
    }
}

fn small_archive() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in [("a", "1"), ("b", "22"), ("c", "333")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn ends_and_damages() {
    let whole = small_archive();
    let entries = ["a 1 49", "b 2 100", "c 3 153"];
    let cut = |len: usize| both(&whole[..len]);
    // Each entry is two blocks; the end is two more.
    assert_eq!(both(&whole), entries);
    assert_eq!(cut(6 * 512), entries, "no end blocks");
    assert_eq!(cut(7 * 512), entries, "one end block");
    assert_eq!(cut(5 * 512 + 3), entries, "no padding");
    assert_eq!(
        cut(5 * 512 + 2)[2..],
        [
            "c 3 102",
            "! byte 2048: the archive ends inside c, 1 bytes early"
        ]
    );
    assert_eq!(
        cut(4 * 512 + 100)[2..],
        ["! byte 2048: the archive ends inside a header"]
    );
    let mut damaged = whole.clone();
    damaged[2 * 512] ^= 1;
    assert_eq!(
        both(&damaged),
        [
            "a 1 49",
            "! byte 1024: not a tar header: the checksum is wrong"
        ]
    );
    assert_eq!(
        both(&[b'x'; 2048]),
        ["! byte 0: not a tar header: the checksum is wrong"]
    );
    assert!(both(&[]).is_empty());
}

#[test]
fn paths_cannot_leave_the_root() {
    let mut tar = tar::Builder::new(Vec::new());
    for raw in ["../../etc/passwd", "/abs", "a/../../b"] {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..raw.len()].copy_from_slice(raw.as_bytes());
        header.set_size(0);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, &[][..]).unwrap();
    }
    let bytes = tar.into_inner().unwrap();
    assert_eq!(both(&bytes), ["etc/passwd 0 0", "abs 0 0", "b 0 0"]);
}

/// Gives every header its checksum, as far as blocks are where they were: damage reaches the fields
/// behind it.
fn mend(bytes: &mut [u8]) {
    for block in bytes.as_chunks_mut::<512>().0 {
        if block[257..262] == *b"ustar" {
            let mut header = tar::Header::new_old();
            header.as_mut_bytes().copy_from_slice(block);
            header.set_cksum();
            block.copy_from_slice(header.as_bytes());
        }
    }
}

/// Damaged archives give entries and problems, never a panic, and not more than there can be.
#[test]
fn damaged_archives_are_survived() {
    let directory = tempfile::tempdir().unwrap();
    make_tree(directory.path());
    std::fs::remove_file(directory.path().join("large")).unwrap();
    // The old format has no room for holes and long names.
    let archives = [
        &["--format=gnu", "--sparse"][..],
        &["--format=pax", "--sparse"],
        &["--format=ustar", "--exclude=d*", "--exclude=slink"],
    ]
    .map(|options| gnu_tar(directory.path(), options));
    let small = small_archive();
    let samples: Vec<&[u8]> = archives
        .iter()
        .map(Vec::as_slice)
        .chain([&*small])
        .collect();
    let target = damage::Target {
        name: "inventory/tar",
        samples: &samples,
        tokens: &[
            b"ustar\x0000",
            b"ustar  \0",
            b"30 mtime=1350244992.023960108\n",
            b"GNU.sparse.size=9\n",
        ],
        cases: 400,
    };
    target.check(|bytes| {
        let mut bytes = bytes.to_vec();
        // An odd length is as random as anything.
        if bytes.len().is_multiple_of(4) || bytes.len() % 4 == 3 {
            mend(&mut bytes);
        }
        let stream = lines(&mut Tar::stream(Box::new(Cursor::new(&bytes))));
        assert!(stream.len() <= bytes.len() / 512 + 1001);
        let section = Section::whole(Arc::new(bytes));
        let section = lines(&mut Tar::section(section));
        let kinds = |lines: &[String]| {
            let problems = lines.iter().filter(|line| line.starts_with('!'));
            problems.take(5).cloned().collect::<Vec<_>>()
        };
        (kinds(&stream), kinds(&section), stream.len().min(20))
    });
}
