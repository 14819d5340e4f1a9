//! Suppression rules: listed, made, changed, deleted, and what they would hide.

mod draft;
mod form;

use draft::Draft;
use maud::{Markup, html};
use store::{
    StoreError,
    rules::{self, Action, Filter, Refusal, Wanted},
};

use crate::{
    address::Address,
    answer::{Asked, Failure, Reply},
    filter::{self, Kind},
    forms, rows,
    shell::{self, Page},
    words,
};

/// Findings that a preview shows.
const FIRST: usize = 10;

pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let scope = &asked.session.scope;
    let (filters, hiding) = asked.read(|tx| {
        let filters = rules::list(tx, scope, Wanted::default())?;
        Ok((filters, rules::hiding(tx, scope)?))
    })?;
    let (mut rules, mut views): (Vec<Filter>, Vec<Filter>) = filters
        .into_iter()
        .partition(|filter| filter.definition.action == Action::Suppress);
    rules.sort_by(|a, b| a.definition.name.cmp(&b.definition.name));
    views.sort_by(|a, b| a.definition.name.cmp(&b.definition.name));
    let main = html! {
        div.title {
            h1 { "Suppression rules" }
            @if !asked.session.is_reader {
                a.button.primary href="/rules/new" { "New rule" }
            }
        }
        p.hint {
            "A rule hides the findings that it matches, those there are and those to come. They \
             are scanned all the same, and come back when the rule ends. "
            a href="/vex" { "VEX documents" } " hide what they say is not affected."
        }
        @if rules.is_empty() {
            p.empty { "There is no suppression rule." }
        } @else {
            table.rules {
                thead {
                    tr {
                        th scope="col" { "Rule" }
                        th scope="col" { "Hides findings with" }
                        th.number scope="col" { "Hidden" }
                        th scope="col" { "Holds" }
                        th scope="col" { "Changed" }
                    }
                }
                tbody {
                    @for rule in &rules {
                        (row(asked, rule, hiding.get(&rule.id).copied().unwrap_or(0)))
                    }
                }
            }
        }
        @if !views.is_empty() { (saved(&views)) }
    };
    let page = Page {
        title: "Suppression rules",
        tab: "/rules",
        main,
    };
    shell::reply(asked, &page)
}

fn row(asked: &Asked<'_>, rule: &Filter, hidden: i64) -> Markup {
    let definition = &rule.definition;
    let expired = definition.expires_at.is_some_and(|at| at <= asked.now);
    html! {
        tr {
            td.what {
                a href={ "/rules/" (rule.id) } { b { (definition.name) } }
                @if let Some(reason) = &definition.reason { span.about { (reason) } }
            }
            td.conditions { (conditions(&definition.criteria)) }
            td.number data-label="Hidden" { (words::count(hidden)) }
            td.brief data-label="Holds" {
                @match definition.expires_at {
                    Some(at) if expired => { "expired " (words::ago(at, asked.now)) }
                    Some(at) => { "through " (words::day(at - 1)) }
                    None if definition.until_fixed => { "until fixed" }
                    None => { "always" }
                }
                @if definition.until_fixed && definition.expires_at.is_some() {
                    span.about { "while there is no fix" }
                }
            }
            td.when data-label="Changed" { (words::ago(rule.updated_at, asked.now)) }
        }
    }
}

/// Criteria as short labels.
fn conditions(criteria: &findings::criteria::Criteria) -> Markup {
    let (filter, more) = filter::Filter::of(criteria);
    html! {
        ul.chips {
            @for (parameter, value) in &filter.0 {
                li { span { (parameter.label) ": " b { (value) } } }
            }
            @for (member, entries) in &more {
                li { span { (member) ": " code { (entries) } } }
            }
            @if filter.is_empty() && more.is_empty() { li { span { "everything" } } }
        }
    }
}

/// Filters that hide nothing: views that clients of the API saved.
fn saved(views: &[Filter]) -> Markup {
    html! {
        section {
            h2 { "Saved views" }
            ul {
                @for view in views {
                    @let (filter, more) = filter::Filter::of(&view.definition.criteria);
                    li {
                        @if more.is_empty() {
                            a href=(Address::new("/findings").and_all(filter.pairs())) {
                                (view.definition.name)
                            }
                        } @else {
                            (view.definition.name) " "
                            small { "has conditions that this page cannot show" }
                        }
                    }
                }
            }
        }
    }
}

/// The form of a new rule, filled with what the address says, with its preview.
pub(crate) fn new(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let draft = Draft::of_address(&asked.query);
    Ok(Reply::html(form::page(asked, &draft, None, None)?))
}

fn known(asked: &Asked<'_>, id: &str) -> Result<Filter, Failure> {
    let scope = &asked.session.scope;
    let found = asked.read(|tx| rules::get(tx, scope, id))?;
    let found = found.filter(|filter| filter.definition.action == Action::Suppress);
    found.ok_or(Failure::NotFound)
}

/// The form of a rule that is there.
pub(crate) fn edit(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let rule = known(asked, asked.segment(1))?;
    let draft = Draft::of_rule(&rule);
    Ok(Reply::html(form::page(asked, &draft, Some(&rule), None)?))
}

/// Shows what the form's rule would hide: the part of the page to a script, else the page.
pub(crate) fn preview(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let draft = Draft::of_form(&asked.form);
    if asked.headers.contains_key("x-lynkeus-part") {
        return Ok(Reply::html(effect(asked, &draft)?));
    }
    let rule = match forms::first(&asked.form, "id") {
        Some(id) => Some(known(asked, id)?),
        None => None,
    };
    Ok(Reply::html(form::page(asked, &draft, rule.as_ref(), None)?))
}

/// What a rule would hide.
fn effect(asked: &Asked<'_>, draft: &Draft) -> Result<Markup, Failure> {
    let criteria = match draft.criteria() {
        Ok(criteria) => criteria,
        Err(why) => return Ok(html! { p.notice { (why) } }),
    };
    let scope = &asked.session.scope;
    let until_fixed = draft.until_fixed;
    let preview = asked.read(|tx| rules::preview(tx, scope, &criteria, until_fixed, FIRST))?;
    let more = preview.hides - i64::try_from(preview.first.len()).unwrap_or(i64::MAX);
    Ok(html! {
        p.large {
            "Would hide "
            b #hides { (words::count(preview.hides)) }
            @if preview.hides == 1 { " active finding." } @else { " active findings." }
        }
        @if preview.hidden > 0 {
            p {
                (words::counted(preview.hidden, "finding", "findings"))
                " that it matches " @if preview.hidden == 1 { "is" } @else { "are" }
                " hidden already."
            }
        }
        @if !preview.first.is_empty() {
            ul.first {
                @for listed in &preview.first {
                    @let observed = &listed.finding.observed;
                    li {
                        (words::badge(observed.severity)) " "
                        a href={ "/finding/" (listed.finding.id) } { (observed.title) }
                        (rows::exploited(listed))
                        span.about { (words::name(&listed.resource)) }
                    }
                }
            }
            @if more > 0 { p.hint { "and " (words::count(more)) " more" } }
        }
    })
}

/// Makes a rule.
pub(crate) fn create(asked: &Asked<'_>) -> Result<Reply, Failure> {
    write(asked, None)
}

/// Changes a rule.
pub(crate) fn update(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let rule = known(asked, asked.segment(1))?;
    write(asked, Some(&rule))
}

fn write(asked: &Asked<'_>, rule: Option<&Filter>) -> Result<Reply, Failure> {
    let draft = Draft::of_form(&asked.form);
    let again = |why: &str| {
        let page = form::page(asked, &draft, rule, Some(why))?;
        Ok(Reply::html(page).with_status(axum::http::StatusCode::BAD_REQUEST))
    };
    let definition = match draft.definition() {
        Ok(definition) => definition,
        Err(why) => return again(&why),
    };
    let scope = &asked.session.scope;
    let engine = &asked.dashboard.settings.engine;
    let now = asked.now;
    let written = engine.write(|tx| match rule {
        Some(rule) => rules::update(tx, scope, &rule.id, &definition, now),
        None => rules::create(
            tx,
            scope,
            &definition,
            &std::collections::BTreeMap::new(),
            now,
        )
        .map(drop),
    });
    match written {
        Ok(()) => Ok(Reply::to(&"/rules")),
        Err(StoreError::Refused(Refusal::NameTaken)) => {
            again("Another rule or view has this name.")
        }
        Err(StoreError::Refused(Refusal::TooManyRules)) => {
            again("There are 500 suppression rules, which is the most.")
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes a rule.
pub(crate) fn delete(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let rule = known(asked, asked.segment(1))?;
    let scope = &asked.session.scope;
    let engine = &asked.dashboard.settings.engine;
    engine.write(|tx| rules::delete(tx, scope, &rule.id, asked.now))?;
    Ok(Reply::to(&"/rules"))
}

/// Whether a parameter takes several values, which the form parts by commas.
const fn takes_several(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Tag | Kind::Port)
}
