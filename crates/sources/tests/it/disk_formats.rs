//! Every file's bytes, through every file system, container and partition table.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::disk_image::{
    blank, check_image, check_listing, ext, list, noise, odd_tree, put, run, sparse_file, text, xfs,
};

/// A directory with a tree in `root`.
fn tree(many: usize) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    odd_tree(&root, many);
    (directory, root)
}

#[test]
fn ext_of_every_kind() {
    let (directory, root) = tree(2000);
    let rows: &[(&str, &[&str])] = &[
        ("ext4", &["-t", "ext4"]),
        ("ext3", &["-t", "ext3"]),
        ("ext2", &["-t", "ext2"]),
        ("small blocks", &["-t", "ext4", "-b", "1024"]),
        ("indirect", &["-t", "ext2", "-b", "1024"]),
        ("no extents", &["-t", "ext4", "-O", "^extent,^64bit"]),
        ("inline", &["-t", "ext4", "-O", "inline_data", "-I", "256"]),
        (
            "inline, large",
            &["-t", "ext4", "-O", "inline_data", "-I", "1024"],
        ),
        ("clusters", &["-t", "ext4", "-O", "bigalloc", "-C", "16384"]),
        (
            "meta groups",
            &["-t", "ext4", "-b", "1024", "-O", "meta_bg,^resize_inode"],
        ),
        (
            "no groups",
            &["-t", "ext4", "-O", "^flex_bg,^metadata_csum"],
        ),
        ("small inodes", &["-t", "ext4", "-I", "128", "-b", "2048"]),
        (
            "no kinds",
            &["-t", "ext2", "-O", "^filetype,^sparse_super,^resize_inode"],
        ),
        ("revision 0", &["-t", "ext2", "-r", "0", "-O", "none"]),
    ];
    let image = directory.path().join("image");
    for (what, options) in rows {
        if ext(&image, &root, 64, options).is_none() {
            return;
        }
        check_image(&image, &root);
        assert!(image.exists(), "{what}");
    }
}

#[test]
fn blocks_through_every_level_of_pointers() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir_all(&root).unwrap();
    sparse_file(&root.join("sparse"));
    let image = directory.path().join("image");
    for kind in ["ext4", "ext2"] {
        if ext(&image, &root, 8, &["-t", kind, "-b", "1024"]).is_none() {
            return;
        }
        check_image(&image, &root);
    }
}

#[test]
fn ext_with_many_extents_and_holes() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir_all(&root).unwrap();
    let file = root.join("holes");
    let mut bytes = noise(6 << 20, 7);
    fs::write(&file, &bytes).unwrap();
    let image = directory.path().join("image");
    if ext(&image, &root, 32, &["-t", "ext4", "-b", "1024"]).is_none() {
        return;
    }
    let mut commands = String::new();
    for block in (1..6000).step_by(3) {
        writeln!(commands, "punch /holes {block} {block}").unwrap();
        bytes[block * 1024..(block + 1) * 1024].fill(0);
    }
    let script = directory.path().join("script");
    fs::write(&script, commands).unwrap();
    run("debugfs", &["-w", "-f", text(&script), text(&image)]);
    fs::write(&file, &bytes).unwrap();
    check_image(&image, &root);
}

#[test]
fn xfs_of_every_kind() {
    let (directory, root) = tree(3000);
    let rows: &[&[&str]] = &[
        &[],
        &["-m", "crc=0"],
        &["-m", "crc=0", "-n", "ftype=0"],
        &["-m", "crc=0", "-b", "size=512", "-i", "size=256"],
        &["-b", "size=1024", "-n", "size=4096"],
        &["-i", "size=2048"],
        &["-n", "size=65536"],
        &["-m", "bigtime=0,inobtcount=0,reflink=0"],
        &["-i", "sparse=0,nrext64=1"],
    ];
    let image = directory.path().join("image");
    for options in rows {
        if xfs(&image, &root, options).is_none() {
            return;
        }
        if !options.contains(&"crc=0") {
            let is_small = options.contains(&"size=1024");
            give_headers(&image, if is_small { 1024 } else { 4096 });
        }
        check_image(&image, &root);
    }
}

/// Puts the headers of version 5 before targets of symlinks, which mkfs.xfs 6.1 forgets: without
/// them Linux cannot read them either.
fn give_headers(image: &Path, block_size: u64) {
    let mut file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(image)
        .unwrap();
    let mut blocks = file.try_clone().unwrap();
    let mut block = vec![0; usize::try_from(block_size).unwrap()];
    let mut place = 0;
    while blocks.read_exact(&mut block).is_ok() {
        if block.starts_with(b"tttttttt") {
            let len = block.iter().position(|&b| b != b't').unwrap();
            let mut new = b"XSLM\0\0\0\0".to_vec();
            new.extend(u32::try_from(len).unwrap().to_be_bytes());
            new.resize(56, 0xee);
            new.extend(&block[..len]);
            file.seek(SeekFrom::Start(place)).unwrap();
            file.write_all(&new).unwrap();
        }
        place += block_size;
        blocks.seek(SeekFrom::Start(place)).unwrap();
    }
}

/// Makes the odd tree's image once more in a container.
fn convert(image: &Path, options: &[&str]) -> Option<PathBuf> {
    let out = image.with_extension("container");
    let mut arguments = vec!["convert", "-f", "raw"];
    arguments.extend(options);
    arguments.extend([text(image), text(&out)]);
    run("qemu-img", &arguments).map(|_| out)
}

#[test]
fn containers() {
    let (directory, root) = tree(100);
    let image = directory.path().join("image");
    let made = ext(&image, &root, 64, &["-t", "ext4"]);
    let rows: &[&[&str]] = &[
        &["-O", "raw"],
        &["-O", "qcow2"],
        &["-O", "qcow2", "-c"],
        &["-O", "qcow2", "-c", "-o", "compression_type=zstd"],
        &["-O", "qcow2", "-c", "-o", "cluster_size=2M"],
        &["-O", "qcow2", "-o", "cluster_size=512"],
        &["-O", "qcow2", "-o", "compat=0.10"],
        &["-O", "vmdk"],
        &["-O", "vmdk", "-o", "subformat=monolithicSparse"],
        &["-O", "vmdk", "-o", "subformat=streamOptimized"],
        &["-O", "vmdk", "-o", "subformat=monolithicFlat"],
        &["-O", "vmdk", "-o", "subformat=twoGbMaxExtentSparse"],
        &["-O", "vmdk", "-o", "subformat=twoGbMaxExtentFlat"],
    ];
    for options in rows {
        let Some(container) = made.and_then(|()| convert(&image, options)) else {
            return;
        };
        check_image(&container, &root);
    }
}

#[test]
fn what_is_not_read_is_named() {
    let (directory, root) = tree(1);
    let image = directory.path().join("image");
    let made = ext(&image, &root, 64, &["-t", "ext4"]);
    let rows: &[(&[&str], &str)] = &[
        (&["-O", "vpc"], "VHD"),
        (&["-O", "vhdx"], "VHDX"),
        (
            &["-O", "qcow2", "-o", "extended_l2=on,cluster_size=128k"],
            "subclusters",
        ),
    ];
    for (options, expected) in rows {
        let Some(container) = made.and_then(|()| convert(&image, options)) else {
            return;
        };
        let problems = crate::disk_image::open(&container).problems;
        assert!(problems[0].what.contains(expected), "{problems:?}");
    }
}

#[test]
fn partition_tables() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let mut expected = crate::disk_image::Listing::new();
    for (number, kind) in [(2, "ext4"), (5, "ext2"), (6, "ext3")] {
        let root = path(kind);
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join(kind), noise(5000, number)).unwrap();
        if ext(&path(&format!("{kind}.image")), &root, 16, &["-t", kind]).is_none() {
            return;
        }
        let mut tree = lynkeus_sources::files::DirectoryTree::open(&root).unwrap();
        for (name, entry) in list(&mut tree).0 {
            expected.insert(format!("partition {number}/{name}"), entry);
        }
        let empty = (r"Directory".to_owned(), 0, 0);
        expected.insert(format!("partition {number}/lost+found"), empty);
    }
    let gpt = "label: gpt\n1: size=8M,type=uefi\n2: size=16M\n5: size=16M\n6: size=16M\n";
    let mbr = "label: dos\n1: size=8M,type=ef\n2: size=16M\n3: size=80M,type=5\n\
               5: size=16M\n6: size=16M\n";
    let disk = path("disk");
    let script = path("script");
    for (table, damage) in [(mbr, false), (gpt, false), (gpt, true)] {
        blank(&disk, 128);
        fs::write(&script, table).unwrap();
        let command = format!("sfdisk -q {} < {}", text(&disk), text(&script));
        let Some(starts) =
            run("sh", &["-c", &command]).and_then(|_| run("sfdisk", &["-d", text(&disk)]))
        else {
            return;
        };
        for (number, kind) in [(2, "ext4"), (5, "ext2"), (6, "ext3")] {
            put(
                &path(&format!("{kind}.image")),
                &disk,
                start(&starts, &disk, number),
            );
        }
        if damage {
            // The entries of the first table; the copy at the end is whole.
            put(&script, &disk, 1024);
            let mut opened = crate::disk_image::open(&disk);
            assert!(
                opened.problems[0].what.contains("checksum"),
                "{:?}",
                opened.problems
            );
            assert_eq!(list(&mut opened.tree).0, expected);
        } else {
            check_listing(&disk, &expected);
        }
    }
}

/// Where `sfdisk -d` says that a partition begins, in bytes.
fn start(dump: &str, disk: &Path, number: u32) -> u64 {
    let name = format!("{}{number} : start=", text(disk));
    let line = dump
        .lines()
        .find_map(|line| line.strip_prefix(&name))
        .unwrap();
    line.split(',')
        .next()
        .unwrap()
        .trim()
        .parse::<u64>()
        .unwrap()
        * 512
}
