//! The advisory database changes: match again what it speaks of, and evaluate what that changes.
//!
//! The work follows the names whose statements differ, the versions that are looked up under
//! them, and the resources that hold those; never the size of the fleet.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

use advisory::database::{Database, diff};
use anyhow::{Result, bail};
use findings::{fold::Known, resource::ResourceType};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Engine, Scope, StoreError, Tx,
    content::{self, KnownVersion, Matching as _},
    jobs::{self, NewJob},
    keep, pending, resources,
    rules::Rules,
    settings, usage,
};

use super::{evaluate, ingest::GENERATION, matching::Matcher, rules, worker};
use crate::pipeline;

/// Names matched again in one transaction.
const NAMES: usize = 500;

/// Resources evaluated in one transaction.
const RESOURCES: i64 = 500;

/// Jobs that help to evaluate, where several processes share the work.
const HELPERS: usize = 4;

/// How often resources that another transaction holds are looked at again, and after which pause.
const PATIENCE: (u32, Duration) = (50, Duration::from_millis(20));

/// What a new generation changed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rematched {
    /// Names whose statements differ.
    pub(crate) names: usize,
    /// Package versions that are looked up under them.
    pub(crate) versions: usize,
    /// Pairs of resource and vulnerability that were evaluated.
    pub(crate) pairs: u64,
    pub(crate) changes: usize,
}

/// How far the store is on its way from one generation to the next; written with each step, so
/// that nothing is done or counted twice when a process dies.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    from: Option<String>,
    pub(crate) to: String,
    /// Names that were matched again, and how many there are.
    pub(crate) names: (usize, usize),
    /// Vulnerabilities that were looked at, and how many there are.
    pub(crate) facts: (usize, usize),
    /// The last name and the last vulnerability.
    last: (Option<(String, String)>, Option<String>),
    /// Milliseconds since 1970.
    pub(crate) began: i64,
    /// When the last finding was written.
    pub(crate) ended: Option<i64>,
}

/// The setting with the [`Progress`].
const PROGRESS: &str = "advisory-generation-progress";

impl Progress {
    /// What the store holds, if a generation was ever matched.
    pub(crate) fn read(tx: &mut Tx<'_>) -> Result<Option<Self>, StoreError> {
        let text = settings::get(tx, &settings::service(), PROGRESS)?;
        // What an older version wrote only means to begin again.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(crate) fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let text = serde_json::to_string(self).map_err(|error| StoreError::Corrupt {
            what: "the progress",
            reason: error.to_string(),
        })?;
        settings::set(tx, &settings::service(), PROGRESS, &text)
    }

    /// Begins, or goes on where another process stopped.
    fn begin(
        tx: &mut Tx<'_>,
        from: Option<String>,
        to: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        settings::set(tx, &settings::service(), GENERATION, to)?;
        if let Some(known) = Self::read(tx)?
            && known.to == to
            && known.from == from
        {
            return Ok(known);
        }
        let new = Self {
            from,
            to: to.to_owned(),
            began: now.as_millisecond(),
            ..Self::default()
        };
        new.write(tx)?;
        Ok(new)
    }

    /// Whether the store is still where this says, and nobody else goes on from here until the
    /// transaction ends.
    fn hold(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let service = settings::service();
        if settings::get_and_hold(tx, &service, GENERATION)?.as_ref() != Some(&self.to) {
            return Ok(false);
        }
        let text = settings::get_and_lock(tx, &service, PROGRESS)?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .as_ref()
            == Some(self))
    }

    /// Does one step and notes it; fails if another process does the same work or a newer one.
    fn step<T>(
        &mut self,
        engine: &Engine,
        next: Self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T> {
        let done = engine.write(|tx| {
            if !self.hold(tx)? {
                return Ok(None);
            }
            let done = work(tx)?;
            next.write(tx)?;
            Ok(Some(done))
        })?;
        let Some(done) = done else {
            bail!("another process matches the store with this or a newer advisory database");
        };
        *self = next;
        Ok(done)
    }
}

/// What of a list comes after an element, all if it is not in it.
fn after<'a, T: PartialEq>(list: &'a [T], last: Option<&T>) -> &'a [T] {
    let place = last.and_then(|last| list.iter().position(|one| one == last));
    let rest = place.and_then(|place| list.get(place + 1..));
    rest.unwrap_or(list)
}

/// Makes the store agree with `new`. `old` is what it agreed with; without it every name is
/// matched again.
///
/// It may be killed at any point and run again: it goes on where it was.
pub(crate) fn rematch<A: AsRef<[u8]>, B: AsRef<[u8]>>(
    engine: &Engine,
    old: Option<&Database<A>>,
    new: &Database<B>,
    now: Timestamp,
) -> Result<Rematched> {
    let (from, to) = (old.map(Database::digest), new.digest());
    let mut progress = engine.write(|tx| Progress::begin(tx, from.clone(), &to, now))?;
    let (names, facts): (Vec<(String, String)>, Vec<String>) = match old {
        Some(old) => {
            let difference = diff(old, new);
            let names = difference.names.into_iter().map(|c| (c.namespace, c.name));
            let facts = difference.vulnerabilities.into_iter().map(|(id, _)| id);
            (names.collect(), facts.collect())
        }
        None => engine.read(|tx| Ok((content::all_names(tx)?, keep::all_vulnerabilities(tx)?)))?,
    };
    let mut done = Rematched {
        names: names.len(),
        ..Rematched::default()
    };
    for chunk in after(&names, progress.last.0.clone().as_ref()).chunks(NAMES) {
        let mut next = progress.clone();
        next.names = (next.names.0 + chunk.len(), names.len());
        next.last.0 = chunk.last().cloned();
        let (versions, pairs) = progress.step(engine, next, |tx| match_again(tx, new, chunk))?;
        done.versions += versions;
        done.pairs += pairs;
    }
    for chunk in after(&facts, progress.last.1.clone().as_ref()).chunks(NAMES) {
        let mut next = progress.clone();
        next.facts = (next.facts.0 + chunk.len(), facts.len());
        next.last.1 = chunk.last().cloned();
        done.pairs += progress.step(engine, next, |tx| facts_again(tx, old, new, chunk))?;
    }
    if !engine.is_embedded() {
        engine.write(|tx| call_helpers(tx, now))?;
    }
    done.changes = evaluate_pending(engine, new, now)?;
    rules::after_epss(engine, now)?;
    Ok(done)
}

/// Has other workers evaluate as well: each takes resources that no other has.
fn call_helpers(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    let now = now.as_millisecond();
    for number in 0..HELPERS {
        let job = NewJob {
            kind: jobs::EVALUATE,
            subject: &number.to_string(),
            payload: "",
            place: None,
            priority: worker::BY_ADVISORY,
            run_at: now,
        };
        jobs::enqueue_once(tx, &settings::service(), &job, now)?;
    }
    Ok(())
}

/// Matches the versions under some names again and notes what must be evaluated.
fn match_again<B: AsRef<[u8]>>(
    tx: &mut Tx<'_>,
    database: &Database<B>,
    names: &[(String, String)],
) -> Result<(usize, u64), StoreError> {
    let versions = content::versions_named(tx, names)?;
    let mut pairs = 0;
    for KnownVersion { id, package, os } in &versions {
        let matcher = Matcher {
            database,
            declared: true,
            container: false,
        };
        let matches = matcher.matches(std::slice::from_ref(package), os.as_ref());
        let changed = content::rematch(tx, *id, matches.into_iter().flatten().collect())?;
        pairs += pending::add_by_version(tx, *id, &changed)?;
    }
    Ok((versions.len(), pairs))
}

/// Notes the findings whose vulnerabilities are told differently now: a score, a KEV entry.
///
/// EPSS scores change daily and stand in one row for each vulnerability: no finding is evaluated
/// for them.
fn facts_again<A: AsRef<[u8]>, B: AsRef<[u8]>>(
    tx: &mut Tx<'_>,
    old: Option<&Database<A>>,
    new: &Database<B>,
    ids: &[String],
) -> Result<u64, StoreError> {
    let mut pairs = 0;
    for id in ids {
        let now = told(new, id);
        let before = old.and_then(|old| told(old, id));
        let epss = now.as_ref().and_then(|known| known.facts.epss);
        keep::set_epss(tx, id, epss.map(|epss| f64::from(epss.score)))?;
        let same = before.zip(now).is_some_and(|(mut before, mut now)| {
            (before.facts.epss, now.facts.epss) = (None, None);
            before.facts == now.facts && before.aliases == now.aliases
        });
        if !same {
            pairs += pending::add_by_vulnerability(tx, id)?;
        }
    }
    Ok(pairs)
}

fn told<B: AsRef<[u8]>>(database: &Database<B>, id: &str) -> Option<Known> {
    let record = database.vulnerability(database.find(id)?)?;
    Some(pipeline::facts(&record))
}

/// Evaluates whatever waits; says how many findings changed.
///
/// Several workers may do it at once. A process whose database is not the one that the store is
/// matched with leaves it to the others.
pub(crate) fn evaluate_pending<B: AsRef<[u8]>>(
    engine: &Engine,
    database: &Database<B>,
    now: Timestamp,
) -> Result<usize> {
    let digest = database.digest();
    let mut changed = 0;
    let (mut from, mut held, mut patience) = (0, 0, PATIENCE.0);
    loop {
        let step = engine.write(|tx| evaluate_some(tx, database, &digest, from, now))?;
        let Some((taken, count)) = step else {
            return Ok(changed);
        };
        changed += count;
        held += taken.held;
        if let Some(last) = taken.last {
            from = last + 1;
        } else if held > 0 && patience > 0 {
            (from, held, patience) = (0, 0, patience - 1);
            thread::sleep(PATIENCE.1);
        } else {
            return Ok(changed);
        }
    }
}

/// Evaluates some resources from this number on; none if the store is matched with another
/// database.
fn evaluate_some<B: AsRef<[u8]>>(
    tx: &mut Tx<'_>,
    database: &Database<B>,
    digest: &str,
    from: i64,
    now: Timestamp,
) -> Result<Option<(pending::Taken, usize)>, StoreError> {
    let generation = settings::get_and_hold(tx, &settings::service(), GENERATION)?;
    if generation.is_some_and(|generation| generation != digest) {
        return Ok(None);
    }
    let taken = pending::take(tx, from, RESOURCES)?;
    let mut alike: BTreeMap<&BTreeSet<String>, Vec<i64>> = BTreeMap::new();
    for (number, vulnerabilities) in &taken.of {
        alike.entry(vulnerabilities).or_default().push(*number);
    }
    let (mut rules, mut count) = (Rules::default(), 0);
    let mut rescans: BTreeMap<Scope, i32> = BTreeMap::new();
    let with = evaluate::With { database, now };
    for (vulnerabilities, numbers) in alike {
        let locked = resources::lock_all(tx, &numbers)?;
        let only = Some(vulnerabilities);
        let changes = evaluate::packages_of_all(tx, &locked, &with, only, &mut rules)?;
        count += changes.iter().map(Vec::len).sum::<usize>();
        for (scope, resource) in locked {
            if resource.resource.kind == ResourceType::AwsEcrContainerImage {
                *rescans.entry(scope).or_default() += 1;
            }
        }
        pending::done(tx, &numbers, vulnerabilities)?;
    }
    for (scope, count) in rescans {
        let count = f64::from(count);
        usage::add(tx, &scope, "ECR_RESCAN", count, now.as_millisecond())?;
    }
    Ok(Some((taken, count)))
}
