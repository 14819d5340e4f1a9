//! Access keys, whose secrets are sealed with a master key that is not in the database.

use std::fmt;

use chacha20poly1305::{
    AeadCore as _, ChaCha20Poly1305, KeyInit as _, Nonce,
    aead::{Aead as _, OsRng, Payload, rand_core::RngCore as _},
};
use sha2::{Digest as _, Sha256};

use crate::{Row, StoreError, Tx, Value};

/// Bytes of a master key.
pub const MASTER: usize = 32;

/// Bytes of the nonce before a sealed secret.
const NONCE: usize = 12;

/// What an access key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Operations that change nothing.
    Reader,
}

impl Role {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Reader => "reader",
        }
    }

    /// The role with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Admin, Self::Reader]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// The key that seals secrets; all processes on one database share it.
#[derive(Clone)]
pub struct MasterKey([u8; MASTER]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl MasterKey {
    /// A new one from the operating system's random numbers.
    pub fn generate() -> Self {
        let mut bytes = [0; MASTER];
        OsRng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// A key from its 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 2 * MASTER || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; MASTER];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = str::from_utf8(digits).ok()?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        let digit = |half: u8| char::from_digit(half.into(), 16);
        let halves = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.filter_map(digit).collect()
    }

    /// Another secret that all processes share, for one purpose.
    pub fn derive(&self, purpose: &str) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(purpose.as_bytes());
        hash.finalize().to_vec()
    }

    /// A key opens under the identifier that it was sealed for, and no other.
    fn seal(&self, id: &str, secret: &str) -> Result<Vec<u8>, StoreError> {
        let nonce = ChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: id.as_bytes(),
        };
        let sealed = ChaCha20Poly1305::new(&self.0.into()).encrypt(&nonce, payload);
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed.map_err(|_opaque| sealing("it cannot be sealed"))?);
        Ok(bytes)
    }

    fn open(&self, id: &str, sealed: &[u8]) -> Result<String, StoreError> {
        let refuse = || sealing("it was not sealed with this master key");
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or_else(refuse)?;
        let payload = Payload {
            msg: sealed,
            aad: id.as_bytes(),
        };
        let nonce = Nonce::from_slice(nonce);
        let opened = ChaCha20Poly1305::new(&self.0.into()).decrypt(nonce, payload);
        let opened = opened.map_err(|_opaque| refuse())?;
        String::from_utf8(opened).map_err(|_bytes| refuse())
    }
}

fn sealing(reason: &str) -> StoreError {
    StoreError::Corrupt {
        what: "the secret of an access key",
        reason: reason.to_owned(),
    }
}

/// An access key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub id: String,
    pub account: String,
    pub role: Role,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, if it was disabled.
    pub disabled_at: Option<i64>,
}

impl AccessKey {
    /// The ARN under which it acts.
    pub fn principal(&self) -> String {
        principal(&self.account, self.role)
    }
}

fn principal(account: &str, role: Role) -> String {
    format!("arn:aws:iam::{account}:role/lynkeus-{}", role.name())
}

/// A key with the secret that is shown once.
#[derive(Clone)]
pub struct NewKey {
    pub id: String,
    pub secret: String,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewKey({}, ..)", self.id)
    }
}

/// `length` random characters of an alphabet of 64 or 32.
fn random(alphabet: &[u8], length: usize) -> String {
    let mut bytes = vec![0; length];
    OsRng.fill_bytes(&mut bytes);
    let pick = |byte: u8| alphabet.get(usize::from(byte) % alphabet.len());
    let picked = bytes.into_iter().filter_map(pick);
    picked.map(|byte| char::from(*byte)).collect()
}

/// 40 characters that nobody can foresee, for what is known by being secret.
pub fn unforeseen() -> String {
    random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 40)
}

/// Creates a key of an account.
pub fn create(
    tx: &mut Tx<'_>,
    master: &MasterKey,
    account: &str,
    role: Role,
    now: i64,
) -> Result<NewKey, StoreError> {
    let key = NewKey {
        // The prefix tells scanners for leaked secrets that the key is not one of AWS.
        id: format!("LYNK{}", random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        secret: random(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            40,
        ),
    };
    tx.execute(
        "INSERT INTO access_keys (id, account, principal, role, secret, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &[
            Value::from(&key.id),
            account.into(),
            principal(account, role).into(),
            role.name().into(),
            master.seal(&key.id, &key.secret)?.into(),
            now.into(),
        ],
    )?;
    Ok(key)
}

const COLUMNS: &str = "id, account, role, created_at, disabled_at";

fn access_key(row: &Row) -> Result<AccessKey, StoreError> {
    let role = row.text(2)?;
    Ok(AccessKey {
        id: row.text(0)?.to_owned(),
        account: row.text(1)?.to_owned(),
        role: Role::parse(role).ok_or_else(|| StoreError::Corrupt {
            what: "an access key",
            reason: format!("there is no role `{role}`"),
        })?,
        created_at: row.int(3)?,
        disabled_at: row.optional_int(4)?,
    })
}

/// All keys, or those of an account.
pub fn list(tx: &mut Tx<'_>, account: Option<&str>) -> Result<Vec<AccessKey>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM access_keys WHERE ?1 = '' OR account = ?1 ORDER BY created_at, id"
    );
    let rows = tx.query(&sql, &[account.unwrap_or_default().into()])?;
    rows.iter().map(access_key).collect()
}

/// A key that is not disabled, with its secret.
pub fn find(
    tx: &mut Tx<'_>,
    master: &MasterKey,
    id: &str,
) -> Result<Option<(AccessKey, String)>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS}, secret FROM access_keys WHERE id = ?1 AND disabled_at IS NULL");
    let Some(row) = tx.first(&sql, &[id.into()])? else {
        return Ok(None);
    };
    Ok(Some((access_key(&row)?, master.open(id, row.blob(5)?)?)))
}

/// Disables a key; false if there is none with this identifier that was not.
pub fn disable(tx: &mut Tx<'_>, id: &str, now: i64) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE access_keys SET disabled_at = ?2 WHERE id = ?1 AND disabled_at IS NULL",
        &[id.into(), now.into()],
    )?;
    Ok(changed > 0)
}
