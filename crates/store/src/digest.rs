//! Digests that name interned content.

use sha2::{Digest as _, Sha256};

/// SHA-256 over parts, each preceded by its length, so that no two lists of parts are alike.
pub(crate) fn digest<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}
