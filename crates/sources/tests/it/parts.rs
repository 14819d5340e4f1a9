//! Images made for tests, one part at a time.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use inventory::image::Digest;
use serde_json::{Value, json};

/// A layer with these files.
pub(crate) fn layer(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        append(&mut tar, path, content);
    }
    tar.into_inner().unwrap()
}

fn append(tar: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, path, content).unwrap();
}

/// A layer of a Debian system with one package, whose version tells images apart.
pub(crate) fn debian(version: &str) -> Vec<u8> {
    let status = format!("Package: a\nStatus: install ok installed\nVersion: {version}\n");
    layer(&[
        ("etc/os-release", b"ID=debian\nVERSION_ID=\"12\"\n"),
        ("var/lib/dpkg/status", status.as_bytes()),
    ])
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// The configuration of an image of these layers.
pub(crate) fn config(architecture: &str, layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<_> = layers
        .iter()
        .map(|layer| Digest::sha256(layer).to_string())
        .collect();
    json!({
        "os": "linux", "architecture": architecture,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    })
    .to_string()
    .into_bytes()
}

/// An archive of `docker save` with an image for each tag.
pub(crate) fn docker_save(images: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut saved = Vec::new();
    for (tag, layers) in images {
        let config = config("amd64", layers);
        let name = Digest::sha256(&config).to_string().replace("sha256:", "") + ".json";
        let mut names = Vec::new();
        for layer in layers {
            let id = Digest::sha256(layer).to_string().replace("sha256:", "");
            names.push(format!("{id}/layer.tar"));
            append(&mut tar, &format!("{id}/layer.tar"), layer);
        }
        append(&mut tar, &name, &config);
        saved.push(json!({"Config": name, "RepoTags": [tag], "Layers": names}));
    }
    append(
        &mut tar,
        "manifest.json",
        json!(saved).to_string().as_bytes(),
    );
    tar.into_inner().unwrap()
}

/// What `docker save` wrote before Docker 1.10: a folder for each layer, which names its parent.
pub(crate) fn legacy_save(layers: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let id = |i: usize| format!("{i:064x}");
    for (i, layer) in layers.iter().enumerate() {
        let mut about = json!({"id": id(i), "os": "linux", "architecture": "amd64"});
        if i > 0 {
            about["parent"] = json!(id(i - 1));
        }
        append(&mut tar, &format!("{}/VERSION", id(i)), b"1.0");
        append(
            &mut tar,
            &format!("{}/json", id(i)),
            about.to_string().as_bytes(),
        );
        append(&mut tar, &format!("{}/layer.tar", id(i)), layer);
    }
    let repositories = json!({"app": {"old": id(layers.len() - 1)}});
    append(
        &mut tar,
        "repositories",
        repositories.to_string().as_bytes(),
    );
    tar.into_inner().unwrap()
}

/// An OCI image layout in a directory.
pub(crate) struct Layout<'a>(pub(crate) &'a Path);

impl Layout<'_> {
    /// Stores a blob and returns its descriptor.
    pub(crate) fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes);
        let path = self.0.join(digest.blob_path());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    }

    /// Stores an image and returns the descriptor of its manifest.
    pub(crate) fn image(&self, architecture: &str, layers: &[Vec<u8>], stored: &[Value]) -> Value {
        let config = self.blob(
            "application/vnd.oci.image.config.v1+json",
            &config(architecture, layers),
        );
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let manifest = json!({
            "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": stored,
        });
        let mut descriptor = self.blob(media_type, manifest.to_string().as_bytes());
        descriptor["platform"] = json!({"os": "linux", "architecture": architecture});
        descriptor
    }

    /// An image of one gzip layer.
    pub(crate) fn small(&self, architecture: &str, version: &str) -> Value {
        let layer = debian(version);
        let stored = self.blob("application/vnd.oci.image.layer.v1.tar+gzip", &gzip(&layer));
        self.image(architecture, &[layer], &[stored])
    }

    /// Writes the index, which makes it a layout.
    pub(crate) fn index(&self, manifests: &[Value]) {
        let index = json!({"schemaVersion": 2, "manifests": manifests});
        fs::write(self.0.join("index.json"), index.to_string()).unwrap();
        fs::write(
            self.0.join("oci-layout"),
            r#"{"imageLayoutVersion":"1.0.0"}"#,
        )
        .unwrap();
    }
}
