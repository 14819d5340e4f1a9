//! A service model as botocore writes it, reduced to what the wire needs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read as _,
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::rules;

/// One service.
#[derive(Debug)]
pub(super) struct Model {
    /// The signing name, as in the credential scope.
    pub(super) service: String,
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
    pub(super) paginators: BTreeMap<String, Paginator>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) http: Http,
    pub(super) input: Reference,
    pub(super) output: Reference,
    #[serde(default)]
    pub(super) errors: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) request_uri: String,
    pub(super) response_code: u16,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) shape: String,
    pub(super) location: Option<String>,
    pub(super) location_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "botocore's traits are flags")]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) required: BTreeSet<String>,
    /// In the model's order.
    #[serde(default)]
    pub(super) members: Map<String, Value>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    pub(super) min: Option<Value>,
    pub(super) max: Option<Value>,
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum", default)]
    pub(super) values: Vec<String>,
    pub(super) timestamp_format: Option<String>,
    #[serde(default)]
    pub(super) union: bool,
    #[serde(default)]
    pub(super) document: bool,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) exception: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Paginator {
    pub(super) limit_key: Option<String>,
    pub(super) result_key: String,
}

impl Model {
    /// Reads a model, packed or not, and the paginators beside it.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let value = json(path)?;
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        let service = text("/metadata/signingName").context("a model without signing name")?;
        if text("/metadata/protocol") != Some("rest-json") {
            bail!("{}: the protocol is not rest-json", path.display());
        }
        let paginators = json(&path.with_file_name("paginators-1.json"))?;
        let mut shapes: BTreeMap<String, Shape> = part(&value, "shapes")?;
        for (name, accepted) in rules::ACCEPTED {
            if let Some(shape) = shapes.get_mut(*name) {
                shape.values.push((*accepted).to_owned());
            }
        }
        Ok(Self {
            service: service.to_owned(),
            operations: part(&value, "operations")?,
            shapes,
            paginators: part(&paginators, "pagination")?,
        })
    }

    pub(super) fn shape(&self, name: &str) -> Result<&Shape> {
        self.shapes
            .get(name)
            .with_context(|| format!("the model has no shape {name}"))
    }

    /// The shapes reachable from `root`, itself included.
    pub(super) fn reach(&self, root: &str, seen: &mut BTreeSet<String>) -> Result<()> {
        if !seen.insert(root.to_owned()) {
            return Ok(());
        }
        let shape = self.shape(root)?;
        for (_, reference) in shape.members()? {
            self.reach(&reference.shape, seen)?;
        }
        for reference in [&shape.member, &shape.key, &shape.value]
            .into_iter()
            .flatten()
        {
            self.reach(&reference.shape, seen)?;
        }
        Ok(())
    }
}

impl Shape {
    /// The members in alphabetical order of their names.
    pub(super) fn members(&self) -> Result<Vec<(&str, Reference)>> {
        let read = |(name, value): (_, &Value)| {
            let name: &String = name;
            Ok((name.as_str(), Reference::deserialize(value)?))
        };
        self.members.iter().map(read).collect()
    }
}

fn part<T: for<'de> Deserialize<'de>>(document: &Value, name: &str) -> Result<T> {
    let part = document.get(name).with_context(|| format!("no {name}"))?;
    T::deserialize(part).context(name.to_owned())
}

fn json(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let mut text = Vec::new();
    if path.extension().is_some_and(|e| e == "gz") {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text)?;
    } else {
        text = bytes;
    }
    serde_json::from_slice(&text).with_context(|| format!("parse {}", path.display()))
}
