//! Mach-O headers and load commands (`mach-o/loader.h`, `mach-o/fat.h`).

use super::region::{Endian, Region, Regions, c_text, read_at};
use crate::Content;

pub(super) const MAGIC_64_LITTLE: &[u8] = b"\xcf\xfa\xed\xfe";
pub(super) const MAGIC_32_LITTLE: &[u8] = b"\xce\xfa\xed\xfe";
pub(super) const MAGIC_64_BIG: &[u8] = b"\xfe\xed\xfa\xcf";
pub(super) const MAGIC_32_BIG: &[u8] = b"\xfe\xed\xfa\xce";
/// Also the magic of a Java class file.
pub(super) const MAGIC_FAT: &[u8] = b"\xca\xfe\xba\xbe";

/// Java class files carry their major version, 45 or more, where the count of architectures
/// is; no universal binary has this many.
const ARCHITECTURES: u32 = 20;
const FAT_ARCH: usize = 20;
/// Largest block of load commands that is read, in bytes.
const COMMANDS: u64 = 1 << 20;

const LC_SEGMENT: u32 = 0x1;
const LC_SEGMENT_64: u32 = 0x19;
const PROT_READ_WRITE: u32 = 3;

/// The regions of each architecture in a file that starts with `head`.
pub(super) fn regions(content: &mut dyn Content, head: &[u8]) -> Vec<Regions> {
    if !head.starts_with(MAGIC_FAT) {
        return program(content, 0, head).into_iter().collect();
    }
    let big = Endian::Big;
    let Some(count) = big.u32(head, 4).filter(|n| *n < ARCHITECTURES) else {
        return Vec::new();
    };
    let length = u64::from(count) * FAT_ARCH as u64;
    let Ok(table) = read_at(content, 8, length) else {
        return Vec::new();
    };
    let offsets: Vec<_> = table
        .chunks_exact(FAT_ARCH)
        .filter_map(|entry| big.u32(entry, 8).map(u64::from))
        .collect();
    offsets
        .into_iter()
        .filter_map(|offset| {
            let head = read_at(content, offset, 64).ok()?;
            program(content, offset, &head)
        })
        .collect()
}

/// The regions of the program that starts at `start`.
fn program(content: &mut dyn Content, start: u64, head: &[u8]) -> Option<Regions> {
    let (endian, wide) = match head.get(..4)? {
        MAGIC_64_LITTLE => (Endian::Little, true),
        MAGIC_32_LITTLE => (Endian::Little, false),
        MAGIC_64_BIG => (Endian::Big, true),
        MAGIC_32_BIG => (Endian::Big, false),
        _ => return None,
    };
    let size = u64::from(endian.u32(head, 20)?).min(COMMANDS);
    let header = if wide { 32 } else { 28 };
    let commands = read_at(content, start.checked_add(header)?, size).ok()?;
    let mut regions = Regions::default();
    let mut writable = None;
    let mut rest = commands.as_slice();
    while let (Some(kind), Some(length)) = (endian.u32(rest, 0), endian.u32(rest, 4)) {
        let length = usize::try_from(length).ok()?.max(8);
        let Some(command) = rest.get(..length) else {
            break;
        };
        if kind == if wide { LC_SEGMENT_64 } else { LC_SEGMENT } {
            segment(
                command,
                (endian, wide),
                start,
                (&mut regions, &mut writable),
            );
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    if !regions.go_is_named {
        regions.go = writable;
    }
    Some(regions)
}

/// Takes a segment command and the sections in it.
fn segment(
    command: &[u8],
    (endian, wide): (Endian, bool),
    start: u64,
    (regions, writable): (&mut Regions, &mut Option<Region>),
) -> Option<()> {
    let (address, offset, size, protection) = if wide {
        (24, 40, 48, 60)
    } else {
        (24, 32, 36, 44)
    };
    let place = Region {
        address: endian.word(command, address, wide)?,
        offset: start.checked_add(endian.word(command, offset, wide)?)?,
        size: endian.word(command, size, wide)?,
    };
    if writable.is_none() && endian.u32(command, protection)? == PROT_READ_WRITE && place.size > 0 {
        *writable = Some(place);
    }
    regions.loaded.push(place);
    let (header, length, fields) = if wide {
        (72, 80, (32, 40, 48))
    } else {
        (56, 68, (32, 36, 40))
    };
    for section in command.get(header..)?.chunks_exact(length) {
        let region = Region {
            address: endian.word(section, fields.0, wide)?,
            size: endian.word(section, fields.1, wide)?,
            offset: start.checked_add(u64::from(endian.u32(section, fields.2)?))?,
        };
        match c_text(section.get(..16)?) {
            b"__go_buildinfo" => {
                regions.go = Some(region);
                regions.go_is_named = true;
            }
            b".dep-v0" => regions.auditable = Some(region),
            _ => {}
        }
    }
    Some(())
}
