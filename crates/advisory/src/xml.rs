//! Reads XML documents of any size record by record, within limits.
//!
//! Entities other than the five of XML 1.0 §4.6 and character references are not expanded,
//! document type definitions are not read, and no token, record or nesting can grow beyond the
//! constants below whatever the document says.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Deepest nesting of elements that is read.
const DEPTH: usize = 128;
/// Largest single token (a tag, a run of text, a comment), in bytes.
const TOKEN: usize = 16 << 20;
/// Most text, attribute and name bytes kept of one record.
const RECORD: usize = 64 << 20;
/// Most elements kept of one record.
const ELEMENTS: usize = 1 << 20;

/// An element with everything in it; names are without their namespace prefix.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// Text of the element itself, not of its children, trimmed.
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
}

impl Element {
    /// An attribute's value; empty if it is not set.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Every child of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name; empty if there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }
}

/// What reading on gave.
pub(crate) enum Next {
    /// A record, whole.
    Record(Element),
    /// A record larger than the limits; the document goes on after it. The text says which
    /// record and which limit.
    Oversized(String),
    /// The document ended as it should.
    End,
    /// The document cannot be read further; the text says where and why.
    Broken(String),
}

/// A document, read forwards.
pub(crate) struct Document<'a> {
    reader: Reader<BufReader<Guard<'a>>>,
    buffer: Vec<u8>,
    /// Name of the outermost element of such documents.
    root: &'static str,
    depth: usize,
    elements: bool,
}

impl<'a> Document<'a> {
    /// A document whose outermost element has the name `root`; any other is broken.
    pub(crate) fn new(reader: &'a mut dyn BufRead, root: &'static str) -> Self {
        let guard = Guard {
            inner: reader,
            left: TOKEN,
            carry: Vec::new(),
        };
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, guard));
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            root,
            depth: 0,
            elements: false,
        }
    }

    /// Reads on to the next element whose name `record` accepts and returns it without the
    /// children, at any depth, whose name `skip` accepts.
    pub(crate) fn next(
        &mut self,
        record: impl Fn(&str) -> bool,
        skip: impl Fn(&str) -> bool,
    ) -> Next {
        loop {
            let event = match self.event() {
                Ok(event) => event,
                Err(what) => return Next::Broken(what),
            };
            match event {
                Piece::Open(element) if !self.elements && element.name != self.root => {
                    let what = format!("has `{}` in place of `{}`", element.name, self.root);
                    return Next::Broken(self.at(&what));
                }
                Piece::Open(element) => {
                    self.elements = true;
                    if self.depth >= DEPTH {
                        return Next::Broken(self.at("elements are nested too deep"));
                    }
                    if record(&element.name) {
                        return self.record(element, skip);
                    }
                    self.depth += 1;
                }
                Piece::Close => self.depth = self.depth.saturating_sub(1),
                Piece::Text(_) => {}
                Piece::End if self.depth > 0 => {
                    return Next::Broken(self.at("ends inside an element"));
                }
                Piece::End if !self.elements => return Next::Broken(self.at("is not XML")),
                Piece::End => return Next::End,
            }
        }
    }

    fn record(&mut self, root: Element, skip: impl Fn(&str) -> bool) -> Next {
        let name = root.name.clone();
        let mut size = Size::default();
        let mut stack = vec![root];
        let mut skipped = 0_usize;
        loop {
            let event = match self.event() {
                Ok(event) => event,
                Err(what) => return Next::Broken(what),
            };
            match event {
                Piece::Open(_) if skipped > 0 || size.over() => skipped += 1,
                Piece::Open(element) if skip(&element.name) => {
                    debug_assert!(element.children.is_empty());
                    skipped = 1;
                }
                Piece::Open(element) => {
                    if self.depth + stack.len() >= DEPTH {
                        return Next::Broken(self.at("elements are nested too deep"));
                    }
                    size.add(&element);
                    stack.push(element);
                }
                Piece::Close if skipped > 0 => skipped -= 1,
                Piece::Close => {
                    let Some(mut done) = stack.pop() else {
                        return Next::Broken(self.at("closes an element that is not open"));
                    };
                    trim(&mut done.text);
                    match stack.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None if size.over() => {
                            return Next::Oversized(self.at(&format!(
                                "a {name} element is larger than {ELEMENTS} elements or \
                                 {RECORD} bytes"
                            )));
                        }
                        None => return Next::Record(done),
                    }
                }
                Piece::Text(text) => {
                    if skipped == 0
                        && let Some(top) = stack.last_mut()
                    {
                        size.bytes += text.len();
                        if !size.over() {
                            top.text.push_str(&text);
                        }
                    }
                }
                Piece::End => {
                    return Next::Broken(self.at(&format!("ends inside a {name} element")));
                }
            }
        }
    }

    fn event(&mut self) -> Result<Piece, String> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().left = TOKEN;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => {
                return Err(format!(
                    "is not well-formed at byte {}: {error}",
                    self.reader.error_position()
                ));
            }
        };
        Ok(match event {
            Event::Start(start) | Event::Empty(start) => Piece::Open(element(&start)),
            Event::End(_) => Piece::Close,
            Event::Text(text) => Piece::Text(text.to_string()),
            Event::CData(data) => Piece::Text(data.to_string()),
            Event::GeneralRef(reference) => Piece::Text(resolve(&reference)),
            Event::Eof => Piece::End,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                Piece::Text(String::new())
            }
        })
    }

    fn at(&self, what: &str) -> String {
        format!("{what} (byte {})", self.reader.buffer_position())
    }
}

enum Piece {
    Open(Element),
    Close,
    Text(String),
    End,
}

/// How much of a record is kept.
#[derive(Default)]
struct Size {
    bytes: usize,
    elements: usize,
}

impl Size {
    fn over(&self) -> bool {
        self.bytes > RECORD || self.elements > ELEMENTS
    }

    fn add(&mut self, element: &Element) {
        self.elements += 1;
        self.bytes += element.name.len();
        for (key, value) in &element.attributes {
            self.bytes += key.len() + value.len();
        }
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    Element {
        name: start.local_name().as_ref().to_owned(),
        // A malformed attribute ends the list; the well-formed ones before it still count.
        attributes: start
            .attributes()
            .with_checks(false)
            .map_while(Result::ok)
            .map(|attribute| {
                let value = attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
                (attribute.key.local_name().as_ref().to_owned(), value)
            })
            .collect(),
        ..Element::default()
    }
}

/// The character of an entity or character reference; the reference itself if it is unknown.
fn resolve(name: &str) -> String {
    let character = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }),
    };
    character.map_or_else(|| format!("&{name};"), String::from)
}

fn trim(text: &mut String) {
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        *text = trimmed.to_owned();
    }
}

/// Stops a token that does not end (fails after `left` bytes) and replaces bytes that are not
/// UTF-8 by question marks, so that one of them does not end the document.
struct Guard<'a> {
    inner: &'a mut dyn BufRead,
    left: usize,
    /// The beginning of a character whose other bytes are not read yet.
    carry: Vec<u8>,
}

impl Read for Guard<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if self.left == 0 {
                return Err(std::io::Error::other(format!(
                    "a token is longer than {TOKEN} bytes"
                )));
            }
            let carried = std::mem::take(&mut self.carry);
            let start = carried.len();
            let room = into.len().min(self.left.saturating_add(start));
            let Some(into) = into.get_mut(..room).filter(|into| into.len() > start) else {
                return Err(std::io::ErrorKind::InvalidInput.into());
            };
            let (before, rest) = into.split_at_mut(start);
            before.copy_from_slice(&carried);
            let read = self.inner.read(rest)?;
            self.left -= read;
            let Some(read_bytes) = into.get_mut(..start + read) else {
                return Err(std::io::ErrorKind::InvalidData.into());
            };
            let whole = self.sanitize(read_bytes, read == 0);
            if whole > 0 || read == 0 {
                return Ok(whole);
            }
        }
    }
}

impl Guard<'_> {
    /// Makes `bytes` UTF-8 and returns how many are whole characters; the rest is carried over.
    fn sanitize(&mut self, bytes: &mut [u8], last: bool) -> usize {
        let mut done = 0;
        while let Some(rest) = bytes.get_mut(done..) {
            let Err(error) = std::str::from_utf8(rest) else {
                break;
            };
            let valid = error.valid_up_to();
            let bad = match error.error_len() {
                Some(length) => length,
                None if last => rest.len() - valid,
                None => {
                    self.carry = rest.get(valid..).unwrap_or_default().to_vec();
                    return done + valid;
                }
            };
            if let Some(bad) = rest.get_mut(valid..valid + bad) {
                bad.fill(b'?');
            }
            done += valid + bad;
        }
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{Document, Next};

    fn records(text: &[u8]) -> Vec<String> {
        let mut reader = Cursor::new(text);
        let mut document = Document::new(&mut reader, "d");
        let mut lines = Vec::new();
        loop {
            match document.next(|name| name == "r", |name| name == "skip") {
                Next::Record(r) => lines.push(format!(
                    "{} a={} children={}",
                    r.text,
                    r.attribute("a"),
                    r.children.len()
                )),
                Next::Oversized(what) => lines.push(format!("oversized: {what}")),
                Next::Broken(what) => {
                    lines.push(format!("broken: {what}"));
                    return lines;
                }
                Next::End => return lines,
            }
        }
    }

    #[test]
    fn records_at_any_depth() {
        assert_eq!(
            records(
                b"<?xml version='1.0'?><!-- c --><x:d xmlns:x='u'><l><x:r x:a='&lt;1 &amp; 2'> t&#x26;&lt;\
                  <k/><skip><r/>no</skip><![CDATA[u]]></x:r><r>caf\xe9 \xc3\xa9</r></l></x:d>"
            ),
            ["t&<u a=<1 & 2 children=1", "caf? \u{e9} a= children=0"]
        );
    }

    #[test]
    fn what_cannot_be_read_is_said_after_what_can() {
        let check = |text: &[u8], expected: &[&str]| {
            let lines = records(text);
            assert_eq!(lines.len(), expected.len(), "{lines:?}");
            for (line, expected) in lines.iter().zip(expected) {
                assert!(line.starts_with(expected), "{lines:?}");
            }
        };
        check(b"", &["broken: is not XML"]);
        check(b"\x1f\x8b\x00binary", &["broken: is not XML"]);
        check(b"<r>1</r>", &["broken: has `r` in place of `d`"]);
        check(
            b"<d><r>1</r><r>2",
            &["1", "broken: ends inside a r element"],
        );
        check(b"<d><r>1</r>", &["1", "broken: ends inside an element"]);
        check(
            b"<d><r>1</r></e>",
            &["1", "broken: is not well-formed at byte 11"],
        );
        check(
            "<d>".repeat(200).as_bytes(),
            &["broken: elements are nested too deep"],
        );
        check(
            format!("<d><r>{}", "<d>".repeat(200)).as_bytes(),
            &["broken: elements are nested too deep"],
        );
    }

    #[test]
    fn entities_of_the_document_are_not_expanded() {
        assert_eq!(
            records(b"<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><d><r>&b;</r></d>"),
            ["&b; a= children=0"]
        );
    }

    #[test]
    fn a_token_without_end_is_refused() {
        let mut text = b"<d><r>1</r><r a='".to_vec();
        text.resize(40 << 20, b'x');
        let lines = records(&text);
        assert!(lines[1].contains("a token is longer"), "{:.200}", lines[1]);
    }

    #[test]
    fn an_oversized_record_is_left_out_alone() {
        let text = format!("<d><r>{}</r><r>2</r></d>", "<k/>".repeat(1_100_000));
        let lines = records(text.as_bytes());
        assert!(lines[0].starts_with("oversized: a r element is larger"));
        assert_eq!(lines[1], "2 a= children=0");
    }
}
