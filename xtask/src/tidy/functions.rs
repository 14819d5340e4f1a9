//! Rules about functions: no body twice, no test that asserts nothing.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
};

/// Shortest body, in lines, that may not stand twice.
const BODY_LINES: usize = 7;

/// Line number and hash of the normalised body of every longer function.
pub(super) fn bodies(text: &str) -> Vec<(usize, u64)> {
    let lines: Vec<&str> = text.lines().collect();
    functions(&lines)
        .into_iter()
        .filter(|(start, end)| end - start > BODY_LINES)
        .map(|(start, end)| {
            let mut hasher = DefaultHasher::new();
            let body = lines.get(start + 1..end).unwrap_or_default();
            for line in body
                .iter()
                .map(|l| l.trim())
                .filter(|l| !l.starts_with("//"))
            {
                line.hash(&mut hasher);
            }
            (start + 1, hasher.finish())
        })
        .collect()
}

/// Complaints about tests whose body holds neither an assertion nor a call of a check; a test of
/// hostile input says in its name that it never panics.
pub(super) fn untested(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let is_test = |start: usize| {
        lines
            .get(start.saturating_sub(4)..start)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(|l| l.trim_start().starts_with("#["))
            .any(|l| l.trim() == "#[test]")
    };
    functions(&lines)
        .into_iter()
        .filter(|(start, _)| is_test(*start))
        .filter(|(start, end)| {
            let body = lines.get(*start..=*end).unwrap_or_default();
            let proves = [
                "assert",
                "check",
                "panic",
                "unwrap_err",
                "differential",
                "agree",
            ];
            !body
                .iter()
                .any(|line| proves.iter().any(|word| line.contains(word)))
        })
        .map(|(start, _)| format!("line {}: a test without an assertion", start + 1))
        .collect()
}

/// First and last line, from zero, of each function; rustfmt's layout makes the closing brace
/// stand under the first column of the opening line.
fn functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let is_function = [
            "fn ",
            "pub fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
            "const fn ",
        ]
        .iter()
        .any(|prefix| code.starts_with(prefix));
        if !is_function {
            continue;
        }
        let end = lines.iter().enumerate().skip(start).find(|(_, l)| {
            l.starts_with('}') && indent == 0
                || indent > 0 && l.trim() == "}" && l.len() - l.trim_start().len() == indent
        });
        if let Some((end, _)) = end {
            found.push((start, end));
        }
    }
    found
}
