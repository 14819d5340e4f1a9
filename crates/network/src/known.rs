//! Sets of which part is certain and part is not, because data is missing.

use crate::interval::{IntervalSet, Point};
use crate::region::Region;

/// Why something is not known: a missing document, an object of another account, a rule that is not
/// understood. Lower case, without a full stop.
pub type Reason = String;

/// A set that can be intersected and united.
pub trait Set: Clone + PartialEq {
    /// Elements in both.
    #[must_use]
    fn meet(&self, other: &Self) -> Self;
    /// Elements in either.
    #[must_use]
    fn join(&self, other: &Self) -> Self;
    /// The set without elements.
    fn nothing() -> Self;
    /// The set of all elements.
    fn everything() -> Self;
}

impl<P: Point> Set for IntervalSet<P> {
    fn meet(&self, other: &Self) -> Self {
        self.and(other)
    }
    fn join(&self, other: &Self) -> Self {
        self.or(other)
    }
    fn nothing() -> Self {
        Self::empty()
    }
    fn everything() -> Self {
        Self::all()
    }
}

impl<A: Point> Set for Region<A> {
    fn meet(&self, other: &Self) -> Self {
        self.and(other)
    }
    fn join(&self, other: &Self) -> Self {
        Self::union_of([self, other])
    }
    fn nothing() -> Self {
        Self::empty()
    }
    fn everything() -> Self {
        Self::all()
    }
}

/// A set between two bounds: elements that are in it for certain, and elements that may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Known<T> {
    /// What is in it whatever the missing data says.
    pub must: T,
    /// The other bound, if there is doubt.
    pub doubt: Option<Box<Doubt<T>>>,
}

/// The upper bound of a set, and why it is not the lower one.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt<T> {
    /// What may be in it; contains what must be.
    pub may: T,
    pub reasons: Vec<Reason>,
}

impl<T> From<T> for Known<T> {
    fn from(must: T) -> Self {
        Self { must, doubt: None }
    }
}

impl<T: Set> Known<T> {
    /// Nothing for certain.
    pub fn nothing() -> Self {
        T::nothing().into()
    }

    /// Everything for certain.
    pub fn everything() -> Self {
        T::everything().into()
    }

    /// Nothing is known.
    pub fn unknown(reason: impl Into<Reason>) -> Self {
        Self::between(T::nothing(), T::everything(), vec![reason.into()])
    }

    /// At least `must`, at most `may`.
    pub fn between(must: T, may: T, reasons: Vec<Reason>) -> Self {
        let doubt = (must != may).then(|| Box::new(Doubt { may, reasons }));
        Self { must, doubt }
    }

    /// The upper bound.
    pub fn may(&self) -> &T {
        self.doubt.as_ref().map_or(&self.must, |doubt| &doubt.may)
    }

    /// Why the bounds differ.
    pub fn reasons(&self) -> &[Reason] {
        self.doubt.as_ref().map_or(&[], |doubt| &doubt.reasons)
    }

    /// Whether it is certain that there is nothing in it.
    pub fn is_nothing(&self) -> bool {
        *self.may() == T::nothing()
    }

    /// Elements in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.with(other, T::meet)
    }

    /// Elements in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.with(other, T::join)
    }

    fn with(&self, other: &Self, combine: fn(&T, &T) -> T) -> Self {
        let must = combine(&self.must, &other.must);
        if self.doubt.is_none() && other.doubt.is_none() {
            return must.into();
        }
        let may = combine(self.may(), other.may());
        Self::between(must, may, merged(self.reasons(), other.reasons()))
    }

    /// Changes both bounds alike.
    pub fn map<U: Set>(&self, change: impl Fn(&T) -> U) -> Known<U> {
        let must = change(&self.must);
        match &self.doubt {
            None => must.into(),
            Some(doubt) => Known::between(must, change(&doubt.may), doubt.reasons.clone()),
        }
    }

    /// The same upper bound, and nothing for certain.
    #[must_use]
    pub fn doubted(&self, reason: impl Into<Reason>) -> Self {
        let reasons = merged(self.reasons(), &[reason.into()]);
        Self::between(T::nothing(), self.may().clone(), reasons)
    }
}

impl<P: Point> Known<IntervalSet<P>> {
    /// The points that are not in it: what may be in it is not for certain out of it.
    #[must_use]
    pub fn complement(&self) -> Self {
        let (must, may) = (self.may().not(), self.must.not());
        Self::between(must, may, self.reasons().to_vec())
    }
}

fn merged(left: &[Reason], right: &[Reason]) -> Vec<Reason> {
    let mut reasons = left.to_vec();
    for reason in right {
        if !reasons.contains(reason) {
            reasons.push(reason.clone());
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::Known;
    use crate::interval::IntervalSet;

    #[test]
    fn doubt_ends_where_the_bounds_meet() {
        let unknown = Known::<IntervalSet<u16>>::unknown("no data");
        let some: Known<IntervalSet<u16>> = IntervalSet::range(3, 9).into();
        assert_eq!(some.and(&unknown).must, IntervalSet::empty());
        assert_eq!(some.and(&unknown).may(), &IntervalSet::range(3, 9));
        assert_eq!(some.or(&unknown).must, IntervalSet::range(3, 9));
        assert!(unknown.and(&Known::nothing()).doubt.is_none());
        assert!(unknown.or(&Known::everything()).doubt.is_none());
        assert_eq!(unknown.or(&unknown).reasons(), ["no data"]);
        assert_eq!(
            unknown.complement(),
            unknown,
            "no data says nothing of the rest"
        );
        assert_eq!(some.complement().must, IntervalSet::range(3, 9).not());
    }
}
