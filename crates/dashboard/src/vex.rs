//! VEX documents: what each statement says, and what it does to the findings that are open.

use maud::{Markup, html};
use model::VexStatus;
use store::{
    keep,
    vex::{self, Document, Effect},
};

use crate::{
    answer::{Asked, Failure, Reply},
    forms,
    service::Sent,
    shell::{self, Page},
    words,
};

/// Statements of a document that are shown; those that do something come first.
const MOST: usize = 200;

/// Bytes of a document's name that are kept.
const LONGEST_NAME: usize = 256;

pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    page(asked, None)
}

/// Keeps the document that the form holds.
pub(crate) fn add(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let content = forms::first(&asked.form, "document");
    let Some(content) = content else {
        return refused(asked, "Choose a document.");
    };
    let name = forms::first(&asked.form, "document.name").unwrap_or("document");
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let sent = Sent {
        scope: &asked.session.scope,
        name: &name,
        content: content.as_bytes(),
        sender: asked.session.sender.clone(),
        now: keep::timestamp(asked.now),
    };
    match asked
        .dashboard
        .settings
        .service
        .add_vex(&sent)
        .map_err(Failure::from)
    {
        Ok(()) => Ok(Reply::to(&"/vex")),
        Err(Failure::Bad(why)) => refused(asked, &format!("{name} was not added. {why}.")),
        Err(other) => Err(other),
    }
}

/// Takes a document back.
pub(crate) fn remove(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (scope, id) = (&asked.session.scope, asked.segment(1));
    let service = &asked.dashboard.settings.service;
    service.remove_vex(scope, id, keep::timestamp(asked.now))?;
    Ok(Reply::to(&"/vex"))
}

fn refused(asked: &Asked<'_>, why: &str) -> Result<Reply, Failure> {
    Ok(page(asked, Some(why))?.with_status(axum::http::StatusCode::BAD_REQUEST))
}

/// The page, with why a document was not taken.
fn page(asked: &Asked<'_>, trouble: Option<&str>) -> Result<Reply, Failure> {
    let token = asked.dashboard.form_token(asked.session)?;
    let token = (!asked.session.is_reader).then_some(token.as_str());
    let scope = &asked.session.scope;
    let documents = asked.read(|tx| {
        let mut read = Vec::new();
        for document in vex::list(tx, scope)? {
            let mut effects = vex::effects(tx, scope, &document.id)?;
            effects.sort_by_key(|effect| std::cmp::Reverse((effect.hides, effect.about)));
            read.push((document, effects));
        }
        Ok(read)
    })?;
    let main = html! {
        p.trail { a href="/rules" { "Suppression rules" } " / VEX documents" }
        div.title { h1 { "VEX documents" } }
        p.hint {
            "What vendors and you say of vulnerabilities in products. A finding is hidden while the \
             newest statement about each of its packages says that it is not affected or fixed. "
            code { "lynkeus vex" } " adds and removes documents too."
        }
        @if let Some(token) = token { (upload(token, trouble)) }
        @if documents.is_empty() { p.empty { "There is no VEX document." } }
        @for (document, effects) in &documents { (section(asked, document, effects, token)) }
    };
    let page = Page {
        title: "VEX documents",
        tab: "/rules",
        main,
    };
    shell::reply(asked, &page)
}

fn upload(token: &str, trouble: Option<&str>) -> Markup {
    html! {
        form.card method="post" action="/vex" enctype="multipart/form-data" {
            input type="hidden" name="form" value=(token);
            @if let Some(why) = trouble { p.notice.bad role="alert" { (why) } }
            div.field {
                label for="document" { "Add a document" }
                input #document name="document" type="file" required;
                span.about { "OpenVEX, CSAF or CycloneDX. A newer version takes the place of the older." }
            }
            button.primary { "Add" }
        }
    }
}

fn section(
    asked: &Asked<'_>,
    document: &Document,
    effects: &[Effect],
    token: Option<&str>,
) -> Markup {
    let hidden: i64 = effects.iter().map(|effect| effect.hides).sum();
    let idle = effects.iter().filter(|effect| effect.about == 0).count();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    html! {
        section.card {
            h2 { (document.name) }
            p {
                "By " (document.author) ", added " (words::ago(document.added_at, asked.now))
                @if let Some(sender) = &document.added_by {
                    " by " (sender.principal) " with key " code { (sender.access_key) }
                }
                ": hides "
                (words::counted(hidden, "finding", "findings")) ". ID " code { (document.id) }
            }
            @for problem in &document.problems { p.notice.bad { (problem) } }
            @if idle > 0 {
                p.notice {
                    (words::counted(count(idle), "statement is", "statements are"))
                    " about nothing that was found."
                }
            }
            table.plain {
                thead {
                    tr {
                        th scope="col" { "Vulnerability" }
                        th scope="col" { "Says" }
                        th scope="col" { "Does" }
                    }
                }
                tbody { @for effect in effects.iter().take(MOST) { (row(effect)) } }
            }
            @if effects.len() > MOST {
                p.hint { "and " (words::count(count(effects.len() - MOST))) " more" }
            }
            @if let Some(token) = token {
                form method="post" action={ "/vex/" (document.id) "/remove" } {
                    input type="hidden" name="form" value=(token);
                    button.danger aria-label={ "Remove " (document.name) } { "Remove" }
                }
            }
        }
    }
}

fn row(effect: &Effect) -> Markup {
    let statement = &effect.statement;
    let why = [&statement.justification, &statement.impact];
    let id = statement.vulnerabilities.first();
    let hides = matches!(statement.status, VexStatus::NotAffected | VexStatus::Fixed);
    html! {
        tr {
            td data-label="Vulnerability" { (id.map_or("", String::as_str)) }
            td data-label="Says" {
                (words::plain(vex::status_name(statement.status)))
                @for text in why.into_iter().flatten() { span.about { (text) } }
            }
            td data-label="Does" {
                @if effect.about == 0 { "matches nothing" }
                @else if !hides { "hides nothing: what it says leaves findings active" }
                @else if effect.hides == 0 {
                    "hides none of " (words::counted(effect.about, "finding", "findings"))
                    ": they are in other products or packages, or something newer is said"
                } @else {
                    "hides " (effect.hides) " of " (words::counted(effect.about, "finding", "findings"))
                }
            }
        }
    }
}
