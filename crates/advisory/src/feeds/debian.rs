//! Debian's security tracker: the state of every vulnerability in every release, by source
//! package.
//!
//! The form is that of <https://security-tracker.debian.org/tracker/data/json>; the meaning of
//! the states is in the tracker's "Introduction" (`doc/security-team.d.o/security_tracker`).

use ecosystem::os_release::{self, Distribution};
use model::{
    Advisory, Affected, FixState, OperatingSystem, Problem, Range, RangeEnd, Severity,
    VendorSeverity,
};
use serde::Deserialize;
use std::collections::BTreeMap;

use super::severity;
use crate::feed::precedence;
use crate::{Document, Feed, Item, json, text};

/// The tracker.
///
/// Each pair of source package and vulnerability becomes an advisory of its own whose id is
/// the vulnerability's, so that nothing has to be held until the end of the document.
pub static TRACKER: Feed = Feed {
    name: "debian-tracker",
    publisher: "Debian Security Tracker",
    license: "LicenseRef-Debian-Security-Tracker",
    version: 1,
    urls: &["https://security-tracker.debian.org/tracker/data/json"],
    files: &["debian/*.json", "debian/*.json.*"],
    precedence: precedence::TRACKER,
    parse: parse_tracker,
};

/// Largest source package: that of the kernel has some 30 MB.
const SOURCE_LIMIT: usize = 512 << 20;
/// Largest vulnerability of a source package, in bytes.
const PAIR_LIMIT: usize = 4 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pair {
    description: Option<String>,
    releases: BTreeMap<String, Release>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Release {
    status: String,
    fixed_version: Option<String>,
    urgency: String,
    nodsa_reason: Option<String>,
}

fn parse_tracker(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let mut advisories = 0_u64;
    let mut counted = |item| {
        advisories += u64::from(matches!(item, Item::Advisory(_)));
        emit(item);
    };
    let read = json::members(document, SOURCE_LIMIT, &mut |source| match source {
        Ok(source) => parse_source(&source, path, &mut counted),
        Err(problem) => counted(Item::Problem(problem)),
    });
    match read {
        Ok(_) if advisories == 0 => {
            emit(Item::Cut(Problem::new(
                path,
                "no vulnerability of any source package",
            )));
        }
        Ok(_) => {}
        Err(problem) => emit(Item::Cut(problem)),
    }
}

fn parse_source(source: &json::Element<'_>, path: &str, emit: &mut dyn FnMut(Item)) {
    let place = source.place(path);
    let Some(name) = source.key else {
        let what = "a source package without a name";
        return emit(Item::Problem(Problem::new(place, what)));
    };
    let mut bytes = source.bytes;
    let mut document = Document {
        path: &place,
        reader: &mut bytes,
    };
    let read = json::members(&mut document, PAIR_LIMIT, &mut |element| {
        let element = match element {
            Ok(element) => element,
            Err(problem) => return emit(Item::Problem(problem)),
        };
        let place = element.place(&place);
        let mut problem = |what: String| emit(Item::Problem(Problem::new(&place, what)));
        match serde_json::from_slice::<Pair>(element.bytes) {
            Ok(pair) => {
                let id = element.key.unwrap_or_default();
                let advisory = advisory(name, id, pair, &mut problem);
                if !advisory.affected.is_empty() {
                    emit(Item::Advisory(Box::new(advisory)));
                }
            }
            Err(error) => problem(error.to_string()),
        }
    });
    match read {
        Ok(true) => {}
        Ok(false) => emit(Item::Problem(Problem::new(place, "no vulnerabilities"))),
        Err(problem) => emit(Item::Problem(problem)),
    }
}

fn advisory(source: &str, id: &str, pair: Pair, problem: &mut dyn FnMut(String)) -> Advisory {
    let mut affected = Vec::new();
    for (codename, release) in pair.releases {
        // Releases without a row get no findings; `experimental` is none.
        let Some(namespace) = namespace(&codename) else {
            continue;
        };
        match statement(&release) {
            Ok(statement) => affected.push(Affected {
                namespace,
                name: source.to_owned(),
                ..statement
            }),
            Err(what) => problem(format!("{codename}: {what}")),
        }
    }
    Advisory {
        id: id.to_owned(),
        feed: TRACKER.name.to_owned(),
        details: pair.description.as_deref().and_then(text::details),
        affected,
        ..Advisory::default()
    }
}

/// What the tracker says of one release.
///
/// `unimportant` issues are kept with an informational severity: the tracker uses the word for
/// flaws that do not matter in the binary packages or are no real ones, and lists them as open.
fn statement(release: &Release) -> Result<Affected, String> {
    let (end, fix) = match release.status.as_str() {
        "resolved" => match release.fixed_version.as_deref() {
            // Never was vulnerable.
            Some("0") => (None, FixState::NotAffected),
            Some(version) if !version.is_empty() => (
                Some(RangeEnd::Fixed(version.to_owned())),
                FixState::FromRanges,
            ),
            _ => return Err("resolved without a version".to_owned()),
        },
        "open" => (Some(RangeEnd::Open), open_state(release)),
        "undetermined" => (Some(RangeEnd::Open), FixState::UnderInvestigation),
        status => return Err(format!("unknown status `{status}`")),
    };
    let introduced = None;
    Ok(Affected {
        ranges: end
            .map(|end| Range { introduced, end })
            .into_iter()
            .collect(),
        fix,
        severity: urgency(&release.urgency),
        ..Affected::default()
    })
}

/// `ignored` and `postponed` are decisions; an empty reason (`no-dsa`) only says that no advisory
/// will be issued, and the fix may still come with a point release.
fn open_state(release: &Release) -> FixState {
    match release.nodsa_reason.as_deref() {
        _ if release.urgency == "end-of-life" => FixState::EndOfLife,
        Some("ignored") => FixState::WillNotFix,
        Some("postponed") => FixState::Deferred,
        _ => FixState::NotFixed,
    }
}

/// The urgency, apart from the words that are none. Stars marked automatic assignments.
fn urgency(word: &str) -> Option<VendorSeverity> {
    match word.trim_end_matches('*') {
        "not yet assigned" | "end-of-life" => None,
        "unimportant" => Some(VendorSeverity {
            word: "unimportant".to_owned(),
            severity: Severity::Informational,
        }),
        word => severity::vendor(word),
    }
}

/// The namespace of a release the systems table knows, by its codename.
fn namespace(codename: &str) -> Option<String> {
    let debian: &Distribution = os_release::DISTRIBUTIONS
        .iter()
        .find(|d| d.id == "debian")?;
    let version = match codename {
        "squeeze" => "6",
        "wheezy" => "7",
        "jessie" => "8",
        "stretch" => "9",
        "buster" => "10",
        "bullseye" => "11",
        "bookworm" => "12",
        "trixie" => "13",
        "forky" => "14",
        "duke" => "15",
        "sid" => "",
        _ => return None,
    };
    let system = OperatingSystem {
        id: debian.id.to_owned(),
        version_id: version.to_owned(),
        codename: Some(codename.to_owned()),
        ..OperatingSystem::default()
    };
    os_release::namespace(&system)
}

#[cfg(test)]
mod tests {
    use super::TRACKER;
    use crate::check::check_feed;

    /// Pairs of the tracker as published on 2022-04-01 and 2024-06-01, descriptions shortened.
    #[test]
    fn states_become_ranges_and_fix_states() {
        check_feed(
            &TRACKER,
            "debian/tracker.json",
            br#"{"389-ds-base":{"CVE-2012-0833":{"description":"x","scope":"local","releases":{
              "bullseye":{"status":"resolved","repositories":{"bullseye":"1.4.4.11-2"},
                "fixed_version":"0","urgency":"unimportant"},
              "sid":{"status":"resolved","fixed_version":"0","urgency":"unimportant"}}},
             "CVE-2016-5405":{"debianbug":842121,"releases":{
              "bullseye":{"status":"resolved","fixed_version":"1.3.5.15-1","urgency":"not yet assigned"},
              "potato":{"status":"open","urgency":"high"}}}},
             "gpac":{"CVE-2023-0770":{"releases":{
              "bookworm":{"status":"open","urgency":"end-of-life","nodsa":"EOL in bookworm LTS","nodsa_reason":"ignored"},
              "bullseye":{"status":"open","urgency":"not yet assigned","nodsa":"Minor issue","nodsa_reason":""},
              "buster":{"status":"open","urgency":"low**","nodsa":"Minor issue","nodsa_reason":"postponed"},
              "stretch":{"status":"open","urgency":"medium","nodsa":"Too intrusive","nodsa_reason":"ignored"},
              "trixie":{"status":"undetermined","urgency":"not yet assigned"},
              "forky":{"status":"open","urgency":"unimportant"}}},
              "CVE-2023-1":{"releases":{"trixie":{"status":"resolved","urgency":""}}},
              "CVE-2023-2":{"releases":{"trixie":"resolved"}},
              "CVE-2023-3":{"releases":{"trixie":{"status":"maybe"}}}},
             "last":{"TEMP-0000000-A1B2C3":{"releases":{"sid":{"status":"open","urgency":"low"}}}}}"#,
            &[
                "CVE-2012-0833",
                "  Debian:11 389-ds-base fix=NotAffected severity=unimportant",
                "  Debian:sid 389-ds-base fix=NotAffected severity=unimportant",
                "CVE-2016-5405",
                "  Debian:11 389-ds-base <1.3.5.15-1",
                "CVE-2023-0770",
                "  Debian:12 gpac * fix=EndOfLife",
                "  Debian:11 gpac * fix=NotFixed",
                "  Debian:10 gpac * fix=Deferred severity=low",
                "  Debian:14 gpac * fix=NotFixed severity=unimportant",
                "  Debian:9 gpac * fix=WillNotFix severity=medium",
                "  Debian:13 gpac * fix=UnderInvestigation",
                "! debian/tracker.json: gpac: CVE-2023-1: trixie: resolved without a version",
                "! debian/tracker.json: gpac: CVE-2023-2: invalid type: string \"resolved\", expected struct Release at line 1 column 32",
                "! debian/tracker.json: gpac: CVE-2023-3: trixie: unknown status `maybe`",
                "TEMP-0000000-A1B2C3",
                "  Debian:sid last * fix=NotFixed severity=low",
            ],
        );
    }
}
