//! What a suppression rule would hide, and how long one holds.

use model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use store::rules::{self, Refusal};

use super::{SMALL, input};
use crate::{
    errors::Error,
    inspector2,
    server::{Asked, Extension},
    state::{State, scope},
    wire::FilterCriteria,
};

/// Findings of a preview that are told of.
const FIRST: usize = 10;

pub(super) fn preview_route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/filters/preview",
        most: SMALL,
        reads: true,
        handler: preview,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Draft {
    filter_criteria: FilterCriteria,
    #[serde(default)]
    until_fixed: bool,
}

fn preview(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    let draft: Draft = input(asked)?;
    let scope = scope(asked.caller);
    let criteria = inspector2::criteria(Some(&draft.filter_criteria))?;
    let engine = &state.engine;
    let preview =
        engine.read(|tx| rules::preview(tx, &scope, &criteria, draft.until_fixed, FIRST))?;
    let first = preview.first.iter();
    let first: Vec<_> = first
        .map(|listed| inspector2::shown(&scope, listed))
        .collect();
    Ok(json!({"hides": preview.hides, "hidden": preview.hidden, "first": first}))
}

pub(super) fn lifetime_route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/filters/lifetime",
        most: SMALL,
        reads: false,
        handler: lifetime,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Lifetime {
    arn: String,
    /// RFC 3339; absent for a filter that does not expire.
    expires_at: Option<String>,
    #[serde(default)]
    until_fixed: bool,
}

fn lifetime(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    let input: Lifetime = input(asked)?;
    let scope = scope(asked.caller);
    let expires_at = match &input.expires_at {
        None => None,
        Some(text) => {
            let parsed: Result<Timestamp, _> = text.parse();
            let parsed = parsed.map_err(|error| {
                Error::invalid_field("expiresAt", format!("not a time of RFC 3339: {error}"))
            })?;
            Some(parsed.as_millisecond())
        }
    };
    let not_found = || Error::NotFound("The filter does not exist".to_owned());
    let id = rules::id_of(&scope, &input.arn).ok_or_else(not_found)?;
    let now = asked.now.as_millisecond();
    let changed = state.engine.write(|tx| {
        let Some(filter) = rules::get(tx, &scope, id)? else {
            return Ok(false);
        };
        let definition = rules::Definition {
            expires_at,
            until_fixed: input.until_fixed,
            ..filter.definition
        };
        match rules::update(tx, &scope, id, &definition, now) {
            Err(store::StoreError::Refused(Refusal::NotFound)) => Ok(false),
            done => done.map(|()| true),
        }
    })?;
    if !changed {
        return Err(not_found());
    }
    Ok(json!({"arn": input.arn}))
}
