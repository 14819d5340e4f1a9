//! The advisory database changes: match again what it speaks of, and evaluate what that changes.
//!
//! The work follows the names whose statements differ, the versions that are looked up under
//! them, and the resources that hold those; never the size of the fleet.

use advisory::database::{Database, diff};
use anyhow::Result;
use findings::{fold::Known, resource::ResourceType};
use model::Timestamp;
use store::{
    Engine, StoreError, Tx,
    content::{self, KnownVersion, Matching as _},
    keep, pending, resources,
    rules::Rules,
    settings, usage,
};

use super::{evaluate, ingest::GENERATION, matching::Matcher, rules};
use crate::pipeline;

/// Names matched again in one transaction.
const NAMES: usize = 500;

/// Resources evaluated in one transaction.
const RESOURCES: i64 = 200;

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

/// Makes the store agree with `new`. `old` is what it agreed with; without it every name is
/// matched again.
///
/// It may be killed at any point and run again.
pub(crate) fn rematch<A: AsRef<[u8]>, B: AsRef<[u8]>>(
    engine: &Engine,
    old: Option<&Database<A>>,
    new: &Database<B>,
    now: Timestamp,
) -> Result<Rematched> {
    engine.write(|tx| settings::set(tx, &settings::service(), GENERATION, &new.digest()))?;
    let (names, facts) = match old {
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
    for chunk in names.chunks(NAMES) {
        let (versions, pairs) = engine.write(|tx| match_again(tx, new, chunk))?;
        done.versions += versions;
        done.pairs += pairs;
    }
    for chunk in facts.chunks(NAMES) {
        done.pairs += engine.write(|tx| facts_again(tx, old, new, chunk))?;
    }
    done.changes = evaluate_pending(engine, new, now)?;
    rules::after_epss(engine, now)?;
    Ok(done)
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
pub(crate) fn evaluate_pending<B: AsRef<[u8]>>(
    engine: &Engine,
    database: &Database<B>,
    now: Timestamp,
) -> Result<usize> {
    let mut changed = 0;
    let mut from = 0;
    loop {
        let (last, count) = engine.write(|tx| {
            let taken = pending::take(tx, from, RESOURCES)?;
            let (mut rules, mut count) = (Rules::default(), 0);
            for (number, vulnerabilities) in &taken {
                if let Some((scope, resource)) = resources::lock(tx, *number)? {
                    let only = Some(vulnerabilities);
                    let with = evaluate::With { database, now };
                    let changes =
                        evaluate::packages(tx, &scope, &resource, &with, only, &mut rules)?;
                    count += changes.len();
                    if resource.resource.kind == ResourceType::AwsEcrContainerImage {
                        usage::add(tx, &scope, "ECR_RESCAN", 1.0, now.as_millisecond())?;
                    }
                }
                pending::done(tx, *number, vulnerabilities)?;
            }
            Ok((taken.keys().next_back().copied(), count))
        })?;
        changed += count;
        match last {
            Some(last) => from = last + 1,
            None => return Ok(changed),
        }
    }
}
