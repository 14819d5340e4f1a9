//! Gives layers and the documents of images damaged samples: they are read, or a problem says why not.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::sync::Arc;

use damage::Target;
use model::{Layer, Problem};
use serde_json::json;

use crate::decompress::ExpansionLimits;
use crate::extractors::Extractors;
use crate::image::{self, Choice, Digest, Members, Platform, scan_layer};
use crate::layers::Stack;
use crate::section::Section;
use crate::walk::{Limits, Options};

fn whole(bytes: &[u8]) -> Section {
    Section::whole(Arc::new(bytes.to_vec()))
}

/// What a target says of problems.
fn texts(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().take(5).map(|p| p.what).collect()
}

const STATUS: &[u8] = b"Package: a\nStatus: install ok installed\nVersion: 1\n\n";

/// Two layers: whiteouts, links through links, and a file that changes its kind.
fn layers() -> [Vec<u8>; 2] {
    let mut lower = tar::Builder::new(Vec::new());
    let mut upper = tar::Builder::new(Vec::new());
    let file = |layer: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        layer.append_data(&mut header, path, content).unwrap();
    };
    let link = |layer: &mut tar::Builder<Vec<u8>>, path: &str, to: &str, kind| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        layer.append_link(&mut header, path, to).unwrap();
    };
    file(
        &mut lower,
        "usr/lib/os-release",
        b"ID=debian\nVERSION_ID=12\n",
    );
    link(
        &mut lower,
        "etc/os-release",
        "../usr/lib/os-release",
        tar::EntryType::Symlink,
    );
    link(&mut lower, "loop", "loop", tar::EntryType::Symlink);
    file(&mut lower, "var/lib/dpkg/status", STATUS);
    link(
        &mut lower,
        "a.lock",
        "var/lib/dpkg/status",
        tar::EntryType::Link,
    );
    file(
        &mut lower,
        "app/package-lock.json",
        br#"{"lockfileVersion":1,"dependencies":{"x":{"version":"1.0.0"}}}"#,
    );
    link(&mut upper, "lib", "usr/lib", tar::EntryType::Symlink);
    file(&mut upper, "var/lib/dpkg/.wh.status", b"");
    file(&mut upper, "app/.wh..wh..opq", b"");
    file(
        &mut upper,
        "lib/os-release",
        b"ID=alpine\nVERSION_ID=3.19\n",
    );
    link(&mut upper, "Cargo.lock", "a.lock", tar::EntryType::Link);
    file(
        &mut upper,
        "loop/Gemfile.lock",
        b"GEM\n  specs:\n    rack (2.0)\n",
    );
    [lower, upper].map(|layer| layer.into_inner().unwrap())
}

fn options(extractors: &Extractors) -> Options<'_> {
    Options {
        extractors,
        is_layer: true,
        limits: Limits::default(),
        spill: None,
    }
}

/// Scans layers and stacks them.
fn stacked(layers: &[&[u8]]) -> (usize, bool, Vec<String>) {
    let extractors = Extractors::all();
    let expansion = ExpansionLimits {
        bytes: 64 << 20,
        ratio: 100,
        ratio_from: 1 << 20,
    };
    let mut stack = Stack::default();
    for (index, bytes) in (0..).zip(layers) {
        let (scan, _) = scan_layer(&whole(bytes), None, expansion, &options(&extractors));
        stack.push(scan, Some(index));
    }
    let inventory = stack.finish(vec![Layer::default(); layers.len()]);
    let packages = inventory.packages.len().min(5);
    (packages, inventory.complete, texts(inventory.problems))
}

#[test]
fn damaged_layers_are_survived() {
    let [lower, upper] = layers();
    assert!(stacked(&[&lower, &upper]).0 > 0);
    let target = Target {
        name: "inventory/layers",
        samples: &[&upper, &lower],
        tokens: &[b".wh.", b".wh..wh..opq", b"../", b"usr/lib/os-release"],
        cases: 300,
    };
    target.check(|bytes| stacked(&[&lower, bytes, &upper]));
}

#[test]
fn damaged_compression_is_survived() {
    let [lower, _] = layers();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&lower).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(&*lower, 19).unwrap();
    let bomb = zstd::encode_all(&*vec![0; 8 << 20], 19).unwrap();
    for (name, samples) in [
        ("inventory/gzip", &[&*gzip][..]),
        ("inventory/zstd", &[&*zstd, &*bomb]),
    ] {
        let target = Target {
            name,
            samples,
            tokens: &[b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18"],
            cases: 200,
        };
        target.check(|bytes| stacked(&[bytes]));
    }
}

/// The files of an image that is never written.
struct InMemory(HashMap<String, Vec<u8>>);

impl Members for InMemory {
    fn open(&self, path: &str) -> io::Result<Option<Section>> {
        Ok(self.0.get(path).map(|bytes| whole(bytes)))
    }
}

fn opened(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (usize, Vec<String>) {
    let choice = Choice {
        reference: None,
        platform: None,
        preferred: Platform::linux("x86_64"),
    };
    match image::open(&InMemory(files.into_iter().collect()), &choice) {
        Ok(image) => (image.layers.len().min(5), texts(image.problems)),
        Err(problem) => (0, vec![problem.what]),
    }
}

/// A blob of a layout, and a descriptor of it.
fn blob(bytes: &[u8], media_type: &str) -> ((String, Vec<u8>), serde_json::Value) {
    let digest = Digest::sha256(bytes);
    let descriptor = json!({"mediaType": media_type, "digest": digest.as_str(), "size": bytes.len(),
        "annotations": {"org.opencontainers.image.ref.name": "app:1"},
        "platform": {"os": "linux", "architecture": "amd64", "variant": "v8"}});
    ((digest.blob_path(), bytes.to_vec()), descriptor)
}

const CONFIG: &[u8] = br#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers",
    "diff_ids":["sha256:ad95131bc0b799c0b1af477fb14fcf26a6a9f76079e48bf090acb7e8367bfd0e"]},
    "history":[{"created_by":"COPY . /"},{"created_by":"ENV A=1","empty_layer":true}]}"#;

fn document<'a>(name: &'a str, samples: &'a [&'a [u8]]) -> Target<'a> {
    Target {
        name,
        samples,
        tokens: &[
            b"sha256:",
            b"\"digest\":",
            b"\"platform\":{}",
            b"\"annotations\":{",
        ],
        cases: 200,
    }
}

#[test]
fn damaged_image_documents_are_survived() {
    let [layer, _] = layers();
    let (layer, layer_descriptor) = blob(&layer, "application/vnd.oci.image.layer.v1.tar");
    let (config, config_descriptor) = blob(CONFIG, "application/vnd.oci.image.config.v1+json");
    let manifest = |config: &serde_json::Value| {
        json!({"schemaVersion": 2, "config": config,
            "layers": [layer_descriptor, {"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "digest": layer_descriptor["digest"], "size": 1, "urls": ["https://a.b/c"]}]})
        .to_string()
        .into_bytes()
    };
    let index = |manifest: &serde_json::Value| {
        json!({"schemaVersion": 2, "manifests": [manifest]})
            .to_string()
            .into_bytes()
    };
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let whole_manifest = manifest(&config_descriptor);
    let (kept, described) = blob(&whole_manifest, media_type);
    let whole_index = index(&described);
    let saved =
        json!([{"Config": "c.json", "RepoTags": ["app:1"], "Layers": ["l/layer.tar", "../l", ""]}]);
    document("inventory/oci-index", &[&whole_index]).check(|bytes| {
        let index = ("index.json".to_owned(), bytes.to_vec());
        opened([index, kept.clone(), config.clone(), layer.clone()])
    });
    document("inventory/oci-manifest", &[&whole_manifest]).check(|bytes| {
        let (manifest, described) = blob(bytes, media_type);
        let index = ("index.json".to_owned(), index(&described));
        opened([index, manifest, config.clone(), layer.clone()])
    });
    document("inventory/oci-config", &[CONFIG]).check(|bytes| {
        let (config, described) = blob(bytes, "application/vnd.oci.image.config.v1+json");
        let (manifest, described) = blob(&manifest(&described), media_type);
        let index = ("index.json".to_owned(), index(&described));
        opened([index, manifest, config, layer.clone()])
    });
    let saved = saved.to_string().into_bytes();
    document("inventory/docker-manifest", &[&saved]).check(|bytes| {
        let manifest = ("manifest.json".to_owned(), bytes.to_vec());
        opened([
            manifest,
            ("c.json".to_owned(), CONFIG.to_vec()),
            layer.clone(),
        ])
    });
    let legacy = br#"{"app":{"1":"abc","latest":"abc"}}"#;
    document("inventory/docker-repositories", &[legacy]).check(|bytes| {
        let json = br#"{"id":"abc","parent":"def","architecture":"amd64"}"#.to_vec();
        let files = [
            ("repositories", bytes.to_vec()),
            ("abc/json", json),
            ("abc/layer.tar", layer.1.clone()),
        ];
        opened(files.map(|(path, bytes)| (path.to_owned(), bytes)))
    });
}
