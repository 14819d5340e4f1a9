//! The security advisories of `FriendsOfPHP`: one YAML file for each vulnerability of a
//! Composer package.
//!
//! Each branch gives the constraints that affected versions satisfy together (the repository's
//! `README.md`, "Contributing").

use std::collections::BTreeMap;

use model::{Advisory, Affected, Problem};
use serde::Deserialize;

use super::constraint::Dialect;
use crate::feed::precedence;
use crate::{Document, Feed, Item, text};

/// The advisories.
pub static FRIENDS_OF_PHP: Feed = Feed {
    name: "friendsofphp",
    publisher: "FriendsOfPHP Security Advisories",
    license: "Unlicense",
    version: 1,
    urls: &["https://github.com/FriendsOfPHP/security-advisories/archive/refs/heads/master.zip"],
    files: &["raw/FriendsOfPHP*", "friendsofphp/**"],
    precedence: precedence::CURATED,
    parse,
};

const NAMESPACE: &str = "Packagist";
/// Largest file, in bytes.
const LIMIT: u64 = 1 << 20;

#[derive(Debug, Deserialize)]
struct Record {
    title: Option<String>,
    link: Option<String>,
    cve: Option<String>,
    reference: String,
    branches: BTreeMap<String, Branch>,
}

#[derive(Debug, Deserialize)]
struct Branch {
    versions: Vec<String>,
}

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let Some(stem) = path.strip_suffix(".yaml") else {
        return;
    };
    // The repository's own workflows.
    if path.contains("/.") {
        return;
    }
    let stem = stem.rsplit('/').next().unwrap_or(stem);
    let record = super::yaml::<Record>(document, LIMIT);
    emit(match record.and_then(|record| advisory(record, stem)) {
        Ok(advisory) => Item::Advisory(Box::new(advisory)),
        Err(what) => Item::Problem(Problem::new(path, what)),
    });
}

fn advisory(record: Record, stem: &str) -> Result<Advisory, String> {
    let composer =
        ecosystem::by_namespace(NAMESPACE).ok_or("no order of Composer versions is known")?;
    let dialect = Dialect {
        scheme: composer.scheme,
        bump: |_| None,
        successor,
    };
    let name = record
        .reference
        .strip_prefix("composer://")
        .ok_or_else(|| format!("`{}` is no Composer package", record.reference))?;
    let mut ranges = Vec::new();
    for branch in record.branches.into_values() {
        let interval = dialect.all_of(branch.versions.iter().map(String::as_str))?;
        ranges.extend(dialect.range(interval)?);
    }
    Ok(Advisory {
        // Files without a CVE are named by date: unique within the package only.
        id: record
            .cve
            .filter(|cve| !cve.is_empty())
            .unwrap_or_else(|| format!("{name}/{stem}")),
        feed: FRIENDS_OF_PHP.name.to_owned(),
        title: record.title.as_deref().and_then(text::title),
        references: record.link.into_iter().collect(),
        affected: vec![Affected {
            namespace: NAMESPACE.to_owned(),
            name: (composer.normalize_name)(name),
            ranges,
            ..Affected::default()
        }],
        ..Advisory::default()
    })
}

/// Composer versions have at most four numbers.
fn successor(version: &str) -> Option<String> {
    let mut numbers = version
        .split('.')
        .map(|number| number.parse::<u64>().ok())
        .collect::<Option<Vec<_>>>()?;
    numbers.resize(numbers.len().max(4), 0);
    let last = numbers.last_mut()?;
    *last = last.checked_add(1)?;
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    Some(numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::FRIENDS_OF_PHP;
    use crate::check::check_feed;

    /// cakephp/cakephp/2015-08-06.yaml of 2026-08-06, shortened, and constraints of others.
    #[test]
    fn branches_become_ranges() {
        check_feed(
            &FRIENDS_OF_PHP,
            "x.tar.zst!/cakephp/cakephp/2015-08-06.yaml",
            b"title: Direct access\nlink: https://example.org\ncve: ~\nbranches:\n    2.0.x:\n        \
              time:     2015-08-06 22:08:00\n        versions: ['>=2.0.0', '<2.0.99']\n    5.x:\n        \
              time: ~\n        versions: ['>5.0.0', '<=5.5.44']\n    6.x:\n        time: ~\n        \
              versions: ['<7']\nreference: composer://cakephp/cakephp\n",
            &[
                "cakephp/cakephp/2015-08-06",
                "  Packagist cakephp/cakephp >=2.0.0,<2.0.99 >=5.0.0.1,<=5.5.44 <7",
            ],
        );
        check_feed(
            &FRIENDS_OF_PHP,
            "a.yaml",
            b"reference: npm://x\nbranches: {}\n",
            &["! a.yaml: `npm://x` is no Composer package"],
        );
    }
}
