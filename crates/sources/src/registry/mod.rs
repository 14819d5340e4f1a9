//! Images and databases in registries (OCI distribution specification).

pub mod artifact;
mod blob;
mod challenge;
mod client;
mod credentials;
mod image;
mod reference;

use std::io;
use std::path::PathBuf;

use model::Problem;
use thiserror::Error;

use crate::http::{Client, HttpError};

pub(crate) use client::encoded;
pub use credentials::{Credential, CredentialError};
pub use image::scan;
pub use reference::Reference;

/// How registries are reached.
#[derive(Debug, Clone)]
pub struct Access {
    pub client: Client,
    /// Docker's `config.json` and files of its form, the first that knows a registry counts.
    pub configurations: Vec<PathBuf>,
    /// Registries (`host:port`) that are spoken to without encryption; those on this machine are
    /// anyway.
    pub insecure: Vec<String>,
}

/// Why nothing could be had from a registry.
#[derive(Debug, Error)]
pub enum RegistryError {
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("cannot pack or unpack the database")]
    Pack(#[source] io::Error),
    #[error("cannot read the image {reference}: {problem}")]
    Image { reference: String, problem: Problem },
}
