//! PE headers (Microsoft PE Format, sections 2 to 4).

use super::region::{Endian, Region, Regions, c_text, read_at};
use crate::Content;

pub(super) const MAGIC: &[u8] = b"MZ";

const CNT_INITIALIZED_DATA: u32 = 0x40;
const MEM_EXECUTE: u32 = 0x2000_0000;
const MEM_READ: u32 = 0x4000_0000;
const MEM_WRITE: u32 = 0x8000_0000;

/// Windows loads at most 96 sections (PE Format, section 3.3).
const SECTIONS: u16 = 96;
const SECTION_HEADER: usize = 40;
/// Size of the signature and the COFF header before the optional header.
const COFF: u64 = 24;

/// The regions of a PE file whose first 64 bytes are `head`.
pub(super) fn regions(content: &mut dyn Content, head: &[u8]) -> Option<Regions> {
    let little = Endian::Little;
    let at = u64::from(little.u32(head, 0x3c)?);
    let coff = read_at(content, at, COFF + 32).ok()?;
    if !coff.starts_with(b"PE\0\0") {
        return None;
    }
    let count = little.u16(&coff, 6)?.min(SECTIONS);
    let optional = u64::from(little.u16(&coff, 20)?);
    let base = match little.u16(&coff, 24)? {
        0x10b => u64::from(little.u32(&coff, 24 + 28)?),
        0x20b => little.u64(&coff, 24 + 24)?,
        _ => return None,
    };
    let length = u64::from(count) * SECTION_HEADER as u64;
    let table = read_at(content, at.checked_add(COFF + optional)?, length).ok()?;
    let mut regions = Regions::default();
    for entry in table.chunks_exact(SECTION_HEADER) {
        let place = Region {
            address: base.saturating_add(u64::from(little.u32(entry, 12)?)),
            size: u64::from(little.u32(entry, 16)?),
            offset: u64::from(little.u32(entry, 20)?),
        };
        let flags = little.u32(entry, 36)?;
        let data = CNT_INITIALIZED_DATA | MEM_READ | MEM_WRITE;
        // Go's build information has no section of its own here; it lies in the data.
        if regions.go.is_none() && flags & (data | MEM_EXECUTE) == data && place.size > 0 {
            regions.go = Some(place);
        }
        if entry.get(..8).map(c_text) == Some(b".dep-v0".as_slice()) {
            // The stored size is rounded up to the file's alignment.
            let used = u64::from(little.u32(entry, 8)?);
            regions.auditable = Some(Region {
                size: place.size.min(used),
                ..place
            });
        }
        regions.loaded.push(place);
    }
    Some(regions)
}
