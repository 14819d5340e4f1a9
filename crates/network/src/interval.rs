//! Sets of ports and addresses as sorted, disjoint, non-adjacent intervals.

use std::fmt::Debug;
use std::hash::Hash;

/// A number that intervals range over: a port, an IPv4 or an IPv6 address.
pub trait Point: Copy + Ord + Eq + Hash + Debug + Default {
    /// The smallest point.
    const MIN: Self;
    /// The largest point.
    const MAX: Self;
    /// The next point, unless this is the largest.
    fn next(self) -> Option<Self>;
    /// The point before, unless this is the smallest.
    fn before(self) -> Option<Self>;
}

macro_rules! point {
    ($($number:ty),*) => {$(
        impl Point for $number {
            const MIN: Self = <$number>::MIN;
            const MAX: Self = <$number>::MAX;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}

point!(u16, u32, u128);

/// How many times more intervals make a search cheaper than a merge.
const SEARCH_FROM: usize = 4;

/// A set of points; equal sets have equal intervals.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct IntervalSet<P> {
    intervals: Vec<(P, P)>,
}

impl<P: Point> IntervalSet<P> {
    /// The set without points.
    pub const fn empty() -> Self {
        Self {
            intervals: Vec::new(),
        }
    }

    /// The set of all points.
    pub fn all() -> Self {
        Self::range(P::MIN, P::MAX)
    }

    /// From `low` to `high`, both included; empty if `low` is above `high`.
    pub fn range(low: P, high: P) -> Self {
        let intervals = if low <= high {
            vec![(low, high)]
        } else {
            Vec::new()
        };
        Self { intervals }
    }

    /// The union of intervals in any order.
    pub fn collect(mut parts: Vec<(P, P)>) -> Self {
        parts.retain(|(low, high)| low <= high);
        parts.sort_unstable();
        let mut intervals: Vec<(P, P)> = Vec::with_capacity(parts.len());
        for (low, high) in parts {
            match intervals.last_mut() {
                Some(last) if last.1 >= low || last.1.next() == Some(low) => {
                    last.1 = last.1.max(high);
                }
                _ => intervals.push((low, high)),
            }
        }
        Self { intervals }
    }

    /// The intervals, both ends included, in order.
    pub fn intervals(&self) -> &[(P, P)] {
        &self.intervals
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// Whether every point is in it.
    pub fn is_all(&self) -> bool {
        self.intervals == [(P::MIN, P::MAX)]
    }

    /// The smallest point.
    pub fn first(&self) -> Option<P> {
        self.intervals.first().map(|interval| interval.0)
    }

    /// Whether `point` is in the set.
    pub fn contains(&self, point: P) -> bool {
        let after = self.intervals.partition_point(|(low, _)| *low <= point);
        after
            .checked_sub(1)
            .and_then(|i| self.intervals.get(i))
            .is_some_and(|(_, high)| point <= *high)
    }

    /// The points in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (few, many) = if self.intervals.len() <= other.intervals.len() {
            (self, other)
        } else {
            (other, self)
        };
        if few.intervals.len() * SEARCH_FROM < many.intervals.len() {
            return few.searched_in(many);
        }
        let mut intervals = Vec::new();
        let (mut left, mut right) = (self.intervals.iter(), other.intervals.iter());
        let (mut a, mut b) = (left.next(), right.next());
        while let (Some(x), Some(y)) = (a, b) {
            let (low, high) = (x.0.max(y.0), x.1.min(y.1));
            if low <= high {
                intervals.push((low, high));
            }
            if x.1 < y.1 {
                a = left.next();
            } else {
                b = right.next();
            }
        }
        Self { intervals }
    }

    /// The points in both, where this set has far fewer intervals.
    fn searched_in(&self, many: &Self) -> Self {
        let mut intervals = Vec::new();
        for (low, high) in &self.intervals {
            let start = many.intervals.partition_point(|(_, end)| end < low);
            let rest = many.intervals.get(start..).unwrap_or_default();
            for (from, to) in rest.iter().take_while(|(from, _)| from <= high) {
                intervals.push(((*from).max(*low), (*to).min(*high)));
            }
        }
        Self { intervals }
    }

    /// The points in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        if self.is_empty() || other.is_all() {
            return other.clone();
        }
        if other.is_empty() || self.is_all() {
            return self.clone();
        }
        let mut parts = self.intervals.clone();
        parts.extend_from_slice(&other.intervals);
        Self::collect(parts)
    }

    /// The points that are not in it.
    #[must_use]
    pub fn not(&self) -> Self {
        let mut intervals = Vec::with_capacity(self.intervals.len() + 1);
        let mut free = Some(P::MIN);
        for (low, high) in &self.intervals {
            if let (Some(start), Some(end)) = (free, low.before())
                && start <= end
            {
                intervals.push((start, end));
            }
            free = high.next();
        }
        if let Some(start) = free {
            intervals.push((start, P::MAX));
        }
        Self { intervals }
    }

    /// The points of this set that are not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        self.and(&other.not())
    }

    /// Whether every point of this set is in `other`.
    pub fn within(&self, other: &Self) -> bool {
        self.minus(other).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::IntervalSet;

    fn set(parts: &[(u16, u16)]) -> IntervalSet<u16> {
        IntervalSet::collect(parts.to_vec())
    }

    #[test]
    fn sets_agree_with_their_points() {
        let samples = [
            set(&[]),
            set(&[(0, 65535)]),
            set(&[(0, 0), (2, 3), (65535, 65535)]),
            set(&[(1, 5), (6, 9), (20, 30)]),
            set(&[(9, 1), (4, 4)]),
            set(&[(3, 25), (65000, 65535)]),
            set(&[
                (0, 2),
                (4, 4),
                (6, 7),
                (9, 9),
                (11, 12),
                (14, 21),
                (23, 28),
                (65001, 65002),
            ]),
        ];
        for a in &samples {
            for b in &samples {
                for p in (0..40).chain(64990..=65535) {
                    let (x, y) = (a.contains(p), b.contains(p));
                    assert_eq!(a.and(b).contains(p), x && y, "{a:?} and {b:?} at {p}");
                    assert_eq!(a.or(b).contains(p), x || y, "{a:?} or {b:?} at {p}");
                    assert_eq!(a.minus(b).contains(p), x && !y, "{a:?} minus {b:?} at {p}");
                    assert_eq!(a.not().contains(p), !x, "not {a:?} at {p}");
                }
                assert_eq!(a.not().not(), *a);
                assert_eq!(a.or(b), b.or(a));
            }
        }
    }
}
