//! What is known of an id, for programs.

use advisory::database::{AdvisoryRecord, Statement, VulnerabilityRecord};
use model::{Cvss, FixState, KeyEnd, Keyed, Timestamp};
use serde::Serialize;

use super::Found;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    vulnerability: Option<Vulnerability<'a>>,
    /// Ids of the vulnerabilities that the advisories are about.
    about: Vec<&'a str>,
    advisories: Vec<Advisory<'a>>,
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability<'a> {
    id: &'a str,
    aliases: &'a [&'a str],
    title: Option<&'a str>,
    details: Option<&'a str>,
    published: Option<String>,
    modified: Option<String>,
    rejected: bool,
    cvss: Vec<Vector<'a>>,
    cwes: &'a [&'a str],
    epss: Option<Epss>,
    kev: Option<Kev<'a>>,
    ssvc: Option<Ssvc<'a>>,
    exploit_known: bool,
    references: &'a [&'a str],
}

#[derive(Serialize)]
struct Vector<'a> {
    source: &'a str,
    vector: &'a str,
}

#[derive(Serialize)]
struct Epss {
    score: f32,
    percentile: f32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kev<'a> {
    date_added: &'a str,
    due_date: Option<&'a str>,
    ransomware: bool,
    required_action: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ssvc<'a> {
    exploitation: &'a str,
    automatable: &'a str,
    technical_impact: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Advisory<'a> {
    id: &'a str,
    feed: &'a str,
    aliases: &'a [&'a str],
    title: Option<&'a str>,
    published: Option<String>,
    modified: Option<String>,
    withdrawn: Option<String>,
    severity: Option<&'a str>,
    cvss: Vec<Vector<'a>>,
    references: &'a [&'a str],
}

#[derive(Serialize)]
struct Package<'a> {
    ecosystem: &'a str,
    name: &'a str,
    statements: Vec<Said<'a>>,
}

#[derive(Serialize)]
struct Said<'a> {
    advisory: &'a str,
    feed: &'a str,
    state: &'static str,
    ranges: Vec<Range<'a>>,
    versions: Vec<&'a str>,
    severity: Option<&'a str>,
    arches: &'a [String],
    module: Option<&'a str>,
    platforms: &'a [String],
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Range<'a> {
    introduced: Option<&'a str>,
    fixed: Option<&'a str>,
    last_affected: Option<&'a str>,
}

pub(super) fn of<'a>(found: &'a Found<'a>) -> Document<'a> {
    Document {
        schema: "lynkeus-db-show/1",
        vulnerability: found.vulnerability.as_ref().map(vulnerability),
        about: found.about.iter().copied().collect(),
        advisories: found.advisories.values().map(advisory).collect(),
        packages: found
            .packages
            .iter()
            .map(|package| Package {
                ecosystem: package.namespace,
                name: package.name,
                statements: package
                    .statements
                    .iter()
                    .filter_map(|statement| said(found, statement))
                    .collect(),
            })
            .collect(),
    }
}

fn vulnerability<'a>(record: &'a VulnerabilityRecord<'a>) -> Vulnerability<'a> {
    Vulnerability {
        id: record.id,
        aliases: &record.aliases,
        title: record.title,
        details: record.details,
        published: text(record.published),
        modified: text(record.modified),
        rejected: record.rejected,
        cvss: vectors(&record.cvss),
        cwes: &record.cwes,
        epss: record.epss.map(|epss| Epss {
            score: epss.score,
            percentile: epss.percentile,
        }),
        kev: record.kev.as_ref().map(|kev| Kev {
            date_added: &kev.date_added,
            due_date: kev.due_date.as_deref(),
            ransomware: kev.ransomware,
            required_action: kev.required_action.as_deref(),
        }),
        ssvc: record.ssvc.as_ref().map(|ssvc| Ssvc {
            exploitation: &ssvc.exploitation,
            automatable: &ssvc.automatable,
            technical_impact: &ssvc.technical_impact,
        }),
        exploit_known: record.exploit_known,
        references: &record.references,
    }
}

fn advisory<'a>(record: &'a AdvisoryRecord<'a>) -> Advisory<'a> {
    Advisory {
        id: record.id,
        feed: record.feed,
        aliases: &record.aliases,
        title: record.title,
        published: text(record.published),
        modified: text(record.modified),
        withdrawn: text(record.withdrawn),
        severity: record.severity.map(|severity| severity.word),
        cvss: vectors(&record.cvss),
        references: &record.references,
    }
}

fn said<'a>(found: &'a Found<'a>, statement: &'a Statement<'a>) -> Option<Said<'a>> {
    let candidate = &statement.candidate;
    let advisory = found.advisories.get(&candidate.advisory)?;
    let ranges = candidate.ranges.iter().map(|range| {
        let introduced = range.introduced.map(version);
        let end = match range.end {
            KeyEnd::Fixed(end) => Range {
                fixed: Some(version(end)),
                ..Range::default()
            },
            KeyEnd::LastAffected(end) => Range {
                last_affected: Some(version(end)),
                ..Range::default()
            },
            KeyEnd::Open => Range::default(),
        };
        Range { introduced, ..end }
    });
    Some(Said {
        advisory: advisory.id,
        feed: advisory.feed,
        state: state(candidate.fix),
        ranges: ranges.collect(),
        versions: candidate.versions.iter().copied().map(version).collect(),
        severity: statement.severity.map(|severity| severity.word),
        arches: &candidate.qualifiers.arches,
        module: candidate.qualifiers.module.as_deref(),
        platforms: &candidate.qualifiers.platforms,
    })
}

const fn version(version: Keyed<'_>) -> &str {
    version.text
}

const fn state(fix: FixState) -> &'static str {
    match fix {
        FixState::FromRanges => "affected",
        FixState::NotFixed => "notFixed",
        FixState::WillNotFix => "willNotFix",
        FixState::Deferred => "deferred",
        FixState::EndOfLife => "endOfLife",
        FixState::UnderInvestigation => "underInvestigation",
        FixState::NotAffected => "notAffected",
    }
}

fn vectors(cvss: &[Cvss]) -> Vec<Vector<'_>> {
    cvss.iter()
        .map(|one| Vector {
            source: &one.source,
            vector: &one.vector,
        })
        .collect()
}

fn text(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}
