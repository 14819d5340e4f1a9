//! Documents of which a few fields matter, where a field of an unexpected type is left out
//! instead of spoiling the rest.

use std::fmt;
use std::marker::PhantomData;

use model::Problem;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Input;
use crate::listing::MAX_PACKAGES;

/// Reads a file of at most `limit` bytes that holds a JSON object.
pub(crate) fn json<T: DeserializeOwned>(input: &mut Input<'_>, limit: u64) -> Result<T, Problem> {
    let bytes = input.bytes(limit)?;
    json_object(&bytes).map_err(|what| Problem::new(input.file.path, what))
}

/// Reads a JSON object. A derived reader alone would also take a list for its fields in order.
pub(crate) fn json_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let Object(object) = json_value(bytes)?;
    object.ok_or_else(|| "not a JSON object".to_owned())
}

/// Reads JSON, with or without the byte order mark that Windows tools write.
pub(crate) fn json_value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| format!("not the expected JSON: {error}"))
}

/// A text, none if the value is anything else.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Option<String>);

impl Text {
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// An object, none if the value is anything else.
#[derive(Debug)]
pub(crate) struct Object<T>(pub(crate) Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// The elements of a list, in order; empty if the value is anything else.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// The members of an object, in order; empty if the value is anything else.
#[derive(Debug)]
pub(crate) struct Members<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What a document says of licences: a text, an object with `type` or `name`, or a list of
/// these. npm's older `licenses` field is such a list.
#[derive(Debug, Default)]
pub(crate) struct Licenses(pub(crate) Vec<String>);

/// Implements `Visitor` methods that give the default for every type not asked for.
macro_rules! defaults {
    ($($method:ident($type:ty))*) => {
        $(fn $method<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
    };
}

/// Reads the rest of a list without keeping it.
macro_rules! skip_list {
    () => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

/// Reads the rest of an object without keeping it.
macro_rules! skip_object {
    () => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

struct Any<T>(PhantomData<T>);

impl<'de> Visitor<'de> for Any<Text> {
    type Value = Text;
    defaults! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) }
    skip_list!();
    skip_object!();

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Some(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Text, E> {
        Ok(Text(Some(text)))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<Object<T>> {
    type Value = Object<T>;
    defaults! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }
    skip_list!();

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Object(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<List<T>> {
    type Value = List<T>;
    defaults! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }
    skip_object!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        // One more than the limit, so that the listing notices and says so.
        while elements.len() <= MAX_PACKAGES {
            match list.next_element()? {
                Some(element) => elements.push(element),
                None => return Ok(List(elements)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(List(elements))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<Members<T>> {
    type Value = Members<T>;
    defaults! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }
    skip_list!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while members.len() <= MAX_PACKAGES {
            match map.next_entry()? {
                Some(member) => members.push(member),
                None => return Ok(Members(members)),
            }
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Members(members))
    }
}

impl<'de> Visitor<'de> for Any<Licenses> {
    type Value = Licenses;
    defaults! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) }

    fn visit_str<E>(self, text: &str) -> Result<Licenses, E> {
        Ok(Licenses(vec![text.to_owned()]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Licenses, A::Error> {
        let mut licenses = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let Text(value) = map.next_value()?;
            if matches!(key.as_str(), "type" | "name") && licenses.is_empty() {
                licenses.extend(value);
            }
        }
        Ok(Licenses(licenses))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Licenses, A::Error> {
        const MAX_LICENSES: usize = 64;
        let mut licenses = Vec::new();
        while let Some(Licenses(more)) = list.next_element()? {
            if licenses.len() < MAX_LICENSES {
                licenses.extend(more);
            }
        }
        Ok(Licenses(licenses))
    }
}

macro_rules! deserialize_any {
    ($($name:ident $(<$parameter:ident>)?)*) => {
        $(impl<'de $(, $parameter: Deserialize<'de>)?> Deserialize<'de> for $name$(<$parameter>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Any::<Self>(PhantomData))
            }
        })*
    };
}

deserialize_any! { Text Object<T> List<T> Members<T> Licenses }
