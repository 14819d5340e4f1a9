//! HTTP: from the bytes of a request to the bytes of an answer.

mod extension;
mod listen;
mod route;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
pub use extension::{Asked, Extension};
pub use listen::{Peer, serve};
use model::Timestamp;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    errors::Error,
    operation::{OPERATIONS, Operation, Service},
    registry::{Context, Registry},
    sigv4::{self, Caller, Credentials},
    token::{Binding, Sealer},
    validate::{self, Outside},
};

/// What one request may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of `ScanSbom`'s body.
    pub sbom: usize,
    /// Time to send the body.
    pub receive: Duration,
    /// Time until an answer, or the client is told that the server failed.
    pub answer: Duration,
    /// Requests at once; more are throttled.
    pub concurrent: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            sbom: 32 << 20,
            receive: Duration::from_secs(30),
            answer: Duration::from_mins(1),
            concurrent: 256,
        }
    }
}

/// The service behind the wire: its handlers, their state, and who may call.
pub struct Api<S> {
    pub state: S,
    pub registry: Registry<S>,
    /// Routes beside AWS's.
    pub extensions: Vec<Extension<S>>,
    pub credentials: Box<dyn Credentials>,
    pub sealer: Sealer,
    pub limits: Limits,
    /// The clock.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl<S> fmt::Debug for Api<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// An [`Api`] while it runs.
struct Running<S> {
    api: Api<S>,
    places: Arc<Semaphore>,
    count: AtomicU64,
}

/// The routes of both services, to be merged with other routes or served alone.
pub fn router<S: Send + Sync + 'static>(api: Api<S>) -> Router {
    let places = Arc::new(Semaphore::new(api.limits.concurrent));
    let running = Running {
        api,
        places,
        count: AtomicU64::new(0),
    };
    Router::new()
        .fallback(answer::<S>)
        .with_state(Arc::new(running))
}

/// What is said of a request in the access log.
#[derive(Default)]
struct Entry {
    operation: &'static str,
    account: String,
    principal: String,
    region: String,
}

async fn answer<S: Send + Sync + 'static>(
    State(running): State<Arc<Running<S>>>,
    request: Request,
) -> Response {
    let start = Instant::now();
    let now = (running.api.now)();
    let request_id = running.request_id(now);
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let path = parts.uri.path().to_owned();
    let found = route::find(&parts);
    let service = found
        .as_ref()
        .map_or(Service::Inspector2, |found| found.operation().service);
    let mut entry = Entry::default();
    let result = match found {
        Some(found) => {
            entry.operation = found.operation().name;
            let work = Work {
                found,
                parts,
                now,
                request_id: request_id.clone(),
            };
            work.answer(&running, body, &mut entry).await
        }
        None => extension::answer(&running, parts, body, now, &mut entry).await,
    };
    if let Err(Error::Internal(cause)) = &result {
        tracing::error!(
            request_id,
            operation = entry.operation,
            cause,
            "request failed"
        );
    }
    let response = written(result, service, &request_id);
    tracing::info!(
        request_id,
        %method,
        path,
        operation = entry.operation,
        account = entry.account,
        principal = entry.principal,
        region = entry.region,
        status = response.status().as_u16(),
        seconds = start.elapsed().as_secs_f64(),
        "request"
    );
    response
}

/// A body with the status of success.
type Answered = (u16, Vec<u8>);

fn written(result: Result<Answered, Error>, service: Service, request_id: &str) -> Response {
    let (status, body, error) = match result {
        Ok((status, body)) => (status, body, None),
        Err(error) => {
            let response = error.response(service);
            let body = response.body.to_string().into_bytes();
            (
                response.status,
                body,
                Some((response.name, response.retry_after)),
            )
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    if let Some((name, retry_after)) = error {
        headers.insert("x-amzn-errortype", HeaderValue::from_static(name));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
    }
    response
}

/// Takes the body of a signed request, and a place for it to be worked on.
async fn receive<S>(
    running: &Running<S>,
    parts: &Parts,
    body: Body,
    most: usize,
) -> Result<(OwnedSemaphorePermit, Bytes), Error> {
    if !parts.headers.contains_key(header::AUTHORIZATION) {
        return Err(Error::Refused {
            name: "MissingAuthenticationTokenException",
            status: 403,
            message: "Missing Authentication Token".to_owned(),
        });
    }
    let Ok(place) = Arc::clone(&running.places).try_acquire_owned() else {
        return Err(Error::Throttling { retry_after: 1 });
    };
    let body = timeout(running.api.limits.receive, to_bytes(body, most))
        .await
        .map_err(|_elapsed| Error::invalid("The request body did not arrive in time"))?
        .map_err(|_why| Error::Refused {
            name: "RequestEntityTooLargeException",
            status: 413,
            message: format!("The request body is not whole or longer than {most} bytes"),
        })?;
    Ok((place, body))
}

/// Runs `work` on a thread that may block, within the limit of time.
async fn blocking<S: Send + Sync + 'static>(
    running: &Arc<Running<S>>,
    place: OwnedSemaphorePermit,
    work: impl FnOnce(&Api<S>, &mut Entry) -> Result<Answered, Error> + Send + 'static,
    entry: &mut Entry,
) -> Result<Answered, Error> {
    let limit = running.api.limits.answer;
    let running = Arc::clone(running);
    let task = tokio::task::spawn_blocking(move || {
        let mut entry = Entry::default();
        let result = work(&running.api, &mut entry);
        drop(place);
        (result, entry)
    });
    let (result, known) = timeout(limit, task)
        .await
        .map_err(|_elapsed| Error::Internal("the handler took too long".to_owned()))?
        .map_err(|error| Error::Internal(format!("the handler panicked: {error}")))?;
    *entry = known;
    result
}

/// Who sent a request that is signed for `service`.
fn verified<S>(
    api: &Api<S>,
    parts: &Parts,
    body: &[u8],
    now: Timestamp,
    service: &str,
) -> Result<Caller, Error> {
    let headers: Vec<(&str, &[u8])> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let request = sigv4::Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
        body,
    };
    sigv4::verify(&request, service, now, api.credentials.as_ref())
}

impl Entry {
    fn of(&mut self, caller: &Caller) {
        self.account.clone_from(&caller.account);
        self.principal.clone_from(&caller.principal);
        self.region.clone_from(&caller.region);
    }
}

/// One request on its way.
struct Work {
    found: route::Found,
    parts: Parts,
    now: Timestamp,
    request_id: String,
}

impl Work {
    async fn answer<S: Send + Sync + 'static>(
        self,
        running: &Arc<Running<S>>,
        body: Body,
        entry: &mut Entry,
    ) -> Result<Answered, Error> {
        let limits = &running.api.limits;
        let most = match self.found.operation().service {
            Service::InspectorScan => limits.sbom,
            Service::Inspector2 => limits.body,
        };
        let (place, body) = receive(running, &self.parts, body, most).await?;
        let operation = entry.operation;
        let work = move |api: &Api<S>, entry: &mut Entry| self.handle(api, &body, entry);
        let result = blocking(running, place, work, entry).await;
        entry.operation = operation;
        result
    }

    /// Verifies, validates and runs; on a thread that may block.
    fn handle<S: 'static>(
        &self,
        api: &Api<S>,
        body: &[u8],
        entry: &mut Entry,
    ) -> Result<Answered, Error> {
        let operation: &'static Operation = self.found.operation();
        let service = operation.service.name();
        let caller = verified(api, &self.parts, body, self.now, service)?;
        entry.of(&caller);
        if caller.is_reader && !operation.is_reading() {
            return Err(Error::AccessDenied(format!(
                "User: {} is not authorized to perform: {service}:{operation}",
                caller.principal
            )));
        }
        let outside = Outside {
            path: self.found.labels(),
            query: route::query(self.parts.uri.query().unwrap_or_default())?,
        };
        let input = validate::input(operation, body, &outside)?;
        let context = Context {
            state: &api.state,
            caller: &caller,
            now: self.now,
            request_id: &self.request_id,
            operation,
            sealer: &api.sealer,
            binding: Binding::new(operation.name, &caller.account, &caller.region, &input),
        };
        let body = api.registry.run(self.found.index, &context, input)?;
        Ok((operation.status, body))
    }
}

impl<S> Running<S> {
    /// An identifier in the form of a UUID that no client can foresee.
    fn request_id(&self, now: Timestamp) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let text = format!("request {count} {}", now.as_nanosecond());
        let digest = sigv4::hex(&self.api.sealer.digest(text.as_bytes()));
        let mut id = String::new();
        for (index, digit) in digest.chars().take(32).enumerate() {
            if matches!(index, 8 | 12 | 16 | 20) {
                id.push('-');
            }
            id.push(digit);
        }
        id
    }
}
