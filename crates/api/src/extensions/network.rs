//! The route by which configurations of networks come.

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

fn take(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    state.networks.take(&Submitted {
        scope: scope(asked.caller),
        query: &asked.query,
        body: asked.body,
        now: asked.now,
    })
}
