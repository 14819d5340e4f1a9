//! The route by which agents and builds say that a resource is gone.

use serde_json::Value;

use crate::{
    errors::Error,
    server::{Asked, Extension},
    state::{State, Submitted, scope},
};

/// `POST /lynkeus/v1/gone`: the query names a resource as that of `/lynkeus/v1/submit` does, or by
/// its `id`. Its findings are closed, and deleted three days later.
pub(super) fn route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/gone",
        most: 0,
        reads: false,
        handler: gone,
    }
}

fn gone(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    state.advisories.gone(&Submitted {
        scope: scope(asked.caller),
        query: &asked.query,
        body: asked.body,
        now: asked.now,
    })
}
