//! What bulletins about RPM packages have in common.

use std::collections::{BTreeMap, BTreeSet};

use model::{Affected, FixState, Qualifiers, Range, RangeEnd};

/// The architecture that stands for source packages.
///
/// A statement whose only architecture is this one is about the source package of that name.
pub(crate) const SOURCE: &str = "src";

/// `epoch:version-release`, without an epoch that is empty or zero.
pub(crate) fn evr(epoch: &str, version: &str, release: &str) -> String {
    let mut evr = String::new();
    if !epoch.is_empty() && epoch.bytes().any(|b| b != b'0') {
        evr.push_str(epoch);
        evr.push(':');
    }
    evr.push_str(version);
    if !release.is_empty() {
        evr.push('-');
        evr.push_str(release);
    }
    evr
}

/// The version at which the branch of `evr` starts, `prefix` being the beginning of every
/// version of the branch, as `8.1` for `1:8.1.16-1`; none if the version does not start with it.
pub(crate) fn branch_start(evr: &str, prefix: &str) -> Option<String> {
    let (epoch, version) = evr.split_once(':').unwrap_or(("", evr));
    let rest = version.strip_prefix(prefix)?;
    if prefix.is_empty() || !rest.starts_with(['.', '-', '_', '~']) {
        return None;
    }
    Some(self::evr(epoch, prefix, ""))
}

/// The first affected version of a package of Oracle Linux, where one name stands for several
/// branches; none elsewhere.
///
/// `kernel-uek` of one system exists as 4.14, 5.4 and 5.15 (Unbreakable Enterprise Kernel release
/// notes), and packages that Ksplice can patch or that are validated for FIPS 140 are separate
/// builds with a raised epoch (`2:2.28-236.0.1.ksplice1.el8`, `10:1.1.1k-14.el8_6_fips`), which
/// ordinary builds never reach.
pub(crate) fn oracle_branch_start(namespace: &str, name: &str, evr: &str) -> Option<String> {
    if !namespace.starts_with("Oracle Linux:") {
        return None;
    }
    let (epoch, version) = evr.split_once(':').unwrap_or(("", evr));
    if name.starts_with("kernel-uek") {
        let minor = version.match_indices('.').nth(1)?.0;
        return branch_start(evr, version.get(..minor)?);
    }
    let special = version.contains(".ksplice") || version.contains("_fips");
    (special && !epoch.is_empty()).then(|| format!("{epoch}:0"))
}

/// What is said of a package, apart from where it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Statement {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) module: Option<String>,
    /// First affected version; none from the beginning.
    pub(crate) introduced: Option<String>,
    /// First version that is not affected any more; none if every later version is.
    pub(crate) fixed: Option<String>,
    pub(crate) fix: FixState,
}

/// Statements of one bulletin, each with the pairs of architecture and platform it holds for.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub(crate) struct Statements {
    places: BTreeMap<Statement, BTreeSet<(String, String)>>,
}

impl Statements {
    /// Adds a statement. An empty architecture or platform means all of them.
    pub(crate) fn add(&mut self, statement: Statement, arch: &str, platform: &str) {
        self.places
            .entry(statement)
            .or_default()
            .insert((arch.to_owned(), platform.to_owned()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// One entry for each statement and set of platforms, sorted by namespace and name.
    ///
    /// Architectures that share their platforms share an entry, so that no pair is implied
    /// which the bulletin does not have.
    pub(crate) fn affected(self) -> Vec<Affected> {
        let mut affected = Vec::new();
        for (statement, places) in self.places {
            let mut platforms_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (arch, platform) in places {
                platforms_of.entry(arch).or_default().insert(platform);
            }
            // Source packages are spoken of apart, under their own name.
            let mut arches_of: BTreeMap<(bool, BTreeSet<String>), Vec<String>> = BTreeMap::new();
            for (arch, platforms) in platforms_of {
                let key = (arch == SOURCE, platforms);
                arches_of.entry(key).or_default().push(arch);
            }
            for ((_, platforms), arches) in arches_of {
                affected.push(entry(&statement, arches, platforms));
            }
        }
        affected
    }
}

fn entry(statement: &Statement, mut arches: Vec<String>, platforms: BTreeSet<String>) -> Affected {
    if arches.iter().any(String::is_empty) {
        arches.clear();
    }
    let platforms = if platforms.contains("") {
        Vec::new()
    } else {
        platforms.into_iter().collect()
    };
    Affected {
        namespace: statement.namespace.clone(),
        name: statement.name.clone(),
        ranges: match (&statement.fixed, statement.fix) {
            (_, FixState::NotAffected) => Vec::new(),
            (fixed, _) => vec![Range {
                introduced: statement.introduced.clone(),
                end: fixed.clone().map_or(RangeEnd::Open, RangeEnd::Fixed),
            }],
        },
        versions: Vec::new(),
        fix: statement.fix,
        severity: None,
        qualifiers: Qualifiers {
            arches,
            module: statement.module.clone(),
            platforms,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{branch_start, evr, oracle_branch_start};

    #[test]
    fn a_branch_starts_with_its_prefix() {
        for (evr, prefix, start) in [
            ("5.15.43-20.123.amzn2", "5.15", Some("5.15")),
            ("3:10.5.16-1", "10.5", Some("3:10.5")),
            ("14-1", "14", Some("14")),
            ("5.15.43-20", "5.1", None),
            ("20.10.4-1", "", None),
        ] {
            assert_eq!(branch_start(evr, prefix).as_deref(), start, "{evr}");
        }
    }

    #[test]
    fn branches_of_oracle_linux() {
        let start = |name, evr| oracle_branch_start("Oracle Linux:8", name, evr);
        assert_eq!(
            start("kernel-uek", "5.15.0-101.103.2.1.el8uek").as_deref(),
            Some("5.15")
        );
        assert_eq!(
            start("glibc", "2:2.28-236.0.1.ksplice1.el8").as_deref(),
            Some("2:0")
        );
        assert_eq!(start("bind", "32:9.11.36-8.el8"), None);
        assert_eq!(
            oracle_branch_start("Red Hat:8", "kernel-uek", "5.15.0-1"),
            None
        );
    }

    #[test]
    fn epochs_of_zero_are_left_out() {
        assert_eq!(evr("0", "1.2", "3"), "1.2-3");
        assert_eq!(evr("", "1.2", ""), "1.2");
        assert_eq!(evr("10", "1.2", "3"), "10:1.2-3");
    }
}
