//! Checks an input against the service model, with the messages of AWS, before it is deserialised.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::{
    errors::{Error, Field, Reason},
    operation::Operation,
    scalar,
    shape::{Member, Place, Shape},
    wire::shapes::SHAPES,
};

/// Violations reported at once; a hostile input has no more said about it.
const MOST_VIOLATIONS: usize = 10;

/// What a request carries outside its body.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Decoded values of the path's labels.
    pub path: Vec<(String, String)>,
    /// Decoded pairs of the query.
    pub query: Vec<(String, String)>,
}

/// The input of an operation from the parts of a request, checked in every way that the model asks.
pub fn input(operation: &Operation, body: &[u8], outside: &Outside) -> Result<Value, Error> {
    let mut object = parse(body)?;
    if let Some(Shape::Structure(members)) = shape(operation.input) {
        for member in members.iter().filter(|m| m.place != Place::Body) {
            object.remove(member.name);
            if let Some(value) = outer(member, outside)? {
                object.insert(member.name.to_owned(), value);
            }
        }
    }
    let value = Value::Object(object);
    let mut check = Check::default();
    check.value(operation.input, &value)?;
    check.finish().map(|()| value)
}

/// A body that is absent is an empty object.
fn parse(body: &[u8]) -> Result<Map<String, Value>, Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(unreadable("The request body is not a JSON object")),
        Err(error) => Err(unreadable(format!("The request body is not JSON: {error}"))),
    }
}

/// The value of a member that stands in the path or the query.
fn outer(member: &Member, outside: &Outside) -> Result<Option<Value>, Error> {
    let pairs = match member.place {
        Place::Path => &outside.path,
        Place::Query | Place::Body => &outside.query,
    };
    let mut values = pairs
        .iter()
        .filter(|(name, _)| name == member.name)
        .map(|(_, value)| value.as_str());
    Ok(match shape(member.shape) {
        Some(Shape::List(..)) => {
            let list: Vec<&str> = values.collect();
            (!list.is_empty()).then(|| list.into())
        }
        Some(Shape::Integer(..)) => match values.next() {
            Some(text) => {
                let number: Result<i64, _> = text.parse();
                let number = number.map_err(|_why| cannot_convert("STRING_VALUE", "Integer"))?;
                Some(number.into())
            }
            None => None,
        },
        _ => values.next().map(Value::from),
    })
}

fn unreadable(message: impl Into<String>) -> Error {
    Error::Validation {
        message: message.into(),
        reason: Reason::CannotParse,
        fields: Vec::new(),
    }
}

fn cannot_convert(from: &str, to: &str) -> Error {
    unreadable(format!("{from} can not be converted to {to}"))
}

fn shape(index: u16) -> Option<&'static Shape> {
    SHAPES.get(usize::from(index)).map(|(_, shape)| shape)
}

/// The walk of a value beside its shape.
#[derive(Default)]
struct Check {
    /// The path of the value in hand.
    place: String,
    violations: Vec<Field>,
}

impl Check {
    fn finish(self) -> Result<(), Error> {
        let count = self.violations.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        let mut message = format!("{count} validation error{plural} detected: ");
        for (index, field) in self.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            message.push_str(separator);
            message.push_str(&field.message);
        }
        Err(Error::Validation {
            message,
            reason: Reason::FieldValidationFailed,
            fields: self.violations,
        })
    }

    fn violate(&mut self, constraint: &str) {
        if self.violations.len() < MOST_VIOLATIONS {
            let place = &self.place;
            self.violations.push(Field {
                name: place.clone(),
                message: format!("Value at '{place}' failed to satisfy constraint: {constraint}"),
            });
        }
    }

    /// Does `inner` one step deeper in the path.
    fn within(
        &mut self,
        step: &str,
        inner: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let length = self.place.len();
        if length > 0 {
            self.place.push('.');
        }
        self.place.push_str(step);
        let done = inner(self);
        self.place.truncate(length);
        done
    }

    fn value(&mut self, index: u16, value: &Value) -> Result<(), Error> {
        let Some(shape) = shape(index) else {
            return Err(Error::Internal(format!("no shape {index}")));
        };
        match shape {
            Shape::Structure(members) => self.structure(members, value),
            Shape::Union(members) => {
                self.structure(members, value)?;
                let is_set = |m: &&Member| value.get(m.name).is_some_and(|v| !v.is_null());
                if members.iter().filter(is_set).count() != 1 {
                    self.violate("Exactly one member must be set");
                }
                Ok(())
            }
            Shape::List(element, min, max) => self.list(*element, (*min, *max), value),
            Shape::Map(key, element, min, max) => self.map((*key, *element), (*min, *max), value),
            Shape::Document => Ok(()),
            _ => {
                for constraint in scalar(shape, value)? {
                    self.violate(&constraint);
                }
                Ok(())
            }
        }
    }

    fn structure(&mut self, members: &'static [Member], value: &Value) -> Result<(), Error> {
        let Value::Object(object) = value else {
            return Err(misplaced(value, "structure or map"));
        };
        for member in members {
            match object.get(member.name) {
                None | Some(Value::Null) if member.required => {
                    self.within(member.name, |check| {
                        check.violate("Member must not be null");
                        Ok(())
                    })?;
                }
                None | Some(Value::Null) => {}
                Some(value) => {
                    self.within(member.name, |check| check.value(member.shape, value))?;
                }
            }
        }
        Ok(())
    }

    fn list(&mut self, element: u16, bounds: (u32, u32), value: &Value) -> Result<(), Error> {
        let Value::Array(items) = value else {
            return Err(misplaced(value, "list"));
        };
        for constraint in lengths(items.len(), bounds) {
            self.violate(&constraint);
        }
        let mut is_broken = false;
        for (index, item) in items.iter().enumerate() {
            if self.violations.len() >= MOST_VIOLATIONS {
                break;
            }
            match simple(element) {
                Some(shape) => is_broken |= !scalar(shape, item)?.is_empty(),
                None => self.within(&format!("{}.member", index + 1), |check| {
                    check.value(element, item)
                })?,
            }
        }
        if let (true, Some(shape)) = (is_broken, simple(element)) {
            let all = constraints(shape).join(", ");
            self.violate(&format!("Member must satisfy constraint: [{all}]"));
        }
        Ok(())
    }

    fn map(&mut self, shapes: (u16, u16), bounds: (u32, u32), value: &Value) -> Result<(), Error> {
        let Value::Object(entries) = value else {
            return Err(misplaced(value, "structure or map"));
        };
        for constraint in lengths(entries.len(), bounds) {
            self.violate(&constraint);
        }
        let (mut key_is_broken, mut value_is_broken) = (false, false);
        for (key, item) in entries {
            if let Some(shape) = simple(shapes.0) {
                key_is_broken |= !scalar(shape, &key.as_str().into())?.is_empty();
            }
            match simple(shapes.1) {
                Some(shape) => value_is_broken |= !scalar(shape, item)?.is_empty(),
                None => self.within(&format!("{key}.member"), |check| {
                    check.value(shapes.1, item)
                })?,
            }
        }
        for (is_broken, what, index) in [
            (key_is_broken, "keys", shapes.0),
            (value_is_broken, "value", shapes.1),
        ] {
            if let (true, Some(shape)) = (is_broken, simple(index)) {
                let all = constraints(shape).join(", ");
                self.violate(&format!("Map {what} must satisfy constraint: [{all}]"));
            }
        }
        Ok(())
    }
}

/// The shape of an element that is not a structure or collection itself: its violations are said of
/// the collection.
fn simple(index: u16) -> Option<&'static Shape> {
    shape(index).filter(|shape| {
        !matches!(
            shape,
            Shape::Structure(_)
                | Shape::Union(_)
                | Shape::List(..)
                | Shape::Map(..)
                | Shape::Document
        )
    })
}

/// The error for a value where the model has a structure, map or list.
fn misplaced(value: &Value, wanted: &str) -> Error {
    let found = match value {
        Value::Object(_) => "Start of structure or map",
        Value::Array(_) => "Start of list",
        _ => return unreadable(format!("Expected {wanted} or null")),
    };
    unreadable(format!("{found} found where not expected."))
}

/// The constraints that a scalar violates; a value of another type is unreadable.
fn scalar(shape: &Shape, value: &Value) -> Result<Vec<String>, Error> {
    let target = match shape {
        Shape::Integer(..) => "an Integer",
        Shape::Double(..) => "a Double",
        Shape::Boolean => "a Boolean",
        Shape::Epoch => "a Timestamp",
        Shape::Blob(..) => "a Blob",
        _ => "a String",
    };
    let number = |value: &Value| value.as_i64().filter(|_| value.is_number());
    let mut violations = Vec::new();
    match (shape, value) {
        (_, Value::Null) => return Ok(vec!["Member must not be null".to_owned()]),
        (_, Value::Object(_) | Value::Array(_)) => return Err(misplaced(value, "scalar")),
        (Shape::String(min, max, pattern), Value::String(text)) => {
            violations = lengths(text.chars().count(), (*min, *max));
            if let Some(pattern) = pattern.filter(|p| !p.matches(text)) {
                violations.push(regular(pattern.text));
            }
        }
        (Shape::Enum(values), Value::String(text)) => {
            if !values.contains(&text.as_str()) {
                violations.push(one_of(values));
            }
        }
        (Shape::Integer(min, max), Value::Number(_)) => {
            let number = number(value).ok_or_else(|| cannot_convert("NUMBER_VALUE", target))?;
            if number > *max {
                violations.push(at_most(max));
            } else if number < *min {
                violations.push(at_least(min));
            }
        }
        (Shape::Double(min, max), Value::Number(number)) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            violations.extend(max.filter(|max| number > *max).map(|max| at_most(&max)));
            violations.extend(min.filter(|min| number < *min).map(|min| at_least(&min)));
        }
        (Shape::Boolean, Value::Bool(_)) => {}
        (Shape::Epoch, Value::Number(number)) => {
            let moment = number.as_f64().and_then(scalar::moment);
            moment.ok_or_else(|| cannot_convert("NUMBER_VALUE", target))?;
        }
        (Shape::Blob(min, max), Value::String(text)) => {
            let bytes = STANDARD.decode(text);
            let bytes = bytes.map_err(|_why| cannot_convert("STRING_VALUE", target))?;
            violations = lengths(bytes.len(), (*min, *max));
        }
        (_, Value::String(_)) => return Err(cannot_convert("STRING_VALUE", target)),
        (_, Value::Number(_)) => return Err(cannot_convert("NUMBER_VALUE", target)),
        (_, Value::Bool(true)) => return Err(cannot_convert("TRUE_VALUE", target)),
        (_, Value::Bool(false)) => return Err(cannot_convert("FALSE_VALUE", target)),
    }
    Ok(violations)
}

/// Everything that the model asks of a scalar.
fn constraints(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::String(min, max, pattern) => {
            let mut all = Vec::new();
            if *max < u32::MAX {
                all.push(longest(*max));
            }
            if *min > 0 {
                all.push(shortest(*min));
            }
            all.extend(pattern.map(|pattern| regular(pattern.text)));
            all
        }
        Shape::Enum(values) => vec![one_of(values)],
        Shape::Integer(min, max) => vec![at_most(max), at_least(min)],
        _ => vec!["Member must not be null".to_owned()],
    }
}

fn lengths(length: usize, (min, max): (u32, u32)) -> Vec<String> {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if length > max {
        return vec![longest(max)];
    }
    if length < min {
        return vec![shortest(min)];
    }
    Vec::new()
}

fn longest(max: u32) -> String {
    format!("Member must have length less than or equal to {max}")
}

fn shortest(min: u32) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn at_most(max: &impl std::fmt::Display) -> String {
    format!("Member must have value less than or equal to {max}")
}

fn at_least(min: &impl std::fmt::Display) -> String {
    format!("Member must have value greater than or equal to {min}")
}

fn regular(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn one_of(values: &[&str]) -> String {
    let mut text = String::from("Member must satisfy enum value set: [");
    for (index, value) in values.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        if write!(text, "{separator}{value}").is_err() {
            break;
        }
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests;
