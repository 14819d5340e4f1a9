//! Which resources are scanned, and why others are not.

use findings::criteria::CriteriaError;
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use store::coverage::{self, CoverageCriteria, CoveredResource, Cursor};

use crate::{
    address::Address,
    answer::{Asked, Failure, Reply},
    rows,
    shell::{self, Page},
    words,
};

/// Rows on a page.
const SIZE: usize = 50;

/// Parameters of the address, each with its label and the member of the API's criteria.
const PARAMETERS: [(&str, &str, &str); 4] = [
    ("type", "Type", "resourceType"),
    ("reason", "Reason", "scanStatusReason"),
    ("resource", "Resource", "resourceId"),
    ("repository", "Repository", "ecrRepositoryName"),
];

/// Tabs: the word in the address, the name, the status it stands for.
const STATUSES: [(&str, &str, Option<&str>); 3] = [
    ("", "All", None),
    ("covered", "Covered", Some("ACTIVE")),
    ("not-covered", "Not covered", Some("INACTIVE")),
];

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let scope = &asked.session.scope;
    let word = asked.first("status").unwrap_or_default();
    let status = STATUSES.iter().find(|(known, ..)| *known == word);
    let status = status.and_then(|(_, _, status)| *status);
    let chosen = criteria(asked, status)?;
    let cursor: Option<Cursor> = asked.page()?;
    let mut tabs = Vec::new();
    for (word, name, status) in STATUSES {
        tabs.push((word, name, criteria(asked, status)?));
    }
    let ((found, next), counts) = asked.read(|tx| {
        let mut counts = Vec::new();
        for (word, name, criteria) in &tabs {
            counts.push((*word, *name, coverage::count(tx, scope, criteria)?));
        }
        let page = coverage::list(tx, scope, &chosen, cursor.as_ref(), SIZE)?;
        Ok((page, counts))
    })?;
    let next = next.as_ref();
    let next = next.map(|next| asked.next_page(next)).transpose()?;
    let mut address = Address::new("/coverage").and_all(asked.query.iter().cloned());
    address = address.without("after");
    let main = html! {
        div.title { h1 { "Coverage" } }
        (chips(asked, &address))
        nav.tabs aria-label="Status" {
            @for (name, label, count) in &counts {
                @let to = address.clone().without("status");
                @let to = if name.is_empty() { to } else { to.and("status", *name) };
                a href=(to) aria-current=[(*name == word).then_some("page")] {
                    (label) " " span.count { (words::count(*count)) }
                }
            }
        }
        @if found.is_empty() { p.empty { "No resources here." } }
        @else { (table(asked, &found)) }
        nav.pages aria-label="Pages of the list" {
            @if asked.first("after").is_some() { a.button href=(address) { "First page" } }
            @if let Some(next) = next {
                a.button rel="next" href=(address.clone().and("after", next)) { "Next page" }
            }
        }
    };
    let page = Page {
        title: "Coverage",
        tab: "/coverage",
        main,
    };
    shell::reply(asked, &page)
}

fn criteria(asked: &Asked<'_>, status: Option<&str>) -> Result<CoverageCriteria, Failure> {
    let mut members = Map::new();
    let equals = |value: &str| json!({ "comparison": "EQUALS", "value": value });
    if let Some(status) = status {
        members.insert("scanStatusCode".to_owned(), json!([equals(status)]));
    }
    for (name, _, member) in PARAMETERS {
        let pairs = asked.query.iter();
        let values = pairs.filter(|(known, value)| known == name && !value.is_empty());
        let values: Vec<Value> = values.map(|(_, value)| equals(value)).collect();
        if !values.is_empty() {
            members.insert(member.to_owned(), Value::Array(values));
        }
    }
    let criteria = CoverageCriteria::from_json(&Value::Object(members));
    criteria.map_err(|error: CriteriaError| Failure::Bad(error.to_string()))
}

/// The conditions that hold, each with a way to drop it.
fn chips(asked: &Asked<'_>, address: &Address) -> Markup {
    let label = |name: &str| {
        let mut known = PARAMETERS.iter();
        known.find_map(|(known, label, _)| (*known == name).then_some(*label))
    };
    let chips: Vec<_> = asked
        .query
        .iter()
        .filter_map(|(name, value)| Some((label(name)?, name, value)))
        .filter(|(_, _, value)| !value.is_empty())
        .collect();
    html! {
        @if !chips.is_empty() {
            ul.chips aria-label="Filters" {
                @for (label, name, value) in chips {
                    li {
                        span { (label) ": " b { (value) } }
                        a href=(address.clone().without_pair(name, value))
                            aria-label={ "Remove " (label) " " (value) } { "×" }
                    }
                }
            }
        }
    }
}

fn table(asked: &Asked<'_>, found: &[CoveredResource]) -> Markup {
    let by_type = |kind: &str| Address::new("/coverage").and("type", kind);
    let by_reason = |reason: &str| Address::new("/coverage").and("reason", reason);
    html! {
        table.coverage {
            thead {
                tr {
                    th scope="col" { "Resource" }
                    th scope="col" { "Type" }
                    th scope="col" { "Scan" }
                    th scope="col" { "Status" }
                    th scope="col" { "Last scan" }
                }
            }
            tbody {
                @for one in found {
                    tr {
                        td.what {
                            (rows::resource(&one.resource))
                            span.about { code { (one.resource.id) } }
                        }
                        td.brief data-label="Type" {
                            a href=(by_type(one.resource.kind.name())) {
                                (words::kind(one.resource.kind))
                            }
                        }
                        td.brief data-label="Scan" { (words::plain(&one.scan_type)) }
                        td.state {
                            @if one.active { span.tag.covered { "covered" } }
                            @else { span.tag.uncovered { "not covered" } }
                            " " a href=(by_reason(&one.reason)) { (words::plain(&one.reason)) }
                            @if let Some(detail) = &one.detail { span.about { (detail) } }
                        }
                        td.when data-label="Last scan" {
                            @match one.scanned_at {
                                Some(at) => { (words::ago(at, asked.now)) }
                                None => { "never" }
                            }
                        }
                    }
                }
            }
        }
    }
}
