//! What is known of vulnerabilities, and their EPSS scores.

use std::collections::{BTreeMap, BTreeSet};

use findings::{finding::VulnerabilityFacts, risk};

use crate::{
    StoreError, Tx, Value,
    digest::digest,
    engine::{MOST_KEYS, list_of},
    records::encode,
};

/// Stores what is known of vulnerabilities.
///
/// Rows that say the same already are not even locked: one advisory concerns many resources, and
/// whoever evaluates them must not wait for each other.
pub fn put_facts(
    tx: &mut Tx<'_>,
    facts: &[(VulnerabilityFacts, Option<f64>)],
) -> Result<(), StoreError> {
    let known = known_facts(tx, facts)?;
    let mut rows = BTreeMap::new();
    let mut aliases = Vec::new();
    for (facts, epss) in facts {
        let body = encode("a vulnerability", facts)?;
        let hash = Value::Blob(digest([&body]));
        let epss = Value::from(*epss);
        let before = known.get(&facts.id);
        if before.is_some_and(|(known, score)| *known == hash && *score == epss) {
            continue;
        }
        if before.is_none_or(|(known, _)| *known != hash) {
            aliases.push((facts, before.is_some()));
        }
        let before = before.and_then(|(_, score)| real(score));
        move_risk(tx, &facts.id, before, real(&epss))?;
        rows.insert(
            &facts.id,
            vec![Value::from(&facts.id), epss, hash, body.into()],
        );
    }
    if rows.is_empty() {
        return Ok(());
    }
    let version = Value::Int(tx.version()?);
    // In the order of ids, so that two transactions do not wait for each other.
    let mut rows: Vec<Vec<Value>> = rows.into_values().collect();
    for row in &mut rows {
        row.push(version.clone());
    }
    tx.insert_many(
        "INSERT INTO vulnerabilities (id, epss, digest, body, epss_version)",
        &rows,
        "ON CONFLICT (id) DO UPDATE SET epss = excluded.epss, digest = excluded.digest, \
         body = excluded.body, epss_before = CASE \
         WHEN vulnerabilities.epss IS DISTINCT FROM excluded.epss THEN vulnerabilities.epss \
         ELSE vulnerabilities.epss_before END, epss_version = CASE \
         WHEN vulnerabilities.epss IS DISTINCT FROM excluded.epss THEN excluded.epss_version \
         ELSE vulnerabilities.epss_version END \
         WHERE vulnerabilities.digest <> excluded.digest \
         OR vulnerabilities.epss IS DISTINCT FROM excluded.epss",
    )?;
    put_aliases(tx, &aliases)
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Real(value) => Some(*value),
        _ => None,
    }
}

/// Digest and EPSS score by vulnerability.
type KnownFacts = BTreeMap<String, (Value, Value)>;

fn known_facts(
    tx: &mut Tx<'_>,
    facts: &[(VulnerabilityFacts, Option<f64>)],
) -> Result<KnownFacts, StoreError> {
    let mut known = BTreeMap::new();
    for chunk in facts.chunks(MOST_KEYS) {
        let ids: Vec<Value> = chunk.iter().map(|(facts, _)| (&facts.id).into()).collect();
        let sql = format!(
            "SELECT id, digest, epss FROM vulnerabilities WHERE id IN ({})",
            list_of(1, ids.len())
        );
        tx.each(&sql, &ids, |row| {
            let value = (row.value(1)?.clone(), row.value(2)?.clone());
            known.insert(row.text(0)?.to_owned(), value);
            Ok(())
        })?;
    }
    Ok(known)
}

/// Writes the aliases of vulnerabilities, each with whether it may have some already.
fn put_aliases(tx: &mut Tx<'_>, facts: &[(&VulnerabilityFacts, bool)]) -> Result<(), StoreError> {
    let mut aliases = BTreeSet::new();
    for (facts, known) in facts {
        if *known {
            tx.execute(
                "DELETE FROM vulnerability_aliases WHERE vulnerability = ?1",
                &[Value::from(&facts.id)],
            )?;
        }
        let own = facts.aliases.iter();
        aliases.extend(own.map(|alias| (&facts.id, alias)));
    }
    let aliases = aliases.into_iter();
    let aliases: Vec<Vec<Value>> = aliases
        .map(|(id, alias)| vec![id.into(), alias.into()])
        .collect();
    tx.insert_many(
        "INSERT INTO vulnerability_aliases (vulnerability, alias)",
        &aliases,
        "ON CONFLICT DO NOTHING",
    )?;
    Ok(())
}

/// The ids of all vulnerabilities that are known.
pub fn all_vulnerabilities(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let rows = tx.query("SELECT id FROM vulnerabilities ORDER BY id", &[])?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Sets the EPSS score of a vulnerability, if it is known here.
pub fn set_epss(tx: &mut Tx<'_>, id: &str, score: Option<f64>) -> Result<(), StoreError> {
    let changed = tx.first(
        "SELECT epss FROM vulnerabilities WHERE id = ?1 AND epss IS DISTINCT FROM ?2",
        &[id.into(), score.into()],
    )?;
    if let Some(row) = changed {
        move_risk(tx, id, row.optional_real(0)?, score)?;
        let version = tx.version()?;
        tx.execute(
            "UPDATE vulnerabilities SET epss_before = epss, epss = ?2, epss_version = ?3 \
             WHERE id = ?1",
            &[id.into(), score.into(), version.into()],
        )?;
    }
    Ok(())
}

/// The EPSS scores of these vulnerabilities, of those that have one.
pub(super) fn epss_of<'a>(
    tx: &mut Tx<'_>,
    ids: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, f64>, StoreError> {
    let ids: BTreeSet<&str> = ids.collect();
    let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    let mut scores = BTreeMap::new();
    for chunk in ids.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT id, epss FROM vulnerabilities WHERE epss IS NOT NULL AND id IN ({})",
            list_of(1, chunk.len())
        );
        tx.each(&sql, chunk, |row| {
            if let Some(score) = row.optional_real(1)? {
                scores.insert(row.text(0)?.to_owned(), score);
            }
            Ok(())
        })?;
    }
    Ok(scores)
}

/// Moves the ranks of a vulnerability's findings with its EPSS score; most days that is nothing.
fn move_risk(
    tx: &mut Tx<'_>,
    id: &str,
    before: Option<f64>,
    after: Option<f64>,
) -> Result<(), StoreError> {
    let moved = risk::epss_points(after) - risk::epss_points(before);
    if moved != 0 {
        tx.execute(
            "UPDATE findings SET risk = risk + ?2 WHERE vulnerability = ?1",
            &[id.into(), moved.into()],
        )?;
    }
    Ok(())
}
