//! rpm's own database format, NDB, which SUSE uses.
//!
//! After rpm's `lib/backend/ndb/rpmpkg.c`: a header of 32 bytes, then slots of 16 bytes up to
//! the end of the slot pages, then blobs in blocks of 16 bytes. Integers are little-endian.

use crate::Content;

use super::{MAX_BLOB, Problems, Visit, length, read_at, u32_at};

/// What a database begins with.
const MAGIC: &[u8] = b"RpmP";
const PAGE: u64 = 4096;
const BLOCK: u64 = 16;
const HEADER: u64 = 32;
const BLOB_HEADER: usize = 16;
const BLOB_TRAILER: usize = 12;

/// Visits the headers of every installed package.
pub(crate) fn packages(content: &mut dyn Content, problems: &mut Problems<'_>, visit: Visit<'_>) {
    if let Err(what) = scan(content, problems, visit) {
        problems.add(what);
    }
}

fn scan(
    content: &mut dyn Content,
    problems: &mut Problems<'_>,
    visit: Visit<'_>,
) -> Result<(), String> {
    let mut buffer = Vec::new();
    let file_length = length(content)?;
    read_at(content, 0, 32, &mut buffer)?;
    if !buffer.starts_with(MAGIC) {
        return Err("is not an NDB database".to_owned());
    }
    match u32_at(&buffer, 4, false) {
        Some(0) => {}
        version => return Err(format!("has version {}", version.unwrap_or(0))),
    }
    let pages = u32_at(&buffer, 12, false).map_or(0, u64::from);
    let slots_end = pages * PAGE;
    if slots_end > file_length || pages == 0 {
        return Err(format!("has {pages} slot pages in {file_length} bytes"));
    }
    // Blobs do not overlap, so together they are no longer than the file.
    let mut left = file_length;
    let mut page = Vec::new();
    for number in 0..pages {
        read_at(content, number * PAGE, 4096, &mut page)?;
        let skip = if number == 0 { 2 } else { 0 };
        for slot in page.as_chunks::<16>().0.iter().skip(skip) {
            let field = |at| u32_at(slot, at, false).unwrap_or(0);
            let (package, block, blocks) = (field(4), field(8), field(12));
            if !slot.starts_with(b"Slot") {
                problems.add(format!("slot page {number} is damaged"));
                break;
            }
            if block == 0 {
                continue;
            }
            let size = u64::from(blocks) * BLOCK;
            left = left
                .checked_sub(size)
                .ok_or("has blobs that overlap or are cut short")?;
            let result = blob(
                content,
                package,
                u64::from(block) * BLOCK,
                size,
                &mut buffer,
            )
            .and_then(|range| visit(buffer.get(range).unwrap_or_default()));
            if let Err(what) = result {
                problems.add(format!("package {package}: {what}"));
            }
        }
    }
    Ok(())
}

/// Reads a blob with its header and trailer; the range is the package's header in it.
fn blob(
    content: &mut dyn Content,
    package: u32,
    offset: u64,
    size: u64,
    buffer: &mut Vec<u8>,
) -> Result<std::ops::Range<usize>, String> {
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size <= MAX_BLOB)
        .ok_or_else(|| format!("a blob of {size} bytes is too large"))?;
    if offset < HEADER || size < BLOB_HEADER + BLOB_TRAILER {
        return Err("a slot is damaged".to_owned());
    }
    read_at(content, offset, size, buffer)?;
    if !buffer.starts_with(b"BlbS") || u32_at(buffer, 4, false) != Some(package) {
        return Err("a blob is damaged".to_owned());
    }
    let length = u32_at(buffer, 12, false).map_or(0, |length| length as usize);
    if length > size - BLOB_HEADER - BLOB_TRAILER {
        return Err(format!("a blob of {length} bytes in {size}"));
    }
    Ok(BLOB_HEADER..BLOB_HEADER + length)
}
