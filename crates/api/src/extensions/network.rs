//! The routes by which configurations of networks come, and who listens on machines.

use serde_json::Value;

use crate::{
    errors::Error,
    server::{Asked, Extension},
    state::{State, Submitted, scope},
};

/// Bytes of a configuration: some ten thousand instances with their networks.
const MOST: usize = 256 << 20;

/// `POST /lynkeus/v1/network`: the body is what describe calls answered, one JSON document or a
/// tar archive of documents.
pub(super) fn route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/network",
        most: MOST,
        reads: false,
        handler: take,
    }
}

/// Bytes of a list of listeners.
const MOST_LISTENERS: usize = 4 << 20;

/// `POST /lynkeus/v1/listening?name=…`: who listens on a machine, a JSON list of objects with
/// `protocol`, `port`, `address`, `process` and `package`.
pub(super) fn listening() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/listening",
        most: MOST_LISTENERS,
        reads: false,
        handler: |state, asked| state.networks.hear(&submitted(asked)),
    }
}

fn take(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    state.networks.take(&submitted(asked))
}

fn submitted<'a>(asked: &'a Asked<'_>) -> Submitted<'a> {
    Submitted {
        scope: scope(asked.caller),
        query: &asked.query,
        body: asked.body,
        now: asked.now,
    }
}
