//! JSON documents of any size, member by member, each a tree of bounded size.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Most values kept of one element of a top-level list.
const NODES: usize = 1 << 20;

/// A value; numbers, truth values and null are texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

const NOTHING: &Json = &Json::List(Vec::new());

impl Json {
    /// The member of that name; an empty list if there is none.
    pub(super) fn get(&self, key: &str) -> &Self {
        let Self::Object(members) = self else {
            return NOTHING;
        };
        members
            .iter()
            .find(|(name, _)| name == key)
            .map_or(NOTHING, |(_, value)| value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The text of the member of that name.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).text()
    }

    /// The elements; empty if it is no list.
    pub(super) fn list(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            Self::Text(_) | Self::Object(_) => &[],
        }
    }
}

/// The document without the byte order mark that Windows tools write.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Visits the members of the outermost object whose name is `wanted`, a list element by element.
///
/// A fault in the document ends the visit; what came before has been visited.
pub(super) fn members(
    bytes: &[u8],
    wanted: impl Fn(&str) -> bool,
    visit: &mut dyn FnMut(&str, Json),
) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_slice(without_mark(bytes));
    let mut is_cut = false;
    let root = Root {
        wanted: &wanted,
        visit,
        is_cut: &mut is_cut,
    };
    deserializer
        .deserialize_map(root)
        .and_then(|()| deserializer.end())
        .map_err(|error| format!("cannot be read further: {error}"))?;
    if is_cut {
        return Err(format!("an element has more than {NODES} values"));
    }
    Ok(())
}

struct Root<'a> {
    wanted: &'a dyn Fn(&str) -> bool,
    visit: &'a mut dyn FnMut(&str, Json),
    is_cut: &'a mut bool,
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if (self.wanted)(&key) {
                map.next_value_seed(Member {
                    key: &key,
                    visit: &mut *self.visit,
                    is_cut: &mut *self.is_cut,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The value of one member.
struct Member<'a> {
    key: &'a str,
    visit: &'a mut dyn FnMut(&str, Json),
    is_cut: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty))*) => {
        $(fn $method<E>(self, value: $type) -> Result<Self::Value, E> {
            self.scalar(value.to_string())
        })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            self.scalar(String::new())
        }
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
    };
}

impl Member<'_> {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the visitor's methods return a result"
    )]
    fn scalar<E>(self, text: String) -> Result<(), E> {
        (self.visit)(self.key, Json::Text(text));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = ();
    scalars! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            let mut budget = NODES;
            let tree = Tree {
                budget: &mut budget,
            };
            let Some(element) = list.next_element_seed(tree)? else {
                return Ok(());
            };
            *self.is_cut |= budget == 0;
            (self.visit)(self.key, element);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut budget = NODES;
        let value = Tree {
            budget: &mut budget,
        }
        .visit_map(map)?;
        *self.is_cut |= budget == 0;
        (self.visit)(self.key, value);
        Ok(())
    }
}

/// A value with everything in it, until the budget is spent.
struct Tree<'a> {
    budget: &'a mut usize,
}

impl Tree<'_> {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the visitor's methods return a result"
    )]
    fn scalar<E>(self, text: String) -> Result<Json, E> {
        *self.budget = self.budget.saturating_sub(1);
        Ok(Json::Text(text))
    }

    /// Whether one more value may be kept.
    fn spend(&mut self) -> bool {
        *self.budget = self.budget.saturating_sub(1);
        *self.budget > 0
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Json;
    scalars! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Json, A::Error> {
        let mut elements = Vec::new();
        while self.spend() {
            match list.next_element_seed(Tree {
                budget: &mut *self.budget,
            })? {
                Some(element) => elements.push(element),
                None => return Ok(Json::List(elements)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while self.spend() {
            let Some(key) = map.next_key::<String>()? else {
                return Ok(Json::Object(members));
            };
            let value = map.next_value_seed(Tree {
                budget: &mut *self.budget,
            })?;
            members.push((key, value));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Json::Object(members))
    }
}
