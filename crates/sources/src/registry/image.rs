//! Scans an image while its layers arrive.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use inventory::image::{self, Choice, Descriptor, Digest, Manifest, Members};
use inventory::section::Section;
use model::Problem;

use super::blob::Blob;
use super::client::{Action, Repository, Served};
use super::{Access, Reference, RegistryError};
use crate::files::{Kind, Options, Scanned, scan_image};

/// The file of an image layout where reading starts.
const INDEX: &str = "index.json";

/// Scans an image of a registry. Layers are read as they arrive, several at once, and nothing of
/// them is kept.
pub fn scan(
    reference: &Reference,
    access: &Access,
    options: &Options<'_>,
) -> Result<Scanned, RegistryError> {
    let repository = Repository::open(reference, Action::Pull, access)?;
    let choice = options.choice();
    let members = RemoteLayout::open(reference, repository, &choice)?;
    let image = image::open(&members, &choice).map_err(|problem| RegistryError::Image {
        reference: reference.to_string(),
        problem,
    })?;
    let info = image.info.clone();
    Ok(Scanned {
        kind: Kind::Image,
        inventory: scan_image(image, options),
        image: Some(info),
    })
}

/// An image in a registry, seen as an image layout whose files are fetched when they are opened.
struct RemoteLayout {
    repository: Arc<Repository>,
    index: Vec<u8>,
    /// What is known of content, by its path in the layout.
    known: Mutex<HashMap<String, Known>>,
}

/// How content is had.
#[derive(Clone)]
enum Known {
    /// It is here.
    Document(Vec<u8>),
    /// Under its own interface.
    Manifest(Digest),
    Blob(Digest, u64),
}

impl RemoteLayout {
    fn open(
        reference: &Reference,
        repository: Repository,
        choice: &Choice,
    ) -> Result<Self, RegistryError> {
        let served = repository.manifest(reference.manifest(), reference.digest.as_ref())?;
        let cannot = |what: &str| RegistryError::Image {
            reference: reference.to_string(),
            problem: Problem::new(served.digest.as_str(), what),
        };
        let Ok(top) = serde_json::from_slice::<Manifest>(&served.bytes) else {
            return Err(cannot("the manifest is not understood"));
        };
        let listed = if top.manifests.is_empty() {
            if top.config.is_none() {
                return Err(cannot("the manifest is of a kind that is not understood"));
            }
            vec![Descriptor {
                digest: served.digest.as_str().to_owned(),
                size: served.bytes.len() as u64,
                media_type: top.media_type.clone(),
                ..Descriptor::default()
            }]
        } else {
            fitting(&top.manifests, choice)
        };
        let layout = Self {
            repository: Arc::new(repository),
            index: index(&listed, &reference.to_string()),
            known: Mutex::default(),
        };
        layout.learn(&listed, Known::Manifest);
        if top.manifests.is_empty() {
            layout.keep(served);
        }
        Ok(layout)
    }

    /// Notes where descriptors lead.
    fn learn(&self, descriptors: &[Descriptor], known: impl Fn(Digest) -> Known) {
        let mut all = self.lock();
        for descriptor in descriptors {
            if let Some(digest) = Digest::parse(&descriptor.digest) {
                let path = digest.blob_path();
                all.entry(path).or_insert_with(|| known(digest));
            }
        }
    }

    /// Notes a manifest and where the descriptors in it lead.
    fn keep(&self, served: Served) {
        if let Ok(manifest) = serde_json::from_slice::<Manifest>(&served.bytes) {
            self.learn(&manifest.manifests, Known::Manifest);
            for blob in manifest.config.iter().chain(&manifest.layers) {
                // Registries need not hold foreign layers, and those who made the image wanted
                // them to come from elsewhere: they are left out, which the reader says.
                if !blob.is_foreign() {
                    let size = blob.size;
                    self.learn(std::slice::from_ref(blob), |digest| {
                        Known::Blob(digest, size)
                    });
                }
            }
        }
        let path = served.digest.blob_path();
        self.lock().insert(path, Known::Document(served.bytes));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members for RemoteLayout {
    fn open(&self, path: &str) -> io::Result<Option<Section>> {
        if path == INDEX {
            return Ok(Some(Section::whole(Arc::new(self.index.clone()))));
        }
        let known = self.lock().get(path).cloned();
        Ok(match known {
            None => None,
            Some(Known::Document(bytes)) => Some(Section::whole(Arc::new(bytes))),
            Some(Known::Blob(digest, size)) => {
                let repository = Arc::clone(&self.repository);
                Some(Section::whole(Arc::new(Blob::new(
                    repository, digest, size,
                ))))
            }
            Some(Known::Manifest(digest)) => {
                let served = self.repository.manifest(digest.as_str(), Some(&digest));
                let served = served.map_err(io::Error::other)?;
                let bytes = served.bytes.clone();
                self.keep(served);
                Some(Section::whole(Arc::new(bytes)))
            }
        })
    }
}

/// The images of an index that are for the wanted platform, or all if none says so: each costs a
/// request.
fn fitting(listed: &[Descriptor], choice: &Choice) -> Vec<Descriptor> {
    let wanted = choice.platform.as_ref().unwrap_or(&choice.preferred);
    let images = listed
        .iter()
        .filter(|descriptor| !descriptor.is_attestation());
    let fits = |descriptor: &&Descriptor| {
        let platform = descriptor.platform.as_ref();
        platform.is_some_and(|platform| platform.satisfies(wanted))
    };
    let fitting: Vec<Descriptor> = images.clone().filter(fits).cloned().collect();
    if fitting.is_empty() {
        images.cloned().collect()
    } else {
        fitting
    }
}

/// An index of an image layout that lists these.
fn index(listed: &[Descriptor], name: &str) -> Vec<u8> {
    let manifests: Vec<serde_json::Value> = listed
        .iter()
        .map(|descriptor| {
            let mut entry = serde_json::json!({
                "mediaType": descriptor.media_type,
                "digest": descriptor.digest,
                "size": descriptor.size,
                "annotations": {"io.containerd.image.name": name},
            });
            if let (Some(platform), Some(entry)) = (&descriptor.platform, entry.as_object_mut()) {
                entry.insert(
                    "platform".to_owned(),
                    serde_json::json!({
                        "os": platform.os,
                        "architecture": platform.architecture,
                        "variant": platform.variant,
                    }),
                );
            }
            entry
        })
        .collect();
    serde_json::json!({"schemaVersion": 2, "manifests": manifests})
        .to_string()
        .into_bytes()
}
