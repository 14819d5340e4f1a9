//! Databases in registries: an OCI artifact of one packed layer (OCI image specification,
//! manifest.md, "Guidelines for Artifact Usage").

use std::io::Read as _;
use std::sync::Arc;

use inventory::image::{Digest, Manifest};
use inventory::section::Section;
use ureq::http::StatusCode;

use super::blob::Blob;
use super::client::{Action, Repository, encoded};
use super::{Access, Reference, RegistryError};
use crate::http::{self, HttpError, Request};
use crate::packed::{self, Effort};

/// What the artifact is.
pub const ARTIFACT: &str = "application/vnd.lynkeus.advisories.v1";
/// Its layer: a database packed with zstd.
pub const LAYER: &str = "application/vnd.lynkeus.advisories.v1.lkdb+zstd";
/// Its configuration says nothing that the layer does not (manifest.md, "empty descriptor").
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Puts a database into a registry; the digest of its manifest.
pub fn push(
    database: &[u8],
    reference: &Reference,
    access: &Access,
) -> Result<String, RegistryError> {
    let repository = Repository::open(reference, Action::Push, access)?;
    let layer = packed::pack(database, Effort::Usual).map_err(RegistryError::Pack)?;
    let layer_digest = upload(&repository, &layer)?;
    let config = b"{}";
    let config_digest = upload(&repository, config)?;
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": ARTIFACT,
        "config": {
            "mediaType": EMPTY,
            "digest": config_digest.as_str(),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": LAYER,
            "digest": layer_digest.as_str(),
            "size": layer.len(),
            "annotations": {"org.opencontainers.image.title": "advisories.lkdb.zst"},
        }],
    })
    .to_string();
    let digest = Digest::sha256(manifest.as_bytes());
    let name = reference.tag.as_deref().unwrap_or(digest.as_str());
    let url = repository.url(&format!("manifests/{name}"));
    let request = Request {
        method: "PUT",
        url: &url,
        body: Some(manifest.as_bytes()),
        ..Request::default()
    };
    repository.document(&request.header("content-type", MANIFEST))?;
    Ok(digest.as_str().to_owned())
}

/// Gets a database from a registry; every byte is compared with the digests that lead to it.
pub fn pull(reference: &Reference, access: &Access) -> Result<Vec<u8>, RegistryError> {
    let repository = Repository::open(reference, Action::Pull, access)?;
    let served = repository.manifest(reference.manifest(), reference.digest.as_ref())?;
    let url = || repository.url(&format!("manifests/{}", reference.manifest()));
    let manifest: Option<Manifest> = serde_json::from_slice(&served.bytes).ok();
    let layer = manifest.and_then(|manifest| {
        let mut layers = manifest.layers.into_iter();
        let layer = layers.find(|layer| layer.media_type == LAYER)?;
        Some((Digest::parse(&layer.digest)?, layer.size))
    });
    let Some((digest, size)) = layer else {
        return Err(HttpError::Other {
            url: url(),
            what: "is not an advisory database".to_owned(),
        }
        .into());
    };
    let blob_url = repository.url(&format!("blobs/{digest}"));
    let blob = Blob::new(Arc::new(repository), digest.clone(), size);
    let blob = Section::whole(Arc::new(blob));
    let broken = |source| HttpError::Broken {
        url: blob_url.clone(),
        source,
    };
    let mut bytes = Vec::new();
    let mut reader = blob.reader(64 << 10).take(packed::LIMIT);
    reader.read_to_end(&mut bytes).map_err(broken)?;
    if !digest.is_of(&bytes) {
        return Err(HttpError::Other {
            url: blob_url,
            what: "answers something else than its digest says".to_owned(),
        }
        .into());
    }
    packed::unpack(bytes.as_slice()).map_err(RegistryError::Pack)
}

/// Puts a blob into the repository unless it is there (distribution specification, "POST then
/// PUT").
fn upload(repository: &Repository, bytes: &[u8]) -> Result<Digest, HttpError> {
    let digest = Digest::sha256(bytes);
    let blob = repository.url(&format!("blobs/{digest}"));
    let head = repository.send(&Request {
        method: "HEAD",
        url: &blob,
        ..Request::default()
    })?;
    if head.status() == StatusCode::OK {
        return Ok(digest);
    }
    let start = repository.url("blobs/uploads/");
    let request = Request {
        method: "POST",
        url: &start,
        body: Some(b""),
        ..Request::default()
    };
    let answer = repository.send(&request)?;
    if answer.status() != StatusCode::ACCEPTED {
        return Err(http::refusal(&start, answer));
    }
    let Some(location) = http::text(answer.headers(), "location") else {
        return Err(HttpError::Other {
            url: start,
            what: "does not say where to send a blob".to_owned(),
        });
    };
    let location = repository.resolve(location);
    let separator = if location.contains('?') { '&' } else { '?' };
    let target = format!("{location}{separator}digest={}", encoded(digest.as_str()));
    let request = Request {
        method: "PUT",
        url: &target,
        body: Some(bytes),
        ..Request::default()
    };
    repository.document(&request.header("content-type", "application/octet-stream"))?;
    Ok(digest)
}
