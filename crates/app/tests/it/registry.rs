//! Databases and images in a registry that asks for a password, which a credential helper knows.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use inventory::image::Digest;
use serde_json::{Value, json};

use crate::db::User;
use crate::root;

/// `tester` with the password `secret`, as `htpasswd -B` writes it.
const HTPASSWD: &str = "tester:$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

/// Answers as docker-credential-helpers do.
const HELPER: &str = "#!/bin/sh\n\
    [ \"$1\" = get ] || exit 1\n\
    read -r server\n\
    case \"$server\" in\n\
    127.0.0.1:*) echo '{\"Username\":\"tester\",\"Secret\":\"secret\"}' ;;\n\
    *) echo 'credentials not found in native keychain'; exit 1 ;;\n\
    esac\n";

/// A registry that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0
            .kill()
            .and_then(|()| self.0.wait().map(drop))
            .unwrap();
    }
}

/// Starts a registry in a directory; its address.
fn start(directory: &Path) -> Option<(Running, String)> {
    let is_there = ["docker-registry", "skopeo"].map(|program| {
        let version = Command::new(program).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    });
    if is_there != [true, true] {
        assert!(
            std::env::var_os("CI").is_none(),
            "docker-registry or skopeo is missing"
        );
        println!("skipped: docker-registry or skopeo is not installed");
        return None;
    }
    let htpasswd = directory.join("htpasswd");
    fs::write(&htpasswd, HTPASSWD).unwrap();
    let configuration = json!({
        "version": "0.1",
        "storage": {"filesystem": {"rootdirectory": directory.join("storage")}},
        "http": {"addr": "127.0.0.1:0"},
        "auth": {"htpasswd": {"realm": "test", "path": htpasswd}},
        // Foreign layers may be named.
        "validation": {"manifests": {"urls": {"allow": ["^https://example\\.org/"]}}},
    });
    let file = directory.join("registry.yml");
    fs::write(&file, configuration.to_string()).unwrap();
    let mut serve = Command::new("docker-registry");
    serve.arg("serve").arg(file);
    let mut child = serve
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on ") {
        line.clear();
        assert!(
            log.read_line(&mut line).unwrap() > 0,
            "the registry does not start"
        );
    }
    let address = line.split("listening on ").nth(1).unwrap();
    let address = address.split(['"', ',', ' ']).next().unwrap().to_owned();
    std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
    Some((Running(child), address))
}

/// A user whose Docker configuration names the helper.
fn user_with_helper() -> (User, String) {
    let user = User::new();
    let tools = user.path("tools");
    fs::create_dir_all(&tools).unwrap();
    let helper = format!("{tools}/docker-credential-here");
    fs::write(&helper, HELPER).unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(user.path(".docker")).unwrap();
    fs::write(
        user.path(".docker/config.json"),
        r#"{"credsStore": "here"}"#,
    )
    .unwrap();
    let usual = std::env::var_os("PATH").unwrap_or_default();
    let path = format!("{tools}:{}", usual.to_string_lossy());
    (user, path)
}

#[test]
fn a_database_goes_through_a_registry() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_registry, address)) = start(directory.path()) else {
        return;
    };
    let (user, path) = user_with_helper();
    let user = user.with_path(path);
    let name = format!("{address}/team/advisories:today");
    let stranger = User::new();
    let said = stranger.bad(2, &["db", "push", &name]);
    assert!(said.contains("401"), "{said}");
    user.good(&["db", "push", &name]);
    let digest = user.json(&["db", "status"])["digest"].clone();
    user.good(&["db", "pull", &name]);
    let pulled = user.json(&["db", "status"]);
    assert_eq!(
        (&pulled["digest"], &pulled["starter"]),
        (&digest, &false.into())
    );
    user.good(&["db", "update", "--from", &format!("oci://{name}")]);
    let said = user.bad(2, &["db", "pull", &format!("{address}/team/other")]);
    assert!(said.contains("404"), "{said}");
}

#[test]
fn a_scan_uses_the_database_that_was_pulled() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let Some((_registry, address)) = start(directory) else {
        return;
    };
    if root::make(directory).is_none() {
        return;
    }
    let name = format!("{address}/team/own:1");
    let (maker, path) = user_with_helper();
    let maker = maker.with_path(path);
    maker.good(&["db", "import", &root::database(directory).to_string_lossy()]);
    maker.good(&["db", "push", &name]);
    let (user, path) = user_with_helper();
    let user = user.with_path(path);
    user.good(&["db", "pull", &name]);
    let report = user.json(&["scan", &directory.join("root").to_string_lossy()]);
    assert_eq!(
        report["database"]["digest"],
        maker.json(&["db", "status"])["digest"]
    );
    assert_eq!(report["database"]["starter"], false);
    let found = report["vulnerabilities"].as_array().unwrap();
    let ids: Vec<_> = found.iter().map(|v| &v["id"]).collect();
    assert_eq!(
        ids,
        ["CVE-2099-0001", "CVE-2099-0002", "GHSA-aaaa-bbbb-cccc"]
    );
}

/// Copies what a layout calls `test` to the registry.
fn push(layout: &Path, name: &str) {
    let pushed = Command::new("skopeo")
        .args([
            "copy",
            "--all",
            "--insecure-policy",
            "--dest-tls-verify=false",
        ])
        .args(["--dest-creds", "tester:secret"])
        .arg(format!("oci:{}:test", layout.display()))
        .arg(format!("docker://{name}"))
        .output()
        .unwrap();
    assert!(pushed.status.success(), "{pushed:?}");
}

#[test]
fn an_image_is_scanned_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_registry, address)) = start(directory.path()) else {
        return;
    };
    let layout = Layout::new(directory.path().join("image"));
    layout.finish(layout.image("amd64", "0.1.43", None));
    push(&layout.path, &format!("{address}/app:1"));
    let (user, path) = user_with_helper();
    let user = user.with_path(path);
    let report = user.json(&["scan", &format!("{address}/app:1"), "--declared"]);
    assert_eq!(report["target"]["kind"], "image");
    assert_eq!(report["complete"], true);
    let found = report["vulnerabilities"].as_array().unwrap();
    assert!(
        found.iter().any(|v| v["id"] == "CVE-2020-26235"),
        "{found:?}"
    );
    let said = user.bad(2, &["scan", &format!("{address}/app:2")]);
    assert!(
        said.contains("is no file here") && said.contains("404"),
        "{said}"
    );
}

#[test]
fn one_platform_of_an_image_is_scanned() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_registry, address)) = start(directory.path()) else {
        return;
    };
    let layout = Layout::new(directory.path().join("image"));
    let mut images = Vec::new();
    for (architecture, version) in [("amd64", "0.1.43"), ("arm64", "99.0.0"), ("arm", "0.1.44")] {
        let mut manifest = layout.image(architecture, version, None);
        manifest["platform"] = json!({"os": "linux", "architecture": architecture});
        images.push(manifest);
    }
    images[2]["platform"]["variant"] = json!("v7");
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": images});
    layout.finish(layout.keep(INDEX, index.to_string().as_bytes()));
    let name = format!("{address}/team/several:1");
    push(&layout.path, &name);
    let (user, path) = user_with_helper();
    let user = user.with_path(path);
    for (platform, version) in [
        ("linux/amd64", "0.1.43"),
        ("linux/arm64", "99.0.0"),
        ("linux/arm/v7", "0.1.44"),
    ] {
        let report = user.json(&["scan", &name, "--declared", "--platform", platform]);
        assert_eq!(report["target"]["platform"], platform);
        assert_eq!(report["packages"][0]["version"], version, "{platform}");
        let found = report["vulnerabilities"].as_array().unwrap();
        assert_eq!(found.is_empty(), version == "99.0.0", "{found:?}");
    }
    let said = user.bad(2, &["scan", &name, "--platform", "linux/s390x"]);
    assert!(
        said.contains(
            "holds no image for linux/s390x, but for linux/amd64, linux/arm64, linux/arm/v7"
        ),
        "{said}"
    );
    let said = user.bad(2, &["scan", &name, "--platform", "s390x"]);
    assert!(said.contains("expected os/arch[/variant]"), "{said}");
}

#[test]
fn a_foreign_layer_is_skipped_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_registry, address)) = start(directory.path()) else {
        return;
    };
    let layout = Layout::new(directory.path().join("image"));
    let foreign = json!({
        "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "digest": Digest::sha256(b"base of another maker").as_str(),
        "size": 21,
        "urls": ["https://example.org/base.tar.gz"],
    });
    let digest = foreign["digest"].clone();
    layout.finish(layout.image("amd64", "0.1.43", Some(foreign)));
    let name = format!("{address}/app:foreign");
    push(&layout.path, &name);
    let (user, path) = user_with_helper();
    let user = user.with_path(path);
    let report = user.json(&["scan", &name, "--declared"]);
    assert_eq!(report["complete"], false);
    let problem = json!({
        "place": digest,
        "what": "a foreign layer, which the image does not contain",
    });
    assert_eq!(report["problems"], json!([problem]));
    assert_eq!(report["layers"].as_array().unwrap().len(), 2);
    // What is there is read all the same.
    assert_eq!(report["packages"][0]["locations"][0]["layer"], 1);
    let table = user.good(&["scan", &name, "--declared"]);
    assert!(
        table.contains("a foreign layer") && table.contains("The scan is incomplete"),
        "{table}"
    );
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// An image layout that a test writes.
struct Layout {
    path: PathBuf,
}

impl Layout {
    fn new(path: PathBuf) -> Self {
        fs::create_dir_all(path.join("blobs/sha256")).unwrap();
        Self { path }
    }

    /// Writes a blob; its descriptor.
    fn keep(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes);
        fs::write(self.path.join(digest.blob_path()), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.as_str(), "size": bytes.len()})
    }

    /// Writes an image of one layer with a lock file, on a layer that is elsewhere if there is
    /// one; the descriptor of its manifest.
    fn image(&self, architecture: &str, version: &str, lower: Option<Value>) -> Value {
        let lock = format!(
            "version = 3\n\n[[package]]\nname = \"time\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        );
        fs::write(self.path.join("Cargo.lock"), lock).unwrap();
        let archive = Command::new("tar")
            .args(["-cf", "-", "Cargo.lock"])
            .current_dir(&self.path)
            .output()
            .unwrap();
        fs::remove_file(self.path.join("Cargo.lock")).unwrap();
        let layer = self.keep("application/vnd.oci.image.layer.v1.tar", &archive.stdout);
        let layers: Vec<Value> = lower.into_iter().chain([layer]).collect();
        let contents: Vec<&Value> = layers.iter().map(|layer| &layer["digest"]).collect();
        let config = json!({
            "os": "linux",
            "architecture": architecture,
            "variant": if architecture == "arm" { "v7" } else { "" },
            "rootfs": {"type": "layers", "diff_ids": contents},
        });
        let config = self.keep(
            "application/vnd.oci.image.config.v1+json",
            config.to_string().as_bytes(),
        );
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest =
            json!({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers});
        self.keep(kind, manifest.to_string().as_bytes())
    }

    /// Names what the layout is about `test`.
    fn finish(&self, mut top: Value) {
        top["annotations"] = json!({"org.opencontainers.image.ref.name": "test"});
        let index = json!({"schemaVersion": 2, "manifests": [top]});
        fs::write(self.path.join("index.json"), index.to_string()).unwrap();
        let version = r#"{"imageLayoutVersion":"1.0.0"}"#;
        fs::write(self.path.join("oci-layout"), version).unwrap();
    }
}
