//! Makes versions that share a beginning: only such pairs reach the rules behind it.

/// The pieces out of which the versions of a scheme are made.
pub(crate) struct Pieces {
    /// One of these begins every version.
    pub(crate) first: &'static [&'static str],
    pub(crate) more: &'static [&'static str],
    /// Most pieces in the rest of the stem, and in a tail.
    pub(crate) most: usize,
}

/// xorshift64*: the same seed gives the same versions on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % limit
    }

    fn pick(&mut self, pieces: &[&'static str]) -> &'static str {
        pieces[self.below(pieces.len())]
    }
}

/// `count` versions with a common stem and random tails.
pub(crate) fn family(pieces: &Pieces, random: &mut Random, count: usize) -> Vec<String> {
    let mut stem = random.pick(pieces.first).to_owned();
    for _ in 0..random.below(pieces.most + 1) {
        stem.push_str(random.pick(pieces.more));
    }
    let mut versions = Vec::new();
    for _ in 0..count {
        let mut version = stem.clone();
        for _ in 0..random.below(pieces.most + 1) {
            version.push_str(random.pick(pieces.more));
        }
        versions.push(version);
    }
    versions
}
