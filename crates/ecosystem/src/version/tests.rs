//! Rows and laws of every version order.

use std::cmp::Ordering;

use super::{SCHEMES, Scheme};

/// The rows of a scheme: `a < b`, `a = b`, or `! a` for a text that is refused.
fn rows(scheme: &str) -> &'static str {
    match scheme {
        "apk" => include_str!("../../testdata/versions/apk.txt"),
        "Bitnami" => include_str!("../../testdata/versions/bitnami.txt"),
        "Composer" => include_str!("../../testdata/versions/composer.txt"),
        "CRAN" => include_str!("../../testdata/versions/cran.txt"),
        "dpkg" => include_str!("../../testdata/versions/deb.txt"),
        "Go" => include_str!("../../testdata/versions/golang.txt"),
        "Hackage" => include_str!("../../testdata/versions/hackage.txt"),
        "Julia" => include_str!("../../testdata/versions/julia.txt"),
        "Maven" => include_str!("../../testdata/versions/maven.txt"),
        "npm" => include_str!("../../testdata/versions/npm.txt"),
        "NuGet" => include_str!("../../testdata/versions/nuget.txt"),
        "PEP 440" => include_str!("../../testdata/versions/pep440.txt"),
        "pub" => include_str!("../../testdata/versions/pub.txt"),
        "rpm" => include_str!("../../testdata/versions/rpm.txt"),
        "RubyGems" => include_str!("../../testdata/versions/gem.txt"),
        "SemVer" => include_str!("../../testdata/versions/semver.txt"),
        other => panic!("{other} has no rows"),
    }
}

/// What a row claims and what is so, if they differ.
fn failure(scheme: &Scheme, line: &str) -> Option<String> {
    let order = |a, b| scheme.compare_text(a, b);
    let (claimed, found) = if let Some(refused) = line.strip_prefix('!') {
        let key = (scheme.key)(refused.trim_start());
        return key.map(|_| "is not refused".to_owned());
    } else if let Some((a, b)) = line.split_once(" < ") {
        (
            Ordering::Less,
            [order(a, b), order(b, a).map(Ordering::reverse)],
        )
    } else if let Some((a, b)) = line.split_once(" = ") {
        (Ordering::Equal, [order(a, b), order(b, a)])
    } else {
        return Some("is not a row".to_owned());
    };
    (found != [Some(claimed); 2]).then(|| format!("is {found:?}"))
}

#[test]
fn every_row_holds() {
    let mut failures = Vec::new();
    for scheme in SCHEMES {
        let lines: Vec<_> = rows(scheme.name)
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        assert!(lines.len() >= 5, "{} has too few rows", scheme.name);
        failures.extend(lines.iter().filter_map(|line| {
            Some(format!(
                "{}: {line} {}",
                scheme.name,
                failure(scheme, line)?
            ))
        }));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
