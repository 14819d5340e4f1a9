//! `lynkeus db export`, `import`, `push` and `pull`: a database travels to another machine.

use std::path::Path;

use anyhow::{Context as _, Result};
use sources::packed::{self, Effort};
use sources::registry::artifact;

use crate::{
    cli_db::{Network, Remote},
    database::{self, Opened},
    network,
};

/// Writes the database in use, after checking every byte of it.
pub(super) fn export(data_dir: &Path, file: &Path) -> Result<bool> {
    let opened = verified(data_dir)?;
    let size = packed::write(file, opened.records.as_bytes(), Effort::Usual)
        .with_context(|| format!("write {}", file.display()))?;
    eprintln!(
        "wrote {} ({size} bytes), digest {}",
        file.display(),
        opened.records.digest()
    );
    Ok(true)
}

/// Makes a database from elsewhere the current one, after checking every byte of it.
pub(super) fn import(data_dir: &Path, file: &Path) -> Result<bool> {
    let bytes = packed::read(file).with_context(|| format!("read {}", file.display()))?;
    install(data_dir, &bytes).with_context(|| format!("import {}", file.display()))
}

/// Puts the database in use into a registry, after checking every byte of it.
pub(super) fn push(data_dir: &Path, arguments: &Remote) -> Result<bool> {
    let reference = network::reference(&arguments.reference)?;
    let access = network::access(&arguments.network)?;
    let opened = verified(data_dir)?;
    let digest = artifact::push(opened.records.as_bytes(), &reference, &access)
        .with_context(|| format!("push to {reference}"))?;
    eprintln!("{reference} is now {digest}");
    Ok(true)
}

/// Makes a database in a registry the current one.
pub(super) fn pull(data_dir: &Path, reference: &str, network: &Network) -> Result<bool> {
    let reference = network::reference(reference)?;
    let bytes = artifact::pull(&reference, &network::access(network)?)
        .with_context(|| format!("pull {reference}"))?;
    install(data_dir, &bytes).with_context(|| format!("use {reference}"))
}

/// Makes bytes from elsewhere the current database, after checking every one of them.
pub(super) fn install(data_dir: &Path, bytes: &[u8]) -> Result<bool> {
    let path = database::generations(data_dir).install(bytes)?;
    eprintln!("the current database is now {}", path.display());
    Ok(true)
}

fn verified(data_dir: &Path) -> Result<Opened> {
    let opened = database::open(data_dir, None)?;
    let verified = opened.records.verify();
    verified.context("the database in use is damaged")?;
    Ok(opened)
}
