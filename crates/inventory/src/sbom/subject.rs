//! What a bill of materials is about.

use model::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What a written document says of its subject and itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// As the user named it.
    pub name: String,
    pub kind: SubjectKind,
    /// Digest of the image's manifest or configuration, `sha256:…`.
    pub digest: Option<String>,
    /// When the document is made.
    pub created: Timestamp,
}

/// The kinds of subjects that the formats tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    Image,
    Host,
    /// A directory, archive, disk or file.
    Files,
}

/// The time in the form that both formats ask for: UTC, whole seconds.
pub(super) fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The first `bytes` of a SHA-256, hexadecimal.
pub(super) fn digest(content: &[u8], bytes: usize) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(content).iter().take(bytes) {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text
}

/// A UUID that follows from the content (RFC 9562 §5.8, version 8).
#[derive(Debug, Default)]
pub(super) struct Uuid(Sha256);

impl Uuid {
    pub(super) fn add(&mut self, value: &impl Serialize) -> serde_json::Result<()> {
        serde_json::to_writer(&mut self.0, value)?;
        self.0.update([0]);
        Ok(())
    }

    pub(super) fn finish(self) -> String {
        let mut number = [0; 16];
        for (to, from) in number.iter_mut().zip(self.0.finalize()) {
            *to = from;
        }
        let number = u128::from_be_bytes(number);
        let number = number & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
        let text = format!("{number:032x}");
        let part = |from, to| text.get(from..to).unwrap_or_default();
        [
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32),
        ]
        .join("-")
    }
}
