//! Damaged images: no panic, a bounded amount of work, and a problem where something is missing.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
fn check_damage(image: &Path) {
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
    let places = places(&section);
    let random = noise(8 * 1200, len);
    let (words, _) = random.as_chunks::<8>();
    for (round, words) in words.chunks(3).enumerate() {
        let changes = words.iter().map(|word| {
            let word = u64::from_le_bytes(*word);
            let index = usize::try_from(word >> 16).unwrap() % places.len();
            (places[index], u8::try_from(word & 0xff).unwrap() | 1)
        });
        let count = if round % 2 == 0 { 1 } else { 3 };
        survives(&section, changes.take(count).collect(), len, expected);
    }
    // The first sectors byte by byte: headers and superblocks.
    for place in (0..512).chain(1024..1280).step_by(3) {
        survives(&section, vec![(place, 0xff)], len, expected);
    }
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
    for options in [
        &["-t", "ext4", "-O", "^has_journal"][..],
        &["-t", "ext2", "-b", "1024"],
        &["-t", "ext4", "-O", "inline_data,^has_journal", "-I", "512"],
    ] {
        if ext(&image, &root, 4, options).is_none() {
            return;
        }
        check_damage(&image);
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
            check_damage(&out);
        }
    }
    let disk = path("disk");
    blank(&disk, 8);
    std::fs::write(path("script"), "label: gpt\nsize=4M\n").unwrap();
    let command = format!("sfdisk -q {} < {}", text(&disk), text(&path("script")));
    if run("sh", &["-c", &command]).is_some() {
        put(&image, &disk, 1 << 20);
        check_damage(&disk);
    }
    for options in [&["-m", "crc=0"][..], &["-b", "size=1024"]] {
        let links = root.join("links");
        if links.exists() {
            std::fs::remove_dir_all(links).unwrap();
        }
        if xfs(&image, &root, options).is_none() {
            return;
        }
        check_damage(&image);
    }
}
