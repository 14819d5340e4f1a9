//! The ignore file: which vulnerabilities a team has decided not to count, why and until when.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use findings::suppress::IgnoreRule;
use jiff::civil::Date;
use serde::Deserialize;

/// Looked for in the working directory if no file is named.
pub(crate) const DEFAULT: &str = ".lynkeus-ignore.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    ignore: Vec<toml::Spanned<Rule>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: Option<String>,
    package: Option<String>,
    version: Option<String>,
    path: Option<String>,
    until: Option<String>,
    reason: String,
}

/// The rules of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<IgnoreRule>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("read the ignore file {}", path.display()))?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, name: &str) -> Result<Vec<IgnoreRule>> {
    let document: Document =
        toml::from_str(text).with_context(|| format!("read the ignore file {name}"))?;
    let mut rules = Vec::with_capacity(document.ignore.len());
    for rule in document.ignore {
        let before = text.get(..rule.span().start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let place = format!("{name}:{line}");
        rules.push(checked(rule.into_inner(), place)?);
    }
    Ok(rules)
}

fn checked(rule: Rule, place: String) -> Result<IgnoreRule> {
    ensure!(
        !rule.reason.trim().is_empty(),
        "{place}: an ignore rule needs a reason"
    );
    ensure!(
        rule.id.is_some() || rule.package.is_some() || rule.path.is_some(),
        "{place}: an ignore rule needs an id, a package or a path",
    );
    if let Some(until) = &rule.until {
        let date: Date = until
            .parse()
            .with_context(|| format!("{place}: `until` must be a date such as 2026-12-31"))?;
        ensure!(
            date.to_string() == *until,
            "{place}: write `until` as {date}"
        );
    }
    Ok(IgnoreRule {
        id: rule.id,
        package: rule.package,
        version: rule.version,
        path: rule.path,
        until: rule.until,
        reason: rule.reason,
        place,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_rule_knows_its_line() {
        let text = "# ours\n[[ignore]]\nid = \"CVE-1\"\nreason = \"no\"\n\n\
                    [[ignore]]\npackage = \"a*\"\nuntil = \"2026-12-31\"\nreason = \"later\"\n";
        let rules = parse(text, "rules.toml").unwrap();
        let places: Vec<_> = rules.iter().map(|r| r.place.as_str()).collect();
        assert_eq!(places, ["rules.toml:2", "rules.toml:6"]);
    }

    #[test]
    fn careless_rules_are_refused() {
        for (text, expected) in [
            (
                "[[ignore]]\nid = \"CVE-1\"\nreason = \" \"\n",
                "needs a reason",
            ),
            ("[[ignore]]\nreason = \"all\"\n", "needs an id"),
            (
                "[[ignore]]\nid = \"C\"\nreason = \"x\"\nuntil = \"soon\"\n",
                "must be a date",
            ),
            (
                "[[ignore]]\nid = \"C\"\nreason = \"x\"\nuntl = \"2026-01-01\"\n",
                "unknown field",
            ),
        ] {
            let error = format!("{:#}", parse(text, "rules.toml").unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn damaged_files_never_panic() {
        let samples: [&[u8]; 4] = [
            b"# ours\n[[ignore]]\nid = \"CVE-1\"\nuntil = \"2026-12-31\"\nreason = \"later\"\n\
              [[ignore]]\npath = \"a/*\"\nreason = \"b\"\n",
            b"[[ignore]]\nid = 'GHSA-*'\npackage = \"openssl\"\nversion = \"3.0.11-1\"\n\
              path = \"opt/app/*\"\nuntil = \"2026-02-28\"\n\
              reason = \"\"\"\nthe module\n  is not loaded \\\n\"\"\"\n",
            b"ignore = [\n  { id = \"CVE-2023-12345\", reason = \"a\\u00e9\" },\n\
              { \"package\" = \"lib*\", reason = '''b''' }, # why\n]\n",
            b"\r\n[[ignore]]\r\nid=\"*\"\r\nreason=\"all\"\r\n",
        ];
        for sample in samples {
            parse(&String::from_utf8_lossy(sample), "rules.toml").unwrap();
        }
        let target = damage::Target {
            name: "app/ignore-file",
            samples: &samples,
            tokens: &[
                b"[[ignore]]\n",
                b"until = ",
                b"2026-02-30",
                b"\"\"\"",
                b"package = \"\"\n",
                b"until = 9999-12-31T23:59:60Z\n",
                b"ignore = [",
                b"{ id = \"*\", reason = \"x\" },",
                b"reason.a.b = 1\n",
                b"\\U0010ffff",
            ],
            cases: 500,
        };
        target.check(|bytes| {
            let rules = parse(&String::from_utf8_lossy(bytes), "rules.toml");
            if let Ok(rules) = &rules {
                assert!(rules.iter().all(|rule| !rule.reason.trim().is_empty()));
            }
            rules
                .map(|rules| rules.len())
                .map_err(|error| error.to_string())
        });
    }
}
