//! The entries of XFS directories: in the inode, and in data blocks.

use std::io;

use super::bytes::{be16, be32, be64, byte, from};
use super::volume::{Names, Run, bad};

/// From here on a directory holds indexes, not names ("Directories": 32 GiB).
const INDEXES: u64 = 1 << 35;
/// Marks unused space in a data block.
const UNUSED: u16 = 0xffff;

/// What differs between file systems.
pub(super) struct Format {
    /// Bytes of a directory block.
    pub(super) block_size: u64,
    /// Entries say what kind of file they name.
    pub(super) has_kinds: bool,
}

impl Format {
    /// The names of a directory that fits into its inode ("Shortform Directories").
    pub(super) fn short(&self, fork: &[u8], names: &mut Names) -> io::Result<()> {
        let count = byte(fork, 0);
        // A second count says how many numbers need 64 bits; then all have them.
        let width = if byte(fork, 1) > 0 { 8 } else { 4 };
        let mut rest = from(fork, 2 + width);
        for _ in 0..count {
            let name_len = usize::from(byte(rest, 0));
            let after = 3 + name_len;
            let after = after + usize::from(self.has_kinds);
            let name = rest.get(3..3 + name_len).filter(|name| !name.is_empty());
            let (Some(name), true) = (name, rest.len() >= after + width) else {
                return Err(bad("the entries in its inode are cut"));
            };
            let number = match width {
                8 => be64(rest, after),
                _ => be32(rest, after).into(),
            };
            names.add(name, number);
            rest = from(rest, after + width);
        }
        Ok(())
    }

    /// The parts of a directory that hold names, as places from and to, whole blocks each.
    pub(super) fn data(&self, runs: &[Run]) -> Vec<(u64, u64)> {
        let mut parts: Vec<(u64, u64)> = Vec::new();
        for run in runs {
            if run.logical >= INDEXES {
                break;
            }
            let start = run.logical / self.block_size * self.block_size;
            let end = (run.logical + run.len).min(INDEXES);
            let end = end.div_ceil(self.block_size) * self.block_size;
            match parts.last_mut() {
                Some(last) if start <= last.1 => last.1 = end.max(last.1),
                _ => parts.push((start, end)),
            }
        }
        parts
    }

    /// The names in a data block ("Block Directories", "Leaf Directories").
    pub(super) fn block(&self, block: &[u8], names: &mut Names) -> io::Result<()> {
        let (header, has_tail) = match block.get(..4) {
            Some(b"XD2D") => (16, false),
            Some(b"XD2B") => (16, true),
            Some(b"XDD3") => (64, false),
            Some(b"XDB3") => (64, true),
            _ => return Err(bad("a directory block has no magic number")),
        };
        let mut end = block.len();
        if has_tail {
            // The index lies in the same block: 8 bytes for each entry, then their number.
            let count = usize::try_from(be32(block, end.saturating_sub(8))).unwrap_or(usize::MAX);
            let tail = count.saturating_mul(8).saturating_add(8);
            end = end.saturating_sub(tail);
        }
        let mut rest = block.get(header..end).unwrap_or_default();
        while !rest.is_empty() {
            let len = if be16(rest, 0) == UNUSED && rest.len() >= 4 {
                usize::from(be16(rest, 2))
            } else {
                let name_len = usize::from(byte(rest, 8));
                let name = rest.get(9..9 + name_len).filter(|name| !name.is_empty());
                let name = name.ok_or_else(|| bad("an entry is cut"))?;
                names.add(name, be64(rest, 0));
                (9 + name_len + usize::from(self.has_kinds) + 2).next_multiple_of(8)
            };
            if len < 8 || len % 8 != 0 || len > rest.len() {
                return Err(bad("a chain of entries is broken"));
            }
            rest = from(rest, len);
        }
        Ok(())
    }
}
