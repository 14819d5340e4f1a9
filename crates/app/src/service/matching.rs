//! What the store must know of matching, answered from an advisory database.

use advisory::database::Database;
use detect::Options;
use model::{Inventory, OperatingSystem, Package};
use sha2::{Digest as _, Sha256};
use store::content::{Matching, VersionMatches};

use crate::pipeline;

/// Matches package versions against a database.
pub(crate) struct Matcher<'a, B> {
    pub(crate) database: &'a Database<B>,
    /// Whether declared packages count: in a project they are what it is about.
    pub(crate) declared: bool,
    /// Whether the packages are those of a container.
    pub(crate) container: bool,
}

impl<B> Matcher<'_, B> {
    fn options(&self) -> Options {
        Options {
            declared: self.declared,
            container: self.container,
            idle_kernels: false,
        }
    }
}

impl<B: AsRef<[u8]>> Matching for Matcher<'_, B> {
    fn is_matched(&self, package: &Package, os: Option<&OperatingSystem>) -> bool {
        detect::skipped(package, os, self.options()).is_none()
    }

    fn names(&self, package: &Package, os: Option<&OperatingSystem>) -> Vec<(String, String)> {
        detect::names(package, os, self.options())
    }

    fn matches(&self, packages: &[Package], os: Option<&OperatingSystem>) -> Vec<VersionMatches> {
        let inventory = Inventory {
            os: os.cloned(),
            packages: packages.to_vec(),
            ..Inventory::default()
        };
        let detections = detect::packages(&inventory, self.database, self.options());
        let (matched, known) = pipeline::attach(self.database, detections);
        let mut found: Vec<Vec<(&str, Sha256)>> = vec![Vec::new(); packages.len()];
        for one in &matched {
            let Some(of_package) = found.get_mut(one.detection.package) else {
                continue;
            };
            let ids = one.vulnerabilities.iter().filter_map(|n| known.get(n));
            for known in ids.filter(|known| !known.facts.rejected) {
                let id = known.facts.id.as_str();
                let place = of_package.iter().position(|(other, _)| *other == id);
                let place = place.unwrap_or_else(|| {
                    of_package.push((id, Sha256::new()));
                    of_package.len() - 1
                });
                if let Some((_, hash)) = of_package.get_mut(place) {
                    let (advisory, detection) = (&one.advisory, &one.detection);
                    hash.update(format!("{advisory:?} {:?}", detection.reason));
                    hash.update(format!("{:?} {:?}", detection.fixed_version, detection.fix));
                }
            }
        }
        found
            .into_iter()
            .map(|of_package| {
                let entry = |(id, hash): (&str, Sha256)| {
                    (
                        id.to_owned(),
                        hash.finalize().iter().copied().take(16).collect(),
                    )
                };
                of_package.into_iter().map(entry).collect()
            })
            .collect()
    }
}
