//! Turns the events of OSV ranges into intervals.

use std::cmp::Ordering;

use ecosystem::{Scheme, version::npm::NPM};
use model::{Range, RangeEnd};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OsvRange {
    r#type: String,
    events: Option<Vec<Event>>,
}

/// One event; `limit` only matters for git ranges.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

impl Event {
    fn version(&self) -> Option<&str> {
        let versions = [&self.introduced, &self.fixed, &self.last_affected];
        versions.into_iter().flatten().next().map(String::as_str)
    }

    /// Whether the event begins an interval before every version: `0` by definition, and the
    /// lowest pre-release of semantic versioning, which `RustSec` writes.
    fn is_beginning(&self) -> bool {
        matches!(self.introduced.as_deref(), Some("0" | "0.0.0-0"))
    }
}

/// Appends the intervals of a range; git ranges have none.
///
/// Events are sorted by version first if the order is known (schema 1.7, "affected[].ranges[].events
/// field": their order has no meaning); else they are taken as published. A fix at the version
/// that introduces the flaw leaves nothing affected (`RUSTSEC-2022-0012`).
pub(super) fn intervals(range: OsvRange, scheme: Option<&Scheme>, into: &mut Vec<Range>) {
    if range.r#type == "GIT" {
        return;
    }
    // One object may hold several events, although the schema wants one each.
    let mut events: Vec<Event> = Vec::new();
    for Event {
        introduced,
        fixed,
        last_affected,
    } in range.events.unwrap_or_default()
    {
        let [introduced, fixed, last_affected] = [introduced, fixed, last_affected]
            .map(|version| version.map(|version| complete(version, scheme)));
        events.extend(introduced.map(|version| Event {
            introduced: Some(version),
            ..Event::default()
        }));
        events.extend(fixed.map(|version| Event {
            fixed: Some(version),
            ..Event::default()
        }));
        events.extend(last_affected.map(|version| Event {
            last_affected: Some(version),
            ..Event::default()
        }));
    }
    if let Some(scheme) = scheme {
        sort(&mut events, scheme);
    }
    let mut open: Option<Range> = None;
    // The fix before which nothing was affected.
    let mut idle = None;
    for event in events {
        let begins = event.is_beginning();
        match event {
            Event {
                introduced: Some(version),
                ..
            } if idle.as_ref() == Some(&version) => {}
            Event {
                introduced: Some(version),
                ..
            } => {
                open.get_or_insert(Range {
                    introduced: (!begins).then_some(version),
                    end: RangeEnd::Open,
                });
            }
            Event {
                fixed: Some(version),
                ..
            } if open.is_none() => idle = Some(version),
            Event {
                fixed: Some(version),
                ..
            } => close(&mut open, RangeEnd::Fixed(version), into),
            Event {
                last_affected: Some(version),
                ..
            } => close(&mut open, RangeEnd::LastAffected(version), into),
            Event { .. } => {}
        }
    }
    into.extend(open);
}

/// `13.0` as `13.0.0` in npm's order, whose versions have three numbers: npm reads those that a
/// bound leaves out as zeros, and advisories have such bounds (GHSA-3h52-269p-cp9r).
fn complete(version: String, scheme: Option<&Scheme>) -> String {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let missing = 3_usize.saturating_sub(version.split('.').count());
    if version == "0"
        || missing == 0
        || scheme.is_none_or(|scheme| scheme.name != NPM.name)
        || !version.split('.').all(is_number)
    {
        return version;
    }
    version + &".0".repeat(missing)
}

fn close(open: &mut Option<Range>, end: RangeEnd, into: &mut Vec<Range>) {
    into.extend(open.take().map(|range| Range { end, ..range }));
}

/// Sorts stably by version, unless one of them is no version in this order.
///
/// At the same version a fix comes before an introduction, so that adjoining intervals stay
/// two, and a last affected version after it, so that `[1.0, 1.0]` is an interval.
fn sort(events: &mut [Event], scheme: &Scheme) {
    let keys: Option<Vec<_>> = events
        .iter()
        .map(|event| {
            if event.is_beginning() {
                return Some(None);
            }
            (scheme.key)(event.version()?).map(Some)
        })
        .collect();
    let Some(keys) = keys else { return };
    let mut sorted: Vec<_> = keys.into_iter().zip(events.iter().cloned()).collect();
    let rank = |event: &Event| {
        if event.fixed.is_some() {
            0
        } else if event.introduced.is_some() {
            1
        } else {
            2
        }
    };
    sorted.sort_by(|(a, event_a), (b, event_b)| {
        let by_version = match (a, b) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => (scheme.compare)(a, b),
        };
        by_version.then_with(|| rank(event_a).cmp(&rank(event_b)))
    });
    for (slot, (_, event)) in events.iter_mut().zip(sorted) {
        *slot = event;
    }
}

/// Ends the open interval at the bound GitHub gives in `last_known_affected_version_range`
/// (`<= 1.2`, `< 1.3`), for which no fix exists. Returns whether there was one.
pub(super) fn close_open(ranges: &mut [Range], last_known: &str) -> bool {
    let Some(range) = ranges.iter_mut().find(|range| range.end == RangeEnd::Open) else {
        return false;
    };
    let bound = last_known.trim();
    let end = if let Some(version) = bound.strip_prefix("<=") {
        RangeEnd::LastAffected(version.trim().to_owned())
    } else if let Some(version) = bound.strip_prefix('<') {
        RangeEnd::Fixed(version.trim().to_owned())
    } else {
        return false;
    };
    range.end = end;
    true
}
