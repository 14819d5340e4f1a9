//! Reads VMDK images: hosted sparse, stream-optimized, and flat ones with a descriptor (the
//! specification "Virtual Disk Format 5.0").

use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use super::Beside;
use super::bytes::{le16, le32, le64, text};
use super::qcow2::{Decompressed, Kept, copy, kept};
use super::volume::bad;
use crate::section::{ReadAt, Section};

pub(super) const MAGIC: &[u8] = b"KDMV";
pub(super) const DESCRIPTOR: &[u8] = b"# Disk DescriptorFile";

const SECTOR: u64 = 512;
/// The grain directory is named by a copy of the header at the end ("Stream-Optimized
/// Compressed Sparse Extents").
const AT_END: u64 = u64::MAX;
/// Flags of the header.
const ZERO_GRAINS: u32 = 1 << 2;
const COMPRESSED: u32 = 1 << 16;
/// Largest grain directory: 64 TiB in grains of 64 KiB.
const MAX_DIRECTORY: u64 = 16 << 20;
const MAX_DESCRIPTOR: u64 = 1 << 20;
const MAX_EXTENTS: usize = 4096;
/// Tables and grains that are kept.
const KEPT: usize = 64;

/// One sparse extent that is a whole disk.
pub(super) struct Sparse {
    file: Section,
    len: u64,
    grain: u64,
    table_entries: u64,
    flags: u32,
    directory: Vec<u8>,
    tables: Kept,
    grains: Kept,
    decompressed: Decompressed,
}

impl Sparse {
    pub(super) fn open(file: &Section) -> io::Result<Self> {
        let mut header = file.part(0, SECTOR).read_all(SECTOR)?;
        if le64(&header, 56) == AT_END {
            // The last sector marks the end, and the footer stands before it.
            let place = file.len().saturating_sub(2 * SECTOR);
            header = file.part(place, SECTOR).read_all(SECTOR)?;
            if !header.starts_with(MAGIC) {
                return Err(bad("the VMDK image has no footer: it is cut"));
            }
        }
        if !matches!(le32(&header, 4), 1..=3) {
            return Err(bad("the VMDK image has an unknown version"));
        }
        let descriptor = file.part(
            le64(&header, 28).saturating_mul(SECTOR),
            le64(&header, 36).saturating_mul(SECTOR),
        );
        if !descriptor.is_empty() {
            check_parent(&text(&descriptor.read_all(MAX_DESCRIPTOR)?))?;
        }
        let capacity = le64(&header, 12);
        let grain = le64(&header, 20);
        let table_entries = u64::from(le32(&header, 44));
        let flags = le32(&header, 8);
        let sound = (1..=8192).contains(&grain)
            && grain.is_power_of_two()
            && (1..=65_536).contains(&table_entries)
            && capacity <= u64::MAX / SECTOR;
        if !sound {
            return Err(bad("the VMDK image has impossible sizes"));
        }
        if flags & COMPRESSED != 0 && le16(&header, 77) > 1 {
            return Err(bad("the VMDK image is compressed in an unknown way"));
        }
        let entries = capacity.div_ceil(grain * table_entries);
        let place = le64(&header, 56).saturating_mul(SECTOR);
        let directory = file.part(place, entries.saturating_mul(4));
        Ok(Self {
            len: capacity * SECTOR,
            grain: grain * SECTOR,
            table_entries,
            flags,
            directory: directory.read_all(MAX_DIRECTORY)?,
            file: file.clone(),
            tables: Mutex::new(vec![None; KEPT]),
            grains: Mutex::new(vec![None; KEPT / 4]),
            decompressed: Decompressed::default(),
        })
    }

    /// The sector of a grain; 0 if it is not stored.
    fn sector(&self, grain: u64) -> io::Result<u64> {
        let index = usize::try_from(grain / self.table_entries).unwrap_or(usize::MAX);
        let table = u64::from(le32(&self.directory, index.saturating_mul(4)));
        if table == 0 {
            return Ok(0);
        }
        let len = self.table_entries * 4;
        let table = kept(&self.tables, table, || {
            self.file.part(table * SECTOR, len).read_all(len)
        })?;
        let index = usize::try_from(grain % self.table_entries).unwrap_or(0);
        if index * 4 + 4 > table.len() {
            return Err(bad("a table lies beyond the end of the VMDK image"));
        }
        Ok(le32(&table, index * 4).into())
    }

    /// A compressed grain: its first sector on the disk, its length, and a zlib stream.
    fn decompress(&self, sector: u64) -> io::Result<Vec<u8>> {
        let marker = self.file.part(sector * SECTOR, 12).read_all(12)?;
        let len = u64::from(le32(&marker, 8));
        if len > 2 * self.grain + 4096 {
            return Err(bad("a grain of the VMDK image is too long"));
        }
        let packed = self.file.part(sector * SECTOR + 12, len).read_all(len)?;
        self.decompressed.charge(self.grain)?;
        let decoder = flate2::bufread::ZlibDecoder::new(packed.as_slice());
        let mut out = Vec::new();
        decoder.take(self.grain).read_to_end(&mut out)?;
        // The last grain of a disk may be short.
        out.resize(usize::try_from(self.grain).unwrap_or(0), 0);
        Ok(out)
    }
}

/// Refuses images that hold only changes.
fn check_parent(descriptor: &str) -> io::Result<()> {
    let parent = value(descriptor, "parentCID").unwrap_or("ffffffff");
    if parent.eq_ignore_ascii_case("ffffffff") {
        return Ok(());
    }
    Err(bad("a VMDK image with a parent holds only changes"))
}

fn value<'d>(descriptor: &'d str, key: &str) -> Option<&'d str> {
    descriptor.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"'))
    })
}

impl ReadAt for Sparse {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let skip = offset % self.grain;
        let rest = (self.grain - skip).min(self.len.saturating_sub(offset));
        let len = buf.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
        let buf = buf.get_mut(..len).unwrap_or_default();
        if buf.is_empty() {
            return Ok(0);
        }
        let sector = self.sector(offset / self.grain)?;
        if sector == 0 || sector == 1 && self.flags & ZERO_GRAINS != 0 {
            buf.fill(0);
            return Ok(len);
        }
        if self.flags & COMPRESSED != 0 {
            let bytes = kept(&self.grains, sector, || self.decompress(sector))?;
            return Ok(copy(&bytes, skip, buf));
        }
        match self.file.read_full_at(buf, sector * SECTOR + skip)? {
            0 => Err(bad("a grain lies beyond the end of the VMDK image")),
            read => Ok(read),
        }
    }

    fn len(&self) -> u64 {
        self.len
    }
}

/// A disk whose extents lie as they are in files beside a descriptor.
pub(super) struct Flat {
    /// Where each ends on the disk, and its bytes; none for zeros.
    extents: Vec<(u64, Option<Section>)>,
}

impl Flat {
    pub(super) fn open(descriptor: &Section, beside: &Beside<'_>) -> io::Result<Self> {
        let descriptor = text(&descriptor.read_all(MAX_DESCRIPTOR)?);
        check_parent(&descriptor)?;
        let mut extents = Vec::new();
        let mut end = 0_u64;
        for line in descriptor.lines() {
            let mut words = line.split_whitespace();
            let access = words.next();
            if !matches!(access, Some("RW" | "RDONLY")) {
                continue;
            }
            let (sectors, kind) = (words.next(), words.next());
            let sectors = sectors.and_then(|n| n.parse::<u32>().ok().map(u64::from));
            let sectors = sectors.ok_or_else(|| bad("a VMDK extent has no size"))?;
            let len = sectors * SECTOR;
            let bytes = match kind {
                Some("ZERO") => None,
                Some(kind @ ("FLAT" | "VMFS" | "SPARSE")) => {
                    let mut parts = line.split('"');
                    let name = parts.nth(1).filter(|name| !name.contains('/'));
                    let name = name.ok_or_else(|| bad("a VMDK extent names no file beside it"))?;
                    let rest = parts.next().unwrap_or_default();
                    let start = rest.trim().parse::<u32>().map_or(0, u64::from) * SECTOR;
                    let file = beside(name)?;
                    Some(if kind == "SPARSE" {
                        Section::whole(Arc::new(Sparse::open(&file)?))
                    } else {
                        file.part(start, len)
                    })
                }
                kind => {
                    let kind = kind.unwrap_or_default();
                    return Err(bad(format!("VMDK extents of type {kind} are not read")));
                }
            };
            end = end.saturating_add(len);
            extents.push((end, bytes));
            if extents.len() > MAX_EXTENTS {
                return Err(bad("the VMDK image has too many extents"));
            }
        }
        if extents.is_empty() {
            return Err(bad("the VMDK descriptor names no extents"));
        }
        Ok(Self { extents })
    }
}

impl ReadAt for Flat {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let index = self.extents.partition_point(|(end, _)| *end <= offset);
        let Some((end, bytes)) = self.extents.get(index) else {
            return Ok(0);
        };
        let before = index.checked_sub(1).and_then(|i| self.extents.get(i));
        let start = before.map_or(0, |(end, _)| *end);
        let rest = usize::try_from(end - offset).unwrap_or(usize::MAX);
        let len = buf.len().min(rest);
        let buf = buf.get_mut(..len).unwrap_or_default();
        let Some(bytes) = bytes else {
            buf.fill(0);
            return Ok(len);
        };
        match bytes.read_full_at(buf, offset - start)? {
            0 if len > 0 => Err(bad("an extent of the VMDK image is cut")),
            read => Ok(read),
        }
    }

    fn len(&self) -> u64 {
        self.extents.last().map_or(0, |(end, _)| *end)
    }
}
