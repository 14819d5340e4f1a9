//! Which processes of a resource wait for packets, and the findings that this exposes.

use std::collections::BTreeMap;

use findings::{
    exposure::{Exposure, Ports, Reach},
    reach::Listener,
};

use crate::{
    Scope, StoreError, Tx, Value,
    engine::list_of,
    exposure,
    listing::{self, Listed},
    records::{decode, encode},
};

/// Resources asked about in one statement.
const CHUNK: usize = 500;

/// The listeners of a resource; none where nobody told.
pub fn get(tx: &mut Tx<'_>, resource: i64) -> Result<Vec<Listener>, StoreError> {
    let row = tx.first(
        "SELECT body FROM listeners WHERE resource = ?1",
        &[resource.into()],
    )?;
    row.map_or(Ok(Vec::new()), |row| decode("listeners", row.text(0)?))
}

/// Notes who listens on a resource, and what that says of its exposure.
pub fn set(
    tx: &mut Tx<'_>,
    resource: i64,
    listeners: &[Listener],
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO listeners (resource, body) VALUES (?1, ?2) \
         ON CONFLICT (resource) DO UPDATE SET body = excluded.body",
        &[
            resource.into(),
            encode("listeners", &listeners.to_vec())?.into(),
        ],
    )?;
    let mut ports: Vec<Ports> = listeners
        .iter()
        .map(|listener| Ports {
            protocol: listener.protocol.clone(),
            first: listener.port,
            last: listener.port,
        })
        .collect();
    ports.sort();
    ports.dedup();
    let mut known = exposure::get(tx, resource)?;
    known.listening = Some(ports);
    exposure::set(tx, resource, &known, now)?;
    Ok(())
}

/// A vulnerability of a machine that the internet reaches where some program listens.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    pub listed: Listed,
    /// Listeners on open ports whose own package is affected.
    pub own: Vec<Listener>,
    /// How many others listen on open ports of the machine.
    pub others: usize,
}

/// Active package findings of machines that the internet reaches on a port on which a program
/// listens, the riskiest first.
pub fn exposed(tx: &mut Tx<'_>, scope: &Scope, most: i64) -> Result<Vec<Exposed>, StoreError> {
    let own = [Value::from(&scope.account), Value::from(&scope.region)];
    let mut machines: BTreeMap<i64, (Exposure, Vec<Listener>)> = BTreeMap::new();
    let rows = tx.query(
        "SELECT e.resource, e.body, l.body FROM exposures e \
         JOIN resources r ON r.id = e.resource JOIN listeners l ON l.resource = e.resource \
         WHERE r.account = ?1 AND r.region = ?2 AND r.gone_at IS NULL",
        &own,
    )?;
    for row in &rows {
        let exposure: Exposure = decode("an exposure", row.text(1)?)?;
        if exposure.reach == Reach::Internet && exposure.is_listening() == Some(true) {
            let listeners = decode("listeners", row.text(2)?)?;
            machines.insert(row.int(0)?, (exposure, listeners));
        }
    }
    let numbers: Vec<i64> = machines.keys().copied().collect();
    let mut found: Vec<(i64, String)> = Vec::new();
    for chunk in numbers.chunks(CHUNK) {
        let sql = format!(
            "SELECT f.risk, f.id FROM findings f WHERE f.account = ?1 AND f.region = ?2 \
             AND f.status = 'ACTIVE' AND f.kind = 'PACKAGE_VULNERABILITY' AND f.resource IN ({}) \
             ORDER BY f.risk DESC, f.id LIMIT ?3",
            list_of(4, chunk.len())
        );
        let mut parameters = own.to_vec();
        parameters.push(most.into());
        parameters.extend(chunk.iter().map(|number| Value::Int(*number)));
        for row in tx.query(&sql, &parameters)? {
            found.push((row.int(0)?, row.text(1)?.to_owned()));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.truncate(usize::try_from(most).unwrap_or(0));
    let ids: Vec<String> = found.into_iter().map(|(_, id)| id).collect();
    let listed = listing::by_ids(tx, scope, &ids)?;
    let exposed = listed.into_iter().filter_map(|listed| {
        let (exposure, listeners) = machines.get(&listed.resource_number)?;
        Some(judged(listed, exposure, listeners))
    });
    Ok(exposed.collect())
}

fn judged(listed: Listed, exposure: &Exposure, listeners: &[Listener]) -> Exposed {
    // Of those that listen, the exposure has the ones that packets get to.
    let heard = exposure.listening.as_deref().unwrap_or_default();
    let is_open = |listener: &&Listener| {
        [exposure.open.as_slice(), heard].into_iter().all(|ranges| {
            ranges.iter().any(|range| {
                range.protocol == listener.protocol
                    && (range.first..=range.last).contains(&listener.port)
            })
        })
    };
    let reached: Vec<&Listener> = listeners.iter().filter(is_open).collect();
    let packages = listed.finding.observed.packages();
    let is_own = |listener: &&&Listener| {
        let package = listener.package.as_deref();
        package.is_some_and(|package| packages.iter().any(|p| p.name == package))
    };
    let own: Vec<Listener> = reached
        .iter()
        .filter(is_own)
        .map(|l| (**l).clone())
        .collect();
    Exposed {
        others: reached.len() - own.len(),
        listed,
        own,
    }
}
