//! How resources can be reached; a change has exactly that resource's findings judged again.

use std::collections::BTreeMap;

use findings::{
    environment::Follows,
    exposure::{Exposure, Reach},
};

use crate::{
    StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
    jobs::{self, NewJob},
    pending,
    records::{decode, encode},
    settings,
};

/// The priority of the evaluations that a change of exposure asks for.
const PRIORITY: i64 = 20;

/// How a resource can be reached; unknown where nothing was ever said.
pub fn get(tx: &mut Tx<'_>, resource: i64) -> Result<Exposure, StoreError> {
    let known = get_all(tx, &[resource])?.remove(&resource);
    Ok(known.unwrap_or_default())
}

/// How resources can be reached, those of which something was ever said.
pub fn get_all(tx: &mut Tx<'_>, resources: &[i64]) -> Result<BTreeMap<i64, Exposure>, StoreError> {
    let mut known = BTreeMap::new();
    for chunk in resources.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT resource, body FROM exposures WHERE resource IN ({})",
            list_of(1, chunk.len())
        );
        let parameters: Vec<Value> = chunk.iter().map(|number| Value::Int(*number)).collect();
        tx.each(&sql, &parameters, |row| {
            known.insert(row.int(0)?, decode("an exposure", row.text(1)?)?);
            Ok(())
        })?;
    }
    Ok(known)
}

/// Notes how a resource can be reached now, and if that is a change asks for the evaluation of
/// its package findings; says of how many.
pub fn set(
    tx: &mut Tx<'_>,
    resource: i64,
    exposure: &Exposure,
    now: i64,
) -> Result<u64, StoreError> {
    let before = get(tx, resource)?;
    if before == *exposure {
        return Ok(0);
    }
    let body = encode("an exposure", exposure)?;
    tx.execute(
        "INSERT INTO exposures (resource, changed_at, body) VALUES (?1, ?2, ?3) \
         ON CONFLICT (resource) DO UPDATE SET changed_at = excluded.changed_at, \
         body = excluded.body",
        &[resource.into(), now.into(), body.into()],
    )?;
    let noted = pending::add_by_resource(tx, resource)?;
    evaluate_soon(tx, now)?;
    Ok(noted)
}

/// Forgets how a resource can be reached: it is unknown again.
pub fn forget(tx: &mut Tx<'_>, resource: i64, now: i64) -> Result<u64, StoreError> {
    set(tx, resource, &Exposure::default(), now)
}

/// The setting that is there where severities follow base scores.
const FOLLOWS_BASE: &str = "severity-follows-base-score";

/// Which score severities follow.
pub fn follows(tx: &mut Tx<'_>) -> Result<Follows, StoreError> {
    let set = settings::get(tx, &settings::service(), FOLLOWS_BASE)?;
    Ok(set.map_or(Follows::Adjusted, |_| Follows::Base))
}

/// Says which score severities follow. If that is a change, everything whose score an environment
/// may change is evaluated again; says of how much.
pub fn set_follows(tx: &mut Tx<'_>, wanted: Follows, now: i64) -> Result<u64, StoreError> {
    if follows(tx)? == wanted {
        return Ok(0);
    }
    let scope = settings::service();
    match wanted {
        Follows::Adjusted => settings::remove(tx, &scope, FOLLOWS_BASE)?,
        Follows::Base => settings::set(tx, &scope, FOLLOWS_BASE, "")?,
    }
    let rows = tx.query("SELECT resource, body FROM exposures", &[])?;
    let mut noted = 0;
    for row in &rows {
        let exposure: Exposure = decode("an exposure", row.text(1)?)?;
        if !matches!(exposure.reach, Reach::Unknown | Reach::Internet) {
            noted += pending::add_by_resource(tx, row.int(0)?)?;
        }
    }
    evaluate_soon(tx, now)?;
    Ok(noted)
}

/// Asks for the evaluation of what waits.
pub fn evaluate_soon(tx: &mut Tx<'_>, now: i64) -> Result<(), StoreError> {
    let job = NewJob {
        kind: jobs::EVALUATE,
        subject: "",
        payload: "",
        place: None,
        priority: PRIORITY,
        run_at: now,
    };
    jobs::enqueue(tx, &settings::service(), &job, now)
}
