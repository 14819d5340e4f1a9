//! Enums of the wire: closed sets of strings that keep unknown values out.

use std::{fmt, marker::PhantomData};

use serde::de::{Deserializer, Error, Visitor};

/// A closed set of strings.
pub trait Closed: Copy + 'static {
    /// Every value with its string, in the model's order.
    const VALUES: &'static [(&'static str, Self)];

    /// The value of a string, none if it is not in the set.
    fn parse(text: &str) -> Option<Self> {
        let found = Self::VALUES.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value)
    }
}

/// Reads a string of a closed set.
pub(crate) fn deserialize<'de, T: Closed, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_str(Strings(PhantomData))
}

struct Strings<T>(PhantomData<T>);

impl<T: Closed> Visitor<'_> for Strings<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a closed set")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::parse(text).ok_or_else(|| E::custom("the value is not in the set"))
    }
}

/// Declares an enum with the string of each variant.
macro_rules! wire_enum {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// The string on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl crate::closed::Closed for $name {
            const VALUES: &'static [(&'static str, Self)] = &[$(($text, Self::$variant),)*];
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::closed::deserialize(from)
            }
        }
    };
}

pub(crate) use wire_enum;

#[cfg(test)]
mod tests {
    use super::Closed as _;
    use crate::wire::{ResourceScanType, Severity};

    #[test]
    fn enums_keep_unknown_values_out() {
        assert_eq!(Severity::parse("HIGH"), Some(Severity::High));
        assert_eq!(Severity::parse("high"), None);
        assert_eq!(Severity::UNTRIAGED_TEXT, "UNTRIAGED");
        let read: Result<ResourceScanType, _> = serde_json::from_str("\"EC3\"");
        assert!(read.unwrap_err().to_string().contains("not in the set"));
        let written = serde_json::to_string(&ResourceScanType::Ec2).unwrap();
        assert_eq!(written, "\"EC2\"");
    }

    impl Severity {
        const UNTRIAGED_TEXT: &str = Self::Untriaged.as_str();
    }
}
