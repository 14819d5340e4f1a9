//! Named settings of an account in a Region, or of the whole service.

use crate::{Scope, StoreError, Tx, Value};

/// The scope of what belongs to no account.
pub fn service() -> Scope {
    Scope::new("", "")
}

/// A setting's text, if it was set.
pub fn get(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> Result<Option<String>, StoreError> {
    read(tx, scope, name, "")
}

/// Like [`get`], and the setting stays as it is until the transaction ends.
pub fn get_and_hold(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let lock = if tx.is_postgres() { " FOR SHARE" } else { "" };
    read(tx, scope, name, lock)
}

/// Like [`get`], and no other transaction reads it with a hold or changes it until this one ends.
pub fn get_and_lock(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let lock = tx.for_update();
    read(tx, scope, name, lock)
}

fn read(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &str,
    lock: &str,
) -> Result<Option<String>, StoreError> {
    let sql =
        format!("SELECT body FROM settings WHERE account = ?1 AND region = ?2 AND name = ?3{lock}");
    let parameters = [
        Value::from(&scope.account),
        Value::from(&scope.region),
        name.into(),
    ];
    let row = tx.first(&sql, &parameters)?;
    row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

/// Sets a setting.
pub fn set(tx: &mut Tx<'_>, scope: &Scope, name: &str, text: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settings (account, region, name, body) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (account, region, name) DO UPDATE SET body = excluded.body",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            name.into(),
            text.into(),
        ],
    )?;
    Ok(())
}

/// Removes a setting.
pub fn remove(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM settings WHERE account = ?1 AND region = ?2 AND name = ?3",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            name.into(),
        ],
    )?;
    Ok(())
}
