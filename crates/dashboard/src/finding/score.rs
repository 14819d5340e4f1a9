//! How the score of a finding came about.

use findings::{
    finding::{Assessment, InspectorScore},
    risk,
};
use maud::{Markup, html};
use store::listing::Listed;

use crate::words;

/// The risk rank, step by step.
pub(super) fn risk(listed: &Listed) -> Markup {
    let mut steps = listed.finding.observed.risk.clone();
    steps.push(risk::epss_step(listed.epss));
    html! {
        @if let Some(rank) = listed.risk() {
            section.card {
                h2 { "Risk " (rank) " of 100" }
                p.hint { "For the order of work; the steps add up." }
                table.plain {
                    tbody {
                        @for step in &steps {
                            tr {
                                td.number { (step.points) }
                                td { (step.reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The assessments, the one that was chosen, and what the environment changed.
pub(super) fn section(listed: &Listed) -> Markup {
    let score = listed.finding.observed.score.as_ref();
    let assessments = listed.facts.as_ref().map_or(&[][..], |facts| &facts.cvss);
    html! {
        @if score.is_some() || !assessments.is_empty() {
            section.card {
                h2 { "Score" }
                @if let Some(score) = score { (steps(score)) }
                @if !assessments.is_empty() { (table(assessments, score)) }
            }
        }
    }
}

fn steps(score: &InspectorScore) -> Markup {
    html! {
        ol.steps {
            li {
                b { (words::score(score.base)) } " is the base score of CVSS " (score.version)
                " by " (named(&score.source)) ": " code { (score.base_vector) }
            }
            @for adjustment in &score.adjustments {
                li { b { (adjustment.metric) } " is changed: " (adjustment.reason) }
            }
            @if score.adjustments.is_empty() {
                li { "Nothing of the environment changes it: " b { (words::score(score.value)) } }
            } @else {
                li {
                    b { (words::score(score.value)) } " is the score in this environment: "
                    code { (score.vector) }
                }
            }
        }
    }
}

fn named(source: &str) -> &str {
    if source.is_empty() {
        "an unnamed source"
    } else {
        source
    }
}

fn table(assessments: &[Assessment], chosen: Option<&InspectorScore>) -> Markup {
    let is_chosen = |one: &Assessment| {
        chosen.is_some_and(|score| score.base_vector == one.vector && score.source == one.source)
    };
    html! {
        table.plain {
            thead {
                tr {
                    th scope="col" { "Assessed by" }
                    th scope="col" { "CVSS" }
                    th.number scope="col" { "Base" }
                    th scope="col" { "Vector" }
                }
            }
            tbody {
                @for one in assessments {
                    tr.chosen[is_chosen(one)] {
                        td data-label="Assessed by" {
                            (named(&one.source))
                            @if is_chosen(one) { " " span.tag { "used" } }
                        }
                        td data-label="CVSS" { (one.version) }
                        td.number data-label="Base" { (words::score(one.base)) }
                        td data-label="Vector" { code { (one.vector) } }
                    }
                }
            }
        }
    }
}
