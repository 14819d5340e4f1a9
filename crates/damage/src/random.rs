//! Numbers that look random and are the same for the same seed.

/// A generator after Sebastiano Vigna's `splitmix64`.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let number = self.number() >> 16;
        usize::try_from(number % (end.max(1) as u64)).unwrap_or(0)
    }

    /// A number below `end`, small ones far more often than large ones.
    pub fn small(&mut self, end: usize) -> usize {
        let bits = usize::BITS - end.leading_zeros();
        let end = end.min(1 << self.below(bits as usize + 1).min(62));
        self.below(end)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    pub fn byte(&mut self) -> u8 {
        self.number().to_le_bytes()[3]
    }

    pub fn is_one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}
