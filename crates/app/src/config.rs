//! Where things are kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::network;

/// The data directory: as given, else `$XDG_DATA_HOME/lynkeus`, else `~/.local/share/lynkeus`.
pub(crate) fn data_dir(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|p| p.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = base
        .or_else(home)
        .context("neither XDG_DATA_HOME nor HOME is set: give --data-dir DIR")?;
    Ok(base.join("lynkeus"))
}

/// The file of certificate authorities to trust instead of the usual ones.
pub(crate) fn certificates() -> Option<PathBuf> {
    path("SSL_CERT_FILE")
}

/// The files in which passwords for registries may stand.
pub(crate) fn registry_configurations() -> Vec<PathBuf> {
    network::configurations(path("DOCKER_CONFIG"), path("HOME"), path("XDG_RUNTIME_DIR"))
}

fn path(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}
