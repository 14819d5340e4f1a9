//! Findings as `ListFindings` shows them, each with its risk rank, and by it.

use serde::Deserialize;
use serde_json::{Value, json};
use store::listing::{self, Cursor, Query, Sort, SortField};

use super::{SMALL, explain, input};
use crate::{
    errors::Error,
    inspector2,
    server::{Asked, Extension},
    state::{State, scope},
    token::{self, Binding},
    wire::{FilterCriteria, SortOrder},
};

const PATH: &str = "/lynkeus/v1/findings/list";

/// The most findings of a page.
const PAGE: usize = 100;

pub(super) fn route() -> Extension<State> {
    Extension {
        path: PATH,
        most: SMALL,
        reads: true,
        handler: list,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    filter_criteria: Option<FilterCriteria>,
    sort_criteria: Option<SortInput>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SortInput {
    field: String,
    sort_order: SortOrder,
}

fn list(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    let whole: Value = input(asked)?;
    let input: Input = input(asked)?;
    let scope = scope(asked.caller);
    let criteria = inspector2::criteria(input.filter_criteria.as_ref())?;
    let no_such = || Error::invalid_field("sortCriteria.field", "There is no such order");
    let sort = |sort: SortInput| -> Result<Sort, Error> {
        Ok(Sort {
            field: SortField::parse(&sort.field).ok_or_else(no_such)?,
            descending: sort.sort_order == SortOrder::Desc,
        })
    };
    let sort = input.sort_criteria.map(sort).transpose()?;
    let binding = Binding::new(PATH, &scope.account, &scope.region, &whole);
    let token = input.next_token.as_deref();
    let cursor: Option<Cursor> = token
        .map(|token| token::open(asked.sealer, &binding, token))
        .transpose()?;
    let query = Query {
        criteria: &criteria,
        sort,
    };
    let size = inspector2::page(input.max_results, PAGE);
    let page = state
        .engine
        .read(|tx| listing::list(tx, &scope, query, cursor.as_ref(), size))?;
    let next = page.next.as_ref();
    let next = next.map(|next| token::seal(asked.sealer, &binding, next));
    let findings = page.findings.iter().map(|listed| {
        let mut told = json!(inspector2::shown(&scope, listed));
        if let (Some(risk), Value::Object(members)) = (explain::risk_of(listed), &mut told) {
            members.insert("risk".to_owned(), risk);
        }
        told
    });
    Ok(json!({
        "findings": findings.collect::<Vec<_>>(),
        "nextToken": next.transpose()?,
    }))
}
