//! SPDX's list of licences, and expressions of them (SPDX 2.3, annex D).

use std::sync::LazyLock;

/// Identifiers of licences, sorted (the list as CycloneDX's schema `spdx.schema.json` has it).
const IDS: &str = include_str!("spdx_licenses.txt");
/// Identifiers of exceptions, sorted.
const EXCEPTIONS: &str = include_str!("spdx_exceptions.txt");

/// Longest expression that is taken apart.
const MAX_EXPRESSION: usize = 64 << 10;

/// Whether it is the identifier of a licence on SPDX's list.
pub(super) fn is_id(text: &str) -> bool {
    static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| IDS.lines().collect());
    SORTED.binary_search(&text).is_ok()
}

/// Whether it is an expression of licences on SPDX's list.
pub(super) fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut depth = 0_u32;
    let mut wants_operand = true;
    let mut words = spaced.split_whitespace();
    while let Some(word) = words.next() {
        match (word, wants_operand) {
            ("(", true) => depth += 1,
            (")", false) if depth > 0 => depth -= 1,
            ("AND" | "OR", false) => wants_operand = true,
            ("WITH", false) => {
                let is_exception = |word| EXCEPTIONS.lines().any(|id| id == word);
                if !words.next().is_some_and(is_exception) {
                    return false;
                }
            }
            (id, true) if is_id(id) => wants_operand = false,
            _ => return false,
        }
    }
    depth == 0 && !wants_operand
}

/// The parts that all hold: `A AND (B OR C)` falls into `A` and `B OR C`.
pub(super) fn conjuncts(expression: &str) -> Vec<String> {
    let expression = expression.trim();
    if expression.len() > MAX_EXPRESSION {
        return vec![expression.to_owned()];
    }
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for word in expression.split_inclusive(' ') {
        match (word.trim_end(), depth) {
            // What OR joins is no conjunction, since AND binds tighter.
            ("OR", 0) => return vec![expression.to_owned()],
            ("AND", 0) => parts.push(String::new()),
            _ => {
                for byte in word.bytes() {
                    depth += i32::from(byte == b'(') - i32::from(byte == b')');
                }
                if let Some(last) = parts.last_mut() {
                    last.push_str(word);
                }
            }
        }
    }
    let part = |part: &String| unwrap(part.trim()).to_owned();
    let parts = parts.iter().map(part);
    parts.filter(|part| !part.is_empty()).collect()
}

/// Without parentheses around the whole.
fn unwrap(part: &str) -> &str {
    let inner = part.strip_prefix('(').and_then(|p| p.strip_suffix(')'));
    let Some(inner) = inner else {
        return part;
    };
    let mut depth = 0_i32;
    for byte in inner.bytes() {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        if depth < 0 {
            return part;
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::{conjuncts, is_expression};

    #[test]
    fn expressions_are_told_from_words() {
        for (text, expected) in [
            ("MIT", true),
            ("MIT AND (Apache-2.0 OR GPL-2.0-only)", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", true),
            ("GPL-2.0-only WITH MIT", false),
            ("MIT Apache-2.0", false),
            ("MIT AND", false),
            ("(MIT", false),
            ("BSD License", false),
            ("", false),
        ] {
            assert_eq!(is_expression(text), expected, "{text}");
        }
    }

    #[test]
    fn conjunctions_fall_apart() {
        for (text, expected) in [
            ("MIT", &["MIT"][..]),
            ("MIT AND Zlib", &["MIT", "Zlib"]),
            ("MIT AND (Zlib OR X11)", &["MIT", "Zlib OR X11"]),
            ("(MIT AND Zlib) AND X11", &["MIT AND Zlib", "X11"]),
            ("(MIT) OR (X11)", &["(MIT) OR (X11)"]),
            ("MIT OR Zlib AND X11", &["MIT OR Zlib AND X11"]),
            ("", &[]),
        ] {
            assert_eq!(conjuncts(text), expected, "{text}");
        }
    }
}
