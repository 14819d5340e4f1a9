//! From a request to a page: who asks, what for, and the headers that every answer has.

use std::{error::Error as _, net::IpAddr, net::Ipv4Addr, sync::Arc};

use api::server::Peer;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use maud::{Markup, html};
use model::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use store::{StoreError, rules::Refusal};

use crate::{
    Dashboard, address::Address, coverage, exposed, finding, forms, forms::Pairs, groups, list,
    rules, session::Session, shell, shell::Page, sign_in, summary, vex,
};

/// Bytes of a form.
const MOST: usize = 64 << 10;

/// Bytes of a form with a file; as many as the API takes.
const MOST_WITH_FILE: usize = 32 << 20;

/// Forms with a file.
const UPLOADS: &[&str] = &["/vex"];

/// What makes a page, or does what a form asks.
pub(crate) type Handler = fn(&Asked<'_>) -> Result<Reply, Failure>;

/// Every page for those who are signed in.
pub(crate) const PAGES: &[(&str, Handler)] = &[
    ("/", summary::show),
    ("/findings", list::show),
    ("/findings/by/{group}", groups::show),
    ("/finding/{id}", finding::show),
    ("/coverage", coverage::show),
    ("/exposed", exposed::show),
    ("/rules", rules::list),
    ("/vex", vex::list),
    ("/rules/new", rules::new),
    ("/rules/{id}", rules::edit),
    ("/regions", sign_in::regions),
];

/// Every form.
pub(crate) const ACTIONS: &[(&str, Handler)] = &[
    ("/rules/preview", rules::preview),
    ("/rules/new", rules::create),
    ("/rules/{id}", rules::update),
    ("/rules/{id}/delete", rules::delete),
    ("/vex", vex::add),
    ("/vex/{id}/remove", vex::remove),
    ("/region", sign_in::choose_region),
    ("/sign-out", sign_in::leave),
];

/// Forms that change nothing but the session: they are open to those who may change nothing.
const HARMLESS: &[&str] = &["/rules/preview", "/region", "/sign-out"];

/// A request of someone who is signed in.
pub(crate) struct Asked<'a> {
    pub(crate) dashboard: &'a Dashboard,
    pub(crate) session: &'a Session,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) path: &'a str,
    pub(crate) query: Pairs,
    /// Empty but for a `POST`.
    pub(crate) form: Pairs,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
}

impl Asked<'_> {
    /// The segment of the path with this number, from zero.
    pub(crate) fn segment(&self, number: usize) -> &str {
        self.path.split('/').nth(number + 1).unwrap_or_default()
    }

    /// The first value of a name in the query.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        forms::first(&self.query, name)
    }

    /// The page of a list that the address asks for, none for the first.
    pub(crate) fn page<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        let Some(token) = self.first("after") else {
            return Ok(None);
        };
        let opened = self.dashboard.open("dashboard page", &self.bound(), token);
        opened.map(Some).ok_or_else(|| StoreError::Cursor.into())
    }

    /// What an address says to ask for a page.
    pub(crate) fn next_page(&self, cursor: &impl Serialize) -> Result<String, Failure> {
        self.dashboard.seal("dashboard page", &self.bound(), cursor)
    }

    /// A place in a list is good for one list of one scope.
    fn bound(&self) -> String {
        let scope = &self.session.scope;
        format!("{} {} {}", self.path, scope.account, scope.region)
    }

    /// Reads from the store.
    pub(crate) fn read<T>(
        &self,
        work: impl FnMut(&mut store::Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Failure> {
        Ok(self.dashboard.settings.engine.read(work)?)
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
    pub(crate) location: Option<String>,
    pub(crate) cookies: Vec<String>,
    pub(crate) retry_after: Option<i64>,
}

impl Reply {
    pub(crate) fn html(markup: Markup) -> Self {
        Self {
            status: StatusCode::OK,
            body: markup.into_string(),
            location: None,
            cookies: Vec::new(),
            retry_after: None,
        }
    }

    /// Sends the browser to another page.
    pub(crate) fn to(address: &impl ToString) -> Self {
        Self {
            status: StatusCode::SEE_OTHER,
            location: Some(address.to_string()),
            ..Self::html(html! {})
        }
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }
}

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such thing, or it is not the asker's.
    NotFound,
    /// The form was not made by this site for this session.
    Forged,
    /// The role may not do this.
    Forbidden,
    /// What is asked for makes no sense, in words for the asker.
    Bad(String),
    /// For the log.
    Internal(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cursor => Self::Bad("This page of the list is no longer there.".to_owned()),
            StoreError::Refused(Refusal::NotFound) => Self::NotFound,
            StoreError::Refused(refusal) => Self::Bad(refusal.to_string()),
            other => {
                let mut text = other.to_string();
                let mut source = other.source();
                while let Some(cause) = source {
                    text.push_str(": ");
                    text.push_str(&cause.to_string());
                    source = cause.source();
                }
                Self::Internal(text)
            }
        }
    }
}

impl From<api::Error> for Failure {
    fn from(error: api::Error) -> Self {
        match error {
            api::Error::Internal(cause) => Self::Internal(cause),
            api::Error::NotFound(_) => Self::NotFound,
            other => Self::Bad(other.to_string()),
        }
    }
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forged | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::NotFound => ("Not found", "There is nothing at this address."),
            Self::Forged => (
                "Not done",
                "The form is too old or was not made by this site. Go back, reload the page and \
                 try again.",
            ),
            Self::Forbidden => (
                "Not allowed",
                "Your access key may look at everything and change nothing.",
            ),
            Self::Bad(why) => ("That does not work", why),
            Self::Internal(_) => ("Something went wrong", "The log of the service says what."),
        }
    }

    /// The page that says so; within the frame of the others for those who are signed in.
    pub(crate) fn reply(&self, asked: Option<&Asked<'_>>) -> Reply {
        if let Self::Internal(cause) = self {
            tracing::error!(cause, "page failed");
        }
        let (title, words) = self.words();
        let main = html! {
            h1 { (title) }
            p { (words) }
            p { a href="/" { "To the summary" } }
        };
        let page = Page {
            title,
            tab: "",
            main,
        };
        let framed = asked.and_then(|asked| shell::framed(asked, &page).ok());
        let markup = framed.unwrap_or_else(|| shell::bare(&page));
        Reply::html(markup).with_status(self.status())
    }
}

const HEADERS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The reply as a response with the headers that all have.
fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let line = |text: &str| HeaderValue::from_str(text).ok();
    if let Some(location) = reply.location.as_deref().and_then(line) {
        headers.insert(header::LOCATION, location);
    }
    if let Some(seconds) = reply.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    for cookie in reply.cookies.iter().filter_map(|cookie| line(cookie)) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Runs `work`, which reads from the store, on a thread that may block.
pub(crate) async fn blocking(
    dashboard: Arc<Dashboard>,
    work: impl FnOnce(&Dashboard, i64) -> Reply + Send + 'static,
) -> Response {
    let broken = || Failure::Internal("making a page panicked".to_owned()).reply(None);
    let made = async {
        let place = dashboard.places.acquire().await.ok()?;
        let dashboard = Arc::clone(&dashboard);
        let made = tokio::task::spawn_blocking(move || {
            let now: Timestamp = (dashboard.settings.now)();
            work(&dashboard, now.as_millisecond())
        });
        let made = made.await.ok();
        drop(place);
        made
    };
    response(made.await.unwrap_or_else(broken))
}

/// Where a request came from.
pub(crate) fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<Peer>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0)
}

/// Answers a request for a page.
pub(crate) async fn get(dashboard: Arc<Dashboard>, request: Request, page: Handler) -> Response {
    let (parts, _) = request.into_parts();
    let work = move |dashboard: &Dashboard, now| answered(dashboard, &parts, None, page, now);
    blocking(dashboard, work).await
}

/// Does what a form asks for.
pub(crate) async fn post(dashboard: Arc<Dashboard>, request: Request, action: Handler) -> Response {
    let (parts, body) = request.into_parts();
    let form = if UPLOADS.contains(&parts.uri.path()) {
        uploaded(Arc::clone(&dashboard), &parts, body).await
    } else {
        received(body).await
    };
    let work = move |dashboard: &Dashboard, now| match form {
        Some(form) => answered(dashboard, &parts, Some(form), action, now),
        None => Failure::Bad("The form is too long or cut off.".to_owned()).reply(None),
    };
    blocking(dashboard, work).await
}

/// The form of a body, if it is not too long.
pub(crate) async fn received(body: Body) -> Option<Pairs> {
    let body = to_bytes(body, MOST).await.ok()?;
    Some(forms::read(&String::from_utf8_lossy(&body)))
}

/// The form with a file of a body; of nobody but those who may change something is much read.
async fn uploaded(dashboard: Arc<Dashboard>, parts: &Parts, body: Body) -> Option<Pairs> {
    let headers = parts.headers.clone();
    let session = tokio::task::spawn_blocking(move || {
        let now: Timestamp = (dashboard.settings.now)();
        dashboard.session(&headers, now.as_millisecond())
    });
    let may_change = |session: &Session| !session.is_reader;
    if !matches!(session.await, Ok(Ok(Some(session))) if may_change(&session)) {
        return Some(Pairs::new());
    }
    let body = to_bytes(body, MOST_WITH_FILE).await.ok()?;
    let kind = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    forms::read_parts(kind, &body)
}

fn answered(
    dashboard: &Dashboard,
    parts: &Parts,
    form: Option<Pairs>,
    handler: Handler,
    now: i64,
) -> Reply {
    let session = match dashboard.session(&parts.headers, now) {
        Ok(Some(session)) => session,
        Ok(None) => return signed_out(parts, form.is_some()),
        Err(failure) => return failure.reply(None),
    };
    let is_post = form.is_some();
    let asked = Asked {
        dashboard,
        session: &session,
        headers: &parts.headers,
        path: parts.uri.path(),
        query: forms::read(parts.uri.query().unwrap_or_default()),
        form: form.unwrap_or_default(),
        now,
    };
    let checked = if is_post { allowed(&asked) } else { Ok(()) };
    let reply = checked.and_then(|()| handler(&asked));
    reply.unwrap_or_else(|failure| failure.reply(Some(&asked)))
}

/// Whether a form may be acted upon.
fn allowed(asked: &Asked<'_>) -> Result<(), Failure> {
    let token = forms::first(&asked.form, "form").unwrap_or_default();
    if !asked.dashboard.is_own_form(asked.session, token) {
        return Err(Failure::Forged);
    }
    if asked.session.is_reader && !HARMLESS.contains(&asked.path) {
        return Err(Failure::Forbidden);
    }
    Ok(())
}

/// Sends those who are not signed in to where they can.
fn signed_out(parts: &Parts, is_post: bool) -> Reply {
    // A script asks for a part of a page, and cannot show another page in its place.
    if parts.headers.contains_key("x-lynkeus-part") {
        return Reply::html(html! {}).with_status(StatusCode::UNAUTHORIZED);
    }
    let address = Address::new("/sign-in");
    let wanted = parts.uri.path_and_query().map(ToString::to_string);
    match wanted.filter(|wanted| !is_post && wanted != "/") {
        Some(wanted) => Reply::to(&address.and("next", wanted)),
        None => Reply::to(&address),
    }
}
