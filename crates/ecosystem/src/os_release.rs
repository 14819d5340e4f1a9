//! Operating systems: which one a resource runs, its advisory namespace, its end of life.

use jiff::{ToSpan as _, civil::Date};
use model::{OperatingSystem, Problem};

mod end_of_life;
mod files;
mod table;

pub use files::{OS_RELEASE, preference};
pub use table::DISTRIBUTIONS;

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
    /// `ID` in `os-release`; `centos-stream` for CentOS Stream, which shares its `ID` with
    /// CentOS Linux.
    pub id: &'static str,
    pub title: &'static str,
    /// Ecosystem of its packages.
    pub purl_type: &'static str,
    /// Namespace of its advisories before the release.
    pub osv_name: &'static str,
    pub match_by: MatchBy,
    /// The release part of the namespace; empty if the namespace has no release, none if this
    /// system is no release that advisories know.
    pub release: fn(&OperatingSystem) -> Option<String>,
    /// The last day on which the vendor's ordinary support gives security updates:
    /// `(release part of the namespace, YYYY-MM-DD)`. Add-ons and extensions that are sold apart
    /// do not count.
    pub end_of_life: &'static [(&'static str, &'static str)],
}

/// The distribution of an operating system, by its own `ID` only.
///
/// `ID_LIKE` is not followed: a derivative may rebuild, patch and number packages otherwise than
/// its parent, and the parent's advisories would then answer wrongly in both directions
/// (Raspbian's `2.36-9+rpi1+deb12u4` sorts after every `2.36-9+deb12uN`). Systems whose packages
/// are the parent's own have a row that says so.
pub fn distribution(os: &OperatingSystem) -> Option<&'static Distribution> {
    let id = match os.id.as_str() {
        "centos" if os.pretty_name.contains("Stream") => "centos-stream",
        id => id,
    };
    DISTRIBUTIONS.iter().find(|d| d.id == id)
}

/// The advisory namespace of an operating system: `Debian:12`.
pub fn namespace(os: &OperatingSystem) -> Option<String> {
    let distribution = distribution(os)?;
    Some(match (distribution.release)(os)? {
        release if release.is_empty() => distribution.osv_name.to_owned(),
        release => format!("{}:{release}", distribution.osv_name),
    })
}

/// The namespace of the fixes that Ubuntu Pro adds to an Ubuntu release:
/// `Ubuntu:Pro:18.04:LTS`. They apply only to subscribed systems.
pub fn pro_namespace(os: &OperatingSystem) -> Option<String> {
    let release = namespace(os)?.strip_prefix("Ubuntu:")?.to_owned();
    release
        .ends_with(":LTS")
        .then(|| format!("Ubuntu:Pro:{release}"))
}

/// What a scan of this system cannot say, none if its packages have advisories.
pub fn unsupported(os: &OperatingSystem) -> Option<Problem> {
    if namespace(os).is_some() {
        return None;
    }
    let name = match (os.pretty_name.as_str(), os.id.as_str()) {
        ("", "") => "this operating system",
        ("", id) => id,
        (pretty, _) => pretty,
    };
    let parents = if distribution(os).is_none() && !os.id_like.is_empty() {
        format!(
            " (advisories of {} may not apply to it)",
            os.id_like.join(", ")
        )
    } else {
        String::new()
    };
    Some(Problem::new(
        "operating system",
        format!(
            "no advisories are known for the packages of {name}: only language packages and \
             binaries are matched{parents}"
        ),
    ))
}

/// That a release gets no more ordinary security updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndOfLife {
    /// Last day of ordinary support.
    pub date: Date,
}

impl EndOfLife {
    /// The first day without findings of the system's packages (Inspector user guide,
    /// "Discontinued operating systems": 12 months after the discontinuation date).
    pub fn findings_stop(&self) -> Date {
        self.date.saturating_add(12.months())
    }
}

/// The end of life of an operating system, none if `today` is not after it or no date is known.
pub fn end_of_life(os: &OperatingSystem, today: Date) -> Option<EndOfLife> {
    last_supported_day(os)
        .filter(|date| *date < today)
        .map(|date| EndOfLife { date })
}

/// The last day of an operating system's ordinary support, past or future, where known.
pub fn last_supported_day(os: &OperatingSystem) -> Option<Date> {
    let distribution = distribution(os)?;
    let release = (distribution.release)(os)?;
    let (_, date) = distribution
        .end_of_life
        .iter()
        .find(|(r, _)| *r == release)?;
    // A test proves that every date of the table parses.
    date.parse().ok()
}

#[cfg(test)]
mod tests;
