//! Splits a JSON document of any size into the elements of one of its containers.
//!
//! An element is found by its brackets and quotes alone, so that one that is not well-formed
//! inside costs only itself.

use std::io::BufRead;

use model::Problem;

use crate::Document;

/// One element of an array or one member of an object.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    /// The member's key; none in an array.
    pub(crate) key: Option<&'a str>,
    /// The element's own JSON text.
    pub(crate) bytes: &'a [u8],
    /// Where it begins in the document.
    pub(crate) offset: u64,
}

impl Element<'_> {
    /// Where the element stands in the document at `path`.
    pub(crate) fn place(&self, path: &str) -> String {
        match self.key {
            Some(key) => format!("{path}: {key}"),
            None => format!("{path}: byte {}", self.offset),
        }
    }
}

/// Largest member name, in bytes.
const KEY_LIMIT: usize = 64 << 10;

/// Visits the elements of the array found by following `keys` from the root.
///
/// Elements larger than `limit` bytes are problems. The result says whether there was such an
/// array, and not something else in its place; everything around it is skipped.
pub(crate) fn list(
    document: &mut Document<'_>,
    keys: &[&str],
    limit: usize,
    visit: &mut dyn FnMut(Result<Element<'_>, Problem>),
) -> Result<bool, Problem> {
    elements(document, b'[', keys, limit, visit)
}

/// Visits the members of the object that the document is, as [`list`] does an array's elements.
pub(crate) fn members(
    document: &mut Document<'_>,
    limit: usize,
    visit: &mut dyn FnMut(Result<Element<'_>, Problem>),
) -> Result<bool, Problem> {
    elements(document, b'{', &[], limit, visit)
}

fn elements(
    document: &mut Document<'_>,
    open: u8,
    keys: &[&str],
    limit: usize,
    visit: &mut dyn FnMut(Result<Element<'_>, Problem>),
) -> Result<bool, Problem> {
    let mut scanner = Scanner {
        reader: document.reader,
        open,
        offset: 0,
        limit,
        value: Vec::new(),
    };
    let found = scanner.root(keys, visit).map_err(|what| {
        Problem::new(format!("{}: byte {}", document.path, scanner.offset), what)
    })?;
    Ok(found)
}

struct Scanner<'a> {
    reader: &'a mut dyn BufRead,
    /// How the container begins.
    open: u8,
    offset: u64,
    limit: usize,
    value: Vec<u8>,
}

type Visit<'a> = &'a mut dyn FnMut(Result<Element<'_>, Problem>);

impl Scanner<'_> {
    fn root(&mut self, keys: &[&str], visit: Visit<'_>) -> Result<bool, String> {
        // A byte order mark; RFC 8259 section 8.1 lets a parser ignore it.
        if self.peek()? == Some(0xef) {
            for _ in 0..3 {
                self.take(1)?;
            }
        }
        let found = self.descend(keys, visit)?;
        match self.peek()? {
            None => Ok(found),
            Some(byte) => Err(format!("`{}` after the end", byte.escape_ascii())),
        }
    }

    fn descend(&mut self, keys: &[&str], visit: Visit<'_>) -> Result<bool, String> {
        let Some((key, rest)) = keys.split_first() else {
            return self.container(visit);
        };
        if self.peek()? != Some(b'{') {
            self.skip_value(false)?;
            return Ok(false);
        }
        self.take(1)?;
        let mut found = false;
        let mut first = true;
        while self.another(b'}', &mut first)? {
            let name = self.key()?;
            if name == **key {
                found |= self.descend(rest, visit)?;
            } else {
                self.skip_value(false)?;
            }
        }
        Ok(found)
    }

    fn container(&mut self, visit: Visit<'_>) -> Result<bool, String> {
        if self.peek()? != Some(self.open) {
            self.skip_value(false)?;
            return Ok(false);
        }
        let close = if self.open == b'[' { b']' } else { b'}' };
        self.take(1)?;
        let mut first = true;
        while self.another(close, &mut first)? {
            let key = if close == b'}' {
                Some(self.key()?)
            } else {
                None
            };
            self.peek()?;
            let offset = self.offset;
            self.skip_value(true)?;
            let element = if self.value.len() > self.limit {
                let place = key.unwrap_or_else(|| format!("byte {offset}"));
                let what = format!("larger than the limit of {} bytes", self.limit);
                Err(Problem::new(place, what))
            } else {
                Ok(Element {
                    key: key.as_deref(),
                    bytes: &self.value,
                    offset,
                })
            };
            visit(element);
        }
        Ok(true)
    }

    /// Whether another element follows, its separator taken.
    fn another(&mut self, close: u8, first: &mut bool) -> Result<bool, String> {
        match self.peek()? {
            Some(byte) if byte == close => {
                self.take(1)?;
                return Ok(false);
            }
            Some(b',') if !*first => self.take(1)?,
            Some(_) if *first => {}
            Some(byte) => return Err(format!("`{}` between elements", byte.escape_ascii())),
            None => return Err("ends too early".to_owned()),
        }
        *first = false;
        Ok(true)
    }

    fn key(&mut self) -> Result<String, String> {
        if self.peek()? != Some(b'"') {
            return Err("a member without a name".to_owned());
        }
        let limit = std::mem::replace(&mut self.limit, KEY_LIMIT);
        let taken = self.skip_value(true);
        self.limit = limit;
        taken?;
        let key = serde_json::from_slice(&self.value)
            .map_err(|error| format!("a member name: {error}"))?;
        if self.peek()? != Some(b':') {
            return Err("a member without a value".to_owned());
        }
        self.take(1)?;
        Ok(key)
    }

    fn fill(&mut self) -> Result<&[u8], String> {
        self.reader
            .fill_buf()
            .map_err(|error| format!("cannot be read: {error}"))
    }

    /// The next byte that is not white space, not yet taken.
    fn peek(&mut self) -> Result<Option<u8>, String> {
        loop {
            let buffer = self.fill()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let at = buffer.iter().position(|byte| !blank(byte));
            let found = at.and_then(|at| buffer.get(at).copied());
            let skipped = at.unwrap_or(buffer.len());
            self.take(skipped)?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<(), String> {
        let there = self.fill()?.len().min(count);
        self.reader.consume(there);
        self.offset += there as u64;
        Ok(())
    }

    /// Passes over one value, keeping its text in `self.value` if `keep`, up to one byte more
    /// than the limit.
    fn skip_value(&mut self, keep: bool) -> Result<(), String> {
        self.value.clear();
        self.peek()?;
        let mut state = Extent::default();
        loop {
            let buffer = self
                .reader
                .fill_buf()
                .map_err(|error| format!("cannot be read: {error}"))?;
            if buffer.is_empty() {
                return Err("ends too early".to_owned());
            }
            let end = state.advance(buffer)?;
            let taken = end.unwrap_or(buffer.len());
            if keep {
                let room = (self.limit + 1).saturating_sub(self.value.len());
                let kept = buffer.get(..taken.min(room)).unwrap_or_default();
                self.value.extend_from_slice(kept);
            }
            self.reader.consume(taken);
            self.offset += taken as u64;
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// Where a value ends, found piece by piece.
#[derive(Debug, Default)]
struct Extent {
    depth: u64,
    in_string: bool,
    escaped: bool,
    /// Inside a number, `true`, `false` or `null` outside every container.
    in_word: bool,
}

impl Extent {
    /// How many bytes of `buffer` still belong to the value, none if all do and it goes on.
    fn advance(&mut self, buffer: &[u8]) -> Result<Option<usize>, String> {
        let mut at = 0;
        while let Some(&byte) = buffer.get(at) {
            if self.in_string {
                at = self.string(buffer, at);
                if !self.in_string && self.depth == 0 {
                    return Ok(Some(at));
                }
                continue;
            }
            match byte {
                b'"' if !self.in_word => self.in_string = true,
                b'{' | b'[' if !self.in_word => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Ok(Some(at + 1));
                    }
                }
                b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 => {
                    return if self.in_word {
                        Ok(Some(at))
                    } else {
                        Err("a value is missing".to_owned())
                    };
                }
                _ => self.in_word |= self.depth == 0,
            }
            at += 1;
        }
        Ok(None)
    }

    /// Passes over string characters from `at`; returns the place after the closing quote or
    /// the end of the buffer.
    fn string(&mut self, buffer: &[u8], mut at: usize) -> usize {
        loop {
            if self.escaped {
                if at >= buffer.len() {
                    return at;
                }
                self.escaped = false;
                at += 1;
            }
            let rest = buffer.get(at..).unwrap_or_default();
            match memchr::memchr2(b'"', b'\\', rest) {
                None => return buffer.len(),
                Some(found) => {
                    at += found + 1;
                    if rest.get(found) == Some(&b'"') {
                        self.in_string = false;
                        return at;
                    }
                    self.escaped = true;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::elements;
    use crate::Document;

    fn split(text: &str, open: u8, keys: &[&str], chunk: usize) -> Vec<String> {
        let mut reader = BufReader::with_capacity(chunk, text.as_bytes());
        let mut document = Document {
            path: "d",
            reader: &mut reader,
        };
        let mut lines = Vec::new();
        let end = elements(&mut document, open, keys, 20, &mut |element| {
            lines.push(match element {
                Ok(e) => {
                    let text = String::from_utf8_lossy(e.bytes);
                    e.key
                        .map_or(text.to_string(), |key| format!("{key} = {text}"))
                }
                Err(problem) => format!("! {problem}"),
            });
        });
        match end {
            Ok(true) => {}
            Ok(false) => lines.push("nothing".to_owned()),
            Err(problem) => lines.push(format!("! {problem}")),
        }
        lines
    }

    #[test]
    fn containers_fall_into_their_elements() {
        let rows: &[(&str, u8, &[&str], &[&str])] = &[
            (
                "[1, \"a,]\" ,{\"b\":[2]}]",
                b'[',
                &[],
                &["1", "\"a,]\"", "{\"b\":[2]}"],
            ),
            (
                "{\"a\": [1], \"b\\u0041\": {\"k\" : null} }",
                b'{',
                &["bA"],
                &["k = null"],
            ),
            (
                "{\"a\": {\"b\": [true]}, \"c\": \"}\"}",
                b'[',
                &["a", "b"],
                &["true"],
            ),
            ("{\"a\": 1}", b'[', &["b"], &["nothing"]),
            ("{\"a\": 1}", b'[', &["a"], &["nothing"]),
            ("[\"\\\\\", \"\\\"\"]", b'[', &[], &["\"\\\\\"", "\"\\\"\""]),
            ("[[1, 2}, 3]", b'[', &[], &["[1, 2}", "3"]),
            (
                "[1, \"0123456789012345678901\", 2]",
                b'[',
                &[],
                &["1", "! byte 4: larger than the limit of 20 bytes", "2"],
            ),
            ("[1, 2", b'[', &[], &["1", "! d: byte 5: ends too early"]),
            (
                "[1 2]",
                b'[',
                &[],
                &["1", "! d: byte 3: `2` between elements"],
            ),
            ("[1,]", b'[', &[], &["1", "! d: byte 3: a value is missing"]),
            ("[1] x", b'[', &[], &["1", "! d: byte 4: `x` after the end"]),
            (
                "{\"a\" 1}",
                b'{',
                &[],
                &["! d: byte 5: a member without a value"],
            ),
            (
                "{a: 1}",
                b'{',
                &[],
                &["! d: byte 1: a member without a name"],
            ),
            ("", b'[', &[], &["! d: byte 0: ends too early"]),
            ("\u{feff}[1]", b'[', &[], &["1"]),
            ("{\"a\": {}}", b'[', &["a"], &["nothing"]),
            ("[]", b'{', &[], &["nothing"]),
            ("{}", b'{', &[], &[]),
        ];
        for (text, open, keys, expected) in rows {
            for chunk in [3, 4, 7, 4096] {
                assert_eq!(
                    split(text, *open, keys, chunk),
                    *expected,
                    "{text} by {chunk}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in "[\\[\\]{}\",:\\\\ a1]{0,40}", chunk in 3_usize..9) {
            prop_assert_eq!(split(&text, b'[', &[], chunk), split(&text, b'[', &[], 4096));
            prop_assert_eq!(split(&text, b'{', &["a"], chunk), split(&text, b'{', &["a"], 4096));
        }
    }
}
