//! What a second scan reads, and what it does not believe.

use std::fs;
use std::path::{Path, PathBuf};

use ecosystem::ECOSYSTEMS;
use inventory::extractors::Extractors;
use model::{Evidence, Package, PurlType};

use super::{DEFAULT_LIMIT, InventoryCache, Key, SUFFIX, decode, encode};
use crate::files::{Kind, Options, Scanned};

fn root_archive(version: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let status = format!("Package: a\nStatus: install ok installed\nVersion: {version}\n");
    for (path, content) in [
        ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
        ("var/lib/dpkg/status", status.as_str()),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

struct Place {
    directory: tempfile::TempDir,
    cache: InventoryCache,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let cache = InventoryCache::new(directory.path().join("cache"), DEFAULT_LIMIT);
        Self { directory, cache }
    }

    fn target(&self) -> PathBuf {
        self.directory.path().join("root.tar")
    }

    fn entries(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.directory.path().join("cache")) else {
            return Vec::new();
        };
        let mut paths: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == SUFFIX));
        paths
    }

    fn scan(&self) -> Scanned {
        let extractors = Extractors::all();
        self.cache
            .scan_path(&self.target(), &Options::new(&extractors))
            .unwrap()
    }

    /// Scans until the result is kept, which it is not while the file is too new.
    fn scan_and_keep(&self) -> Scanned {
        let before = self.entries();
        loop {
            let scanned = self.scan();
            if self.entries() != before {
                return scanned;
            }
        }
    }
}

fn version(scanned: &Scanned) -> &str {
    &scanned.inventory.packages[0].version
}

/// A result that no scan gives, by which a test knows that it came from the cache.
fn marked() -> Scanned {
    let mut scanned = full();
    scanned.inventory.packages[0].version = "from the cache".to_owned();
    scanned
}

/// A result in which every field is set.
fn full() -> Scanned {
    let mut package = Package::new(PurlType::new("deb"), "libssl3", "3.0.15-1");
    package.source = Some(model::SourcePackage {
        name: "openssl".to_owned(),
        version: "3.0.15-1".to_owned(),
    });
    package.arch = Some("amd64".to_owned());
    package.module = Some("m:1:2:3:x".to_owned());
    package.evidence = Evidence::Declared;
    package.licenses = vec!["Apache-2.0".to_owned()];
    package.locations = vec![model::Location {
        layer: Some(3),
        path: "var/lib/dpkg/status".to_owned(),
    }];
    package.owned_by = Some("deb:x".to_owned());
    package.properties = vec![("vendor".to_owned(), "Debian".to_owned())];
    let word = |text: &str| Some(text.to_owned());
    Scanned {
        kind: Kind::Image,
        inventory: model::Inventory {
            os: Some(model::OperatingSystem {
                id: "debian".to_owned(),
                id_like: vec!["x".to_owned()],
                version_id: "12".to_owned(),
                codename: word("bookworm"),
                pretty_name: "Debian".to_owned(),
                variant: word("v"),
                cpe: word("cpe:/o:debian"),
                arch: word("amd64"),
                running_kernel: word("6.1"),
            }),
            layers: vec![model::Layer {
                digest: word("sha256:1"),
                diff_id: word("sha256:2"),
                created_by: word("RUN"),
            }],
            packages: vec![package],
            problems: vec![model::Problem::new("here", "odd")],
            complete: true,
        },
        image: Some(inventory::image::ImageInfo {
            tags: vec!["app:1".to_owned()],
            manifest_digest: word("sha256:3"),
            config_digest: word("sha256:4"),
            platform: inventory::image::Platform::parse("linux/arm64/v8").unwrap(),
        }),
    }
}

fn check_same(a: &Scanned, b: &Scanned) {
    assert_eq!(a.kind, b.kind);
    assert_eq!(a.inventory, b.inventory);
    assert_eq!(a.image, b.image);
}

fn key(path: &Path) -> Key {
    Key::of_file(path, &Options::new(&Extractors::all())).unwrap()
}

#[test]
fn the_second_scan_gives_the_same_without_reading() {
    let place = Place::new();
    fs::write(place.target(), root_archive("1")).unwrap();
    let first = place.scan_and_keep();
    check_same(&place.scan(), &first);
    place.cache.put(&key(&place.target()), &marked()).unwrap();
    assert_eq!(version(&place.scan()), "from the cache");
}

#[test]
fn every_field_survives() {
    let place = Place::new();
    fs::write(place.target(), "").unwrap();
    let key = key(&place.target());
    check_same(
        &decode(&key, &encode(&key, &full()).unwrap()).unwrap(),
        &full(),
    );
}

#[test]
fn a_changed_archive_is_read_again() {
    let place = Place::new();
    fs::write(place.target(), root_archive("1")).unwrap();
    assert_eq!(version(&place.scan_and_keep()), "1");
    // The same size, and the times set back, as `touch -r` would.
    let modified = fs::metadata(place.target()).unwrap().modified().unwrap();
    fs::write(place.target(), root_archive("2")).unwrap();
    let file = fs::File::options()
        .write(true)
        .open(place.target())
        .unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(version(&place.scan()), "2");
}

#[test]
fn damaged_and_foreign_entries_are_replaced() {
    let place = Place::new();
    fs::write(place.target(), root_archive("1")).unwrap();
    place.scan_and_keep();
    let entry = place.entries().remove(0);
    let good = fs::read(&entry).unwrap();
    let other = place.directory.path().join("other.tar");
    fs::write(&other, "").unwrap();
    let mut damaged: Vec<Vec<u8>> = (0..good.len())
        .step_by(7)
        .map(|i| {
            let mut bytes = good.clone();
            bytes[i] ^= 0x20;
            bytes
        })
        .collect();
    damaged.extend((0..good.len()).step_by(11).map(|n| good[..n].to_vec()));
    damaged.push(encode(&key(&other), &marked()).unwrap());
    for bytes in damaged {
        fs::write(&entry, &bytes).unwrap();
        assert!(place.cache.get(&key(&place.target())).is_none());
    }
    assert_eq!(version(&place.scan()), "1");
    assert!(place.cache.get(&key(&place.target())).is_some());
}

#[test]
fn other_extractors_or_another_platform_read_again() {
    let place = Place::new();
    fs::write(place.target(), root_archive("1")).unwrap();
    let path = place.target();
    let all = Extractors::all();
    let fewer = Extractors::of(ECOSYSTEMS);
    let options = Options::new(&all);
    let platform = inventory::image::Platform::parse("linux/arm64").unwrap();
    let mut other_platform = options;
    other_platform.platform = Some(&platform);
    let mut other_image = options;
    other_image.reference = Some("app:2");
    let first = key(&path);
    for changed in [Options::new(&fewer), other_platform, other_image] {
        assert_ne!(Key::of_file(&path, &changed).unwrap(), first);
    }
    let mut other_threads = options;
    other_threads.threads = 7;
    assert_eq!(Key::of_file(&path, &other_threads).unwrap(), first);
}

#[test]
fn the_oldest_entries_go_first() {
    let place = Place::new();
    let mut keys = Vec::new();
    for i in 0..6 {
        let path = place.directory.path().join(format!("{i}.tar"));
        fs::write(&path, vec![0; i]).unwrap();
        keys.push(key(&path));
    }
    let size = encode(&keys[0], &full()).unwrap().len() as u64;
    let directory = place.directory.path().join("cache");
    let cache = InventoryCache::new(directory.clone(), 3 * size + size / 2);
    for (i, key) in keys.iter().enumerate() {
        while cache.get(key).is_none() {
            cache.put(key, &full()).unwrap();
        }
        let path = directory.join(format!("{}.{SUFFIX}", key.name()));
        let age = std::time::Duration::from_secs(100 - i as u64);
        let file = fs::File::options().write(true).open(path).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written - age).unwrap();
    }
    let kept: Vec<bool> = keys.iter().map(|k| cache.get(k).is_some()).collect();
    assert_eq!(kept, [false, false, false, true, true, true]);
}

#[test]
fn a_directory_that_cannot_be_written_costs_nothing() {
    let place = Place::new();
    fs::write(place.target(), root_archive("1")).unwrap();
    fs::write(place.directory.path().join("cache"), "a file").unwrap();
    assert_eq!(version(&place.scan()), "1");
}

#[test]
fn damaged_results_are_survived() {
    let place = Place::new();
    fs::write(place.target(), root_archive("1.2")).unwrap();
    let scanned = place.scan();
    let json = serde_json::to_vec(&super::stored::Scan::from(&scanned)).unwrap();
    let target = damage::Target {
        name: "sources/cache",
        samples: &[&json],
        tokens: &[b"null", b"\"declared\"", b"\"image\""],
        cases: 300,
    };
    target.check(|bytes| {
        let read: Result<super::stored::Scan, _> = serde_json::from_slice(bytes);
        read.map(|scan| Scanned::from(scan).inventory.packages.len().min(3))
            .map_err(|error| error.to_string())
    });
}
