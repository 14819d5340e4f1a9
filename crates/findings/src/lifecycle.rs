//! Merges what an evaluation saw with the findings that are kept.
//!
//! `reconcile` is pure and idempotent: the same observations a second time change nothing. Only a
//! complete evaluation closes. (Inspector user guide, "Findings" and "Suppression rules".)

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use model::Timestamp;

use crate::{
    finding::{Closed, ClosedBecause, Details, Finding, FindingType, Observation, State},
    identity::FindingId,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// How long a closed finding may recur as the same finding.
pub const REOPEN_WITHIN_DAYS: i64 = 7;

/// How long a closed finding is kept, in seconds.
pub const fn kept_for(because: ClosedBecause) -> i64 {
    match because {
        ClosedBecause::Remediated => 30 * DAY,
        ClosedBecause::ResourceGone => 3 * DAY,
        ClosedBecause::Disabled => 24 * HOUR,
    }
}

/// When a closed finding is deleted.
pub fn delete_at(closed: Closed) -> Timestamp {
    after(closed.at, kept_for(closed.because))
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

/// What happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    /// Something of it is different; the fields in the order of the record.
    Changed(Vec<&'static str>),
    Suppressed,
    /// No rule matches it any more.
    Released,
    Closed,
    Reopened,
}

impl ChangeKind {
    /// The upper-case name, as it is stored and published.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Changed(_) => "CHANGED",
            Self::Suppressed => "SUPPRESSED",
            Self::Released => "RELEASED",
            Self::Closed => "CLOSED",
            Self::Reopened => "REOPENED",
        }
    }
}

/// A finding after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub kind: ChangeKind,
    /// As it was, none if it is new.
    pub before: Option<Finding>,
    pub finding: Finding,
}

/// Which observations an evaluation could have made.
#[derive(Debug, Clone, Copy)]
pub enum Coverage<'a> {
    /// All of these types; what was not seen is gone.
    Complete(&'a [FindingType]),
    /// Those with these keys and no others, completely.
    Keys(FindingType, &'a BTreeSet<String>),
    /// Something could not be read: nothing may be closed.
    Partial,
}

impl Coverage<'_> {
    fn may_close(&self, finding: &Finding) -> bool {
        let observed = &finding.observed;
        match self {
            Self::Complete(kinds) => kinds.contains(&observed.kind),
            Self::Keys(kind, keys) => observed.kind == *kind && keys.contains(&observed.key),
            Self::Partial => false,
        }
    }
}

/// Whose findings are reconciled, when, and by which rules.
pub struct Evaluation<'a> {
    pub account: &'a str,
    pub region: &'a str,
    /// The resource's id, unique in account and region with its type.
    pub resource: &'a str,
    pub coverage: Coverage<'a>,
    pub now: Timestamp,
    /// Ids of the suppression rules that match an observation of this resource.
    pub rules: &'a dyn Fn(&Finding) -> Vec<String>,
}

impl fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation")
            .field("account", &self.account)
            .field("region", &self.region)
            .field("resource", &self.resource)
            .field("coverage", &self.coverage)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// The changes that make the kept findings agree with the observations.
///
/// `current` are the findings of the resource that the evaluation could be about, closed ones
/// included. Of several observations with one key the first counts.
pub fn reconcile(
    current: Vec<Finding>,
    observations: Vec<Observation>,
    evaluation: &Evaluation<'_>,
) -> Vec<Change> {
    let mut kept: BTreeMap<(FindingType, String), Finding> = BTreeMap::new();
    for finding in current {
        let key = (finding.observed.kind, finding.observed.key.clone());
        // An identity that was reborn has closed ancestors that nothing reopens.
        let newest = kept.get(&key).is_none_or(|other| {
            (other.state == State::Closed, other.first_observed)
                < (finding.state == State::Closed, finding.first_observed)
                || other.state == State::Closed && finding.state != State::Closed
        });
        if newest {
            kept.insert(key, finding);
        }
    }
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    for observation in observations {
        let key = (observation.kind, observation.key.clone());
        if !seen.insert(key.clone()) {
            continue;
        }
        let change = match kept.remove(&key) {
            Some(before) => evaluation.again(before, observation),
            None => Some(evaluation.created(observation, 0)),
        };
        changes.extend(change);
    }
    for before in kept.into_values() {
        if before.state != State::Closed && evaluation.coverage.may_close(&before) {
            changes.push(close(before, ClosedBecause::Remediated, evaluation.now));
        }
    }
    changes
}

/// Closes a finding.
pub fn close(before: Finding, because: ClosedBecause, now: Timestamp) -> Change {
    let mut finding = before.clone();
    finding.state = State::Closed;
    finding.closed = Some(Closed { at: now, because });
    finding.updated = now;
    Change {
        kind: ChangeKind::Closed,
        before: Some(before),
        finding,
    }
}

/// What a change of the suppression rules does to a finding, if anything.
///
/// Closed findings stay closed; which rules match them does not matter until they are reopened.
pub fn apply_rules(before: Finding, rules: Vec<String>, now: Timestamp) -> Option<Change> {
    if before.state == State::Closed || before.rules == rules {
        return None;
    }
    let mut finding = before.clone();
    finding.rules = rules;
    finding.state = state_under(&finding.rules);
    finding.updated = now;
    Some(Change {
        kind: change_of_state(before.state, finding.state)
            .unwrap_or_else(|| ChangeKind::Changed(vec!["rules"])),
        before: Some(before),
        finding,
    })
}

fn state_under(rules: &[String]) -> State {
    if rules.is_empty() {
        State::Active
    } else {
        State::Suppressed
    }
}

fn change_of_state(before: State, after: State) -> Option<ChangeKind> {
    match (before, after) {
        (State::Active, State::Suppressed) => Some(ChangeKind::Suppressed),
        (State::Suppressed, State::Active) => Some(ChangeKind::Released),
        _ => None,
    }
}

impl Evaluation<'_> {
    fn created(&self, observed: Observation, birth: i64) -> Change {
        let id = FindingId::derive(
            self.account,
            self.region,
            self.resource,
            observed.kind,
            &observed.key,
            birth,
        );
        let mut finding = Finding {
            id,
            observed,
            state: State::Active,
            rules: Vec::new(),
            first_observed: self.now,
            last_observed: self.now,
            updated: self.now,
            closed: None,
        };
        finding.rules = (self.rules)(&finding);
        finding.state = state_under(&finding.rules);
        Change {
            kind: ChangeKind::Created,
            before: None,
            finding,
        }
    }

    /// The same weakness is seen again.
    fn again(&self, before: Finding, observed: Observation) -> Option<Change> {
        let reopened = match before.closed {
            Some(closed) if after(closed.at, REOPEN_WITHIN_DAYS * DAY) < self.now => {
                return Some(self.created(observed, self.now.as_millisecond()));
            }
            closed => closed.is_some(),
        };
        let mut finding = before.clone();
        let fields = differences(&before.observed, &observed);
        finding.observed = observed;
        finding.closed = None;
        finding.rules = (self.rules)(&finding);
        finding.state = state_under(&finding.rules);
        let same = fields.is_empty() && finding.rules == before.rules;
        if same && !reopened {
            return None;
        }
        finding.updated = self.now;
        if reopened || !fields.is_empty() {
            finding.last_observed = self.now;
        }
        let kind = if reopened {
            ChangeKind::Reopened
        } else {
            change_of_state(before.state, finding.state).unwrap_or_else(|| {
                ChangeKind::Changed(if fields.is_empty() {
                    vec!["rules"]
                } else {
                    fields
                })
            })
        };
        Some(Change {
            kind,
            before: Some(before),
            finding,
        })
    }
}

/// The names of the fields that differ.
fn differences(a: &Observation, b: &Observation) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let mut compare = |name, differs: bool| {
        if differs {
            fields.push(name);
        }
    };
    compare("title", a.title != b.title);
    compare(
        "severity",
        (a.severity, &a.severity_reason) != (b.severity, &b.severity_reason),
    );
    compare("inspectorScore", a.score != b.score);
    compare("riskScore", a.risk != b.risk);
    compare("vex", a.vex != b.vex);
    compare("fixAvailable", a.fix != b.fix);
    compare(
        "exploitAvailable",
        a.exploit_available != b.exploit_available,
    );
    compare("vendorSeverity", a.vendor_severity != b.vendor_severity);
    let details = match (&a.details, &b.details) {
        (Details::Package(a), Details::Package(b)) if a != b => Some("vulnerablePackages"),
        (Details::Network(a), Details::Network(b)) if a != b => Some("networkPath"),
        (a, b) if a == b => None,
        _ => Some("details"),
    };
    compare(details.unwrap_or_default(), details.is_some());
    fields
}
