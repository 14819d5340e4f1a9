//! Resources, what searches find them by, and how they are covered.

use findings::resource::{Attribute, Resource};

use crate::{
    Scope, StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
    records::{decode, encode},
};

/// A resource as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredResource {
    /// Its number in this database.
    pub number: i64,
    pub resource: Resource,
    /// Number of its inventory, if one was taken.
    pub inventory: Option<i64>,
    /// Milliseconds since 1970; set if it was deleted or is no longer eligible.
    pub gone_at: Option<i64>,
}

pub(crate) const COLUMNS: &str = "id, inventory, gone_at, body";

/// Stores a resource or what is new about it, and locks it until the transaction ends.
///
/// Returns it with the inventory it had before.
pub fn put(
    tx: &mut Tx<'_>,
    scope: &Scope,
    resource: &Resource,
    now: i64,
) -> Result<StoredResource, StoreError> {
    let body = encode("a resource", resource)?;
    tx.execute(
        "INSERT INTO resources \
         (account, region, resource_type, resource_id, body, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) \
         ON CONFLICT (account, region, resource_type, resource_id) DO UPDATE SET \
         body = excluded.body, updated_at = excluded.updated_at, gone_at = NULL",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            resource.kind.name().into(),
            Value::from(&resource.id),
            body.into(),
            now.into(),
        ],
    )?;
    let stored = find(tx, scope, resource.kind.name(), &resource.id)?;
    let stored = stored.ok_or_else(|| StoreError::Corrupt {
        what: "a resource",
        reason: format!("{} was stored and is not there", resource.id),
    })?;
    put_attributes(tx, stored.number, resource)?;
    Ok(stored)
}

fn put_attributes(tx: &mut Tx<'_>, number: i64, resource: &Resource) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM resource_attributes WHERE resource = ?1",
        &[number.into()],
    )?;
    let rows: Vec<Vec<Value>> = resource
        .attributes()
        .into_iter()
        .map(|attribute| {
            let (name, value, count) = match attribute {
                Attribute::Text(name, value) => (name.to_owned(), value, None),
                Attribute::Number(name, value) => (name.to_owned(), value.to_string(), Some(value)),
                Attribute::Tag(key, value) => (tag_attribute(&key), value, None),
            };
            vec![
                number.into(),
                name.into(),
                value.into(),
                count.map_or(Value::Null, real),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO resource_attributes (resource, name, value, number)",
        &rows,
        "ON CONFLICT DO NOTHING",
    )?;
    Ok(())
}

/// Whole numbers up to 2^53 are exact, which is enough for counts and milliseconds.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn real(value: i64) -> Value {
    Value::Real(value as f64)
}

/// The attribute that holds the tag with this key.
pub(crate) fn tag_attribute(key: &str) -> String {
    format!("tag:{key}")
}

/// A resource by its type and id, locked until the transaction ends if it writes.
pub fn find(
    tx: &mut Tx<'_>,
    scope: &Scope,
    kind: &str,
    id: &str,
) -> Result<Option<StoredResource>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM resources WHERE account = ?1 AND region = ?2 \
         AND resource_type = ?3 AND resource_id = ?4"
    );
    let parameters = [
        Value::from(&scope.account),
        Value::from(&scope.region),
        kind.into(),
        id.into(),
    ];
    tx.first(&sql, &parameters)?
        .map(|row| stored(&row))
        .transpose()
}

/// The resource of any type with this id that has an inventory and is not gone.
pub fn evaluable(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
) -> Result<Option<StoredResource>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM resources WHERE account = ?1 AND region = ?2 \
         AND resource_id = ?3 AND inventory IS NOT NULL AND gone_at IS NULL ORDER BY id LIMIT 1"
    );
    let parameters = [
        Value::from(&scope.account),
        Value::from(&scope.region),
        id.into(),
    ];
    tx.first(&sql, &parameters)?
        .map(|row| stored(&row))
        .transpose()
}

/// A resource by its number with its scope, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, number: i64) -> Result<Option<(Scope, StoredResource)>, StoreError> {
    Ok(lock_all(tx, &[number])?.pop())
}

/// Those of the resources that are there, by number, locked until the transaction ends.
pub fn lock_all(
    tx: &mut Tx<'_>,
    numbers: &[i64],
) -> Result<Vec<(Scope, StoredResource)>, StoreError> {
    let mut locked = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT {COLUMNS}, account, region FROM resources WHERE id IN ({}) ORDER BY id{}",
            list_of(1, chunk.len()),
            tx.for_update()
        );
        let parameters: Vec<Value> = chunk.iter().map(|number| Value::Int(*number)).collect();
        tx.each(&sql, &parameters, |row| {
            locked.push((Scope::new(row.text(4)?, row.text(5)?), stored(&row)?));
            Ok(())
        })?;
    }
    Ok(locked)
}

pub(crate) fn stored(row: &crate::Row) -> Result<StoredResource, StoreError> {
    Ok(StoredResource {
        number: row.int(0)?,
        inventory: row.optional_int(1)?,
        gone_at: row.optional_int(2)?,
        resource: decode("a resource", row.text(3)?)?,
    })
}

/// The Regions in which an account has resources.
pub fn regions(tx: &mut Tx<'_>, account: &str) -> Result<Vec<String>, StoreError> {
    let rows = tx.query(
        "SELECT DISTINCT region FROM resources WHERE account = ?1 ORDER BY region",
        &[account.into()],
    )?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Notes which inventory a resource has now.
pub fn set_inventory(tx: &mut Tx<'_>, number: i64, inventory: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE resources SET inventory = ?2 WHERE id = ?1",
        &[number.into(), inventory.into()],
    )?;
    Ok(())
}

/// Notes that a resource is gone.
pub fn set_gone(tx: &mut Tx<'_>, number: i64, now: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE resources SET gone_at = ?2 WHERE id = ?1 AND gone_at IS NULL",
        &[number.into(), now.into()],
    )?;
    Ok(())
}

/// How one kind of scan covers a resource (service model, `ScanStatus`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered<'a> {
    /// `PACKAGE`, `NETWORK` or `CODE`.
    pub scan_type: &'a str,
    pub active: bool,
    /// A `ScanStatusReason`.
    pub reason: &'a str,
    /// What went wrong, in words.
    pub detail: Option<&'a str>,
    pub scan_mode: Option<&'a str>,
    /// Milliseconds since 1970; none leaves what is there.
    pub scanned_at: Option<i64>,
}

/// Stores how a resource is covered.
pub fn set_coverage(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: i64,
    covered: &Covered<'_>,
) -> Result<(), StoreError> {
    let status = if covered.active { "ACTIVE" } else { "INACTIVE" };
    tx.execute(
        "INSERT INTO coverage (resource, scan_type, account, region, status, reason, detail, \
         scan_mode, scanned_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (resource, scan_type) DO UPDATE SET status = excluded.status, \
         reason = excluded.reason, detail = excluded.detail, scan_mode = excluded.scan_mode, \
         scanned_at = COALESCE(excluded.scanned_at, coverage.scanned_at)",
        &[
            number.into(),
            covered.scan_type.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
            status.into(),
            covered.reason.into(),
            covered.detail.into(),
            covered.scan_mode.into(),
            covered.scanned_at.into(),
        ],
    )?;
    Ok(())
}

/// Notes that a kind of scan of a resource was done again.
pub fn set_scanned(
    tx: &mut Tx<'_>,
    number: i64,
    scan_type: &str,
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE coverage SET scanned_at = ?3 WHERE resource = ?1 AND scan_type = ?2",
        &[number.into(), scan_type.into(), now.into()],
    )?;
    Ok(())
}

/// How many resources with an inventory a scope has.
pub fn count(tx: &mut Tx<'_>, scope: &Scope) -> Result<i64, StoreError> {
    let row = tx.first(
        "SELECT COUNT(*) FROM resources WHERE account = ?1 AND region = ?2 \
         AND inventory IS NOT NULL",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}
