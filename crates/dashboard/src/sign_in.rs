//! Signing in with an access key or a link, choosing the Region, and signing out.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use maud::{Markup, html};
use subtle::ConstantTimeEq as _;

use crate::{
    Dashboard,
    answer::{self, Asked, Failure, Reply},
    forms::{self, Pairs},
    shell::{self, Page},
};

/// The longest part of an access key that is compared.
const LONGEST: usize = 256;

/// Shows the form, or signs in with the token of a link.
pub(crate) async fn show(State(dashboard): State<Arc<Dashboard>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let work = move |dashboard: &Dashboard, now| {
        let query = forms::read(parts.uri.query().unwrap_or_default());
        let made = match forms::first(&query, "token") {
            Some(token) => invited(dashboard, &parts, token, now),
            None => form(dashboard, &parts, &query, None),
        };
        made.unwrap_or_else(|failure| failure.reply(None))
    };
    answer::blocking(dashboard, work).await
}

/// Signs in with an access key.
pub(crate) async fn enter(State(dashboard): State<Arc<Dashboard>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let given = answer::received(body).await.unwrap_or_default();
    let work = move |dashboard: &Dashboard, now| {
        let made = entered(dashboard, &parts, &given, now);
        made.unwrap_or_else(|failure| failure.reply(None))
    };
    answer::blocking(dashboard, work).await
}

/// The page behind a link. It is no redirect: if the link stood in another site's page, the browser
/// would not send the cookie along to where a redirect leads.
fn invited(dashboard: &Dashboard, parts: &Parts, token: &str, now: i64) -> Result<Reply, Failure> {
    let accepted = dashboard.accept(token, now);
    let Some(key) = accepted else {
        let why = "This sign-in link was used before or is too old. `lynkeus up` prints a new \
                   one when it starts.";
        let reply = form(dashboard, parts, &[], Some(why))?;
        return Ok(reply.with_status(StatusCode::FORBIDDEN));
    };
    let main = html! {
        h1 { "You are signed in" }
        p { a.button href="/" { "Continue" } }
    };
    let page = Page {
        title: "Signed in",
        tab: "",
        main,
    };
    let cookie = dashboard.begin(&parts.headers, &key, now)?;
    Ok(Reply::html(shell::passing(&page)).with_cookie(cookie))
}

fn form(
    dashboard: &Dashboard,
    parts: &Parts,
    query: &[(String, String)],
    trouble: Option<&str>,
) -> Result<Reply, Failure> {
    let (token, cookie) = dashboard.visitor(&parts.headers)?;
    let next = forms::first(query, "next").unwrap_or_default();
    let page = Page {
        title: "Sign in",
        tab: "",
        main: fields(&token, next, trouble),
    };
    Ok(Reply::html(shell::bare(&page)).with_cookie(cookie))
}

fn fields(token: &str, next: &str, trouble: Option<&str>) -> Markup {
    html! {
        h1 { "Sign in" }
        @if let Some(trouble) = trouble {
            p.notice.bad role="alert" { (trouble) }
        }
        form.stack method="post" action="/sign-in" {
            input type="hidden" name="form" value=(token);
            input type="hidden" name="next" value=(next);
            label for="key" { "Access key ID" }
            input #key name="key" required autofocus autocomplete="username" spellcheck="false"
                autocapitalize="off";
            label for="secret" { "Secret access key" }
            input #secret name="secret" type="password" required autocomplete="current-password";
            button.primary { "Sign in" }
        }
        p.hint {
            "On the machine that runs the service, " code { "lynkeus up" }
            " prints a link that signs you in, and " code { "lynkeus key create" }
            " makes an access key."
        }
    }
}

fn entered(
    dashboard: &Dashboard,
    parts: &Parts,
    given: &Pairs,
    now: i64,
) -> Result<Reply, Failure> {
    let token = forms::first(given, "form").unwrap_or_default();
    if !dashboard.is_own_visitor(&parts.headers, token) {
        return Err(Failure::Forged);
    }
    let peer = answer::peer(parts);
    if let Some(seconds) = dashboard.attempts.wait(peer, now) {
        let why = format!("Too many failed attempts. Try again in {seconds} seconds.");
        let reply = form(dashboard, parts, given, Some(&why))?;
        return Ok(Reply {
            retry_after: Some(seconds),
            ..reply.with_status(StatusCode::TOO_MANY_REQUESTS)
        });
    }
    let text = |name| {
        let text = forms::first(given, name).unwrap_or_default().trim();
        if text.len() > LONGEST { "" } else { text }
    };
    let (id, secret) = (text("key"), text("secret"));
    let key = dashboard.key(id)?;
    // An unknown key is compared as well, so that the time tells nothing.
    let expected = key.as_ref().map_or("unknown", |key| key.secret.expose());
    let is_equal = bool::from(expected.as_bytes().ct_eq(secret.as_bytes()));
    // A temporary key has a token, which the form does not ask for.
    if !is_equal || key.is_none_or(|key| key.session_token.is_some()) {
        dashboard.attempts.failed(peer, now);
        tracing::warn!(%peer, "a sign-in failed");
        let why = "There is no such access key, or its secret is another.";
        let reply = form(dashboard, parts, given, Some(why))?;
        return Ok(reply.with_status(StatusCode::FORBIDDEN));
    }
    let next = forms::first(given, "next").filter(|next| is_own(next));
    let cookie = dashboard.begin(&parts.headers, id, now)?;
    Ok(Reply::to(&next.unwrap_or("/")).with_cookie(cookie))
}

/// Whether an address is a page of this site.
fn is_own(address: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && c != '\\';
    address.starts_with('/') && !address.starts_with("//") && address.chars().all(plain)
}

/// Shows the Regions in which the account has resources.
pub(crate) fn regions(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let scope = &asked.session.scope;
    let mut regions = asked.read(|tx| store::resources::regions(tx, &scope.account))?;
    for more in [&scope.region, &asked.dashboard.settings.region] {
        if !regions.contains(more) {
            regions.push(more.clone());
        }
    }
    regions.sort();
    let token = asked.dashboard.form_token(asked.session)?;
    let main = html! {
        h1 { "Regions" }
        p { "Account " (scope.account) " has resources in these Regions." }
        form.regions method="post" action="/region" {
            input type="hidden" name="form" value=(token);
            @for region in &regions {
                button name="region" value=(region)
                    aria-current=[(*region == scope.region).then_some("true")] { (region) }
            }
        }
    };
    let page = Page {
        title: "Regions",
        tab: "",
        main,
    };
    shell::reply(asked, &page)
}

/// Shows another Region from here on.
pub(crate) fn choose_region(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let region = forms::first(&asked.form, "region").unwrap_or_default();
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if region.is_empty() || region.len() > 32 || !region.bytes().all(is_name) {
        return Err(Failure::Bad("That is no name of a Region.".to_owned()));
    }
    let dashboard = asked.dashboard;
    let cookie = dashboard.in_region(asked.headers, asked.session, region, asked.now)?;
    Ok(Reply::to(&"/").with_cookie(cookie))
}

/// Ends the session.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every handler has the same signature"
)]
pub(crate) fn leave(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let cookie = asked.dashboard.end(asked.headers, asked.session, asked.now);
    Ok(Reply::to(&"/sign-in").with_cookie(cookie))
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn only_pages_of_this_site_come_next() {
        let rows = [
            ("/findings?severity=high", true),
            ("//example.org/", false),
            ("/\\example.org", false),
            ("https://example.org/", false),
            ("/a\r\nb", false),
            ("", false),
        ];
        for (address, expected) in rows {
            assert_eq!(is_own(address), expected, "{address}");
        }
    }
}
