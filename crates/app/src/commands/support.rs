//! `lynkeus support`: what can be read and matched, straight from the lists that the code uses.

use std::{
    fmt::{self, Write as _},
    io::{self, Write as _},
};

use advisory::FEEDS;
use anyhow::{Context as _, Result};
use ecosystem::{
    ECOSYSTEMS,
    os_release::{DISTRIBUTIONS, Distribution},
};
use model::OperatingSystem;

/// Prints the tables.
pub(crate) fn run() -> Result<bool> {
    let tables = tables().context("format the tables")?;
    io::stdout()
        .lock()
        .write_all(tables.as_bytes())
        .context("write to standard output")?;
    Ok(true)
}

/// Markdown tables of ecosystems, operating systems and feeds.
pub(crate) fn tables() -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(
        out,
        "| packages | purl type | advisories | version order | read from |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for ecosystem in ECOSYSTEMS {
        let extractors: Vec<_> = ecosystem
            .extractors
            .iter()
            .map(|extractor| format!("`{}`", extractor.name))
            .collect();
        writeln!(
            out,
            "| {} | `{}` | {} | {} | {} |",
            ecosystem.title,
            ecosystem.purl_type,
            ecosystem.osv_name.unwrap_or("by operating system"),
            ecosystem.scheme.name,
            extractors.join(", "),
        )?;
    }
    writeln!(
        out,
        "\n| operating system | advisories | packages | known releases with end of life |"
    )?;
    writeln!(out, "|---|---|---|---|")?;
    for distribution in DISTRIBUTIONS {
        let releases: Vec<_> = distribution
            .end_of_life
            .iter()
            .map(|(release, _)| *release)
            .filter(|release| !release.is_empty())
            .collect();
        writeln!(
            out,
            "| {} | `{}` | {} | {} |",
            distribution.title,
            distribution.osv_name,
            distribution.purl_type,
            match releases.as_slice() {
                [] if is_rolling(distribution) => "rolling".to_owned(),
                [] => "none".to_owned(),
                releases => releases.join(", "),
            },
        )?;
    }
    writeln!(out, "\n| feed | publisher | licence |")?;
    writeln!(out, "|---|---|---|")?;
    for feed in FEEDS {
        writeln!(
            out,
            "| `{}` | {} | {} |",
            feed.name, feed.publisher, feed.license
        )?;
    }
    Ok(out)
}

/// Whether the number of a release makes no difference to its advisories.
fn is_rolling(distribution: &Distribution) -> bool {
    let release = |version: &str| {
        (distribution.release)(&OperatingSystem {
            id: distribution.id.to_owned(),
            version_id: version.to_owned(),
            ..OperatingSystem::default()
        })
    };
    release("1.0") == release("2.0")
}

#[cfg(test)]
mod tests {
    use super::tables;

    #[test]
    fn the_support_page_is_what_the_code_supports() {
        let page = include_str!("../../../../docs/support.md");
        let generated = tables().unwrap();
        assert!(
            page.ends_with(&generated),
            "docs/support.md is out of date: run `cargo xtask docs`",
        );
    }
}
