//! Values and rows that both engines understand.

use std::borrow::Cow;

use crate::StoreError;

/// A value on its way into or out of the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

/// A text as it is kept.
///
/// `PostgreSQL`'s text holds no NUL, and what a stranger wrote may; it becomes U+FFFD on both
/// engines, so that they answer alike.
pub(crate) fn kept(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        return text.replace('\0', "\u{fffd}").into();
    }
    text.into()
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        match kept(&value) {
            Cow::Owned(changed) => Self::Text(changed),
            Cow::Borrowed(_) => Self::Text(value),
        }
    }
}

impl From<&Cow<'_, str>> for Value {
    fn from(value: &Cow<'_, str>) -> Self {
        Self::from(value.as_ref())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::from(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::from(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of a result, read by column number.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// The column as it is.
    pub fn value(&self, column: usize) -> Result<&Value, StoreError> {
        self.0.get(column).ok_or(StoreError::Column {
            column,
            wanted: "a value",
        })
    }

    /// An integer that is there.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_int(column)?
            .ok_or(unexpected(column, "an integer"))
    }

    /// An integer or nothing.
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(*value)),
            _ => Err(unexpected(column, "an integer")),
        }
    }

    /// A truth value, stored as 0 or 1.
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A number or nothing.
    pub fn optional_real(&self, column: usize) -> Result<Option<f64>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Real(value) => Ok(Some(*value)),
            #[expect(
                clippy::cast_precision_loss,
                reason = "SQLite gives whole numbers in a real column as integers"
            )]
            Value::Int(value) => Ok(Some(*value as f64)),
            _ => Err(unexpected(column, "a number")),
        }
    }

    /// Text that is there.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.optional_text(column)?
            .ok_or(unexpected(column, "text"))
    }

    /// Text or nothing.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            _ => Err(unexpected(column, "text")),
        }
    }

    /// Bytes that are there.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.value(column)? {
            Value::Blob(value) => Ok(value),
            _ => Err(unexpected(column, "bytes")),
        }
    }
}

fn unexpected(column: usize, wanted: &'static str) -> StoreError {
    StoreError::Column { column, wanted }
}
