//! What a bill of materials is about.

use model::Timestamp;
use serde_json::Value;
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
pub(super) fn uuid(head: &[&Value], body: &[Value]) -> String {
    let mut hash = Sha256::new();
    for value in head.iter().copied().chain(body) {
        hash.update(value.to_string());
        hash.update([0]);
    }
    let mut number = [0; 16];
    for (to, from) in number.iter_mut().zip(hash.finalize()) {
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

/// Sets a member of an object.
pub(super) fn set(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(key.to_owned(), value);
    }
}
