//! Maps the bytes of an ext file to the disk: extent trees and indirect blocks.

use std::io;

use super::bytes::{from, le16, le32};
use super::volume::{Blocks, Run, Runs, bad};

/// The magic number of a node ("Extent Tree").
const NODE: u16 = 0xf30a;
/// Depth of the deepest tree that can be needed.
const MAX_DEPTH: u16 = 5;
/// An extent of more blocks than this is allocated but unwritten: it reads as zeros.
const MAX_WRITTEN: u16 = 32_768;

/// The runs of a file with an extent tree.
pub(super) fn extents(blocks: &Blocks, block_size: u64, root: &[u8]) -> io::Result<Runs> {
    let mut runs = Runs::default();
    let depth = le16(root, 6);
    if depth > MAX_DEPTH {
        return Err(bad("the extent tree is too deep"));
    }
    let mut left: Vec<(u64, u16)> = Vec::new();
    extent_node(root, depth, block_size, &mut runs, &mut left)?;
    while let Some((block, depth)) = left.pop() {
        let len = usize::try_from(block_size).unwrap_or(0);
        let node = blocks.read(block.saturating_mul(block_size), len)?;
        extent_node(&node, depth, block_size, &mut runs, &mut left)?;
    }
    Ok(runs)
}

/// Adds a leaf's runs, or puts the blocks below a node on the stack, the first on top.
fn extent_node(
    node: &[u8],
    depth: u16,
    block_size: u64,
    runs: &mut Runs,
    left: &mut Vec<(u64, u16)>,
) -> io::Result<()> {
    if le16(node, 0) != NODE || le16(node, 6) != depth {
        return Err(bad("a node of the extent tree is damaged"));
    }
    let count = usize::from(le16(node, 2));
    let (entries, _) = from(node, 12).as_chunks::<12>();
    let entries = entries.get(..count);
    let entries = entries.ok_or_else(|| bad("a node of the extent tree is overfull"))?;
    if depth > 0 {
        for entry in entries.iter().rev() {
            let block = u64::from(le16(entry, 8)) << 32 | u64::from(le32(entry, 4));
            left.push((block, depth - 1));
        }
        return Ok(());
    }
    for entry in entries {
        let len = le16(entry, 4);
        if len > MAX_WRITTEN {
            continue;
        }
        let block = u64::from(le16(entry, 6)) << 32 | u64::from(le32(entry, 8));
        runs.add(Run {
            logical: u64::from(le32(entry, 0)) * block_size,
            len: u64::from(len) * block_size,
            physical: block.saturating_mul(block_size),
        })?;
    }
    Ok(())
}

/// The runs of a file with direct and indirect blocks ("Direct/Indirect Block Addressing").
pub(super) fn indirect(
    blocks: &Blocks,
    block_size: u64,
    size: u64,
    root: &[u8],
) -> io::Result<Runs> {
    let mut map = Indirect {
        blocks,
        block_size,
        end: size.div_ceil(block_size),
        next: 0,
        runs: Runs::default(),
    };
    for i in 0..15_u32 {
        let pointer = le32(root, 4 * usize::try_from(i).unwrap_or(0));
        map.visit(pointer, i.saturating_sub(11))?;
    }
    Ok(map.runs)
}

struct Indirect<'b> {
    blocks: &'b Blocks,
    block_size: u64,
    /// Blocks of the file.
    end: u64,
    /// The block of the file that the next pointer is about.
    next: u64,
    runs: Runs,
}

impl Indirect<'_> {
    /// Follows a pointer through `level` blocks of pointers; at most three.
    fn visit(&mut self, pointer: u32, level: u32) -> io::Result<()> {
        if self.next >= self.end {
            return Ok(());
        }
        if pointer == 0 {
            self.next += (self.block_size / 4).pow(level);
            return Ok(());
        }
        let place = u64::from(pointer) * self.block_size;
        if level == 0 {
            self.runs.add(Run {
                logical: self.next.saturating_mul(self.block_size),
                len: self.block_size,
                physical: place,
            })?;
            self.next += 1;
            return Ok(());
        }
        let len = usize::try_from(self.block_size).unwrap_or(0);
        let pointers = self.blocks.read(place, len)?;
        for pointer in pointers.as_chunks::<4>().0 {
            self.visit(u32::from_le_bytes(*pointer), level - 1)?;
        }
        Ok(())
    }
}
