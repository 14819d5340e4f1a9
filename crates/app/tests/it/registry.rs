//! Databases and images in a registry that asks for a password, which a credential helper knows.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use inventory::image::Digest;
use serde_json::{Value, json};

use crate::db::User;

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
fn an_image_is_scanned_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_registry, address)) = start(directory.path()) else {
        return;
    };
    let layout = directory.path().join("image");
    write_image(&layout);
    let pushed = Command::new("skopeo")
        .args(["copy", "--insecure-policy", "--dest-tls-verify=false"])
        .args(["--dest-creds", "tester:secret"])
        .arg(format!("oci:{}:test", layout.display()))
        .arg(format!("docker://{address}/app:1"))
        .output()
        .unwrap();
    assert!(pushed.status.success(), "{pushed:?}");
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

/// An image of one layer with a lock file, as an OCI layout.
fn write_image(layout: &Path) {
    let blobs = layout.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    fs::write(
        blobs.join("Cargo.lock"),
        "version = 3\n\n[[package]]\nname = \"time\"\nversion = \"0.1.43\"\n\
         source = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
    )
    .unwrap();
    let archive = Command::new("tar")
        .args(["-cf", "-", "Cargo.lock"])
        .current_dir(&blobs)
        .output()
        .unwrap();
    fs::remove_file(blobs.join("Cargo.lock")).unwrap();
    let keep = |media_type: &str, bytes: &[u8]| -> Value {
        let digest = Digest::sha256(bytes);
        fs::write(layout.join(digest.blob_path()), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.as_str(), "size": bytes.len()})
    };
    let layer = keep("application/vnd.oci.image.layer.v1.tar", &archive.stdout);
    let config = json!({
        "os": "linux",
        "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
    });
    let config = keep(
        "application/vnd.oci.image.config.v1+json",
        config.to_string().as_bytes(),
    );
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": [layer]});
    let mut manifest = keep(
        "application/vnd.oci.image.manifest.v1+json",
        manifest.to_string().as_bytes(),
    );
    manifest["annotations"] = json!({"org.opencontainers.image.ref.name": "test"});
    let index = json!({"schemaVersion": 2, "manifests": [manifest]});
    fs::write(layout.join("index.json"), index.to_string()).unwrap();
    fs::write(
        layout.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
}
