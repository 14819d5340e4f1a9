//! Which advisory database the store is matched with, where several processes may have others.

use store::{StoreError, Tx, settings};

use super::ingest::GENERATION;
use crate::database;

/// The setting that names the advisory database with which all of the store agrees; while that
/// comes about, it is behind [`GENERATION`].
pub(super) const MATCHED: &str = "advisory-generation-matched";

/// The setting with the [`rank`] of the database that all processes must match with.
const RANK: &str = "advisory-generation-rank";

/// Which of two databases is to be used: the one built later, and any rather than the starter, which
/// knows little.
pub(super) fn rank(database: &database::Opened) -> i64 {
    if database.is_starter {
        return 0;
    }
    database.records.built().as_second()
}

/// Where the store can be matched with a database.
pub(super) fn place_of(digest: &str) -> String {
    format!("advisories:{digest}")
}

/// Whether all of the store agrees with a database.
pub(super) fn agrees(tx: &mut Tx<'_>, digest: &str) -> Result<bool, StoreError> {
    let service = settings::service();
    for name in [GENERATION, MATCHED] {
        if settings::get(tx, &service, name)?.as_deref() != Some(digest) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Declares a database to be the one that all processes must match with; false if that is a better
/// one. Only who has the store alone may go backwards: two processes would do so in turn for ever.
pub(super) fn adopt(
    tx: &mut Tx<'_>,
    digest: &str,
    rank: i64,
    backwards: bool,
) -> Result<bool, StoreError> {
    let service = settings::service();
    let generation = settings::get_and_lock(tx, &service, GENERATION)?;
    let Some(generation) = generation else {
        settings::set(tx, &service, RANK, &rank.to_string())?;
        settings::set(tx, &service, GENERATION, digest)?;
        return Ok(true);
    };
    if generation == digest {
        return Ok(true);
    }
    let known = settings::get(tx, &service, RANK)?;
    let known: i64 = known.and_then(|known| known.parse().ok()).unwrap_or(0);
    if !backwards && (rank, digest) < (known, generation.as_str()) {
        return Ok(false);
    }
    settings::set(tx, &service, RANK, &rank.to_string())?;
    settings::set(tx, &service, GENERATION, digest)?;
    Ok(true)
}
