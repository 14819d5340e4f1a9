//! VEX documents: what each statement says, and what it does to the findings that are open.

use maud::{Markup, html};
use model::VexStatus;
use store::vex::{self, Document, Effect};

use crate::{
    answer::{Asked, Failure, Reply},
    shell::{self, Page},
    words,
};

/// Statements of a document that are shown; those that do something come first.
const MOST: usize = 200;

pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
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
            code { "lynkeus vex add FILE" } " adds a document, " code { "lynkeus vex remove ID" }
            " takes one back."
        }
        @if documents.is_empty() { p.empty { "There is no VEX document." } }
        @for (document, effects) in &documents { (section(asked, document, effects)) }
    };
    let page = Page {
        title: "VEX documents",
        tab: "/rules",
        main,
    };
    shell::reply(asked, &page)
}

fn section(asked: &Asked<'_>, document: &Document, effects: &[Effect]) -> Markup {
    let hidden: i64 = effects.iter().map(|effect| effect.hides).sum();
    let idle = effects.iter().filter(|effect| effect.about == 0).count();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    html! {
        section.card {
            h2 { (document.name) }
            p {
                "By " (document.author) ", added " (words::ago(document.added_at, asked.now)) ": hides "
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
