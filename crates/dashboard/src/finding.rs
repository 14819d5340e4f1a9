//! One finding with everything that explains it.

mod path;
mod score;
mod why;

use findings::{
    finding::{ClosedBecause, Details, Finding, State},
    identity::{FindingId, finding_arn},
};
use maud::{Markup, html};
use store::{
    Scope,
    history::{self, Event},
    listing::{self, Listed},
    rules::{self, Filter, Wanted},
};

use crate::{
    answer::{Asked, Failure, Reply},
    rows,
    shell::{self, Page},
    words,
};

/// Changes of a finding that are shown.
const CHANGES: usize = 50;

/// What is read for a page.
pub(super) struct Found {
    listed: Listed,
    events: Vec<Event>,
    rules: Vec<Filter>,
}

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let id = FindingId::parse(asked.segment(1)).ok_or(Failure::NotFound)?;
    let scope = &asked.session.scope;
    let found = asked.read(|tx| {
        let mut listed = listing::by_ids(tx, scope, &[id.to_string()])?;
        let Some(listed) = listed.pop() else {
            return Ok(None);
        };
        let events = history::of_finding(tx, scope, id.as_str(), CHANGES)?;
        let wanted = Wanted {
            ids: Some(&listed.finding.rules),
            ..Wanted::default()
        };
        let rules = rules::list(tx, scope, wanted)?;
        Ok(Some(Found {
            listed,
            events,
            rules,
        }))
    })?;
    let found = found.ok_or(Failure::NotFound)?;
    let title = found.listed.finding.observed.title.clone();
    let page = Page {
        title: &title,
        tab: "/findings",
        main: whole(asked, scope, &found),
    };
    shell::reply(asked, &page)
}

fn whole(asked: &Asked<'_>, scope: &Scope, found: &Found) -> Markup {
    let listed = &found.listed;
    let shown = api::inspector2::shown(scope, listed);
    html! {
        (head(asked, found))
        div.columns {
            div {
                (description(listed))
                (why::section(asked, listed, &shown))
                (score::section(listed))
                (score::risk(listed))
                (history(asked, found))
            }
            aside aria-label="Facts" {
                (facts(asked, scope, listed))
                (why::vulnerability(listed))
            }
        }
    }
}

fn head(asked: &Asked<'_>, found: &Found) -> Markup {
    let listed = &found.listed;
    let finding = &listed.finding;
    let observed = &finding.observed;
    let name = observed.vulnerability().unwrap_or(&observed.title);
    let affected = observed.title.strip_prefix(name);
    let affected = affected.map(|rest| rest.trim_start_matches(" - "));
    html! {
        p.trail { a href="/findings" { "Findings" } " / " (name) }
        div.title {
            h1 {
                (name)
                @if let Some(affected) = affected.filter(|text| !text.is_empty()) {
                    " " small { "in " (affected) }
                }
            }
        }
        p.labels {
            (words::badge(observed.severity))
            " " span.tag.(finding.state.name().to_lowercase()) {
                (words::plain(finding.state.name()))
            }
            (rows::exploited(listed))
        }
        (state(asked, finding, &found.rules))
    }
}

/// Why a finding is not active.
fn state(asked: &Asked<'_>, finding: &Finding, rules: &[Filter]) -> Markup {
    html! {
        @match (finding.state, finding.closed) {
            (State::Closed, Some(closed)) => {
                p.notice {
                    @match closed.because {
                        ClosedBecause::Remediated => "A complete scan did not find it any more",
                        ClosedBecause::ResourceGone => "Its resource is gone",
                        ClosedBecause::Disabled => "Scans of this kind were switched off",
                    }
                    ": closed " (words::ago(closed.at.as_millisecond(), asked.now)) "."
                }
            }
            (State::Suppressed, _) => {
                @for reason in &finding.observed.vex {
                    p.notice {
                        @if let Some(package) = finding.observed.packages().get(reason.package) {
                            (package.name) " is "
                        }
                        (reason.reason) " ("
                        a href="/vex" { "VEX document" } " " (reason.place) ")"
                    }
                }
                @for rule in rules {
                    p.notice {
                        "Hidden by the suppression rule "
                        a href={ "/rules/" (rule.id) } { (rule.definition.name) }
                        @if let Some(reason) = &rule.definition.reason { ": " (reason) }
                        @if let Some(at) = rule.definition.expires_at {
                            " (until " (words::exactly(at)) ")"
                        }
                        @if rule.definition.until_fixed { " (until there is a fix)" }
                    }
                }
            }
            _ => {}
        }
    }
}

fn description(listed: &Listed) -> Markup {
    let facts = listed.facts.as_ref();
    let title = facts.and_then(|facts| facts.title.as_deref());
    let text = facts.and_then(|facts| facts.description.as_deref());
    let network = match &listed.finding.observed.details {
        Details::Network(network) => Some(network.description.as_str()),
        Details::Package(_) => None,
    };
    let texts = [title, text, network].into_iter().flatten();
    let texts: Vec<&str> = texts.filter(|text| !text.trim().is_empty()).collect();
    html! {
        @if !texts.is_empty() {
            section.card aria-label="Description" {
                @for text in texts { p.prose { (text) } }
            }
        }
    }
}

/// A term with what it is, if it is known.
pub(super) fn term(name: &str, value: Option<Markup>) -> Markup {
    html! {
        @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
    }
}

fn facts(asked: &Asked<'_>, scope: &Scope, listed: &Listed) -> Markup {
    let finding = &listed.finding;
    let observed = &finding.observed;
    let moment = |at: model::Timestamp| Some(words::ago(at.as_millisecond(), asked.now));
    let score = observed.score.as_ref();
    html! {
        section.card {
            h2 { "Finding" }
            dl {
                (term("Resource", Some(rows::resource(&listed.resource))))
                (term("Severity", Some(html! { (observed.severity_reason) })))
                (term("Score", score.map(|score| html! {
                    b { (words::score(score.value)) } " of 10, by " (score.source)
                })))
                (term("EPSS", listed.epss.map(|epss| html! {
                    b { (words::percent(epss)) } " chance of exploitation within 30 days"
                })))
                (term("Fix available", observed.fix.map(|fix| html! {
                    (words::plain(fix.name()))
                })))
                (term("Vendor's severity", observed.vendor_severity.as_ref().map(|word| html! {
                    (word)
                })))
                (term("First seen", moment(finding.first_observed)))
                (term("Last changed by a scan", moment(finding.last_observed)))
                (term("ARN", Some(html! {
                    code { (finding_arn(&scope.account, &scope.region, &finding.id)) }
                })))
            }
        }
        section.card {
            h2 { "Resource" }
            dl {
                (term("ID", Some(html! { code { (listed.resource.id) } })))
                (why::resource(&listed.resource))
                (term("Tags", (!listed.resource.tags.is_empty()).then(|| html! {
                    @for (key, value) in &listed.resource.tags {
                        span.tag { (key) "=" (value) } " "
                    }
                })))
            }
        }
    }
}

fn history(asked: &Asked<'_>, found: &Found) -> Markup {
    html! {
        section.card {
            h2 { "History" }
            ol.history {
                @for event in found.events.iter().rev() {
                    li {
                        b { (words::plain(&event.kind)) }
                        @if !event.fields.is_empty() { ": " (event.fields.join(", ")) }
                        span.about {
                            (words::exactly(event.at)) ", " (words::ago(event.at, asked.now))
                        }
                    }
                }
            }
        }
    }
}
