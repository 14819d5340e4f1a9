//! What makes a finding the same finding.
//!
//! A package finding is one vulnerability on one resource with all its packages folded in; a
//! network finding is one instance, interface, edge, protocol and range. The same identity always
//! gives the same ARN.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::finding::FindingType;

/// 32 lower-case hexadecimal digits, the last part of a finding's ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindingId(String);

impl FindingId {
    /// The id of a finding; `birth` tells it from an earlier one of the same identity that was
    /// closed for too long to be reopened, and is 0 for the first.
    pub fn derive(
        account: &str,
        region: &str,
        resource: &str,
        kind: FindingType,
        key: &str,
        birth: i64,
    ) -> Self {
        let birth = birth.to_string();
        let mut hash = Sha256::new();
        for part in [account, region, resource, kind.name(), key, &birth] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut id = String::with_capacity(32);
        for byte in hash.finalize().iter().take(16) {
            for half in [byte >> 4, byte & 15] {
                id.extend(char::from_digit(half.into(), 16));
            }
        }
        Self(id)
    }

    /// The id with these digits, if they are 32 lower-case hexadecimal ones.
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 32 && text.bytes().all(hexadecimal)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What the ARNs of an account's findings begin with, up to the id.
pub fn finding_arn_prefix(account: &str, region: &str) -> String {
    let partition = partition(region);
    format!("arn:{partition}:inspector2:{region}:{account}:finding/")
}

/// A finding's ARN (API reference, `FindingArn`).
pub fn finding_arn(account: &str, region: &str, id: &FindingId) -> String {
    finding_arn_prefix(account, region) + id.as_str()
}

/// The partition of a Region (AWS General Reference, "ARN format").
pub fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 5] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eusc-", "aws-eusc"),
    ];
    let mut partitions = PARTITIONS.iter();
    partitions
        .find_map(|(prefix, partition)| region.starts_with(prefix).then_some(*partition))
        .unwrap_or("aws")
}
