//! Where things stand in the file: header, section table, hash of names.
//!
//! All integers of fixed width are little endian. The file is
//! `magic, version, digest, length, time built, section table, sections`; the digest is the
//! SHA-256 of everything after it.

use sha2::{Digest as _, Sha256};

/// First bytes of every database.
pub(super) const MAGIC: [u8; 4] = *b"LKDB";
/// Raised whenever a reader of the old layout would misread the new one.
pub(super) const VERSION: u32 = 1;
/// Bytes before the part that the digest covers: magic, version, digest.
pub(super) const DIGEST_END: usize = 4 + 4 + 32;
/// Bytes before the section table.
pub(super) const HEADER: usize = DIGEST_END + 8 + 8;
/// Bytes of one entry of the section table: offset, length.
pub(super) const SECTION: usize = 16;

/// Sections in the order of the section table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Section {
    /// Name and counts of every namespace.
    Namespaces,
    /// Open-addressed hash table of `u32`: 0, or 1 + offset into `Names`.
    Slots,
    /// One record for each (namespace, name) with all its statements.
    Names,
    /// Keys and texts of versions.
    Versions,
    /// Conditions of statements.
    Qualifiers,
    /// Short words shared by many records.
    Strings,
    /// Number of whole advisories, then `u32` offsets into `Advisories`.
    AdvisoryIndex,
    Advisories,
    /// `u32` offsets into `Vulnerabilities`.
    VulnerabilityIndex,
    Vulnerabilities,
    /// `u32` offsets of every [`ALIAS_BLOCK`]th entry of `Aliases`.
    AliasIndex,
    /// Every other id of a vulnerability, sorted, with the vulnerability's number.
    Aliases,
    /// Where the data came from, and in which state.
    Feeds,
}

impl Section {
    /// In the order of the section table.
    pub(super) const ALL: [Self; SECTIONS] = [
        Self::Namespaces,
        Self::Slots,
        Self::Names,
        Self::Versions,
        Self::Qualifiers,
        Self::Strings,
        Self::AdvisoryIndex,
        Self::Advisories,
        Self::VulnerabilityIndex,
        Self::Vulnerabilities,
        Self::AliasIndex,
        Self::Aliases,
        Self::Feeds,
    ];

    /// Name in errors and reports.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Slots => "table of names",
            Self::Names => "statements about names",
            Self::Versions => "versions",
            Self::Qualifiers => "conditions",
            Self::Strings => "shared words",
            Self::AdvisoryIndex => "index of advisories",
            Self::Advisories => "advisories",
            Self::VulnerabilityIndex => "index of vulnerabilities",
            Self::Vulnerabilities => "vulnerabilities",
            Self::AliasIndex => "index of aliases",
            Self::Aliases => "aliases",
            Self::Feeds => "feeds",
        }
    }
}

pub(super) const SECTIONS: usize = Section::Feeds as usize + 1;

/// Entries of `Aliases` behind one entry of `AliasIndex`.
pub(super) const ALIAS_BLOCK: usize = 16;

/// The slot, before it is reduced to the size of the table, where the search for a name begins.
#[inline]
pub(super) fn slot_of(namespace: &str, name: &str) -> usize {
    // The low bits of a product fold are as good as the high ones.
    (hash_name(namespace, name) & 0xffff_ffff) as usize
}

/// Multiply-and-fold over eight bytes at a time. It needs no secret: the file is built by the
/// reader's own side, and a chain of colliding names only costs time.
#[inline]
fn hash_name(namespace: &str, name: &str) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    fold(
        mix(mix(STEP, namespace.as_bytes()), name.as_bytes()),
        0xd6e8_feb8_6659_fd93,
    )
}

#[inline]
fn mix(mut state: u64, bytes: &[u8]) -> u64 {
    let (chunks, tail) = bytes.as_chunks::<8>();
    for chunk in chunks {
        state = fold(state ^ u64::from_le_bytes(*chunk), 0xa076_1d64_78bd_642f);
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(tail) {
        *to = *from;
    }
    let length = bytes.len() as u64;
    fold(
        state ^ u64::from_le_bytes(last),
        0xe703_7ed1_a0b4_28db ^ length,
    )
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let high = (product >> 64) as u64;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low half of the product is wanted"
    )]
    let low = product as u64;
    high ^ low
}

/// The digest that names a file, over everything behind the digest itself.
pub(super) fn digest(covered: &[u8]) -> [u8; 32] {
    Sha256::digest(covered).into()
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
