//! The order of Python versions (PEP 440, as `packaging.version` reads it).

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, push_text, start};

/// PEP 440. Texts outside of it have no key: pip and `packaging` have refused them since
/// version 22, and no order between them and proper versions is defined.
pub static PEP440: Scheme = Scheme {
    name: "PEP 440",
    key,
    compare: bytewise,
};

const END: u8 = 0;
const NUMBER: u8 = 1;

const SEPARATORS: &[u8] = b"._-";

const NO_PRE_BUT_DEV: u8 = 1;
const NO_PRE: u8 = 5;
/// Longer spellings stand before their beginnings.
const PRE: &[(&str, u8)] = &[
    ("alpha", 2),
    ("a", 2),
    ("beta", 3),
    ("b", 3),
    ("preview", 4),
    ("pre", 4),
    ("c", 4),
    ("rc", 4),
];
const POST: &[&str] = &["post", "rev", "r"];

const NO_POST: u8 = 0;
const IS_POST: u8 = 1;
const IS_DEV: u8 = 0;
const NO_DEV: u8 = 1;
const LOCAL_TEXT: u8 = 1;
const LOCAL_NUMBER: u8 = 2;

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let is_space = |c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c);
    let mut cursor = Cursor::new(version.trim_matches(is_space));
    cursor.eat_word("v");
    let mut first = cursor.digits()?;
    if cursor.eat("!") {
        push_number(&mut key, first);
        first = cursor.digits()?;
    } else {
        push_number(&mut key, "");
    }
    push_release(&mut key, first, &mut cursor);
    let pre = pre_release(&mut cursor);
    let post = post_release(&mut cursor);
    let dev = labelled(&mut cursor, &["dev"]).map(|(_, number)| number);
    match pre {
        Some((tag, number)) => {
            key.push(tag);
            push_number(&mut key, number);
        }
        None if post.is_none() && dev.is_some() => key.push(NO_PRE_BUT_DEV),
        None => key.push(NO_PRE),
    }
    match post {
        Some(number) => {
            key.push(IS_POST);
            push_number(&mut key, number);
        }
        None => key.push(NO_POST),
    }
    match dev {
        Some(number) => {
            key.push(IS_DEV);
            push_number(&mut key, number);
        }
        None => key.push(NO_DEV),
    }
    push_local(&mut key, &mut cursor)?;
    cursor.is_empty().then_some(key)
}

/// The release segment; zeros at its end do not count.
fn push_release(key: &mut VersionKey, first: &str, cursor: &mut Cursor<'_>) {
    let mut kept = key.len();
    let mut digits = first;
    loop {
        key.push(NUMBER);
        push_number(key, digits);
        if digits.bytes().any(|b| b != b'0') {
            kept = key.len();
        }
        let mut ahead = *cursor;
        if !ahead.eat(".") {
            break;
        }
        match ahead.digits() {
            Some(next) => digits = next,
            None => break,
        }
        *cursor = ahead;
    }
    key.truncate(kept);
    key.push(END);
}

fn pre_release<'a>(cursor: &mut Cursor<'a>) -> Option<(u8, &'a str)> {
    let mut ahead = *cursor;
    ahead.eat_any(SEPARATORS);
    let (_, tag) = PRE.iter().find(|(word, _)| ahead.eat_word(word))?;
    ahead.eat_any(SEPARATORS);
    *cursor = ahead;
    Some((*tag, cursor.digits().unwrap_or("")))
}

fn post_release<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut ahead = *cursor;
    if ahead.eat("-")
        && let Some(digits) = ahead.digits()
    {
        *cursor = ahead;
        return Some(digits);
    }
    labelled(cursor, POST).map(|(_, number)| number)
}

/// `[._-]?WORD[._-]?NUMBER?`
fn labelled<'a>(
    cursor: &mut Cursor<'a>,
    words: &[&'static str],
) -> Option<(&'static str, &'a str)> {
    let mut ahead = *cursor;
    ahead.eat_any(SEPARATORS);
    let word = words.iter().find(|word| ahead.eat_word(word))?;
    ahead.eat_any(SEPARATORS);
    *cursor = ahead;
    Some((word, cursor.digits().unwrap_or("")))
}

/// Words before numbers, and no local version before any.
fn push_local(key: &mut VersionKey, cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.eat("+") {
        loop {
            let part = cursor.run(u8::is_ascii_alphanumeric);
            if part.is_empty() {
                return None;
            }
            if is_number(part) {
                key.push(LOCAL_NUMBER);
                push_number(key, part);
            } else {
                key.push(LOCAL_TEXT);
                push_text(key, &part.to_ascii_lowercase());
            }
            if !cursor.eat_any(SEPARATORS) {
                break;
            }
        }
    }
    key.push(END);
    Some(())
}
