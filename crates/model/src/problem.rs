//! Input that could not be understood, reported beside what could.

/// Something in the input that was not understood, and where it stands.
///
/// A problem is data: parsers return problems beside their result and lose nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Problem {
    /// The file, archive member, record or byte offset, outermost container first.
    pub place: String,
    /// What is wrong there, lower case, without a full stop.
    pub what: String,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }

    /// The same problem seen from the container that holds its place.
    #[must_use]
    pub fn within(self, container: &str) -> Self {
        let place = if self.place.is_empty() {
            container.to_owned()
        } else {
            format!("{container}: {}", self.place)
        };
        Self {
            place,
            what: self.what,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
