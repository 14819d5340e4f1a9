//! What is known of each package ecosystem: file formats, name rules, version order.
//!
//! An ecosystem is one file with a `static` value and one entry in [`ECOSYSTEMS`].

use std::io::{Read, Seek};

use model::{OperatingSystem, Package, Problem, PurlType};

pub mod apk;
pub mod bitnami;
pub mod cargo;
pub mod composer;
pub mod cran;
pub mod deb;
mod executable;
pub mod gem;
pub mod golang;
pub mod hackage;
pub mod julia;
pub mod kernel;
pub mod maven;
pub mod npm;
pub mod nuget;
pub mod os_release;
pub mod purl;
pub mod pypi;
pub mod rpm;
pub mod version;
mod zip;

#[cfg(test)]
mod check;
#[cfg(test)]
mod damage;
mod lenient;
mod listing;
mod rpmdb;
#[cfg(test)]
mod tests;

pub use version::{Scheme, VersionKey};

/// Every ecosystem, in the order in which reports list them.
pub static ECOSYSTEMS: &[&Ecosystem] = &[
    &deb::DEB,
    &rpm::RPM,
    &apk::APK,
    &pypi::PYPI,
    &npm::NPM,
    &gem::GEM,
    &composer::COMPOSER,
    &nuget::NUGET,
    &maven::MAVEN,
    &golang::GO,
    &cargo::CARGO,
    &bitnami::BITNAMI,
    &cran::CRAN,
    &hackage::HACKAGE,
    &julia::JULIA,
];

/// Extractors that no ecosystem has: they fill [`Extracted::os`].
///
/// If several files of a system name it, [`os_release::preference`] says which counts.
pub static SYSTEM_EXTRACTORS: &[Extractor] = &[os_release::OS_RELEASE];

/// Files of which only both together say what is installed.
pub static PAIRS: &[Pair] = &[rpm::LOGGED];

/// A database and the log of what is not in it yet.
pub struct Pair {
    /// The extractor that reads the database alone.
    pub extractor: &'static str,
    /// What the log's name has after the database's.
    pub suffix: &'static str,
    /// Whether a file is such a database.
    pub wants: fn(&FileInfo<'_>) -> bool,
    /// Reads the database with the changes of its log.
    pub extract: fn(&mut Input<'_>, &mut dyn Content) -> Extracted,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pair({} and {})", self.extractor, self.suffix)
    }
}

/// One package ecosystem.
#[derive(Debug)]
pub struct Ecosystem {
    pub purl_type: PurlType,
    /// Name in sentences and tables: `Debian packages`.
    pub title: &'static str,
    /// Namespace of its advisories for language ecosystems (`PyPI`), prefix before the release
    /// for operating systems; see [`os_release::DISTRIBUTIONS`] for the latter.
    pub osv_name: Option<&'static str>,
    /// The name in the form under which advisories and inventories meet.
    pub normalize_name: fn(&str) -> String,
    pub scheme: &'static Scheme,
    pub extractors: &'static [Extractor],
}

/// A regular file on offer to the extractors.
#[derive(Debug, Clone, Copy)]
pub struct FileInfo<'a> {
    /// From the root, without a leading slash.
    pub path: &'a str,
    /// In bytes.
    pub size: u64,
    /// Unix permission bits.
    pub mode: u32,
}

impl<'a> FileInfo<'a> {
    /// The last component of the path.
    pub fn file_name(&self) -> &'a str {
        // Every extractor may ask this of every file: a search for a byte from the end takes a
        // tenth of the time that `rsplit` does.
        let slash = self.path.bytes().rposition(|byte| byte == b'/');
        slash
            .and_then(|slash| self.path.get(slash + 1..))
            .unwrap_or(self.path)
    }

    /// Whether the last component of the path is `name`.
    pub fn is_named(&self, name: &str) -> bool {
        let rest = self.path.strip_suffix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }

    /// Whether any execute bit is set.
    pub fn is_executable(&self) -> bool {
        self.mode & 0o111 != 0
    }
}

/// Random access to the bytes of a file.
pub trait Content: Read + Seek {}
impl<T: Read + Seek + ?Sized> Content for T {}

/// A file whose extractor wants it.
pub struct Input<'a> {
    pub file: FileInfo<'a>,
    pub content: &'a mut dyn Content,
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Input<'_> {
    /// The whole file, or a problem if it is larger than `limit` bytes or cannot be read.
    pub fn bytes(&mut self, limit: u64) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        match (&mut *self.content)
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
        {
            Ok(_) if bytes.len() as u64 > limit => Err(Problem::new(
                self.file.path,
                format!("larger than the limit of {limit} bytes"),
            )),
            Ok(_) => Ok(bytes),
            Err(error) => Err(Problem::new(
                self.file.path,
                format!("cannot be read: {error}"),
            )),
        }
    }

    /// The whole file as text; bytes that are not UTF-8 become replacement characters.
    pub fn text(&mut self, limit: u64) -> Result<String, Problem> {
        let bytes = self.bytes(limit)?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

/// Reads packages from one kind of file.
pub struct Extractor {
    /// Stable name in evidence and statistics: `deb/status`.
    pub name: &'static str,
    /// Raised whenever the output for the same bytes changes.
    pub version: u32,
    /// Cheap test of path, size and mode.
    pub wants: fn(&FileInfo<'_>) -> bool,
    /// If not empty, the file must also begin with one of these.
    pub magic: &'static [&'static [u8]],
    pub extract: fn(&mut Input<'_>) -> Extracted,
}

impl std::fmt::Debug for Extractor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Extractor({} v{})", self.name, self.version)
    }
}

/// Most problems that are listed of one file.
const MAX_PROBLEMS: usize = 50;

/// What one file said.
///
/// Extractors leave `locations` of packages empty when the package's place is the file itself;
/// the walk fills it in. A place inside an archive is given as a location whose path starts
/// with the file's path and `!/`.
#[derive(Debug, Default)]
pub struct Extracted {
    pub packages: Vec<Package>,
    pub owned: Vec<OwnedFiles>,
    pub os: Option<OperatingSystem>,
    pub problems: Vec<Problem>,
}

impl Extracted {
    /// Nothing but a problem.
    pub fn problem(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
            ..Self::default()
        }
    }

    /// Adds a problem, unless there are enough to see what is wrong: a file can have millions.
    fn note(&mut self, place: &str, problem: impl FnOnce() -> Problem) {
        match self.problems.len() {
            0..MAX_PROBLEMS => self.problems.push(problem()),
            MAX_PROBLEMS => self
                .problems
                .push(Problem::new(place, "more problems, not listed")),
            _ => {}
        }
    }
}

/// Files that an operating-system package owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedFiles {
    /// Name of the owning package.
    pub package: String,
    /// Paths from the root without a leading slash, as the database writes them (symlinked
    /// directories not yet resolved).
    pub paths: Vec<String>,
}

/// The ecosystem of a purl type.
pub fn by_purl_type(purl_type: &str) -> Option<&'static Ecosystem> {
    ECOSYSTEMS
        .iter()
        .copied()
        .find(|e| e.purl_type.as_str() == purl_type)
}

/// The ecosystem whose version order and name rule a namespace uses: `PyPI`, `Debian:12`.
pub fn by_namespace(namespace: &str) -> Option<&'static Ecosystem> {
    let base = namespace.split(':').next().unwrap_or(namespace);
    ECOSYSTEMS
        .iter()
        .copied()
        .find(|e| e.osv_name == Some(base))
        .or_else(|| {
            os_release::DISTRIBUTIONS
                .iter()
                .find(|d| d.osv_name == base)
                .and_then(|d| by_purl_type(d.purl_type))
        })
}
