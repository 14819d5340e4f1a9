//! Findings counted by vulnerability, package, resource, repository or account.

use findings::finding::State;
use maud::{Markup, html};
use store::aggregate::{self, Cursor, Group, Kind, Request, SeverityCounts, SortBy};

use crate::{
    address::Address,
    answer::{Asked, Failure, Reply},
    browse::Browse,
    shell::{self, Page},
    words,
};

/// Groups on a page.
const SIZE: usize = 50;

/// What can be counted by: the word in the path, the aggregation, what one is called, and the
/// parameter that leads to its findings.
const GROUPS: [(&str, Kind, &str, &str); 7] = [
    (
        "vulnerability",
        Kind::Title,
        "Vulnerability",
        "vulnerability",
    ),
    ("package", Kind::Package, "Package", "package"),
    ("instance", Kind::AwsEc2Instance, "Instance", "resource"),
    ("image", Kind::AwsEcrContainer, "Image", "resource"),
    ("repository", Kind::Repository, "Repository", "repository"),
    ("function", Kind::AwsLambdaFunction, "Function", "resource"),
    ("account", Kind::Account, "Account", ""),
];

/// Orders by the word in the address, with their headings.
const ORDERS: [(&str, &str, SortBy); 3] = [
    ("critical", "Critical", SortBy::Critical),
    ("high", "High", SortBy::High),
    ("all", "All", SortBy::All),
];

/// How a page's groups are named and linked.
struct Named {
    kind: Kind,
    called: &'static str,
    parameter: &'static str,
}

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let browse = Browse::read(asked);
    if let Some(reply) = browse.added(asked) {
        return Ok(reply);
    }
    let word = asked.segment(2);
    let found = GROUPS.iter().find(|(known, ..)| *known == word);
    let (_, kind, called, parameter) = *found.ok_or(Failure::NotFound)?;
    let named = Named {
        kind,
        called,
        parameter,
    };
    let (groups, trouble) = match browse.of_any_status() {
        Ok(criteria) => (Some(find(asked, &named, criteria)?), None),
        Err(why) => (None, Some(why)),
    };
    let main = html! {
        (browse.head(trouble.as_deref()))
        @if browse.status != State::Active {
            p.notice { "Only active findings are counted here." }
        }
        @if let Some(groups) = &groups { (results(asked, &browse, &named, groups)?) }
    };
    let page = Page {
        title: called,
        tab: "/findings",
        main,
    };
    shell::reply(asked, &page)
}

fn order(asked: &Asked<'_>) -> (&'static str, SortBy) {
    let word = asked.first("sort").unwrap_or_default();
    let found = ORDERS.iter().find(|(known, ..)| *known == word);
    found.map_or(("critical", SortBy::Critical), |(word, _, by)| (*word, *by))
}

fn find(
    asked: &Asked<'_>,
    named: &Named,
    criteria: findings::criteria::Criteria,
) -> Result<aggregate::Page, Failure> {
    let cursor: Option<Cursor> = asked.page()?;
    let request = Request {
        criteria,
        sort_by: order(asked).1,
        ..Request::new(named.kind)
    };
    let scope = &asked.session.scope;
    asked.read(|tx| aggregate::aggregate(tx, scope, &request, &[], cursor.as_ref(), SIZE))
}

fn results(
    asked: &Asked<'_>,
    browse: &Browse,
    named: &Named,
    page: &aggregate::Page,
) -> Result<Markup, Failure> {
    let next = page.next.as_ref();
    let next = next.map(|next| asked.next_page(next)).transpose()?;
    let most = page.groups.iter().map(|group| group.severities.all).max();
    let sorted = order(asked).0;
    Ok(html! {
        @if page.groups.is_empty() {
            p.empty { "No active findings here." }
        } @else {
            table.groups {
                thead {
                    tr {
                        th scope="col" { (named.called) }
                        th.wide scope="col" { "Active findings" }
                        @for (word, label, _) in ORDERS {
                            th.number scope="col"
                                aria-sort=[(sorted == word).then_some("descending")] {
                                a href=(browse.address.clone().without("sort").and("sort", word)) {
                                    (label)
                                }
                            }
                        }
                        th.number scope="col" { "Fixable" }
                        th.number scope="col" { "Exploit" }
                        th.number scope="col" { "Resources" }
                    }
                }
                tbody {
                    @for group in &page.groups { (row(browse, named, group, most.unwrap_or(1))) }
                }
            }
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

fn row(browse: &Browse, named: &Named, group: &Group, most: i64) -> Markup {
    let counts = &group.severities;
    html! {
        tr {
            td.what { (name(browse, named, group)) }
            td.wide { (bar(counts, most)) }
            td.number data-label="Critical" { (words::count(counts.critical)) }
            td.number data-label="High" { (words::count(counts.high)) }
            td.number data-label="All" { (words::count(counts.all)) }
            td.number data-label="Fixable" { (words::count(group.fix_available)) }
            td.number data-label="Exploit" { (words::count(group.exploit_available)) }
            td.number data-label="Resources" { (words::count(group.resources)) }
        }
    }
}

/// What a group is called, with a link to its findings.
fn name(browse: &Browse, named: &Named, group: &Group) -> Markup {
    let first = group.keys.first().map_or("", String::as_str);
    let second = group.keys.get(1).map_or("", String::as_str);
    let to = |parameter: &str, value: &str| -> Address {
        let address = browse.filtered("/findings").without(parameter);
        address.and(parameter, value)
    };
    html! {
        @match (named.kind, &group.resource) {
            (Kind::Title, _) if second.is_empty() => {
                a href=(to("title", first)) { b { (first) } }
            }
            (Kind::Title, _) => {
                @let rest = first.strip_prefix(second).map(|rest| rest.trim_start_matches(" - "));
                a href=(to("vulnerability", second)) { b { (second) } }
                span.about { (rest.unwrap_or(first)) }
            }
            (_, Some(resource)) => {
                a href=(to("resource", &resource.id)) { b { (words::name(resource)) } }
                span.about { (resource.id) }
            }
            _ if named.parameter.is_empty() => {
                a href=(browse.filtered("/findings")) { b { (first) } }
            }
            _ => {
                a href=(to(named.parameter, first)) { b { (first) } }
            }
        }
    }
}

/// Counts by severity, the worst first, with their classes.
pub(crate) fn parts(counts: &SeverityCounts) -> [(&'static str, i64); 6] {
    [
        ("critical", counts.critical),
        ("high", counts.high),
        ("medium", counts.medium),
        ("low", counts.low),
        ("informational", counts.informational),
        ("untriaged", counts.untriaged),
    ]
}

/// A part of a whole as a bar.
pub(crate) fn share(part: i64, whole: i64) -> Markup {
    let wide = part * 1000 / whole.max(1);
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.covered x="0" y="0" width=(wide) height="10" {}
        }
    }
}

/// Counts by severity as a bar, as long as the part that they are of `most`.
pub(crate) fn bar(counts: &SeverityCounts, most: i64) -> Markup {
    const LENGTH: i64 = 1000;
    let length = |count: i64| count * LENGTH / most.max(1);
    let parts = parts(counts);
    let words: Vec<String> = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{} {name}", words::count(*count)))
        .collect();
    let mut rectangles = Vec::new();
    let mut from = 0;
    for (name, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        // What is there is seen, however little it is.
        let wide = length(count).max(6);
        rectangles.push((name, from, wide));
        from += wide;
    }
    html! {
        svg.bar viewBox={ "0 0 " (LENGTH) " 10" } preserveAspectRatio="none" role="img"
            aria-label=(words.join(", ")) {
            @for (name, from, wide) in rectangles {
                rect.(name) x=(from) y="0" width=(wide) height="10" {}
            }
        }
    }
}
