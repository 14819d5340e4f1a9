//! The order of Maven versions (`ComparableVersion` of Maven 3.8.7; POM Reference, "Version Order
//! Specification").

use std::cmp::Ordering;

use super::{Scheme, VersionKey, push_number, push_text, start};

/// Maven's order. It is not transitive for some odd texts (a number, a missing part and a
/// qualifier compare in a circle), so keys hold Maven's items and compare by its rules.
pub static MAVEN: Scheme = Scheme {
    name: "Maven",
    key,
    compare,
};

const END: u8 = 0;
/// Opens a list that holds everything after it: Maven's lists nest only at their ends.
const LIST: u8 = 1;
/// A qualifier: its rank, and its text if the rank is `UNKNOWN`.
const QUALIFIER: u8 = 2;
const NUMBER: u8 = 3;

const RELEASE: u8 = 5;
const UNKNOWN: u8 = 7;

fn rank(qualifier: &str, before_digit: bool) -> u8 {
    match qualifier {
        "a" if before_digit => 0,
        "b" if before_digit => 1,
        "m" if before_digit => 2,
        "alpha" => 0,
        "beta" => 1,
        "milestone" => 2,
        "rc" | "cr" => 3,
        "snapshot" => 4,
        "" | "ga" | "final" | "release" => RELEASE,
        "sp" => 6,
        _ => UNKNOWN,
    }
}

/// Writes items, leaving out those that equal nothing at the end of each list.
struct Writer {
    key: VersionKey,
    /// End of the last item that counts.
    kept: usize,
    /// The same within the innermost list.
    kept_in_list: usize,
    list_is_empty: bool,
}

impl Writer {
    fn item(&mut self, text: &str, is_digits: bool, before_digit: bool) {
        self.list_is_empty = false;
        let counts = if is_digits {
            self.key.push(NUMBER);
            push_number(&mut self.key, text);
            text.bytes().any(|b| b != b'0')
        } else {
            let rank = rank(text, before_digit);
            self.key.extend([QUALIFIER, rank]);
            if rank == UNKNOWN {
                push_text(&mut self.key, text);
            }
            rank != RELEASE
        };
        if counts {
            self.kept = self.key.len();
            self.kept_in_list = self.kept;
        }
    }

    fn list(&mut self) {
        self.key.truncate(self.kept_in_list);
        self.key.push(LIST);
        self.kept_in_list = self.key.len();
        self.list_is_empty = true;
    }

    /// A qualifier behind a dot counts as if behind a dash (MNG-7644).
    fn qualifier_list(&mut self) {
        if !self.list_is_empty {
            self.list();
        }
    }
}

fn key(version: &str) -> Option<VersionKey> {
    let lower;
    let version = if version
        .bytes()
        .any(|b| b.is_ascii_uppercase() || !b.is_ascii())
    {
        lower = version.to_lowercase();
        &lower
    } else {
        version
    };
    let mut writer = Writer {
        key: start(version)?,
        kept: 0,
        kept_in_list: 0,
        list_is_empty: true,
    };
    let mut is_digits = false;
    let mut from = 0;
    for (at, byte) in version.bytes().enumerate() {
        let text = version.get(from..at).unwrap_or("");
        match byte {
            b'.' | b'-' => {
                if text.is_empty() {
                    writer.item("0", true, false);
                } else {
                    writer.item(text, is_digits, false);
                }
                from = at + 1;
                if byte == b'-' {
                    writer.list();
                }
            }
            b'0'..=b'9' => {
                if !is_digits && !text.is_empty() {
                    writer.qualifier_list();
                    writer.item(text, false, true);
                    writer.list();
                    from = at;
                }
                is_digits = true;
            }
            _ => {
                if is_digits && !text.is_empty() {
                    writer.item(text, true, false);
                    writer.list();
                    from = at;
                }
                is_digits = false;
            }
        }
    }
    let text = version.get(from..).unwrap_or("");
    if !text.is_empty() {
        if !is_digits {
            writer.qualifier_list();
        }
        writer.item(text, is_digits, false);
    }
    let Writer { mut key, kept, .. } = writer;
    key.truncate(kept);
    key.push(END);
    Some(key)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item<'a> {
    End,
    List,
    /// Rank and text.
    Qualifier(u8, &'a [u8]),
    /// As [`push_number`] writes it.
    Number(&'a [u8]),
}

/// The first item of a key and what follows it.
fn next(key: &[u8]) -> (Item<'_>, &[u8]) {
    let nothing = (Item::End, key);
    match key {
        [LIST, rest @ ..] => (Item::List, rest),
        [QUALIFIER, UNKNOWN, rest @ ..] => {
            let mut parts = rest.splitn(2, |b| *b == 0);
            let text = parts.next().unwrap_or_default();
            (
                Item::Qualifier(UNKNOWN, text),
                parts.next().unwrap_or_default(),
            )
        }
        [QUALIFIER, rank, rest @ ..] => (Item::Qualifier(*rank, &[]), rest),
        [NUMBER, rest @ ..] => {
            let length = match rest {
                [0xff, a, b, c, d, ..] => {
                    usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(0) + 5
                }
                [length, ..] => usize::from(*length) + 1,
                [] => 0,
            };
            rest.split_at_checked(length)
                .map_or(nothing, |(number, rest)| (Item::Number(number), rest))
        }
        _ => nothing,
    }
}

fn compare(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (left, left_rest) = next(a);
        let (right, right_rest) = next(b);
        let order = match (left, right) {
            (Item::End, Item::End) => return Ordering::Equal,
            (_, Item::End) => return against_nothing(a),
            (Item::End, _) => return against_nothing(b).reverse(),
            (Item::List, Item::List) => Ordering::Equal,
            (Item::Number(left), Item::Number(right)) => left.cmp(right),
            (Item::Qualifier(rank, text), Item::Qualifier(other, other_text)) => {
                (rank, text).cmp(&(other, other_text))
            }
            (Item::Number(_), _) | (Item::List, Item::Qualifier(..)) => return Ordering::Greater,
            (Item::Qualifier(..) | Item::List, _) => return Ordering::Less,
        };
        if order.is_ne() {
            return order;
        }
        (a, b) = (left_rest, right_rest);
    }
}

/// The order of what one version has more than the other: its first item that counts decides
/// (MNG-6964).
fn against_nothing(mut key: &[u8]) -> Ordering {
    loop {
        let (item, rest) = next(key);
        match item {
            Item::End => return Ordering::Equal,
            Item::List | Item::Number([0]) | Item::Qualifier(RELEASE, _) => {}
            Item::Number(_) => return Ordering::Greater,
            Item::Qualifier(rank, _) => return rank.cmp(&RELEASE),
        }
        key = rest;
    }
}
