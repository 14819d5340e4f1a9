//! Where a database's data came from, and in which state each feed was.

#![expect(
    clippy::option_option,
    reason = "the outer none is a damaged record, the inner one a field that is not there"
)]

use model::{Problem, Timestamp};

use super::encoding::{Decoder, put_bytes, put_length, put_number, put_time};

/// How many of a feed's problems are kept word for word.
pub const PROBLEM_SAMPLES: usize = 20;

/// Whether a feed's records are all there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FeedState {
    /// Read completely.
    #[default]
    Ok,
    /// Read completely, but an older copy: the newest could not be had.
    Stale,
    /// Not, or only partly, read. Absence of its advisories means nothing.
    Failed(String),
}

/// One feed's part in a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedStatus {
    /// As in [`crate::FEEDS`].
    pub name: String,
    pub publisher: String,
    /// SPDX expression where there is one.
    pub license: String,
    /// Where it was read from.
    pub url: String,
    /// When it was fetched.
    pub fetched: Option<Timestamp>,
    /// The newest modification time that stands in it.
    pub data_date: Option<Timestamp>,
    /// Documents read.
    pub documents: u64,
    /// Advisories and facts read from them.
    pub records: u64,
    /// Records, versions and bounds that could not be understood.
    pub problems: u64,
    /// The first of them, at most [`PROBLEM_SAMPLES`].
    pub problem_samples: Vec<Problem>,
    pub state: FeedState,
    /// Digest of the documents as fetched and of the feed's version, `sha256:…`; empty if it was
    /// not taken.
    pub digest: String,
}

impl FeedStatus {
    /// A feed of which nothing is known but its name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Counts a problem and keeps it if there is room.
    pub fn add_problem(&mut self, problem: Problem) {
        self.problems = self.problems.saturating_add(1);
        if self.problem_samples.len() < PROBLEM_SAMPLES {
            self.problem_samples.push(problem);
        }
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        for text in [
            &self.name,
            &self.publisher,
            &self.license,
            &self.url,
            &self.digest,
        ] {
            put_bytes(out, text.as_bytes());
        }
        for time in [self.fetched, self.data_date] {
            out.push(u8::from(time.is_some()));
            if let Some(time) = time {
                put_time(out, time);
            }
        }
        for count in [self.documents, self.records, self.problems] {
            put_number(out, count);
        }
        put_length(out, self.problem_samples.len());
        for problem in &self.problem_samples {
            put_bytes(out, problem.place.as_bytes());
            put_bytes(out, problem.what.as_bytes());
        }
        match &self.state {
            FeedState::Ok => out.push(0),
            FeedState::Stale => out.push(1),
            FeedState::Failed(reason) => {
                out.push(2);
                put_bytes(out, reason.as_bytes());
            }
        }
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut text = || from.text().map(str::to_owned);
        let mut status = Self {
            name: text()?,
            publisher: text()?,
            license: text()?,
            url: text()?,
            digest: text()?,
            ..Self::default()
        };
        status.fetched = optional_time(from)?;
        status.data_date = optional_time(from)?;
        status.documents = from.number()?;
        status.records = from.number()?;
        status.problems = from.number()?;
        for _ in 0..from.count()? {
            let place = from.text()?;
            status
                .problem_samples
                .push(Problem::new(place, from.text()?));
        }
        status.state = match from.byte()? {
            0 => FeedState::Ok,
            1 => FeedState::Stale,
            2 => FeedState::Failed(from.text()?.to_owned()),
            _ => return None,
        };
        Some(status)
    }
}

pub(super) fn optional_time(from: &mut Decoder<'_>) -> Option<Option<Timestamp>> {
    match from.byte()? {
        0 => Some(None),
        1 => Some(Some(from.time()?)),
        _ => None,
    }
}
