//! Whole targets on disk, from file to inventory.

use std::io::Write;
use std::path::Path;

use inventory::extractors::Extractors;
use inventory::image::Digest;
use model::Inventory;
use serde_json::json;

use super::{Kind, Options, Scanned, scan_path};

fn layer(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

fn status(packages: &[(&str, &str)]) -> String {
    let paragraphs: Vec<String> = packages
        .iter()
        .map(|(name, version)| {
            format!("Package: {name}\nStatus: install ok installed\nVersion: {version}\n")
        })
        .collect();
    paragraphs.join("\n")
}

const OS: &str = "ID=debian\nVERSION_ID=\"12\"\n";

/// Three layers: a base, an update of `b` with a new package, and the removal of `a`.
fn layers() -> Vec<Vec<u8>> {
    let dpkg = "var/lib/dpkg/status";
    vec![
        layer(&[
            ("etc/os-release", OS),
            (dpkg, &status(&[("a", "1"), ("b", "1")])),
            ("app/requirements.txt", "not read in images"),
        ]),
        layer(&[(dpkg, &status(&[("a", "1"), ("b", "2"), ("c", "1")]))]),
        layer(&[(dpkg, &status(&[("b", "2"), ("c", "1")]))]),
    ]
}

fn config(layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<_> = layers
        .iter()
        .map(|l| Digest::sha256(l).to_string())
        .collect();
    json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [
            {"created_by": "base"}, {"created_by": "ENV x", "empty_layer": true},
            {"created_by": "upgrade"}, {"created_by": "remove a"},
        ],
    })
    .to_string()
    .into_bytes()
}

fn docker_save(layers: &[Vec<u8>]) -> Vec<u8> {
    let config = config(layers);
    let id = Digest::sha256(&config).to_string().replace("sha256:", "");
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, bytes).unwrap();
    };
    let mut names = Vec::new();
    for (i, layer) in layers.iter().enumerate() {
        let name = format!("{i}/layer.tar");
        add(&name, layer);
        names.push(name);
    }
    add(&format!("{id}.json"), &config);
    let manifest = json!([{
        "Config": format!("{id}.json"), "RepoTags": ["demo:1"], "Layers": names,
    }]);
    add("manifest.json", manifest.to_string().as_bytes());
    tar.into_inner().unwrap()
}

fn write_layout(root: &Path, layers: &[Vec<u8>]) {
    let blob = |bytes: &[u8]| {
        let digest = Digest::sha256(bytes);
        let path = root.join(digest.blob_path());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        json!({"digest": digest.to_string(), "size": bytes.len()})
    };
    let compressed: Vec<_> = layers
        .iter()
        .map(|layer| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(layer).unwrap();
            blob(&gzip.finish().unwrap())
        })
        .collect();
    let manifest = json!({"config": blob(&config(layers)), "layers": compressed});
    let index = json!({"manifests": [blob(manifest.to_string().as_bytes())]});
    std::fs::write(root.join("index.json"), index.to_string()).unwrap();
    std::fs::write(
        root.join("oci-layout"),
        "{\"imageLayoutVersion\":\"1.0.0\"}",
    )
    .unwrap();
}

fn scan(path: &Path, threads: usize) -> Scanned {
    let extractors = Extractors::all();
    let mut options = Options::new(&extractors);
    options.threads = threads;
    scan_path(path, &options).unwrap()
}

fn lines(inventory: &Inventory) -> Vec<String> {
    inventory
        .packages
        .iter()
        .map(|p| {
            let layer = p.locations[0]
                .layer
                .map_or("-".to_owned(), |l| l.to_string());
            format!("{} {} {layer} {}", p.name, p.version, p.locations[0].path)
        })
        .collect()
}

#[test]
fn archive_and_layout_give_the_same_inventory() {
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("image.tar");
    std::fs::write(&archive, docker_save(&layers())).unwrap();
    let layout = directory.path().join("layout");
    write_layout(&layout, &layers());
    for path in [&archive, &layout] {
        for threads in [1, 3] {
            let scanned = scan(path, threads);
            assert_eq!(scanned.kind, Kind::Image);
            assert_eq!(
                lines(&scanned.inventory),
                ["b 2 1 var/lib/dpkg/status", "c 1 1 var/lib/dpkg/status"],
            );
            assert!(
                scanned.inventory.complete,
                "{:?}",
                scanned.inventory.problems
            );
            let steps: Vec<_> = scanned
                .inventory
                .layers
                .iter()
                .map(|l| l.created_by.as_deref())
                .collect();
            assert_eq!(steps, [Some("base"), Some("upgrade"), Some("remove a")]);
        }
    }
}

#[test]
fn a_layer_that_is_not_what_its_digest_names_is_told_by_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write_layout(root, &layers());
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let second = Digest::sha256(&gzip(&layers()[1]));
    let other = gzip(&layer(&[("var/lib/dpkg/status", &status(&[("d", "1")]))]));
    std::fs::write(root.join(second.blob_path()), other).unwrap();
    for threads in [1, 3] {
        let inventory = scan(root, threads).inventory;
        assert!(!inventory.complete);
        let problems: Vec<_> = inventory.problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, [format!("layer 1: the content is not {second}")]);
    }
}

#[test]
fn a_directory_is_a_tree_without_layers() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    std::fs::create_dir_all(root.join("var/lib/dpkg")).unwrap();
    std::fs::write(root.join("var/lib/dpkg/status"), status(&[("a", "1")])).unwrap();
    std::os::unix::fs::symlink("..", root.join("var/loop")).unwrap();
    std::os::unix::fs::symlink("/", root.join("var/out")).unwrap();
    let scanned = scan(root, 1);
    assert_eq!(scanned.kind, Kind::Directory);
    assert_eq!(lines(&scanned.inventory), ["a 1 - var/lib/dpkg/status"]);
    assert!(
        scanned.inventory.complete,
        "{:?}",
        scanned.inventory.problems
    );
}
