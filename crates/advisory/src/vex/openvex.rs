//! `OpenVEX` 0.0.x and 0.2 (<https://github.com/openvex/spec>).

use model::{VexProduct, VexStatement, VexStatus};
use serde::Deserialize;
use serde_json::Value;

use super::{Statements, filled};
use crate::feeds::date;

#[derive(Debug, Default, Deserialize)]
struct Header {
    #[serde(default, rename = "@id")]
    id: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    last_updated: String,
}

#[derive(Debug, Deserialize)]
struct Statement {
    #[serde(default)]
    vulnerability: Vulnerability,
    #[serde(default)]
    products: Vec<Component>,
    /// Of all products, in 0.0.x.
    #[serde(default)]
    subcomponents: Vec<Component>,
    status: String,
    #[serde(default)]
    justification: String,
    #[serde(default, rename = "impact_statement")]
    impact: String,
    #[serde(default, rename = "action_statement")]
    action: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    last_updated: String,
}

/// A vulnerability: an object from 0.2 on, its id alone before.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Id(String),
    Object {
        #[serde(default, rename = "@id")]
        id: String,
        #[serde(default)]
        name: String,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

impl Default for Vulnerability {
    fn default() -> Self {
        Self::Id(String::new())
    }
}

/// A product or part: an object from 0.2 on, a purl before.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Component {
    Id(String),
    Object {
        #[serde(default, rename = "@id")]
        id: String,
        #[serde(default)]
        identifiers: Identifiers,
        #[serde(default)]
        subcomponents: Vec<Self>,
    },
}

#[derive(Debug, Default, Deserialize)]
struct Identifiers {
    #[serde(default)]
    purl: String,
    #[serde(default)]
    cpe23: String,
    #[serde(default)]
    cpe22: String,
}

pub(super) fn read(path: &str, mut document: Value, read: &mut Statements) {
    let Some(Value::Array(statements)) = document.get_mut("statements").map(Value::take) else {
        return read.problem(path, "the statements are not a list");
    };
    // Ubuntu's documents have the header in an object of its own.
    let header = document.get_mut("metadata").map(Value::take);
    let header: Header = match serde_json::from_value(header.unwrap_or(document)) {
        Ok(header) => header,
        Err(error) => return read.problem(path, &format!("is not OpenVEX: {error}")),
    };
    for (number, statement) in statements.into_iter().enumerate() {
        let place = format!("{path}: statement {}", number + 1);
        match serde_json::from_value(statement) {
            Ok(statement) => one(&header, statement, place, read),
            Err(error) => read.problem(&place, &format!("is not OpenVEX: {error}")),
        }
    }
}

fn one(header: &Header, statement: Statement, place: String, read: &mut Statements) {
    let status = match statement.status.as_str() {
        "not_affected" => VexStatus::NotAffected,
        "affected" => VexStatus::Affected,
        "fixed" => VexStatus::Fixed,
        "under_investigation" => VexStatus::UnderInvestigation,
        other => return read.problem(&place, &format!("{other} is not a status")),
    };
    let shared: Vec<String> = statement
        .subcomponents
        .into_iter()
        .flat_map(|component| names(component).0)
        .collect();
    let products = statement
        .products
        .into_iter()
        .map(|component| {
            let (identifiers, mut subcomponents) = names(component);
            subcomponents.extend(shared.iter().cloned());
            VexProduct {
                identifiers,
                subcomponents,
            }
        })
        .collect();
    let timestamp = [
        &statement.last_updated,
        &statement.timestamp,
        &header.last_updated,
        &header.timestamp,
    ]
    .into_iter()
    .find_map(|text| date::parse(text));
    read.keep(VexStatement {
        vulnerabilities: match statement.vulnerability {
            Vulnerability::Id(id) => vec![id],
            // The `@id` is an IRI for the vulnerability; the name is what scanners call it.
            Vulnerability::Object { id, name, aliases } => {
                let mut ids = vec![if name.is_empty() { id } else { name }];
                ids.extend(aliases);
                ids
            }
        },
        products,
        status,
        justification: filled(&statement.justification),
        impact: filled(&statement.impact),
        action: filled(&statement.action),
        timestamp,
        author: header.author.clone(),
        document: header.id.clone(),
        place,
    });
}

/// The identifiers of a component, and those of its parts.
fn names(component: Component) -> (Vec<String>, Vec<String>) {
    let (mut names, parts) = match component {
        Component::Id(id) => (vec![id], Vec::new()),
        Component::Object {
            id,
            identifiers,
            subcomponents,
        } => (
            vec![id, identifiers.purl, identifiers.cpe23, identifiers.cpe22],
            subcomponents,
        ),
    };
    names.retain(|name| !name.is_empty());
    names.dedup();
    let parts = parts.into_iter().flat_map(names_of_part).collect();
    (names, parts)
}

/// Parts of parts are not spoken of (`OpenVEX` 0.2, "Subcomponent").
fn names_of_part(part: Component) -> Vec<String> {
    match part {
        Component::Id(id) => vec![id],
        Component::Object {
            id, identifiers, ..
        } => {
            let mut names = vec![id, identifiers.purl, identifiers.cpe23, identifiers.cpe22];
            names.retain(|name| !name.is_empty());
            names.dedup();
            names
        }
    }
}
