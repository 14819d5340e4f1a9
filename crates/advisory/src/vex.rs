//! VEX documents that users give: `OpenVEX`, CSAF and `CycloneDX`.

use std::io::{BufRead, Read as _};

use model::{Problem, VexStatement};
use serde_json::Value;

mod csaf;
mod cyclonedx;
mod openvex;

/// Largest document that is read, in bytes.
const LIMIT: u64 = 256 << 20;

/// What a VEX document says.
#[derive(Debug, Default)]
pub struct Statements {
    pub statements: Vec<VexStatement>,
    pub problems: Vec<Problem>,
}

/// Reads the document that lies at `path`, in whichever of the three formats it is.
pub fn read(path: &str, reader: &mut dyn BufRead) -> Statements {
    let mut read = Statements::default();
    match document(reader) {
        Ok(document) if document.get("document").is_some() => csaf::read(path, document, &mut read),
        Ok(document) if document.get("bomFormat").is_some() => {
            cyclonedx::read(path, &document, &mut read);
        }
        Ok(document) if document.get("statements").is_some() => {
            openvex::read(path, document, &mut read);
        }
        Ok(_) => read.problem(path, "is neither OpenVEX nor CSAF nor CycloneDX"),
        Err(what) => read.problem(path, &what),
    }
    read
}

fn document(reader: &mut dyn BufRead) -> Result<Value, String> {
    let mut bytes = Vec::new();
    reader
        .take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("larger than the limit of {LIMIT} bytes"));
    }
    serde_json::from_slice(&bytes).map_err(|error| format!("is not JSON: {error}"))
}

impl Statements {
    fn problem(&mut self, place: &str, what: &str) {
        self.problems.push(Problem::new(place, what));
    }

    /// Keeps a statement if it says what it is about.
    fn keep(&mut self, mut statement: VexStatement) {
        statement.vulnerabilities.retain(|id| !id.is_empty());
        statement
            .products
            .retain(|product| !product.identifiers.is_empty());
        if statement.vulnerabilities.is_empty() {
            self.problem(&statement.place, "the statement names no vulnerability");
        } else if statement.products.is_empty() {
            self.problem(&statement.place, "the statement names no product");
        } else {
            self.statements.push(statement);
        }
    }
}

/// Text that is not empty.
fn filled(text: &str) -> Option<String> {
    Some(text.trim())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests;
