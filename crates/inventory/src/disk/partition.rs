//! Reads partition tables: MBR with logical partitions, and GPT (UEFI specification §5).

use std::io;

use flate2::Crc;
use model::Problem;

use super::bytes::{byte, guid, le16, le32, le64};
use super::volume::bad;
use crate::section::Section;

/// Sector sizes of disks; MBRs count in the first.
const SECTORS: [u64; 2] = [512, 4096];
/// Logical partitions that are followed, and entries of a GPT.
const MAX_LOGICAL: u32 = 128;
const MAX_ENTRIES: u64 = 1024;

/// Partition types without a system's files, by GPT type: EFI system, BIOS boot, Linux swap,
/// Microsoft reserved, `PReP` boot.
const EMPTY_GUIDS: &[&str] = &[
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
    "21686148-6449-6e6f-744e-656564454649",
    "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae",
    "9e1a2d38-c612-4316-aa26-8b49521e5a8b",
];
/// The same by MBR type: EFI system, Linux swap, `PReP` boot.
const EMPTY_TYPES: [u8; 3] = [0xef, 0x82, 0x41];
/// Extended partitions, which hold logical ones.
const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];
/// The type of the one partition of an MBR that only protects a GPT.
const PROTECTIVE: u8 = 0xee;

/// A part of a disk.
pub(super) struct Partition {
    /// As Linux numbers it.
    pub(super) number: u32,
    pub(super) content: Section,
    /// Its type says that no system's files lie in it.
    pub(super) is_empty: bool,
    pub(super) uuid: String,
    pub(super) label: String,
}

/// The partitions of a disk, with what was wrong with the table.
pub(super) struct Table {
    pub(super) partitions: Vec<Partition>,
    pub(super) problems: Vec<Problem>,
}

/// Whether the bytes begin with a partition table.
pub(super) fn is_table(disk: &Section) -> io::Result<bool> {
    let sector = first(disk)?;
    Ok(is_mbr(&sector, disk.len()) || gpt_sector(disk)?.is_some())
}

/// The partitions of a disk; none if it has no table.
pub(super) fn read(disk: &Section) -> io::Result<Option<Table>> {
    let sector = first(disk)?;
    if !is_mbr(&sector, disk.len()) {
        // Without its protective MBR a GPT does not count for firmware, but does for Linux tools.
        return match gpt_sector(disk)? {
            Some(sector) => Ok(Some(gpt(disk, sector))),
            None => Ok(None),
        };
    }
    let is_protective = entries(&sector).any(|entry| entry.kind == PROTECTIVE);
    if is_protective {
        return Ok(Some(gpt(disk, gpt_sector(disk)?.unwrap_or(512))));
    }
    Ok(Some(mbr(disk, &sector)))
}

fn first(disk: &Section) -> io::Result<Vec<u8>> {
    disk.part(0, 512).read_all(512)
}

struct Entry {
    status: u8,
    kind: u8,
    start: u64,
    len: u64,
}

/// The four entries of a boot record, in bytes.
fn entries(sector: &[u8]) -> impl Iterator<Item = Entry> {
    (0..4).map(|i| {
        let at = 446 + 16 * i;
        Entry {
            status: byte(sector, at),
            kind: byte(sector, at + 4),
            start: u64::from(le32(sector, at + 8)) * 512,
            len: u64::from(le32(sector, at + 12)) * 512,
        }
    })
}

/// Whether a sector is an MBR; other boot sectors have the same mark, but code in place of the
/// table.
fn is_mbr(sector: &[u8], disk: u64) -> bool {
    let used = || entries(sector).filter(|entry| entry.kind != 0);
    le16(sector, 510) == 0xaa55
        && entries(sector).all(|entry| matches!(entry.status, 0 | 0x80))
        && used().next().is_some()
        && used().all(|entry| entry.start > 0 && entry.start < disk && entry.len > 0)
}

fn mbr(disk: &Section, sector: &[u8]) -> Table {
    let mut table = Table {
        partitions: Vec::new(),
        problems: Vec::new(),
    };
    let signature = le32(sector, 440);
    for (number, entry) in (1..).zip(entries(sector)) {
        if EXTENDED.contains(&entry.kind) {
            if let Err(error) = logical(disk, entry.start, signature, &mut table) {
                let place = format!("partition {number}");
                table.problems.push(Problem::new(place, error.to_string()));
            }
        } else if entry.kind != 0 {
            table.add(disk, number, &entry, signature);
        }
    }
    table.partitions.sort_by_key(|partition| partition.number);
    table
}

impl Table {
    fn add(&mut self, disk: &Section, number: u32, entry: &Entry, signature: u32) {
        if entry.start.saturating_add(entry.len) > disk.len() {
            let place = format!("partition {number}");
            self.problems
                .push(Problem::new(place, "it ends beyond the end of the disk"));
        }
        self.partitions.push(Partition {
            number,
            content: disk.part(entry.start, entry.len),
            is_empty: EMPTY_TYPES.contains(&entry.kind),
            uuid: format!("{signature:08x}-{number:02x}"),
            label: String::new(),
        });
    }
}

/// Adds logical partitions: each has a boot record of its own, which names it from its own place
/// and the next record from the place of the extended partition.
fn logical(disk: &Section, extended: u64, signature: u32, table: &mut Table) -> io::Result<()> {
    let mut place = extended;
    let mut number = 5;
    for _ in 0..MAX_LOGICAL {
        let sector = disk.part(place, 512).read_all(512)?;
        if le16(&sector, 510) != 0xaa55 {
            return Err(bad("the chain of logical partitions is broken"));
        }
        let mut entries = entries(&sector);
        if let Some(mut entry) = entries.next().filter(|entry| entry.kind != 0) {
            entry.start = entry.start.saturating_add(place);
            table.add(disk, number, &entry, signature);
            number += 1;
        }
        match entries.next() {
            Some(next) if EXTENDED.contains(&next.kind) && next.start > 0 => {
                place = extended.saturating_add(next.start);
            }
            _ => return Ok(()),
        }
    }
    let what = format!("more than the limit of {MAX_LOGICAL} logical partitions");
    Err(bad(what))
}

/// The sector size under which a GPT header stands in the second sector.
fn gpt_sector(disk: &Section) -> io::Result<Option<u64>> {
    for sector in SECTORS {
        let mut magic = [0; 8];
        if disk.read_full_at(&mut magic, sector)? == 8 && &magic == b"EFI PART" {
            return Ok(Some(sector));
        }
    }
    Ok(None)
}

/// The partitions of a GPT: of its copy at the end of the disk if the first is damaged.
fn gpt(disk: &Section, sector: u64) -> Table {
    let place = "partition table";
    let mut problems = Vec::new();
    match gpt_at(disk, sector, 1) {
        Ok(partitions) => {
            return Table {
                partitions,
                problems,
            };
        }
        Err(error) => problems.push(Problem::new(place, error.to_string())),
    }
    let last = (disk.len() / sector).saturating_sub(1);
    let partitions = gpt_at(disk, sector, last).unwrap_or_else(|error| {
        problems.push(Problem::new(place, format!("in the copy: {error}")));
        Vec::new()
    });
    Table {
        partitions,
        problems,
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn gpt_at(disk: &Section, sector: u64, place: u64) -> io::Result<Vec<Partition>> {
    let header = disk
        .part(place.saturating_mul(sector), sector)
        .read_all(sector)?;
    let len = usize::try_from(le32(&header, 12)).unwrap_or(0);
    let checked = header.get(..len).filter(|_| len >= 92);
    let (Some(checked), true) = (checked, header.starts_with(b"EFI PART")) else {
        return Err(bad("the GPT header is damaged"));
    };
    let mut checked = checked.to_vec();
    if let Some(field) = checked.get_mut(16..20) {
        field.fill(0);
    }
    if checksum(&checked) != le32(&header, 16) {
        return Err(bad("the checksum of the GPT header is wrong"));
    }
    let (count, size) = (u64::from(le32(&header, 80)), u64::from(le32(&header, 84)));
    if count > MAX_ENTRIES || !(128..=4096).contains(&size) {
        return Err(bad("the GPT has impossible sizes"));
    }
    let start = le64(&header, 72).saturating_mul(sector);
    let entries = disk.part(start, count * size).read_all(count * size)?;
    if checksum(&entries) != le32(&header, 88) {
        return Err(bad("the checksum of the GPT entries is wrong"));
    }
    let mut partitions = Vec::new();
    let chunk = usize::try_from(size).unwrap_or(128);
    for (number, entry) in (1..).zip(entries.chunks(chunk)) {
        let kind = guid(entry);
        if entry.iter().take(16).all(|&b| b == 0) {
            continue;
        }
        let (first, last) = (le64(entry, 32), le64(entry, 40));
        let len = last.saturating_sub(first).saturating_add(1);
        let name = entry.get(56..128).unwrap_or_default();
        let (units, _) = name.as_chunks::<2>();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        let units: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
        partitions.push(Partition {
            number,
            content: disk.part(first.saturating_mul(sector), len.saturating_mul(sector)),
            is_empty: EMPTY_GUIDS.contains(&kind.as_str()),
            uuid: guid(entry.get(16..).unwrap_or_default()),
            label: String::from_utf16_lossy(&units),
        });
    }
    Ok(partitions)
}
