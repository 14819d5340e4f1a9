//! VEX documents that are handed in: kept, and in force on the findings that exist.

use api::{Error, state::Submitted};
use serde_json::{Value, json};
use store::{
    keep,
    vex::{self, Document, Effect, New, Sender},
};

use super::{rematch::evaluate_pending, worker::Service};

/// The most statements of a document.
const MOST: usize = 50_000;

/// Problems that are kept and told.
const MOST_PROBLEMS: usize = 100;

/// Keeps a document and says what it changed.
pub(crate) fn add(
    service: &Service,
    submitted: &Submitted<'_>,
    name: &str,
    sender: &Sender,
) -> Result<Value, Error> {
    let read = advisory::vex::read(name, &mut &*submitted.body);
    let problems = read.problems.iter().take(MOST_PROBLEMS);
    let problems: Vec<String> = problems.map(ToString::to_string).collect();
    let statements = read.statements;
    if statements.is_empty() {
        let why = problems.first();
        let why = why.map_or("The document makes no statement", String::as_str);
        return Err(Error::invalid(why));
    }
    if statements.len() > MOST {
        return Err(Error::invalid("The document makes too many statements"));
    }
    let (scope, now) = (&submitted.scope, submitted.now.as_millisecond());
    let kept = service.engine.write(|tx| {
        let new = New {
            name,
            statements: &statements,
            problems: &problems,
            sender,
        };
        let kept = vex::put(tx, scope, &new, now)?;
        if let Some((_, spoken)) = &kept {
            vex::evaluate_again(tx, scope, spoken)?;
        }
        Ok(kept)
    })?;
    let Some((id, _)) = kept else {
        return Err(Error::invalid(
            "There are 1000 documents, which is the most",
        ));
    };
    let changed = evaluate(service, submitted)?;
    let effects = service.engine.read(|tx| vex::effects(tx, scope, &id))?;
    Ok(json!({
        "id": id,
        "changed": changed,
        "problems": problems,
        "statements": effects.iter().map(effect).collect::<Vec<_>>(),
    }))
}

/// Removes a document: what it hid is active again.
pub(crate) fn remove(
    service: &Service,
    submitted: &Submitted<'_>,
    id: &str,
) -> Result<Value, Error> {
    let scope = &submitted.scope;
    let spoken = service.engine.write(|tx| {
        let spoken = vex::remove(tx, scope, id)?;
        if let Some(spoken) = &spoken {
            vex::evaluate_again(tx, scope, spoken)?;
        }
        Ok(spoken)
    })?;
    if spoken.is_none() {
        return Err(Error::NotFound("There is no such document".into()));
    }
    Ok(json!({ "id": id, "changed": evaluate(service, submitted)? }))
}

fn evaluate(service: &Service, submitted: &Submitted<'_>) -> Result<usize, Error> {
    let database = service.database();
    evaluate_pending(&service.engine, &database.records, submitted.now)
        .map_err(|error| Error::Internal(format!("{error:#}")))
}

/// The documents of the account with what each statement does.
pub(crate) fn list(service: &Service, submitted: &Submitted<'_>) -> Result<Value, Error> {
    let scope = &submitted.scope;
    let documents = service.engine.read(|tx| {
        let mut told = Vec::new();
        for document in vex::list(tx, scope)? {
            let effects = vex::effects(tx, scope, &document.id)?;
            told.push(told_of(&document, &effects));
        }
        Ok(told)
    })?;
    Ok(json!({ "documents": documents }))
}

fn told_of(document: &Document, effects: &[Effect]) -> Value {
    json!({
        "id": document.id,
        "name": document.name,
        "author": document.author,
        "addedAt": keep::timestamp(document.added_at).to_string(),
        "addedBy": document.added_by.as_ref().map(|sender| json!({
            "principal": sender.principal,
            "accessKeyId": sender.access_key,
        })),
        "problems": document.problems,
        "statements": effects.iter().map(effect).collect::<Vec<_>>(),
    })
}

fn effect(effect: &Effect) -> Value {
    let statement = &effect.statement;
    json!({
        "vulnerabilities": statement.vulnerabilities,
        "status": vex::status_name(statement.status),
        "justification": statement.justification,
        "impact": statement.impact,
        "place": statement.place,
        "findings": effect.about,
        "hides": effect.hides,
    })
}
