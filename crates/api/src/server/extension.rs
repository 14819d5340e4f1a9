//! Routes of this service that AWS does not have, signed like the others.

use std::{fmt, sync::Arc};

use axum::{body::Body, http::request::Parts};
use model::Timestamp;
use serde_json::Value;

use super::{Answered, Entry, Error, Running, Service, blocking, receive, route, verified};
use crate::{sigv4::Caller, token::Sealer};

/// A request of an extension.
#[derive(Debug)]
pub struct Asked<'a> {
    pub caller: &'a Caller,
    /// Decoded names and values.
    pub query: Vec<(String, String)>,
    pub body: &'a [u8],
    /// The server's time when the request came.
    pub now: Timestamp,
    /// Signs page tokens.
    pub sealer: &'a Sealer,
}

/// A route that takes a `POST` and answers in JSON.
pub struct Extension<S> {
    pub path: &'static str,
    /// Bytes of a body.
    pub most: usize,
    /// Whether it changes nothing, so that readers may ask it too.
    pub reads: bool,
    pub handler: fn(&S, &Asked<'_>) -> Result<Value, Error>,
}

impl<S> fmt::Debug for Extension<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extension({})", self.path)
    }
}

/// Answers a request that is no operation of AWS's.
pub(super) async fn answer<S: Send + Sync + 'static>(
    running: &Arc<Running<S>>,
    parts: Parts,
    body: Body,
    now: Timestamp,
    entry: &mut Entry,
) -> Result<Answered, Error> {
    let mut known = running.api.extensions.iter();
    let found = known.find(|one| one.path == parts.uri.path() && parts.method == "POST");
    let Some(&Extension {
        path,
        most,
        reads,
        handler,
    }) = found
    else {
        return Err(Error::Refused {
            name: "UnknownOperationException",
            status: 404,
            message: "The request matches no operation".to_owned(),
        });
    };
    let (place, body) = receive(running, &parts, body, most).await?;
    let work = move |api: &super::Api<S>, entry: &mut Entry| {
        let caller = verified(api, &parts, &body, now, Service::Inspector2.name())?;
        entry.of(&caller);
        if caller.is_reader && !reads {
            return Err(Error::AccessDenied(format!(
                "User: {} is not authorized to post to {path}",
                caller.principal
            )));
        }
        let asked = Asked {
            caller: &caller,
            query: route::query(parts.uri.query().unwrap_or_default())?,
            body: &body,
            now,
            sealer: &api.sealer,
        };
        let answer = handler(&api.state, &asked)?;
        Ok((200, answer.to_string().into_bytes()))
    };
    let result = blocking(running, place, work, entry).await;
    entry.operation = path;
    result
}
