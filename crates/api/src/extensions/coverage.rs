//! Counts of coverage with the value of each group, which Inspector's own answer leaves out.

use serde::Deserialize;
use serde_json::{Value, json};
use store::coverage;

use super::{SMALL, input};
use crate::{
    closed::Closed as _,
    errors::Error,
    inspector2,
    server::{Asked, Extension},
    state::{State, scope},
    wire::{CoverageFilterCriteria, GroupKey},
};

pub(super) fn route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/coverage/statistics",
        most: SMALL,
        reads: true,
        handler: statistics,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    filter_criteria: Option<CoverageFilterCriteria>,
    group_by: String,
}

fn statistics(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    let input: Input = input(asked)?;
    let scope = scope(asked.caller);
    let criteria = inspector2::coverage_criteria(input.filter_criteria.as_ref())?;
    let by = input.group_by.as_str();
    if GroupKey::parse(by).is_none() {
        let message = format!("There is no group `{by}`");
        return Err(Error::invalid_field("groupBy", message));
    }
    let (total, groups) = state.engine.read(|tx| {
        let total = coverage::count(tx, &scope, &criteria)?;
        Ok((total, coverage::counts_by(tx, &scope, &criteria, by)?))
    })?;
    let groups = groups.unwrap_or_default().into_iter();
    let groups = groups.map(|(value, count)| json!({"value": value, "count": count}));
    Ok(json!({
        "groupBy": by,
        "totalCounts": total,
        "countsByGroup": groups.collect::<Vec<_>>(),
    }))
}
