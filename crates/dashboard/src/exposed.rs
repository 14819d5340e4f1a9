//! What is vulnerable, listening and reachable from the internet, as one list.

use findings::reach::Listener;
use maud::{Markup, html};
use store::listeners::{self, Exposed};

use crate::{
    answer::{Asked, Failure, Reply},
    rows,
    shell::{self, Page},
};

/// Findings that are looked at; the riskiest come first.
const MOST: i64 = 300;

pub(crate) fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let scope = &asked.session.scope;
    let found = asked.read(|tx| listeners::exposed(tx, scope, MOST))?;
    let (own, beside): (Vec<Exposed>, Vec<Exposed>) =
        found.into_iter().partition(|one| !one.own.is_empty());
    let page = Page {
        title: "Exposed",
        tab: "/exposed",
        main: html! {
            div.title { h1 { "Vulnerable, listening and reachable from the internet" } }
            p.hint {
                "By risk. The network is judged by its configuration, and who listens is what the "
                "machine itself told."
            }
            @if own.is_empty() && beside.is_empty() {
                p.empty {
                    "Nothing here: no machine with known vulnerabilities is known to listen on a port "
                    "that the internet reaches."
                }
            }
            @if !own.is_empty() {
                section.card {
                    h2 { "Programs that listen themselves" }
                    (table(&own))
                }
            }
            @if !beside.is_empty() {
                section.card {
                    h2 { "Other packages of machines that listen" }
                    (table(&beside))
                }
            }
        },
    };
    shell::reply(asked, &page)
}

fn table(found: &[Exposed]) -> Markup {
    html! {
        table.findings {
            thead {
                tr {
                    th.number scope="col" { "Risk" }
                    th scope="col" { "Severity" }
                    th scope="col" { "Finding" }
                    th scope="col" { "Resource" }
                    th scope="col" { "Affected" }
                    th scope="col" { "Listens" }
                }
            }
            tbody {
                @for one in found {
                    (rows::exposed(&one.listed, &html! {
                        @for listener in &one.own { (listens(listener)) }
                        @if one.own.is_empty() {
                            (one.others) @if one.others == 1 { " process" } @else { " processes" }
                        }
                    }))
                }
            }
        }
    }
}

fn listens(listener: &Listener) -> Markup {
    html! {
        b { (listener.process) }
        span.about { (listener.protocol) " " (listener.port) }
    }
}
