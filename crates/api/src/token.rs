//! Page tokens: opaque to clients, signed, and bound to the call that they continue.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use crate::{errors::Error, sigv4};

/// Bytes of the signature before the cursor.
const SIGNATURE: usize = 32;

/// The server's secret, of at least 32 random bytes; all processes of one service share it.
#[derive(Clone)]
pub struct Sealer {
    secret: Vec<u8>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl Sealer {
    pub fn new(secret: Vec<u8>) -> Self {
        Self { secret }
    }

    /// A digest that only this server can make.
    pub(crate) fn digest(&self, data: &[u8]) -> [u8; SIGNATURE] {
        sigv4::mac(&self.secret, data).unwrap_or_default()
    }
}

/// What a token is valid for: operation, account, Region and parameters, digested.
#[derive(Clone, Debug)]
pub struct Binding(String);

impl Binding {
    /// The binding of a call. The token itself and the page size may change from page to page.
    pub fn new(operation: &str, account: &str, region: &str, input: &Value) -> Self {
        let mut input = input.clone();
        if let Some(object) = input.as_object_mut() {
            object.remove("nextToken");
            object.remove("maxResults");
            object.retain(|_, value| !value.is_null());
        }
        Self(format!("{operation}\n{account}\n{region}\n{input}\n"))
    }

    fn sign(&self, sealer: &Sealer, cursor: &[u8]) -> [u8; SIGNATURE] {
        let mut text = b"page token\n".to_vec();
        text.extend(self.0.as_bytes());
        text.extend(cursor);
        sealer.digest(&text)
    }
}

/// The token that holds a cursor.
pub fn seal(sealer: &Sealer, binding: &Binding, cursor: &impl Serialize) -> Result<String, Error> {
    let cursor = serde_json::to_vec(cursor);
    let cursor = cursor.map_err(|error| Error::Internal(format!("write a cursor: {error}")))?;
    let mut token = binding.sign(sealer, &cursor).to_vec();
    token.extend(cursor);
    Ok(URL_SAFE_NO_PAD.encode(token))
}

/// The cursor of a token that was sealed for the same call.
pub fn open<T: DeserializeOwned>(
    sealer: &Sealer,
    binding: &Binding,
    token: &str,
) -> Result<T, Error> {
    let refuse =
        || Error::invalid_field("nextToken", "The nextToken is not valid for this request");
    let token = URL_SAFE_NO_PAD.decode(token);
    let token = token.map_err(|_why| refuse())?;
    let (signature, cursor) = token.split_at_checked(SIGNATURE).ok_or_else(refuse)?;
    let expected = binding.sign(sealer, cursor);
    if !bool::from(expected.as_slice().ct_eq(signature)) {
        return Err(refuse());
    }
    serde_json::from_slice(cursor).map_err(|_why| refuse())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Binding, Error, Sealer, open, seal};

    #[test]
    fn tokens_open_only_where_they_were_sealed() {
        let sealer = Sealer::new(vec![7; 32]);
        let bind =
            |operation, account, region, input| Binding::new(operation, account, region, &input);
        let first = bind(
            "ListFindings",
            "1",
            "us-east-1",
            json!({"maxResults": 5, "a": null}),
        );
        let token = seal(&sealer, &first, &("cursor", 7)).unwrap();
        let next = bind(
            "ListFindings",
            "1",
            "us-east-1",
            json!({"maxResults": 9, "nextToken": token}),
        );
        let cursor: (String, i64) = open(&sealer, &next, &token).unwrap();
        assert_eq!(cursor, ("cursor".to_owned(), 7));
        let check_refused = |sealer: &Sealer, binding: &Binding, token: &str| {
            let opened = open::<(String, i64)>(sealer, binding, token);
            assert!(matches!(opened, Err(Error::Validation { .. })), "{token}");
        };
        for other in [
            bind("ListFilters", "1", "us-east-1", json!({})),
            bind("ListFindings", "2", "us-east-1", json!({})),
            bind("ListFindings", "1", "us-east-2", json!({})),
            bind("ListFindings", "1", "us-east-1", json!({"b": 1})),
        ] {
            check_refused(&sealer, &other, &token);
        }
        check_refused(&Sealer::new(vec![8; 32]), &first, &token);
        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            check_refused(&sealer, &first, str::from_utf8(&bytes).unwrap());
        }
        for token in ["", "x", "AAAA", "\u{e9}"] {
            check_refused(&sealer, &first, token);
        }
    }
}
