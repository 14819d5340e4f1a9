//! Reads a version text from left to right.

/// The part of a text not yet read. Every step consumes ASCII only, so no character is split.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// The longest prefix of ASCII bytes that pass, which may be empty.
    pub(super) fn run(&mut self, pass: fn(&u8) -> bool) -> &'a str {
        let length = self
            .rest
            .bytes()
            .take_while(|b| b.is_ascii() && pass(b))
            .count();
        let (run, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or(("", self.rest));
        self.rest = rest;
        run
    }

    /// The longest run of ASCII digits, none if there is no digit.
    pub(super) fn digits(&mut self) -> Option<&'a str> {
        Some(self.run(u8::is_ascii_digit)).filter(|run| !run.is_empty())
    }

    /// Consumes `prefix` if the text begins with it.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Consumes an ASCII word, whatever its case.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        match self.rest.split_at_checked(word.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(word) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Consumes one byte out of `set`, which must be ASCII.
    pub(super) fn eat_any(&mut self, set: &[u8]) -> bool {
        match self.peek() {
            Some(byte) if byte.is_ascii() && set.contains(&byte) => {
                self.rest = self.rest.get(1..).unwrap_or("");
                true
            }
            _ => false,
        }
    }
}
