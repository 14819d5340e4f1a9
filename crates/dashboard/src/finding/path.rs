//! Why a port is open: the path as a picture and in words, a packet, listeners, and what closes it.

use findings::{
    finding::NetworkDetails,
    reach::{Explained, Hop},
};
use maud::{Markup, html};
use store::listing::Listed;

use crate::{
    Remedy,
    answer::Asked,
    picture::{self, Node, Picture},
    rows,
};

/// Remedies that are shown at once.
const SHOWN: usize = 3;
/// Findings and interfaces that a remedy names.
const NAMED: usize = 8;

pub(super) fn section(asked: &Asked<'_>, listed: &Listed, network: &NetworkDetails) -> Markup {
    let finding = &listed.finding;
    let remedies = if finding.closed.is_none() {
        let scope = &asked.session.scope;
        let service = asked.dashboard.settings.service.as_ref();
        service.remedies(scope, &listed.resource.id, finding)
    } else {
        Vec::new()
    };
    html! {
        section.card {
            h2 { "Why" }
            p { b { (rows::ports(network)) } " is open along this path:" }
            @match network.explained.as_deref() {
                Some(explained) => {
                    div.picture tabindex="0" role="group" aria-label="Picture of the path" {
                        (picture::svg(&drawn(&finding.observed.title, explained)))
                    }
                    (told(explained))
                }
                None => {
                    ol.steps {
                        @for step in &network.steps {
                            li { b { (step.id) } " " small { (picture::kind_words(&step.kind)) } }
                        }
                    }
                }
            }
        }
        @if !remedies.is_empty() { (closing(&remedies)) }
    }
}

/// A path to be drawn.
fn drawn(title: &str, explained: &Explained) -> Picture {
    let node = |hop: &Hop| Node {
        kind: hop.kind.clone(),
        id: hop.id.clone(),
        rules: hop.rules.clone(),
        blocks: false,
    };
    Picture {
        title: title.to_owned(),
        request: explained.request.iter().map(node).collect(),
        reply: explained.reply.iter().map(node).collect(),
    }
}

fn told(explained: &Explained) -> Markup {
    html! {
        @for listener in &explained.listening {
            p {
                "Process " b { (listener.process) }
                @if let Some(package) = &listener.package { " of " b { (package) } }
                " listens on " (listener.protocol) " " (listener.port) " at "
                code { (listener.address) } "."
            }
        }
        @if let Some(witness) = &explained.witness {
            p {
                "For example a packet from "
                code { (witness.source) " port " (witness.source_port) } " to "
                code { (witness.destination) " port " (witness.destination_port) }
                " arrives and is answered; it was followed from rule to rule."
            }
        }
        @if !explained.sources.is_empty() {
            p.blocks-of { "Open to: " @for block in &explained.sources { code { (block) } } }
        }
        @if explained.is_latent {
            p.hint { "Nothing is connected to the far side of the gateway yet." }
        }
        details {
            summary { "The path in words" }
            ol.steps {
                @for hop in explained.request.iter().chain(&explained.reply) {
                    li {
                        b { (hop.id) } " " small { (picture::kind_words(&hop.kind)) }
                        @for rule in &hop.rules { span.about { code { (rule) } } }
                    }
                }
            }
        }
    }
}

/// What would close the path, with what else that would do.
fn closing(remedies: &[Remedy]) -> Markup {
    html! {
        section.card.remedy {
            h2 { "What would close it" }
            p.hint { "Tried out on the configuration that was submitted last; nothing was changed." }
            @for (place, remedy) in remedies.iter().enumerate() {
                @if place < SHOWN { (one(remedy)) }
            }
            @if remedies.len() > SHOWN {
                details {
                    summary { (remedies.len() - SHOWN) " more ways to close it" }
                    @for remedy in remedies.iter().skip(SHOWN) { (one(remedy)) }
                }
            }
        }
    }
}

fn one(remedy: &Remedy) -> Markup {
    html! {
        div.way {
            p.changes { @for change in &remedy.changes { b { (change) } } }
            @for command in &remedy.commands { pre { code { (command) } } }
            @for remains in &remedy.remains { p { "It leaves open: " (remains) } }
            @if remedy.also_closes.is_empty() {
                p { "It closes no other finding." }
            } @else {
                p { "It also closes " (remedy.also_closes.len()) @if remedy.also_closes.len() == 1 { " other finding" } @else { " other findings" } ":" }
                ul {
                    @for other in remedy.also_closes.iter().take(NAMED) { li { (other) } }
                    @if remedy.also_closes.len() > NAMED { li { "…" } }
                }
            }
            @if !remedy.shared_with.is_empty() {
                p {
                    "What is changed also holds for "
                    @for other in remedy.shared_with.iter().take(NAMED) { code { (other) } " " }
                    @if remedy.shared_with.len() > NAMED {
                        "and " (remedy.shared_with.len() - NAMED) " more"
                    }
                }
            }
        }
    }
}
