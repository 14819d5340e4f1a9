//! The route by which agents and builds send inventories.

use serde_json::Value;

use crate::{
    errors::Error,
    server::{Asked, Extension},
    state::{State, Submitted, scope},
};

/// Bytes of an inventory: some tens of thousands of packages with all they say.
const MOST: usize = 128 << 20;

/// `POST /lynkeus/v1/submit`: a CycloneDX or SPDX document is the body, the query says of what.
pub(super) fn route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/submit",
        most: MOST,
        reads: false,
        handler: submit,
    }
}

fn submit(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    state.advisories.submit(&Submitted {
        scope: scope(asked.caller),
        query: &asked.query,
        body: asked.body,
        now: asked.now,
    })
}
