//! The form of the constraint table: what the service model says of each input shape.

use std::sync::OnceLock;

use regex::Regex;

/// Constraints of one shape; numbers that are not bounds index the table.
#[derive(Debug)]
pub(crate) enum Shape {
    Structure(&'static [Member]),
    /// A structure of which exactly one member is set.
    Union(&'static [Member]),
    /// Element, and least and most elements.
    List(u16, u32, u32),
    /// Key, value, and least and most entries.
    Map(u16, u16, u32, u32),
    /// Least and most characters.
    String(u32, u32, Option<&'static Pattern>),
    Enum(&'static [&'static str]),
    Integer(i64, i64),
    Double(Option<f64>, Option<f64>),
    Boolean,
    /// Seconds since 1970.
    Epoch,
    /// Least and most bytes.
    Blob(u32, u32),
    Document,
}

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    /// The name on the wire.
    pub(crate) name: &'static str,
    pub(crate) shape: u16,
    pub(crate) required: bool,
    pub(crate) place: Place,
}

/// Where a request holds a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    Body,
    Path,
    Query,
}

/// A member of the body that must be there.
pub(crate) const fn required(name: &'static str, shape: u16) -> Member {
    Member {
        name,
        shape,
        required: true,
        place: Place::Body,
    }
}

/// A member of the body that may be absent.
pub(crate) const fn optional(name: &'static str, shape: u16) -> Member {
    Member {
        name,
        shape,
        required: false,
        place: Place::Body,
    }
}

/// A regular expression that a whole string must match.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// As AWS writes it, for messages.
    pub(crate) text: &'static str,
    regex: &'static str,
    /// A prefix that the look-ahead of `text` refuses.
    refused: Option<&'static str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(
        text: &'static str,
        regex: &'static str,
        refused: Option<&'static str>,
    ) -> Self {
        Self {
            text,
            regex,
            refused,
            compiled: OnceLock::new(),
        }
    }

    /// Whether the whole string matches. An expression that does not compile, which a test rules
    /// out, matches nothing.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let regex = self.compiled.get_or_init(|| Regex::new(self.regex).ok());
        let refused = self.refused.is_some_and(|prefix| text.starts_with(prefix));
        !refused && regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    #[cfg(test)]
    pub(crate) fn compiles(&self) -> bool {
        Regex::new(self.regex).is_ok()
    }
}
