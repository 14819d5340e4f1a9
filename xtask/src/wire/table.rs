//! The tables of constraints and of operations.

use std::{collections::BTreeSet, fmt::Write as _};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{
    model::{Model, Reference, Shape},
    rules,
};

/// The input shapes of a model in the order of the table.
fn inputs(model: &Model) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    for operation in model.operations.values() {
        model.reach(&operation.input.shape, &mut seen)?;
    }
    Ok(seen.into_iter().collect())
}

/// Index of each model's first shape in the one table.
fn offset(models: &[Model], service: usize) -> Result<usize> {
    models
        .iter()
        .take(service)
        .map(|model| Ok(inputs(model)?.len()))
        .sum()
}

/// The constraint table.
pub(super) fn shapes(models: &[Model]) -> Result<String> {
    let mut out = String::from(
        "//! Constraints of every input shape, generated from the service model by `cargo xtask wire`.\n\n\
         use crate::shape::{Member, Pattern, Place, Shape, optional, required};\n\n",
    );
    let mut patterns = BTreeSet::new();
    let mut rows = String::new();
    for (service, model) in models.iter().enumerate() {
        let names = inputs(model)?;
        let base = offset(models, service)?;
        for name in &names {
            let index = |reference: &Reference| {
                let found = names.iter().position(|n| *n == reference.shape);
                found.map(|i| i + base).context("a shape out of reach")
            };
            let shape = model.shape(name)?;
            if let Some(pattern) = &shape.pattern {
                patterns.insert(pattern.clone());
            }
            writeln!(rows, "({name:?}, {}),", row(name, shape, &index)?)?;
        }
    }
    let patterns: Vec<String> = patterns.into_iter().collect();
    for (index, pattern) in patterns.iter().enumerate() {
        let (regex, refused) = rules::pattern(pattern);
        let name = format!("P{index}");
        writeln!(
            out,
            "static {name}: Pattern = Pattern::new({pattern:?}, {regex:?}, {refused:?});"
        )?;
        rows = rows.replace(&format!("PATTERN<{pattern:?}>"), &format!("&{name}"));
    }
    let used: String = out
        .lines()
        .filter(|line| {
            let name = line
                .strip_prefix("static P")
                .and_then(|l| l.split(':').next());
            name.is_none_or(|n| rows.contains(&format!("&P{n})")))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    Ok(format!(
        "{used}\n/// Each shape's name and constraints.\npub(crate) static SHAPES: &[(&str, Shape)] = &[\n{rows}];\n"
    ))
}

fn row(name: &str, shape: &Shape, index: &dyn Fn(&Reference) -> Result<usize>) -> Result<String> {
    let element = |reference: &Option<Reference>| {
        index(reference.as_ref().context("a collection without element")?)
    };
    let (min, max) = (
        bound(shape.min.as_ref(), "0"),
        bound(shape.max.as_ref(), "u32::MAX"),
    );
    Ok(match shape.kind.as_str() {
        "structure" if shape.document => "Shape::Document".to_owned(),
        "structure" => {
            let kind = if shape.union { "Union" } else { "Structure" };
            format!("Shape::{kind}(&[{}])", members(shape, index)?)
        }
        "list" => format!("Shape::List({}, {min}, {max})", element(&shape.member)?),
        "map" => format!(
            "Shape::Map({}, {}, {min}, {max})",
            element(&shape.key)?,
            element(&shape.value)?
        ),
        "string" if !shape.values.is_empty() => format!("Shape::Enum(&{:?})", shape.values),
        "string" => {
            let pattern = shape
                .pattern
                .as_ref()
                .filter(|_| !rules::LENIENT.contains(&name));
            let pattern = pattern.map_or("None".to_owned(), |p| format!("Some(PATTERN<{p:?}>)"));
            format!("Shape::String({min}, {max}, {pattern})")
        }
        "integer" => format!(
            "Shape::Integer({}, {})",
            bound(shape.min.as_ref(), "i32::MIN as i64"),
            bound(shape.max.as_ref(), "i32::MAX as i64")
        ),
        "long" => format!(
            "Shape::Integer({}, {})",
            bound(shape.min.as_ref(), "i64::MIN"),
            bound(shape.max.as_ref(), "i64::MAX")
        ),
        "double" => format!(
            "Shape::Double({:?}, {:?})",
            shape.min.as_ref().and_then(Value::as_f64),
            shape.max.as_ref().and_then(Value::as_f64)
        ),
        "boolean" => "Shape::Boolean".to_owned(),
        "blob" => format!("Shape::Blob({min}, {max})"),
        "timestamp" if shape.timestamp_format.is_some() => {
            bail!("{name}: no input has been an ISO 8601 timestamp so far")
        }
        "timestamp" => "Shape::Epoch".to_owned(),
        other => bail!("{name}: the type {other} is not known"),
    })
}

fn members(shape: &Shape, index: &dyn Fn(&Reference) -> Result<usize>) -> Result<String> {
    let mut out = String::new();
    for (name, reference) in shape.members()? {
        let wire = reference.location_name.as_deref().unwrap_or(name);
        let place = match reference.location.as_deref() {
            None => "Body",
            Some("uri") => "Path",
            Some("querystring") => "Query",
            Some(other) => bail!("{name}: the location {other} is not known"),
        };
        let constructor = if shape.required.contains(name) {
            "required"
        } else {
            "optional"
        };
        let shape = index(&reference)?;
        if place == "Body" {
            write!(out, "{constructor}({wire:?}, {shape}),")?;
        } else {
            write!(
                out,
                "Member {{ place: Place::{place}, ..{constructor}({wire:?}, {shape}) }},"
            )?;
        }
    }
    Ok(out)
}

fn bound(value: Option<&Value>, default: &str) -> String {
    value.map_or_else(|| default.to_owned(), |value| separated(&value.to_string()))
}

/// A number with a separator before each third digit from the end.
fn separated(number: &str) -> String {
    let mut text = String::new();
    for (index, c) in number.chars().enumerate() {
        if index > 0 && (number.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(c);
    }
    text
}

/// The table of operations.
pub(super) fn operations(models: &[Model]) -> Result<String> {
    let mut rows = String::new();
    let mut count = 0;
    for (service, model) in models.iter().enumerate() {
        let names = inputs(model)?;
        let base = offset(models, service)?;
        for operation in model.operations.values() {
            let input = names.iter().position(|n| *n == operation.input.shape);
            let paginator = model.paginators.get(&operation.name).map(|paginator| {
                format!(
                    "Paginator {{ result_key: {:?}, limited: {} }}",
                    paginator.result_key,
                    paginator.limit_key.is_some()
                )
            });
            let service = match model.service.as_str() {
                "inspector2" => "Inspector2",
                "inspector-scan" => "InspectorScan",
                other => bail!("the service {other} is not known"),
            };
            writeln!(
                rows,
                "Operation {{ name: {:?}, service: Service::{service}, method: {:?}, path: {:?}, \
                 status: {}, input: {}, errors: &[{}], paginator: {} }},",
                operation.name,
                operation.http.method,
                operation.http.request_uri,
                operation.http.response_code,
                input.context("an input out of reach")? + base,
                errors(operation),
                paginator.map_or("None".to_owned(), |p| format!("Some({p})")),
            )?;
            count += 1;
        }
    }
    Ok(format!(
        "//! Every operation, generated from the service model by `cargo xtask wire`.\n\n\
         use crate::{{errors::Kind, operation::{{Operation, Paginator, Service}}}};\n\n\
         /// All operations, in the order of [`crate::operation::Call::INDEX`].\n\
         pub static OPERATIONS: [Operation; {count}] = [\n{rows}];\n"
    ))
}

fn errors(operation: &super::model::Operation) -> String {
    let kinds = operation
        .errors
        .iter()
        .map(|error| format!("Kind::{}", error.shape.trim_end_matches("Exception")));
    kinds.collect::<Vec<_>>().join(", ")
}
