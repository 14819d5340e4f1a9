//! Suppression rules whose effect changes by itself: they expire, or read a score that moves.

use anyhow::Result;
use findings::criteria::Field;
use model::Timestamp;
use store::{Engine, rules};

/// Releases what expired rules hide; says how many findings changed. The scheduler calls it.
pub(crate) fn release_expired(engine: &Engine, now: Timestamp) -> Result<u64> {
    let now = now.as_millisecond();
    let mut changed = 0;
    for (scope, id) in engine.read(|tx| rules::expire(tx, now))? {
        changed += engine.write(|tx| rules::apply(tx, &scope, &id, now))?;
    }
    Ok(changed)
}

/// Applies the rules that read EPSS scores, which change daily without an evaluation.
pub(crate) fn after_epss(engine: &Engine, now: Timestamp) -> Result<u64> {
    let now = now.as_millisecond();
    let mut changed = 0;
    for (scope, id) in engine.read(|tx| rules::reading(tx, Field::Epss))? {
        changed += engine.write(|tx| rules::apply(tx, &scope, &id, now))?;
    }
    Ok(changed)
}
