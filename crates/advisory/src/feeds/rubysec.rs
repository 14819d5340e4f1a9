//! The Ruby Advisory Database: one YAML file for each vulnerability of a gem.
//!
//! A version is affected if no requirement of `patched_versions` and `unaffected_versions` holds
//! it (ruby-advisory-db's `README.md`, "Schema").

use model::{Advisory, Affected, FixState, Problem};
use serde::Deserialize;

use super::constraint::Dialect;
use super::date;
use crate::feed::precedence;
use crate::{Document, Feed, Item, text};

/// The gems; vulnerabilities of Ruby itself have no namespace and are left out.
pub static RUBYSEC: Feed = Feed {
    name: "rubysec",
    publisher: "Ruby Advisory Database",
    license: "LicenseRef-Public-Domain",
    version: 1,
    urls: &["https://github.com/rubysec/ruby-advisory-db/archive/refs/heads/master.zip"],
    files: &["raw/ruby-advisory-db*", "rubysec/**"],
    precedence: precedence::ECOSYSTEM,
    parse,
};

const NAMESPACE: &str = "RubyGems";
/// Largest file, in bytes.
const LIMIT: u64 = 1 << 20;

#[derive(Debug, Deserialize)]
struct Record {
    gem: String,
    cve: Option<String>,
    ghsa: Option<String>,
    osvdb: Option<String>,
    url: Option<String>,
    title: Option<String>,
    date: Option<String>,
    description: Option<String>,
    #[serde(default)]
    patched_versions: Vec<String>,
    #[serde(default)]
    unaffected_versions: Vec<String>,
}

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let Some((_, file)) = path.rsplit_once("gems/") else {
        return;
    };
    let Some(stem) = file.strip_suffix(".yml") else {
        return;
    };
    let stem = stem.rsplit('/').next().unwrap_or(stem);
    let record = super::yaml::<Record>(document, LIMIT);
    emit(match record.and_then(|record| advisory(record, stem)) {
        Ok(advisory) => Item::Advisory(Box::new(advisory)),
        Err(what) => Item::Problem(Problem::new(path, what)),
    });
}

fn advisory(record: Record, stem: &str) -> Result<Advisory, String> {
    let gems = ecosystem::by_namespace(NAMESPACE).ok_or("no order of gem versions is known")?;
    let dialect = Dialect {
        scheme: gems.scheme,
        bump,
        successor: |version| Some(format!("{version}.0.0.1")),
    };
    let safe = record
        .patched_versions
        .iter()
        .chain(&record.unaffected_versions);
    let safe = safe
        .map(|requirement| dialect.all_of(requirement.split(',')))
        .collect::<Result<Vec<_>, _>>()?;
    let mut names = [
        ("CVE", record.cve),
        ("GHSA", record.ghsa),
        ("OSVDB", record.osvdb),
    ]
    .into_iter()
    .filter_map(|(prefix, number)| Some(format!("{prefix}-{}", number?)));
    let id = names.next().unwrap_or_else(|| stem.to_owned());
    let moment = record.date.as_deref().and_then(date::parse);
    Ok(Advisory {
        id,
        feed: RUBYSEC.name.to_owned(),
        aliases: names.collect(),
        title: record.title.as_deref().and_then(text::title),
        details: record.description.as_deref().and_then(text::details),
        published: moment,
        references: record.url.into_iter().collect(),
        affected: vec![Affected {
            namespace: NAMESPACE.to_owned(),
            name: (gems.normalize_name)(&record.gem),
            ranges: dialect.outside(safe)?,
            // A bound may come from an unaffected version, which is no fix.
            fix: if record.patched_versions.is_empty() {
                FixState::NotFixed
            } else {
                FixState::FromRanges
            },
            ..Affected::default()
        }],
        ..Advisory::default()
    })
}

/// `~> 5.2.4` holds what is before 5.3 and its pre-releases (`Gem::Version#bump`): the lowest of
/// those is `5.3.a`.
fn bump(version: &str) -> Option<String> {
    let mut numbers: Vec<u64> = version
        .split('.')
        .map_while(|segment| segment.parse().ok())
        .collect();
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.last_mut()?;
    *last = last.checked_add(1)?;
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    Some(format!("{}.a", numbers.join(".")))
}

#[cfg(test)]
mod tests {
    use super::RUBYSEC;
    use crate::check::check_feed;

    /// Requirements of actionpack/CVE-2020-8164.yml, fat_free_crm/CVE-2014-5441.yml,
    /// cocoapods-downloader/CVE-2022-24440.yml and others of 2022-08-22.
    #[test]
    fn requirements_become_the_ranges_between_them() {
        for (versions, expected) in [
            (
                "patched_versions:\n- \"~> 5.2.4, >= 5.2.4.3\"\n- '>= 6.0.3.1'\nunaffected_versions:\n- '< 4.0.0'",
                "  RubyGems x >=4.0.0,<5.2.4.3 >=5.3.a,<6.0.3.1",
            ),
            ("patched_versions: [\"> 3.0.4\"]", "  RubyGems x <=3.0.4"),
            (
                "unaffected_versions: [\"<= 0.11.0\"]\npatched_versions: ['>= 0.13.6', '~> 0.12.2']",
                "  RubyGems x >=0.11.0.0.0.1,<0.12.2 >=0.13.a,<0.13.6",
            ),
            (
                "patched_versions: ['= 1.6.0', '>= 1.6.2', '< 1.5']",
                "  RubyGems x >=1.5,<1.6.0 >=1.6.0.0.0.1,<1.6.2",
            ),
            ("date: 2020-01-01", "  RubyGems x * fix=NotFixed"),
            (
                "unaffected_versions: ['< 2']",
                "  RubyGems x >=2 fix=NotFixed",
            ),
        ] {
            let document =
                format!("---\ngem: x\ncve: 2020-8164\nghsa: 8727-m6gj-mc37\n{versions}\n");
            let lines = crate::check::feed_lines(&RUBYSEC, "gems/x/a.yml", document.as_bytes());
            assert_eq!(
                lines.get(1).map(String::as_str),
                Some(expected),
                "{versions}"
            );
            assert!(
                lines[0].starts_with("CVE-2020-8164 aliases=GHSA-8727-m6gj-mc37"),
                "{}",
                lines[0]
            );
        }
    }

    #[test]
    fn what_is_no_advisory_is_a_problem() {
        check_feed(
            &RUBYSEC,
            "gems/x/a.yml",
            b"gem: x\npatched_versions: ['!= 1']\n",
            &["! gems/x/a.yml: `!= 1` is no version constraint"],
        );
        check_feed(&RUBYSEC, "rubies/ruby/a.yml", b"engine: ruby", &[]);
        check_feed(&RUBYSEC, "gems/README.md", b"x", &[]);
    }
}
