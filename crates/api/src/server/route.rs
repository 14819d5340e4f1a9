//! Finds the operation of a request by its raw path: an ARN in a path holds encoded slashes.

use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

use super::{Error, OPERATIONS, Operation};

/// An operation and the values of its path's labels.
pub(super) struct Found {
    /// Place in [`OPERATIONS`].
    pub(super) index: usize,
    operation: &'static Operation,
    labels: Vec<(String, String)>,
}

impl Found {
    pub(super) fn operation(&self) -> &'static Operation {
        self.operation
    }

    pub(super) fn labels(&self) -> Vec<(String, String)> {
        self.labels.clone()
    }
}

/// The operation of a request, none if nothing has its method and path.
pub(super) fn find(parts: &Parts) -> Option<Found> {
    let method = parts.method.as_str();
    let rows = OPERATIONS.iter().enumerate();
    rows.filter(|(_, operation)| operation.method == method)
        .find_map(|(index, operation)| {
            let labels = labels(operation.path, parts.uri.path())?;
            Some(Found {
                index,
                operation,
                labels,
            })
        })
}

/// The decoded values of the labels of `template`, none if the path is another.
fn labels(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut labels = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        let label = expected
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match label {
            Some(name) if !segment.is_empty() => {
                labels.push((name.to_owned(), decoded(segment)?));
            }
            _ if expected == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(labels)
}

/// The decoded pairs of a query.
pub(super) fn query(raw: &str) -> Result<Vec<(String, String)>, Error> {
    let pairs = raw.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| Error::invalid("The query is not UTF-8"))
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn paths_match_before_they_are_decoded() {
        let rows = [
            ("/findings/list", "/findings/list", Some("")),
            ("/findings/list", "/findings/list/", None),
            ("/findings/list", "/findings", None),
            (
                "/tags/{resourceArn}",
                "/tags/arn%3Aaws%3Ax%2Fy",
                Some("arn:aws:x/y"),
            ),
            ("/tags/{resourceArn}", "/tags/a/b", None),
            ("/tags/{resourceArn}", "/tags/", None),
            ("/tags/{resourceArn}", "/tags/%ff", None),
        ];
        for (template, path, expected) in rows {
            let found = labels(template, path);
            let value = found.map(|found| found.into_iter().map(|(_, v)| v).collect::<String>());
            assert_eq!(value.as_deref(), expected, "{path}");
        }
    }
}
