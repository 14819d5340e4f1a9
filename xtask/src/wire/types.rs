//! Rust types of structures, unions and enums.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anyhow::{Context as _, Result, bail};

use super::{
    model::{Model, Shape},
    names, rules,
};

/// The file of shapes that several groups use.
const SHARED: &str = "shared";

/// What the first line of each file says after the group's name.
const HEAD: &str = "generated from the service model by `cargo xtask wire`.";

/// The files of types, and `mod.rs`.
pub(super) fn files(models: &[Model]) -> Result<BTreeMap<String, String>> {
    let mut bodies: BTreeMap<&str, String> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for model in models {
        for (shape, file) in placed(model)? {
            if file == SHARED {
                shared.insert(names::kind(shape));
            }
            let body = bodies.entry(file).or_default();
            declaration(model, shape, body)?;
        }
    }
    let mut index = format!("//! Inspector's operations and shapes, {HEAD}\n\n");
    for file in bodies.keys() {
        writeln!(index, "pub mod {file};")?;
    }
    index.push_str("pub mod calls;\npub(crate) mod operations;\npub(crate) mod shapes;\n\n");
    for file in bodies.keys().filter(|file| **file != "scan") {
        writeln!(index, "pub use {file}::*;")?;
    }
    let mut files = BTreeMap::from([
        ("mod.rs".to_owned(), index),
        ("calls.rs".to_owned(), calls(models)?),
    ]);
    for (file, body) in bodies {
        let text = format!(
            "//! Shapes of {}, {HEAD}\n\n{}{body}",
            file.replace('_', " "),
            uses(&body, &imports(file, &body, &shared))
        );
        files.insert(format!("{file}.rs"), text);
    }
    Ok(files)
}

/// The imports that a file needs.
fn uses(body: &str, shared: &[&str]) -> String {
    let mut uses = String::new();
    if body.contains("BTreeMap<") {
        uses.push_str("use std::collections::BTreeMap;\n\n");
    }
    if body.contains("Serialize,") {
        uses.push_str("use serde::{Deserialize, Serialize};\n");
    }
    if body.contains("Document") {
        uses.push_str("use serde_json::Value as Document;\n");
    }
    let scalars: Vec<&str> = ["Blob", "Epoch", "Iso", "Secret"]
        .into_iter()
        .filter(|scalar| {
            [format!(" {scalar},"), format!("<{scalar}>")]
                .iter()
                .any(|use_| body.contains(use_.as_str()))
        })
        .collect();
    if !scalars.is_empty() {
        let list = scalars.join(", ");
        uses.extend(["use crate::scalar::{", &list, "};\n"]);
    }
    if body.contains("wire_enum!") {
        uses.push_str("use crate::closed::wire_enum;\n");
    }
    if !shared.is_empty() {
        let list = shared.join(", ");
        uses.extend(["use super::shared::{", &list, "};\n"]);
    }
    uses
}

/// The shared types that a file names.
fn imports<'a>(file: &str, body: &str, shared: &'a BTreeSet<String>) -> Vec<&'a str> {
    let is_used = |name: &&str| {
        [
            format!(": {name},"),
            format!("<{name}>"),
            format!(", {name}>"),
            format!("({name})"),
        ]
        .iter()
        .any(|place| body.contains(place.as_str()))
    };
    let named = shared.iter().map(String::as_str);
    named
        .filter(|name| file != SHARED && is_used(name))
        .collect()
}

/// Shapes that become types, with the file each belongs to.
fn placed(model: &Model) -> Result<BTreeMap<&str, &'static str>> {
    let mut users: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for operation in model.operations.values() {
        let file = rules::file(&operation.http.request_uri)
            .with_context(|| format!("no file for {}", operation.http.request_uri))?;
        let mut seen = BTreeSet::new();
        model.reach(&operation.input.shape, &mut seen)?;
        model.reach(&operation.output.shape, &mut seen)?;
        for shape in seen {
            users.entry(shape).or_default().insert(file);
        }
    }
    let mut placed = BTreeMap::new();
    for (name, shape) in &model.shapes {
        let is_type = shape.kind == "structure" && !shape.document || !shape.values.is_empty();
        let files = users.get(name);
        if !is_type || shape.exception || files.is_none() {
            continue;
        }
        let mut files = files.into_iter().flatten();
        let file = match (files.next(), files.next()) {
            (Some(file), None) => file,
            _ => SHARED,
        };
        placed.insert(name.as_str(), file);
    }
    Ok(placed)
}

fn declaration(model: &Model, name: &str, out: &mut String) -> Result<()> {
    let shape = model.shape(name)?;
    if !shape.values.is_empty() {
        writeln!(out, "wire_enum! {{ {} {{", names::kind(name))?;
        for value in &shape.values {
            writeln!(out, "{} = {value:?},", names::variant(value))?;
        }
        writeln!(out, "}} }}\n")?;
        return Ok(());
    }
    if shape.union {
        return union(model, name, shape, out);
    }
    let default = if shape.required.is_empty() {
        "Default, "
    } else {
        ""
    };
    writeln!(
        out,
        "#[derive(Clone, Debug, {default}PartialEq, Serialize, Deserialize)]"
    )?;
    if !shape.members.is_empty() {
        writeln!(out, "#[serde(rename_all = \"camelCase\")]")?;
    }
    writeln!(out, "pub struct {} {{", names::kind(name))?;
    for (member, reference) in shape.members()? {
        let field = names::field(member);
        let wire = reference.location_name.as_deref().unwrap_or(member);
        if names::camel(&field) != wire {
            writeln!(out, "#[serde(rename = {wire:?})]")?;
        }
        let kind = rust_type(model, &reference.shape)?;
        if shape.required.contains(member) {
            writeln!(out, "pub {field}: {kind},")?;
        } else {
            writeln!(out, "#[serde(skip_serializing_if = \"Option::is_none\")]")?;
            writeln!(out, "pub {field}: Option<{kind}>,")?;
        }
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

fn union(model: &Model, name: &str, shape: &Shape, out: &mut String) -> Result<()> {
    writeln!(
        out,
        "#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]"
    )?;
    writeln!(out, "#[serde(rename_all = \"camelCase\")]")?;
    writeln!(out, "pub enum {} {{", names::kind(name))?;
    for (member, reference) in shape.members()? {
        let kind = rust_type(model, &reference.shape)?;
        writeln!(out, "{}({kind}),", names::kind(member))?;
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

fn rust_type(model: &Model, name: &str) -> Result<String> {
    let shape = model.shape(name)?;
    let element = |reference: &Option<super::model::Reference>| {
        let reference = reference.as_ref().context("a collection without element")?;
        rust_type(model, &reference.shape)
    };
    Ok(match shape.kind.as_str() {
        "structure" if shape.document => "Document".to_owned(),
        "structure" => names::kind(name),
        "list" => format!("Vec<{}>", element(&shape.member)?),
        "map" => format!(
            "BTreeMap<{}, {}>",
            element(&shape.key)?,
            element(&shape.value)?
        ),
        "string" if !shape.values.is_empty() => names::kind(name),
        "string" if shape.sensitive => "Secret".to_owned(),
        "string" => "String".to_owned(),
        "integer" | "long" => "i64".to_owned(),
        "double" => "f64".to_owned(),
        "boolean" => "bool".to_owned(),
        "blob" => "Blob".to_owned(),
        "timestamp" if shape.timestamp_format.is_some() => "Iso".to_owned(),
        "timestamp" => "Epoch".to_owned(),
        other => bail!("{name}: the type {other} is not known"),
    })
}

/// One unit type per operation that ties its name to its input and output.
fn calls(models: &[Model]) -> Result<String> {
    let mut out = format!(
        "//! One type per operation, with its input and output, {HEAD}\n\n\
         use crate::operation::Call;\n\n"
    );
    let mut index = 0;
    for model in models {
        for (name, operation) in &model.operations {
            let place = if model.service == "inspector-scan" {
                "scan::"
            } else {
                ""
            };
            let input = names::kind(&operation.input.shape);
            let output = names::kind(&operation.output.shape);
            writeln!(
                out,
                "#[derive(Clone, Copy, Debug)]\npub struct {name};\n\n\
                 impl Call for {name} {{\ntype Input = super::{place}{input};\ntype Output = super::{place}{output};\n\
                 const INDEX: usize = {index};\n}}\n"
            )?;
            index += 1;
        }
    }
    Ok(out)
}
