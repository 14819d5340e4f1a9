//! The OCI image layout: index, manifests, choice of platform (image-layout.md, image-index.md).

use std::collections::BTreeMap;

use model::Problem;
use serde::Deserialize;

use super::config::Config;
use super::{
    Choice, Digest, Image, ImageInfo, MAX_LAYERS, Members, Platform, document, is_called,
    layers_of, parse,
};
use crate::section::Section;

pub(super) const INDEX: &str = "index.json";

/// Indexes within indexes that are followed.
const MAX_DEPTH: usize = 4;
/// Manifests that are looked at.
const MAX_MANIFESTS: usize = 1000;

const REF_NAME: &str = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME: &str = "io.containerd.image.name";
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";

/// A pointer to content (descriptor.md).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    #[serde(default)]
    pub media_type: String,
    pub digest: String,
    #[serde(default)]
    pub size: u64,
    pub platform: Option<Platform>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// An image manifest or an index; each field is empty where it does not apply.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    #[serde(default)]
    pub media_type: String,
    pub config: Option<Descriptor>,
    #[serde(default)]
    pub layers: Vec<Descriptor>,
    #[serde(default)]
    pub manifests: Vec<Descriptor>,
}

impl Descriptor {
    /// Whether it is a statement about an image (provenance, SBOM) instead of an image.
    pub fn is_attestation(&self) -> bool {
        self.annotations.contains_key(REFERENCE_TYPE)
            || self
                .platform
                .as_ref()
                .is_some_and(|p| p.os == "unknown" && p.architecture == "unknown")
    }

    /// Whether the content may be left out of copies (layer.md, "Non-Distributable Layers").
    pub fn is_foreign(&self) -> bool {
        self.media_type.contains("nondistributable") || self.media_type.contains("foreign")
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        [REF_NAME, CONTAINERD_NAME]
            .into_iter()
            .filter_map(|key| self.annotations.get(key))
    }

    fn is_meant(&self, reference: &str) -> bool {
        self.digest == reference || self.names().any(|name| is_called(name, reference))
    }
}

/// An image manifest that was found, with the names on the way to it.
struct Candidate {
    digest: Digest,
    manifest: Manifest,
    tags: Vec<String>,
    platform: Option<Platform>,
    is_meant: bool,
}

pub(super) fn open(members: &dyn Members, index: &[u8], choice: &Choice) -> Result<Image, Problem> {
    let index: Manifest = parse(INDEX, index)?;
    let mut problems = Vec::new();
    let found = candidates(members, index, choice.reference.as_deref(), &mut problems);
    let chosen = choose(members, found, choice, &mut problems)?;
    image(members, chosen, problems)
}

/// Every image manifest of the layout that can be read.
fn candidates(
    members: &dyn Members,
    index: Manifest,
    reference: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut left = vec![(index, Vec::new(), reference.is_none(), 0)];
    let mut looked_at = 0;
    while let Some((index, tags, is_meant, depth)) = left.pop() {
        for descriptor in index.manifests {
            looked_at += 1;
            if looked_at > MAX_MANIFESTS {
                let what = format!("more than {MAX_MANIFESTS} manifests");
                problems.push(Problem::new(INDEX, what));
                return found;
            }
            if descriptor.is_attestation() {
                continue;
            }
            let (digest, manifest) = match read(members, &descriptor) {
                Ok(Some(read)) => read,
                // A layout may hold only some of the platforms of an index.
                Ok(None) => continue,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            let mut tags: Vec<String> = tags.clone();
            tags.extend(descriptor.names().cloned());
            let is_meant = is_meant || reference.is_some_and(|r| descriptor.is_meant(r));
            if manifest.config.is_none() && !manifest.manifests.is_empty() {
                if depth < MAX_DEPTH {
                    left.push((manifest, tags, is_meant, depth + 1));
                }
                continue;
            }
            found.push(Candidate {
                digest,
                manifest,
                tags,
                platform: descriptor.platform,
                is_meant,
            });
        }
    }
    found
}

/// The manifest behind a descriptor, compared with its digest; none if it is not there.
fn read(
    members: &dyn Members,
    descriptor: &Descriptor,
) -> Result<Option<(Digest, Manifest)>, Problem> {
    let digest = Digest::parse(&descriptor.digest)
        .ok_or_else(|| Problem::new(INDEX, format!("{:?} is no digest", descriptor.digest)))?;
    let Some(bytes) = verified(members, &digest)? else {
        return Ok(None);
    };
    let manifest = parse(digest.as_str(), &bytes)?;
    Ok(Some((digest, manifest)))
}

/// A small blob, compared with its digest; none if it is not there.
fn verified(members: &dyn Members, digest: &Digest) -> Result<Option<Vec<u8>>, Problem> {
    let Some(bytes) = document(members, &digest.blob_path())? else {
        return Ok(None);
    };
    if !digest.is_of(&bytes) {
        return Err(Problem::new(
            digest.as_str(),
            "its content does not have its digest",
        ));
    }
    Ok(Some(bytes))
}

fn choose(
    members: &dyn Members,
    found: Vec<Candidate>,
    choice: &Choice,
    problems: &mut Vec<Problem>,
) -> Result<Candidate, Problem> {
    let mut meant: Vec<Candidate> = found.into_iter().filter(|c| c.is_meant).collect();
    if meant.is_empty() {
        let what = match &choice.reference {
            Some(reference) => format!("holds no image {reference}"),
            None => "holds no image".to_owned(),
        };
        return Err(problems.pop().unwrap_or_else(|| Problem::new(INDEX, what)));
    }
    for candidate in &mut meant {
        if candidate.platform.is_none() {
            candidate.platform = config_of(members, &candidate.manifest)
                .ok()
                .map(|(_, config)| config.platform());
        }
    }
    let platforms: Vec<String> = meant
        .iter()
        .filter_map(|c| c.platform.as_ref().map(ToString::to_string))
        .take(20)
        .collect();
    let wanted = choice.platform.as_ref().unwrap_or(&choice.preferred);
    let fits = |c: &Candidate| c.platform.as_ref().is_some_and(|p| p.satisfies(wanted));
    let is_only = meant.len() == 1 && choice.platform.is_none();
    let fitting: Vec<Candidate> = meant.into_iter().filter(|c| is_only || fits(c)).collect();
    if fitting.len() > 1 {
        problems.push(Problem::new(
            INDEX,
            format!(
                "holds {} images for {wanted}, read the first",
                fitting.len()
            ),
        ));
    }
    fitting.into_iter().next().ok_or_else(|| {
        let platforms = platforms.join(", ");
        Problem::new(
            INDEX,
            format!("holds no image for {wanted}, but for {platforms}"),
        )
    })
}

fn config_of(members: &dyn Members, manifest: &Manifest) -> Result<(Digest, Config), Problem> {
    let descriptor = manifest
        .config
        .as_ref()
        .ok_or_else(|| Problem::new("manifest", "names no configuration"))?;
    let digest = Digest::parse(&descriptor.digest)
        .ok_or_else(|| Problem::new("manifest", "the digest of the configuration is not one"))?;
    let bytes = verified(members, &digest)?
        .ok_or_else(|| Problem::new(digest.as_str(), "the configuration is missing"))?;
    let config = parse(digest.as_str(), &bytes)?;
    Ok((digest, config))
}

fn image(
    members: &dyn Members,
    chosen: Candidate,
    mut problems: Vec<Problem>,
) -> Result<Image, Problem> {
    let (config_digest, config) = config_of(members, &chosen.manifest)?;
    if chosen.manifest.layers.len() > MAX_LAYERS {
        let what = format!("more than {MAX_LAYERS} layers");
        return Err(Problem::new(chosen.digest.as_str(), what));
    }
    let mut contents = Vec::new();
    for descriptor in &chosen.manifest.layers {
        let content = layer(members, descriptor, &mut problems);
        contents.push((Some(descriptor.digest.clone()), content));
    }
    Ok(Image {
        info: ImageInfo {
            tags: chosen.tags,
            manifest_digest: Some(chosen.digest.as_str().to_owned()),
            config_digest: Some(config_digest.as_str().to_owned()),
            platform: config.platform(),
        },
        layers: layers_of(&config, contents, &mut problems),
        problems,
    })
}

fn layer(
    members: &dyn Members,
    descriptor: &Descriptor,
    problems: &mut Vec<Problem>,
) -> Option<Section> {
    let opened = Digest::parse(&descriptor.digest)
        .ok_or_else(|| "its digest is not one".to_owned())
        .and_then(|digest| {
            members
                .open(&digest.blob_path())
                .map_err(|error| format!("cannot be read: {error}"))
        });
    let what = match opened {
        Ok(Some(section)) => return Some(section),
        Ok(None) if descriptor.is_foreign() => {
            "a foreign layer, which the image does not contain".to_owned()
        }
        Ok(None) => "the layer is missing".to_owned(),
        Err(what) => what,
    };
    problems.push(Problem::new(&descriptor.digest, what));
    None
}

/// The digest of the manifest that names a configuration, in archives that are also a layout.
pub(super) fn manifest_of_config(members: &dyn Members, config: &Digest) -> Option<String> {
    let index = document(members, INDEX).ok().flatten()?;
    let index = parse(INDEX, &index).ok()?;
    candidates(members, index, None, &mut Vec::new())
        .into_iter()
        .find(|c| {
            c.manifest
                .config
                .as_ref()
                .is_some_and(|d| d.digest == config.as_str())
        })
        .map(|c| c.digest.as_str().to_owned())
}
