//! Composer packages: what Composer installed into a vendor directory, and lock files.
//!
//! `vendor/composer/installed.json` is Composer's record of what it installed; `composer.lock`
//! declares, unless it lies inside an installed package, whose authors it served.

use model::PurlType;
use serde::Deserialize;

use crate::lenient::{Licenses, List, Object, Text, json_object, json_value};
use crate::listing::Listing;
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Packages of Packagist.
pub static COMPOSER: Ecosystem = Ecosystem {
    purl_type: PurlType::new("composer"),
    title: "Composer packages",
    osv_name: Some("Packagist"),
    normalize_name: str::to_lowercase,
    scheme: &version::composer::COMPOSER,
    extractors: &[
        Extractor {
            name: "composer/installed",
            version: 1,
            wants: is_installed,
            magic: &[],
            extract: extract_installed,
        },
        Extractor {
            name: "composer/lock",
            version: 1,
            wants: is_lock,
            magic: &[],
            extract: extract_lock,
        },
    ],
};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 32 << 20;

/// The vendor directory's own name is configurable (`vendor-dir`).
fn is_installed(file: &FileInfo<'_>) -> bool {
    file.path.ends_with("/composer/installed.json")
}

fn is_lock(file: &FileInfo<'_>) -> bool {
    file.is_named("composer.lock") && file.path.rsplit('/').nth(3) != Some("vendor")
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Document {
    packages: List<Object<Entry>>,
    #[serde(rename = "packages-dev")]
    packages_dev: List<Object<Entry>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    name: Text,
    version: Text,
    license: Licenses,
}

/// Composer 1 wrote a list, Composer 2 an object that holds the list.
fn extract_installed(input: &mut Input<'_>) -> Extracted {
    let path = input.file.path;
    let listing = Listing::installed(&COMPOSER, path);
    extract(input, listing, |bytes| {
        let start = bytes.iter().find(|b| !b.is_ascii_whitespace());
        if start == Some(&b'[') {
            let packages = json_value(bytes)?;
            return Ok(Document {
                packages,
                ..Document::default()
            });
        }
        json_object(bytes)
    })
}

fn extract_lock(input: &mut Input<'_>) -> Extracted {
    let path = input.file.path;
    extract(input, Listing::declared(&COMPOSER, path), json_object)
}

fn extract(
    input: &mut Input<'_>,
    mut listing: Listing<'_>,
    read: fn(&[u8]) -> Result<Document, String>,
) -> Extracted {
    let document = match input.bytes(LIMIT).map(|bytes| read(&bytes)) {
        Ok(Ok(document)) => document,
        Ok(Err(what)) => {
            listing.problem_with(|| what);
            return listing.finish();
        }
        Err(problem) => return Extracted::problem(problem),
    };
    let List(packages) = document.packages;
    for Object(entry) in packages.into_iter().chain(document.packages_dev.0) {
        let entry = entry.unwrap_or_default();
        match (entry.name.as_str(), entry.version.as_str()) {
            (Some(name), Some(version)) => listing.add_licensed(name, version, &entry.license.0),
            (Some(name), None) => listing.problem_with(|| format!("{name:?} has no version")),
            (None, _) => listing.problem_with(|| "a package has no name".to_owned()),
        }
    }
    listing.finish()
}

#[cfg(test)]
mod tests {
    use super::COMPOSER;
    use crate::check::{check_extract, check_wanted};
    use crate::damage::check_damaged;

    #[test]
    fn damaged_files_are_survived() {
        let version_1 =
            br#"[{"name":"Monolog/Monolog","version":"1.0.2","license":["MIT","BSD"]}]"#;
        let version_2 =
            br#"{"packages":[{"name":"a/b","version":"v1.0.2","license":"MIT"}],"dev":true}"#;
        let lock =
            br#"{"packages":[{"name":"a/b","version":"1"}],"packages-dev":[{"name":"c/d"}]}"#;
        check_damaged(
            &COMPOSER,
            &[
                ("app/vendor/composer/installed.json", version_1),
                ("app/vendor/composer/installed.json", version_2),
                ("composer.lock", lock),
            ],
        );
    }

    #[test]
    fn paths() {
        check_wanted(
            &COMPOSER,
            &[
                ("app/vendor/composer/installed.json", true),
                ("app/libraries/composer/installed.json", true),
                ("app/installed.json", false),
                ("composer.lock", true),
                ("vendor/app/composer.lock", true),
                ("app/vendor/a/b/composer.lock", false),
            ],
        );
    }

    #[test]
    fn installed() {
        check_extract(
            &COMPOSER,
            "app/vendor/composer/installed.json",
            &[
                (
                    "Composer 1",
                    br#"[{"name":"Monolog/Monolog","version":"1.0.2","license":["MIT","BSD-3-Clause"]}]"#,
                    &["monolog/monolog 1.0.2 license=MIT license=BSD-3-Clause"],
                ),
                (
                    "Composer 2",
                    br#"{"packages":[{"name":"a/b","version":"v1.0.2","version_normalized":"1.0.2.0"},
                        {"name":"c/d"},{"version":"1"},7],"dev":true,"dev-package-names":[]}"#,
                    &[
                        "a/b v1.0.2",
                        "! app/vendor/composer/installed.json: \"c/d\" has no version",
                        "! app/vendor/composer/installed.json: a package has no name",
                    ],
                ),
            ],
        );
    }

    #[test]
    fn lock() {
        check_extract(
            &COMPOSER,
            "composer.lock",
            &[
                (
                    "development packages too",
                    br#"{"packages":[{"name":"a/b","version":"1.0.0","license":"MIT"}],
                        "packages-dev":[{"name":"c/d","version":"dev-main"}],"aliases":[]}"#,
                    &["a/b 1.0.0 declared license=MIT", "c/d dev-main declared"],
                ),
                (
                    "cut off",
                    b"{\"packages\":[",
                    &[
                        "! composer.lock: not the expected JSON: EOF while parsing a list at line 1 column 13",
                    ],
                ),
            ],
        );
    }
}
