//! The archive that `docker save` writes (moby, image/spec, v1.2).

use std::collections::{BTreeMap, HashSet};

use model::Problem;
use serde::Deserialize;

use super::config::Config;
use super::{
    Choice, Digest, Image, ImageInfo, MAX_LAYERS, Members, document, is_called, layers_of, oci,
    parse,
};
use crate::path;
use crate::section::Section;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const REPOSITORIES: &str = "repositories";

/// One image in `manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Vec<String>,
}

impl Saved {
    fn tags(&self) -> &[String] {
        self.repo_tags.as_deref().unwrap_or_default()
    }

    /// The image id is the name of the configuration file.
    fn is_meant(&self, reference: &str) -> bool {
        self.tags().iter().any(|tag| is_called(tag, reference))
            || self
                .config
                .trim_end_matches(".json")
                .ends_with(reference.strip_prefix("sha256:").unwrap_or(reference))
    }
}

pub(super) fn open(
    members: &dyn Members,
    manifest: &[u8],
    choice: &Choice,
) -> Result<Image, Problem> {
    let saved: Vec<Saved> = parse(MANIFEST, manifest)?;
    let mut problems = Vec::new();
    let saved = choose(&saved, choice, &mut problems)?;
    let bytes = document(members, &path::clean(saved.config.as_bytes()))?
        .ok_or_else(|| Problem::new(MANIFEST, format!("{} is missing", saved.config)))?;
    let digest = Digest::sha256(&bytes);
    let hex = digest.as_str().trim_start_matches("sha256:");
    if !saved.config.contains(hex) {
        return Err(Problem::new(
            &saved.config,
            "its content does not have its digest",
        ));
    }
    let config: Config = parse(&saved.config, &bytes)?;
    let platform = config.platform();
    if let Some(wanted) = choice.platform.as_ref().filter(|w| !platform.satisfies(w)) {
        return Err(Problem::new(
            MANIFEST,
            format!("the image is for {platform}, not for {wanted}"),
        ));
    }
    if saved.layers.len() > MAX_LAYERS {
        return Err(Problem::new(
            MANIFEST,
            format!("more than {MAX_LAYERS} layers"),
        ));
    }
    let mut contents = Vec::new();
    for name in &saved.layers {
        contents.push((blob_digest(name), open_layer(members, name, &mut problems)));
    }
    let manifest_digest = oci::manifest_of_config(members, &digest);
    Ok(Image {
        info: ImageInfo {
            tags: saved.tags().to_vec(),
            manifest_digest,
            config_digest: Some(digest.as_str().to_owned()),
            platform,
        },
        layers: layers_of(&config, contents, &mut problems),
        problems,
    })
}

fn choose<'s>(
    saved: &'s [Saved],
    choice: &Choice,
    problems: &mut Vec<Problem>,
) -> Result<&'s Saved, Problem> {
    let names = || {
        let names: Vec<_> = saved
            .iter()
            .flat_map(|s| {
                s.tags()
                    .first()
                    .unwrap_or(&s.config)
                    .chars()
                    .take(100)
                    .chain(['\n'])
            })
            .collect::<String>()
            .lines()
            .take(20)
            .map(str::to_owned)
            .collect();
        names.join(", ")
    };
    if let Some(reference) = &choice.reference {
        return saved.iter().find(|s| s.is_meant(reference)).ok_or_else(|| {
            Problem::new(MANIFEST, format!("holds no {reference}, but {}", names()))
        });
    }
    if saved.len() > 1 {
        problems.push(Problem::new(
            MANIFEST,
            format!(
                "holds {} images, read the first of {}",
                saved.len(),
                names()
            ),
        ));
    }
    saved
        .first()
        .ok_or_else(|| Problem::new(MANIFEST, "lists no image"))
}

fn open_layer(members: &dyn Members, name: &str, problems: &mut Vec<Problem>) -> Option<Section> {
    let what = match members.open(&path::clean(name.as_bytes())) {
        Ok(Some(section)) => return Some(section),
        Ok(None) => "is missing".to_owned(),
        Err(error) => format!("cannot be read: {error}"),
    };
    problems.push(Problem::new(name, what));
    None
}

/// The digest in the name of a blob, as newer versions write layers.
fn blob_digest(name: &str) -> Option<String> {
    let rest = name.strip_prefix("blobs/")?;
    Digest::parse(&rest.replacen('/', ":", 1)).map(|digest| digest.as_str().to_owned())
}

/// One layer's `json` before Docker 1.10.
#[derive(Deserialize)]
struct Legacy {
    parent: Option<String>,
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
}

/// An archive from before Docker 1.10 (image/spec/v1.md): layers are a chain of parents.
pub(super) fn open_legacy(
    members: &dyn Members,
    repositories: &[u8],
    choice: &Choice,
) -> Result<Image, Problem> {
    let repositories: BTreeMap<String, BTreeMap<String, String>> =
        parse(REPOSITORIES, repositories)?;
    let mut problems = Vec::new();
    let images: Vec<(String, &String)> = repositories
        .iter()
        .flat_map(|(name, tags)| {
            tags.iter()
                .map(move |(tag, id)| (format!("{name}:{tag}"), id))
        })
        .collect();
    let chosen = match &choice.reference {
        Some(reference) => images.iter().find(|(name, _)| is_called(name, reference)),
        None => images.first(),
    };
    let Some((name, id)) = chosen else {
        return Err(Problem::new(REPOSITORIES, "holds no such image"));
    };
    if choice.reference.is_none() && images.len() > 1 {
        problems.push(Problem::new(
            REPOSITORIES,
            format!("holds {} images, read {name}", images.len()),
        ));
    }
    let mut info = ImageInfo {
        tags: vec![name.clone()],
        ..ImageInfo::default()
    };
    let mut contents = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some((*id).clone());
    while let Some(id) = next.take() {
        if seen.len() >= MAX_LAYERS || !seen.insert(id.clone()) {
            return Err(Problem::new(&id, "the chain of parents does not end"));
        }
        let json = path::clean(format!("{id}/json").as_bytes()).into_owned();
        let bytes = document(members, &json)?.ok_or_else(|| Problem::new(&json, "is missing"))?;
        let legacy: Legacy = parse(&json, &bytes)?;
        if contents.is_empty() {
            info.platform.os = legacy.os;
            info.platform.architecture = legacy.architecture;
        }
        let content = open_layer(members, &format!("{id}/layer.tar"), &mut problems);
        contents.push((None, content));
        next = legacy.parent.filter(|parent| !parent.is_empty());
    }
    contents.reverse();
    Ok(Image {
        info,
        layers: layers_of(&Config::default(), contents, &mut Vec::new()),
        problems,
    })
}
