//! Reads ext2, ext3 and ext4 file systems (Linux `Documentation/filesystems/ext4`).

use std::io;
use std::sync::Arc;

use super::bytes::{byte, from, le16, le32, text, uuid};
use super::ext4_map;
use super::volume::{
    Blocks, DIRECTORY, FileSystem, Inode, KIND, Mapped, Names, REGULAR, Runs, SYMLINK, bad,
};
use crate::path::MAX_PATH;
use crate::section::Section;

/// Features without which the metadata cannot be understood ("Superblock", `s_feature_incompat`).
mod incompat {
    pub(super) const FILETYPE: u32 = 0x2;
    pub(super) const RECOVER: u32 = 0x4;
    pub(super) const META_BG: u32 = 0x10;
    pub(super) const IS_64BIT: u32 = 0x80;
    pub(super) const LARGEDIR: u32 = 0x4000;
    /// Those above and extents, multiple mount protection, flexible groups, values in inodes,
    /// checksum seed, inline data, encryption, case folding.
    pub(super) const KNOWN: u32 = FILETYPE
        | RECOVER
        | META_BG
        | 0x40
        | IS_64BIT
        | 0x100
        | 0x200
        | 0x400
        | 0x2000
        | LARGEDIR
        | 0x8000
        | 0x1_0000
        | 0x2_0000;
}

/// Flags of an inode ("Index Nodes", `i_flags`).
const ENCRYPTED: u32 = 0x800;
const EXTENTS: u32 = 0x8_0000;
const INLINE: u32 = 0x1000_0000;

/// The root directory's inode.
const ROOT: u64 = 2;
/// Bytes of block numbers, an extent tree's root, or data in an inode.
const I_BLOCK: std::ops::Range<usize> = 0x28..0x64;
/// The magic number before extended attributes in an inode.
const ATTRIBUTES: u32 = 0xea02_0000;
/// The attribute namespace `system.`
const SYSTEM: u8 = 7;

/// An ext2, ext3 or ext4 file system.
pub(super) struct Ext {
    blocks: Blocks,
    block_size: u64,
    inode_size: u64,
    inodes: u64,
    inodes_per_group: u64,
    blocks_per_group: u64,
    first_data_block: u64,
    /// The block that holds the superblock.
    superblock: u64,
    descriptor_size: u64,
    first_meta_group: u64,
    incompat: u32,
    is_sparse: bool,
    uuid: String,
    label: String,
}

impl Ext {
    pub(super) fn open(section: &Section) -> io::Result<Self> {
        let blocks = Blocks::new(section.clone());
        let sb = blocks.read(1024, 1024)?;
        if le16(&sb, 0x38) != 0xef53 {
            return Err(bad("the superblock has no magic number"));
        }
        let incompat = match le32(&sb, 0x4c) {
            0 => 0,
            _ => le32(&sb, 0x60),
        };
        if incompat & !incompat::KNOWN != 0 {
            let unknown = incompat & !incompat::KNOWN;
            return Err(bad(format!("features {unknown:#x} are not supported")));
        }
        let log = le32(&sb, 0x18);
        let dynamic = le32(&sb, 0x4c) >= 1;
        let inode_size = if dynamic { le16(&sb, 0x58) } else { 128 };
        let descriptor_size = match le16(&sb, 0xfe) {
            size if incompat & incompat::IS_64BIT != 0 => size,
            _ => 32,
        };
        let ext = Self {
            block_size: 1024_u64.checked_shl(log).filter(|_| log <= 6).unwrap_or(0),
            inode_size: inode_size.into(),
            inodes: le32(&sb, 0).into(),
            inodes_per_group: le32(&sb, 0x28).into(),
            blocks_per_group: le32(&sb, 0x20).into(),
            first_data_block: le32(&sb, 0x14).into(),
            superblock: u64::from(log == 0),
            descriptor_size: descriptor_size.into(),
            first_meta_group: match incompat & incompat::META_BG {
                0 => u64::MAX,
                _ => le32(&sb, 0x104).into(),
            },
            incompat,
            is_sparse: le32(&sb, 0x64) & 1 != 0,
            uuid: uuid(from(&sb, 0x68)),
            label: text(sb.get(0x78..0x88).unwrap_or_default()),
            blocks,
        };
        let sound = ext.block_size > 0
            && (128..=ext.block_size).contains(&ext.inode_size)
            && ext.inode_size.is_power_of_two()
            && (32..=ext.block_size).contains(&ext.descriptor_size)
            && ext.descriptor_size.is_power_of_two()
            && ext.inodes_per_group > 0
            && ext.blocks_per_group > 0
            && ext.first_data_block <= ext.superblock;
        if !sound {
            return Err(bad("the superblock has impossible sizes"));
        }
        Ok(ext)
    }

    /// Where a group's descriptor stands ("Block Group Descriptors", "Meta Block Groups").
    fn descriptor(&self, group: u64) -> u64 {
        let per_block = self.block_size / self.descriptor_size;
        let place = |block: u64, index: u64| {
            let start = block.saturating_mul(self.block_size);
            start.saturating_add(index * self.descriptor_size)
        };
        let meta_group = group / per_block;
        if meta_group < self.first_meta_group {
            return place(self.superblock + 1, group);
        }
        let first = meta_group * per_block;
        let start = first.saturating_mul(self.blocks_per_group);
        let start = start.saturating_add(self.first_data_block);
        // With clusters, the first group begins before the superblock in blocks of 1 KiB.
        let copy = match first {
            0 => self.superblock + 1 - self.first_data_block,
            _ => self.has_superblock(first).into(),
        };
        place(start.saturating_add(copy), group % per_block)
    }

    /// Whether a group begins with a copy of the superblock ("Layout", `sparse_super`).
    fn has_superblock(&self, group: u64) -> bool {
        let is_power = |base: u64| {
            let mut power = base;
            while power < group {
                power = power.saturating_mul(base);
            }
            power == group
        };
        !self.is_sparse || group <= 1 || is_power(3) || is_power(5) || is_power(7)
    }

    fn flags(inode: &Inode) -> u32 {
        le32(&inode.raw, 0x20)
    }

    fn check_encryption(inode: &Inode) -> io::Result<()> {
        match Self::flags(inode) & ENCRYPTED {
            0 => Ok(()),
            _ => Err(bad("encrypted")),
        }
    }

    fn i_block(inode: &Inode) -> &[u8] {
        inode.raw.get(I_BLOCK).unwrap_or_default()
    }

    /// The part of inline data that lies in the attribute `system.data` ("Inline Data").
    fn inline_rest(inode: &Inode) -> &[u8] {
        let extra = usize::from(le16(&inode.raw, 0x80));
        let attributes = from(&inode.raw, 128 + extra);
        if le32(attributes, 0) != ATTRIBUTES {
            return &[];
        }
        let entries = from(attributes, 4);
        let mut entry = entries;
        while entry.len() >= 16 && le32(entry, 0) != 0 {
            let name_len = usize::from(byte(entry, 0));
            let name = entry.get(16..16 + name_len).unwrap_or_default();
            if byte(entry, 1) == SYSTEM && name == b"data" {
                let start = usize::from(le16(entry, 2));
                let len = usize::try_from(le32(entry, 8)).unwrap_or(usize::MAX);
                let value = from(entries, start);
                return value.get(..len).unwrap_or(value);
            }
            entry = from(entry, (16 + name_len).next_multiple_of(4));
        }
        &[]
    }

    fn inline(inode: &Inode) -> Vec<u8> {
        let mut bytes = Self::i_block(inode).to_vec();
        bytes.extend_from_slice(Self::inline_rest(inode));
        bytes.truncate(usize::try_from(inode.size).unwrap_or(usize::MAX));
        bytes
    }

    fn runs(&self, inode: &Inode) -> io::Result<Runs> {
        let root = Self::i_block(inode);
        if Self::flags(inode) & EXTENTS != 0 {
            ext4_map::extents(&self.blocks, self.block_size, root)
        } else {
            ext4_map::indirect(&self.blocks, self.block_size, inode.size, root)
        }
    }

    fn bytes(&self, inode: &Inode) -> io::Result<Section> {
        if Self::flags(inode) & INLINE != 0 {
            let bytes = Self::inline(inode);
            if (bytes.len() as u64) < inode.size {
                return Err(bad("its inline data is cut"));
            }
            return Ok(Section::whole(Arc::new(bytes)));
        }
        Ok(Section::whole(Arc::new(Mapped {
            volume: self.blocks.section().clone(),
            runs: self.runs(inode)?,
            len: inode.size,
        })))
    }

    /// The names in one block; false if the chain of entries is broken.
    fn names(&self, block: &[u8], names: &mut Names) -> bool {
        let mut rest = block;
        while rest.len() >= 8 {
            // The length has 16 bits, and blocks may have 64 KiB ("Directory Entries").
            let len = match le16(rest, 4) {
                0 | 0xffff if rest.len() >= 1 << 16 => rest.len(),
                len => usize::from(len),
            };
            let name_len = match self.incompat & incompat::FILETYPE {
                0 => usize::from(le16(rest, 6)),
                _ => usize::from(byte(rest, 6)),
            };
            let number = le32(rest, 0);
            if len < 8 || len > rest.len() {
                // A block that no name was ever put in.
                return block.iter().all(|&b| b == 0);
            }
            // What is unused, the index nodes and the checksum have no inode.
            if number != 0 {
                match rest.get(8..8 + name_len).filter(|_| 8 + name_len <= len) {
                    Some(name) => names.add(name, number.into()),
                    None => return false,
                }
            }
            rest = from(rest, len);
        }
        true
    }
}

impl FileSystem for Ext {
    fn root(&self) -> u64 {
        ROOT
    }

    fn uuid(&self) -> &str {
        &self.uuid
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn needs_recovery(&self) -> bool {
        self.incompat & incompat::RECOVER != 0
    }

    fn inode(&self, number: u64) -> io::Result<Inode> {
        if number == 0 || number > self.inodes {
            return Err(bad(format!("there is no inode {number}")));
        }
        let group = (number - 1) / self.inodes_per_group;
        let index = (number - 1) % self.inodes_per_group;
        let size = usize::try_from(self.descriptor_size).unwrap_or(32);
        let descriptor = self.blocks.read(self.descriptor(group), size)?;
        let high = if size >= 64 {
            le32(&descriptor, 0x28)
        } else {
            0
        };
        let table = u64::from(high) << 32 | u64::from(le32(&descriptor, 0x8));
        let start = table.saturating_mul(self.block_size);
        let place = start.saturating_add(index * self.inode_size);
        let len = usize::try_from(self.inode_size).unwrap_or(128);
        let raw = self.blocks.read(place, len)?;
        let mode = le16(&raw, 0);
        // In directories the upper half once was another field.
        let has_high = mode & KIND == REGULAR
            || mode & KIND == DIRECTORY && self.incompat & incompat::LARGEDIR != 0;
        let high = if has_high { le32(&raw, 0x6c) } else { 0 };
        Ok(Inode {
            mode,
            size: u64::from(high) << 32 | u64::from(le32(&raw, 0x4)),
            raw,
        })
    }

    fn list(&self, directory: &Inode, names: &mut Names) -> io::Result<()> {
        Self::check_encryption(directory)?;
        let mut is_whole = true;
        if Self::flags(directory) & INLINE != 0 {
            // The parent's number comes first ("Inline Directories").
            is_whole &= self.names(from(Self::i_block(directory), 4), names);
            is_whole &= self.names(Self::inline_rest(directory), names);
        } else {
            let content = self.bytes(directory)?;
            let all = (0, content.len());
            self.blocks
                .directory(&content, all, self.block_size, &mut |block| {
                    is_whole &= self.names(block, names);
                })?;
        }
        if is_whole {
            return Ok(());
        }
        Err(bad("a chain of entries is broken"))
    }

    fn content(&self, file: &Inode) -> io::Result<Section> {
        Self::check_encryption(file)?;
        self.bytes(file)
    }

    fn target(&self, link: &Inode) -> io::Result<Vec<u8>> {
        Self::check_encryption(link)?;
        debug_assert!(link.is(SYMLINK));
        let root = Self::i_block(link);
        let is_fast = Self::flags(link) & (EXTENTS | INLINE) == 0 && link.size < root.len() as u64;
        if is_fast {
            let len = usize::try_from(link.size).unwrap_or(0);
            return Ok(root.get(..len).unwrap_or_default().to_vec());
        }
        self.bytes(link)?.read_all(MAX_PATH as u64)
    }
}
