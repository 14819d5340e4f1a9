//! What a client sends: one JSON document, or a tar archive of them.

use std::{io::Read as _, path::Path};

use api::Error;
use store::networks::Document;

/// Documents in an archive.
const MOST: usize = 20_000;

/// Bytes of all documents.
const MOST_BYTES: u64 = 256 << 20;

/// The documents of a body.
///
/// # Errors
///
/// When it is neither JSON nor an archive, or holds too much.
pub(crate) fn unpack(body: &[u8]) -> Result<Vec<Document>, Error> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[')) {
        return Ok(vec![Document {
            name: "network.json".to_owned(),
            body: body.to_vec(),
        }]);
    }
    let bad = |error: &dyn std::fmt::Display| {
        Error::invalid(format!(
            "The body is neither JSON nor a tar archive: {error}"
        ))
    };
    let mut archive = tar::Archive::new(body);
    let mut documents: Vec<Document> = Vec::new();
    let mut left = MOST_BYTES;
    for entry in archive.entries().map_err(|error| bad(&error))? {
        let entry = entry.map_err(|error| bad(&error))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = name.trim_start_matches("./").to_owned();
        if !entry.header().entry_type().is_file()
            || Path::new(&name).extension().is_none_or(|e| e != "json")
        {
            continue;
        }
        if documents.len() >= MOST || entry.size() > left || name.len() > 1024 {
            return Err(Error::invalid("The archive holds too much"));
        }
        left -= entry.size();
        let mut body = Vec::new();
        let mut limited = entry.take(MOST_BYTES);
        limited
            .read_to_end(&mut body)
            .map_err(|error| bad(&error))?;
        documents.retain(|known| known.name != name);
        documents.push(Document { name, body });
    }
    if documents.is_empty() {
        return Err(Error::invalid("The body holds no JSON document"));
    }
    Ok(documents)
}
