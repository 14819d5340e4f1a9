//! The form of a rule beside what the rule would hide.

use maud::{Markup, html};
use store::rules::Filter as Rule;

use super::{draft::Draft, effect, takes_several};
use crate::{
    answer::{Asked, Failure},
    filter::{Kind, PARAMETERS, Parameter},
    shell::{self, Page},
    words,
};

/// Fields that are always there; the others are folded away.
const FIRST: [&str; 8] = [
    "vulnerability",
    "package",
    "path",
    "resource",
    "repository",
    "tag",
    "fix",
    "exploit",
];

/// The page of the form; `rule` is the one that is changed, none for a new one.
pub(super) fn page(
    asked: &Asked<'_>,
    draft: &Draft,
    rule: Option<&Rule>,
    trouble: Option<&str>,
) -> Result<Markup, Failure> {
    let token = asked.dashboard.form_token(asked.session)?;
    let is_reader = asked.session.is_reader;
    let title = rule.map_or("New suppression rule", |rule| rule.definition.name.as_str());
    let action = rule.map_or_else(
        || "/rules/new".to_owned(),
        |rule| format!("/rules/{}", rule.id),
    );
    let preview = effect(asked, draft)?;
    let main = html! {
        p.trail { a href="/rules" { "Suppression rules" } " / " (title) }
        div.title { h1 { (title) } }
        @if let Some(trouble) = trouble { p.notice.bad role="alert" { (trouble) } }
        div.columns.even {
            form.rule method="post" action=(action) data-preview="/rules/preview" {
                input type="hidden" name="form" value=(token);
                input type="hidden" name="expires" value=(draft.expires);
                @if let Some(rule) = rule { input type="hidden" name="id" value=(rule.id); }
                fieldset disabled[is_reader] {
                    (fields(draft))
                    @if !is_reader {
                        div.buttons {
                            button.primary {
                                @if rule.is_some() { "Save" } @else { "Create rule" }
                            }
                            button formaction="/rules/preview" formnovalidate { "Preview" }
                            a.button href="/rules" { "Cancel" }
                        }
                    }
                }
            }
            div {
                section.card.sticky aria-label="Preview" aria-live="polite" {
                    h2 { "What it hides" }
                    div #preview { (preview) }
                }
                @if let Some(rule) = rule { (about(asked, rule, &token)) }
            }
        }
    };
    let page = Page {
        title,
        tab: "/rules",
        main,
    };
    shell::framed(asked, &page)
}

fn about(asked: &Asked<'_>, rule: &Rule, token: &str) -> Markup {
    html! {
        section.card {
            p.hint {
                "Made " (words::ago(rule.created_at, asked.now)) ", changed "
                (words::ago(rule.updated_at, asked.now)) ". ID " code { (rule.id) }
            }
            @if !asked.session.is_reader {
                form method="post" action={ "/rules/" (rule.id) "/delete" } {
                    input type="hidden" name="form" value=(token);
                    button.danger { "Delete this rule" }
                    span.about { "What it hides becomes active again, unless another rule hides it." }
                }
            }
        }
    }
}

fn fields(draft: &Draft) -> Markup {
    let folded = PARAMETERS
        .iter()
        .filter(|p| p.name != "severity" && !FIRST.contains(&p.name));
    let folded: Vec<&Parameter> = folded.collect();
    let is_used = !draft.more.is_empty()
        || folded
            .iter()
            .any(|p| draft.filter.values(p.name).next().is_some());
    html! {
        section.card {
            h2 { "Rule" }
            (line("name", "Name", &draft.name, true))
            (line("reason", "Reason", &draft.reason, false))
            (line("description", "Description", &draft.description, false))
            div.field {
                label for="last-day" { "Last day" }
                input #last-day name="last-day" type="date" value=(draft.until);
                span.about { "The rule ends after this day, in UTC. Without one it holds always." }
            }
            div.field {
                label.check {
                    input type="checkbox" name="until-fixed" value="yes"
                        checked[draft.until_fixed];
                    " Only while there is no fix"
                }
            }
        }
        section.card {
            h2 { "Hides findings with" }
            p.hint {
                "All conditions must hold. Several values, parted by commas, are alternatives; "
                code { "*" } " at the end stands for anything, " code { "!" } " in front for not."
            }
            (severities(draft))
            @for name in FIRST {
                @if let Some(parameter) = Parameter::named(name) { (field(draft, parameter)) }
            }
            details open[is_used] {
                summary { "More conditions" }
                @for parameter in folded { (field(draft, parameter)) }
                div.field {
                    label for="more" { "As JSON" }
                    textarea #more name="more" rows="4" spellcheck="false" { (draft.more) }
                    span.about { "Members of the API's FilterCriteria." }
                }
            }
        }
    }
}

fn line(name: &str, label: &str, value: &str, required: bool) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            input #(name) name=(name) value=(value) required[required] maxlength="512";
        }
    }
}

fn severities(draft: &Draft) -> Markup {
    let choices = match Parameter::named("severity").map(|p| p.kind) {
        Some(Kind::Choice(choices)) => choices,
        _ => &[],
    };
    html! {
        div.field role="group" aria-labelledby="severity-label" {
            span.label #severity-label { "Severity" }
            div.checks {
                @for (word, _) in choices {
                    label.check {
                        input type="checkbox" name="severity" value=(word)
                            checked[draft.filter.values("severity").any(|value| value == *word)];
                        " " (words::plain(word))
                    }
                }
            }
        }
    }
}

fn field(draft: &Draft, parameter: &Parameter) -> Markup {
    let values: Vec<&str> = draft.filter.values(parameter.name).collect();
    let value = if takes_several(parameter.kind) {
        values.join(", ")
    } else {
        values.first().copied().unwrap_or_default().to_owned()
    };
    html! {
        div.field {
            label for=(parameter.name) { (parameter.label) }
            @match parameter.kind {
                Kind::Choice(choices) => {
                    select #(parameter.name) name=(parameter.name) {
                        option value="" { "any" }
                        @for (word, _) in choices {
                            option value=(word) selected[values.contains(word)] {
                                (words::plain(word))
                            }
                        }
                    }
                }
                Kind::Day => {
                    input #(parameter.name) name=(parameter.name) type="date" value=(value);
                }
                Kind::Number => {
                    input #(parameter.name) name=(parameter.name) inputmode="decimal"
                        value=(value);
                }
                Kind::Text | Kind::Tag | Kind::Port => {
                    input #(parameter.name) name=(parameter.name) value=(value)
                        spellcheck="false" autocapitalize="off";
                }
            }
        }
    }
}
