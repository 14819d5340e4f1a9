//! The frame around every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    answer::{Asked, Failure, Reply},
    assets,
};

/// What is in the frame.
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    /// The address of the tab it belongs to.
    pub(crate) tab: &'a str,
    pub(crate) main: Markup,
}

/// Tabs: address and name.
const TABS: [(&str, &str); 5] = [
    ("/", "Summary"),
    ("/findings", "Findings"),
    ("/exposed", "Exposed"),
    ("/coverage", "Coverage"),
    ("/rules", "Rules"),
];

/// The icon within the page, so that it is there at once.
const LOGO: &str = include_str!("../assets/icon.svg");

fn document(page: &Page<'_>, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) " – Lynkeus" }
                link rel="icon" type="image/svg+xml" href=(assets::ICON.address());
                link rel="stylesheet" href=(assets::STYLE.address());
                (head)
            }
            body { (body) }
        }
    }
}

/// The page for someone who is signed in.
pub(crate) fn framed(asked: &Asked<'_>, page: &Page<'_>) -> Result<Markup, Failure> {
    let token = asked.dashboard.form_token(asked.session)?;
    let scope = &asked.session.scope;
    let body = html! {
        a.skip href="#main" { "Skip to the content" }
        header.top {
            a.brand href="/" { (logo()) span { "Lynkeus" } }
            nav aria-label="Pages" {
                @for (address, name) in TABS {
                    a href=(address) aria-current=[(page.tab == address).then_some("page")] {
                        (name)
                    }
                }
            }
            div.who {
                span.account title="Account" { (scope.account) }
                a href="/regions" title="Choose another Region" { (scope.region) }
                @if asked.session.is_reader {
                    span.tag title="Your access key may change nothing" { "read only" }
                }
                form method="post" action="/sign-out" {
                    input type="hidden" name="form" value=(token);
                    button.quiet { "Sign out" }
                }
            }
        }
        main #main tabindex="-1" { (page.main) }
    };
    let head = html! {
        @if page.tab == "/rules" {
            script src=(assets::SCRIPT.address()) defer {}
        }
    };
    Ok(document(page, &head, &body))
}

/// The page for someone who is not.
pub(crate) fn bare(page: &Page<'_>) -> Markup {
    alone(page, &html! {})
}

/// The same, from which the browser goes on to the summary by itself.
pub(crate) fn passing(page: &Page<'_>) -> Markup {
    alone(
        page,
        &html! { meta http-equiv="refresh" content="0; url=/"; },
    )
}

fn alone(page: &Page<'_>, head: &Markup) -> Markup {
    let body = html! {
        main.alone #main {
            p.brand { (logo()) span { "Lynkeus" } }
            (page.main)
        }
    };
    document(page, head, &body)
}

fn logo() -> Markup {
    html! { span.logo aria-hidden="true" { (PreEscaped(LOGO)) } }
}

/// The page as an answer.
pub(crate) fn reply(asked: &Asked<'_>, page: &Page<'_>) -> Result<Reply, Failure> {
    Ok(Reply::html(framed(asked, page)?))
}
