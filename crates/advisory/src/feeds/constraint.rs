//! Turns the version constraints of package managers into intervals.

use std::cmp::Ordering;

use ecosystem::{Scheme, VersionKey};
use model::{Range, RangeEnd};

/// A place between two versions: just before one, or just after it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cut {
    key: VersionKey,
    text: String,
    after: bool,
}

/// The versions between two cuts; none means without bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Interval {
    from: Option<Cut>,
    to: Option<Cut>,
}

/// A package manager's constraints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) scheme: &'static Scheme,
    /// The upper bound of `~>`, before which everything is allowed.
    pub(super) bump: fn(&str) -> Option<String>,
    /// A version above this one and below every other in use: intervals of advisories begin
    /// with a version they hold.
    pub(super) successor: fn(&str) -> Option<String>,
}

impl Dialect {
    /// The versions that satisfy every one of the constraints.
    pub(super) fn all_of<'a>(
        self,
        constraints: impl IntoIterator<Item = &'a str>,
    ) -> Result<Interval, String> {
        let mut interval = Interval::default();
        for constraint in constraints {
            let constraint = constraint.trim();
            let version = constraint.trim_start_matches(['<', '>', '=', '~', '!']);
            let operator = constraint.strip_suffix(version).unwrap_or_default();
            let version = version.trim();
            match operator {
                ">=" => self.raise(&mut interval, self.cut(version, false)?),
                ">" => self.raise(&mut interval, self.cut(version, true)?),
                "<" => self.lower(&mut interval, self.cut(version, false)?),
                "<=" => self.lower(&mut interval, self.cut(version, true)?),
                "=" | "==" | "" => {
                    self.raise(&mut interval, self.cut(version, false)?);
                    self.lower(&mut interval, self.cut(version, true)?);
                }
                "~>" => {
                    let bumped = (self.bump)(version).ok_or_else(|| unknown(constraint))?;
                    self.raise(&mut interval, self.cut(version, false)?);
                    self.lower(&mut interval, self.cut(&bumped, false)?);
                }
                _ => return Err(unknown(constraint)),
            }
        }
        Ok(interval)
    }

    fn cut(self, version: &str, after: bool) -> Result<Cut, String> {
        Ok(Cut {
            key: (self.scheme.key)(version).ok_or_else(|| unknown(version))?,
            text: version.to_owned(),
            after,
        })
    }

    fn order(self, a: &Cut, b: &Cut) -> Ordering {
        (self.scheme.compare)(&a.key, &b.key).then(a.after.cmp(&b.after))
    }

    fn raise(self, interval: &mut Interval, from: Cut) {
        let higher = |old: &Cut| self.order(&from, old).is_gt();
        if interval.from.as_ref().is_none_or(higher) {
            interval.from = Some(from);
        }
    }

    fn lower(self, interval: &mut Interval, to: Cut) {
        let lower = |old: &Cut| self.order(&to, old).is_lt();
        if interval.to.as_ref().is_none_or(lower) {
            interval.to = Some(to);
        }
    }

    /// The interval as an affected range, none if it is empty.
    pub(super) fn range(self, interval: Interval) -> Result<Option<Range>, String> {
        if let (Some(from), Some(to)) = (&interval.from, &interval.to)
            && self.order(from, to).is_ge()
        {
            return Ok(None);
        }
        let introduced = match interval.from {
            Some(cut) if cut.after => {
                Some((self.successor)(&cut.text).ok_or_else(|| unknown(&cut.text))?)
            }
            Some(cut) => Some(cut.text),
            None => None,
        };
        let end = match interval.to {
            Some(cut) if cut.after => RangeEnd::LastAffected(cut.text),
            Some(cut) => RangeEnd::Fixed(cut.text),
            None => RangeEnd::Open,
        };
        Ok(Some(Range { introduced, end }))
    }

    /// The ranges between the intervals.
    pub(super) fn outside(self, mut intervals: Vec<Interval>) -> Result<Vec<Range>, String> {
        intervals.sort_by(|a, b| match (&a.from, &b.from) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => self.order(a, b),
        });
        let mut ranges = Vec::new();
        let mut reached: Option<Cut> = None;
        for interval in intervals {
            if let Some(from) = interval.from {
                let gap = Interval {
                    from: reached.clone(),
                    to: Some(from),
                };
                ranges.extend(self.range(gap)?);
            }
            match interval.to {
                None => return Ok(ranges),
                Some(to) => {
                    if reached
                        .as_ref()
                        .is_none_or(|old| self.order(&to, old).is_gt())
                    {
                        reached = Some(to);
                    }
                }
            }
        }
        let rest = Interval {
            from: reached,
            to: None,
        };
        ranges.extend(self.range(rest)?);
        Ok(ranges)
    }
}

fn unknown(text: &str) -> String {
    let text: String = text.chars().take(100).collect();
    format!("`{text}` is no version constraint")
}
