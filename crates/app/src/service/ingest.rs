//! A resource's inventory arrives: store it, evaluate it, close what is gone.

use std::{collections::BTreeMap, fmt};

use advisory::database::Database;
use anyhow::Result;
use findings::resource::{Resource, ResourceDetails, ResourceType};
use model::{Inventory, Timestamp};
use store::{
    Engine, Scope, StoreError, Tx, content,
    resources::{self, Covered},
    rules::Rules,
    settings, usage,
};

use super::{evaluate, matching::Matcher};

/// The setting that names the advisory database all processes must match with.
pub(crate) const GENERATION: &str = "advisory-generation";

/// An inventory with the resource it was taken of.
#[derive(Debug)]
pub(crate) struct Submission<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) inventory: &'a Inventory,
    /// Whether declared packages count.
    pub(crate) declared: bool,
    pub(crate) scan_mode: Option<&'a str>,
}

/// What an inventory changed: how many findings were created, closed, and so on.
pub(crate) type Changed = BTreeMap<&'static str, usize>;

/// Takes a submission in.
///
/// # Errors
///
/// When the store fails, or when the store was matched with another advisory database meanwhile:
/// then the newer one must be opened first.
pub(crate) fn ingest<B: AsRef<[u8]>>(
    engine: &Engine,
    scope: &Scope,
    submission: &Submission<'_>,
    database: &Database<B>,
    now: Timestamp,
) -> Result<Changed> {
    let digest = database.digest();
    let taken = engine.write(|tx| {
        let generation = settings::get_and_hold(tx, &settings::service(), GENERATION)?;
        if generation.is_some_and(|generation| generation != digest) {
            return Ok(None);
        }
        let at = now.as_millisecond();
        let resource = placed(tx, scope, submission.resource)?;
        let mut stored = resources::put(tx, scope, &resource, at)?;
        let matcher = Matcher {
            database,
            declared: submission.declared,
            container: !submission.inventory.layers.is_empty(),
        };
        let interned = content::intern(tx, submission.inventory, &matcher)?;
        let counts_as = scan_kind(stored.inventory, interned.inventory);
        resources::set_inventory(tx, stored.number, interned.inventory)?;
        stored.inventory = Some(interned.inventory);
        let problem = submission.inventory.problems.first();
        let detail = problem.map(ToString::to_string);
        let covered = Covered {
            scan_type: "PACKAGE",
            active: true,
            reason: "SUCCESSFUL",
            detail: detail.as_deref(),
            scan_mode: submission.scan_mode,
            scanned_at: Some(at),
        };
        resources::set_coverage(tx, scope, stored.number, &covered)?;
        let with = evaluate::With { database, now };
        let rules = &mut Rules::default();
        let changes = evaluate::packages(tx, scope, &stored, &with, None, rules)?;
        let mut changed = Changed::new();
        for change in changes {
            *changed.entry(change.kind.name()).or_default() += 1;
        }
        // Last, since all scans of an account count in the same row.
        if submission.resource.kind == ResourceType::AwsEcrContainerImage
            && let Some(kind) = counts_as
        {
            usage::add(tx, scope, kind, 1.0, at)?;
        }
        Ok(Some(changed))
    })?;
    Ok(taken.ok_or(Stale { digest })?)
}

/// What a scan counts as. The same inventory again, as from a client whose answer was lost, is no
/// other scan.
fn scan_kind(before: Option<i64>, now: i64) -> Option<&'static str> {
    match before {
        None => Some("ECR_INITIAL_SCAN"),
        Some(before) => (before != now).then_some("ECR_RESCAN"),
    }
}

/// A machine with what the cloud told of it before: a scan from inside does not see that.
fn placed(tx: &mut Tx<'_>, scope: &Scope, resource: &Resource) -> Result<Resource, StoreError> {
    let mut placed = resource.clone();
    let known = resources::find(tx, scope, resource.kind.name(), &resource.id)?;
    if let Some(known) = known
        && let (ResourceDetails::Instance(new), ResourceDetails::Instance(old)) =
            (&mut placed.details, &known.resource.details)
        && old.vpc.is_some()
    {
        *new = std::mem::take(new).with_outside_of(old);
        placed.tags = known.resource.tags;
    }
    Ok(placed)
}

/// The store is matched with another advisory database than the one at hand.
#[derive(Debug)]
pub(crate) struct Stale {
    digest: String,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = &self.digest;
        write!(
            f,
            "the store was matched with another advisory database than {digest}: open that one"
        )
    }
}

impl std::error::Error for Stale {}
