//! Container images in archives and directories: which layers, in which order, of which image.

mod config;
mod digest;
mod docker;
mod layer;
mod oci;
mod platform;
#[cfg(test)]
mod tests;

use std::io;

use model::{Layer, Problem};

use crate::section::Section;

pub use config::Config;
pub use digest::{Digest, Hasher};
pub use layer::{LayerTree, check_digest, scan_layer};
pub use oci::{Descriptor, Manifest};
pub use platform::Platform;

/// Largest manifest, index or configuration that is read, in bytes (registries refuse manifests
/// over 4 MiB).
const MAX_DOCUMENT: u64 = 16 << 20;
/// Most layers of one image.
const MAX_LAYERS: usize = 1000;

/// The files of an image archive or layout directory.
pub trait Members {
    /// The file at a clean path, through the archive's own links; none if there is none.
    fn open(&self, path: &str) -> io::Result<Option<Section>>;
}

/// Which image of an archive is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// `name:tag`, a bare tag, or a digest of a manifest.
    pub reference: Option<String>,
    /// None means: the only one there is, or else `preferred`.
    pub platform: Option<Platform>,
    /// The platform taken from several if none was asked for.
    pub preferred: Platform,
}

/// What identifies an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ImageInfo {
    /// Names under which the archive knows it: `name:tag`.
    pub tags: Vec<String>,
    /// Digest of the manifest, if the source has one.
    pub manifest_digest: Option<String>,
    /// Digest of the configuration: the image id of Docker.
    pub config_digest: Option<String>,
    pub platform: Platform,
}

/// An image that is ready to be scanned.
#[derive(Debug, Clone, Default)]
pub struct Image {
    pub info: ImageInfo,
    /// Lowest first.
    pub layers: Vec<ImageLayer>,
    /// What is odd; content that is missing shows as a layer without content.
    pub problems: Vec<Problem>,
}

/// One layer and where its bytes are.
#[derive(Debug, Clone)]
pub struct ImageLayer {
    pub layer: Layer,
    /// None if the source does not hold it (foreign layers, incomplete archives).
    pub content: Option<Section>,
}

/// Finds an image in the output of `docker save` or in an OCI image layout.
///
/// Manifests and configurations are compared with their digests; layers are not, which
/// [`scan_layer`] can do while it reads them.
pub fn open(members: &dyn Members, choice: &Choice) -> Result<Image, Problem> {
    if let Some(manifest) = document(members, docker::MANIFEST)? {
        return docker::open(members, &manifest, choice);
    }
    if let Some(index) = document(members, oci::INDEX)? {
        return oci::open(members, &index, choice);
    }
    if let Some(repositories) = document(members, docker::REPOSITORIES)? {
        return docker::open_legacy(members, &repositories, choice);
    }
    Err(Problem::new(
        "",
        "neither an archive of docker save nor an OCI image layout",
    ))
}

/// A whole JSON document; none if it does not exist.
fn document(members: &dyn Members, path: &str) -> Result<Option<Vec<u8>>, Problem> {
    let cannot = |error: io::Error| Problem::new(path, format!("cannot be read: {error}"));
    match members.open(path).map_err(cannot)? {
        None => Ok(None),
        Some(section) => section.read_all(MAX_DOCUMENT).map(Some).map_err(cannot),
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::new(path, error.to_string()))
}

/// Whether `reference` means an image that is called `name`.
fn is_called(name: &str, reference: &str) -> bool {
    if name == reference {
        return true;
    }
    // A tag alone, or a name without its registry.
    name.strip_suffix(reference)
        .is_some_and(|before| before.ends_with([':', '/']))
        || name
            .strip_suffix(":latest")
            .is_some_and(|name| is_called(name, reference) && !name.is_empty())
}

/// Pairs the layers of a manifest with what the configuration says of them.
fn layers_of(
    config: &Config,
    contents: Vec<(Option<String>, Option<Section>)>,
    problems: &mut Vec<Problem>,
) -> Vec<ImageLayer> {
    if config.diff_ids().len() != contents.len() {
        problems.push(Problem::new(
            "configuration",
            format!(
                "lists {} layers where the manifest has {}",
                config.diff_ids().len(),
                contents.len()
            ),
        ));
    }
    let steps = config.layer_steps();
    contents
        .into_iter()
        .enumerate()
        .map(|(i, (digest, content))| ImageLayer {
            layer: Layer {
                digest,
                diff_id: config.diff_ids().get(i).cloned(),
                created_by: steps.get(i).cloned().flatten(),
            },
            content,
        })
        .collect()
}
