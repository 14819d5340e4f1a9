//! Addresses of pages, made from others by changing what follows the question mark.

use std::fmt;

use crate::forms::{Pairs, encoded};

/// A path with its query.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    path: String,
    pairs: Pairs,
}

impl Address {
    pub(crate) fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            pairs: Vec::new(),
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// One more pair.
    pub(crate) fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.pairs.push((name.to_owned(), value.into()));
        self
    }

    /// More pairs.
    pub(crate) fn and_all(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        self.pairs.extend(pairs);
        self
    }

    /// Without any pair of this name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(n, _)| n != name);
        self
    }

    /// Without this pair.
    pub(crate) fn without_pair(mut self, name: &str, value: &str) -> Self {
        self.pairs.retain(|(n, v)| n != name || v != value);
        self
    }

    /// With this pair if it is not there, without it if it is.
    pub(crate) fn toggled(self, name: &str, value: &str) -> Self {
        if self.has(name, value) {
            self.without_pair(name, value)
        } else {
            self.and(name, value)
        }
    }

    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(n, v)| n == name && v == value)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            let mark = if index == 0 { '?' } else { '&' };
            write!(f, "{mark}{}={}", encoded(name), encoded(value))?;
        }
        Ok(())
    }
}
