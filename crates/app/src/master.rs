//! The master key, which seals the secrets that the store keeps.

use std::{
    fs,
    io::{ErrorKind, Write as _},
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

/// Creates a file that only its owner may read; it must not be there. It appears whole or not at
/// all, however the process ends.
pub(crate) fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    // Such files are made for their owner alone.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    fs::File::open(directory)?.sync_all()
}
