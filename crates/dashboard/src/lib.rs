//! Server-rendered pages over the store: findings explained, suppression rules, coverage.

mod address;
mod answer;
mod assets;
mod attempts;
mod browse;
mod coverage;
mod exposed;
mod filter;
mod finding;
mod forms;
mod groups;
mod list;
pub mod picture;
mod rows;
mod rules;
mod service;
mod session;
mod shell;
mod sign_in;
mod summary;
mod vex;
mod words;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use api::{sigv4::Credentials, token::Sealer};
use attempts::Attempts;
use axum::{
    Router,
    extract::{Request, State},
    routing::{get, post},
};
use model::Timestamp;
pub use service::{DatabaseState, Feed, Remedy, Sent, Service, Updates};
use store::Engine;
use tokio::sync::Semaphore;

/// Pages that are made at once; more wait for their turn.
const AT_ONCE: usize = 32;

/// What the pages are made of.
pub struct Settings {
    pub engine: Arc<Engine>,
    /// Who may sign in.
    pub credentials: Box<dyn Credentials>,
    /// Signs sessions, forms and pages; all processes of one service share its secret.
    pub sealer: Sealer,
    pub service: Box<dyn Service>,
    /// The Region that is shown first.
    pub region: String,
    /// The clock.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// The dashboard while it runs.
pub struct Dashboard {
    settings: Settings,
    attempts: Attempts,
    /// Sign-in links that were not used yet, by their tokens.
    invitations: Mutex<HashMap<String, session::Invitation>>,
    /// Sessions that were ended before their time, with when that is.
    ended: Mutex<HashMap<String, i64>>,
    places: Semaphore,
}

impl fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dashboard").finish_non_exhaustive()
    }
}

impl Dashboard {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            attempts: Attempts::default(),
            invitations: Mutex::default(),
            ended: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
        }
    }
}

/// The routes of the dashboard, to be merged with those of the API: none of them has a path that
/// an operation of Inspector has.
pub fn router(dashboard: Arc<Dashboard>) -> Router {
    let mut router = Router::new();
    for (path, page) in answer::PAGES {
        let handler = move |State(dashboard): State<Arc<Dashboard>>, request: Request| {
            answer::get(dashboard, request, *page)
        };
        router = router.route(path, get(handler));
    }
    for (path, action) in answer::ACTIONS {
        let handler = move |State(dashboard): State<Arc<Dashboard>>, request: Request| {
            answer::post(dashboard, request, *action)
        };
        router = router.route(path, post(handler));
    }
    for asset in assets::ALL {
        router = router.route(asset.path, get(async move || asset.response()));
    }
    router
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .with_state(dashboard)
}
