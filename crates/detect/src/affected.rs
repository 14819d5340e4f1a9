//! Whether a version is affected by an advisory's ranges.

use std::cmp::Ordering;

use ecosystem::Scheme;
use model::{Candidate, CandidateRange, FixState, KeyEnd};

/// The verdict on one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The range that holds the version, in the advisory's words.
    pub range: String,
    /// The version that ends the vulnerability.
    pub fixed_version: Option<String>,
    pub fix: FixState,
}

/// Whether `candidate` says that the version is affected, and by which range.
///
/// `key` is the version's key in `scheme`, none if the scheme refuses the text: then only a
/// version listed letter by letter can match (OSV schema, "affected[].versions").
pub fn affected(
    scheme: &Scheme,
    key: Option<&[u8]>,
    text: &str,
    candidate: &Candidate<'_>,
) -> Option<Verdict> {
    if candidate.fix == FixState::NotAffected {
        return None;
    }
    if let Some(range) = key.and_then(|key| candidate.ranges.iter().find(|r| holds(scheme, key, r)))
    {
        return Some(in_range(scheme, key, range, candidate));
    }
    let listed = candidate.versions.iter().any(|version| match key {
        Some(key) if !version.key.is_empty() => {
            (scheme.compare)(key, version.key) == Ordering::Equal
        }
        _ => version.text == text,
    });
    listed.then(|| Verdict {
        range: format!("= {text}"),
        fixed_version: next_fix(scheme, key, candidate),
        fix: stated(candidate.fix, next_fix(scheme, key, candidate).is_some()),
    })
}

/// Whether a range holds a version.
pub fn holds(scheme: &Scheme, key: &[u8], range: &CandidateRange<'_>) -> bool {
    range
        .introduced
        .is_none_or(|from| (scheme.compare)(key, from.key) != Ordering::Less)
        && match range.end {
            KeyEnd::Open => true,
            KeyEnd::Fixed(end) => (scheme.compare)(key, end.key) == Ordering::Less,
            KeyEnd::LastAffected(end) => (scheme.compare)(key, end.key) != Ordering::Greater,
        }
}

fn in_range(
    scheme: &Scheme,
    key: Option<&[u8]>,
    range: &CandidateRange<'_>,
    candidate: &Candidate<'_>,
) -> Verdict {
    let fixed_version = match range.end {
        KeyEnd::Fixed(end) => Some(end.text.to_owned()),
        KeyEnd::LastAffected(_) | KeyEnd::Open => next_fix(scheme, key, candidate),
    };
    Verdict {
        range: range_text(range),
        fix: stated(candidate.fix, fixed_version.is_some()),
        fixed_version,
    }
}

/// The lowest fixed version above `key` in any range of the advisory.
fn next_fix(scheme: &Scheme, key: Option<&[u8]>, candidate: &Candidate<'_>) -> Option<String> {
    let key = key?;
    candidate
        .ranges
        .iter()
        .filter_map(|range| match range.end {
            KeyEnd::Fixed(end) if (scheme.compare)(key, end.key) == Ordering::Less => Some(end),
            KeyEnd::Fixed(_) | KeyEnd::LastAffected(_) | KeyEnd::Open => None,
        })
        .min_by(|a, b| (scheme.compare)(a.key, b.key))
        .map(|end| end.text.to_owned())
}

fn stated(fix: FixState, has_fixed_version: bool) -> FixState {
    match fix {
        FixState::FromRanges if !has_fixed_version => FixState::NotFixed,
        other => other,
    }
}

/// A range in words: `>= 1.0, < 2.3`, `<= 4`, `all versions`.
pub fn range_text(range: &CandidateRange<'_>) -> String {
    let from = range.introduced.map(|from| format!(">= {}", from.text));
    let to = match range.end {
        KeyEnd::Fixed(end) => Some(format!("< {}", end.text)),
        KeyEnd::LastAffected(end) => Some(format!("<= {}", end.text)),
        KeyEnd::Open => None,
    };
    match (from, to) {
        (None, None) => "all versions".to_owned(),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(from), Some(to)) => format!("{from}, {to}"),
    }
}
