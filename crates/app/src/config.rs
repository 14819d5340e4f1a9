//! Where things are kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use api::scalar::Secret;

use crate::{credentials::AccessKey, network};

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

fn text(variable: &str) -> Option<String> {
    let value = std::env::var_os(variable)?.into_string().ok()?;
    (!value.is_empty()).then_some(value)
}

fn path(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

/// The master key as the environment gives it.
pub(crate) fn master_key() -> Option<String> {
    text("LYNKEUS_MASTER_KEY")
}

/// The store as given, else a file in the data directory, which is created.
pub(crate) fn store_address(given: Option<&str>, data_dir: &Path) -> Result<String> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    std::fs::create_dir_all(data_dir).with_context(|| format!("create {}", data_dir.display()))?;
    Ok(format!("sqlite:{}", data_dir.join("lynkeus.db").display()))
}

/// What to say where the data directory is of no use.
pub(crate) fn unusable(data_dir: &Path) -> String {
    let directory = data_dir.display();
    format!("the data directory {directory} cannot be used; another is given with --data-dir")
}

/// The access key that requests are signed with, as AWS's tools take it from the environment.
pub(crate) fn access_key() -> Option<AccessKey> {
    Some(AccessKey {
        id: text("AWS_ACCESS_KEY_ID")?,
        secret: Secret::from(text("AWS_SECRET_ACCESS_KEY")?),
        session_token: text("AWS_SESSION_TOKEN").map(Secret::from),
    })
}

/// The profile that AWS's tools would use.
pub(crate) fn profile() -> Option<String> {
    text("AWS_PROFILE")
}

/// The shared credentials file of AWS's tools.
pub(crate) fn credentials_file() -> Option<PathBuf> {
    let home = || Some(path("HOME")?.join(".aws/credentials"));
    path("AWS_SHARED_CREDENTIALS_FILE").or_else(home)
}

/// The first access key, in the form of AWS's shared credentials file.
pub(crate) fn credentials(data_dir: &Path) -> PathBuf {
    data_dir.join("credentials")
}

/// The file by which a test moves the clock ([`crate::clock`]).
pub(crate) fn test_clock() -> Option<PathBuf> {
    path("LYNKEUS_TEST_CLOCK")
}
