//! Archives and layouts in every form, and the choice among several images.

use std::path::Path;
use std::process::Command;

use inventory::extractors::Extractors;
use inventory::image::Platform;
use lynkeus_sources::files::{Kind, Options, Scanned, scan_path};
use serde_json::json;

use crate::parts::{Layout, debian, docker_save, gzip, layer, legacy_save};
use crate::peers::run;

#[derive(Default)]
struct Wanted<'a> {
    reference: Option<&'a str>,
    platform: Option<&'a str>,
}

fn scan(path: &Path, wanted: &Wanted<'_>) -> Result<Scanned, String> {
    let extractors = Extractors::all();
    let platform = wanted.platform.map(|text| Platform::parse(text).unwrap());
    let mut options = Options::new(&extractors);
    options.reference = wanted.reference;
    options.platform = platform.as_ref();
    scan_path(path, &options).map_err(|error| error.to_string())
}

/// The version of package `a` tells which image was read; an error shows as it is.
#[track_caller]
fn check(path: &Path, wanted: &Wanted<'_>, expected: &str) {
    let found = match scan(path, wanted) {
        Ok(scanned) => {
            assert_eq!(scanned.kind, Kind::Image);
            scanned.inventory.packages.first().map_or_else(
                || format!("nothing: {:?}", scanned.inventory.problems),
                |package| package.version.clone(),
            )
        }
        Err(error) => error,
    };
    assert!(
        found == expected || expected.len() > 3 && found.contains(expected),
        "found {found:?}, expected {expected:?}"
    );
}

fn by_reference(reference: &str) -> Wanted<'_> {
    Wanted {
        reference: Some(reference),
        ..Wanted::default()
    }
}

fn by_platform(platform: &str) -> Wanted<'_> {
    Wanted {
        platform: Some(platform),
        ..Wanted::default()
    }
}

#[test]
fn an_image_of_several_is_chosen_by_its_tag() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("two.tar");
    let images = [("app:1", vec![debian("1")]), ("app:2", vec![debian("2")])];
    std::fs::write(&path, docker_save(&images)).unwrap();
    check(&path, &by_reference("app:1"), "1");
    check(&path, &by_reference("app:2"), "2");
    check(&path, &by_reference("app:3"), "holds no app:3");
    check(&path, &Wanted::default(), "1");
}

#[test]
fn an_image_of_several_is_chosen_by_its_platform() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout(directory.path());
    let nested = json!({
        "schemaVersion": 2,
        "manifests": [layout.small("amd64", "1"), layout.small("arm64", "2")],
    });
    let nested = layout.blob(
        "application/vnd.oci.image.index.v1+json",
        nested.to_string().as_bytes(),
    );
    layout.index(&[nested, layout.small("s390x", "3")]);
    check(directory.path(), &by_platform("linux/amd64"), "1");
    check(directory.path(), &by_platform("linux/arm64"), "2");
    check(directory.path(), &by_platform("linux/s390x"), "3");
    check(directory.path(), &by_platform("linux/ppc64le"), "ppc64le");
}

#[test]
fn a_layer_kept_elsewhere_makes_the_inventory_incomplete() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout(directory.path());
    let (here, elsewhere) = (debian("1"), layer(&[("opt/x", b"x")]));
    let foreign = json!({
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "digest": format!("sha256:{:064x}", 7), "size": 10, "urls": ["https://example.org/layer"],
    });
    let stored = layout.blob("application/vnd.oci.image.layer.v1.tar+gzip", &gzip(&here));
    let image = layout.image("amd64", &[here, elsewhere], &[stored, foreign]);
    layout.index(&[image]);
    let scanned = scan(directory.path(), &Wanted::default()).unwrap();
    assert_eq!(scanned.inventory.packages[0].version, "1");
    assert!(!scanned.inventory.complete);
    let problems = &scanned.inventory.problems;
    assert!(
        problems.iter().any(|p| p.what.contains("foreign")),
        "{problems:?}"
    );
}

#[test]
fn an_archive_from_before_docker_1_10() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.tar");
    let layers = [debian("1"), layer(&[("opt/x", b"x")]), debian("2")];
    std::fs::write(&path, legacy_save(&layers)).unwrap();
    check(&path, &Wanted::default(), "2");
    check(&path, &by_reference("app:old"), "2");
    assert_eq!(
        scan(&path, &Wanted::default())
            .unwrap()
            .inventory
            .layers
            .len(),
        3
    );
}

#[test]
fn an_archive_that_is_compressed_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let save = docker_save(&[("app:1", vec![debian("1"), debian("2")])]);
    let path = directory.path().join("app.tar.gz");
    std::fs::write(&path, gzip(&save)).unwrap();
    check(&path, &Wanted::default(), "2");
    // A compressed root file system stays one.
    std::fs::write(&path, gzip(&debian("3"))).unwrap();
    let scanned = scan(&path, &Wanted::default()).unwrap();
    assert_eq!(scanned.kind, Kind::RootArchive);
    assert_eq!(scanned.inventory.packages[0].version, "3");
}

#[test]
fn a_layout_in_a_tar_archive() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("layout");
    let layout = Layout(&root);
    let image = layout.small("amd64", "1");
    layout.index(&[image]);
    let path = directory.path().join("layout.tar");
    let mut tar = Command::new("tar");
    tar.arg("-cf").arg(&path).arg("-C").arg(&root).arg(".");
    if run(&mut tar).is_some() {
        check(&path, &Wanted::default(), "1");
    }
}

#[test]
fn layers_that_zstd_compressed() {
    let directory = tempfile::tempdir().unwrap();
    let plain = directory.path().join("layer.tar");
    std::fs::write(&plain, debian("1")).unwrap();
    let compressed = directory.path().join("layer.tar.zst");
    let mut zstd = Command::new("zstd");
    zstd.args(["-q", "-19", "--long=24"])
        .arg(&plain)
        .arg("-o")
        .arg(&compressed);
    if run(&mut zstd).is_none() {
        return;
    }
    let root = directory.path().join("layout");
    let layout = Layout(&root);
    let stored = layout.blob(
        "application/vnd.oci.image.layer.v1.tar+zstd",
        &std::fs::read(&compressed).unwrap(),
    );
    let image = layout.image("amd64", &[debian("1")], &[stored]);
    layout.index(&[image]);
    check(&root, &Wanted::default(), "1");
}
