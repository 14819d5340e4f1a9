//! A small image, written as an OCI layout.

use std::fs;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// A file of a layer.
pub(crate) type File<'a> = (&'a str, &'a [u8]);

/// What the images here are made of.
pub(crate) const OS: File<'_> = (
    "etc/os-release",
    b"ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
);

pub(crate) fn dpkg_status(packages: &[(&str, &str)]) -> Vec<u8> {
    let paragraphs = packages.iter().map(|(name, version)| {
        format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"
        )
    });
    paragraphs.collect::<String>().into_bytes()
}

pub(crate) fn tar(files: &[File<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    inventory::image::Digest::sha256(bytes).to_string()
}

/// Bytes that do not get smaller.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}

/// An OCI image layout that is being written.
pub(crate) struct Layout<'a> {
    root: &'a Path,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(root: &'a Path) -> Self {
        fs::create_dir_all(root.join("blobs/sha256")).unwrap();
        fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self { root }
    }

    /// Keeps a blob; its descriptor.
    pub(crate) fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = digest(bytes);
        let hex = digest.trim_start_matches("sha256:");
        fs::write(self.root.join("blobs/sha256").join(hex), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    }

    /// Keeps an image of tar archives; the descriptor of its manifest.
    pub(crate) fn image(&self, architecture: &str, layers: &[Vec<u8>], pack: Pack) -> Value {
        let diff_ids: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
        let config = json!({
            "os": "linux",
            "architecture": architecture,
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": layers.iter().map(|_| json!({"created_by": "test"})).collect::<Vec<_>>(),
        });
        let config = self.blob(
            "application/vnd.oci.image.config.v1+json",
            config.to_string().as_bytes(),
        );
        let layers: Vec<Value> = layers
            .iter()
            .map(|layer| match pack {
                Pack::Gzip => {
                    self.blob("application/vnd.oci.image.layer.v1.tar+gzip", &gzip(layer))
                }
                Pack::Zstd => self.blob(
                    "application/vnd.oci.image.layer.v1.tar+zstd",
                    &zstd::encode_all(layer.as_slice(), 3).unwrap(),
                ),
                Pack::None => self.blob("application/vnd.oci.image.layer.v1.tar", layer),
            })
            .collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": layers,
        });
        let mut descriptor = self.blob(
            "application/vnd.oci.image.manifest.v1+json",
            manifest.to_string().as_bytes(),
        );
        descriptor["platform"] = json!({"os": "linux", "architecture": architecture});
        descriptor
    }

    /// Names what the layout is about.
    pub(crate) fn finish(&self, mut descriptor: Value) {
        descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": "test"});
        let index = json!({"schemaVersion": 2, "manifests": [descriptor]});
        fs::write(self.root.join("index.json"), index.to_string()).unwrap();
    }
}

/// How layers are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pack {
    None,
    Gzip,
    Zstd,
}
