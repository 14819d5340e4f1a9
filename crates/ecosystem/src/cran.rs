//! R packages, by the `DESCRIPTION` file that installation leaves in a library.

use model::PurlType;

use crate::listing::Listing;
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Packages of CRAN and of repositories with the same layout.
pub static CRAN: Ecosystem = Ecosystem {
    purl_type: PurlType::new("cran"),
    title: "R packages",
    osv_name: Some("CRAN"),
    normalize_name: str::to_owned,
    scheme: &version::generic::CRAN,
    extractors: &[Extractor {
        name: "cran/description",
        version: 1,
        wants: is_description,
        magic: &[],
        extract,
    }],
};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// A library is a directory with one directory for each package (R Installation and
/// Administration, "Managing libraries"): `…/library/NAME/DESCRIPTION` or `…/site-library/…`.
fn is_description(file: &FileInfo<'_>) -> bool {
    let mut parts = file.path.rsplit('/');
    parts.next() == Some("DESCRIPTION")
        && parts.next().is_some()
        && parts
            .next()
            .is_some_and(|library| library.ends_with("library"))
}

/// Fields as in Debian control files. Only installation writes `Built`. Base packages are
/// part of R itself and have R's version.
fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let field = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.trim())
    };
    let mut listing = Listing::installed(&CRAN, input.file.path);
    if field("Built").is_none() || field("Priority") == Some("base") {
        return listing.finish();
    }
    match field("Package").zip(field("Version")) {
        Some((name, version)) => {
            if let Some(package) = listing.add(name, version) {
                package.licenses = field("License").map(str::to_owned).into_iter().collect();
            }
        }
        None => listing.problem("has no Package or no Version field"),
    }
    listing.finish()
}

#[cfg(test)]
mod tests {
    use super::CRAN;
    use crate::check::check_extract;

    #[test]
    fn installed_packages_were_built() {
        check_extract(
            &CRAN,
            "usr/lib/R/site-library/gh/DESCRIPTION",
            &[
                (
                    "installed",
                    b"Package: gh\nTitle: 'GitHub' 'API'\nVersion: 1.4.0\nDescription: Minimal\n    \
                      client: Version: 9\nLicense: MIT + file LICENSE\nBuilt: R 4.2.2; ; 2023-01-01\n",
                    &["gh 1.4.0 license=MIT + file LICENSE"],
                ),
                (
                    "part of R",
                    b"Package: stats\nVersion: 4.2.2\nPriority: base\nBuilt: R 4.2.2\n",
                    &[],
                ),
                ("source", b"Package: gh\nVersion: 1.4.0\n", &[]),
                (
                    "no version",
                    b"Package: gh\nBuilt: R 4.2.2\n",
                    &[
                        "! usr/lib/R/site-library/gh/DESCRIPTION: has no Package or no Version field",
                    ],
                ),
            ],
        );
    }
}
