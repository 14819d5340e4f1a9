//! The routes by which VEX documents come, are listed and go.

use serde_json::Value;
use store::vex::Sender;

use crate::{
    errors::Error,
    server::{Asked, Extension},
    state::{State, Submitted, Vex, scope},
};

/// Bytes of a document.
const MOST: usize = 32 << 20;

/// Characters of a document's name that are kept.
const LONGEST_NAME: usize = 256;

/// `POST /lynkeus/v1/vex`: the body is an `OpenVEX`, CSAF or `CycloneDX` document, and the query
/// may name it.
pub(super) fn add() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/vex",
        most: MOST,
        reads: false,
        handler: |state, asked| {
            let name = query(asked, "name").unwrap_or("document");
            let add = Vex::Add {
                name: name.chars().take(LONGEST_NAME).collect(),
                sender: Sender {
                    principal: asked.caller.principal.clone(),
                    access_key: asked.caller.access_key_id.clone(),
                },
            };
            ask(state, asked, &add)
        },
    }
}

/// `POST /lynkeus/v1/vex/list`: every document with what each of its statements does.
pub(super) fn list() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/vex/list",
        most: 0,
        reads: true,
        handler: |state, asked| ask(state, asked, &Vex::List),
    }
}

/// `POST /lynkeus/v1/vex/remove?id=…`: what the document hid is active again.
pub(super) fn remove() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/vex/remove",
        most: 0,
        reads: false,
        handler: |state, asked| {
            let id = query(asked, "id");
            let id = id.ok_or_else(|| Error::invalid_field("id", "Which document is missing"))?;
            ask(state, asked, &Vex::Remove(id.to_owned()))
        },
    }
}

fn query<'a>(asked: &'a Asked<'_>, of: &str) -> Option<&'a str> {
    let mut query = asked.query.iter();
    query.find_map(|(name, value)| (name == of).then_some(value.as_str()))
}

fn ask(state: &State, asked: &Asked<'_>, vex: &Vex) -> Result<Value, Error> {
    let submitted = Submitted {
        scope: scope(asked.caller),
        query: &asked.query,
        body: asked.body,
        now: asked.now,
    };
    state.advisories.vex(vex, &submitted)
}
