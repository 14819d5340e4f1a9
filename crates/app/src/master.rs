//! The master key, which seals the secrets that the store keeps.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context as _, Result};
use store::keys::MasterKey;

use crate::config;

/// Reads the master key of the environment, else of the data directory, where one is created if
/// there is none.
pub(crate) fn open(data_dir: &Path) -> Result<MasterKey> {
    if let Some(text) = config::master_key() {
        return MasterKey::from_hex(&text)
            .context("LYNKEUS_MASTER_KEY: expected 64 hexadecimal digits");
    }
    fs::create_dir_all(data_dir).with_context(|| format!("create {}", data_dir.display()))?;
    let path = data_dir.join("master.key");
    let made = MasterKey::generate();
    match write_secret(&path, &format!("{}\n", made.to_hex())) {
        Ok(()) => Ok(made),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = fs::read_to_string(&path);
            let text = text.with_context(|| format!("read {}", path.display()))?;
            MasterKey::from_hex(&text)
                .with_context(|| format!("{} does not hold a master key", path.display()))
        }
        Err(error) => Err(error).with_context(|| format!("write {}", path.display())),
    }
}

/// Creates a file that only its owner may read; it must not be there.
pub(crate) fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
