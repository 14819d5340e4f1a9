//! The compiled database answers what was put in, whatever the order, and survives damage.

use jiff::Timestamp;
use model::{
    Advisory, Affected, CandidateSource as _, Cvss, Epss, Facts, FixState, Kev, KeyEnd, Qualifiers,
    Range, RangeEnd, Severity, VendorSeverity,
};

use super::{BuildOptions, Builder, Change, Database, FeedState, FeedStatus, FormatError, diff};
use crate::feed::{Document, Feed, Item};

const OPTIONS: BuildOptions = BuildOptions {
    prose: true,
    only_referenced: false,
    built: Timestamp::UNIX_EPOCH,
};

fn nothing(_: &mut Document<'_>, _: &mut dyn FnMut(Item)) {}

const fn feed(name: &'static str, precedence: u8) -> Feed {
    Feed {
        name,
        publisher: "Publisher",
        license: "CC0-1.0",
        version: 1,
        urls: &[],
        files: &[],
        precedence,
        parse: nothing,
    }
}

static DISTRIBUTION: Feed = feed("distribution", 100);
static BULLETINS: Feed = feed("bulletins", 50);
static FEEDS: &[&Feed] = &[&DISTRIBUTION, &BULLETINS];

/// `feed id aliases covers | namespace name ranges; …`: a list is joined by commas, a range is
/// `from..before`, `from..=last` or a version, `!` stands for not affected, `-` for nothing.
fn advisory(line: &str) -> Advisory {
    let (head, claims) = line.split_once('|').unwrap();
    let list = |text: &str| -> Vec<String> {
        text.split(',')
            .filter(|t| *t != "-")
            .map(str::to_owned)
            .collect()
    };
    let head: Vec<&str> = head.split_whitespace().collect();
    let [feed, id, aliases, covers] = head.as_slice() else {
        panic!("{line}")
    };
    Advisory {
        id: (*id).to_owned(),
        feed: (*feed).to_owned(),
        aliases: list(aliases),
        covers: list(covers),
        affected: claims.split(';').map(affected).collect(),
        ..Advisory::default()
    }
}

fn affected(text: &str) -> Affected {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [namespace, name, ranges] = words.as_slice() else {
        panic!("{text}")
    };
    let mut affected = Affected {
        namespace: (*namespace).to_owned(),
        name: (*name).to_owned(),
        ..Affected::default()
    };
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    for range in ranges.split(',') {
        if range == "!" {
            affected.fix = FixState::NotAffected;
        } else if let Some((from, last)) = range.split_once("..=") {
            affected.ranges.push(Range {
                introduced: given(from),
                end: RangeEnd::LastAffected(last.to_owned()),
            });
        } else if let Some((from, before)) = range.split_once("..") {
            affected.ranges.push(Range {
                introduced: given(from),
                end: given(before).map_or(RangeEnd::Open, RangeEnd::Fixed),
            });
        } else {
            affected.versions.push(range.to_owned());
        }
    }
    affected
}

fn items(text: &str) -> Vec<Item> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| Item::Advisory(Box::new(advisory(line))))
        .collect()
}

pub(super) fn build(items: impl IntoIterator<Item = Item>) -> Vec<u8> {
    let mut builder = Builder::with_feeds(OPTIONS, FEEDS);
    for item in items {
        builder.add(item);
    }
    builder.finish().unwrap()
}

fn open(items: impl IntoIterator<Item = Item>) -> Database<Vec<u8>> {
    let database = Database::open(build(items)).unwrap();
    database.verify().unwrap();
    database
}

/// `advisory(vulnerabilities) ranges` of every statement, in the order of the file.
fn show(database: &Database<Vec<u8>>, namespace: &str, name: &str) -> Vec<String> {
    database
        .statements(namespace, name)
        .iter()
        .map(|statement| {
            let candidate = &statement.candidate;
            let advisory = database.advisory(candidate.advisory).unwrap();
            let about: Vec<&str> = advisory
                .vulnerabilities
                .iter()
                .map(|&number| database.vulnerability(number).unwrap().id)
                .collect();
            let mut ranges: Vec<String> = candidate
                .ranges
                .iter()
                .map(|range| {
                    let from = range.introduced.map_or("", |v| v.text);
                    match range.end {
                        KeyEnd::Fixed(end) => format!("{from}..{}", end.text),
                        KeyEnd::LastAffected(end) => format!("{from}..={}", end.text),
                        KeyEnd::Open => format!("{from}.."),
                    }
                })
                .collect();
            ranges.extend(candidate.versions.iter().map(|v| v.text.to_owned()));
            if candidate.fix == FixState::NotAffected {
                ranges.push("!".to_owned());
            }
            format!("{}({}) {}", advisory.id, about.join(","), ranges.join(","))
        })
        .collect()
}

/// Checks what a name's statements become; `expected` lines as [`show`] writes them.
fn check(input: &str, name: &str, expected: &[&str]) {
    let database = open(items(input));
    assert_eq!(show(&database, "Debian:12", name), expected, "{input}");
    let mut candidates = 0;
    database.candidates("Debian:12", name, &|| None, &mut |_| candidates += 1);
    let real = expected.iter().filter(|line| !line.ends_with('!')).count();
    assert_eq!(candidates, real, "{input}");
}

#[test]
fn statements_come_back_with_what_reaches_highest_first() {
    check(
        "distribution CVE-2020-1 - - | Debian:12 a ..1.2-1
         distribution CVE-2020-2 - - | Debian:12 a 1.0..
         distribution CVE-2020-3 - - | Debian:12 a ..=1.10
         distribution CVE-2020-4 - - | Debian:12 a 1.0..1.1,2.0..2.1",
        "a",
        &[
            "CVE-2020-2(CVE-2020-2) 1.0..",
            "CVE-2020-4(CVE-2020-4) 1.0..1.1,2.0..2.1",
            "CVE-2020-3(CVE-2020-3) ..=1.10",
            "CVE-2020-1(CVE-2020-1) ..1.2-1",
        ],
    );
}

#[test]
fn listed_versions_stay_only_outside_of_ranges() {
    check(
        "distribution CVE-2020-1 - - | Debian:12 a 2.0..3.0,2.5,1.0,3.0,2.0,1.0",
        "a",
        &["CVE-2020-1(CVE-2020-1) 2.0..3.0,1.0,3.0"],
    );
}

#[test]
fn the_distribution_speaks_for_its_own_packages() {
    let bulletin = "bulletins DSA-1 - CVE-2020-1,CVE-2020-2 | Debian:12 a ..9.0";
    check(bulletin, "a", &["DSA-1(CVE-2020-1,CVE-2020-2) ..9.0"]);
    check(
        &format!("{bulletin}\n distribution CVE-2020-1 - - | Debian:12 a ..1.0"),
        "a",
        &["DSA-1(CVE-2020-2) ..9.0", "CVE-2020-1(CVE-2020-1) ..1.0"],
    );
    check(
        &format!("{bulletin}\n distribution CVE-2020-1 - - | Debian:12 a !"),
        "a",
        &["DSA-1(CVE-2020-2) ..9.0", "CVE-2020-1(CVE-2020-1) !"],
    );
    check(
        &format!("{bulletin}\n distribution CVE-2020-1 - - | Debian:12 b !"),
        "a",
        &["DSA-1(CVE-2020-1,CVE-2020-2) ..9.0"],
    );
}

/// Checks under which id (and aliases) each id is found; lines are `id -> found: aliases`.
fn check_ids(input: &str, expected: &[&str]) {
    let database = open(items(input));
    for line in expected {
        let (id, _) = line.split_once(' ').unwrap();
        let found = match database.find(id) {
            Some(number) => {
                let record = database.vulnerability(number).unwrap();
                format!("{id} -> {}: {}", record.id, record.aliases.join(","))
            }
            None => format!("{id} -> nothing"),
        };
        assert_eq!(found, *line, "{input}");
    }
}

#[test]
fn aliases_join_but_never_two_cve_ids() {
    check_ids(
        "f GHSA-1 CVE-2020-1 - | PyPI a ..1
         f PYSEC-1 GHSA-1 - | PyPI a ..1
         f GO-1 CVE-2020-1,CVE-2020-2,GHSA-1,GHSA-2 - | Go b ..1
         f GHSA-2 CVE-2020-2 - | Go b ..1",
        &[
            "cve-2020-1 -> CVE-2020-1: GHSA-1,GO-1,PYSEC-1",
            "CVE-2020-2 -> CVE-2020-2: GHSA-2,GO-1",
            "ghsa-1 -> CVE-2020-1: GHSA-1,GO-1,PYSEC-1",
            "PYSEC-1 -> CVE-2020-1: GHSA-1,GO-1,PYSEC-1",
            "GHSA-2 -> CVE-2020-2: GHSA-2,GO-1",
            "GHSA-3 -> nothing",
        ],
    );
    check_ids(
        "f RUSTSEC-1 GHSA-1 - | crates.io a ..1
         f RUSTSEC-2 - - | crates.io b ..1
         f ZSEC-1 RUSTSEC-2 - | crates.io b ..1",
        &[
            "RUSTSEC-1 -> GHSA-1: RUSTSEC-1",
            "RUSTSEC-2 -> RUSTSEC-2: ZSEC-1",
            "ZSEC-1 -> RUSTSEC-2: ZSEC-1",
        ],
    );
    check_ids(
        "f DSA-1 - CVE-2020-1,GHSA-1 | Debian:12 a ..1
         f GHSA-1 CVE-2020-2 - | npm a ..1",
        &[
            "DSA-1 -> nothing",
            "CVE-2020-1 -> CVE-2020-1: ",
            "CVE-2020-2 -> CVE-2020-2: GHSA-1",
        ],
    );
}

#[test]
fn a_withdrawn_advisory_is_found_but_is_no_candidate() {
    let mut withdrawn = advisory("f GHSA-1 CVE-2020-1 - | Debian:12 a ..1");
    withdrawn.withdrawn = Some(Timestamp::UNIX_EPOCH);
    let database = open([Item::Advisory(Box::new(withdrawn))]);
    database.candidates("Debian:12", "a", &|| None, &mut |found| {
        panic!("a candidate: {found:?}")
    });
    assert_eq!(database.find("GHSA-1"), database.find("CVE-2020-1"));
    let [number] = database.find_advisories("ghsa-1")[..] else {
        panic!("not found")
    };
    let record = database.advisory(number).unwrap();
    assert_eq!(record.withdrawn, Some(Timestamp::UNIX_EPOCH));
    assert_eq!(
        record.vulnerabilities,
        [database.find("CVE-2020-1").unwrap()]
    );
}

#[test]
fn versions_that_the_scheme_refuses_are_problems() {
    let database = open(items(
        "bulletins X-1 - - | Debian:12 a ..a:b,1:..2,..3,:odd
         bulletins X-2 - - | Nowhere a ..1,2",
    ));
    assert_eq!(
        show(&database, "Debian:12", "a"),
        ["X-1(X-1) ..3,:odd"],
        "text stays for equality"
    );
    assert_eq!(show(&database, "Nowhere", "a"), ["X-2(X-2) 2"]);
    let [status] = &database.feeds()[..] else {
        panic!("one feed")
    };
    let problems: Vec<String> = status
        .problem_samples
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        problems,
        [
            "X-1: Debian:12: a: \"a:b\" is not a version of dpkg",
            "X-1: Debian:12: a: \"1:\" is not a version of dpkg",
            "X-1: Debian:12: a: \":odd\" is not a version of dpkg, kept as text",
            "X-2: Nowhere: a: namespace has no known version order",
        ]
    );
    assert_eq!(
        (status.problems, status.publisher.as_str()),
        (4, "Publisher")
    );
}

fn facts(feed: &str, id: &str) -> Facts {
    Facts {
        id: id.to_owned(),
        feed: feed.to_owned(),
        ..Facts::default()
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn sample() -> Vec<Item> {
    let mut all = items(
        "distribution CVE-2020-1 - - | Debian:12 a ..1.2; Debian:11 a !
         bulletins DSA-1 - CVE-2020-1,CVE-2020-2 | Debian:12 a ..1.1; Debian:12 b 1..=2,7
         bulletins GHSA-1 CVE-2020-3 - | Debian:12 c 0..",
    );
    let mut full = advisory("bulletins ALSA-1 - CVE-2020-4 | Debian:12 d ..1");
    full.title = Some("title".to_owned());
    full.details = Some("details".to_owned());
    full.published = Some(time(1));
    full.modified = Some(time(-2));
    full.severity = Some(VendorSeverity {
        word: "important".to_owned(),
        severity: Severity::High,
    });
    full.cwes = vec!["CWE-79".to_owned()];
    full.references = vec!["https://example.org/1".to_owned()];
    full.affected[0].severity = Some(VendorSeverity {
        word: "unimportant".to_owned(),
        severity: Severity::Low,
    });
    full.affected[0].qualifiers = Qualifiers {
        arches: vec!["x86_64".to_owned()],
        module: Some("nodejs:18".to_owned()),
        platforms: vec!["cpe:/o:x".to_owned()],
    };
    all.push(Item::Advisory(Box::new(full)));
    all.push(Item::Facts(Box::new(Facts {
        published: Some(time(10)),
        modified: Some(time(20)),
        cvss: vec![Cvss {
            source: "NVD".to_owned(),
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
        }],
        details: Some("what it is".to_owned()),
        ..facts("distribution", "CVE-2020-1")
    })));
    all.push(Item::Facts(Box::new(Facts {
        kev: Some(Kev {
            date_added: "2020-01-01".to_owned(),
            due_date: None,
            ransomware: true,
            required_action: Some("act".to_owned()),
        }),
        published: Some(time(5)),
        exploit_known: true,
        ..facts("bulletins", "CVE-2020-1")
    })));
    for (score, modified) in [(0.5, 1), (0.25, 2)] {
        all.push(Item::Facts(Box::new(Facts {
            epss: Some(Epss {
                score,
                percentile: 0.12345,
            }),
            modified: Some(time(modified)),
            ..facts("epss", "CVE-2020-1")
        })));
    }
    all.push(Item::Facts(Box::new(Facts {
        rejected: true,
        ..facts("distribution", "CVE-2020-9")
    })));
    all
}

#[test]
fn facts_of_all_feeds_become_one_record() {
    let database = open(sample());
    let record = database
        .vulnerability(database.find("CVE-2020-1").unwrap())
        .unwrap();
    assert_eq!(record.published, Some(time(5)));
    assert_eq!(record.modified, Some(time(20)));
    assert_eq!(record.details, Some("what it is"));
    assert_eq!(record.cvss.len(), 1);
    assert!(record.exploit_known && !record.rejected);
    assert_eq!(record.kev.unwrap().required_action.as_deref(), Some("act"));
    let epss = record.epss.unwrap();
    assert_eq!((epss.score, epss.percentile), (0.25, 0.12345));
    assert_eq!(record.advisories.len(), 2);
    let rejected = database.find("CVE-2020-9").unwrap();
    assert!(database.vulnerability(rejected).unwrap().rejected);
}

#[test]
fn an_advisory_comes_back_whole() {
    let database = open(sample());
    let statement = &database.statements("Debian:12", "d")[0];
    let record = database.advisory(statement.candidate.advisory).unwrap();
    assert_eq!((record.id, record.feed), ("ALSA-1", "bulletins"));
    assert_eq!(record.title, Some("title"));
    assert_eq!(record.details, Some("details"));
    assert_eq!(record.published, Some(time(1)));
    assert_eq!(record.modified, Some(time(-2)));
    let severity = record.severity.unwrap();
    assert_eq!(
        (severity.word, severity.severity),
        ("important", Severity::High)
    );
    assert_eq!(statement.severity.unwrap().word, "unimportant");
    assert_eq!(record.cwes, ["CWE-79"]);
    assert_eq!(record.references, ["https://example.org/1"]);
    let qualifiers = &statement.candidate.qualifiers;
    assert_eq!(qualifiers.module.as_deref(), Some("nodejs:18"));
    assert_eq!(qualifiers.arches, ["x86_64"]);
    assert_eq!(qualifiers.platforms, ["cpe:/o:x"]);
}

#[test]
fn options_leave_out_prose_and_what_nobody_speaks_of() {
    let options = BuildOptions {
        prose: false,
        only_referenced: true,
        ..OPTIONS
    };
    let mut builder = Builder::with_feeds(options, FEEDS);
    for item in sample() {
        builder.add(item);
    }
    let bytes = builder.finish().unwrap();
    let database = Database::open(bytes.as_slice()).unwrap();
    assert_eq!(database.find("CVE-2020-9"), None);
    assert!(database.find("CVE-2020-1").is_some());
    let text = String::from_utf8_lossy(&bytes);
    for word in ["what it is", "title", "details", "act"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn a_feed_status_comes_back_whole() {
    let status = FeedStatus {
        publisher: "P".to_owned(),
        license: "CC0-1.0".to_owned(),
        url: "https://example.org".to_owned(),
        fetched: Some(time(3)),
        data_date: Some(time(4)),
        documents: 1,
        records: 2,
        problems: 3,
        problem_samples: vec![model::Problem::new("place", "what")],
        state: FeedState::Failed("half read".to_owned()),
        digest: "sha256:00".to_owned(),
        ..FeedStatus::named("bulletins")
    };
    let mut builder = Builder::with_feeds(OPTIONS, FEEDS);
    builder.feed_status(status.clone());
    let database = Database::open(builder.finish().unwrap()).unwrap();
    assert_eq!(database.feeds(), [status]);
    assert_eq!(database.built(), Timestamp::UNIX_EPOCH);
    assert_eq!(database.digest().len(), 64);
}

#[test]
fn copies_of_a_record_count_by_age() {
    let at = |second, line| {
        let mut advisory = advisory(line);
        advisory.modified = Some(time(second));
        Item::Advisory(Box::new(advisory))
    };
    let database = open([
        at(1, "f X-1 - - | Debian:12 a ..1; Debian:11 a ..1"),
        at(2, "f X-1 - - | Debian:12 a ..2"),
        at(2, "f X-1 - - | Debian:12 b ..2"),
    ]);
    assert_eq!(show(&database, "Debian:12", "a"), ["X-1(X-1) ..2"]);
    assert_eq!(show(&database, "Debian:12", "b"), ["X-1(X-1) ..2"]);
    assert_eq!(show(&database, "Debian:11", "a"), ["X-1(X-1) ..1"]);
}

#[test]
fn reaching_candidates_are_those_that_do_not_end_before() {
    let database = open(items(
        "f CVE-2020-1 - - | Debian:12 a ..1.0
         f CVE-2020-2 - - | Debian:12 a ..=2.0
         f CVE-2020-3 - - | Debian:12 a ..2.0
         f CVE-2020-4 - - | Debian:12 a ..3.0,:odd
         f CVE-2020-5 - - | Debian:12 a 0.1",
    ));
    let scheme = ecosystem::by_namespace("Debian:12").unwrap().scheme;
    for (version, expected) in [("0.1", 5), ("0.5", 4), ("1.0", 3), ("2.0", 2), ("2.1", 1)] {
        let key = (scheme.key)(version).unwrap();
        let mut count = 0;
        database.for_each_candidate_reaching("Debian:12", "a", &key, |_| count += 1);
        assert_eq!(count, expected, "{version}");
    }
}

fn check_diff(old: &str, new: &str, expected: &[(&str, Change)]) {
    let found: Vec<(String, Change)> = diff(&open(items(old)), &open(items(new)))
        .names
        .into_iter()
        .map(|change| (change.name, change.change))
        .collect();
    let found: Vec<(&str, Change)> = found.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    assert_eq!(found, expected, "{old} => {new}");
}

#[test]
fn a_difference_names_what_must_be_matched_again() {
    let old = "f X-1 - - | Debian:12 a ..1; Debian:12 b ..1
               f X-2 - - | Debian:12 a ..2; Debian:12 c ..1";
    check_diff(old, old, &[]);
    check_diff(
        old,
        "f A-0 - - | Debian:12 0 ..1
         f X-1 - - | Debian:12 a ..1; Debian:12 b ..1.1
         f X-2 - - | Debian:12 a ..2",
        &[
            ("0", Change::Added),
            ("b", Change::Changed),
            ("c", Change::Removed),
        ],
    );
    // Another vulnerability behind the same advisory changes what is found.
    check_diff(
        old,
        "f X-1 CVE-2020-1 - | Debian:12 a ..1; Debian:12 b ..1
         f X-2 - - | Debian:12 a ..2; Debian:12 c ..1",
        &[("a", Change::Changed), ("b", Change::Changed)],
    );
    let mut scored = sample();
    scored.push(Item::Facts(Box::new(Facts {
        cwes: vec!["CWE-1".to_owned()],
        ..facts("nvd", "CVE-2020-2")
    })));
    let difference = diff(&open(sample()), &open(scored));
    assert_eq!(difference.names, []);
    let changed = [("CVE-2020-2".to_owned(), Change::Changed)];
    assert_eq!(difference.vulnerabilities, changed);
}

/// Reads everything there is.
pub(super) fn read_all(database: &Database<&[u8]>) -> usize {
    let mut read = database.feeds().len() + database.namespaces().count();
    let names: Vec<_> = database.names().take(10_000).collect();
    for name in &names {
        read += database.statements(name.namespace, name.name).len();
    }
    for number in 0..database.advisory_count().min(10_000) {
        if let Some(record) = database.advisory(number) {
            read += database.find_advisories(record.id).len();
        }
    }
    for number in 0..database.vulnerability_count().min(10_000) {
        if let Some(record) = database.vulnerability(number) {
            let ids = record.aliases.into_iter().chain([record.id]);
            read += ids.filter(|id| database.find(id).is_some()).count();
        }
    }
    read
}

#[test]
fn a_file_of_another_kind_or_format_is_refused() {
    let good = build(sample());
    let error = |bytes: &[u8]| Database::open(bytes).map(|_| ()).unwrap_err();
    assert_eq!(error(b""), FormatError::Magic);
    assert_eq!(error(b"SQLite format 3\0"), FormatError::Magic);
    let mut newer = good.clone();
    newer[4] = 9;
    assert_eq!(error(&newer), FormatError::Version { found: 9 });
    let expected = good.len() as u64;
    let found = expected - 1;
    let short = FormatError::Length { expected, found };
    assert_eq!(error(&good[..good.len() - 1]), short);
    let mut changed = good;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let database = Database::open(changed.as_slice()).unwrap();
    assert!(matches!(database.verify(), Err(FormatError::Digest { .. })));
}
