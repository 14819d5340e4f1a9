//! Reads XFS file systems of versions 4 and 5 (XFS Algorithms & Data Structures, 3rd edition).

use std::io;
use std::sync::Arc;

use super::bytes::{be16, be32, be64, byte, from, text, uuid};
use super::volume::{Blocks, FileSystem, Inode, Mapped, Names, Run, Runs, SYMLINK, bad};
use super::xfs_directory::Format;
use crate::path::MAX_PATH;
use crate::section::Section;

/// Incompatible features that change what is read here or nothing ("Superblocks",
/// `sb_features_incompat`): file types, sparse inodes, metadata UUID, big timestamps, repair
/// needed, large extent counts, exchanged ranges, parent pointers.
const KNOWN: u32 = 0xff;
const INCOMPAT_FTYPE: u32 = 0x1;
/// File types in directories of version 4 (`sb_features2`).
const FEATURES2_FTYPE: u32 = 0x200;

/// Formats of the data fork ("On-disk Inode", `di_format`).
const LOCAL: u8 = 1;
const EXTENTS: u8 = 2;
const BTREE: u8 = 3;

/// The file's data lie on the real-time device (`di_flags`).
const REALTIME: u16 = 1;
/// Extent counts have 64 bits (`di_flags2`).
const LARGE_COUNTS: u64 = 1 << 4;
/// Levels of the deepest extent tree that can be needed.
const MAX_LEVEL: u16 = 16;

/// An XFS file system.
pub(super) struct Xfs {
    blocks: Blocks,
    block_size: u64,
    group_blocks: u64,
    groups: u64,
    group_log: u32,
    inode_size: u64,
    inode_log: u32,
    root: u64,
    is_v5: bool,
    directory: Format,
    uuid: String,
    label: String,
}

impl Xfs {
    pub(super) fn open(section: &Section) -> io::Result<Self> {
        let blocks = Blocks::new(section.clone());
        let sb = blocks.read(0, 264)?;
        if !sb.starts_with(b"XFSB") {
            return Err(bad("the superblock has no magic number"));
        }
        let version = be16(&sb, 100) & 0xf;
        let is_v5 = version == 5;
        if !matches!(version, 4 | 5) {
            return Err(bad(format!("version {version} is not supported")));
        }
        let incompat = if is_v5 { be32(&sb, 216) } else { 0 };
        if incompat & !KNOWN != 0 {
            let unknown = incompat & !KNOWN;
            return Err(bad(format!("features {unknown:#x} are not supported")));
        }
        let log = |place: usize| u32::from(byte(&sb, place));
        let (block_log, inode_log, group_log) = (log(120), log(123), log(124));
        let directory_log = log(192);
        let block_size = u64::from(be32(&sb, 4));
        let xfs = Self {
            block_size,
            group_blocks: be32(&sb, 84).into(),
            groups: be32(&sb, 88).into(),
            group_log,
            inode_size: be16(&sb, 104).into(),
            inode_log,
            root: be64(&sb, 56),
            is_v5,
            directory: Format {
                block_size: block_size.checked_shl(directory_log).unwrap_or(0),
                has_kinds: incompat & INCOMPAT_FTYPE != 0
                    || !is_v5 && be32(&sb, 200) & FEATURES2_FTYPE != 0,
            },
            uuid: uuid(from(&sb, 32)),
            label: text(sb.get(108..120).unwrap_or_default()),
            blocks,
        };
        let sound = (9..=16).contains(&block_log)
            && block_size == 1 << block_log
            && (256..=2048).contains(&xfs.inode_size)
            && xfs.inode_size << inode_log.min(16) == block_size
            && directory_log <= 16 - block_log.min(16)
            && group_log <= 31
            && (1..=1 << group_log).contains(&xfs.group_blocks)
            && xfs.groups > 0;
        if !sound {
            return Err(bad("the superblock has impossible sizes"));
        }
        Ok(xfs)
    }

    /// The byte at which a block that is numbered across the file system stands.
    fn place(&self, block: u64) -> io::Result<u64> {
        let group = block >> self.group_log;
        let block = block & ((1 << self.group_log) - 1);
        if group >= self.groups || block >= self.group_blocks {
            return Err(bad("a block number is beyond the end of the file system"));
        }
        let block = (group * self.group_blocks).saturating_add(block);
        Ok(block.saturating_mul(self.block_size))
    }

    /// The data fork.
    fn fork(inode: &Inode) -> &[u8] {
        let start = if byte(&inode.raw, 4) >= 3 { 176 } else { 100 };
        let fork = from(&inode.raw, start);
        match usize::from(byte(&inode.raw, 82)) * 8 {
            0 => fork,
            len => fork.get(..len).unwrap_or(fork),
        }
    }

    fn format(inode: &Inode) -> u8 {
        byte(&inode.raw, 5)
    }

    fn runs(&self, inode: &Inode) -> io::Result<Runs> {
        let mut runs = Runs::default();
        let fork = Self::fork(inode);
        match Self::format(inode) {
            EXTENTS => {
                let is_large =
                    byte(&inode.raw, 4) >= 3 && be64(&inode.raw, 120) & LARGE_COUNTS != 0;
                let count = if is_large {
                    be64(&inode.raw, 24)
                } else {
                    be32(&inode.raw, 76).into()
                };
                self.records(fork, count, &mut runs)?;
            }
            BTREE => self.tree(fork, &mut runs)?,
            other => return Err(bad(format!("its data have the format {other}"))),
        }
        Ok(runs)
    }

    /// Adds the runs of extent records ("Data Extents": 1 bit unwritten, 54 bits place in the
    /// file, 52 bits block, 21 bits length).
    fn records(&self, bytes: &[u8], count: u64, runs: &mut Runs) -> io::Result<()> {
        let (records, _) = bytes.as_chunks::<16>();
        let records = usize::try_from(count).ok().and_then(|n| records.get(..n));
        let records = records.ok_or_else(|| bad("more extents than there is room for"))?;
        for record in records {
            let (high, low) = (be64(record, 0), be64(record, 8));
            if high >> 63 != 0 {
                continue;
            }
            let offset = (high >> 9) & ((1 << 54) - 1);
            let block = (high & 0x1ff) << 43 | low >> 21;
            runs.add(Run {
                logical: offset.saturating_mul(self.block_size),
                len: (low & ((1 << 21) - 1)) * self.block_size,
                physical: self.place(block)?,
            })?;
        }
        Ok(())
    }

    /// Adds the runs of an extent tree, whose root lies in the inode ("B+tree Extent List").
    fn tree(&self, root: &[u8], runs: &mut Runs) -> io::Result<()> {
        let level = be16(root, 0);
        if level == 0 || level > MAX_LEVEL {
            return Err(bad("the extent tree is too deep"));
        }
        let mut left = Vec::new();
        let room = root.len().saturating_sub(4) / 16;
        children(from(root, 4), be16(root, 2), room, level, &mut left)?;
        let (magic, header): (&[u8], usize) = if self.is_v5 {
            (b"BMA3", 72)
        } else {
            (b"BMAP", 24)
        };
        let len = usize::try_from(self.block_size).unwrap_or(0);
        while let Some((block, level)) = left.pop() {
            let node = self.blocks.read(self.place(block)?, len)?;
            if !node.starts_with(magic) || be16(&node, 4) != level {
                return Err(bad("a node of the extent tree is damaged"));
            }
            let count = be16(&node, 6);
            let rest = from(&node, header);
            if level == 0 {
                self.records(rest, count.into(), runs)?;
            } else {
                children(rest, count, rest.len() / 16, level, &mut left)?;
            }
        }
        Ok(())
    }

    fn mapped(&self, runs: Runs, len: u64) -> Section {
        Section::whole(Arc::new(Mapped {
            volume: self.blocks.section().clone(),
            runs,
            len,
        }))
    }

    /// The target of a symlink that has blocks of its own ("Extent Symbolic Links"); in version 5
    /// each run begins with a header.
    fn remote_target(&self, link: &Inode) -> io::Result<Vec<u8>> {
        if link.size > MAX_PATH as u64 {
            return Err(bad("its target is too long"));
        }
        let len = usize::try_from(link.size).unwrap_or(0);
        let mut target = Vec::new();
        for run in self.runs(link)?.as_slice() {
            if target.len() >= len {
                break;
            }
            let bytes = usize::try_from(run.len).unwrap_or(0).min(64 << 10);
            let bytes = self.blocks.read(run.physical, bytes)?;
            let part = match (self.is_v5, bytes.starts_with(b"XSLM")) {
                (false, _) => bytes.as_slice(),
                (true, true) => {
                    let here = usize::try_from(be32(&bytes, 8)).unwrap_or(0);
                    bytes
                        .get(56..56_usize.saturating_add(here))
                        .unwrap_or_default()
                }
                (true, false) => return Err(bad("its target has no header")),
            };
            target.extend_from_slice(part);
        }
        if target.len() < len {
            return Err(bad("its target is cut"));
        }
        target.truncate(len);
        Ok(target)
    }
}

/// Puts the blocks below a node on the stack, the first on top. Keys come first, and pointers
/// after the room for all keys.
fn children(
    node: &[u8],
    count: u16,
    room: usize,
    level: u16,
    left: &mut Vec<(u64, u16)>,
) -> io::Result<()> {
    let (pointers, _) = from(node, room * 8).as_chunks::<8>();
    let pointers = pointers.get(..usize::from(count));
    let pointers = pointers.filter(|p| p.len() <= room);
    let pointers = pointers.ok_or_else(|| bad("a node of the extent tree is overfull"))?;
    for pointer in pointers.iter().rev() {
        left.push((u64::from_be_bytes(*pointer), level - 1));
    }
    Ok(())
}

impl FileSystem for Xfs {
    fn root(&self) -> u64 {
        self.root
    }

    fn uuid(&self) -> &str {
        &self.uuid
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn needs_recovery(&self) -> bool {
        // Only going through the log would tell.
        false
    }

    fn inode(&self, number: u64) -> io::Result<Inode> {
        // The number is made of group, block in the group and index in the block ("Inode
        // Numbers").
        let index = number & ((1 << self.inode_log) - 1);
        let start = self.place(number >> self.inode_log)?;
        let len = usize::try_from(self.inode_size).unwrap_or(256);
        let raw = self
            .blocks
            .read(start.saturating_add(index * self.inode_size), len)?;
        if !raw.starts_with(b"IN") {
            return Err(bad(format!("inode {number} has no magic number")));
        }
        Ok(Inode {
            mode: be16(&raw, 2),
            size: be64(&raw, 56),
            raw,
        })
    }

    fn list(&self, directory: &Inode, names: &mut Names) -> io::Result<()> {
        if Self::format(directory) == LOCAL {
            return self.directory.short(Self::fork(directory), names);
        }
        let runs = self.runs(directory)?;
        let ranges = self.directory.data(runs.as_slice());
        let end = ranges.last().map_or(0, |range| range.1);
        let content = self.mapped(runs, end);
        let mut damage = Ok(());
        for range in ranges {
            let size = self.directory.block_size;
            self.blocks.directory(&content, range, size, &mut |block| {
                if let Err(error) = self.directory.block(block, names) {
                    damage = Err(error);
                }
            })?;
        }
        damage
    }

    fn content(&self, file: &Inode) -> io::Result<Section> {
        if be16(&file.raw, 90) & REALTIME != 0 {
            return Err(bad("its data lie on a real-time device"));
        }
        Ok(self.mapped(self.runs(file)?, file.size))
    }

    fn target(&self, link: &Inode) -> io::Result<Vec<u8>> {
        debug_assert!(link.is(SYMLINK));
        if Self::format(link) != LOCAL {
            return self.remote_target(link);
        }
        let len = usize::try_from(link.size).unwrap_or(usize::MAX);
        let target = Self::fork(link).get(..len);
        let target = target.ok_or_else(|| bad("its target is cut"))?;
        Ok(target.to_vec())
    }
}
