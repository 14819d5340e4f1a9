//! Counts of findings by title and package, of which transactions note only what they add.

use anyhow::Result;
use store::keep;

use super::worker::Service;

/// Notes that are added to the counts in one transaction.
const MOST: i64 = 20_000;

/// Adds what transactions noted to the counts, so that readers add up little.
pub(super) fn fold_counts(service: &Service) -> Result<()> {
    // On a database of one writer the transactions themselves add to the counts.
    while !service.engine.is_embedded() && !service.is_stopping() {
        let folded = service.engine.write(|tx| keep::fold_counts(tx, MOST))?;
        if folded < MOST.unsigned_abs() {
            break;
        }
    }
    Ok(())
}
