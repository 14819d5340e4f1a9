//! Tells by magic numbers what a disk or a partition holds.

use std::io;

use crate::section::Section;

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Ext,
    Xfs,
    Swap,
    /// Something with a name that is not read.
    Named {
        name: &'static str,
        /// The magic number is long enough that nothing else begins like this by chance.
        certain: bool,
    },
    Unknown,
}

impl Content {
    /// Whether a whole file of this content is a disk image and nothing else.
    pub(super) fn is_certain(self) -> bool {
        match self {
            Self::Ext | Self::Xfs => true,
            Self::Named { certain, .. } => certain,
            Self::Swap | Self::Unknown => false,
        }
    }
}

/// Place, magic number, name, and whether it is certain.
const NAMED: &[(u64, &[u8], &str, bool)] = &[
    (0x1_0040, b"_BHRfS_M", "btrfs", true),
    (0, b"LUKS\xba\xbe", "LUKS (encrypted)", true),
    (512, b"LABELONE", "LVM2 physical volume", true),
    (0, b"LABELONE", "LVM2 physical volume", true),
    (3, b"NTFS    ", "NTFS", true),
    (3, b"-FVE-FS-", "BitLocker (encrypted)", true),
    (82, b"FAT32   ", "FAT", false),
    (54, b"FAT16   ", "FAT", false),
    (54, b"FAT12   ", "FAT", false),
    (3, b"EXFAT   ", "exFAT", false),
    (0, b"hsqs", "squashfs", false),
    (1024, b"\xe2\xe1\xf5\xe0", "EROFS", false),
    (1024, b"\x10\x20\xf5\xf2", "F2FS", false),
    (32_768, b"JFS1", "JFS", false),
    (32_769, b"CD001", "ISO 9660", false),
    (65_588, b"ReIsEr", "ReiserFS", false),
    (4096, b"\xfc\x4e\x2b\xa9", "Linux RAID member", false),
    (0, b"\xfc\x4e\x2b\xa9", "Linux RAID member", false),
];

/// Identifies by magic numbers, each where its file system's documentation puts it.
pub(super) fn identify(section: &Section) -> io::Result<Content> {
    let mut head = vec![0; 4096];
    let n = section.read_full_at(&mut head, 0)?;
    head.truncate(n);
    let is_at = |place: usize, magic: &[u8]| head.get(place..place + magic.len()) == Some(magic);
    if is_at(0, b"XFSB") {
        return Ok(Content::Xfs);
    }
    // The superblock's magic number is short: its block size and revision must fit too.
    let is_ext = is_at(1080, b"\x53\xef")
        && super::bytes::le32(&head, 1024 + 0x18) <= 6
        && super::bytes::le32(&head, 1024 + 0x4c) <= 1
        && super::bytes::le32(&head, 1024) > 0;
    if is_ext {
        return Ok(Content::Ext);
    }
    for &(place, magic, name, certain) in NAMED {
        let mut there = [0; 8];
        let there = there.get_mut(..magic.len()).unwrap_or_default();
        if section.read_full_at(there, place)? == magic.len() && there == magic {
            return Ok(Content::Named { name, certain });
        }
    }
    for page in [4096, 16_384, 65_536_u64] {
        let mut there = [0; 10];
        let n = section.read_full_at(&mut there, page - 10)?;
        if n == 10 && (&there == b"SWAPSPACE2" || &there == b"SWAP-SPACE") {
            return Ok(Content::Swap);
        }
    }
    if is_zfs(section)? {
        let name = "ZFS";
        return Ok(Content::Named {
            name,
            certain: false,
        });
    }
    Ok(Content::Unknown)
}

/// Whether the first label has an uberblock (ZFS on-disk specification §1.3: 128 of them from
/// 128 KiB on, in either byte order).
fn is_zfs(section: &Section) -> io::Result<bool> {
    for i in 0..128 {
        let mut there = [0; 8];
        let n = section.read_full_at(&mut there, (128 << 10) + (i << 10))?;
        let magic = 0x00ba_b10c;
        if n == 8 && (u64::from_le_bytes(there) == magic || u64::from_be_bytes(there) == magic) {
            return Ok(true);
        }
    }
    Ok(false)
}
