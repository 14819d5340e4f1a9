//! Damaged images: no panic, a bounded amount of work, and a problem where something is missing.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use damage::Target;
use inventory::disk;
use inventory::section::{ReadAt, Section};

use crate::disk_image::{blank, ext, list, noise, odd_tree, put, run, section, text, xfs};

/// An image with some bytes changed, cut at a place, that counts what is read of it.
struct Damaged {
    image: Section,
    changes: Vec<(u64, u8)>,
    len: u64,
    read: Arc<AtomicU64>,
}

impl ReadAt for Damaged {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.read.fetch_add(1, Ordering::Relaxed);
        let rest = usize::try_from(self.len.saturating_sub(offset)).unwrap();
        let len = buf.len().min(rest);
        let n = self.image.read_full_at(&mut buf[..len], offset)?;
        for &(place, bits) in &self.changes {
            if let Some(byte) = place.checked_sub(offset).filter(|&at| at < n as u64) {
                buf[usize::try_from(byte).unwrap()] ^= bits;
            }
        }
        Ok(n)
    }

    fn len(&self) -> u64 {
        self.len
    }
}

/// Reads everything on a damaged image; true if it is whole or says that it is not.
fn survives(image: &Section, changes: Vec<(u64, u8)>, len: u64, expected: usize) -> bool {
    let read = Arc::default();
    let damaged = Damaged {
        image: image.clone(),
        changes,
        len,
        read: Arc::clone(&read),
    };
    let beside = |_: &str| Err(io::ErrorKind::NotFound.into());
    let mut disk = disk::open(&Section::whole(Arc::new(damaged)), &beside);
    let (listing, problems) = list(&mut disk.tree);
    let reads = read.load(Ordering::Relaxed);
    assert!(reads < 200_000, "{reads} reads");
    listing.len() >= expected || !problems.is_empty() || !disk.problems.is_empty()
}

/// Cuts an image, and changes bytes of it one by one and several at once.
fn check_damage(name: &str, image: &Path) {
    let section = section(image);
    let len = section.len();
    let beside = |_: &str| Err(io::ErrorKind::NotFound.into());
    let mut disk = disk::open(&section, &beside);
    let expected = list(&mut disk.tree).0.len();
    assert!(expected > 0);
    for i in 0..40 {
        let cut = len * i / 40;
        assert!(
            survives(&section, Vec::new(), cut, expected),
            "{image:?} cut at {cut}"
        );
    }
    for cut in [1, 72, 511, 513, 1024, 1100, 2048, 4097, 70_000] {
        assert!(
            survives(&section, Vec::new(), cut, expected),
            "{image:?} cut at {cut}"
        );
    }
    // The first sectors byte by byte: headers and superblocks.
    for place in (0..512).chain(1024..1280).step_by(3) {
        survives(&section, vec![(place, 0xff)], len, expected);
    }
    let places = places(&section);
    let target = Target {
        name: &format!("sources/disk-{name}"),
        samples: &[&noise(64, len), &noise(160, len + 1), &[0; 16]],
        tokens: &[b"\0\0\0\x01\xff\xff\xff\xff"],
        cases: 300,
    };
    target.check(|bytes| {
        let (changes, cut) = changes(&section, &places, bytes);
        survives(&section, changes, cut, expected)
    });
}

/// What a damaged sample does to the image, so that it need not be copied: each eight bytes name a
/// place and what is done there.
fn changes(image: &Section, places: &[u64], bytes: &[u8]) -> (Vec<(u64, u8)>, u64) {
    let mut changes = Vec::new();
    let mut cut = image.len();
    for step in bytes.as_chunks::<8>().0.iter().take(12) {
        let [a, b, c, how, rest @ ..] = *step;
        let place = places[u32::from_le_bytes([a, b, c, 0]) as usize % places.len()];
        let width = 1_u64 << (how & 3);
        let place = place - place % width;
        let mut old = [0; 8];
        image
            .read_full_at(&mut old[..usize::try_from(width).unwrap()], place)
            .unwrap();
        let is_big_endian = how & 4 != 0;
        let old = if is_big_endian {
            u64::from_be_bytes(old) >> (64 - 8 * width)
        } else {
            u64::from_le_bytes(old)
        };
        let small = u64::from(rest[0]);
        let new = match how >> 3 & 15 {
            0 => 0,
            1 => u64::MAX,
            2 => old.wrapping_add(1),
            3 => old.wrapping_sub(1),
            4 => old << (small % 64),
            5 => old >> (small % 64),
            6 => image.len() / 512,
            7 => place / 1024,
            8 => place / 4096,
            9 => small,
            10 => u64::MAX >> (64 - 8 * width) >> 1,
            11 if how & 0x80 != 0 => {
                cut = cut.min(place + small);
                old
            }
            _ => old ^ u64::from(u32::from_le_bytes(rest)),
        };
        for index in 0..width {
            let at = if is_big_endian {
                width - 1 - index
            } else {
                index
            };
            let bits = ((old ^ new) >> (8 * index)).to_le_bytes()[0];
            changes.push((place + at, bits));
        }
    }
    (changes, cut)
}

/// The bytes that are not zero, at most a hundred of each sector.
fn places(image: &Section) -> Vec<u64> {
    let mut places = Vec::new();
    let mut sector = [0; 4096];
    for start in (0..image.len()).step_by(4096) {
        image.read_full_at(&mut sector, start).unwrap();
        let used = (0..).zip(sector).filter(|&(_, byte)| byte != 0);
        places.extend(used.take(100).map(|(i, _)| start + i));
    }
    places
}

#[test]
fn damage_is_survived() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let root = path("root");
    odd_tree(&root, 200);
    for size in ["5000001", "1100000", "300000"] {
        std::fs::remove_file(root.join("sizes").join(size)).unwrap();
    }
    let image = path("image");
    for (name, options) in [
        ("ext4", &["-t", "ext4", "-O", "^has_journal"][..]),
        ("ext2", &["-t", "ext2", "-b", "1024"]),
        (
            "ext4-inline",
            &["-t", "ext4", "-O", "inline_data,^has_journal", "-I", "512"],
        ),
    ] {
        if ext(&image, &root, 4, options).is_none() {
            return;
        }
        check_damage(name, &image);
    }
    for options in ["qcow2", "vmdk"] {
        let out = path("container");
        let arguments = [
            "convert",
            "-f",
            "raw",
            "-O",
            options,
            text(&image),
            text(&out),
        ];
        if run("qemu-img", &arguments).is_some() {
            check_damage(options, &out);
        }
    }
    let disk = path("disk");
    blank(&disk, 8);
    std::fs::write(path("script"), "label: gpt\nsize=4M\n").unwrap();
    let command = format!("sfdisk -q {} < {}", text(&disk), text(&path("script")));
    if run("sh", &["-c", &command]).is_some() {
        put(&image, &disk, 1 << 20);
        check_damage("gpt", &disk);
    }
    for (name, options) in [
        ("xfs-4", &["-m", "crc=0"][..]),
        ("xfs-5", &["-b", "size=1024"]),
    ] {
        let links = root.join("links");
        if links.exists() {
            std::fs::remove_dir_all(links).unwrap();
        }
        if xfs(&image, &root, options).is_none() {
            return;
        }
        check_damage(name, &image);
    }
}
