//! Images and databases in Docker's own registry.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use inventory::extractors::Extractors;
use inventory::image::Platform;
use lynkeus_sources::files::{Options, Scanned, scan_path};
use lynkeus_sources::registry::{Access, Reference, RegistryError, artifact, scan};
use serde_json::json;

use crate::download::client;
use crate::has;
use crate::image::{Layout, OS, Pack, dpkg_status, gzip, noise, tar};
use crate::server::{Answer, Asked, Server};

/// `tester` with the password `secret`, as `htpasswd -B` writes it.
const HTPASSWD: &str = "tester:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

/// A running `docker-registry`.
struct Registry {
    child: Child,
    /// `127.0.0.1:port`
    address: String,
    directory: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Registry {
    /// Starts one, which asks for a password or not; none if it or skopeo is not installed.
    fn start(is_protected: bool) -> Option<Self> {
        if !has("docker-registry") || !has("skopeo") {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let mut configuration = json!({
            "version": "0.1",
            "log": {"level": "info", "formatter": "json", "accesslog": {"disabled": true}},
            "storage": {"filesystem": {"rootdirectory": path("storage")}},
            "http": {"addr": "127.0.0.1:0"},
        });
        if is_protected {
            fs::write(path("htpasswd"), HTPASSWD).unwrap();
            configuration["auth"] =
                json!({"htpasswd": {"realm": "test", "path": path("htpasswd")}});
        }
        // JSON is YAML.
        fs::write(path("config.yml"), configuration.to_string()).unwrap();
        let mut child = Command::new("docker-registry")
            .arg("serve")
            .arg(path("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(
                log.read_line(&mut line).unwrap() > 0,
                "the registry does not start"
            );
            if let Some((_, rest)) = line.split_once("listening on ") {
                let end = |c: char| c == '"' || c == ',' || c.is_whitespace();
                break rest.split(end).next().unwrap().to_owned();
            }
        };
        // Whoever does not read its log stops it when the pipe is full.
        std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
        Some(Self {
            child,
            address,
            directory,
        })
    }

    fn push(&self, layout: &Path, name: &str) {
        let output = Command::new("skopeo")
            .args([
                "copy",
                "--all",
                "--insecure-policy",
                "--dest-tls-verify=false",
            ])
            .args(["--dest-creds", "tester:secret"])
            .arg(format!("oci:{}:test", layout.display()))
            .arg(format!("docker://{}/{name}", self.address))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }

    fn reference(&self, name: &str) -> Reference {
        Reference::parse(&format!("{}/{name}", self.address)).unwrap()
    }

    /// The file of a blob.
    fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.trim_start_matches("sha256:");
        let blobs = "storage/docker/registry/v2/blobs/sha256";
        let path = format!("{blobs}/{}/{hex}/data", hex.get(..2).unwrap());
        self.directory.path().join(path)
    }
}

fn access() -> Access {
    Access {
        client: client(),
        configurations: Vec::new(),
        insecure: Vec::new(),
    }
}

fn scan_with(
    reference: &Reference,
    access: &Access,
    platform: Option<&str>,
) -> Result<Scanned, RegistryError> {
    let extractors = Extractors::all();
    let platform = platform.map(|text| Platform::parse(text).unwrap());
    let options = Options {
        platform: platform.as_ref(),
        ..Options::new(&extractors)
    };
    scan(reference, access, &options)
}

/// Packages as `name version layer`.
fn packages(scanned: &Scanned) -> Vec<String> {
    let line = |package: &model::Package| {
        let layer = package.locations.first().and_then(|place| place.layer);
        format!(
            "{} {} {}",
            package.name,
            package.version,
            layer.unwrap_or(99)
        )
    };
    scanned.inventory.packages.iter().map(line).collect()
}

fn layers() -> Vec<Vec<u8>> {
    let first = dpkg_status(&[("libc6", "2.36-9"), ("zlib1g", "1:1.2.13")]);
    let second = dpkg_status(&[("curl", "7.88.1-10"), ("libc6", "2.36-9")]);
    let large = noise(2 << 20);
    let lock = b"[[package]]\nname = \"gone\"\nversion = \"1.0.0\"\n";
    vec![
        tar(&[
            OS,
            ("var/lib/dpkg/status", &first),
            ("srv/requirements", b""),
            ("srv/Cargo.lock", lock),
        ]),
        tar(&[
            ("opt/large", &large),
            ("srv/.wh.Cargo.lock", b""),
            ("var/lib/dpkg/status", &second),
        ]),
    ]
}

#[test]
fn images_are_scanned_as_they_arrive() {
    let Some(registry) = Registry::start(false) else {
        return;
    };
    for pack in [Pack::Gzip, Pack::Zstd, Pack::None] {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        layout.finish(layout.image("amd64", &layers(), pack));
        let name = format!("packed-{pack:?}:v1").to_lowercase();
        registry.push(directory.path(), &name);
        let scanned = scan_with(&registry.reference(&name), &access(), None).unwrap();
        assert_eq!(
            packages(&scanned),
            ["curl 7.88.1-10 1", "libc6 2.36-9 0"],
            "{pack:?}"
        );
        assert!(
            scanned.inventory.complete,
            "{:?}",
            scanned.inventory.problems
        );
        assert_eq!(scanned.inventory.problems, [], "{pack:?}");
        let extractors = Extractors::all();
        let local = scan_path(directory.path(), &Options::new(&extractors)).unwrap();
        assert_eq!(
            scanned.inventory.packages, local.inventory.packages,
            "{pack:?}"
        );
        assert_eq!(scanned.inventory.os, local.inventory.os, "{pack:?}");
        let (info, local) = (scanned.image.clone().unwrap(), local.image.unwrap());
        assert_eq!(info.config_digest, local.config_digest, "{pack:?}");
        assert_eq!(
            info.tags,
            [format!("{}/{name}", registry.address)],
            "{pack:?}"
        );
        let pinned = format!("packed@{}", info.manifest_digest.unwrap());
        let pinned = pinned.replace("packed", name.trim_end_matches(":v1"));
        let again = scan_with(&registry.reference(&pinned), &access(), None).unwrap();
        assert_eq!(packages(&again), packages(&scanned), "{pinned}");
    }
}

#[test]
fn the_platform_is_chosen_from_an_index() {
    let Some(registry) = Registry::start(false) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let images: Vec<_> = ["amd64", "arm64", "s390x"]
        .map(|architecture| {
            let status = dpkg_status(&[(architecture, "1")]);
            let layer = tar(&[OS, ("var/lib/dpkg/status", &status)]);
            layout.image(architecture, &[layer], Pack::Gzip)
        })
        .into();
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": images,
    });
    layout.finish(layout.blob(
        "application/vnd.oci.image.index.v1+json",
        index.to_string().as_bytes(),
    ));
    registry.push(directory.path(), "several");
    let reference = registry.reference("several");
    for architecture in ["amd64", "arm64", "s390x"] {
        let platform = format!("linux/{architecture}");
        let scanned = scan_with(&reference, &access(), Some(&platform)).unwrap();
        assert_eq!(packages(&scanned), [format!("{architecture} 1 0")]);
        assert_eq!(scanned.image.unwrap().platform.to_string(), platform);
    }
    let error = scan_with(&reference, &access(), Some("linux/riscv64")).unwrap_err();
    let expected = "no image for linux/riscv64, but for linux/amd64, linux/arm64, linux/s390x";
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn what_is_not_there_is_told() {
    let Some(registry) = Registry::start(false) else {
        return;
    };
    let error = scan_with(&registry.reference("nothing:here"), &access(), None).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("404") && error.contains("unknown"),
        "{error}"
    );
}

#[test]
fn a_layer_that_is_not_what_its_digest_says_counts_for_nothing() {
    let Some(registry) = Registry::start(false) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    layout.finish(layout.image("amd64", &layers(), Pack::Gzip));
    registry.push(directory.path(), "changed");
    let top = crate::image::digest(&gzip(&layers()[1]));
    let file = registry.blob(&top);
    let mut bytes = fs::read(&file).unwrap();
    // The time in a gzip header (RFC 1952, section 2.3): the content stays the same.
    bytes[4] ^= 1;
    fs::write(&file, bytes).unwrap();
    let scanned = scan_with(&registry.reference("changed"), &access(), None).unwrap();
    assert!(!scanned.inventory.complete);
    let problems: Vec<_> = scanned
        .inventory
        .problems
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(problems.iter().any(|p| p.contains(&top)), "{problems:?}");
    let names = packages(&scanned);
    assert!(
        !names.iter().any(|line| line.starts_with("curl")),
        "{names:?}"
    );
    assert!(
        names.iter().any(|line| line.starts_with("zlib1g")),
        "{names:?}"
    );
}

#[test]
fn a_password_is_found_where_docker_keeps_it() {
    let Some(registry) = Registry::start(true) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let image = directory.path().join("image");
    let layout = Layout::new(&image);
    layout.finish(layout.image("amd64", &layers(), Pack::Gzip));
    registry.push(&image, "private");
    let reference = registry.reference("private");
    let refused = scan_with(&reference, &access(), None)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("401"), "{refused}");

    let file = directory.path().join("config.json");
    let missing = directory.path().join("missing.json");
    let address = &registry.address;
    for (configuration, expected) in [
        // `tester:secret`, `tester:wrong`
        (
            json!({"auths": {address: {"auth": "dGVzdGVyOnNlY3JldA=="}}}),
            "",
        ),
        (
            json!({"auths": {address: {"auth": "dGVzdGVyOndyb25n"}}}),
            "401",
        ),
        (
            json!({"auths": {"other.example": {"auth": "dGVzdGVyOnNlY3JldA=="}}}),
            "401",
        ),
        (json!({"credsStore": "no-such-helper"}), "cannot be run"),
    ] {
        fs::write(&file, configuration.to_string()).unwrap();
        let access = Access {
            configurations: vec![missing.clone(), file.clone()],
            ..access()
        };
        let said = match scan_with(&reference, &access, None) {
            Ok(scanned) => {
                assert_eq!(packages(&scanned).len(), 2);
                String::new()
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(
            said.is_empty(),
            expected.is_empty(),
            "{configuration}: {said}"
        );
        assert!(said.contains(expected), "{configuration}: {said}");
    }
    let plain = json!({"auths": {address: {"username": "tester", "password": "secret"}}});
    fs::write(&file, plain.to_string()).unwrap();
    let access = Access {
        configurations: vec![file],
        ..access()
    };
    let database = noise(1000);
    let target = registry.reference("advisories:today");
    artifact::push(&database, &target, &access).unwrap();
    assert!(artifact::pull(&target, &access).unwrap() == database);
}

#[test]
fn databases_come_back_from_a_registry_as_they_went() {
    let Some(registry) = Registry::start(false) else {
        return;
    };
    let database = noise(300_000);
    let target = registry.reference("team/advisories:v1");
    let digest = artifact::push(&database, &target, &access()).unwrap();
    assert_eq!(
        artifact::push(&database, &target, &access()).unwrap(),
        digest
    );
    assert!(artifact::pull(&target, &access()).unwrap() == database);
    let pinned = registry.reference(&format!("team/advisories@{digest}"));
    assert!(artifact::pull(&pinned, &access()).unwrap() == database);
    let inspected = Command::new("skopeo")
        .args(["inspect", "--raw", "--tls-verify=false"])
        .arg(format!("docker://{}/team/advisories:v1", registry.address))
        .output()
        .unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&inspected.stdout).unwrap();
    assert_eq!(manifest["artifactType"], artifact::ARTIFACT);
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    let file = registry.blob(layer);
    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, bytes).unwrap();
    let error = artifact::pull(&target, &access()).unwrap_err().to_string();
    assert!(error.contains("something else than its digest"), "{error}");
}

/// The files of a layout, served as a registry serves them, to those who have a token.
fn serve(layout: &Path, token: Option<&'static str>, cuts: usize) -> Server {
    let blobs: BTreeMap<String, Vec<u8>> = fs::read_dir(layout.join("blobs/sha256"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (format!("sha256:{name}"), fs::read(path).unwrap())
        })
        .collect();
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    let top = index["manifests"][0]["digest"].as_str().unwrap().to_owned();
    let cuts = AtomicUsize::new(cuts);
    Server::start(move |asked: &Asked| {
        if asked.path.starts_with("/token?") {
            // `tester:secret`
            let known = asked.header("authorization") == Some("Basic dGVzdGVyOnNlY3JldA==");
            return if known {
                Answer::of(200, json!({"token": token}).to_string())
            } else {
                Answer::of(403, "")
            };
        }
        let bearer = token.map(|token| format!("Bearer {token}"));
        if bearer.is_some() && asked.header("authorization") != bearer.as_deref() {
            let host = asked.header("host").unwrap_or_default();
            return Answer::of(401, "").header(
                "www-authenticate",
                format!("Bearer realm=\"http://{host}/token\",service=\"here\",scope=\"repository:app:pull\""),
            );
        }
        let name = asked.path.rsplit('/').next().unwrap_or_default();
        let digest = if name == "v1" { &top } else { name };
        match blobs.get(digest) {
            None => Answer::of(404, ""),
            Some(bytes) if bytes.len() > 1 << 20 => {
                let left =
                    cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
                Answer {
                    cut: left.is_ok().then_some(700_000),
                    ..Answer::file(asked, bytes, "\"b\"")
                }
            }
            Some(bytes) => Answer::of(200, bytes.clone()),
        }
    })
}

#[test]
fn a_token_is_fetched_with_the_password() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    layout.finish(layout.image("amd64", &layers(), Pack::Gzip));
    let server = serve(directory.path(), Some("t0k3n"), 0);
    let reference = Reference::parse(&format!("{}/app:v1", server.address)).unwrap();
    let refused = scan_with(&reference, &access(), None)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("403"), "{refused}");
    drop(server.asked());
    let file = directory.path().join("config.json");
    let auth = json!({"auths": {&server.address: {"auth": "dGVzdGVyOnNlY3JldA=="}}});
    fs::write(&file, auth.to_string()).unwrap();
    let access = Access {
        configurations: vec![file],
        ..access()
    };
    let scanned = scan_with(&reference, &access, None).unwrap();
    assert_eq!(packages(&scanned).len(), 2);
    let asked = server.asked();
    let tokens: Vec<_> = asked
        .iter()
        .filter(|a| a.path.starts_with("/token"))
        .collect();
    assert_eq!(tokens.len(), 1, "one token serves all requests");
    assert_eq!(
        tokens[0].path,
        "/token?service=here&scope=repository%3Aapp%3Apull"
    );
}

#[test]
fn a_broken_layer_goes_on_where_it_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    layout.finish(layout.image("amd64", &layers(), Pack::Gzip));
    let server = serve(directory.path(), None, 2);
    let reference = Reference::parse(&format!("{}/app:v1", server.address)).unwrap();
    let scanned = scan_with(&reference, &access(), None).unwrap();
    assert_eq!(scanned.inventory.problems, []);
    assert!(scanned.inventory.complete);
    assert_eq!(packages(&scanned).len(), 2);
    let asked = server.asked();
    let ranges: Vec<_> = asked.iter().filter_map(|a| a.header("range")).collect();
    assert_eq!(ranges, ["bytes=700000-", "bytes=1400000-"]);
}
