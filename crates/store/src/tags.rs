//! Tags of what the account owns, by ARN.

use std::collections::BTreeMap;

use crate::{Scope, StoreError, Tx, Value};

/// The tags of a thing.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    arn: &str,
) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = tx.query(
        "SELECT name, value FROM tags WHERE account = ?1 AND arn = ?2",
        &[Value::from(&scope.account), arn.into()],
    )?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
        .collect()
}

/// Adds tags, or replaces their values.
pub fn put(
    tx: &mut Tx<'_>,
    scope: &Scope,
    arn: &str,
    tags: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let row = |(name, value): (&String, &String)| {
        vec![
            Value::from(&scope.account),
            arn.into(),
            name.into(),
            value.into(),
        ]
    };
    let rows: Vec<Vec<Value>> = tags.iter().map(row).collect();
    tx.insert_many(
        "INSERT INTO tags (account, arn, name, value)",
        &rows,
        "ON CONFLICT (account, arn, name) DO UPDATE SET value = excluded.value",
    )?;
    Ok(())
}

/// Removes one tag, if it is there.
pub fn remove(tx: &mut Tx<'_>, scope: &Scope, arn: &str, name: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM tags WHERE account = ?1 AND arn = ?2 AND name = ?3",
        &[Value::from(&scope.account), arn.into(), name.into()],
    )?;
    Ok(())
}

/// Removes all tags of a thing.
pub fn remove_all(tx: &mut Tx<'_>, scope: &Scope, arn: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM tags WHERE account = ?1 AND arn = ?2",
        &[Value::from(&scope.account), arn.into()],
    )?;
    Ok(())
}
