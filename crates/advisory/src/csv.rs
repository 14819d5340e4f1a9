//! Reads comma-separated values (RFC 4180) a record at a time.

use std::io::{BufRead, Read};

use model::Problem;

use crate::Document;

/// One record and the names of its columns.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    names: &'a [String],
    fields: &'a [String],
    /// Number of the line it ends on, from 1.
    pub(crate) line: u64,
}

impl Row<'_> {
    /// The field of the column with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let column = self.names.iter().position(|column| column == name)?;
        self.fields.get(column).map(String::as_str)
    }
}

/// Visits every record after the first, which names the columns. Lines that begin with `#`
/// before it are skipped.
///
/// A record larger than `limit` bytes ends the reading.
pub(crate) fn rows(
    document: &mut Document<'_>,
    limit: usize,
    visit: &mut dyn FnMut(Row<'_>),
) -> Result<(), Problem> {
    let mut names: Option<Vec<String>> = None;
    let mut record = Vec::new();
    let mut fields = Vec::new();
    let mut line = 0;
    loop {
        record.clear();
        // A quoted field may hold line breaks.
        while record.is_empty() || unbalanced(&record) {
            let room = (limit + 1).saturating_sub(record.len()) as u64;
            let read = (&mut *document.reader)
                .take(room)
                .read_until(b'\n', &mut record);
            line += 1;
            let place = || format!("{}: line {line}", document.path);
            match read {
                Ok(0) if record.is_empty() => return Ok(()),
                Ok(0) if record.len() > limit => {
                    let what = format!("larger than the limit of {limit} bytes");
                    return Err(Problem::new(place(), what));
                }
                Ok(0) => return Err(Problem::new(place(), "ends within a quoted field")),
                Ok(_) => {}
                Err(error) => {
                    return Err(Problem::new(place(), format!("cannot be read: {error}")));
                }
            }
        }
        let text = String::from_utf8_lossy(&record);
        let text = text.trim_end_matches(['\r', '\n']);
        match &names {
            None if text.starts_with('#') => {}
            None => {
                split(text.trim_start_matches('\u{feff}'), &mut fields);
                names = Some(std::mem::take(&mut fields));
            }
            Some(_) if text.is_empty() => {}
            Some(names) => {
                split(text, &mut fields);
                visit(Row {
                    names,
                    fields: &fields,
                    line,
                });
            }
        }
    }
}

fn unbalanced(record: &[u8]) -> bool {
    memchr::memchr_iter(b'"', record).count() % 2 == 1
}

fn split(text: &str, fields: &mut Vec<String>) {
    fields.clear();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (field, after) = match text.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted),
            None => match text.split_once(',') {
                Some((field, after)) => (field.to_owned(), Some(after)),
                None => (text.to_owned(), None),
            },
        };
        fields.push(field);
        rest = after;
    }
}

/// A field after its opening quote, and what follows the comma after it.
fn quoted_field(mut text: &str) -> (String, Option<&str>) {
    let mut field = String::new();
    while let Some((part, after)) = text.split_once('"') {
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                text = after;
            }
            None => return (field, after.split_once(',').map(|(_, after)| after)),
        }
    }
    field.push_str(text);
    (field, None)
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::Document;

    #[test]
    fn records_are_split_at_commas_outside_quotes() {
        let text = "# x\na,b\r\n1,2\r\n\"x, \"\"y\"\"\nz\",3\n,\"\"\n4\n\n\"open";
        let mut reader = text.as_bytes();
        let mut document = Document {
            path: "d",
            reader: &mut reader,
        };
        let mut lines = Vec::new();
        let end = rows(&mut document, 20, &mut |row| {
            lines.push(format!(
                "{} {:?} {:?}",
                row.line,
                row.get("a"),
                row.get("b")
            ));
        });
        assert_eq!(
            lines,
            [
                "3 Some(\"1\") Some(\"2\")",
                "5 Some(\"x, \\\"y\\\"\\nz\") Some(\"3\")",
                "6 Some(\"\") Some(\"\")",
                "7 Some(\"4\") None",
            ]
        );
        assert_eq!(
            end.map_err(|problem| problem.to_string()),
            Err("d: line 10: ends within a quoted field".to_owned())
        );
    }
}
