//! ELF headers (System V ABI, gABI chapters 4 and 5).

use super::region::{Endian, Region, Regions, c_text, read_at};
use crate::Content;

pub(super) const MAGIC: &[u8] = b"\x7fELF";

const PT_LOAD: u32 = 1;
const PF_X: u32 = 1;
const PF_W: u32 = 2;
const SHT_NOBITS: u32 = 8;
/// Set on sections that are stored compressed; the two that matter here never are.
const SHF_COMPRESSED: u64 = 0x800;

/// More section or program headers than any linker writes for a loadable file.
const HEADERS: u64 = 4096;
/// Largest header entry; 64 bytes are the rule.
const ENTRY: u64 = 256;
/// Largest table of section names that is read, in bytes.
const NAMES: u64 = 1 << 20;

/// Where the fields of the file header are, by class.
struct Header {
    endian: Endian,
    wide: bool,
    program: Table,
    section: Table,
    /// Index of the section with the sections' names.
    names: u64,
}

#[derive(Clone, Copy)]
struct Table {
    offset: u64,
    entry: u64,
    count: u64,
}

impl Table {
    /// The entries one after the other, as many as are there, and the length of one.
    fn read(self, content: &mut dyn Content) -> Option<(Vec<u8>, usize)> {
        if self.entry == 0 || self.entry > ENTRY || self.offset == 0 {
            return None;
        }
        let count = self.count.min(HEADERS);
        let bytes = read_at(content, self.offset, count * self.entry).ok()?;
        Some((bytes, usize::try_from(self.entry).ok()?))
    }
}

fn header(head: &[u8]) -> Option<Header> {
    let wide = match head.get(4)? {
        1 => false,
        2 => true,
        _ => return None,
    };
    let endian = match head.get(5)? {
        1 => Endian::Little,
        2 => Endian::Big,
        _ => return None,
    };
    let (phoff, shoff, counts) = if wide { (32, 40, 54) } else { (28, 32, 42) };
    let half = |at| endian.u16(head, at).map(u64::from);
    Some(Header {
        endian,
        wide,
        program: Table {
            offset: endian.word(head, phoff, wide)?,
            entry: half(counts)?,
            count: half(counts + 2)?,
        },
        section: Table {
            offset: endian.word(head, shoff, wide)?,
            entry: half(counts + 4)?,
            count: half(counts + 6)?,
        },
        names: half(counts + 8)?,
    })
}

/// The regions of an ELF file whose first 64 bytes are `head`.
pub(super) fn regions(content: &mut dyn Content, head: &[u8]) -> Option<Regions> {
    let header = header(head)?;
    let mut regions = Regions::default();
    let mut writable = None;
    let (entries, length) = header.program.read(content)?;
    for entry in entries.chunks_exact(length) {
        let Some((kind, flags, region)) = segment(&header, entry) else {
            continue;
        };
        if kind != PT_LOAD {
            continue;
        }
        if writable.is_none() && flags & (PF_X | PF_W) == PF_W {
            writable = Some(region);
        }
        regions.loaded.push(region);
    }
    let named = sections(content, &header, &mut regions);
    if !named {
        // No section headers: the linker puts Go's build information at the start of the data.
        regions.go = writable;
    }
    Some(regions)
}

/// Type, flags and place of a program header.
fn segment(header: &Header, entry: &[u8]) -> Option<(u32, u32, Region)> {
    let (endian, wide) = (header.endian, header.wide);
    let (flags, offset, address, size) = if wide { (4, 8, 16, 32) } else { (24, 4, 8, 16) };
    let region = Region {
        offset: endian.word(entry, offset, wide)?,
        size: endian.word(entry, size, wide)?,
        address: endian.word(entry, address, wide)?,
    };
    Some((endian.u32(entry, 0)?, endian.u32(entry, flags)?, region))
}

/// Looks for the sections by name; false if the file has no section names.
fn sections(content: &mut dyn Content, header: &Header, regions: &mut Regions) -> bool {
    let Some((entries, length)) = header.section.read(content) else {
        return false;
    };
    let names = usize::try_from(header.names)
        .ok()
        .and_then(|index| section(header, entries.chunks_exact(length).nth(index)?))
        .and_then(|(_, _, place)| read_at(content, place.offset, place.size.min(NAMES)).ok());
    let Some(names) = names.filter(|n| !n.is_empty()) else {
        return false;
    };
    for entry in entries.chunks_exact(length) {
        let Some((name, stored, place)) = section(header, entry) else {
            continue;
        };
        let name = usize::try_from(name).ok().and_then(|at| names.get(at..));
        match name.map(c_text) {
            Some(b".go.buildinfo") if stored => {
                regions.go = Some(place);
                regions.go_is_named = true;
            }
            Some(b".dep-v0") if stored => regions.auditable = Some(place),
            _ => {}
        }
    }
    true
}

/// Offset of the name, whether the bytes are in the file as they are, and the place of a
/// section header.
fn section(header: &Header, entry: &[u8]) -> Option<(u32, bool, Region)> {
    let (endian, wide) = (header.endian, header.wide);
    let (flags, address, offset, size) = if wide {
        (8, 16, 24, 32)
    } else {
        (8, 12, 16, 20)
    };
    let region = Region {
        offset: endian.word(entry, offset, wide)?,
        size: endian.word(entry, size, wide)?,
        address: endian.word(entry, address, wide)?,
    };
    let stored = endian.u32(entry, 4)? != SHT_NOBITS
        && endian.word(entry, flags, wide)? & SHF_COMPRESSED == 0;
    Some((endian.u32(entry, 0)?, stored, region))
}
