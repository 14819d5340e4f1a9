//! Bills of materials as targets, from a file or standard input.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use inventory::sbom::{self, Read};

/// Reads the document at standard input.
pub(super) fn read_stdin() -> Result<Read> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(sbom::LIMIT + 1)
        .read_to_end(&mut bytes)
        .context("read standard input")?;
    let Some(read) = sbom::read("standard input", &bytes) else {
        bail!("standard input is neither a CycloneDX nor an SPDX document");
    };
    Ok(read)
}

/// Reads the document at `path`; none if the file is something else.
pub(super) fn read_file(path: &Path) -> Result<Option<Read>> {
    if !path.is_file() {
        return Ok(None);
    }
    let opened = || format!("open {}", path.display());
    let mut file = File::open(path).with_context(opened)?;
    let mut head = [0; 512];
    let length = file.read(&mut head).with_context(opened)?;
    if !may_begin(head.get(..length).unwrap_or_default()) {
        return Ok(None);
    }
    let mut bytes = head.get(..length).unwrap_or_default().to_vec();
    file.take(sbom::LIMIT)
        .read_to_end(&mut bytes)
        .with_context(opened)?;
    Ok(sbom::read(&path.display().to_string(), &bytes))
}

/// Whether a document may begin so; spares reading archives and disks to their end.
fn may_begin(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head = head.trim_ascii_start();
    // An archive begins with a name, and zeros after it.
    head.starts_with(b"{") || head.starts_with(b"<") || head.is_ascii() && !head.contains(&0)
}
