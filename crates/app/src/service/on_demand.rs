//! A client asks for a scan: the inventory that is there is evaluated once more, now.

use anyhow::{Result, bail};
use store::{jobs::Job, on_demand, resources, rules::Rules, settings, usage};

use super::{evaluate, ingest::GENERATION, worker::Service};
use crate::clock;

/// How often a scan that meets trouble is begun again.
const MOST_ATTEMPTS: i64 = 5;

/// How long a scan may wait and take, in milliseconds.
pub(crate) const LONGEST: i64 = 3_600_000;

/// Does the scan of a job.
pub(crate) fn run(service: &Service, job: &Job) -> Result<()> {
    let end = |failure: &str| {
        let now = clock::milliseconds();
        let end = |tx: &mut store::Tx<'_>| on_demand::end(tx, &job.subject, Some(failure), now);
        service.engine.write(end)
    };
    if job.attempts > MOST_ATTEMPTS {
        end("INTERNAL_ERROR")?;
        return Ok(());
    }
    match scan(service, &job.subject) {
        Ok(()) => Ok(()),
        Err(error) if job.attempts < MOST_ATTEMPTS => Err(error),
        Err(error) => {
            tracing::error!(
                scan = job.subject,
                error = format!("{error:#}"),
                "scan on demand failed"
            );
            end("INTERNAL_ERROR")?;
            Ok(())
        }
    }
}

fn scan(service: &Service, id: &str) -> Result<()> {
    let database = service.database();
    let digest = database.records.digest();
    let is_done = service.engine.write(|tx| {
        let Some(scan) = on_demand::in_progress(tx, id)? else {
            return Ok(true);
        };
        let generation = settings::get_and_hold(tx, &settings::service(), GENERATION)?;
        if generation.is_some_and(|generation| generation != digest) {
            return Ok(false);
        }
        let now = clock::now();
        let at = clock::milliseconds();
        let known = resources::evaluable(tx, &scan.scope, &scan.resource_id)?;
        let locked = match known {
            Some(known) => resources::lock(tx, known.number)?,
            None => None,
        };
        let Some((scope, resource)) = locked else {
            on_demand::end(tx, id, Some("RESOURCE_TERMINATED"), at)?;
            return Ok(true);
        };
        let with = evaluate::With {
            database: &database.records,
            now,
        };
        evaluate::packages(tx, &scope, &resource, &with, None, &mut Rules::default())?;
        resources::set_scanned(tx, resource.number, "PACKAGE", at)?;
        usage::add(tx, &scope, "EC2_AMI_ONE_SHOT_SCAN", 1.0, at)?;
        on_demand::end(tx, id, None, at)?;
        Ok(true)
    })?;
    if !is_done {
        bail!("the store is being matched with another advisory database");
    }
    Ok(())
}
