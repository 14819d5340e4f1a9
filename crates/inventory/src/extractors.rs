//! The extractors that a scan runs, as one flat list.

use ecosystem::{
    ECOSYSTEMS, Ecosystem, Extractor, FileInfo, SYSTEM_EXTRACTORS, os_release::DISTRIBUTIONS,
};

use crate::path;

/// A set of extractors, as bits; see [`Extractors`].
pub type Mask = u128;

/// The extractors of a scan.
#[derive(Debug)]
pub struct Extractors {
    list: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    extractor: &'static Extractor,
    /// Reads a database of operating-system packages, without which the scan says nothing.
    is_database: bool,
}

impl Extractors {
    /// Every extractor there is.
    pub fn all() -> Self {
        let mut all = Self::of(ECOSYSTEMS);
        // Without its system, no package of a package manager can be matched.
        all.list
            .extend(SYSTEM_EXTRACTORS.iter().map(|extractor| Listed {
                extractor,
                is_database: true,
            }));
        debug_assert!(all.list.len() <= Mask::BITS as usize);
        all
    }

    /// The extractors of some ecosystems; those beyond the 128th are left out.
    pub fn of(ecosystems: &[&'static Ecosystem]) -> Self {
        let list: Vec<_> = ecosystems
            .iter()
            .flat_map(|ecosystem| {
                let is_database = is_system(ecosystem.purl_type.as_str());
                ecosystem.extractors.iter().map(move |extractor| Listed {
                    extractor,
                    is_database,
                })
            })
            .collect();
        debug_assert!(list.len() <= Mask::BITS as usize);
        Self { list }
    }

    /// Changes whenever the output of any extractor for the same bytes changes.
    pub fn version(&self) -> u64 {
        self.list.iter().fold(path::ROOT, |hash, listed| {
            let Extractor { name, version, .. } = listed.extractor;
            path::child(hash, &format!("{name} {version}"))
        })
    }

    /// The extractors that want a file, judged without its content.
    pub fn wanting(&self, file: &FileInfo<'_>) -> Mask {
        let mut mask = 0;
        let mut bit: Mask = 1;
        for listed in &self.list {
            if (listed.extractor.wants)(file) {
                mask |= bit;
            }
            bit <<= 1;
        }
        mask
    }

    /// The members of a set, each with whether it reads a package database.
    pub fn members(&self, mask: Mask) -> impl Iterator<Item = (&'static Extractor, bool)> {
        self.list
            .iter()
            .enumerate()
            .filter(move |(i, _)| mask >> i & 1 == 1)
            .map(|(_, listed)| (listed.extractor, listed.is_database))
    }

    /// The members of a set that a file beginning with `head` can still interest.
    pub fn matching_magic(&self, mask: Mask, head: &[u8]) -> Mask {
        let mut bit: Mask = 1;
        let mut kept = 0;
        for listed in &self.list {
            let magic = listed.extractor.magic;
            if mask & bit != 0 && (magic.is_empty() || magic.iter().any(|m| head.starts_with(m))) {
                kept |= bit;
            }
            bit <<= 1;
        }
        kept
    }

    /// The members of a set that go by path alone.
    pub fn without_magic(&self, mask: Mask) -> Mask {
        self.matching_magic(mask, &[])
    }

    /// How many first bytes decide [`Self::matching_magic`].
    pub fn head_length(&self, mask: Mask) -> usize {
        self.members(mask)
            .flat_map(|(extractor, _)| extractor.magic)
            .map(|magic| magic.len())
            .max()
            .unwrap_or(0)
    }
}

/// Whether packages of this purl type come from an operating system's package manager.
pub fn is_system(purl_type: &str) -> bool {
    DISTRIBUTIONS.iter().any(|d| d.purl_type == purl_type)
}
