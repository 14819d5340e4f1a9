//! What a feed is: where it is published and how its documents are read.

use std::io::{BufRead, Read};

use model::{Advisory, Facts, Problem};

/// One publisher's data set.
pub struct Feed {
    /// Stable name in statuses, explanations and `--feeds`: `debian-tracker`.
    pub name: &'static str,
    /// The publisher as `NOTICE` and reports name it.
    pub publisher: &'static str,
    /// Licence of the data, as an SPDX expression where there is one.
    pub license: &'static str,
    /// Raised whenever the output for the same bytes changes.
    pub version: u32,
    /// Where the publisher serves it.
    pub urls: &'static [&'static str],
    /// Which files of a mirror directory belong to it; `*` within a component, `**` across.
    pub files: &'static [&'static str],
    /// Among statements about the same vulnerability, namespace and name, only those of the
    /// feeds with the highest precedence count.
    pub precedence: u8,
    /// Reads one document, already unpacked: archives of many documents are opened by the
    /// import, which calls this once a member.
    pub parse: fn(&mut Document<'_>, &mut dyn FnMut(Item)),
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Feed({} v{})", self.name, self.version)
    }
}

/// How much a feed's word counts against another's on the same package; values of
/// [`Feed::precedence`].
///
/// The distribution speaks for its own packages, an ecosystem's own database before general
/// ones, and sets that are no longer kept come last. Feeds of facts state nothing about packages.
pub mod precedence {
    /// A distribution's state of every vulnerability.
    pub const TRACKER: u8 = 90;
    /// A distribution's errata, which know only what was fixed.
    pub const BULLETIN: u8 = 80;
    /// The database that an ecosystem's own community keeps.
    pub const ECOSYSTEM: u8 = 60;
    /// A database across ecosystems.
    pub const CURATED: u8 = 50;
    /// A set that nobody updates any more.
    pub const HISTORIC: u8 = 30;
    /// Scores, dates and exploits only.
    pub const FACTS: u8 = 0;
}

/// One document of a feed.
pub struct Document<'a> {
    /// Path in the mirror, then `!/` and the member's path for a document in an archive.
    pub path: &'a str,
    pub reader: &'a mut dyn BufRead,
}

impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Document<'_> {
    /// Whether the next bytes are these, as far as one read goes. A failed read is told by the
    /// next one.
    pub fn starts_with(&mut self, bytes: &[u8]) -> bool {
        self.reader
            .fill_buf()
            .is_ok_and(|buffer| buffer.starts_with(bytes))
    }

    /// The whole document, or a problem if it is larger than `limit` bytes or cannot be read.
    pub fn bytes(&mut self, limit: u64) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        let mut reader = (&mut *self.reader).take(limit.saturating_add(1));
        match reader.read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => Err(Problem::new(
                self.path,
                format!("larger than the limit of {limit} bytes"),
            )),
            Ok(_) => Ok(bytes),
            Err(error) => Err(Problem::new(self.path, format!("cannot be read: {error}"))),
        }
    }
}

/// What a document holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Advisory(Box<Advisory>),
    Facts(Box<Facts>),
    /// A record that could not be read; the rest of the document still counts.
    Problem(Problem),
    /// The document ended early or is not of the expected kind: records may be missing, so
    /// their absence means nothing.
    Cut(Problem),
}
