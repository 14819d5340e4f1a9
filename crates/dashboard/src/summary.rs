//! The first page: what is urgent, what is covered, and how the service does.

mod remedies;

use findings::criteria::Criteria;
use maud::{Markup, html};
use serde_json::{Map, json};
use store::{
    Scope, StoreError, Tx,
    aggregate::{self, Kind, Request, SeverityCounts},
    coverage::{self, CoverageCriteria},
    jobs::{self, Parked, QueueState},
    listing::{self, Listed, Query, Sort, SortField},
    pending,
};

use self::remedies::Remedy;
use crate::{
    DatabaseState,
    address::Address,
    answer::{Asked, Failure, Reply},
    filter::criteria_of,
    groups, rows,
    shell::{self, Page},
    words,
};

/// Critical findings that are shown.
const CRITICAL: usize = 8;

/// Jobs that were given up and are shown.
const PARKED: i64 = 5;

/// What is read for the page.
struct Overview {
    counts: SeverityCounts,
    urgent: Vec<Listed>,
    covered: Vec<(String, i64)>,
    uncovered: Vec<(String, i64)>,
    reasons: Vec<(String, i64)>,
    queue: QueueState,
    parked: Vec<Parked>,
    pending: i64,
}

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let scope = &asked.session.scope;
    let critical = active(&[("severity", "CRITICAL")])?;
    let exploited = active(&[("severity", "CRITICAL"), ("exploitAvailable", "YES")])?;
    let overview = asked.read(|tx| overview(tx, scope, [&exploited, &critical], asked.now))?;
    let remedies = remedies::find(asked)?;
    let database = asked.dashboard.settings.service.database();
    let main = html! {
        div.title { h1 { "Summary" } }
        @if overview.is_empty() {
            p.notice role="status" {
                "Nothing was scanned yet. The scan of the machine that runs the service begins with \
                 it and takes a minute or so: reload the page to see what it found."
            }
        }
        (severities(&overview.counts))
        div.columns {
            div {
                (remedies_section(&remedies))
                (critical_section(asked, &overview))
            }
            aside aria-label="State of the service" {
                (coverage_card(&overview))
                (database_card(asked, &database))
                (work_card(asked, &overview))
            }
        }
    };
    let page = Page {
        title: "Summary",
        tab: "/",
        main,
    };
    shell::reply(asked, &page)
}

impl Overview {
    fn is_empty(&self) -> bool {
        self.covered.is_empty() && self.uncovered.is_empty()
    }
}

/// The criteria of active findings with these values of members.
fn active(values: &[(&str, &str)]) -> Result<Criteria, Failure> {
    let mut members = Map::new();
    for (member, value) in [("findingStatus", "ACTIVE")].iter().chain(values) {
        let equals = json!([{ "comparison": "EQUALS", "value": value }]);
        members.insert((*member).to_owned(), equals);
    }
    criteria_of(members).map_err(Failure::Internal)
}

fn overview(
    tx: &mut Tx<'_>,
    scope: &Scope,
    critical: [&Criteria; 2],
    now: i64,
) -> Result<Overview, StoreError> {
    let request = Request::new(Kind::FindingType);
    let by_type = aggregate::aggregate(tx, scope, &request, &[], None, 10)?;
    let mut counts = SeverityCounts::default();
    for group in &by_type.groups {
        let more = &group.severities;
        counts.all += more.all;
        counts.critical += more.critical;
        counts.high += more.high;
        counts.medium += more.medium;
        counts.low += more.low;
        counts.informational += more.informational;
        counts.untriaged += more.untriaged;
    }
    let of_status = |status: &str| {
        let equals = json!([{ "comparison": "EQUALS", "value": status }]);
        CoverageCriteria::from_json(&json!({ "scanStatusCode": equals })).unwrap_or_default()
    };
    let (active, inactive) = (of_status("ACTIVE"), of_status("INACTIVE"));
    let mut counts_by = |criteria: &CoverageCriteria, key: &str| {
        let counts = coverage::counts_by(tx, scope, criteria, key)?;
        Ok::<_, StoreError>(counts.unwrap_or_default())
    };
    let covered = counts_by(&active, "RESOURCE_TYPE")?;
    let uncovered = counts_by(&inactive, "RESOURCE_TYPE")?;
    let reasons = counts_by(&inactive, "SCAN_STATUS_REASON")?;
    Ok(Overview {
        counts,
        urgent: urgent(tx, scope, critical)?,
        covered,
        uncovered,
        reasons,
        queue: jobs::state(tx, now)?,
        parked: jobs::parked(tx, scope, PARKED)?,
        pending: pending::count(tx)?,
    })
}

/// The first findings: those with an exploit before the others, each by their EPSS score, or by
/// their own score where no EPSS score is known.
fn urgent(
    tx: &mut Tx<'_>,
    scope: &Scope,
    critical: [&Criteria; 2],
) -> Result<Vec<Listed>, StoreError> {
    let mut urgent: Vec<Listed> = Vec::new();
    for criteria in critical {
        for field in [SortField::EpssScore, SortField::InspectorScore] {
            let query = Query {
                criteria,
                sort: Some(Sort {
                    field,
                    descending: true,
                }),
            };
            let by_epss = field == SortField::EpssScore;
            let found = listing::list(tx, scope, query, None, CRITICAL)?.findings;
            for listed in found {
                let is_new = urgent.iter().all(|u| u.finding.id != listed.finding.id);
                if is_new && (listed.epss.is_some() || !by_epss) {
                    urgent.push(listed);
                }
            }
        }
    }
    urgent.truncate(CRITICAL);
    Ok(urgent)
}

fn severities(counts: &SeverityCounts) -> Markup {
    html! {
        ul.figures aria-label="Active findings by severity" {
            @for (name, count) in groups::parts(counts) {
                li.figure {
                    a.{ "edge " (name) } href=(Address::new("/findings").and("severity", name)) {
                        b { (words::count(count)) }
                        span { (words::plain(name)) }
                    }
                }
            }
        }
    }
}

fn remedies_section(remedies: &[Remedy]) -> Markup {
    let most = remedies.iter().map(|remedy| remedy.counts.all).max();
    html! {
        section.card {
            h2 { "Upgrades that remove most" }
            @if remedies.is_empty() {
                p.hint { "No active finding has a fixed version." }
            } @else {
                ol.remedies {
                    @for remedy in remedies { (remedy.row(most.unwrap_or(1))) }
                }
            }
        }
    }
}

fn critical_section(asked: &Asked<'_>, overview: &Overview) -> Markup {
    let all = Address::new("/findings").and("severity", "critical");
    html! {
        section {
            div.title {
                h2 { "Critical findings" }
                @if overview.counts.critical > 0 {
                    a href=(all.and("sort", "-epss")) {
                        "All " (words::count(overview.counts.critical))
                    }
                }
            }
            @if overview.urgent.is_empty() {
                p.empty { "No active finding is critical." }
            } @else {
                (rows::table(&overview.urgent, asked.now, &rows::unsorted))
            }
        }
    }
}

fn coverage_card(overview: &Overview) -> Markup {
    let total = |counts: &[(String, i64)]| counts.iter().map(|(_, count)| count).sum::<i64>();
    let (covered, uncovered) = (total(&overview.covered), total(&overview.uncovered));
    let missing = |kind: &str| {
        let mut counts = overview.uncovered.iter();
        counts.find_map(|(known, count)| (known == kind).then_some(*count))
    };
    let mut kinds: Vec<(&str, i64, i64)> = overview
        .covered
        .iter()
        .map(|(kind, count)| (kind.as_str(), *count, missing(kind).unwrap_or(0)))
        .collect();
    for (kind, count) in &overview.uncovered {
        if kinds.iter().all(|(known, ..)| known != kind) {
            kinds.push((kind, 0, *count));
        }
    }
    let address = |reason: &str| Address::new("/coverage").and("reason", reason);
    html! {
        section.card {
            h2 { a href="/coverage" { "Coverage" } }
            @if covered + uncovered == 0 {
                p { "No resource was scanned yet." }
            } @else {
                p.large {
                    b { (words::count(covered)) } " of " (words::count(covered + uncovered))
                    " covered"
                }
                (groups::share(covered, covered + uncovered))
                dl.pairs {
                    @for (kind, covered, uncovered) in kinds {
                        div {
                            dt { (words::resource_type(kind)) }
                            dd {
                                (words::count(covered))
                                @if uncovered > 0 { " of " (words::count(covered + uncovered)) }
                            }
                        }
                    }
                }
                @if !overview.reasons.is_empty() {
                    h3 { "Not covered" }
                    ul.reasons {
                        @for (reason, count) in &overview.reasons {
                            li {
                                a href=(address(reason)) { (words::plain(reason)) } " "
                                span.count { (words::count(*count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An age in days from which a database is old.
const OLD: i64 = 3;

fn database_card(asked: &Asked<'_>, database: &DatabaseState) -> Markup {
    let built = database.built.as_millisecond();
    let is_old = asked.now - built > OLD * 24 * 60 * 60 * 1000;
    let troubled: Vec<_> = database
        .feeds
        .iter()
        .filter(|feed| feed.trouble.is_some())
        .collect();
    html! {
        section.card {
            h2 { "Advisory database" }
            p.large { b { (words::exactly(built)) } }
            p { "Built " (words::ago(built, asked.now)) "." }
            @if database.is_starter {
                p.notice {
                    "This is the small database that came with the program. "
                    code { "lynkeus db update" } " gets the newest advisories."
                }
            } @else if is_old {
                p.notice { "It is old: " code { "lynkeus db update" } " gets the newest." }
            }
            @if !troubled.is_empty() {
                p.notice.bad {
                    (words::counted(length(troubled.len()), "feed is", "feeds are")) " not up to date."
                }
            }
            details {
                summary { (words::counted(length(database.feeds.len()), "feed", "feeds")) }
                ul.feeds {
                    @for feed in &database.feeds {
                        li {
                            (feed.name)
                            span.about {
                                (feed.publisher)
                                @if let Some(date) = feed.data_date {
                                    ", " (words::day(date.as_millisecond()))
                                }
                                @if let Some(trouble) = &feed.trouble { ": " (trouble) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn work_card(asked: &Asked<'_>, overview: &Overview) -> Markup {
    let queue = &overview.queue;
    let lag = queue
        .oldest
        .map_or(0, |oldest| (asked.now - oldest).max(0) / 1000);
    html! {
        section.card {
            h2 { "Work" }
            dl.pairs {
                div {
                    dt { "Oldest waiting job" }
                    dd { @if queue.oldest.is_some() { (words::duration(lag)) } @else { "none" } }
                }
                div { dt { "Jobs waiting" } dd { (words::count(queue.waiting)) } }
                div { dt { "Jobs running" } dd { (words::count(queue.held)) } }
                div { dt { "Jobs given up" } dd { (words::count(queue.parked)) } }
                div { dt { "Pending evaluations" } dd { (words::count(overview.pending)) } }
            }
            @if !overview.parked.is_empty() {
                h3 { "Given up" }
                ul.reasons {
                    @for parked in &overview.parked {
                        li {
                            (parked.kind) ": " (parked.failure)
                            " " span.count { (words::ago(parked.at, asked.now)) }
                        }
                    }
                }
            }
        }
    }
}
