//! Filters and suppression rules, and the tags of what has tags.

use store::{
    Scope, StoreError, rules,
    rules::{Action, Definition, Refusal, Wanted},
    tags,
};

use super::{
    findings::{criteria, page},
    resources::epoch,
};
use crate::{
    closed::Closed as _,
    errors::Error,
    registry::Context,
    state::{State, scope},
    wire::{
        CreateFilterRequest, CreateFilterResponse, DeleteFilterRequest, DeleteFilterResponse,
        Filter, FilterAction, ListFiltersRequest, ListFiltersResponse, ListTagsForResourceRequest,
        ListTagsForResourceResponse, TagResourceRequest, TagResourceResponse, UntagResourceRequest,
        UntagResourceResponse, UpdateFilterRequest, UpdateFilterResponse,
    },
};

/// The most filters in an answer (service model).
const PAGE: usize = 100;

/// The most tags of one thing (AWS General Reference, "Tagging").
const MOST_TAGS: usize = 50;

fn refused(error: StoreError, scope: &Scope) -> Error {
    match error {
        StoreError::Refused(Refusal::NameTaken) => {
            Error::BadRequest("A filter with this name already exists".to_owned())
        }
        StoreError::Refused(Refusal::TooManyRules) => Error::QuotaExceeded {
            message: Refusal::TooManyRules.to_string(),
            resource_id: scope.account.clone(),
        },
        StoreError::Refused(Refusal::NotFound) => not_found(),
        other => other.into(),
    }
}

fn not_found() -> Error {
    Error::NotFound("The filter does not exist".to_owned())
}

fn action(action: FilterAction) -> Action {
    match action {
        FilterAction::None => Action::None,
        FilterAction::Suppress => Action::Suppress,
    }
}

pub(super) fn create(
    context: &Context<'_, State>,
    input: CreateFilterRequest,
) -> Result<CreateFilterResponse, Error> {
    let scope = scope(context.caller);
    let definition = Definition {
        name: input.name,
        action: action(input.action),
        criteria: criteria(Some(&input.filter_criteria))?,
        description: input.description,
        reason: input.reason,
        expires_at: None,
        until_fixed: false,
    };
    let own = input.tags.unwrap_or_default();
    if own.len() > MOST_TAGS {
        return Err(too_many_tags());
    }
    let now = context.now.as_millisecond();
    let engine = &context.state.engine;
    let created = engine.write(|tx| rules::create(tx, &scope, &definition, &own, now));
    let id = created.map_err(|error| refused(error, &scope))?;
    Ok(CreateFilterResponse {
        arn: rules::arn(&scope, &id),
    })
}

pub(super) fn update(
    context: &Context<'_, State>,
    input: UpdateFilterRequest,
) -> Result<UpdateFilterResponse, Error> {
    let scope = scope(context.caller);
    let id = rules::id_of(&scope, &input.filter_arn).ok_or_else(not_found)?;
    let new = input.filter_criteria.as_ref();
    let new = new.map(|new| criteria(Some(new))).transpose()?;
    let now = context.now.as_millisecond();
    let updated = context.state.engine.write(|tx| {
        let kept = rules::get(tx, &scope, id)?;
        let before = kept.ok_or(Refusal::NotFound)?.definition;
        let definition = Definition {
            name: input.name.clone().unwrap_or(before.name),
            action: input.action.map_or(before.action, action),
            criteria: new.clone().unwrap_or(before.criteria),
            description: input.description.clone().or(before.description),
            reason: input.reason.clone().or(before.reason),
            ..before
        };
        rules::update(tx, &scope, id, &definition, now)
    });
    updated.map_err(|error| match refused(error, &scope) {
        // The operation has no errors of these names.
        Error::BadRequest(message) | Error::QuotaExceeded { message, .. } => {
            Error::invalid(message)
        }
        other => other,
    })?;
    Ok(UpdateFilterResponse {
        arn: input.filter_arn,
    })
}

pub(super) fn delete(
    context: &Context<'_, State>,
    input: DeleteFilterRequest,
) -> Result<DeleteFilterResponse, Error> {
    let scope = scope(context.caller);
    let id = rules::id_of(&scope, &input.arn).ok_or_else(not_found)?;
    let now = context.now.as_millisecond();
    let engine = &context.state.engine;
    let deleted = engine.write(|tx| rules::delete(tx, &scope, id, now));
    deleted.map_err(|error| refused(error, &scope))?;
    Ok(DeleteFilterResponse { arn: input.arn })
}

pub(super) fn list(
    context: &Context<'_, State>,
    input: ListFiltersRequest,
) -> Result<ListFiltersResponse, Error> {
    let scope = scope(context.caller);
    let after: Option<String> = context.open(input.next_token.as_deref())?;
    let ids = input.arns.as_ref().map(|arns| {
        let ids = arns.iter().filter_map(|arn| rules::id_of(&scope, arn));
        ids.map(str::to_owned).collect::<Vec<_>>()
    });
    let size = page(input.max_results, PAGE);
    let wanted = Wanted {
        ids: ids.as_deref(),
        action: input.action.map(action),
        after: after.as_deref(),
        limit: Some(size + 1),
    };
    let engine = &context.state.engine;
    let mut found = engine.read(|tx| rules::list(tx, &scope, wanted))?;
    let more = found.len() > size;
    found.truncate(size);
    let last = found
        .last()
        .filter(|_| more)
        .map(|filter| filter.id.clone());
    let filters = found.into_iter().map(|filter| shown(&scope, filter));
    Ok(ListFiltersResponse {
        filters: filters.collect::<Result<_, _>>()?,
        next_token: last.map(|last| context.seal(&last)).transpose()?,
    })
}

fn shown(scope: &Scope, filter: rules::Filter) -> Result<Filter, Error> {
    let definition = filter.definition;
    let criteria = serde_json::from_value(definition.criteria.to_json());
    Ok(Filter {
        action: FilterAction::parse(definition.action.name()).unwrap_or(FilterAction::None),
        arn: rules::arn(scope, &filter.id),
        created_at: epoch(filter.created_at),
        criteria: criteria.map_err(|error| Error::Internal(error.to_string()))?,
        description: definition.description,
        name: definition.name,
        owner_id: scope.account.clone(),
        reason: definition.reason,
        tags: Some(filter.tags),
        updated_at: epoch(filter.updated_at),
    })
}

fn too_many_tags() -> Error {
    Error::BadRequest(format!("There may be at most {MOST_TAGS} tags"))
}

/// The id of the filter that an ARN names, if it is there; nothing else has tags yet.
fn tagged(tx: &mut store::Tx<'_>, scope: &Scope, arn: &str) -> Result<(), StoreError> {
    let id = rules::id_of(scope, arn).ok_or(Refusal::NotFound)?;
    rules::get(tx, scope, id)?.ok_or(Refusal::NotFound)?;
    Ok(())
}

pub(super) fn tag(
    context: &Context<'_, State>,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, Error> {
    let scope = scope(context.caller);
    let arn = &input.resource_arn;
    let written = context.state.engine.write(|tx| {
        tagged(tx, &scope, arn)?;
        let mut all = tags::list(tx, &scope, arn)?;
        all.extend(input.tags.clone());
        if all.len() > MOST_TAGS {
            return Ok(false);
        }
        tags::put(tx, &scope, arn, &input.tags)?;
        Ok(true)
    });
    if !written.map_err(|error| refused(error, &scope))? {
        return Err(too_many_tags());
    }
    Ok(TagResourceResponse {})
}

pub(super) fn untag(
    context: &Context<'_, State>,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, Error> {
    let scope = scope(context.caller);
    let arn = &input.resource_arn;
    let written = context.state.engine.write(|tx| {
        tagged(tx, &scope, arn)?;
        for name in &input.tag_keys {
            tags::remove(tx, &scope, arn, name)?;
        }
        Ok(())
    });
    written.map_err(|error| refused(error, &scope))?;
    Ok(UntagResourceResponse {})
}

pub(super) fn tags_of(
    context: &Context<'_, State>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Error> {
    let scope = scope(context.caller);
    let arn = &input.resource_arn;
    let found = context.state.engine.read(|tx| {
        tagged(tx, &scope, arn)?;
        tags::list(tx, &scope, arn)
    });
    Ok(ListTagsForResourceResponse {
        tags: Some(found.map_err(|error| refused(error, &scope))?),
    })
}
