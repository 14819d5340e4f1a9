//! Passes over hostile and odd trees.

use std::io::{self, Read, Write};
use std::sync::Arc;

use super::{Limits, Options, scan_tree};
use crate::decompress::ExpansionLimits;
use crate::extractors::Extractors;
use crate::image::scan_layer;
use crate::scan::TreeScan;
use crate::section::Section;
use crate::tar::Tar;

fn options(extractors: &Extractors, limits: Limits) -> Options<'_> {
    Options {
        extractors,
        is_layer: true,
        limits,
        spill: None,
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

fn scan_bytes(bytes: Vec<u8>, limits: Limits, expansion: ExpansionLimits) -> TreeScan {
    let extractors = Extractors::all();
    let section = Section::whole(Arc::new(bytes));
    scan_layer(&section, None, expansion, &options(&extractors, limits)).0
}

/// An archive of empty files that is made while it is read.
struct EmptyFiles {
    count: u64,
    block: Vec<u8>,
}

impl Read for EmptyFiles {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.block.is_empty() && self.count > 0 {
            self.count -= 1;
            let mut header = tar::Header::new_ustar();
            header.set_path(format!("d/{}", self.count)).unwrap();
            header.set_size(0);
            header.set_cksum();
            self.block = header.as_bytes().to_vec();
        }
        let n = self.block.len().min(buf.len());
        buf[..n].copy_from_slice(&self.block[..n]);
        self.block.drain(..n);
        Ok(n)
    }
}

#[test]
fn many_empty_files_cost_eight_bytes_each() {
    let extractors = Extractors::all();
    let block = Vec::new();
    let mut tar = Tar::stream(Box::new(EmptyFiles {
        count: 200_000,
        block,
    }));
    let scan = scan_tree(&mut tar, &options(&extractors, Limits::default()));
    assert_eq!(scan.non_directories.len(), 200_000);
    assert!(scan.complete && scan.files.is_empty() && scan.implied.len() == 1);

    let block = Vec::new();
    let limits = Limits {
        entries: 1000,
        ..Limits::default()
    };
    let mut tar = Tar::stream(Box::new(EmptyFiles { count: 2000, block }));
    let scan = scan_tree(&mut tar, &options(&extractors, limits));
    assert_eq!(scan.non_directories.len(), 1000);
    assert!(!scan.complete);
    assert_eq!(scan.problems.len(), 1);
}

#[test]
fn a_bomb_is_stopped_and_what_came_before_it_kept() {
    let zeros = vec![0; 8 << 20];
    let os = b"ID=debian\nVERSION_ID=12\n";
    let bytes = gzip(&archive(&[("etc/os-release", os), ("zeros", &zeros)]));
    let fine = scan_bytes(bytes.clone(), Limits::default(), ExpansionLimits::default());
    assert!(fine.complete, "{:?}", fine.problems);
    for expansion in [
        ExpansionLimits {
            bytes: 1 << 20,
            ..ExpansionLimits::default()
        },
        ExpansionLimits {
            ratio: 50,
            ratio_from: 1 << 20,
            ..ExpansionLimits::default()
        },
    ] {
        let scan = scan_bytes(bytes.clone(), Limits::default(), expansion);
        assert!(!scan.complete);
        assert_eq!(scan.problems.len(), 1, "{:?}", scan.problems);
        assert!(scan.problems[0].what.contains("decompresses to more than"));
        assert_eq!(scan.files.len(), 1);
    }
}

#[test]
fn cut_layers_are_incomplete() {
    let noise: Vec<u8> = (0..60_000_u32)
        .map(|i| ((i * i) >> 7).to_le_bytes()[0])
        .collect();
    let whole = gzip(&archive(&[("a", &noise), ("b", &noise)]));
    for len in [0, 1, 5, 100, whole.len() / 2, whole.len() - 20] {
        let scan = scan_bytes(
            whole[..len].to_vec(),
            Limits::default(),
            ExpansionLimits::default(),
        );
        // An empty file is an empty archive; a single byte is no header.
        assert_eq!(scan.complete, len == 0, "{len}: {:?}", scan.problems);
    }
}

#[test]
fn a_wrong_digest_is_told() {
    let bytes = gzip(&archive(&[("a", b"1")]));
    let right = crate::image::Digest::sha256(&bytes);
    let wrong = crate::image::Digest::sha256(b"other");
    let extractors = Extractors::all();
    let section = Section::whole(Arc::new(bytes));
    for (digest, expected) in [(right, true), (wrong, false)] {
        let (scan, is_verified) = scan_layer(
            &section,
            Some(digest),
            ExpansionLimits::default(),
            &options(&extractors, Limits::default()),
        );
        assert_eq!((scan.complete, is_verified), (expected, expected));
    }
}

#[test]
fn large_files_of_a_stream_need_a_place_to_go() {
    let status = b"Package: a\nStatus: install ok installed\nVersion: 1\n";
    let bytes = gzip(&archive(&[("var/lib/dpkg/status", status)]));
    let extractors = Extractors::all();
    let section = Section::whole(Arc::new(bytes));
    let limits = Limits {
        memory: 10,
        ..Limits::default()
    };
    let mut options = options(&extractors, limits);
    let expansion = ExpansionLimits::default();
    let (scan, _) = scan_layer(&section, None, expansion, &options);
    assert!(!scan.complete && scan.files.is_empty());
    let spill = |stream: &mut dyn Read| {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Ok(Box::new(io::Cursor::new(bytes)) as Box<dyn crate::tree::ReadSeek>)
    };
    options.spill = Some(&spill);
    let (scan, _) = scan_layer(&section, None, expansion, &options);
    assert!(scan.complete && scan.files.len() == 1);
}

/// An archive of entries without content, each with the name it links to if it is a link.
fn entries(
    lock: &[u8],
    kind: tar::EntryType,
    names: impl Iterator<Item = (String, &'static str)>,
) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(lock.len() as u64);
    tar.append_data(&mut header, "a/Cargo.lock", lock).unwrap();
    for (name, target) in names {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        match target {
            "" => tar.append_data(&mut header, name, io::empty()).unwrap(),
            target => tar.append_link(&mut header, name, target).unwrap(),
        }
    }
    tar.into_inner().unwrap()
}

#[test]
fn what_is_kept_of_names_is_limited() {
    let lock =
        b"version = 3\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"registry+x\"\n\
          [[package]]\nname = \"b\"\nversion = \"1\"\nsource = \"registry+x\"\n";
    let names = |pattern: &'static str, target: &'static str| {
        (0..1000).map(move |i| (pattern.replace('#', &i.to_string()), target))
    };
    let regular = tar::EntryType::Regular;
    for (what, kind, names, problem) in [
        (
            "whiteouts",
            regular,
            names("d/.wh.#", ""),
            "more than the limit of 10000 bytes of links and whiteouts",
        ),
        (
            "opaque directories",
            regular,
            names("d/#/.wh..wh..opq", ""),
            "more than the limit of 10000 bytes of links and whiteouts",
        ),
        (
            "symlinks",
            tar::EntryType::Symlink,
            names("d/#", "x"),
            "more than the limit of 10000 bytes of links and whiteouts",
        ),
        (
            "hard links to what the layer does not hold",
            tar::EntryType::Link,
            names("d/#/Cargo.lock", "x/Cargo.lock"),
            "more than the limit of 10000 bytes of links and whiteouts",
        ),
        (
            "hard links to a file with packages",
            tar::EntryType::Link,
            names("d/#/Cargo.lock", "a/Cargo.lock"),
            "more than the limit of 101 packages",
        ),
    ] {
        let limits = Limits {
            name_bytes: 10_000,
            packages: 101,
            ..Limits::default()
        };
        let bytes = entries(lock, kind, names);
        let scan = scan_bytes(bytes, limits, ExpansionLimits::default());
        let problems: Vec<&str> = scan.problems.iter().map(|p| p.what.as_str()).collect();
        assert_eq!(problems, [problem], "{what}");
        assert!(!scan.complete, "{what}");
        let kept = scan.removals.len() + scan.symlinks.len() + scan.hard_links.len();
        assert!(kept < 105, "{what}: {kept}");
        let packages: usize = scan.files.iter().map(|file| file.packages.len()).sum();
        assert!((2..=101).contains(&packages), "{what}: {packages}");
    }
}

#[test]
fn a_database_and_its_log_are_read_together() {
    let database = include_bytes!("../../../ecosystem/testdata/rpm/logged.sqlite");
    let log = include_bytes!("../../../ecosystem/testdata/rpm/logged.sqlite-wal");
    let database = ("usr/lib/sysimage/rpm/rpmdb.sqlite", &database[..]);
    let log = ("usr/lib/sysimage/rpm/rpmdb.sqlite-wal", &log[..]);
    let other = ("var/lib/rpm/rpmdb.sqlite", database.1);
    let names = |files: &[(&str, &[u8])]| {
        let bytes = archive(files);
        let limits = Limits::default();
        let plain = scan_bytes(bytes.clone(), limits, ExpansionLimits::default());
        let packed = scan_bytes(gzip(&bytes), limits, ExpansionLimits::default());
        assert_eq!(plain, packed);
        assert!(plain.complete);
        let packages = plain.files.iter().flat_map(|file| &file.packages);
        let problems = plain.files.iter().flat_map(|file| &file.problems);
        let names = packages.map(|package| package.name.clone());
        let names: Vec<_> = names.chain(problems.map(|p| p.place.clone())).collect();
        names.join(" ")
    };
    assert_eq!(names(&[database, log]), "alpha beta-1");
    assert_eq!(names(&[log, database]), "alpha beta-1");
    assert_eq!(names(&[database]), "alpha alpha-devel");
    assert_eq!(names(&[database, (log.0, b"")]), "alpha alpha-devel");
    // Each log belongs to the database beside it.
    assert_eq!(
        names(&[other, log]),
        "alpha alpha-devel usr/lib/sysimage/rpm/rpmdb.sqlite-wal"
    );
}
