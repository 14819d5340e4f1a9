//! The name and version in a jar's file name: `artifact-version[-classifier]`.

/// Words that continue a version after a dash.
const QUALIFIERS: [&str; 22] = [
    "alpha",
    "beta",
    "milestone",
    "m",
    "rc",
    "cr",
    "snapshot",
    "ga",
    "final",
    "release",
    "sp",
    "jre",
    "android",
    "incubating",
    "redhat",
    "jbossorg",
    "jboss",
    "build",
    "b",
    "v",
    "pre",
    "dev",
];

/// Splits a file name without its extension.
///
/// The version ends with the last part that starts with a digit, or a qualifier after it; it
/// begins as many parts before as are numbers or qualifiers. So `log4j-1.2-api-2.14.1` is
/// `log4j-1.2-api` at `2.14.1`, and `guava-31.1-jre` is `guava` at `31.1-jre`. What follows
/// the version is a classifier. Bundles separate with `_` (`org.eclipse.osgi_3.17.0`).
pub(super) fn split(stem: &str) -> (&str, Option<&str>) {
    if let Some((name, version)) = stem.rsplit_once('_')
        && name.contains('.')
        && is_number(version)
        && version.matches('.').count() >= 2
    {
        return (name, Some(version));
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for part in stem.split('-') {
        parts.push((at, part));
        at += part.len() + 1;
    }
    let numbers = parts.iter().rposition(|(_, part)| is_number(part));
    let Some(last) = numbers.filter(|last| *last > 0) else {
        return (stem, None);
    };
    let belongs = |(_, part): &&(usize, &str)| is_number(part) || is_qualifier(part);
    let back = parts.iter().take(last).rev().take_while(belongs).count();
    let first = parts
        .iter()
        .enumerate()
        .skip((last - back).max(1))
        .find(|(_, (_, part))| is_number(part));
    let behind = parts.iter().skip(last + 1);
    let end = behind
        .take_while(|(_, part)| is_qualifier(part))
        .last()
        .or(parts.get(last))
        .map_or(stem.len(), |(at, part)| at + part.len());
    let version = first.and_then(|(_, (start, _))| Some((*start, stem.get(*start..end)?)));
    version.map_or((stem, None), |(start, version)| {
        let name = stem.get(..start.saturating_sub(1)).unwrap_or(stem);
        (name, Some(version))
    })
}

fn is_number(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit())
}

/// A qualifier, with or without a number: `rc1`, `SNAPSHOT`, `redhat`.
fn is_qualifier(part: &str) -> bool {
    let word = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    !word.is_empty() && QUALIFIERS.iter().any(|q| word.eq_ignore_ascii_case(q))
}
