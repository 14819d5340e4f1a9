//! What bulletins about RPM packages have in common.

use std::collections::{BTreeMap, BTreeSet};

use model::{Affected, FixState, Qualifiers, Range, RangeEnd};

use super::severity;

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

/// An EVR in one text, with an epoch of zero taken off.
pub(crate) fn normal_evr(text: &str) -> &str {
    match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|b| b == b'0') => rest,
        _ => text,
    }
}

/// What is said of a package, apart from where it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Statement {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) module: Option<String>,
    /// First affected version; none from the beginning.
    pub(crate) introduced: Option<String>,
    pub(crate) end: End,
    pub(crate) fix: FixState,
    /// The publisher's severity word, if it is not the one of the whole bulletin.
    pub(crate) severity: Option<String>,
}

impl Statement {
    fn subject(&self) -> (String, String, Option<String>) {
        (
            self.namespace.clone(),
            self.name.clone(),
            self.module.clone(),
        )
    }
}

/// Where the affected versions end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// First version that is not affected any more.
    Fixed(String),
    LastAffected(String),
    Open,
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
    ///
    /// Where one place has both a fix and the word that all versions or none are affected, the
    /// fix counts: SUSE says so of a service pack and of its longer support apart.
    pub(crate) fn affected(mut self) -> Vec<Affected> {
        let fixed: BTreeSet<_> = self
            .places
            .iter()
            .filter(|(statement, _)| matches!(statement.end, End::Fixed(_)))
            .flat_map(|(statement, places)| {
                places
                    .iter()
                    .map(|(_, platform)| (statement.subject(), platform.clone()))
            })
            .collect();
        for (statement, places) in &mut self.places {
            if !matches!(statement.end, End::Fixed(_)) {
                let subject = statement.subject();
                places
                    .retain(|(_, platform)| !fixed.contains(&(subject.clone(), platform.clone())));
            }
        }
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
        ranges: if statement.fix == FixState::NotAffected {
            Vec::new()
        } else {
            vec![Range {
                introduced: statement.introduced.clone(),
                end: match &statement.end {
                    End::Fixed(version) => RangeEnd::Fixed(version.clone()),
                    End::LastAffected(version) => RangeEnd::LastAffected(version.clone()),
                    End::Open => RangeEnd::Open,
                },
            }]
        },
        versions: Vec::new(),
        fix: statement.fix,
        severity: statement.severity.as_deref().and_then(severity::vendor),
        qualifiers: Qualifiers {
            arches,
            module: statement.module.clone(),
            platforms,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{
        End, FixState, Statement, Statements, branch_start, evr, normal_evr, oracle_branch_start,
    };

    #[test]
    fn a_fix_counts_before_all_versions() {
        let statement = |end, fix| Statement {
            namespace: "SUSE:Linux Enterprise Server 15 SP1".to_owned(),
            name: "curl".to_owned(),
            module: None,
            introduced: None,
            end,
            fix,
            severity: None,
        };
        let mut statements = Statements::default();
        let fixed = End::Fixed("7.60.0-150000.51.1".to_owned());
        statements.add(statement(fixed, FixState::FromRanges), "x86_64", "");
        statements.add(statement(End::Open, FixState::NotFixed), "", "");
        statements.add(statement(End::Open, FixState::NotFixed), "", "other");
        let affected = statements.affected();
        assert_eq!(affected.len(), 2);
        assert_eq!(affected[1].qualifiers.platforms, ["other"]);
    }

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
        assert_eq!(normal_evr("0:1.2-3"), "1.2-3");
        assert_eq!(normal_evr("30:9.3.3-8.el5"), "30:9.3.3-8.el5");
    }
}
