//! The harness that every feed's rows go through.

use std::fmt::Write as _;
use std::io::Cursor;

use model::{Advisory, Affected, Facts, FixState, Range, RangeEnd};

use crate::{Document, Feed, Item};

/// Checks that `feed` reads `document`, published at `path`, as the lines `expected`.
///
/// An advisory is `id`, then where set ` aliases=a,b`, ` covers=…`, ` severity=word`,
/// ` withdrawn`, ` published=YYYY-MM-DD`, ` modified=…`, ` cvss=source vector` each and
/// ` cwes=…`. Below it, indented by two spaces, a line per affected package:
/// `namespace name`, the ranges (`<1.2`, `>=1,<=2`, `*` for every version), ` versions=…`, then
/// where set ` fix=state`, ` severity=`, ` arch=`, ` module=`, ` platform=` each.
/// Facts are `facts id …`; a problem is `! place: what`.
pub(crate) fn check_feed(feed: &Feed, path: &str, document: &[u8], expected: &[&str]) {
    let lines = feed_lines(feed, path, document);
    if lines != expected {
        eprintln!("{}", lines.join("\n"));
    }
    assert_eq!(lines, expected, "{} reads {path}", feed.name);
}

/// The lines that `feed` makes of a document.
pub(crate) fn feed_lines(feed: &Feed, path: &str, document: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    for item in feed_items(feed, path, document) {
        match item {
            Item::Advisory(advisory) => {
                assert_eq!(advisory.feed, feed.name, "the advisory names its feed");
                lines.push(advisory_line(&advisory));
                lines.extend(advisory.affected.iter().map(affected_line));
            }
            Item::Facts(facts) => {
                assert_eq!(facts.feed, feed.name, "the facts name their feed");
                lines.push(facts_line(&facts));
            }
            Item::Problem(problem) | Item::Cut(problem) => lines.push(format!("! {problem}")),
        }
    }
    lines
}

/// The items that `feed` makes of a document.
pub(crate) fn feed_items(feed: &Feed, path: &str, document: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut reader = Cursor::new(document);
    (feed.parse)(
        &mut Document {
            path,
            reader: &mut reader,
        },
        &mut |item| items.push(item),
    );
    items
}

fn advisory_line(advisory: &Advisory) -> String {
    let mut line = advisory.id.clone();
    list(&mut line, "aliases", &advisory.aliases);
    list(&mut line, "covers", &advisory.covers);
    if let Some(severity) = &advisory.severity {
        put(&mut line, &format!("severity={}", severity.word));
    }
    if advisory.withdrawn.is_some() {
        put(&mut line, "withdrawn");
    }
    dates(&mut line, advisory.published, advisory.modified);
    for cvss in &advisory.cvss {
        put(&mut line, &format!("cvss={} {}", cvss.source, cvss.vector));
    }
    list(&mut line, "cwes", &advisory.cwes);
    line
}

fn affected_line(affected: &Affected) -> String {
    let mut line = format!("  {} {}", affected.namespace, affected.name);
    for range in &affected.ranges {
        put(&mut line, &range_text(range));
    }
    list(&mut line, "versions", &affected.versions);
    if affected.fix != FixState::FromRanges {
        put(&mut line, &format!("fix={:?}", affected.fix));
    }
    if let Some(severity) = &affected.severity {
        put(&mut line, &format!("severity={}", severity.word));
    }
    list(&mut line, "arch", &affected.qualifiers.arches);
    if let Some(module) = &affected.qualifiers.module {
        put(&mut line, &format!("module={module}"));
    }
    for platform in &affected.qualifiers.platforms {
        put(&mut line, &format!("platform={platform}"));
    }
    line
}

fn facts_line(facts: &Facts) -> String {
    let mut line = format!("facts {}", facts.id);
    if facts.rejected {
        put(&mut line, "rejected");
    }
    dates(&mut line, facts.published, facts.modified);
    for cvss in &facts.cvss {
        put(&mut line, &format!("cvss={} {}", cvss.source, cvss.vector));
    }
    list(&mut line, "cwes", &facts.cwes);
    if let Some(epss) = facts.epss {
        put(
            &mut line,
            &format!("epss={}/{}", epss.score, epss.percentile),
        );
    }
    if let Some(kev) = &facts.kev {
        put(&mut line, &format!("kev={}", kev.date_added));
        if let Some(due) = &kev.due_date {
            put(&mut line, &format!("due={due}"));
        }
        if kev.ransomware {
            put(&mut line, "ransomware");
        }
    }
    if let Some(ssvc) = &facts.ssvc {
        put(
            &mut line,
            &format!(
                "ssvc={}/{}/{}",
                ssvc.exploitation, ssvc.automatable, ssvc.technical_impact
            ),
        );
    }
    if facts.exploit_known {
        put(&mut line, "exploit");
    }
    line
}

fn range_text(range: &Range) -> String {
    let mut text = String::new();
    if let Some(introduced) = &range.introduced {
        _ = write!(text, ">={introduced}");
    }
    let end = match &range.end {
        RangeEnd::Fixed(version) => format!("<{version}"),
        RangeEnd::LastAffected(version) => format!("<={version}"),
        RangeEnd::Open if text.is_empty() => "*".to_owned(),
        RangeEnd::Open => return text,
    };
    if !text.is_empty() {
        text.push(',');
    }
    text + &end
}

fn dates(
    line: &mut String,
    published: Option<model::Timestamp>,
    modified: Option<model::Timestamp>,
) {
    for (name, date) in [("published", published), ("modified", modified)] {
        if let Some(date) = date {
            put(line, &format!("{name}={}", date.strftime("%Y-%m-%d")));
        }
    }
}

fn list(line: &mut String, name: &str, values: &[String]) {
    if !values.is_empty() {
        put(line, &format!("{name}={}", values.join(",")));
    }
}

fn put(line: &mut String, word: &str) {
    line.push(' ');
    line.push_str(word);
}
