//! The last configuration of networks that each account sent, document by document.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Row, Scope, StoreError, StoredResource, Tx, Value, digest::digest, resources};

/// One response of a describe call, or several in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    pub body: Vec<u8>,
}

/// What is said of a configuration that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Names the content: equal documents give equal digests.
    pub digest: String,
    /// Milliseconds since 1970.
    pub taken_at: i64,
}

/// The digest of documents, whatever their order.
pub fn digest_of(documents: &[Document]) -> String {
    let parts: BTreeMap<&str, Vec<u8>> = documents
        .iter()
        .map(|document| (document.name.as_str(), digest([&document.body])))
        .collect();
    let whole = digest(
        parts
            .iter()
            .flat_map(|(name, one)| [name.as_bytes(), one.as_slice()]),
    );
    let halves = whole.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}

/// Replaces the configuration of an account in a Region; documents that are the same stay.
pub fn put(
    tx: &mut Tx<'_>,
    scope: &Scope,
    documents: &[Document],
    now: i64,
) -> Result<(), StoreError> {
    let own = [Value::from(&scope.account), Value::from(&scope.region)];
    let with = |more: &[Value]| [own.as_slice(), more].concat();
    // The row of the whole is written first: it keeps other writers of the scope waiting.
    tx.execute(
        "INSERT INTO network_snapshots (account, region, digest, taken_at) \
         VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account, region) DO UPDATE SET \
         digest = excluded.digest, taken_at = excluded.taken_at",
        &with(&[digest_of(documents).into(), now.into()]),
    )?;
    let rows = tx.query(
        "SELECT name, digest FROM network_documents WHERE account = ?1 AND region = ?2",
        &own,
    )?;
    let mut known = BTreeMap::new();
    for row in &rows {
        known.insert(row.text(0)?.to_owned(), row.blob(1)?.to_vec());
    }
    let names: BTreeSet<&str> = documents.iter().map(|d| d.name.as_str()).collect();
    for name in known.keys().filter(|name| !names.contains(name.as_str())) {
        tx.execute(
            "DELETE FROM network_documents WHERE account = ?1 AND region = ?2 AND name = ?3",
            &with(&[name.into()]),
        )?;
    }
    for document in documents {
        let new = digest([&document.body]);
        if known.get(&document.name) == Some(&new) {
            continue;
        }
        tx.execute(
            "INSERT INTO network_documents (account, region, name, digest, body) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (account, region, name) DO UPDATE SET \
             digest = excluded.digest, body = excluded.body",
            &with(&[
                Value::from(&document.name),
                new.into(),
                document.body.clone().into(),
            ]),
        )?;
    }
    Ok(())
}

/// What is kept for an account in a Region.
pub fn kept(tx: &mut Tx<'_>, scope: &Scope) -> Result<Option<Kept>, StoreError> {
    kept_with(tx, scope, "")
}

/// Like [`kept`], in a transaction that writes: nobody replaces it before that ends.
pub fn kept_and_hold(tx: &mut Tx<'_>, scope: &Scope) -> Result<Option<Kept>, StoreError> {
    let lock = if tx.is_postgres() { " FOR SHARE" } else { "" };
    kept_with(tx, scope, lock)
}

fn kept_with(tx: &mut Tx<'_>, scope: &Scope, lock: &str) -> Result<Option<Kept>, StoreError> {
    let sql = format!(
        "SELECT digest, taken_at FROM network_snapshots WHERE account = ?1 AND region = ?2{lock}"
    );
    let own = [Value::from(&scope.account), Value::from(&scope.region)];
    let row = tx.first(&sql, &own)?;
    row.map(|row| {
        Ok(Kept {
            digest: row.text(0)?.to_owned(),
            taken_at: row.int(1)?,
        })
    })
    .transpose()
}

/// The documents of an account in a Region, by name.
pub fn documents(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Document>, StoreError> {
    let rows = tx.query(
        "SELECT name, body FROM network_documents WHERE account = ?1 AND region = ?2 \
         ORDER BY name",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    let document = |row: &Row| {
        Ok(Document {
            name: row.text(0)?.to_owned(),
            body: row.blob(1)?.to_vec(),
        })
    };
    rows.iter().map(document).collect()
}

/// The accounts and Regions whose configuration is kept.
pub fn scopes(tx: &mut Tx<'_>) -> Result<Vec<Scope>, StoreError> {
    let rows = tx.query(
        "SELECT account, region FROM network_snapshots ORDER BY account, region",
        &[],
    )?;
    let scope = |row: &Row| Ok(Scope::new(row.text(0)?, row.text(1)?));
    rows.iter().map(scope).collect()
}

/// The resources that scans of networks cover and that are not gone.
pub fn covered(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<StoredResource>, StoreError> {
    let sql = format!(
        "SELECT {} FROM resources WHERE account = ?1 AND region = ?2 AND gone_at IS NULL \
         AND id IN (SELECT resource FROM coverage WHERE scan_type = 'NETWORK')",
        resources::COLUMNS
    );
    let own = [Value::from(&scope.account), Value::from(&scope.region)];
    let rows = tx.query(&sql, &own)?;
    rows.iter().map(resources::stored).collect()
}

/// Says of the instances whose evaluation, a job of this kind, was given up that it failed.
///
/// Nothing but the jobs is read while none was given up.
pub fn give_up(tx: &mut Tx<'_>, kind: &str) -> Result<u64, StoreError> {
    let given_up = tx.query(
        "SELECT account, region, MAX(failure) FROM jobs \
         WHERE kind = ?1 AND parked_at IS NOT NULL GROUP BY account, region",
        &[kind.into()],
    )?;
    let mut told = 0;
    for job in given_up {
        told += tx.execute(
            "UPDATE coverage SET status = 'INACTIVE', reason = 'INTERNAL_ERROR', detail = ?3 \
             WHERE account = ?1 AND region = ?2 AND scan_type = 'NETWORK' AND status = 'ACTIVE'",
            &[
                job.text(0)?.into(),
                job.text(1)?.into(),
                job.optional_text(2)?.into(),
            ],
        )?;
    }
    Ok(told)
}

/// Notes that all instances were looked at again.
pub fn touch(tx: &mut Tx<'_>, scope: &Scope, now: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE coverage SET scanned_at = ?3, status = 'ACTIVE', \
         detail = CASE WHEN status = 'ACTIVE' THEN detail END, \
         reason = CASE WHEN status = 'ACTIVE' THEN reason ELSE 'SUCCESSFUL' END \
         WHERE account = ?1 AND region = ?2 AND scan_type = 'NETWORK' \
         AND (status = 'ACTIVE' OR reason = 'INTERNAL_ERROR')",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            now.into(),
        ],
    )?;
    Ok(())
}
