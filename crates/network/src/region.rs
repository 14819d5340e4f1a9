//! Sets of (port, address) pairs: port segments, each with the addresses that go with it.

use std::sync::Arc;

use crate::interval::{IntervalSet, Point};

/// The ports of IPv4 or IPv6 packets, and what they are for.
pub type Ports = IntervalSet<u16>;

/// Ports from `low` to `high` with the same addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<A> {
    pub low: u16,
    pub high: u16,
    pub addresses: Arc<IntervalSet<A>>,
}

/// A set of (port, address) pairs; equal sets have equal segments.
///
/// Segments are in order, do not overlap, have addresses, and differ from an adjacent neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region<A> {
    segments: Vec<Segment<A>>,
}

impl<A: Point> Region<A> {
    /// The set without pairs.
    pub const fn empty() -> Self {
        Self {
            segments: Vec::new(),
        }
    }

    /// Every pair.
    pub fn all() -> Self {
        Self::product(&IntervalSet::all(), &Arc::new(IntervalSet::all()))
    }

    /// Every pair of one of the ports and one of the addresses.
    pub fn product(ports: &Ports, addresses: &Arc<IntervalSet<A>>) -> Self {
        let mut region = Self::empty();
        if !addresses.is_empty() {
            for (low, high) in ports.intervals() {
                region.push(*low, *high, Arc::clone(addresses));
            }
        }
        region
    }

    /// The segments in order of ports.
    pub fn segments(&self) -> &[Segment<A>] {
        &self.segments
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    fn push(&mut self, low: u16, high: u16, addresses: Arc<IntervalSet<A>>) {
        if addresses.is_empty() || low > high {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && last.high.checked_add(1) == Some(low)
            && (Arc::ptr_eq(&last.addresses, &addresses) || last.addresses == addresses)
        {
            last.high = high;
            return;
        }
        self.segments.push(Segment {
            low,
            high,
            addresses,
        });
    }

    /// The union of products of a port interval and addresses, in any order.
    ///
    /// One pass over the ends of the intervals: between two ends the same parts hold.
    pub fn union(parts: &[(u16, u16, Arc<IntervalSet<A>>)]) -> Self {
        let mut region = Self::empty();
        match parts {
            [] => return region,
            [(low, high, addresses)] => {
                region.push(*low, *high, Arc::clone(addresses));
                return region;
            }
            _ => {}
        }
        let mut cuts: Vec<u32> = Vec::with_capacity(parts.len() * 2);
        for (low, high, _) in parts {
            cuts.push(u32::from(*low));
            cuts.push(u32::from(*high) + 1);
        }
        cuts.sort_unstable();
        cuts.dedup();
        let mut order: Vec<&(u16, u16, Arc<IntervalSet<A>>)> = parts.iter().collect();
        order.sort_unstable_by_key(|part| part.0);
        let mut waiting = order.into_iter().peekable();
        let mut active: Vec<&(u16, u16, Arc<IntervalSet<A>>)> = Vec::new();
        for pair in cuts.windows(2) {
            let (Some(start), Some(end)) = (pair.first(), pair.last()) else {
                continue;
            };
            active.retain(|part| u32::from(part.1) >= *start);
            while let Some(part) = waiting.next_if(|part| u32::from(part.0) <= *start) {
                active.push(part);
            }
            let (Ok(low), Ok(high)) = (u16::try_from(*start), u16::try_from(*end - 1)) else {
                continue;
            };
            match active.as_slice() {
                [] => {}
                [only] => region.push(low, high, Arc::clone(&only.2)),
                several => region.push(low, high, joined(several)),
            }
        }
        region
    }

    /// The pairs in any of the regions.
    pub fn union_of<'r>(regions: impl IntoIterator<Item = &'r Self>) -> Self
    where
        A: 'r,
    {
        let mut parts = Vec::new();
        let mut regions = regions.into_iter();
        let (first, second) = (regions.next(), regions.next());
        match (first, second) {
            (None, _) => return Self::empty(),
            (Some(only), None) => return only.clone(),
            (Some(a), Some(b)) => {
                for region in [a, b].into_iter().chain(regions) {
                    for s in &region.segments {
                        parts.push((s.low, s.high, Arc::clone(&s.addresses)));
                    }
                }
            }
        }
        Self::union(&parts)
    }

    /// The pairs in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut region = Self::empty();
        let (mut left, mut right) = (self.segments.iter(), other.segments.iter());
        let (mut a, mut b) = (left.next(), right.next());
        while let (Some(x), Some(y)) = (a, b) {
            let (low, high) = (x.low.max(y.low), x.high.min(y.high));
            if low <= high {
                region.push(low, high, both(&x.addresses, &y.addresses));
            }
            if x.high < y.high {
                a = left.next();
            } else {
                b = right.next();
            }
        }
        region
    }

    /// The pairs whose address is in `addresses`.
    #[must_use]
    pub fn and_addresses(&self, addresses: &Arc<IntervalSet<A>>) -> Self {
        if addresses.is_all() {
            return self.clone();
        }
        let mut region = Self::empty();
        for s in &self.segments {
            region.push(s.low, s.high, both(&s.addresses, addresses));
        }
        region
    }

    /// The pairs whose port is in `ports`.
    #[must_use]
    pub fn and_ports(&self, ports: &Ports) -> Self {
        if ports.is_all() {
            return self.clone();
        }
        self.and(&Self::product(ports, &Arc::new(IntervalSet::all())))
    }

    /// The pairs of this region that are not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.and(&other.not())
    }

    /// The pairs that are not in it.
    #[must_use]
    pub fn not(&self) -> Self {
        let mut region = Self::empty();
        let everywhere = Arc::new(IntervalSet::all());
        let mut free = Some(0u16);
        for s in &self.segments {
            if let (Some(start), Some(end)) = (free, s.low.before())
                && start <= end
            {
                region.push(start, end, Arc::clone(&everywhere));
            }
            region.push(s.low, s.high, Arc::new(s.addresses.not()));
            free = s.high.next();
        }
        if let Some(start) = free {
            region.push(start, u16::MAX, everywhere);
        }
        region
    }

    /// The ports that occur with some address.
    pub fn ports(&self) -> Ports {
        Ports::collect(self.segments.iter().map(|s| (s.low, s.high)).collect())
    }

    /// The addresses that occur with some port.
    pub fn addresses(&self) -> IntervalSet<A> {
        match self.segments.as_slice() {
            [] => IntervalSet::empty(),
            [only] => (*only.addresses).clone(),
            several => {
                let mut parts = Vec::new();
                for s in several {
                    if s.addresses.is_all() {
                        return IntervalSet::all();
                    }
                    parts.extend_from_slice(s.addresses.intervals());
                }
                IntervalSet::collect(parts)
            }
        }
    }

    /// The ports that occur with `address`.
    pub fn ports_with(&self, address: A) -> Ports {
        Ports::collect(
            self.segments
                .iter()
                .filter(|s| s.addresses.contains(address))
                .map(|s| (s.low, s.high))
                .collect(),
        )
    }

    /// Whether the pair is in it.
    pub fn contains(&self, port: u16, address: A) -> bool {
        self.segments
            .iter()
            .any(|s| s.low <= port && port <= s.high && s.addresses.contains(address))
    }
}

/// The union of the parts' addresses; the parts' own set if one of them has all.
fn joined<A: Point>(parts: &[&(u16, u16, Arc<IntervalSet<A>>)]) -> Arc<IntervalSet<A>> {
    if let Some(whole) = parts.iter().find(|part| part.2.is_all()) {
        return Arc::clone(&whole.2);
    }
    let mut intervals = Vec::new();
    for part in parts {
        intervals.extend_from_slice(part.2.intervals());
    }
    Arc::new(IntervalSet::collect(intervals))
}

fn both<A: Point>(x: &Arc<IntervalSet<A>>, y: &Arc<IntervalSet<A>>) -> Arc<IntervalSet<A>> {
    if Arc::ptr_eq(x, y) || y.is_all() {
        Arc::clone(x)
    } else if x.is_all() {
        Arc::clone(y)
    } else {
        Arc::new(x.and(y))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Region;
    use crate::interval::IntervalSet;

    fn region(parts: &[(u16, u16, u16, u16)]) -> Region<u16> {
        let parts: Vec<_> = parts
            .iter()
            .map(|(low, high, from, to)| (*low, *high, Arc::new(IntervalSet::range(*from, *to))))
            .collect();
        Region::union(&parts)
    }

    #[test]
    fn regions_agree_with_their_pairs() {
        let samples = [
            region(&[]),
            Region::all(),
            region(&[(0, 3, 2, 9), (2, 6, 0, 4), (65535, 65535, 0, 65535)]),
            region(&[(4, 4, 4, 4)]),
            region(&[(1, 8, 3, 3), (2, 2, 4, 9), (3, 3, 4, 9)]),
        ];
        for a in &samples {
            for b in &samples {
                for port in (0..10).chain([65534, 65535]) {
                    for address in 0..12 {
                        let (x, y) = (a.contains(port, address), b.contains(port, address));
                        assert_eq!(a.and(b).contains(port, address), x && y);
                        assert_eq!(a.minus(b).contains(port, address), x && !y);
                        assert_eq!(a.not().contains(port, address), !x);
                        let either = Region::union_of([a, b]);
                        assert_eq!(either.contains(port, address), x || y);
                    }
                }
                assert_eq!(a.not().not(), *a, "complement of the complement");
                assert_eq!(Region::union_of([a, b]), Region::union_of([b, a]));
            }
        }
    }
}
