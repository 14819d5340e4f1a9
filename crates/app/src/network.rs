//! How the network is reached: retries, certificates, and where registries' passwords are kept.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use sources::http::{Client, Retry};
use sources::registry::{Access, Reference};

use crate::{cli_db::Network, config};

/// A client as the options want it.
///
/// It trusts Mozilla's certificate authorities, or those in the file `SSL_CERT_FILE` names.
pub(crate) fn client(options: &Network) -> Result<Client> {
    let retry = Retry {
        attempts: options.attempts.max(1),
        ..Retry::default()
    };
    let roots = match config::certificates() {
        Some(path) => Some(
            std::fs::read(&path)
                .with_context(|| format!("read the certificates in {}", path.display()))?,
        ),
        None => None,
    };
    Ok(Client::new(retry, roots.as_deref())?)
}

/// How registries are reached.
pub(crate) fn access(options: &Network) -> Result<Access> {
    Ok(Access {
        client: client(options)?,
        configurations: config::registry_configurations(),
        insecure: options.insecure_registry.clone(),
    })
}

/// The name of something in a registry.
pub(crate) fn reference(text: &str) -> Result<Reference> {
    let plain = text.strip_prefix("oci://").unwrap_or(text);
    Reference::parse(plain)
        .with_context(|| format!("{text} is not of the form registry/repository:tag"))
}

/// Where several of Docker's and Podman's programs keep passwords, in the order in which they
/// are asked.
pub(crate) fn configurations(
    docker: Option<PathBuf>,
    home: Option<PathBuf>,
    runtime: Option<PathBuf>,
) -> Vec<PathBuf> {
    let docker = docker.or_else(|| home.as_ref().map(|home| home.join(".docker")));
    let podman = runtime.map(|runtime| runtime.join("containers/auth.json"));
    docker
        .map(|docker| docker.join("config.json"))
        .into_iter()
        .chain(podman)
        .chain(home.map(|home| home.join(".config/containers/auth.json")))
        .collect()
}
