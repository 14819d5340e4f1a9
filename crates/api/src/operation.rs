//! What an operation is: its route, its shapes, its errors.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::errors::Kind;
pub use crate::wire::operations::OPERATIONS;

/// A service, which is a name in the credential scope of signatures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Service {
    Inspector2,
    InspectorScan,
}

impl Service {
    /// The signing name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inspector2 => "inspector2",
            Self::InspectorScan => "inspector-scan",
        }
    }
}

/// One row of the table of operations.
#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    pub service: Service,
    pub method: &'static str,
    /// The path, with `{member}` for a segment that holds an input member.
    pub path: &'static str,
    /// Status of success.
    pub status: u16,
    /// Index of the input in the constraint table.
    pub(crate) input: u16,
    /// The errors that the model lists.
    pub errors: &'static [Kind],
    pub paginator: Option<Paginator>,
}

impl Operation {
    /// Whether it changes nothing, by the verb of its name.
    pub fn is_reading(&self) -> bool {
        const VERBS: [&str; 6] = ["BatchGet", "Describe", "Get", "List", "Scan", "Search"];
        VERBS.iter().any(|verb| self.name.starts_with(verb))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// How clients page through an operation; the token is always `nextToken`.
#[derive(Debug)]
pub struct Paginator {
    /// The output member that grows.
    pub result_key: &'static str,
    /// Whether clients may send `maxResults`.
    pub limited: bool,
}

/// Ties an operation to the types of its input and output; see [`crate::wire::calls`].
pub trait Call: 'static {
    type Input: DeserializeOwned;
    type Output: Serialize;
    /// Place of the operation in [`OPERATIONS`].
    const INDEX: usize;
}

#[cfg(test)]
mod tests {
    use super::{Call, OPERATIONS, Service};
    use crate::wire::calls;

    #[test]
    fn the_table_holds_every_operation() {
        let scan = OPERATIONS
            .iter()
            .filter(|o| o.service == Service::InspectorScan);
        assert_eq!((OPERATIONS.len(), scan.count()), (85, 1));
        assert_eq!(OPERATIONS[calls::ListFindings::INDEX].name, "ListFindings");
        assert_eq!(OPERATIONS[calls::ScanSbom::INDEX].path, "/scan/sbom");
        let accepted = OPERATIONS[calls::StartOnDemandScan::INDEX].status;
        assert_eq!(accepted, 202);
    }
}
