//! The first page: what is urgent, what is covered, and how the service does.

mod remedies;

use findings::risk;
use maud::{Markup, html};
use serde_json::json;
use store::{
    Scope, StoreError, Tx,
    aggregate::{self, Kind, Request, SeverityCounts},
    coverage::{self, CoverageCriteria},
    jobs::{self, Parked, QueueState},
    listing::{self, Listed},
    pending,
};

use self::remedies::Remedy;
use crate::{
    DatabaseState,
    address::Address,
    answer::{Asked, Failure, Reply},
    groups, rows,
    shell::{self, Page},
    words,
};

/// Findings that are shown by their risk.
const FIRST: usize = 8;

/// Jobs that were given up and are shown.
const PARKED: i64 = 5;

/// What is read for the page.
struct Overview {
    counts: SeverityCounts,
    first: Vec<Listed>,
    covered: Vec<(String, i64)>,
    uncovered: Vec<(String, i64)>,
    reasons: Vec<(String, i64)>,
    queue: QueueState,
    parked: Vec<Parked>,
    pending: i64,
}

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let scope = &asked.session.scope;
    let overview = asked.read(|tx| overview(tx, scope, asked.now))?;
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
                (first_section(&overview))
                (remedies_section(&remedies))
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

fn overview(tx: &mut Tx<'_>, scope: &Scope, now: i64) -> Result<Overview, StoreError> {
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
        first: listing::riskiest(tx, scope, FIRST)?,
        covered,
        uncovered,
        reasons,
        queue: jobs::state(tx, now)?,
        parked: jobs::parked(tx, scope, PARKED)?,
        pending: pending::count(tx)?,
    })
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

fn first_section(overview: &Overview) -> Markup {
    html! {
        section.card {
            div.title {
                h2 { "What to do first" }
                @if overview.counts.critical > 0 {
                    a href=(Address::new("/findings").and("severity", "critical").and("sort", "-epss")) {
                        "All " (words::count(overview.counts.critical)) " critical"
                    }
                }
            }
            @if overview.first.is_empty() {
                p.empty { "No finding is active." }
            } @else {
                p.hint {
                    "By risk, 0 to 100: how bad, how likely to be exploited, how reachable."
                }
                ol.first {
                    @for listed in &overview.first { (first_row(listed)) }
                }
            }
        }
    }
}

/// A finding with the steps that weigh most.
fn first_row(listed: &Listed) -> Markup {
    let observed = &listed.finding.observed;
    let mut steps = observed.risk.clone();
    steps.push(risk::epss_step(listed.epss));
    // What is not known of the reach counts a little everywhere and tells nothing apart.
    steps.retain(|step| step.points > 5);
    steps.sort_by_key(|step| std::cmp::Reverse(step.points));
    let why = steps.iter().map(|step| &step.reason);
    let why: Vec<&str> = why
        .map(|reason| {
            reason
                .split_once(':')
                .map_or(reason.as_str(), |(fact, _)| fact)
        })
        .collect();
    html! {
        li {
            @if let Some(risk) = listed.risk() { b.risk title="Risk, 0 to 100" { (risk) } " " }
            (words::badge(observed.severity)) " "
            a href={ "/finding/" (listed.finding.id) } { (observed.title) }
            (rows::exploited(listed))
            span.about { (words::name(&listed.resource)) ": " (why.join("; ")) }
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
            (updates(asked, database))
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

/// How the database is kept up to date.
fn updates(asked: &Asked<'_>, database: &DatabaseState) -> Markup {
    html! {
        @match &database.updates {
            Some(updates) => {
                p {
                    "Updated from " (updates.source) " every " (words::duration(updates.every / 1000))
                    @if updates.running { "; an update is running." }
                    @else if let Some(at) = updates.attempted {
                        "; last tried " (words::ago(at, asked.now)) "."
                    } @else { "." }
                }
                @if let Some(failure) = &updates.failure {
                    p.notice.bad {
                        "The last update failed, so the advisories stay as they were: " (failure)
                    }
                }
            }
            None => p { "It is updated by hand." }
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
