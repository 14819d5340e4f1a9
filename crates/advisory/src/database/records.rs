//! What the database says of advisories and of vulnerabilities.

#![expect(
    clippy::option_option,
    reason = "the outer none is a damaged record, the inner one a field that is not there"
)]

use jiff::Timestamp;
use model::{Cvss, Epss, Kev, Ssvc};

use super::encoding::Decoder;
use super::format::Section;
use super::read::{Database, word};

/// First byte of an advisory's record: a record of its own.
pub(super) const WHOLE: u8 = 0;
/// First byte of an advisory's record: another number for an advisory, under which it speaks of
/// fewer vulnerabilities, because a feed of higher precedence speaks for the others.
pub(super) const PART: u8 = 1;

/// Bits of the second flag byte of both kinds of record.
pub(super) const PUBLISHED: u8 = 1;
pub(super) const MODIFIED: u8 = 2;
pub(super) const TITLE: u8 = 4;
pub(super) const DETAILS: u8 = 8;
/// Of advisories.
pub(super) const WITHDRAWN: u8 = 16;
pub(super) const SEVERITY: u8 = 32;
/// Of vulnerabilities.
pub(super) const REJECTED: u8 = 16;
pub(super) const EXPLOIT: u8 = 32;
pub(super) const SCORED: u8 = 64;
pub(super) const KNOWN_EXPLOITED: u8 = 128;

/// How finely EPSS numbers are kept: FIRST publishes five decimals.
pub(super) const EPSS_UNIT: f64 = 100_000.0;

pub use model::SeverityWord;

/// One record of one feed.
#[derive(Debug, Clone, PartialEq)]
pub struct AdvisoryRecord<'a> {
    /// The publisher's own id.
    pub id: &'a str,
    /// As in [`crate::FEEDS`].
    pub feed: &'a str,
    pub aliases: Vec<&'a str>,
    /// Numbers of the vulnerabilities it is about, ascending.
    pub vulnerabilities: Vec<u32>,
    pub title: Option<&'a str>,
    pub details: Option<&'a str>,
    pub published: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    /// Set if the publisher took it back; it then has no candidates.
    pub withdrawn: Option<Timestamp>,
    /// The publisher's severity word for the whole advisory.
    pub severity: Option<SeverityWord<'a>>,
    pub cvss: Vec<Cvss>,
    pub cwes: Vec<&'a str>,
    pub references: Vec<&'a str>,
}

/// One vulnerability, with the facts of all feeds merged.
#[derive(Debug, Clone, PartialEq)]
pub struct VulnerabilityRecord<'a> {
    /// CVE id if it has one, else GHSA id, else the feed's own.
    pub id: &'a str,
    /// Every other id of it, sorted.
    pub aliases: Vec<&'a str>,
    /// Numbers of the advisories about it, ascending, withdrawn ones included.
    pub advisories: Vec<u32>,
    pub title: Option<&'a str>,
    pub details: Option<&'a str>,
    pub published: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    /// The id was withdrawn or rejected.
    pub rejected: bool,
    pub cvss: Vec<Cvss>,
    pub cwes: Vec<&'a str>,
    pub references: Vec<&'a str>,
    pub epss: Option<Epss>,
    pub kev: Option<Kev>,
    pub ssvc: Option<Ssvc>,
    pub exploit_known: bool,
}

impl<B: AsRef<[u8]>> Database<B> {
    /// The advisory with this number: from [`model::Candidate::advisory`],
    /// [`VulnerabilityRecord::advisories`] or [`Database::find_advisories`].
    pub fn advisory(&self, number: u32) -> Option<AdvisoryRecord<'_>> {
        let (mut from, part) = self.advisory_start(number)?;
        let id = from.text()?;
        let feed = self.string(from.number()?)?;
        let whole = from.ascending()?;
        let bits = from.byte()?;
        let published = time_if(bits & PUBLISHED != 0, &mut from)?;
        let modified = time_if(bits & MODIFIED != 0, &mut from)?;
        let withdrawn = time_if(bits & WITHDRAWN != 0, &mut from)?;
        let severity = if bits & SEVERITY == 0 {
            None
        } else {
            Some(self.severity_word(&mut from)?)
        };
        Some(AdvisoryRecord {
            id,
            feed,
            aliases: texts(&mut from)?,
            vulnerabilities: part.unwrap_or(whole),
            title: text_if(bits & TITLE != 0, &mut from)?,
            details: text_if(bits & DETAILS != 0, &mut from)?,
            published,
            modified,
            withdrawn,
            severity,
            cvss: self.cvss(&mut from)?,
            cwes: self.strings(&mut from)?,
            references: texts(&mut from)?,
        })
    }

    /// The vulnerability with this number.
    pub fn vulnerability(&self, number: u32) -> Option<VulnerabilityRecord<'_>> {
        let mut from = self.vulnerability_start(number)?;
        let id = from.text()?;
        let aliases = texts(&mut from)?;
        let advisories = from.ascending()?;
        let bits = from.byte()?;
        let published = time_if(bits & PUBLISHED != 0, &mut from)?;
        let modified = time_if(bits & MODIFIED != 0, &mut from)?;
        let epss = if bits & SCORED == 0 {
            None
        } else {
            Some(Epss {
                score: share(from.number32()?),
                percentile: share(from.number32()?),
            })
        };
        let title = text_if(bits & TITLE != 0, &mut from)?;
        let details = text_if(bits & DETAILS != 0, &mut from)?;
        let kev = if bits & KNOWN_EXPLOITED == 0 {
            None
        } else {
            Some(self.kev(&mut from)?)
        };
        Some(VulnerabilityRecord {
            id,
            aliases,
            advisories,
            title,
            details,
            published,
            modified,
            rejected: bits & REJECTED != 0,
            cvss: self.cvss(&mut from)?,
            cwes: self.strings(&mut from)?,
            references: texts(&mut from)?,
            epss,
            kev,
            ssvc: self.ssvc(&mut from)?,
            exploit_known: bits & EXPLOIT != 0,
        })
    }

    pub(super) fn advisory_id(&self, number: u32) -> Option<&str> {
        self.advisory_start(number)?.0.text()
    }

    pub(super) fn advisory_feed(&self, number: u32) -> Option<&str> {
        let (mut from, _) = self.advisory_start(number)?;
        from.bytes()?;
        self.string(from.number()?)
    }

    pub(super) fn advisory_vulnerabilities(&self, number: u32) -> Vec<u32> {
        let whole = |mut from: Decoder<'_>| {
            from.bytes()?;
            from.number()?;
            from.ascending()
        };
        self.advisory_start(number)
            .and_then(|(from, part)| part.or_else(|| whole(from)))
            .unwrap_or_default()
    }

    pub(super) fn vulnerability_id(&self, number: u32) -> Option<&str> {
        self.vulnerability_start(number)?.text()
    }

    /// The record of an advisory behind its first byte, and the vulnerabilities if the number
    /// stands for a part of it.
    fn advisory_start(&self, number: u32) -> Option<(Decoder<'_>, Option<Vec<u32>>)> {
        let mut from = self.advisory_record(number)?;
        match from.byte()? {
            WHOLE => Some((from, None)),
            PART => {
                let whole = from.number32()?;
                let vulnerabilities = from.ascending()?;
                let mut from = self.advisory_record(whole)?;
                // A part of a part would be a damaged file, and might be endless.
                (from.byte()? == WHOLE).then_some((from, Some(vulnerabilities)))
            }
            _ => None,
        }
    }

    fn advisory_record(&self, number: u32) -> Option<Decoder<'_>> {
        let entry = usize::try_from(number).ok()?.checked_add(1)?;
        let offset = word(self.section(Section::AdvisoryIndex), entry)?;
        Decoder::at(self.section(Section::Advisories), u64::from(offset))
    }

    fn vulnerability_start(&self, number: u32) -> Option<Decoder<'_>> {
        let entry = usize::try_from(number).ok()?;
        let offset = word(self.section(Section::VulnerabilityIndex), entry)?;
        Decoder::at(self.section(Section::Vulnerabilities), u64::from(offset))
    }

    fn strings<'a>(&'a self, from: &mut Decoder<'a>) -> Option<Vec<&'a str>> {
        (0..from.count()?)
            .map(|_| self.string(from.number()?))
            .collect()
    }

    fn cvss(&self, from: &mut Decoder<'_>) -> Option<Vec<Cvss>> {
        (0..from.count()?)
            .map(|_| {
                Some(Cvss {
                    source: self.string(from.number()?)?.to_owned(),
                    vector: self.string(from.number()?)?.to_owned(),
                })
            })
            .collect()
    }

    fn kev(&self, from: &mut Decoder<'_>) -> Option<Kev> {
        let date_added = self.string(from.number()?)?.to_owned();
        let due = self.string(from.number()?)?;
        let ransomware = from.byte()? != 0;
        let action = self.string(from.number()?)?;
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(Kev {
            date_added,
            due_date: given(due),
            ransomware,
            required_action: given(action),
        })
    }

    fn ssvc(&self, from: &mut Decoder<'_>) -> Option<Option<Ssvc>> {
        if from.byte()? == 0 {
            return Some(None);
        }
        let mut word = || Some(self.string(from.number()?)?.to_owned());
        Some(Some(Ssvc {
            exploitation: word()?,
            automatable: word()?,
            technical_impact: word()?,
        }))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "EPSS numbers are given as f32"
)]
fn share(units: u32) -> f32 {
    (f64::from(units) / EPSS_UNIT) as f32
}

fn time_if(present: bool, from: &mut Decoder<'_>) -> Option<Option<Timestamp>> {
    if present {
        from.time().map(Some)
    } else {
        Some(None)
    }
}

fn text_if<'a>(present: bool, from: &mut Decoder<'a>) -> Option<Option<&'a str>> {
    if present {
        from.text().map(Some)
    } else {
        Some(None)
    }
}

fn texts<'a>(from: &mut Decoder<'a>) -> Option<Vec<&'a str>> {
    (0..from.count()?).map(|_| from.text()).collect()
}
