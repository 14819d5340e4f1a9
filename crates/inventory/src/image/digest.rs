//! Content digests, `algorithm:hex` (OCI image specification, descriptor.md, "Digests").

use sha2::{Digest as _, Sha256, Sha512};

/// A digest whose algorithm and form are known to be good, so that it can stand in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

/// Computes a digest.
#[derive(Debug, Clone)]
pub enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Digest {
    /// Accepts the two registered algorithms, lower-case hex of the right length.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, hex) = text.split_once(':')?;
        let length = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return None,
        };
        let is_hex = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (is_hex && hex.len() == length).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where an image layout keeps the content (image-layout.md, "Blobs").
    pub fn blob_path(&self) -> String {
        format!("blobs/{}", self.0.replacen(':', "/", 1))
    }

    /// A hasher of the same algorithm.
    pub fn hasher(&self) -> Hasher {
        if self.0.starts_with("sha512:") {
            Hasher::Sha512(Sha512::new())
        } else {
            Hasher::Sha256(Sha256::new())
        }
    }

    /// Whether `bytes` have this digest.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish() == *self
    }

    /// A hasher for SHA-256.
    pub fn sha256_hasher() -> Hasher {
        Hasher::Sha256(Sha256::new())
    }

    /// The SHA-256 digest of `bytes`.
    pub fn sha256(bytes: &[u8]) -> Self {
        let mut hasher = Self::sha256_hasher();
        hasher.update(bytes);
        hasher.finish()
    }
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub fn finish(self) -> Digest {
        let (name, bytes) = match self {
            Self::Sha256(hasher) => ("sha256:", hasher.finalize().to_vec()),
            Self::Sha512(hasher) => ("sha512:", hasher.finalize().to_vec()),
        };
        let mut text = name.to_owned();
        for byte in bytes {
            for half in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(half), 16));
            }
        }
        Digest(text)
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}
