//! Scalars of the wire that JSON has no type for: timestamps, blobs, secrets.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A moment as a JSON number of seconds since 1970, with milliseconds where there are any.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Epoch(pub Timestamp);

impl From<Timestamp> for Epoch {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let milliseconds = self.0.as_millisecond();
        if milliseconds % 1000 == 0 {
            return to.serialize_i64(milliseconds / 1000);
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of the years that a timestamp can hold are below 2^53"
        )]
        let seconds = milliseconds as f64 / 1000.0;
        to.serialize_f64(seconds)
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(from)?;
        moment(seconds)
            .map(Self)
            .ok_or_else(|| D::Error::custom("the timestamp is out of range"))
    }
}

/// The moment of seconds since 1970, none outside the years that a timestamp can hold.
pub(crate) fn moment(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round();
    if !(-1e14..1e15).contains(&milliseconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked above"
    )]
    let milliseconds = milliseconds as i64;
    Timestamp::from_millisecond(milliseconds).ok()
}

/// A moment as an ISO 8601 string.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Iso(pub Timestamp);

impl From<Timestamp> for Iso {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Iso {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// Bytes as base64.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Blob(pub Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// A string that logs must not show.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The string itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Blob, Epoch, Iso, Secret};

    fn check<T>(text: &str, expected: &str)
    where
        T: serde::de::DeserializeOwned + serde::Serialize,
    {
        let value: T = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), expected, "{text}");
    }

    fn check_refused<T: serde::de::DeserializeOwned>(text: &str) {
        let read: Option<T> = serde_json::from_str(text).ok();
        assert!(read.is_none(), "{text}");
    }

    #[test]
    fn scalars_keep_their_form() {
        check::<Epoch>("1700000000", "1700000000");
        check::<Epoch>("1700000000.0", "1700000000");
        check::<Epoch>("1700000000.123", "1700000000.123");
        check::<Epoch>("-1.5", "-1.5");
        check::<Iso>(
            "\"2026-11-24T10:00:00.5+01:00\"",
            "\"2026-11-24T09:00:00.5Z\"",
        );
        check::<Blob>("\"AAEC\"", "\"AAEC\"");
        check::<Secret>("\"hush\"", "\"hush\"");
        assert_eq!(
            format!("{:?}", Secret::from("hush".to_owned())),
            "Secret(..)"
        );
    }

    #[test]
    fn scalars_out_of_range_are_refused() {
        for text in ["1e300", "-1e300", "\"2026\"", "null", "true"] {
            check_refused::<Epoch>(text);
        }
        check_refused::<Iso>("\"yesterday\"");
        check_refused::<Blob>("\"_\"");
    }
}
