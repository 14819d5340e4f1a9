//! The table of operating systems: ids, advisory namespaces, end of life.

use model::OperatingSystem;

/// Which name and version of a package a distribution's advisories speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchBy {
    /// Source package name and source version.
    Source,
    /// Binary package name and version.
    Binary,
}

/// One distribution.
#[derive(Debug)]
pub struct Distribution {
    /// `ID` in `os-release`.
    pub id: &'static str,
    pub title: &'static str,
    pub purl_type: &'static str,
    /// Namespace of its advisories before the release.
    pub osv_name: &'static str,
    pub match_by: MatchBy,
    /// The release part of the namespace, from the whole `VERSION_ID` and codename; none if the
    /// release has no namespace.
    pub release: fn(&OperatingSystem) -> Option<String>,
    /// `(release, YYYY-MM-DD)`: the last day on which the vendor's ordinary support gives
    /// security updates. The release is a prefix of `VERSION_ID` on whole components.
    pub end_of_life: &'static [(&'static str, &'static str)],
}

/// Every distribution with advisories.
pub static DISTRIBUTIONS: &[Distribution] = &[Distribution {
    id: "debian",
    title: "Debian",
    purl_type: "deb",
    osv_name: "Debian",
    match_by: MatchBy::Source,
    release: |os| {
        os.version_id
            .split('.')
            .next()
            .filter(|v| !v.is_empty())
            .map(str::to_owned)
    },
    end_of_life: &[("11", "2026-08-31"), ("12", "2028-06-30")],
}];

/// The distribution of an operating system, by `ID`, then by `ID_LIKE` if `ID` is unknown.
pub fn distribution(os: &OperatingSystem) -> Option<&'static Distribution> {
    DISTRIBUTIONS.iter().find(|d| d.id == os.id)
}

/// The advisory namespace of an operating system: `Debian:12`.
pub fn namespace(os: &OperatingSystem) -> Option<String> {
    let distribution = distribution(os)?;
    Some(match (distribution.release)(os)? {
        release if release.is_empty() => distribution.osv_name.to_owned(),
        release => format!("{}:{release}", distribution.osv_name),
    })
}
