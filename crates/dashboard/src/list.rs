//! The flat list of findings: filtered, sorted, page by page.

use findings::finding::State;
use maud::{Markup, html};
use store::listing::{self, Cursor, Page as ListPage, Query, Sort, SortField};

use crate::{
    answer::{Asked, Failure, Reply},
    browse::Browse,
    rows,
    shell::{self, Page},
    words,
};

/// Findings on a page.
const SIZE: usize = 50;

/// Numbers are exact up to here; counting further would take longer than the page.
const EXACT: i64 = 10_000;

/// Orders by the word in the address.
const ORDERS: [(&str, SortField); 7] = [
    ("risk", SortField::Risk),
    ("severity", SortField::Severity),
    ("score", SortField::InspectorScore),
    ("epss", SortField::EpssScore),
    ("first-seen", SortField::FirstObservedAt),
    ("last-seen", SortField::LastObservedAt),
    ("vulnerability", SortField::VulnerabilityId),
];

const DEFAULT: &str = "-severity";

/// An order from a word such as `-severity`, where the dash stands for the greatest first.
fn order(word: &str) -> Option<Sort> {
    let (name, descending) = match word.strip_prefix('-') {
        Some(name) => (name, true),
        None => (word, false),
    };
    let mut orders = ORDERS.iter();
    let (_, field) = orders.find(|(known, _)| *known == name)?;
    Some(Sort {
        field: *field,
        descending,
    })
}

/// What is read for a page.
struct Found {
    counts: Vec<(State, i64)>,
    page: ListPage,
}

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let browse = Browse::read(asked);
    if let Some(reply) = browse.added(asked) {
        return Ok(reply);
    }
    let word = asked.first("sort").unwrap_or(DEFAULT);
    let (found, trouble) = match find(asked, &browse, word) {
        Ok(found) => (Some(found), None),
        Err(Failure::Bad(why)) => (None, Some(why)),
        Err(other) => return Err(other),
    };
    let main = html! {
        (browse.head(trouble.as_deref()))
        @if let Some(found) = &found { (results(asked, &browse, found, word)?) }
    };
    let page = Page {
        title: "Findings",
        tab: "/findings",
        main,
    };
    let reply = shell::reply(asked, &page)?;
    Ok(match trouble {
        Some(_) => reply.with_status(axum::http::StatusCode::BAD_REQUEST),
        None => reply,
    })
}

fn find(asked: &Asked<'_>, browse: &Browse, word: &str) -> Result<Found, Failure> {
    let scope = &asked.session.scope;
    let criteria = browse.criteria().map_err(Failure::Bad)?;
    let sort = order(word);
    if sort.is_none() {
        return Err(Failure::Bad(format!("There is no order called “{word}”.")));
    }
    let query = Query {
        criteria: &criteria,
        sort,
    };
    let cursor: Option<Cursor> = asked.page()?;
    let statuses = browse.each_status().map_err(Failure::Bad)?;
    asked.read(|tx| {
        let mut counts = Vec::with_capacity(statuses.len());
        for (state, criteria) in &statuses {
            let count = listing::count_up_to(tx, scope, criteria, EXACT + 1)?;
            counts.push((*state, count));
        }
        let page = listing::list(tx, scope, query, cursor.as_ref(), SIZE)?;
        Ok(Found { counts, page })
    })
}

/// A number that was counted no further than one beyond [`EXACT`].
fn counted(count: i64) -> String {
    if count > EXACT {
        format!("{}+", words::count(EXACT))
    } else {
        words::count(count)
    }
}

fn results(
    asked: &Asked<'_>,
    browse: &Browse,
    found: &Found,
    word: &str,
) -> Result<Markup, Failure> {
    let next = found.page.next.as_ref();
    let next = next.map(|next| asked.next_page(next)).transpose()?;
    Ok(html! {
        nav.tabs aria-label="Status" {
            @for (state, count) in &found.counts {
                @let name = state.name().to_lowercase();
                a href=(browse.address.clone().without("status").and("status", name.as_str()))
                    aria-current=[(*state == browse.status).then_some("page")] {
                    (words::plain(state.name())) " " span.count { (counted(*count)) }
                }
            }
        }
        @if found.page.findings.is_empty() {
            p.empty { "No findings here." }
        } @else {
            (rows::table(&found.page.findings, asked.now, &|name, label| {
                heading(browse, word, name, label)
            }))
        }
        nav.pages aria-label="Pages of the list" {
            @if asked.first("after").is_some() {
                a.button href=(browse.address) { "First page" }
            }
            @if let Some(next) = next {
                a.button rel="next" href=(browse.address.clone().and("after", next)) { "Next page" }
            }
        }
    })
}

/// The heading of a column, a link that sorts by it.
fn heading(browse: &Browse, word: &str, name: &str, label: &str) -> Markup {
    let descending = format!("-{name}");
    let sorted = match word {
        _ if word == descending => Some("descending"),
        _ if word == name => Some("ascending"),
        _ => None,
    };
    let other = if word == descending {
        name
    } else {
        &descending
    };
    let address = browse.address.clone().without("sort").and("sort", other);
    html! {
        th.number[matches!(name, "risk" | "score" | "epss")] scope="col" aria-sort=[sorted] { a href=(address) { (label) } }
    }
}
