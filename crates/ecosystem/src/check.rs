//! The harness that every extractor's rows go through.

use std::io::Cursor;

use model::{Evidence, OperatingSystem, Package};

use crate::damage::check_row;
use crate::{Ecosystem, Extractor, FileInfo, Input};

/// One row: what the case is, the file's content, and the expected lines.
///
/// A package is `name version`, then in this order where set: `arch=`, `source=name@version`,
/// `module=`, `declared`, `license=` each, `at=path` each, `key=value` for properties.
/// `! text` is a problem, `owns package: path path` files. An operating system is
/// `os id version 'pretty name'`, then where set `like=` each, `codename=`, `variant=`, `cpe=`.
pub(crate) type Row<'a> = (&'a str, &'a [u8], &'a [&'a str]);

/// Runs every extractor of `ecosystem` that wants `path` over each row.
pub(crate) fn check_extract(ecosystem: &Ecosystem, path: &str, rows: &[Row<'_>]) {
    check_extractors(ecosystem.extractors, path, rows);
}

/// Runs every extractor that wants `path` over each row, and over damaged copies of its content.
pub(crate) fn check_extractors(extractors: &[Extractor], path: &str, rows: &[Row<'_>]) {
    for (what, content, expected) in rows {
        let lines = extractor_lines(extractors, path, content);
        assert_eq!(lines, *expected, "{what} ({path})");
        check_row(extractors, path, content);
    }
}

/// Checks which paths some extractor of `ecosystem` wants.
pub(crate) fn check_wanted(ecosystem: &Ecosystem, rows: &[(&str, bool)]) {
    for (path, expected) in rows {
        let file = FileInfo {
            path,
            size: 1,
            mode: 0o644,
        };
        let wanted = ecosystem.extractors.iter().any(|e| (e.wants)(&file));
        assert_eq!(wanted, *expected, "{path}");
    }
}

/// `name version` of each package in a file without problems, sorted.
pub(crate) fn extracted_names(ecosystem: &Ecosystem, path: &str, content: &[u8]) -> Vec<String> {
    let lines = extractor_lines(ecosystem.extractors, path, content);
    let mut names: Vec<_> = lines
        .iter()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    names.sort();
    names
}

fn extractor_lines(extractors: &[Extractor], path: &str, content: &[u8]) -> Vec<String> {
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o755,
    };
    let mut lines = Vec::new();
    let mut wanted = false;
    for extractor in extractors {
        if !(extractor.wants)(&file)
            || (!extractor.magic.is_empty()
                && !extractor.magic.iter().any(|m| content.starts_with(m)))
        {
            continue;
        }
        wanted = true;
        let mut reader = Cursor::new(content);
        let extracted = (extractor.extract)(&mut Input {
            file,
            content: &mut reader,
        });
        lines.extend(extracted.packages.iter().map(line));
        lines.extend(extracted.os.iter().map(os_line));
        for owned in &extracted.owned {
            lines.push(format!("owns {}: {}", owned.package, owned.paths.join(" ")));
        }
        lines.extend(extracted.problems.iter().map(|p| format!("! {p}")));
    }
    assert!(wanted, "none of {extractors:?} wants {path}");
    lines
}

fn os_line(os: &OperatingSystem) -> String {
    let mut line = format!("os {} {} '{}'", os.id, os.version_id, os.pretty_name);
    let fields = os.id_like.iter().map(|like| ("like", like)).chain(
        [
            ("codename", &os.codename),
            ("variant", &os.variant),
            ("cpe", &os.cpe),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?))),
    );
    for (name, value) in fields {
        line = format!("{line} {name}={value}");
    }
    line
}

fn line(package: &Package) -> String {
    let mut line = format!("{} {}", package.name, package.version);
    let mut word = |text: String| {
        line.push(' ');
        line.push_str(&text);
    };
    if let Some(arch) = &package.arch {
        word(format!("arch={arch}"));
    }
    if let Some(source) = &package.source {
        word(format!("source={}@{}", source.name, source.version));
    }
    if let Some(module) = &package.module {
        word(format!("module={module}"));
    }
    if package.evidence == Evidence::Declared {
        word("declared".to_owned());
    }
    for license in &package.licenses {
        word(format!("license={license}"));
    }
    for location in &package.locations {
        word(format!("at={}", location.path));
    }
    for (key, value) in &package.properties {
        word(format!("{key}={value}"));
    }
    line
}
