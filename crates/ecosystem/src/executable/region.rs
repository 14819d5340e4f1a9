//! Places in an executable file, and bounded reads of them.

use std::io::{Read, SeekFrom};

use crate::Content;

/// A run of bytes in the file and the address at which it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Region {
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Length in the file, in bytes.
    pub(crate) size: u64,
    pub(crate) address: u64,
}

/// What is needed of one program's headers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Regions {
    /// Where Go's build information starts.
    pub(crate) go: Option<Region>,
    /// Whether `go` is known by its section's name, so that nothing has to be searched.
    pub(crate) go_is_named: bool,
    /// The section of `cargo auditable`.
    pub(crate) auditable: Option<Region>,
    /// Everything that is loaded, to find the place of an address.
    pub(crate) loaded: Vec<Region>,
}

impl Regions {
    /// The offset in the file of a loaded address, and how many bytes follow it there.
    pub(crate) fn offset_of(&self, address: u64) -> Option<(u64, u64)> {
        self.loaded.iter().find_map(|r| {
            let into = address.checked_sub(r.address)?;
            let left = r.size.checked_sub(into)?;
            (left > 0).then_some(())?;
            Some((r.offset.checked_add(into)?, left))
        })
    }
}

/// How much memory is set aside before anything is read, in bytes.
const ROOM: u64 = 64 << 10;

/// Up to `length` bytes at `offset`; fewer where the file ends. Memory follows what is there,
/// not what is asked for.
pub(crate) fn read_at(
    content: &mut dyn Content,
    offset: u64,
    length: u64,
) -> std::io::Result<Vec<u8>> {
    content.seek(SeekFrom::Start(offset))?;
    // Room for what is usual, so that it is read in one go.
    let room = usize::try_from(length.min(ROOM)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(room);
    content.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Byte order of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endian {
    Little,
    Big,
}

impl Endian {
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(raw),
            Self::Big => u16::from_be_bytes(raw),
        })
    }

    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(raw),
            Self::Big => u32::from_be_bytes(raw),
        })
    }

    pub(crate) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u64::from_le_bytes(raw),
            Self::Big => u64::from_be_bytes(raw),
        })
    }

    /// A word of the file's class: eight bytes if `wide`, else four.
    pub(crate) fn word(self, bytes: &[u8], at: usize, wide: bool) -> Option<u64> {
        if wide {
            self.u64(bytes, at)
        } else {
            self.u32(bytes, at).map(u64::from)
        }
    }
}

/// The text up to the first zero byte.
pub(crate) fn c_text(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == 0).next().unwrap_or(bytes)
}
